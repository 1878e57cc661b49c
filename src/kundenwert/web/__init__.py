"""The web app: accounts, sessions, rights, drafts and jobs. Values come from runs, decisions go to the register, both through flows.

One folder a screen (urls, views, templates); `rights` says who may open which address, `projects` which project and run a page shows.
"""

"""What people keep in the web app: which projects there are, saved views, notes."""

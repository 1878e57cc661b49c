"""The table `projects`: what is developed or built together with customers, with its chance, benefit and effort as people judge them."""

from __future__ import annotations

from kundenwert.tables.company._shape import CompanyTable, Limits, customer, role

PLUGIN = CompanyTable(
    name="projects",
    about="One row a joint project with a customer: chance, benefit, effort, and where these come from.",
    adds="What working together is worth beside purchases: joint developments, pilots, shared logistics.",
    roles=(
        role("project_id", "id", "Number of the project.", "projektnr projektid kooperationsnr kooperationsid projectid "
             "projectnr cooperationid"),
        customer("The partner."),
        role("name", "text", "What the project is.", "projekt projektname projektbezeichnung kooperation kooperationsprojekt project "
             "projectname cooperation", "bezeichnung titel name"),
        role("start", "day", "When it begins or began.", "projektbeginn projektstart kooperationsbeginn projectstart startdate",
             "beginn start von"),
        role("end", "day", "When it ends, as planned.", "projektende kooperationsende projectend enddate", "ende end bis"),
        role("status", "text", "How it stands: open, done, stopped.", "projektstatus kooperationsstatus projectstatus", "status stand"),
        role("chance", "number", "Chance that it succeeds, from 0 to 100 %.",
             "erfolgschance erfolgswahrscheinlichkeit erfolgschanceprozent erfolgswahrscheinlichkeitprozent successprobability "
             "chanceofsuccess successchance", "chance wahrscheinlichkeit probability", needed=True),
        role("benefit", "money", "What it brings us if it succeeds, beyond purchases of this customer.",
             "projektnutzen erwarteternutzen nutzenbeierfolg projectbenefit expectedbenefit", "nutzen benefit ertrag", needed=True),
        role("effort", "money", "What we still have to spend on it.", "projektaufwand restaufwand eigenaufwand projecteffort "
             "remainingeffort", "aufwand effort"),
        role("source", "text", "Who or what says so: the application, a calculation, a name.", "projektquelle quelledesnutzens "
             "nutzenquelle projectsource benefitsource", "quelle source beleg"),
        role("stated_on", "day", "The day of that statement.", "projektstand schaetzungvom geschaetztam estimatedon statedon",
             "standvom datum date"),
    ),
    key=("project_id",),
    newest="stated_on",
    limits={"chance": Limits(0, 100), "effort": Limits(low=0)},
    not_before={"end": "start"},
    words=("projekt", "project", "kooperation", "cooperation"),
    least=1,
)  # fmt: skip

"""The table `leads`: one row somebody who may become a customer."""

from __future__ import annotations

from kundenwert.tables.company._shape import CompanyTable, customer, role

PLUGIN = CompanyTable(
    name="leads",
    about="One row a lead: source, industry, region, stage; the customer once won.",
    adds="What a lead is worth by source and stage, and what winning a customer may cost.",
    roles=(
        role("lead_id", "id", "Number of the lead.", "leadid leadnr interessentennr interessentenid interessent prospectid "
             "prospectnr anfragenr",
             "id recordid", needed=True),
        role("name", "text", "Name.", "name name1 firma firmenname company companyname leadname kontaktname"),
        role("source", "text", "Where the lead came from.", "quelle leadquelle herkunft leadsource source kampagne campaign "
             "akquisekanal kanal"),
        role("date", "day", "When the lead came.", "leaddatum eingangsdatum eingangam anfragedatum leaddate", "datum date "
             "createdat createddate createdate angelegtam erfasstam", needed=True),
        role("industry", "text", "Industry.", "branche industry wirtschaftszweig"),
        role("region", "text", "Region.", "region bundesland gebiet state plz"),
        role("stage", "text", "How far it is.", "leadstatus leadphase phase stufe stage leadstage", "status"),
        customer("The customer it became.", "wurdekunde konvertiertzu convertedaccountid", needed=False),
    ),
    key=("lead_id",),
    newest="date",
    words=("lead", "interessent", "prospect", "anfrage"),
    least=20,
    least_days=180,
)  # fmt: skip

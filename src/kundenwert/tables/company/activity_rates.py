"""The table `activity_rates`: what one unit of a cost driver costs."""

from __future__ import annotations

from kundenwert.tables.company._shape import CompanyTable, Limits, role

PLUGIN = CompanyTable(
    name="activity_rates",
    about="One row a cost driver: money a unit, stage of the customer result, from when on.",
    adds="What a visit, an order, a delivery costs: without it cost to serve is an assumption.",
    roles=(
        role("driver", "text", "The cost driver.", "taetigkeit aktivitaet prozess kostentreiber leistungsart driver activity "
             "activitytype costdriver teilprozess taetigkeitsart", needed=True),
        role("rate", "money", "Money of one unit.", "kostensatz prozesskostensatz verrechnungssatz kostenjeeinheit satz rate "
             "costrate unitcost",
             needed=True),
        role("stage", "stage", "marketing, sales, service or logistics.", "stufe deckungsbeitragsstufe dbstufe stage "
             "kostenbereich bereich",
             needed=True),
        role("valid_from", "day", "First day the rate holds.", "gueltigab gueltigvon validfrom ab von"),
    ),
    key=("driver", "valid_from"),
    newest="valid_from",
    limits={"rate": Limits(low=0)},
    words=("kostensatz", "kostensaetze", "rates", "verrechnung", "saetze"),
)  # fmt: skip

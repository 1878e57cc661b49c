"""The table `activities`: how often a customer caused a cost driver: visits, orders, deliveries, service hours."""

from __future__ import annotations

from kundenwert.tables.company._shape import CompanyTable, customer, role

PLUGIN = CompanyTable(
    name="activities",
    about="One row a customer, cost driver and day: how often.",
    adds="Cost to serve: together with activity_rates it leads from contribution I to contribution IV.",
    roles=(
        customer(),
        role("driver", "text", "The cost driver: visit, order, delivery ...", "taetigkeit aktivitaet prozess kostentreiber "
             "leistungsart driver activity activitytype costdriver teilprozess taetigkeitsart", needed=True),
        role("date", "day", "The day, or the last day of the period.", "taetigkeitsdatum leistungsdatum activitydate", "datum "
             "date tag day monat stichtag", needed=True),
        role("count", "number", "How often.", "anzahl menge anz count quantity qty haeufigkeit mengeanzahl stunden", needed=True),
    ),
    key=("customer_id", "driver", "date"),
    one_a_key=False,
    keeps_repeats=True,
    newest="date",
    words=("taetigkeit", "aktivitaet", "activit", "prozess", "kostentreiber", "leistung"),
    least=100,
    least_days=180,
)  # fmt: skip

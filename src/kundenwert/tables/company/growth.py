"""The table `growth`: how fast industries grow, by whom and for which year that is said."""

from __future__ import annotations

from kundenwert.tables.company._shape import CompanyTable, Limits, role

PLUGIN = CompanyTable(
    name="growth",
    about="One row an industry: growth a year in percent, with year and source.",
    adds="Outlook of customers by their industry, beside their own growth.",
    roles=(
        role("industry", "text", "The industry, as customer records call it.", "branche branchenname wirtschaftszweig industrie industry",
             "bezeichnung name", needed=True),
        role("growth", "number", "Growth a year in percent: 2.5 is 2.5 %, below zero it shrinks.",
             "wachstum branchenwachstum wachstumprozent wachstumsrate wachstumsrateprozent marktwachstum growth growthrate growthpercent "
             "industrygrowth marketgrowth", "veraenderung change", needed=True),
        role("year", "whole", "The year it is said for.", "wachstumsjahr bezugsjahr growthyear referenceyear", "jahr year", needed=True),
        role("source", "text", "Who says so: statistical office, association, own estimate.", "wachstumsquelle growthsource",
             "quelle source beleg", needed=True),
    ),
    key=("industry", "year"),
    limits={"growth": Limits(-100, 1000), "year": Limits(1900, 2200)},
    words=("wachstum", "growth", "branchen", "industries"),
)  # fmt: skip

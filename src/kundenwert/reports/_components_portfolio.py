"""The customer portfolio: nine fields with the largest customers, what each field asks for, and who moved."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kundenwert import registry
from kundenwert.records import Field, Portfolio
from kundenwert.reports._bars import scale
from kundenwert.reports._basis import Basis, exact, number
from kundenwert.reports._page import Cell, Column, Row, Section, Table
from kundenwert.reports._pictures import PAIR, picture
from kundenwert.reports.charts._words import measure_names, nine_names, strategies

# Row by attractiveness from low to high, column by position from weak to strong.
_PLACES = {
    "withdraw": (0, 0),
    "harvest": (0, 1),
    "harvest_hold": (0, 2),
    "withdraw_selectively": (1, 0),
    "earn_keep": (1, 1),
    "extend_earn": (1, 2),
    "invest_or_exit": (2, 0),
    "invest_to_extend": (2, 1),
    "invest_secure": (2, 2),
}


def sections(basis: Basis) -> tuple[Section, ...]:
    """The picture and, beside it, the fields as a table; nothing where nobody has a field."""
    facts = basis.figures.components.get("portfolio")
    if not facts or not facts["nine"]:
        return ()
    text, portfolio = basis.language.text, _portfolio(basis, facts)
    draw = registry.load("reports.charts", "portfolio_fields")
    message = draw(portfolio, basis.language.code)["usermeta"]["message"]
    unit = text("as of {day}, axes from 0 to 10", day=basis.day)
    bubbles = basis.language.plural(
        "The bubble is the customer of most value so far; its area is that value.",
        "Bubbles: the {n} customers of most value so far; the area is that value.",
        len(portfolio.spots),
    )
    corner = text("In each field: its customers and its share of the value so far.") if basis.in_money else ""
    note = " ".join(each for each in (corner, bubbles if portfolio.spots else "") if each)
    blocks = picture(draw, portfolio, basis.language, widths=PAIR)
    return (Section("portfolio", message, text("Customer portfolio"), unit, blocks, note=note, columns=6), _fields(basis, facts))


def _portfolio(basis: Basis, facts: Mapping[str, Any]) -> Portfolio:
    whole = sum(number(each["past"]) for each in facts["nine"].values())
    fields = []
    for name, (row, column) in _PLACES.items():
        entry = facts["nine"].get(name, {"customers": 0, "past": "0" if whole > 0 else None})
        share = number(entry["past"]) / whole if whole > 0 and entry["past"] is not None else None
        fields.append(Field(row, column, entry["customers"], share))
    spots = tuple((row["position"], row["attractiveness"], row["amount"]) for row in basis.figures.lists.get("portfolio", ()))
    low, high = facts["limits"]
    return Portfolio(tuple(fields), (float(low), float(high)), spots, "past" if basis.in_money else "customers")


def _fields(basis: Basis, facts: Mapping[str, Any]) -> Section:
    text, names, plans = basis.language.text, nine_names(basis.language), strategies(basis.language)
    found = sorted(((name, _PLACES[name]) for name in facts["nine"]), key=lambda one: (-one[1][0], -one[1][1]))
    key = "clv" if basis.in_money else "customers"
    lengths = scale([number(facts["nine"][name][key]) for name, _ in found])
    money = ("past", "clv") if basis.in_money else ()
    heads = measure_names(basis.language)
    columns = (
        Column(text("Norm strategy"), "text", term="strategy"),
        Column(text("Customers")),
        *(Column(basis.with_unit(heads[each]), wide=each == "past") for each in money),
        Column(text("Bar"), "bars"),
    )
    rows = []
    for name, place in found:
        entry = facts["nine"][name]
        attractive, strong = names[place]
        below = text("attractiveness {attractive}, position {strong}", attractive=attractive, strong=strong)
        look = "fc" if basis.in_money and number(entry[key]) >= 0 else "ac" if number(entry[key]) >= 0 else "neg"
        cells = (
            Cell(plans[place].rstrip("."), below=below),
            Cell(basis.amount(entry["customers"])),
            *(Cell(basis.amount(exact(entry[each]))) for each in money),
            Cell(marks=(lengths.axis(), lengths.bar(look, 0, number(entry[key])))),
        )
        rows.append(Row(cells))
    table = Table(text("The nine fields and what they ask for"), columns, tuple(rows))
    _, place = max(found, key=lambda one: number(facts["nine"][one[0]][key]))
    message = text(
        "Most is to be expected from customers with the strategy “{strategy}”" if basis.in_money else "Most customers: “{strategy}”",
        strategy=plans[place].rstrip("."),
    )
    unit = text("as of {day}", day=basis.day)
    return Section("fields", message, text("Norm strategies"), unit, (table,), note=_note(basis, facts), columns=6)


def _note(basis: Basis, facts: Mapping[str, Any]) -> str:
    """How many moved since the run before, and how many have no field."""
    text, parts = basis.language.text, []
    moves = facts.get("moves")
    if moves is not None:
        moved = sum(customers for before, now, customers in moves if before != now)
        everyone = sum(customers for _, _, customers in moves)
        parts.append(
            text("Since the run before, {moved} of {all} customers changed between the four main fields.", moved=moved, all=everyone)
        )
    if facts["without_field"]:
        parts.append(
            basis.language.plural(
                "{n} customer has no field: too little is known.",
                "{n} customers have no field: too little is known.",
                facts["without_field"],
            )
        )
    parts.append(text("A norm strategy is a hint for a talk, no decision about a single customer."))
    return " ".join(parts)

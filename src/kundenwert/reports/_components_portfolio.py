"""The customer portfolio: nine fields with the largest customers, what each field asks for, and who moved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from kundenwert import registry
from kundenwert.records import Field, Portfolio
from kundenwert.reports._bars import scale
from kundenwert.reports._basis import Basis, exact, number
from kundenwert.reports._page import Cell, Column, Fold, Picture, Row, Section, Table
from kundenwert.reports._pictures import PAIR, picture
from kundenwert.reports.charts._words import measure, measure_names, nine_names, strategies

_LARGEST = 10
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
        "The bubble is the customer with most {what}; its area is the amount.",
        "Bubbles: the {n} customers with most {what}; the area is the amount.",
        len(portfolio.spots),
        what=measure(portfolio.measure, basis.language).noun if basis.in_money else text("purchases"),
    )
    corner = (
        text("In each field: its customers and its share {of}.", of=measure(portfolio.measure, basis.language).of) if basis.in_money else ""
    )
    note = " ".join(each for each in (corner, bubbles if portfolio.spots else "") if each)
    blocks = picture(draw, portfolio, basis.language, widths=PAIR)
    shown = Section("portfolio", message, text("Customer portfolio"), unit, blocks, note=note, columns=6)
    return (shown, _fields(basis, facts), *_moves(basis, facts))


def _portfolio(basis: Basis, facts: Mapping[str, Any]) -> Portfolio:
    """Shares and bubbles by contribution IV where it is known, else by the value so far."""
    served = {row["field"]: number(row["amount"]) for row in basis.figures.lists.get("portfolio_db4", ())}
    past = {name: number(each["past"]) for name, each in facts["nine"].items() if each["past"] is not None}
    amounts = served or past
    whole = sum(amounts.values())
    fields = []
    for name, (row, column) in _PLACES.items():
        share = amounts.get(name, 0.0) / whole if whole > 0 else None
        fields.append(Field(row, column, facts["nine"].get(name, {"customers": 0})["customers"], share))
    spots = tuple((row["position"], row["attractiveness"], row["amount"]) for row in basis.figures.lists.get("portfolio", ()))
    low, high = facts["limits"]
    return Portfolio(tuple(fields), (float(low), float(high)), spots, ("db4" if served else "past") if basis.in_money else "customers")


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
    """How many have no field, and what a strategy is."""
    text, parts = basis.language.text, []
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


# ---------- who moved ----------


def _moves(basis: Basis, facts: Mapping[str, Any]) -> tuple[Section, ...]:
    """What came to each of the nine fields and left it since the run before, and the largest moves."""
    moves = facts.get("nine_moves")
    if not moves:
        return ()
    text, everyone = basis.language.text, sum(customers for _, _, customers in moves)
    moved = [(customers, before, now) for before, now, customers in moves if before != now]
    message = basis.language.plural(
        "{n} of {all} customers stands in another field than in the run before",
        "{n} of {all} customers stand in another field than in the run before",
        sum(customers for customers, _, _ in moved),
        all=everyone,
    )
    largest = (_largest(basis, sorted(moved, key=lambda one: (-one[0], one[1], one[2]))),) if moved else ()
    unit = text("customers with a field in both runs, to {day}", day=basis.day)
    legend = Picture("", (), (("before", text("run before")), ("ac", text("today"))))
    note = text("A customer moves when purchases or complaints change, when more becomes known, or when the limits are set anew.")
    blocks = (_balance(basis, moves), legend, *largest)
    return (Section("field_moves", message, text("Moves between the fields"), unit, blocks, note=note),)


def _field_cell(basis: Basis, name: str) -> Cell:
    place, text = _PLACES[name], basis.language.text
    attractive, strong = nine_names(basis.language)[place]
    words = text("attractiveness {attractive}, position {strong}", attractive=attractive, strong=strong)
    return Cell(strategies(basis.language)[place].rstrip("."), below=words)


def _balance(basis: Basis, moves: Sequence[Sequence[Any]]) -> Table:
    """Each field: customers in the run before, who came, who left, customers today."""
    text = basis.language.text
    known = {name for before, now, _ in moves for name in (before, now)}
    names = sorted(known & _PLACES.keys(), key=lambda name: (-_PLACES[name][0], -_PLACES[name][1]))
    then = {name: sum(customers for before, _, customers in moves if before == name) for name in names}
    today = {name: sum(customers for _, now, customers in moves if now == name) for name in names}
    stayed = {name: sum(customers for before, now, customers in moves if before == now == name) for name in names}
    lengths = scale([float(count) for name in names for count in (then[name], today[name])])
    columns = (
        Column(text("Norm strategy"), "text", term="strategy"),
        Column(text("Run before")),
        Column(text("Came"), wide=True),
        Column(text("Left"), wide=True),
        Column(text("Today")),
        Column(text("Bar"), "bars"),
    )
    rows = tuple(
        Row(
            (
                _field_cell(basis, name),
                Cell(basis.amount(then[name])),
                Cell(basis.language.number(today[name] - stayed[name], sign=True)),
                Cell(basis.language.number(stayed[name] - then[name], sign=True)),
                Cell(basis.amount(today[name])),
                Cell(marks=(lengths.axis(), lengths.bar("before", 0, then[name]), lengths.bar("ac", 0, today[name]))),
            )
        )
        for name in names
    )
    return Table(text("Customers who came to each field and left it"), columns, rows)


def _largest(basis: Basis, moved: Sequence[tuple[int, str, str]]) -> Fold:
    text = basis.language.text
    columns = (Column(text("From"), "text"), Column(text("To"), "text"), Column(text("Customers")))
    rows = tuple(
        Row((_field_cell(basis, before), _field_cell(basis, now), Cell(basis.amount(customers))))
        for customers, before, now in moved[:_LARGEST]
        if before in _PLACES and now in _PLACES
    )
    return Fold(text("The largest moves"), (Table(text("The largest moves between fields"), columns, rows),))

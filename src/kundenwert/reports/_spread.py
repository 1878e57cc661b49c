"""The third section: how the value is spread over the customers."""

from __future__ import annotations

from kundenwert import registry
from kundenwert.reports._bars import scale
from kundenwert.reports._basis import Basis, number
from kundenwert.reports._page import Block, Cell, Column, Fold, Row, Section, Table, Text
from kundenwert.reports._pictures import picture
from kundenwert.reports.charts._words import measure

_ROOM = "reports.charts"


def sections(basis: Basis) -> tuple[Section, ...]:
    """Classes, Lorenz curve, whale curve, side by side; one sentence where shares would mean nothing."""
    spread = basis.figures.concentration
    if not spread.classes or not spread.lorenz or not spread.whale or sum(number(each.value) for each in spread.classes) <= 0:
        return (_nothing(basis),)
    return (_classes(basis), _curve(basis, "lorenz"), _curve(basis, "whale_curve"))


def _nothing(basis: Basis) -> Section:
    text = basis.language.text
    sentence = text(
        "The values of all customers do not add up to more than zero. Shares of such a sum say nothing, so no classes "
        "and no curves are shown."
    )
    return Section("spread", text("There is no positive value to share out"), text("Concentration"), basis.day, (Text(sentence),))


def _name(basis: Basis) -> str:
    return measure(basis.figures.concentration.measure, basis.language).noun


def _unit(basis: Basis) -> str:
    return basis.language.text("as of {day}, {measure}", day=basis.day, measure=_name(basis))


def _classes(basis: Basis) -> Section:
    spread, language = basis.figures.concentration, basis.language
    draw = registry.load(_ROOM, "value_classes")
    shown, _ = picture(draw, spread, language)
    message = draw(spread, language.code)["usermeta"]["message"]
    note = language.text(
        "A: the best customers, C: the smallest. The limits are shares of the total: {a:.0%} and {b:.0%}.",
        a=spread.limits[0],
        b=spread.limits[1],
    )
    return Section("spread", message, language.text("Classes A, B, C"), _unit(basis), (shown, _class_table(basis)), note=note, columns=4)


def _class_table(basis: Basis) -> Table:
    text, classes = basis.language.text, basis.figures.concentration.classes
    customers, value = sum(each.customers for each in classes), sum(number(each.value) for each in classes)
    lengths = scale([each.share for each in classes])
    rows = [
        Row(
            (
                Cell(each.name, look=f"class {each.name.lower()}"),
                Cell(basis.amount(each.customers)),
                Cell(basis.amount(each.value)),
                Cell(basis.language.percent(each.share)),
                Cell(marks=(lengths.axis(), lengths.bar(f"k-{each.name.lower()}", 0, each.share))),
            )
        )
        for each in classes
    ]
    total = Row(
        (
            Cell(text("All")),
            Cell(basis.amount(customers)),
            Cell(basis.amount(value)),
            Cell(basis.language.percent(1 if value else None)),
            Cell(),
        ),
        "sum",
    )
    heading = basis.with_unit(text("Value")) if basis.in_money else text("Purchases")
    columns = (
        Column(text("Class"), "text", term="abc"),
        Column(text("Customers")),
        Column(heading),
        Column(text("Share")),
        Column(text("Bar"), "bars"),
    )
    return Table(text("Customers and {measure} by class", measure=_name(basis)), columns, (*rows, total))


def _curve(basis: Basis, name: str) -> Section:
    spread, language = basis.figures.concentration, basis.language
    draw = registry.load(_ROOM, name)
    message = draw(spread, language.code)["usermeta"]["message"]
    subjects = {"lorenz": language.text("Lorenz curve"), "whale_curve": language.text("Whale curve")}
    blocks = (*picture(draw, spread, language), _explained(basis, name))
    return Section(name, message, subjects[name], _unit(basis), blocks, columns=4)


def _explained(basis: Basis, name: str) -> Block:
    text, spread = basis.language.text, basis.figures.concentration
    if name == "whale_curve":
        return Fold(
            text("How to read it"),
            (
                Text(
                    text(
                        "The customers stand in a row, the best first, and their values are added up. Where the line falls at the end, "
                        "customers cost more than they bring."
                    ),
                    "small",
                ),
            ),
        )
    words = text(
        "The customers stand in a row, the smallest first, and their values are added up. If all were worth the same, "
        "the line would be straight."
    )
    gini = text(
        "The Gini figure says how far it sags: 0 is straight, 1 means that one customer has everything. Here it is "
        "{gini:.2f}. The HHI, the sum of all squared shares, is {hhi:.4f}; 1 means one customer.",
        gini=spread.gini,
        hhi=spread.hhi,
    )
    return Fold(text("How to read it"), (Text(words, "small"), Text(gini, "small")))

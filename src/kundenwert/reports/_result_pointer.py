"""The customer result inside the report of a run: the waterfall, its sums, and the command that shows all of it."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from kundenwert import registry
from kundenwert.records import ResultTotals
from kundenwert.reports._basis import Basis
from kundenwert.reports._page import Cell, Column, Row, Section, Table, Text
from kundenwert.reports._pictures import PAIR, picture
from kundenwert.reports._steps import Step, period_name, shown_steps
from kundenwert.reports.charts.contribution_waterfall import unit_of

_SUMS = ("net", "db1", "db2", "db3", "db4")


def sections(basis: Basis) -> tuple[Section, ...]:
    """Two sections side by side; nothing where no costs are known."""
    found = basis.figures.result
    steps = [step for step in shown_steps(found, basis.language) if step.name in _SUMS] if found else []
    return (_picture(basis, found), _sums(basis, found, steps)) if found and steps else ()


def _picture(basis: Basis, found: ResultTotals) -> Section:
    text, draw = basis.language.text, registry.load("reports.charts", "contribution_waterfall")
    message = draw(found, basis.language.code)["usermeta"]["message"]
    legend = (("ac", _period(basis, found)), *((("before", _before(found)),) if found.before else ()))
    blocks = picture(draw, found, basis.language, widths=PAIR, legend=legend)
    unit = text("in {unit}, {period}", unit=unit_of(found, basis.language), period=_period(basis, found))
    return Section("result", message, text("Customer result"), unit, blocks, columns=7)


def _sums(basis: Basis, found: ResultTotals, steps: Sequence[Step]) -> Section:
    text, last = basis.language.text, steps[-1]
    net = next((step.amount for step in steps if step.name == "net"), Decimal(0))
    columns = (
        Column(text("Step"), "text"),
        Column(basis.with_unit(_period(basis, found) if found.year else text("Amount"))),
        *((Column(text("against {year}", year=_before(found))),) if found.before else ()),
        Column(text("% of net")),
    )
    table = Table(text("Result of all customers"), columns, tuple(_row(basis, step, net) for step in steps))
    year = f" --year {found.year}" if found.year is not None else ""
    more = text("Who costs more than they bring, why, and what would change it, this command writes down:")
    share = basis.language.percent(last.amount / net if net > 0 else None)
    message = text("{share} of net revenue are left as {step}", share=share, step=last.label)
    blocks = (table, Text(more), Text(f"kundenwert report result{year}", "code"))
    return Section("left", message, text("Sums of the result"), _unit(basis, found), blocks, columns=5)


def _row(basis: Basis, step: Step, net: Decimal) -> Row:
    language, change = basis.language, step.change
    cells = [Cell(step.label), Cell(basis.amount(step.amount))]
    if change is not None:
        cells.append(Cell(language.number(change, sign=True), look="up" if change > 0 else "down" if change < 0 else ""))
    return Row((*cells, Cell(language.percent(step.amount / net if net > 0 else None))))


def _period(basis: Basis, found: ResultTotals) -> str:
    return period_name(found, basis.language)


def _before(found: ResultTotals) -> str:
    return str((found.year or 0) - 1)


def _unit(basis: Basis, found: ResultTotals) -> str:
    text = basis.language.text
    return text("in {unit}, {period}", unit=basis.unit or text("amounts"), period=_period(basis, found))

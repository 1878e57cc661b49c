"""The fifth section: purchases by month."""

from __future__ import annotations

from kundenwert import registry
from kundenwert.reports._basis import Basis
from kundenwert.reports._page import Cell, Column, Fold, Row, Section, Table, Text
from kundenwert.reports._pictures import MIDDLE, NARROW, WIDE, picture

_SHOWN = 24
_YEAR = 12


def section(basis: Basis) -> Section:
    text, months = basis.language.text, basis.figures.months
    if not months:
        return Section(
            "months",
            text("No purchase was made"),
            text("Purchases by month"),
            basis.day,
            (Text(text("The data hold no month with a purchase.")),),
        )
    draw = registry.load("reports.charts", "purchases_by_month")
    message = draw(months, basis.language.code)["usermeta"]["message"]
    first, last = basis.language.month(months[0].month), basis.language.month(months[-1].month)
    drawn, _ = picture(draw, months, basis.language, widths=(NARROW, MIDDLE, WIDE), legend=_legend(basis))
    unit = text("purchases, {first} to {last}", first=first, last=last)
    return Section("months", message, text("Purchases by month"), unit, (drawn, _table(basis)), note=_note(basis))


def _legend(basis: Basis) -> tuple[tuple[str, str], ...]:
    text, months = basis.language.text, basis.figures.months[-_SHOWN:]
    marks = [("ac", text("last twelve months"))]
    if len(months) > _YEAR:
        marks.append(("py", text("before")))
    if not all(month.complete for month in months):
        marks.append(("part", text("* month only in part in the data")))
    return tuple(marks) if len(marks) > 1 else ()


def _note(basis: Basis) -> str:
    text, months = basis.language.text, basis.figures.months
    first, all_purchases = sum(month.first_purchases for month in months), sum(month.purchases for month in months)
    share = (
        text("{share} of the purchases were the first one of a customer.", share=basis.language.percent(first / all_purchases, 0))
        if all_purchases
        else ""
    )
    cut = text("The picture shows the last {n} months, the table all.", n=_SHOWN) if len(months) > _SHOWN else ""
    once = text("All purchases of a customer on one day count as one.")
    return " ".join(part for part in (once, share, cut) if part)


def _table(basis: Basis) -> Fold:
    text, months = basis.language.text, basis.figures.months
    money = (Column(basis.with_unit(text("Revenue"))),) if basis.in_money else ()
    columns = (Column(text("Month"), "text"), Column(text("Purchases")), Column(text("First purchases")), *money)
    rows = [
        Row(
            (
                Cell(basis.language.month(month.month) + ("" if month.complete else " *")),
                Cell(basis.amount(month.purchases)),
                Cell(basis.amount(month.first_purchases)),
                *((Cell(basis.amount(month.revenue, 2)),) if basis.in_money else ()),
            )
        )
        for month in months
    ]
    return Fold(
        text("Figures of this picture"), (Table(text("Purchases by month"), columns, (*rows, _total(basis)), visible_caption=True),)
    )


def _total(basis: Basis) -> Row:
    months = basis.figures.months
    money = (Cell(basis.amount(sum(month.revenue for month in months), 2)),) if basis.in_money else ()
    counts = (sum(month.purchases for month in months), sum(month.first_purchases for month in months))
    return Row((Cell(basis.language.text("All months")), *(Cell(basis.amount(count)) for count in counts), *money), "sum")

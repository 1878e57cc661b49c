"""The first section: what the customer base is worth, and out of which parts."""

from __future__ import annotations

from kundenwert.reports._bars import scale
from kundenwert.reports._basis import Basis, number
from kundenwert.reports._page import Block, Cell, Column, Facts, Figure, Row, Section, Table, Text


def message(basis: Basis) -> str:
    """The heading of the page."""
    text, totals = basis.language.text, basis.figures.totals
    if not basis.in_money:
        return basis.language.plural(
            "The customer base should buy once in the next {span}",
            "The customer base should buy {times} times in the next {span}",
            round(totals.expected_purchases),
            times=round(totals.expected_purchases),
            span=basis.months,
        )
    if basis.is_contribution:
        return text("The customer base is worth {amount}", amount=basis.short(totals.clv))
    return text("The customer base should bring {amount} of revenue in the next {span}", amount=basis.short(totals.clv), span=basis.years)


def lead(basis: Basis) -> str:
    """What the heading leaves open: whose, up to when, and what it is not."""
    text, totals, figures = basis.language.text, basis.figures.totals, basis.figures
    people = basis.language.plural("{n} customer", "{n} customers", totals.customers)
    if not basis.in_money:
        return text(
            "{people} made {purchases} purchases up to {day}. The data hold no amounts, so everything here counts purchases, not money.",
            people=people,
            purchases=totals.purchases,
            day=basis.day,
        )
    past = text(
        "{people} brought {amount} of {yardstick} up to {day}.", people=people, amount=basis.short(totals.past), yardstick=basis.yardstick(), day=basis.day
    )
    rate = text("Later amounts count for less: {rate} a year.", rate=basis.language.percent(figures.discount_rate))
    if basis.is_contribution:
        return f"{past} {rate}"
    return f"{past} {rate} " + text("This is revenue, not margin: the data hold no costs.")


def section(basis: Basis) -> tuple[Section, ...]:
    text = basis.language.text
    honest = text("These are expected means. This version reckons no intervals, so how far they may be off is not shown.")
    left = Section("worth", _headline(basis), text("Forecast"), _forecast_unit(basis), (*_figure(basis), *_levels(basis)), note=honest, columns=12 if not basis.in_money else 5)
    return (left, _parts(basis)) if basis.in_money else (left,)


def _forecast_unit(basis: Basis) -> str:
    text = basis.language.text
    if not basis.in_money:
        return text("in purchases, {span} from {day}", span=basis.months, day=basis.day)
    unit = text("{yardstick} in {unit}", yardstick=basis.yardstick(), unit=basis.unit) if basis.unit else basis.yardstick()
    return text("{unit}, {span} from {day}, discounted at {rate} a year", unit=unit, span=basis.years, day=basis.day, rate=basis.language.percent(basis.figures.discount_rate))


def _headline(basis: Basis) -> str:
    totals = basis.figures.totals
    return basis.language.text("{purchases} purchases are expected in the next {span}", purchases=round(totals.expected_purchases), span=basis.months)


def _figure(basis: Basis) -> tuple[Block, ...]:
    text, totals = basis.language.text, basis.figures.totals
    if not basis.in_money:
        return (Figure(basis.language.number(totals.expected_purchases), text("purchases, expected in {span}", span=basis.months)),)
    words = text("expected {yardstick} of the next {span}, as of today", yardstick=basis.yardstick(), span=basis.years)
    return (Figure(basis.short(totals.clv), words),)


def _levels(basis: Basis) -> tuple[Block, ...]:
    """Everyone is counted, and everyone reads how."""
    levels, plural = basis.figures.totals.levels, basis.language.plural
    sentences = (
        (levels.get("customer", 0), "{n} customer bought more than once and has a forecast of their own.", "{n} customers bought more than once; each has a forecast of their own."),
        (levels.get("segment", 0), "{n} bought once and gets the mean of customers alike.", "{n} bought once; they get the mean of customers alike."),
        (
            levels.get("none", 0),
            "{n} has no purchase left or is a collective account: booked, but without a forecast.",
            "{n} have no purchase left or are collective accounts: booked, but without a forecast.",
        ),
        (levels.get("objected", 0), "{n} objected to being valued and stands in totals only.", "{n} objected to being valued and stand in totals only."),
    )
    return (Text(" ".join(plural(one, many, count) for count, one, many in sentences if count)),)


def _parts(basis: Basis) -> Section:
    text, totals = basis.language.text, basis.figures.totals
    past, clv, value = number(totals.past), number(totals.clv), number(totals.value)
    lengths = scale((past, past + clv, value))
    rows = (
        _row(basis, text("Booked up to {day}", day=basis.day), totals.past, (lengths.bar("ac" if past >= 0 else "neg", 0, past),)),
        _row(basis, text("Expected in the next {span}", span=basis.years), totals.clv, (lengths.bar("fc", past, past + clv),)),
        _row(basis, text("Customer value"), totals.value, (lengths.bar("ac" if past >= 0 else "neg", 0, past), lengths.bar("fc", past, value)), "sum"),
    )
    axis = lengths.axis()
    rows = tuple(Row((*row.cells[:-1], Cell(marks=(axis, *row.cells[-1].marks))), row.look) for row in rows)
    caption = text("Past and expected {yardstick}", yardstick=basis.yardstick())
    columns = (Column(text("Part"), "text"), Column(basis.with_unit(basis.yardstick().capitalize() if basis.language.code == "en" else basis.yardstick())), Column(text("Bar"), "bars"))
    return Section("parts", _parts_message(basis), text("Customer value"), _parts_unit(basis), (Table(caption, columns, rows), _aside(basis)), columns=7)


def _row(basis: Basis, label: str, value: object, marks: tuple[object, ...], look: str = "") -> Row:
    return Row((Cell(label), Cell(basis.amount(value, 2)), Cell(marks=marks)), look)  # type: ignore[arg-type]


def _parts_message(basis: Basis) -> str:
    text, totals = basis.language.text, basis.figures.totals
    clv, value = number(totals.clv), number(totals.value)
    if value > 0 and 0 <= clv <= value:
        return text("{share} of the customer value lies ahead", share=basis.language.percent(clv / value, 0))
    return text("Booked and expected {yardstick} make {amount} together", yardstick=basis.yardstick(), amount=basis.short(totals.value))


def _parts_unit(basis: Basis) -> str:
    text = basis.language.text
    kind = text("past and residual, as of {day}", day=basis.day)
    return text("{yardstick} in {unit}, {kind}", yardstick=basis.yardstick(), unit=basis.unit, kind=kind) if basis.unit else f"{basis.yardstick()}, {kind}"


def _aside(basis: Basis) -> Facts:
    text, totals, money = basis.language.text, basis.figures.totals, basis.short
    return Facts(
        (
            (text("Revenue expected in {span}", span=basis.months), money(totals.expected_revenue), text("not discounted")),
            (text("Beyond {span}", span=basis.years), money(totals.clv_beyond), text("not part of the value")),
            (text("Revenue so far"), money(totals.revenue), text("{n} purchases", n=totals.purchases)),
        )
    )

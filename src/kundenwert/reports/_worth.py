"""The first section: what the customer base is worth, and out of which parts."""

from __future__ import annotations

from kundenwert.records import TotalForecast
from kundenwert.reports._bars import scale
from kundenwert.reports._basis import Basis, number
from kundenwert.reports._page import Block, Cell, Column, Facts, Figure, Row, Section, Table, Text
from kundenwert.reports._unknown import from_to, interval, main_total, of_ten


def message(basis: Basis) -> str:
    """The heading of the page."""
    text, totals = basis.language.text, basis.figures.totals
    if not basis.in_money:
        return basis.language.plural(
            "The customer base should buy once {within}",
            "The customer base should buy {n} times {within}",
            round(totals.expected_purchases),
            within=basis.within_months,
        )
    if basis.is_contribution:
        return text("The customer base is worth {amount}", amount=basis.short(totals.clv))
    return text("The customer base should bring {amount} of revenue {within}", amount=basis.short(totals.clv), within=basis.within_years)


def lead(basis: Basis) -> str:
    """What the heading leaves open: how far it may be off, whose it is, up to when, and what it is not."""
    total = main_total(basis)
    if total is None:
        return _whose(basis)
    lower, upper = from_to(basis, total)
    cases = of_ten(basis, total.level)
    return basis.language.text("It lies between {lower} and {upper} {cases}.", lower=lower, upper=upper, cases=cases) + " " + _whose(basis)


def _whose(basis: Basis) -> str:
    text, plural, totals, figures = basis.language.text, basis.language.plural, basis.figures.totals, basis.figures
    if not basis.in_money:
        one, many = "{n} customer bought {purchases} times up to {day}.", "{n} customers bought {purchases} times up to {day}."
        bought = plural(one, many, totals.customers, purchases=totals.purchases, day=basis.day)
        return f"{bought} " + text("The data hold no amounts, so everything here counts purchases, not money.")
    one, many = "{n} customer brought {amount} of {yardstick} up to {day}.", "{n} customers brought {amount} of {yardstick} up to {day}."
    past = plural(one, many, totals.customers, amount=basis.short(totals.past), yardstick=basis.yardstick(), day=basis.day)
    rate = text("Later amounts count for less: {rate} a year.", rate=basis.language.percent(figures.discount_rate))
    if basis.is_contribution:
        return f"{past} {rate}"
    return f"{past} {rate} " + text("This is revenue, not margin: the data hold no costs.")


def section(basis: Basis) -> tuple[Section, ...]:
    text = basis.language.text
    total = main_total(basis)
    honest = (
        text("This is an expected mean. How far it may be off was not reckoned.")
        if total is None
        else text("The range holds {cases}. Why it is as wide as it is stands under “What is not known”.", cases=of_ten(basis, total.level))
    )
    left = Section(
        "worth",
        _headline(basis),
        text("Forecast"),
        _forecast_unit(basis),
        (*_figure(basis), *_range(basis), *_levels(basis)),
        note=honest,
        columns=12 if not basis.in_money else 5,
    )
    return (left, _parts(basis)) if basis.in_money else (left,)


def _forecast_unit(basis: Basis) -> str:
    text = basis.language.text
    if not basis.in_money:
        return text("in purchases, {span} from {day}", span=basis.months, day=basis.day)
    unit = text("{yardstick} in {unit}", yardstick=basis.yardstick(), unit=basis.unit) if basis.unit else basis.yardstick()
    return text(
        "{unit}, {span} from {day}, discounted at {rate} a year",
        unit=unit,
        span=basis.years,
        day=basis.day,
        rate=basis.language.percent(basis.figures.discount_rate),
    )


def _headline(basis: Basis) -> str:
    totals = basis.figures.totals
    if basis.in_money and totals.clv is not None and totals.customers:
        mean = basis.language.money(totals.clv / totals.customers, basis.figures.currency, 0)
        if basis.is_contribution:
            return basis.language.text("On average a customer is still worth {amount}", amount=mean)
        return basis.language.text("On average a customer should bring {amount} more of revenue", amount=mean)
    if totals.customers:
        times = totals.expected_purchases / totals.customers
        return basis.language.text("On average a customer should buy {times:.1f} times {within}", times=times, within=basis.within_months)
    return basis.language.text(
        "{purchases} purchases are expected {within}", purchases=round(totals.expected_purchases), within=basis.within_months
    )


def _figure(basis: Basis) -> tuple[Block, ...]:
    text, totals = basis.language.text, basis.figures.totals
    if not basis.in_money:
        return (Figure(basis.language.number(totals.expected_purchases), text("purchases, expected {within}", within=basis.within_months)),)
    words = text("{yardstick}, expected {within}, at its worth today", yardstick=basis.yardstick(), within=basis.within_years)
    return (Figure(basis.short(totals.clv), words),)


def _range(basis: Basis) -> tuple[Block, ...]:
    """From where to where the figure above may go."""
    total = main_total(basis)
    if total is None:
        return ()
    lower, upper = from_to(basis, total)
    return (Text(basis.language.text("from {lower} to {upper}", lower=lower, upper=upper), "range"),)


def _levels(basis: Basis) -> tuple[Block, ...]:
    """Everyone is counted, and everyone reads how."""
    levels, plural = basis.figures.totals.levels, basis.language.plural
    sentences = (
        (
            levels.get("customer", 0),
            "{n} customer bought more than once and has a forecast of their own.",
            "{n} customers bought more than once; each has a forecast of their own.",
        ),
        (
            levels.get("segment", 0),
            "{n} bought once and gets the mean of customers alike.",
            "{n} bought once; they get the mean of customers alike.",
        ),
        (
            levels.get("none", 0),
            "{n} has no purchase left or is a collective account: booked, but without a forecast.",
            "{n} have no purchase left or are collective accounts: booked, but without a forecast.",
        ),
        (
            levels.get("objected", 0),
            "{n} objected to being valued and stands in totals only.",
            "{n} objected to being valued and stand in totals only.",
        ),
    )
    return (Text(" ".join(plural(one, many, count) for count, one, many in sentences if count)),)


def _parts(basis: Basis) -> Section:
    text, totals = basis.language.text, basis.figures.totals
    past, clv, value = number(totals.past), number(totals.clv), number(totals.value)
    lengths = scale((past, past + clv, value))
    rows = (
        _row(basis, text("Booked up to {day}", day=basis.day), totals.past, (lengths.bar("ac" if past >= 0 else "neg", 0, past),)),
        _row(basis, text("Expected {within}", within=basis.within_years), totals.clv, (lengths.bar("fc", past, past + clv),)),
        _row(
            basis,
            text("Customer value"),
            totals.value,
            (lengths.bar("ac" if past >= 0 else "neg", 0, past), lengths.bar("fc", past, value)),
            "sum",
        ),
    )
    axis = lengths.axis()
    drawn = tuple(Row((*row.cells[:-1], Cell(marks=(axis, *row.cells[-1].marks))), row.look) for row in rows)
    caption = text("Past and expected {yardstick}", yardstick=basis.yardstick())
    columns = (
        Column(text("Part"), "text"),
        Column(basis.with_unit(text("Contribution") if basis.is_contribution else text("Revenue"))),
        Column(text("Bar"), "bars"),
    )
    return Section(
        "parts",
        _parts_message(basis),
        text("Customer value"),
        _parts_unit(basis),
        (Table(caption, columns, drawn), _aside(basis)),
        columns=7,
    )


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
    return (
        text("{yardstick} in {unit}, {kind}", yardstick=basis.yardstick(), unit=basis.unit, kind=kind)
        if basis.unit
        else f"{basis.yardstick()}, {kind}"
    )


def _aside(basis: Basis) -> Facts:
    text, totals, money = basis.language.text, basis.figures.totals, basis.short
    revenue, purchases = interval(basis, "revenue"), interval(basis, "purchases")
    return Facts(
        (
            (
                text("Revenue in {span}", span=basis.months),
                money(totals.expected_revenue),
                _with_range(basis, revenue, text("expected, not discounted")),
            ),
            (text("Beyond {span}", span=basis.years), money(totals.clv_beyond), text("not part of the value")),
            (
                text("Purchases in {span}", span=basis.months),
                basis.language.number(totals.expected_purchases),
                _with_range(basis, purchases, text("expected; {n} so far", n=totals.purchases)),
            ),
        )
    )


def _with_range(basis: Basis, total: TotalForecast | None, words: str) -> str:
    """What stands below a figure: its range, if known, and what it is."""
    if total is None:
        return words
    lower, upper = from_to(basis, total)
    return f"{basis.language.text('from {lower} to {upper}', lower=lower, upper=upper)}; {words}"

"""One customer: how the value comes about, what was bought by quarter, and what was left of it."""

from __future__ import annotations

from collections.abc import Sequence

from kundenwert import registry
from kundenwert.records import Part
from kundenwert.reports._bars import Scale, scale
from kundenwert.reports._customer_basis import CustomerBasis
from kundenwert.reports._page import Block, Cell, Column, Mark, Row, Section, Table, Text
from kundenwert.reports._pictures import NARROW, picture
from kundenwert.reports._steps import Step, shown_steps
from kundenwert.reports.language import HARD_SPACE

# Parts of the table that are sums of those above.
_SUMS = frozenset({"past", "value"})


def sections(basis: CustomerBasis) -> tuple[Section, ...]:
    """Value, course and result, as far as they are known."""
    return (*_value(basis), *_course(basis), *_result(basis))


# ---- how the value comes about ----------------------------------------------------------------------------------------


def _value(basis: CustomerBasis) -> tuple[Section, ...]:
    text, explained = basis.language.text, basis.explained
    if not basis.in_money:
        return (_without_money(basis),) if basis.is_valued else ()
    span, rate = basis.language.span(explained.basis["value_horizon"]), basis.language.percent(explained.basis["discount_rate"])
    subject = text("Value") if basis.is_valued else text("Past")
    unit = (
        text("in {unit}, residual over {span} at {rate} a year, {day}", unit=_unit(basis), span=span, rate=rate, day=basis.day)
        if basis.is_valued
        else text("in {unit}, {day}", unit=_unit(basis), day=basis.day)
    )
    return (Section("value", _finding(basis), subject, unit, (table(basis), *ranges(basis)), note=_note(basis), columns=7),)


def _unit(basis: CustomerBasis) -> str:
    return basis.language.symbol(basis.currency) or basis.language.text("amounts")


def _finding(basis: CustomerBasis) -> str:
    text, value = basis.language.text, basis.row["value"]
    if not basis.is_valued:
        return text("{amount} came so far", amount=basis.money(basis.row["past"]))
    ahead = basis.total("expected", "added")
    if value and value > 0 and basis.row["past"] >= 0 and ahead >= 0:
        share = basis.language.percent(ahead / value, 0)
        return text("{share} of the value are still to come: {amount}", share=share, amount=basis.money(ahead))
    return text("{past} came so far, {amount} are still to come", past=basis.money(basis.row["past"]), amount=basis.money(ahead))


def _note(basis: CustomerBasis) -> str:
    """What the value leaves out."""
    text, result = basis.language.text, basis.explained.result
    if basis.explained.basis["yardstick"] == "revenue":
        return text("All amounts are revenue, not margin: no cost is known.")
    served = any(step.name == "db4" and step.customers is not None for step in result.steps) if result else False
    return text("After the cost of goods; what it costs to serve the customer is told by the customer result.") if served else ""


def table(basis: CustomerBasis) -> Table:
    """Parts, past and value to the cent, with the waterfall in the cells."""
    text, language = basis.language.text, basis.language
    parts = [*basis.parts("booked", "cost"), Part("past", "", basis.row["past"])]
    if basis.is_valued:
        parts += [*basis.parts("expected", "added"), Part("value", "", basis.row["value"])]
    spans = _spans(parts)
    lengths = scale([end for span in spans for end in span])
    rows = tuple(
        Row(
            (
                Cell(label(basis, part)),
                Cell(language.money(part.amount)),
                Cell(marks=_marks(lengths, spans, place, part.kind)),
                *((Cell(language.number(part.purchases, 1) if part.kind == "expected" else ""),) if basis.is_valued else ()),
            ),
            "sum" if part.kind in _SUMS else "",
        )
        for place, part in enumerate(parts)
    )
    columns = (
        Column(text("Part"), "text"),
        Column(basis.with_unit(text("Amount"))),
        Column(text("Bar"), "bars"),
        *((Column(text("Expected purchases"), wide=True),) if basis.is_valued else ()),
    )
    return Table(text("How the value comes about"), columns, rows)


def label(basis: CustomerBasis, part: Part) -> str:
    """What a line of the explanation is called."""
    text = basis.language.text
    plain = {"past": text("Past"), "value": text("Value"), "cost": text("less cost, booked or estimated")}
    if part.kind in plain:
        return plain[part.kind]
    if part.kind == "booked":
        return text("Booked revenue {year}", year=part.span)
    if part.kind == "added":
        return text(part.span)
    start, end = part.span.split("/")
    if start[5:] == "01-01" and end[5:] == "12-31":
        return text("Expected {year}", year=start[:4])
    return text("Expected {first} to {last}", first=basis.language.date(start), last=basis.language.date(end))


def _spans(parts: Sequence[Part]) -> list[tuple[float, float]]:
    """From where to where each bar reaches: sums from zero, parts from where the one before ended."""
    found, level = [], 0.0
    for part in parts:
        start, amount = 0.0 if part.kind in _SUMS else level, float(part.amount or 0)
        level = start + amount
        found.append((start, level))
    return found


def _marks(lengths: Scale, spans: Sequence[tuple[float, float]], place: int, kind: str) -> tuple[Mark, ...]:
    """Sums are solid, what was booked is light, what is expected is hatched."""
    start, end = spans[place]
    linked = (Mark("link", round(lengths.at(end), 2), 0.0),) if place + 1 < len(spans) else ()
    look = "ac" if kind in _SUMS else "out" if kind in {"booked", "cost"} else "fc"
    return (lengths.axis(), *linked, lengths.bar(look, start, end))


def ranges(basis: CustomerBasis) -> tuple[Block, ...]:
    """From where to where the residual value may go."""
    row, text = basis.row, basis.language.text
    lower, upper = row.get("clv_lower"), row.get("clv_upper")
    if not basis.is_valued or lower is None or upper is None or lower == upper:
        return ()
    years = basis.language.within(basis.explained.basis["value_horizon"])
    sentence = text(
        "Still to come {within}: {lower} to {upper} in 9 of 10 cases.", within=years, lower=basis.money(lower), upper=basis.money(upper)
    )
    return (Text(sentence, "range"),)


def _without_money(basis: CustomerBasis) -> Section:
    text, row = basis.language.text, basis.row
    count, span = basis.language.number(row["expected_purchases"], 1), basis.language.span(basis.explained.basis["horizon"])
    sentence = text("Expected purchases in {horizon}: {count}. The input has no amounts.", horizon=span, count=count)
    return Section(
        "value", text("{n} purchases are expected", n=count), text("Expected purchases"), basis.day, (Text(sentence),), columns=7
    )


# ---- what was bought --------------------------------------------------------------------------------------------------


def _course(basis: CustomerBasis) -> tuple[Section, ...]:
    from kundenwert.reports.charts.customer_quarters import unit

    course, text = basis.explained.course, basis.language.text
    if course is None:
        return ()
    draw = registry.load("reports.charts", "customer_quarters")
    legend: tuple[tuple[str, str], ...] = (("ac", text("booked")),)
    if not course.quarters[-1].complete:
        legend += (("py", text("quarter cut short by the as-of day")),)
    if course.expected is not None:
        within = basis.language.within(course.horizon)
        legend += (("part", text("expected {within}, a quarter; line: 9 of 10 cases", within=within)),)
    drawn, figures = picture(draw, course, basis.language, widths=(NARROW,), legend=legend)
    message = draw(course, basis.language.code)["usermeta"]["message"]
    subject = text("Revenue by quarter") if course.in_money else text("Purchases by quarter")
    unit_text = text("in {unit}", unit=unit(course, basis.language)) if course.in_money else basis.day
    return (Section("course", message, subject, unit_text, (drawn,) if basis.paper else (drawn, figures), columns=5),)


# ---- what was left ----------------------------------------------------------------------------------------------------


def _result(basis: CustomerBasis) -> tuple[Section, ...]:
    totals, text = basis.explained.result, basis.language.text
    if totals is None:
        return ()
    steps = shown_steps(totals, basis.language)
    net = next((float(step.amount) for step in steps if step.name == "net"), 0.0)
    last = steps[-1]
    period = str(totals.year) if totals.year else text("all years")
    values = {"period": period, "amount": basis.money(abs(last.amount)), "step": last.label}
    message = text("{period}: {amount} of {step} left", **values)
    if last.amount < 0:
        message = text("{period}: {step} is {amount} below zero", **values)
    columns = (
        Column(text("Step"), "text"),
        Column(basis.with_unit(period)),
        Column(text("% of net")),
        *((Column(text("against {year}", year=str((totals.year or 0) - 1))),) if totals.before else ()),
    )
    rows = tuple(_step(basis, step, net, has_before=bool(totals.before)) for step in steps)
    unit = text("in {unit}, {period}", unit=_unit(basis), period=period)
    return (Section("result", message, text("Customer result"), unit, (Table(text("Customer result"), columns, rows),), columns=5),)


def _step(basis: CustomerBasis, step: Step, net: float, *, has_before: bool) -> Row:
    language = basis.language
    change = language.number(step.change, 0, sign=True) if step.change is not None else ""
    look = "down" if step.change is not None and step.change < 0 else ""
    share = language.number(float(step.amount) / net * 100, 1) if net > 0 else HARD_SPACE
    cells = (Cell(step.label), Cell(language.number(step.amount)), Cell(share), *((Cell(change, look=look),) if has_before else ()))
    return Row(cells, "used" if step.name in {"net", "db1", "db2", "db3", "db4"} else "")

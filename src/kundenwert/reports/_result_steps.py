"""The scheme of the customer result: a table whose cells hold the waterfall, and what of it belongs to no customer."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from kundenwert.reports._bars import Scale, scale
from kundenwert.reports._page import Block, Cell, Column, Mark, Picture, Row, Section, Table, Text
from kundenwert.reports._result_basis import ResultBasis, owner_names
from kundenwert.reports._steps import Step, spans

# Changes are small beside the sums they change: their bars are enlarged by the largest of these that leaves room.
_FACTORS = (1, 2, 5, 10, 20, 50, 100)
_LARGEST_SHARE = 10
_STAGES = ("marketing", "sales", "service", "logistics")


def message(basis: ResultBasis) -> str:
    """The heading of the page."""
    text, totals, last = basis.language.text, basis.result.totals, basis.customers(basis.last)
    if last < 0:
        return text("{period}: the customers cost {amount} more than they brought", period=basis.period, amount=basis.short(-last))
    brought = text(
        "{period}: the customers brought {amount} of {step}", period=basis.period, amount=basis.short(last), step=basis.last_name()
    )
    if not basis.result.is_served or not totals.below_zero:
        return brought
    cost = basis.language.plural("{n} of them cost more than they brought", "{n} of them cost more than they brought", totals.below_zero)
    return f"{brought}; {cost}"


def lead(basis: ResultBasis) -> str:
    """What the heading leaves open: what the figure is, how large beside sales, how it moved."""
    text, net, last = basis.language.text, basis.customers("net"), basis.customers(basis.last)
    what = (
        text("Contribution IV is what is left of sales after price concessions, goods, marketing, sales cost, service and logistics.")
        if basis.result.is_served
        else text(
            "Contribution I is what is left of sales after price concessions and goods. What it costs to serve customers is not known."
        )
    )
    size = text("It is {share} of net revenue.", share=basis.share(last, net)) if net > 0 else ""
    return " ".join(part for part in (what, size, _moved(basis)) if part)


def _moved(basis: ResultBasis) -> str:
    before, now, text = basis.customers_before(basis.last), basis.customers(basis.last), basis.language.text
    if before is None:
        return ""
    values = {"amount": basis.short(abs(now - before)), "year": basis.before}
    return text("{amount} more than in {year}.", **values) if now >= before else text("{amount} less than in {year}.", **values)


# ---------- the waterfall ----------


def section(basis: ResultBasis) -> Section:
    """Each step with its figure, its bar, and how it differs from the year before."""
    text, steps = basis.language.text, basis.steps()
    unit = text("in {unit}, {period}", unit=basis.unit or text("amounts"), period=basis.period)
    against = text("against {year}", year=basis.before) if basis.before else ""
    legend: tuple[tuple[str, str], ...] = (("ac", basis.period),)
    if basis.before:
        legend += (("before", basis.before), ("pos", text("better than {year}", year=basis.before)))
        legend += (("neg", text("worse than {year}", year=basis.before)),)
    return Section(
        "steps",
        _finding(basis, steps),
        text("Result of all customers"),
        " ".join(part for part in (unit, against) if part),
        (_table(basis, steps), Picture("", (), legend)),
        note=_note(basis),
    )


def _finding(basis: ResultBasis, steps: Sequence[Step]) -> str:
    """What moved the result most; without a year before, what takes most of it after the goods."""
    text, last = basis.language.text, steps[-1]
    if last.change is None:
        return _largest_cost(basis, steps)
    parts = [step for step in steps if step.change is not None and (step.name in _STAGES or step.name == "db1")]
    if not last.change:
        return text("{step} is what it was in {year}", step=last.label, year=basis.before)
    most = max(parts, key=lambda step: (step.change or Decimal(0)) * (1 if last.change and last.change > 0 else -1), default=last)
    values = {
        "step": last.label,
        "share": basis.share(abs(last.change), abs(last.before or 0)),
        "year": basis.before,
        "most": most.label,
        "amount": basis.language.short(most.change, basis.result.currency, sign=True),
    }
    if last.change > 0:
        return text("{step} rises by {share} against {year}; largest item: {most}, {amount}", **values)
    return text("{step} falls by {share} against {year}; largest item: {most}, {amount}", **values)


def _largest_cost(basis: ResultBasis, steps: Sequence[Step]) -> str:
    text, last, net = basis.language.text, steps[-1], basis.customers("net")
    served = [step for step in steps if step.name in _STAGES and step.amount]
    left = text("Of 100 of net revenue {n} are left", n=basis.language.number(last.amount / net * 100, 1)) if net > 0 else last.label
    if not served:
        return left
    most = min(served, key=lambda step: step.amount)
    return text("{left}; largest cost after the goods: {step}, {amount}", left=left, step=most.label, amount=basis.short(-most.amount))


def _note(basis: ResultBasis) -> str:
    text, result = basis.language.text, basis.result
    if result.year is not None and not basis.before and result.year - 1 in result.years:
        return text("No comparison with {year}: the data do not hold both years whole.", year=str(result.year - 1))
    return ""


def _table(basis: ResultBasis, steps: Sequence[Step]) -> Table:
    text, has_before = basis.language.text, bool(basis.before)
    lines = (*steps, *_foot(basis))
    now, before = spans(lines), spans(lines, before=True)
    lengths = scale([end for span in (*now, *(before if has_before else ())) for end in span])
    changes = [float(step.change or 0) for step in lines]
    factor = _factor(changes, lengths)
    widths = _enlarged(changes, lengths, factor)
    rows = tuple(
        _row(basis, step, _marks(lengths, now, before, place, step), widths, is_last=step is lines[-1]) for place, step in enumerate(lines)
    )
    year_before = (Column(basis.with_unit(basis.before), wide=True),) if has_before else ()
    change = (
        (
            Column(text("Difference")),
            Column(text("Bar × {n}", n=factor) if factor > 1 else text("Bar"), "bars", wide=True, shown=True),
            Column(text("in %"), wide=True),
        )
        if has_before
        else ()
    )
    columns = (
        Column(text("Step"), "text"),
        *year_before,
        Column(basis.with_unit(basis.period) if basis.result.year else basis.with_unit(text("Amount"))),
        Column(text("Waterfall"), "bars"),
        *change,
        Column(text("% of net"), wide=True),
    )
    return Table(text("From sales at list price to {step}", step=basis.last_name()), columns, rows)


def _foot(basis: ResultBasis) -> tuple[Step, ...]:
    """What belongs to no customer, and the company."""
    text, last = basis.language.text, basis.result.step(basis.last)
    found = next((step for step in basis.result.before if step.name == basis.last), None)
    before, company_before = (found.unallocated, found.company) if found else (None, None)
    if not last.unallocated and not before:
        return ()
    return (
        Step("unallocated", text("Belongs to no customer"), last.unallocated or Decimal(0), before, is_sum=False),
        Step(
            "company", text("{step} of the company", step=basis.name(basis.last)), last.company or Decimal(0), company_before, is_sum=True
        ),
    )


def _factor(changes: Sequence[float], lengths: Scale) -> int:
    """The largest round factor by which the bars of the changes fit the column of the sums."""
    widest = max((0.0, *changes)) - min((0.0, *changes))
    room = lengths.high - lengths.low
    return max((factor for factor in _FACTORS if widest * factor <= room), default=1)


def _enlarged(changes: Sequence[float], lengths: Scale, factor: int) -> Scale:
    """The scale of the changes: exactly that of the sums, `factor` times as large."""
    low, high = min((0.0, *changes)), max((0.0, *changes))
    spare = (lengths.high - lengths.low) / factor - (high - low)
    return Scale(low - spare / 2, high + spare / 2)


def _marks(lengths: Scale, now: Any, before: Any, place: int, step: Step) -> tuple[Mark, ...]:
    marks = [lengths.axis()]
    if step.before is not None:
        marks.append(lengths.bar("before", *before[place]))
    if place + 1 < len(now):
        marks.append(Mark("link", round(lengths.at(now[place][1]), 2), 0.0))
    return (*marks, lengths.bar("ac" if step.amount >= 0 or not step.is_sum else "neg", *now[place]))


def _row(basis: ResultBasis, step: Step, marks: tuple[Mark, ...], widths: Scale, *, is_last: bool) -> Row:
    language, net = basis.language, basis.customers("net")
    cells = [Cell(step.label)]
    if basis.before:
        cells.append(Cell(basis.amount(step.before)))
    cells += [Cell(basis.amount(step.amount)), Cell(marks=marks)]
    if basis.before:
        # A step may be known of one year only.
        known, change = step.change is not None, step.change or Decimal(0)
        look = "up" if change > 0 else "down" if change < 0 else ""
        bar = widths.bar("pos" if change >= 0 else "neg", 0, float(change))
        share = change / abs(step.before) if step.before else None
        # Against next to nothing a share says nothing.
        share = share if share is not None and abs(share) < _LARGEST_SHARE else None
        cells += [Cell(basis.amount(change if known else None, sign=True), look=look), Cell(marks=(widths.axis(), bar))]
        cells.append(Cell(language.percent(share, 1, sign=True), look=look if share else ""))
    cells.append(Cell(basis.share(step.amount, net)))
    return Row(tuple(cells), _look(step, is_last=is_last))


def _look(step: Step, *, is_last: bool) -> str:
    """Sums on the way are bold, the last one is ruled too."""
    return "sum" if step.is_sum and is_last else "used" if step.is_sum else ""


# ---------- whose it is ----------


def tied(basis: ResultBasis) -> Section:
    """Customers, what belongs to none, and the company to the cent."""
    text, result = basis.language.text, basis.result
    columns = (
        Column(text("Step"), "text"),
        Column(basis.with_unit(text("Customers"))),
        Column(basis.with_unit(text("No customer")), wide=True, term="unallocated"),
        Column(basis.with_unit(text("Company"))),
        Column(text("% of net"), wide=True),
    )
    known = [step for step in result.steps if step.customers is not None]
    net = next((step.company for step in known if step.name == "net"), None)
    sums = {step.name for step in basis.steps() if step.is_sum}
    rows = tuple(
        Row(
            (
                Cell(basis.name(step.name)),
                *(Cell(basis.language.number(part, 2)) for part in (step.customers, step.unallocated, step.company)),
                Cell(basis.share(step.company, net)),
            ),
            "sum" if step is known[-1] else "used" if step.name in sums else "",
        )
        for step in known
    )
    blocks: tuple[Block, ...] = (Table(text("Result to the cent"), columns, rows), *_owners(basis))
    note = text("Customers and what belongs to none add up to the company. Booked revenue is that of the ledger, to the cent.")
    subject, unit = text("Customers and company"), text("to the cent, {period}", period=basis.period)
    return Section("company", _tied_message(basis), subject, unit, blocks, note=note)


def _tied_message(basis: ResultBasis) -> str:
    text, last = basis.language.text, basis.result.step(basis.last)
    if not last.unallocated:
        return text("Everything belongs to a customer")
    return text("{amount} of {step} belong to no customer", amount=basis.short(last.unallocated), step=basis.last_name())


def _owners(basis: ResultBasis) -> tuple[Block, ...]:
    """Why something belongs to nobody, with revenue and result."""
    names, found = owner_names(basis.language), [row for row in basis.result.owners if row["owner"] != "customers"]
    sums: dict[str, list[Decimal]] = {}
    for row in found:
        whole = sums.setdefault(row["owner"], [Decimal(0), Decimal(0)])
        whole[0] += row["revenue"]
        whole[1] += row[basis.last] or Decimal(0)
    if not sums:
        return ()
    text, name = basis.language.text, basis.name(basis.last)
    points = tuple(
        text("{reason}: {revenue} of revenue, {result} of {step}.", reason=names.get(owner, owner),
             revenue=basis.language.money(revenue, basis.result.currency), result=basis.language.money(result, basis.result.currency),
             step=name)
        for owner, (revenue, result) in sums.items()
    )  # fmt: skip
    return tuple(Text(point, "small") for point in points)

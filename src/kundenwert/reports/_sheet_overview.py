"""The first sheet of the customer result: the finding, the steps, the checks, the causes of losses, and two native charts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from kundenwert.records import ResultStep
from kundenwert.reports._result_steps import message
from kundenwert.reports._sheet_book import STAGES, SUMS, TAKEN, Book, Formula, Grid, Value, cells, cost_bars, headed, headings, loss_bars
from kundenwert.reports._workbook import printed

if TYPE_CHECKING:
    from kundenwert.reports._sheet_beside import DriverSums
    from kundenwert.reports._sheet_customers import Layout
    from kundenwert.reports._sheet_records import Drilled

_HEAD_ROW, FIRST_ROW = 5, 6
_VERDICT_ROW = 3
_WIDTHS = (44, 17, 17, 17, 17, 17, 17, 12)
# Each customer's cost is whole cents; what one record costs need not be.
_CENT = 0.01


@dataclass(frozen=True)
class Check:
    """Two amounts that must be equal, the formula of their difference, and how much rounding may part them."""

    label: str
    left: Formula
    right: Formula
    difference: Formula
    allowed: float


@dataclass(frozen=True)
class Elsewhere:
    """Where other sheets hold the figures that the checks compare with."""

    customers: Layout
    drilled: tuple[Drilled, ...]
    drivers: DriverSums | None


def overview(book: Book, elsewhere: Elsewhere) -> int:
    """Fills the sheet but for its charts; returns the row below its last one."""
    sheet, grid = book.sheets["result"], Grid()
    for place, width in enumerate(_WIDTHS):
        sheet.set_column(place, place, width)
    headed(grid, book, message(book.basis))
    row = _steps(grid, book)
    row = _checks(grid, book, elsewhere, row + 1)
    row = _causes(grid, book, row + 1)
    grid.write(sheet)
    printed(sheet, book.told, pages=1)
    return row


# ---------- the steps ----------


def signed(step: ResultStep, amount: object) -> float:
    """What is taken off stands with a minus, so that a column adds up."""
    return (-1 if step.name in TAKEN else 1) * float(str(amount)) + 0.0


def _steps(grid: Grid, book: Book) -> int:
    text, basis, looks = book.words.text, book.basis, book.looks
    known = [step for step in book.found.result.steps if step.customers is not None]
    heads = [
        text("Step"), basis.with_unit(text("Customers")), text("% of net revenue"), basis.with_unit(text("unallocated")),
        basis.with_unit(text("Company")),
    ]  # fmt: skip
    kinds = ["text", "money", "share", "money", "money"]
    if year := basis.before:
        change = text("Change against {year}", year=year)
        heads += [basis.with_unit(text("Customers, {year}", year=year)), basis.with_unit(change), text("Change, %")]
        kinds += ["money", "change", "change_share"]
    headings(grid, book, _HEAD_ROW, heads, kinds, height=34)
    for row, step in enumerate(known, FIRST_ROW):
        looked = looks.ruled if step.name in SUMS else looks.cells
        grid.line(row, _step(book, step, row)[: len(kinds)], [looked[kind] for kind in kinds])
    last = FIRST_ROW + len(known)
    for criteria, how in ((">", looks.good), ("<", looks.bad)):
        rule = {"type": "cell", "criteria": criteria, "value": 0, "format": how}
        book.sheets["result"].conditional_format(FIRST_ROW, 6, last, 7, rule)
    return last


def row_of(book: Book, step: str) -> int:
    """In which row a step stands."""
    return FIRST_ROW + book.steps.index(step)


def _step(book: Book, step: ResultStep, row: int) -> list[Value]:
    result, number, net_row = book.found.result, row + 1, row_of(book, "net") + 1
    own, none, company = (signed(step, amount) for amount in (step.customers, step.unallocated, step.company))
    net = float(result.step("net").customers or 0)
    share = Formula(f'=IF(B{net_row}>0,B{number}/B{net_row},"")', own / net if net > 0 else "")
    line: list[Value] = [book.basis.name(step.name), own, share, none, company]
    found = book.basis.customers_before(step.name)
    if found is None:
        return [*line, None, None, None]
    before = signed(step, found)
    rise = Formula(f'=IF(F{number}<>0,G{number}/ABS(F{number}),"")', (own - before) / abs(before) if before else "")
    return [*line, before, Formula(f"=B{number}-F{number}", round(own - before, 2)), rise]


# ---------- the checks ----------


def _checks(grid: Grid, book: Book, elsewhere: Elsewhere, row: int) -> int:
    text, basis, looks = book.words.text, book.basis, book.looks
    found = list(_all_checks(book, elsewhere))
    kinds = ("text", "money", "money", "money", "money", "text")
    heads = (
        text("Checks"), basis.with_unit(text("this amount")), basis.with_unit(text("and that one")), basis.with_unit(text("Difference")),
        basis.with_unit(text("rounding allowed")), text("Verdict"),
    )  # fmt: skip
    headings(grid, book, row, heads, kinds)
    for number, check in enumerate(found, row + 1):
        verdict = Formula(f'=IF(ABS(D{number + 1})<=E{number + 1},"{text("right")}","{text("wrong")}")', _verdict(book, check))
        values = (check.label, check.left, check.right, check.difference, check.allowed, verdict)
        grid.line(number, values, cells(book, kinds))
    first, last = row + 2, row + 1 + len(found)
    wrong = sum(_verdict(book, check) != text("right") for check in found)
    told = (text("All {n} checks are right: the figures tie.", n=len(found)), text("The figures do not tie: see the checks below."))
    formula = f'=IF(COUNTIF(F{first}:F{last},"{text("right")}")={len(found)},"{told[0]}","{told[1]}")'
    grid.put(_VERDICT_ROW, 0, Formula(formula, told[bool(wrong)]), looks.bold)
    book.sheets["result"].conditional_format(
        first - 1, 5, last - 1, 5, {"type": "cell", "criteria": "==", "value": f'"{text("wrong")}"', "format": looks.alarm}
    )
    return last


def _verdict(book: Book, check: Check) -> str:
    return book.words.text("right") if abs(float(check.difference.value)) <= check.allowed else book.words.text("wrong")


def _all_checks(book: Book, elsewhere: Elsewhere) -> Sequence[Check]:
    checks = [_company(book), _between(book), _customers(book, elsewhere.customers), _ledger(book)]
    if elsewhere.drivers is not None:
        checks.append(_drivers(book, elsewhere.drivers))
    if elsewhere.drilled:
        checks.append(_drilled(book, elsewhere))
    return checks


def _amount(book: Book, step: str, whose: str = "customers") -> float:
    found = next(one for one in book.found.result.steps if one.name == step)
    return signed(found, getattr(found, whose))


def _company(book: Book) -> Check:
    """Of every step: what customers and nobody have is what the company has."""
    first, last = FIRST_ROW + 1, row_of(book, book.last) + 1
    company = _amount(book, book.last, "company")
    return Check(
        book.words.text("Company = customers + unallocated"),
        Formula(f"=E{last}", company),
        Formula(f"=B{last}+D{last}", company),
        Formula(f"=SUMPRODUCT(ABS(ROUND(E{first}:E{last}-B{first}:B{last}-D{first}:D{last},2)))", 0.0),
        0.0,
    )


def _between(book: Book) -> Check:
    """Each sum is the one before less what stands between them."""
    parts, start = [], row_of(book, "gross")
    for step in book.steps:
        if step in SUMS:
            row = row_of(book, step)
            parts.append(f"ABS(ROUND(E{row + 1}-SUM(E{start + 1}:E{row}),2))")
            start = row
    lines = [row_of(book, step) + 1 for step in book.steps if step not in SUMS]
    company = _amount(book, book.last, "company")
    return Check(
        book.words.text("{step} = sum of the lines above", step=book.basis.name(book.last)),
        Formula(f"=E{row_of(book, book.last) + 1}", company),
        Formula("=" + "+".join(f"E{line}" for line in lines), company),
        Formula("=" + "+".join(parts), 0.0),
        0.0,
    )


def _customers(book: Book, listed: Layout) -> Check:
    """The steps of all customers are the sums of the sheet with one row a customer."""
    totals = {step: book.place("customers", listed.cell(step, listed.total_row)) for step in book.steps}
    parts = [f"ABS(ROUND(B{row_of(book, step) + 1}-{totals[step]},2))" for step in book.steps]
    difference = sum(abs(round(_amount(book, step) - listed.sums[step], 2)) for step in book.steps)
    return Check(
        book.words.text("Customers = sum of the sheet {name}", name=book.sheets["customers"].name),
        Formula(f"=B{row_of(book, book.last) + 1}", _amount(book, book.last)),
        Formula(f"={totals[book.last]}", listed.sums[book.last]),
        Formula("=" + "+".join(parts), difference),
        0.0,
    )


def _ledger(book: Book) -> Check:
    """All years: cents are handed out among the years of a customer, so that only the whole is the ledger to the cent."""
    left, right = float(book.found.reckoned), float(book.found.booked)
    return Check(
        book.words.text("Revenue of all years = booked lines"),
        Formula(f"={left!r}", left),
        Formula(f"={right!r}", right),
        Formula(f"=ROUND({left!r}-{right!r},2)", round(left - right, 2)),
        0.0,
    )


def _drivers(book: Book, sums: DriverSums) -> Check:
    """What the drivers cost is what the company lost between contribution I and IV."""
    rows = [row_of(book, step) + 1 for step in STAGES]
    cost = -sum(_amount(book, step, "company") for step in STAGES)
    cell = book.place("drivers", sums.cell)
    label = book.words.text("Cost to serve = sheet {name}", name=book.sheets["drivers"].name)
    left = "=-(" + "+".join(f"E{row}" for row in rows) + ")"
    difference = f"=ROUND(-({'+'.join(f'E{row}' for row in rows)})-{cell},2)"
    customers = sum(int(row["customers"]) for row in book.found.result.owners)
    allowed = 0.05 if book.found.result.year is None else round(max(customers, 5) * _CENT, 2)
    return Check(
        label, Formula(left, round(cost, 2)), Formula(f"={cell}", sums.total), Formula(difference, round(cost - sums.total, 2)), allowed
    )


def _drilled(book: Book, elsewhere: Elsewhere) -> Check:
    """The records of the drilled customers add up to what the sheet of all customers says."""
    rows = [drilled.row + 1 for drilled in elsewhere.drilled]
    sheet = book.place("records", "")
    amount = sum(float(book.found.columns[book.last][place]) for place in _places(book, elsewhere))
    left, right = ("=" + "+".join(f"{sheet}{letter}{row}" for row in rows) for letter in "HI")
    steps = [step.row + 1 for drilled in elsewhere.drilled for step in drilled.steps]
    difference = f"=SUMPRODUCT(ABS({sheet}J{min(rows)}:J{max(steps, default=max(rows))}))"
    label = book.words.text("Sheet {name}: records = results", name=book.sheets["records"].name)
    return Check(label, Formula(left, round(amount, 2)), Formula(right, round(amount, 2)), Formula(difference, 0.0), 0.0)


def _places(book: Book, elsewhere: Elsewhere) -> list[int]:
    """Where the drilled customers stand among all."""
    from kundenwert.reports._sheet_customers import rows_of

    rows = rows_of(book, elsewhere.customers, [drilled.customer for drilled in elsewhere.drilled])
    return [row - elsewhere.customers.first for row in rows.values()]


# ---------- causes ----------


def _causes(grid: Grid, book: Book, row: int) -> int:
    """Why customers lose money, the dearest cause first."""
    text, basis, looks, losses = book.words.text, book.basis, book.looks, book.found.result.losses
    if not losses:
        return row
    kinds = ("text", "count", "money", "money")
    heads = (
        text("Causes of losses"), text("Customers"), basis.with_unit(basis.name(book.last)), basis.with_unit(text("above the usual")),
    )  # fmt: skip
    headings(grid, book, row, heads, kinds)
    for number, (cause, count, amount, excess) in enumerate(sorted(losses, key=lambda one: one[2]), row + 1):
        grid.line(number, (book.cause(cause), count, float(amount), float(excess)), [looks.cells[kind] for kind in kinds])
    first, last = row + 1, row + len(losses)
    sums = [
        Formula(f"=SUM({letter}{first + 1}:{letter}{last + 1})", float(whole))
        for letter, whole in (
            ("B", sum(one[1] for one in losses)),
            ("C", sum((one[2] for one in losses), Decimal(0))),
            ("D", sum((one[3] for one in losses), Decimal(0))),
        )
    ]
    grid.line(last + 1, (text("together"), *sums), [looks.ruled[kind] for kind in kinds])
    book.sheets["result"].conditional_format(first, 2, last, 2, loss_bars(float(min(one[2] for one in losses))))
    book.sheets["result"].conditional_format(first, 3, last, 3, cost_bars())
    return last + 2

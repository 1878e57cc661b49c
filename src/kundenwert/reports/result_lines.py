"""The result of one customer with every record behind it, as text for a terminal: each figure, then the lines that add up to it."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from kundenwert.records import ResultLine, ResultLines
from kundenwert.reports.language import Language

# Figures that have records of their own, in the order of the scheme; between them stand the sums.
_ORDER = (
    "gross", "discount", "bonus", "revenue", "cash_discount", "net", "goods", "db1",
    "marketing", "db2", "sales", "db3", "service", "logistics", "db4",
)  # fmt: skip
_SUMS = frozenset({"revenue", "net", "db1", "db2", "db3", "db4"})


def result_lines(found: ResultLines, lang: str = "de") -> str:
    """The result of a customer, line by line."""
    words = Language(lang)
    head = words.text("Result of customer {id}", id=found.customer_id)
    period = (
        words.text("Year {year}", year=str(found.year))
        if found.year
        else words.text("All years up to {day}", day=words.date(found.basis["as_of"]))
    )
    parts = [f"{head}. {period}. {words.text('Run {run}.', run=found.basis['run'])}"]
    shown = [name for name in _ORDER if found.figures[name] is not None]
    return "\n".join([*parts, *(text for name in shown for text in _figure(name, found, words))])


def _figure(name: str, found: ResultLines, words: Language) -> Iterator[str]:
    currency, amount = found.basis["currency"], found.figures[name]
    if name in _SUMS:
        yield f"\n= {_names(words)[name]}: {words.money(amount, currency)}"
        return
    lines = found.of(name)
    if not lines and not amount:
        return
    less = "" if name == "gross" else words.text("less") + " "
    yield f"\n{less}{_names(words)[name]}: {words.money(amount, currency)}"
    rows = [_row(line, words) for line in lines]
    widths = [max((len(row[place]) for row in rows), default=0) for place in range(4)]
    for row in rows:
        cells = (
            cell.rjust(width) if place in {2, 3} else cell.ljust(width)
            for place, (cell, width) in enumerate(zip(row[:4], widths, strict=True))
        )
        yield "  " + "  ".join([*cells, row[4]]).rstrip()
    # Figures are whole cents, lines are exact.
    if rest := (amount or Decimal(0)) - sum((line.amount for line in lines), Decimal(0)):
        yield "  " + words.text("rounding: {rest}", rest=words.number(rest, 6))


def _row(line: ResultLine, words: Language) -> tuple[str, str, str, str, str]:
    times = "" if line.units is None else words.number(line.units, None)
    if line.rate is not None:
        times += f" × {words.number(line.rate, 2)}"
    marks = {"estimated": words.text("estimated"), "assumed": words.text("assumed")}
    place = words.text("{file}, record {record}", file=line.file, record=line.record) + (f" ({marks[line.mark]})" if line.mark else "")
    return words.date(line.day), line.what, times, words.money(line.amount), place


def _names(words: Language) -> dict[str, str]:
    return {
        "gross": words.text("Sales at list price"),
        "discount": words.text("discount"),
        "bonus": words.text("bonus"),
        "revenue": words.text("Booked revenue"),
        "cash_discount": words.text("cash discount"),
        "net": words.text("Net revenue"),
        "goods": words.text("cost of goods"),
        "db1": words.text("Contribution I"),
        "marketing": words.text("marketing"),
        "db2": words.text("Contribution II"),
        "sales": words.text("sales cost"),
        "db3": words.text("Contribution III"),
        "service": words.text("service"),
        "logistics": words.text("logistics"),
        "db4": words.text("Contribution IV"),
    }


PLUGIN = result_lines

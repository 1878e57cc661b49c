"""How the terminal shows things: problems, progress, tables, figures. Only words and layout; no reckoning."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import click

from kundenwert.flows.progress import Phase, Progress

if TYPE_CHECKING:
    from pathlib import Path

    from kundenwert.errors import DataError, KundenwertError
    from kundenwert.flows.load import Loaded
    from kundenwert.flows.reading import ReadFile
    from kundenwert.records import Notice, Reconciliation

# Seconds from which on a part of a phase gets a line of its own.
_WAITED = 1.0
_CLASS_WORDS = {
    "unreadable": "unreadable",
    "rejected": "rejected by rule",
    "after_as_of": "after the as-of day",
    "without_customer": "without customer",
    "cancellation": "cancellation",
    "return": "return",
    "kept": "kept (sales)",
}
_FLAG_WORDS = {
    "free": "free lines",
    "non_product": "no products (postage, fees)",
    "negative_price": "price below zero",
    "duplicate": "repeat a line of their file",
    "unmatched_cancellation": "reversals without their sale",
    "positive": "positive lines",
}
# Cells may hold signs that steer a terminal or turn a line around; they are shown as a mark.
_STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def say(text: str, *, err: bool = False) -> None:
    """Prints a text that may quote data."""
    click.echo(_STEERING.sub("\ufffd", text), err=err)


def problems(err: KundenwertError) -> None:
    """Every problem: what came, what was expected, what to do."""
    from kundenwert.errors import DataError

    if not isinstance(err, DataError):
        say(str(err), err=True)
        return
    count = len(err.problems)
    click.echo(click.style("1 problem." if count == 1 else f"{count} problems.", bold=True), err=True)
    for problem in err.problems:
        where = problem.file + (f", line {problem.line:,}" if problem.line is not None else "")
        say(f"\n  {where + ': ' if where else ''}{problem.came}", err=True)
        say(f"    Expected: {problem.expected}", err=True)
        say(f"    To do:    {problem.remedy}", err=True)


def problems_as_json(err: DataError) -> str:
    """The same for programs."""
    return json.dumps({"problems": [asdict(problem) for problem in err.problems]}, indent=2, ensure_ascii=False)


def progress(*, quiet: bool) -> Progress:
    """Shows phases as they end: what, rows, seconds; on a terminal also what is being done now."""
    if quiet:
        return Progress()
    return Progress(_spinning() if sys.stderr.isatty() else _plain)


def _line(phase: Phase) -> str:
    rows = f"{phase.rows:>14,} rows" if phase.rows is not None else " " * 19
    text = f"  {phase.text}" if phase.is_part else phase.text
    return f"  {text:<44.44}{rows} {phase.seconds:>8.2f} s"


def _is_told(phase: Phase) -> bool:
    """Whether a phase that is over gets a line; a part only where somebody waited for it."""
    return not phase.is_part or phase.seconds >= _WAITED


def _plain(phase: Phase) -> None:
    if phase.is_over and _is_told(phase):
        click.echo(_line(phase), err=True)


def _spinning() -> Any:
    from rich.console import Console
    from rich.status import Status

    console = Console(stderr=True)
    status = Status("", console=console)

    def show(phase: Phase) -> None:
        if phase.is_over:
            status.stop()
            if _is_told(phase):
                console.print(_line(phase), highlight=False, markup=False)
        else:
            status.update(f"{phase.text} ...")
            status.start()

    return show


def table(rows: Iterable[Sequence[str]], *, right: Sequence[int] = ()) -> str:
    """Rows of texts in aligned columns; `right` are the columns of figures."""
    rows = [tuple(row) for row in rows]
    if not rows:
        return ""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = (
        "  ".join(
            cell.rjust(width) if column in right else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    )
    return "\n".join("  " + line.rstrip() for line in lines)


def money(amount: Decimal | float | None, currency: str = "") -> str:
    """An amount in cents with its currency; a dash where there is none."""
    return "–" if amount is None else f"{amount:,.2f}{' ' + currency if currency else ''}"


def bridge(reconciliation: Reconciliation, currency: str) -> str:
    """The reconciliation as people read it: classes that add up to the files, then flags and overlapping views."""
    rows = [("line class", "lines", f"amount{' ' + currency if currency else ''}")]
    rows += [(_CLASS_WORDS[entry.line_class], f"{entry.lines:,}", f"{entry.amount:,.2f}") for entry in reconciliation.classes]
    rows.append(("all lines of the files", f"{reconciliation.lines:,}", f"{reconciliation.amount:,.2f}"))
    rows.append(("difference", "0", f"{reconciliation.difference:,.2f}"))
    marked = [entry for entry in (*reconciliation.flags, *reconciliation.views) if entry.lines]
    text = table(rows, right=(1, 2))
    if marked:
        second = [(_words(entry.flag), f"{entry.lines:,}", f"{entry.amount:,.2f}") for entry in marked]
        text += "\n\n  Marked lines and second views; they overlap and are part of the classes above:\n" + table(second, right=(1, 2))
    return text


def rejects(loaded: Loaded, written: Path | None) -> str:
    """The first records that cannot be booked, with every rule they break, and where all of them stand."""
    shown = len(loaded.rejects)
    head = f"Cannot be booked: {loaded.bad_lines:,} lines" + (f", the first {shown}:" if loaded.bad_lines > shown else ":")
    rows = [("file", "record", "what should hold", "text")]
    rows += [(reject.file, f"{reject.record:,}", "; ".join(reject.rules), _cut(reject.raw, 60)) for reject in loaded.rejects]
    end = f"  All of them: {written}" if written else "  --rejects FILE.csv writes all of them."
    return f"  {head}\n{table(rows, right=(1,))}\n{end}"


def _words(flag: str) -> str:
    return f"documents starting with {flag.removeprefix('document ')}" if flag.startswith("document ") else _FLAG_WORDS.get(flag, flag)


def mapping(read: ReadFile) -> str:
    """What was found out about a file: format and roles, each with its reason and a sample."""
    facts = [(fact["name"], fact["value"], fact["reason"]) for fact in read.facts]
    roles = [
        (guess["role"], guess["column"], " | ".join(_cut(sample, 16) for sample in guess["samples"][:3]), _cut(guess["reason"], 90))
        for guess in read.guesses
    ]
    text = f"{read.file.name}: {read.file.lines:,} lines, {read.file.size:,} bytes\n" + table(facts)
    text += "\n\n" + table([("role", "column", "sample", "why"), *roles])
    if read.unmapped:
        text += f"\n\n  Columns without a role: {_cut(', '.join(read.unmapped), 200)}"
    return text


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else text[: width - 1] + "…"


def notices(found: Iterable[Notice]) -> str:
    """What a reader must know, one line each."""
    return "\n".join(f"  Note: {notice}" for notice in found)


def check_as_json(loaded: Loaded) -> str:
    """The whole check for programs."""
    from kundenwert.flows.check import as_json

    return json.dumps(as_json(loaded), indent=2, ensure_ascii=False)

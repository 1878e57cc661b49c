"""A plan as people read it in a terminal: what it brings and takes, how else it could be done, whom it means and why, what it assumes."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from kundenwert.reports._plan_words import (
    Told,
    assumes,
    compared,
    counts_within,
    gain_sentences,
    is_ranking,
    left_out,
    notices,
    reasons,
    row,
    struck,
    used,
)
from kundenwert.reports.language import Language

if TYPE_CHECKING:
    from kundenwert.records.kept_plan import KeptPlan


def text(plan: KeptPlan, lang: str = "de", *, approved: str = "") -> str:
    """The plan in words, with the lines that `plan` holds. approved: who approved it and when, "" as long as nobody has."""
    told = Told(plan, Language(lang))
    parts = [
        _head(told, approved),
        "\n".join(f"  {line}" for line in gain_sentences(told)),
        _right(used(told)),
        _right(compared(told)),
        _lines(told),
        _listed(told.text("Left out"), [*left_out(told), *struck(told)]),
        _listed(told.text("What it assumes"), assumes(told)),
        _listed(told.text("To know before it is used"), list(notices(told))),
        _listed(told.text("Purpose and legal basis"), (told.text(one) for one in (told.content["purpose"], told.content["legal_basis"]))),
    ]
    return "\n\n".join(part for part in parts if part)


def _head(told: Told, approved: str) -> str:
    content, language = told.content, told.language
    decision = content["title"]
    title = told.text("Plan {plan}: {title}", plan=told.plan.name, title=told.text(decision))
    name = "" if content["name"] == content["decision"] else f" ({content['name']})"
    within = counts_within(told)
    sentence = "From run {run}; spends from {start} to {end}; effects count {horizon}." if within else "From run {run}."
    basis = told.text(
        sentence,
        run=content["run"],
        start=language.date(content["as_of"]),
        end=language.date(content["until"]),
        horizon=within,
    )
    state = told.text("Approved: {approved}.", approved=approved) if approved else told.text("Nobody has approved it yet.")
    return f"{title}{name}\n  {basis}\n  {state}"


def _right(rows: Sequence[Sequence[str]]) -> str:
    """Rows under their heading, figures from the second column on; nothing for none."""
    return _table(rows, right=range(1, len(rows[0]))) if rows else ""


def _lines(told: Told) -> str:
    """The first lines, each with its reason below."""
    plan = told.plan
    struck = sum(plan.struck.values())
    left = told.content["lines"] - struck
    if not plan.length:
        return "" if left else f"  {told.text('Nothing pays: the plan is empty.')}"
    head = (
        told.text("The first {shown:,d} of {all:,d} lines", shown=plan.length, all=left) if plan.length < left else told.text("All lines")
    )
    titles = ("", "number", "customer", "what to do", "gain", "cost")
    rows = [[told.text(title) if title else "" for title in titles], *(row(told, place) for place in range(plan.length))]
    money = not is_ranking(told.content)
    kept = [place for place in range(len(titles)) if (money if place > 3 else not place or any(row[place] for row in rows[1:]))]
    right = [at for at, place in enumerate(kept) if place in (0, 4, 5)]
    shown = _table([[row[place] for place in kept] for row in rows], right=right).split("\n")
    under = [f"       {reason}" for reason in reasons(plan, told.language)]
    body = [line for pair in zip(shown[1:], under, strict=True) for line in pair]
    return "\n".join([f"  {head}", shown[0], *body])


def _listed(title: str, lines: Iterator[str] | Sequence[str]) -> str:
    found = list(lines)
    return "\n".join([f"  {title}", *(f"  - {line}" for line in found)]) if found else ""


def _table(rows: Sequence[Sequence[str]], *, right: Sequence[int]) -> str:
    widths = [max(_width(line[column]) for line in rows) for column in range(len(rows[0]))]
    lines = []
    for line in rows:
        cells = [_padded(cell, width, right=column in right) for column, (cell, width) in enumerate(zip(line, widths, strict=True))]
        lines.append("  " + "  ".join(cells).rstrip())
    return "\n".join(lines)


def _padded(cell: str, width: int, *, right: bool) -> str:
    space = " " * (width - _width(cell))
    return space + cell if right else cell + space


def _width(cell: str) -> int:
    """How many places a text takes in a terminal."""
    return sum(0 if unicodedata.combining(sign) else 2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in cell)


PLUGIN = text

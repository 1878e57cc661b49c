"""Where the customers of each stage of a year before stand now: one row a stage before, one column a stage today."""

from __future__ import annotations

from kundenwert.records import StageFlow
from kundenwert.reports.charts._grid import Square, grid, step_of
from kundenwert.reports.charts._theme import Data, Headings, Spec
from kundenwert.reports.charts._words import STAGES
from kundenwert.reports.language import Language
from kundenwert.reports.language.names import stage_names

_LIMITS = (0.05, 0.25, 0.5, 0.75)
# From this width on a cell has room for share and number.
_ROOM = 520


def stage_flow(flow: StageFlow, lang: str = "en", *, width: int = 368) -> Spec:
    """Shares of a row add up to all."""
    language = Language(lang)
    text, names = language.text, stage_names(language)
    counts = {(before, now): customers for before, now, customers in flow.moves}
    sums = {stage: sum(customers for before, _, customers in flow.moves if before == stage) for stage in STAGES}
    squares = []
    for row, before in enumerate(STAGES):
        for column, now in enumerate(STAGES):
            share = counts.get((before, now), 0) / sums[before] if sums[before] else 0.0
            count = language.number(counts.get((before, now), 0))
            shown = (f"{language.percent(share, 0)}{f' · {count}' if width >= _ROOM else ''}",) if counts.get((before, now)) else ("",)
            squares.append(Square(row, column, step_of(share, _LIMITS), shown))
    message = _message(counts, sums, language)
    headings = Headings(
        message=message,
        title=text("Stage a year ago and stage today, shares of each row"),
        finding=text("Rows: stage a year ago, columns: stage today. {message}.", message=message),
    )
    columns = (text("A year ago"), *(names[stage] for stage in STAGES))
    table = tuple((names[before], *(language.number(counts.get((before, now), 0)) for now in STAGES)) for before in STAGES)
    shown_names = [names[stage] for stage in STAGES]
    return grid(squares, (shown_names, shown_names), headings, Data(columns, table), width, high=44)


def _message(counts: dict[tuple[str, str], int], sums: dict[str, int], language: Language) -> str:
    bound = sums["retention"]
    if not bound:
        return language.text("No customer was bound a year ago")
    lost = counts.get(("retention", "win_back"), 0)
    return language.plural(
        "{n} of {all} customers who were bound a year ago is lost today ({share})",
        "{n} of {all} customers who were bound a year ago are lost today ({share})",
        lost,
        all=bound,
        share=language.percent(lost / bound, 0),
    )


PLUGIN = stage_flow

"""Tiers of an earlier run against tiers of today: where the customers of each went, as shares of a row."""

from __future__ import annotations

from kundenwert.records.components import TierFlow
from kundenwert.reports.charts._grid import Square, grid, step_of
from kundenwert.reports.charts._theme import Data, Headings, Spec
from kundenwert.reports.language import Language

_LIMITS = (0.05, 0.25, 0.5, 0.75)
# From this width on a cell has room for share and number.
_ROOM = 520


def tier_flow(flow: TierFlow, lang: str = "en", *, width: int = 368) -> Spec:
    """Rows: tier then, and who was not there. Columns: tier today, and who is gone. The best tier first."""
    language = Language(lang)
    text = language.text
    counts = {(before, now): customers for before, now, customers in flow.moves}
    rows: list[str | None] = [*flow.names, *([None] if any(before is None for before, _ in counts) else [])]
    columns: list[str | None] = [*flow.names, *([None] if any(now is None for _, now in counts) else [])]
    sums = {before: sum(customers for (then, _), customers in counts.items() if then == before) for before in rows}
    squares = []
    for row, before in enumerate(rows):
        for column, now in enumerate(columns):
            customers = counts.get((before, now), 0)
            share = customers / sums[before] if sums[before] else 0.0
            more = f" · {language.number(customers)}" if width >= _ROOM else ""
            squares.append(Square(row, column, step_of(share, _LIMITS), (f"{language.percent(share, 0)}{more}" if customers else "",)))
    message = moved(flow, language)
    headings = Headings(
        message=message,
        title=text("Tier in the run before and tier today, shares of each row"),
        finding=text("Rows: tier in the run before, columns: tier today. {message}.", message=message),
    )
    names = ([one or text("new") for one in rows], [one or text("gone") for one in columns])
    data = Data(
        (text("Run before"), *names[1]),
        tuple(
            (name, *(language.number(counts.get((before, now), 0)) for now in columns)) for name, before in zip(names[0], rows, strict=True)
        ),
    )
    return grid(squares, names, headings, data, width, high=44)


def moved(flow: TierFlow, language: Language) -> str:
    """How many rose and fell, in one sentence."""
    place = {name: order for order, name in enumerate(flow.names)}
    known = [(place[before], place[now], customers) for before, now, customers in flow.moves if before in place and now in place]
    up = sum(customers for before, now, customers in known if now < before)
    down = sum(customers for before, now, customers in known if now > before)
    return language.text("Since the run before, {up} rose to a higher tier and {down} fell to a lower one", up=up, down=down)


PLUGIN = tier_flow

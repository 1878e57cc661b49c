"""How far measures of value put the customers into the same order: rank correlation of each pair."""

from __future__ import annotations

import itertools

from kundenwert.records import Agreement
from kundenwert.reports.charts._grid import Square, grid, step_of
from kundenwert.reports.charts._theme import Data, Headings, Spec
from kundenwert.reports.charts._words import measure_names
from kundenwert.reports.language import Language

_LIMITS = (0.3, 0.5, 0.7, 0.9)
_ROOM = 520


def agreement(found: Agreement, lang: str = "en", *, width: int = 368) -> Spec:
    """Each pair once: below the diagonal."""
    language = Language(lang)
    text, names = language.text, measure_names(language)
    shown = [names.get(name, name) for name in found.measures]
    rows, columns = range(len(shown)), range(len(shown) - 1)
    # The first row holds no figure, but the name of the first column.
    squares = [Square(place, place, 0, ("",)) for place in columns]
    for row, column in itertools.product(rows, columns):
        value = found.correlation[row][column]
        if column < row and value is not None:
            squares.append(Square(row, column, step_of(value, _LIMITS), (language.number(value, 2 if width >= _ROOM else 1),)))
    message = _message(found, shown, language)
    headings = Headings(
        message=message,
        title=text("Rank correlation of the measures of value"),
        finding=text("Rank correlation of each pair of measures. {message}.", message=message),
    )
    table = tuple(
        (shown[row], *(language.number(found.correlation[row][column], 2) for column in range(len(shown)))) for row in range(len(shown))
    )
    numbers = [str(place + 1) for place in columns]
    heads = [shown[place] for place in columns] if width >= _ROOM and len(shown) <= 5 else numbers
    left = [f"{place + 1} {shown[place]}" for place in rows]
    return grid(squares, (left, heads), headings, Data((text("Measure"), *shown), table), width)


def _message(found: Agreement, shown: list[str], language: Language) -> str:
    pairs = [
        (value, row, column)
        for row, line in enumerate(found.correlation)
        for column, value in enumerate(line)
        if column < row and value is not None
    ]
    if not pairs:
        return language.text("The measures cannot be compared")
    value, row, column = min(pairs)
    return language.text(
        "{one} and {other} agree least about who is valuable (rank correlation {value:.2f})",
        one=shown[column],
        other=shown[row],
        value=value,
    )


PLUGIN = agreement

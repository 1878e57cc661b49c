"""Recency and frequency: the customers and their value in five by five cells, darker where more value is."""

from __future__ import annotations

from kundenwert.records.components import RfmCells
from kundenwert.reports.charts._grid import Square, grid, step_of
from kundenwert.reports.charts._theme import Data, Headings, Spec
from kundenwert.reports.charts._words import measure
from kundenwert.reports.language import HARD_SPACE, Language

_SCORES = (5, 4, 3, 2, 1)
_LIMITS = (0.02, 0.05, 0.1, 0.2)
# A score of 4 or 5 is good, one of 1 or 2 is not.
_GOOD, _BAD = 4, 2


def rfm_cells(found: RfmCells, lang: str = "en", *, width: int = 368) -> Spec:
    """How lately to the right, how often upwards, both from 1 to 5."""
    language = Language(lang)
    text, everyone = language.text, sum(customers for _, _, customers, _ in found.cells) or 1
    known = {(recency, frequency): (customers, share) for recency, frequency, customers, share in found.cells}
    squares = []
    for row, frequency in enumerate(_SCORES):
        for column, recency in enumerate(reversed(_SCORES)):
            customers, share = known.get((recency, frequency), (0, None))
            weight = customers / everyone if share is None else share
            lines = () if not customers else (language.number(customers), *(() if share is None else (_small(share, language),)))
            squares.append(Square(row, column, step_of(weight, _LIMITS), lines or ("",)))
    names = _names(language)
    message = _message(found, everyone, language)
    headings = Headings(
        message=message,
        title=text("Customers by how lately and how often they bought"),
        finding=text("Five by five cells by recency and frequency. {message}.", message=message),
    )
    name = measure(found.measure, language)
    columns = (text("Recency"), text("Frequency"), text("Customers"), name.share)
    rows = tuple(
        (str(recency), str(frequency), language.number(customers), language.percent(share))
        for recency, frequency, customers, share in sorted(found.cells, reverse=True)
    )
    return grid(squares, names, headings, Data(columns, rows), width, high=48)


def _small(share: float, language: Language) -> str:
    """A share of more than nothing is never shown as nothing."""
    return f"<{HARD_SPACE}{language.percent(0.01, 0)}" if 0 < share < 0.005 else language.percent(share, 0)


def _names(language: Language) -> tuple[tuple[str, ...], tuple[str, ...]]:
    text = language.text
    often = (text("often 5"), "4", "3", "2", text("seldom 1"))
    lately = (text("long ago 1"), "2", "3", "4", text("lately 5"))
    return often, lately


def _message(found: RfmCells, everyone: int, language: Language) -> str:
    """Who buys often and stays away: the ones to look after. Else those who do both. Fifths only compare customers with each other."""
    asleep = [one for one in found.cells if one[0] <= _BAD and one[1] >= _GOOD]
    awake = [one for one in found.cells if one[0] >= _GOOD and one[1] >= _GOOD]
    lost = sum(one[2] for one in asleep)
    if lost:
        return language.plural(
            "{n} of {all} customers buys more often than most, yet bought longer ago than most",
            "{n} of {all} customers buy more often than most, yet bought longer ago than most",
            lost,
            all=everyone,
        )
    return language.plural(
        "{n} of {all} customers buys more often and bought more lately than most",
        "{n} of {all} customers buy more often and bought more lately than most",
        sum(one[2] for one in awake),
        all=everyone,
    )


PLUGIN = rfm_cells

"""P(alive) by repeat purchases and days of silence: the same silence says more of those who used to buy often."""

from __future__ import annotations

from kundenwert.records import Matrix
from kundenwert.reports.charts._heat import heat, middle
from kundenwert.reports.charts._theme import Headings, Spec
from kundenwert.reports.language import Language

_LIMITS = (0.2, 0.4, 0.6, 0.8)


def p_alive_matrix(matrix: Matrix, lang: str = "en", *, width: int = 560) -> Spec:
    """A cell for each number of repeat purchases and length of silence, darker for a higher chance to be still active."""
    language = Language(lang)
    return heat(matrix, _headings(matrix, language), lambda value: language.percent(value, 0), _LIMITS, language, width)


def _headings(matrix: Matrix, language: Language) -> Headings:
    text = language.text
    few, many, column = middle(matrix)
    message = text("How likely customers are still active")
    if few is not None and many is not None:
        known = {
            "days": round(matrix.silence[column]),
            "few": language.percent(few, 0),
            "many": language.percent(many, 0),
            "purchases": matrix.purchases[-1],
        }
        message = text(
            "After {days} days of silence {few} are still active of those who came back rarely, {many} of the frequent ones", **known
        )
    title = text("Chance to be still active, customers first seen {days} days ago", days=round(matrix.T))
    return Headings(message, title, text("A grid of chances by repeat purchases and days of silence. {message}.", message=message))


PLUGIN = p_alive_matrix

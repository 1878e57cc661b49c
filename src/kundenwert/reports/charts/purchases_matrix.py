"""Expected purchases by repeat purchases and days of silence: often and lately is what counts."""

from __future__ import annotations

from kundenwert.records import Matrix
from kundenwert.reports.charts._heat import heat
from kundenwert.reports.charts._theme import Headings, Spec
from kundenwert.reports.language import Language

# Parts of the highest value at which the next step begins.
_PARTS = (0.08, 0.25, 0.45, 0.7)


def purchases_matrix(matrix: Matrix, lang: str = "en", *, width: int = 560) -> Spec:
    """A cell for each number of repeat purchases and length of silence, darker where more purchases are expected."""
    language = Language(lang)
    highest = max((value for line in matrix.values for value in line if value is not None), default=0.0) or 1.0
    digits = 1 if highest >= 3 else 2
    limits = [part * highest for part in _PARTS]
    headings = _headings(matrix, highest, language)
    return heat(matrix, headings, lambda value: language.number(value, digits), limits, language, width)


def _headings(matrix: Matrix, highest: float, language: Language) -> Headings:
    text, days = language.text, round(matrix.days)
    message = text("Who came often and lately is expected up to {most:.1f} times in {days} days", most=highest, days=days)
    title = text("Expected purchases in {days} days, customers first seen {age} days ago", days=days, age=round(matrix.T))
    return Headings(
        message, title, text("A grid of expected purchases by repeat purchases and days of silence. {message}.", message=message)
    )


PLUGIN = purchases_matrix

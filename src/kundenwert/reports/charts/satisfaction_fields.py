"""Value and satisfaction: two by two fields with their customers and their share of the value."""

from __future__ import annotations

from kundenwert.records import ValueAndSatisfaction
from kundenwert.reports.charts._grid import Square, grid
from kundenwert.reports.charts._theme import Data, Headings, Spec
from kundenwert.reports.language import Language

_PLACES = {"high_dissatisfied": (0, 0, 4), "high_satisfied": (0, 1, 2), "low_dissatisfied": (1, 0, 1), "low_satisfied": (1, 1, 0)}


def satisfaction_fields(found: ValueAndSatisfaction, lang: str = "en", *, width: int = 368) -> Spec:
    """High value above, satisfied to the right; the darkest field is the one to look after."""
    language = Language(lang)
    text = language.text
    rows, columns = (text("High value"), text("Low value")), (text("Dissatisfied"), text("Satisfied"))
    squares, table = [], []
    for name, customers, share in found.fields:
        row, column, step = _PLACES[name]
        words = language.plural("{n} customer", "{n} customers", customers)
        squares.append(Square(row, column, step, (words, "" if share is None else language.percent(share, 0))))
        table.append((rows[row], columns[column], language.number(customers), language.percent(share)))
    unhappy = next((customers for name, customers, _ in found.fields if name == "high_dissatisfied"), 0)
    known = sum(customers for _, customers, _ in found.fields)
    message = language.plural(
        "{n} of {all} customers whose satisfaction is known is valuable and dissatisfied",
        "{n} of {all} customers whose satisfaction is known are valuable and dissatisfied",
        unhappy,
        all=known,
    )
    headings = Headings(
        message=message,
        title=text("Customers by value and satisfaction, share of the value"),
        finding=text("Four fields by value and satisfaction. {message}.", message=message),
    )
    data = Data((text("Value"), text("Satisfaction"), text("Customers"), text("Share")), tuple(table))
    return grid(squares, (rows, columns), headings, data, width, high=84)


PLUGIN = satisfaction_fields

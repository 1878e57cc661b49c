"""What the assumptions behind the values are worth, as the section that the report and its own page share."""

from __future__ import annotations

from kundenwert import registry
from kundenwert.records.assumptions import Assumptions
from kundenwert.reports._page import Block, Points, Section
from kundenwert.reports._pictures import MIDDLE, NARROW, WIDE, picture
from kundenwert.reports.language import Language

# A picture of its own page is never as wide as a screen: bars that long would be harder to compare, not easier.
_WIDTHS = (NARROW, MIDDLE, WIDE)


def section(found: Assumptions, language: Language, *, further: tuple[Block, ...] = (), message: str = "") -> Section:
    """The picture with what it says. further: instead of its figures to open; message: instead of the finding, where a page has that."""
    text, draw = language.text, registry.load("reports.charts", "tornado")
    notes = (
        text("Discount rate and horizon are forecast anew for each purchase history from the fit of this run; nothing is fitted again."),
        text("The margin moves by a tenth of itself, returns by half: all customers move alike, so nobody changes places."),
        text("Rates of cost to serve do not enter what is still to come; what rests on assumed rates stands in the customer result."),
    )
    drawn, figures = picture(draw, found, language, widths=_WIDTHS)
    return Section(
        "assumptions",
        message or draw(found, language.code)["usermeta"]["message"],
        text("Assumptions and what they are worth"),
        text("change of the sum of what is still to come, each assumption moved down and up while all else stays"),
        (drawn, *(further or (figures,)), Points(notes)),
    )

"""How the customer list reads: headings of its columns, and the words that stand for groups, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from kundenwert.flows.customer_list_columns import QUARTERS, ListColumn
from kundenwert.reports.language.names import field_names, stage_names

if TYPE_CHECKING:
    from kundenwert.reports.language import Language

# A column of eight numbers: it is shown as a course and exported as eight columns.
COURSE = "quarters"


def heading(column: ListColumn, language: Language, *, year: int | None, currency: str = "") -> str:
    """What stands above a column. currency: named where the column holds amounts; empty to leave it out."""
    text = language.text(column.heading, **({"year": str(year)} if "{year}" in column.heading else {}))
    return language.with_unit(text, currency) if column.kind == "money" else text


def quarter_headings(language: Language, ends: Mapping[str, Any], currency: str) -> dict[str, str]:
    """What stands above the eight quarters of an export: the last day of each."""
    days = ends["quarter_ends"]
    return {
        name: language.with_unit(language.text("Revenue, 3 months to {day}", day=language.date(day)), currency)
        for name, day in zip(QUARTERS, days, strict=True)
    }


def words(language: Language) -> dict[str, dict[str, str]]:
    """Cells that are names of ours: column -> name -> what people read. Other cells are texts of the reader's own."""
    text = language.text
    return {
        "stage": stage_names(language),
        "portfolio": field_names(language),
        "portfolio_nine": _nine(language),
        "level": {
            "customer": text("own purchases"),
            "segment": text("customers alike"),
            "none": text("no purchase left"),
            "collective": text("no forecast: collective account"),
        },
    }


def _nine(language: Language) -> dict[str, str]:
    """The nine fields by the two things they are made of."""
    from kundenwert.reports.charts._words import nine_names
    from kundenwert.value.components.portfolio import NINE

    message = "attractiveness {attractiveness}, position {position}"
    return {
        NINE[row][column]: language.text(message, attractiveness=attractiveness, position=position)
        for (row, column), (attractiveness, position) in nine_names(language).items()
    }

"""An estimate by hand in words: rows of a small table, and what to know about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kundenwert.records.estimate import Estimate
    from kundenwert.reports.language import Language


def parameters(found: Estimate, language: Language) -> list[tuple[str, str]]:
    """What was given: label and value."""
    rows = [
        (language.text("margin a period"), language.number(found.margin, 2)),
        (language.text("share who stay a period"), language.percent(found.retention)),
        (language.text("interest a year"), language.percent(found.rate)),
        (language.text("growth of the margin a period"), language.percent(found.growth)),
        (language.text("periods counted"), language.text("without end") if found.periods is None else language.number(found.periods)),
        (language.text("a period is"), _period(found, language)),
        (language.text("first margin"), _timing(found.timing, language)),
    ]
    if found.term:
        rows.append((language.text("first periods in which nobody leaves"), language.number(found.term)))
    if found.acquisition_cost is not None:
        rows.append((language.text("cost of acquisition"), language.number(found.acquisition_cost, 2)))
    return rows


def results(found: Estimate, language: Language) -> list[tuple[str, str]]:
    """What follows: label and value."""
    other = "today" if found.timing == "end of period" else "end of period"
    rows = [
        (language.text("value of a customer"), language.number(found.value, 2)),
        (language.text("the same with the first margin {when}", when=_timing(other, language)), language.number(found.other_timing, 2)),
    ]
    if found.plain is not None:
        rows.append((language.text("by hand: nobody leaves, no interest"), language.number(found.plain, 2)))
        if found.forever is not None:
            rows.append((language.text("value without end"), language.number(found.forever, 2)))
            rows.append((language.text("share of it beyond the periods counted"), language.percent(found.beyond)))
    if found.acquisition_cost is not None:
        rows.append((language.text("value less cost of acquisition"), language.number(found.net, 2)))
        rows.append((language.text("paid back in period"), _paid(found.payback, language)))
        rows.append((language.text("paid back in period, with interest"), _paid(found.payback_discounted, language)))
    return rows


def to_know(language: Language) -> str:
    """The limits of such a figure."""
    return language.text(
        "This is the mean of many customers who all stay with the same chance, from figures given by hand: nothing here is measured."
    )


def _timing(timing: str, language: Language) -> str:
    return language.text("today (in advance)") if timing == "today" else language.text("at the end of the period")


def _period(found: Estimate, language: Language) -> str:
    if found.periods_a_year in (1, 12):
        return language.text("a year") if found.periods_a_year == 1 else language.text("a month")
    return language.text("one of {n} in a year", n=found.periods_a_year)


def _paid(period: int | None, language: Language) -> str:
    return language.text("never") if period is None else language.number(period)

"""What the components of value found, each where it found something, in the chapters of the report."""

from __future__ import annotations

from kundenwert.reports import (
    _components_buying,
    _components_groups,
    _components_growth,
    _components_life,
    _components_portfolio,
    _components_score,
    _components_value,
    _components_ways,
    _components_word,
)
from kundenwert.reports._basis import Basis
from kundenwert.reports._page import Section
from kundenwert.reports.language.terms import Term, chosen


def spread(basis: Basis) -> tuple[Section, ...]:
    """Value tiers with their moves, how unevenly each measure is spread, and what each segment is worth."""
    return (
        *_components_value.tiers(basis),
        *_components_groups.tier_flow(basis),
        *_components_groups.top_chance(basis),
        *_components_value.spread(basis),
        *_components_groups.segments(basis),
    )


def alert(basis: Basis) -> tuple[Section, ...]:
    """How good the alert is that the list of customers at risk rests on."""
    return _components_life.alert(basis)


def fields(basis: Basis) -> tuple[Section, ...]:
    """Portfolio and stages of life."""
    return (*_components_portfolio.sections(basis), *_components_life.stages(basis))


def doings(basis: Basis) -> tuple[Section, ...]:
    """How customers buy, whether they stay, come back and speak well."""
    return (
        *_components_buying.sections(basis),
        *_components_life.ladder(basis),
        *_components_word.sections(basis),
        *_components_growth.satisfaction(basis),
    )


def growth(basis: Basis) -> tuple[Section, ...]:
    """Where more could be earned, and where effort does not pay."""
    return (*_components_growth.sections(basis), *_components_ways.benchmarks(basis), *_components_ways.migration(basis))


def ways(basis: Basis) -> tuple[Section, ...]:
    """Points, other ways to reckon value, and the measures side by side."""
    return (*_components_score.sections(basis), *_components_ways.sections(basis), *_components_value.measures(basis))


def terms(basis: Basis) -> tuple[Term, ...]:
    """The words of these sections that are no everyday ones."""
    text, told = basis.language.text, basis.figures.components
    words = {
        "tiers": chosen(basis.language, "tier", "uneven"),
        "portfolio": chosen(basis.language, "attractiveness", "position", "strategy"),
        "lifecycle": chosen(basis.language, "stage"),
        "alert": (
            (
                "hits",
                text("Hit rate"),
                text("Of the customers for whom the alert rang on an earlier day, the share that in fact bought nothing more until today."),
            ),
        ),
        "score": (
            *chosen(basis.language, "score"),
            (
                "beyond",
                text("Score beyond money"),
                text("The same without the criteria that contribution and expected value already hold, such as image or outlook."),
            ),
        ),
        "agreement": (
            (
                "rank",
                text("Rank correlation"),
                text("1 if two measures put the customers into the same order, 0 if the orders have nothing in common."),
            ),
        ),
        "rfm": (
            (
                "rfm",
                text("RFM"),
                text(
                    "Recency, frequency, money: customers are put into fifths by how lately, how often and for how much they bought. "
                    "5 is the best fifth."
                ),
            ),
        ),
        "recommendation": (
            ("cohort", text("Customer since (cohort)"), text("Customers whose first purchase, or whose record, is of the same time.")),
        ),
        "margin_multiple": (
            (
                "stay",
                text("Stay each year"),
                text("Of those who bought in the year before last, the share that bought again in the last one; experts say retention."),
            ),
            (
                "multiple",
                text("Margin multiple"),
                text("How many margins of one year all coming years are worth today, if so many stay and interest is so high."),
            ),
        ),
        "credit_risk": (
            (
                "default",
                text("Default"),
                text(
                    "A company cannot pay any more. The chance within a year follows from its credit index by the bands set under [credit]."
                ),
            ),
        ),
        "potential": (
            (
                "potential",
                text("Potential"),
                text("Contribution a year that customers could bring and do not: estimated demand, or what comparable customers buy."),
            ),
        ),
    }
    return tuple(term for name, entries in words.items() if told.get(name) for term in entries)

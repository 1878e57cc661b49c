"""Who the customers are: what the components of value found, each where it found something."""

from __future__ import annotations

from kundenwert.reports import _components_growth, _components_life, _components_portfolio, _components_score, _components_value
from kundenwert.reports._basis import Basis
from kundenwert.reports._page import Section


def spread(basis: Basis) -> tuple[Section, ...]:
    """Value tiers, and how unevenly each measure is spread."""
    return (*_components_value.tiers(basis), *_components_value.spread(basis))


def alert(basis: Basis) -> tuple[Section, ...]:
    """How good the alert is that the list of customers at risk rests on."""
    return _components_life.alert(basis)


def sections(basis: Basis) -> tuple[Section, ...]:
    """Portfolio, stages, ladder, score, satisfaction, potential, cross-selling, and the measures side by side."""
    return (
        *_components_portfolio.sections(basis),
        *_components_life.stages(basis),
        *_components_life.ladder(basis),
        *_components_score.sections(basis),
        *_components_growth.sections(basis),
        *_components_value.measures(basis),
    )


def terms(basis: Basis) -> tuple[tuple[str, str, str], ...]:
    """The words of these sections that are no everyday ones."""
    text, told = basis.language.text, basis.figures.components
    words = {
        "tiers": (
            (
                "tier",
                text("Value tier"),
                text("Customers in groups by what they are worth, the most valuable first. How large the groups are can be set."),
            ),
            (
                "uneven",
                text("Gini figure"),
                text("0 if all customers are worth the same, 1 if one has everything; above 1 only where customers are below zero."),
            ),
        ),
        "portfolio": (
            (
                "attractiveness",
                text("Attractiveness"),
                text("How interesting the customer is for you, 0 to 10: contribution, growth, potential, recommendations, outlook."),
            ),
            (
                "position",
                text("Our position"),
                text("How strong you are with the customer, 0 to 10: share of the demand, regular orders, breadth, years, few complaints."),
            ),
            (
                "strategy",
                text("Norm strategy"),
                text("What textbooks advise for a field. A hint for a talk, no decision about a single customer."),
            ),
        ),
        "lifecycle": (
            (
                "stage",
                text("Stage of life"),
                text(
                    "Acquisition: no purchase yet. Development: few or first purchases. Retention: bound by purchases, time or contract. "
                    "Win-back: probably lost."
                ),
            ),
        ),
        "alert": (
            (
                "hits",
                text("Hit rate"),
                text("Of the customers for whom the alert rang on an earlier day, the share that in fact bought nothing more until today."),
            ),
        ),
        "score": (
            (
                "score",
                text("Score"),
                text("Weighted mean of up to twelve criteria with 0 to 10 points each; criteria without points do not count."),
            ),
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
        "potential": (
            (
                "potential",
                text("Potential"),
                text("Contribution a year that customers could bring and do not: estimated demand, or what comparable customers buy."),
            ),
        ),
    }
    return tuple(term for name, entries in words.items() if told.get(name) for term in entries)

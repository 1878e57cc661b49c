"""How customers differ: shares of them by how often they buy while active, and by how they leave."""

from __future__ import annotations

from kundenwert.records import Density, Heterogeneity
from kundenwert.reports.charts._beside import Panel, beside
from kundenwert.reports.charts._theme import Data, Headings, Spec
from kundenwert.reports.charts._words import forecast_name
from kundenwert.reports.language import Language


def heterogeneity(found: Heterogeneity, lang: str = "en", *, width: int = 560) -> Spec:
    """A histogram for each way in which customers differ, with mean and median marked."""
    language = Language(lang)
    panels = [_panel(part, language) for part in found.parts]
    return beside(panels, _headings(found, language), _data(found, language), width)


def _words(part: Density, language: Language) -> tuple[str, str]:
    text = language.text
    return {
        "rate": (text("How often customers buy"), text("purchases a year while active")),
        "leaving_chance": (text("How customers leave"), text("chance to leave after a purchase")),
        "leaving_rate": (text("How customers leave"), text("leavings a year")),
    }[part.quantity]


def _shown(value: float, part: Density, language: Language) -> str:
    if part.quantity == "leaving_chance":
        return language.percent(value, 0 if value >= 0.1 else 1)
    return language.number(value, 1 if value >= 0.1 else 3)


def _panel(part: Density, language: Language) -> Panel:
    text = language.text
    heading, axis = _words(part, language)
    marks = (
        (part.median, text("half: below {value}", value=_shown(part.median, part, language)), False),
        (part.mean, text("mean: {value}", value=_shown(part.mean, part, language)), True),
    )
    inside = tuple(mark for mark in marks if part.edges[0] <= mark[0] <= part.edges[-1])
    return Panel(heading, axis, part.edges, part.shares, inside, format=".0%" if part.quantity == "leaving_chance" else ",.3~g")


def _headings(found: Heterogeneity, language: Language) -> Headings:
    text, rate = language.text, found.parts[0]
    known = {"median": _shown(rate.median, rate, language), "mean": _shown(rate.mean, rate, language)}
    message = text("Half of the customers buy less than {median} times a year while active; the mean is {mean}", **known)
    title = text("How customers differ under {model}, shares of the customers", model=forecast_name(found.model, language))
    return Headings(message, title, text("Histograms of the customers. {message}.", message=message))


def _data(found: Heterogeneity, language: Language) -> Data:
    text = language.text
    columns = (text("Quantity"), text("From"), text("To"), text("Share of customers"))
    rows = tuple(
        (_words(part, language)[1], _shown(low, part, language), _shown(high, part, language), language.percent(share))
        for part in found.parts
        for low, high, share in zip(part.edges, part.edges[1:], part.shares, strict=False)
    )
    return Data(columns, rows)


PLUGIN = heterogeneity

"""Whale curve: value added up from the best customer down. It rises above 100 % where customers of negative value take some away again."""

from __future__ import annotations

from kundenwert.records import Concentration
from kundenwert.reports.charts._curve import HEIGHT, Label, at, curve
from kundenwert.reports.charts._theme import Data, Headings, Spec, chart
from kundenwert.reports.charts._words import Measure, measure
from kundenwert.reports.language import Language

_TABLE = tuple(step / 10 for step in range(1, 11))
# A peak this close to all is rounding, not loss.
_ABOVE = 1.0005


def whale_curve(concentration: Concentration, lang: str = "en", *, width: int = 368) -> Spec:
    """Customers by falling value against the value added up so far."""
    language = Language(lang)
    name, points = measure(concentration.measure, language), concentration.whale
    message = _message(concentration, language, name)
    headings = Headings(
        message=message,
        title=language.text("{measure}: added up from the best customer down", measure=name.noun),
        finding=language.text("Curve: {message}.", message=message),
    )
    axes = (language.text("Share of customers"), name.share)
    body = curve(points, ((0.0, 1.0), (1.0, 1.0)), _labels(concentration, language), axes)
    return chart(headings, _data(concentration, language, name), width=width, height=HEIGHT, body=body)


def _message(concentration: Concentration, language: Language, name: Measure) -> str:
    where, peak = concentration.whale_peak
    if peak > _ABOVE:
        return language.text(
            "The best {share} of the customers bring {peak}; the others take {loss} away again",
            share=language.percent(where, 0),
            peak=language.percent(peak),
            loss=language.percent(peak - 1),
        )
    return language.text(
        "A fifth of the customers brings {share} {of}", share=language.percent(at(concentration.whale, 0.2), 0), of=name.of
    )


def _labels(concentration: Concentration, language: Language) -> tuple[Label, ...]:
    (where, peak), points = concentration.whale_peak, concentration.whale
    if peak <= _ABOVE:
        fifth = at(points, 0.2)
        return (Label((0.2, fifth), (language.text("the best fifth:"), language.percent(fifth, 0)), dy=8),)
    words = (language.percent(peak), language.text("with the best {share}", share=language.percent(where, 0)))
    if where <= 0.5:
        return (Label((where, peak), words, dy=18),)
    # The words stand left of the peak, below the lowest part of the curve above them.
    below = min(peak, at(points, where - 0.4))
    return Label((where, peak), ()), Label((where, below), words, align="right", dx=-10, dy=18, strong=True, marked=False)


def _data(concentration: Concentration, language: Language, name: Measure) -> Data:
    columns = (language.text("Share of customers, best first"), name.share)
    rows = tuple((language.percent(step, 0), language.percent(at(concentration.whale, step))) for step in _TABLE)
    return Data(columns, rows)


PLUGIN = whale_curve

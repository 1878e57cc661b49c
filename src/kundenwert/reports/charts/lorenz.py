"""Lorenz curve: how much of the value the customers hold together, the smallest first. The further it sags, the fewer carry the value."""

from __future__ import annotations

from typing import Any

from kundenwert.records import Concentration
from kundenwert.reports.charts._curve import HEIGHT, Label, at, curve
from kundenwert.reports.charts._theme import Data, Headings, Spec, chart
from kundenwert.reports.charts._words import Measure, measure
from kundenwert.reports.language import Language

_TABLE = tuple(step / 10 for step in range(1, 11))


def lorenz(concentration: Concentration, lang: str = "en", *, width: int = 368) -> Spec:
    """Customers by rising value against their share of it, beside the diagonal on which all would be worth the same."""
    language = Language(lang)
    points, name = concentration.lorenz, measure(concentration.measure, language)
    half = at(points, 0.5)
    share = language.percent(half, 0 if abs(half) >= 0.1 else 1)
    labels = (
        Label((0.5, half), (language.text("lower half:"), share), **_place(half)),
        Label((0.7, 0.7), (language.text("all equal"),), align="right", dx=-10, marked=False),
    )
    body = curve(points, ((0.0, 0.0), (1.0, 1.0)), labels, (language.text("Share of customers"), name.share))
    return chart(
        _headings(language, name, share, concentration.gini), _data(concentration, language, name), width=width, height=HEIGHT, body=body
    )


def _place(half: float) -> dict[str, Any]:
    """Between curve and diagonal there is room above the point; where the curve runs close to the diagonal, below it."""
    return {"align": "center", "dx": 0, "dy": -38} if half < 0.15 else {"align": "left", "dx": 10, "dy": 14}


def _headings(language: Language, name: Measure, share: str, gini: float) -> Headings:
    return Headings(
        message=language.text("The lower half of the customers holds {share} {of}", share=share, of=name.of),
        title=language.text("{measure}: share of it by share of customers, smallest first", measure=name.noun),
        finding=language.text(
            "Curve: the half of the customers with the smallest figures holds {share} {of}. Gini {gini:.2f}.",
            share=share,
            of=name.of,
            gini=gini,
        ),
    )


def _data(concentration: Concentration, language: Language, name: Measure) -> Data:
    columns = (language.text("Share of customers, smallest first"), name.share)
    rows = tuple((language.percent(step, 0), language.percent(at(concentration.lorenz, step))) for step in _TABLE)
    return Data(columns, rows)


PLUGIN = lorenz

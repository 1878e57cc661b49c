"""What the data leave open of each parameter: draws as bars, the prior dashed, the estimate of maximum likelihood as a line."""

from __future__ import annotations

import itertools

from kundenwert.records import Marginal, Posterior
from kundenwert.reports.charts._beside import Panel, beside
from kundenwert.reports.charts._theme import Data, Headings, Spec
from kundenwert.reports.charts._words import forecast_name
from kundenwert.reports.language import Language

# A prior that is nowhere higher than this part of the bars is a flat line on the ground: it is not drawn.
_VISIBLE = 0.01


def posterior(found: Posterior, lang: str = "en", *, width: int = 560) -> Spec:
    """A histogram of each parameter."""
    language = Language(lang)
    panels = [_panel(part, language) for part in found.parts]
    return beside(panels, _headings(found, language), _data(found, language), width)


def _panel(part: Marginal, language: Language) -> Panel:
    value = language.significant(part.estimate)
    inside = part.edges[0] <= part.estimate <= part.edges[-1]
    marks = ((part.estimate, language.text("estimate: {value}", value=value), True),) if inside else ()
    heading = part.name if inside else language.text("{name} (estimate {value}, outside)", name=part.name, value=value)
    low, high = (language.significant(end) for end in (part.lower, part.upper))
    axis = language.text("{lower} to {upper} in 9 of 10 cases", lower=low, upper=high)
    seen = max(part.prior, default=0.0) > _VISIBLE * max(part.shares, default=0.0)
    return Panel(heading, axis, part.edges, part.shares, marks, part.prior if seen else ())


def _headings(found: Posterior, language: Language) -> Headings:
    text = language.text
    least = max(found.parts, key=lambda part: part.upper / part.lower if part.lower > 0 else float("inf"))
    ends = {"lower": language.significant(least.lower), "upper": language.significant(least.upper)}
    message = text("Least is known of {name}: {lower} to {upper} in 9 of 10 cases", name=least.name, **ends)
    title = text(
        "Parameters of {model} after the data, share of draws; dashed: before the data", model=forecast_name(found.model, language)
    )
    return Headings(message, title, text("A histogram of each parameter. {message}.", message=message))


def _data(found: Posterior, language: Language) -> Data:
    text = language.text
    columns = (text("Parameter"), text("From"), text("To"), text("Share of draws"), text("Before the data"))
    rows = tuple(
        (part.name, language.significant(low), language.significant(high), language.percent(share), language.percent(before, 2))
        for part in found.parts
        for (low, high), share, before in itertools.zip_longest(itertools.pairwise(part.edges), part.shares, part.prior)
    )
    return Data(columns, rows)


PLUGIN = posterior

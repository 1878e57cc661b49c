"""The year in quarters: which share of the purchases falls into each, against what its days alone would bring."""

from __future__ import annotations

from typing import Any

from kundenwert.records.components import Quarters
from kundenwert.reports.charts._axes import upward
from kundenwert.reports.charts._theme import Data, Headings, Spec, chart, colour
from kundenwert.reports.language import Language

HEIGHT = 220
# Above this chance of being no more than chance no season is told.
SURE = 0.05
_TICK = 64
# A column lower than this part of the highest has no room for its figure.
_LOW = 0.15


def season_quarters(found: Quarters, lang: str = "en", *, width: int = 368) -> Spec:
    """A column a quarter; the line across it is an even year."""
    language = Language(lang)
    text, names = language.text, quarter_names(language)
    rows: list[dict[str, Any]] = [
        {"quarter": place, "share": share, "even": even, "shown": language.percent(share, 0)}
        for place, (share, even) in enumerate(zip(found.share, found.even, strict=True))
    ]
    top = max((*found.share, *found.even), default=0.25) or 0.25
    axis = {"title": None, "labelAngle": 0, "labelExpr": f"{list(names)}[datum.value]", "domain": True, "labelOverlap": False}
    scale = {"domain": list(range(4)), "paddingInner": 0.4, "paddingOuter": 0.2}
    body: Spec = {
        "data": {"values": rows},
        "encoding": {
            "x": {"field": "quarter", "type": "ordinal", "axis": axis, "scale": scale},
            "y": upward("share", text("Share of the purchases"), domain=(0, top * 1.15), format=".0%"),
        },
        "layer": [
            {"mark": {"type": "bar", "color": colour("ac")}},
            # The line stands on its column, so it must be seen on it and beside it.
            {
                "mark": {"type": "tick", "color": colour("bg"), "thickness": 5, "size": _TICK},
                "encoding": {"y": {"field": "even", "type": "quantitative"}},
            },
            {
                "mark": {"type": "tick", "color": colour("text-2"), "thickness": 2, "size": _TICK},
                "encoding": {"y": {"field": "even", "type": "quantitative"}},
            },
            _figures([row for row in rows if row["share"] >= _LOW * top], "bg"),
            _figures([row for row in rows if row["share"] < _LOW * top], "text"),
        ],
    }
    message = _message(found, language)
    headings = Headings(
        message=message,
        title=text("Share of the purchases by quarter of the year"),
        finding=text("Columns: share of the purchases by quarter. {message}.", message=message),
    )
    columns = (text("Quarter"), text("Share of the purchases"), text("In an even year"))
    table = tuple(
        (name, language.percent(share), language.percent(even)) for name, share, even in zip(names, found.share, found.even, strict=True)
    )
    return chart(headings, Data(columns, table), width=width, height=HEIGHT, body=body)


def _figures(rows: list[dict[str, Any]], ink: str) -> Spec:
    """At the foot of the columns, where the line of an even year never is."""
    mark = {"type": "text", "dy": -12, "color": colour(ink), "fontWeight": 600}
    return {"data": {"values": rows}, "mark": mark, "encoding": {"y": {"datum": 0}, "text": {"field": "shown"}}}


def quarter_names(language: Language) -> tuple[str, ...]:
    """The quarters by their months."""
    text = language.text
    return text("Jan–Mar"), text("Apr–Jun"), text("Jul–Sep"), text("Oct–Dec")


def _message(found: Quarters, language: Language) -> str:
    text = language.text
    if found.p is None:
        return text("Whether there is a season cannot be told from so little")
    if found.p > SURE:
        return text("No season: the quarters differ no more than chance would have it")
    sentences = (
        text("Most purchases fall into January to March"),
        text("Most purchases fall into April to June"),
        text("Most purchases fall into July to September"),
        text("Most purchases fall into October to December"),
    )
    above = [share - even for share, even in zip(found.share, found.even, strict=True)]
    best = above.index(max(above))
    return text("{most}: {share}, in an even year {even}", most=sentences[best], share=language.percent(found.share[best], 0),
                even=language.percent(found.even[best], 0))  # fmt: skip


PLUGIN = season_quarters

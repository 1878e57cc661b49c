"""How long contracts run: the share that still runs after so many months, a line a tariff."""

from __future__ import annotations

from kundenwert.records.components import Survival
from kundenwert.reports.charts._axes import across, upward
from kundenwert.reports.charts._theme import Data, Headings, Spec, chart, colour
from kundenwert.reports.language import Language

HEIGHT = 240
# More lines than this could not be told apart.
MOST = 4
_TOKENS = ("class-a", "py", "class-b", "ac")
_DASHES = ([1, 0], [1, 0], [5, 3], [2, 2])
_YEAR = 12


def contract_survival(found: Survival, lang: str = "en", *, width: int = 368) -> Spec:
    """Months to the right, share upwards from zero; the name of each tariff at the end of its line."""
    language = Language(lang)
    text, shown = language.text, found.tariffs[:MOST]
    last = max((months for _, points in shown for months, _ in points), default=_YEAR)
    names = [name for name, _ in shown]
    rows = [{"series": name, "x": months, "y": share} for name, points in shown for months, share in points]
    ends = [{"x": points[-1][0], "y": at, "name": name} for (name, points), at in zip(shown, _apart(shown), strict=True)]
    scale = {"domain": names, "range": [colour(token) for token in _TOKENS[: len(names)]]}
    dashes = {"domain": names, "range": [list(dash) for dash in _DASHES[: len(names)]]}
    body: Spec = {
        "encoding": {
            "x": across("x", text("Months since the start"), domain=(0, last), values=sorted({row["x"] for row in rows})),
            "y": upward("y", text("Contracts still running"), domain=(0, 1), format=".0%"),
        },
        "layer": [
            {
                "data": {"values": rows},
                "mark": {"type": "line", "strokeWidth": 2, "clip": False},
                "encoding": {
                    "color": {"field": "series", "type": "nominal", "legend": None, "scale": scale},
                    "strokeDash": {"field": "series", "type": "nominal", "legend": None, "scale": dashes},
                },
            },
            {
                "data": {"values": ends},
                "mark": {"type": "text", "align": "right", "baseline": "bottom", "dy": -5, "color": colour("text")},
                "encoding": {"text": {"field": "name"}},
            },
        ],
    }
    message = _message(shown, language)
    headings = Headings(
        message=message,
        title=text("Share of the contracts still running, by tariff"),
        finding=text("Lines: share of the contracts still running by month. {message}.", message=message),
    )
    months = sorted({month for _, points in shown for month, _ in points})
    columns = (text("Tariff"), *(text("{n} months", n=month) for month in months))
    table = tuple((name, *(language.percent(dict(points).get(month), 0) for month in months)) for name, points in shown)
    return chart(headings, Data(columns, table), width=width, height=HEIGHT, body=body)


def _apart(shown: tuple[tuple[str, tuple[tuple[int, float], ...]], ...]) -> list[float]:
    """Where names stand so that no two lie upon each other: at the end of their line, or below the one before."""
    order = sorted(range(len(shown)), key=lambda place: -shown[place][1][-1][1])
    found, above = [0.0] * len(shown), 2.0
    for place in order:
        above = min(shown[place][1][-1][1], above - 0.09)
        found[place] = above
    return found


def _message(shown: tuple[tuple[str, tuple[tuple[int, float], ...]], ...], language: Language) -> str:
    """The tariff that loses most, after the last month of which all tell."""
    if not shown:
        return language.text("No contract is known")
    month = min(points[-1][0] for _, points in shown)
    name, points = min(shown, key=lambda one: dict(one[1]).get(month, 1.0))
    return language.text(
        "After {months} months {share} of the contracts “{tariff}” still run",
        months=month,
        share=language.percent(dict(points).get(month), 0),
        tariff=name,
    )


PLUGIN = contract_survival

"""How good the forecast is, which model makes it and why, and what to know before trusting it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from kundenwert.flows.models_page import models_page
from kundenwert.reports.charts._words import forecast_name
from kundenwert.reports.language import Language
from kundenwert.web.overview.words import off
from kundenwert.web.sections import shown

# Sections from top to bottom with their widths in twelfths; what stands in none of the two is not shown.
_FIRST = {
    "forecast": 12,
    "origins": 6,
    "levels": 6,
    "calibration": 6,
    "comparison": 6,
    "tracking": 6,
    "tracking_cumulative": 6,
    "money": 12,
}
_LATER = {"pit": 6, "width": 6, "unknown": 12, "warnings": 12, "method": 12}


def models(request: HttpRequest) -> HttpResponse:
    """The page of the models."""
    room = request.room  # type: ignore[attr-defined]
    page = models_page(room.project, room.needs_run(), room.language)
    sections = {one["key"]: one for one in shown(page["sections"], columns={**_FIRST, **_LATER})}
    # The verdict stands below the heading already.
    forecast = sections["forecast"]
    forecast["blocks"] = [block for block in forecast["blocks"] if block.get("text") != page["verdict"]]
    if not forecast["blocks"]:
        del sections["forecast"]
    return render(
        request,
        "models/models.html",
        {
            "heading": _heading(page, room.language),
            "verdict": page["verdict"],
            "first": [sections[key] for key in _FIRST if key in sections],
            "later": [sections[key] for key in _LATER if key in sections],
            "origins": [_origin(one, page, room.language, place) for place, one in enumerate(page["origins"])],
            "origins_heading": _all_heading(page, room.language),
        },
    )


def _heading(page: Mapping[str, Any], language: Language) -> str:
    if page["is_naive"]:
        return language.text("No model forecasts surely better than a simple rule")
    used = page["used_scored"]
    if not page["has_backtest"] or not used:
        return str(page["finding"])
    return language.text("Looking back, the total of the forecast was {off}", off=off(used, language))


def _all_heading(page: Mapping[str, Any], language: Language) -> str:
    """Which forecast came nearest in the single customer."""
    first = page["origins"][0]["forecasts"] if page["origins"] else []
    known = [one for one in first if one["error"] is not None]
    if not known:
        return ""
    best = min(known, key=lambda one: one["error"])
    name = _name(best["name"], language)
    return language.text("For single customers {name} came nearest, {error:.1f} purchases off on average", name=name, error=best["error"])


def _origin(origin: Mapping[str, Any], page: Mapping[str, Any], language: Language, place: int) -> dict[str, Any]:
    """A day looked back from with all its forecasts as rows of text."""
    title = language.text(
        "{origin} to {until}: {n} customers, {purchases} purchases",
        origin=language.date(origin["origin"]),
        until=language.date(origin["until"]),
        n=origin["customers"],
        purchases=origin["purchases"],
    )
    has_money = any(one["money_error"] is not None for one in origin["forecasts"])
    return {
        "title": title,
        "is_open": place == 0,
        "has_money": has_money,
        "rows": [_row(one, page, language) for one in origin["forecasts"]],
    }


def _row(one: Mapping[str, Any], page: Mapping[str, Any], language: Language) -> dict[str, Any]:
    kinds = {"baseline": language.text("naive rule"), "model": language.text("model"), "remedy": language.text("model with remedy")}
    return {
        "name": _name(one["name"], language),
        "kind": kinds.get(one["kind"], one["kind"]),
        "is_used": one["name"] == page["used"],
        "bias": language.percent(one["bias"], 1, sign=True),
        "error": language.number(one["error"], 2),
        "money_bias": language.percent(one["money_bias"], 1, sign=True),
        "money_error": language.number(one["money_error"], 0),
        "hit": language.percent(one["hit"], 0),
        "order": language.number(one["order"], 2),
        "held": language.percent(one["held"], 0),
        "log_score": language.number(one["log_score"], 3),
    }


def _name(name: str, language: Language) -> str:
    found = forecast_name(name, language)
    return found[:1].upper() + found[1:]

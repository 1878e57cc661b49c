"""The findings of the portfolio as sentences, and how its fields are called."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from kundenwert.reports._criteria_names import criterion_name
from kundenwert.reports.charts._words import nine_names, strategies
from kundenwert.reports.language import Language
from kundenwert.value.components.portfolio import NINE, STRATEGIES, TITLES
from kundenwert.web.marks import as_float, bar, scale_of
from kundenwert.web.portfolio.matrix import to_field

# Attractive customers who buy little of what they could.
_OPEN_NINE, _OPEN_FOUR = ("invest_or_exit", "invest_to_extend"), ("question",)


def field_names(view: str, language: Language) -> dict[str, dict[str, str]]:
    """Each field: its strategy, and what stands below it."""
    text = language.text
    if view == "four":
        return {name: {"strategy": text(TITLES[name]), "below": text(STRATEGIES[name])} for name in TITLES}
    plans, names = strategies(language), nine_names(language)
    found = {}
    for row, fields in enumerate(NINE):
        for column, name in enumerate(fields):
            attractive, strong = names[row, column]
            below = text("attractiveness {attractive}, position {strong}", attractive=attractive, strong=strong)
            found[name] = {"strategy": plans[row, column].rstrip("."), "below": below}
    return found


def heading(page: Mapping[str, Any], currency: str, language: Language) -> str:
    """Where there is most to be won."""
    wanted = _OPEN_FOUR if page["view"] == "four" else _OPEN_NINE
    open_ones = [one for one in page["fields"] if one["name"] in wanted]
    customers = sum(one["customers"] for one in open_ones)
    if customers:
        value = sum((Decimal(one["value"] or 0) for one in open_ones), Decimal(0))
        return language.plural(
            "{n} attractive customer buys little from us and is worth {value}",
            "{n} attractive customers buy little from us; they are worth {value}",
            customers,
            value=language.short(value, currency),
        )
    best = max(page["fields"], key=lambda one: as_float(one["value"]) or 0.0)
    return language.plural("{n} customer stands in the strongest field", "{n} customers stand in the strongest field", best["customers"])


def lead(page: Mapping[str, Any], names: Mapping[str, Mapping[str, str]], language: Language) -> str:
    """Where most of the value stands, and who has no place."""
    best = max(page["fields"], key=lambda one: as_float(one["value"]) or 0.0)
    parts = []
    if best["share"] is not None:
        parts.append(
            language.plural(
                "Most of the value, {share}, rests on {n} customer in the field “{field}”.",
                "Most of the value, {share}, rests on {n} customers in the field “{field}”.",
                best["customers"],
                share=language.percent(best["share"], 0),
                field=names[best["name"]]["strategy"],
            )
        )
    if page["without"]:
        parts.append(
            language.plural(
                "{n} customer has no field: too little is known.", "{n} customers have no field: too little is known.", page["without"]
            )
        )
    return " ".join(parts)


def _moved(page: Mapping[str, Any]) -> tuple[int, int]:
    ranks = {one["name"]: one["row"] + one["column"] for one in page["fields"]}
    moves = [(ranks.get(now, 0) - ranks.get(before, 0), customers) for before, now, customers in page["moves"]]
    return sum(count for step, count in moves if step > 0), sum(count for step, count in moves if step < 0)


def fields_heading(page: Mapping[str, Any], names: Mapping[str, Mapping[str, str]], language: Language) -> str:
    """Which field loses money; else how many fields hold most of the value."""
    losing = [one for one in page["fields"] if one["contribution_year"] is not None and Decimal(one["contribution_year"]) < 0]
    if losing:
        worst = min(losing, key=lambda one: Decimal(one["contribution_year"]))
        return (
            language.text(
                "{n} fields cost more than they bring, most of all “{field}”", n=len(losing), field=names[worst["name"]]["strategy"]
            )
            if len(losing) > 1
            else language.text("The field “{field}” costs more than it brings", field=names[worst["name"]]["strategy"])
        )
    best = sorted((one["share"] or 0.0 for one in page["fields"]), reverse=True)[:2]
    return language.text("Two fields hold {share} of the value", share=language.percent(sum(best), 0))


def field_rows(page: Mapping[str, Any], names: Mapping[str, Mapping[str, str]], language: Language) -> list[dict[str, Any]]:
    """The fields, the strongest first, with bars on one scale and how their customers moved."""
    scale = scale_of(one["value"] for one in page["fields"])
    stayed = {before: count for before, now, count in page["moves"] if before == now}
    rows = []
    for one in sorted(page["fields"], key=lambda each: (-each["row"] - each["column"], -each["row"])):
        came = sum(count for before, now, count in page["moves"] if now == one["name"] != before)
        left = sum(count for before, now, count in page["moves"] if before == one["name"] != now)
        contribution = one["contribution_year"]
        rows.append(
            {
                "name": names[one["name"]]["strategy"],
                "below": names[one["name"]]["below"],
                "link": to_field(page["view"], one["name"]) if one["customers"] else "",
                "customers": language.number(one["customers"]),
                "value": language.number(None if one["value"] is None else Decimal(one["value"])),
                "bar": bar(one["value"], scale.high, scale.low, "result"),
                "contribution": language.number(None if contribution is None else Decimal(contribution)),
                "contribution_look": "bad" if contribution is not None and Decimal(contribution) < 0 else "",
                "came": language.number(came, sign=True),
                "left": language.number(-left, sign=True),
                "stayed": stayed.get(one["name"], 0),
                "top": one["top"],
            }
        )
    return rows


def moves_heading(page: Mapping[str, Any], language: Language) -> str:
    """How many came to a better or a worse field."""
    if not page["before"]:
        return language.text("Customers of much value and their places")
    up, down = _moved(page)
    return language.text(
        "Since {day} {up} customers moved to a better field and {down} to a worse one", day=language.date(page["before"]), up=up, down=down
    )


def spot_rows(page: Mapping[str, Any], language: Language) -> list[dict[str, Any]]:
    """The bubbles as rows, with the change on both axes."""
    return [{**one, "number": place, **_axes(one, language)} for place, one in enumerate(page["spots"], 1)]


def _axes(one: Mapping[str, Any], language: Language) -> dict[str, str]:
    found = {}
    for axis in ("attractiveness", "position"):
        now, before = one[axis], one[f"{axis}_before"]
        change = None if now is None or before is None else now - before
        found[f"{axis}_words"] = language.number(now, 1)
        found[f"{axis}_change"] = "" if change is None else language.number(change, 1, sign=True)
        found[f"{axis}_look"] = "" if change is None or abs(change) < 0.05 else "good" if change > 0 else "bad"
    return found


def criteria(page: Mapping[str, Any], written: Mapping[str, Mapping[str, float]], language: Language) -> list[dict[str, Any]]:
    """Both axes with their criteria: weight of this run, weight as it is written now, and of how many customers it is known."""
    titles = {"attractiveness": language.text("Attractiveness"), "position": language.text("Our position")}
    found = []
    for side, title in titles.items():
        total = sum(written.get(side, {}).values()) or 1.0
        rows = []
        for one in page["criteria"].get(side, ()):
            now = written.get(side, {}).get(one["name"], 0.0) / total
            name = criterion_name(one["name"], language)
            rows.append(
                {
                    "key": one["name"],
                    "field": f"{side}:{one['name']}",
                    "name": name[:1].upper() + name[1:],
                    "weight": language.percent(one["weight"], 0),
                    "now": f"{now * 100:.6g}",
                    "is_changed": abs(now - one["weight"]) > 1e-9,
                    "now_words": language.percent(now, 0),
                    "known": language.percent(one["known"], 0),
                }
            )
        found.append({"side": side, "title": title, "rows": rows})
    return found

"""What one customer bought by quarter, and what a quarter of the horizon is expected to bring, with its range."""

from __future__ import annotations

from typing import Any

from kundenwert.records import Course, Quarter
from kundenwert.reports.charts._theme import Data, Headings, Spec, chart, colour
from kundenwert.reports.language import HARD_SPACE, Language

SHOWN = 12
_EXPECTED = "expected"
# Pixels a column needs for its own figure.
_FIGURE = 38


def customer_quarters(course: Course, lang: str = "en", *, width: int = 700) -> Spec:
    """The last twelve quarters solid, one the as-of day cuts short lighter; the mean quarter of the horizon dashed with its 90 % range."""
    language = Language(lang)
    shown = course.quarters[-SHOWN:]
    rows = [_row(quarter, place, course, language) for place, quarter in enumerate(shown)]
    if course.expected is not None:
        rows.append(_ahead(course, language))
    slot = width / max(len(rows), 1)
    if slot < _FIGURE:
        top = max(row["amount"] for row in rows)
        rows = [{**row, "figure": row["figure"] if row["amount"] == top or row is rows[-1] else ""} for row in rows]
    return chart(_headings(course, language), _data(course, language), width=width, height=160 if width < 500 else 200, body=_body(rows))


def _amount(quarter: Quarter, course: Course) -> float:
    return float(quarter.revenue or 0) if course.in_money else float(quarter.purchases)


def _name(quarter: Quarter) -> str:
    return f"Q{(quarter.first.month + 2) // 3}"


def _row(quarter: Quarter, place: int, course: Course, language: Language) -> dict[str, Any]:
    amount, divisor = _amount(quarter, course), _divisor(course)
    year = str(quarter.first.year) if place == 0 or quarter.first.month == 1 else ""
    return {
        "key": quarter.first.isoformat(),
        "label": f"{_name(quarter)}|{year}",
        "amount": amount,
        "kind": "came" if quarter.complete else "part",
        "top": amount,
        "figure": language.number(amount / divisor, 1 if divisor > 1 else 0),
    }


def _ahead(course: Course, language: Language) -> dict[str, Any]:
    amount, divisor = course.expected or 0.0, _divisor(course)
    return {
        "key": _EXPECTED,
        "label": f"{language.text('ahead')}|{language.text('mean')}",
        "amount": amount,
        "kind": _EXPECTED,
        "lower": course.lower,
        "upper": course.upper,
        "top": max(amount, course.upper or amount),
        "figure": language.number(amount / divisor, 0 if course.in_money and divisor == 1 else 1),
    }


def _divisor(course: Course) -> float:
    """Large amounts are shown in thousands."""
    amounts = [abs(_amount(quarter, course)) for quarter in course.quarters[-SHOWN:]]
    return 1e3 if course.in_money and max((*amounts, course.expected or 0.0), default=0.0) >= 10_000 else 1.0


def unit(course: Course, language: Language) -> str:
    """What the figures of the picture are in."""
    if not course.in_money:
        return language.text("purchases")
    symbol = language.symbol(course.currency)
    thousand = language.text("thousand") if _divisor(course) > 1 else ""
    return HARD_SPACE.join(part for part in (thousand, symbol) if part) or language.text("amounts")


def _body(rows: list[dict[str, Any]]) -> Spec:
    import json

    names = json.dumps({row["key"]: row["label"] for row in rows}, ensure_ascii=False)
    axis = {"title": None, "labelAngle": 0, "labelOverlap": False, "labelLineHeight": 16, "labelExpr": f"split({names}[datum.value], '|')"}
    lowest, highest = min((0.0, *(row["amount"] for row in rows))), max((row["top"] for row in rows), default=0) or 1
    dashed = {"type": "bar", "fillOpacity": 0.35, "strokeDash": [4, 3], "strokeWidth": 1.25, "fill": colour("ac"), "stroke": colour("ac")}
    return {
        "data": {"values": rows},
        "encoding": {
            "x": {"field": "key", "type": "ordinal", "sort": None, "axis": axis, "scale": {"paddingInner": 0.32, "paddingOuter": 0.16}},
            "y": {
                "field": "amount",
                "type": "quantitative",
                "axis": None,
                "scale": {"domain": [lowest * 1.1, highest * 1.1], "nice": False},
            },
        },
        "layer": [
            {"transform": [{"filter": "datum.kind == 'came'"}], "mark": {"type": "bar", "color": colour("ac")}},
            {"transform": [{"filter": "datum.kind == 'part'"}], "mark": {"type": "bar", "color": colour("py")}},
            {"transform": [{"filter": f"datum.kind == '{_EXPECTED}'"}], "mark": dashed},
            {
                "transform": [{"filter": f"datum.kind == '{_EXPECTED}' && isValid(datum.upper)"}],
                "mark": {"type": "rule", "color": colour("axis"), "strokeWidth": 1.5},
                "encoding": {"y": {"field": "lower", "type": "quantitative"}, "y2": {"field": "upper"}},
            },
            {
                "mark": {"type": "text", "dy": -8, "color": colour("text")},
                "encoding": {"y": {"field": "top", "type": "quantitative"}, "text": {"field": "figure"}},
            },
        ],
    }


def _headings(course: Course, language: Language) -> Headings:
    message = _message(course, language)
    first, last = course.quarters[-SHOWN:][0], course.quarters[-1]
    values = {"first": f"{_name(first)} {first.first.year}", "last": f"{_name(last)} {last.first.year}"}
    title = (
        language.text("Booked revenue by quarter, {first} to {last}", **values)
        if course.in_money
        else language.text("Purchases by quarter, {first} to {last}", **values)
    )
    return Headings(message, title, language.text("Columns: {title}. {message}.", title=title, message=message))


def _message(course: Course, language: Language) -> str:
    """The last four whole quarters against the four before, else how many quarters had a purchase."""
    whole = [_amount(quarter, course) for quarter in course.quarters if quarter.complete]
    now, before = sum(whole[-4:]), sum(whole[-8:-4])
    if len(whole) >= 4 and not any(quarter.purchases for quarter in course.quarters[-4:]):
        return language.text("Nothing was bought in the last four quarters")
    if len(whole) >= 8 and before > 0 and now >= 0:
        change = now / before - 1
        if abs(change) < 0.005:
            return language.text("The last four quarters brought as much as the four before")
        values = {"share": language.percent(abs(change), 0)}
        if change > 0:
            return language.text("The last four quarters brought {share} more than the four before", **values)
        return language.text("The last four quarters brought {share} less than the four before", **values)
    bought, shown = sum(1 for quarter in course.quarters if quarter.purchases), len(course.quarters)
    return language.text("Bought in {n} of {of} quarters", n=bought, of=shown)


def _data(course: Course, language: Language) -> Data:
    columns = (language.text("Quarter"), language.text("Days with a sale"), *((language.text("Revenue"),) if course.in_money else ()))
    rows = [
        (
            f"{_name(quarter)} {quarter.first.year}" + ("" if quarter.complete else f" ({language.text('in part')})"),
            language.number(quarter.purchases),
            *((language.number(quarter.revenue, 2),) if course.in_money else ()),
        )
        for quarter in course.quarters
    ]
    return Data(columns, tuple(rows))


PLUGIN = customer_quarters

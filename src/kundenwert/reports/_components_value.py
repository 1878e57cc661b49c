"""Value tiers, concentration by measure, and the measures of value side by side."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kundenwert import registry
from kundenwert.records import Agreement, Concentration
from kundenwert.reports._bars import scale
from kundenwert.reports._basis import Basis, number
from kundenwert.reports._components_groups import group_table
from kundenwert.reports._page import Cell, Column, Picture, Row, Section, Table
from kundenwert.reports._pictures import PAIR, picture
from kundenwert.reports.charts._words import measure, measure_names

_ROOM = "reports.charts"
# Measures of the matrix: one of each kind, as more could not be read.
_COMPARED = ("revenue", "db1", "db4", "clv", "value", "rfm", "score")
_TENTH = 0.1
# A whale curve that rises less above all is flat to the eye.
_SEEN = 1.005
# So many customers have the same of these points that there are no 20 best.
_TIED = ("rfm",)


def tiers(basis: Basis) -> tuple[Section, ...]:
    """Size and share of each tier."""
    facts = basis.figures.components.get("tiers")
    found = [tier for tier in facts["tiers"] if tier["name"] is not None] if facts else []
    if not facts or not found:
        return ()
    text, by = basis.language.text, facts["measure"]
    first, name = found[0], measure(by, basis.language)
    message = basis.language.plural(
        "Tier {tier}: {n} customer, {part} of all, has {share} {of}",
        "Tier {tier}: {n} customers, {part} of all, have {share} {of}",
        first["customers"],
        tier=first["name"],
        part=basis.language.percent(first["customer_share"], 0),
        share=basis.language.percent(first["shares"].get(by), 0),
        of=name.of,
    )
    unit = text("as of {day}, {measure}", day=basis.day, measure=name.noun)
    legend = Picture("", (), (("before", text("Share of customers")), ("ac", name.share)))
    column = Column(text("Tier"), "text", term="tier")
    names = [tier["name"] for tier in found]
    table = group_table(basis, found, by=by, caption=text("Customers and value by tier"), column=column, names=names)
    return (Section("tiers", message, text("Value tiers"), unit, (table, legend)),)


# ---------- concentration ----------


def spread(basis: Basis) -> tuple[Section, ...]:
    """How unevenly each measure is spread; the whale curve of the one in which most customers are below zero."""
    facts = (basis.figures.components.get("tiers") or {}).get("concentration") or {}
    found = {name: one for name, one in facts.items() if one["classes"].get("A", {}).get("customers")}
    if len(found) < 2:
        return ()
    text, names = basis.language.text, measure_names(basis.language)
    most = max(found, key=lambda name: found[name]["negative"])
    if _falls(found[most]):
        message = basis.language.plural(
            "{n} customer is below zero in {measure}",
            "{n} customers are below zero in {measure}",
            found[most]["negative"],
            measure=measure(most, basis.language).noun,
        )
    else:
        steep = max(found, key=lambda name: found[name]["gini"])
        message = text("{measure} is spread most unevenly", measure=names.get(steep, steep))
    columns = (
        Column(text("Measure"), "text"),
        Column(text("Customers with {share}", share=basis.language.percent(0.8, 0))),
        Column(text("Share of the best tenth")),
        Column(text("Below zero")),
        Column(text("Gini"), wide=True, term="uneven"),
    )
    rows = tuple(
        Row(
            (
                Cell(names.get(name, name)),
                Cell(basis.amount(one["classes"]["A"]["customers"])),
                Cell(basis.language.percent(_best_tenth(one["whale"]), 0)),
                Cell(basis.amount(one["negative"])),
                Cell(basis.language.number(one["gini"], 2)),
            )
        )
        for name, one in found.items()
    )
    table = Table(text("Concentration by measure"), columns, rows)
    unit = text("as of {day}", day=basis.day)
    curve = _whale(basis, most, found[most])
    return (Section("measures", message, text("Concentration by measure"), unit, (table,), columns=6 if curve else 12), *curve)


def _best_tenth(whale: list[list[float]]) -> float | None:
    """Share of the value with the best tenth of the customers: the point of the curve nearest to it."""
    near = min(whale, key=lambda point: abs(point[0] - _TENTH))
    return near[1] if abs(near[0] - _TENTH) < _TENTH / 2 else None


def _falls(found: Mapping[str, Any]) -> bool:
    """Whether customers below zero take away enough to be seen."""
    return bool(found["negative"]) and found["peak"]["share"] > _SEEN


def _whale(basis: Basis, name: str, found: Mapping[str, Any]) -> tuple[Section, ...]:
    if not _falls(found) or name == basis.figures.concentration.measure:
        return ()
    peak = (found["peak"]["customers"], found["peak"]["share"])
    points = sorted({*map(tuple, found["whale"]), peak})
    curve = Concentration(measure=name, classes=(), gini=found["gini"], hhi=found["hhi"], lorenz=(), whale=tuple(points), whale_peak=peak)
    draw = registry.load(_ROOM, "whale_curve")
    message = draw(curve, basis.language.code)["usermeta"]["message"]
    unit = basis.language.text("as of {day}, {measure}", day=basis.day, measure=measure(name, basis.language).noun)
    blocks = picture(draw, curve, basis.language, widths=PAIR)
    return (Section("below_zero", message, basis.language.text("Customers below zero"), unit, blocks, columns=6),)


# ---------- side by side ----------


def measures(basis: Basis) -> tuple[Section, ...]:
    """Which measures of value agree about who is valuable."""
    facts = basis.figures.components.get("agreement")
    if not facts or len(facts.get("measures", ())) < 2:
        return ()
    places = [(place, name) for place, name in enumerate(facts["measures"]) if name in _COMPARED]
    matrix = facts["spearman"]
    found = Agreement(tuple(name for _, name in places), tuple(tuple(matrix[row][column] for column, _ in places) for row, _ in places))
    if len(found.measures) < 2:
        return ()
    text, draw = basis.language.text, registry.load(_ROOM, "agreement")
    message = draw(found, basis.language.code)["usermeta"]["message"]
    unit = text("as of {day}", day=basis.day)
    note = (
        text(
            "1 is the same order, 0 an order that has nothing to do with the other. Where two measures disagree, look at the customer "
            "before you act."
        )
        + " "
        + text("Which one would have chosen the right customers in the past is told by “kundenwert backtest --metrics”.")
    )
    blocks = picture(draw, found, basis.language, widths=PAIR)
    shown = Section("agreement", message, text("Measures of value side by side"), unit, blocks, note=note, columns=6)
    return (shown, *_together(basis, facts))


def _together(basis: Basis, facts: Mapping[str, Any]) -> tuple[Section, ...]:
    """The best customers by each measure against those by expected value."""
    text, names, order = basis.language.text, measure_names(basis.language), list(facts["measures"])
    if "clv" not in order:
        return ()
    base = order.index("clv")
    others = [place for place, name in enumerate(order) if name in _COMPARED and place != base]
    common = {place: None if order[place] in _TIED else facts["top_20"][base][place] for place in others}
    shared = [(share, place) for place, share in common.items() if share is not None]
    if not shared:
        return ()
    least, where = min(shared)
    message = text(
        "Of the 20 best by expected value, {share} are among the 20 best by {measure}",
        share=basis.language.percent(least, 0),
        measure=names[order[where]] if order[where] == "score" else measure(order[where], basis.language).noun,
    )
    lengths = scale([1.0])
    rows = tuple(
        Row(
            (
                Cell(names.get(order[place], order[place])),
                Cell(basis.language.number(facts["spearman"][base][place], 2)),
                Cell(basis.language.percent(common[place], 0)),
                Cell(basis.language.percent(None if order[place] in _TIED else facts["top_tenth"][base][place], 0)),
                Cell(marks=(lengths.axis(), lengths.bar("ac", 0, number(common[place])))),
            )
        )
        for place in others
    )
    columns = (
        Column(text("Measure"), "text"),
        Column(text("Rank correlation"), wide=True, term="rank"),
        Column(text("In common: best 20")),
        Column(text("Best tenth"), wide=True),
        Column(text("Bar"), "bars"),
    )
    table = Table(text("Agreement with the expected value"), columns, rows)
    unit = text("against expected value, as of {day}", day=basis.day)
    tied = any(order[place] in _TIED for place in others)
    note = text("RFM points are the same for many customers, so they know no 20 best.") if tied else ""
    return (Section("together", message, text("The best by each measure"), unit, (table,), note=note, columns=6),)

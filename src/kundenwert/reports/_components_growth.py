"""Satisfaction beside value, potential, and what cross-selling may suggest."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kundenwert import registry
from kundenwert.records import ValueAndSatisfaction
from kundenwert.reports._bars import scale
from kundenwert.reports._basis import Basis, exact, number
from kundenwert.reports._page import Block, Cell, Column, Row, Section, Table, Text
from kundenwert.reports._pictures import PAIR, picture

_GAPS = 10


def sections(basis: Basis) -> tuple[Section, ...]:
    """Potential and cross-selling, where something is known of them."""
    return (*_potential(basis), *_cross_selling(basis))


def satisfaction(basis: Basis) -> tuple[Section, ...]:
    """Satisfaction beside value."""
    facts = basis.figures.components.get("satisfaction")
    if not facts or not facts.get("fields") or not facts.get("known"):
        return ()
    text, fields = basis.language.text, facts["fields"]
    whole = sum(number(entry["value"]) for entry in fields.values())
    names = ("high_satisfied", "high_dissatisfied", "low_satisfied", "low_dissatisfied")
    found = ValueAndSatisfaction(
        tuple(
            (name, fields[name]["customers"], number(fields[name]["value"]) / whole if whole > 0 else None)
            if name in fields
            else (name, 0, 0.0 if whole > 0 else None)
            for name in names
        )
    )
    draw = registry.load("reports.charts", "satisfaction_fields")
    message = draw(found, basis.language.code)["usermeta"]["message"]
    known = text(
        "Known of {known} of {all} customers, {complaints} of them from complaints alone.",
        known=facts["known"],
        all=facts["customers"],
        complaints=facts.get("from_complaints", 0),
    )
    blind = ""
    if facts.get("high_value_unknown"):
        blind = basis.language.plural(
            "Of {n} valuable customer nobody knows it.", "Of {n} valuable customers nobody knows it.", facts["high_value_unknown"]
        )
    unit = text("share of the value of those known, as of {day}", day=basis.day)
    blocks = picture(draw, found, basis.language, widths=PAIR)
    return (Section("satisfaction", message, text("Value and satisfaction"), unit, blocks, note=f"{known} {blind}".strip(), columns=6),)


# ---------- cross-selling ----------


def _cross_selling(basis: Basis) -> tuple[Section, ...]:
    facts = basis.figures.components.get("cross_selling")
    if not facts:
        return ()
    text, seen = basis.language.text, facts.get("look_back")
    blocks: tuple[Block, ...] = (_look_back(basis, seen),) if seen else ()
    rate = {name: basis.language.percent((seen or {}).get(name), 0) for name in ("hit_rate", "popular_hit_rate")}
    if facts["shown"]:
        message = text("Suggestions are right in {hit_rate} of the cases, the most popular group in {popular_hit_rate}", **rate)
        words = text("So each customer's page names the product group to offer next.")
    elif facts.get("why") == "no_better" and seen:
        message = text("Suggestions were no better than the most popular group ({hit_rate} against {popular_hit_rate} right)", **rate)
        words = text("So none are shown: they would promise what the data do not hold.")
    else:
        message = text("No suggestions: the data do not suffice to try them")
        words = text("It takes a longer log and more than one product group.")
    unit = text("first suggestion of each customer, tried on the past")
    return (Section("cross_selling", message, text("Cross-selling"), unit, (*blocks, Text(words)), columns=6),)


def _look_back(basis: Basis, seen: Mapping[str, Any]) -> Table:
    text, lengths = basis.language.text, scale([1.0])
    lines = (
        (text("Own suggestion"), seen["hits"], seen["hit_rate"], "ac"),
        (text("Most popular group"), seen["popular_hits"], seen["popular_hit_rate"], "py"),
    )
    rows = tuple(
        Row(
            (
                Cell(name),
                Cell(basis.amount(seen["customers"])),
                Cell(basis.amount(hits)),
                Cell(basis.language.percent(rate, 1)),
                Cell(marks=(lengths.axis(), lengths.bar(look, 0, number(rate)))),
            )
        )
        for name, hits, rate, look in lines
    )
    columns = (
        Column(text("Suggestion"), "text"),
        Column(text("Customers"), wide=True),
        Column(text("Right")),
        Column(text("Hit rate")),
        Column(text("Bar"), "bars"),
    )
    return Table(text("How often suggestions were right"), columns, rows)


# ---------- potential ----------


def _potential(basis: Basis) -> tuple[Section, ...]:
    facts = basis.figures.components.get("potential")
    found = facts["potentials"] if facts else []
    gap = sum(number(one["gap"]) for one in found)
    if not facts or gap <= 0:
        return ()
    text = basis.language.text
    reach = sum(number(one["within_reach"]) for one in found)
    message = text("Customers could bring {gap} more a year; {reach} of it is within reach", gap=basis.short(gap), reach=basis.short(reach))
    what = text("contribution I a year in {unit}", unit=basis.unit or text("amounts")) if basis.is_contribution else basis.day
    gaps = sorted(((number(amount), segment, group) for segment, group, amount in (facts.get("map") or {}).get("gaps", ())), reverse=True)
    shown = [one for one in gaps if one[0] > 0][:_GAPS]
    blocks: tuple[Block, ...] = (_gap_table(basis, shown),) if shown else ()
    reached = text(
        "Within reach: {share} of the gap, an assumption you can set. Potential is no value: it is added to nothing.",
        share=basis.language.percent(facts.get("reach"), 0),
    )
    peers = sum(one["customers"] for one in found if one["basis"] == "peers")
    compared = basis.language.plural(
        "For {n} customer the benchmark is what good comparable customers buy.",
        "For {n} customers the benchmark is what good comparable customers buy.",
        peers,
    )
    note = f"{compared} {reached}" if peers else reached
    return (Section("potential", message, text("Potential"), what, (*blocks, *_offers(basis, facts)), note=note, columns=12),)


def _gap_table(basis: Basis, shown: list[tuple[float, Any, Any]]) -> Table:
    text, lengths = basis.language.text, scale([amount for amount, _, _ in shown])
    rows = tuple(
        Row(
            (
                Cell(str(group), narrow=str(segment)),
                Cell(str(segment)),
                Cell(basis.amount(amount)),
                Cell(marks=(lengths.axis(), lengths.bar("part", 0, amount))),
            )
        )
        for amount, segment, group in shown
    )
    columns = (
        Column(text("Product group"), "text"),
        Column(text("Segment"), "text", wide=True),
        Column(basis.with_unit(text("Gap"))),
        Column(text("Bar"), "bars"),
    )
    return Table(text("The largest gaps by segment and product group"), columns, rows)


def _offers(basis: Basis, facts: Mapping[str, Any]) -> tuple[Text, ...]:
    """Open offers and prospects, in a sentence each."""
    text, parts = basis.language.text, []
    offers, leads = facts.get("offers") or {}, facts.get("leads") or {}
    for one in offers.get("open") or ():
        if one["open"] and one.get("amount") is not None and one.get("chance") is not None:
            parts.append(
                basis.language.plural(
                    "{n} offer over {amount} is open; offers like it were won in {share} of the cases.",
                    "{n} offers over {amount} are open; offers like these were won in {share} of the cases.",
                    one["open"],
                    amount=basis.short(exact(one["amount"])),
                    share=basis.language.percent(one["chance"], 0),
                )
            )
    if leads.get("open") and leads.get("expected") is not None:
        parts.append(
            text(
                "{n} open leads should bring {amount} of revenue if they go the way of earlier ones.",
                n=leads["open"],
                amount=basis.short(exact(leads["expected"])),
            )
        )
    return (Text(" ".join(parts)),) if parts else ()

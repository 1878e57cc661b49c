"""Value by other ways: the margin multiple, migration between buying and silence, defaults."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kundenwert.reports._bars import scale
from kundenwert.reports._basis import Basis, exact, number
from kundenwert.reports._components_groups import segment_name
from kundenwert.reports._components_word import interval
from kundenwert.reports._page import Cell, Column, Fold, Row, Section, Table, Text


def sections(basis: Basis) -> tuple[Section, ...]:
    """Those of which something is known."""
    return (*_margin_multiple(basis), *_credit_risk(basis))


# ---------- margin multiple ----------


def _margin_multiple(basis: Basis) -> tuple[Section, ...]:
    facts = basis.figures.components.get("margin_multiple")
    groups = [one for one in facts["groups"] if one["end"] is not None] if facts else []
    if not facts or not groups:
        return ()
    text, language, by = basis.language.text, basis.language, facts["by"]
    largest = max(groups, key=lambda one: one["active"])
    message = (
        text("{share} of the customers stay each year: a year's margin counts {times} times", **_worth(basis, largest))
        if len(groups) == 1
        else text(
            "{name}: {share} stay each year, so a year's margin counts {times} times",
            name=_group(basis, by, largest["name"]),
            **_worth(basis, largest),
        )
    )
    columns = (
        Column(text("Customers") if len(groups) == 1 else text("Group"), "text"),
        Column(text("Bought last year"), wide=True),
        Column(text("Stay each year"), term="stay"),
        Column(text("Counts"), term="multiple"),
        Column(text("First margin today"), wide=True),
        Column(text("Later than {span}", span=basis.years)),
    )
    rows = tuple(
        Row(
            (
                Cell(_group(basis, by, one["name"]), below="" if one["is_own"] else text("share of all: too few of its own")),
                Cell(basis.amount(one["active"])),
                Cell(language.percent(one["retention"], 0), below=_bounds(basis, one)),
                Cell(_times(basis, one["end"])),
                Cell(_times(basis, one["today"])),
                Cell(language.percent(one["beyond"], 0)),
            )
        )
        for one in groups
    )
    measures = {"db4": text("contribution IV"), "db1": text("contribution I"), "revenue": text("revenue")}
    note = text(
        "A cross-check without a model of purchases: {measure} of the last year, interest {rate}, growth {growth}, without end. It takes "
        "all customers of a group for equally loyal, which they are not.",
        measure=measures.get(facts["margin"], facts["margin"]),
        rate=language.percent(facts["rate"], 1),
        growth=language.percent(facts["growth"], 1),
    )
    table = Table(text("Margin multiple by group"), columns, rows)
    unit = text("as of {day}, first margin at the end of the year", day=basis.day)
    return (Section("margin_multiple", message, text("Value as a multiple of the margin"), unit, (table,), note=note, columns=6),)


def _worth(basis: Basis, group: Mapping[str, Any]) -> dict[str, str]:
    language = basis.language
    return {"share": language.percent(group["retention"], 0), "times": language.number(group["end"], 1)}


def _times(basis: Basis, value: float | None) -> str:
    return basis.language.text("{number} times", number=basis.language.number(value, 1))


def _group(basis: Basis, by: str, name: str | None) -> str:
    return segment_name(by, name, basis) if by and name != "" else basis.language.text("all customers")


def _bounds(basis: Basis, group: Mapping[str, Any]) -> str:
    return interval(basis, None if group["low"] is None else (group["low"], group["high"]))


# ---------- defaults ----------


def _credit_risk(basis: Basis) -> tuple[Section, ...]:
    facts = basis.figures.components.get("credit_risk")
    if not facts or not facts["customers"]:
        return ()
    text, language = basis.language.text, basis.language
    loss, whole = number(facts["loss"]), number(basis.figures.totals.clv)
    message = text("Defaults should take {loss} of the expected value", loss=basis.short(loss))
    if whole > 0:
        message = text(
            "Defaults should take {loss} of the expected value, {share} of it",
            loss=basis.short(loss),
            share=language.percent(loss / whole, 1),
        )
    known = language.plural(
        "Of {n} company a credit index is known that can be used.",
        "Of {n} companies a credit index is known that can be used.",
        facts["customers"],
    )
    words = text("All others are taken as if they could not default, so the true loss is larger.")
    rows, low = [], None
    for high, chance in facts["bands"]:
        upper = language.number(high, None)
        name = (
            text("up to {high}", high=upper)
            if low is None
            else text("above {low} up to {high}", low=language.number(low, None), high=upper)
        )
        rows.append(Row((Cell(name), Cell(language.percent(chance, 2)))))
        low = high
    columns = (Column(text("Credit index"), "text"), Column(text("Default within a year"), term="default"))
    bands = (Fold(text("Bands of the credit index"), (Table(text("Bands of the credit index"), columns, tuple(rows)),)),) if rows else ()
    note = text("The value is not reduced by it, unless the value definition adds the component. Indexes of natural persons are not used.")
    unit = text("{span} from {day}", span=basis.years, day=basis.day)
    return (Section("credit_risk", message, text("Credit risk"), unit, (Text(f"{known} {words}"), *bands), note=note, columns=6),)


# ---------- silence ----------


def migration(basis: Basis) -> tuple[Section, ...]:
    """From when on addressing a silent customer costs more than it brings."""
    facts = basis.figures.components.get("migration")
    if not facts or not facts["chances"]:
        return ()
    text, language, days = basis.language.text, basis.language, facts["period_days"]
    today = {one["state"]: one for one in facts["states"]}
    lengths = scale([1.0])
    rows = []
    for one in facts["chances"]:
        now = today.get(one["state"], {"customers": 0, "value": None, "stops": 0})
        name = (
            text("up to {n} days", n=days)
            if one["state"] == 1
            else text("{low} to {high} days", low=(one["state"] - 1) * days + 1, high=one["state"] * days)
        )
        marks = (lengths.axis(), lengths.bar("ac" if one["is_own"] else "part", 0, one["chance"]))
        rows.append(
            Row(
                (
                    Cell(name),
                    Cell(basis.amount(now["customers"])),
                    Cell(basis.amount(now["stops"])) if facts["cost_of_period"] else Cell(basis.language.percent(None)),
                    Cell(language.percent(one["chance"], 0)),
                    Cell(marks=marks),
                )
            )
        )
    columns = (
        Column(text("Last purchase"), "text"),
        Column(text("Customers")),
        Column(text("Not worth the cost"), wide=True),
        Column(text("Buy in the next {n} days", n=days)),
        Column(text("Bar"), "bars"),
    )
    pooled = any(not one["is_own"] for one in facts["chances"])
    legend = text("Outlined: so few were silent that long that these are counted together.") if pooled else ""
    table = Table(text("Customers by how long they have been silent"), columns, tuple(rows))
    unit = text("days since the last purchase, as of {day}", day=basis.day)
    note = " ".join(each for each in (_cost(basis, facts), legend) if each)
    return (
        Section("migration", _stopping(basis, facts, today), text("Silence, and whom to address"), unit, (table,), note=note, columns=12),
    )


def _stopping(basis: Basis, facts: Mapping[str, Any], today: Mapping[int, Mapping[str, Any]]) -> str:
    text, language = basis.language.text, basis.language
    stops = sum(one["stops"] or 0 for one in today.values())
    own = [one for one in facts["chances"] if one["is_own"]]
    last = own[-1]
    if facts["cost_of_period"] and stops:
        return language.plural(
            "Addressing {n} customer costs more than it should bring",
            "Addressing {n} customers costs more than it should bring",
            stops,
        )
    return text(
        "Of those silent for {days} days {share} buy in the next {period}",
        days=(last["state"] - 1) * facts["period_days"] or facts["period_days"],
        share=language.percent(last["chance"], 0),
        period=facts["period_days"],
    )


def _cost(basis: Basis, facts: Mapping[str, Any]) -> str:
    text, language, money = basis.language.text, basis.language, basis.figures.currency
    hint = text("A hint by what customers cost and bring on the mean, no decision about a single one.")
    if not facts["cost_of_period"]:
        return text("When to stop cannot be told: what it costs to address a customer is not known.")
    words = text(
        "Set against each other: {cost} for marketing and sales and {margin} of contribution in {days} days, on the mean of all customers "
        "and drawn to each one's own.",
        cost=language.money(facts["cost_of_period"], money, 0),
        margin=language.money(facts["margin_of_period"], money, 0),
        days=facts["period_days"],
    )
    return f"{words} {hint}"


def benchmarks(basis: Basis) -> tuple[Section, ...]:
    """What comparable customers buy, and who pays less than others for the same goods."""
    return (*_peers(basis), *_price_gap(basis))


def _peers(basis: Basis) -> tuple[Section, ...]:
    facts = basis.figures.components.get("peers")
    found = [one for one in facts["compared"] if one["compared_by"] != "none"] if facts else []
    if not facts or not found:
        return ()
    text, language = basis.language.text, basis.language
    gap = sum(number(one["gap"]) for one in found)
    message = text("Against good comparable customers {gap} of revenue a year is missing", gap=basis.short(gap))
    alone = sum(one["customers"] for one in facts["compared"] if one["compared_by"] == "none")
    columns = (
        Column(text("Compared by"), "text"),
        Column(text("Customers")),
        Column(text("Groups"), wide=True),
        Column(basis.with_unit(text("Missing revenue a year"))),
    )
    rows = tuple(
        Row(
            (
                Cell(_attributes(basis, one["compared_by"])),
                Cell(basis.amount(one["customers"])),
                Cell(basis.amount(one["groups"])),
                Cell(basis.amount(exact(one["gap"]))),
            )
        )
        for one in sorted(found, key=lambda one: -one["customers"])
    )
    measured = text(
        "Good: {share} of the group buy as much or more. A group has at least {least} customers. Only those below count.",
        share=language.percent(1 - facts["quantile"], 0),
        least=facts["least"],
    )
    rest = (
        language.plural("{n} customer can be compared with nobody.", "{n} customers can be compared with nobody.", alone) if alone else ""
    )
    table = Table(text("By what customers are compared"), columns, rows)
    unit = text("revenue of the last 12 months, as of {day}", day=basis.day)
    note = f"{measured} {rest}".strip()
    return (Section("peers", message, text("Comparable customers"), unit, (table,), note=note, columns=6),)


def _attributes(basis: Basis, names: str) -> str:
    text = basis.language.text
    words = {
        "industry": text("industry"),
        "size": text("size"),
        "region": text("region"),
        "kind": text("kind of customer"),
        "segment": text("segment"),
    }
    if names == "all":
        return text("all customers")
    return basis.language.listed([words.get(name, name) for name in names.split(", ")])


def _price_gap(basis: Basis) -> tuple[Section, ...]:
    facts = basis.figures.components.get("price_gap")
    if not facts or not facts["customers"]:
        return ()
    text, language = basis.language.text, basis.language
    message = language.plural(
        "{n} of {all} customers pays less than others for the same goods: {amount} a year",
        "{n} of {all} customers pay less than others for the same goods: {amount} a year",
        facts["below"],
        all=facts["customers"],
        amount=basis.short(exact(facts["price_gap"])),
    )
    change = exact(facts["change"])
    words = ""
    if change:
        words = (
            text("That is {amount} more than the year before.", amount=basis.short(change))
            if change > 0
            else text("That is {amount} less than the year before.", amount=basis.short(-change))
        )
    against = text("Each is held against the share of the list price that all others pay for the same mix of product groups.")
    note = text("Large quantities, pick-up or early payment may be good reasons. A gap is a potential and is added to nothing.")
    unit = text("last 12 months, up to {day}", day=basis.day)
    return (Section("price_gap", message, text("Price gap"), unit, (Text(f"{against} {words}".strip()),), note=note, columns=12),)

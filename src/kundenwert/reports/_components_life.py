"""Stages of life, the alert for customers who stay away, and the ladder from prospect to recommender."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from kundenwert import registry
from kundenwert.records import StageFlow
from kundenwert.reports._bars import scale
from kundenwert.reports._basis import Basis, exact, number
from kundenwert.reports._page import Block, Cell, Column, Picture, Row, Section, Table, Text
from kundenwert.reports._pictures import PAIR, picture
from kundenwert.reports.charts._words import STAGES
from kundenwert.reports.language import HARD_SPACE
from kundenwert.reports.language.names import stage_names

_RUNGS = ("prospect", "first", "repeat", "regular", "recommender")


def stages(basis: Basis) -> tuple[Section, ...]:
    """Customers by stage, and where those of a year ago went."""
    facts = basis.figures.components.get("lifecycle")
    if not facts or not facts["stages"]:
        return ()
    text, moves = basis.language.text, facts.get("moves") or []
    everyone = sum(stage["customers"] for stage in facts["stages"].values())
    bound = facts["stages"].get("retention", {"customers": 0})["customers"]
    message = basis.language.plural("{n} of {all} customers is bound", "{n} of {all} customers are bound", bound, all=everyone)
    legend = (Picture("", (), (("before", text("a year ago")), ("ac", text("today")))),) if moves else ()
    note = text(
        "Bound: at least {purchases} purchases, or bought again after {days} days, or a contract. Lost: chance to be still a customer "
        "below 20 % or silent for longer than ever.",
        purchases=facts["limits"]["bound_purchases"],
        days=facts["limits"]["development_days"],
    )
    counted = Section(
        "stages",
        message,
        text("Stages of life"),
        text("customers as of {day}", day=basis.day),
        (_stage_table(basis, facts, moves), *legend),
        note=note,
        columns=6 if moves else 12,
    )
    return (counted, _flow(basis, moves)) if moves else (counted,)


def _stage_table(basis: Basis, facts: Mapping[str, Any], moves: list[Any]) -> Table:
    text, names = basis.language.text, stage_names(basis.language)
    earlier = {stage: sum(customers for before, _, customers in moves if before == stage) for stage in STAGES}
    shown = [stage for stage in STAGES if stage in facts["stages"] or earlier[stage]]
    now = {stage: facts["stages"].get(stage, {}) for stage in shown}
    lengths = scale([number(count) for stage in shown for count in (earlier[stage], now[stage].get("customers", 0))])
    columns = (
        Column(text("Stage of life"), "text", term="stage"),
        *((Column(text("A year ago"), wide=True),) if moves else ()),
        Column(text("Customers")),
        Column(text("New in a year"), wide=True),
        *((Column(basis.with_unit(text("Expected value"))),) if basis.in_money else ()),
        Column(text("Bar"), "bars"),
    )
    rows = []
    for stage in shown:
        marks = [lengths.axis()]
        if moves:
            marks.append(lengths.bar("before", 0, earlier[stage]))
        marks.append(lengths.bar("ac", 0, number(now[stage].get("customers", 0))))
        cells = (
            Cell(names[stage]),
            *((Cell(basis.amount(earlier[stage])),) if moves else ()),
            Cell(basis.amount(now[stage].get("customers", 0))),
            Cell(basis.amount(now[stage].get("new", 0))),
            *((Cell(basis.amount(exact(now[stage].get("clv", 0)))),) if basis.in_money else ()),
            Cell(marks=tuple(marks)),
        )
        rows.append(Row(cells))
    return Table(text("Customers by stage"), columns, tuple(rows))


def _flow(basis: Basis, moves: list[Any]) -> Section:
    text = basis.language.text
    flow = StageFlow(tuple((before, now, customers) for before, now, customers in moves))
    draw = registry.load("reports.charts", "stage_flow")
    message = draw(flow, basis.language.code)["usermeta"]["message"]
    note = text("Rows: stage a year ago. Columns: stage today. Only customers who were known a year ago.")
    blocks = picture(draw, flow, basis.language, widths=PAIR)
    return Section(
        "stage_flow", message, text("Moves between the stages"), text("in one year, to {day}", day=basis.day), blocks, note=note, columns=6
    )


# ---------- alert ----------


def alert(basis: Basis) -> tuple[Section, ...]:
    """How often the alert was right when it was tried on the past."""
    facts = basis.figures.components.get("alert")
    if not facts or not facts["judged"]:
        return ()
    text = basis.language.text
    stake = "" if facts["loss"] is None else text("{amount} is at stake with them.", amount=basis.short(exact(facts["loss"])))
    overdue = basis.language.plural(
        "{n} of {all} customers with a repeat purchase is overdue today.",
        "{n} of {all} customers with a repeat purchase are overdue today.",
        facts["alerted"],
        all=facts["judged"],
    )
    days = facts.get("median_days_overdue")
    usual = (
        ""
        if not days
        else basis.language.plural("Half of them by more than {n} day.", "Half of them by more than {n} days.", round(number(days)))
    )
    now = Text(" ".join(each for each in (overdue, usual, stake) if each))
    tried, subject = facts.get("tried"), text("Alert on overdue customers")
    if not tried or tried["precision"] is None:
        message = text("How often the alert is right cannot be told from these data")
        return (Section("alert", message, subject, basis.day, (now,)),)
    message = text(
        "The alert is right in {share} of the cases; of all customers {base} stay away",
        share=basis.language.percent(tried["precision"], 0),
        base=basis.language.percent(tried["base_rate"], 0),
    )
    day = date.fromisoformat(tried["day"])
    unit = text("tried on {day} with what was known then, against the {days} days after", day=day, days=tried["days"])
    found = text(
        "It found {share} of the {n} customers who stayed away.",
        share=basis.language.percent(tried["recall"], 0),
        n=tried["stayed_away"],
    )
    note = text("Range: where the hit rate lies in 9 of 10 cases.") + " " + found
    return (Section("alert", message, subject, unit, (_tried(basis, tried), now), note=note),)


def _tried(basis: Basis, tried: Mapping[str, Any]) -> Table:
    text = basis.language.text
    lengths = scale([1.0])
    columns = (
        Column(text("Alerted"), "text"),
        Column(text("Customers"), wide=True),
        Column(text("Stayed away")),
        Column(text("Hit rate"), term="hits"),
        Column(text("Range"), wide=True),
        Column(text("Bar"), "bars"),
    )
    lines = [(text("the {n} with most at stake", n=one["k"]), one) for one in tried["first"]]
    lines.append((text("all who were overdue"), tried))
    rows = [
        Row(
            (
                Cell(name),
                Cell(basis.amount(one["alerted"])),
                Cell(basis.amount(one["hits"])),
                Cell(basis.language.percent(one["precision"], 0)),
                Cell(_range(basis, one["interval"])),
                Cell(marks=(lengths.axis(), lengths.bar("ac", 0, number(one["precision"])))),
            )
        )
        for name, one in lines
    ]
    base = (
        Cell(text("for comparison: all customers")),
        Cell(basis.amount(tried["customers"])),
        Cell(basis.amount(tried["stayed_away"])),
        Cell(basis.language.percent(tried["base_rate"], 0)),
        Cell(),
        Cell(marks=(lengths.axis(), lengths.bar("py", 0, number(tried["base_rate"])))),
    )
    return Table(text("How often the alert was right"), columns, (*rows, Row(base, "sum")))


def _range(basis: Basis, interval: Any) -> str:
    if not interval:
        return basis.language.percent(None)
    return f"{basis.language.percent(interval[0], 0)}{HARD_SPACE}– {basis.language.percent(interval[1], 0)}"


# ---------- ladder ----------


def ladder(basis: Basis) -> tuple[Section, ...]:
    """Customers by rung, with the share that climbed to each; what recommendations brought."""
    facts = basis.figures.components.get("ladder")
    if not facts or not any(facts["counts"].values()):
        return ()
    text, names, counts = basis.language.text, _rung_names(basis), facts["counts"]
    recommended = counts["recommender"] or "referral" in basis.figures.components
    hidden = {"prospect": not (counts["prospect"] or facts["leads"]), "recommender": not recommended}
    shown = [rung for rung in _RUNGS if not hidden.get(rung)]
    lengths = scale([number(counts[rung]) for rung in shown])
    rows = tuple(
        Row(
            (
                Cell(names[rung]),
                Cell(basis.amount(counts[rung])),
                Cell(basis.language.percent(facts["conversion"].get(rung), 0)),
                Cell(marks=(lengths.axis(), lengths.bar("ac", 0, number(counts[rung])))),
            )
        )
        for rung in shown
    )
    columns = (Column(text("Rung"), "text"), Column(text("Customers")), Column(text("Came this far")), Column(text("Bar"), "bars"))
    message = basis.language.plural(
        "{n} customer buys regularly; {recommenders} recommended others who bought",
        "{n} customers buy regularly; {recommenders} recommended others who bought",
        counts["regular"],
        recommenders=counts["recommender"],
    )
    if not recommended:
        # Nobody noted recommendations: none is not the same as unknown.
        message = basis.language.plural(
            "{n} customer buys regularly; {once} bought only once",
            "{n} customers buy regularly; {once} bought only once",
            counts["regular"],
            once=counts["first"],
        )
    note = text(
        "Each customer stands on the highest rung reached. Came this far: of those who reached the rung before. "
        "Regular: from {n} purchases.",
        n=facts["regular_purchases"],
    )
    table = Table(text("Customers by rung of the ladder"), columns, rows)
    blocks: tuple[Block, ...] = (table, *_referral(basis))
    unit = text("as of {day}", day=basis.day)
    return (Section("ladder", message, text("Ladder from prospect to recommender"), unit, blocks, note=note, columns=6),)


def _referral(basis: Basis) -> tuple[Text, ...]:
    facts = basis.figures.components.get("referral")
    if not facts or not facts.get("customers"):
        return ()
    text = basis.language.text
    came = basis.language.plural("{n} customer came by recommendation.", "{n} customers came by recommendation.", facts["customers"])
    worth = ""
    if facts.get("value") is not None:
        worth = text(
            "Their recommendations are worth {amount}; this is part of their own value and is not added to it.",
            amount=basis.short(exact(facts["value"])),
        )
    assumed = ""
    if facts.get("unknown"):
        assumed = text(
            "Of {n} nobody noted whether they would have come anyway; {share} of their value is assumed to be owed to the recommendation.",
            n=facts["unknown"],
            share=basis.language.percent(facts.get("share_new"), 0),
        )
    return (Text(" ".join(each for each in (came, worth, assumed) if each)),)


def _rung_names(basis: Basis) -> dict[str, str]:
    text = basis.language.text
    return {
        "prospect": text("Prospect"),
        "first": text("First purchase"),
        "repeat": text("Repeated purchase"),
        "regular": text("Regular customer"),
        "recommender": text("Recommender"),
    }

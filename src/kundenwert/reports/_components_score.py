"""Points and score: how they are spread, what is known of each criterion, and where money and points contradict each other."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kundenwert import registry
from kundenwert.records import ScoreBands
from kundenwert.reports._bars import scale
from kundenwert.reports._basis import Basis, customer, number
from kundenwert.reports._criteria_names import criterion_name
from kundenwert.reports._page import Cell, Column, Picture, Row, Section, Table, Text
from kundenwert.reports._pictures import PAIR, picture


def sections(basis: Basis) -> tuple[Section, ...]:
    """Distribution and criteria side by side, then the conflicts; nothing where nobody has a score."""
    facts = basis.figures.components.get("score")
    bands = basis.figures.lists.get("score", ())
    if not facts or not facts["rated"] or not bands:
        return ()
    text, counts = basis.language.text, {row["band"]: row["customers"] for row in bands}
    draw = registry.load("reports.charts", "score_bands")
    record = ScoreBands(tuple(counts.get(band, 0) for band in range(10)))
    message = draw(record, basis.language.code)["usermeta"]["message"]
    note = text(
        "{rated} of {all} customers have a score; of the weights, {share} are known on average.",
        rated=facts["rated"],
        all=facts["customers"],
        share=basis.language.percent(facts["mean_coverage"], 0),
    )
    unit = text("0 to 10, as of {day}", day=basis.day)
    shown = Section("score", message, text("Score"), unit, picture(draw, record, basis.language, widths=PAIR), note=note, columns=6)
    return (shown, _criteria(basis, facts), *_conflicts(basis, facts))


def _criteria(basis: Basis, facts: Mapping[str, Any]) -> Section:
    text, everyone = basis.language.text, max(facts["customers"], 1)
    told_or_counted = (one for one in facts["criteria"] if one["weight"] or one["missing"] < everyone)
    weighed = sorted(told_or_counted, key=lambda one: -one["weight"])
    lengths = scale([1.0])
    rows = []
    for one in weighed:
        told, rated = one["data"] / everyone, (one["rating"] + one["both"]) / everyone
        marks = (lengths.axis(), lengths.bar("ac", 0, told), lengths.bar("py", told, told + rated))
        cells = (
            Cell(criterion_name(one["name"], basis.language)),
            Cell(basis.language.percent(one["weight"], 0)),
            Cell(basis.amount(one["data"])),
            Cell(basis.amount(one["rating"] + one["both"])),
            Cell(basis.amount(one["missing"])),
            Cell(marks=marks),
        )
        rows.append(Row(cells))
    columns = (
        Column(text("Criterion"), "name", term="score"),
        Column(text("Weight")),
        Column(text("From data"), wide=True),
        Column(text("By people"), wide=True),
        Column(text("Unknown")),
        Column(text("Bar"), "bars"),
    )
    legend = Picture("", (), (("ac", text("from data")), ("py", text("by people"))))
    unknown = [one for one in weighed if one["weight"] > 0]
    gap = max(unknown, key=lambda one: one["weight"] * one["missing"], default=None)
    message = text("All criteria are known of all customers")
    if gap is not None and gap["missing"]:
        message = basis.language.plural(
            "“{name}” would add most: unknown of {n} customer",
            "“{name}” would add most: unknown of {n} customers",
            gap["missing"],
            name=criterion_name(gap["name"], basis.language),
        )
    table = Table(text("Criteria and where their points come from"), columns, tuple(rows))
    return Section("criteria", message, text("Criteria"), text("customers by source of their points"), (table, legend), columns=6)


def _conflicts(basis: Basis, facts: Mapping[str, Any]) -> tuple[Section, ...]:
    """Customers who are worth much with few points, and the other way round."""
    if not facts["money_high"] and not facts["points_high"]:
        return ()
    text = basis.language.text
    message = basis.language.plural(
        "{n} customer is worth much but has few points beyond money; {other} the other way round",
        "{n} customers are worth much but have few points beyond money; {other} the other way round",
        facts["money_high"],
        other=facts["points_high"],
    )
    names = {"money_high": text("much value, few points"), "points_high": text("little value, many points")}
    rows = tuple(
        Row(
            (
                customer(row["customer_id"], names.get(row["conflict"], "")),
                Cell(names.get(row["conflict"], row["conflict"])),
                Cell(basis.amount(row["clv"])),
                Cell(basis.language.number(row["score_ideational"], 1)),
                Cell(basis.language.number(row["score"], 1)),
            )
        )
        for row in basis.figures.lists.get("conflicts", ())
    )
    columns = (
        Column(text("Customer"), "name"),
        Column(text("Conflict"), "text", wide=True),
        Column(basis.with_unit(text("Expected value")), term="clv" if basis.in_money else ""),
        Column(text("Score beyond money"), term="beyond"),
        Column(text("Score"), wide=True),
    )
    note = text("Listed: of each kind those with the most expected value. Look at them before money or points alone decide.")
    blocks = (Table(text("Customers whose value and points contradict each other"), columns, rows),) if rows else (Text(note),)
    spread = basis.figures.lists.get("conflicts", ())
    worth = sum(number(row["clv"]) for row in spread if row["conflict"] == "money_high")
    more = text("Those listed with much value and few points: {amount}.", amount=basis.short(worth)) if basis.in_money and worth > 0 else ""
    return (
        Section(
            "conflicts",
            message,
            text("Value against points"),
            text("as of {day}", day=basis.day),
            blocks,
            note=f"{note} {more}".strip(),
        ),
    )

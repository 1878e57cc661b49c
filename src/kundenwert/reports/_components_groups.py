"""Customers in groups: segments, moves between value tiers, and how sure it is who belongs to the best tenth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from kundenwert import registry
from kundenwert.records.components import TierFlow
from kundenwert.reports._bars import scale
from kundenwert.reports._basis import Basis, exact, number
from kundenwert.reports._page import Block, Cell, Column, Facts, Fold, Picture, Row, Section, Table, Text
from kundenwert.reports._pictures import PAIR, picture
from kundenwert.reports.charts._words import measure, measure_names

# Below so many customers a group says little of the kind of customer it stands for.
_FEW = 10
_OTHERS = "…"


def group_table(basis: Basis, groups: Sequence[Mapping[str, Any]], *, by: str, caption: str, column: Column, names: Sequence[str]) -> Table:
    """Size and value of each group, with the share of customers and of value as bars. by: the measure the shares are of."""
    text, heads = basis.language.text, measure_names(basis.language)
    beside = [each for each in ("db4", "potential") if each != by and all(one["sums"].get(each) is not None for one in groups)]
    lengths = scale([number(each) for one in groups for each in (one["customer_share"], one["shares"].get(by))])
    columns = (
        column,
        Column(text("Customers")),
        Column(text("Share of customers"), wide=True),
        Column(basis.with_unit(heads[by])),
        Column(text("Share")),
        *(Column(basis.with_unit(heads[each]), wide=True) for each in beside),
        Column(text("Bar"), "bars"),
    )
    rows = [
        Row(
            (
                Cell(name),
                Cell(basis.amount(one["customers"])),
                Cell(basis.language.percent(one["customer_share"])),
                Cell(basis.amount(exact(one["sums"].get(by)))),
                Cell(basis.language.percent(one["shares"].get(by))),
                *(Cell(basis.amount(exact(one["sums"][each]))) for each in beside),
                Cell(
                    marks=(
                        lengths.axis(),
                        lengths.bar("before", 0, number(one["customer_share"])),
                        lengths.bar("ac" if number(one["shares"].get(by)) >= 0 else "neg", 0, number(one["shares"].get(by))),
                    )
                ),
            )
        )
        for name, one in zip(names, groups, strict=True)
    ]
    return Table(caption, columns, tuple(rows))


# ---------- segments ----------


def segments(basis: Basis) -> tuple[Section, ...]:
    """What each group of customers is worth: the most important grouping as a table, the others folded."""
    facts = basis.figures.components.get("segments")
    found = _groupings(facts["segments"]) if facts else {}
    if not found:
        return ()
    text, by, language = basis.language.text, "clv", basis.language
    first, *others = found
    legend = Picture("", (), (("before", text("Share of customers")), ("ac", measure(by, language).share)))
    folds = tuple(Fold(_by(name, basis), (_segment_table(basis, name, found[name]),)) for name in others)
    blocks: tuple[Block, ...] = (_segment_table(basis, first, found[first]), legend, *folds)
    unit = text("as of {day}, {measure}", day=basis.day, measure=measure(by, language).noun)
    return (Section("segments", _standing_out(basis, first, found[first]), text("Segments"), unit, blocks),)


def _groupings(rows: Sequence[Mapping[str, Any]]) -> dict[str, list[Mapping[str, Any]]]:
    """Those in which there is something to compare, in the order of the setting that the last of the facts keeps."""
    found: dict[str, list[Mapping[str, Any]]] = {}
    for row in rows:
        found.setdefault(row["grouping"], []).append(row)
    told = {name: groups for name, groups in found.items() if sum(one["name"] is not None for one in groups) > 1}
    order = ("segment", "industry", "region", "kind", "team")
    return dict(sorted(told.items(), key=lambda one: order.index(one[0]) if one[0] in order else len(order)))


def _by(grouping: str, basis: Basis) -> str:
    text = basis.language.text
    names = {
        "segment": text("By segment"),
        "industry": text("By industry"),
        "region": text("By region"),
        "kind": text("By kind of customer"),
        "team": text("By sales team"),
        "account_manager": text("By account manager"),
    }
    return names.get(grouping, grouping)


def segment_name(grouping: str, name: str | None, basis: Basis) -> str:
    """A segment as people call it; what is not known is said so."""
    text = basis.language.text
    if name is None:
        return text("not known")
    if name == _OTHERS:
        return text("all others")
    kinds = {"b2b": text("Companies"), "b2c": text("Private persons")}
    return kinds.get(name, name) if grouping == "kind" else name


def _segment_table(basis: Basis, grouping: str, groups: Sequence[Mapping[str, Any]]) -> Table:
    column = Column(basis.language.text("Segment"), "text")
    names = [segment_name(grouping, one["name"], basis) for one in groups]
    return replace(group_table(basis, groups, by="clv", caption=_by(grouping, basis), column=column, names=names), visible_caption=True)


def _standing_out(basis: Basis, grouping: str, groups: Sequence[Mapping[str, Any]]) -> str:
    """The segment whose share of the value is farthest above its share of the customers."""
    language, by = basis.language, "clv"
    named = [one for one in groups if one["name"] not in (None, _OTHERS) and one["shares"].get(by) is not None]
    enough = [one for one in named if one["customers"] >= _FEW] or named
    if not enough:
        return language.text("What the segments are worth")
    best = max(enough, key=lambda one: number(one["shares"][by]) - number(one["customer_share"]))
    return language.plural(
        "{name}: {n} customer, {part} of all, has {share} {of}",
        "{name}: {n} customers, {part} of all, have {share} {of}",
        best["customers"],
        name=segment_name(grouping, best["name"], basis),
        part=language.percent(best["customer_share"], 0),
        share=language.percent(best["shares"][by], 0),
        of=measure(by, language).of,
    )


# ---------- who went where ----------


def tier_flow(basis: Basis) -> tuple[Section, ...]:
    """Moves between the value tiers since the run of an earlier day."""
    facts = basis.figures.components.get("tiers")
    if not facts or not facts.get("moves"):
        return ()
    moves = tuple((move["before"], move["now"], move["customers"]) for move in facts["moves"])
    found = [tier["name"] for tier in facts["tiers"] if tier["name"] is not None]
    # A tier may be empty today and have had customers then.
    earlier = [name for name in dict.fromkeys((*facts["limits"], *(before for before, _, _ in moves))) if name is not None]
    names = tuple(name for name in earlier if name in found or any(name in move[:2] for move in moves))
    flow, draw = TierFlow(names, moves), registry.load("reports.charts", "tier_flow")
    text, message = basis.language.text, draw(TierFlow(names, moves), basis.language.code)["usermeta"]["message"]
    note = text("Rows: tier in the run before. Columns: tier today. A tier is a place in a row: who falls may be worth as much as before.")
    blocks = picture(draw, flow, basis.language, widths=PAIR)
    unit = text("since the run before, to {day}", day=basis.day)
    return (Section("tier_flow", message, text("Moves between value tiers"), unit, blocks, note=note, columns=6),)


# ---------- how sure it is ----------


def top_chance(basis: Basis) -> tuple[Section, ...]:
    """How many of the best by expected value should still be among the best when all is known."""
    facts = basis.figures.components.get("top_chance")
    if not facts or not facts["top"] or facts["threshold"] <= 0:
        return ()
    text, language = basis.language.text, basis.language
    share = language.percent(facts["share"], 0)
    message = language.plural(
        "Nobody knows yet who is the most valuable customer",
        "Of the {n} most valuable customers {expected} should still be among them when all is known",
        facts["top"],
        expected=language.number(facts["top_expected"], 0),
    )
    shown = Facts(
        (
            (text("As good as certain"), basis.amount(facts["certain"]), text("chance of 90% or more")),
            (text("Less than an even chance"), basis.amount(facts["top_unsure"]), text("and yet among the {n} today", n=facts["top"])),
            (text("What it takes"), basis.short(facts["threshold"]), text("or more {within}", within=basis.within_years)),
        )
    )
    words = text("A list of the best is a snapshot: what customers near its end bring is uncertain, and others may take their place.")
    unit = text("the best {share} by value {within}, from {day}", share=share, within=basis.within_years, day=basis.day)
    note = text("The chance of each customer stands on the customer's page and in the value table.")
    subject = text("How sure the list of the best is")
    return (Section("top_chance", message, subject, unit, (shown, Text(words)), note=note, columns=6),)

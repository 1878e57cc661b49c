"""Value as a multiple of last year's margin, with the share of customers who stay counted from the base itself (R06, R15)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from kundenwert.records import Notice
from kundenwert.settings import Setting
from kundenwert.value.components._component import Basis, Built, Component
from kundenwert.value.components._margin import open_margin_year
from kundenwert.value.components._options import number, some_of, whole, yes_or_no

if TYPE_CHECKING:
    from kundenwert.engines._engine import Engine

_LEVEL = 0.9


def _build(engine: Engine, basis: Basis) -> Built:
    options = basis.options
    by = next((name for name in options["by"] if f"customers.{name}" in basis.given), "")
    measured = open_margin_year(engine, basis)
    engine.table("margin_multiple_year", "value/components/margin_multiple_year.sql", as_of=basis.as_of, by=by)
    rate = basis.discount_rate if options["rate"] is None else options["rate"]
    rows = engine.rows("value/components/margin_multiple_groups.sql")
    industries = _industries(engine, basis, by)
    groups = [_worth(one, rate, options, _growth(one["name"], industries, options)) for one in _retained(rows, options)]
    names = ("name", "mean", "retention", "low", "high", "end", "today")
    told = groups or [{"name": "", **dict.fromkeys(names[1:])}]
    nothing = float("nan")
    engine.load("margin_groups", {name: [nothing if row[name] is None else row[name] for row in told] for name in names})
    engine.table("component_margin_multiple", "value/components/margin_multiple.sql", weight=options["weight"])
    for table in ("margin_year", "margin_multiple_year", "margin_groups"):
        engine.drop(table)
    facts = {"by": by, "margin": measured, "rate": rate, "growth": options["growth"], "given": options["retention"] is not None}
    years = basis.value_horizon_days / 365.25
    notices = [*_notices(groups), *_notices_of(options, by, industries)]
    return Built({**facts, "industries": len(industries), "groups": [_told(one, rate, years) for one in groups]}, tuple(notices))


def _industries(engine: Engine, basis: Basis, by: str) -> dict[str, float]:
    """Growth a year of each industry, where it is asked for and groups are industries."""
    if not basis.options["industry_growth"] or by != "industry":
        return {}
    return {row["name"]: row["growth"] for row in engine.rows("value/components/margin_multiple_industries.sql", as_of=basis.as_of)}


def _growth(name: str, industries: Mapping[str, float], options: Mapping[str, Any]) -> float:
    """The growth of a group: that of its industry, else the setting."""
    found: float = industries.get(name.strip().lower(), options["growth"])
    return found


def _notices_of(options: Mapping[str, Any], by: str, industries: Mapping[str, float]) -> Iterator[Notice]:
    if options["industry_growth"] and not industries:
        text = (
            "Growth of industries is asked for but not used by the margin multiple: groups are made by {by}, and the table of growth names "
            '{count} industries for them. Set by = ["industry"] and name the table growth.'
        )
        yield Notice("margin_multiple_growth", text, {"by": by or "nothing", "count": len(industries)})


def _retained(rows: Sequence[Mapping[str, Any]], options: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Each group with the share who stay and the mean margin: its own where it is large enough, else those of all."""
    names = ("customers", "stayed", "active", "margin")
    everybody = {name: sum(row[name] for row in rows) for name in names}
    for row in rows:
        counted = row if row["customers"] >= options["least"] else everybody
        earning = row if row["active"] >= options["least"] else everybody
        yield {
            "name": row["name"],
            "customers": counted["customers"],
            "stayed": counted["stayed"],
            "is_own": counted is row,
            "mean": float(earning["margin"] / earning["active"]) if earning["active"] else 0.0,
            "active": row["active"],
        }


def _worth(group: dict[str, Any], rate: float, options: Mapping[str, Any], growth: float) -> dict[str, Any]:
    """The share who stay with its bounds, and both multiples; None where nothing can be said."""
    from kundenwert.stats.proportions import wilson
    from kundenwert.value.parametric.margin_multiple import margin_multiple

    found = {**group, "growth": growth, "retention": options["retention"], "low": None, "high": None, "end": None, "today": None}
    if found["retention"] is None and group["customers"] >= options["least"]:
        low, high = wilson(group["stayed"], group["customers"], _LEVEL)
        # No share counted from a sample is quite 1: a base of 30 from which nobody has left is not one from which nobody ever will.
        found.update(retention=(group["stayed"] + 0.5) / (group["customers"] + 1), low=low, high=high)
    kept = found["retention"]
    if kept is not None and kept * (1 + growth) < 1 + rate:
        found["end"], found["today"] = (
            float(margin_multiple(kept, rate, timing=timing, growth=growth)) for timing in ("end of period", "today")
        )
    return found


def _told(group: Mapping[str, Any], rate: float, years: float) -> dict[str, Any]:
    """What the manifest keeps of a group; beyond: share of the value beyond the value horizon."""
    names = ("name", "customers", "stayed", "is_own", "active", "retention", "low", "high", "growth", "end", "today")
    beyond = None if group["end"] is None else (group["retention"] * (1 + group["growth"]) / (1 + rate)) ** years
    return {**{name: group[name] for name in names}, "beyond": beyond}


def _notices(groups: Sequence[Mapping[str, Any]]) -> Iterator[Notice]:
    if any(group["retention"] is None for group in groups):
        text = "Too few customers bought in the year before last to count who stays: {customers}. The margin multiple says nothing."
        yield Notice("margin_multiple_few", text, {"customers": max(group["customers"] for group in groups)})
    elif any(group["end"] is None for group in groups):
        text = "Margins that grow faster than interest and leaving take away have no value without end: the margin multiple says nothing."
        yield Notice("margin_multiple_no_end", text)


def _line(row: Mapping[str, Any]) -> Notice | None:
    if row["margin_clv"] is None:
        return None
    text = (
        "By the margin multiple: {margin:,.2f¤} a year, {retention:.0%} of such customers stay each year, worth {value:,.2f¤} "
        "(first margin at the end of the year) or {today:,.2f¤} (today)."
    )
    values = {"margin": row["margin_expected"], "retention": row["retention_year"]}
    return Notice("margin_multiple", text, {**values, "value": row["margin_clv"], "today": row["margin_clv_today"]})


PLUGIN = Component(
    title="Value by the margin multiple",
    formula="margin of a year x r / (1 + i - r (1 + g)); with the first margin today x (1 + i) / (1 + i - r (1 + g))",
    source="Gupta and Lehmann 2003, Journal of Interactive Marketing 17(1), and 2005",
    columns={
        "margin_year": "What the customer brought in the last 365 days: contribution IV, else I, else booked revenue.",
        "margin_expected": "The same, drawn to the mean of the group the more the fewer purchases there are; an estimate.",
        "retention_year": "Share of customers of the group who bought in the year before last and again in the last one; an estimate.",
        "retention_low": "Lower bound of this share (90 % interval); empty where the share was given by hand.",
        "retention_high": "Upper bound of this share.",
        "margin_clv": "margin_expected times the multiple, without end, the first margin at the end of the first year.",
        "margin_clv_today": "The same with the first margin today.",
    },
    build=_build,
    needs=(("rhythm.now",), ("value.money",)),
    options=(
        Setting("retention", None, "Share of customers who stay each year, by hand; without it counted from the log.", number(0, 1)),
        Setting("growth", 0.0, "Growth of the margin a year.", number(-0.5, 0.5)),
        Setting(
            "industry_growth",
            default=False,
            sentence='Whether the table growth says how the margin of an industry grows, in place of `growth`; needs by = ["industry"].',
            read=yes_or_no,
        ),
        Setting("rate", None, "Interest a year; without it the discount rate of the run.", number(0, 2)),
        Setting(
            "by",
            ("segment", "kind"),
            "By what customers are grouped, the first that is known: segment, kind (business or private), industry, region.",
            some_of("segment", "kind", "industry", "region"),
        ),
        Setting("least", 30, "How many customers of the year before last a group must have; smaller ones count as all.", whole(5, 100_000)),
        Setting("weight", 2.0, "As how many purchases the mean margin of the group counts beside the customer's own.", number(0, 100)),
    ),
    line=_line,
)

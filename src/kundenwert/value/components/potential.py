"""What a customer could bring in a year beside what it brings: demand, gap, contribution I to IV, open offers (R04, R11, R12, R50)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from kundenwert.records import Notice
from kundenwert.settings import Setting
from kundenwert.value.components._component import Basis, Built, Component
from kundenwert.value.components._margin import open_contribution_year
from kundenwert.value.components._options import number, whole

if TYPE_CHECKING:
    from kundenwert.engines._engine import Engine

# By what potential is parted on the map, the first that is known, and how large the map is.
_SEGMENTS = ("segment", "industry", "region")
_MOST_SEGMENTS, _MOST_GROUPS, _MOST_STAGES = 10, 12, 12


def gap_of(actual: float, potential: float, contribution: float) -> float:
    """What the gap between potential and actual revenue would bring, at the customer's own share of contribution.

    actual, potential: revenue a year, contribution: of the actual revenue, all in one currency; actual above 0.
    A customer who buys a fifth of its demand from us has a gap of four times its contribution:

    >>> gap_of(20_000.0, 100_000.0, 4_600.0)
    18400.0
    """
    return (potential - actual) / actual * contribution


def _build(engine: Engine, basis: Basis) -> Built:
    if basis.yardstick == "contribution":
        open_contribution_year(engine, basis)
    else:
        engine.table("contribution_year", "value/components/contribution_year_plain.sql")
    offers = _open_offers(engine, basis)
    options = {name: basis.options[name] for name in ("reach", "least_purchases")}
    engine.table("component_potential", "value/components/potential.sql", as_of=basis.as_of, **options)
    found = engine.rows("value/components/potential_facts.sql")
    facts = {**options, "potentials": found, "map": _map(engine, basis), "offers": offers, "leads": _leads(engine, basis)}
    for name in ("potential_offers", "potential_chances"):
        engine.drop(name)
    return Built(facts, tuple(_notices(found)))


def _open_offers(engine: Engine, basis: Basis) -> dict[str, Any] | None:
    """Makes the tables of offers and of their chances; what the manifest keeps of them, None without offers."""
    engine.table("potential_offers", "value/components/potential_offers.sql", as_of=basis.as_of, offer_days=basis.options["offer_days"])
    engine.table("potential_chances", "value/components/potential_chances.sql", least=basis.options["least_offers"])
    if "offers.offer_id" not in basis.given:
        return None
    stages = engine.rows("value/components/potential_stages.sql", most=_MOST_STAGES)
    if not stages:
        return {"decided": 0, "won": 0, "chance": None, "open": []}
    names = ("stage", "won", "decided", "open", "chance")
    told = [{**{name: row[name] for name in names}, "amount": f"{row['open_amount']:.2f}"} for row in stages if row["open"]]
    first = stages[0]
    return {"decided": first["all_decided"], "won": first["all_won"], "chance": first["chance_of_all"], "open": told}


def _leads(engine: Engine, basis: Basis) -> dict[str, Any] | None:
    if "leads.customer_id" not in basis.given:
        return None
    (found,) = engine.rows("value/components/potential_leads.sql", as_of=basis.as_of, offer_days=basis.options["offer_days"])
    if not found["won"]:
        return {**found, "revenue_each": None, "expected": None}
    expected = found["open"] * found["revenue_each"] * found["won"] / found["older"]
    return {**found, "revenue_each": str(found["revenue_each"]), "expected": f"{expected:.2f}"}


def _map(engine: Engine, basis: Basis) -> dict[str, Any]:
    by = next((name for name in _SEGMENTS if f"customers.{name}" in basis.given), "")
    rows = engine.rows("value/components/potential_map.sql", as_of=basis.as_of, by=by, segments=_MOST_SEGMENTS, groups=_MOST_GROUPS)
    return {"by": by, "gaps": [[row["segment"], row["product_group"], str(row["gap"])] for row in rows]}


def _notices(found: list[dict[str, Any]]) -> Iterator[Notice]:
    assumed = sum(row["customers"] for row in found if row["basis"] == "assumption")
    if assumed:
        text = "Potentials of customers without a source: {count}. They are marked as an assumption."
        yield Notice("potential_assumed", text, {"count": assumed})
    exceeded = sum(row["above_estimate"] for row in found)
    if exceeded:
        text = (
            "Customers who already buy more than their potential is said to be: {count}. Those estimates are too low; "
            "their gap counts as none."
        )
        yield Notice("potential_exceeded", text, {"count": exceeded})


def _line(row: Mapping[str, Any]) -> Notice | None:
    if row["potential_revenue"] is None or not row["gap_revenue"]:
        return None
    values = {"potential": row["potential_revenue"], "gap": row["gap"], "reach": row["gap_within_reach"]}
    if row["gap"] < 0:
        text = "Could buy {potential:,.2f¤} a year. At today's terms that would bring {loss:,.2f¤} less, not more: terms come first."
        return Notice("potential_loss", text, {**values, "loss": -row["gap"]})
    if row["share_of_wallet"] is None:
        text = "Up to the benchmark of comparable customers {gap:,.2f¤} a year are missing, of which {reach:,.2f¤} count as within reach."
        return Notice("potential_peers", text, values)
    values |= {"share": row["share_of_wallet"], "source": row["potential_source"], "day": row["potential_date"]}
    if row["potential_source"] == "assumption":
        text = (
            "Demand of {potential:,.2f¤} a year, an assumption without a source; we have {share:.0%} of it. "
            "The gap is worth {gap:,.2f¤} a year, of which {reach:,.2f¤} count as within reach."
        )
        return Notice("potential_assumption", text, values)
    if row["potential_date"] is None:
        text = (
            "Demand of {potential:,.2f¤} a year ({source}); we have {share:.0%} of it. "
            "The gap is worth {gap:,.2f¤} a year, of which {reach:,.2f¤} count as within reach."
        )
        return Notice("potential_undated", text, values)
    text = (
        "Demand of {potential:,.2f¤} a year ({source}, {day}); we have {share:.0%} of it. "
        "The gap is worth {gap:,.2f¤} a year, of which {reach:,.2f¤} count as within reach."
    )
    return Notice("potential", text, values)


PLUGIN = Component(
    title="Potential and gap",
    formula="gap = potential revenue less actual revenue of a year, times the customer's own share of contribution",
    source="share of wallet: demand in the customer records, else the benchmark of peers; offers by the counted chance of their stage",
    columns={
        "potential_revenue": "What the customer could buy from us in a year, in the reporting currency: its estimated demand, else the "
        "benchmark of its peers; at least what it buys.",
        "potential_source": "Where that comes from: the source given, `assumption` where none is given, `peers` for the benchmark.",
        "potential_date": "The day of the estimate; the as-of day for the benchmark.",
        "share_of_wallet": "Own revenue of the year over the estimated demand; above 1 the estimate is too low. Empty without an estimate.",
        "gap_revenue": "Potential less actual revenue of a year, in the reporting currency.",
        "db1_year": "Contribution I of the last 365 days, in the reporting currency.",
        "db2_year": "Contribution II of the last 365 days.",
        "db3_year": "Contribution III of the last 365 days.",
        "db4_year": "Contribution IV of the last 365 days.",
        "potential_db1": "Contribution I a year at the potential, before the factor of reach.",
        "potential_db2": "Contribution II a year at the potential.",
        "potential_db3": "Contribution III a year at the potential.",
        "potential_db4": "Contribution IV a year at the potential.",
        "gap": "Potential less actual contribution I of a year (revenue, where no cost is known), before the factor of reach.",
        "gap_within_reach": "The gap times the factor of reach.",
        "opportunities": "Open offers, each times the counted chance of its stage, in revenue; part of the potential, not beside it.",
    },
    build=_build,
    needs=(("value.money",),),
    after=("peers",),
    standing="potential",
    options=(
        Setting("reach", 0.25, "Which share of a gap counts as within reach in a year: an assumption.", number(0.0, 1.0)),
        Setting(
            "least_purchases",
            3,
            "Days with a purchase in the year from which on a customer's gap earns its own share of contribution, else that of all.",
            whole(1, 1000),
        ),
        Setting(
            "offer_days",
            180,
            "After how many days an offer nobody has decided, or a lead that has not become a customer, is no longer open.",
            whole(1, 3650),
        ),
        Setting("least_offers", 20, "How many offers must be decided before their chance is told.", whole(1, 100_000)),
    ),
    line=_line,
)

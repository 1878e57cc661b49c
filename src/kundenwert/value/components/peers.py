"""What comparable customers buy: a benchmark of the same industry, size and region, and how far a customer is below it (R04)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from kundenwert.records import Notice
from kundenwert.settings import Setting
from kundenwert.value.components._component import Basis, Built, Component
from kundenwert.value.components._options import number, some_of, whole

if TYPE_CHECKING:
    from kundenwert.engines._engine import Engine

# What each attribute rests on in the customer records.
_ROLES = {"industry": "industry", "size": "employees", "region": "region", "kind": "kind", "segment": "segment"}


def _build(engine: Engine, basis: Basis) -> Built:
    options = basis.options
    names = [name for name in options["by"] if f"customers.{_ROLES[name]}" in basis.given]
    # Without any attribute nobody is comparable: a group of at least one customer that never comes.
    least = options["least"] if names else 1 << 62
    engine.table("peers_year", "value/components/peers_year.sql", as_of=basis.as_of, names=names)
    engine.table("component_peers", "value/components/peers.sql", names=names, quantile=options["quantile"], least=least)
    engine.drop("peers_year")
    found = engine.rows("value/components/peers_facts.sql")
    facts = {"by": names, "quantile": options["quantile"], "least": options["least"], "compared": found}
    return Built(facts, tuple(_notices(names, found)))


def _notices(names: list[str], found: list[dict[str, Any]]) -> Iterator[Notice]:
    by_all = sum(row["customers"] for row in found if row["compared_by"] == "all")
    if names and by_all:
        text = "Customers for whom no group of comparable ones is large enough, compared with all customers instead: {count}."
        yield Notice("peers_all", text, {"count": by_all})


def _line(row: Mapping[str, Any]) -> Notice | None:
    if row["peer_revenue"] is None:
        return None
    values = {"peers": row["peers"], "benchmark": row["peer_revenue"], "own": row["revenue_year"], "group": row["peer_group"]}
    if row["peer_attributes"] == "all":
        text = "Benchmark of all {peers} customers: {benchmark:,.2f¤} of revenue a year. This customer: {own:,.2f¤}."
        return Notice("peers_of_all", text, values)
    text = "Benchmark of {peers} comparable customers ({group}): {benchmark:,.2f¤} of revenue a year. This customer: {own:,.2f¤}."
    return Notice("peers", text, values)


PLUGIN = Component(
    title="Comparable customers",
    formula="75 % quantile of last year's revenue of customers with the same industry, size and region, less the customer's own",
    source="benchmarking within comparable accounts; EU recommendation 2003/361/EC for classes of size",
    columns={
        "revenue_year": "Booked revenue of the last 365 days, in the reporting currency.",
        "peer_attributes": "By what the customer is compared: names of attributes, or all; empty where it cannot be.",
        "peer_group": "The values of these attributes.",
        "peers": "How many customers are in that group, this one included.",
        "peer_revenue": "The benchmark: revenue a year at the quantile of the group, in the reporting currency.",
        "peer_gap": "How far the customer is below the benchmark, in revenue a year; 0 at or above it.",
    },
    build=_build,
    needs=(("value.money",),),
    standing="potential",
    options=(
        Setting(
            "by",
            ("industry", "size", "region"),
            "By what customers are comparable, the most important first; where a group is too small the last known one is dropped: "
            "industry, size (number of employees), region, kind (business or private), segment.",
            some_of(*_ROLES),
        ),
        Setting(
            "quantile",
            0.75,
            "Which customer of the group is the benchmark: 0.75 means that a quarter buys as much or more.",
            number(0.5, 0.99),
        ),
        Setting("least", 30, "How many customers a group must have; smaller ones give way to the next broader one.", whole(3, 100_000)),
    ),
    line=_line,
)

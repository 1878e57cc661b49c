"""Segments: what the customers of an industry, a region, a kind or a sales team are worth together (R02, R85)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from kundenwert.records import Notice
from kundenwert.settings import Setting
from kundenwert.value.components._component import Basis, Built, Component
from kundenwert.value.components._groups import groups, open_money
from kundenwert.value.components._options import some_of, whole

if TYPE_CHECKING:
    from kundenwert.engines._engine import Engine

TEAM: Final = 5
"""How many people a sales team must have, so that its figures are nobody's own."""
_ATTRIBUTES: Final = ("segment", "industry", "region", "kind")
# Figures by person judge employees: told only where somebody has released them.
_PERSON: Final = "account_manager"
_RELEASED: Final = "register.by_person"


def _build(engine: Engine, basis: Basis) -> Built:
    names = [name for name in basis.options["by"] if f"customers.{name}" in basis.given and (name != _PERSON or _RELEASED in basis.given)]
    is_barred = _PERSON in basis.options["by"] and _RELEASED not in basis.given
    teams, small = _open_teams(engine, basis)
    grouped = [*names, *(["team"] if teams else [])]
    measures = open_money(engine, basis)
    engine.table("segments_known", "value/components/segments_known.sql", names=grouped)
    engine.table("grouped", "value/components/segments_grouped.sql", most=basis.options["most"])
    engine.table("component_segments", "value/components/segments.sql", first=names[0] if names else "")
    facts = {"by": grouped, "teams": None if not basis.options["teams"] else bool(teams), "segments": groups(engine, measures)}
    for table in ("segments_known", "grouped", "segment_teams"):
        engine.drop(table)
    return Built(facts, tuple(_notices(small, is_barred=is_barred)))


def _open_teams(engine: Engine, basis: Basis) -> tuple[bool, list[str]]:
    """Makes table `segment_teams`: account_manager, team. Gives whether teams may be told, and which are too small."""
    chosen = basis.options["teams"] if "customers.account_manager" in basis.given else {}
    pairs = [(person, team) for team, people in chosen.items() for person in people]
    people, teams = ([pair[place] for pair in pairs] or [""] for place in (0, 1))
    engine.load("segment_teams", {"account_manager": people, "team": teams})
    small = [row["team"] for row in engine.rows("value/components/segments_teams.sql") if row["people"] < TEAM] if chosen else []
    return bool(chosen) and not small, small


def _notices(small: list[str], *, is_barred: bool) -> Iterator[Notice]:
    if is_barred:
        text = "Values by account manager are left out: they judge employees, and nobody has released them (`kundenwert release`)."
        yield Notice("segments_by_person", text)
    if small:
        text = "Values by sales team are left out: fewer than {least} people look after the customers of {teams}."
        yield Notice("segments_teams", text, {"least": TEAM, "teams": ", ".join(name or "–" for name in small)})


def _line(row: Mapping[str, Any]) -> Notice | None:
    if row["segment_mean_clv"] is None or row["clv"] is None:
        return None
    text = "The {count} customers of {name} have a residual value of {mean:,.2f¤} on average; this one {own:,.2f¤}."
    values = {"count": row["segment_customers"], "name": row["segment_name"], "mean": row["segment_mean_clv"], "own": row["clv"]}
    return Notice("segment", text, values)


def _read_teams(value: Any) -> dict[str, tuple[str, ...]]:
    expected = f"teams of at least {TEAM} account managers, nobody in two, such as {{north = [five names or more]}}"
    if not isinstance(value, Mapping) or not all(isinstance(people, list | tuple) for people in value.values()):
        raise ValueError(expected)
    found = {str(team).strip(): tuple(str(person).strip() for person in people) for team, people in value.items()}
    everybody = [person for people in found.values() for person in people]
    if len(set(everybody)) < len(everybody) or "" in everybody or "" in found or any(len(people) < TEAM for people in found.values()):
        raise ValueError(expected)
    return found


PLUGIN = Component(
    title="Segments",
    formula="sum of the members' money; each customer is a member once, so segments add up to all customers",
    source="definitions: level segment; recommended grouping by the company's own segments, industry, region and kind",
    columns={
        "segment_by": "The attribute of the customer's segment: the first of the setting that is in the data.",
        "segment_name": "The customer's segment; empty where the attribute is not known.",
        "segment_customers": "How many customers are in that segment.",
        "segment_mean_clv": "Their mean residual value, in the reporting currency.",
    },
    build=_build,
    needs=(("value.money",), ("customers.segment", "customers.industry", "customers.region", "customers.kind")),
    reads=("potential",),
    options=(
        Setting(
            "by",
            _ATTRIBUTES,
            "By what customers are grouped, the most important first: segment, industry, region, kind; account_manager where released.",
            some_of(*_ATTRIBUTES, _PERSON),
        ),
        Setting(
            "most",
            20,
            "How many segments of an attribute are told one by one, the largest first; the others stand together.",
            whole(2, 200),
        ),
        Setting(
            "teams",
            {},
            f"Sales teams with the names of their account managers, at least {TEAM} each; without it nothing is told by account manager.",
            _read_teams,
        ),
    ),
    line=_line,
)

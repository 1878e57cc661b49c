"""The screen of the portfolio: customers by attractiveness and our position in four or nine fields, who moved, who stands on top of each
field, and the criteria with their weights. A reader who sees some account managers' customers only has a portfolio of these."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kundenwert.engines import open_engine
from kundenwert.engines._engine import Reading
from kundenwert.flows.customer_list import open_list
from kundenwert.flows.customer_list_files import LIST
from kundenwert.flows.customer_list_query import Query, filters
from kundenwert.flows.index import kept
from kundenwert.flows.objection import load_objectors, objectors
from kundenwert.runs import store
from kundenwert.value.components.portfolio import FIELDS, NINE

if TYPE_CHECKING:
    from kundenwert.engines._engine import Engine
    from kundenwert.flows.customer_list import CustomerList
    from kundenwert.runs.store import Run

# Views: the column of the list, and its fields from low to high attractiveness, from weak to strong position.
VIEWS: Mapping[str, tuple[str, tuple[tuple[str, ...], ...]]] = {
    "nine": ("portfolio_nine", NINE),
    "four": ("portfolio", (("incidental", "earning"), ("question", "star"))),
}
BUBBLES, TOP, MOVERS = 12, 5, 20
# How far before the as-of day a run is wanted as comparison.
_YEAR = timedelta(days=365)
assert {name for row in VIEWS["four"][1] for name in row} == set(FIELDS)  # noqa: S101


def has_portfolio(project: Path, run: str) -> bool:
    """Whether the run places customers at all."""
    return bool(_facts(store.read(project, run)).get("fields"))


def portfolio_page(project: Path, run: str, *, view: str = "nine", managers: frozenset[str] | None = None) -> dict[str, Any]:
    """What the screen shows, without words; only customers that this reader may see. view: "nine" or "four".

    fields: by row and column, with customers, value, contribution, share of the value and the largest customers (`top`). spots: the
    customers of most value, with their places now and before. before: the run compared with, None without one; moves, movers: between
    fields since then. without: customers without a field. criteria: both axes with weight and known share. limits: where fields begin.
    """
    if view not in VIEWS:
        view = "nine"
    return kept(project, run, f"portfolio.2-{view}", lambda: _made(project, run, view, managers), managers=managers)


def _made(project: Path, run: str, view: str, managers: frozenset[str] | None) -> dict[str, Any]:
    source, listed = store.read(project, run), open_list(project, run)
    facts = _facts(source)
    everybody = listed.totals(filters(), managers=managers)
    about = {"view": view, "as_of": source.manifest["as_of"], "customers": everybody.count, "year": _year_of(listed)}
    if not facts.get("fields"):
        return {**about, "has_portfolio": False, "criteria": {}, "fields": [], "spots": [], "before": None, "moves": [], "movers": []}
    column, places = VIEWS[view]
    fields = _fields(listed, column, places, managers)
    before = _earlier(project, source)
    with open_engine() as engine:
        load_objectors(engine, objectors(project))
        _open(engine, listed, source, before, column)
        spots = _placed(engine, _shown(listed, column, places, fields, managers))
        owners = None if managers is None else sorted(managers)
        engine.table("portfolio_owned", "value/screens/portfolio_owned.sql", managers=owners)
        moves = engine.rows("value/screens/portfolio_moves.sql") if before else []
        movers = engine.rows("value/screens/portfolio_movers.sql", count=MOVERS) if before else []
    return {
        **about,
        "has_portfolio": True,
        "fields": fields,
        "without": everybody.count - sum(one["customers"] for one in fields),
        "limits": [facts["limit"]] if view == "four" else list(facts["limits"]),
        "spots": spots,
        "before": before.manifest["as_of"] if before else None,
        "moves": [[row["before"], row["now"], row["customers"]] for row in moves],
        "movers": [{**one, "value": _text(one["value"])} for one in movers],
        "criteria": {side: _criteria(facts, side) for side in ("attractiveness", "position")},
    }


def _facts(source: Run) -> dict[str, Any]:
    facts: dict[str, Any] = (source.manifest.get("components") or {}).get("facts", {}).get("portfolio", {})
    return facts


def _year_of(listed: CustomerList) -> int | None:
    """The year of the contribution beside the value."""
    return listed.content.get("year")


def _criteria(facts: Mapping[str, Any], side: str) -> list[dict[str, Any]]:
    """name, weight as a share of its axis, and of which share of the customers it is known."""
    weights = facts[side]
    total = sum(weights.values()) or 1.0
    return [{"name": name, "weight": weight / total, "known": facts["known"].get(name, 0.0)} for name, weight in weights.items()]


def _earlier(project: Path, source: Run) -> Run | None:
    """The run of about a year before; without one that old, the oldest of an earlier day that places customers by the same weights."""
    facts = _facts(source)
    runs = [store.read(project, name) for name in store.names(project)]
    placed = [run for run in runs if run.as_of < source.as_of and _facts(run).get("fields")]
    fitting = [run for run in placed if all(_facts(run).get(key) == facts[key] for key in _SAME)]
    old = [run for run in fitting if run.as_of <= source.as_of - _YEAR + timedelta(days=31)]
    if old:
        return max(old, key=lambda run: (run.as_of, run.manifest["created"], run.name))
    return min(fitting, key=lambda run: (run.as_of, run.name), default=None)


# With other weights or limits a move would say nothing of the customer.
_SAME = ("attractiveness", "position", "limit", "limits")


# ---------- fields ----------


def _fields(listed: CustomerList, column: str, places: Sequence[Sequence[str]], managers: frozenset[str] | None) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for row, names in enumerate(places):
        for place, name in enumerate(names):
            chosen = filters(among={column: (name,)})
            totals = listed.totals(chosen, managers=managers)
            top = listed.page(Query(chosen, sort="value", size=TOP), managers=managers).rows if totals.count else ()
            money = {key: _text(totals.sums.get(key)) for key in ("value", "clv", "contribution_year", "change")}
            about = {"name": name, "row": row, "column": place, "customers": totals.count}
            found.append({**about, **money, "top": [_customer(one) for one in top]})
    total = sum(float(one["value"] or 0) for one in found)
    return [{**one, "share": float(one["value"] or 0) / total if total > 0 else None} for one in found]


def _customer(row: Mapping[str, Any]) -> dict[str, Any]:
    money = {key: _text(row.get(key)) for key in ("value", "contribution_year", "change")}
    return {"customer_id": row["customer_id"], "name": row.get("name"), "class": row.get("class"), "p_alive": row.get("p_alive"), **money}


def _shown(
    listed: CustomerList, column: str, places: Sequence[Sequence[str]], fields: Sequence[Mapping[str, Any]], managers: frozenset[str] | None
) -> list[dict[str, Any]]:
    """The customers of the picture: the first of each field, for most of the value may stand in one, then the most valuable of all."""
    each = max(BUBBLES // len(fields), 1)
    found = {one["customer_id"]: one for field in fields for one in field["top"][:each]}
    chosen = filters(among={column: tuple(name for names in places for name in names)})
    for row in listed.page(Query(chosen, sort="value", size=BUBBLES), managers=managers).rows:
        if len(found) < BUBBLES:
            found.setdefault(row["customer_id"], _customer(row))
    return sorted(found.values(), key=lambda one: (-float(one["value"] or 0), one["customer_id"]))


# ---------- places and moves ----------


def _open(engine: Engine, listed: CustomerList, source: Run, before: Run | None, column: str) -> None:
    """Views `fields_now` and `fields_before` with the field of each customer, and `list_rows` with names and owners."""
    engine.open_parquet("customers_now", [source.customers], numbered=False)
    engine.open_parquet("customers_before", [(before or source).customers], numbered=False)
    for name in ("now", "before"):
        known = engine.columns(f"customers_{name}")
        readings = {"customer_id": Reading(("customer_id",)), "field": Reading((column,) if column in known else (), type="varchar")}
        axes = {axis: Reading((axis,) if axis in known else (), type="double") for axis in ("attractiveness", "position")}
        engine.project(f"fields_{name}", f"customers_{name}", {**readings, **axes})
    engine.open_parquet("listed", [listed.folder / LIST], numbered=False)
    known = engine.columns("listed")
    texts = {name: Reading((name,) if name in known else (), type="varchar") for name in ("name", "account_manager")}
    value = Reading(("value",) if "value" in known else (), type="decimal(18, 2)")
    engine.project("list_rows", "listed", {"customer_id": Reading(("customer_id",)), **texts, "value": value})


def _placed(engine: Engine, shown: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """The customers with their places on both axes; those before are None without an earlier run, or where the customer had none."""
    shown = list(shown)
    wanted = [one["customer_id"] for one in shown]
    places = {row["customer_id"]: row for row in engine.rows("value/screens/portfolio_places.sql", wanted=wanted)} if wanted else {}
    names = ("field", "attractiveness", "position", "field_before", "attractiveness_before", "position_before")
    return [{**one, **{name: places.get(one["customer_id"], {}).get(name) for name in names}} for one in shown]


def _text(amount: Any) -> str | None:
    return None if amount is None else str(amount)

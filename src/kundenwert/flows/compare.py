"""What changed between two runs of a project: from manifests and value tables, nothing is computed anew."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kundenwert.engines import open_engine
from kundenwert.errors import CallError
from kundenwert.flows.objection import load_objectors, objectors
from kundenwert.records import Notice
from kundenwert.runs.choose import choose

if TYPE_CHECKING:
    from kundenwert.engines._engine import Engine
    from kundenwert.runs.store import Run

Figure = Decimal | float | int | None
# The sums of a run, as they are listed, and the measure that its interval goes by in the manifest.
_TOTALS = {
    "customers": "",
    "purchases": "",
    "revenue": "",
    "past": "",
    "expected_purchases": "purchases",
    "expected_revenue": "revenue",
    "clv": "clv",
    "value": "",
}
_MONEY = ("revenue", "past", "expected_revenue", "clv", "value")
# Money that depends on the yardstick: revenue is revenue under each.
_BY_YARDSTICK = ("past", "clv", "value")
_PARTS = ("expected", "past", "clv", "value")


@dataclass(frozen=True)
class RunFacts:
    """What a run is: when it was made, the day it values at, how far ahead it looks and in what money.

    verdict: what its backtest said of the forecasts, in a sentence; empty without one.
    """

    name: str
    created: str
    version: str
    as_of: str
    horizon: str
    value_horizon: str
    yardstick: str
    currency: str
    verdict: str


@dataclass(frozen=True)
class Difference:
    """Something both runs state, but not alike; None where a run does not state it."""

    name: str
    first: Any
    second: Any


@dataclass(frozen=True)
class InputChange:
    """An input that is not the same in both runs; change: "new", "gone" or "changed". Lines: None where the run has no such input."""

    name: str
    change: str
    lines_first: int | None
    lines_second: int | None


@dataclass(frozen=True)
class ModelChange:
    """The models of one family in both runs, with their parameters in the unit; same: model, unit and parameters are equal."""

    family: str
    first: Mapping[str, Any] | None
    second: Mapping[str, Any] | None
    same: bool


@dataclass(frozen=True)
class Bounds:
    """The interval of a total and the chance it is meant to hold."""

    lower: Figure
    upper: Figure
    level: float


@dataclass(frozen=True)
class TotalChange:
    """A sum over all customers in both runs; change: second - first, None where the two are not the same kind of money."""

    measure: str
    first: Figure
    second: Figure
    change: Figure
    first_interval: Bounds | None
    second_interval: Bounds | None


@dataclass(frozen=True)
class Group:
    """Customers in "both" runs, "new" in the second or "gone" since the first; changed: history, forecast or money differ.

    first, second: sums of expected purchases, past, clv and value in each run, None where there is none.
    """

    found: str
    customers: int
    changed: int
    first: Mapping[str, Figure]
    second: Mapping[str, Figure]


@dataclass(frozen=True)
class Mover:
    """A customer whose value changed much; first and second as in Group, with purchases. change: of the comparison's measure."""

    customer_id: str
    found: str
    first: Mapping[str, Figure]
    second: Mapping[str, Figure]
    change: Figure


@dataclass(frozen=True)
class RunComparison:
    """What changed from the first run to the second.

    measure: what customers are compared by: "value", or "expected_purchases" where the runs do not count the same money.
    """

    first: RunFacts
    second: RunFacts
    settings: tuple[Difference, ...]
    inputs: tuple[InputChange, ...]
    models: tuple[ModelChange, ...]
    totals: tuple[TotalChange, ...]
    measure: str
    groups: tuple[Group, ...]
    gains: tuple[Mover, ...]
    losses: tuple[Mover, ...]
    notices: tuple[Notice, ...]


def compare(project: Path, first: str, second: str, *, count: int = 10) -> RunComparison:
    """Compares two runs, each called by its name, the beginning of it, `current` or `previous`.

    count: how many gains and losses are listed. Raises UnknownName or CallError for names that do not stand for two runs.
    """
    runs = choose(project, first), choose(project, second)
    if runs[0].name == runs[1].name:
        raise CallError(f"{first!r} and {second!r} are the same run, {runs[0].name}. Expected: two runs.")
    before, after = (run.manifest for run in runs)
    measure = "value" if _has_one_money(before, after) and _same(before, after, "yardstick") else "expected_purchases"
    with tempfile.TemporaryDirectory(prefix="kundenwert-") as spill, open_engine(spill=Path(spill)) as engine:
        load_objectors(engine, objectors(project))
        groups, gains, losses = _customers(engine, runs, measure, count)
    return RunComparison(
        first=_facts(runs[0]),
        second=_facts(runs[1]),
        settings=_differences(before["settings"], after["settings"]),
        inputs=_inputs(before["inputs"], after["inputs"]),
        models=_models(before["models"], after["models"]),
        totals=_totals(before, after),
        measure=measure,
        groups=groups,
        gains=gains,
        losses=losses,
        notices=_notices(before, after),
    )


def _facts(run: Run) -> RunFacts:
    names = ("created", "version", "as_of", "horizon", "value_horizon", "yardstick", "currency")
    verdict = (run.manifest.get("backtest") or {}).get("verdict", "")
    return RunFacts(name=run.name, verdict=verdict, **{name: run.manifest[name] for name in names})


def _same(before: Mapping[str, Any], after: Mapping[str, Any], name: str) -> bool:
    return bool(before[name] == after[name])


def _has_one_money(before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    return "purchases" not in (before["yardstick"], after["yardstick"]) and _same(before, after, "currency")


def _differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Difference, ...]:
    names = dict.fromkeys([*before, *after])
    return tuple(Difference(name, before.get(name), after.get(name)) for name in names if before.get(name) != after.get(name))


def _inputs(before: Sequence[Mapping[str, Any]], after: Sequence[Mapping[str, Any]]) -> tuple[InputChange, ...]:
    """By name and content: a file of another name with the same content is one gone and one new."""
    old, new = ({entry["name"]: entry for entry in entries} for entries in (before, after))
    found = []
    for name in dict.fromkeys([*old, *new]):
        one, other = old.get(name), new.get(name)
        if one and other and one["sha256"] == other["sha256"]:
            continue
        change = "changed" if one and other else "gone" if one else "new"
        found.append(InputChange(name, change, one["lines"] if one else None, other["lines"] if other else None))
    return tuple(found)


def _models(before: Sequence[Mapping[str, Any]], after: Sequence[Mapping[str, Any]]) -> tuple[ModelChange, ...]:
    """By family, and by place where a run has several models of one."""
    old, new = (_by_place(cards) for cards in (before, after))
    return tuple(
        ModelChange(place[0], old.get(place), new.get(place), same=old.get(place) == new.get(place))
        for place in dict.fromkeys([*old, *new])
    )


def _by_place(cards: Sequence[Mapping[str, Any]]) -> dict[tuple[str, int], dict[str, Any]]:
    found: dict[tuple[str, int], dict[str, Any]] = {}
    for card in cards:
        found[card["family"], sum(family == card["family"] for family, _ in found)] = _model(card)
    return found


def _model(card: Mapping[str, Any]) -> dict[str, Any]:
    return {name: card[name] for name in ("name", "unit", "parameters", "outcome")}


def _totals(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[TotalChange, ...]:
    one_money, one_yardstick = _has_one_money(before, after), _same(before, after, "yardstick")
    found = []
    for name, measure in _TOTALS.items():
        first, second = (_figure(name, manifest["totals"].get(name)) for manifest in (before, after))
        if first is None and second is None:
            continue
        is_like = one_money if name in _MONEY else True
        is_like = is_like and (one_yardstick or name not in _BY_YARDSTICK)
        found.append(TotalChange(name, first, second, _change(first, second) if is_like else None, *_bounds(measure, before, after)))
    return tuple(found)


def _figure(name: str, given: Any) -> Figure:
    """Money comes as text from a manifest, so that no cent is lost."""
    return Decimal(str(given)) if name in _MONEY and given is not None else given


def _change(first: Figure, second: Figure) -> Figure:
    return None if first is None or second is None else second - first  # type: ignore[operator]


def _bounds(measure: str, *manifests: Mapping[str, Any]) -> list[Bounds | None]:
    """The interval of the measure in each run; runs of earlier versions state a text instead of intervals."""
    lists = [manifest.get("intervals") for manifest in manifests]
    found = [next((one for one in entries if one["measure"] == measure), None) if isinstance(entries, list) else None for entries in lists]
    return [Bounds(float(one["lower"]), float(one["upper"]), float(one["level"])) if one else None for one in found]


def _customers(
    engine: Engine, runs: tuple[Run, Run], measure: str, count: int
) -> tuple[tuple[Group, ...], tuple[Mover, ...], tuple[Mover, ...]]:
    for name, run in zip(("first_run", "second_run"), runs, strict=True):
        engine.open_parquet(name, [run.customers], numbered=False)
    engine.table("compared", "value/compared.sql", in_any_order=True, money=measure == "value")
    groups = tuple(_group(row) for row in engine.rows("value/compared_groups.sql"))
    gains, losses = (engine.rows("value/movers.sql", direction=direction, count=count) for direction in (1, -1))
    return groups, tuple(_mover(row, measure) for row in gains), tuple(_mover(row, measure) for row in losses)


def _group(row: Mapping[str, Any]) -> Group:
    return Group(row["found"], row["customers"], row["changed"], _side(row, "before"), _side(row, "after"))


def _mover(row: Mapping[str, Any], measure: str) -> Mover:
    first, second = _side(row, "before", "purchases"), _side(row, "after", "purchases")
    # The engine ranks by a plain number; money is told to the cent.
    change = (second["value"] or Decimal(0)) - (first["value"] or Decimal(0)) if measure == "value" else row["change"]  # type: ignore[operator]
    return Mover(row["customer_id"], row["found"], first, second, change)


def _side(row: Mapping[str, Any], when: str, *more: str) -> dict[str, Figure]:
    return {name: row[f"{name}_{when}"] for name in (*more, *_PARTS)}


def _notices(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Notice, ...]:
    found = []
    if not _has_one_money(before, after) or not _same(before, after, "yardstick"):
        text = (
            "The runs do not count the same money ({first} and {second}): customers are compared by expected purchases, and money "
            "stands side by side without a difference."
        )
        found.append(Notice("other_money", text, {"first": _money(before), "second": _money(after)}))
    if not _same(before, after, "horizon"):
        text = "The runs look ahead over {first} and {second}: this alone makes expected purchases and revenue differ."
        found.append(Notice("other_horizon", text, {"first": before["horizon"], "second": after["horizon"]}))
    if any(before["settings"].get(name) != after["settings"].get(name) for name in ("value_horizon", "discount_rate", "margin")):
        text = "The runs reckon clv with another value horizon, interest or margin: this alone makes it differ."
        found.append(Notice("other_value", text))
    if after["as_of"] < before["as_of"]:
        text = "The second run is valued at an earlier day than the first: gains and losses run backwards in time."
        found.append(Notice("backwards", text))
    return tuple(found)


def _money(manifest: Mapping[str, Any]) -> str:
    return f"{manifest['yardstick']} {manifest['currency']}".strip()

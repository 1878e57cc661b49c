"""The value of all customers over time: the runs of a project by as-of day, and why the value changed from one to the next (R89).

Runs are never changed, so neither is what the history says of them: it reads manifests and value tables and reckons nothing anew.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from kundenwert.flows.compare import compare
from kundenwert.runs import store

if TYPE_CHECKING:
    from pathlib import Path

    from kundenwert.flows.compare import Figure, RunComparison
    from kundenwert.runs.store import Run


@dataclass(frozen=True)
class Bridge:
    """How the value of the day before became that of a day: first + new + gone + past + clv + other = second, in money.

    new, gone: the value of customers who are only in one of the two. past: what customers in both brought since. clv: what is expected of
    them now against then. other: what the value definition adds, and the mean that
    totals count for who objected. Of a change of settings or models all of it may come: see `reasons`.
    """

    first: Decimal
    new: Decimal
    gone: Decimal
    past: Decimal
    clv: Decimal
    other: Decimal
    second: Decimal


@dataclass(frozen=True)
class Day:
    """An as-of day in the history of a project, by the newest run of that day.

    runs: how many there are of it. past, clv, value: sums of all customers, None without money. reasons: what else than time changed since
    the day before: "settings", "model", "inputs", "definition", "version", "yardstick"; named in words. bridge: None for the first day, and
    where the two do not count the same money.
    """

    as_of: str
    run: str
    runs: int
    yardstick: str
    currency: str
    customers: int
    expected_purchases: float
    past: Decimal | None
    clv: Decimal | None
    value: Decimal | None
    reasons: tuple[str, ...] = ()
    bridge: Bridge | None = None

    @property
    def is_comparable(self) -> bool:
        """Whether the day is reckoned as the one before: no other settings, definition, model parameters aside, version or yardstick."""
        return not set(self.reasons) - {"inputs", "model"}


def history(project: Path) -> tuple[Day, ...]:
    """The days of a project, the earliest first; of each day its newest run. No runs: an empty history."""
    runs = [store.read(project, name) for name in store.names(project)]
    newest: dict[str, Run] = {}
    for run in sorted(runs, key=lambda run: (run.manifest["as_of"], run.manifest["created"], run.name)):
        newest[run.manifest["as_of"]] = run
    count = {day: sum(run.manifest["as_of"] == day for run in runs) for day in newest}
    days = [_day(run, count[day]) for day, run in newest.items()]
    steps = [_step(project, *pair) for pair in pairwise(newest.values())]
    return (*days[:1], *(_with(day, *step) for day, step in zip(days[1:], steps, strict=True)))


def _day(run: Run, count: int) -> Day:
    manifest, totals = run.manifest, run.manifest["totals"]
    money = {name: None if totals.get(name) is None else Decimal(str(totals[name])) for name in ("past", "clv", "value")}
    return Day(
        as_of=manifest["as_of"],
        run=run.name,
        runs=count,
        yardstick=manifest["yardstick"],
        currency=manifest["currency"],
        customers=totals["customers"],
        expected_purchases=totals["expected_purchases"],
        past=money["past"],
        clv=money["clv"],
        value=money["value"],
    )


def _with(day: Day, reasons: tuple[str, ...], bridge: Bridge | None) -> Day:
    from dataclasses import replace

    return replace(day, reasons=reasons, bridge=bridge)


def _step(project: Path, before: Run, after: Run) -> tuple[tuple[str, ...], Bridge | None]:
    found = compare(project, before.name, after.name, count=0)
    reasons = tuple(reasons_of(found, before.manifest, after.manifest))
    return reasons, bridge_of(found, before.manifest, after.manifest) if found.measure == "value" else None


def reasons_of(found: RunComparison, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    """What else than time changed between two runs; before, after: their manifests."""
    if found.inputs:
        yield "inputs"
    # The as-of day is what a history goes by.
    if any(one.name != "as_of" for one in found.settings):
        yield "settings"
    if any((one.first or {}).get("name") != (one.second or {}).get("name") for one in found.models):
        yield "model"
    if before.get("definition") != after.get("definition"):
        yield "definition"
    if found.first.yardstick != found.second.yardstick or found.first.currency != found.second.currency:
        yield "yardstick"
    if found.first.version != found.second.version:
        yield "version"


def bridge_of(found: RunComparison, before: Mapping[str, Any], after: Mapping[str, Any]) -> Bridge:
    """How the value of one run became that of the other, where both count the same money; before, after: their manifests."""
    groups = {group.found: group for group in found.groups}

    def change(group: str, part: str) -> Decimal:
        if group not in groups:
            return Decimal(0)
        return _money(groups[group].second[part]) - _money(groups[group].first[part])

    first, second = (Decimal(str(manifest["totals"]["value"])) for manifest in (before, after))
    new, gone, past, clv = change("new", "value"), change("gone", "value"), change("both", "past"), change("both", "clv")
    return Bridge(first, new, gone, past, clv, second - first - new - gone - past - clv, second)


def _money(figure: Figure) -> Decimal:
    return Decimal(0) if figure is None else Decimal(str(figure))

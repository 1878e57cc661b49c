"""The figures of a finished run as records, read back from its manifest: what reports say of them can be said again, in any language."""

from __future__ import annotations

import dataclasses
import types
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from kundenwert.flows import contribution, kept_notices
from kundenwert.flows.readiness import from_json as readiness_of
from kundenwert.records import (
    Backtest,
    Concentration,
    InputFile,
    ModelCard,
    Reconciliation,
    ResultTotals,
    RunFigures,
    TotalForecast,
    Totals,
    ValueClass,
)
from kundenwert.runs.store import Run

T = TypeVar("T")


def figures_of(source: Run) -> RunFigures:
    """What the manifest keeps of a run. Lists of customers, months and curves of concentration are no part of it and stay empty."""
    manifest = source.manifest
    at_risk = manifest["at_risk"]
    return RunFigures(
        title=manifest["title"],
        run=manifest["run"],
        version=manifest["version"],
        created=datetime.fromisoformat(manifest["created"]),
        as_of=source.as_of,
        horizon=manifest["horizon"],
        value_horizon=manifest["value_horizon"],
        discount_rate=manifest["settings"]["discount_rate"],
        yardstick=manifest["yardstick"],
        currency=manifest["currency"],
        files=tuple(record(InputFile, entry) for entry in manifest["inputs"]),
        reconciliation=record(Reconciliation, manifest["reconciliation"]),
        totals=record(Totals, manifest["totals"]),
        concentration=concentration_of(manifest["concentration"], manifest["settings"]["class_limits"]),
        top=(),
        at_risk=(),
        at_risk_count=at_risk["customers"],
        at_risk_loss=Decimal(at_risk["loss"]),
        months=(),
        models=tuple(record(ModelCard, entry) for entry in manifest["models"]),
        notices=tuple(kept_notices.from_json(entry) for entry in manifest["warnings"]),
        intervals=intervals_of(manifest),
        backtest=backtest_of(manifest),
        readiness=readiness_of(manifest["readiness"]) if manifest.get("readiness") else None,
        components=(manifest.get("components") or {}).get("facts", {}),
        result=result_of(source),
    )


def backtest_of(manifest: Mapping[str, Any]) -> Backtest | None:
    """What earlier days said of the forecasts; None for a run that did not look back."""
    told = manifest.get("backtest")
    return record(Backtest, told) if told else None


def intervals_of(manifest: Mapping[str, Any]) -> tuple[TotalForecast, ...]:
    """The intervals of the totals; runs of earlier versions state a text instead."""
    told = manifest.get("intervals")
    return tuple(record(TotalForecast, entry) for entry in told) if isinstance(told, list) else ()


def concentration_of(told: Mapping[str, Any], limits: Any = (0.8, 0.95)) -> Concentration:
    """Who carries the value, without the curves."""
    classes = tuple(
        ValueClass(name, entry["customers"], Decimal(str(entry["value"])), entry["share"]) for name, entry in told["classes"].items()
    )
    low, high = limits
    return Concentration(told["measure"], classes, told["gini"], told["hhi"], (), (), tuple(told["whale_peak"]), (low, high))


def result_of(source: Run) -> ResultTotals | None:
    """The customer result of the last whole year, or of all years; None where no costs are known."""
    return contribution.totals_of_run(source) if source.manifest.get("contribution") else None


def record(kind: type[T], told: Mapping[str, Any]) -> T:
    """A record as it was written to JSON; what an earlier version did not write has its default."""
    of_kind: Any = kind
    hints: dict[str, Any] = _fields(of_kind)
    return kind(**{name: _read(hint, told[name]) for name, hint in hints.items() if name in told})


@cache
def _fields(kind: Any) -> dict[str, Any]:
    hints = get_type_hints(kind)
    return {field.name: hints[field.name] for field in dataclasses.fields(kind)}


_EXACT: dict[Any, Callable[[Any], Any]] = {
    date: date.fromisoformat,
    datetime: datetime.fromisoformat,
    Decimal: lambda told: Decimal(str(told)),
}


def _read(hint: Any, told: Any) -> Any:
    """The value of a field by its type."""
    if told is None:
        return None
    origin, inner = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        return _read(next(one for one in inner if one is not type(None)), told)
    if origin is tuple:
        kinds = [inner[0]] * len(told) if inner[-1] is Ellipsis else inner
        return tuple(_read(one, each) for one, each in zip(kinds, told, strict=True))
    if origin is dict or (origin is not None and isinstance(told, dict)):
        return {key: _read(inner[1], each) for key, each in told.items()}
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        return record(hint, told)
    return _EXACT[hint](told) if hint in _EXACT else told

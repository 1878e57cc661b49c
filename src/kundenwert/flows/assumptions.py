"""Assumptions and what they are worth: discount rate, value horizon, margin and returns, each down and up, from the fit of the run.

Nothing is fitted again. Rate and horizon change what a purchase history is still good for, so the forecast of each distinct history is
made anew and each customer's clv moves with it; margin and returns move all customers alike. Rates of cost to serve do not enter clv.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from kundenwert.errors import Problem, StorageError
from kundenwert.records import Horizons
from kundenwert.records.assumptions import Assumption, Assumptions, Case
from kundenwert.runs import store

if TYPE_CHECKING:
    from kundenwert.engines._engine import Engine
    from kundenwert.flows.valuation import Valued
    from kundenwert.records.arrays import Floats

_YEAR: Final = 365.25
# How far each assumption is moved: the rate by two points, margins by a tenth, the horizon from 5 years to 3 and 8, returns by half.
_POINTS: Final = 0.02
_TENTH: Final = 0.1
_SHORTER, _LONGER = 0.6, 1.6
_HALF: Final = 0.5
_MOST_RETURNS: Final = 0.95


def worth(engine: Engine, valued: Valued, customers: Path) -> dict[str, Any] | None:
    """The section `assumptions` of a manifest; None where values are no money.

    customers: customers.parquet. The tables of `value` and `futures.load_futures` must stand in the engine.
    """
    import numpy as np

    if valued.amounts.yardstick == "purchases":
        return None
    engine.open_parquet("assumed_customers", [customers], numbered=False)
    rows = engine.arrays("value/assumptions.sql")
    engine.drop("assumed_customers")
    clv, place = rows["clv"].astype(np.float64), rows["future"].astype(np.int64)
    if not len(clv):
        return None
    moved = _Moved(valued, clv, place)
    found = sorted(moved.rows(), key=lambda one: -one.span)
    return {"customers": len(clv), "chosen": moved.chosen, "total": moved.total, "rows": [asdict(one) for one in found]}


class _Moved:
    """What is still to come of each customer if an assumption were another. clv: of the run; place: of the history; shape (n,)."""

    def __init__(self, valued: Valued, clv: Floats, place: Any) -> None:
        self._valued, self._clv, self._place = valued, clv, place
        self.total = round(float(clv.sum()), 2)
        self.chosen = max(1, round(len(clv) / 10))
        self._top = self._first(clv)
        self._base = self._discounted(valued.horizons)

    def rows(self) -> Iterator[Assumption]:
        horizons, amounts = self._valued.horizons, self._valued.amounts
        rate, days = horizons.discount_rate, horizons.value_horizon_days
        rates = [(one, replace(horizons, discount_rate=one)) for one in (max(rate - _POINTS, 0.0), rate + _POINTS)]
        yield self._by_history("discount_rate", rate, rates)
        # The value looks at least as far ahead as the forecast of purchases.
        spans = [max(days * part, horizons.horizon_days) for part in (_SHORTER, _LONGER)]
        yield self._by_history(
            "value_horizon", days / _YEAR, [(one / _YEAR, replace(horizons, value_horizon_days=float(round(one)))) for one in spans]
        )
        if amounts.yardstick == "contribution" and amounts.margin > 0:
            margins = (amounts.margin * (1 - _TENTH), amounts.margin * (1 + _TENTH))
            yield self._alike("margin", amounts.margin, [(one, one / amounts.margin) for one in margins])
        share = amounts.return_share
        if share > 0:
            shares = (share * (1 - _HALF), min(share * (1 + _HALF), _MOST_RETURNS))
            yield self._alike("return_share", share, [(one, (1 - one) / (1 - share)) for one in shares])

    def _by_history(self, name: str, base: float, cases: list[tuple[float, Horizons]]) -> Assumption:
        import numpy as np

        def case(setting: float, horizons: Horizons) -> Case:
            other = self._discounted(horizons)
            ratio = np.divide(other, self._base, out=np.zeros(len(other)), where=self._base > 0)
            clv = self._clv * ratio[self._place]
            kept = np.isin(self._first(clv), self._top, assume_unique=True).sum()
            return self._case(setting, float(clv.sum()), 1 - float(kept) / self.chosen)

        down, up = (case(*one) for one in cases)
        return Assumption(name, round(base, 6), down, up)

    def _alike(self, name: str, base: float, cases: list[tuple[float, float]]) -> Assumption:
        """All customers move by the same factor, so that nobody changes places."""
        down, up = (self._case(setting, self.total * factor, 0.0) for setting, factor in cases)
        return Assumption(name, round(base, 6), down, up)

    def _case(self, setting: float, total: float, top_changed: float) -> Case:
        change = round(total - self.total, 2)
        share = round(change / self.total, 6) if self.total else None
        return Case(round(setting, 6), round(total, 2), change, share, round(top_changed, 6))

    def _discounted(self, horizons: Horizons) -> Floats:
        """Purchases of each history within the value horizon, discounted."""
        import numpy as np

        found = self._valued.fits[0].forecast_histories(self._valued.outlook.histories, horizons).discounted_purchases
        return np.nan_to_num(np.asarray(found, dtype=np.float64))

    def _first(self, clv: Floats) -> Any:
        """The top tenth; among equals the first in the order of ids."""
        import numpy as np

        return np.argsort(-clv, kind="stable")[: self.chosen]


def assumptions(project: Path, run: str | None = None) -> Assumptions:
    """What the assumptions of a run (None: the current one) are worth. Raises StorageError for a run that does not tell."""
    source = store.read(project, run)
    content = source.manifest
    section = content.get("assumptions")
    if section is None:
        came = f"Run {source.name} does not say what its assumptions are worth."
        fix = "make a new run with `kundenwert run DIR`; values in purchases instead of money rest on no such assumptions."
        raise StorageError(Problem(came, "a run with values in money that reckoned it.", fix))
    about = {name: content[name] for name in ("title", "version", "currency", "yardstick")}
    return told(section, run=source.name, as_of=source.as_of, created=datetime.fromisoformat(content["created"]), **about)


def told(section: Mapping[str, Any], **about: Any) -> Assumptions:
    """The section `assumptions` of a manifest as records. about: run, title, as_of, created, version, currency and yardstick of the run."""
    rows = tuple(_row(one) for one in section["rows"])
    return Assumptions(customers=section["customers"], chosen=section["chosen"], total=section["total"], rows=rows, **about)


def _row(one: Mapping[str, Any]) -> Assumption:
    return Assumption(one["name"], one["base"], Case(**one["down"]), Case(**one["up"]))

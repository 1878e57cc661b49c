"""A forecast at an origin: its point values, its scores, and the record of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from kundenwert.models import future
from kundenwert.models._fitted import Fitted
from kundenwert.models.baselines import AbstractBaseline, Spread
from kundenwert.models.evidence.known import Known
from kundenwert.records import Decile, Histories, Horizons, Level, MoneyScored, Scored
from kundenwert.stats import distinct, ranking
from kundenwert.stats.ranking import Outcomes, weighed
from kundenwert.stats.scores import LEVELS, CountScores, score_in_rounds

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]

_SHARES: Final = 3 * len(LEVELS)


@dataclass(frozen=True)
class Made:
    """A forecast at an origin.

    point: of each row, shape (rows,). log_score: of each entry. sums: log scores by group of customers. means: log score, CRPS, then held,
    expected and PIT by level, then shares of PIT, over the customers. fit: of a model. spread: of a naive rule.
    """

    name: str
    kind: str
    point: Floats
    log_score: Floats
    sums: Floats
    means: Floats
    fit: Any = None
    spread: Spread | None = None

    @staticmethod
    def of(
        name: str,
        kind: str,
        point: Floats,
        found: CountScores,
        known: Known,
        row: Indices,
        *,
        fit: Any = None,
        spread: Spread | None = None,
    ) -> Made:
        """row: which forecast of `found` each entry is."""
        count, n = known.count, known.customers
        size = np.bincount(row, count, found.expected.shape[1])
        means = np.concatenate(
            (
                [weighed(found.log_score, count) / n, weighed(found.crps, count) / n],
                [weighed(share, count) / n for share in found.held],
                [weighed(share, size) / n for share in found.expected],
                [weighed(share, count) / n for share in found.pit],
                found.pit_shares(count),
            )
        )
        return Made(name, kind, point, found.log_score, known.group_sums(found.log_score), means, fit, spread)


def by_rule(rule: AbstractBaseline, known: Known, spread: Spread) -> Made:
    """The forecast of a naive rule, with the spread measured before the origin."""
    point = rule.point(known.seen)
    means, of_row = np.unique(spread.mean(point), return_inverse=True)
    row = of_row[known.row]
    found = score_in_rounds(lambda rows, top: spread.mass(means[rows], top), row, known.actual)
    return Made.of(rule.name, "baseline", point, found, known, row, spread=spread)


def by_fit(fit: Any, known: Known, *, name: str, kind: str) -> Made:
    """The forecast of a purchase fit: a fitted model or a remedied one."""
    h, row = known.histories, known.history
    forecast = fit.forecast_histories(h, Horizons(known.days, known.days, 0.0))
    found = _of_pairs(fit, forecast.p_alive, known) if _is_plain(fit) else _of_histories(fit, known)
    # Points by row, where several rows are one history.
    point = np.empty(len(known.seen.histories))
    point[known.row] = forecast.expected_purchases[row]
    return Made.of(name, kind, point, found, known, row, fit=fit)


def spread_of_counts(made: Made, known: Known) -> Floats:
    """The variance of the purchases to come of each row, the parameters taken as known; shape (rows,)."""
    if made.spread is not None:
        mean = made.spread.mean(made.point)
        return mean + mean**2 / made.spread.size
    result = np.empty(len(made.point))
    result[known.row] = future.future_counts(made.fit, known.histories, known.days).variance()[known.history]
    return result


def _is_plain(fit: Any) -> bool:
    """Whether what a living customer does depends on (frequency, T) only, by the formulas of models/future.py."""
    return isinstance(fit, Fitted) and not hasattr(fit.model, "future_mass")


def _of_pairs(fit: Fitted, alive: Floats | None, known: Known) -> CountScores:
    """Given alive at the origin the count depends on (frequency, T) only: one table a pair."""
    h = known.histories
    x, of_x = distinct.codes(h.frequency.astype(np.float64))
    ages, of_age = distinct.codes(h.T)
    kind, age, pair = distinct.pairs(of_x, of_age)
    frequency, T, p = x[kind].astype(np.int64), ages[age], fit.parameters_in_days

    def mass(pairs: Indices, top: int) -> Floats:
        ones = np.ones(len(pairs))
        some = Histories(frequency[pairs], np.zeros(len(pairs)), T[pairs], ones.astype(np.int64))
        return future.future_mass(fit.model, p, some, ones, known.days, top)

    return score_in_rounds(mass, known.history, known.actual, pair, np.ones(len(h)) if alive is None else alive)


def _of_histories(fit: Any, known: Known) -> CountScores:
    h = known.histories

    def mass(rows: Indices, top: int) -> Floats:
        some = Histories(h.frequency[rows], h.recency[rows], h.T[rows], h.count[rows])
        return future.future_mass_of(fit, some, known.days, top)

    return score_in_rounds(mass, known.history, known.actual)


def scored(parts: Sequence[tuple[Known, Made]], outcomes: Outcomes | None = None, money: MoneyScored | None = None) -> Scored:
    """One forecast over one or more origins; every customer of every origin counts the same. outcomes: those of all the origins."""
    made = parts[0][1]
    count, actual, row, point = (_joined(parts)[name] for name in ("count", "actual", "row", "point"))
    customers = np.array([known.customers for known, _ in parts])
    means = np.stack([made.means for _, made in parts]).T @ customers / customers.sum()
    order = (Outcomes(actual, count) if outcomes is None else outcomes).ranked(point, row)
    held, expected, pit = means[2 : 2 + _SHARES].reshape(3, len(LEVELS)).tolist()
    return Scored(
        name=made.name,
        kind=made.kind,
        log_score=float(means[0]),
        crps=float(means[1]),
        expected_purchases=weighed(point[row], count),
        bias=ranking.bias(point[row], actual, count),
        rmse=ranking.root_mean_square(point[row], actual, count),
        mae=ranking.mean_error(point[row], actual, count),
        spearman=order.spearman,
        gini=order.gini,
        top_decile_value=order.top_decile_value,
        levels=tuple(Level(*one) for one in zip(LEVELS, held, expected, pit, strict=True)),
        deciles=tuple(Decile(one.customers, one.forecast, one.actual) for one in order.tenths),
        pit=tuple(means[2 + _SHARES :].tolist()),
        money=money,
        origins=len(parts),
    )


def outcomes_of(origins: Sequence[Known]) -> Outcomes:
    """What came at all origins together."""
    if len(origins) == 1:
        return origins[0].outcomes
    return Outcomes(np.concatenate([one.actual for one in origins]), np.concatenate([one.count for one in origins]))


def _joined(parts: Sequence[tuple[Known, Made]]) -> dict[str, NDArray[Any]]:
    starts = np.cumsum([0, *(len(made.point) for _, made in parts)])
    return {
        "count": np.concatenate([known.count for known, _ in parts]),
        "actual": np.concatenate([known.actual for known, _ in parts]),
        "row": np.concatenate([known.row + start for (known, _), start in zip(parts, starts[:-1], strict=True)]),
        "point": np.concatenate([made.point for _, made in parts]),
    }

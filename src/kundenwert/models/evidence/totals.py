"""Totals of earlier forecasts: how wrong they were, and whether intervals would have held them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kundenwert.models.evidence.known import Known, Paid
from kundenwert.models.evidence.made import Made, spread_of_counts
from kundenwert.models.evidence.money import Way, revenue_of
from kundenwert.records import HeldTotal, TotalForecast
from kundenwert.stats.ranking import weighed
from kundenwert.stats.totals import width

Floats = NDArray[np.float64]

PURCHASES: Final = "purchases"
REVENUE: Final = "revenue"
_LEVEL: Final = 0.9
_FIRST_DAY: Final = date(1970, 1, 1)


@dataclass(frozen=True)
class LevelError:
    """The standard deviation of a total's logarithm that is expected beforehand, and as how many earlier forecasts it counts."""

    size: float = 0.25
    weight: float = 5.0


@dataclass(frozen=True)
class Total:
    """The total of a forecast at an origin: what was expected and what came, and the variance by chance alone."""

    expected: float
    actual: float
    variance: float

    @property
    def log_error(self) -> float | None:
        """ln(what came / what was expected); None unless both are above 0."""
        return math.log(self.actual / self.expected) if self.actual > 0 and self.expected > 0 else None


def totals_of(made: Made, known: Known, way: Way | None, *, with_chance: bool = True) -> dict[str, Total]:
    """By measure. way: how amounts are expected, None without money. with_chance: whether the variances are wanted too."""
    spread = spread_of_counts(made, known) if with_chance else np.zeros(len(made.point))
    found = {PURCHASES: _purchases(made, known, spread)}
    if way is not None and known.paid is not None:
        found[REVENUE] = _revenue(made, known, known.paid, way, spread)
    return found


def _purchases(made: Made, known: Known, spread: Floats) -> Total:
    customers = known.seen.histories.count
    return Total(weighed(made.point, customers), float(known.purchases), weighed(spread, customers))


def _revenue(made: Made, known: Known, paid: Paid, way: Way, spread: Floats) -> Total:
    """Of customers with money; where these are an even choice, as many times as the choice stands for."""
    row, times = known.row[known.entry[paid.who]], known.customers / max(len(paid.who), 1)
    expected, mean = revenue_of(made, known, paid, way), made.point[row]
    amount = way.expected(paid) * (1 - paid.return_share)
    days, _ = way.seen(paid)
    # E[R^2] in squares of the expected amount, as in models/spending.py: the own mean amount varies by no more than itself.
    told = way.p * days + way.weight
    square = (spread[row] + mean**2 + mean / way.p) * told / np.maximum(told - 1, 0.5 * told)
    variance = float(np.sum(amount**2 * (square - mean**2)))
    return Total(times * float(expected.sum()), times * float(paid.revenue.sum()), times * variance)


def held(
    origin: int, made: Made, totals: dict[str, Total], errors: Mapping[str, Sequence[float]], level: LevelError, parameters: float
) -> list[HeldTotal]:
    """The intervals of the totals at an origin. errors: log errors known at the origin, by measure. parameters: the variance by them."""
    found = []
    for measure, total in totals.items():
        own = errors.get(measure, ())
        if total.expected <= 0:
            continue
        it = replace(
            width(total.expected, total.variance, (), own, level_error=level.size, level_weight=level.weight), parameters=parameters
        )
        lower, upper = it.bounds(total.expected, _LEVEL)
        forecast = TotalForecast(measure, total.expected, lower, upper, _LEVEL, it.process, it.parameters, it.level, len(own))
        found.append(HeldTotal(_FIRST_DAY + timedelta(days=origin), forecast, total.actual, lower <= total.actual <= upper, made.name))
    return found

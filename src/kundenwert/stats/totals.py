"""The interval of a total: what chance, unknown parameters and a shift of the level that no customer's history shows each add to its width.

Chance averages out over many customers and parameters become certain; what stays is that next year is not this year. The variance of the
logarithm of a total is therefore process + parameters + level, the level learned from how wrong earlier totals were.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kundenwert.stats.beta import t_quantile

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Width:
    """Variances of the logarithm of a total, and the degrees of freedom with which their sum is known. readings: see `width`."""

    process: float
    parameters: float
    level: float
    freedom: float
    readings: float = 0.0

    @property
    def variance(self) -> float:
        """All together."""
        return self.process + self.parameters + self.level + self.readings

    def bounds(self, mean: float, level: float) -> tuple[float, float]:
        """The ends between which a total of this mean lies with the chance `level`: mean e^(-h) and mean e^h, h = t sqrt(variance).

        A total below 0 has the same width on its side; of a total of 0 nothing is uncertain.

        >>> Width(0.0, 0.0, 0.0625, 5.0).bounds(100.0, 0.9)
        (60.42..., 165.50...)
        """
        half = t_quantile((1 + level) / 2, self.freedom) * math.sqrt(self.variance)
        low, high = sorted((mean * math.exp(-half), mean * math.exp(half)))
        return low, high


def width(
    mean: float,
    process_variance: float,
    means_of_draws: Floats | Sequence[float] = (),
    log_errors: Sequence[float] = (),
    *,
    level_error: float = 0.25,
    level_weight: float = 5.0,
    readings: float = 0.0,
) -> Width:
    """What the logarithm of a total varies by (definitions.md, Totals).

    process_variance: of the total given the parameters, in its own unit squared. means_of_draws: the total's mean under draws of the
    parameters, in any one unit. log_errors: ln(what came / what was forecast) of earlier forecasts of such a total. level_error: the
    standard deviation of such a logarithm that is expected beforehand; level_weight: as how many earlier forecasts that counts.
    readings: the squared logarithm of the ratio of two totals, where the data can be read in two ways and do not tell which is right.
    """
    windows = independent_windows(len(log_errors))
    seen = windows * float(np.mean(np.square(log_errors))) if len(log_errors) else 0.0
    level = (level_weight * level_error**2 + seen) / (level_weight + windows)
    process = process_variance / mean**2 if mean else 0.0
    return Width(process, _log_variance(np.abs(means_of_draws)), level, level_weight + windows, readings)


def independent_windows(origins: int) -> float:
    """As how many windows side by side those of so many origins count: they begin half a window apart, so that each new one shows only
    half a window of time that none has shown before (docs/decisions/0005).

    >>> [independent_windows(origins) for origins in (0, 1, 2, 6)]
    [0.0, 1.0, 1.5, 3.5]
    """
    return (origins + 1) / 2 if origins else 0.0


def _log_variance(values: Floats) -> float:
    """The variance of the logarithms; 0 for fewer than two values, or none above 0."""
    known = values[values > 0]
    return float(np.var(np.log(known), ddof=1)) if len(known) > 1 else 0.0

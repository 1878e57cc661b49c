"""The seasonal profile: twelve factors, found from the repeat purchases of each month against what is expected of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from kundenwert.models.remedies._clock import MONTH_DAYS, balanced, month_of
from kundenwert.records import Calendar

Floats = NDArray[np.float64]

YEARS: Final = 2
NAMES: Final = tuple(f"season_{month:02}" for month in range(1, 13))


@dataclass(frozen=True)
class Profile:
    """Twelve factors with mean 1 over a year, January first, and the covariance of their logarithms; shapes (12,), (12, 12)."""

    factors: Floats
    covariance: Floats

    def drawn(self, n: int, rng: np.random.Generator) -> list[Profile]:
        """n profiles that the counts leave possible."""
        spread = rng.multivariate_normal(np.zeros(12), self.covariance, size=n, method="eigh")
        return [Profile(balanced(self.factors * np.exp(one)), self.covariance) for one in spread]

    def errors(self) -> Floats:
        """Standard errors of the factors, by the delta method; shape (12,)."""
        result: Floats = self.factors * np.sqrt(np.diag(self.covariance))
        return result

    def log_rates(self, calendar: Calendar) -> float:
        """The sum of the logarithms of the factors at all repeat purchases: it turns the density on the clock into that by the calendar."""
        return float(calendar.repeat_purchases @ np.log(self.factors[months_of(calendar)]))


def months_of(calendar: Calendar) -> NDArray[np.intp]:
    """The calendar month of each month of the log, 0 for January; shape (m,)."""
    return month_of(calendar.months[:-1])


def profile_of(calendar: Calendar, expected: Floats) -> Profile:
    """The profile that explains the repeat purchases of each month, given what would come without a season; expected: shape (m,).

    Counts are Poisson with a common overdispersion, mean expected x season x a smooth course (a parabola in the logarithm) that takes
    up trend and misfit. The logarithms of the factors are normal around 0 with the spread that the data show (empirical Bayes, Clayton &
    Kaldor 1987, Biometrics 43(3)): where counts are noise, the factors go to 1. What differs from year to year is in the overdispersion.
    """
    seen = expected > 1e-9 * max(float(expected.sum()), 1e-300)
    y, mean, month = calendar.repeat_purchases[seen].astype(np.float64), expected[seen], months_of(calendar)[seen]
    if len(y) < 12 * YEARS or not y.any():
        return Profile(np.ones(12), np.zeros((12, 12)))
    time = np.linspace(-1, 1, len(y))
    design = np.hstack((np.eye(12)[month], np.vander(time, 3)))
    spread, noise, line = 0.1, 1.0, np.zeros(15)
    for _ in range(60):
        # The level and its course are free but for a prior wide enough to keep them finite.
        pull = np.concatenate((np.full(12, 1 / spread), np.full(3, 1.0)))
        line, within = _most_likely(y / noise, mean / noise, design, pull, line)
        spread = max(float(np.mean(line[:12] ** 2 + np.diag(within)[:12])), 1e-8)
        fitted = mean * np.exp(design @ line)
        noise = max(1.0, float(np.sum((y - fitted) ** 2 / fitted)) / max(len(y) - 14, 1))
    factors = balanced(np.exp(line[:12]))
    share = factors * MONTH_DAYS / MONTH_DAYS.sum()
    to_balanced = np.eye(12) - share
    return Profile(factors, to_balanced @ within[:12, :12] @ to_balanced.T)


def _most_likely(y: Floats, mean: Floats, design: Floats, pull: Floats, start: Floats) -> tuple[Floats, Any]:
    """A few steps of Newton for a Poisson regression with normal priors around 0 of precision `pull`: the point and its covariance."""
    line = start
    for _ in range(4):
        fitted = mean * np.exp(np.clip(design @ line, -30.0, 30.0))
        bend = design.T @ (fitted[:, None] * design) + np.diag(pull)
        step = np.linalg.solve(bend, design.T @ (y - fitted) - pull * line)
        line = line + np.clip(step, -2.0, 2.0)
    return line, np.linalg.inv(bend)

"""Gamma-Gamma: amounts vary around each customer's own mean, and these means vary between customers.

Source: Fader & Hardie 2013, "The Gamma-Gamma Model of Monetary Value", note 025 (here: FH; their gamma is v here).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar, Final, final

import numpy as np
from numpy.typing import NDArray

from kundenwert.models._histories import even_sample
from kundenwert.models._statement import Outcome, Parameter, Ridge, Values
from kundenwert.models.spend._spend import AbstractSpendModel, check
from kundenwert.records import SpendHistories
from kundenwert.stats import distinct, special
from kundenwert.stats.limits import POSITIVE

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Indices = NDArray[np.intp]

# Below e^-700 a median of the prior is no longer a number; such a fit says that its mean is not finite.
_LEAST_WEIGHT: Final = 1e-300


@dataclass(frozen=True)
class _Rows:
    """The rows of a fit: distinct spend days and which of them each row has; sums, spreads and customers of the rows."""

    x: Floats
    of_x: Indices
    total: Floats
    spread: Floats
    count: Floats
    constant: float


@final
@dataclass(frozen=True)
class GammaGamma(AbstractSpendModel[_Rows]):
    """Amounts ~ Gamma(p, rate nu) with nu ~ Gamma(q, v) over customers; independent of how often a customer buys."""

    parameters: ClassVar[tuple[Parameter, ...]] = (
        Parameter("p", POSITIVE, start=4.0),
        Parameter("q", POSITIVE, start=3.0),
        Parameter("v", POSITIVE, start=0.5, money=1),
    )
    needs: ClassVar[str] = "spend_histories"
    # Customers who do not differ: the rate nu is q / v for all.
    ridges: ClassVar[tuple[Ridge, ...]] = (Ridge("q", "v", "v/q", lambda q, v: v / q),)

    def prepare(self, histories: SpendHistories, unit_days: float) -> _Rows:
        """Check the rows and find the distinct spend days; raises DataError that names a wrong column."""
        check(histories)
        x, of_x = distinct.codes(histories.spend_days.astype(np.float64))
        count = histories.count.astype(np.float64)
        constant = -float(count @ np.log(histories.mean))
        return _Rows(x, of_x, histories.mean * histories.spend_days, histories.spread, count, constant)

    def score(self, p: Values, data: _Rows) -> tuple[float, Floats]:
        """The total log-likelihood and its gradient in p, q, v."""
        value, slopes = _rows(p, data)
        return float(value @ data.count) + data.constant, np.array([slope @ data.count for slope in slopes])

    def log_likelihood(self, p: Values, histories: SpendHistories, unit_days: float = 7.0) -> Floats:
        """ln of FH eq. (1a), the density of the mean amount, for one customer of each row; shape (n,). No unit of time enters."""
        result: Floats = _rows(p, self.prepare(histories, unit_days))[0] - np.log(histories.mean)
        return result

    def typical(self, histories: SpendHistories, unit_days: float) -> tuple[float, float]:
        """The mean amount over customers."""
        return 1.0, float(np.average(histories.mean, weights=histories.count)) if len(histories.count) else 1.0

    def too_little(self, histories: SpendHistories) -> str:
        """One customer says nothing of how customers differ."""
        customers = histories.customers
        return "" if customers > 1 else f"{customers} customer with a repeat purchase of positive amount."

    def sample(self, histories: SpendHistories, customers: int) -> SpendHistories:
        """An even sample of the customers."""
        kept, count = even_sample(histories.count, customers)
        return SpendHistories(histories.spend_days[kept], histories.mean[kept], count, histories.spread[kept])

    def example(self) -> tuple[dict[str, float], Floats]:
        """Parameters near those of CDNOW, and 1 to 8 spend days."""
        return {"p": 6.0, "q": 4.0, "v": 15.0}, np.tile(np.arange(1.0, 9.0), 1_000)

    def judge(self, p: Values, outcome: Outcome) -> Outcome:
        """A mean that is not finite comes before anything else that may be said of a usable fit."""
        return Outcome.MEAN_NOT_FINITE if p["q"] <= 1 and outcome.is_usable else outcome

    def expected_spend(self, p: Values, spend_days: Integers, mean: Floats) -> Floats:
        """E[M | x, mean], FH eq. (5): own mean and population mean weighted by p x and q - 1; shape (n,).

        spend_days: 0 for customers without a repeat purchase, whose `mean` is not read: they get the population mean. Where the
        population mean is not finite (q <= 1), population median and its weight stand in: see `coefficients`.
        """
        c = self.coefficients(p)
        total = np.where(spend_days > 0, spend_days * mean, 0.0)
        result: Floats = (c["weight"] * c["population_mean"] + c["p"] * total) / (c["p"] * spend_days + c["weight"])
        return result

    def coefficients(self, p: Values) -> dict[str, float]:
        """p, q, v, population_mean and weight: E[M | x, mean] = (weight population_mean + p x mean) / (p x + weight).

        A customer's mean is p / nu with nu ~ Gamma(q, v): its population mean is p v / (q - 1), FH eq. (4), weight q - 1. At q <= 1 that
        mean is not finite; then the weight is the median of Gamma(q, 1), which makes p v / weight the population median.
        """
        weight = p["q"] - 1 if p["q"] > 1 else _median_of_gamma(p["q"])
        return {"p": p["p"], "q": p["q"], "v": p["v"], "population_mean": p["p"] * p["v"] / weight, "weight": weight}

    def simulate(self, p: Values, span: Floats, *, rng: np.random.Generator, unit_days: float = 7.0) -> SpendHistories:
        """One customer for each number of spend days in `span`."""
        x = span.astype(np.int64)
        rate = rng.gamma(p["q"], 1 / p["v"], len(x))
        # The sum of x amounts Gamma(p, rate) is Gamma(p x, rate).
        return SpendHistories(x, rng.gamma(p["p"] * x) / rate / x, np.ones_like(x), np.zeros(len(x)))


def _rows(p: Values, data: _Rows) -> tuple[Floats, tuple[Floats, Floats, Floats]]:
    """ln density of each row (without -ln mean) and its slopes in p, q, v.

    FH eq. (1a) with A = p x, s = x mean, w = s / (v + s): A ln w + q ln(1 - w) - ln B(A, q). Stirling's formula turns it into
    A ln(w / (A / (A + q))) + q ln((1 - w) / (q / (A + q))) + small terms, which stays exact when p and q are huge.
    """
    q, v = p["q"], p["v"]
    shape = p["p"] * data.x
    small = 0.5 * np.log(shape * (q / (shape + q))) - 0.5 * math.log(2 * math.pi) + _stirling(shape, q)
    curved, of_q = special.digamma_error(shape + q), special.digamma_error(np.array([q]))
    a = shape[data.of_x]
    w = data.total / (v + data.total)
    e = (data.total * q - v * a) / (v + data.total)
    own = _log_ratio(e / a, w * ((a + q) / a))
    rest = _log_ratio(-e / q, v / (v + data.total) * ((a + q) / q))
    # Rows that are bins: half the spread times the second derivative in ln s, which is -(A + q) w (1 - w).
    bend = 0.5 * data.spread * w * (1 - w)
    value = a * own + q * rest + small[data.of_x] - bend * (a + q)
    in_shape = own + (curved - special.digamma_error(shape))[data.of_x] - bend
    in_q = rest + (curved - of_q)[data.of_x] - bend
    in_v = (e + bend * (a + q) * (1 - 2 * w)) / v
    return value, (in_shape * data.x[data.of_x], in_q, in_v)


def _stirling(shape: Floats, q: float) -> Floats:
    return special.stirling_error(shape + q) - special.stirling_error(shape) - special.stirling_error(np.array([q]))


def _log_ratio(above_one: Floats, ratio: Floats) -> Floats:
    """ln ratio, from ratio - 1 where that has more digits."""
    near = np.abs(above_one) < 0.5
    return np.where(near, np.log1p(np.where(near, above_one, 0.0)), np.log(ratio))


def _median_of_gamma(q: float) -> float:
    from scipy.special import gammaincinv

    return max(float(gammaincinv(q, 0.5)), _LEAST_WEIGHT)


PLUGIN = GammaGamma

"""NBD: customers buy at a steady rate of their own for ever. The reference against which models of leaving are held.

Sources: Ehrenberg 1959, The Pattern of Consumer Purchases, Applied Statistics 8(1), 26-41; conditional expectation of Morrison &
Schmittlein 1988, Journal of Business & Economic Statistics 6(2), 145-159.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar, final

import numpy as np
from numpy.typing import NDArray

from kundenwert.models._statement import Parameter, Ridge, Values
from kundenwert.models.purchases._history import AbstractHistoryModel, Span, observed_time
from kundenwert.models.purchases._purchases import Distinct, check_days, dot, take_apart
from kundenwert.records import Histories
from kundenwert.stats import discount, special
from kundenwert.stats.limits import POSITIVE

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@final
@dataclass(frozen=True)
class Nbd(AbstractHistoryModel):
    """Purchases: Poisson with rate ~ Gamma(r, alpha) for ever. P(alive) is 1 by the model, not by evidence."""

    parameters: ClassVar[tuple[Parameter, ...]] = (Parameter("r", POSITIVE, start=0.5), Parameter("alpha", POSITIVE, start=0.5, time=1))
    ridges: ClassVar[tuple[Ridge, ...]] = (Ridge("r", "alpha", "r/alpha", lambda r, alpha: r / alpha),)

    def prepare(self, histories: Histories, unit_days: float) -> Distinct:
        """The distinct frequencies and pairs of the histories; raises DataError that names a wrong column."""
        return take_apart(histories, unit_days, from_purchases=1)

    def score(self, p: Values, data: Distinct) -> tuple[float, Floats]:
        """The total log-likelihood and its gradient in r, alpha."""
        r, alpha = p["r"], p["alpha"]
        top = int(data.x.max(initial=0))
        shape, log_T = r + data.x[data.x_of_T].astype(np.float64), np.log1p(data.T / alpha)
        value = data.by_x @ (special.log_rising(r, top)[data.x] - data.x * math.log(alpha)) - dot(data.by_T, shape * log_T)
        in_r = data.by_x @ special.digamma_rising(r, top)[data.x] - dot(data.by_T, log_T)
        in_alpha = dot(data.by_T, shape * data.T / (alpha * (alpha + data.T))) - data.by_x @ data.x / alpha
        return float(value), np.array([in_r, in_alpha])

    def log_likelihood(self, p: Values, histories: Histories, unit_days: float = 7.0) -> Floats:
        """ln of the density of the purchase times of one customer with each history; parameters in the unit, shape (n,)."""
        x = histories.frequency
        rising = special.log_rising(p["r"], int(x.max(initial=0)))[x]
        result: Floats = rising - x * math.log(p["alpha"]) - (p["r"] + x) * np.log1p(histories.T / unit_days / p["alpha"])
        return result

    def example(self) -> tuple[dict[str, float], Floats]:
        """A purchase in eight weeks on average, and a year and a half of customers, in days."""
        return {"r": 0.9, "alpha": 7.0}, np.tile(np.arange(180.0, 540.0, 3.0), 40)

    def without_data(self, histories: Histories, unit_days: float) -> dict[str, float]:
        """Half a repeat purchase in all the time observed: what Jeffreys' prior of a Poisson rate says of no purchase at all."""
        return {"r": 0.5, "alpha": observed_time(histories, unit_days)}

    def p_alive(self, p: Values, frequency: Integers, recency: Floats, T: Floats) -> Floats:
        """1 for all: nobody leaves in this model. Shape (n,)."""
        return np.ones(len(frequency))

    def purchases_if_alive(self, p: Values, histories: Histories, spans: list[Span]) -> list[Floats]:
        """Expected purchases in each span, discounted: (r + x) / (alpha + T) times its discounted days; one array a span."""
        rate = (p["r"] + histories.frequency) / (p["alpha"] + histories.T)
        days = (discount.annuity_days(s.last - s.first, s.force) * math.exp(-s.force * s.first) for s in spans)
        return [rate * one for one in days]

    def p_stays(self, p: Values, histories: Histories, days: float) -> Floats:
        """1 for all: nobody leaves in this model. Shape (n,)."""
        check_days("days", days)
        return np.ones(len(histories))

    def unconditional_purchases(self, p: Values, t: Floats) -> Floats:
        """Expected purchases of a new customer in a time t after the first, in the unit of p: r t / alpha. Shape as t."""
        result: Floats = p["r"] / p["alpha"] * np.asarray(t, dtype=np.float64)
        return result

    def mass(self, p: Values, n: Integers, t: float) -> Floats:
        """P(n purchases in a time t) of a new customer: negative binomial. Shape as n; t in the unit of p."""
        n = np.asarray(n)
        if t == 0:
            return np.where(n == 0, 1.0, 0.0)
        top = int(n.max(initial=0))
        ways = (special.log_rising(p["r"], top) - special.log_rising(1.0, top))[n]
        result: Floats = np.exp(ways - n * math.log1p(p["alpha"] / t) - p["r"] * math.log1p(t / p["alpha"]))
        return result

    def simulate(self, p: Values, span: Floats, *, rng: np.random.Generator, unit_days: float = 7.0) -> Histories:
        """One customer for each span in days; times are real numbers of days, not rounded."""
        x = rng.poisson(rng.gamma(p["r"], 1 / (p["alpha"] * unit_days), len(span)) * span)
        recency = np.where(x > 0, span * rng.beta(np.maximum(x, 1), 1.0), 0.0)
        return Histories(x.astype(np.int64), recency, span.astype(np.float64), np.ones(len(span), dtype=np.int64))


PLUGIN = Nbd

"""Models whose customers may leave after a purchase with a chance of their own ~ Beta(a, b): BG/NBD and MBG/NBD in one form.

They differ in the number k of purchases so far after which the customer may have left: x, or x + 1 where also after the first.
With it the likelihood of x repeat purchases, the last at t, observed for T, is for both (Fader, Hardie & Lee 2005, Marketing Science
24(2), here FHL, eq. (6), with one more chance to leave for MBG/NBD: Batislam, Denizel & Filiztekin 2007, IJRM 24(3); as a ratio:
Fader & Hardie 2013, note 027)

    ln[Gamma(r+x)/Gamma(r)] + ln[B(a,b+k)/B(a,b)] - x ln alpha - (r+x) ln(1+T/alpha) + ln(1 + e^u)      (the last term for k > 0)
    u = ln[a/(b+k-1)] + (r+x) [ln(1+T/alpha) - ln(1+t/alpha)]

where u is the log-odds to have left. Given the history and being alive, rate and chance are Gamma(r+x, alpha+T) and Beta(a, b+k).
"""

from __future__ import annotations

import math
from abc import abstractmethod
from collections.abc import Callable
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from kundenwert.models._statement import Parameter, Ridge, Values
from kundenwert.models.purchases import _alive
from kundenwert.models.purchases._history import AbstractHistoryModel, Span, observed_time
from kundenwert.models.purchases._purchases import Distinct, check, check_days, dot, mix, take_apart
from kundenwert.records import Histories
from kundenwert.stats import distinct, special
from kundenwert.stats.limits import POSITIVE

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Indices = NDArray[np.intp]
Work = Callable[[_alive.Kinds, Indices, Floats], list[Floats]]


class AbstractBetaLeavingModel(AbstractHistoryModel):
    """Purchases: Poisson with rate ~ Gamma(r, alpha); after a purchase a customer leaves with chance ~ Beta(a, b)."""

    parameters: ClassVar[tuple[Parameter, ...]] = (
        Parameter("r", POSITIVE, start=0.5),
        Parameter("alpha", POSITIVE, start=0.3, time=1),
        Parameter("a", POSITIVE, start=0.7),
        Parameter("b", POSITIVE, start=2.0),
    )
    ridges: ClassVar[tuple[Ridge, ...]] = (
        Ridge("a", "b", "a/(a+b)", lambda a, b: a / (a + b)),
        Ridge("r", "alpha", "r/alpha", lambda r, alpha: r / alpha),
    )

    @property
    @abstractmethod
    def chances_at_first(self) -> int:
        """1 if a customer may leave right after the first purchase, else 0."""

    def prepare(self, histories: Histories, unit_days: float) -> Distinct:
        """The distinct frequencies and pairs of the histories; raises DataError that names a wrong column."""
        return take_apart(histories, unit_days, from_purchases=1 - self.chances_at_first)

    def score(self, p: Values, data: Distinct) -> tuple[float, Floats]:
        """The total log-likelihood and its gradient in r, alpha, a, b."""
        log_T, log_t = np.log1p(data.T / p["alpha"]), np.log1p(data.t / p["alpha"])
        shape = p["r"] + data.x.astype(np.float64)
        gone = self._log_odds_at_last(p, data.x)
        total, alive_T, gone_t = mix(-shape[data.x_of_T] * log_T, gone[data.x_of_t] - shape[data.x_of_t] * log_t, data)
        known = data.by_x @ self._known(p, data.x)
        return float(known + total), self._gradient(p, data, (alive_T, log_T), (gone_t, log_t))

    def log_likelihood(self, p: Values, histories: Histories, unit_days: float = 7.0) -> Floats:
        """ln of FHL eq. (6) for one customer with each history; parameters and density in the unit, shape (n,)."""
        x, T = histories.frequency, histories.T / unit_days
        gone = special.softplus_and_slope(self._log_odds_gone(p, x, histories.recency / unit_days, T))[0]
        result: Floats = self._known(p, x) - (p["r"] + x) * np.log1p(T / p["alpha"]) + gone
        return result

    def without_data(self, histories: Histories, unit_days: float) -> dict[str, float]:
        """Half a repeat purchase in all the time observed (Jeffreys' prior of a Poisson rate), and the starting chance to leave."""
        return {"r": 0.5, "alpha": observed_time(histories, unit_days), "a": 0.7, "b": 2.0}

    def p_alive(self, p: Values, frequency: Integers, recency: Floats, T: Floats) -> Floats:
        """The probability to be still a customer at T: FHL section 6, with the model's chances to leave. Shape (n,), in the unit of p."""
        # 1 / (1 + e^u) is the slope of softplus at -u.
        return special.softplus_and_slope(-self._log_odds_gone(p, frequency, recency, T))[1]

    def purchases_if_alive(self, p: Values, histories: Histories, spans: list[Span]) -> list[Floats]:
        """Expected purchases in each span of customers alive today, discounted; p in days, one array of shape (n,) a span."""

        def work(kinds: _alive.Kinds, kind: Indices, scale: Floats) -> list[Floats]:
            return [
                _alive.expected(kinds, kind, scale, np.full(len(scale), span.last))
                if span.first == span.force == 0
                else _alive.discounted(kinds, kind, scale, (span.first, span.last), span.force)
                for span in spans
            ]

        return self._of_ages(p, histories, work)

    def p_stays(self, p: Values, histories: Histories, days: float) -> Floats:
        """The probability that a customer alive today is one in `days`; p in days, shape (n,)."""
        check_days("days", days)
        return self._of_ages(p, histories, lambda k, i, s: [_alive.stays(k, i, s, np.full(len(s), days))])[0]

    def unconditional_purchases(self, p: Values, t: Floats) -> Floats:
        """Expected repeat purchases of a new customer until t after the first: FHL eq. (9). Shape as t, in the unit of p."""
        t = np.asarray(t, dtype=np.float64)
        kinds = self._kinds(p, np.zeros(1, dtype=np.int64))
        flat = _alive.expected(kinds, np.zeros(t.size, dtype=np.intp), np.full(t.size, p["alpha"]), t.ravel())
        stays = p["b"] / (p["a"] + p["b"]) if self.chances_at_first else 1.0
        return stays * flat.reshape(t.shape)

    def mass(self, p: Values, n: Integers, t: float) -> Floats:
        """P(X(t) = n), repeat purchases of a new customer until t: FHL eq. (8). Shape as n; t in the unit of p."""
        from scipy.special import betainc

        n = np.asarray(n)
        if t == 0:
            return np.where(n == 0, 1.0, 0.0)
        share = t / (p["alpha"] + t)
        top = int(n.max(initial=0))
        ways = special.log_rising(p["r"], top)[n] - special.log_rising(1.0, top)[n]
        counts = ways + n * math.log(share) - p["r"] * math.log1p(t / p["alpha"])
        # Left at the n-th purchase, and n or more would have come: the sum in FHL eq. (8) is an incomplete beta function.
        come = np.where(n > 0, betainc(np.maximum(n, 1), p["r"], share), 1.0)
        left = np.exp(self._log_odds_at_last(p, n)) * come
        result: Floats = np.exp(self._log_stays(p, n)) * (np.exp(counts) + left)
        return result

    def simulate(self, p: Values, span: Floats, *, rng: np.random.Generator, unit_days: float = 7.0) -> Histories:
        """One customer for each span in days; times are real numbers of days, not rounded."""
        n = len(span)
        rate = rng.gamma(p["r"], 1 / (p["alpha"] * unit_days), n)
        # The number of the repeat purchase after which the customer leaves, 0 being the first purchase of all.
        last = rng.geometric(np.clip(rng.beta(p["a"], p["b"], n), 1e-12, 1.0)) - self.chances_at_first
        come = rng.poisson(rate * span)
        x = np.minimum(come, last)
        # Given their number, purchase times are uniform: the x-th of `come` is at a Beta(x, come - x + 1) share of the span.
        recency = np.where(x > 0, span * rng.beta(np.maximum(x, 1), come - x + 1), 0.0)
        return Histories(x.astype(np.int64), recency, span.astype(np.float64), np.ones(n, dtype=np.int64))

    def _log_stays(self, p: Values, x: Integers) -> Floats:
        """ln[B(a, b + k) / B(a, b)]: stayed after each purchase."""
        k = x + self.chances_at_first
        return special.log_rising_quotient(p["b"], p["a"], int(k.max(initial=0)))[k]

    def _known(self, p: Values, x: Integers) -> Floats:
        """The part of the log-likelihood that depends on the frequency only."""
        rising = special.log_rising(p["r"], int(x.max(initial=0)))[x]
        result: Floats = rising + self._log_stays(p, x) - x * math.log(p["alpha"])
        return result

    def _log_odds_at_last(self, p: Values, x: Integers) -> Floats:
        """ln of the odds to have left right after the last purchase: u at T = t; minus infinity where that is impossible."""
        k = x + self.chances_at_first
        return np.where(k > 0, math.log(p["a"]) - np.log(p["b"] + np.maximum(k, 1) - 1), -np.inf)

    def _log_odds_gone(self, p: Values, x: Integers, t: Floats, T: Floats) -> Floats:
        """u: ln [P(left) / P(alive)] at T."""
        result: Floats = self._log_odds_at_last(p, x) + (p["r"] + x) * (np.log1p(T / p["alpha"]) - np.log1p(t / p["alpha"]))
        return result

    def _gradient(self, p: Values, data: Distinct, at_T: tuple[Floats, Floats], at_t: tuple[Floats, Floats]) -> Floats:
        """Derivatives in r, alpha, a, b; at_T, at_t: customers alive (gone) of each pair, and ln(1 + time / alpha)."""
        r, alpha, a, b = (p[k] for k in ("r", "alpha", "a", "b"))
        (alive, log_T), (left, log_t) = at_T, at_t
        top = int(data.x.max(initial=0))
        k = data.x + self.chances_at_first
        last = top + self.chances_at_first
        gone = distinct.sums(left, data.x_of_t, len(data.x))
        # d ln(1 + T / alpha) / d alpha = -T / (alpha (alpha + T)).
        fall_T = (r + data.x[data.x_of_T]) * data.T / (alpha * (alpha + data.T))
        fall_t = (r + data.x[data.x_of_t]) * data.t / (alpha * (alpha + data.t))
        in_r = data.by_x @ special.digamma_rising(r, top)[data.x] - dot(alive, log_T) - dot(left, log_t)
        in_alpha = -(data.by_x @ data.x) / alpha + dot(alive, fall_T) + dot(left, fall_t)
        in_a = -(data.by_x @ special.digamma_rising(a + b, last)[k]) + gone.sum() / a
        in_b = data.by_x @ special.digamma_rising_difference(b, a, last)[k] - gone @ (1 / (b + np.maximum(k, 1) - 1))
        return np.array([in_r, in_alpha, in_a, in_b])

    def _kinds(self, p: Values, x: Integers) -> _alive.Kinds:
        """Given x purchases and being alive, the rate is Gamma(r + x, alpha + T) and the chance to leave Beta(a, b + k)."""
        purchases = x.astype(np.float64)
        return _alive.Kinds(a=p["a"], b=p["b"] + purchases + self.chances_at_first, shape=p["r"] + purchases)

    def _of_ages(self, p: Values, histories: Histories, work: Work) -> list[Floats]:
        """`work` on the distinct (frequency, T), handed back to each history."""
        check(histories)
        x, of_x = distinct.codes(histories.frequency.astype(np.float64))
        ages, of_age = distinct.codes(histories.T)
        kind, age, of_pair = distinct.pairs(of_x, of_age)
        kinds = self._kinds(p, x.astype(np.int64))
        found = _alive.along_ages(kind, len(x), p["alpha"] + ages[age], lambda i, s: work(kinds, i, s))
        return [one[of_pair] for one in found]

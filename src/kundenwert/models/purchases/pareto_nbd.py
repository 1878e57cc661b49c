"""Pareto/NBD: customers buy at a steady rate of their own until they leave, at a moment of their own that nobody sees.

Sources: Schmittlein, Morrison & Colombo 1987, Counting Your Customers, Management Science 33(1), 1-24 (here: SMC);
Fader & Hardie 2005, A Note on Deriving the Pareto/NBD Model and Related Expressions, brucehardie.com/notes/009 (here: FH);
for P(X(t) = n) Fader & Hardie 2006, brucehardie.com/notes/012.

The likelihood is kept as the integral over the moment of leaving instead of its closed form in hypergeometric functions:

    L = Gamma(r+x)/Gamma(r) alpha^r beta^s { (alpha+T)^-(r+x) (beta+T)^-s + int_t^T s (alpha+v)^-(r+x) (beta+v)^-(s+1) dv }.

Of a customer alive at v, whose next purchase and leaving are Lomax with (r+x, alpha+v) and (s, beta+v), let g(v) be the chance to leave
before the next purchase. It is a function of x and (beta+v)/(alpha+v) only (stats.race), and the braces are

    (alpha+T)^-(r+x) (beta+T)^-s (1 - g(T)) + (alpha+t)^-(r+x) (beta+t)^-s g(t):

two positive terms, one of (x, T) and one of (x, t). Nothing is singular at alpha = beta or s = 1, and nothing overflows.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar, Final, final

import numpy as np
from numpy.typing import NDArray

from kundenwert.models._statement import Parameter, Ridge, Values
from kundenwert.models.purchases import _alive
from kundenwert.models.purchases._history import AbstractHistoryModel, Span, observed_time
from kundenwert.models.purchases._purchases import Distinct, check, check_days, dot, mix, take_apart
from kundenwert.records import Histories
from kundenwert.stats import distinct, quadrature, special
from kundenwert.stats.limits import POSITIVE
from kundenwert.stats.race import Race, race

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Indices = NDArray[np.intp]

# 1 - g is a difference; where it vanishes the other of the two terms is all that counts.
_LEAST: Final = 1e-290


@final
@dataclass(frozen=True)
class ParetoNbd(AbstractHistoryModel):
    """Purchases: Poisson with rate ~ Gamma(r, alpha); customers leave after a time Exponential with rate ~ Gamma(s, beta)."""

    parameters: ClassVar[tuple[Parameter, ...]] = (
        Parameter("r", POSITIVE, start=0.5),
        Parameter("alpha", POSITIVE, start=0.3, time=1),
        Parameter("s", POSITIVE, start=0.5),
        Parameter("beta", POSITIVE, start=0.3, time=1),
    )
    ridges: ClassVar[tuple[Ridge, ...]] = (
        Ridge("s", "beta", "s/beta", lambda s, beta: s / beta),
        Ridge("r", "alpha", "r/alpha", lambda r, alpha: r / alpha),
    )

    def prepare(self, histories: Histories, unit_days: float) -> Distinct:
        """The distinct frequencies and pairs of the histories; raises DataError that names a wrong column."""
        return take_apart(histories, unit_days, from_purchases=0)

    def score(self, p: Values, data: Distinct) -> tuple[float, Floats]:
        """The total log-likelihood and its gradient in r, alpha, s, beta."""
        ends = _Ends.of(p, data.x, data.x_of_T, data.T), _Ends.of(p, data.x, data.x_of_t, data.t)
        (at_T, race_T), (at_t, race_t) = _raced(p, data.x, *ends)
        rest = np.maximum(1 - race_T.first, _LEAST)
        total, alive, gone = mix(np.log(rest) - at_T.fallen, np.log(race_t.first) - at_t.fallen, data)
        top = int(data.x.max(initial=0))
        known = special.log_rising(p["r"], top)[data.x] - data.x * math.log(p["alpha"])
        gradient = at_T.slopes(p, race_T, -alive / rest, -alive) + at_t.slopes(p, race_t, gone / race_t.first, -gone)
        gradient[0] += data.by_x @ special.digamma_rising(p["r"], top)[data.x]
        gradient[1] -= (data.by_x @ data.x) / p["alpha"]
        return float(data.by_x @ known + total), gradient

    def log_likelihood(self, p: Values, histories: Histories, unit_days: float = 7.0) -> Floats:
        """ln of the likelihood of one customer with each history (FH); parameters in the unit, shape (n,)."""
        x, T = histories.frequency, histories.T / unit_days
        stay, odds = self._chances(p, x, histories.recency / unit_days, T)
        rising = special.log_rising(p["r"], int(x.max(initial=0)))[x] - x * math.log(p["alpha"])
        fallen = (p["r"] + x) * np.log1p(T / p["alpha"]) + p["s"] * np.log1p(T / p["beta"])
        result: Floats = rising - fallen + np.logaddexp(stay, odds)
        return result

    def example(self) -> tuple[dict[str, float], Floats]:
        """Parameters near those of CDNOW (weeks) and two years and a half of customers, in days."""
        return {"r": 0.8, "alpha": 6.0, "s": 0.7, "beta": 10.0}, np.tile(np.arange(180.0, 900.0, 6.0), 100)

    def without_data(self, histories: Histories, unit_days: float) -> dict[str, float]:
        """Half a repeat purchase in all the time observed (Jeffreys' prior of a Poisson rate), and the starting rate to leave."""
        scale = 0.3 * self.typical(histories, unit_days)[0]
        return {"r": 0.5, "alpha": observed_time(histories, unit_days), "s": 0.5, "beta": scale}

    def p_alive(self, p: Values, frequency: Integers, recency: Floats, T: Floats) -> Floats:
        """The probability to be still a customer at T: that of SMC and FH, in one form. Shape (n,), times in the unit of p."""
        stay, odds = self._chances(p, frequency, recency, T)
        return np.exp(-np.maximum(np.logaddexp(stay, odds), 0.0))

    def purchases_if_alive(self, p: Values, histories: Histories, spans: list[Span]) -> list[Floats]:
        """Expected purchases in each span of customers alive today, discounted; p in days, one array of shape (n,) a span.

        The conditional expectation of SMC and FH without P(alive): (r + x) / (alpha + T) times the discounted time that a customer of
        age T stays.
        """
        check(histories)
        rate = (p["r"] + histories.frequency) / (p["alpha"] + histories.T)
        ages, of_age = distinct.codes(histories.T)

        def work(_: Indices, scale: Floats) -> list[Floats]:
            return [_time_stayed(p["s"], scale, span) for span in spans]

        times = _alive.along_ages(np.zeros(len(ages), dtype=np.intp), 1, p["beta"] + ages, work)
        return [rate * time[of_age] for time in times]

    def p_stays(self, p: Values, histories: Histories, days: float) -> Floats:
        """The probability that a customer alive today is one in `days`: Lomax, as leaving is; p in days, shape (n,)."""
        check_days("days", days)
        result: Floats = np.exp(-p["s"] * np.log1p(days / (p["beta"] + histories.T)))
        return result

    def unconditional_purchases(self, p: Values, t: Floats) -> Floats:
        """Expected repeat purchases of a new customer until t after the first: E[X(t)] of SMC and FH. Shape as t, in the unit of p."""
        result: Floats = p["r"] / p["alpha"] * p["beta"] * _stayed(p["s"], np.asarray(t, dtype=np.float64) / p["beta"])
        return result

    def mass(self, p: Values, n: Integers, t: float) -> Floats:
        """P(X(t) = n), repeat purchases of a new customer until t: Fader & Hardie 2006, as an integral over the moment of leaving.

        Shape as n; t in the unit of p.
        """
        n = np.asarray(n)
        if t == 0:
            return np.where(n == 0, 1.0, 0.0)
        top = int(n.max(initial=0))
        ways = (special.log_rising(p["r"], top) - special.log_rising(1.0, top))[n]
        # In w = ln(1 + time / scale) the integrand is analytic, and not far above its top on the line, for |Im w| < pi / 3.
        scale = min(p["alpha"] / max(1.0, p["r"]), p["beta"] / max(1.0, p["s"]))
        reach = math.log1p(t / scale)
        share, weight = quadrature.panels(0.75 * reach, extra=40.0)
        left = scale * np.expm1(reach * share)
        # The density of leaving then, times the step.
        step = weight * reach * (scale + left)
        density = math.log(p["s"]) + np.log(step / (p["beta"] + left)) - p["s"] * np.log1p(left / p["beta"])
        gone = np.exp(ways[:, None] + _log_count(p, n[:, None], left) + density).sum(axis=1)
        stayed = np.exp(ways + _log_count(p, n, np.array(float(t))) - p["s"] * math.log1p(t / p["beta"]))
        result: Floats = stayed + gone
        return result

    def simulate(self, p: Values, span: Floats, *, rng: np.random.Generator, unit_days: float = 7.0) -> Histories:
        """One customer for each span in days; times are real numbers of days, not rounded."""
        n = len(span)
        rate = rng.gamma(p["r"], 1 / (p["alpha"] * unit_days), n)
        leaving = np.maximum(rng.gamma(p["s"], 1 / (p["beta"] * unit_days), n), np.finfo(float).tiny)
        stayed = np.minimum(span, np.minimum(rng.exponential(size=n), 1e3) / np.maximum(leaving, 1e-300))
        x = rng.poisson(rate * stayed)
        # Given their number, purchase times are uniform on the time stayed: the last is at a Beta(x, 1) share of it.
        recency = np.where(x > 0, stayed * rng.beta(np.maximum(x, 1), 1.0), 0.0)
        return Histories(x.astype(np.int64), recency, span.astype(np.float64), np.ones(n, dtype=np.int64))

    def _chances(self, p: Values, x: Integers, t: Floats, T: Floats) -> tuple[Floats, Floats]:
        """ln of 1 - g(T) and of (1 + odds to have left at T) less that: their sum is 1 / P(alive). Shapes (n,)."""
        kinds, of_x = distinct.codes(x.astype(np.float64))
        (ages, of_age), (times, of_time) = distinct.codes(T), distinct.codes(t)
        x_of_T, age, of_T = distinct.pairs(of_x, of_age)
        x_of_t, time, of_t = distinct.pairs(of_x, of_time)
        ends = _Ends.of(p, kinds, x_of_T, ages[age]), _Ends.of(p, kinds, x_of_t, times[time])
        (at_T, race_T), (at_t, race_t) = _raced(p, kinds, *ends)
        odds = (np.log(race_t.first) - at_t.fallen)[of_t] + at_T.fallen[of_T]
        return np.log(np.maximum(1 - race_T.first, _LEAST))[of_T], odds


@dataclass(frozen=True)
class _Ends:
    """Distinct pairs of frequency and a time at which something is asked: r + x, the time, ln(1 + time / scale) of both clocks.

    fallen: (r + x) ln(1 + time / alpha) + s ln(1 + time / beta). All of shape (pairs,).
    """

    row: Indices
    shape: Floats
    time: Floats
    log_alpha: Floats
    log_beta: Floats
    fallen: Floats

    @staticmethod
    def of(p: Values, x: Integers | Floats, row: Indices, time: Floats) -> _Ends:
        """Evaluated on distinct pairs only."""
        shape: Floats = p["r"] + x[row].astype(np.float64)
        log_alpha, log_beta = np.log1p(time / p["alpha"]), np.log1p(time / p["beta"])
        return _Ends(row, shape, time, log_alpha, log_beta, shape * log_alpha + p["s"] * log_beta)

    def slopes(self, p: Values, raced: Race, on_first: Floats, on_fallen: Floats) -> Floats:
        """sum(on_first dg + on_fallen dfallen) by r, alpha, s, beta."""
        alpha, beta, time = p["alpha"], p["beta"], self.time
        by_ratio = on_first * raced.in_log_ratio
        in_r = dot(on_first, raced.in_shape) + dot(on_fallen, self.log_alpha)
        in_s = dot(on_first, raced.in_s) + dot(on_fallen, self.log_beta)
        # The ratio is (beta + time) / (alpha + time).
        in_alpha = -((by_ratio + on_fallen * self.shape * time / alpha) / (alpha + time)).sum()
        in_beta = ((by_ratio - on_fallen * p["s"] * time / beta) / (beta + time)).sum()
        return np.array([in_r, in_alpha, in_s, in_beta])


def _raced(p: Values, x: Integers | Floats, *ends: _Ends) -> list[tuple[_Ends, Race]]:
    """g at each end; one table serves all."""
    row, time = np.concatenate([e.row for e in ends]), np.concatenate([e.time for e in ends])
    ratio = np.log(p["beta"] + time) - np.log(p["alpha"] + time)
    found = race(p["r"] + x.astype(np.float64), p["s"], row, ratio)
    cuts = np.cumsum([len(e.row) for e in ends])[:-1]
    parts = zip(*(np.split(a, cuts) for a in (found.first, found.in_shape, found.in_s, found.in_log_ratio)), strict=True)
    return [(end, Race(*part)) for end, part in zip(ends, parts, strict=True)]


def _stayed(s: float, y: Floats) -> Floats:
    """int_0^y (1 + v)^-s dv, without a singular point at s = 1."""
    w = np.log1p(y)
    power = (1 - s) * w
    safe = np.where(power == 0, 1.0, power)
    result: Floats = w * np.where(power == 0, 1.0, np.expm1(safe) / safe)
    return result


def _time_stayed(s: float, scale: Floats, span: Span) -> Floats:
    """The discounted time in a span that a customer stays whose time to leave is Lomax(s, scale); days, shape as scale."""
    if span.first == span.force == 0:
        return scale * _stayed(s, span.last / scale)
    first, last = span.first / scale, span.last / scale
    # Time is stretched by how steeply the integrand falls at once, so that the nodes lie where it is.
    steep = np.maximum(max(1.0, s), span.force * scale)
    reach = np.log1p(steep * last) - np.log1p(steep * first)
    share, weight = quadrature.panels(0.5 * float(reach.max()), extra=3.0)
    w = np.log1p(steep * first)[:, None] + reach[:, None] * share
    y = np.expm1(w) / steep[:, None]
    values = np.exp(w - s * np.log1p(y) - span.force * scale[:, None] * y)
    result: Floats = scale * reach / steep * (values @ weight)
    return result


def _log_count(p: Values, n: Integers, time: Floats) -> Floats:
    """ln P(n purchases in a time while a customer) less the number of ways, Gamma(r + n) / (Gamma(r) n!)."""
    share = time / (p["alpha"] + time)
    # n ln(share) is 0 at n = 0, also at time 0.
    result: Floats = n * np.log(np.where(share > 0, share, np.finfo(float).tiny)) - p["r"] * np.log1p(time / p["alpha"])
    return result


PLUGIN = ParetoNbd

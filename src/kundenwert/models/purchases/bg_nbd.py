"""BG/NBD: customers buy at a steady rate of their own until, after some purchase, they leave for good.

Source: Fader, Hardie & Lee 2005, "Counting Your Customers" the Easy Way, Marketing Science 24(2), 275-284 (here: FHL).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Final, cast, final

import numpy as np
from numpy.typing import NDArray

from kundenwert.models._base import Parameter, Ridge, Values, even_sample
from kundenwert.models.purchases import _alive
from kundenwert.models.purchases._purchases import (
    AbstractPurchaseModel,
    Distinct,
    check,
    check_days,
    endless_force,
    has_end,
    take,
    take_apart,
)
from kundenwert.records import Histories, PurchaseForecast
from kundenwert.stats import discount, distinct, special
from kundenwert.stats.limits import POSITIVE

if TYPE_CHECKING:
    from kundenwert.records import Horizons

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Indices = NDArray[np.intp]

# Histories handled at once: their temporary arrays stay in the processor's cache, and their sums below the length (10,000) from
# which OpenBLAS starts threads, whose waiting costs far more than such a sum.
_BLOCK: Final = 8_192
# e^-60 of a discounted purchase is left out when the future has no end.
_ENDLESS: Final = 60.0
# Below this share of later buyers one would wait for the next purchase: the usual gap is the 90 % quantile.
_TAIL: Final = 0.1


@final
@dataclass(frozen=True)
class BgNbd(AbstractPurchaseModel[Histories, Distinct]):
    """Purchases: Poisson with rate ~ Gamma(r, alpha); after each repeat purchase a customer leaves with chance ~ Beta(a, b)."""

    parameters: ClassVar[tuple[Parameter, ...]] = (
        Parameter("r", POSITIVE, start=0.5),
        Parameter("alpha", POSITIVE, start=0.3, time=1),
        Parameter("a", POSITIVE, start=0.7),
        Parameter("b", POSITIVE, start=2.0),
    )
    needs: ClassVar[str] = "histories"
    ridges: ClassVar[tuple[Ridge, ...]] = (Ridge("a", "b", "a/(a+b)", lambda a, b: a / (a + b)),)

    def prepare(self, histories: Histories, unit_days: float) -> Distinct:
        """The distinct frequencies and pairs of the histories; raises DataError that names a wrong column."""
        return take_apart(histories, unit_days)

    def score(self, p: Values, data: Distinct) -> tuple[float, Floats]:
        """The total log-likelihood and its gradient in r, alpha, a, b."""
        parts = _Parts.of(p, data)
        total, weight_T, weight_t = _mix(parts, data)
        return float(_likelihood(p, data, parts) + total), _gradient(p, data, parts, weight_T, weight_t)

    def log_likelihood(self, p: Values, histories: Histories, unit_days: float = 7.0) -> Floats:
        """ln of FHL eq. (6) for one customer with each history; parameters and density in the unit, shape (n,)."""
        x, T = histories.frequency, histories.T / unit_days
        top = int(x.max(initial=0))
        stays = special.log_rising_quotient(p["b"], p["a"], top)
        known = special.log_rising(p["r"], top) + stays - np.arange(top + 1) * math.log(p["alpha"])
        gone = special.softplus_and_slope(_log_odds_gone(p, x, histories.recency / unit_days, T))[0]
        result: Floats = known[x] - (p["r"] + x) * np.log1p(T / p["alpha"]) + np.where(x > 0, gone, 0.0)
        return result

    def typical(self, histories: Histories, unit_days: float) -> tuple[float, float]:
        """The mean observation time, in the unit."""
        mean = float(np.average(histories.T, weights=histories.count)) if len(histories) else 1.0
        return max(mean, 1e-9) / unit_days, 1.0

    def too_little(self, histories: Histories) -> str:
        """A population is not to be learned from customers none of whom came back."""
        if not len(histories):
            return "no customer."
        return "" if histories.frequency.any() else "no customer bought a second time."

    def sample(self, histories: Histories, customers: int) -> Histories:
        """An even sample of the customers."""
        return take(histories, *even_sample(histories.count, customers))

    def example(self) -> tuple[dict[str, float], Floats]:
        """Parameters near those of CDNOW (weeks) and a year and a half of customers, in days."""
        return {"r": 0.6, "alpha": 6.0, "a": 0.8, "b": 2.4}, np.tile(np.arange(180.0, 540.0, 3.0), 100)

    def without_data(self, histories: Histories, unit_days: float) -> dict[str, float]:
        """Half a repeat purchase in all the time observed (Jeffreys' prior of a Poisson rate), and the starting chance to leave."""
        time = float(histories.T @ histories.count) / unit_days
        return {"r": 0.5, "alpha": time or 1.0, "a": 0.7, "b": 2.0}

    def p_alive(self, p: Values, frequency: Integers, recency: Floats, T: Floats) -> Floats:
        """The probability to be still a customer at T: FHL section 6, 1 for all who never came back. Shape (n,), times in the unit of p."""
        # 1 / (1 + e^u) is the slope of softplus at -u.
        alive = special.softplus_and_slope(-_log_odds_gone(p, frequency, recency, T))[1]
        return np.where(frequency > 0, alive, 1.0)

    def unconditional_purchases(self, p: Values, t: Floats) -> Floats:
        """Expected repeat purchases of a new customer until t after the first: FHL eq. (9). Shape as t, in the unit of p."""
        t = np.asarray(t, dtype=np.float64)
        kinds = _kinds(p, np.zeros(1, dtype=np.int64))
        flat = _alive.expected(kinds, np.zeros(t.size, dtype=np.intp), np.full(t.size, p["alpha"]), t.ravel())
        return flat.reshape(t.shape)

    def expected_purchases(self, p: Values, histories: Histories, days: float) -> Floats:
        """Expected purchases in the next `days` of a customer with each history: FHL eq. (10), undiscounted; p in days, shape (n,)."""
        check_days("days", days)
        found = self._while_alive(p, histories, lambda k, i, s: [_alive.expected(k, i, s, np.full(len(s), days))])[0]
        return found * self.p_alive(p, histories.frequency, histories.recency, histories.T)

    def discounted_purchases(self, p: Values, histories: Histories, days: float, discount_rate: float) -> Floats:
        """The same, each purchase discounted from its expected day; discount_rate a year, effective; p in days, shape (n,)."""
        check_days("days", days)
        force = discount.force_per_day(discount_rate)
        found = self._while_alive(p, histories, lambda k, i, s: [_alive.discounted(k, i, s, (0.0, days), force)])[0]
        return found * self.p_alive(p, histories.frequency, histories.recency, histories.T)

    def discounted_beyond(self, p: Values, histories: Histories, days: float, discount_rate: float) -> Floats:
        """Discounted purchases from `days` on without end; p in days, shape (n,). Raises CallError unless the rate is above 0."""
        check_days("days", days)
        force = endless_force(discount_rate)
        span = (days, days + _ENDLESS / force)
        found = self._while_alive(p, histories, lambda k, i, s: [_alive.discounted(k, i, s, span, force)])[0]
        return found * self.p_alive(p, histories.frequency, histories.recency, histories.T)

    def usual_gap(self, p: Values, frequency: Integers, recency: Floats) -> Floats:
        """The time within which 9 of 10 customers with this history buy again if alive, counted from the last purchase.

        At that purchase the rate is Gamma(r + x, alpha + t_x), so the gap is Lomax (Pareto II): shape (n,), in the unit of p.
        """
        # Capped where the quantile leaves the range of doubles: r + x below 0.0033.
        power = np.minimum(-math.log(_TAIL) / (p["r"] + frequency), 600.0)
        result: Floats = (p["alpha"] + recency) * np.expm1(power)
        return result

    def mass(self, p: Values, n: Integers, t: float) -> Floats:
        """P(X(t) = n), repeat purchases of a new customer until t: FHL eq. (8). Shape as n; t in the unit of p."""
        from scipy.special import betainc

        n = np.asarray(n)
        top = int(n.max(initial=0))
        share = t / (p["alpha"] + t)
        stays = special.log_rising_quotient(p["b"], p["a"], top)[n]
        if t == 0:
            return np.where(n == 0, 1.0, 0.0)
        ways = special.log_rising(p["r"], top)[n] - special.log_rising(1.0, top)[n]
        counts = ways + n * math.log(share) - p["r"] * math.log1p(t / p["alpha"])
        # Left at the n-th purchase, and n or more would have come: the sum in FHL eq. (8) is an incomplete beta function.
        left = p["a"] / (p["b"] + np.maximum(n, 1) - 1) * betainc(np.maximum(n, 1), p["r"], share)
        result: Floats = np.exp(stays) * (np.exp(counts) + np.where(n > 0, left, 0.0))
        return result

    def simulate(self, p: Values, span: Floats, *, rng: np.random.Generator, unit_days: float = 7.0) -> Histories:
        """One customer for each span in days; times are real numbers of days, not rounded."""
        n = len(span)
        rate = rng.gamma(p["r"], 1 / (p["alpha"] * unit_days), n)
        # The number of the repeat purchase after which the customer leaves.
        last = rng.geometric(np.clip(rng.beta(p["a"], p["b"], n), 1e-12, 1.0))
        come = rng.poisson(rate * span)
        x = np.minimum(come, last)
        # Given their number, purchase times are uniform: the x-th of `come` is at a Beta(x, come - x + 1) share of the span.
        recency = np.where(x > 0, span * rng.beta(np.maximum(x, 1), come - x + 1), 0.0)
        return Histories(x.astype(np.int64), recency, span.astype(np.float64), np.ones(n, dtype=np.int64))

    def forecast(self, p: Values, histories: Histories, horizons: Horizons) -> PurchaseForecast:
        """What the model says of each history; p in days. discounted_beyond is None unless the discount rate is above 0."""
        check_days("horizon_days", horizons.horizon_days)
        check_days("value_horizon_days", horizons.value_horizon_days)
        force = discount.force_per_day(horizons.discount_rate)
        end = horizons.value_horizon_days

        def work(kinds: _alive.Kinds, kind: Indices, scale: Floats) -> list[Floats]:
            found = [
                _alive.expected(kinds, kind, scale, np.full(len(scale), horizons.horizon_days)),
                _alive.discounted(kinds, kind, scale, (0.0, end), force),
            ]
            return (
                [*found, _alive.discounted(kinds, kind, scale, (end, end + _ENDLESS / force), force)]
                if has_end(horizons.discount_rate)
                else found
            )

        alive = self.p_alive(p, histories.frequency, histories.recency, histories.T)
        found = [alive * one for one in self._while_alive(p, histories, work)]
        return PurchaseForecast(
            p_alive=alive,
            expected_purchases=found[0],
            discounted_purchases=found[1],
            # Without discounting the endless sum need not be finite; the field then says so by being empty.
            discounted_beyond=found[2] if len(found) > 2 else None,
            usual_gap=self.usual_gap(p, histories.frequency, histories.recency),
        )

    def _while_alive(self, p: Values, histories: Histories, work: Any) -> list[Floats]:
        """`work` of (kinds, kind, scale) on the distinct (frequency, T), handed back to each history."""
        check(histories)
        x, of_x = distinct.codes(histories.frequency.astype(np.float64))
        ages, of_age = distinct.codes(histories.T)
        kind, age, of_pair = distinct.pairs(of_x, of_age)
        kinds = _kinds(p, x.astype(np.int64))
        found = _alive.along_ages(kind, len(x), p["alpha"] + ages[age], lambda i, s: cast("list[Floats]", work(kinds, i, s)))
        return [one[of_pair] for one in found]


@dataclass(frozen=True)
class _Parts:
    """The terms of the log-odds to have left: of the frequency, of (frequency, T) and of (frequency, recency)."""

    of_x: Floats
    of_T: Floats
    of_t: Floats
    log_T: Floats
    log_t: Floats

    @staticmethod
    def of(p: Values, data: Distinct) -> _Parts:
        """Evaluated on distinct values only."""
        log_T, log_t = np.log1p(data.T / p["alpha"]), np.log1p(data.t / p["alpha"])
        shape = p["r"] + data.x.astype(np.float64)
        of_x = math.log(p["a"]) - np.log(p["b"] + np.maximum(data.x, 1) - 1)
        return _Parts(of_x, shape[data.x_of_T] * log_T, shape[data.x_of_t] * log_t, log_T, log_t)


def _mix(parts: _Parts, data: Distinct) -> tuple[float, Floats, Floats]:
    """The one term per history, ln(1 + odds to have left), and the probability to have left summed to the pairs."""
    ahead, behind = parts.of_T + parts.of_x[data.x_of_T], parts.of_t
    total, left = 0.0, np.empty(len(data.repeat))
    for start in range(0, len(left), _BLOCK):
        cut = slice(start, start + _BLOCK)
        u = ahead[data.repeat_T[cut]]
        u -= behind[data.repeat_t[cut]]
        value, slope = special.softplus_and_slope(u)
        total += float(value @ data.repeat[cut])
        np.multiply(slope, data.repeat[cut], out=left[cut])
    return total, distinct.sums(left, data.repeat_T, len(ahead)), distinct.sums(left, data.repeat_t, len(behind))


def _likelihood(p: Values, data: Distinct, parts: _Parts) -> float:
    """ln A1 + ln A2 + ln A3 of FHL eq. (7), summed; the factor alpha^r (alpha + T)^-(r + x) is alpha^-x (1 + T / alpha)^-(r + x)."""
    top = int(data.x.max(initial=0))
    known = special.log_rising(p["r"], top)[data.x] + special.log_rising_quotient(p["b"], p["a"], top)[data.x]
    return float(data.by_x @ (known - data.x * math.log(p["alpha"])) - data.by_T @ parts.of_T)


def _gradient(p: Values, data: Distinct, parts: _Parts, weight_T: Floats, weight_t: Floats) -> Floats:
    """Derivatives of the above in r, alpha, a, b; weight_T, weight_t: the probability to have left, summed to the pairs."""
    r, alpha, a, b = (p[k] for k in ("r", "alpha", "a", "b"))
    top = int(data.x.max(initial=0))
    gone = distinct.sums(weight_T, data.x_of_T, len(data.x))
    shape_T, shape_t = r + data.x[data.x_of_T], r + data.x[data.x_of_t]
    # d ln(1 + T / alpha) / d alpha = -T / (alpha (alpha + T)).
    fall_T, fall_t = data.T / (alpha * (alpha + data.T)), data.t / (alpha * (alpha + data.t))
    in_r = data.by_x @ special.digamma_rising(r, top)[data.x] + (weight_T - data.by_T) @ parts.log_T - weight_t @ parts.log_t
    in_alpha = -(data.by_x @ data.x) / alpha + (data.by_T - weight_T) @ (shape_T * fall_T) + weight_t @ (shape_t * fall_t)
    in_a = -(data.by_x @ special.digamma_rising(a + b, top)[data.x]) + gone.sum() / a
    in_b = data.by_x @ special.digamma_rising_difference(b, a, top)[data.x] - gone @ (1 / (b + np.maximum(data.x, 1) - 1))
    return np.array([in_r, in_alpha, in_a, in_b])


def _log_odds_gone(p: Values, x: Integers, t: Floats, T: Floats) -> Floats:
    """ln [P(left) / P(alive)] at T for x > 0: FHL section 6. Meaningless for x = 0."""
    seen = np.maximum(x, 1)
    result: Floats = np.log(p["a"] / (p["b"] + seen - 1)) + (p["r"] + seen) * (np.log1p(T / p["alpha"]) - np.log1p(t / p["alpha"]))
    return result


def _kinds(p: Values, x: Integers) -> _alive.Kinds:
    """Given x purchases and being alive, the rate is Gamma(r + x, alpha + T) and the chance to leave Beta(a, b + x)."""
    purchases = x.astype(np.float64)
    return _alive.Kinds(a=p["a"], b=p["b"] + purchases, shape=p["r"] + purchases)


PLUGIN = BgNbd

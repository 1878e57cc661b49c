"""The rate of the last 12 months, shrunk towards the rate of all customers: for bases too small for a model of leaving.

Source: the gamma-Poisson empirical Bayes of Clayton & Kaldor 1987, Biometrics 43(3), 671-681 (here: CK).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final, final

import numpy as np
from numpy.typing import NDArray

from kundenwert.models._histories import check_columns, even_sample
from kundenwert.models._statement import Parameter, Ridge, Values
from kundenwert.models.purchases._purchases import AbstractPurchaseModel, check_days, endless_force, has_end
from kundenwert.records import PurchaseForecast
from kundenwert.stats import discount, special
from kundenwert.stats.limits import POSITIVE

if TYPE_CHECKING:
    from kundenwert.records import Horizons

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

RECENT_DAYS: Final = 365.25


@dataclass(frozen=True)
class RecentHistories:
    """Purchases of the last 12 months before the as-of day and the days in which they could happen.

    purchases: int64, the first purchase not counted. exposure_days: 365.25, or the days since the first purchase if fewer.
    count: customers with these two. All of shape (n,).
    """

    purchases: Integers
    exposure_days: Floats
    count: Integers

    @property
    def customers(self) -> int:
        """How many customers stand behind the histories."""
        return int(self.count.sum())


@dataclass(frozen=True)
class _Rows:
    """Purchases, exposure in the unit and customers of each row, and the part of the likelihood no parameter changes."""

    k: Integers
    exposure: Floats
    count: Floats
    constant: Floats


@final
@dataclass(frozen=True)
class RecentRate(AbstractPurchaseModel[RecentHistories, _Rows]):
    """Purchases: Poisson with a steady rate ~ Gamma(r, alpha) over customers; nobody is assumed to have left."""

    parameters: ClassVar[tuple[Parameter, ...]] = (Parameter("r", POSITIVE, start=1.0), Parameter("alpha", POSITIVE, start=0.5, time=1))
    needs: ClassVar[str] = "recent_histories"
    ridges: ClassVar[tuple[Ridge, ...]] = (Ridge("r", "alpha", "r/alpha", lambda r, alpha: r / alpha),)

    def prepare(self, histories: RecentHistories, unit_days: float) -> _Rows:
        """Check the rows; raises DataError that names a wrong column."""
        _check(histories)
        k, exposure = histories.purchases, histories.exposure_days / unit_days
        # k ln(exposure) is 0 without purchases, also at exposure 0.
        constant = k * np.log(np.where(k > 0, exposure, 1.0)) - special.log_rising(1.0, int(k.max(initial=0)))[k]
        return _Rows(k, exposure, histories.count.astype(np.float64), constant)

    def score(self, p: Values, data: _Rows) -> tuple[float, Floats]:
        """The total log-likelihood and its gradient in r, alpha."""
        r, alpha = p["r"], p["alpha"]
        log_left = np.log1p(data.exposure / alpha)
        in_r = special.digamma_rising(r, int(data.k.max(initial=0)))[data.k] - log_left
        in_alpha = (r * data.exposure / alpha - data.k) / (alpha + data.exposure)
        return float(_likelihood(p, data) @ data.count), np.array([in_r @ data.count, in_alpha @ data.count])

    def log_likelihood(self, p: Values, histories: RecentHistories, unit_days: float = 7.0) -> Floats:
        """ln of the negative binomial probability of the purchases, CK eq. (2.4), for one customer with each history; shape (n,)."""
        return _likelihood(p, self.prepare(histories, unit_days))

    def typical(self, histories: RecentHistories, unit_days: float) -> tuple[float, float]:
        """The mean exposure, in the unit."""
        mean = float(np.average(histories.exposure_days, weights=histories.count)) if len(histories.count) else 1.0
        return max(mean, 1e-9) / unit_days, 1.0

    def too_little(self, histories: RecentHistories) -> str:
        """Without any purchase there is no rate to learn."""
        return "" if histories.purchases.any() else "no purchase in the last 12 months."

    def sample(self, histories: RecentHistories, customers: int) -> RecentHistories:
        """An even sample of the customers."""
        kept, count = even_sample(histories.count, customers)
        return RecentHistories(histories.purchases[kept], histories.exposure_days[kept], count)

    def example(self) -> tuple[dict[str, float], Floats]:
        """Four purchases a year on average (weeks), and customers of half a year to a full one, in days."""
        return {"r": 1.5, "alpha": 20.0}, np.tile(np.arange(180.0, RECENT_DAYS), 20)

    def without_data(self, histories: RecentHistories, unit_days: float) -> dict[str, float]:
        """Half a purchase in all the time observed: what Jeffreys' prior of a Poisson rate says of no purchase at all."""
        return {"r": 0.5, "alpha": float(histories.exposure_days @ histories.count) / unit_days or 1.0}

    def rate(self, p: Values, histories: RecentHistories) -> Floats:
        """Purchases a day expected of each history: (r + purchases) / (alpha + exposure), CK eq. (2.6); p in days, shape (n,)."""
        _check(histories)
        result: Floats = (p["r"] + histories.purchases) / (p["alpha"] + histories.exposure_days)
        return result

    def unconditional_purchases(self, p: Values, t: Floats) -> Floats:
        """Expected purchases of an unknown customer in a time t, in the unit of p: r t / alpha. Shape as t."""
        result: Floats = p["r"] / p["alpha"] * np.asarray(t, dtype=np.float64)
        return result

    def mass(self, p: Values, n: Integers, t: float) -> Floats:
        """P(n purchases in a time t) of an unknown customer: negative binomial. Shape as n; t in the unit of p."""
        n = np.asarray(n)
        rows = RecentHistories(n.astype(np.int64), np.full(len(n), float(t)), np.ones(len(n), dtype=np.int64))
        if t == 0:
            return np.where(n == 0, 1.0, 0.0)
        return np.exp(self.log_likelihood(p, rows, unit_days=1.0))

    def discounted_beyond(self, p: Values, histories: RecentHistories, days: float, discount_rate: float) -> Floats:
        """Discounted purchases from `days` on without end; p in days, shape (n,). Raises CallError unless the rate is above 0."""
        check_days("days", days)
        force = endless_force(discount_rate)
        return self.rate(p, histories) * (math.exp(-force * days) / force)

    def forecast(self, p: Values, histories: RecentHistories, horizons: Horizons) -> PurchaseForecast:
        """What the model says of each history; p in days. The rate stays for ever: p_alive is None, not known to this model."""
        check_days("horizon_days", horizons.horizon_days)
        check_days("value_horizon_days", horizons.value_horizon_days)
        force = discount.force_per_day(horizons.discount_rate)
        rate = self.rate(p, histories)
        beyond = (
            self.discounted_beyond(p, histories, horizons.value_horizon_days, horizons.discount_rate)
            if has_end(horizons.discount_rate)
            else None
        )
        power = np.minimum(math.log(10) / (p["r"] + histories.purchases), 600.0)
        return PurchaseForecast(
            p_alive=None,
            expected_purchases=rate * horizons.horizon_days,
            discounted_purchases=rate * discount.annuity_days(horizons.value_horizon_days, force),
            discounted_beyond=beyond,
            # The 90 % quantile of a Lomax gap: the rate is Gamma(r + purchases, alpha + exposure).
            usual_gap=(p["alpha"] + histories.exposure_days) * np.expm1(power),
        )

    def simulate(self, p: Values, span: Floats, *, rng: np.random.Generator, unit_days: float = 7.0) -> RecentHistories:
        """One customer for each exposure in days."""
        rate = rng.gamma(p["r"], 1 / (p["alpha"] * unit_days), len(span))
        return RecentHistories(rng.poisson(rate * span).astype(np.int64), span.astype(np.float64), np.ones(len(span), dtype=np.int64))


def _likelihood(p: Values, data: _Rows) -> Floats:
    rising = special.log_rising(p["r"], int(data.k.max(initial=0)))[data.k]
    result: Floats = rising - data.k * math.log(p["alpha"]) - (p["r"] + data.k) * np.log1p(data.exposure / p["alpha"]) + data.constant
    return result


def _check(h: RecentHistories) -> None:
    columns = {"purchases": h.purchases, "exposure_days": h.exposure_days, "count": h.count}
    whole = np.issubdtype(h.purchases.dtype, np.integer)
    check_columns(
        "RecentHistories",
        columns,
        {
            "purchases": ((h.purchases >= 0) & whole, "whole numbers, at least 0: purchases in the last 12 months."),
            "exposure_days": (np.isfinite(h.exposure_days) & (h.exposure_days >= 0), "days observed, at least 0."),
            "count": (h.count > 0, "customers with this history, at least 1."),
        },
    )
    possible = (h.purchases == 0) | (h.exposure_days > 0)
    check_columns("RecentHistories", columns, {"exposure_days": (possible, "days above 0 where there are purchases.")})


PLUGIN = RecentRate

"""What models of whole histories (frequency, recency, T) share: given P(alive) and what a living customer buys, the rest follows."""

from __future__ import annotations

import math
from abc import abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

import numpy as np
from numpy.typing import NDArray

from kundenwert.models._histories import even_sample
from kundenwert.models._statement import Values
from kundenwert.models.purchases._purchases import AbstractPurchaseModel, Distinct, check, check_days, endless_force, has_end, take
from kundenwert.records import Histories, PurchaseForecast
from kundenwert.stats import discount

if TYPE_CHECKING:
    from kundenwert.records import Horizons

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

# e^-60 of a discounted purchase is left out when the future has no end.
_ENDLESS: Final = 60.0
# Below this share of later buyers one would wait for the next purchase: the usual gap is the 90 % quantile.
_TAIL: Final = 0.1


@dataclass(frozen=True)
class Span:
    """A stretch of the future: days from now, and the continuous discount rate a day."""

    first: float
    last: float
    force: float

    @staticmethod
    def endless(days: float, force: float) -> Span:
        """From `days` on, until nothing is worth anything."""
        return Span(days, days + _ENDLESS / force, force)


class AbstractHistoryModel(AbstractPurchaseModel[Histories, Distinct]):
    """Purchases: Poisson with a rate ~ Gamma(r, alpha) over customers while they are customers; how they leave is the model's own."""

    needs: ClassVar[str] = "histories"

    @abstractmethod
    def p_alive(self, p: Values, frequency: Integers, recency: Floats, T: Floats) -> Floats:
        """The probability to be still a customer at T; shape (n,), times in the unit of p."""

    @abstractmethod
    def purchases_if_alive(self, p: Values, histories: Histories, spans: list[Span]) -> list[Floats]:
        """Expected purchases in each span of customers alive today, discounted; p in days, one array of shape (n,) a span."""

    @abstractmethod
    def p_stays(self, p: Values, histories: Histories, days: float) -> Floats:
        """The probability that a customer alive today is one in `days`; p in days, shape (n,)."""

    def p_alive_later(self, p: Values, histories: Histories, days: float) -> Floats:
        """The probability to be a customer `days` from now, given the history so far; p in days, shape (n,)."""
        check_days("days", days)
        return self.p_alive(p, histories.frequency, histories.recency, histories.T) * self.p_stays(p, histories, days)

    def expected_purchases(self, p: Values, histories: Histories, days: float) -> Floats:
        """Expected purchases in the next `days` of a customer with each history, undiscounted; p in days, shape (n,)."""
        check_days("days", days)
        return self._in(p, histories, Span(0.0, days, 0.0))

    def discounted_purchases(self, p: Values, histories: Histories, days: float, discount_rate: float) -> Floats:
        """The same, each purchase discounted from its expected day; discount_rate a year, effective; p in days, shape (n,)."""
        check_days("days", days)
        return self._in(p, histories, Span(0.0, days, discount.force_per_day(discount_rate)))

    def discounted_beyond(self, p: Values, histories: Histories, days: float, discount_rate: float) -> Floats:
        """Discounted purchases from `days` on without end; p in days, shape (n,). Raises CallError unless the rate is above 0."""
        check_days("days", days)
        return self._in(p, histories, Span.endless(days, endless_force(discount_rate)))

    def usual_gap(self, p: Values, frequency: Integers, recency: Floats) -> Floats:
        """The time within which 9 of 10 customers with this history buy again if alive, counted from the last purchase.

        At that purchase the rate is Gamma(r + x, alpha + t_x), so the gap is Lomax (Pareto II): shape (n,), in the unit of p.
        """
        # Capped where the quantile leaves the range of doubles: r + x below 0.0033.
        power = np.minimum(-math.log(_TAIL) / (p["r"] + frequency), 600.0)
        result: Floats = (p["alpha"] + recency) * np.expm1(power)
        return result

    def forecast(self, p: Values, histories: Histories, horizons: Horizons) -> PurchaseForecast:
        """What the model says of each history; p in days. discounted_beyond is None unless the discount rate is above 0."""
        check_days("horizon_days", horizons.horizon_days)
        check_days("value_horizon_days", horizons.value_horizon_days)
        force, end = discount.force_per_day(horizons.discount_rate), horizons.value_horizon_days
        spans = [Span(0.0, horizons.horizon_days, 0.0), Span(0.0, end, force)]
        if has_end(horizons.discount_rate):
            spans.append(Span.endless(end, force))
        check(histories)
        alive = self.p_alive(p, histories.frequency, histories.recency, histories.T)
        found = [alive * one for one in self.purchases_if_alive(p, histories, spans)]
        return PurchaseForecast(
            p_alive=alive,
            expected_purchases=found[0],
            discounted_purchases=found[1],
            # Without discounting the endless sum need not be finite; the field then says so by being empty.
            discounted_beyond=found[2] if len(found) > 2 else None,
            usual_gap=self.usual_gap(p, histories.frequency, histories.recency),
        )

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

    def _in(self, p: Values, histories: Histories, span: Span) -> Floats:
        check(histories)
        alive = self.p_alive(p, histories.frequency, histories.recency, histories.T)
        return alive * self.purchases_if_alive(p, histories, [span])[0]


def observed_time(histories: Histories, unit_days: float) -> float:
    """All the time observed, in the unit; 1 if there is none."""
    return float(histories.T @ histories.count) / unit_days or 1.0

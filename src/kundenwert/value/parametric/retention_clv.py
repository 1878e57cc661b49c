"""Value of a customer who stays with a fixed chance from period to period (Berger & Nasr 1998, case 1)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kundenwert.value.parametric._checks import refuse

if TYPE_CHECKING:
    from numpy.typing import ArrayLike


@dataclass(frozen=True)
class RetentionClv:
    """What a customer brings and what keeping him costs, both discounted; clv is their difference. Arrays of the broadcast shape."""

    contribution: Any
    promotion: Any

    @property
    def clv(self) -> Any:
        """Contribution less promotion."""
        return self.contribution - self.promotion


def retention_clv(margin: ArrayLike, retention: ArrayLike, rate: ArrayLike, *, periods: int, promotion: ArrayLike = 0.0) -> RetentionClv:
    """CLV = GC sum_{t=0..n} r^t / (1+d)^t - M sum_{t=1..n} r^(t-1) / (1+d)^(t-0.5), Berger & Nasr (1998), case 1.

    margin: gross contribution a period (GC), the first one today. retention: r from 0 to 1. rate: d a period. periods: n, after today.
    promotion: cost of keeping a customer a period (M), in the middle of each. Raises CallError for values that mean nothing.

    >>> round(float(retention_clv(260, 0.75, 0.2, periods=10, promotion=50).clv), 2)
    568.78
    """
    import numpy as np

    r, d = np.asarray(retention, dtype=float), np.asarray(rate, dtype=float)
    refuse(("retention", r, (r >= 0) & (r <= 1), "shares from 0 to 1"), ("rate", d, d > -1, "above -1"))
    t = np.arange(periods + 1)
    kept = np.power(r[..., None], t)
    due = np.power(1 + d[..., None], t)
    contribution = np.asarray(margin, dtype=float) * (kept / due).sum(axis=-1)
    cost = (kept[..., :-1] / (due[..., 1:] / np.sqrt(1 + d[..., None]))).sum(axis=-1)
    return RetentionClv(contribution, np.asarray(promotion, dtype=float) * cost)

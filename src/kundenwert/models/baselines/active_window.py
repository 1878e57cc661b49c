"""The formula of many spreadsheets: average monthly purchases while active, times the months ahead, times the overall retention."""

from __future__ import annotations

from typing import ClassVar, Final, final

import numpy as np
from numpy.typing import NDArray

from kundenwert.models.baselines._baseline import AbstractBaseline, Seen

_MONTH_DAYS: Final = 365.25 / 12


@final
class ActiveWindow(AbstractBaseline):
    """Purchases over the months from first to last purchase (at least one), times months ahead, times retention.

    Retention is that of all: of the customers who had bought before the last period, the share who bought in it. A period is as long as the
    forecast looks ahead, or half the longest observation where that is shorter.
    """

    facts: ClassVar[int] = 3

    def point(self, seen: Seen) -> NDArray[np.float64]:
        """The product of the three."""
        h = seen.histories
        months = np.maximum(h.recency / _MONTH_DAYS, 1.0)
        result: NDArray[np.float64] = (h.frequency + 1) / months * (seen.days / _MONTH_DAYS) * _retention(seen)
        return result


def _retention(seen: Seen) -> float:
    h = seen.histories
    period = min(seen.days, 0.5 * float(h.T.max(initial=0.0)))
    age, gap = h.T, h.T - h.recency
    before = float(h.count[age >= period].sum())
    return float(h.count[(age >= period) & (gap < period)].sum()) / before if before else 1.0


PLUGIN = ActiveWindow

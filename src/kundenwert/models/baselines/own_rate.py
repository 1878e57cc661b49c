"""The customer's own rate carried forward: repeat purchases over the days observed, times the days ahead."""

from __future__ import annotations

from typing import ClassVar, final

import numpy as np
from numpy.typing import NDArray

from kundenwert.models.baselines._baseline import AbstractBaseline, Seen


@final
class OwnRate(AbstractBaseline):
    """frequency / T x days; nobody ever leaves."""

    facts: ClassVar[int] = 2

    def point(self, seen: Seen) -> NDArray[np.float64]:
        """Repeat purchases a day times the days ahead; 0 for those whose first purchase was on the day of the origin."""
        h = seen.histories
        result: NDArray[np.float64] = np.where(h.T > 0, h.frequency / np.maximum(h.T, 1.0), 0.0) * seen.days
        return result


PLUGIN = OwnRate

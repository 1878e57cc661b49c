"""The average customer: everybody buys at the rate of all customers together."""

from __future__ import annotations

from typing import ClassVar, final

import numpy as np
from numpy.typing import NDArray

from kundenwert.models.baselines._baseline import AbstractBaseline, Seen


@final
class AverageCustomer(AbstractBaseline):
    """All repeat purchases over all days observed, times the days ahead: the same for everybody."""

    facts: ClassVar[int] = 0

    def point(self, seen: Seen) -> NDArray[np.float64]:
        """One rate for all."""
        h = seen.histories
        observed = float(h.T @ h.count)
        rate = float(h.frequency @ h.count) / observed if observed else 0.0
        return np.full(len(h), rate * seen.days)


PLUGIN = AverageCustomer

"""The next period will be as the last one: the purchases of the last days, as many days as the forecast looks ahead."""

from __future__ import annotations

from typing import ClassVar, final

import numpy as np
from numpy.typing import NDArray

from kundenwert.models.baselines._baseline import AbstractBaseline, Seen


@final
class LastPeriod(AbstractBaseline):
    """What was, will be."""

    facts: ClassVar[int] = 1

    def point(self, seen: Seen) -> NDArray[np.float64]:
        """The purchases of the last `seen.days`, first ones too."""
        return seen.recent.astype(np.float64)


PLUGIN = LastPeriod

"""BG/NBD: customers buy at a steady rate of their own until, after some repeat purchase, they leave for good.

Source: Fader, Hardie & Lee 2005, "Counting Your Customers" the Easy Way, Marketing Science 24(2), 275-284 (here: FHL). Likelihood
eq. (6), P(X(t) = n) eq. (8), E[X(t)] eq. (9), conditional expectation eq. (10), P(alive) section 6.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np
from numpy.typing import NDArray

from kundenwert.models.purchases._beta_leaving import AbstractBetaLeavingModel

Floats = NDArray[np.float64]


@final
@dataclass(frozen=True)
class BgNbd(AbstractBetaLeavingModel):
    """Purchases: Poisson with rate ~ Gamma(r, alpha); after each repeat purchase a customer leaves with chance ~ Beta(a, b).

    P(alive) is 1 for all who never came back: do not use it to find lost customers.
    """

    @property
    def chances_at_first(self) -> int:
        """Nobody leaves right after the first purchase."""
        return 0

    def example(self) -> tuple[dict[str, float], Floats]:
        """Parameters near those of CDNOW (weeks) and a year and a half of customers, in days."""
        return {"r": 0.6, "alpha": 6.0, "a": 0.8, "b": 2.4}, np.tile(np.arange(180.0, 540.0, 3.0), 100)


PLUGIN = BgNbd

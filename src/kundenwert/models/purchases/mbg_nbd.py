"""MBG/NBD: as BG/NBD, but customers may leave right after their first purchase too.

Source: Batislam, Denizel & Filiztekin 2007, International Journal of Research in Marketing 24(3), 201-209;
Hoppe & Wagner 2007, Marketing - Journal of Research and Management 3(2); Fader & Hardie 2013, note 027 at brucehardie.com.
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
class MbgNbd(AbstractBetaLeavingModel):
    """Purchases: Poisson with rate ~ Gamma(r, alpha); after each purchase, the first too, a customer leaves with chance ~ Beta(a, b)."""

    @property
    def chances_at_first(self) -> int:
        """Some leave right after the first purchase."""
        return 1

    def example(self) -> tuple[dict[str, float], Floats]:
        """Parameters near those of CDNOW (weeks) and a year and a half of customers, in days."""
        return {"r": 0.8, "alpha": 7.0, "a": 0.9, "b": 1.8}, np.tile(np.arange(180.0, 540.0, 3.0), 100)


PLUGIN = MbgNbd

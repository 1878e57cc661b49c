"""Payment behaviour (Zahlungsmentalität): days after the due day, and disputes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kundenwert.records import Notice
from kundenwert.value.criteria._rule import Rule

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def points_of(days_late: NDArray[np.float64] | float, disputed: NDArray[np.float64] | float = 0.0) -> NDArray[np.float64]:
    """10 less a sixth of a point a day late, less a point for each tenth of the invoices disputed, not below 0.

    days_late: mean days after the due day; disputed: share of the invoices, 0 to 1. Source: requirements 1e; definitions, Points.

    >>> points_of(38.0, 0.1).round(4).item(), points_of(0.0).item(), points_of(90.0).item()
    (2.6667, 10.0, 0.0)
    """
    import numpy as np

    return np.maximum(0.0, 10.0 - np.asarray(days_late) / 6.0 - 10.0 * np.asarray(disputed))


PLUGIN = Rule(
    step="value/criteria/payment.sql",
    about="10 - mean days after the due day / 6, less 1 point for each 10 percentage points of invoices disputed, not below 0.",
    basis=Notice("points_payment", "Pays {fact_1:.1f} days after the due day on average; disputed: {fact_2:.0%} of the invoices."),
    needs=(("features.days_beyond_terms",),),
)

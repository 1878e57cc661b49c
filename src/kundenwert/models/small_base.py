"""When a base is too small for a population model, by docs/method/models.md."""

from __future__ import annotations

from typing import Final

from kundenwert.records import Histories

LEAST_CUSTOMERS: Final = 100
LEAST_REPEAT_PURCHASES: Final = 200


def is_small(histories: Histories) -> bool:
    """Below 100 customers or 200 repeat purchases: use the rate of the last 12 months (`recent_rate`) and say so.

    >>> import numpy as np
    >>> is_small(Histories(np.array([3]), np.array([40.0]), np.array([90.0]), np.array([99])))
    True
    """
    return histories.customers < LEAST_CUSTOMERS or int(histories.frequency @ histories.count) < LEAST_REPEAT_PURCHASES

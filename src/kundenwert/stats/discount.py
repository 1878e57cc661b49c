"""Discounting at an effective yearly rate, with time in days."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kundenwert.errors import CallError

DAYS_PER_YEAR: Final = 365.25


def force_per_day(rate_per_year: float) -> float:
    """The continuous rate a day that gives the effective yearly rate: ln(1 + rate) / 365.25.

    rate_per_year: 0.1 is 10 %. Raises CallError at -100 % and below, or if the rate is not a number.

    >>> round(force_per_day(0.10) * 365.25, 6)
    0.09531
    """
    if not -1 < rate_per_year < math.inf:
        raise CallError(f"The discount rate is {rate_per_year}. Expected: a yearly rate above -1, such as 0.1 for 10 %.")
    # log1p: at rates near zero, 1 + rate loses digits.
    return math.log1p(rate_per_year) / DAYS_PER_YEAR


def factor(days: NDArray[np.float64], rate_per_year: float) -> NDArray[np.float64]:
    """What one unit of money due after `days` is worth today; shape as days. Raises CallError for a rate of -1 or less."""
    return np.asarray(np.exp(-force_per_day(rate_per_year) * days), dtype=np.float64)


def annuity_days(days: float, force: float) -> float:
    """The discounted number of days until `days`: the integral of exp(-force s) from 0; `force` is a rate a day.

    >>> annuity_days(10.0, 0.0)
    10.0
    """
    # The limit at force 0 is `days`; expm1 keeps the digits on the way there.
    return days if force == 0 else -math.expm1(-force * days) / force

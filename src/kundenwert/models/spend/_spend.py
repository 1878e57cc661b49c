"""What spend models share: checked spend histories, a sample, and the coefficients an engine forecasts with."""

from __future__ import annotations

from abc import abstractmethod
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from kundenwert.models._base import AbstractModel
from kundenwert.models._histories import check_columns
from kundenwert.models._statement import Values
from kundenwert.records import SpendHistories

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
D = TypeVar("D")


class AbstractSpendModel(AbstractModel[SpendHistories, D]):
    """A model of the amount of a purchase: adds the expected spend."""

    @abstractmethod
    def expected_spend(self, p: Values, spend_days: Integers, mean: Floats) -> Floats:
        """The expected amount of a purchase of each customer, in the currency of `mean`; shape (n,)."""

    @abstractmethod
    def coefficients(self, p: Values) -> dict[str, float]:
        """The numbers from which the expected spend of any customer follows by plain arithmetic."""


def check(h: SpendHistories) -> None:
    """Raise DataError that names each column of the spend histories that is wrong."""
    columns = {"spend_days": h.spend_days, "mean": h.mean, "count": h.count, "spread": h.spread}
    whole = np.issubdtype(h.spend_days.dtype, np.integer)
    check_columns(
        "SpendHistories",
        columns,
        {
            "spend_days": ((h.spend_days >= 1) & whole, "whole numbers, at least 1: repeat purchase days with a positive amount."),
            "mean": ((h.mean > 0) & np.isfinite(h.mean), "the mean amount of these days, above 0."),
            "count": (h.count > 0, "customers with this history, at least 1."),
            "spread": ((h.spread >= 0) & np.isfinite(h.spread), "the variance of log(x * mean) within the row, at least 0."),
        },
    )

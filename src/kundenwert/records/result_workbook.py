"""What a workbook of the customer result holds beyond the result itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from kundenwert.records.readiness import Readiness
from kundenwert.records.result import CustomerResult


@dataclass(frozen=True)
class TogetherRow:
    """Customers without a row of their own: "objected", "erased", or "between" the best and the worst where a sheet cannot hold all.

    figures: the names of the columns of customers -> their sums; None where nothing is known of them.
    """

    reason: str
    customers: int
    figures: Mapping[str, Decimal | None]


@dataclass(frozen=True)
class ResultWorkbook:
    """The customer result with every customer and the records behind some of them.

    In columns, together and records what is taken off (discount, goods, marketing ...) stands with a minus, so that amounts add up.
    columns: one array a column, one row a customer, by falling last step. drilled: the customers whose records are shown, losses
    first. records: arrays of the records behind their figures, customer by customer (number counts drilled from 1); kind is
    "record", "further" (the smaller ones of a figure in one row, units says how many) or "rounding". files: source -> names, by file_id.
    most: how many records of a figure are listed. drivers: cost to serve of the period by source and driver. reckoned and booked: revenue
    of all customers over all years in the result and in the booked lines.
    """

    result: CustomerResult
    columns: Mapping[str, Any]
    together: tuple[TogetherRow, ...]
    drilled: tuple[str, ...]
    records: Mapping[str, Any]
    files: Mapping[str, list[str]]
    most: int
    drivers: tuple[dict[str, Any], ...]
    reckoned: Decimal
    booked: Decimal
    readiness: Readiness | None = None

"""One customer, as it is explained."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any


@dataclass(frozen=True)
class Document:
    """One document of a customer on one day, as booked."""

    day: date
    document_id: str | None
    line_class: str
    lines: int
    amount: Decimal | None


@dataclass(frozen=True)
class Part:
    """One line of the explanation: what it is, for which span, and its money (purchases where there is no money)."""

    kind: str
    span: str
    amount: Decimal | None
    purchases: float | None = None


@dataclass(frozen=True)
class Explained:
    """A customer's row, history and parts. The parts of kind booked and cost add up to past, those of kind expected to clv.

    basis: as-of day, horizons, rate, yardstick, currency, run. factors: what turns purchases into money.
    """

    row: dict[str, Any]
    history: tuple[Document, ...]
    parts: tuple[Part, ...]
    basis: dict[str, Any]
    factors: dict[str, Any]

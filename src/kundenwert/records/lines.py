"""What was read and where each line went."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class InputFile:
    """One file that was read: its name without folder, bytes, sha256 and records (lines after the header)."""

    name: str
    size: int
    sha256: str
    lines: int


@dataclass(frozen=True)
class ClassTotal:
    """Lines and money of one line class; `month` (YYYY-MM, "" if unknown) and `currency` where it is a part."""

    line_class: str
    lines: int
    amount: Decimal
    month: str = ""
    currency: str = ""


@dataclass(frozen=True)
class FlagTotal:
    """Lines and money that carry a flag. Flags overlap; they never add up to the classes."""

    flag: str
    lines: int
    amount: Decimal


@dataclass(frozen=True)
class Reconciliation:
    """The bridge from file totals to value totals. Every line is in exactly one class; `difference` must be 0.

    lines, amount: all records and the money in them. classes: totals by class. months: the same by month and currency.
    flags: booked lines that are marked. views: overlapping second looks (positive lines, documents by prefix letter).
    """

    lines: int
    amount: Decimal
    classes: tuple[ClassTotal, ...]
    months: tuple[ClassTotal, ...]
    flags: tuple[FlagTotal, ...]
    views: tuple[FlagTotal, ...]
    difference: Decimal

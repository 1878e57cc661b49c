"""Invented sales logs, and a slow reading of definitions.md in plain Python that the table steps are measured against."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pyarrow as pa

from kundenwert.base import customer_base
from kundenwert.base.customer_base import LogFacts
from kundenwert.engines._engine import Engine

REVERSALS = ("cancellation", "return")


@dataclass(frozen=True)
class Line:
    """One booked line of a customer. Its record number is its place in the log."""

    customer: str
    day: int
    amount: Decimal | None
    quantity: Decimal | None = None
    document: str | None = None
    product: str | None = None
    line_class: str = "kept"
    is_non_product: bool = False
    cost: Decimal | None = None
    group: str | None = None

    @property
    def is_negative_price(self) -> bool:
        return self.quantity is not None and self.quantity >= 0 and self.amount is not None and self.amount < 0

    @property
    def measure(self) -> Decimal:
        """Pieces, or money where no quantity is known."""
        return self.quantity if self.quantity is not None else self.amount or Decimal(0)

    @property
    def is_reversal(self) -> bool:
        return self.line_class in REVERSALS and self.measure < 0


@dataclass(frozen=True)
class Match:
    """So many pieces of a sale (by record) are taken back by a reversal (by record) under a rule."""

    rule: int
    sale: int
    reversal: int
    pieces: Decimal


_MONEY = pa.decimal128(18, 6)
_COLUMNS: dict[str, Any] = {
    "customer_id": (pa.string(), lambda line: line.customer),
    "day": (pa.int32(), lambda line: line.day),
    "file_id": (pa.int32(), lambda line: 0),
    "document_id": (pa.string(), lambda line: line.document),
    "product_id": (pa.string(), lambda line: line.product),
    "product_group": (pa.string(), lambda line: line.group),
    "quantity": (_MONEY, lambda line: line.quantity),
    "amount": (_MONEY, lambda line: line.amount),
    "cost": (_MONEY, lambda line: line.cost),
    "line_class": (pa.string(), lambda line: line.line_class),
    "is_non_product": (pa.bool_(), lambda line: line.is_non_product),
    "is_negative_price": (pa.bool_(), lambda line: line.is_negative_price),
}


def book(engine: Engine, lines: Sequence[Line], collective: Sequence[str] = ()) -> None:
    """Makes view `booked` of the lines, numbered from 1."""
    table = pa.table({name: pa.array([get(line) for line in lines], type=kind) for name, (kind, get) in _COLUMNS.items()})
    engine.open_frame("booked", table)
    engine.remember("collective", list(collective))


def rows_of(engine: Engine, table: str) -> list[dict[str, Any]]:
    """All rows of a table or view; steps are files of the package, so tests ask the driver itself."""
    result = engine._connection.execute(f"select * from {table} order by all")  # type: ignore[attr-defined]
    names = [column[0] for column in result.description]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


def facts_of(lines: Sequence[Line], as_of: int) -> LogFacts:
    """What reconciliation would say of the lines up to a day."""
    known = [line for line in lines if line.day <= as_of]
    return LogFacts(
        lines=len(known),
        document_days=len({line.day for line in known}),
        money=sum((abs(line.amount or Decimal(0)) for line in known), Decimal(0)),
        reversals=sum(line.line_class != "kept" for line in known),
        special_lines=sum((line.amount == 0) + line.is_non_product + line.is_negative_price for line in known),
    )


def built(engine: Engine, lines: Sequence[Line], as_of: int, collective: Sequence[str] = ()) -> dict[str, dict[str, Any]]:
    """The customer base of a day as the package makes it, by customer."""
    book(engine, lines, collective)
    customer_base.build(engine, facts_of(lines, as_of), as_of=as_of, collective=bool(collective))
    return {row["customer_id"]: row for row in rows_of(engine, "customers")}


def matches_of(engine: Engine) -> set[Match]:
    """The matches of the last base that was built."""
    return {Match(row["rule"], row["sale_record"], row["reversal_record"], row["pieces"]) for row in rows_of(engine, "matches")}


# ---- the slow reading -------------------------------------------------------------------------------------------------


def slow_matches(lines: Sequence[Line], as_of: int, collective: Sequence[str] = ()) -> set[Match]:
    """Rules 1, 2, 3 one after the other, reversal by reversal, piece for piece."""
    known = [(number, line) for number, line in enumerate(lines, 1) if line.day <= as_of and line.customer not in collective]
    sales = [(number, line) for number, line in known if line.line_class == "kept" and line.measure > 0]
    reversals = sorted(((number, line) for number, line in known if line.is_reversal), key=lambda item: (item[1].day, item[0]))
    sales.sort(key=lambda item: (item[1].day, item[0]))
    left = {number: abs(line.measure) for number, line in known}
    found: list[Match] = []
    for rule in (1, 2, 3):
        # A rule sees what the rules before it have left; rule 2 compares these quantities.
        before = dict(left)
        paired: set[int] = set()
        for number, reversal in reversals:
            partners = [
                (sale_number, sale)
                for sale_number, sale in sales
                if (sale.customer, sale.product or "") == (reversal.customer, reversal.product or "") and sale.day <= reversal.day
            ]
            if rule == 1:
                partners = [(place, sale) for place, sale in partners if reversal.document and sale.document == reversal.document]
            if rule == 2:
                equal = [place for place, _ in partners if before[place] == before[number] > 0 and place not in paired]
                if equal:
                    paired.add(equal[-1])
                    found.append(_take(left, rule, equal[-1], number))
                continue
            for place, _ in partners:
                if left[place] > 0 and left[number] > 0:
                    found.append(_take(left, rule, place, number))
    return set(found)


def _take(left: dict[int, Decimal], rule: int, sale: int, reversal: int) -> Match:
    pieces = min(left[sale], left[reversal])
    left[sale] -= pieces
    left[reversal] -= pieces
    return Match(rule, sale, reversal, pieces)


def slow_base(lines: Sequence[Line], as_of: int, collective: Sequence[str] = ()) -> dict[str, dict[str, Any]]:
    """The customer base of a day, customer by customer and day by day."""
    pieces, money = _cancelled(lines, slow_matches(lines, as_of, collective))
    by_customer: dict[str, dict[int, list[tuple[int, Line]]]] = defaultdict(lambda: defaultdict(list))
    for number, line in enumerate(lines, 1):
        if line.day <= as_of:
            by_customer[line.customer][line.day].append((number, line))
    return {
        customer: _slow_row(customer, days, pieces, money, as_of, is_collective=customer in collective)
        for customer, days in by_customer.items()
    }


def _cancelled(lines: Sequence[Line], matches: Iterable[Match]) -> tuple[dict[int, Decimal], dict[int, Decimal]]:
    pieces: dict[int, Decimal] = defaultdict(Decimal)
    money: dict[int, Decimal] = defaultdict(Decimal)
    for match in matches:
        reversal = lines[match.reversal - 1]
        pieces[match.sale] += match.pieces
        if reversal.amount is not None:
            money[match.sale] += reversal.amount * match.pieces / abs(reversal.measure)
    return pieces, money


def _slow_row(
    customer: str,
    days: dict[int, list[tuple[int, Line]]],
    pieces: dict[int, Decimal],
    money: dict[int, Decimal],
    as_of: int,
    *,
    is_collective: bool,
) -> dict[str, Any]:
    purchases: dict[int, Decimal] = {}
    for day, entries in sorted(days.items()):
        sold = [(number, line) for number, line in entries if line.line_class == "kept"]
        products = [(number, line) for number, line in sold if not line.is_non_product and not line.is_negative_price]
        if any(number not in pieces or abs(line.measure) > pieces[number] for number, line in products):
            purchases[day] = sum(((line.amount or Decimal(0)) + money.get(number, Decimal(0)) for number, line in sold), Decimal(0))
    booked = [line.amount for entries in days.values() for _, line in entries if line.amount is not None]
    bought = sorted(purchases)
    repeat = bought[1:]
    paid = [purchases[day] for day in repeat if purchases[day] > 0]
    has_purchase = bool(bought)
    return {
        "customer_id": customer,
        "revenue": sum(booked, Decimal(0)) if booked else None,
        "first_day": bought[0] if bought else None,
        "last_day": bought[-1] if bought else None,
        "frequency": len(repeat) if has_purchase else None,
        "recency": bought[-1] - bought[0] if bought else None,
        "t": as_of - bought[0] if bought else None,
        "recent": sum(day > as_of - 365 for day in repeat) if has_purchase else None,
        "spend_days": len(paid) if has_purchase else None,
        "spend": sum(paid, Decimal(0)) if has_purchase else None,
        "first_amount": max(purchases[bought[0]], Decimal(0)) if has_purchase else None,
        "is_collective": is_collective,
    }


# ---- logs -------------------------------------------------------------------------------------------------------------


def plain_log(seed: int, customers: int = 40, days: int = 900) -> list[Line]:
    """Paid sales only: no reversal, nothing free, no postage."""
    rng = random.Random(seed)
    return [
        Line(f"K{customer:03}", rng.randrange(days), Decimal(rng.randrange(1, 20_000)) / 100, document=f"R{customer}-{number}")
        for customer in range(customers)
        for number in range(rng.randrange(1, 12))
    ]


def mixed_log(seed: int, customers: int = 40, days: int = 30, *, with_quantity: bool = True) -> list[Line]:
    """Sales, free lines, postage, discounts below zero, returns and cancellations; few days, products and documents, so that they meet."""
    rng = random.Random(seed)
    lines = [_any_line(rng, f"K{customer:03}", days, with_quantity) for customer in range(customers) for _ in range(rng.randrange(1, 16))]
    rng.shuffle(lines)
    return lines


def _any_line(rng: random.Random, customer: str, days: int, with_quantity: bool) -> Line:
    quantity = Decimal(rng.choice([1, 1, 2, 2, 3, 4, 5, -1, -1, -2, -3, -4]))
    price = Decimal(rng.choice(["0", "1.25", "2", "2", "9.99"]))
    kind = rng.choice(REVERSALS) if quantity < 0 else "kept"
    is_non_product = rng.random() < 0.1
    amount = quantity * price
    if kind == "kept" and rng.random() < 0.05:
        amount = -amount
    return Line(
        customer,
        rng.randrange(days),
        amount,
        quantity if with_quantity else None,
        rng.choice([None, "R1", "R2", "R3"]),
        "POST" if is_non_product else rng.choice([None, "A", "B"]),
        kind if with_quantity or amount < 0 else "kept",
        is_non_product,
    )

"""An invented customer result: customers K1 and K2 of the worked example in docs/method/contribution.md, with a year before."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from kundenwert.records import (
    Concentration,
    CustomerResult,
    LossCause,
    LossMaker,
    Notice,
    RankChange,
    ResultStep,
    ValueClass,
    Yardstick,
)

NAMES = (
    "gross", "discount", "bonus", "revenue", "cash_discount", "net", "goods", "db1",
    "marketing", "db2", "sales", "db3", "service", "logistics", "db4",
)  # fmt: skip
# K1 and K2 together, and what has no customer number.
NOW = (240000, 42000, 7000, 191000, 4000, 187000, 122000, 65000, 6000, 59000, 25900, 33100, 7800, 19740, 5560)
NOBODY = (500, 0, 0, 500, 0, 500, 300, 200, 0, 200, 0, 200, 0, 0, 200)
BEFORE = (230000, 30000, 7000, 193000, 4000, 189000, 121000, 68000, 6000, 62000, 24000, 38000, 7000, 19000, 12000)
LEVER = Notice("lever_discount", "Price concessions from {now:.1%} down to {target:.1%} of the list price.", {"now": 0.3, "target": 0.211})
USUAL = Notice("lever_usual", "This cost is not above that of comparable customers.")


def money(amount: float) -> Decimal:
    return Decimal(str(amount)).quantize(Decimal("0.01"))


def steps(amounts: tuple[int, ...], nobody: tuple[int, ...] = NOBODY, *, served: bool = True) -> tuple[ResultStep, ...]:
    known = NAMES if served else NAMES[:8]
    return tuple(
        ResultStep(name, money(own), money(other)) if name in known else ResultStep(name, None, None)
        for name, own, other in zip(NAMES, amounts, nobody, strict=True)
    )


def owner(name: str, amounts: tuple[int, ...], *, served: bool = True) -> dict[str, Any]:
    figures = {step: money(amount) if served or step in NAMES[:8] else None for step, amount in zip(NAMES, amounts, strict=True)}
    return {"owner": name, "year": 2025, "customers": 2, **figures, "estimated": money(0), "assumed": money(0)}


def loss_maker(identity: str = "K2") -> LossMaker:
    causes = (
        LossCause("discount", money(36000), money(17000), money(19000), None, 0.211, LEVER),
        LossCause("small_orders", money(20020), money(12180), money(7840), 260.0, 121.0, USUAL),
    )
    return LossMaker(
        identity, money(120000), money(84000), money(23000), money(21500), money(4000), money(-10670), "discount", money(26840), causes
    )


def driver(name: str | None, units: int, amount: str | None, **changes: Any) -> dict[str, Any]:
    known = {"source": "activities", "driver": name, "stage": "sales", "is_assumed": False, "records": 12, "units": str(units)}
    return {**known, "amount": amount, **changes}


def result(**changes: Any) -> CustomerResult:
    known: dict[str, Any] = {
        "run": "2026-01-15T0915Z-4f2a",
        "year": 2025,
        "years": (2024, 2025),
        "as_of": date(2025, 12, 31),
        "currency": "EUR",
        "title": "Musterhandel GmbH",
        "steps": steps(NOW),
        "owners": (owner("customers", NOW), owner("without_customer", NOBODY)),
        "drivers": (
            driver("Besuch", 48, "13440.00"),
            driver("Auftrag", 356, "12460.00", is_assumed=True),
            driver("Zauberei", 7, None),
            driver(None, 39, "5850.00", source="complaints", stage="service"),
        ),
        "estimated": money(0),
        "assumed": money(0),
        "whale": whale(),
        "yardsticks": (
            Yardstick("revenue", money(191000), 0, 1.0, 1.0),
            Yardstick("db1", money(65000), 0, 0.8, 0.9),
            Yardstick("db4", money(5560), 1, 0.5, 0.75),
        ),
        "movers": (
            RankChange("K2", {"revenue": money(86000), "db1": money(23000), "db4": money(-10670)}, {"revenue": 1, "db1": 2, "db4": 2}, -1),
        ),
        "losses": (("discount", 1, money(-10670), money(19000)),),
        "loss_makers": (loss_maker(),),
        "notices": (),
        "left_out": 3,
        "first": date(2025, 1, 1),
        "last": date(2025, 12, 31),
        "before": steps(BEFORE),
        "created": datetime(2026, 1, 15, 9, 15, tzinfo=UTC),
        "version": "0.1.0",
        "grade": "B",
    }
    return CustomerResult(**{**known, **changes})


def whale() -> Concentration:
    points = ((0.0, 0.0), (0.5, 2.919), (1.0, 1.0))
    classes = (ValueClass("A", 1, money(16230), 2.919), ValueClass("C", 1, money(-10670), -1.919))
    return Concentration("db4", classes, 0.5, 0.5, ((0.0, 0.0), (0.5, -1.919), (1.0, 1.0)), points, (0.5, 2.919))


def of_goods_only() -> CustomerResult:
    """A result that ends at contribution I: nothing is known of cost to serve."""
    return result(
        steps=steps(NOW, served=False),
        before=(),
        owners=(owner("customers", NOW, served=False),),
        drivers=(),
        losses=(),
        loss_makers=(),
        yardsticks=(Yardstick("revenue", money(191000), 0, 1.0, 1.0), Yardstick("db1", money(65000), 0, 0.8, None)),
        movers=(),
        estimated=money(13000),
    )

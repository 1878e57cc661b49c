"""Invented figures of a small wholesaler, and the ways in which a run may differ from it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from evidence_samples import AS_OF, backtest, intervals, naive_backtest, no_backtest, total

from kundenwert.records import (
    ClassTotal,
    Concentration,
    FlagTotal,
    InputFile,
    ModelCard,
    MonthOfPurchases,
    Notice,
    Reconciliation,
    RunFigures,
    Totals,
    ValueClass,
)

PEAK = "The last weeks lie {share:.0%} above the year. Another year of lines would settle whether this is a season."


def money(value: float | str) -> Decimal:
    return Decimal(str(value)).quantize(Decimal("0.01"))


def customer(number: int, **changes: Any) -> dict[str, Any]:
    row: dict[str, Any] = {
        "customer_id": f"K{number:05d}",
        "first_purchase": date(2024, 1, 8),
        "last_purchase": date(2026, 9, 2),
        "frequency": 40 - number,
        "revenue": money(48_000 - 1500 * number),
        "p_alive": 0.99 - 0.03 * number,
        "expected_purchases": 18.4 - number,
        "expected_purchases_lower": 11 - number // 2,
        "expected_purchases_upper": 27 - number,
        "expected_revenue": money(14_200 - 500 * number),
        "expected_revenue_lower": money(7_100 - 250 * number),
        "expected_revenue_upper": money(25_000 - 900 * number),
        "clv": money(51_000 - 2000 * number),
        "clv_lower": money(16_000 - 700 * number),
        "clv_upper": money(98_000 - 4000 * number),
        "value": money(99_000 - 3500 * number),
        "level": "customer",
    }
    return row | changes


def risky(number: int, **changes: Any) -> dict[str, Any]:
    extra = {
        "gap_days": 120 + number,
        "usual_gap_days": 45.4,
        "clv_if_alive": money(30_000 - 900 * number),
        "loss": money(12_000 - 700 * number),
    }
    return customer(number, p_alive=0.61) | extra | changes


def reconciliation() -> Reconciliation:
    classes = (
        ClassTotal("rejected", 12, money("310.00")),
        ClassTotal("without_customer", 800, money("21000.50")),
        ClassTotal("cancellation", 140, money("-9400.25")),
        ClassTotal("return", 60, money("-1200.00")),
        ClassTotal("kept", 8988, money("612345.67")),
    )
    months = (
        ClassTotal("kept", 8000, money("600000.00"), "2026-08", "EUR"),
        ClassTotal("kept", 988, money("12345.67"), "2026-09", "EUR"),
        ClassTotal("without_customer", 800, money("21000.50"), "2026-09", "EUR"),
        ClassTotal("rejected", 12, money("310.00"), "", "EUR"),
    )
    flags = (FlagTotal("free", 31, money(0)), FlagTotal("non_product", 95, money("-880.94")), FlagTotal("duplicate", 61, money("333.99")))
    views = (FlagTotal("positive", 9500, money("640000.00")), FlagTotal("document C", 150, money("-9500.25")))
    return Reconciliation(10_000, money("623055.92"), classes, months, flags, views, money(0))


def concentration(measure: str = "value") -> Concentration:
    lorenz = ((0.0, 0.0), (0.25, -0.01), (0.5, 0.06), (0.75, 0.24), (0.9, 0.52), (1.0, 1.0))
    whale = tuple((round(1 - x, 2), 1 - y) for x, y in reversed(lorenz))
    classes = (
        ValueClass("A", 120, money(480_000), 0.8),
        ValueClass("B", 160, money(90_000), 0.15),
        ValueClass("C", 520, money(30_000), 0.05),
    )
    return Concentration(measure, classes, 0.68, 0.0041, lorenz, whale, (0.75, 1.01))


def months(count: int = 26) -> tuple[MonthOfPurchases, ...]:
    start = 2024 * 12 + 7
    names = [f"{place // 12:04d}-{place % 12 + 1:02d}" for place in range(start, start + count)]
    return tuple(
        MonthOfPurchases(name, 300 + 37 * (place % 7), 20 + place % 5, money(21_000 + 900 * (place % 7)), place not in {0, count - 1})
        for place, name in enumerate(names)
    )


def models() -> tuple[ModelCard, ...]:
    return (
        ModelCard(
            "purchases",
            "bg_nbd",
            "weeks",
            {"r": 0.2426, "alpha": 4.4136, "a": 0.0017, "b": 640000.0},
            {"r": 0.0126, "alpha": 0.378, "a": None, "b": None},
            -9582.4292,
            780,
            640,
            "converged",
            "The optimum was found.",
        ),
        ModelCard(
            "spend",
            "gamma_gamma",
            "",
            {"p": 6.25, "q": 3.744, "gamma": 15.444},
            {"p": 1.19, "q": 0.29, "gamma": 3.66},
            -4055.9177,
            500,
            480,
            "converged",
            "The optimum was found.",
        ),
    )


def figures(**changes: Any) -> RunFigures:
    """A run in revenue and euros; changes replace whole fields."""
    base = RunFigures(
        title="Musterhandel GmbH",
        run="2026-10-01T0915Z-4f2a",
        version="0.1.0",
        created=datetime(2026, 10, 1, 9, 15, tzinfo=UTC),
        as_of=AS_OF,
        horizon="12m",
        value_horizon="5y",
        discount_rate=0.1,
        yardstick="revenue",
        currency="EUR",
        files=(InputFile("rechnungen_2026.csv", 1_284_500, "4f2a" * 16, 10_000),),
        reconciliation=reconciliation(),
        totals=Totals(
            800,
            {"customer": 500, "segment": 280, "none": 17, "objected": 3},
            9100,
            5123.4,
            money("601745.42"),
            money("601745.42"),
            money("340000"),
            money("998000.58"),
            money("120000"),
            money("1599746.00"),
        ),
        concentration=concentration(),
        top=tuple(customer(number) for number in range(12)),
        at_risk=tuple(risky(number) for number in range(5)),
        at_risk_count=37,
        at_risk_loss=money("112345.60"),
        months=months(),
        models=models(),
        intervals=intervals(),
        backtest=backtest(),
        notices=(
            Notice("ends_in_peak", PEAK, {"share": 0.42}),
            Notice(
                "small", "Only {customers} customers have a purchase; {share:.0%} of them bought once.", {"customers": 797, "share": 0.3513}
            ),
        ),
    )
    return replace(base, **changes)


def in_contribution() -> RunFigures:
    return figures(yardstick="contribution")


def in_purchases() -> RunFigures:
    """A log without amounts: money is unknown everywhere."""
    known = figures()
    empty = dict.fromkeys(
        ("revenue", "expected_revenue", "clv", "value", "clv_lower", "clv_upper", "expected_revenue_lower", "expected_revenue_upper")
    )
    data = known.reconciliation
    none = {part: tuple(replace(each, amount=money(0)) for each in getattr(data, part)) for part in ("classes", "months", "flags", "views")}
    none["flags"] = none["flags"][2:]  # nothing can be free of charge or be postage where no amount is known
    totals = replace(known.totals, revenue=None, past=None, expected_revenue=None, clv=None, clv_beyond=None, value=None)
    return figures(
        yardstick="purchases",
        currency="",
        totals=totals,
        reconciliation=replace(data, amount=money(0), **none),
        concentration=concentration("expected_purchases"),
        top=tuple(customer(number) | empty for number in range(12)),
        at_risk=tuple(risky(number) | empty | {"clv_if_alive": 12.5, "loss": 4.2} for number in range(3)),
        at_risk_loss=31.7,
        models=models()[:1],
        intervals=(total("purchases", 5123.4),),
        backtest=naive_backtest(),
    )


def tiny() -> RunFigures:
    """Three customers, one month, nobody at risk, no currency, no model."""
    classes = (ValueClass("A", 1, money(800), 0.8), ValueClass("B", 1, money(150), 0.15), ValueClass("C", 1, money(50), 0.05))
    curve = ((0.0, 0.0), (1 / 3, 0.05), (2 / 3, 0.2), (1.0, 1.0))
    whale = ((0.0, 0.0), (1 / 3, 0.8), (2 / 3, 0.95), (1.0, 1.0))
    return figures(
        currency="",
        totals=Totals(
            3,
            {"customer": 1, "segment": 2, "none": 0, "objected": 0},
            4,
            2.2,
            money(600),
            money(600),
            money(180),
            money(400),
            money(10),
            money(1000),
        ),
        concentration=Concentration("value", classes, 0.5, 0.66, curve, whale, (1.0, 1.0)),
        top=tuple(customer(number) for number in range(3)),
        at_risk=(),
        at_risk_count=0,
        at_risk_loss=money(0),
        months=(MonthOfPurchases("2026-09", 4, 3, money(600), False),),
        models=(),
        notices=(),
        files=(),
        intervals=(total("clv", 400.0, origins=0),),
        backtest=no_backtest(),
    )


def negative() -> RunFigures:
    """More came back than went out, and the bridge has a gap."""
    known = figures()
    totals = replace(
        known.totals,
        revenue=money(-5000),
        past=money(-5000),
        clv=money(-200),
        value=money(-5200),
        clv_beyond=money(0),
        expected_revenue=money(-40),
    )
    classes = tuple(replace(each, value=money(-1000), share=0.0) for each in known.concentration.classes)
    return figures(
        backtest=None,
        intervals=(),
        totals=totals,
        concentration=replace(known.concentration, classes=classes),
        reconciliation=replace(known.reconciliation, difference=money("12.34")),
        top=(customer(1, revenue=money(-900), clv=money(100), value=money(-800)),),
    )


def huge() -> RunFigures:
    """Ten million customers and amounts beyond a trillion."""
    known = figures()
    totals = replace(
        known.totals,
        customers=10_000_000,
        purchases=28_123_456,
        clv=money("1234567890123.45"),
        past=money("4234567890123.45"),
        value=money("5469135780246.90"),
    )
    totals = replace(
        totals,
        revenue=totals.past,
        expected_revenue=money("334567890123.45"),
        levels={"customer": 6_000_000, "segment": 3_990_000, "none": 9_000, "objected": 1_000},
    )
    return figures(
        backtest=None,
        intervals=(),
        totals=totals,
        top=tuple(customer(n, value=money("1e12"), clv=money("4e11"), revenue=money("6e11")) for n in range(20)),
    )


def hostile() -> RunFigures:
    """Names that try to leave their cell."""
    names = (
        "<script>alert(1)</script>",
        "x" * 3000,
        '"><img src=x onerror=alert(1)>',
        "a\x00b\x1b[31m",
        "\u202egnirts",
        "=1+1",
        "",
        "{{ 7*7 }}",
        "O'Brien & Söhne",
    )
    return figures(
        backtest=None,
        intervals=(),
        title="<b>Firma</b> & Co",
        top=tuple(customer(place, customer_id=name) for place, name in enumerate(names)),
        at_risk=tuple(risky(place, customer_id=name) for place, name in enumerate(names)),
        files=(InputFile("<i>böse</i>.csv", 10, "ab" * 32, 3),),
        notices=(
            Notice("odd", "A file named {name} has {n} lines.", {"name": "<script>x</script>", "n": 5}),
            Notice("broken", "A {missing} place", {}),
        ),
    )


def empty() -> RunFigures:
    """Nothing to show: no month, no list, no curve."""
    return figures(
        top=(),
        at_risk=(),
        months=(),
        at_risk_count=0,
        at_risk_loss=money(0),
        concentration=Concentration("value", (), 0.0, 0.0, (), (), (0.0, 0.0)),
        intervals=(),
        backtest=None,
    )


SCENES = {
    "revenue": figures,
    "contribution": in_contribution,
    "purchases": in_purchases,
    "tiny": tiny,
    "negative": negative,
    "huge": huge,
    "hostile": hostile,
    "empty": empty,
}

"""Invented figures of a small wholesaler, and the ways in which a run may differ from it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from kundenwert.records import (
    AlivePath,
    Backtest,
    ClassTotal,
    Comparison,
    Concentration,
    Decile,
    Density,
    FlagTotal,
    FrequencyCounts,
    Gaps,
    HeldTotal,
    Heterogeneity,
    InputFile,
    Level,
    Marginal,
    Matrix,
    ModelCard,
    MoneyScored,
    MonthOfPurchases,
    Notice,
    Origin,
    Posterior,
    Reconciliation,
    RunFigures,
    Scored,
    TotalForecast,
    Totals,
    Tracking,
    ValueClass,
)

AS_OF = date(2026, 9, 30)
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


# ---------- evidence ----------

_NAIVE = {
    "average_customer": (-1.1764, 0.557, 2.2619, 0.0),
    "last_period": (-1.0561, 0.214, 1.98, 0.497),
    "own_rate": (-1.0278, 0.557, 2.2119, 0.512),
}
_MODELS = {"nbd": (-1.0102, 0.41, 1.9, 0.52), "bg_nbd": (-0.9845, -0.121, 1.608, 0.586), "mbg_nbd": (-0.9841, -0.118, 1.607, 0.586)}
ORIGINS = (date(2025, 9, 30), date(2025, 3, 31), date(2024, 9, 30), date(2024, 3, 31))


def levels(money: bool = False) -> tuple[Level, ...]:
    if money:
        return (Level(0.5, 0.47, 0.5, 0.47), Level(0.8, 0.77, 0.8, 0.77), Level(0.9, 0.88, 0.9, 0.88))
    return (Level(0.5, 0.742, 0.75, 0.502), Level(0.8, 0.874, 0.88, 0.798), Level(0.9, 0.943, 0.958, 0.889))


def scored(name: str = "bg_nbd", *, bias: float | None = None, in_money: bool = True, **changes: Any) -> Scored:
    known = {**_NAIVE, **_MODELS}
    log_score, mean_bias, rmse, gini = known[name]
    used = mean_bias if bias is None else bias
    deciles = tuple(Decile(72 if place < 9 else 69, 0.04 * 1.82**place, 0.045 * 1.86**place) for place in range(10))
    pit = tuple((0.05 + 0.004 * ((place * 7) % 5 - 2) + (0.006 if place > 16 else 0.0)) for place in range(20))
    worth = MoneyScored(300_000.0, 341_000.0, used - 0.02, 912.4, 310.2, 0.41, 0.602, 0.713, levels(money=True)) if in_money else None
    made = Scored(
        name=name,
        kind="baseline" if name in _NAIVE else "model",
        log_score=log_score,
        crps=0.5,
        expected_purchases=1882 * (1 + used),
        bias=used,
        rmse=rmse,
        mae=0.7855,
        spearman=None if name == "average_customer" else 0.55,
        gini=gini or None,
        top_decile_value=None if name == "average_customer" else 0.671,
        levels=levels(),
        deciles=deciles,
        pit=tuple(share / sum(pit) for share in pit),
        money=worth,
    )
    return replace(made, **changes)


def tracking() -> Tracking:
    """Two and a half years of weeks; half a year of forecast."""
    first = date(2024, 1, 7)
    ends = tuple(first + timedelta(weeks=week) for week in range(117))
    expected = tuple(60 * (1 - 0.985**week) * 0.995**week + 2 for week in range(117))
    actual = tuple(
        round(value * (1.0 + 0.22 * ((week * 37) % 11 - 5) / 5) * (1.12 if week > 91 else 1.0)) for week, value in enumerate(expected)
    )
    return Tracking("bg_nbd", ORIGINS[0], ends, expected, actual)


def total(measure: str = "revenue", mean: float = 340_000.0, **changes: Any) -> TotalForecast:
    made = TotalForecast(measure, mean, mean * 0.71, mean * 1.42, 0.9, 0.0004, 0.0021, 0.0398, len(ORIGINS))
    return replace(made, **changes)


def intervals() -> tuple[TotalForecast, ...]:
    return total("purchases", 5123.4), total("revenue"), total("clv", 998_000.58)


def held_totals() -> tuple[HeldTotal, ...]:
    found = []
    for place, origin in enumerate(ORIGINS):
        actual = 1882.0 - 120 * place
        mean = actual * (0.879 + 0.07 * place)
        found.append(HeldTotal(origin, total("purchases", mean), actual, mean * 0.71 <= actual <= mean * 1.42))
        found.append(HeldTotal(origin, total("revenue", mean * 170), actual * 181, True))
    return tuple(found)


def backtest(**changes: Any) -> Backtest:
    """Four days looked back from; BG/NBD beats every naive forecast, MBG/NBD is no better."""
    names = (*_NAIVE, *_MODELS)
    origins = tuple(
        Origin(origin, origin + timedelta(days=365), 365, 717, 1882, tuple(scored(name, bias=-0.121 + 0.07 * place) for name in names))
        for place, origin in enumerate(ORIGINS)
    )
    pairs = (
        Comparison("last_period", "average_customer", 0.1203, 0.09, 0.15, 4, 4, True),
        Comparison("own_rate", "last_period", 0.0283, 0.011, 0.045, 3, 4, True),
        Comparison("nbd", "own_rate", 0.0176, -0.004, 0.039, 3, 4, False),
        Comparison("bg_nbd", "own_rate", 0.0433, 0.0221, 0.0641, 4, 4, True),
        Comparison("mbg_nbd", "bg_nbd", 0.0004, -0.0003, 0.0011, 2, 4, False),
    )
    verdict = "bg_nbd is chosen: its mean log score is 0.0433 above that of the best naive forecast, own_rate."
    made = Backtest(
        as_of=AS_OF,
        horizon="12m",
        days=365,
        origins=origins,
        pooled=tuple(scored(name) for name in names),
        comparisons=pairs,
        chosen="bg_nbd",
        verdict=verdict,
        totals=held_totals(),
        tracking=tracking(),
    )
    return replace(made, **changes)


def naive_backtest() -> Backtest:
    """Before Christmas, from one day only: nothing beats repeating the last period."""
    pair = Comparison("bg_nbd", "last_period", 0.0023, -0.0151, 0.0189, 1, 1, False)
    one = backtest().origins[0]
    notice = Notice("one_origin", "There is one origin only: a season or a single event may decide.")
    return backtest(
        origins=(one,),
        comparisons=(pair,),
        chosen="last_period",
        verdict="No model beats the simplest baseline, last_period: the mean log score of the best of them, bg_nbd, is 0.0023 above it.",
        notices=(notice,),
        totals=held_totals()[:1],
        tracking=None,
    )


def no_backtest() -> Backtest:
    text = "No backtest is possible: the log has fewer than 100 customers with a purchase."
    return Backtest(AS_OF, "12m", 365, verdict=text)


# ---------- records behind the charts of a fit ----------


def frequencies() -> FrequencyCounts:
    actual = (1411, 439, 214, 100, 62, 38, 29, 64)
    return FrequencyCounts("bg_nbd", tuple(range(8)), actual, (1404.0, 457.2, 213.9, 115.1, 66.8, 40.6, 25.5, 33.9))


def matrix(measure: str = "p_alive") -> Matrix:
    purchases, silence = tuple(range(0, 22, 2)), tuple(39.0 * step for step in range(13))

    def value(x: int, days: float) -> float | None:
        if (x == 0) != (days == silence[-1]):
            return None
        chance = 1.0 if x == 0 else 1 / (1 + 0.3 * (1 + days / 120) ** (0.4 * x) / (x + 1))
        return chance if measure == "p_alive" else chance * (0.3 + 0.55 * x)

    return Matrix(
        "bg_nbd", measure, silence[-1], 365.0, purchases, silence, tuple(tuple(value(x, day) for day in silence) for x in purchases)
    )


def alive_path(start: date | None = date(2025, 1, 8)) -> AlivePath:
    bought = (0.0, 21.0, 39.0, 88.0, 140.0)
    days = sorted({*(float(day) for day in range(0, 331, 2)), *bought, *(day - 1e-6 for day in bought[1:])})
    last = [max(each for each in bought if each <= day) for day in days]
    return AlivePath(
        "bg_nbd", tuple(days), tuple(0.97 * 0.995 ** (day - before) for day, before in zip(days, last, strict=True)), bought, start
    )


def heterogeneity() -> Heterogeneity:
    edges = tuple(0.5 * step for step in range(25))
    shares = tuple(0.3 * 0.8**step for step in range(24))
    leaving = Density("leaving_chance", tuple(step / 30 for step in range(25)), tuple(0.1 * 0.93**step for step in range(24)), 0.246, 0.18)
    return Heterogeneity("bg_nbd", (Density("rate", edges, shares, 2.86, 1.1), leaving))


def gaps() -> Gaps:
    edges = tuple(14.0 * step for step in range(17))
    actual = tuple(0.16 * 0.85**step for step in range(16))
    return Gaps("bg_nbd", 946, edges, actual, tuple(0.19 * 0.82**step for step in range(16)))


def posterior() -> Posterior:
    def marginal(name: str, centre: float, error: float) -> Marginal:
        edges = tuple(centre + error * (step - 15) / 5 for step in range(31))
        heights = [2.718281828 ** -(((step - 14.5) / 5) ** 2 / 2) for step in range(30)]
        shares = tuple(each / sum(heights) for each in heights)
        prior = tuple(0.004 - 0.00005 * step for step in range(30))
        return Marginal(name, edges, shares, centre * 1.01, centre - 1.64 * error, centre + 1.64 * error, prior, 0.9)

    parts = (marginal("r", 0.2426, 0.0126), marginal("alpha", 4.4136, 0.378), marginal("a", 0.7929, 0.186), marginal("b", 2.4259, 0.705))
    return Posterior("bg_nbd", "week", parts, 3600.0)


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

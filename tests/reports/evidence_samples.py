"""Invented evidence: backtests, intervals, and the records behind the charts of a fit."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from kundenwert.records import (
    AlivePath,
    Backtest,
    Comparison,
    Decile,
    Density,
    FrequencyCounts,
    Gaps,
    HeldTotal,
    Heterogeneity,
    Level,
    Marginal,
    Matrix,
    MoneyScored,
    Notice,
    Origin,
    Posterior,
    Scored,
    TotalForecast,
    Tracking,
)

AS_OF = date(2026, 9, 30)
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

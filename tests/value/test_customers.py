"""The columns of the value table, reckoned once more with numpy from the parameters of the models and a slow reading of the log."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import exports
import numpy as np
import pytest
import sales_logs as logs
from numpy.typing import NDArray
from sales_logs import Line
from scipy.special import hyp2f1

from kundenwert.flows.progress import Progress
from kundenwert.flows.reading import Input
from kundenwert.flows.value_file import value_file
from kundenwert.sources import Wanted

CENT = Decimal("0.01")
AS_OF = date(2024, 9, 30)
FIRST_DAY = date(1970, 1, 1)
MONEY = ("monetary_value", "revenue", "expected_revenue", "clv", "clv_beyond", "past", "value")
BOUNDED = ("expected_purchases", "expected_revenue", "clv")
Floats = NDArray[np.float64]
ValueLines = Callable[..., Any]


@dataclass(frozen=True)
class Slow:
    """The log as Line records and its base by the slow program."""

    lines: list[Line]
    rows: dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def shop() -> list[tuple[Any, ...]]:
    return exports.shop()


@pytest.fixture(scope="module")
def table(shop: list[tuple[Any, ...]], value_lines: ValueLines) -> Any:
    return value_lines(shop, as_of=AS_OF.isoformat())


@pytest.fixture(scope="module")
def slow(shop: list[tuple[Any, ...]]) -> Slow:
    lines = [as_line(line) for line in shop]
    return Slow(lines, logs.slow_base(lines, (AS_OF - FIRST_DAY).days))


def as_line(line: Sequence[Any]) -> Line:
    customer, day, document, product, quantity, amount, cost = line
    return Line(
        customer,
        (day - FIRST_DAY).days,
        Decimal(amount),
        Decimal(quantity),
        document,
        product,
        "kept" if quantity > 0 else "return",
        cost=Decimal(cost) if cost else None,
    )


def of(slow: Slow, table: Any, name: str) -> Floats:
    """A column of the slow base for the customers with a purchase left, in the order of the table."""
    return np.array([float(slow.rows[customer][name]) for customer in with_purchase(table)])


def with_purchase(table: Any) -> list[str]:
    return [row["customer_id"] for row in table.rows if row["frequency"] is not None]


def column(table: Any, name: str) -> Floats:
    return np.array([float(row[name]) for row in table.rows if row["frequency"] is not None])


def expected_purchases(table: Any, slow: Slow, days: float) -> Floats:
    """Fader, Hardie & Lee 2005, eq. (10), straight from the paper."""
    p = table.valued.valued.fits[0].parameters_in_days
    r, alpha, a, b = (p[name] for name in ("r", "alpha", "a", "b"))
    x, recency, age = (of(slow, table, name) for name in ("frequency", "recency", "t"))
    scale = (alpha + age) / (alpha + age + days)
    series = hyp2f1(r + x, b + x, a + b + x - 1, days / (alpha + age + days))
    top = (a + b + x - 1) / (a - 1) * (1 - scale ** (r + x) * series)
    return np.asarray(top * p_alive(table, slow), dtype=np.float64) + 0 * recency


def p_alive(table: Any, slow: Slow) -> Floats:
    p = table.valued.valued.fits[0].parameters_in_days
    r, alpha, a, b = (p[name] for name in ("r", "alpha", "a", "b"))
    x, recency, age = (of(slow, table, name) for name in ("frequency", "recency", "t"))
    odds = np.where(x > 0, a / (b + np.maximum(x, 1) - 1) * ((alpha + age) / (alpha + recency)) ** (r + x), 0.0)
    return np.asarray(1 / (1 + odds))


def discounted(table: Any, slow: Slow, start: float, end: float, rate: float = 0.1) -> Floats:
    """Day by day: the purchases expected on a day, each brought back from the middle of its day."""
    days = np.arange(start, end + 1)
    cumulated = np.array([expected_purchases(table, slow, day) if day else np.zeros(len(with_purchase(table))) for day in days])
    factors = (1 + rate) ** -((days[:-1] + 0.5) / 365.25)
    return np.asarray((np.diff(cumulated, axis=0) * factors[:, None]).sum(axis=0))


def expected_amount(table: Any, slow: Slow) -> Floats:
    """Fader & Hardie, note 025, eq. (5), net of the expected returns."""
    p = table.valued.valued.fits[1].parameters
    days, spend = of(slow, table, "spend_days"), of(slow, table, "spend")
    amount = (p["p"] * spend + p["p"] * p["v"]) / (p["p"] * days + p["q"] - 1)
    return np.asarray(amount * (1 - return_share(slow)))


def return_share(slow: Slow) -> float:
    """What reversals took of the purchases of the last twelve months beyond what was taken off the purchases themselves."""
    end, start = (AS_OF - FIRST_DAY).days, (date(2023, 9, 30) - FIRST_DAY).days
    pieces, money = logs._cancelled(slow.lines, logs.slow_matches(slow.lines, end))
    revenue = sum(line.amount or 0 for line in slow.lines if start < line.day <= end)
    days: dict[tuple[str, int], list[tuple[bool, Decimal]]] = defaultdict(list)
    for number, line in enumerate(slow.lines, 1):
        if start < line.day <= end and line.line_class == "kept":
            remains = line.measure > pieces.get(number, Decimal(0))
            days[line.customer, line.day].append((remains, (line.amount or Decimal(0)) + money.get(number, Decimal(0))))
    bought = sum(amount for day in days.values() if any(remains for remains, _ in day) for _, amount in day)
    return min(max(1 - float(revenue) / float(bought), 0.0), 0.95)


def contributions(slow: Slow) -> tuple[dict[str, float], dict[str, float], float, float]:
    """Past contribution and revenue by customer, the margin of all, and the share that is estimated."""
    end = (AS_OF - FIRST_DAY).days
    known = [line for line in slow.lines if line.day <= end]
    sums: dict[str | None, list[float]] = defaultdict(lambda: [0.0, 0.0])
    for line in known:
        if line.cost is not None:
            sums[line.product][0] += float(line.cost)
            sums[line.product][1] += float(line.amount or 0)
    past: dict[str, float] = defaultdict(float)
    revenue: dict[str, float] = defaultdict(float)
    estimated = 0.0
    for line in known:
        amount = float(line.amount or 0)
        cost, turnover = sums[line.product]
        guess = amount * (1 - cost / turnover)
        past[line.customer] += amount - float(line.cost) if line.cost is not None else guess
        estimated += 0.0 if line.cost is not None else guess
        revenue[line.customer] += amount
    return past, revenue, sum(past.values()) / sum(revenue.values()), estimated / sum(past.values())


def margins(table: Any, slow: Slow) -> Floats:
    """The customer's own margin, drawn to that of the base with the weight of four average purchases."""
    past, revenue, overall, _ = contributions(slow)
    purchases = sum(row["frequency"] + 1 for row in slow.rows.values() if row["frequency"] is not None)
    weight = 4 * sum(revenue.values()) / purchases
    return np.array([(past[name] + weight * overall) / (revenue[name] + weight) for name in with_purchase(table)])


# ---- the columns ------------------------------------------------------------------------------------------------------


def test_the_shop_is_large_enough_for_the_models(table: Any) -> None:
    assert [fit.model.name for fit in table.valued.valued.fits] == ["bg_nbd", "gamma_gamma"]
    assert {"customer", "segment", "none"} >= set(table.column("level")) >= {"customer", "segment"}


def test_histories_are_those_of_the_slow_program(table: Any, slow: Slow) -> None:
    for row in table.rows:
        expected = slow.rows[row["customer_id"]]
        assert (row["frequency"], row["recency"], row["T"], row["spend_days"]) == tuple(
            expected[name] for name in ("frequency", "recency", "t", "spend_days")
        )
        assert row["revenue"] == expected["revenue"]
        days = expected["spend_days"]
        assert (row["monetary_value"] is None) == (not days)
        assert not days or abs(row["monetary_value"] - expected["spend"] / days) <= CENT / 2


def test_dates_are_those_of_the_first_and_last_purchase(table: Any, slow: Slow) -> None:
    for row in table.rows:
        first = slow.rows[row["customer_id"]]["first_day"]
        assert row["first_purchase"] == (None if first is None else FIRST_DAY + timedelta(days=first))


def test_the_chance_to_be_a_customer_is_that_of_the_paper(table: Any, slow: Slow) -> None:
    np.testing.assert_allclose(column(table, "p_alive"), p_alive(table, slow), rtol=1e-6)


def test_expected_purchases_are_those_of_the_paper(table: Any, slow: Slow) -> None:
    days = (date(2025, 9, 30) - AS_OF).days
    np.testing.assert_allclose(column(table, "expected_purchases"), expected_purchases(table, slow, days), rtol=1e-6)


def test_expected_revenue_is_purchases_times_amount_net_of_returns(table: Any, slow: Slow) -> None:
    assert 0 < return_share(slow) < 0.2
    expected = expected_purchases(table, slow, 365) * expected_amount(table, slow)
    np.testing.assert_allclose(column(table, "expected_revenue"), expected, rtol=1e-6, atol=0.0051)


def test_clv_discounts_each_purchase_from_its_day_and_takes_the_margin(table: Any, slow: Slow) -> None:
    days = (date(2029, 9, 30) - AS_OF).days
    expected = discounted(table, slow, 0, days) * expected_amount(table, slow) * margins(table, slow)
    np.testing.assert_allclose(column(table, "clv"), expected, rtol=1e-5, atol=0.0051)


def test_what_lies_beyond_the_value_horizon_is_shown_apart(table: Any, shop: list[Any], value_lines: ValueLines) -> None:
    # Taken together, value horizon and what lies beyond do not depend on where the horizon ends.
    longer = value_lines(shop, as_of=AS_OF.isoformat(), value_horizon="9y")
    near, far = (column(found, "clv") + column(found, "clv_beyond") for found in (table, longer))
    np.testing.assert_allclose(near, far, rtol=1e-4, atol=0.02)
    assert (column(longer, "clv") >= column(table, "clv")).all()
    assert column(longer, "clv").sum() > column(table, "clv").sum()


def test_past_is_booked_contribution_with_estimates_where_cost_is_missing(table: Any, slow: Slow) -> None:
    past, _, overall, estimated = contributions(slow)
    np.testing.assert_allclose([float(row["past"]) for row in table.rows], [past[row["customer_id"]] for row in table.rows], atol=0.0101)
    assert float(sum(table.column("past"))) == pytest.approx(sum(past.values()), abs=0.006)
    amounts = table.valued.valued.amounts
    assert amounts.margin == pytest.approx(overall, rel=1e-6)
    assert amounts.estimated_share == pytest.approx(estimated, rel=1e-6)
    assert 0.1 < amounts.estimated_share < 0.5
    assert table.notices["estimated_margin"] == {"share": amounts.estimated_share}


def test_value_is_past_and_clv_and_nothing_else(table: Any) -> None:
    assert all(row["value"] == row["past"] + row["clv"] for row in table.rows)
    assert sum(table.column("value")) == sum(table.column("past")) + sum(table.column("clv"))


def test_levels_say_how_a_customer_was_valued(table: Any, slow: Slow) -> None:
    for row in table.rows:
        frequency = slow.rows[row["customer_id"]]["frequency"]
        assert row["level"] == ("none" if frequency is None else "customer" if frequency else "segment")


def test_bounds_are_certain_where_nothing_is_expected_and_else_hold_more_than_one_value(table: Any) -> None:
    for row in table.rows:
        for name in BOUNDED:
            lower, upper = row[f"{name}_lower"], row[f"{name}_upper"]
            if row["level"] == "none":
                assert (lower, upper) == (0, 0)
            else:
                assert 0 <= lower <= upper
    assert all(row["clv_lower"] < row["clv"] < row["clv_upper"] for row in table.rows if row["expected_purchases"] > 5)


def test_bounds_of_purchases_are_whole_numbers(table: Any) -> None:
    bounds = table.column("expected_purchases_lower") + table.column("expected_purchases_upper")
    assert all(bound == int(bound) for bound in bounds)


def test_further_levels_stand_in_columns_of_their_own(shop: list[Any], table: Any, value_lines: ValueLines) -> None:
    found = value_lines(shop, as_of=AS_OF.isoformat(), interval_levels="0.5,0.9")
    for row, usual in zip(found.rows, table.rows, strict=True):
        assert {name: row[name] for name in usual} == usual
        assert set(row) - set(usual) == {f"{name}_{side}_50" for name in BOUNDED for side in ("lower", "upper")}
        for name in BOUNDED:
            assert row[f"{name}_lower"] <= row[f"{name}_lower_50"] <= row[f"{name}_upper_50"] <= row[f"{name}_upper"]
    assert any(row["clv_upper_50"] < row["clv_upper"] for row in found.rows)


def test_a_csv_file_has_the_bounds_at_further_levels(shop: list[Any], tmp_path: Path) -> None:
    source = exports.write(tmp_path / "sales.csv", shop)
    flags = {"threads": "1", "as_of": AS_OF.isoformat(), "interval_levels": "0.5"}
    value_file([Input(source, Wanted())], flags, tmp_path / "out.csv", clock=date(2025, 6, 1), progress=Progress(), numbers="de")
    with (tmp_path / "out.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter=";"))
    assert list(rows[0])[-7:] == ["level", *(f"{name}_{end}_50" for name in BOUNDED for end in ("lower", "upper"))]
    assert {row["level"] for row in rows} >= {"customer", "segment"}
    assert all("," in row["clv_upper_50"] for row in rows)


def test_with_a_margin_below_zero_the_lower_bound_stays_the_lower_one(shop: list[Any], value_lines: ValueLines) -> None:
    found = value_lines([line[:6] for line in shop], exports.HEADER[:6], margin=-0.2)
    assert all(row["clv_lower"] <= row["clv_upper"] <= 0 for row in found.rows)
    assert any(row["clv_lower"] < row["clv"] < row["clv_upper"] for row in found.rows)


# ---- scale, yardstick, levels -----------------------------------------------------------------------------------------


def test_all_money_times_a_hundred_is_every_value_times_a_hundred(shop: list[Any], table: Any, value_lines: ValueLines) -> None:
    scaled = [(*line[:5], f"{Decimal(line[5]) * 100:.2f}", f"{Decimal(line[6]) * 100:.2f}" if line[6] else "") for line in shop]
    found = value_lines(scaled, as_of=AS_OF.isoformat())
    for name in MONEY:
        own = [row[name] for row in table.rows]
        np.testing.assert_allclose(
            [float(row[name]) for row in found.rows if row[name] is not None],
            [100 * float(value) for value in own if value is not None],
            rtol=2e-4,
            atol=1.01,
        )
    np.testing.assert_allclose(column(found, "expected_purchases"), column(table, "expected_purchases"), rtol=1e-9)


def test_twice_the_margin_of_the_settings_is_twice_the_value(shop: list[Any], value_lines: ValueLines) -> None:
    header, lines = exports.HEADER[:6], [line[:6] for line in shop]
    low, high = (value_lines(lines, header, margin=margin) for margin in ("0.15", "0.3"))
    assert low.valued.valued.amounts.yardstick == "contribution"
    assert low.valued.valued.amounts.estimated_share == pytest.approx(1)
    for name in ("clv", "clv_beyond", "past"):
        np.testing.assert_allclose(2 * column(low, name), column(high, name), atol=0.0201)
    np.testing.assert_allclose(column(low, "expected_revenue"), column(high, "expected_revenue"))
    revenue = sum(low.column("revenue"))
    assert sum(low.column("past")) == (revenue * Decimal("0.15")).quantize(CENT, ROUND_HALF_UP)


def test_without_cost_and_margin_values_are_revenue(shop: list[Any], value_lines: ValueLines) -> None:
    found = value_lines([line[:6] for line in shop], exports.HEADER[:6])
    assert found.valued.valued.amounts.yardstick == "revenue"
    assert "no_margin" in found.notices
    assert found.column("past") == found.column("revenue")


def test_a_cost_column_without_any_cost_is_no_known_margin(shop: list[Any], value_lines: ValueLines) -> None:
    empty = [(*line[:6], "") for line in shop]
    found = value_lines(empty)
    assert found.valued.valued.amounts.yardstick == "revenue"
    assert found.column("clv") == value_lines([line[:6] for line in shop], exports.HEADER[:6]).column("clv")
    assert value_lines(empty, margin="0.3").valued.valued.amounts.margin == pytest.approx(0.3)


def test_lines_without_cost_take_the_margin_of_their_product_then_group_then_settings(value_lines: ValueLines) -> None:
    header = ("customer_id", "date", "product", "warengruppe", "net_amount", "cost")
    rows = [
        ("K1", "2024-01-02", "A", "X", "100", "60"),  # 40 % on product A
        ("K1", "2024-01-03", "B", "X", "100", "80"),  # 20 % on product B; 30 % on group X
        ("K2", "2024-01-02", "A", "X", "100", ""),
        ("K3", "2024-01-02", "C", "X", "100", ""),
        ("K4", "2024-01-02", "D", "Y", "100", ""),
    ]
    found = value_lines(rows, header, margin="0.5")
    assert {row["customer_id"]: row["past"] for row in found.rows} == {"K1": 60, "K2": 40, "K3": 30, "K4": 50}
    without = value_lines(rows, header)
    assert without.row("K4")["past"] == 30  # nothing nearer is known than the margin of all lines with cost
    assert found.valued.valued.amounts.estimated_share == pytest.approx(120 / 180)


def test_without_amounts_customers_are_valued_in_purchases(shop: list[Any], value_lines: ValueLines) -> None:
    sales = [line[:4] for line in shop if line[4] > 0]
    found = value_lines(sales, exports.HEADER[:4])
    assert found.valued.valued.amounts.yardstick == "purchases"
    for name in (*MONEY, "clv_lower", "clv_upper", "expected_revenue_lower", "expected_revenue_upper"):
        assert set(found.column(name)) == {None}
    assert min(found.column("expected_purchases")) > 0
    assert "no_amounts" in found.notices


def test_a_small_base_is_valued_by_the_rate_of_the_last_twelve_months(shop: list[Any], value_lines: ValueLines) -> None:
    few = [line for line in shop if line[0] < "K0030"]
    found = value_lines(few)
    (fit,) = found.valued.valued.fits
    assert fit.model.name == "recent_rate"
    assert found.notices["small_base"]["customers"] == len([row for row in found.rows if row["frequency"] is not None])
    valued = [row for row in found.rows if row["level"] != "none"]
    assert {row["p_alive"] for row in valued} == {None}
    assert min(row["expected_purchases"] for row in valued) > 0
    assert min(row["clv"] for row in valued) > 0


def test_the_rate_of_a_small_base_is_shrunk_purchases_by_shrunk_time(value_lines: ValueLines) -> None:
    lines = exports.shop(4, customers=30, returns=0.2, no_cost=0)
    found = value_lines(lines, as_of=AS_OF.isoformat(), horizon="100d")
    p = found.valued.valued.fits[0].parameters_in_days
    slow_rows = logs.slow_base([as_line(line) for line in lines], (AS_OF - FIRST_DAY).days)
    for row in found.rows:
        base = slow_rows[row["customer_id"]]
        if base["frequency"] is not None:
            rate = (p["r"] + base["recent"]) / (p["alpha"] + min(base["t"], 365.25))
            assert row["expected_purchases"] == pytest.approx(100 * rate, rel=1e-9)


def test_a_short_value_horizon_leaves_nearly_nothing_but_the_past(shop: list[Any], value_lines: ValueLines) -> None:
    day, year = (value_lines(shop, value_horizon=horizon) for horizon in ("1d", "1y"))
    assert sum(day.column("clv")) < sum(year.column("clv")) / 200
    assert sum(day.column("past")) == sum(year.column("past"))
    assert max(column(day, "value") - column(day, "past")) < 0.05 * max(column(year, "clv"))


def test_values_rise_with_margin_and_fall_with_the_discount_rate(shop: list[Any], value_lines: ValueLines) -> None:
    clv = [sum(value_lines(shop, discount_rate=rate).column("clv")) for rate in ("0", "0.2")]
    assert clv[0] > clv[1] > 0


def test_twelve_orders_of_60_at_30_percent_are_a_past_of_216(value_lines: ValueLines) -> None:
    days = [date(2021, 1, 4) + timedelta(days=91 * number) for number in range(12)]
    rows = [("K1", day, "60.00") for day in days] + [("K2", days[0], "10.00"), ("K2", days[-1], "10.00")]
    row = value_lines(rows, ("customer_id", "date", "net_amount"), margin="0.3").row("K1")
    assert (row["frequency"], row["monetary_value"], row["revenue"], row["past"]) == (11, 60, 720, 216)
    assert (row["recency"], row["T"]) == (91 * 11, 91 * 11)


def test_a_customer_with_nothing_but_returns_has_a_certain_zero(value_lines: ValueLines) -> None:
    rows = [*[line[:6] for line in exports.shop(3, customers=20)], ("BACK", date(2024, 3, 1), "G9", "A", -2, "-30.00")]
    row = value_lines(rows, exports.HEADER[:6]).row("BACK")
    assert [row[name] for name in ("first_purchase", "last_purchase", "frequency", "recency", "T", "p_alive")] == [None] * 6
    assert [row[name] for name in ("expected_purchases", "expected_revenue", "clv", "clv_lower", "clv_upper")] == [0] * 5
    assert (row["revenue"], row["value"], row["level"]) == (-30, -30, "none")


def test_a_collective_customer_is_booked_and_not_forecast(value_lines: ValueLines) -> None:
    shop = [line[:6] for line in exports.shop(3, customers=20)]
    cash = [("CASH", date(2024, 1, 1) + timedelta(days=day), f"B{day}", "A", 1, "2.50") for day in range(60)]
    with_cash, without = value_lines([*shop, *cash], exports.HEADER[:6], collective="CASH"), value_lines(shop, exports.HEADER[:6])
    row = with_cash.row("CASH")
    assert (row["revenue"], row["past"], row["value"], row["level"]) == (150, 150, 150, "none")
    assert (row["expected_purchases"], row["clv"], row["p_alive"]) == (None, None, None)
    same = [name for name in row if name not in {"expected_revenue", "clv", "clv_beyond", "value"}]
    others = [[own[name] for name in same] for own in with_cash.rows if own["customer_id"] != "CASH"]
    assert others == [[own[name] for name in same] for own in without.rows]


@pytest.mark.parametrize("amount", ["1000000.00", "25000000.55", "2251799000.01", "8999999999.99"])
def test_a_line_of_millions_is_booked_to_the_cent(value_lines: ValueLines, amount: str) -> None:
    lines = [(f"K{number}", f"2024-0{month}-11", "20.10") for number in range(150) for month in (1, 3, 5)]
    found = value_lines([*lines, ("K7", "2024-06-03", amount)], ("customer_id", "date", "net_amount"))
    revenue = dict(zip(found.column("customer_id"), found.column("revenue"), strict=True))
    assert revenue["K7"] == Decimal("60.30") + Decimal(amount)
    assert sum(revenue.values()) == 450 * Decimal("20.10") + Decimal(amount)


def test_revenue_is_rounded_by_largest_remainder(value_lines: ValueLines) -> None:
    rows = [(f"K{number}", f"2024-0{month}-01", "0.3330") for number in range(1, 8) for month in (1, 2)]
    found = value_lines(rows, ("customer_id", "date", "net_amount"))
    # 7 x 0.666 = 4.662, rounded once 4.66: four customers take the four missing cents, by the order of their ids.
    assert found.column("revenue") == [Decimal("0.67")] * 4 + [Decimal("0.66")] * 3
    assert sum(found.column("revenue")) == Decimal("4.66")


def test_the_largest_remainders_take_the_missing_cents_also_below_zero(value_lines: ValueLines) -> None:
    parts = {"K1": "0.0010", "K2": "0.0040", "K3": "0.0090", "K4": "0.0060", "K5": "-3.0040"}
    rows = [line for name, part in parts.items() for line in ((name, "2024-01-01", "1.0000"), (name, "2024-02-01", part))]
    found = value_lines(rows, ("customer_id", "date", "net_amount"))
    # 1.001 + 1.004 + 1.009 + 1.006 - 2.004 = 2.016, rounded once 2.02; rounded down 1.00 + 1.00 + 1.00 + 1.00 - 2.01 = 1.99.
    assert found.column("revenue") == [Decimal(text) for text in ("1.00", "1.00", "1.01", "1.01", "-2.00")]

"""`import kundenwert as kw`: orders in any kind of frame, a base, a fit, a forecast of the same kind."""

from __future__ import annotations

import gc
import tempfile
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import kundenwert as kw
from kundenwert.errors import CallError

FIRST = date(2023, 1, 2)


def orders() -> dict[str, list[Any]]:
    """150 customers with one to six purchases, a week or more apart."""
    rows = [
        (f"{number:04d}", FIRST + timedelta(days=number % 90 + 9 * step), 10.0 + number % 7)
        for number in range(150)
        for step in range(1 + number % 6)
    ]
    customers, days, amounts = zip(*rows, strict=True)
    return {"customer_id": list(customers), "date": list(days), "amount": list(amounts)}


@pytest.mark.parametrize(("make", "kind"), [(pd.DataFrame, pd.DataFrame), (pl.DataFrame, pl.DataFrame), (pa.table, pa.Table)])
def test_what_goes_in_as_a_frame_comes_out_as_one_and_is_not_changed(make: Any, kind: type) -> None:
    given = make(orders())
    before = given.to_pandas() if kind is not pd.DataFrame else given.copy()
    base = kw.customer_base(given, as_of="2023-12-31")
    found = kw.BgNbd().fit(base).forecast(base, horizon="39w")
    assert isinstance(found, kind)
    assert len(found) == len(base) == 150
    after = given.to_pandas() if kind is not pd.DataFrame else given
    pd.testing.assert_frame_equal(before, after)


@pytest.mark.parametrize("name", ["BgNbd", "MbgNbd", "ParetoNbd", "Nbd", "RecentRate"])
def test_every_purchase_model_forecasts_each_customer_of_a_base(name: str) -> None:
    base = kw.customer_base(pa.table(orders()), as_of="2023-12-31")
    table = getattr(kw, name)().fit(base).forecast(base, horizon="12m")
    assert table["customer_id"].to_pylist() == sorted(set(orders()["customer_id"]))
    assert all(purchases > 0 for purchases in table["expected_purchases"].to_pylist())


def test_a_spend_model_gives_each_customer_the_expected_amount() -> None:
    base = kw.customer_base(pa.table(orders()), as_of="2023-12-31")
    table = kw.GammaGamma().fit(base).forecast(base)
    assert all(9 < amount < 18 for amount in table["expected_spend"].to_pylist())


@pytest.mark.parametrize("name", ["BgNbd", "RecentRate"])
def test_purchases_have_an_interval_at_each_level_asked_for(name: str) -> None:
    base = kw.customer_base(pa.table(orders()), as_of="2023-04-30")
    fit = getattr(kw, name)().fit(base)
    table = fit.forecast(base, horizon="26w", levels=(0.5, 0.975))
    columns = [f"expected_purchases_{end}{suffix}" for end in ("lower", "upper") for suffix in ("", "_50", "_97_5")]
    low, low_50, low_97, high, high_50, high_97 = (table[column].to_pylist() for column in columns)
    for bounds in zip(low_97, low, low_50, high_50, high, high_97, strict=True):
        assert list(bounds) == sorted(bounds)
    assert sum(high_97) > sum(high) > sum(high_50)
    plain = fit.forecast(base, horizon="26w")
    assert plain.column_names == [name for name in table.column_names if not name.endswith(("_50", "_5"))]


def test_with_a_spend_fit_there_is_revenue_with_its_interval() -> None:
    base = kw.customer_base(pa.table(orders()), as_of="2023-04-30")
    fit, spend = kw.BgNbd().fit(base), kw.GammaGamma().fit(base)
    table = fit.forecast(base, horizon="26w", spend=spend, levels=(0.9, 0.5))
    amounts = spend.forecast(base)["expected_spend"].to_pylist()
    purchases, revenue = table["expected_purchases"].to_pylist(), table["expected_revenue"].to_pylist()
    assert revenue == pytest.approx([n * amount for n, amount in zip(purchases, amounts, strict=True)])
    for kind in ("expected_revenue", "discounted_revenue"):
        ends = [table[f"{kind}_{end}"].to_pylist() for end in ("lower", "lower_50", "upper_50", "upper")]
        assert all(list(bounds) == sorted(bounds) for bounds in zip(*ends, strict=True))
        assert max(ends[-1]) > max(table[kind].to_pylist())


def test_a_level_that_is_no_share_is_refused() -> None:
    base = kw.customer_base(pa.table(orders()), as_of="2023-12-31")
    with pytest.raises(CallError, match=r"Levels \[90\]. Expected: shares between 0 and 1"):
        kw.BgNbd().fit(base).forecast(base, levels=(0.5, 90))


def test_the_base_has_days_and_means_of_each_customer() -> None:
    rows = kw.customer_base(pa.table(orders()), as_of="2023-12-31").customers.to_pylist()
    assert rows[5] == {
        "customer_id": "0005",
        "first_purchase": FIRST + timedelta(days=5),
        "last_purchase": FIRST + timedelta(days=50),
        "frequency": 5,
        "recency": 45,
        "T": (date(2023, 12, 31) - FIRST).days - 5,
        "spend_days": 5,
        "monetary_value": 15.0,
        "revenue": 90.0,
    }


def test_a_horizon_that_cannot_be_read_says_what_one_looks_like() -> None:
    base = kw.customer_base(pa.table(orders()), as_of="2023-12-31")
    with pytest.raises(CallError, match="39w, 12m, 5y or 374d"):
        kw.BgNbd().fit(base).forecast(base, horizon="soon")


def test_days_of_purchase_can_be_read_long_after_a_file_was_and_nothing_is_left_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    lines = pd.DataFrame(orders()).assign(city="Köln").to_csv(index=False).encode("cp1252")  # rewritten before it is read
    (tmp_path / "orders.csv").write_bytes(lines)
    base = kw.customer_base(str(tmp_path / "orders.csv"), as_of="2023-12-31")
    days, purchases = base.daily_repeat_purchases()
    assert purchases.sum() == base.summary.repeat_purchases
    assert len(days) == len(purchases)
    del base
    gc.collect()
    assert [path.name for path in tmp_path.iterdir()] == ["orders.csv"]

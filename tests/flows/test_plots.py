"""`fit.plot.<name>()`: charts of a fit by name, of bases in the engine as well."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pytest

import kundenwert as kw
from kundenwert.errors import CallError
from kundenwert.flows.plots import names, scored, tracked
from kundenwert.records import Backtest, Scored

FIRST, ORIGIN, LAST = date(2023, 1, 2), date(2023, 9, 30), date(2023, 12, 31)


def orders() -> dict[str, list[Any]]:
    """400 customers of a simulated shop, in whole days; the 5th of every 50 sends one order back on a later day."""
    rng = np.random.default_rng(4)
    rows = []
    for number in range(400):
        start, gap = int(rng.integers(0, 180)), float(rng.gamma(1.2, 30.0)) + 3
        days = [start]
        while rng.random() < 0.85 and days[-1] < 363:
            days.append(days[-1] + 1 + int(rng.exponential(gap)))
        rows += [(f"{number:04d}", FIRST + timedelta(days=day), 10.0 + number % 7) for day in days if day < 364]
    customers, days_of, amounts = zip(*rows, strict=True)
    return {"customer_id": list(customers), "date": list(days_of), "amount": list(amounts)}


@cache
def base(as_of: date) -> Any:
    return kw.customer_base(pa.table(orders()), as_of=as_of.isoformat())


@cache
def fit() -> Any:
    return kw.BgNbd().fit(base(ORIGIN))


def days_of(customer: str) -> list[date]:
    given = orders()
    return sorted({day for one, day in zip(given["customer_id"], given["date"], strict=True) if one == customer})


# ---------- names ----------


def test_the_charts_of_a_fit_are_listed() -> None:
    asked = {"tracking", "tracking_cumulative", "calibration", "pit", "frequency", "p_alive_matrix", "purchases_matrix", "p_alive_path"}
    assert set(dir(fit().plot)) == set(names()) == asked | {"heterogeneity", "timing", "posterior"}
    assert "bg_nbd" in repr(fit().plot)


def test_a_wrong_name_is_answered_with_the_right_ones() -> None:
    with pytest.raises(AttributeError, match="Did you mean 'tracking'"):
        _ = fit().plot.trackin
    assert not hasattr(fit().plot, "nobody")
    with pytest.raises(CallError, match="Available: calibration, "):
        _ = fit().plot.nobody


def calls() -> Iterator[tuple[str, tuple[Any, ...], dict[str, Any]]]:
    yield from ((name, (base(ORIGIN),), {}) for name in ("frequency", "timing", "p_alive_matrix", "purchases_matrix", "tracking"))
    yield from ((name, (base(ORIGIN), base(LAST)), {}) for name in ("tracking_cumulative", "calibration", "pit"))
    yield "heterogeneity", (), {}
    yield "posterior", (), {"n": 300}
    yield "p_alive_path", (days_of("0001"),), {"until": LAST}


def test_every_name_gives_a_chart_in_both_languages() -> None:
    found = {name: getattr(fit().plot, name)(*given, lang=lang, **more) for name, given, more in calls() for lang in ("en", "de")}
    assert set(found) == set(names())
    assert all(chart.message and chart.spec["usermeta"]["rows"] and chart.lang == "de" for chart in found.values())


def test_a_horizon_counts_from_the_day_of_the_base() -> None:
    chart = fit().plot.purchases_matrix(base(ORIGIN), horizon="39w", width=700)
    assert "273 days" in chart.message
    assert chart.spec["width"] == 700
    with pytest.raises(CallError, match="such as 39w"):
        fit().plot.purchases_matrix(base(ORIGIN), horizon="soon")
    with pytest.raises(CallError, match="needs a customer base"):
        fit().plot.purchases_matrix(base(ORIGIN).histories, horizon="12m")


# ---------- what came ----------


def test_weeks_hold_the_repeat_purchases_of_the_customers_known_then() -> None:
    given = orders()
    first = {
        one: min(day for other, day in zip(given["customer_id"], given["date"], strict=True) if other == one)
        for one in set(given["customer_id"])
    }
    pairs = set(zip(given["customer_id"], given["date"], strict=True))
    known = {pair for pair in pairs if first[pair[0]] <= ORIGIN and pair[1] > first[pair[0]]}
    found = tracked(fit(), base(ORIGIN), base(LAST))
    past = sum(count for end, count in zip(found.ends, found.actual, strict=True) if end <= ORIGIN)
    later = sum(count for end, count in zip(found.ends, found.actual, strict=True) if end > ORIGIN)
    assert past == len([pair for pair in known if pair[1] <= ORIGIN])
    assert later == len([pair for pair in known if ORIGIN < pair[1] <= found.ends[-1]])


def test_reversals_are_no_purchases_of_a_week() -> None:
    """Three customers, one of whom sends a repeat purchase back: it is in no week."""
    rows = {
        "customer_id": ["a", "a", "a", "b", "b", "c", "a"],
        "date": [
            date(2023, 1, 2),
            date(2023, 1, 20),
            date(2023, 2, 9),
            date(2023, 1, 3),
            date(2023, 3, 1),
            date(2023, 1, 4),
            date(2023, 2, 10),
        ],
        "document_id": ["1", "2", "3", "4", "5", "6", "C3"],
        "product_id": ["x"] * 7,
        "quantity": [1, 1, 1, 1, 1, 1, -1],
        "amount": [10.0, 10.0, 10.0, 10.0, 10.0, 10.0, -10.0],
    }
    returned = kw.customer_base(pa.table(rows), as_of="2023-03-31")
    days, purchases = returned.daily_repeat_purchases()
    assert purchases.sum() == returned.histories.frequency @ returned.histories.count == 2
    assert len(days) == 2
    assert returned.purchase_days("a") == (date(2023, 1, 2), date(2023, 1, 20))


def test_calibration_of_a_later_base_counts_what_was_bought_in_between() -> None:
    found = scored(fit(), base(ORIGIN), base(LAST))
    given = orders()
    pairs = set(zip(given["customer_id"], given["date"], strict=True))
    known = {one for one, day in pairs if day <= ORIGIN}
    came = len([pair for pair in pairs if pair[0] in known and pair[1] > ORIGIN])
    total = sum(part.customers * part.actual for part in found.deciles)
    assert total == pytest.approx(came)
    assert found.bias == pytest.approx(found.expected_purchases / came - 1)
    assert sum(found.pit) == pytest.approx(1)


def test_the_days_of_a_customer_are_those_of_the_log_up_to_the_as_of_day() -> None:
    assert list(base(ORIGIN).purchase_days("0001")) == [day for day in days_of("0001") if day <= ORIGIN]
    with pytest.raises(CallError, match="has no purchase in this base"):
        base(ORIGIN).purchase_days("nobody")


def test_a_later_base_must_be_later() -> None:
    with pytest.raises(CallError, match="a base of a later day"):
        fit().plot.calibration(base(ORIGIN), base(ORIGIN))
    with pytest.raises(CallError, match="Expected: a later base, or the same"):
        fit().plot.tracking(base(LAST), base(ORIGIN))


def test_histories_alone_do_not_know_what_came() -> None:
    for name in ("tracking", "calibration"):
        with pytest.raises(CallError, match="Histories is no customer base"):
            getattr(fit().plot, name)(base(ORIGIN).histories, base(LAST))


def test_a_fit_with_a_remedy_has_the_charts_that_need_no_plain_parameters() -> None:
    from kundenwert.models.remedies import stacked

    mixed = stacked([fit(), kw.Nbd().fit(base(ORIGIN))], [0.5, 0.5])
    assert mixed.plot.p_alive_matrix(base(ORIGIN)).message
    assert mixed.plot.tracking(base(ORIGIN), base(LAST)).message
    for name in ("frequency", "timing", "posterior"):
        with pytest.raises(CallError, match="Expected: a plain fit"):
            getattr(mixed.plot, name)(base(ORIGIN))
    with pytest.raises(CallError, match="Expected: a plain fit"):
        mixed.plot.heterogeneity()


# ---------- of a backtest ----------


def test_a_backtest_gives_what_it_says_of_this_model() -> None:
    own = scored(fit(), base(ORIGIN), base(LAST))
    other = replace(own, name="nbd", bias=0.5)
    tested = Backtest(LAST, "12m", 92, pooled=(other, own))
    assert scored(fit(), tested) is own
    assert scored(fit(), other) is other
    with pytest.raises(CallError, match=r"no forecast of bg_nbd.* of its forecasts: nbd"):
        scored(fit(), replace(tested, pooled=(other,)))
    with pytest.raises(CallError, match="int is no backtest"):
        fit().plot.pit(3)
    assert isinstance(own, Scored)


def test_the_example_of_the_page_runs_as_it_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = (Path(__file__).resolve().parents[2] / "docs" / "method" / "diagnostics.md").read_text(encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    pa.csv.write_csv(pa.table(orders()), tmp_path / "orders.csv")
    for block in re.findall(r"^```python\n(.*?)^```$", text, re.MULTILINE | re.DOTALL):
        exec(compile(block, "diagnostics.md", "exec"), {})
    assert (tmp_path / "tracking.png").read_bytes().startswith(b"\x89PNG")
    assert [name for name in names() if f"`{name}(" not in text] == []

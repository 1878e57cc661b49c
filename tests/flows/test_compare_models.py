"""kw.compare: the same scores as a backtest, as a table, and the base stays as it is."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import exports
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import kundenwert as kw
from kundenwert.errors import CallError
from kundenwert.flows.backtest import backtest_project
from kundenwert.flows.progress import Progress
from kundenwert.models.evidence.candidates import Candidates, baselines

LINES = exports.shop(seed=4, customers=200)


def frame(lines: list[Any] = LINES) -> pd.DataFrame:
    columns = ("customer_id", "date", "document_id", "product_id", "quantity", "amount")
    found = pd.DataFrame([line[:6] for line in lines], columns=list(columns))
    found["amount"] = found["amount"].astype(float)
    return found


@pytest.fixture(scope="module")
def base() -> kw.CustomerBase:
    return kw.customer_base(frame(), as_of="2024-11-30")


@pytest.fixture(scope="module")
def compared(base: kw.CustomerBase) -> Any:
    return kw.compare([kw.Nbd(), kw.BgNbd()], base, horizon="30w")


def test_one_row_a_forecast_as_the_kind_of_frame_that_went_in(compared: Any) -> None:
    assert isinstance(compared, pd.DataFrame)
    assert list(compared.forecast) == ["average_customer", "last_period", "own_rate", "active_window", "nbd", "bg_nbd"]
    assert compared.is_chosen.sum() == 1
    assert {"log_score", "bias", "gini", "held_90", "pit_50", "expected_revenue", "revenue", "revenue_gini"} <= set(compared.columns)
    assert compared.isna().sum().sum() == compared[["spearman"]].isna().sum().sum()


def test_scores_are_those_of_the_backtest_of_a_project(compared: Any, tmp_path: Path) -> None:
    exports.project(tmp_path, LINES)
    candidates = Candidates(tuple(baselines()), (kw.Nbd(), kw.BgNbd()))
    flags = {"horizon": "30w", "as_of": "2024-11-30"}
    found = backtest_project(tmp_path, flags, clock=datetime(2026, 1, 1, tzinfo=UTC), progress=Progress(), candidates=candidates)
    assert compared.log_score.to_list() == pytest.approx([one.log_score for one in found.pooled])
    assert compared.revenue_bias.to_list() == pytest.approx([one.money.bias for one in found.pooled if one.money])
    assert compared[compared.is_chosen].forecast.to_list() == [found.chosen]


def test_the_base_stays_as_it_is(base: kw.CustomerBase, compared: Any) -> None:
    fresh = kw.customer_base(frame(), as_of="2024-11-30")
    pd.testing.assert_frame_equal(base.customers, fresh.customers)
    assert kw.BgNbd().fit(base).parameters == kw.BgNbd().fit(fresh).parameters


def test_days_can_be_named_and_naive_rules_left_out(base: kw.CustomerBase) -> None:
    found = kw.compare([kw.BgNbd()], base, horizon="10w", origins=["2024-06-01"], naive=False)
    assert list(found.forecast) == ["bg_nbd"]
    assert found.is_chosen.all()


@pytest.mark.parametrize(("given", "kind"), [(pl.from_pandas(frame()), pl.DataFrame), (pa.Table.from_pandas(frame()), pa.Table)])
def test_other_frames_come_back_too(given: Any, kind: type) -> None:
    base = kw.customer_base(given, as_of="2024-11-30")
    assert isinstance(kw.compare([kw.BgNbd()], base, horizon="10w", origins=["2024-06-01"]), kind)


@pytest.mark.parametrize("models", [[], [kw.GammaGamma()], [kw.RecentRate()], ["bg_nbd"]])
def test_what_is_no_purchase_model_of_whole_histories_is_refused(base: kw.CustomerBase, models: list[Any]) -> None:
    with pytest.raises(CallError, match=r"Expected: .*purchase model"):
        kw.compare(models, base)


def test_a_log_too_short_is_told() -> None:
    base = kw.customer_base(frame(LINES[:150]))
    with pytest.raises(CallError, match="No backtest is possible"):
        kw.compare([kw.BgNbd()], base)

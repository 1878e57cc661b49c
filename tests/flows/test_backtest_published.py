"""Backtests of logs that studies were made of: their figures are ours."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from backtests import CLOCK, by_name

from kundenwert.flows.backtest import backtest_project
from kundenwert.flows.progress import Progress
from kundenwert.records import Backtest


@pytest.fixture(scope="module")
def cdnow(raw_file: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory) -> Backtest:
    """CDNOW from 1997-09-30, 39 weeks ahead; the raw file is no part of this repository."""
    folder = tmp_path_factory.mktemp("cdnow")
    source = raw_file("CDNOW_sample.txt").resolve().as_posix()
    header = '["master_id", "customer_id", "date", "cds", "amount"]'
    text = f'horizon = "39w"\n[[sources]]\nfiles = ["{source}"]\nheader = {header}\n[sources.columns]\ncustomer_id = "customer_id"\n'
    (folder / "kundenwert.toml").write_text(text, encoding="utf-8")
    return backtest_project(folder, {"threads": "1"}, clock=CLOCK, progress=Progress(), origins=(date(1997, 9, 30),))


def test_cdnow_has_the_customers_and_purchases_of_the_studies(cdnow: Backtest) -> None:
    (found,) = cdnow.origins
    assert (found.until, found.days, found.customers, found.purchases) == (date(1998, 6, 30), 273, 2357, 1882)


@pytest.mark.parametrize(
    ("name", "total", "bias", "mae", "rmse"), [("bg_nbd", 1653.4, -0.121, 0.7855, 1.6080), ("own_rate", 2930.1, 0.557, 1.0237, 2.2119)]
)
def test_cdnow_point_forecasts_are_those_of_the_references(
    cdnow: Backtest, name: str, total: float, bias: float, mae: float, rmse: float
) -> None:
    found = by_name(cdnow.pooled)[name]
    assert found.expected_purchases == pytest.approx(total, abs=0.05)
    assert found.bias == pytest.approx(bias, abs=5e-4)
    assert (found.mae, found.rmse) == pytest.approx((mae, rmse), abs=5e-5)


def test_cdnow_always_zero_is_that_of_the_references(cdnow: Backtest) -> None:
    # MAE of zero is purchases over customers: the bias of any forecast gives the actual total.
    assert cdnow.origins[0].purchases / cdnow.origins[0].customers == pytest.approx(0.7985, abs=5e-5)


def test_cdnow_intervals_hold_as_the_references_say(cdnow: Backtest) -> None:
    found = by_name(cdnow.pooled)["bg_nbd"]
    # The reference .502 .802 .884 is one randomisation (each with a standard deviation of .006); ours is the mean over all.
    assert [level.pit for level in found.levels] == pytest.approx([0.502, 0.802, 0.884], abs=0.006)
    assert all(abs(level.pit - level.level) < 0.03 for level in found.levels)
    assert all(level.held > level.level - 0.02 for level in found.levels)
    # Counts are coarse: about 96 % are expected inside at 90 %.
    assert found.levels[2].expected == pytest.approx(0.96, abs=0.005)


def test_cdnow_chooses_a_model(cdnow: Backtest) -> None:
    compared = next(one for one in cdnow.comparisons if one.name == "mbg_nbd")
    assert (compared.against, compared.is_better) == ("own_rate", True)
    assert by_name(cdnow.pooled)[str(cdnow.chosen)].kind == "model"

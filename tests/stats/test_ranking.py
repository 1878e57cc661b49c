"""Scores of point forecasts and of the order they give: by hand on a few customers, and against other ways to compute them."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from kundenwert.stats import ranking
from kundenwert.stats.ranking import Outcomes

FORECAST, Y, COUNT = np.array([0.5, 2.0, 4.0]), np.array([0, 3, 3]), np.array([4, 1, 1])


def test_bias_is_total_over_total():
    assert ranking.bias(FORECAST, Y, COUNT) == pytest.approx(8 / 6 - 1)
    assert ranking.bias(FORECAST, np.zeros(3, dtype=np.int64), COUNT) is None


def test_mae_and_rmse_weigh_by_customers():
    assert ranking.mean_error(FORECAST, Y, COUNT) == pytest.approx((4 * 0.5 + 1 + 1) / 6)
    assert ranking.root_mean_square(FORECAST, Y, COUNT) == pytest.approx(np.sqrt((4 * 0.25 + 1 + 1) / 6))


def test_spearman_is_that_of_the_repeated_rows():
    rng = np.random.default_rng(2)
    forecast, y, count = np.round(rng.gamma(1, 1, 40), 1), rng.poisson(1.0, 40), rng.integers(1, 9, 40)
    whole = stats.spearmanr(np.repeat(forecast, count), np.repeat(y, count)).statistic
    assert ranking.spearman(forecast, y, count) == pytest.approx(whole)
    assert ranking.spearman(np.ones(40), y, count) is None


def test_gini_is_one_for_the_perfect_order_and_its_opposite_for_the_reversed_one():
    y, count = np.array([0, 1, 2, 5]), np.ones(4, dtype=np.int64)
    assert ranking.gini(np.array([0.1, 0.2, 0.3, 0.4]), y, count) == pytest.approx(1)
    assert ranking.gini(np.array([0.4, 0.3, 0.2, 0.1]), y, count) == pytest.approx(-1)
    assert ranking.gini(np.ones(4), y, count) == pytest.approx(0)
    assert ranking.gini(np.ones(4), np.ones(4, dtype=np.int64), count) is None
    assert ranking.gini(np.ones(4), 0 * y, count) is None


def test_gini_by_hand():
    # Order 3, 5, 0, 0 of eight: areas (1.5 + 5.5 + 8 + 8) / 32 - 1/2 over (2.5 + 6.5 + 8 + 8) / 32 - 1/2.
    found = ranking.gini(np.array([4.0, 3.0, 2.0, 1.0]), np.array([3, 5, 0, 0]), np.ones(4, dtype=np.int64))
    assert found == pytest.approx((23 / 32 - 0.5) / (25 / 32 - 0.5))


def test_gini_of_chance_is_near_zero():
    rng = np.random.default_rng(6)
    y = rng.poisson(1.0, 50_000)
    assert ranking.gini(rng.random(50_000), y, np.ones(50_000, dtype=np.int64)) == pytest.approx(0, abs=0.02)


def test_the_top_tenth_found_is_what_it_brought_over_what_the_best_tenth_brought():
    y, count = np.arange(20), np.ones(20, dtype=np.int64)
    assert ranking.top_decile_value(y.astype(float), y, count) == pytest.approx(1)
    assert ranking.top_decile_value(np.where(y == 18, 30.0, y % 19), y, count) == pytest.approx((18 + 17) / (19 + 18))
    assert ranking.top_decile_value(np.ones(20), y, count) == pytest.approx(0.1 * 190 / 37)
    assert ranking.top_decile_value(np.ones(20), 0 * y, count) is None


def test_counts_equal_repeated_rows():
    rng = np.random.default_rng(4)
    forecast, y, count = rng.gamma(1, 1, 30), rng.poisson(1.0, 30), rng.integers(1, 9, 30)
    repeated = (np.repeat(forecast, count), np.repeat(y, count), np.ones(count.sum(), dtype=np.int64))
    for score in (ranking.bias, ranking.mean_error, ranking.root_mean_square, ranking.gini, ranking.top_decile_value):
        assert score(forecast, y, count) == pytest.approx(score(*repeated)), score.__name__


def test_tenths_run_from_the_lowest_forecast_up_and_hold_everybody():
    rng = np.random.default_rng(4)
    forecast, y = rng.gamma(1, 1, 1_000), rng.poisson(1.0, 1_000)
    tenths = Outcomes(y, np.ones(1_000, dtype=np.int64)).ranked(forecast).tenths
    order = np.argsort(forecast).reshape(10, 100)
    assert [one.customers for one in tenths] == [100] * 10
    assert [one.forecast for one in tenths] == pytest.approx(forecast[order].mean(axis=1))
    assert [one.actual for one in tenths] == pytest.approx(y[order].mean(axis=1))


def test_customers_of_one_forecast_are_shared_by_tenths_in_any_order_of_the_rows():
    y, count = np.array([0, 4, 1]), np.array([10, 10, 5])
    tenths, turned = (
        Outcomes(one, n).ranked(f).tenths
        for one, n, f in ((y, count, np.array([1.0, 1.0, 2.0])), (y[::-1], count[::-1], np.array([2.0, 1.0, 1.0])))
    )
    assert tenths == turned
    assert sum(one.customers for one in tenths) == 25
    assert tenths[0].actual == pytest.approx(2)
    assert tenths[-1].actual == pytest.approx(1)


def test_rows_with_several_outcomes_are_ranked_as_their_customers():
    rng = np.random.default_rng(5)
    forecast, row, y, count = rng.gamma(1, 1, 20), rng.integers(0, 20, 80), rng.poisson(1.5, 80), rng.integers(1, 9, 80)
    found, spread = Outcomes(y, count).ranked(forecast, row), Outcomes(y, count).ranked(forecast[row])
    assert (found.spearman, found.gini, found.top_decile_value) == pytest.approx((spread.spearman, spread.gini, spread.top_decile_value))


def test_few_customers_have_fewer_tenths():
    assert [one.customers for one in Outcomes(np.array([1, 2]), np.ones(2)).ranked(np.array([1.0, 2.0])).tenths] == [1, 1]

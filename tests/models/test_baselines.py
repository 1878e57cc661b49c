"""Naive forecasts: point values by hand, and their negative binomial spread."""

from __future__ import annotations

import sys

import numpy as np
import pytest
from scipy import stats

from kundenwert import registry
from kundenwert.models.baselines import Seen, Spread, spread_of
from kundenwert.records import Histories

NAMES = registry.names("models.baselines")
# Bought once at the very end; thrice in 100 days; once, long ago. The last 60 days are looked at.
HISTORIES = Histories(np.array([0, 2, 0]), np.array([0.0, 80.0, 0.0]), np.array([0.0, 100.0, 200.0]), np.array([1, 2, 3]))
SEEN = Seen(HISTORIES, np.array([1, 2, 0]), 60.0)
MONTH = 365.25 / 12


def point(name, seen=SEEN):
    return registry.load("models.baselines", name)().point(seen)


@pytest.mark.parametrize("name", NAMES)
def test_each_loads_under_its_file_name_and_forecasts_a_finite_count(name):
    plugin = registry.load("models.baselines", name)
    assert plugin is sys.modules[f"kundenwert.models.baselines.{name}"].PLUGIN
    assert plugin().name == name
    found = point(name)
    assert found.shape == (3,)
    assert (np.isfinite(found) & (found >= 0)).all()


@pytest.mark.parametrize("name", NAMES)
def test_none_fails_without_customers(name):
    nobody = np.zeros(0, dtype=np.int64)
    assert len(point(name, Seen(Histories(nobody, np.zeros(0), np.zeros(0), nobody), nobody, 60.0))) == 0


def test_own_rate_carries_the_repeat_purchases_forward():
    assert point("own_rate") == pytest.approx([0, 2 / 100 * 60, 0])


def test_last_period_repeats_itself():
    assert point("last_period").tolist() == [1, 2, 0]


def test_the_average_customer_has_the_rate_of_all():
    assert point("average_customer") == pytest.approx([4 / 800 * 60] * 3)


def test_active_window_multiplies_monthly_purchases_months_and_retention():
    # Known before the last 60 days: 2 + 3 customers, of whom the 2 came back in them.
    rates = [1.0, 3 / (80 / MONTH), 1.0]
    assert point("active_window") == pytest.approx([rate * 60 / MONTH * 2 / 5 for rate in rates])


def test_active_window_halves_the_period_where_nobody_is_that_old():
    seen = Seen(HISTORIES, SEEN.recent, 500.0)
    # 100 days: of 2 + 3 customers the 2 came back.
    assert point("active_window", seen)[0] == pytest.approx(500 / MONTH * 2 / 5)


def test_the_simplest_knows_nothing_of_the_customer():
    facts = {name: registry.load("models.baselines", name).facts for name in NAMES}
    assert min(facts, key=lambda name: facts[name]) == "average_customer"


# ---- spread -----------------------------------------------------------------------------------------------------------


def test_mass_is_that_of_the_negative_binomial():
    spread = Spread(floor=0.1, size=0.7)
    mean = spread.mean(np.array([0.0, 2.5]))
    assert mean.tolist() == [0.1, 2.5]
    expected = stats.nbinom.pmf(np.arange(41), 0.7, (0.7 / (0.7 + mean))[:, None])
    assert spread.mass(mean, 40) == pytest.approx(expected, rel=1e-10)


def test_floor_and_size_are_found_again():
    rng = np.random.default_rng(5)
    value = rng.poisson(rng.gamma(0.6, 2.0, 40_000)).astype(float)
    mean = np.maximum(value, 0.3)
    y = rng.negative_binomial(0.7, 0.7 / (0.7 + mean))
    found = spread_of(value, y, np.ones(len(y), dtype=np.int64))
    assert (found.floor, found.size) == pytest.approx((0.3, 0.7), rel=0.05)


def test_counts_equal_repeated_rows():
    rng = np.random.default_rng(6)
    value, y, count = rng.gamma(1, 1, 200), rng.poisson(1.0, 200), rng.integers(1, 9, 200)
    one, many = spread_of(value, y, count), spread_of(np.repeat(value, count), np.repeat(y, count), np.ones(count.sum(), dtype=np.int64))
    assert (one.floor, one.size) == pytest.approx((many.floor, many.size), rel=1e-6)


@pytest.mark.parametrize("y", [0, 3])
def test_nothing_to_learn_from_gives_a_spread_all_the_same(y):
    for value in (0.0, 2.0):
        found = spread_of(np.full(5, value), np.full(5, y), np.ones(5, dtype=np.int64))
        assert np.isfinite(np.log(found.mass(found.mean(np.array([0.0, 1.0])), 50))).all()
    nobody = np.zeros(0, dtype=np.int64)
    assert spread_of(np.zeros(0), nobody, nobody).size == 1


def test_a_longer_time_moves_the_floor_and_keeps_the_size():
    longer = Spread(0.2, 0.7).over(3.0)
    assert (longer.floor, longer.size) == (pytest.approx(0.6), 0.7)

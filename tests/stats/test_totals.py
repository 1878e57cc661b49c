"""The interval of a total: its parts, and that it holds."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import t

from kundenwert.stats.totals import Width, width


def test_without_earlier_totals_the_level_is_the_one_expected_beforehand():
    found = width(200.0, 400.0)
    assert (found.process, found.parameters, found.level, found.freedom) == (0.01, 0.0, 0.0625, 5.0)


def test_earlier_errors_change_the_level_and_what_is_known_of_it():
    found = width(1.0, 0.0, log_errors=(0.1, -0.3, 0.2))
    # Three windows half a horizon apart show two horizons of time.
    assert found.level == pytest.approx((5 * 0.0625 + 2 * (0.01 + 0.09 + 0.04) / 3) / 7)
    assert found.freedom == 7


def test_the_weight_and_the_size_of_the_expected_error_can_be_set():
    found = width(1.0, 0.0, log_errors=(0.5,), level_error=0.1, level_weight=3.0)
    assert found.level == pytest.approx((3 * 0.01 + 0.25) / 4)
    assert found.freedom == 4


def test_parameters_count_by_the_logarithm_of_their_totals_in_any_unit():
    draws = np.exp(np.random.default_rng(3).normal(2.0, 0.1, 4_000))
    first, second = (width(1.0, 0.0, scale * draws).parameters for scale in (1.0, -7.0))
    assert first == pytest.approx(0.01, rel=0.1)
    assert first == pytest.approx(second)


def test_one_draw_or_none_above_zero_says_nothing_of_parameters():
    assert width(1.0, 0.0, [3.0]).parameters == 0
    assert width(1.0, 0.0, [0.0, 0.0]).parameters == 0


def test_the_ends_are_as_far_from_the_mean_in_both_directions_of_the_logarithm():
    low, high = Width(0.01, 0.02, 0.0625, 5.0).bounds(300.0, 0.9)
    half = t(5).ppf(0.95) * np.sqrt(0.0925)
    assert (low, high) == pytest.approx((300 * np.exp(-half), 300 * np.exp(half)))


def test_a_total_below_zero_has_its_ends_in_order_and_nothing_has_none():
    found = Width(0.0, 0.0, 0.0625, 5.0)
    assert found.bounds(-10.0, 0.9) == tuple(-end for end in reversed(found.bounds(10.0, 0.9)))
    assert found.bounds(0.0, 0.9) == (0.0, 0.0)
    assert width(0.0, 5.0).process == 0.0


def test_totals_with_shifts_of_the_expected_size_are_held_as_often_as_meant():
    rng = np.random.default_rng(11)
    held = []
    for _ in range(2_000):
        size = 0.25
        errors, actual = rng.normal(0, size, 4), np.exp(rng.normal(0, size))
        low, high = width(1.0, 0.0, log_errors=errors.tolist()).bounds(1.0, 0.9)
        held.append(low <= actual <= high)
    assert np.mean(held) == pytest.approx(0.92, abs=0.03)

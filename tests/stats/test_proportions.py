"""Shares out of few, and p-values out of many."""

from __future__ import annotations

import numpy as np
import pytest

from kundenwert.stats.proportions import fewer_false, wilson


def test_the_interval_of_wilson_agrees_with_published_figures() -> None:
    """Newcombe 1998, Statistics in Medicine 17, table I: 81 of 263 and 0 of 20 at 95 %."""
    assert wilson(81, 263, 0.95) == pytest.approx((0.2553, 0.3662), abs=5e-5)
    assert wilson(0, 20, 0.95) == pytest.approx((0.0, 0.1611), abs=5e-5)
    assert wilson(20, 20, 0.95) == pytest.approx((0.8389, 1.0), abs=5e-5)


def test_the_interval_holds_the_share_and_narrows_with_more() -> None:
    low, high = wilson(3, 10)
    assert low < 0.3 < high
    narrow = wilson(300, 1000)
    assert low < narrow[0] < narrow[1] < high


def test_benjamini_and_hochberg_find_the_first_four_of_their_own_example() -> None:
    """Benjamini & Hochberg 1995, section 3.2: fifteen p-values, four of them found at 5 %."""
    p = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0]
    assert fewer_false(np.array(p[::-1])).tolist() == [False] * 11 + [True] * 4
    assert fewer_false(np.array([0.5, 0.9])).tolist() == [False, False]
    assert fewer_false(np.zeros(0)).tolist() == []

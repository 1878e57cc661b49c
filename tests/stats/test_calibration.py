"""What a score is worth: never falling, proven on customers left out, and silent where it says nothing."""

from __future__ import annotations

import numpy as np

from kundenwert.stats.calibration import curve, isotonic, proven


def test_isotonic_is_the_nearest_rising_sequence_and_keeps_the_weighted_mean() -> None:
    rng = np.random.default_rng(2)
    values, weights = rng.normal(size=50), rng.uniform(1, 5, 50)
    found = isotonic(values, weights)
    assert np.all(np.diff(found) >= 0)
    assert np.isclose(found @ weights, values @ weights)
    rising = np.sort(values)
    assert np.array_equal(isotonic(rising, weights), rising)


def test_a_curve_rises_and_lies_within_its_bounds() -> None:
    rng = np.random.default_rng(5)
    score = rng.uniform(0, 10, 600)
    money = rng.gamma(0.5, 20 * score**2)
    found = curve(score, money)
    assert len(found.scores) == 15
    assert np.all(np.diff(found.mean) >= 0)
    assert np.all((found.lower <= found.mean) & (found.mean <= found.upper))
    expected = 10 * found.scores**2
    assert abs(found.mean.sum() / expected.sum() - 1) < 0.15


def test_a_score_that_tells_something_is_proven_and_its_bounds_hold() -> None:
    rng = np.random.default_rng(7)
    score = rng.uniform(0, 10, 1500)
    money = 100 * score + rng.normal(0, 200, 1500)
    proof = proven(score, money, rng=np.random.default_rng(1))
    # Of the variance 83333 + 40000 the score explains two thirds.
    assert abs(proof.skill - 0.676) < 0.04
    assert proof.sure > 0
    assert abs(proof.held - 0.90) < 0.03


def test_a_score_that_tells_nothing_is_not_proven() -> None:
    rng = np.random.default_rng(9)
    found = [proven(rng.uniform(0, 10, 300), rng.gamma(0.3, 1000, 300), rng=np.random.default_rng(n)).sure for n in range(10)]
    assert sum(sure > 0 for sure in found) <= 1


def test_customers_with_one_score_have_one_mean() -> None:
    found = curve(np.full(200, 5.0), np.arange(200.0))
    assert found.scores.tolist() == [5.0]

"""Groups pulled towards the mean of all: known truth is met better than by own means or by one mean for all."""

from __future__ import annotations

import numpy as np
import pytest

from kundenwert.stats.pooling import pool


def sums(values: np.ndarray, group: np.ndarray, groups: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    def counted(weights: np.ndarray) -> np.ndarray:
        return np.bincount(group, weights=weights, minlength=groups)

    return counted(np.ones_like(values)), counted(values), counted(values**2)


def test_groups_without_a_true_difference_get_one_mean() -> None:
    rng = np.random.default_rng(1)
    counts, total, squares = sums(rng.normal(100, 50, 4_000), rng.integers(0, 8, 4_000), 8)
    found = pool(counts, total, squares)
    assert np.all(found.own_share < 0.6)
    assert np.ptp(found.mean) < 0.6 * np.ptp(total / counts)


def test_the_variances_are_those_that_were_drawn() -> None:
    rng = np.random.default_rng(2)
    true = rng.normal(100, 20, 400)
    group = np.repeat(np.arange(400), rng.integers(5, 60, 400))
    found = pool(*sums(rng.normal(true[group], 50), group, 400))
    assert found.between == pytest.approx(400, rel=0.15)
    assert found.within == pytest.approx(2500, rel=0.05)
    assert found.centre == pytest.approx(true.mean(), abs=3)


def test_pooled_means_are_nearer_to_the_truth_than_own_means_and_than_one_mean_for_all() -> None:
    rng = np.random.default_rng(3)
    true = rng.normal(100, 20, 200)
    group = np.repeat(np.arange(200), rng.integers(2, 30, 200))
    counts, total, squares = sums(rng.normal(true[group], 60), group, 200)
    found = pool(counts, total, squares)

    def error(means: np.ndarray) -> float:
        return float(((means - true) ** 2).mean())

    assert error(found.mean) < 0.8 * min(error(total / counts), error(np.full(200, total.sum() / counts.sum())))


def test_the_uncertainty_told_holds_the_truth_as_often_as_it_says() -> None:
    rng = np.random.default_rng(4)
    inside = []
    for _ in range(60):
        true = rng.normal(100, 20, 25)
        group = np.repeat(np.arange(25), rng.integers(5, 40, 25))
        found = pool(*sums(rng.normal(true[group], 50), group, 25))
        inside.append(np.abs(found.mean - true) < 1.645 * found.sd)
    assert np.mean(inside) == pytest.approx(0.9, abs=0.04)


def test_a_group_below_the_least_has_no_say_and_an_empty_one_gets_the_centre() -> None:
    counts, total = np.array([500.0, 500.0, 3.0, 0.0]), np.array([50_000.0, 100_000.0, 30_000.0, 0.0])
    found = pool(counts, total, total**2 / np.maximum(counts, 1) + 400 * counts, least=10)
    assert found.own_share[2:].tolist() == [0, 0]
    assert found.mean[2] == found.mean[3] == pytest.approx(found.centre)
    assert found.own_share[0] > 0.95


def test_a_group_is_pulled_towards_the_larger_group_it_belongs_to() -> None:
    counts, total = np.array([10.0, 10.0]), np.array([1_000.0, 3_000.0])
    alike = pool(counts, total, total**2 / counts + 1_000_000 * counts, towards=np.array([100.0, 300.0]))
    assert alike.mean.tolist() == [100, 300]


def test_of_nobody_nothing_is_known() -> None:
    found = pool(np.zeros(2), np.zeros(2), np.zeros(2))
    assert found.mean.tolist() == [0, 0]


def test_members_without_any_spread_keep_their_means() -> None:
    counts = np.array([2.0, 2.0])
    found = pool(counts, np.array([20.0, 40.0]), np.array([200.0, 800.0]))
    assert found.mean.tolist() == pytest.approx([10, 20])


def test_scaling_money_scales_the_means() -> None:
    rng = np.random.default_rng(7)
    counts, total, squares = sums(rng.lognormal(3, 1, 300), rng.integers(0, 5, 300), 5)
    assert np.allclose(pool(counts, 100 * total, 10_000 * squares).mean, 100 * pool(counts, total, squares).mean)

"""Spending with less and less effect: the numbers of Blattberg and Deighton, and splits that leave nothing to gain by shifting."""

from __future__ import annotations

import math

import numpy as np
import pytest

from kundenwert.stats.spending import (
    best_acquisition,
    best_retention,
    brought,
    kept_value,
    marginal_cost,
    prospect_value,
    rate_of_point,
    reached,
    split,
)

K_A = float(rate_of_point(0.4, 5, 0.2))
K_R = float(rate_of_point(0.7, 10, 0.4))


def test_one_point_gives_the_rates_of_the_published_example() -> None:
    assert pytest.approx(0.1386294, abs=5e-8) == K_A
    assert pytest.approx(0.0847298, abs=5e-8) == K_R


def test_acquisition_alone_is_that_of_the_published_example() -> None:
    spent = float(best_acquisition(0.4, K_A, 50))
    assert spent == pytest.approx(7.3561681, abs=5e-8)
    assert float(reached(0.4, K_A, spent)) == pytest.approx(0.2557305, abs=5e-8)
    assert prospect_value(50, spent, 0.4, K_A) == pytest.approx(5.4303567, abs=5e-8)
    assert prospect_value(50, 5, 0.4, K_A) == pytest.approx(5, abs=1e-12)


def test_retention_is_that_of_the_published_example() -> None:
    spent = best_retention(50, 0.7, K_R, 0.2)
    # The maximum is so flat that the published last digit is off: dV/dR is 0 at 15.8652380.
    assert spent == pytest.approx(15.8652383, abs=5e-7)
    assert float(reached(0.7, K_R, spent)) == pytest.approx(0.5174869, abs=5e-8)
    assert kept_value(50, spent, 0.7, K_R, 0.2) == pytest.approx(64.6650739, abs=5e-8)
    assert kept_value(50, 10, 0.7, K_R, 0.2) == pytest.approx(62.5, abs=1e-12)


def test_both_together_are_those_of_the_published_example() -> None:
    value = kept_value(50, best_retention(50, 0.7, K_R, 0.2), 0.7, K_R, 0.2)
    spent = float(best_acquisition(0.4, K_A, value))
    assert spent == pytest.approx(9.2114612, abs=5e-8)
    assert float(reached(0.4, K_A, spent)) == pytest.approx(0.2884487, abs=5e-8)
    assert prospect_value(value, spent, 0.4, K_A) == pytest.approx(9.4410931, abs=5e-8)


def test_at_the_optimum_one_more_costs_the_same_to_win_as_to_keep_and_that_is_the_value() -> None:
    kept = best_retention(50, 0.7, K_R, 0.2)
    value = kept_value(50, kept, 0.7, K_R, 0.2)
    won = float(best_acquisition(0.4, K_A, value))
    assert float(marginal_cost(0.4, K_A, won)) == pytest.approx(64.6650739, abs=5e-8)
    assert float(marginal_cost(0.4, K_A, won)) == pytest.approx(value, abs=1e-9)
    assert float(marginal_cost(0.7, K_R, kept)) == pytest.approx(value, abs=1e-9)


def test_the_optima_are_those_of_a_fine_grid() -> None:
    grid = np.linspace(0, 40, 40_001)
    kept = np.array([kept_value(50, spent, 0.7, K_R, 0.2) for spent in grid[::20]])
    assert grid[::20][kept.argmax()] == pytest.approx(best_retention(50, 0.7, K_R, 0.2), abs=0.02)
    won = reached(0.4, K_A, grid) * 50 - grid
    assert grid[won.argmax()] == pytest.approx(float(best_acquisition(0.4, K_A, 50)), abs=0.001)


def test_nothing_is_spent_where_the_first_euro_does_not_come_back() -> None:
    assert float(best_acquisition(0.1, 0.01, 5)) == 0
    assert best_retention(0.5, 0.1, 0.01, 0.2) == 0


def cases(rng: np.random.Generator, purposes: int) -> tuple[np.ndarray, ...]:
    people, worth = rng.integers(1, 500, purposes).astype(float), rng.uniform(5, 500, purposes)
    ceiling = rng.uniform(0.05, 0.9, purposes)
    return people, worth, ceiling, rate_of_point(ceiling, rng.uniform(1, 30, purposes), ceiling * rng.uniform(0.1, 0.9, purposes))


def test_the_split_spends_the_total_and_the_last_euro_brings_the_same_everywhere() -> None:
    rng = np.random.default_rng(4)
    scarce = 0
    for _ in range(300):
        people, worth, ceiling, rate = cases(rng, 4)
        total = float(rng.uniform(10, 20_000))
        found = split(people, worth, ceiling, rate, total)
        last = worth * ceiling * rate * np.exp(-rate * found.spent / people)
        free = found.spent > 1e-9
        assert np.allclose(last[free], found.price, rtol=1e-9)
        assert np.all(last[~free] <= found.price * (1 + 1e-9))
        assert found.total <= total * (1 + 1e-12)
        assert found.price >= 1 - 1e-12
        if found.price > 1 + 1e-9:
            scarce += 1
            assert found.total == pytest.approx(total)
    assert 50 < scarce < 290


def test_no_shift_of_money_brings_more() -> None:
    rng = np.random.default_rng(5)
    for _ in range(100):
        people, worth, ceiling, rate = cases(rng, 4)
        least = np.where(rng.random(4) < 0.3, rng.uniform(0, 200, 4), 0.0)
        most = np.where(rng.random(4) < 0.3, least + rng.uniform(0, 500, 4), np.inf)
        total = float(least.sum() + rng.uniform(1, 5_000))
        found = split(people, worth, ceiling, rate, total, least=least, most=most)
        best = brought(people, worth, ceiling, rate, found.spent).sum() - found.total
        tried = rng.dirichlet(np.ones(5), 4_000)[:, :4] * total
        tried = np.clip(tried, least, most)
        tried = tried[tried.sum(axis=1) <= total]
        others = brought(people, worth, ceiling, rate, tried).sum(axis=1) - tried.sum(axis=1)
        assert np.all(found.spent >= least - 1e-9)
        assert np.all(found.spent <= most + 1e-9)
        assert found.total <= total * (1 + 1e-12)
        assert len(tried)
        assert best >= others.max() - 1e-7


def test_all_is_spent_where_it_must_be_even_at_a_loss() -> None:
    people, worth, ceiling, rate = (np.array([value, value]) for value in (10.0, 20.0, 0.4, K_A))
    found = split(people, worth, ceiling, rate, 1_000.0, spend_all=True)
    assert found.total == pytest.approx(1_000)
    assert found.price < 1
    assert found.spent[0] == pytest.approx(found.spent[1])


def test_money_scaled_by_a_hundred_scales_the_split() -> None:
    people, worth, ceiling, rate = cases(np.random.default_rng(6), 3)
    found, scaled = split(people, worth, ceiling, rate, 700.0), split(people, 100 * worth, ceiling, rate / 100, 70_000.0)
    assert np.allclose(100 * found.spent, scaled.spent)


def test_nobody_to_spend_on_gets_nothing() -> None:
    found = split(np.array([0.0, 100.0]), np.array([50.0, 50.0]), np.array([0.4, 0.4]), np.array([K_A, K_A]), math.inf)
    assert found.spent[0] == 0
    assert found.spent[1] == pytest.approx(735.61681, abs=1e-4)

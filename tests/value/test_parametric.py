"""Value from a few parameters: published figures, and what must hold whatever the parameters."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kundenwert.errors import CallError
from kundenwert.value.parametric.freemium import free_value, paying_value
from kundenwert.value.parametric.margin_multiple import beyond, margin_multiple
from kundenwert.value.parametric.migration import best_stop, migration_value, rewards, transitions
from kundenwert.value.parametric.retention_clv import retention_clv

CHANCES = [0.30, 0.20, 0.15, 0.05]


def test_berger_and_nasr_case_1() -> None:
    """Value-models 3.6; 568.78 is printed in the paper."""
    found = retention_clv(260, 0.75, 0.20, periods=10, promotion=50)
    assert found.contribution == pytest.approx(689.3921896, rel=1e-9)
    assert found.promotion == pytest.approx(120.6091222, rel=1e-9)
    assert found.clv == pytest.approx(568.7830674, rel=1e-9)


def test_the_multiple_says_when_the_first_margin_falls_due() -> None:
    """Value-models 3.7."""
    assert 100 * margin_multiple(0.8, 0.12, timing="end of period") == pytest.approx(250)
    assert 100 * margin_multiple(0.8, 0.12, timing="today") == pytest.approx(350)
    assert 100 * margin_multiple(0.8, 0.12, timing="end of period", growth=0.05) == pytest.approx(285.7142857)
    assert 100 * margin_multiple(0.8, 0.12, timing="end of period", periods=3) == pytest.approx(158.8921283)
    assert 100 * margin_multiple(0.8, 0.12, timing="end of period", periods=5) == pytest.approx(203.5163920)
    assert beyond(0.8, 0.12, 5) == pytest.approx(1 - 203.5163920 / 250)


def test_the_table_of_multiples() -> None:
    printed = [[1.2, 1.75, 2.6667, 4.5], [1.1538, 1.6667, 2.5, 4.0909], [1.1111, 1.5909, 2.3529, 3.75], [1.0714, 1.5217, 2.2222, 3.4615]]
    rates, kept = np.array([0.10, 0.12, 0.14, 0.16])[:, None], np.array([0.6, 0.7, 0.8, 0.9])
    np.testing.assert_allclose(margin_multiple(kept, rates, timing="end of period"), printed, atol=5e-5)


def test_pfeifer_and_carraway_values_and_when_to_stop() -> None:
    """Value-models 3.8."""
    matrix, reward = transitions(CHANCES), rewards(4, contribution=40, cost=4)
    assert reward.tolist() == [36, -4, -4, -4, 0]
    np.testing.assert_allclose(matrix.sum(axis=1), 1.0)
    np.testing.assert_allclose(migration_value(matrix, reward, 0.2, periods=4), [50.1150, 4.2199, 0.5921, -1.9801, 0], atol=5e-5)
    np.testing.assert_allclose(migration_value(matrix, reward, 0.2), [52.3196, 5.5538, 1.2508, -1.8200, 0], atol=5e-5)
    best = best_stop(CHANCES, contribution=40, cost=4, rate=0.2)
    assert best.stop_at == 4
    np.testing.assert_allclose(best.values, [53.1494, 6.6207, 2.6437, 0, 0], atol=5e-5)
    third = best_stop(CHANCES[:2], contribution=40, cost=4, rate=0.2)
    np.testing.assert_allclose(third.values, [51.5745, 4.5957, 0], atol=5e-5)
    assert best_stop([0.5, 0.4], contribution=40, cost=4, rate=0.2).stop_at is None


def test_no_policy_is_better_than_the_best_in_any_state() -> None:
    rng = np.random.default_rng(5)
    for _ in range(50):
        chances, cost = np.sort(rng.uniform(0, 0.6, 5))[::-1], rng.uniform(0, 8)
        best = best_stop(chances, contribution=40, cost=cost, rate=0.2)
        never = migration_value(transitions(chances), rewards(5, contribution=40, cost=cost), 0.2)
        assert (best.values >= never - 1e-9).all()


def test_paying_and_free_users() -> None:
    """Value-models 3.22."""
    paying = paying_value(6, 0.05, 0.008)
    assert paying == pytest.approx(104.2758621)
    assert free_value(0.05, 0.01, 0.04, 0.008, paying=paying) == pytest.approx(17.1096314)


SHARE = st.floats(0.01, 0.95)


@given(SHARE, st.floats(0.01, 0.5), st.floats(1.0, 1000.0), st.sampled_from(["end of period", "today"]))
def test_value_rises_in_margin_and_retention_and_falls_in_interest(r: float, i: float, m: float, timing: str) -> None:
    def value(r: float, i: float, m: float) -> float:
        return m * float(margin_multiple(r, i, timing=timing))  # type: ignore[arg-type]

    assert value(r, i, 2 * m) == pytest.approx(2 * value(r, i, m))
    assert value(r + 0.01, i, m) > value(r, i, m) > value(r, i + 0.01, m)


@given(st.floats(0.0, 0.5), st.integers(1, 30))
def test_who_never_stays_is_worth_nothing_at_the_end_of_a_period(i: float, periods: int) -> None:
    assert margin_multiple(0.0, i, timing="end of period") == 0
    assert margin_multiple(0.0, i, timing="today") == 1
    assert retention_clv(100, 0.0, i, periods=periods).clv == 100


def test_parameters_that_mean_nothing_are_all_told() -> None:
    with pytest.raises(CallError, match=r"retention = 1\.2 .*; rate = -2 "):
        margin_multiple(1.2, -2.0, timing="today")
    with pytest.raises(CallError, match="below 1, or a number of periods"):
        margin_multiple(0.99, 0.02, timing="today", growth=0.1)
    with pytest.raises(CallError, match="interest above 0"):
        migration_value(transitions(CHANCES), rewards(4, contribution=1, cost=0), 0.0)
    with pytest.raises(CallError, match=r"retention = -0\.1"):
        retention_clv(1, [0.5, -0.1], 0.1, periods=3)
    with pytest.raises(CallError, match="add up to 1 at most"):
        free_value(0.05, 0.7, 0.6, 0.008, paying=1)

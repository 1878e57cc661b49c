"""Margins period by period: the mobile operator's example, payback of many at once, flows that fall."""

from __future__ import annotations

import numpy as np
import pytest

from kundenwert.stats.payback import decay, flown, forever, margins, payback, paybacks

MONTHLY = 1.08 ** (1 / 12) - 1


def test_the_mobile_operator_comes_out_to_the_cent() -> None:
    nominal, discounted = (np.cumsum(each) for each in margins(9.5, 1 - 0.018, MONTHLY, 60, term=24))
    assert [round(float(nominal[month - 1]), 4) for month in (24, 36, 48, 60)] == [228.0, 329.5039, 411.1285, 476.7670]
    assert [round(float(discounted[month - 1]), 4) for month in (24, 36, 48, 60)] == [210.6427, 294.2490, 356.5011, 402.8530]
    assert round(forever(9.5, 1 - 0.018, MONTHLY, term=24), 2) == 537.98
    assert round(forever(9.5, 1 - 0.018, MONTHLY, term=24) - float(discounted[23]), 4) == 327.3350
    assert round(100 * MONTHLY, 6) == 0.643403


def test_many_paybacks_are_those_of_each() -> None:
    rng = np.random.default_rng(1)
    each, costs = rng.uniform(0, 10, (200, 30)), rng.uniform(0, 200, 200)
    found = paybacks(costs, each.cumsum(axis=1))
    assert found.tolist() == [payback(cost, course) or 0 for cost, course in zip(costs, each, strict=True)]
    assert 0 in found.tolist()


def test_a_cost_that_nobody_knows_is_never_paid_back() -> None:
    assert paybacks(np.array([np.nan]), np.array([[1.0, 2.0]])).tolist() == [0]


@pytest.mark.parametrize("rate", [0.0, 1e-9, 0.01, 0.3, 2.0])
def test_a_flow_that_falls_is_found_again_from_what_it_brings_before_and_after(rate: float) -> None:
    until = np.array([0.5, 1.0, 5.0])
    exact = until / 5 if rate == 0 else np.expm1(-rate * until) / np.expm1(-rate * 5)
    assert np.allclose(flown(rate, until, 5.0), exact, atol=1e-9)
    if rate > 1e-6:
        within, beyond = -np.expm1(-rate * 5) / rate, np.exp(-rate * 5) / rate
        assert float(decay(within, beyond, 5.0)) == pytest.approx(rate)


def test_a_flow_of_which_the_end_is_unknown_is_even_and_one_that_ends_is_at_once() -> None:
    rate = decay(np.array([10.0, 10.0, -10.0, 0.0]), np.array([np.nan, 0.0, -5.0, 0.0]), 5.0)
    assert rate[0] == 0
    assert np.isinf(rate[1])
    assert 0 < rate[2] < np.inf
    assert np.allclose(flown(rate[:2], 1.0, 5.0), [0.2, 1.0])
    assert np.allclose(flown(rate, 0.0, 5.0), 0)

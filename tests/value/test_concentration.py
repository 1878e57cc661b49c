"""Concentration by the numbers of value-models.md 3.1, and its limits."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kundenwert.value.concentration import concentration

TEN = [500, 200, 100, 70, 50, 30, 20, 15, 10, 5]


def classes(values: list[float], limits: tuple[float, float] = (0.8, 0.95)) -> list[int]:
    return [entry.customers for entry in concentration(np.array(values), measure="clv", limits=limits).classes]


def test_ten_customers_are_in_the_classes_of_the_textbook() -> None:
    found = concentration(np.array(TEN), measure="clv")
    assert [entry.name for entry in found.classes] == ["A", "B", "C"]
    assert [entry.customers for entry in found.classes] == [3, 3, 4]
    assert [entry.value for entry in found.classes] == [800, 150, 50]
    assert [entry.share for entry in found.classes] == pytest.approx([0.8, 0.15, 0.05])


def test_gini_and_herfindahl_are_those_of_the_textbook() -> None:
    found = concentration(np.array(TEN), measure="clv")
    assert found.gini == pytest.approx(0.638, abs=1e-12)
    assert found.hhi == pytest.approx(0.30905, abs=1e-12)


def test_the_order_of_customers_does_not_matter() -> None:
    assert concentration(np.array(TEN), measure="clv") == concentration(np.array(TEN[::-1]), measure="clv")


def test_the_cumulative_shares_are_those_of_the_textbook() -> None:
    found = concentration(np.array(TEN), measure="clv")
    shares = [0, 0.5, 0.7, 0.8, 0.87, 0.92, 0.95, 0.97, 0.985, 0.995, 1]
    assert [point for point, _ in found.whale] == pytest.approx([number / 10 for number in range(11)])
    assert [share for _, share in found.whale] == pytest.approx(shares)
    assert [share for _, share in found.lorenz] == pytest.approx([1 - share for share in shares[::-1]])


def test_a_limit_that_is_met_exactly_belongs_to_the_next_class() -> None:
    # Eight of ten equal customers hold 80 %: the ninth has 80 % before it and is in B.
    assert classes([1.0] * 10) == [8, 2, 0]
    assert classes([0.1] * 20) == [16, 3, 1]


def test_the_biggest_customer_is_always_in_class_a() -> None:
    assert classes([1000, 1, 1]) == [1, 0, 2]
    assert classes([7]) == [1, 0, 0]


def test_equal_customers_are_not_concentrated_at_all() -> None:
    found = concentration(np.full(5, 2.85), measure="clv")
    assert found.gini == 0
    assert str(found.gini) == "0.0"
    assert found.hhi == pytest.approx(0.2)


def test_the_limits_are_a_choice() -> None:
    assert classes(TEN, (0.5, 0.9)) == [1, 4, 5]


def test_the_whale_curve_rises_above_one_where_customers_cost_money() -> None:
    found = concentration(np.array([60.0, 50.0, 10.0, -5.0, -15.0]), measure="clv")
    assert found.whale_peak == pytest.approx((0.6, 1.2))
    assert max(share for _, share in found.whale) == pytest.approx(1.2)
    assert found.whale[-1] == pytest.approx((1.0, 1.0))
    assert found.lorenz[1][1] < 0
    assert sum(entry.customers for entry in found.classes) == 5
    assert sum(entry.value for entry in found.classes) == 100


def test_gini_may_exceed_one_where_customers_cost_money() -> None:
    assert concentration(np.array([100.0, -40.0, -40.0]), measure="clv").gini > 1


@pytest.mark.parametrize("values", [[], [0.0, 0.0], [5.0, -9.0]])
def test_shares_of_nothing_mean_nothing(values: list[float]) -> None:
    found = concentration(np.array(values), measure="clv")
    assert (found.gini, found.hhi) == (0, 0)
    assert [entry.customers for entry in found.classes] == [0, 0, len(values)]
    assert found.classes[2].value == Decimal(str(sum(values)))


@given(values=st.lists(st.integers(1, 10**7), min_size=1, max_size=600))
def test_curves_run_from_nothing_to_all_and_classes_hold_everybody(values: list[int]) -> None:
    found = concentration(np.array(values, dtype=float) / 100, measure="clv")
    assert sum(entry.customers for entry in found.classes) == len(values)
    assert sum(entry.value for entry in found.classes) == pytest.approx(Decimal(sum(values)) / 100, abs=Decimal("0.02"))
    assert 0 <= found.gini < 1
    assert 1 / len(values) <= found.hhi + 1e-12 <= 1 + 1e-9
    for curve in (found.lorenz, found.whale):
        assert (curve[0], curve[-1]) == ((0, 0), pytest.approx((1, 1)))
        assert len(curve) <= 201
        assert [share for _, share in curve] == sorted(share for _, share in curve)


@given(values=st.lists(st.integers(-(10**5), 10**6), min_size=2, max_size=60), factor=st.sampled_from([2, 8, 0.25]))
def test_another_currency_changes_no_share(values: list[int], factor: float) -> None:
    own, other = (concentration(np.array(values, dtype=float) * times, measure="clv") for times in (1, factor))
    assert (own.gini, own.hhi, *own.whale_peak) == pytest.approx((other.gini, other.hhi, *other.whale_peak))
    assert [entry.customers for entry in own.classes] == [entry.customers for entry in other.classes]


@given(values=st.lists(st.integers(-3, 9), min_size=1, max_size=80))
def test_customers_with_equal_values_may_be_given_as_a_count(values: list[int]) -> None:
    distinct, counts = np.unique(np.array(values, dtype=float), return_counts=True)
    one, other = concentration(np.array(values), measure="clv"), concentration(distinct, measure="clv", customers=counts)
    assert [(entry.customers, entry.value) for entry in one.classes] == [(entry.customers, entry.value) for entry in other.classes]
    assert (one.gini, one.hhi, *one.whale_peak) == pytest.approx((other.gini, other.hhi, *other.whale_peak), abs=1e-9)
    for first, second in ((one.lorenz, other.lorenz), (one.whale, other.whale)):
        assert np.array(first) == pytest.approx(np.array(second), abs=1e-9)

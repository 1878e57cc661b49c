from __future__ import annotations

import numpy as np
import pytest

from kundenwert.errors import CallError
from kundenwert.stats import discount


def test_one_year_at_ten_per_cent_is_worth_one_eleventh_less():
    assert discount.factor(np.array([discount.DAYS_PER_YEAR]), 0.10)[0] == pytest.approx(1 / 1.1, rel=1e-15)


def test_without_discount_nothing_is_lost():
    np.testing.assert_array_equal(discount.factor(np.array([0.0, 1e6]), 0.0), [1.0, 1.0])


@pytest.mark.parametrize("rate", [-1.0, -2.0, float("nan"), float("inf")])
def test_an_impossible_rate_is_refused(rate):
    with pytest.raises(CallError, match="The discount rate is"):
        discount.force_per_day(rate)


def test_the_annuity_tends_to_the_plain_number_of_days():
    assert discount.annuity_days(1826.0, 0.0) == 1826.0
    assert discount.annuity_days(1826.0, 1e-15) == pytest.approx(1826.0, rel=1e-11)
    assert discount.annuity_days(1e9, 0.01) == pytest.approx(100.0, rel=1e-12)

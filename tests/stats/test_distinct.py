from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from kundenwert.stats import distinct
from kundenwert.stats.limits import POSITIVE


@given(st.lists(st.one_of(st.integers(0, 50), st.floats(0, 1e12)), max_size=30))
def test_codes_lead_back_to_the_values(values):
    found, code = distinct.codes(np.array(values, dtype=np.float64))
    np.testing.assert_array_equal(found[code], values)
    assert np.all(np.diff(found) > 0)


@given(st.lists(st.tuples(st.integers(0, 2000), st.integers(0, 3_000_000)), max_size=30))
def test_pairs_lead_back_to_both_codes(pairs):
    first, second = (np.array([p[k] for p in pairs], dtype=np.intp) for k in (0, 1))
    of_first, of_second, code = distinct.pairs(first, second)
    np.testing.assert_array_equal(of_first[code], first)
    np.testing.assert_array_equal(of_second[code], second)
    assert len(of_first) == len(set(pairs))


def test_sums_are_taken_by_code():
    np.testing.assert_array_equal(distinct.sums(np.array([1.0, 2.0, 4.0]), np.array([1, 0, 1]), 3), [2, 5, 0])


def test_the_limit_of_a_parameter_maps_to_the_line_and_back():
    assert POSITIVE.to_value(POSITIVE.to_line(0.25)) == 0.25
    assert POSITIVE.slope(0.25) == 0.25
    assert POSITIVE.contains(1e-300)
    assert not POSITIVE.contains(0.0)

"""Histories and parameters for tests of purchase models: made by hand, and at random within the ranges that must hold."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from kundenwert.records import Histories


def histories(frequency, recency, T, count=None):
    """Histories from lists; one customer each unless counts are given."""
    x = np.array(frequency, dtype=np.int64)
    n = np.ones_like(x) if count is None else np.array(count, dtype=np.int64)
    return Histories(x, np.array(recency, dtype=np.float64), np.array(T, dtype=np.float64), n)


def parameters(*names, decades=9):
    """Any parameters from 10^-decades to 10^decades."""
    return st.fixed_dictionaries({k: st.floats(-decades, decades).map(lambda v: float(10**v)) for k in names})


@st.composite
def any_histories(draw):
    """Valid histories: frequency to 10,000, times to 10,000 weeks."""
    n = draw(st.integers(1, 12))
    x = draw(arrays.arrays(np.int64, n, elements=st.integers(0, 10_000)))
    T = draw(arrays.arrays(np.float64, n, elements=st.floats(0, 70_000)))
    share = draw(arrays.arrays(np.float64, n, elements=st.floats(0, 1)))
    return Histories(x, np.where(x > 0, share * T, 0.0), T, draw(arrays.arrays(np.int64, n, elements=st.integers(1, 10**7))))

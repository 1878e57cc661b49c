"""Histories and parameters for tests of purchase models: made by hand, and at random within the ranges that must hold."""

from __future__ import annotations

import csv
import os
from collections import defaultdict
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
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


def raw_data(name):
    """A file of the folder in KUNDENWERT_TEST_DATA; the test is skipped without it."""
    folder = os.environ.get("KUNDENWERT_TEST_DATA")
    if not folder:
        pytest.skip(f"KUNDENWERT_TEST_DATA is not set; {name} is not ours to ship")
    return Path(folder) / name


def apparel(weeks=104):
    """Histories of the 600 simulated customers of CLVTools after some weeks, in the order of the file, and their ids."""
    days = defaultdict(set)
    with raw_data("apparel_transactions.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            days[int(row["Id"])].add(date.fromisoformat(row["Date"]))
    end = min(min(d) for d in days.values()) + timedelta(weeks=weeks)
    known = {k: sorted(d for d in v if d <= end) for k, v in days.items()}
    rows = [(len(d) - 1, (d[-1] - d[0]).days, (end - d[0]).days) for d in known.values() if d]
    return histories(*zip(*rows, strict=True)), [k for k, d in known.items() if d]

"""Counted CDNOW histories from tests/golden, as records."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from kundenwert.records import Histories, SpendHistories

sys.path.insert(0, str(Path(__file__).parent))
GOLDEN = Path(__file__).resolve().parent.parent / "golden"


@pytest.fixture(scope="session")
def cdnow() -> Histories:
    """2,357 customers of CDNOW, calibration to 1997-09-30."""
    rows = np.loadtxt(GOLDEN / "cdnow_purchases.csv", delimiter=",", skiprows=3)
    return Histories(rows[:, 0].astype(np.int64), rows[:, 1], rows[:, 2], rows[:, 3].astype(np.int64))


@pytest.fixture(scope="session")
def cdnow_spend() -> SpendHistories:
    """The 946 repeat buyers among them."""
    rows = np.loadtxt(GOLDEN / "cdnow_spend.csv", delimiter=",", skiprows=3)
    return SpendHistories(rows[:, 0].astype(np.int64), rows[:, 1] / rows[:, 0], rows[:, 2].astype(np.int64), np.zeros(len(rows)))

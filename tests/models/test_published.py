"""Published and recomputed fits on data that are not ours to ship: they run where KUNDENWERT_TEST_DATA names the folder."""

from __future__ import annotations

import numpy as np
import pytest
from model_samples import apparel, histories, raw_data

from kundenwert.models._statement import Outcome
from kundenwert.models.purchases.bg_nbd import BgNbd


def test_bg_nbd_of_the_apparel_log_after_104_weeks_is_the_one_known():
    fit = BgNbd().fit(apparel()[0])
    assert fit.log_likelihood == pytest.approx(-5857.0197, abs=5e-5)
    assert list(fit.parameters.values()) == pytest.approx([0.60731, 20.95676, 1.27556, 8.86094], rel=2e-4)


def test_bg_nbd_of_the_apparel_log_after_52_weeks_knows_only_the_mean_chance_to_leave():
    """Two published fits of the same likelihood: a, b = 33.9, 297.9 and 17.8, 155.9."""
    fit = BgNbd().fit(apparel(52)[0])
    assert fit.outcome in (Outcome.FLAT_DIRECTION, Outcome.AT_LIMIT)
    assert fit.standard_errors["a"] is None
    assert fit.standard_errors["b"] is None
    a, b = fit.parameters["a"], fit.parameters["b"]
    assert a / (a + b) == pytest.approx(33.9 / (33.9 + 297.9), rel=0.03)
    assert a / (a + b) == pytest.approx(17.8 / (17.8 + 155.9), rel=0.03)


def test_rounded_times_of_the_cdnow_summary_move_the_fit_a_little():
    rows = np.loadtxt(raw_data("cdnow_customers_summary.csv"), delimiter=",", skiprows=1)
    fit = BgNbd().fit(histories(rows[:, 1], rows[:, 2] * 7, rows[:, 3] * 7))
    assert fit.log_likelihood == pytest.approx(-9582.4256, abs=5e-5)
    assert list(fit.parameters.values()) == pytest.approx([0.24259, 4.41353, 0.79289, 2.42575], abs=5.5e-6)

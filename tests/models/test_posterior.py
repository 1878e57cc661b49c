"""Draws from the posterior: right, the same for the same seed, and refused where nothing would hold them."""

from __future__ import annotations

import numpy as np
import pytest

from kundenwert import registry
from kundenwert.errors import CallError
from kundenwert.models._base import Fitted


def load(name, family="purchases"):
    return registry.load(f"models.{family}", name)()


def test_draws_are_the_same_for_the_same_seed_and_others_for_another(cdnow):
    fit = load("nbd").fit(cdnow)
    first, again, other = fit.draws(500, seed=1), fit.draws(500, seed=1), fit.draws(500, seed=2)
    np.testing.assert_array_equal(first.values, again.values)
    assert not np.array_equal(first.values, other.values)


def test_drawn_fits_forecast_and_carry_no_data(cdnow):
    fit = load("bg_nbd").fit(cdnow)
    fits = fit.drawn(20, seed=3)
    assert len({one.parameters["r"] for one in fits}) == 20
    assert all(one.memory is None and one.log_likelihood <= fit.log_likelihood + 0.1 for one in fits)
    spread = [one.model.expected_purchases(one.parameters_in_days, cdnow, 273.0) @ cdnow.count for one in fits]
    assert 0.01 < np.std(spread) / np.mean(spread) < 0.1


def test_a_loaded_fit_needs_the_base_and_then_draws_the_same(cdnow):
    fit = load("bg_nbd").fit(cdnow)
    loaded = Fitted.from_json(fit.to_json())
    with pytest.raises(CallError, match="draws\\(base"):
        loaded.draws(200)
    np.testing.assert_allclose(loaded.draws(200, base=cdnow).summary() != "", True)

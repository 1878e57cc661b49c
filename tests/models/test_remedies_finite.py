"""Remedies end in finite numbers whatever valid histories come."""

from __future__ import annotations

import numpy as np
import pytest
from remedy_samples import START

from kundenwert import registry
from kundenwert.models.course import expected_course
from kundenwert.models.future import future_mass_of
from kundenwert.models.remedies import read_fit
from kundenwert.records import Calendar, Histories, Horizons


def any_log(seed, days):
    """Valid histories of a log of so many days, frequency to 10,000, and a calendar that agrees with them in the total."""
    rng = np.random.default_rng(seed)
    T = np.minimum(np.floor(days * rng.uniform(size=12) ** rng.choice([0.2, 1.0, 3.0])), days - 1.0)
    x = np.where(T > 0, np.floor(10 ** rng.uniform(0, rng.choice([0.5, 2.0, 4.0]), 12) - 1), 0).astype(np.int64)
    recency = np.where(x > 0, np.floor(T * rng.uniform(size=12)), 0.0)
    histories = Histories(x, recency, T, rng.integers(1, 10_000, 12))
    months = np.arange(np.datetime64(START, "D").astype("M8[M]"), np.datetime64(START + days - 1, "D").astype("M8[M]") + 1)
    counts = rng.multinomial(int(x @ histories.count), np.full(len(months), 1 / len(months)))
    return histories, Calendar(START + days - 1, START, np.append(months.astype("M8[D]").astype(np.int64), START + days), counts)


@pytest.mark.parametrize("remedy", registry.names("models.remedies"))
@pytest.mark.parametrize("name", ["mbg_nbd", "pareto_nbd", "nbd"])
@pytest.mark.parametrize(("seed", "days"), [(7, 31), (12, 800)])
def test_any_valid_log_ends_in_finite_numbers(remedy, name, seed, days):
    histories, calendar = any_log(seed, days)
    fit = registry.load("models.remedies", remedy)().fit(registry.load("models.purchases", name)(), histories, calendar)
    found = read_fit(fit.to_json()).forecast_histories(histories, Horizons(365.0, 1826.0, 0.1))
    assert np.isfinite([fit.log_likelihood, *fit.parameters.values()]).all()
    for field in ("p_alive", "expected_purchases", "discounted_purchases", "discounted_beyond", "usual_gap"):
        assert np.isfinite(getattr(found, field)).all(), field
        assert (getattr(found, field) >= 0).all(), field
    assert found.p_alive.max() <= 1
    assert np.isfinite(expected_course(fit, histories, np.array([-days * 1.0, -1.0, 0.0, 400.0]))).all()
    mass = future_mass_of(fit, histories, 5.0, 5)
    assert np.isfinite(mass).all()
    assert (mass.sum(axis=1) <= 1 + 1e-6).all()

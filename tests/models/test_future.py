"""The distribution of purchases to come: of every model that tells one, and against simulation and published numbers."""

from __future__ import annotations

import numpy as np
import pytest

from kundenwert import registry
from kundenwert.models.future import future_mass, is_known
from kundenwert.records import Histories, Horizons

MODELS = [name for name in registry.names("models.purchases") if is_known(registry.load("models.purchases", name)())]
EACH = pytest.mark.parametrize("name", MODELS)
# By parameters: as Fader, Hardie & Lee 2005 and Schmittlein, Morrison & Colombo 1987 name them, in days.
WORDS = {"r": 0.6, "alpha": 40.0, "a": 0.8, "b": 2.4, "s": 0.6, "beta": 80.0}


def load(name):
    model = registry.load("models.purchases", name)()
    return model, {one.name: WORDS[one.name] for one in model.parameters}


def histories(x, t, T):
    return Histories(np.array(x), np.array(t, dtype=float), np.array(T, dtype=float), np.ones(len(x), dtype=np.int64))


def forecast(model, p, h, days):
    return model.forecast(p, h, Horizons(days, days, 0.0))


def mass_of(name, h, days, top, **changed):
    model, p = load(name)
    p |= changed
    found = forecast(model, p, h, days)
    alive = np.ones(len(h)) if found.p_alive is None else found.p_alive
    return future_mass(model, p, h, alive, days, top), found


SOME = histories([0, 0, 1, 2, 12, 40, 40], [0, 0, 30.0, 200.0, 250.0, 300.0, 20.0], [0.0, 280.0, 272.0, 272.0, 260.0, 301.0, 301.0])


def test_bg_nbd_tells_its_distribution_and_a_recent_rate_does_not():
    assert "bg_nbd" in MODELS
    assert "recent_rate" not in MODELS


@EACH
def test_masses_sum_to_one_and_their_mean_is_the_expectation(name):
    mass, found = mass_of(name, SOME, 180.0, 8_000)
    assert (mass >= 0).all()
    assert mass.sum(axis=1) == pytest.approx(1, abs=1e-9)
    assert mass @ np.arange(8_001) == pytest.approx(found.expected_purchases, rel=1e-7)


@EACH
def test_a_short_table_is_the_beginning_of_a_long_one(name):
    short, long = (mass_of(name, SOME, 180.0, top)[0] for top in (5, 300))
    assert short == pytest.approx(long[:, :6], rel=1e-9)


@EACH
def test_no_time_ahead_brings_nothing(name):
    assert mass_of(name, SOME, 0.0, 3)[0].tolist() == [[1.0, 0.0, 0.0, 0.0]] * len(SOME)


@EACH
def test_ten_thousand_purchases_are_no_trouble(name):
    mass, found = mass_of(name, histories([10_000], [4_000.0], [4_000.5]), 30.0, 600)
    assert np.isfinite(mass).all()
    assert mass.sum() == pytest.approx(1, abs=1e-8)
    assert mass[0] @ np.arange(601) == pytest.approx(found.expected_purchases[0], rel=1e-6)


@EACH
def test_what_comes_is_what_a_simulation_of_such_customers_gives(name):
    model, p = load(name)
    x, T, days, draws = 3, 200.0, 150.0, 100_000
    h = histories([x], [150.0], [T])
    found = forecast(model, p, h, days)
    alive = 1.0 if found.p_alive is None else float(found.p_alive[0])
    rng = np.random.default_rng(12)
    rate = rng.gamma(p["r"] + x, 1 / (p["alpha"] + T), draws)
    stays = np.full(draws, days)
    if "s" in p:
        stays = np.minimum(days, rng.exponential(1 / rng.gamma(p["s"], 1 / (p["beta"] + T), draws)))
    come = rng.poisson(rate * stays)
    if "a" in p:
        come = np.minimum(come, rng.geometric(rng.beta(p["a"], p["b"] + x + getattr(model, "chances_at_first", 0), draws)))
    come = np.where(rng.random(draws) < alive, come, 0)
    simulated = np.bincount(come, minlength=12)[:12] / draws
    assert future_mass(model, p, h, np.array([alive]), days, 11)[0] == pytest.approx(simulated, abs=0.005)


def test_a_new_customer_of_bg_nbd_has_the_published_probabilities():
    words = {"r": 0.243, "alpha": 4.414 * 7, "a": 0.793, "b": 2.426}
    new = histories([0], [0.0], [0.0])
    assert mass_of("bg_nbd", new, 14.0, 10, **words)[0][0, 10] == pytest.approx(1.07869e-07, rel=1e-5)
    assert mass_of("bg_nbd", new, 39 * 7.0, 0, **words)[0][0, 0] == pytest.approx(0.5737864, abs=1e-7)
    published = [0.0019995214, 0.0015170236, 0.0011633150, 0.0009003148, 0.0007023638]
    assert mass_of("bg_nbd", new, 30 * 7.0, 20, **words)[0][0, 11:16] == pytest.approx(published, abs=1e-10)


def test_a_model_s_own_distribution_goes_first():
    class Own:
        needs = "histories"
        parameters = ()

        def future_mass(self, p, histories, days, n_max):
            return np.full((len(histories), n_max + 1), 0.5)

    assert is_known(Own())
    assert future_mass(Own(), {}, SOME, np.ones(len(SOME)), 9.0, 1).sum() == len(SOME)


def test_nodes_serve_a_history_of_any_scale():
    if "pareto_nbd" not in MODELS:
        pytest.skip("pareto_nbd is not in this installation")
    for alpha, beta in ((0.01, 1e5), (1e4, 0.01), (5.0, 5.0)):
        mass, found = mass_of("pareto_nbd", histories([0, 1], [0.0, 0.3], [0.0, 0.5]), 365.0, 4_000, alpha=alpha, beta=beta)
        assert np.isfinite(mass).all()
        whole = mass.sum(axis=1) > 1 - 1e-9
        assert (mass @ np.arange(4_001))[whole] == pytest.approx(found.expected_purchases[whole], rel=1e-6)

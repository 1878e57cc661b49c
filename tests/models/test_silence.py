"""When silence means that a customer is lost, and when the next purchase is to be expected."""

from __future__ import annotations

import math

import numpy as np
import pytest

from kundenwert import registry
from kundenwert.models.silence import LOST_BELOW, leaving_fit, lost_after, next_gap
from kundenwert.records import Histories

X = np.array([0, 1, 3, 10, 40])
RECENCY = np.array([0.0, 90.0, 200.0, 350.0, 360.0])


@pytest.fixture(scope="module", params=["mbg_nbd", "pareto_nbd"])
def fit(request: pytest.FixtureRequest) -> object:
    model = registry.load("models.purchases", request.param)()
    p, span = model.example()
    return model.fit(model.simulate(p, np.tile(span, 4), rng=np.random.default_rng(5)))


def test_the_chance_to_be_a_customer_falls_below_a_fifth_on_that_day_and_not_before(fit: object) -> None:
    days = lost_after(fit, X, RECENCY)
    p, model = fit.parameters_in_days, fit.model  # type: ignore[attr-defined]
    assert (model.p_alive(p, X, RECENCY, RECENCY + days) < LOST_BELOW).all()
    later = days > 1
    assert (model.p_alive(p, X, RECENCY, RECENCY + days - 1)[later] >= LOST_BELOW).all()
    assert later.any()


def test_who_buys_more_often_is_lost_sooner(fit: object) -> None:
    days = lost_after(fit, np.array([5, 10, 20, 40]), np.full(4, 350.0))
    assert (np.diff(days) < 0).all()


def test_under_mbg_nbd_the_day_agrees_with_the_closed_form() -> None:
    model = registry.load("models.purchases", "mbg_nbd")()
    p, span = model.example()
    fit = model.fit(model.simulate(p, np.tile(span, 4), rng=np.random.default_rng(5)))
    q = fit.parameters_in_days
    # P(alive) = 1 / (1 + e^u) with u = ln[a / (b + x)] + (r + x) ln[(alpha + T) / (alpha + t)], solved for T at P = 1/5.
    x, t = 7, 300.0
    exact = (q["alpha"] + t) * (math.exp((math.log(4) - math.log(q["a"] / (q["b"] + x))) / (q["r"] + x)) - 1)
    assert lost_after(fit, np.array([x]), np.array([t]))[0] == math.floor(exact) + 1


def test_half_of_the_customers_with_a_history_buy_again_within_the_expected_wait() -> None:
    model = registry.load("models.purchases", "nbd")()
    fit = model.fit(model.simulate({"r": 1.2, "alpha": 9.0}, np.full(3000, 500.0), rng=np.random.default_rng(1)))
    p = fit.parameters_in_days
    wait = next_gap(fit, np.array([4]), np.array([500.0]))[0]
    rates = np.random.default_rng(2).gamma(p["r"] + 4, 1 / (p["alpha"] + 500.0), 200_000)
    assert np.exp(-rates * wait).mean() == pytest.approx(0.5, abs=0.002)


def test_bg_nbd_calls_nobody_lost_so_another_model_is_asked() -> None:
    model = registry.load("models.purchases", "bg_nbd")()
    p, span = model.example()
    histories = model.simulate(p, span, rng=np.random.default_rng(3))
    run = model.fit(histories)
    assert leaving_fit(run, histories, 7.0).model.name == "mbg_nbd"
    own = leaving_fit(None, histories, 7.0)
    assert leaving_fit(own, histories, 7.0) is own


def test_no_history_has_no_limit() -> None:
    model = registry.load("models.purchases", "mbg_nbd")()
    p, span = model.example()
    fit = model.fit(model.simulate(p, span, rng=np.random.default_rng(3)))
    none = Histories(np.zeros(0, np.int64), np.zeros(0), np.zeros(0), np.zeros(0, np.int64))
    assert lost_after(fit, none.frequency, none.recency).shape == (0,)

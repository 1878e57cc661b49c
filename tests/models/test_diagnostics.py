"""What charts of a fit show: records that follow from the fit and the histories alone, and tie with the models' own figures."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import date
from functools import cache
from typing import Any

import numpy as np
import pytest

from kundenwert import registry
from kundenwert.errors import CallError
from kundenwert.models.course import expected_course
from kundenwert.records import Histories, Horizons

ROOM = "models.diagnostics"
MODELS = ("bg_nbd", "mbg_nbd", "pareto_nbd", "nbd")


@cache
def histories() -> Histories:
    """2,000 customers of a BG/NBD shop in whole days, first seen in the first of three half years."""
    model = registry.load("models.purchases", "bg_nbd")()
    rng = np.random.default_rng(11)
    made = model.simulate({"r": 0.6, "alpha": 6.0, "a": 0.8, "b": 2.5}, rng.integers(365, 547, 2_000).astype(float), rng=rng)
    x, T = made.frequency, np.round(made.T)
    recency = np.where(x > 0, np.clip(np.round(made.recency), 1, T), 0.0)
    return Histories(x, recency, T, np.ones(len(x), dtype=np.int64))


@cache
def fitted(name: str) -> Any:
    return registry.load("models.purchases", name)().fit(histories())


def made(name: str, *given: Any, model: str = "bg_nbd", **options: Any) -> Any:
    return registry.load(ROOM, name)(fitted(model), *given, **options)


# ---------- frequency ----------


@pytest.mark.parametrize("model", MODELS)
def test_customers_by_purchases_add_up_in_fact_and_in_the_model(model: str) -> None:
    found = made("frequency", histories(), model=model)
    assert sum(found.actual) == histories().customers
    assert sum(found.expected) == pytest.approx(histories().customers)
    assert found.actual[0] == int((histories().frequency == 0).sum())


def test_expected_customers_are_the_sum_of_the_models_own_probabilities() -> None:
    h, fit = histories(), fitted("bg_nbd")
    found = made("frequency", h, most=5)
    exact = sum(fit.model.mass(fit.parameters_in_days, np.arange(5), float(age)) for age in h.T)
    assert found.expected[:5] == pytest.approx(exact.tolist(), rel=1e-3)


def test_counted_histories_are_the_same_as_repeated_ones() -> None:
    h = histories()
    twice = Histories(h.frequency, h.recency, h.T, 2 * h.count)
    once, double = made("frequency", h, most=6), made("frequency", twice, most=6)
    assert double.actual == tuple(2 * each for each in once.actual)
    assert double.expected == pytest.approx([2 * each for each in once.expected], rel=1e-9)


# ---------- matrices and the path of one customer ----------


@pytest.mark.parametrize("model", ["bg_nbd", "mbg_nbd", "pareto_nbd"])
def test_a_cell_is_what_the_fit_says_of_that_history(model: str) -> None:
    found = made("p_alive_matrix", histories(), model=model)
    row, column = 1, 4
    recency = found.T - found.silence[column]
    h = Histories(np.array([found.purchases[row]]), np.array([recency]), np.array([found.T]), np.array([1]))
    alive = fitted(model).forecast_histories(h, Horizons(1.0, 1.0, 0.0)).p_alive
    assert found.values[row][column] == pytest.approx(float(alive[0]))


def test_only_histories_that_can_be_have_a_value() -> None:
    found = made("purchases_matrix", histories(), days=90.0)
    first, *rest = found.values
    assert found.purchases[0] == 0
    assert [value is None for value in first] == [True] * (len(found.silence) - 1) + [False]
    assert all(line[-1] is None and None not in line[:-1] for line in rest)
    assert (found.measure, found.days, found.T) == ("expected_purchases", 90.0, histories().T.max())


def test_rows_of_a_matrix_reach_as_far_as_asked() -> None:
    assert made("p_alive_matrix", histories(), most=40, T=400.0).purchases[-1] >= 40
    assert made("p_alive_matrix", histories(), most=4).purchases == (0, 1, 2, 3, 4)


def test_a_path_jumps_at_a_purchase_and_falls_between() -> None:
    found = made("p_alive_path", [0, 40, 50, 200], until=300)
    known = dict(zip(found.days, found.chance, strict=True))
    before = [chance for day, chance in zip(found.days, found.chance, strict=True) if day < 200][-1]
    assert known[200.0] > before
    tail = [chance for day, chance in zip(found.days, found.chance, strict=True) if day >= 200]
    assert all(later < earlier for earlier, later in itertools.pairwise(tail))
    assert (found.days[0], found.days[-1]) == (0.0, 300.0)


def test_dates_and_days_give_the_same_path() -> None:
    by_date = made("p_alive_path", [date(2026, 2, 1), date(2026, 1, 1), date(2026, 1, 1)], until=date(2026, 4, 1))
    by_day = made("p_alive_path", [0, 31], until=90)
    assert (by_date.days, by_date.chance, by_date.purchases) == (by_day.days, by_day.chance, by_day.purchases)
    assert (by_date.start, by_day.start) == (date(2026, 1, 1), None)


@pytest.mark.parametrize(
    ("purchases", "until", "words"),
    [
        ([], None, "at least one day"),
        ([date(2026, 1, 1), 4], None, "all of them dates or all numbers"),
        ([0, 40], 30, "before the last purchase"),
        ([0, 40], date(2026, 1, 1), "the same form as the purchases"),
    ],
)
def test_a_path_that_cannot_be_drawn_says_why(purchases: list[Any], until: Any, words: str) -> None:
    with pytest.raises(CallError, match=words):
        made("p_alive_path", purchases, until=until)


# ---------- how customers differ ----------


@pytest.mark.parametrize("model", MODELS)
def test_all_customers_but_the_last_twentieth_are_told(model: str) -> None:
    for part in made("heterogeneity", model=model).parts:
        assert sum(part.shares) == pytest.approx(0.95, abs=1e-6)
        below = np.interp(part.median, part.edges, np.concatenate(([0.0], np.cumsum(part.shares))))
        assert below == pytest.approx(0.5, abs=0.03)


def test_means_are_those_of_the_parameters() -> None:
    p = fitted("bg_nbd").parameters_in_days
    rate, leaving = made("heterogeneity").parts
    assert rate.mean == pytest.approx(365.25 * p["r"] / p["alpha"])
    assert leaving.mean == pytest.approx(p["a"] / (p["a"] + p["b"]))
    assert [part.quantity for part in made("heterogeneity", model="pareto_nbd").parts] == ["rate", "leaving_rate"]
    assert [part.quantity for part in made("heterogeneity", model="nbd").parts] == ["rate"]


def test_customers_that_are_all_alike_have_a_finite_picture() -> None:
    alike = replace(fitted("bg_nbd"), parameters={"r": 1e8, "alpha": 1e9, "a": 1e-9, "b": 1e8})
    for part in registry.load(ROOM, "heterogeneity")(alike).parts:
        assert np.isfinite([*part.edges, *part.shares, part.mean, part.median]).all()
        assert all(low < high for low, high in itertools.pairwise(part.edges))


# ---------- timing ----------


def test_gaps_of_customers_that_follow_the_model_look_like_the_model() -> None:
    found = made("timing", histories())
    assert sum(found.actual) == pytest.approx(1)
    assert sum(found.expected) == pytest.approx(1)
    assert found.buyers == int((histories().frequency > 0).sum())
    # 1,000 buyers: a share of a tenth is within 0.03 by chance.
    assert np.abs(np.array(found.actual) - np.array(found.expected)).max() < 0.04


def test_regular_buyers_show_as_fewer_short_gaps() -> None:
    x = np.full(500, 9)
    regular = Histories(x, np.full(500, 270.0), np.full(500, 280.0), np.ones(500, dtype=np.int64))
    found = made("timing", regular)
    assert max(found.actual) == 1.0
    assert max(found.expected) < 0.8


def test_the_same_seed_gives_the_same_picture() -> None:
    assert made("timing", histories(), seed=3) == made("timing", histories(), seed=3)


# ---------- posterior ----------


def test_the_marginals_are_those_of_the_draws() -> None:
    fit = fitted("bg_nbd")
    found = made("posterior", n=1_000)
    draws = fit.draws(1_000)
    for part in found.parts:
        assert part.estimate == fit.parameters[part.name]
        assert (part.lower, part.upper) == pytest.approx(draws.interval(part.name))
        assert sum(part.shares) == pytest.approx(0.99, abs=0.02)
        assert part.edges[0] < part.lower < part.upper < part.edges[-1]


def test_the_prior_is_far_wider_than_what_the_data_leave_open() -> None:
    for part in made("posterior", n=500).parts:
        assert sum(part.prior) + part.prior_outside == pytest.approx(1)
        assert part.prior_outside > 0.5


def test_draws_of_the_prior_follow_its_beliefs() -> None:
    from kundenwert.models._prior import weak
    from kundenwert.models.diagnostics.posterior import _prior_draws

    prior = weak(fitted("bg_nbd").model.parameters)
    values = _prior_draws(prior, ("r", "alpha", "a", "b"), (26.0, 1.0), np.random.default_rng(5))
    at, _, _ = prior.coordinates(dict(zip(("r", "alpha", "a", "b"), values.T, strict=True)))
    centre = [one.centre + one.time * np.log(26.0) for one in prior.beliefs]
    assert at.mean(axis=0) == pytest.approx(centre, abs=0.06)
    assert at.std(axis=0) == pytest.approx([one.sd for one in prior.beliefs], rel=0.03)


# ---------- tracking ----------


def test_weeks_end_at_the_origin_and_hold_every_purchase_once() -> None:
    days, purchases = np.array([20_000, 20_003, 20_010]), np.array([5, 1, 2])
    found = made("tracking", histories(), days, purchases, origin=20_003, until=20_011)
    by_end = dict(zip(found.ends, found.actual, strict=True))
    assert by_end[found.origin] == 6
    assert sum(found.actual) == 8
    assert (found.ends[-1] - found.origin).days == 7
    assert {(later - earlier).days for earlier, later in itertools.pairwise(found.ends)} == {7}


def test_expected_weeks_add_up_to_the_course() -> None:
    none = np.array([], dtype=np.int64)
    found = made("tracking", histories(), none, none, origin=20_000, until=20_070)
    course = expected_course(fitted("bg_nbd"), histories(), np.array([0.0, 70.0]))
    ahead = [value for end, value in zip(found.ends, found.expected, strict=True) if end > found.origin]
    assert sum(ahead) == pytest.approx(course[1] - course[0])
    assert sum(found.expected) == pytest.approx(course[1])


# ---------- what cannot be shown ----------


def test_no_histories_are_answered_with_what_is_expected() -> None:
    with pytest.raises(CallError, match="Expected: a customer base or its histories"):
        made("frequency", 3)
    none = Histories(*(np.array([], dtype=float),) * 3, np.array([], dtype=np.int64))
    with pytest.raises(CallError, match="no customer with a purchase"):
        made("frequency", none)


def test_nobody_who_bought_twice_has_no_timing() -> None:
    once = Histories(np.array([0]), np.array([0.0]), np.array([90.0]), np.array([50]))
    with pytest.raises(CallError, match="Nobody bought twice"):
        made("timing", once)


def test_a_spend_model_has_no_purchases_to_show() -> None:
    from kundenwert.records import SpendHistories

    amounts = SpendHistories(np.arange(1, 41), np.linspace(5.0, 90.0, 40), np.full(40, 5), np.zeros(40))
    fit = registry.load("models.spend", "gamma_gamma")().fit(amounts)
    with pytest.raises(CallError, match="says nothing of purchase histories"):
        registry.load(ROOM, "heterogeneity")(fit)

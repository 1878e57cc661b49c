from __future__ import annotations

import mpmath as mp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from model_samples import any_histories, apparel, histories, parameters

from kundenwert.models._statement import Outcome
from kundenwert.models.purchases.pareto_nbd import ParetoNbd
from kundenwert.records import Horizons

MODEL = ParetoNbd()
CDNOW = {"r": 0.55328, "alpha": 10.57768, "s": 0.60624, "beta": 11.66874}


def test_cdnow_estimates_and_likelihood_are_those_published(cdnow):
    fit = MODEL.fit(cdnow)
    assert fit.outcome is Outcome.CONVERGED
    assert fit.log_likelihood == pytest.approx(-9594.9762, abs=5e-5)
    assert list(fit.parameters.values()) == pytest.approx(list(CDNOW.values()), rel=2e-5)
    assert list(fit.standard_errors.values()) == pytest.approx([0.0476264, 0.8427222, 0.1872594, 6.2105448], rel=1e-3)


def test_cdnow_total_of_the_39_weeks_after_is_the_one_known(cdnow):
    forecast = MODEL.fit(cdnow).forecast_histories(cdnow, Horizons(273.0, 1826.0, 0.1))
    assert forecast.expected_purchases @ cdnow.count == pytest.approx(1665.5, abs=0.05)


def test_published_expectation_of_a_new_customer():
    """The sheet used the estimates to two decimals."""
    p = {"r": 0.55, "alpha": 10.56, "s": 0.61, "beta": 11.64}
    found = MODEL.unconditional_purchases(p, np.arange(10.0))
    known = [0, 0.05077821, 0.09916088, 0.14542507, 0.18979930, 0.23247466, 0.27361274, 0.31335159, 0.35181024, 0.38909211]
    np.testing.assert_allclose(found, known, atol=6e-9)


def test_published_conditional_expectation(cdnow):
    found = MODEL.expected_purchases(MODEL.fit(cdnow).parameters, histories([26], [30.86], [31]), 52.0)[0]
    assert found == pytest.approx(25.46, abs=5e-3)


def exact(p, x, t, T):
    """The likelihood's factor in braces, alive and left, by hypergeometric functions: Fader & Hardie 2005, note 009."""
    r, alpha, s, beta, t, T = (mp.mpf(float(v)) for v in (p["r"], p["alpha"], p["s"], p["beta"], t, T))
    big, second = (alpha, s + 1) if alpha >= beta else (beta, r + x)

    def part(v):
        z = abs(alpha - beta) / (big + v)
        return mp.hyp2f1(r + s + x, second, r + s + x + 1, z, maxterms=10**6) / (big + v) ** (r + s + x)

    return (alpha + T) ** -(r + x) * (beta + T) ** -s, s / (r + s + x) * (part(t) - part(T))


ROWS = [
    (0, 0.0, 0.0),
    (0, 0.0, 40.0),
    (1, 3.0, 300.0),
    (7, 52.0, 52.0),
    (300, 99.0, 100.0),
    (2, 1.0, 10_000.0),
    (10_000, 9_990.0, 10_000.0),
]
PARAMETERS = [
    CDNOW,
    CDNOW | {"alpha": 11.66874},
    CDNOW | {"s": 1.0},
    {"r": 0.05, "alpha": 0.9, "s": 0.02, "beta": 0.3},
    {"r": 3.0, "alpha": 50.0, "s": 12.0, "beta": 500.0},
]


@pytest.mark.parametrize("p", PARAMETERS)
@pytest.mark.parametrize(("x", "t", "T"), ROWS)
def test_likelihood_chance_and_expectation_agree_with_mpmath(p, x, t, T):
    h = histories([x], [t], [T])
    with mp.workdps(80):
        alive, left = exact(p, x, t, T)
        chance = alive / (alive + left)
        r, alpha, s, beta = (mp.mpf(p[k]) for k in ("r", "alpha", "s", "beta"))
        front = mp.loggamma(r + x) - mp.loggamma(r) + r * mp.log(alpha) + s * mp.log(beta)
        off = s - 1 if s != 1 else mp.mpf(10) ** -30
        time = (beta + T) / off * (1 - ((beta + T) / (beta + T + 52)) ** off)
        want = [float(v) for v in (front + mp.log(alive + left), chance, chance * (r + x) / (alpha + T) * time)]
    found = MODEL.log_likelihood(p, h, 1.0)[0], MODEL.p_alive(p, h.frequency, h.recency, h.T)[0], MODEL.expected_purchases(p, h, 52.0)[0]
    assert found == pytest.approx(want, rel=1e-10)


@pytest.mark.parametrize(("k", "value"), [("s", 1.0), ("beta", CDNOW["alpha"])])
@pytest.mark.parametrize("x", [0, 1, 10_000])
def test_singular_points_of_the_papers_formulas_are_their_limits(k, value, x):
    h = histories([x], [30.0 if x else 0.0], [40.0])
    step = 1e-6 * value
    for ask in (lambda p: MODEL.log_likelihood(p, h, 1.0)[0], lambda p: MODEL.expected_purchases(p, h, 39.0)[0]):
        at, left, right = (ask(CDNOW | {k: v}) for v in (value, value - step, value + step))
        assert at == pytest.approx(0.5 * (left + right), rel=1e-10)


def test_the_gradient_is_exact_where_both_clocks_are_equal():
    p = CDNOW | {"beta": CDNOW["alpha"], "s": 1.0}
    data = MODEL.prepare(histories([0, 2, 30], [0, 100, 250], [200, 210, 260]), 7.0)
    gradient = MODEL.score(p, data)[1]
    for k, slope in zip(p, gradient, strict=True):
        ahead, behind = (MODEL.score(p | {k: p[k] * (1 + sign * 1e-5)}, data)[0] for sign in (1, -1))
        assert slope == pytest.approx((ahead - behind) / (2e-5 * p[k]), rel=1e-7)


@pytest.mark.parametrize(
    ("p", "rows"),
    [
        (
            {"r": 0.5143, "alpha": 2.8845, "s": 0.2856, "beta": 14.1087},
            [(221, 103.42857, 103.57143), (254, 97.14286, 97.28571), (161, 94.71429, 98.0), (204, 98.57143, 99.42857)],
        ),
        ({"r": 10.465, "alpha": 0.00798565181, "s": 3.0516, "beta": 2.820}, [(400, 5.0, 6.0), (500, 1.0, 37.0), (500, 4.0, 37.0)]),
    ],
)
def test_inputs_on_which_other_packages_overflowed(p, rows):
    x, t, T = zip(*rows, strict=True)
    alive = MODEL.p_alive(p, np.array(x), np.array(t), np.array(T))
    with mp.workdps(400):
        terms = [exact(p, *row) for row in rows]
        want = [float(a / (a + b)) for a, b in terms]
        r, front = mp.mpf(p["r"]), mp.mpf(p["r"]) * mp.log(p["alpha"]) + mp.mpf(p["s"]) * mp.log(p["beta"])
        likelihood = [float(mp.loggamma(r + k) - mp.loggamma(r) + front + mp.log(a + b)) for k, (a, b) in zip(x, terms, strict=True)]
    np.testing.assert_allclose(alive, want, rtol=1e-10)
    np.testing.assert_allclose(MODEL.log_likelihood(p, histories(x, t, T), 1.0), likelihood, rtol=1e-10)


@pytest.mark.parametrize("n", [0, 1, 4, 60])
@pytest.mark.parametrize("p", [CDNOW, {"r": 2.0, "alpha": 3.0, "s": 1.0, "beta": 90.0}])
def test_probabilities_of_n_purchases_agree_with_the_integral(p, n):
    with mp.workdps(25):
        r, alpha, s, beta = (mp.mpf(p[k]) for k in ("r", "alpha", "s", "beta"))
        ways = mp.gamma(r + n) / mp.gamma(r) / mp.factorial(n)

        def count(v):
            return ways * (alpha / (alpha + v)) ** r * (v / (alpha + v)) ** n

        gone = mp.quad(lambda v: count(v) * s / (beta + v) * (beta / (beta + v)) ** s, mp.linspace(0, 52, 9))
        want = float(gone + count(mp.mpf(52)) * (beta / (beta + 52)) ** s)
    assert MODEL.mass(p, np.array([n]), 52.0)[0] == pytest.approx(want, rel=1e-10)


@pytest.mark.parametrize(
    "changed", [{"s": 50.0, "beta": 100.0}, {"r": 1e3, "alpha": 1e4}, {"s": 4e3, "beta": 1e6}, {"s": 1e-3, "beta": 1e-2}]
)
@pytest.mark.parametrize("t", [1.0, 52.0, 300.0])
def test_probabilities_of_n_purchases_add_up_however_alike_customers_are(changed, t):
    n = np.arange(2_000)
    masses = MODEL.mass(CDNOW | changed, n, t)
    assert masses.sum() == pytest.approx(1.0, abs=1e-11)
    assert n @ masses == pytest.approx(MODEL.unconditional_purchases(CDNOW | changed, np.array([t]))[0], rel=1e-10)


@pytest.mark.parametrize("force", [0.0, 0.0002609])
@pytest.mark.parametrize("p", [CDNOW | {"alpha": 74.0, "beta": 81.7}, {"r": 0.5, "alpha": 60.0, "s": 1.0, "beta": 5.0}])
def test_discounted_purchases_agree_with_the_integral(p, force):
    h, rate = histories([0, 12], [0, 690], [10, 700]), np.expm1(force * 365.25)
    alive = MODEL.p_alive(p, h.frequency, h.recency, h.T)
    spans = [(MODEL.discounted_purchases(p, h, 1826.0, rate), mp.linspace(0, 1826, 5))]
    if force:
        spans.append((MODEL.discounted_beyond(p, h, 1826.0, rate), [1826 + mp.mpf(k) * 5 / force for k in range(14)]))
    for found, points in spans:
        for k in range(2):
            at = p["beta"] + h.T[k]
            with mp.workdps(25):
                time = mp.quad(lambda v, at=at: mp.exp(-force * v) * (1 + v / mp.mpf(at)) ** -mp.mpf(p["s"]), points)
            want = alive[k] * (p["r"] + h.frequency[k]) / (p["alpha"] + h.T[k]) * float(time)
            assert found[k] == pytest.approx(want, rel=1e-10)


@pytest.mark.parametrize("s", [1e-6, 0.3, 1.0, 50.0, 1e8])
@pytest.mark.parametrize("beta", [1e-3, 100.0, 1e6])
def test_a_discount_of_nothing_changes_nothing_however_fast_customers_leave(s, beta):
    p, h = CDNOW | {"s": s, "beta": beta}, histories([0, 5, 400], [0, 30, 900], [0, 40, 1_000])
    for days in (1.0, 365.0, 1e5):
        plain, discounted = MODEL.expected_purchases(p, h, days), MODEL.discounted_purchases(p, h, days, 1e-14)
        np.testing.assert_allclose(discounted, plain, rtol=1e-10)


def test_interpolation_along_ages_changes_nothing():
    T = np.tile(np.arange(0.0, 1_000.0), 2)
    h = histories(np.repeat([0, 5], 1_000), np.zeros(2_000), T)
    some = slice(0, None, 97)
    few = histories(h.frequency[some], h.recency[some], h.T[some])
    a, b = (MODEL.discounted_beyond(CDNOW, each, 1826.0, 0.1) for each in (h, few))
    np.testing.assert_allclose(a[some], b, rtol=1e-11)


def test_forecasts_and_later_chances_equal_what_simulated_customers_do():
    """Customers with the same history after 200 days: what they do in the next 300, told by simulating both."""
    p, rng, n = {"r": 0.8, "alpha": 40.0, "s": 0.9, "beta": 150.0}, np.random.default_rng(11), 400_000
    rate, leaves = rng.gamma(p["r"], 1 / p["alpha"], n), rng.exponential(1 / rng.gamma(p["s"], 1 / p["beta"], n))
    seen = np.minimum(leaves, 200)
    x, y = rng.poisson(rate * seen), rng.poisson(rate * np.clip(leaves - 200, 0, 300))
    recency = np.where(x > 0, seen * rng.beta(np.maximum(x, 1), 1.0), 0.0)
    h = histories(x, recency, np.full(n, 200.0))
    expected, later, still = MODEL.expected_purchases(p, h, 300.0), MODEL.p_alive_later(p, h, 300.0), leaves > 500
    for group in (x == 0, x == 1, (x == 3) & (recency < 80), (x == 3) & (recency > 150), x > 6):
        assert abs(y[group].mean() - expected[group].mean()) < 4 * y[group].std() / np.sqrt(group.sum())
        assert abs(still[group].mean() - later[group].mean()) < 4 * np.sqrt(0.25 / group.sum())


def test_customers_are_less_alive_the_longer_ago_they_bought():
    alive = MODEL.p_alive(CDNOW, np.array([0, 3, 3, 3]), np.array([0.0, 38.0, 20.0, 1.0]), np.full(4, 39.0))
    assert alive[0] < 1
    assert np.all(np.diff(alive[1:]) < 0)


def test_equal_rates_to_leave_leave_only_their_mean_known():
    p, rng = {"r": 2.0, "alpha": 30.0, "s": 4e3, "beta": 1e6}, np.random.default_rng(2)
    fit = MODEL.fit(MODEL.simulate(p, np.tile(np.arange(300.0, 700.0), 8), rng=rng, unit_days=1.0))
    assert fit.outcome is Outcome.FLAT_DIRECTION
    # In weeks, as the fit.
    assert "s/beta = 0.028" in fit.sentence
    assert fit.standard_errors["s"] is None
    assert fit.standard_errors["r"] > 0
    assert fit.or_raise() is fit


def test_nobody_leaving_is_a_limit_not_a_failure():
    rng = np.random.default_rng(1)
    T = np.tile(np.arange(200.0, 700.0), 4)
    x = rng.poisson(rng.gamma(2, 0.02, len(T)) * T)
    fit = MODEL.fit(histories(x, np.where(x > 0, T * rng.beta(np.maximum(x, 1), 1), 0), T), unit_days=1.0)
    assert fit.outcome in (Outcome.AT_LIMIT, Outcome.FLAT_DIRECTION)
    assert fit.standard_errors["s"] is None
    assert fit.parameters["r"] == pytest.approx(2, rel=0.2)
    assert fit.or_raise() is fit


def test_one_time_buyers_only_is_too_little():
    fit = MODEL.fit(histories([0, 0], [0, 0], [100, 300], [40, 60]))
    assert fit.outcome is Outcome.TOO_LITTLE_DATA
    assert np.isfinite(fit.forecast_histories(histories([0], [0], [100]), Horizons(365.0, 1826.0, 0.1)).expected_purchases).all()


def test_apparel_estimates_and_likelihood_are_those_published():
    h, _ = apparel()
    fit = MODEL.fit(h)
    assert fit.log_likelihood == pytest.approx(-5848.0978, abs=5e-5)
    assert list(fit.parameters.values()) == pytest.approx([1.4490, 48.6361, 0.5613, 46.8844], rel=1e-4)
    assert list(fit.standard_errors.values()) == pytest.approx([0.2434, 7.4892, 0.2710, 35.6114], rel=1e-3)


def test_apparel_predictions_are_those_published():
    h, ids = apparel()
    fit = MODEL.fit(h)
    p, weekly = fit.parameters_in_days, np.expm1(np.log(1.1) * 365.25 / 7)
    chosen = [ids.index(k) for k in (1, 10, 100)]
    alive = MODEL.p_alive(p, h.frequency, h.recency, h.T)[chosen]
    np.testing.assert_allclose(alive, [0.9468478, 0.9825606, 0.2784686], rtol=2e-5)
    np.testing.assert_allclose(MODEL.expected_purchases(p, h, 207.142857 * 7)[chosen], [7.3256573, 3.5198114, 0.4190901], rtol=5e-5)
    np.testing.assert_allclose(MODEL.discounted_beyond(p, h, 0.0, weekly)[chosen], [0.46765602, 0.22469806, 0.02675392], rtol=5e-5)
    assert MODEL.expected_purchases(p, h, 207.142857 * 7).sum() == pytest.approx(1455.5, abs=0.1)


@settings(max_examples=40, derandomize=True, deadline=None)
@given(parameters("r", "alpha", "s", "beta"), any_histories())
def test_likelihood_gradient_and_chances_are_always_finite(p, h):
    assert np.isfinite(MODEL.log_likelihood(p, h)).all()
    value, gradient = MODEL.score(p, MODEL.prepare(h, 7.0))
    assert np.isfinite(value)
    assert np.isfinite(gradient).all()
    alive = MODEL.p_alive(p, h.frequency, h.recency, h.T)
    assert ((alive >= 0) & (alive <= 1)).all()


@settings(max_examples=20, derandomize=True, deadline=None)
@given(parameters("r", "alpha", "s", "beta", decades=4), any_histories(), st.floats(0, 10_000), st.floats(0, 0.5))
def test_forecasts_are_always_finite_and_ordered(p, h, days, rate):
    forecast = MODEL.forecast(p, h, Horizons(days, days, rate))
    for values in (forecast.expected_purchases, forecast.discounted_purchases, forecast.usual_gap):
        assert np.isfinite(values).all()
        assert (values >= 0).all()
    assert (forecast.discounted_purchases <= forecast.expected_purchases * (1 + 1e-7) + 1e-300).all()


@settings(max_examples=10, derandomize=True, deadline=None)
@given(any_histories())
def test_a_fit_is_never_nan_and_never_raises(h):
    fit = MODEL.fit(h)
    assert np.isfinite([fit.log_likelihood, *fit.parameters.values()]).all()
    assert all(error is None or 0 < error < np.inf for error in fit.standard_errors.values())

from __future__ import annotations

import mpmath as mp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from kundenwert.models._statement import Outcome
from kundenwert.models.purchases import _alive
from kundenwert.models.purchases.bg_nbd import BgNbd
from kundenwert.records import Histories, Horizons

MODEL = BgNbd()
# The estimates as printed in Fader, Hardie & Lee 2005.
PAPER = {"r": 0.243, "alpha": 4.414, "a": 0.793, "b": 2.426}


def histories(frequency, recency, T, count=None):
    x = np.array(frequency, dtype=np.int64)
    n = np.ones_like(x) if count is None else np.array(count, dtype=np.int64)
    return Histories(x, np.array(recency, dtype=np.float64), np.array(T, dtype=np.float64), n)


def test_cdnow_estimates_and_likelihood_are_those_published(cdnow):
    fit = MODEL.fit(cdnow)
    assert fit.outcome is Outcome.CONVERGED
    assert fit.customers == 2357
    assert fit.log_likelihood == pytest.approx(-9582.4292, abs=5e-5)
    assert list(fit.parameters.values()) == pytest.approx([0.2425945, 4.4136019, 0.7929199, 2.4258881], rel=2e-5)
    assert all(error > 0 for error in fit.standard_errors.values())


def test_cdnow_total_of_the_39_weeks_after_is_the_one_known(cdnow):
    forecast = MODEL.fit(cdnow).forecast_histories(cdnow, Horizons(273.0, 1826.0, 0.1))
    assert forecast.expected_purchases @ cdnow.count == pytest.approx(1653.4, abs=0.05)


def test_published_probabilities_of_n_purchases():
    known = [0.0019995214, 0.0015170236, 0.0011633150, 0.0009003148, 0.0007023638]
    known += [0.0005517902, 0.0004361913, 0.0003467171, 0.0002769613, 0.0002222260]
    np.testing.assert_allclose(MODEL.mass(PAPER, np.arange(11, 21), 30.0), known, rtol=1e-6)
    assert MODEL.mass(PAPER, np.array([10]), 2.0)[0] == pytest.approx(1.07869e-07, rel=1e-5)
    assert MODEL.mass(PAPER, np.array([0]), 39.0)[0] == pytest.approx(0.5737864, rel=1e-7)


def test_published_expectation_of_a_new_customer(cdnow):
    p = MODEL.fit(cdnow).parameters
    t = np.array([0.1429, 1, 3, 31.8571, 32, 78])
    found = MODEL.unconditional_purchases(p, t)
    np.testing.assert_allclose(found[:5], [0.0078, 0.0532, 0.1506, 1.0405, 1.0437], atol=6e-5)
    # The sheet used estimates of fewer digits, which at 78 weeks shows in the fourth digit (eq. (9) at ours: 1.85796).
    assert found[5] == pytest.approx(1.8576, abs=5e-4)
    assert found[5] == pytest.approx(exact_expected(p, 0, 0.0, 78.0), rel=1e-11)


def test_published_conditional_expectation_and_probability_alive():
    h = histories([2, 0], [30.43, 0], [38.86, 38.86])
    np.testing.assert_allclose(MODEL.expected_purchases(PAPER, h, 39.0), [1.2260282, 0.1950981], atol=5e-8)
    np.testing.assert_allclose(MODEL.p_alive(PAPER, h.frequency, h.recency, h.T), [0.7265786, 1.0], atol=5e-8)


def test_published_log_likelihood_of_one_customer():
    p = {"r": 0.25, "alpha": 4.0, "a": 0.80, "b": 2.50}
    found = MODEL.log_likelihood(p, histories([0, 200], [0, 38], [40, 40]), unit_days=1.0)
    np.testing.assert_allclose(found, [-0.59947382, 100.7957], atol=5e-5)


def exact_expected(p, x, T, t):
    """FHL eq. (10) without the factor P(alive), in many digits."""
    with mp.workdps(60):
        r, alpha, a, b, T, t = (mp.mpf(float(v)) for v in (p["r"], p["alpha"], p["a"], p["b"], T, t))
        a += mp.mpf(10) ** -25 if a == 1 else 0
        scale = alpha + T
        top = mp.hyp2f1(r + x, b + x, a + b + x - 1, t / (scale + t), maxterms=10**5)
        return float((a + b + x - 1) / (a - 1) * (1 - (scale / (scale + t)) ** (r + x) * top))


@pytest.mark.parametrize(
    "p",
    [
        PAPER,
        PAPER | {"a": 1.0},
        {"r": 0.05, "alpha": 0.3, "a": 0.1, "b": 0.2},
        {"r": 3.0, "alpha": 5_000.0, "a": 12.0, "b": 40.0},
        {"r": 0.5, "alpha": 8.0, "a": 3e-4, "b": 0.01},
    ],
)
@pytest.mark.parametrize(("x", "T", "t"), [(0, 0.0, 5.0), (0, 40.0, 1_000.0), (1, 3.0, 1e-2), (7, 52.0, 52.0), (300, 100.0, 40.0)])
def test_expected_purchases_agree_with_the_hypergeometric_formula(p, x, T, t):
    kinds = _alive.Kinds(a=p["a"], b=np.array([p["b"] + x]), shape=np.array([p["r"] + x]))
    found = _alive.expected(kinds, np.zeros(1, dtype=np.intp), np.array([p["alpha"] + T]), np.array([t]))[0]
    assert found == pytest.approx(exact_expected(p, x, T, t), rel=1e-10)


@pytest.mark.parametrize(("x", "t"), [(0, 5.0), (3, 500.0), (10_000, 1_000.0)])
def test_expected_purchases_hold_where_almost_nobody_leaves(x, t):
    """The optimum of Online Retail: a .0017, b 640,000. The series in t / scale is exact to 1e-20 long before it diverges."""
    p = {"r": 1.2, "alpha": 30.0, "a": 0.0017, "b": 640_000.0}
    kinds = _alive.Kinds(a=p["a"], b=np.array([p["b"] + x]), shape=np.array([p["r"] + x]))
    found = _alive.expected(kinds, np.zeros(1, dtype=np.intp), np.array([400.0]), np.array([t]))[0]
    with mp.workdps(40):
        shape, a, all_in, y = mp.mpf(p["r"]) + x, mp.mpf(p["a"]), mp.mpf(p["a"]) + p["b"] + x, mp.mpf(t) / 400
        terms = [mp.rf(shape, k) * mp.rf(a, k - 1) / mp.rf(all_in, k - 1) * -((-y) ** k) / mp.factorial(k) for k in range(1, 60)]
        assert abs(terms[-1]) < 1e-20
        assert found == pytest.approx(float(sum(terms)), rel=1e-10)


@pytest.mark.parametrize("x", [0, 1, 10_000])
def test_the_singular_point_a_equal_one_is_its_limit(x):
    h = histories([x], [30.0 if x else 0.0], [40.0])
    at, left, right = (MODEL.expected_purchases(PAPER | {"a": a}, h, 39.0)[0] for a in (1.0, 1 - 1e-6, 1 + 1e-6))
    assert at == pytest.approx(0.5 * (left + right), rel=1e-10)


def exact_discounted(p, x, T, span, force):
    with mp.workdps(25):
        scale, shape = mp.mpf(p["alpha"] + T), mp.mpf(p["r"] + x)
        a, b = mp.mpf(p["a"]), mp.mpf(p["b"] + x)

        def rate(s):
            y = s / scale
            top = mp.hyp2f1(a + b - shape - 1, a, a + b, y / (1 + y), maxterms=10**6)
            return mp.exp(-force * s) * shape / scale * (1 + y) ** -a * top

        return float(mp.quad(rate, [mp.mpf(v) for v in span]))


@pytest.mark.parametrize("force", [0.0, 0.0002609])
@pytest.mark.parametrize(("x", "T"), [(0, 10.0), (2, 270.0), (12, 700.0)])
@pytest.mark.parametrize("p", [PAPER | {"alpha": 31.0}, {"r": 2.0, "alpha": 3.0, "a": 0.0017, "b": 6.4}])
def test_discounted_purchases_agree_with_the_integral(p, x, T, force):
    kinds = _alive.Kinds(a=p["a"], b=np.array([p["b"] + x]), shape=np.array([p["r"] + x]))
    one = np.zeros(1, dtype=np.intp), np.array([p["alpha"] + T])
    near = exact_discounted(p, x, T, np.linspace(0, 1826, 5), force)
    assert _alive.discounted(kinds, *one, (0.0, 1826.0), force)[0] == pytest.approx(near, rel=1e-10)
    if force:
        far = exact_discounted(p, x, T, 1826 + np.linspace(0, 60, 13) / force, force)
        assert _alive.discounted(kinds, *one, (1826.0, 1826.0 + 60 / force), force)[0] == pytest.approx(far, rel=1e-10)


def test_interpolation_along_ages_changes_nothing():
    T = np.tile(np.arange(0.0, 1_000.0), 4)
    h = histories(np.repeat([0, 1, 5, 60], 1_000), np.zeros(4_000), T)
    p = PAPER | {"alpha": 31.0}
    many = MODEL.expected_purchases(p, h, 365.0)
    some = slice(0, None, 97)
    few = histories(h.frequency[some], h.recency[some], h.T[some])
    np.testing.assert_allclose(many[some], MODEL.expected_purchases(p, few, 365.0), rtol=1e-11)
    a, b = (MODEL.discounted_beyond(p, each, 1826.0, 0.1) for each in (h, few))
    np.testing.assert_allclose(a[some], b, rtol=1e-11)


def test_the_conditional_expectation_equals_what_simulated_customers_do():
    """Customers with the same history after 200 days: what they buy in the next 300, told by simulating both."""
    p, rng, n = {"r": 0.8, "alpha": 40.0, "a": 0.9, "b": 2.5}, np.random.default_rng(11), 400_000
    rate, leave = rng.gamma(p["r"], 1 / p["alpha"], n), rng.geometric(rng.beta(p["a"], p["b"], n))
    early, late = rng.poisson(rate * 200), rng.poisson(rate * 300)
    x, y = np.minimum(early, leave), np.minimum(late, np.maximum(leave - early, 0))
    recency = np.where(x > 0, 200 * rng.beta(np.maximum(x, 1), early - x + 1), 0.0)
    expected = MODEL.expected_purchases(p, histories(x, recency, np.full(n, 200.0)), 300.0)
    for group in (x == 0, x == 1, (x == 3) & (recency < 80), (x == 3) & (recency > 150), x > 6):
        assert abs(y[group].mean() - expected[group].mean()) < 4 * y[group].std() / np.sqrt(group.sum())


def test_nine_of_ten_gaps_are_shorter_than_the_usual_gap():
    rng = np.random.default_rng(2)
    gaps = rng.exponential(1 / rng.gamma(PAPER["r"] + 3, 1 / (PAPER["alpha"] + 20.0), 200_000))
    usual = MODEL.usual_gap(PAPER, np.array([3]), np.array([20.0]))[0]
    assert (gaps < usual).mean() == pytest.approx(0.9, abs=0.003)


def test_one_time_buyers_only_is_too_little():
    fit = MODEL.fit(histories([0, 0], [0, 0], [100, 300], [40, 60]))
    assert fit.outcome is Outcome.TOO_LITTLE_DATA
    assert "no customer bought a second time" in fit.sentence
    assert np.isfinite(fit.forecast_histories(histories([0], [0], [100]), Horizons(365.0, 1826.0, 0.1)).expected_purchases).all()


def test_equal_chances_to_leave_leave_only_their_mean_known():
    p, rng = {"r": 2.0, "alpha": 30.0, "a": 400.0, "b": 1_600.0}, np.random.default_rng(2)
    fit = MODEL.fit(MODEL.simulate(p, np.tile(np.arange(300.0, 700.0), 5), rng=rng, unit_days=1.0))
    assert fit.outcome is Outcome.FLAT_DIRECTION
    assert "a/(a+b) = 0.1988" in fit.sentence
    assert fit.standard_errors["a"] is None
    assert fit.standard_errors["b"] is None
    assert fit.standard_errors["r"] > 0
    assert "not defined" in str(fit.summary())
    assert fit.or_raise() is fit


def test_nobody_leaving_is_a_limit_not_a_failure():
    rng = np.random.default_rng(1)
    T = np.tile(np.arange(200.0, 700.0), 4)
    x = rng.poisson(rng.gamma(2, 0.02, len(T)) * T)
    fit = MODEL.fit(histories(x, np.where(x > 0, T * rng.beta(np.maximum(x, 1), 1), 0), T), unit_days=1.0)
    assert fit.outcome is Outcome.AT_LIMIT
    assert fit.standard_errors["a"] is None
    assert fit.parameters["r"] == pytest.approx(2, rel=0.2)
    assert fit.or_raise() is fit


def test_customers_who_never_came_back_are_alive_and_the_rest_less_so_the_longer_ago():
    alive = MODEL.p_alive(PAPER, np.array([0, 3, 3, 3]), np.array([0.0, 38.0, 20.0, 1.0]), np.full(4, 39.0))
    assert alive[0] == 1
    assert np.all(np.diff(alive) < 0)


any_parameters = st.fixed_dictionaries({k: st.floats(-9, 9).map(lambda v: float(10**v)) for k in ("r", "alpha", "a", "b")})


@st.composite
def any_histories(draw):
    n = draw(st.integers(1, 12))
    x = draw(arrays.arrays(np.int64, n, elements=st.integers(0, 10_000)))
    T = draw(arrays.arrays(np.float64, n, elements=st.floats(0, 70_000)))
    share = draw(arrays.arrays(np.float64, n, elements=st.floats(0, 1)))
    return Histories(x, np.where(x > 0, share * T, 0.0), T, draw(arrays.arrays(np.int64, n, elements=st.integers(1, 10**7))))


@settings(max_examples=60, derandomize=True)
@given(any_parameters, any_histories())
def test_likelihood_gradient_and_chances_are_always_finite(p, h):
    assert np.isfinite(MODEL.log_likelihood(p, h)).all()
    value, gradient = MODEL.score(p, MODEL.prepare(h, 7.0))
    assert np.isfinite(value)
    assert np.isfinite(gradient).all()
    alive = MODEL.p_alive(p, h.frequency, h.recency, h.T)
    assert ((alive >= 0) & (alive <= 1)).all()


@settings(max_examples=12, derandomize=True)
@given(
    st.fixed_dictionaries({k: st.floats(-3, 3).map(lambda v: float(10**v)) for k in ("r", "alpha", "a", "b")}),
    any_histories(),
    st.floats(0, 10_000),
    st.floats(0, 0.5),
)
def test_forecasts_are_always_finite_and_ordered(p, h, days, rate):
    forecast = MODEL.forecast(p, h, Horizons(days, days, rate))
    for values in (forecast.expected_purchases, forecast.discounted_purchases, forecast.usual_gap):
        assert np.isfinite(values).all()
        assert (values >= 0).all()
    assert (forecast.discounted_purchases <= forecast.expected_purchases * (1 + 1e-7) + 1e-300).all()


@settings(max_examples=15, derandomize=True)
@given(any_histories())
def test_a_fit_is_never_nan_and_never_raises(h):
    fit = MODEL.fit(h)
    assert np.isfinite(fit.log_likelihood)
    assert np.isfinite(list(fit.parameters.values())).all()
    assert all(error is None or 0 < error < np.inf for error in fit.standard_errors.values())

"""What every model must do, whatever it models: one test, all members."""

from __future__ import annotations

import dataclasses
import json

import numpy as np
import pytest

from kundenwert import registry
from kundenwert.errors import CallError, DataError, FitError, UnreadableInput
from kundenwert.models._fitted import Fitted
from kundenwert.models._statement import Outcome
from kundenwert.records import Horizons

PURCHASES = [("purchases", name) for name in registry.names("models.purchases")]
SPEND = [("spend", name) for name in registry.names("models.spend")]
ALL = pytest.mark.parametrize(("family", "name"), PURCHASES + SPEND)
BUYING = pytest.mark.parametrize(("family", "name"), PURCHASES)
HORIZONS = Horizons(365.0, 1826.0, 0.10)


def load(family, name):
    return registry.load(f"models.{family}", name)()


def example(model, seed=7):
    p, span = model.example()
    return p, model.simulate(p, span, rng=np.random.default_rng(seed))


def changed(record, **columns):
    return dataclasses.replace(record, **columns)


def repeated(record, times):
    return type(record)(*(np.tile(getattr(record, f.name), times) for f in dataclasses.fields(record)))


@ALL
def test_finds_its_own_parameters(family, name):
    model = load(family, name)
    p, histories = example(model)
    fit = model.fit(histories).or_raise()
    assert fit.outcome is Outcome.CONVERGED
    for k, value in p.items():
        assert abs(np.log(fit.parameters[k] / value)) < 4 * fit.standard_errors[k] / fit.parameters[k], k


@ALL
def test_the_gradient_equals_differences(family, name):
    model = load(family, name)
    p, histories = example(model)
    data = model.prepare(histories, 7.0)
    gradient = model.score(p, data)[1]
    for k, slope in zip(p, gradient, strict=True):
        h = 1e-5 * p[k]
        ahead, behind = (model.score(p | {k: p[k] + s * h}, data)[0] for s in (1, -1))
        assert slope == pytest.approx((ahead - behind) / (2 * h), rel=1e-6, abs=1e-4 * np.abs(gradient).max()), k


@ALL
def test_the_score_is_the_sum_of_the_log_likelihoods(family, name):
    model = load(family, name)
    p, histories = example(model)
    total = model.score(p, model.prepare(histories, 7.0))[0]
    assert total == pytest.approx(model.log_likelihood(p, histories) @ histories.count, rel=1e-11)


@ALL
def test_counts_equal_repeated_rows(family, name):
    model = load(family, name)
    _, histories = example(model)
    counted, rows = model.fit(changed(histories, count=3 * histories.count)), model.fit(repeated(histories, 3))
    assert counted.customers == rows.customers
    assert counted.log_likelihood == pytest.approx(rows.log_likelihood, rel=1e-10)
    assert list(counted.parameters.values()) == pytest.approx(list(rows.parameters.values()), rel=1e-4)


@BUYING
@pytest.mark.parametrize("scale", [1e-6, 1e6])
def test_the_unit_of_time_changes_nothing_but_units(family, name, scale):
    model = load(family, name)
    _, histories = example(model)
    weeks, other = model.fit(histories), model.fit(histories, unit_days=7.0 * scale)
    for k in model.parameters:
        assert other.parameters[k.name] == pytest.approx(weeks.parameters[k.name] * scale**-k.time, rel=1e-5)
    a, b = (f.forecast_histories(histories, HORIZONS).expected_purchases for f in (weeks, other))
    np.testing.assert_allclose(a, b, rtol=1e-5)


@pytest.mark.parametrize(("family", "name"), SPEND)
@pytest.mark.parametrize("scale", [1e-9, 1e9])
def test_the_currency_changes_nothing_but_units(family, name, scale):
    model = load(family, name)
    _, h = example(model)
    euro, other = model.fit(h), model.fit(changed(h, mean=scale * h.mean))
    assert other.outcome is Outcome.CONVERGED
    a, b = (model.expected_spend(f.parameters, h.spend_days, s * h.mean) / s for f, s in ((euro, 1.0), (other, scale)))
    np.testing.assert_allclose(a, b, rtol=1e-6)


@BUYING
@pytest.mark.parametrize("t", [0.0, 1e-3, 26.0])
def test_masses_sum_to_one(family, name, t):
    model = load(family, name)
    p, _ = model.example()
    masses = model.mass(p, np.arange(3_000), t)
    assert np.all(masses >= 0)
    assert masses.sum() == pytest.approx(1.0, abs=1e-10)


@BUYING
def test_the_expectation_is_the_mean_of_the_masses(family, name):
    model = load(family, name)
    p, _ = model.example()
    n = np.arange(3_000)
    assert model.unconditional_purchases(p, np.array([26.0]))[0] == pytest.approx(n @ model.mass(p, n, 26.0), rel=1e-9)


@BUYING
def test_the_expectation_equals_the_simulated_mean(family, name):
    model = load(family, name)
    p, _ = model.example()
    h = model.simulate(p, np.full(200_000, 182.0), rng=np.random.default_rng(5))
    n = getattr(h, "frequency", None) if hasattr(h, "frequency") else h.purchases
    assert abs(n.mean() - model.unconditional_purchases(p, np.array([26.0]))[0]) < 4 * n.std() / np.sqrt(len(n))


@BUYING
def test_a_forecast_has_one_finite_entry_a_history(family, name):
    model = load(family, name)
    _, histories = example(model)
    forecast = model.fit(histories).forecast_histories(histories, HORIZONS)
    for field in dataclasses.fields(forecast):
        values = getattr(forecast, field.name)
        assert values is None or (len(values) == len(histories.count) and np.isfinite(values).all()), field.name


@BUYING
def test_no_horizon_no_purchases(family, name):
    model = load(family, name)
    _, histories = example(model)
    forecast = model.fit(histories).forecast_histories(histories, Horizons(0.0, 0.0, 0.1))
    assert not forecast.expected_purchases.any()
    assert not forecast.discounted_purchases.any()


@BUYING
def test_without_discount_values_are_plain_counts_and_the_endless_future_is_refused(family, name):
    model = load(family, name)
    _, histories = example(model)
    fit = model.fit(histories)
    forecast = fit.forecast_histories(histories, Horizons(365.0, 365.0, 0.0))
    np.testing.assert_allclose(forecast.discounted_purchases, forecast.expected_purchases, rtol=1e-10)
    assert forecast.discounted_beyond is None
    with pytest.raises(CallError, match="without end"):
        model.discounted_beyond(fit.parameters_in_days, histories, 365.0, 0.0)


@BUYING
@pytest.mark.parametrize("horizons", [Horizons(-1.0, 365.0, 0.1), Horizons(365.0, float("inf"), 0.1), Horizons(365.0, 365.0, -1.0)])
def test_an_impossible_horizon_or_rate_is_refused(family, name, horizons):
    model = load(family, name)
    p, histories = example(model)
    with pytest.raises(CallError, match="Expected"):
        model.forecast(p, histories, horizons)


@ALL
def test_each_bad_column_is_named(family, name):
    model = load(family, name)
    _, histories = example(model)
    for field in dataclasses.fields(histories):
        column = getattr(histories, field.name)
        with pytest.raises(DataError, match=field.name):
            model.fit(changed(histories, **{field.name: -1 - column}))
        with pytest.raises(DataError, match="differ in length"):
            model.fit(changed(histories, **{field.name: column[:-1]}))


@ALL
def test_a_fraction_where_counts_belong_and_a_missing_number_are_refused(family, name):
    model = load(family, name)
    _, histories = example(model)
    for field in dataclasses.fields(histories):
        column = getattr(histories, field.name).astype(np.float64)
        if field.name != "count":
            with pytest.raises(DataError, match=field.name):
                model.fit(changed(histories, **{field.name: np.where(np.arange(len(column)) == 3, np.nan, column)}))


@ALL
def test_no_customers_is_an_outcome_not_an_exception(family, name):
    model = load(family, name)
    _, histories = example(model)
    none = type(histories)(*(getattr(histories, f.name)[:0] for f in dataclasses.fields(histories)))
    fit = model.fit(none)
    assert fit.outcome is Outcome.TOO_LITTLE_DATA
    assert all(np.isfinite(v) for v in fit.parameters.values())
    with pytest.raises(FitError, match="too few observations"):
        fit.or_raise()


@ALL
def test_a_fit_survives_saving_and_loading(family, name):
    model = load(family, name)
    _, histories = example(model)
    fit = model.fit(histories)
    text = fit.to_json()
    assert Fitted.from_json(text) == fit
    assert len(text) < 2_000


@ALL
@pytest.mark.parametrize("change", [{"version": 99}, {"format": "other"}, {"outcome": "SOMEHOW"}, {"model": "unheard_of"}])
def test_what_is_not_a_saved_fit_is_refused(family, name, change):
    model = load(family, name)
    _, histories = example(model)
    content = json.loads(model.fit(histories).to_json()) | change
    with pytest.raises(UnreadableInput, match="not a saved fit"):
        Fitted.from_json(json.dumps(content))


@ALL
def test_a_fit_takes_a_base_and_prints_what_it_found(family, name):
    model = load(family, name)
    _, histories = example(model)
    base = type("Base", (), {model.needs: histories})()
    fit = model.fit(base)
    assert fit == model.fit(histories)
    assert all(k.name in str(fit.summary()) for k in model.parameters)
    card = fit.card()
    assert (card.family, card.name, card.parameters, card.outcome) == (family, name, fit.parameters, "converged")
    assert fit.bic > fit.aic
    with pytest.raises(CallError, match=model.needs):
        model.fit(object())


@ALL
def test_too_few_steps_are_said(family, name):
    model = load(family, name)
    _, histories = example(model)
    fit = model.fit(histories, max_steps=1)
    assert fit.outcome is Outcome.OUT_OF_STEPS
    assert all(np.isfinite(v) for v in fit.parameters.values())


@ALL
def test_an_even_sample_keeps_the_count_and_the_fit_of_many_starts_on_one(family, name, monkeypatch):
    model = load(family, name)
    _, histories = example(model)
    whole = model.fit(histories)
    assert model.sample(histories, 500).count.sum() == 500
    monkeypatch.setattr("kundenwert.models._base._TRIAL", 200)
    monkeypatch.setattr("kundenwert.models._base._SAMPLE", 300)
    staged = model.fit(histories)
    assert staged.outcome is Outcome.CONVERGED
    assert staged.log_likelihood == pytest.approx(whole.log_likelihood, rel=1e-12)
    assert list(staged.parameters.values()) == pytest.approx(list(whole.parameters.values()), rel=1e-4)
    assert list(staged.standard_errors.values()) == pytest.approx(list(whole.standard_errors.values()), rel=1e-3)


@ALL
def test_a_fit_of_the_other_kind_is_refused(family, name):
    model = load(family, name)
    _, histories = example(model)
    fit = model.fit(histories)
    with pytest.raises(CallError, match="Expected: a fit of a model"):
        fit.forecast_histories(histories, HORIZONS) if family == "spend" else fit.coefficients()


@ALL
def test_forecast_hands_itself_to_the_base(family, name):
    model = load(family, name)
    _, histories = example(model)
    fit = model.fit(histories)

    class Base:
        def forecast(self, given, **horizons):
            return given, horizons

    assert fit.forecast(Base(), horizon="39w") == (fit, {"horizon": "39w", "value_horizon": "5y", "discount_rate": 0.10})

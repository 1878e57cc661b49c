"""Purchase models inside scikit-learn's tools."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import GridSearchCV, cross_val_score

import kundenwert as kw
from kundenwert.errors import CallError, DataError, FitError
from kundenwert.models.purchases.bg_nbd import BgNbd
from kundenwert.records import Histories, Horizons
from kundenwert.sklearn import PurchaseRegressor

TRUE = {"r": 0.6, "alpha": 8.0, "a": 0.8, "b": 2.5}  # in days
HORIZON = 182


@pytest.fixture(scope="module")
def shop() -> tuple[pd.DataFrame, np.ndarray]:
    """Simulated customers seen for half a year to a year, and their purchases of the half year after."""
    rng = np.random.default_rng(3)
    age = rng.integers(180, 360, 1_500)
    seen, came = [], []
    for days in age:
        rate, leaves = rng.gamma(TRUE["r"], 1 / TRUE["alpha"]), rng.beta(TRUE["a"], TRUE["b"])
        day, bought, later, last = 0.0, 0, 0, 0.0
        while (day := day + rng.exponential(1 / rate)) < days + HORIZON:
            bought, later, last = (bought + 1, later, day) if day < days else (bought, later + 1, last)
            if rng.random() < leaves:
                break
        seen.append((bought, round(last), int(days)))
        came.append(later)
    return pd.DataFrame(seen, columns=["frequency", "recency", "T"]).assign(customer_id="x"), np.array(came)


def test_it_predicts_what_the_model_itself_expects(shop) -> None:
    X, _ = shop
    found = PurchaseRegressor(BgNbd(), horizon="26w").fit(X)
    one = np.ones(len(X), dtype=np.int64)
    histories = Histories(X["frequency"].to_numpy(), X["recency"].to_numpy(float), X["T"].to_numpy(float), one)
    fit = BgNbd().fit(histories)
    assert found.fitted_.parameters == pytest.approx(fit.parameters, rel=1e-6)
    expected = fit.forecast_histories(histories, Horizons(182.0, 182.0, 0.0)).expected_purchases
    np.testing.assert_allclose(found.predict(X), expected, rtol=1e-5)


def test_a_frame_in_any_order_and_an_array_give_the_same(shop) -> None:
    X, _ = shop
    found = PurchaseRegressor().fit(X)
    turned = X[["T", "customer_id", "recency", "frequency"]]
    table = X[["frequency", "recency", "T"]].to_numpy()
    np.testing.assert_array_equal(found.predict(turned), found.predict(X))
    np.testing.assert_array_equal(PurchaseRegressor().fit(table).predict(table), found.predict(X))


def test_a_clone_has_the_settings_and_no_fit(shop) -> None:
    found = PurchaseRegressor("mbg_nbd", horizon="8w", penalty=0.1)
    again = clone(found)
    assert again.get_params() == {"model": "mbg_nbd", "horizon": "8w", "prior": None, "penalty": 0.1}
    with pytest.raises(NotFittedError):
        again.predict(shop[0])


def test_grid_search_finds_models_and_refits_the_best(shop) -> None:
    X, y = shop
    search = GridSearchCV(PurchaseRegressor(horizon="26w"), {"model": ["bg_nbd", "nbd"]}, cv=3, scoring="neg_root_mean_squared_error")
    search.fit(X, y)
    assert search.best_params_ == {"model": "bg_nbd"}
    assert search.best_estimator_.fitted_.model.name == "bg_nbd"


def test_prior_and_penalty_reach_the_fit(shop) -> None:
    X, _ = shop
    plain = PurchaseRegressor().fit(X).fitted_.parameters
    held = PurchaseRegressor(penalty=0.1).fit(X).fitted_.parameters
    pulled = PurchaseRegressor(prior="weak").fit(X[:100]).fitted_.parameters
    assert held != pytest.approx(plain, rel=1e-3)
    assert pulled != pytest.approx(PurchaseRegressor().fit(X[:100]).fitted_.parameters, rel=1e-3)


def test_the_score_is_r2_and_above_that_of_the_mean(shop) -> None:
    X, y = shop
    scores = cross_val_score(PurchaseRegressor(horizon="26w"), X, y, cv=3)
    assert scores.min() > 0.1
    assert scores.max() < 1


@pytest.mark.parametrize(
    ("table", "told"),
    [
        (pd.DataFrame({"frequency": [1], "recency": [3]}), "no column T"),
        (np.ones((3, 2)), "shape"),
        (np.array([[1.5, 3.0, 9.0]]), "not whole"),
        (np.array([[1.0, np.nan, 9.0]]), "missing"),
        (np.array([[-1.0, 3.0, 9.0]]), "below 0"),
        (np.array([[1.0, 30.0, 9.0]]), "recency"),
    ],
)
def test_a_wrong_table_is_told_with_what_was_expected(table, told: str) -> None:
    with pytest.raises(DataError, match=told):
        PurchaseRegressor().fit(table)


def test_a_wrong_model_or_horizon_is_a_wrong_call(shop) -> None:
    X, _ = shop
    with pytest.raises(CallError, match="Did you mean 'bg_nbd'"):
        PurchaseRegressor("bg_ndb").fit(X)
    with pytest.raises(CallError, match="does not learn from frequency"):
        PurchaseRegressor("recent_rate").fit(X)
    with pytest.raises(CallError, match="Horizon 'soon'"):
        PurchaseRegressor(horizon="soon").fit(X)


def test_a_fit_that_cannot_be_used_is_no_estimator() -> None:
    with pytest.raises(FitError, match="too few"):
        PurchaseRegressor().fit(np.array([[0.0, 0.0, 9.0]] * 5))


def test_the_library_leads_there_and_says_what_is_missing() -> None:
    assert kw.sklearn.PurchaseRegressor is PurchaseRegressor
    without = "import sys; sys.modules['sklearn'] = None; import kundenwert as kw; kw.sklearn"
    told = subprocess.run([sys.executable, "-c", without], capture_output=True, text=True, check=False).stderr
    assert "kundenwert.sklearn needs scikit-learn. Install it" in told

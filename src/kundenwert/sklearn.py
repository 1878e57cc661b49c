"""Purchase models as an estimator of scikit-learn, for its grid search and cross-validation. Needs scikit-learn, which is optional.

>>> from kundenwert.sklearn import PurchaseRegressor  # doctest: +SKIP
>>> GridSearchCV(PurchaseRegressor(horizon="39w"), {"model": ["bg_nbd", "pareto_nbd"]}).fit(X, y)  # doctest: +SKIP
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, final

import numpy as np

from kundenwert import registry
from kundenwert.errors import CallError, DataError, Problem
from kundenwert.models._fitted import Fitted
from kundenwert.records import Histories, Horizons
from kundenwert.settings import Duration
from kundenwert.stats import distinct

try:
    from sklearn.base import BaseEstimator, RegressorMixin
    from sklearn.utils.validation import check_is_fitted
except ImportError as err:
    raise ImportError("kundenwert.sklearn needs scikit-learn. Install it: pip install scikit-learn") from err

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

COLUMNS: Final = ("frequency", "recency", "T")
# There is no calendar in X: months and years have their mean length.
_DAYS: Final = {"d": 1.0, "w": 7.0, "m": 365.25 / 12, "y": 365.25}


@final
class PurchaseRegressor(RegressorMixin, BaseEstimator):  # type: ignore[misc]
    """Expected purchases of each customer over a horizon, by a purchase model fitted to histories.

    X: one row a customer, a DataFrame with the columns frequency, recency and T (days; further columns are left alone), or an array
    with these three in this order. y: purchases that came in the horizon. The model learns from X alone, as at the as-of day y is not
    known; y serves `score`, which is R2 as of any regressor of scikit-learn.

    model: a purchase model or its name. horizon: such as "39w" or "365d"; a month counts 30.4375 days. prior, penalty: as in the
    model's `fit`. After fitting, `fitted_` is the fit itself, with parameters, standard errors and outcome.
    """

    def __init__(self, model: Any = "bg_nbd", *, horizon: str = "39w", prior: Any = None, penalty: float = 0.0) -> None:
        self.model = model
        self.horizon = horizon
        self.prior = prior
        self.penalty = penalty

    def fit(self, X: Any, y: Any = None) -> PurchaseRegressor:
        """Fits the model to the histories in X; y is not used. Raises FitError where no forecast can be made from the fit."""
        model = registry.load("models.purchases", self.model)() if isinstance(self.model, str) else self.model
        if getattr(model, "needs", "") != "histories":
            raise CallError(f"{self.model!r} does not learn from frequency, recency and T. Expected: bg_nbd, mbg_nbd, nbd or pareto_nbd.")
        _days(self.horizon)
        more = {name: value for name, value in (("prior", self.prior), ("penalty", self.penalty)) if value}
        self.fitted_: Fitted = model.fit(_histories(X)[0], **more).or_raise()
        self.n_features_in_ = len(COLUMNS)
        return self

    def predict(self, X: Any) -> Floats:
        """Expected purchases of each row in the horizon, shape (n,)."""
        check_is_fitted(self)
        histories, row = _histories(X)
        days = _days(self.horizon)
        expected: Floats = self.fitted_.forecast_histories(histories, Horizons(days, days, 0.0)).expected_purchases
        return expected[row]


def _days(horizon: str) -> float:
    try:
        span = Duration.parse(horizon)
    except ValueError as err:
        raise CallError(f"Horizon {horizon!r}. Expected: {err}.") from None
    return span.count * _DAYS[span.unit]


def _histories(X: Any) -> tuple[Histories, NDArray[np.intp]]:
    """The distinct histories with their counts, and which of them each row is."""
    frequency, recency, age = _columns(X)
    (first, pair), third = _pairs(frequency, recency), distinct.codes(age)
    code, ages, row = distinct.pairs(pair, third[1])
    count = np.bincount(row, minlength=len(code)).astype(np.int64)
    values = first[0][code], first[1][code]
    return Histories(values[0].astype(np.int64), values[1], third[0][ages], count), row


def _pairs(first: Floats, second: Floats) -> tuple[tuple[Floats, Floats], NDArray[np.intp]]:
    (x, which), (t, when) = distinct.codes(first), distinct.codes(second)
    one, other, row = distinct.pairs(which, when)
    return (x[one], t[other]), row


def _columns(X: Any) -> list[Floats]:
    """The three columns as numbers. Raises DataError for columns that are missing or hold anything else."""
    named = getattr(X, "columns", None)
    if named is not None:
        missing = [name for name in COLUMNS if name not in list(named)]
        if missing:
            raise _wrong(f"X has no column {', '.join(missing)}.")
        found = [np.asarray(X[name], dtype=np.float64) for name in COLUMNS]
    else:
        table = np.asarray(X, dtype=np.float64)
        if table.ndim != 2 or table.shape[1] != len(COLUMNS):
            raise _wrong(f"X has the shape {table.shape}.")
        found = list(table.T)
    whole = found[0] == np.floor(found[0])
    if not all(np.isfinite(column).all() for column in found) or not whole.all() or any((column < 0).any() for column in found):
        raise _wrong("X holds values that are missing, below 0 or, in frequency, not whole.")
    return found


def _wrong(came: str) -> DataError:
    expected = "a DataFrame with the columns frequency, recency and T, or an array of these three, one row a customer, times in days."
    return DataError(Problem(came, expected, "take the columns of `base.customers`, without customers whose frequency is missing."))

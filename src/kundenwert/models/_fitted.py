"""A fitted model: parameters, standard errors, how the fit ended; forecasts, draws, summary, saving and loading."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, final

import numpy as np
from numpy.typing import NDArray

from kundenwert import registry
from kundenwert.errors import CallError, FitError, Problem, UnreadableInput
from kundenwert.models._prior import Chosen
from kundenwert.models._statement import Outcome
from kundenwert.records import ModelCard

if TYPE_CHECKING:
    from kundenwert.models._posterior import Draws

Floats = NDArray[np.float64]

_FORMAT: Final = "kundenwert.fitted"
_FORMAT_VERSION: Final = 1
_SAVED: Final = ("unit_days", "parameters", "standard_errors", "log_likelihood", "sentence", "customers", "histories")


@dataclass(frozen=True)
class Memory:
    """What the data say of the parameters, kept with a fit for draws from the posterior.

    data: prepared histories, all of them or an even part of the customers; times: how many customers each of the part stands for.
    typical: the data's typical time (in the unit) and amount. point: where gradient and Hessian of the log-likelihood of all data were
    taken, in the optimiser's coordinates; None where they were not.
    """

    data: Any
    times: float
    typical: tuple[float, float]
    point: Floats
    gradient: Floats | None
    hessian: Floats | None


@dataclass(frozen=True)
class Summary:
    """A fit as a table: rows of parameter, estimate and standard error (None: not defined), and a heading."""

    heading: tuple[str, ...]
    rows: tuple[tuple[str, float, float | None], ...]

    def __str__(self) -> str:
        shown = [(name, value, "not defined" if error is None else f"{error:.4g}") for name, value, error in self.rows]
        lines = [f"{name:<10}{value:>16.7g}{error:>16}" for name, value, error in shown]
        return "\n".join([*self.heading, f"{'parameter':<10}{'estimate':>16}{'standard error':>16}", *lines])


@final
@dataclass(frozen=True)
class Fitted:
    """A fitted model: parameters in the unit of `unit_days` days, standard errors (None: not defined), and how the fit ended."""

    model: Any
    unit_days: float
    parameters: dict[str, float]
    standard_errors: dict[str, float | None]
    log_likelihood: float
    outcome: Outcome
    sentence: str
    customers: int
    histories: int
    memory: Memory | None = field(default=None, repr=False, compare=False)
    # Draws under the weak prior by number and seed: several figures of a run rest on the same ones. A changed copy begins without.
    known_draws: dict[tuple[int, int], Any] = field(default_factory=dict, init=False, repr=False, compare=False)

    def or_raise(self) -> Fitted:
        """This fit if forecasts can be made from it; raises FitError with the sentence of the outcome if not."""
        if not self.outcome.is_usable:
            raise FitError(f"{self.model.name}: {self.sentence}")
        return self

    @property
    def aic(self) -> float:
        """Akaike's criterion, 2 k - 2 ln L. Compare only fits of one family to the same histories."""
        return 2 * len(self.parameters) - 2 * self.log_likelihood

    @property
    def bic(self) -> float:
        """Schwarz's criterion, k ln n - 2 ln L, n the customers. Compare only fits of one family to the same histories."""
        return len(self.parameters) * math.log(max(self.customers, 1)) - 2 * self.log_likelihood

    @property
    def unit(self) -> str:
        """The unit of time in words; empty for spend."""
        if self.model.family == "spend":
            return ""
        return {1.0: "day", 7.0: "week", 365.25: "year"}.get(self.unit_days, f"{self.unit_days:g} days")

    @property
    def parameters_in_days(self) -> dict[str, float]:
        """The parameters with the day as unit of time."""
        return {k.name: self.parameters[k.name] * self.unit_days**k.time for k in self.model.parameters}

    def forecast(self, base: Any, horizon: str = "12m", value_horizon: str = "5y", discount_rate: float = 0.10, **more: Any) -> Any:
        """One row a customer of the base; horizons like "39w", "12m", "5y"; discount_rate a year, effective. more: `spend`, a spend fit,
        for revenue; `levels` of the intervals, such as (0.5, 0.9); see `CustomerBase.forecast`.
        """
        return base.forecast(self, horizon=horizon, value_horizon=value_horizon, discount_rate=discount_rate, **more)

    def forecast_histories(self, histories: Any, horizons: Any) -> Any:
        """What a purchase model says of each history; a PurchaseForecast. Raises CallError for a spend model."""
        if self.model.family != "purchases":
            raise CallError(f"{self.model.name} forecasts no purchases. Expected: a fit of a model in models.purchases.")
        return self.model.forecast(self.parameters_in_days, histories, horizons)

    def coefficients(self) -> dict[str, float]:
        """What an engine needs to compute the expected spend of a customer. Raises CallError for a purchase model."""
        if self.model.family != "spend":
            raise CallError(f"{self.model.name} forecasts no spend. Expected: a fit of a model in models.spend.")
        found: dict[str, float] = self.model.coefficients(self.parameters)
        return found

    def draws(self, n: int = 4000, *, seed: int = 0, base: Any = None, prior: Chosen = "weak") -> Draws:
        """n weighted draws of the parameters from the posterior of prior and likelihood; the same ones for the same seed.

        base: the histories; only for a fit that was loaded, which has none. prior: "weak", a Prior, or None for the likelihood alone.
        Raises CallError without histories, and for prior=None where the data leave a direction flat: nothing would hold the draws.
        """
        from kundenwert.models import _posterior

        return _posterior.draws(self, n, seed=seed, base=base, prior=prior)

    def drawn(self, n: int, *, seed: int = 0) -> tuple[Fitted, ...]:
        """This fit n times, each with parameters drawn from the posterior under the weak prior, all equally likely; without data."""
        from kundenwert.models import _posterior

        return _posterior.drawn(self, n, seed=seed)

    @property
    def plot(self) -> Any:
        """Charts of this fit by name: `fit.plot.frequency(base)`; `dir(fit.plot)` lists them."""
        return registry.load("flows", "plots")(self)

    def summary(self) -> Summary:
        """The fit as a table that prints well."""
        scale = f", parameters in {self.unit}s" if self.unit else ""
        heading = (
            f"{self.model.name}: {self.customers:,} customers, {self.histories:,} distinct histories{scale}",
            f"log-likelihood {self.log_likelihood:.4f}. {self.sentence}",
        )
        return Summary(heading, tuple((name, value, self.standard_errors[name]) for name, value in self.parameters.items()))

    def card(self) -> ModelCard:
        """What a run keeps of this fit."""
        return ModelCard(
            family=self.model.family,
            name=self.model.name,
            unit=self.unit,
            parameters=dict(self.parameters),
            standard_errors=dict(self.standard_errors),
            log_likelihood=self.log_likelihood,
            customers=self.customers,
            histories=self.histories,
            outcome=self.outcome.name.lower(),
            sentence=self.sentence,
        )

    def to_json(self) -> str:
        """The fit as a small JSON text, without any data of customers."""
        content = {k: getattr(self, k) for k in _SAVED}
        head = {"format": _FORMAT, "version": _FORMAT_VERSION, "family": self.model.family, "model": self.model.name}
        return json.dumps({**head, **content, "outcome": self.outcome.name}, indent=1, allow_nan=False)

    @staticmethod
    def from_json(text: str) -> Fitted:
        """The fit that `to_json` wrote. Raises UnreadableInput if the text is not one, or of a newer version."""
        try:
            content = json.loads(text)
            if content["format"] != _FORMAT or content["version"] > _FORMAT_VERSION:
                raise ValueError(f"format {content['format']!r}, version {content['version']}")
            model = registry.load(f"models.{content['family']}", content["model"])()
            return Fitted(model=model, outcome=Outcome[content["outcome"]], **{k: content[k] for k in _SAVED})
        except (ValueError, KeyError, TypeError) as err:
            expected = f"the JSON text of a fit, format {_FORMAT}, version {_FORMAT_VERSION} or older."
            raise UnreadableInput(Problem(f"This is not a saved fit ({err}).", expected, "save it again with `to_json()`.")) from err

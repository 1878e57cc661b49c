"""What remedies and the fits they give share: the face of a fitted purchase model, so that no caller need know the difference."""

from __future__ import annotations

import json
import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from kundenwert import registry
from kundenwert.errors import FitError, Problem, UnknownName, UnreadableInput
from kundenwert.models._fitted import Fitted, Summary
from kundenwert.models._statement import Outcome
from kundenwert.records import Calendar, Histories, Horizons, ModelCard, PurchaseForecast

Floats = NDArray[np.float64]

FORMAT: Final = "kundenwert.remedied"
FORMAT_VERSION: Final = 1


class PurchaseFit(Protocol):
    """A purchase fit, plain or remedied: what stacking and the callers of remedies rely on."""

    @property
    def model(self) -> Any:
        """Has name, family and needs."""

    @property
    def parameters(self) -> dict[str, float]:
        """In the unit of `unit_days`."""

    def forecast_histories(self, histories: Any, horizons: Any) -> Any:
        """A PurchaseForecast."""

    def to_json(self) -> str:
        """The fit as a JSON text."""

    def card(self) -> ModelCard:
        """What a run keeps of it."""


@dataclass(frozen=True)
class Face:
    """What a remedied fit shows as its model: a name such as "mbg_nbd+season", the family, and the histories it needs."""

    name: str
    family: str = "purchases"
    needs: str = "histories"


Fit = TypeVar("Fit", bound="AbstractRemediedFit")


@dataclass(frozen=True)
class AbstractRemediedFit(ABC):
    """A purchase model fitted with a remedy. Fields as those of a plain fit; log_likelihood is of the same data, in the same unit."""

    model: Face
    unit_days: float
    parameters: dict[str, float]
    standard_errors: dict[str, float | None]
    log_likelihood: float
    outcome: Outcome
    sentence: str
    customers: int
    histories: int

    @abstractmethod
    def forecast_histories(self, histories: Histories, horizons: Horizons) -> PurchaseForecast:
        """What the fit says of each history; see PurchaseForecast."""

    @abstractmethod
    def future_counts(self, histories: Histories, days: float) -> Any:
        """The distribution of purchases in the next `days` of each history, a models.future.FutureCounts."""

    @abstractmethod
    def future_mass(self, histories: Histories, days: float, n_max: int) -> Floats:
        """P(n purchases in the next `days`), n = 0 .. n_max; shape (histories, n_max + 1)."""

    @abstractmethod
    def expected_course(self, histories: Histories, ends: Floats) -> Floats:
        """Expected repeat purchases of all customers until each end, as models.course.expected_course; ends: days from the as-of day."""

    @abstractmethod
    def drawn(self, n: int, *, seed: int = 0) -> Sequence[Any]:
        """n fits of the same kind whose parameters are drawn with equal weights from what the data leave open."""

    @abstractmethod
    def inside(self) -> dict[str, Any]:
        """What the remedy must keep beside the common fields to be read again, ready for JSON."""

    def or_raise(self: Fit) -> Fit:
        """This fit if forecasts can be made from it; raises FitError with the sentence of the outcome if not."""
        if not self.outcome.is_usable:
            raise FitError(f"{self.model.name}: {self.sentence}")
        return self

    @property
    def unit(self) -> str:
        """The unit of time in words."""
        return {1.0: "day", 7.0: "week", 365.25: "year"}.get(self.unit_days, f"{self.unit_days:g} days")

    @property
    def aic(self) -> float:
        """Akaike's criterion, 2 k - 2 ln L. Compare only fits of one family to the same histories."""
        return 2 * len(self.parameters) - 2 * self.log_likelihood

    @property
    def bic(self) -> float:
        """Schwarz's criterion, k ln n - 2 ln L, n the customers. Compare only fits of one family to the same histories."""
        return len(self.parameters) * math.log(max(self.customers, 1)) - 2 * self.log_likelihood

    def forecast(self, base: Any, horizon: str = "12m", value_horizon: str = "5y", discount_rate: float = 0.10, **more: Any) -> Any:
        """One row a customer of the base; horizons like "39w", "12m", "5y"; discount_rate a year, effective. more: `spend`, a spend fit,
        for revenue; `levels` of the intervals, such as (0.5, 0.9).
        """
        return base.forecast(self, horizon=horizon, value_horizon=value_horizon, discount_rate=discount_rate, **more)

    @property
    def plot(self) -> Any:
        """Charts of this fit by name; those that need a plain model's parameters say so."""
        return registry.load("flows", "plots")(self)

    def summary(self) -> Summary:
        """The fit as a table that prints well."""
        heading = (
            f"{self.model.name}: {self.customers:,} customers, {self.histories:,} distinct histories, parameters in {self.unit}s",
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
        """The fit as a small JSON text, without any data of customers; `models.remedies.read_fit` reads it."""
        head = {"format": FORMAT, "version": FORMAT_VERSION, "remedy": self.model.name.rpartition("+")[2], "name": self.model.name}
        common = {k: getattr(self, k) for k in SAVED}
        return json.dumps({**head, **common, "outcome": self.outcome.name, "inside": self.inside()}, indent=1, allow_nan=False)


SAVED: Final = ("unit_days", "parameters", "standard_errors", "log_likelihood", "sentence", "customers", "histories")


class AbstractRemedy(ABC):
    """A known fault of logs that plain purchase models suffer from, and how a fit gets around it. Used only where evidence proves it."""

    @property
    def name(self) -> str:
        """The public name: the name of the file."""
        return type(self).__module__.rpartition(".")[2]

    @abstractmethod
    def applies(self, histories: Histories, calendar: Calendar) -> str:
        """Why the remedy cannot be tried on these data, as a sentence; empty if it can."""

    @abstractmethod
    def fits(self, model: Any) -> bool:
        """Whether the remedy knows how to help this purchase model."""

    @abstractmethod
    def fit(self, model: Any, histories: Histories, calendar: Calendar, unit_days: float = 7.0) -> AbstractRemediedFit:
        """Fit a plain purchase model with the remedy. Raises CallError for a model that `fits` denies. Never NaN: look at `outcome`."""

    @abstractmethod
    def read(self, common: Mapping[str, Any], inside: Mapping[str, Any]) -> AbstractRemediedFit:
        """The fit that was saved: its common fields, and what `inside` kept."""


def read_fit(text: str) -> Any:
    """The fit that `to_json` wrote, plain or remedied. Raises UnreadableInput if the text is neither, or of a newer version."""
    try:
        content = json.loads(text)
        if content["format"] != FORMAT:
            return Fitted.from_json(text)
        if content["version"] > FORMAT_VERSION:
            raise ValueError(f"version {content['version']}")
        common = {k: content[k] for k in SAVED} | {"outcome": Outcome[content["outcome"]], "model": Face(content["name"])}
        return _reader(content["remedy"])(
            {**common, "outcome": Outcome[content["outcome"]], "model": Face(content["name"])}, content["inside"]
        )
    except (ValueError, KeyError, TypeError, UnknownName) as err:
        expected = f"the JSON text of a fit, format {FORMAT}, version {FORMAT_VERSION} or older."
        raise UnreadableInput(Problem(f"This is not a saved fit ({err}).", expected, "save it again with `to_json()`.")) from err


def _reader(remedy: str) -> Callable[[Mapping[str, Any], Mapping[str, Any]], AbstractRemediedFit]:
    if remedy == "stacking":
        from kundenwert.models.remedies import _stacking

        return _stacking.read
    found: AbstractRemedy = registry.load("models.remedies", remedy)()
    return found.read


# A direction with a standard deviation above this, in logs, is flat; draws go no further than the second.
_FLAT: Final = 4.0
_WIDEST: Final = 2.0


def errors_of(names: Sequence[str], values: Floats, bends: Floats) -> dict[str, float | None]:
    """Standard errors by the delta method, None for parameters with a part in a flat direction.

    bends: minus the second derivatives of ln L by the logarithms of the values, shape (k, k).
    """
    heights, axes = np.linalg.eigh(bends)
    known = heights > 1 / _FLAT**2
    lost = np.abs(axes[:, ~known]).max(axis=1, initial=0.0) > 0.1
    spread = values * np.sqrt(((axes[:, known] ** 2) / heights[known]).sum(axis=1))
    return {name: None if gone else error for name, gone, error in zip(names, lost.tolist(), spread.tolist(), strict=True)}


def spread_of(bends: Floats) -> Floats:
    """The covariance of the logarithms for draws: the inverse, no direction wider than a factor of e^2."""
    heights, axes = np.linalg.eigh(bends)
    covariance: Floats = (axes / np.maximum(heights, 1 / _WIDEST**2)) @ axes.T
    return covariance

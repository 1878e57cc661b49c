"""What all models share: a model states its formulas, this file derives fit, standard errors, messages, saving and loading."""

from __future__ import annotations

import json
import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Any, ClassVar, Final, Generic, TypeVar, final

import numpy as np
from numpy.typing import NDArray

from kundenwert import registry
from kundenwert.errors import CallError, DataError, FitError, Problem, UnreadableInput
from kundenwert.models._prior import Chosen, Prior, chosen
from kundenwert.records import ModelCard
from kundenwert.stats.limits import Limit
from kundenwert.stats.maximise import Maximum, Objective, hessian_of, maximise

if TYPE_CHECKING:
    from kundenwert.models._posterior import Draws

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Values = Mapping[str, float]
H = TypeVar("H")
D = TypeVar("D")

# How far, in logs, the optimiser may walk from the data's own scale: e^16 is about 9 million.
_BOX: Final = 16.0
# A direction whose standard error is above this (in logs; e^4 is a factor of 55) is called flat.
_FLAT: Final = 4.0
# A parameter with more than this part in a flat direction has no standard error.
_SHARE: Final = 0.1
# Above this many distinct histories the search starts on a sample of so many customers.
_SAMPLE: Final = 50_000
_TRIAL: Final = 3_000
# Above this many distinct histories a part of so many customers serves the weights of draws; see `Memory`.
_WHOLE: Final = 100_000
_PART: Final = 4_000
_FORMAT: Final = "kundenwert.fitted"
_FORMAT_VERSION: Final = 1


@dataclass(frozen=True)
class Parameter:
    """A parameter of a model: its name, the values it may take, where the search starts, and its unit.

    time, money: the power of the unit of time or money it carries; the start is in units of the data's typical time or amount.
    """

    name: str
    limit: Limit
    start: float
    time: int = 0
    money: int = 0


@dataclass(frozen=True)
class Ridge:
    """Two parameters that may be known only together: what is known, as text and as a function of the two."""

    first: str
    second: str
    combination: str
    value: Callable[[float, float], float]


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


class Outcome(Enum):
    """How a fit ended. The sentence is for people; {places} are filled by `Fitted.sentence`."""

    CONVERGED = "The optimum was found."
    FLAT_DIRECTION = (
        "The data determine {combination} = {value:.4g} but not {names} separately: forecasts can be used, "
        "these parameters and their standard errors cannot."
    )
    AT_LIMIT = (
        "The likelihood keeps rising towards a limit of {names}: the data show no trace of what it stands for. "
        "Forecasts can be used; standard errors of {names} are not defined."
    )
    MEAN_NOT_FINITE = (
        "The spread of spend between customers is so wide that its mean is not finite (q = {q:.4g}, at most 1): "
        "the median takes its place, and customers are shrunk towards it."
    )
    TOO_LITTLE_DATA = "There are too few observations for this model: {reason} Use a simpler rule, or more data."
    OUT_OF_STEPS = "The optimiser used all its steps; raise `max_steps` or use a coarser grain of purchases."

    @property
    def is_usable(self) -> bool:
        """May forecasts be made from such a fit?"""
        return self not in (Outcome.TOO_LITTLE_DATA, Outcome.OUT_OF_STEPS)


class AbstractModel(ABC, Generic[H, D]):
    """A model states parameters, log-likelihood with exact gradient, simulation and an example; the rest is derived here.

    H is the record of histories, D what the model prepares from it once for a fit (distinct values and where they stand).
    """

    parameters: ClassVar[tuple[Parameter, ...]]
    needs: ClassVar[str]
    """The attribute of a customer base that holds the histories this model sees."""
    ridges: ClassVar[tuple[Ridge, ...]] = ()
    """Pairs of parameters that may be known only together."""

    @property
    def name(self) -> str:
        """The public name: the name of the file."""
        return type(self).__module__.rpartition(".")[2]

    @property
    def family(self) -> str:
        """The room the model stands in: purchases, spend, retention."""
        return type(self).__module__.split(".")[-2]

    @abstractmethod
    def prepare(self, histories: H, unit_days: float) -> D:
        """Check the histories and gather what stays the same at each step of a fit. Raises DataError that names the column."""

    @abstractmethod
    def score(self, p: Values, data: D) -> tuple[float, Floats]:
        """The total log-likelihood and its gradient in the parameters, shape (parameters,)."""

    @abstractmethod
    def log_likelihood(self, p: Values, histories: H, unit_days: float = 7.0) -> Floats:
        """The log-likelihood of one customer with each history; parameters in the unit, shape (n,)."""

    @abstractmethod
    def typical(self, histories: H, unit_days: float) -> tuple[float, float]:
        """The data's typical time (in the unit) and typical amount: the scale on which the search starts."""

    @abstractmethod
    def too_little(self, histories: H) -> str:
        """Why the histories cannot carry this model, as a sentence; empty if they can."""

    @abstractmethod
    def sample(self, histories: H, customers: int) -> H:
        """About so many customers, drawn evenly and without chance; the counts add up to `customers`."""

    @abstractmethod
    def simulate(self, p: Values, span: Floats, *, rng: np.random.Generator, unit_days: float = 7.0) -> H:
        """One simulated customer for each span (days observed, or spend days); counts are 1. Parameters in the unit."""

    @abstractmethod
    def example(self) -> tuple[dict[str, float], Floats]:
        """Parameters (in weeks) and spans in days from which a simulation makes histories good for tests and docs."""

    def log_prior(self, p: Values) -> tuple[float, Floats]:
        """The log prior density and its gradient in the parameters; flat unless a model says otherwise (then the fit is MAP)."""
        return 0.0, np.zeros(len(self.parameters))

    def without_data(self, histories: H, unit_days: float) -> dict[str, float]:
        """Finite parameters for histories that cannot carry a fit: the starting values on the data's own scale."""
        return {k.name: float(v) for k, v in zip(self.parameters, self._start(histories, unit_days), strict=True)}

    def judge(self, p: Values, outcome: Outcome) -> Outcome:
        """A last word of the model on its own parameters; the outcome as it is unless a model says otherwise."""
        return outcome

    def fit(self, base: Any, unit_days: float = 7.0, *, max_steps: int = 200, prior: Chosen = None, penalty: float = 0.0) -> Fitted:
        """Fit by maximum likelihood, or to the mode of the posterior if there is a prior.

        base: the histories, or anything that has them as attribute `needs`. unit_days: the unit of time of the parameters
        and of log_likelihood, 7 for weeks. prior: None, "weak" (see `models._prior.WEAK`) or a Prior; with one, few data are no
        obstacle. penalty: at least 0; takes customers x penalty x sum of (ln parameter - ln start)^2 off the log-likelihood, where
        start is the starting value on the data's own scale (so units do not matter). log_likelihood is always that of the data alone.
        Never NaN, never an exception for valid histories: look at `outcome`, or call `or_raise()`. Raises DataError for histories
        that are not valid, CallError if `base` has none or an option is not possible.
        """
        histories = self._histories(base)
        belief = chosen(prior, self.parameters)
        if not 0 <= penalty < math.inf:
            raise CallError(f"penalty is {penalty}. Expected: a finite number, at least 0.")
        data = self.prepare(histories, unit_days)
        reason = self.too_little(histories)
        if reason and (belief is None or not len(histories.count)):  # type: ignore[attr-defined]
            return self._unfitted(histories, data, unit_days, reason)
        held = _Held(belief, penalty, self.typical(histories, unit_days), self._line(self._start(histories, unit_days)))
        best = self._search(histories, data, unit_days, max_steps, held)
        return self._fitted(histories, data, unit_days, best, held)

    def _histories(self, base: Any) -> H:
        histories: H = getattr(base, self.needs, base)
        if not hasattr(histories, "count"):
            raise CallError(f"{type(base).__name__} has no {self.needs}. Expected: a customer base or its {self.needs}.")
        return histories

    def _search(self, histories: H, data: D, unit_days: float, max_steps: int, held: _Held) -> Maximum:
        """From several starts on few customers, on from the best on more, and a few steps with the same Hessian on all."""
        start = held.start
        lower, upper = start - _BOX, start + _BOX
        count = histories.count  # type: ignore[attr-defined]
        size, customers = len(count), float(np.sum(count))
        if size > _TRIAL:
            trial = self._objective(self.prepare(self.sample(histories, _TRIAL), unit_days), held, _TRIAL, _TRIAL / customers)
            start = _best([maximise(trial, s, max_steps=max_steps, gain=1e-3, lower=lower, upper=upper) for s in _around(start)]).point
            starts = [start]
        else:
            starts = _around(start)
        second = None
        if size > _SAMPLE:
            part = self._objective(self.prepare(self.sample(histories, _SAMPLE), unit_days), held, _SAMPLE, _SAMPLE / customers)
            found = maximise(part, start, max_steps=max_steps, gain=1e-6, lower=lower, upper=upper)
            starts = [found.point]
            if np.linalg.eigvalsh(found.hessian).max() < 0:
                second = found.hessian * (customers / _SAMPLE)
        objective = self._objective(data, held, customers)
        best = _best([maximise(objective, s, max_steps=max_steps, hessian=second, lower=lower, upper=upper) for s in starts])
        if second is None:
            return best
        final = hessian_of(objective, best.point, lower=lower, upper=upper)
        return Maximum(best.point, best.value, best.gradient, final, best.steps, best.converged)

    def _start(self, histories: H, unit_days: float) -> Floats:
        time, money = self.typical(histories, unit_days)
        return np.array([k.start * time**k.time * money**k.money for k in self.parameters])

    def _objective(self, data: D, held: _Held, customers: float, part: float = 1.0) -> Objective:
        """Of so many customers, who are this part of all: the prior counts in the same part, so that the maximum stays where it is."""

        def objective(line: Floats) -> tuple[float, Floats]:
            p = self._values(line)
            likelihood, slope = self.score(p, data)
            more, pull = self._held(line, p, held, customers / part)
            return likelihood + part * more, slope * self._slopes(p) + part * pull

        return objective

    def _held(self, line: Floats, p: Values, held: _Held, customers: float) -> tuple[float, Floats]:
        """What is added to the log-likelihood, and its gradient in the optimiser's coordinates."""
        value, slope = self.log_prior(p)
        away = line - held.start
        pull = slope * self._slopes(p) - 2 * customers * held.penalty * away
        value -= customers * held.penalty * float(away @ away)
        if held.prior is None:
            return value, pull
        density, push = held.prior.density({name: np.array([one]) for name, one in p.items()}, *held.typical)
        # The prior's gradient is in ln parameter.
        return value + float(density[0]), pull + push[0] * self._slopes(p) / np.array(list(p.values()))

    def _values(self, line: Floats) -> dict[str, float]:
        """Parameters from a point on the optimiser's line."""
        return {k.name: k.limit.to_value(v) for k, v in zip(self.parameters, line.tolist(), strict=True)}

    def _line(self, values: Floats) -> Floats:
        return np.array([k.limit.to_line(v) for k, v in zip(self.parameters, values.tolist(), strict=True)])

    def _slopes(self, p: Values) -> Floats:
        return np.array([k.limit.slope(p[k.name]) for k in self.parameters])

    def _unfitted(self, histories: H, data: D, unit_days: float, reason: str) -> Fitted:
        p = self.without_data(histories, unit_days)
        none: dict[str, float | None] = dict.fromkeys(p)
        likelihood = self.score(p, data)[0]
        kept = self._memory(histories, data, unit_days, self._line(np.array(list(p.values()))), None)
        outcome = self.judge(p, Outcome.TOO_LITTLE_DATA)
        return self._result(histories, unit_days, p, none, likelihood, outcome, {"reason": reason}, kept)

    def _fitted(self, histories: H, data: D, unit_days: float, best: Maximum, held: _Held) -> Fitted:
        p, customers = self._values(best.point), float(np.sum(histories.count))  # type: ignore[attr-defined]
        more, pull = self._held(best.point, p, held, customers)
        if held.is_flat:
            alone = best.hessian
        else:
            lower, upper = held.start - _BOX, held.start + _BOX
            # Whether data determine a parameter is asked of the data alone.
            alone = best.hessian - hessian_of(
                lambda line: self._held(line, self._values(line), held, customers), best.point, lower=lower, upper=upper
            )
        errors, loose = _errors(p, self._slopes(p), best.hessian, alone)
        outcome, facts = self._diagnose(p, best, loose, np.abs(best.point - held.start) > _BOX - 1e-6)
        kept = self._memory(histories, data, unit_days, best.point, (best.gradient - pull, alone))
        return self._result(histories, unit_days, p, errors, best.value - more, self.judge(p, outcome), facts, kept)

    def _memory(self, histories: H, data: D, unit_days: float, point: Floats, slopes: tuple[Floats, Floats] | None) -> Memory:
        """What draws from the posterior need of the data, small however many histories there are."""
        count = histories.count  # type: ignore[attr-defined]
        kept, times = data, 1.0
        if slopes is not None and len(count) > _WHOLE:
            kept, times = self.prepare(self.sample(histories, _PART), unit_days), float(np.sum(count)) / _PART
        gradient, hessian = slopes if slopes is not None else (None, None)
        return Memory(kept, times, self.typical(histories, unit_days), point, gradient, hessian)

    def memory(self, base: Any, p: Values, unit_days: float) -> Memory:
        """What the data say around parameters p, in the unit: for draws from a fit that was loaded without its data."""
        histories = self._histories(base)
        data, point = self.prepare(histories, unit_days), self._line(np.array(list(p.values())))
        if len(histories.count) <= _WHOLE:  # type: ignore[attr-defined]
            return self._memory(histories, data, unit_days, point, None)
        flat = self._objective(data, _Held(None, 0.0, (1.0, 1.0), point), 1.0)
        second = hessian_of(flat, point, lower=point - _BOX, upper=point + _BOX)
        return self._memory(histories, data, unit_days, point, (flat(point)[1], second))

    def _diagnose(self, p: Values, best: Maximum, loose: Floats, on_box: NDArray[np.bool_]) -> tuple[Outcome, dict[str, Any]]:
        names = [k.name for k in self.parameters]
        unknown = (np.abs(loose).max(axis=0, initial=0.0) > _SHARE) | on_box
        weak = [name for name, lost in zip(names, unknown.tolist(), strict=True) if lost]
        if not best.converged:
            return Outcome.OUT_OF_STEPS, {}
        if not weak:
            return Outcome.CONVERGED, {}
        for ridge in self.ridges:
            i, j = names.index(ridge.first), names.index(ridge.second)
            # Both grow together: what they make together stays, their size is unknown.
            if len(loose) == 1 and loose[0, i] * loose[0, j] > 0.3 and set(weak) == {ridge.first, ridge.second}:
                value = ridge.value(p[ridge.first], p[ridge.second])
                return Outcome.FLAT_DIRECTION, {
                    "combination": ridge.combination,
                    "value": value,
                    "names": f"{ridge.first} and {ridge.second}",
                }
        return Outcome.AT_LIMIT, {"names": ", ".join(weak)}

    def _result(
        self,
        histories: H,
        unit_days: float,
        p: dict[str, float],
        errors: dict[str, float | None],
        likelihood: float,
        outcome: Outcome,
        facts: dict[str, Any],
        kept: Memory,
    ) -> Fitted:
        count = histories.count  # type: ignore[attr-defined]
        return Fitted(
            model=self,
            unit_days=unit_days,
            parameters=p,
            standard_errors=errors,
            log_likelihood=float(likelihood),
            outcome=outcome,
            sentence=outcome.value.format(**{"q": p.get("q", math.nan), **facts}),
            customers=int(count.sum()),
            histories=len(count),
            memory=kept if len(count) else None,
        )


@dataclass(frozen=True)
class _Held:
    """What holds parameters besides the data: prior and penalty, with the typical time and amount and the start they refer to."""

    prior: Prior | None
    penalty: float
    typical: tuple[float, float]
    start: Floats

    @property
    def is_flat(self) -> bool:
        return self.prior is None and self.penalty == 0


def _around(start: Floats) -> list[Floats]:
    """The start itself and two more, lower and higher: a likelihood may have more than one hill."""
    return [start, start - 1.0, start + 1.0]


def _best(found: list[Maximum]) -> Maximum:
    return max(found, key=lambda one: (one.value, one.converged))


def _errors(p: Values, slopes: Floats, hessian: Floats, alone: Floats) -> tuple[dict[str, float | None], Floats]:
    """Standard errors by the delta method, None where not defined; and the flat directions, one a row.

    hessian: of all that was maximised; alone: that of the log-likelihood, which tells what is flat.
    """
    bends, axes = np.linalg.eigh(-alone)
    loose = axes[:, bends < 1 / _FLAT**2].T
    if hessian is not alone:
        bends, axes = np.linalg.eigh(-hessian)
    firm = bends >= 1 / _FLAT**2
    variance = ((axes[:, firm] ** 2) / bends[firm]).sum(axis=1)
    known = np.abs(loose).max(axis=0, initial=0.0) <= _SHARE
    facts = zip(p, slopes.tolist(), variance.tolist(), known.tolist(), strict=True)
    return {name: slope * math.sqrt(v) if ok else None for name, slope, v, ok in facts}, loose


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


_SAVED: Final = ("unit_days", "parameters", "standard_errors", "log_likelihood", "sentence", "customers", "histories")


def check_columns(record: str, columns: Mapping[str, NDArray[Any]], rules: Mapping[str, tuple[NDArray[np.bool_], str]]) -> None:
    """Raise one DataError that lists each column that breaks its rule; rules: column -> (ok by entry, what is expected)."""
    lengths = {name: len(column) for name, column in columns.items()}
    if len(set(lengths.values())) > 1:
        came = f"The columns of {record} differ in length: {lengths}."
        raise DataError(Problem(came, "one entry a history in each column.", "build all columns from the same rows."))
    problems = [
        Problem(f"{record}: column {name} breaks its rule in {int((~ok).sum()):,} rows.", expected, "correct these rows.")
        for name, (ok, expected) in rules.items()
        if not ok.all()
    ]
    if problems:
        raise DataError(*problems)


def even_sample(count: Integers, customers: int) -> tuple[NDArray[np.intp], Integers]:
    """Which entries an even walk through the customers meets, and how often; the new counts add up to `customers`."""
    ends = np.cumsum(count)
    # The middle of each of `customers` equal stretches: the same sample every time, spread over the whole order.
    stops = (np.arange(customers) + 0.5) * (float(ends[-1]) / customers)
    drawn = np.bincount(np.searchsorted(ends, stops, side="right"), minlength=len(count))
    kept = np.flatnonzero(drawn)
    return kept, drawn[kept].astype(np.int64)

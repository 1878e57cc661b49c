"""What all models share: a model states its formulas, this file derives the fit, its standard errors and its message."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, ClassVar, Final, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from kundenwert.errors import CallError
from kundenwert.models._fitted import Fitted, Memory
from kundenwert.models._prior import Chosen, Prior, chosen
from kundenwert.models._statement import Outcome, Parameter, Ridge, Values
from kundenwert.stats.maximise import Maximum, Objective, hessian_of, maximise

Floats = NDArray[np.float64]
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

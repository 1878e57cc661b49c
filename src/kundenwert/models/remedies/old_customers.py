"""Old customers: those who bought before the log began are no new customers when they first show up in it.

The log is a marked Poisson process of two groups. New customers arrive on day d at the rate nu(d), linear over the log, and buy as the
plain model says. Old ones, N of them alive when the log begins, have a purchase process that has been running: with x repeat purchases
after the first one seen they made x + 1 purchases within the log, timed from its beginning. The log-likelihood is

    sum over customers of ln[N L_old(x + 1, t, S) + nu(d) L_new(x, t', T)] - N (1 - P_old(0 in S)) - integral of nu,

S the length of the log. Maximised over N it contains L_old / (1 - P_old(no purchase in the log)) for each old customer: those who stay
away are not seen. Who is old is not known; by Bayes each has a chance to be, which falls with the day of the first purchase. Old customers
have parameters of their own: they are those who stayed. A normal prior on the logarithms of their ratios holds these near the new
customers': with a standard deviation of 1 for leaving, which is what made the groups differ, and of 0.3 for the rate of purchases, as
few late first purchases tell slow old customers from new ones. The flow of new customers at the log's beginning is held near that at
its end in the same way (0.5). All parameters are found together, with exact gradients (Fisher's identity).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, final

import numpy as np
from numpy.typing import NDArray

from kundenwert import registry
from kundenwert.errors import CallError
from kundenwert.models._fitted import Fitted
from kundenwert.models._histories import even_sample
from kundenwert.models._statement import Outcome
from kundenwert.models.course import expected_course
from kundenwert.models.purchases._history import Span
from kundenwert.models.purchases._purchases import Distinct, take
from kundenwert.models.remedies._arrivals import Arrivals
from kundenwert.models.remedies._mixed import mixed_forecast
from kundenwert.models.remedies._remedied import AbstractRemediedFit, AbstractRemedy, Face, errors_of, spread_of
from kundenwert.records import Calendar, Histories, Horizons, PurchaseForecast
from kundenwert.stats import distinct, quadrature, special
from kundenwert.stats.maximise import Maximum, maximise

Floats = NDArray[np.float64]

# Standard deviation, in logs, of old customers' parameters around those of new ones: of the rate, and of leaving.
_APART: Final = {"r": 0.3, "alpha": 0.3}
_APART_LEAVING: Final = 1.0
# That of the flow of new customers at the log's beginning around that at its end: hardly any shop triples its arrivals.
_GROWTH: Final = 0.5
# How far, in logs, the search may walk from its start.
_BOX: Final = 12.0
# The search walks on so many customers; on all it takes the last steps.
_SAMPLE: Final = 3_000
_FLOWS: Final = ("arrivals_first", "arrivals_last")
# Points in time of the course of those seen for the first time.
_NODES: Final = 40


@final
@dataclass(frozen=True)
class OldCustomers(AbstractRemedy):
    """For logs that begin in the middle of a company's life: many first purchases in the first weeks, far fewer later."""

    def applies(self, histories: Histories, calendar: Calendar) -> str:
        """The first eighth of the log must hold far more first purchases than the flow of the later half explains."""
        seen = Arrivals.of(histories, calendar)
        if seen.is_short:
            return "Old customers can be told from new ones only in a log of at least half a year."
        if seen.is_cohort:
            return "Hardly any customers arrive later in the log: old customers cannot be told from new ones."
        return "" if seen.is_crowded else "The log does not open with more first purchases than come later: no trace of older customers."

    def fits(self, model: Any) -> bool:
        """Models with gamma distributed rates in which the living buy as ever: BG/NBD, MBG/NBD, Pareto/NBD, NBD."""
        names = {one.name for one in model.parameters}
        return model.needs == "histories" and names in ({"r", "alpha", "a", "b"}, {"r", "alpha", "s", "beta"}, {"r", "alpha"})

    def fit(self, model: Any, histories: Histories, calendar: Calendar, unit_days: float = 7.0) -> OldCustomersFit:
        """Both groups at once. Where the remedy does not apply, nobody is old and the fit is the plain one."""
        if not self.fits(model):
            raise CallError(f"{model.name} cannot tell old customers. Expected: bg_nbd, mbg_nbd, pareto_nbd or nbd.")
        log = _Log(calendar.log_start, calendar.as_of, unit_days)
        plain = model.fit(histories, unit_days)
        if self.applies(histories, calendar) or not plain.outcome.is_usable:
            return _nobody(plain, log)
        start = _start(plain, histories, Arrivals.of(histories, calendar), log)
        everybody = _Likelihood(model, histories, log, histories.customers)
        if histories.customers <= 2 * _SAMPLE:
            return _found(plain, log, everybody, _search(everybody, start))
        some = _Likelihood(model, take(histories, *even_sample(histories.count, _SAMPLE)), log, histories.customers)
        found = _search(some, start)
        return _found(plain, log, everybody, _search(everybody, found.point, found.hessian / some.scale))

    def read(self, common: Mapping[str, Any], inside: Mapping[str, Any]) -> OldCustomersFit:
        """The fit that was saved."""
        model = registry.load("models.purchases", inside["model"])()
        log = _Log(inside["log_start"], inside["as_of"], common["unit_days"])
        new, old, number, flows = inside["point"]
        point = _Point(new, old, number, (flows[0], flows[1]))
        return OldCustomersFit(**common, plain=model, log=log, point=point, covariance=np.array(inside["covariance"]))


@dataclass(frozen=True)
class _Log:
    """When the log begins and ends (days since 1970-01-01), and the unit of time in days."""

    start: int
    as_of: int
    unit_days: float

    @property
    def days(self) -> float:
        """Its length: purchases on its first day are one day after its beginning."""
        return float(self.as_of - self.start + 1)

    def old(self, h: Histories) -> Histories:
        """The histories as those of old customers: all purchases within the log, timed from its beginning."""
        last = np.clip(self.days - h.T + h.recency, 0.0, self.days)
        return Histories(h.frequency + 1, last, np.full(len(h), self.days), h.count)

    def seen(self, T: Floats) -> Histories:
        """What is known of an old customer on the day of the first purchase seen, T days before the as-of day."""
        first = np.maximum(self.days - T, 0.0)
        one = np.ones(len(T), dtype=np.int64)
        return Histories(one, first, first, one)

    def shape(self, T: Floats) -> Floats:
        """The two flows that make up the arrivals of new customers, falling and rising; shape (2, n)."""
        place = np.clip((self.days - T - 0.5) / self.days, 0.0, 1.0)
        return np.stack((1 - place, place))


@dataclass(frozen=True)
class _Point:
    """Parameters of new and of old customers in the unit, the number of old ones, and the flows of arrivals a unit of time."""

    new: dict[str, float]
    old: dict[str, float]
    number: float
    flows: tuple[float, float]

    @staticmethod
    def of(line: Floats, names: Sequence[str]) -> _Point:
        """From the logarithms in this order: new, old, number, flows."""
        values, k = np.exp(line).tolist(), len(names)
        old = dict(zip(names, values[k : 2 * k], strict=True))
        return _Point(dict(zip(names, values[:k], strict=True)), old, values[2 * k], (values[2 * k + 1], values[2 * k + 2]))

    def line(self) -> Floats:
        """The logarithms, in the order of `of`."""
        return np.log([*self.new.values(), *self.old.values(), self.number, *self.flows])

    def log_flow(self, log: _Log, T: Floats) -> Floats:
        """ln of the rate at which new customers arrive on the day T days before the as-of day."""
        return np.log(np.maximum(np.array(self.flows) @ log.shape(T), 1e-300))

    @property
    def log_number(self) -> float:
        """ln N; minus infinity if nobody is old."""
        return math.log(self.number) if self.number > 0 else -math.inf


def _running(model: Any) -> Any:
    """The model of customers who are alive when the log begins: nobody leaves before the first purchase seen."""
    return registry.load("models.purchases", "bg_nbd")() if model.name == "mbg_nbd" else model


def _odds(model: Any, at: _Point, log: _Log, h: Histories, as_old: Histories) -> tuple[Floats, Floats]:
    """ln of the odds of each history to be old, and ln of the part of the likelihood that it has as a new customer; shape (n,)."""
    new = model.log_likelihood(at.new, h, log.unit_days) + at.log_flow(log, h.T)
    old = _running(model).log_likelihood(at.old, as_old, log.unit_days)
    return at.log_number + old - new, new


class _Weighed:
    """Histories prepared once, to be weighed anew at each step."""

    def __init__(self, model: Any, h: Histories, unit_days: float) -> None:
        self.data: Distinct = model.prepare(h, unit_days)
        _, self.of_x = distinct.codes(h.frequency.astype(np.float64))
        _, of_age = distinct.codes(h.T)
        _, _, self.of_T = distinct.pairs(self.of_x, of_age)
        self.possible = np.ones(len(h), dtype=bool) if len(self.data.open) == len(h) else h.frequency > 0

    def by(self, count: Floats) -> Distinct:
        """The data with these counts; shape (n,)."""
        data = self.data
        sure = distinct.sums(np.where(self.possible, 0.0, count), self.of_T, len(data.T))
        by_T = distinct.sums(count, self.of_T, len(data.T))
        return replace(data, by_x=distinct.sums(count, self.of_x, len(data.x)), by_T=by_T, open=count[self.possible], sure_T=sure)


class _Likelihood:
    """ln L and its gradient by the logarithms of all parameters, of histories that stand for `customers` in all."""

    def __init__(self, model: Any, h: Histories, log: _Log, customers: int) -> None:
        self.model, self.running, self.h, self.log, self.customers = model, _running(model), h, log, customers
        self.names = [one.name for one in model.parameters]
        self.apart = np.array([_APART.get(name, _APART_LEAVING) for name in self.names])
        self.as_old = log.old(h)
        self.count = h.count.astype(np.float64)
        self.scale = float(self.count.sum()) / customers
        self.new_data, self.old_data = _Weighed(model, h, log.unit_days), _Weighed(self.running, self.as_old, log.unit_days)
        self.nothing = Histories(np.zeros(1, dtype=np.int64), np.zeros(1), np.full(1, log.days), np.ones(1, dtype=np.int64))
        self.none_seen = self.running.prepare(self.nothing, log.unit_days)
        self.shape = log.shape(h.T)

    def odds(self, at: _Point) -> tuple[Floats, Floats]:
        """As `_odds`, of the histories of the fit."""
        return _odds(self.model, at, self.log, self.h, self.as_old)

    def __call__(self, line: Floats) -> tuple[float, Floats]:
        """The value and its exact gradient; the prior pulls as hard on a sample as its part of the data."""
        at = _Point.of(line, self.names)
        odds, new = self.odds(at)
        gain, is_old, is_new = special.softplus_and_slopes(odds)
        log_unseen, in_unseen = self.running.score(at.old, self.none_seen)
        seen, length = at.number * -math.expm1(log_unseen), self.log.days / self.log.unit_days
        value = self.count @ (new + gain) - self.scale * (seen + 0.5 * length * sum(at.flows))
        old, rest = self.count * is_old, self.count * is_new
        in_new = self.model.score(at.new, self.new_data.by(rest))[1] * np.array(list(at.new.values()))
        in_old = self.running.score(at.old, self.old_data.by(old))[1] + self.scale * at.number * math.exp(log_unseen) * in_unseen
        flows = np.array(at.flows)
        in_flows = flows * (self.shape @ (rest / np.maximum(flows @ self.shape, 1e-300)) - self.scale * 0.5 * length)
        ratio = np.log(list(at.old.values())) - np.log(list(at.new.values()))
        apart = self.scale * ratio / self.apart**2
        growth = self.scale * math.log(flows[0] / flows[1]) / _GROWTH**2
        value -= 0.5 * (float(ratio @ apart) + _GROWTH**2 / self.scale * growth**2)
        in_flows -= growth * np.array([1.0, -1.0])
        in_old = in_old * np.array(list(at.old.values())) - apart
        return float(value), np.concatenate((in_new + apart, in_old, [old.sum() - self.scale * seen], in_flows))


def _start(plain: Fitted, h: Histories, seen: Arrivals, log: _Log) -> Floats:
    """Both groups as the plain fit, those above the later flow old. Half of the old customers, or more, are taken to be seen."""
    flow = max(seen.expected, 1.0) / seen.early_days * log.unit_days
    number = max(h.customers - flow * log.days / log.unit_days, seen.excess, 1.0)
    return _Point(dict(plain.parameters), dict(plain.parameters), 1.2 * number, (flow, flow)).line()


def _search(likelihood: _Likelihood, start: Floats, hessian: Floats | None = None) -> Maximum:
    return maximise(likelihood, start, lower=start - _BOX, upper=start + _BOX, max_steps=60, gain=1e-6, hessian=hessian)


def _found(plain: Fitted, log: _Log, likelihood: _Likelihood, best: Maximum) -> OldCustomersFit:
    """The fit at the optimum. The likelihood it reports is that of the purchases given the first days, as a plain fit's is."""
    point = _Point.of(best.point, likelihood.names)
    names = [*point.new, *(f"{name}_old" for name in point.old), "old_customers", *_FLOWS]
    values = dict(zip(names, np.exp(best.point).tolist(), strict=True))
    errors = errors_of(names, np.exp(best.point), -best.hessian)
    lost = [name for name in names[:-3] if errors[name] is None]
    outcome = Outcome.OUT_OF_STEPS if not best.converged else Outcome.AT_LIMIT if lost else Outcome.CONVERGED
    return OldCustomersFit(
        model=Face(f"{plain.model.name}+old_customers"),
        unit_days=log.unit_days,
        parameters=values,
        standard_errors=errors,
        log_likelihood=_given_first_days(likelihood, point),
        outcome=outcome,
        sentence=outcome.value.format(names=", ".join(lost)),
        customers=plain.customers,
        histories=plain.histories,
        plain=plain.model,
        log=log,
        point=point,
        covariance=spread_of(-best.hessian),
    )


def _nobody(plain: Fitted, log: _Log) -> OldCustomersFit:
    """The plain fit, with nobody old."""
    k = len(plain.parameters)
    return OldCustomersFit(
        model=Face(f"{plain.model.name}+old_customers"),
        unit_days=plain.unit_days,
        parameters={**plain.parameters, "old_customers": 0.0},
        standard_errors={**plain.standard_errors, "old_customers": None},
        log_likelihood=plain.log_likelihood,
        outcome=plain.outcome,
        sentence=plain.sentence,
        customers=plain.customers,
        histories=plain.histories,
        plain=plain.model,
        log=log,
        point=_Point(dict(plain.parameters), dict(plain.parameters), 0.0, (1.0, 1.0)),
        covariance=np.zeros((2 * k + 3, 2 * k + 3)),
    )


def _given_first_days(likelihood: _Likelihood, at: _Point) -> float:
    """ln of the density of all purchases given the days of the first ones."""
    odds, new = likelihood.odds(at)
    all_of_it = new + special.softplus_and_slope(odds)[0]
    flow = at.log_flow(likelihood.log, likelihood.h.T)
    first = _log_first(likelihood.running, at, likelihood.log, likelihood.h.T)
    return float(likelihood.count @ (all_of_it - np.logaddexp(flow, at.log_number + first)))


def _log_first(running: Any, at: _Point, log: _Log, T: Floats) -> Floats:
    """ln of the density of an old customer's first purchase within the log on the day T days before the as-of day.

    It is the likelihood of one purchase at the very end of the time observed, whether the customer then leaves or not.
    """
    found: Floats = running.log_likelihood(at.old, log.seen(T), log.unit_days)
    return found


@final
@dataclass(frozen=True)
class OldCustomersFit(AbstractRemediedFit):
    """New and old customers, each group with parameters of its own.

    plain: the model of the new. covariance: of the logarithms of all parameters. Outputs are those of both groups, weighted by the chance
    of each history to be old.
    """

    plain: Any
    log: _Log
    point: _Point
    covariance: Floats

    def p_old(self, histories: Histories) -> Floats:
        """The chance of each history to be that of a customer from before the log; shape (n,)."""
        if not self.point.number:
            return np.zeros(len(histories))
        odds, _ = _odds(self.plain, self.point, self.log, histories, self.log.old(histories))
        return special.softplus_and_slope(odds)[1]

    def groups(self) -> tuple[Fitted, Fitted]:
        """New and old customers as plain fits; old ones are timed from the beginning of the log."""
        return self._plain(self.plain, self.point.new), self._plain(_running(self.plain), self.point.old)

    def _plain(self, model: Any, parameters: dict[str, float]) -> Fitted:
        none: dict[str, float | None] = dict.fromkeys(parameters)
        return Fitted(
            model, self.unit_days, parameters, none, self.log_likelihood, self.outcome, self.sentence, self.customers, self.histories
        )

    def forecast_histories(self, histories: Histories, horizons: Horizons) -> PurchaseForecast:
        """The forecasts of both groups, weighted."""
        (new, old), is_old = self.groups(), self.p_old(histories)
        found = new.forecast_histories(histories, horizons)
        if not self.point.number:
            return found  # type: ignore[no-any-return]
        return mixed_forecast((1 - is_old, is_old), (found, old.forecast_histories(self.log.old(histories), horizons)))

    def future_counts(self, histories: Histories, days: float) -> Any:
        """The mixture of both groups."""
        from kundenwert.models import future

        new, old = self.groups()
        if not self.point.number:
            return future.future_counts(new, histories, days)
        is_old = self.p_old(histories)
        members = (future.future_counts(new, histories, days), future.future_counts(old, self.log.old(histories), days))
        return future.FutureCounts.mixture((1 - is_old, is_old), members)

    def future_mass(self, histories: Histories, days: float, n_max: int) -> Floats:
        """The mixture of both groups."""
        from kundenwert.models import future

        new, old = self.groups()
        found = future.future_mass_of(new, histories, days, n_max)
        if not self.point.number:
            return found
        is_old = self.p_old(histories)[:, None]
        return (1 - is_old) * found + is_old * future.future_mass_of(old, self.log.old(histories), days, n_max)

    def expected_course(self, histories: Histories, ends: Floats) -> Floats:
        """Customers known by their first purchase seen are old with a chance that depends on its day. Both groups, weighted."""
        new, old = self.groups()
        if not self.point.number:
            return expected_course(new, histories, ends)
        ages, of_age = distinct.codes(histories.T)
        customers = distinct.sums(histories.count.astype(np.float64), of_age, len(ages))
        first = self.point.log_number + _log_first(old.model, self.point, self.log, ages)
        _, is_old, is_new = special.softplus_and_slopes(first - self.point.log_flow(self.log, ages))
        nothing = np.zeros(len(ages))
        fresh = Histories(nothing.astype(np.int64), nothing, ages, np.maximum(customers * is_new, 1e-300))
        return expected_course(new, fresh, ends) + _course_of_seen(old, self.log.seen(ages), ages, customers * is_old, ends)

    def drawn(self, n: int, *, seed: int = 0) -> Sequence[OldCustomersFit]:
        """Fits whose parameters are drawn from the normal distribution of their logarithms, no wider than a factor of e^2."""
        if not self.point.number:
            return [self] * n
        line, names = self.point.line(), list(self.point.new)
        spread = np.random.default_rng(seed).multivariate_normal(np.zeros(len(line)), self.covariance, size=n, method="eigh")
        return [replace(self, point=_Point.of(line + one, names)) for one in spread]

    def inside(self) -> dict[str, Any]:
        """The model, the log, the point and its covariance."""
        return {
            "model": self.plain.name,
            "log_start": self.log.start,
            "as_of": self.log.as_of,
            "point": [self.point.new, self.point.old, self.point.number, list(self.point.flows)],
            "covariance": self.covariance.tolist(),
        }


def _course_of_seen(old: Fitted, seen: Histories, ages: Floats, customers: Floats, ends: Floats) -> Floats:
    """Expected further purchases, until each end, of old customers seen for the first time `ages` days before the as-of day.

    As a function of time they are analytic in ln(1 + time / scale) for the smallest scale: asked for at Chebyshev points.
    """
    p, model = old.parameters_in_days, old.model
    longest = max(float(ages.max(initial=0.0) + ends.max(initial=0.0)), 0.0)
    scale = min(p[one.name] for one in model.parameters if one.time == 1)
    reach = max(math.log1p(longest / scale), 1e-300)
    spans = [Span(0.0, time, 0.0) for time in (scale * np.expm1(reach * quadrature.chebyshev(_NODES))).tolist()]
    alive = model.p_alive(p, seen.frequency, seen.recency, seen.T)
    values = (customers * alive)[:, None] * np.stack(model.purchases_if_alive(p, seen, spans), axis=1)
    found = np.empty(len(ends))
    for k, end in enumerate(ends.tolist()):
        at = np.minimum(np.log1p(np.maximum(ages + end, 0.0) / scale) / reach, 1.0)
        found[k] = quadrature.interpolate(values, at).sum()
    return found


PLUGIN = OldCustomers

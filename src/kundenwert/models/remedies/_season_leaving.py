"""The season for Pareto/NBD: purchases on the clock of the season, leaving by the calendar."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, final

import numpy as np
from numpy.typing import NDArray

from kundenwert.models._fitted import Fitted
from kundenwert.models._histories import even_sample
from kundenwert.models._statement import Outcome
from kundenwert.models.purchases._history import Span
from kundenwert.models.purchases._purchases import check, check_days, has_end, take
from kundenwert.models.remedies import _leaving
from kundenwert.models.remedies._clock import Clock
from kundenwert.models.remedies._profile import NAMES, Profile
from kundenwert.models.remedies._remedied import AbstractRemediedFit, Face, errors_of, spread_of
from kundenwert.records import Calendar, Histories, Horizons, PurchaseForecast
from kundenwert.stats import discount, distinct
from kundenwert.stats.maximise import maximise

Floats = NDArray[np.float64]

# Above so many customers the parameters are found on an even sample of them; the log-likelihood is that of all.
_SAMPLE: Final = 10_000
_BOX: Final = 16.0


def leaves_by_calendar(model: Any) -> bool:
    """Whether customers of the model leave at any time, not at purchases."""
    return {one.name for one in model.parameters} == {"r", "alpha", "s", "beta"}


def fit_leaving(model: Any, histories: Histories, calendar: Calendar, profile: Profile, first: int, unit_days: float) -> SeasonLeavingFit:
    """Maximum likelihood given the profile, from the fit of the plain model on the clock."""
    check(histories)
    clock = Clock.of(profile.factors, first, calendar.as_of)
    few = take(histories, *even_sample(histories.count, _SAMPLE)) if histories.customers > _SAMPLE else histories
    plain = model.fit(clock.histories(few, calendar.as_of), unit_days)
    start = np.log(list(plain.parameters_in_days.values()))
    names, nodes = list(plain.parameters), _leaving.Nodes.of(few, clock, calendar.as_of)

    def objective(line: Floats) -> tuple[float, Floats]:
        values = np.exp(line)
        value, slope = _leaving.score(dict(zip(names, values.tolist(), strict=True)), few, nodes)
        return value, slope * values

    # The box around the scale of the data, as for the plain fit, also where that fit went to its edge.
    middle = np.log(model.typical(few, 1.0)[0]) * np.array([one.time for one in model.parameters])
    best = maximise(objective, start, lower=middle - _BOX, upper=middle + _BOX)
    bends = -best.hessian * (histories.customers / few.customers)
    errors = errors_of(names, np.exp(best.point), bends)
    lost = [name for name, error in errors.items() if error is None]
    outcome = Outcome.OUT_OF_STEPS if not best.converged else Outcome.AT_LIMIT if lost else Outcome.CONVERGED
    if not plain.outcome.is_usable:
        outcome, sentence, point, errors = plain.outcome, plain.sentence, start, dict.fromkeys(names)
    else:
        sentence, point = outcome.value.format(names=", ".join(lost)), best.point
    in_days = dict(zip(names, np.exp(point).tolist(), strict=True))
    scale = {one.name: unit_days**one.time for one in model.parameters}
    parameters = {name: value / scale[name] for name, value in in_days.items()}
    errors = {name: None if error is None else error / scale[name] for name, error in errors.items()}
    # The density of times in the unit instead of days.
    value = _leaving.total(in_days, histories, clock, calendar.as_of) + float(histories.frequency @ histories.count) * np.log(unit_days)
    base = Fitted(model, unit_days, parameters, errors, value, outcome, sentence, histories.customers, len(histories))
    return SeasonLeavingFit(
        model=Face(f"{model.name}+season"),
        unit_days=unit_days,
        parameters={**parameters, **dict(zip(NAMES, profile.factors.tolist(), strict=True))},
        standard_errors={**errors, **dict(zip(NAMES, profile.errors().tolist(), strict=True))},
        log_likelihood=value + profile.log_rates(calendar),
        outcome=outcome,
        sentence=sentence,
        customers=base.customers,
        histories=base.histories,
        base=base,
        profile=profile,
        spread=spread_of(bends),
        as_of=calendar.as_of,
        first=first,
    )


@final
@dataclass(frozen=True)
class SeasonLeavingFit(AbstractRemediedFit):
    """Pareto/NBD with a season. base: its parameters, as a plain fit; spread: the covariance of their logarithms."""

    base: Fitted
    profile: Profile
    spread: Floats
    as_of: int
    first: int

    @property
    def clock(self) -> Clock:
        """Operational time, 0 at the as-of day."""
        return Clock.of(self.profile.factors, self.first, self.as_of)

    def forecast_histories(self, histories: Histories, horizons: Horizons) -> PurchaseForecast:
        """The rate of those alive times the operational time they stay, discounted in calendar time."""
        check_days("horizon_days", horizons.horizon_days)
        check_days("value_horizon_days", horizons.value_horizon_days)
        check(histories)
        clock, p = self.clock, self.base.parameters_in_days
        on_clock = clock.histories(histories, self.as_of)
        alive = _leaving.p_alive(p, histories, clock, self.as_of)
        force, end = discount.force_per_day(horizons.discount_rate), horizons.value_horizon_days
        ages, of_age = distinct.codes(histories.T)
        rate = alive * (p["r"] + histories.frequency) / (p["alpha"] + on_clock.T)
        near, far = (
            _leaving.time_ahead(p, ages, clock, self.as_of, span) for span in (Span(0.0, horizons.horizon_days, 0.0), Span(0.0, end, force))
        )
        beyond = None
        if has_end(horizons.discount_rate):
            beyond = rate * _leaving.time_beyond(p, ages, clock, self.as_of, Span.endless(end, force))[of_age]
        last = self.as_of - histories.T + histories.recency
        # The gap on the clock, as the plain model says it.
        gap = self.base.model.usual_gap(p, histories.frequency, on_clock.recency)
        return PurchaseForecast(
            p_alive=alive,
            expected_purchases=rate * near[of_age],
            discounted_purchases=rate * far[of_age],
            discounted_beyond=beyond,
            usual_gap=clock.day(clock.at(last) + gap) - last,
        )

    def future_counts(self, histories: Histories, days: float) -> Any:
        """Averaged over the time of leaving; tables shared by all of one (frequency, T)."""
        return _leaving.future_counts(self.base.parameters_in_days, histories, self.clock, self.as_of, days)

    def future_mass(self, histories: Histories, days: float, n_max: int) -> Floats:
        """P(n purchases in the next `days`), averaged over the time of leaving."""
        clock, p = self.clock, self.base.parameters_in_days
        alive = _leaving.p_alive(p, histories, clock, self.as_of)[:, None]
        found = alive * _leaving.future_mass(p, histories.frequency.astype(np.float64), histories.T, clock, self.as_of, days, n_max)
        found[:, :1] += 1 - alive
        return found

    def expected_course(self, histories: Histories, ends: Floats) -> Floats:
        """The mean rate times the operational time that unknown customers stay, by the calendar."""
        return _leaving.course(self.base.parameters_in_days, histories, self.clock, self.as_of, ends)

    def drawn(self, n: int, *, seed: int = 0) -> Sequence[SeasonLeavingFit]:
        """Fits whose profile and parameters are drawn, each on its own; logarithms of parameters from their normal distribution."""
        rng = np.random.default_rng(seed)
        names, point = list(self.base.parameters), np.array(list(self.base.parameters.values()))
        moved = point * np.exp(rng.multivariate_normal(np.zeros(len(point)), self.spread, size=n, method="eigh"))
        bases = [replace(self.base, parameters=dict(zip(names, one.tolist(), strict=True))) for one in moved]
        return [replace(self, base=base, profile=profile) for base, profile in zip(bases, self.profile.drawn(n, rng), strict=True)]

    def inside(self) -> dict[str, Any]:
        """The parameters as a plain fit, the profile, the covariance, the as-of day and the first day."""
        return {
            "base": json.loads(self.base.to_json()),
            "factors": self.profile.factors.tolist(),
            "covariance": self.profile.covariance.tolist(),
            "spread": self.spread.tolist(),
            "as_of": self.as_of,
            "first": self.first,
        }

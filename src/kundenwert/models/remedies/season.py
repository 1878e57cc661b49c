"""Season: purchases follow a profile of twelve months, the same each year. The model runs on a clock that runs as fast as the season.

With rates lambda w(month), purchase times are those of the plain model on the operational time Lambda(day) = sum of w until that day
(time change of a Poisson process: Daley & Vere-Jones 2003, An Introduction to the Theory of Point Processes, section 7.4). The density of
the purchase times in calendar days is that on the clock times the product of w at the purchases, so likelihoods can be compared with
those of the plain model. The factors have a mean of 1 over whole years and hold no trend.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, final

import numpy as np
from numpy.typing import NDArray

from kundenwert import registry
from kundenwert.errors import CallError
from kundenwert.models._fitted import Fitted
from kundenwert.models._histories import even_sample
from kundenwert.models.course import expected_course
from kundenwert.models.purchases._history import Span
from kundenwert.models.purchases._purchases import check_days, has_end, take
from kundenwert.models.remedies._clock import Clock
from kundenwert.models.remedies._profile import NAMES, YEARS, Profile, months_of, profile_of
from kundenwert.models.remedies._remedied import AbstractRemediedFit, AbstractRemedy, Face
from kundenwert.models.remedies._season_leaving import SeasonLeavingFit, fit_leaving, leaves_by_calendar
from kundenwert.records import Calendar, Histories, Horizons, PurchaseForecast
from kundenwert.stats import discount, distinct, quadrature

Floats = NDArray[np.float64]

_ROUNDS: Final = 3
# The profile is found with the model fitted on so many customers; the last fit is on all.
_SAMPLE: Final = 10_000
# Points at which purchases to come are asked for: the error is below a part in a million over decades of reach.
_NODES: Final = 20


@final
@dataclass(frozen=True)
class Season(AbstractRemedy):
    """For logs of at least two years in which some months sell more than others every year."""

    def applies(self, histories: Histories, calendar: Calendar) -> str:
        """Two whole years are needed: in a shorter log a season cannot be told from a change of level."""
        if calendar.as_of - calendar.log_start + 1 < YEARS * 365:
            return "A seasonal profile needs two whole years of log."
        return "" if calendar.repeat_purchases.any() else "A seasonal profile needs repeat purchases."

    def fits(self, model: Any) -> bool:
        """BG/NBD, MBG/NBD and NBD, where all happens at purchases, and Pareto/NBD, whose customers leave by the calendar."""
        names = {one.name for one in model.parameters}
        return model.needs == "histories" and names in ({"r", "alpha", "a", "b"}, {"r", "alpha", "s", "beta"}, {"r", "alpha"})

    def fit(self, model: Any, histories: Histories, calendar: Calendar, unit_days: float = 7.0) -> SeasonFit | SeasonLeavingFit:
        """Profile and model in turn: the profile from what came in each month against what is expected, then the model on the clock."""
        if not self.fits(model):
            raise CallError(f"{model.name} cannot follow a season. Expected: bg_nbd, mbg_nbd, pareto_nbd or nbd.")
        first = int(min(calendar.log_start, calendar.as_of - histories.T.max(initial=0.0)))
        few = take(histories, *even_sample(histories.count, _SAMPLE)) if histories.customers > _SAMPLE else histories
        profile = Profile(np.ones(12), np.zeros((12, 12)))
        quick = registry.load("models.purchases", "mbg_nbd")() if leaves_by_calendar(model) else model
        for _ in range(_ROUNDS if calendar.repeat_purchases.any() else 0):
            clock = Clock.of(profile.factors, first, calendar.as_of)
            found = quick.fit(clock.histories(few, calendar.as_of), unit_days)
            profile = profile_of(calendar, _by_month(found, clock, histories, calendar) / profile.factors[months_of(calendar)])
        if leaves_by_calendar(model):
            return fit_leaving(model, histories, calendar, profile, first, unit_days)
        clock = Clock.of(profile.factors, first, calendar.as_of)
        base = model.fit(clock.histories(histories, calendar.as_of), unit_days)
        return _fit_of(base, profile, calendar.as_of, first, base.log_likelihood + profile.log_rates(calendar))

    def read(self, common: Mapping[str, Any], inside: Mapping[str, Any]) -> SeasonFit | SeasonLeavingFit:
        """The fit that was saved."""
        base = Fitted.from_json(json.dumps(inside["base"]))
        profile = Profile(np.array(inside["factors"]), np.array(inside["covariance"]))
        if "spread" in inside:
            own: dict[str, Any] = {"base": base, "profile": profile, "spread": np.array(inside["spread"])}
            return SeasonLeavingFit(**common, **own, as_of=inside["as_of"], first=inside["first"])
        return _fit_of(base, profile, inside["as_of"], inside["first"], common["log_likelihood"])


@final
@dataclass(frozen=True)
class SeasonFit(AbstractRemediedFit):
    """A plain model fitted on the clock of a season. base: that fit; its times are operational. first: the first day the clock knows."""

    base: Fitted
    profile: Profile
    as_of: int
    first: int

    @property
    def clock(self) -> Clock:
        """Operational time, 0 at the as-of day."""
        return Clock.of(self.profile.factors, self.first, self.as_of)

    def forecast_histories(self, histories: Histories, horizons: Horizons) -> PurchaseForecast:
        """The plain model's forecast on the clock. Discounting stays in calendar time: month by month, evenly within each."""
        check_days("horizon_days", horizons.horizon_days)
        check_days("value_horizon_days", horizons.value_horizon_days)
        clock, model, p = self.clock, self.base.model, self.base.parameters_in_days
        h = clock.histories(histories, self.as_of)
        alive = model.p_alive(p, h.frequency, h.recency, h.T)
        pairs, of_pair = _pairs(h)
        horizon, discounted, beyond = self._if_alive(clock, pairs, horizons)
        last = self.as_of - histories.T + histories.recency
        gap = clock.day(clock.at(last) + model.usual_gap(p, h.frequency, h.recency)) - last
        return PurchaseForecast(
            p_alive=alive,
            expected_purchases=alive * horizon[of_pair],
            discounted_purchases=alive * discounted[of_pair],
            discounted_beyond=None if beyond is None else alive * beyond[of_pair],
            usual_gap=gap,
        )

    def _if_alive(self, clock: Clock, pairs: Histories, horizons: Horizons) -> tuple[Floats, Floats, Floats | None]:
        """Of customers alive today, in operational time: purchases over the horizon, discounted ones, and those beyond."""
        model, p = self.base.model, self.base.parameters_in_days
        force, end = discount.force_per_day(horizons.discount_rate), horizons.value_horizon_days
        times, weights = self._worth(clock, end, force, float(p["alpha"] + pairs.T.min(initial=0.0)))
        spans = [Span(0.0, self._ahead(clock, horizons.horizon_days), 0.0), *(Span(0.0, time, 0.0) for time in times.tolist())]
        horizon, *until = model.purchases_if_alive(p, pairs, spans)
        discounted = np.zeros(len(pairs))
        for weight, purchases in zip(weights.tolist(), until, strict=True):
            discounted += weight * purchases
        if not has_end(horizons.discount_rate):
            return horizon, discounted, None
        later = Span.endless(self._ahead(clock, end), force)
        return horizon, discounted, self._out_of_step(clock, end, force) * model.purchases_if_alive(p, pairs, [later])[0]

    def _worth(self, clock: Clock, end: float, force: float, scale: float) -> tuple[Floats, Floats]:
        """Operational times, and by how much expected purchases until each count in the discounted purchases until `end` days from now.

        By parts, purchases until the end of a month count by how much the discount falls to the next month. As a function of time they
        are analytic in ln(1 + time / scale) and are asked for only at its Chebyshev points; scale: the smallest alpha + T.
        """
        cuts = clock.month_ends(self.as_of, end)
        worth = np.diff([discount.annuity_days(day, force) for day in (cuts - self.as_of).tolist()]) / np.maximum(np.diff(cuts), 1e-300)
        falls = worth - np.append(worth[1:], 0.0)
        until = clock.at(cuts[1:])
        reach = max(float(np.log1p(until[-1] / scale)), 1e-300)
        at = np.minimum(np.log1p(until / scale) / reach, 1.0)
        return scale * np.expm1(reach * quadrature.chebyshev(_NODES)), falls @ quadrature.interpolation_weights(_NODES, at)

    def _ahead(self, clock: Clock, days: float) -> float:
        # The as-of day is time 0 but for rounding.
        return max(float(clock.at(np.array(self.as_of + days))), 0.0)

    def _out_of_step(self, clock: Clock, end: float, force: float) -> float:
        """How much the discount at calendar time differs from that at operational time, on average over the year after `end`.

        So late purchases come almost evenly on the clock, and each year is like this one.
        """
        year = clock.month_ends(int(self.as_of + end), 365.25)
        middle, weight = 0.5 * (clock.at(year[1:]) + clock.at(year[:-1])), np.diff(clock.at(year))
        early = clock.day(middle) - self.as_of - middle
        return float(np.exp(-force * early) @ weight / weight.sum())

    def future_counts(self, histories: Histories, days: float) -> Any:
        """The counts of the plain model over the operational time that the next `days` hold."""
        from kundenwert.models import future

        clock = self.clock
        return future.future_counts(self.base, clock.histories(histories, self.as_of), self._ahead(clock, days))

    def future_mass(self, histories: Histories, days: float, n_max: int) -> Floats:
        """P(n purchases in the next `days`) of the plain model over the operational time that these days hold."""
        from kundenwert.models import future

        clock = self.clock
        return future.future_mass_of(self.base, clock.histories(histories, self.as_of), self._ahead(clock, days), n_max)

    def expected_course(self, histories: Histories, ends: Floats) -> Floats:
        """The plain model's course on the clock: as_of is its time 0, before and after."""
        clock = self.clock
        return expected_course(self.base, clock.histories(histories, self.as_of), clock.at(self.as_of + ends))

    def drawn(self, n: int, *, seed: int = 0) -> Sequence[SeasonFit]:
        """Fits whose profile and parameters are drawn, each on its own: the profile hangs on the months, the rest hardly on them."""
        profiles = self.profile.drawn(n, np.random.default_rng(seed))
        base: Any = self.base
        bases = base.drawn(n, seed=seed)
        return [replace(self, base=base, profile=profile) for base, profile in zip(bases, profiles, strict=True)]

    def inside(self) -> dict[str, Any]:
        """The plain fit, the profile, the as-of day and the first day."""
        return {
            "base": json.loads(self.base.to_json()),
            "factors": self.profile.factors.tolist(),
            "covariance": self.profile.covariance.tolist(),
            "as_of": self.as_of,
            "first": self.first,
        }


def _fit_of(base: Fitted, profile: Profile, as_of: int, first: int, log_likelihood: float) -> SeasonFit:
    """The remedied fit; standard errors of the model are those on the clock, of the factors by the delta method."""
    return SeasonFit(
        model=Face(f"{base.model.name}+season"),
        unit_days=base.unit_days,
        parameters={**base.parameters, **dict(zip(NAMES, profile.factors.tolist(), strict=True))},
        standard_errors={**base.standard_errors, **dict(zip(NAMES, profile.errors().tolist(), strict=True))},
        log_likelihood=log_likelihood,
        outcome=base.outcome,
        sentence=base.sentence,
        customers=base.customers,
        histories=base.histories,
        base=base,
        profile=profile,
        as_of=as_of,
        first=first,
    )


def _by_month(fit: Fitted, clock: Clock, histories: Histories, calendar: Calendar) -> Floats:
    """Repeat purchases that a fit on the clock expects in each month of the log; shape (m,)."""
    ends = np.minimum(calendar.months.astype(np.float64) - 1, calendar.as_of)
    return np.diff(expected_course(fit, clock.histories(histories, calendar.as_of), clock.at(ends)))


def _pairs(h: Histories) -> tuple[Histories, NDArray[np.intp]]:
    """One history for each (frequency, T), and which of them each history is."""
    x, of_x = distinct.codes(h.frequency.astype(np.float64))
    ages, of_age = distinct.codes(h.T)
    kind, age, of_pair = distinct.pairs(of_x, of_age)
    T, frequency = ages[age], x[kind].astype(np.int64)
    return Histories(frequency, np.where(frequency > 0, T, 0.0), T, np.ones(len(T), dtype=np.int64)), of_pair


PLUGIN = Season

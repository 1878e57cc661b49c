"""From forecasts at earlier days to a judgement: which is chosen, how good each was, in purchases and in money, and whether totals held.

Whatever serves one origin (the choice of a forecast, of a way to expect amounts, the width of an interval) is learned from windows that had
ended by that origin.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from kundenwert.models.evidence import money, totals
from kundenwert.models.evidence.choice import Choice, Evidence, choose, compared_at, draws_of
from kundenwert.models.evidence.fitting import log_variance_by_parameters
from kundenwert.models.evidence.made import outcomes_of, scored
from kundenwert.models.evidence.money import Amounts
from kundenwert.models.evidence.totals import LevelError, Total
from kundenwert.records import HeldTotal, MoneyScored, Scored, SpendEvidence
from kundenwert.stats.ranking import Outcomes
from kundenwert.stats.scores import Bootstrap

Floats = NDArray[np.float64]

# What forecasts where nothing is known of how forecasts do (definitions.md, Origins), if it takes part.
_FIRST_GUESS: Final = "mbg_nbd"
# Coverage is reported from so many origins on (definitions.md, Totals).
_LEAST_ORIGINS: Final = 2


@dataclass(frozen=True)
class Judgement:
    """All that follows from the evidence, latest origin first. seed: of the bootstrap. level: what is expected of totals beforehand.

    each: applies a function to each of some things, as `map` does, perhaps several at a time.
    """

    evidence: Sequence[Evidence]
    seed: int
    level: LevelError = field(default_factory=LevelError)
    each: Callable[..., Iterable[Any]] = map

    @cached_property
    def names(self) -> list[str]:
        """The forecasts that are compared, the simplest first."""
        return compared_at(self.evidence)

    @cached_property
    def kinds(self) -> Mapping[str, str]:
        """ "baseline", "model" or "remedy" by name."""
        return {name: made.kind for one in self.evidence for name, made in one.made.items()}

    @cached_property
    def choice(self) -> Choice:
        """By all origins together."""
        return choose(self.evidence, self.names, self.kinds, self._draws)

    @cached_property
    def spend(self) -> SpendEvidence | None:
        """Which purchases tell amounts best, by all origins together; None without money."""
        return money.choose_way(list(self._amounts.values()), self._draws)

    @cached_property
    def pooled(self) -> tuple[Scored, ...]:
        """Each forecast over all origins together."""
        came = outcomes_of([one.known for one in self.evidence])

        def pooled(name: str) -> Scored:
            where = self._where(name)
            own = came if len(where) == len(self.evidence) else outcomes_of([one.known for one in where])
            return scored([(one.known, one.made[name]) for one in where], own, self._pooled_money(name))

        self._prepare()
        return tuple(self.each(pooled, self.names))

    def at(self, one: Evidence) -> tuple[Scored, ...]:
        """Each forecast at one origin."""

        def alone(name: str) -> Scored:
            return scored([(one.known, one.made[name])], one.known.outcomes, self._money(name, one))

        self._prepare()
        return tuple(self.each(alone, list(one.made)))

    def _prepare(self) -> None:
        """What all forecasts share is worked out before several are scored at a time."""
        _ = self._money_levels, self._came, self._came_in_all if self._amounts else None

    @cached_property
    def totals(self) -> tuple[HeldTotal, ...]:
        """Whether the intervals of totals held; empty with one origin."""
        if len(self.evidence) < _LEAST_ORIGINS:
            return ()
        return tuple(total for one in self.evidence for total in self._held(one))

    @cached_property
    def log_errors(self) -> dict[str, tuple[float, ...]]:
        """ln(what came / what was forecast) of the best model's totals at each origin, by measure: the as-of day's width learns from it."""
        if self.choice.best_model is None:
            return {}
        return self._log_errors(self.choice.best_model, self.evidence, way=self.spend.chosen if self.spend else None)

    @cached_property
    def _draws(self) -> Bootstrap:
        return draws_of(self.evidence, self.seed)

    def _where(self, name: str) -> list[Evidence]:
        """The origins where a forecast was made: all of them but for some remedies."""
        return [one for one in self.evidence if name in one.made]

    def _ended(self, one: Evidence) -> list[Evidence]:
        """The origins whose windows had ended by an origin."""
        return [other for other in self.evidence if other.until <= one.origin]

    def _chosen_at(self, one: Evidence) -> str:
        ended = self._ended(one)
        names = [name for name in self.names if name in one.made]
        if ended:
            known = [name for name in names if any(name in other.made for other in ended)]
            return choose(ended, known, self.kinds, self._draws).chosen
        models = [name for name in names if self.kinds[name] == "model"]
        return _FIRST_GUESS if _FIRST_GUESS in models else (models or names)[0]

    @cached_property
    def _amounts(self) -> dict[int, Amounts]:
        return {one.origin: Amounts.of(one.known, one.known.paid) for one in self.evidence if one.known.paid is not None}

    @cached_property
    def _ways(self) -> dict[int, money.Way]:
        """The way to expect amounts that was known to be best at each origin."""
        found = {}
        for one in self.evidence:
            if one.origin in self._amounts:
                evidence = money.choose_way([self._amounts[other.origin] for other in self._ended(one)], self._draws)
                own = self._amounts[one.origin].ways
                wanted = evidence.chosen if evidence else money.WAYS[0]
                found[one.origin] = own.get(wanted, next(iter(own.values())))
        return found

    @cached_property
    def _came(self) -> dict[int, Outcomes]:
        return {one.origin: money.money_that_came([one.known.paid]) for one in self.evidence if one.known.paid is not None}

    @cached_property
    def _came_in_all(self) -> Outcomes:
        return money.money_that_came([one.known.paid for one in self.evidence if one.known.paid is not None])

    def _money(self, name: str, one: Evidence) -> MoneyScored | None:
        paid = one.known.paid
        if paid is None or not len(paid.who):
            return None
        revenue = money.revenue_of(one.made[name], one.known, paid, self._ways[one.origin])
        sums = self._money_levels.get(one.origin) if name == self.choice.best_model else None
        return money.scored_in_money([(revenue, paid)], self._came[one.origin], () if sums is None else money.as_levels(sums))

    def _pooled_money(self, name: str) -> MoneyScored | None:
        parts = [
            (money.revenue_of(one.made[name], one.known, one.known.paid, self._ways[one.origin]), one.known.paid)
            for one in self._where(name)
            if one.known.paid is not None
        ]
        if not sum(len(paid.who) for _, paid in parts):
            return None
        sums = list(self._money_levels.values()) if name == self.choice.best_model else []
        everywhere = len(parts) == len(self._came)
        came = self._came_in_all if everywhere else money.money_that_came([paid for _, paid in parts])
        return money.scored_in_money(parts, came, money.as_levels(np.sum(sums, axis=0)) if sums else ())

    @cached_property
    def _money_levels(self) -> dict[int, Floats]:
        """How intervals of revenue held at each origin: those of the best model, which are the ones that are published."""
        best = self.choice.best_model
        return {
            one.origin: money.levels_of(one.made[best], one.known, one.known.paid, self._ways[one.origin])
            for one in self.evidence
            if best in one.made and one.known.paid is not None and len(one.known.paid.who)
        }

    def _log_errors(self, name: str, origins: Sequence[Evidence], way: str | None = None) -> dict[str, tuple[float, ...]]:
        """way: to expect amounts; without it the one known to be best at each origin."""
        found: dict[str, list[float]] = {}
        for one in (one for one in origins if name in one.made):
            for measure, total in self._totals(name, one, way, with_chance=False).items():
                if total.log_error is not None:
                    found.setdefault(measure, []).append(total.log_error)
        return {measure: tuple(errors) for measure, errors in found.items()}

    def _totals(self, name: str, one: Evidence, way: str | None = None, *, with_chance: bool) -> dict[str, Total]:
        own = self._ways.get(one.origin) if way is None else self._amounts[one.origin].ways.get(way)
        return totals.totals_of(one.made[name], one.known, own, with_chance=with_chance)

    def _held(self, one: Evidence) -> list[HeldTotal]:
        name = self._chosen_at(one)
        errors = self._log_errors(name, self._ended(one))
        parameters = log_variance_by_parameters(self._plain_fit(name, one), one.known)
        return totals.held(one.origin, one.made[name], self._totals(name, one, with_chance=True), errors, self.level, parameters)

    def _plain_fit(self, name: str, one: Evidence) -> Any:
        """The fit of the plain model behind a forecast; of a mixture that of its heaviest member."""
        fit = one.made[name].fit
        if hasattr(fit, "members"):
            heaviest = max(zip(fit.weights, fit.members, strict=True), key=lambda pair: pair[0])[1]
            return self._plain_fit(heaviest.model.name, one)
        return one.made[name.partition("+")[0]].fit

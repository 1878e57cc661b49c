"""Forecasts held against the money that came, and which purchases tell best what the next one brings.

Expected revenue is expected purchases times the expected amount of a purchase, less what reversals take. All ways to expect an amount have
one form: amounts ~ Gamma(p, rate nu), nu ~ Gamma(q, v) over customers (Fader & Hardie 2013, note 025), with their own p, q, v.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kundenwert.models._histories import even_sample
from kundenwert.models.evidence.known import GROUPS, Known, Paid
from kundenwert.models.evidence.made import Made
from kundenwert.models.future import future_counts
from kundenwert.models.spend.gamma_gamma import GammaGamma
from kundenwert.models.spending import AmountLaw, spend_quantiles
from kundenwert.records import Comparison, Level, MoneyScored, SpendEvidence, SpendHistories, SpendScored
from kundenwert.stats import ranking
from kundenwert.stats.ranking import Outcomes, weighed
from kundenwert.stats.scores import LEVELS, Bootstrap, pit_inside

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

# The ways to expect an amount, the simplest first: the paper's leaves the first purchase out.
WAYS: Final = ("gamma_gamma", "gamma_gamma+first", "plain")
# A way fitted at an origin is not kept: so many customers tell it well enough.
_CUSTOMERS: Final = 8_000
# Without a model the own mean counts by its purchases, the mean of the base like two.
_PLAIN_WEIGHT: Final = 2.0
# An amount law made without a model: the least and the most it may say of how alike a customer's amounts are.
_ALIKE: Final = (0.25, 100.0)


@dataclass(frozen=True)
class Way:
    """A way to expect amounts as known at an origin. weight: p x + weight purchases' worth stand behind the expected amount."""

    name: str
    p: float
    q: float
    v: float
    weight: float

    @property
    def counts_first(self) -> bool:
        """Whether the first purchase tells of the next."""
        return self.name.endswith("+first")

    def seen(self, paid: Paid) -> tuple[Floats, Floats]:
        """The purchase days with an amount that count, and their spend; shapes (n,)."""
        return _seen(paid, first=self.counts_first)

    def expected(self, paid: Paid) -> Floats:
        """The expected amount of a purchase of each customer, before reversals; shape (n,)."""
        days, spend = self.seen(paid)
        result: Floats = self.p * (self.v + spend) / (self.p * days + self.weight)
        return result

    def log_density(self, paid: Paid, who: NDArray[np.bool_]) -> Floats:
        """ln of the density of the later spend, given its days and the history, of those customers.

        With nu ~ Gamma(p x + q, v + s) known by the history, m amounts sum to S with density S^(pm-1) (v+s)^(px+q) / B(pm, px+q) /
        (v+s+S)^(pm+px+q).
        """
        from scipy.special import betaln

        days, spend = (one[who] for one in self.seen(paid))
        came, a, b, scale = paid.later_spend[who], self.p * paid.later_days[who], self.p * days + self.q, self.v + spend
        # In terms of the share S / (v + s + S), whose logarithms keep their digits.
        result: Floats = a * np.log(came / (scale + came)) + b * np.log(scale / (scale + came)) - np.log(came) - betaln(a, b)
        return result


def _seen(paid: Paid, *, first: bool) -> tuple[Floats, Floats]:
    more = (paid.first_amount > 0) * 1.0 if first else 0.0
    return paid.spend_days + more, paid.spend + (paid.first_amount if first else 0.0)


def ways(paid: Paid) -> dict[str, Way]:
    """Every way that can be used on what was known at an origin, the simplest first; "plain" can always."""
    found = {}
    for name in WAYS[:2]:
        histories = _histories(paid, first=name.endswith("+first"))
        fit = GammaGamma().fit(histories)
        if fit.outcome.is_usable:
            c = fit.coefficients()
            found[name] = Way(name, c["p"], fit.parameters["q"], c["v"], c["weight"])
    found["plain"] = _plain(paid)
    return found


def _histories(paid: Paid, *, first: bool) -> SpendHistories:
    days, spend = _seen(paid, first=first)
    some = np.flatnonzero((days > 0) & (spend > 0))
    if len(some) > _CUSTOMERS:
        some = some[even_sample(np.ones(len(some), dtype=np.int64), _CUSTOMERS)[0]]
    count = np.ones(len(some), dtype=np.int64)
    return SpendHistories(days[some].astype(np.int64), spend[some] / days[some], count, np.zeros(len(some)))


def _plain(paid: Paid) -> Way:
    """Own mean drawn to the mean of the base; amounts spread as the customers' means do, weighed by their days."""
    h = _histories(paid, first=not paid.spend_days.any())
    days = h.spend_days.astype(np.float64)
    mean = weighed(h.mean, days) / days.sum() if len(days) else 1.0
    square = weighed((h.mean / mean - 1) ** 2, days) / max(len(days) - 1, 1)
    p = float(np.clip(1 / max(square, 1e-12), *_ALIKE))
    weight = p * _PLAIN_WEIGHT
    return Way("plain", p, 1 + weight, mean * _PLAIN_WEIGHT, weight)


@dataclass(frozen=True)
class Amounts:
    """The ways of an origin and how they did on those who bought again: log densities by group of customers, customers by group."""

    known: Known
    paid: Paid
    ways: dict[str, Way]
    sums: dict[str, Floats]
    customers: Floats
    who: NDArray[np.bool_]

    @staticmethod
    def of(known: Known, paid: Paid) -> Amounts:
        """Fitted on what was known, scored by what came."""
        found, who = ways(paid), (paid.later_days > 0) & (paid.later_spend > 0)
        group = known.group[paid.who[who]]
        sums = {name: np.bincount(group, way.log_density(paid, who), GROUPS).astype(np.float64) for name, way in found.items()}
        return Amounts(known, paid, found, sums, np.bincount(group, minlength=GROUPS).astype(np.float64), who)


def choose_way(amounts: Sequence[Amounts], draws: Bootstrap) -> SpendEvidence | None:
    """The simplest way that no other beats (definitions.md, "better"); None where nobody bought again."""
    customers = np.stack([one.customers for one in amounts]) if amounts else np.zeros((0, 1))
    if not customers.sum():
        return None
    names = [name for name in WAYS if all(name in one.ways for one in amounts)]
    draws, chosen, found = draws.among(customers), names[0], []
    for name in names[1:]:
        it = draws.difference(*(np.stack([one.sums[key] for one in amounts]) for key in (name, chosen)))
        found.append(Comparison(name, chosen, it.mean, it.lower, it.upper, it.agreeing, it.origins, it.is_better))
        chosen = name if it.is_better else chosen
    scores = tuple(_scored_way(name, amounts) for name in names)
    return SpendEvidence(chosen, int(customers.sum()), scores, tuple(found), _sentence(chosen, found))


def _scored_way(name: str, amounts: Sequence[Amounts]) -> SpendScored:
    expected = np.concatenate([one.ways[name].expected(one.paid)[one.who] for one in amounts])
    days = np.concatenate([one.paid.later_days[one.who] for one in amounts])
    mean = np.concatenate([one.paid.later_spend[one.who] for one in amounts]) / days
    density = sum(float(one.sums[name].sum()) for one in amounts) / len(days)
    return SpendScored(name, density, ranking.bias(expected, mean, days), ranking.root_mean_square(expected, mean, np.ones(len(days))))


_CHOSEN: Final = {
    "gamma_gamma": "Amounts are expected from repeat purchases, the first one left out",
    "gamma_gamma+first": "Amounts are expected from all purchases, the first one counted",
    "plain": "Amounts are expected from each customer's mean, drawn to that of the base, without a model",
}


def _sentence(chosen: str, found: Sequence[Comparison]) -> str:
    decided = next((one for one in reversed(found) if chosen in (one.name, one.against)), None)
    if decided is None:
        return f"{_CHOSEN[chosen]}."
    other = decided.against if decided.name == chosen else decided.name
    difference = abs(decided.difference)
    if decided.name == chosen:
        return f"{_CHOSEN[chosen]}: the mean log density of later amounts is {difference:.4f} above that of {other}."
    return f"{_CHOSEN[chosen]}: {other} is not better (mean log density {decided.difference:+.4f})."


def revenue_of(made: Made, known: Known, paid: Paid, way: Way) -> Floats:
    """The expected revenue of each customer of `paid` by a forecast; shape (n,)."""
    point = made.point[known.row[known.entry[paid.who]]]
    result: Floats = point * way.expected(paid) * (1 - paid.return_share)
    return result


def levels_of(made: Made, known: Known, paid: Paid, way: Way) -> Floats:
    """At each level of LEVELS the customers whose interval is not [0, 0], and how many of them were held, were expected to be held and
    were inside by PIT; shape (4 levels,).

    Intervals run between the quantiles of the revenue; its law is continuous but for no purchase at all, where the
    PIT is averaged as that of counts.
    """
    counts = future_counts(made.fit, known.histories, known.days)
    ends = [end for level in LEVELS for end in ((1 - level) / 2, (1 + level) / 2)]
    history, amount = known.history[known.entry[paid.who]], way.expected(paid) * (1 - paid.return_share)
    first = 1 if way.counts_first else 0
    law = AmountLaw(way.p, way.q, way.weight)
    quantiles = spend_quantiles(counts, known.histories.frequency + first, law, ends)
    nothing = counts.cdf(np.zeros(len(known.histories), dtype=np.int64))[history]
    sums: list[float] = []
    for k, level in enumerate(LEVELS):
        lower, upper = (amount * quantiles[2 * k + side][history] for side in (0, 1))
        some = upper > 0
        held = (paid.revenue >= lower) & (paid.revenue <= upper)
        expected = np.where(lower > 0, level, (1 + level) / 2)
        inside = np.where(paid.revenue > 0, (paid.revenue > lower) & held, pit_inside(np.zeros(len(nothing)), nothing, level))
        sums += [float(some.sum()), float(held[some].sum()), float(expected[some].sum()), float(inside[some].sum())]
    return np.array(sums)


def as_levels(sums: Floats) -> tuple[Level, ...]:
    """The record of `levels_of`, or of their sum over origins."""
    rows = sums.reshape(len(LEVELS), 4)
    return tuple(Level(level, *(row[1:] / max(row[0], 1.0)).tolist()) for level, row in zip(LEVELS, rows, strict=True))


def scored_in_money(parts: Sequence[tuple[Floats, Paid]], outcomes: Outcomes, levels: tuple[Level, ...] = ()) -> MoneyScored:
    """Expected revenue of one forecast at one or more origins against what came. outcomes: of all of them together."""
    forecast = np.concatenate([one for one, _ in parts])
    y, ones = outcomes.y, outcomes.count
    order = outcomes.ranked(forecast)
    return MoneyScored(
        expected_revenue=float(forecast.sum()),
        revenue=float(np.sum(y)),
        bias=ranking.bias(forecast, y, ones),
        rmse=ranking.root_mean_square(forecast, y, ones),
        mae=ranking.mean_error(forecast, y, ones),
        spearman=order.spearman,
        gini=order.gini,
        top_decile_value=order.top_decile_value,
        levels=levels,
    )


def money_that_came(parts: Sequence[Paid]) -> Outcomes:
    """The booked revenue of the customers of the origins together."""
    y = np.concatenate([one.revenue for one in parts])
    return Outcomes(y, np.ones(len(y)))

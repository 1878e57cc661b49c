"""Which measure of value would have chosen better customers? Measures known on earlier days against the money that came after (R28).

A measure is judged by the decision it leads to: whoever has time for a tenth of the customers takes those that stand highest. What that
tenth brought in the window is held against what the best possible tenth brought. Intervals come from customers drawn with replacement, in
groups; the choice itself, made on the real customers, is held fixed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from kundenwert.records.metrics import Estimate, MetricComparison, MetricScore

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from kundenwert.records.arrays import Floats
    from kundenwert.stats.scores import Bootstrap

    Groups = NDArray[np.int64]

GROUPS: Final = 1_000
"""Customers are drawn in so many groups at most, the same customer in the same one on every day."""
_SEED: Final = 20_280
_BOUNDS: Final = (0.025, 0.975)


@dataclass(frozen=True)
class Known:
    """An earlier day. figures: of each customer by measure, shape (n,), not a number where unknown, in the order from simple to complex.
    came: money of the window, shape (n,). group: 0 .. GROUPS - 1 of each customer, shape (n,).
    """

    figures: Mapping[str, Floats]
    came: Floats
    group: Groups

    @property
    def customers(self) -> int:
        return len(self.came)

    @property
    def chosen(self) -> int:
        """How many customers a tenth is."""
        return tenth(self.customers)


def tenth(customers: int) -> int:
    """A tenth of so many customers, at least one."""
    return max(1, round(customers / 10))


def share_chosen(figures: Floats) -> Floats:
    """The share with which each customer is in the top tenth by a measure, shape (n,); the shares add up to the tenth.

    Those who are equal at its limit share the places left: whoever has to choose among them takes any. Unknown stands below all others.

    >>> import numpy as np
    >>> share_chosen(np.array([1.0, 9.0, 9.0, np.nan, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0])).tolist()
    [0.0, 0.5, 0.5, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]
    """
    import numpy as np

    own = _ordered(figures)
    count = tenth(len(own))
    limit = np.partition(own, len(own) - count)[len(own) - count]
    above, at = own > limit, own == limit
    return np.asarray(above + at * ((count - above.sum()) / at.sum()), dtype=np.float64)


def _ordered(figures: Floats) -> Floats:
    """Unknown as minus infinity, so that it stands last."""
    import numpy as np

    return np.where(np.isnan(figures), -np.inf, np.asarray(figures, dtype=np.float64))


@dataclass(frozen=True)
class Held:
    """Measures held against what came on some days: those known on all of them, in the order of the first day.

    Sums over groups of customers, shape (days, GROUPS): of the money that came in all, from the best tenth, from the tenth of each
    measure; and the products that a rank correlation is made of, shape (days, 5, GROUPS). draws: of the groups.
    """

    days: Sequence[Known]
    names: tuple[str, ...]
    total: Floats
    best: Floats
    earned: dict[str, Floats]
    products: dict[str, Floats]
    draws: Bootstrap

    @staticmethod
    def of(days: Sequence[Known], *, seed: int = _SEED) -> Held:
        import numpy as np

        from kundenwert.stats.scores import Bootstrap

        names = tuple(name for name in days[0].figures if all(name in day.figures for day in days))

        def summed(day: Known, weights: Floats) -> Floats:
            return np.bincount(day.group, weights=weights, minlength=GROUPS).astype(np.float64)

        sizes = np.stack([summed(day, np.ones(day.customers)) for day in days])
        ranks = [_ranks(day.came) for day in days]
        earned: dict[str, Floats] = {}
        products: dict[str, Floats] = {}
        for name in names:
            earned[name] = np.stack([summed(day, share_chosen(day.figures[name]) * day.came) for day in days])
            own = [(_ranks(_ordered(day.figures[name])), came) for day, came in zip(days, ranks, strict=True)]
            parts = [(a, b, a * b, a * a, b * b) for a, b in own]
            products[name] = np.stack([np.stack([summed(day, one) for one in each]) for day, each in zip(days, parts, strict=True)])
        return Held(
            days,
            names,
            total=np.stack([summed(day, day.came) for day in days]),
            best=np.stack([summed(day, share_chosen(day.came) * day.came) for day in days]),
            earned=earned,
            products=products,
            draws=Bootstrap.of(sizes, rng=np.random.default_rng(seed)),
        )

    @property
    def scores(self) -> tuple[MetricScore, ...]:
        """Every measure over all days together."""
        return tuple(self._score(name) for name in self.names)

    @property
    def recommended(self) -> str:
        """From the simplest measure on, the next one takes its place only if it is better (definitions.md, "better")."""
        chosen = self.names[0]
        for name in self.names[1:]:
            if self.compared(name, chosen).is_better:
                chosen = name
        return chosen

    def _score(self, name: str) -> MetricScore:
        import numpy as np

        earned = self.earned[name]
        known = sum(int((~np.isnan(day.figures[name])).sum()) for day in self.days)
        best = self._share(earned, self.best)
        # A draw of customers may have had another best tenth; no choice brings more than the best.
        best = replace(best, upper=min(best.upper, 1.0)) if best else None
        return MetricScore(name, float(earned.sum()), known, best, self._share(earned, self.total), self._spearman(name))

    def compared(self, name: str, against: str) -> MetricComparison:
        """Whether the first is better than the second: the same draws of customers for both."""
        import numpy as np

        sizes, scale = self.draws.customers, abs(self.best.sum()) or 1.0
        # In parts of what the best tenth brings a customer, so that "the same" means the same in every currency.
        unit = scale / sizes.sum()
        first, second = self.earned[name] / unit, self.earned[against] / unit
        found, back = self.draws.difference(first, second), self.draws.difference(second, first)
        money = scale / len(self.days)
        return MetricComparison(
            name,
            against,
            Estimate(*(float(np.round(part * money, 2)) for part in (found.mean, found.lower, found.upper))),
            found.agreeing,
            found.origins,
            is_better=found.is_better,
            is_worse=back.is_better,
        )

    def _share(self, part: Floats, whole: Floats) -> Estimate | None:
        """What a part is of the whole; None where the whole is no gain."""
        import numpy as np

        if whole.sum() <= 0:
            return None
        over, under = self.draws.drawn @ part.sum(axis=0), self.draws.drawn @ whole.sum(axis=0)
        drawn = over[under > 0] / under[under > 0]
        return Estimate(float(part.sum() / whole.sum()), *np.quantile(drawn, _BOUNDS).tolist())

    def _spearman(self, name: str) -> Estimate | None:
        """The mean over the days of the correlation of ranks, these held fixed while customers are drawn."""
        import numpy as np

        sizes, own = self.draws.customers, self.products[name]
        found = [_correlation(own[day].sum(axis=1)[:, None], sizes[day].sum()) for day in range(len(own))]
        if any(np.isnan(one).any() for one in found):
            return None
        drawn = [_correlation((self.draws.drawn @ own[day].T).T, self.draws.drawn @ sizes[day]) for day in range(len(own))]
        lower, upper = np.nanquantile(np.mean(drawn, axis=0), _BOUNDS).tolist()
        return Estimate(float(np.mean(found)), lower, upper)


def _ranks(values: Floats) -> Floats:
    """Ranks about 0 in parts of n, equal values share the mean of theirs; shape (n,)."""
    import numpy as np
    from scipy.stats import rankdata

    return np.asarray((rankdata(values) - (len(values) + 1) / 2) / len(values), dtype=np.float64)


def _correlation(products: Floats, customers: Floats) -> Floats:
    """Pearson's r of sums of a, b, ab, aa, bb, shape (5, draws), over so many customers; not a number where either does not vary."""
    import numpy as np

    a, b, ab, aa, bb = products / np.maximum(customers, 1)
    spread = (aa - a * a) * (bb - b * b)
    found: Floats = np.divide(ab - a * b, np.sqrt(np.maximum(spread, 0)), out=np.full(len(ab), np.nan), where=spread > 1e-12)
    return found

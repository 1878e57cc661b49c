"""Points of all customers on one criterion as arrays, one element a customer in the order of `criterion_customers`; see score.py."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from kundenwert.records import Criterion

    Floats = NDArray[np.float64]
    Integers = NDArray[np.int64]
    Flags = NDArray[np.bool_]
    # A row of a scale: place of the measure from 1 on, value, share of customers below it and up to it.
    Scale = Sequence[Sequence[float]]

MEASURES: Final = 3
"""How many numbers a rule may compare, and how many facts it may give."""
# Points count in millionths; weights too. Sums of their products are exact up to this sum of weights.
_MILLION: Final = 1_000_000
_EXACT_WEIGHTS: Final = 900_000
# Shares are added as whole numbers of this part, so that their mean does not depend on the order of the measures.
_PARTS: Final = 1e12
# A scale of more values than this is kept at whole percents alone.
_FEW: Final = 101


@dataclass(frozen=True)
class Told:
    """What the data say on a criterion: points from 0 to 10, facts, and whether a person's rating goes before it. Unknown: not a number."""

    points: Floats
    facts: tuple[Floats, ...]
    is_weak: Flags


@dataclass(frozen=True)
class Rated:
    """What people gave: mean points and how many rated (not a number: nobody); whether a permission is noted."""

    points: Floats
    people: Floats
    is_permitted: Flags


@dataclass(frozen=True)
class People:
    """Who is a private person; who is a natural person, and who is so unless nothing tells."""

    is_private: Flags
    is_natural: Flags
    may_be_natural: Flags


@dataclass(frozen=True)
class Points:
    """Points from 0 to 10 in whole millionths (not a number: none), the code of what they rest on, and the facts behind them."""

    points: Floats
    code: NDArray[np.int8]
    facts: tuple[Floats, ...]

    def columns(self) -> dict[str, NDArray[Any]]:
        """As columns of a table, in the order of the customers."""
        import numpy as np

        facts = {f"fact_{place}": fact for place, fact in enumerate(self.facts, 1)}
        return {"row_place": np.arange(1, len(self.code) + 1), "code": self.code, "points": self.points, **facts}


def decide(one: Criterion, people: People, told: Told, rated: Rated, *, combines: bool) -> Points:
    """The points of each customer: from data, else from ratings, else missing. combines: the mean of both where there are both.

    Of natural persons, and of whom nothing tells to be a company, no rating counts where only companies are judged.
    """
    import numpy as np

    heard = (rated.people >= one.people) & (one.natural_persons | ~people.may_be_natural)
    of_data, is_rated = ~np.isnan(told.points), ~np.isnan(rated.people)
    barred = people.is_private if one.companies_only else np.zeros(len(heard), dtype=np.bool_)
    unheard = is_rated & people.may_be_natural if not one.natural_persons else np.zeros(len(heard), dtype=np.bool_)
    code = np.select(
        [
            barred,
            of_data & heard & combines,
            of_data & ~(told.is_weak & heard),
            heard & one.permission & ~rated.is_permitted,
            heard,
            unheard,
            is_rated,
        ],
        [5, 2, 1, 4, 3, 5, 6],
        7,
    ).astype(np.int8)
    of_people = (code == 3) | (code == 4)
    points = np.select([code == 1, code == 2, of_people], [told.points, (told.points + rated.points) / 2, rated.points], np.nan)
    by_people = np.isin(code, (2, 3, 4, 6))
    facts = (
        np.where(code == 1, told.facts[0], np.where(by_people, rated.people, np.nan)),
        np.where(code == 1, told.facts[1], np.where(code == 6, float(one.people), np.nan)),
        np.where(code == 1, told.facts[2], np.nan),
    )
    return Points(np.rint(points * _MILLION) / _MILLION, code, facts)


# ---- comparison with others -------------------------------------------------------------------------------------------


def scale_of(measures: Sequence[Floats]) -> list[list[float]]:
    """The scale of each measure: up to about 100 values with the share of customers below and up to each.

    All values where there are few, else those at which the share passes a whole percent. Rows of place, value, below, up_to.

    >>> import numpy as np
    >>> scale_of([np.array([3.0, 1.0, np.nan, 3.0, 2.0])])
    [[1.0, 1.0, 0.0, 0.25], [1.0, 2.0, 0.25, 0.5], [1.0, 3.0, 0.5, 1.0]]
    """
    import numpy as np

    rows: list[list[float]] = []
    for place, values in enumerate(measures, 1):
        kinds, counts = np.unique(values[np.isfinite(values)], return_counts=True)
        rising = counts.cumsum()
        below, up_to = (rising - counts) / max(counts.sum(), 1), rising / max(counts.sum(), 1)
        kept = np.floor(up_to * 100) > np.floor(below * 100) if len(kinds) > _FEW else np.ones(len(kinds), dtype=np.bool_)
        kept[:1] = True
        rows += np.column_stack([np.full(int(kept.sum()), float(place)), kinds[kept], below[kept], up_to[kept]]).tolist()
    return rows


def compared(measures: Sequence[Floats], scale: Scale) -> Floats:
    """Points by comparison: 10 x the mean share of customers that are no better; not a number where nothing is known.

    Between two values of the scale the share is drawn by a line; below the first it is 0, above the last that of the last.

    >>> import numpy as np
    >>> compared([np.array([0.5, 1.0, 1.5, 4.0, np.nan])], [[1.0, 1.0, 0.0, 0.25], [1.0, 2.0, 0.25, 1.0]]).tolist()
    [0.0, 2.5, 2.5, 10.0, nan]
    """
    import numpy as np

    total, known = np.zeros(len(measures[0])), np.zeros(len(measures[0]))
    for place, values in enumerate(measures, 1):
        there = np.isfinite(values)
        steps = np.array([row[1:] for row in scale if row[0] == place], dtype=np.float64).reshape(-1, 3)
        total[there] += np.rint(_shares(values[there], *steps.T) * _PARTS)
        known += there
    mean: Floats = np.divide(total / _PARTS, known, out=np.full(len(total), np.nan), where=known > 0)
    return 10 * mean


def _shares(found: Floats, value: Floats, below: Floats, up_to: Floats) -> Floats:
    import numpy as np

    if not len(value):
        return np.zeros(len(found))
    at = np.searchsorted(value, found, side="right") - 1
    low = np.maximum(at, 0)
    high = np.minimum(low + 1, len(value) - 1)
    is_on = (found == value[low]) | (low == len(value) - 1)
    gap = np.where(is_on, 1.0, value[high] - value[low])
    share = np.where(is_on, up_to[low], up_to[low] + (found - value[low]) / gap * (below[high] - up_to[low]))
    return np.where(at < 0, 0.0, share)


# ---- sums over the criteria -------------------------------------------------------------------------------------------


@dataclass
class Sums:
    """What the points of all criteria with a weight add up to, in whole numbers: weights and points in millionths.

    weighed: weight x points; present: weights of the criteria with points; possible: points there could be; beside_*: of the criteria that
    are not in contribution or clv already.
    """

    customers: int
    total_weight: Decimal
    found: dict[str, NDArray[Any]] = field(init=False)

    def __post_init__(self) -> None:
        import numpy as np

        # Beyond that sums are rounded in their last digits, but stay the same: criteria are added in their order.
        kind = np.int64 if self.total_weight < _EXACT_WEIGHTS else np.float64
        names = ("weighed", "present", "points_total", "possible", "beside_weighed", "beside_present")
        self.found = {name: np.zeros(self.customers, dtype=kind) for name in names}

    def add(self, one: Criterion, points: Floats) -> None:
        """Adds the points of a criterion."""
        import numpy as np

        weight = int(one.weight.quantize(Decimal(1) / _MILLION, ROUND_HALF_UP) * _MILLION)
        if weight <= 0:
            return
        there = ~np.isnan(points)
        whole = np.rint(np.where(there, points, 0.0) * _MILLION).astype(np.int64)
        counted = {"weighed": weight * whole, "present": weight * there, "points_total": whole, "possible": 10 * there}
        if not one.is_money:
            counted |= {"beside_weighed": counted["weighed"], "beside_present": counted["present"]}
        for name, values in counted.items():
            self.found[name] += values


# ---- columns of a step ------------------------------------------------------------------------------------------------


def dense(columns: Mapping[str, Any], names: Sequence[str], customers: int) -> list[Floats]:
    """Columns of a step (row_place from 1 on, and numbers) with an element for each customer; not a number where there is none."""
    import numpy as np

    at = np.asarray(columns["row_place"]).astype(np.int64) - 1
    found = []
    for name in names:
        values = np.full(customers, np.nan)
        values[at] = np.ma.filled(np.ma.asarray(columns[name]).astype(np.float64), np.nan)
        found.append(values)
    return found

"""Several measures of customer value side by side: do they put customers in the same order, and the same ones on top? (R08, R29)"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from kundenwert.records.arrays import Floats

    Places = NDArray[np.int64]

TOP = 20


@dataclass(frozen=True)
class Agreement:
    """How far measures agree; matrices in the order of `measures`, symmetric, shape (k, k).

    spearman: correlation of ranks, -1 to 1, on the diagonal 1; not a number where a measure is the same for everybody. top, tenth: share
    of the `TOP` first, and of the first tenth, that two measures have in common. customers: of whom both are known.
    """

    measures: tuple[str, ...]
    spearman: Floats
    top: Floats
    tenth: Floats
    customers: Places

    def as_json(self) -> dict[str, Any]:
        """Ready for the manifest; None for what is not defined."""

        def rows(matrix: Floats) -> list[list[float | None]]:
            return [[None if one != one else round(one, 4) for one in row] for row in matrix.tolist()]

        return {
            "measures": list(self.measures),
            "spearman": rows(self.spearman),
            f"top_{TOP}": rows(self.top),
            "top_tenth": rows(self.tenth),
            "customers": self.customers.tolist(),
        }


def order_of(values: Floats) -> Places:
    """The rows from the highest value down, equal ones as they come, unknown ones last; shape (n,)."""
    import numpy as np

    return np.argsort(-np.asarray(values, dtype=float), kind="stable")


def compared(values: Mapping[str, Floats], orders: Mapping[str, Places] | None = None) -> Agreement:
    """Compares measures of the same customers. values: by name of the measure, shape (n,), not a number where unknown. orders: their
    `order_of`, where it is known already.

    Equal values share the mean of their ranks (Spearman 1904); at the limit of a top list the customer that comes first counts. Each
    pair is compared on the customers of whom both are known.

    >>> import numpy as np
    >>> found = compared({"revenue": np.array([5.0, 4.0, 3.0, 2.0]), "clv": np.array([4.0, 5.0, 2.0, 3.0])})
    >>> found.spearman.round(3).tolist(), found.top.tolist()
    ([[1.0, 0.6], [0.6, 1.0]], [[1.0, 1.0], [1.0, 1.0]])
    """
    import numpy as np

    names = tuple(values)
    columns = [np.asarray(values[name], dtype=float) for name in names]
    known = [~np.isnan(column) for column in columns]
    # Each measure is sorted once: those of whom both are known stand in the same order among themselves.
    falling = [orders[name] if orders else order_of(values[name]) for name in names]
    size = len(names)
    spearman, top, tenth = np.eye(size), np.eye(size), np.eye(size)
    customers = np.diag([int(one.sum()) for one in known]).astype(np.int64)
    for both, pairs in _by_customers(known):
        ranked = {k: _Ranked.of(columns[k], falling[k], both) for k in {k for pair in pairs for k in pair}}
        for i, j in pairs:
            one, other = ranked[i], ranked[j]
            spearman[i, j] = spearman[j, i] = one.correlation(other)
            top[i, j] = top[j, i] = one.in_common(other, TOP)
            tenth[i, j] = tenth[j, i] = one.in_common(other, max(1, round(one.customers / 10)))
            customers[i, j] = customers[j, i] = one.customers
    return Agreement(names, spearman, top, tenth, customers)


def _by_customers(known: list[NDArray[np.bool_]]) -> Iterator[tuple[NDArray[np.bool_], list[tuple[int, int]]]]:
    """The pairs of measures that are compared on the same customers, with these."""
    import numpy as np

    pairs: dict[bytes, list[tuple[int, int]]] = {}
    for i in range(len(known)):
        for j in range(i):
            pairs.setdefault(np.packbits(known[i] & known[j]).tobytes(), []).append((i, j))
    for alike in pairs.values():
        i, j = alike[0]
        yield known[i] & known[j], alike


def places(values: Floats, order: Places | None = None) -> Places:
    """The place of each customer, 1 for the highest; equal values share the best of their places, 0 where unknown; shape (n,).

    order: `order_of` the values, where it is known already.

    >>> import numpy as np
    >>> places(np.array([3.0, 9.0, np.nan, 9.0])).tolist()
    [3, 1, 0, 1]
    """
    import numpy as np

    own = np.asarray(values, dtype=float)
    known = ~np.isnan(own)
    result = np.zeros(len(own), dtype=np.int64)
    order = (order_of(own) if order is None else order)[: int(known.sum())]
    begins = _begins(own[order])
    result[order] = np.repeat(begins + 1, np.diff(np.append(begins, len(order))))
    return result


def _begins(values: Floats) -> Places:
    """Where each run of equal values begins; values: in order."""
    import numpy as np

    return np.flatnonzero(np.append(True, values[1:] != values[:-1])) if len(values) else np.empty(0, dtype=np.int64)


@dataclass(frozen=True)
class _Ranked:
    """order: rows from the highest value; ranks: of each row, centred, with length 1 together (zeros where all are equal)."""

    order: Places
    ranks: Floats

    @staticmethod
    def of(values: Floats, order: Places, chosen: NDArray[np.bool_]) -> _Ranked:
        """Of the chosen rows alone. order: of all rows, from the highest value."""
        import numpy as np

        if not chosen.all():
            order = (np.cumsum(chosen) - 1)[order[chosen[order]]]
            values = values[chosen]
        falling = values[order]
        # The rows of a run of equal values share the middle of their ranks, counted from the smallest.
        begins = _begins(falling)
        sizes = np.diff(np.append(begins, len(falling)))
        middle = np.empty(len(falling))
        middle[order] = np.repeat(len(falling) - 1 - begins - (sizes - 1) / 2, sizes)
        centred = middle - (len(values) - 1) / 2
        length = np.sqrt((centred**2).sum())
        return _Ranked(order, centred / length if length > 0 else np.zeros(len(values)))

    @property
    def customers(self) -> int:
        return len(self.order)

    def correlation(self, other: _Ranked) -> float:
        if not self.ranks.any() or not other.ranks.any():
            return float("nan")
        return float(min(1.0, max(-1.0, (self.ranks * other.ranks).sum())))

    def in_common(self, other: _Ranked, count: int) -> float:
        """The share of the first `count` that both have; of all, where there are fewer."""
        import numpy as np

        count = min(count, self.customers)
        if not count:
            return float("nan")
        is_first = np.zeros(self.customers, dtype=bool)
        is_first[self.order[:count]] = True
        return float(is_first[other.order[:count]].sum() / count)

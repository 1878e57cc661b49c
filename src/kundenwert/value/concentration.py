"""Concentration: who carries the value. ABC classes, Lorenz curve, Gini, HHI, whale curve (value-models.md 3.1)."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from kundenwert.records import Concentration, ValueClass

if TYPE_CHECKING:
    from kundenwert.records.arrays import Floats

_POINTS = 200


def concentration(values: Floats, *, measure: str, limits: tuple[float, float] = (0.8, 0.95)) -> Concentration:
    """How `values` (one a customer, any order, in money or purchases) are spread.

    measure: the name of the column. limits: a customer is in class A while the cumulative share *before* the customer is
    strictly below the first limit, in B below the second, else in C, so the biggest customer is always in A.
    Gini = sum((2k - n - 1) x_(k)) / (n sum x), x ascending; above 1 where negative values exist. HHI: sum of squared shares.
    Where the values sum to zero or less, shares mean nothing: Gini and HHI are 0 and everybody is in class C.
    """
    import numpy as np

    falling = np.sort(np.asarray(values, dtype=float))[::-1]
    total = float(falling.sum())
    if len(falling) == 0 or total <= 0:
        empty = tuple(ValueClass(name, len(falling) if name == "C" else 0, _money(total if name == "C" else 0), 0.0) for name in "ABC")
        return Concentration(measure, empty, 0.0, 0.0, ((0.0, 0.0), (1.0, 1.0)), ((0.0, 0.0), (1.0, 1.0)), (1.0, 1.0), limits)
    shares = falling / total
    cumulative = np.cumsum(shares)
    n = len(falling)
    rank = np.arange(1, n + 1)
    peak = int(np.argmax(cumulative))
    return Concentration(
        measure=measure,
        classes=_classes(falling, cumulative - shares, limits),
        # Among equal customers the sum of rounded parts may fall below zero by its last digit.
        gini=max(float(np.sum((2 * rank - n - 1) * falling[::-1]) / (n * total)), 0.0),
        hhi=float(np.sum(shares**2)),
        lorenz=_points(np.cumsum(shares[::-1])),
        whale=_points(cumulative),
        whale_peak=((peak + 1) / n, float(cumulative[peak])),
        limits=limits,
    )


def _classes(falling: Floats, before: Floats, limits: tuple[float, float]) -> tuple[ValueClass, ...]:
    import numpy as np

    # The cumulative share is a sum of rounded parts: a limit that is met exactly must not be missed by the last digit.
    place = np.searchsorted(np.asarray(limits), np.maximum.accumulate(before) + 1e-12, side="right")
    total = falling.sum()
    members = [falling[place == number] for number in range(3)]
    return tuple(ValueClass(name, len(own), _money(own.sum()), float(own.sum() / total)) for name, own in zip("ABC", members, strict=True))


def _points(cumulative: Floats) -> tuple[tuple[float, float], ...]:
    import numpy as np

    n = len(cumulative)
    places = np.unique(np.linspace(0, n, min(n, _POINTS) + 1).round().astype(int))
    return tuple((float(place / n), float(cumulative[place - 1]) if place else 0.0) for place in places)


def _money(amount: float) -> Decimal:
    return Decimal(round(float(amount), 2)).quantize(Decimal("0.01"))

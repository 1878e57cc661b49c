"""What naive forecasts share: what they see of a customer, and how a point value becomes a distribution of counts."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar, Final

import numpy as np
from numpy.typing import NDArray

from kundenwert.records import Histories
from kundenwert.stats import special
from kundenwert.stats.maximise import maximise

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

# Nobody's mean is put below this many purchases: the logarithm of an outcome must exist.
_LEAST: Final = 1e-4
# Above so many entries, point values within half a percent of one another are taken together.
_EXACT: Final = 20_000
_BINS: Final = 200
# Sizes (1 / dispersion) from nearly all-or-nothing to nearly Poisson.
_SIZES: Final = (1e-3, 1e4)


@dataclass(frozen=True)
class Seen:
    """What a naive forecast may look at: histories as models see them, and `recent`, the purchases (first ones too) of the last `days`
    before the origin; shape (n,). `days` is also how far the forecast looks.
    """

    histories: Histories
    recent: Integers
    days: float


class AbstractBaseline(ABC):
    """A naive forecast of purchases."""

    facts: ClassVar[int]
    """How many facts of a customer it uses: the fewer, the simpler."""

    @property
    def name(self) -> str:
        """The public name: the name of the file."""
        return type(self).__module__.rpartition(".")[2]

    @abstractmethod
    def point(self, seen: Seen) -> Floats:
        """The purchases it forecasts for each history over the next `seen.days`; shape (n,)."""


@dataclass(frozen=True)
class Spread:
    """How outcomes spread around a point value: negative binomial with mean max(point, floor) and variance mean + mean^2 / size.

    Source: Greenwood & Yule 1920, Journal of the Royal Statistical Society 83(2), 255-279. For one size, a longer time only changes the
    mean (rates that are gamma distributed stay so), which is why a spread measured over a shorter time can be used with a rescaled floor.
    """

    floor: float
    size: float

    def mean(self, point: Floats) -> Floats:
        """The mean of the distribution; shape as point."""
        return np.maximum(point, self.floor)

    def mass(self, mean: Floats, n_max: int) -> Floats:
        """P(0), ..., P(n_max) for each mean above 0; shape (means, n_max + 1)."""
        k = np.arange(n_max)
        ways = np.concatenate(([0.0], np.cumsum(np.log((self.size + k) / (k + 1)))))
        none = -self.size * np.log1p(mean / self.size)
        again = -np.log1p(self.size / mean)
        return np.exp(none[:, None] + ways + np.arange(n_max + 1) * again[:, None])

    def over(self, times: float) -> Spread:
        """The spread over a time that is `times` as long."""
        return Spread(max(self.floor * times, _LEAST), self.size)


def spread_of(point: Floats, y: Integers, count: Integers) -> Spread:
    """Floor and size of highest likelihood, given point values and what came; shapes (n,). The floor is at most the mean point value."""
    top = float(point @ count / count.sum()) if count.sum() else 0.0
    if top <= 2 * _LEAST or not y.any():
        return Spread(_LEAST, 1.0)
    most = int(y.max())
    point, y, count = _gathered(point, y, count)

    def likelihood(line: Floats) -> tuple[float, Floats]:
        floor, size = np.exp(line)
        mean = np.maximum(point, floor)
        ways = special.log_rising(size, most)[y]
        value = ways - size * np.log1p(mean / size) - y * np.log1p(size / mean)
        in_floor = np.where(point < floor, size * (y - floor) / (floor + size), 0.0)
        in_size = special.digamma_rising(size, most)[y] - np.log1p(mean / size) + (mean - y) / (mean + size)
        # Sums, not `@`: on long arrays that starts threads, whose waiting costs far more.
        return float(np.sum(value * count)), np.array([np.sum(in_floor * count), size * np.sum(in_size * count)])

    lower, upper = np.log([[_LEAST, _SIZES[0]], [top, _SIZES[1]]])
    start = np.array([np.log(max(0.1 * top, 2 * _LEAST)), 0.0])
    # Where the floor passes the point value of many, the slope jumps: there the search may end without a flat top, which is as good.
    floor, size = np.exp(maximise(likelihood, start, lower=lower, upper=upper, gain=1e-6).point).tolist()
    return Spread(floor, size)


def _gathered(point: Floats, y: Integers, count: Integers) -> tuple[Floats, Integers, Integers]:
    """Fewer entries that say the same: those of one outcome and nearly one point value, with their mean point value."""
    if len(point) <= _EXACT:
        return point, y, count
    place = np.floor(np.log(np.maximum(point, _LEAST)) * _BINS).astype(np.int64)
    place -= place.min()
    found, code = np.unique(place * (int(y.max()) + 1) + y, return_inverse=True)
    size = np.bincount(code, count)
    return np.bincount(code, point * count) / size, found % (int(y.max()) + 1), size.astype(np.int64)

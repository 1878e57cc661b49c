"""Chance without a generator: every draw is a hash of what it is for.

A draw belongs to a seed, a purpose and some whole numbers (customer, day, line). So it is the same whatever else is drawn, in
every process and on every machine, and two companies that differ by one action differ by the effects of that action alone.
The hash is the finaliser of SplitMix64 (Steele, Lea, Flood 2014, "Fast splittable pseudorandom number generators", fig. 17).
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, final

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Keys = NDArray[np.uint64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_FIRST = np.uint64(0xBF58476D1CE4E5B9)
_SECOND = np.uint64(0x94D049BB133111EB)
_SIXTEEN = np.uint64(0xFFFF)
# Standard deviation of the sum of four uniform draws from 0 .. 65,535.
_BELL = 65_536 * (4 / 12) ** 0.5


def mixed(keys: Keys) -> Keys:
    """64 well mixed bits of each key."""
    mix = keys + _GOLDEN
    mix ^= mix >> np.uint64(30)
    mix *= _FIRST
    mix ^= mix >> np.uint64(27)
    mix *= _SECOND
    mix ^= mix >> np.uint64(31)
    return mix


@lru_cache(maxsize=512)
def _purpose(seed: int, purpose: str) -> int:
    start = np.array([(seed & 0xFFFFFFFF) << 32 | zlib.crc32(purpose.encode())], dtype=np.uint64)
    return int(mixed(start)[0])


@final
@dataclass(frozen=True)
class Chance:
    """Draws for one seed."""

    seed: int

    def keys(self, purpose: str, *numbers: Any) -> Keys:
        """One key for each element of the numbers (whole, broadcast against each other)."""
        key = np.atleast_1d(np.uint64(_purpose(self.seed, purpose)))
        for number in numbers:
            key = mixed(key ^ np.atleast_1d(number).astype(np.uint64))
        return key

    def uniform(self, purpose: str, *numbers: Any) -> Floats:
        """Even draws strictly between 0 and 1."""
        return np.asarray(((self.keys(purpose, *numbers) >> np.uint64(11)).astype(np.float64) + 0.5) * 2.0**-53)

    def bell(self, purpose: str, *numbers: Any) -> Floats:
        """Draws with mean 0 and standard deviation 1, within 3.47: the sum of four even draws, so only additions are used."""
        key = self.keys(purpose, *numbers)
        total = (key & _SIXTEEN) + (key >> np.uint64(16) & _SIXTEEN) + (key >> np.uint64(32) & _SIXTEEN) + (key >> np.uint64(48))
        return np.asarray((total.astype(np.float64) - 131_070.0) / _BELL)

    def counts(self, mean: Floats, purpose: str, *numbers: Any) -> Ints:
        """Poisson draws; a higher mean never gives a lower draw, since the draw of the same numbers stays."""
        return poisson(mean, self.uniform(purpose, *numbers))

    def order(self, purpose: str, *numbers: Any) -> Ints:
        """A shuffled order of the elements."""
        return np.argsort(self.keys(purpose, *numbers), kind="stable")


OWN = Chance(0)
"""For draws whose numbers are keys that come from a seed already."""


def poisson(mean: Floats, even: Floats) -> Ints:
    """Smallest n whose Poisson distribution function reaches the even draw; means to some hundreds."""
    mean, even = np.broadcast_arrays(mean, even)
    count = np.zeros(mean.size, dtype=np.int64)
    mass = np.exp(-mean)
    reached = mass.copy()
    left = np.flatnonzero(even > reached)
    step = 0
    while left.size and step < 2_000:
        step += 1
        mass[left] *= mean[left] / step
        reached[left] += mass[left]
        count[left] = step
        left = left[even[left] > reached[left]]
    return count


def spread(lengths: Ints) -> Ints:
    """0, 1, 2 ... within each of the runs whose lengths are given.

    >>> spread(np.array([2, 0, 3])).tolist()
    [0, 1, 0, 1, 2]
    """
    ends = np.cumsum(lengths)
    return np.arange(ends[-1] if ends.size else 0, dtype=np.int64) - np.repeat(ends - lengths, lengths)

"""What a share out of few says, and which of many p-values are more than chance."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def wilson(hits: int, of: int, level: float = 0.9) -> tuple[float, float]:
    """The interval of Wilson 1927 (JASA 22) for a share of `hits` out of `of`, which is at least 1; level: of the interval.

    >>> [round(bound, 4) for bound in wilson(8, 10, 0.95)]
    [0.4902, 0.9433]
    """
    from statistics import NormalDist

    z = NormalDist().inv_cdf((1 + level) / 2)
    share, weight = hits / of, z * z / of
    centre = (share + weight / 2) / (1 + weight)
    half = math.sqrt(share * (1 - share) * weight + weight * weight / 4) / (1 + weight)
    # At 0 and at all the bound is exact; rounding must not leave the shares there are.
    return (0.0 if hits == 0 else centre - half), (1.0 if hits == of else centre + half)


def fewer_false(p: Floats, share: float = 0.05) -> NDArray[np.bool_]:
    """Which of many p-values are found, so that at most `share` of those found are expected to be chance; shape (n,).

    Benjamini & Hochberg 1995 (JRSS B 57): all up to the largest k whose p is at most k / n x share.

    >>> fewer_false(np.array([0.001, 0.02, 0.04, 0.9])).tolist()
    [True, True, False, False]
    """
    if not len(p):
        return np.zeros(0, dtype=np.bool_)
    line = np.sort(p)
    below = np.flatnonzero(line <= share * np.arange(1, len(p) + 1) / len(p))
    return p <= (line[below[-1]] if len(below) else -1.0)

"""Markov chains that need no tuning: many walkers that move along lines through one another.

Source: Goodman & Weare 2010, Ensemble samplers with affine invariance, CAMCoS 5(1), section 2 (stretch move).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_STRETCH: Final = 2.0


@dataclass(frozen=True)
class Walked:
    """What the walkers met. points: (steps, walkers, k); log_density: (steps, walkers); effective: independent draws it is worth."""

    points: Floats
    log_density: Floats
    effective: float


def walk(log_density: Callable[[Floats], Floats], start: Floats, steps: int, rng: np.random.Generator) -> Walked:
    """Walk `steps` steps from start, shape (walkers, k), an even number of walkers and more than 2 k.

    log_density: of points of shape (n, k), gives shape (n,).
    """
    here, density = start.copy(), log_density(start)
    points, met = np.empty((steps, *start.shape)), np.empty((steps, len(start)))
    half = len(start) // 2
    for step in range(steps):
        for moving, still in ((slice(half), slice(half, None)), (slice(half, None), slice(half))):
            partner = here[still][rng.integers(half, size=half)]
            # Density of the stretch z proportional to 1 / sqrt(z) on [1/2, 2].
            z = ((_STRETCH - 1) * rng.random(half) + 1) ** 2 / _STRETCH
            tried = partner + z[:, None] * (here[moving] - partner)
            found = log_density(tried)
            gain = (start.shape[1] - 1) * np.log(z) + found - density[moving]
            taken = np.log(rng.random(half)) < gain
            here[moving] = np.where(taken[:, None], tried, here[moving])
            density[moving] = np.where(taken, found, density[moving])
        points[step], met[step] = here, density
    return Walked(points, met, _effective(points))


def _effective(points: Floats) -> float:
    """Steps times walkers over the longest autocorrelation time of a coordinate, averaged over walkers (window of 5 times, Sokal)."""
    steps, walkers, k = points.shape
    away = points - points.mean(axis=(0, 1))
    spectrum = np.abs(np.fft.rfft(away, 2 * steps, axis=0)) ** 2
    together = np.fft.irfft(spectrum, axis=0)[:steps].mean(axis=1)
    longest = 1.0
    for i in range(k):
        times = 2 * np.cumsum(together[:, i] / max(together[0, i], 1e-300)) - 1
        window = np.argmax(np.arange(steps) >= 5 * times)
        longest = max(longest, float(times[window or -1]))
    return float(steps * walkers / longest)

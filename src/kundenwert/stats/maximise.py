"""A maximiser for smooth functions of a few unbounded variables: Newton's method in a trust region, inside a box."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Objective = Callable[[Floats], tuple[float, Floats]]

_DIFFERENCE: Final = 1e-4
_LARGEST_RADIUS: Final = 4.0
_SMALLEST_RADIUS: Final = 1e-10


@dataclass(frozen=True)
class Maximum:
    """Where a search ended: the point, the value, gradient and Hessian there, and whether nothing more was to be gained."""

    point: Floats
    value: float
    gradient: Floats
    hessian: Floats
    steps: int
    converged: bool


def maximise(
    objective: Objective,
    start: Floats,
    *,
    lower: Floats,
    upper: Floats,
    max_steps: int = 200,
    gain: float = 1e-10,
    hessian: Floats | None = None,
) -> Maximum:
    """The maximum of `objective` in the box [lower, upper], searched from `start`.

    objective: gives value and exact gradient, finite everywhere in the box. gain: stop when a step promises less than this
    (or less than the rounding error of the value). hessian: kept for all steps if given (a good one from a sample saves
    computing it here); otherwise it is differenced from the gradient at each step. All arrays have shape (k,).
    Source: Nocedal & Wright 2006, Numerical Optimization, algorithm 4.1 with the exact subproblem of section 4.3.
    """
    point = np.clip(start, lower, upper)
    value, gradient = objective(point)
    second = hessian_of(objective, point, lower=lower, upper=upper) if hessian is None else hessian
    radius = 1.0
    for step in range(1, max_steps + 1):
        free = ~(((point <= lower) & (gradient < 0)) | ((point >= upper) & (gradient > 0)))
        move = np.clip(point + _trust_step(gradient, second, free, radius), lower, upper) - point
        promised = float(gradient @ move + 0.5 * move @ second @ move)
        noise = gain + 4 * np.finfo(float).eps * abs(value)
        if promised <= noise and (radius >= 0.1 or radius < _SMALLEST_RADIUS):
            return _last_step(objective, Maximum(point, value, gradient, second, step, converged=True), move)
        tried, slope = objective(point + move)
        ratio = (tried - value) / max(promised, noise)
        radius = _next_radius(radius, ratio, float(np.linalg.norm(move)))
        if ratio > 1e-4:
            point, value, gradient = point + move, tried, slope
            second = hessian_of(objective, point, lower=lower, upper=upper) if hessian is None else second
        elif radius < _SMALLEST_RADIUS:
            # Rounding hides any further gain: this is as good as the value can be computed.
            return Maximum(point, value, gradient, second, step, converged=promised < 1e-4)
    return Maximum(point, value, gradient, second, max_steps, converged=False)


def _last_step(objective: Objective, end: Maximum, move: Floats) -> Maximum:
    """One more step where the value no longer tells, if it brings the gradient nearer to zero."""
    if not move.any():
        return end
    value, gradient = objective(end.point + move)
    better = np.linalg.norm(gradient) < np.linalg.norm(end.gradient) and value >= end.value - 1e-6
    return Maximum(end.point + move, value, gradient, end.hessian, end.steps + 1, converged=True) if better else end


def _next_radius(radius: float, ratio: float, length: float) -> float:
    if ratio < 0.25:
        return min(radius, length) / 4
    return min(2 * radius, _LARGEST_RADIUS) if ratio > 0.75 and length > 0.8 * radius else radius


def _trust_step(gradient: Floats, hessian: Floats, free: NDArray[np.bool_], radius: float) -> Floats:
    """The step that gains most by the quadratic model among those no longer than `radius`; zero where not free."""
    step: Floats = np.zeros_like(gradient)
    if not free.any():
        return step
    bends, axes = np.linalg.eigh(-hessian[np.ix_(free, free)])
    slopes = axes.T @ gradient[free]
    # The damping that makes the step as long as the radius lies between these two.
    low = max(0.0, -float(bends[0])) + 1e-12 * max(1.0, float(np.abs(bends).max()))
    high = low + float(np.linalg.norm(slopes)) / radius
    if np.linalg.norm(slopes / (bends + low)) > radius:
        for _ in range(60):
            middle = 0.5 * (low + high)
            low, high = (middle, high) if np.linalg.norm(slopes / (bends + middle)) > radius else (low, middle)
    else:
        high = low
    step[free] = axes @ (slopes / (bends + high))
    return step


def hessian_of(objective: Objective, point: Floats, *, lower: Floats, upper: Floats) -> Floats:
    """The matrix of second derivatives by central differences of the exact gradient, kept inside the box; shape (k, k)."""
    rows = []
    for k in range(len(point)):
        ahead, behind = point.copy(), point.copy()
        ahead[k] = min(point[k] + _DIFFERENCE, upper[k])
        behind[k] = max(point[k] - _DIFFERENCE, lower[k])
        rows.append((objective(ahead)[1] - objective(behind)[1]) / (ahead[k] - behind[k]))
    matrix = np.array(rows)
    symmetric: Floats = 0.5 * (matrix + matrix.T)
    return symmetric

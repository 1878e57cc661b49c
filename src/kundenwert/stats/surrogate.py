"""A smooth function of a few variables, told by a polynomial through values and gradients at a few points."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import combinations_with_replacement

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]


@dataclass(frozen=True)
class Polynomial:
    """powers: (terms, k), the powers of each variable in each term; coefficients: (terms,); scale: variables are divided by it."""

    powers: Indices
    coefficients: Floats
    scale: float

    def __call__(self, points: Floats) -> Floats:
        """Its value at points of shape (n, k); shape (n,)."""
        result: Floats = _terms(points / self.scale, self.powers) @ self.coefficients
        return result


def terms_of(variables: int, degree: int) -> int:
    """How many terms a polynomial of this degree has."""
    return len(_powers(variables, degree))


def fit(points: Floats, values: Floats, gradients: Floats, weights: Floats, degree: int) -> Polynomial:
    """The polynomial that comes nearest to values (n,) and gradients (n, k) at points (n, k), by least squares with weights (n,)."""
    scale = float(np.abs(points).max())
    at, powers = points / scale, _powers(points.shape[1], degree)
    rows = [_terms(at, powers)] + [_slopes(at, powers, i) for i in range(points.shape[1])]
    right = [values, *(gradients.T * scale)]
    matrix = np.concatenate([row * weights[:, None] for row in rows])
    # Normal equations: of terms in [-1, 1] they keep far more digits than the polynomial has, at a fraction of the time.
    square, side = matrix.T @ matrix, matrix.T @ np.concatenate([one * weights for one in right])
    touch = 1e-13 * np.trace(square) / len(square)
    coefficients = np.linalg.solve(square + touch * np.eye(len(square)), side)
    return Polynomial(powers, coefficients, scale)


@cache
def _powers(variables: int, degree: int) -> Indices:
    chosen = [c for d in range(degree + 1) for c in combinations_with_replacement(range(variables), d)]
    return np.array([[one.count(i) for i in range(variables)] for one in chosen], dtype=np.intp)


def _ladder(points: Floats, top: int) -> Floats:
    """x^0 .. x^top of each variable; shape (top + 1, n, k)."""
    return np.cumprod(np.concatenate((np.ones((1, *points.shape)), np.broadcast_to(points, (top, *points.shape)))), axis=0)


def _terms(points: Floats, powers: Indices) -> Floats:
    ladder = _ladder(points, int(powers.max(initial=0)))
    result = np.ones((len(points), len(powers)))
    for i in range(points.shape[1]):
        result *= ladder[:, :, i].T[:, powers[:, i]]
    return result


def _slopes(points: Floats, powers: Indices, variable: int) -> Floats:
    """The derivative of each term in one variable."""
    lower = powers.copy()
    lower[:, variable] = np.maximum(lower[:, variable] - 1, 0)
    return _terms(points, lower) * powers[:, variable]

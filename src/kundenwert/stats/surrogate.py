"""A smooth function of a few variables, told by a polynomial through values and gradients at a few points."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import combinations_with_replacement

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]

# Multiplications of a product that OpenBLAS does in one thread.
_UNTHREADED = 250_000
# Matrices up to twice this size are solved as they are.
_SMALL = 20


@dataclass(frozen=True)
class Polynomial:
    """powers: (terms, k), the powers of each variable in each term; coefficients: (terms,); scale: variables are divided by it."""

    powers: Indices
    coefficients: Floats
    scale: float

    def __call__(self, points: Floats) -> Floats:
        """Its value at points of shape (n, k); shape (n,)."""
        result: Floats = np.einsum("nt,t->n", _terms(points / self.scale, self.powers), self.coefficients)
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
    square, side = _square(matrix), np.einsum("nt,n->t", matrix, np.concatenate([one * weights for one in right]))
    touch = 1e-13 * np.trace(square) / len(square)
    coefficients = _solved(square + touch * np.eye(len(square)), side[:, None])[:, 0]
    return Polynomial(powers, coefficients, scale)


def _square(matrix: Floats) -> Floats:
    """matrix' matrix, a few rows at once: so small a product starts no threads, whose waiting would cost more than the work."""
    width = matrix.shape[1]
    total, rows = np.zeros((width, width)), max(1, _UNTHREADED // width**2)
    for start in range(0, len(matrix), rows):
        part = matrix[start : start + rows]
        total += part.T @ part
    return total


def _solved(square: Floats, side: Floats) -> Floats:
    """square^-1 side of a positive definite matrix, by halves: again to keep clear of threads. side: (n, m)."""
    half = len(square) // 2
    if half < _SMALL:
        return np.asarray(np.linalg.solve(square, side), dtype=np.float64)
    own = _solved(square[:half, :half], np.hstack((square[:half, half:], side[:half])))
    coupling, first = own[:, : len(square) - half], own[:, len(square) - half :]
    rest = _solved(square[half:, half:] - square[half:, :half] @ coupling, side[half:] - square[half:, :half] @ first)
    return np.concatenate((first - coupling @ rest, rest))


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

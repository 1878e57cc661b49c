"""Whether an attribute can be told from other columns: how often the right one of two is picked, and how often chance alone does so.

Each input is a column of bins (shape (n,), whole numbers from 0). Of one input the score of a bin is the rate of the class in it; of all
together it is the linear function of all bins that ridge regression of the class on them gives (for two classes its direction is that of
Fisher's discriminant). Every score is made on the other folds. The statistic is the area under the ROC curve, which is the chance that
of two rows, one of the class and one not, the one of the class scores higher; 0.5 is chance.

How far chance goes is seen by permuting the classes. All tests of one attribute share the permutations and are judged by the largest of
them, so that the chance of any false alarm among them is `p` (Westfall & Young 1993, Resampling-Based Multiple Testing, ch. 2).
Intervals of areas: Hanley & McNeil 1982, Radiology 143(1), 29-36.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Codes = NDArray[np.intp]

FOLDS: Final = 5
PERMUTATIONS: Final = 199
# As how many rows of the average rate a bin counts before its own are seen; keeps small bins from shouting.
_PRIOR_ROWS: Final = 5.0
_RIDGE: Final = 10.0
# The 95 % quantile of the normal distribution: intervals hold 90 %.
_NORMAL_95: Final = 1.6448536269514722
_BINS: Final = 5
_LABELS: Final = 10


@dataclass(frozen=True)
class Foretold:
    """How well a class is told. area: 0.5 is chance, 1 always right; lower, upper: its 90 % interval; p: how often chance alone gives a
    test of this family that stands out as much.
    """

    area: float
    lower: float
    upper: float
    p: float


@dataclass(frozen=True)
class Foretelling:
    """Each input alone, in their order, and all together."""

    inputs: tuple[Foretold, ...]
    together: Foretold


def bins_of(values: Floats, most: int = _BINS) -> Codes:
    """Bins of equal size, fewer where values repeat; nan has a bin of its own. values: shape (n,).

    >>> bins_of(np.array([1.0, 2.0, 3.0, np.nan]), most=2).tolist()
    [0, 0, 1, 2]
    """
    known = values[~np.isnan(values)]
    if not len(known):
        return np.zeros(len(values), dtype=np.intp)
    inner = np.unique(np.quantile(known, np.arange(1, most) / most, method="lower"))
    found = np.searchsorted(inner, values, side="left")
    found[np.isnan(values)] = len(inner) + 1
    return _dense(found)


def bins_of_labels(labels: Sequence[str | None], most: int = _LABELS) -> Codes:
    """A bin for each of the most frequent labels, one for all others, one for none.

    >>> bins_of_labels(["a", "b", "a", None]).tolist()
    [0, 1, 0, 2]
    """
    counts = Counter(label for label in labels if label)
    ranked = sorted(counts, key=lambda label: (-counts[label], label))
    place = {label: min(number, most) for number, label in enumerate(ranked)}
    return _dense(np.array([place[label] if label else most + 1 for label in labels], dtype=np.intp))


def _dense(codes: Codes) -> Codes:
    return np.unique(codes, return_inverse=True)[1].astype(np.intp)


def foretell(
    inputs: Sequence[Codes], classes: Codes, *, rng: np.random.Generator, permutations: int = PERMUTATIONS, folds: int = FOLDS
) -> Foretelling:
    """How well `classes` (shape (n,), 0 .. k-1, each present) are told from each of `inputs` and from all of them.

    With more than two classes each is told from all others, and the areas are averaged by the size of the class.
    """
    n = len(classes)
    # Rows in any order: equal scores must not stand in the order of the file.
    order = rng.permutation(n)
    fold = np.arange(n) % folds
    truth = classes[order]
    shuffled = np.stack([truth, *(truth[rng.permutation(n)] for _ in range(permutations))], axis=1)
    columns = [codes[order] for codes in inputs]
    design = np.concatenate([_one_hot(codes) for codes in columns], axis=1)
    told = np.unique(classes)[1:] if len(np.unique(classes)) == 2 else np.unique(classes)
    sizes = np.array([float(np.sum(classes == one)) for one in told])
    areas = np.zeros((len(columns) + 1, permutations + 1))
    errors = np.zeros(len(columns) + 1)
    for one, weight in zip(told, sizes / sizes.sum(), strict=True):
        is_one = (shuffled == one).astype(np.float64)
        found = [_area_of_bins(codes, fold, is_one, folds) for codes in columns]
        found.append(_area_of_design(design, fold, is_one, folds))
        areas += weight * np.stack(found)
        errors += weight * np.array([_error(float(area[0]), int(is_one[:, 0].sum()), n) for area in found])
    return _judged(areas, errors)


def _judged(areas: Floats, errors: Floats) -> Foretelling:
    null = areas[:, 1:]
    spread = np.maximum(null.std(axis=1), 1e-9)
    middle = null.mean(axis=1)
    highest = ((null - middle[:, None]) / spread[:, None]).max(axis=0)
    standing_out = (areas[:, 0] - middle) / spread
    p = (1 + (highest[None, :] >= standing_out[:, None]).sum(axis=1)) / (1 + null.shape[1])
    found = tuple(
        Foretold(float(area), max(0.0, float(area - _NORMAL_95 * error)), min(1.0, float(area + _NORMAL_95 * error)), float(chance))
        for area, error, chance in zip(areas[:, 0], errors, p, strict=True)
    )
    return Foretelling(found[:-1], found[-1])


def _one_hot(codes: Codes) -> Floats:
    found = np.zeros((len(codes), int(codes.max()) + 1))
    found[np.arange(len(codes)), codes] = 1.0
    return found


def _area_of_bins(codes: Codes, fold: Codes, is_one: Floats, folds: int) -> Floats:
    """The area for each column of `is_one` (shape (n, m)), of scores that are rates of bins in the other folds; shape (m,)."""
    bins = int(codes.max()) + 1
    cells = _one_hot(np.append(codes * folds + fold, bins * folds - 1))[:-1]
    ones = (cells.T @ is_one).reshape(bins, folds, -1)
    rows = cells.sum(axis=0).reshape(bins, folds, 1)
    others = rows - ones
    seen, seen_rows = ones.sum(axis=1, keepdims=True) - ones, rows.sum(axis=1, keepdims=True) - rows
    rate = seen.sum(axis=0) / np.maximum(seen_rows.sum(axis=0), 1)
    score = (seen + _PRIOR_ROWS * rate[None]) / (seen_rows + _PRIOR_ROWS)
    right = np.zeros(is_one.shape[1])
    for one in range(bins):
        better = (score[one][None] > score) + 0.5 * (score[one][None] == score)
        right += (ones[one][None] * others * better).sum(axis=(0, 1))
    pairs = (ones.sum(axis=0) * others.sum(axis=0)).sum(axis=0)
    return _share(right, pairs)


def _area_of_design(design: Floats, fold: Codes, is_one: Floats, folds: int) -> Floats:
    """The same for ridge regression on all bins: one factorisation a fold serves the classes and all their permutations."""
    right, pairs = np.zeros(is_one.shape[1]), np.zeros(is_one.shape[1])
    for number in range(folds):
        own = fold == number
        x, y = design[~own], is_one[~own]
        weights = np.linalg.solve(x.T @ x + _RIDGE * np.eye(x.shape[1]), x.T @ (y - y.mean(axis=0)))
        more, of_pairs = _right_pairs(design[own] @ weights, is_one[own])
        right += more
        pairs += of_pairs
    return _share(right, pairs)


def _right_pairs(score: Floats, is_one: Floats) -> tuple[Floats, Floats]:
    """How many pairs are in the right order (equal scores count half), and how many pairs there are, by column."""
    from scipy.stats import rankdata

    # Sums of the same weights may differ in their last digit; that is no order.
    ranks = rankdata(np.round(score, 10), axis=0)
    ones = is_one.sum(axis=0)
    return (ranks * is_one).sum(axis=0) - ones * (ones + 1) / 2, ones * (len(is_one) - ones)


def _share(right: Floats, pairs: Floats) -> Floats:
    return np.where(pairs > 0, right / np.maximum(pairs, 1), 0.5)


def _error(area: float, ones: int, n: int) -> float:
    """The standard error of an area (Hanley & McNeil 1982, eq. 1)."""
    others = n - ones
    both_ones, both_others = area / (2 - area), 2 * area**2 / (1 + area)
    variance = area * (1 - area) + (ones - 1) * (both_ones - area**2) + (others - 1) * (both_others - area**2)
    return float(np.sqrt(max(variance, 0.0) / (ones * others)))

"""What a score is worth: the mean of what came, never falling as the score rises, and whether that says more than the mean of all.

Isotonic regression by pooling adjacent violators: Ayer, Brunk, Ewing, Reid and Silverman (1955), Annals of Mathematical Statistics 26.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
_GROUP, _MOST_GROUPS, _FOLDS, _ROUNDS = 40, 20, 5, 1000
LEAST = 2 * _GROUP + 20
"""With fewer customers nothing is learned."""


@dataclass(frozen=True)
class Curve:
    """Rising scores with mean, 5 % and 95 % quantile of what came; between them straight lines, beyond them the ends."""

    scores: Floats
    mean: Floats
    lower: Floats
    upper: Floats


@dataclass(frozen=True)
class Proof:
    """How good the curve was for customers left out of it. skill: share of the squared error saved against the mean of all; sure: the lower
    end of its 90 % interval (bootstrap over customers) in squared units of money; held: share within the bounds.
    """

    skill: float
    sure: float
    held: float


def places(score: Floats) -> Floats:
    """The share of customers whose score is no higher, above 0 up to 1.

    >>> places(np.array([5.0, 7.0, 5.0, 9.0])).tolist()
    [0.5, 0.75, 0.5, 1.0]
    """
    return np.searchsorted(np.sort(score), score, side="right") / max(len(score), 1)


def isotonic(values: Floats, weights: Floats) -> Floats:
    """The non-falling sequence nearest to `values` in weighted squares. Both of one length, weights above 0.

    >>> isotonic(np.array([1.0, 3.0, 2.0, 4.0]), np.ones(4)).tolist()
    [1.0, 2.5, 2.5, 4.0]
    """
    blocks: list[tuple[float, float, int]] = []
    for value, weight in zip(values.tolist(), weights.tolist(), strict=True):
        blocks.append((value, weight, 1))
        while len(blocks) > 1 and blocks[-2][0] > blocks[-1][0]:
            (late, heavy, many), (early, light, few) = blocks.pop(), blocks.pop()
            blocks.append(((late * heavy + early * light) / (heavy + light), heavy + light, many + few))
    return np.concatenate([np.full(count, value) for value, _, count in blocks]) if blocks else np.zeros(0)


def curve(score: Floats, money: Floats) -> Curve:
    """The curve of groups of about equal size, at least 40 customers in each. score, money: one element a customer, at least 80."""
    order = np.argsort(score, kind="stable")
    groups = np.array_split(order, int(np.clip(len(order) // _GROUP, 2, _MOST_GROUPS)))
    scores = np.array([score[group].mean() for group in groups])
    size = np.array([float(len(group)) for group in groups])
    mean = isotonic(np.array([money[group].mean() for group in groups]), size)
    ends = np.array([_ends(money[group]) for group in groups])
    lower, upper = isotonic(ends[:, 0], size), isotonic(ends[:, 1], size)
    _, first = np.unique(scores, return_index=True)
    return Curve(scores[first], mean[first], np.minimum(lower, mean)[first], np.maximum(upper, mean)[first])


def _ends(money: Floats) -> tuple[float, float]:
    """Between which of n values a further one lies in at least 90 % of cases: the k-th from below and above, k = 5 % of n + 1."""
    ordered = np.sort(money)
    k = max(int(0.05 * (len(ordered) + 1)), 1)
    return float(ordered[k - 1]), float(ordered[-k])


def proven(score: Floats, money: Floats, *, rng: np.random.Generator) -> Proof:
    """Fits the curve five times to four fifths of the customers and holds it against the others."""
    fold = rng.permutation(len(score)) % _FOLDS
    ours, usual, held = np.zeros(len(score)), np.zeros(len(score)), np.zeros(len(score), dtype=bool)
    for number in range(_FOLDS):
        out = fold == number
        found = curve(score[~out], money[~out])
        ours[out] = np.interp(score[out], found.scores, found.mean)
        usual[out] = money[~out].mean()
        lower, upper = (np.interp(score[out], found.scores, bound) for bound in (found.lower, found.upper))
        held[out] = (lower <= money[out]) & (money[out] <= upper)
    saved = (money - usual) ** 2 - (money - ours) ** 2
    base = float(np.sum((money - usual) ** 2))
    # Weights of a bootstrap over customers; rounds by chunks would save memory where there are very many.
    count = min(len(saved), 20_000)
    drawn = saved if count == len(saved) else rng.choice(saved, count, replace=False)
    means = np.array([float(drawn @ rng.multinomial(count, np.full(count, 1 / count))) / count for _ in range(_ROUNDS)])
    return Proof(float(saved.sum() / base) if base else 0.0, float(np.quantile(means, 0.05)), float(held.mean()))

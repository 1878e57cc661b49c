"""Experiments: who is held out, what came of it, and what that says of the effect.

Arrays only; the outcome may be money, orders or a chance. Assignment is a hash of seed and id: the same customer falls into the same group
whatever order customers stand in and whoever else is there.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import final

import numpy as np
from numpy.typing import NDArray

from kundenwert.errors import CallError

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Flags = NDArray[np.bool_]
Texts = NDArray[np.str_]

_GOLDEN, _FIRST, _SECOND = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
# Of a bell curve, so many standard deviations lie between mean and 95 % quantile.
_TO_95 = 1.6448536269514722


@final
@dataclass(frozen=True)
class Uplift:
    """Treated less held out. difference: of the means, in the unit of the outcome; error: its standard error; lower, upper: the interval.

    treated, held: how many. treated_mean, treated_error, held_mean, held_error: of each group, less what the forecast told. explained:
    share of the variance that the forecast from before took away; 0 without one.
    """

    difference: float
    error: float
    lower: float
    upper: float
    treated: int
    held: int
    treated_mean: float
    treated_error: float
    held_mean: float
    held_error: float
    explained: float = 0.0


def order_of(ids: Texts, seed: int) -> NDArray[np.uint64]:
    """A number by chance for each id, (n,): the finaliser of SplitMix64 (Steele, Lea, Flood 2014, fig. 17) over its letters.

    >>> bool((order_of(np.array(["1", "22"]), 7) == order_of(np.array(["22", "1", "333"]), 7)[[1, 0]]).all())
    True
    """
    letters = np.asarray(ids, dtype=np.str_)
    width = max(letters.dtype.itemsize // 4, 1)
    codes = np.ascontiguousarray(letters).view(np.uint32).reshape(len(letters), width) if len(letters) else np.zeros((0, width), np.uint32)
    key = np.full(len(letters), np.uint64(seed % 2**64), dtype=np.uint64)
    with np.errstate(over="ignore"):
        key = _mixed(key)
        for place in range(width):
            code = codes[:, place].astype(np.uint64)
            # Texts end with zeros up to the longest; those are no letters.
            key = np.where(code > 0, _mixed(key ^ code), key)
    return key


def held_out(ids: Texts, share: float, *, seed: int, strata: Integers | None = None) -> Flags:
    """Who is held out: of each stratum `share` of its customers by chance, and of all together `share` rounded up, (n,).

    ids: unique. strata: (n,) code of each customer's stratum; None: one for all. Each stratum gets its whole number of places; what is
    left goes to the strata with the largest remainders.

    >>> int(held_out(np.array([str(n) for n in range(95)]), 0.1, seed=1).sum())
    10
    """
    if not 0 <= share < 1:
        raise CallError(f"share = {share!r}: a share from 0 to below 1 was expected.")
    count = len(ids)
    codes = np.zeros(count, dtype=np.int64) if strata is None else np.unique(strata, return_inverse=True)[1].astype(np.int64)
    if not count or not share:
        return np.zeros(count, dtype=np.bool_)
    drawn = order_of(ids, seed)
    # Among ids that fall on the same number the text decides: the order of the arrays must not.
    order = np.lexsort((ids, drawn, codes))
    sizes = np.bincount(codes)
    places = _shared_out(np.float64(share) * sizes, math.ceil(round(count * share, 9)), sizes)
    start = np.concatenate(([0], np.cumsum(sizes)[:-1]))
    rank = np.arange(count) - start[codes[order]]
    held = np.zeros(count, dtype=np.bool_)
    held[order] = rank < places[codes[order]]
    return held


def difference(treated: Floats, held: Floats, *, level: float = 0.9) -> Uplift:
    """The difference of the means with the interval of Welch 1947 (Biometrika 34), whose groups may spread differently.

    treated, held: outcome of each customer, at least two each, any length. Raises CallError for fewer.

    >>> found = difference(np.array([3.0, 5.0, 4.0, 6.0]), np.array([2.0, 3.0, 2.0, 3.0]))
    >>> round(found.difference, 3), round(found.lower, 3), round(found.upper, 3)
    (2.0, 0.508, 3.492)
    """
    _refuse_few(treated, held)
    parts = [float(np.var(values, ddof=1)) / len(values) for values in (treated, held)]
    error = math.sqrt(sum(parts))
    apart = float(np.mean(treated) - np.mean(held))
    half = error * _quantile(parts, (len(treated), len(held)), level)
    counts, errors = (len(treated), len(held)), [math.sqrt(part) for part in parts]
    return Uplift(apart, error, apart - half, apart + half, *counts, float(np.mean(treated)), errors[0], float(np.mean(held)), errors[1])


def with_forecast(treated: Floats, held: Floats, treated_before: Floats, held_before: Floats, *, level: float = 0.9) -> Uplift:
    """The difference less what a forecast from before told of it (CUPED: Deng, Xu, Kohavi, Walker 2013, WSDM, eq. 4 and 5).

    treated_before, held_before: forecast of each customer, made before the groups were drawn. Each outcome less theta (forecast - mean of
    all forecasts), theta from the spread within the groups; unbiased whatever the forecast is worth.
    """
    _refuse_few(treated, held)
    before = (np.asarray(treated_before, dtype=float), np.asarray(held_before, dtype=float))
    after = (np.asarray(treated, dtype=float), np.asarray(held, dtype=float))
    within = [(y - y.mean(), x - x.mean()) for y, x in zip(after, before, strict=True)]
    spread = sum(float(x @ x) for _, x in within)
    theta = sum(float(y @ x) for y, x in within) / spread if spread > 0 else 0.0
    mean = float(np.concatenate(before).mean())
    plain = difference(*after, level=level)
    found = difference(*(y - theta * (x - mean) for y, x in zip(after, before, strict=True)), level=level)
    explained = max(0.0, 1 - (found.error / plain.error) ** 2) if plain.error else 0.0
    return replace(found, explained=explained)


def shrunk(differences: Floats, errors: Floats) -> tuple[Floats, Floats]:
    """Differences of several segments drawn to their common mean as far as they may differ by chance; means and errors, (k,) each.

    differences, errors: (k,), errors above 0. Spread between segments by the moments of DerSimonian & Laird 1986 (Controlled Clinical
    Trials 7); then each is the mean of a bell curve given its own figure and the common mean.

    >>> [round(float(x), 3) for x in shrunk(np.array([1.0, 3.0]), np.array([1.0, 1.0]))[0]]
    [1.5, 2.5]
    """
    weight = 1 / errors**2
    mean = float((weight * differences).sum() / weight.sum())
    if len(differences) < 2:
        return differences.astype(float), errors.astype(float)
    freedom = len(differences) - 1
    found = float((weight * (differences - mean) ** 2).sum())
    spread = max(0.0, (found - freedom) / float(weight.sum() - (weight**2).sum() / weight.sum()))
    weight = 1 / (errors**2 + spread)
    mean = float((weight * differences).sum() / weight.sum())
    own = spread / (errors**2 + spread)
    return own * differences + (1 - own) * mean, np.sqrt(own * errors**2 + (1 - own) ** 2 / weight.sum())


def relative(found: Uplift) -> tuple[float, float]:
    """The difference as share of the mean of those held out, and its standard error: of a ratio of two means (delta method).

    >>> share, error = relative(Uplift(2.0, 0.5, 1.0, 3.0, 50, 50, treated_mean=12.0, treated_error=0.4, held_mean=10.0, held_error=0.3))
    >>> round(share, 3), round(error, 4)
    (0.2, 0.0538)
    """
    if not found.held_mean:
        return math.nan, math.nan
    ratio = found.treated_mean / found.held_mean
    return ratio - 1, math.hypot(found.treated_error, ratio * found.held_error) / abs(found.held_mean)


def share_left(half_life_days: float, days: float) -> float:
    """Which share of an effect that halves every `half_life_days` is there on average over `days`; 0 for a half-life: it stays whole.

    >>> share_left(0, 90), round(share_left(90, 90), 4)
    (1.0, 0.7213)
    """
    if not half_life_days or not days:
        return 1.0
    halves = days / half_life_days
    return float((1 - 2.0**-halves) / (halves * math.log(2)))


def updated(low: float, likely: float, high: float, measured: float, error: float) -> tuple[float, float, float]:
    """What is believed of an effect after it was measured: 5 % quantile, mean, 95 % quantile, by Bayes with bell curves.

    low, likely, high: believed before, the same three. measured, error: the difference found and its standard error, above 0.

    >>> [round(x, 4) for x in updated(0.0, 0.05, 0.10, 0.09, 0.03)]
    [0.0351, 0.0703, 0.1054]
    """
    if not (low <= likely <= high and error > 0):
        raise CallError(f"low, likely, high = {low}, {likely}, {high} must rise, and the error {error} be above 0.")
    before = ((high - low) / (2 * _TO_95)) ** 2
    if not before:
        return low, likely, high
    own = before / (before + error**2)
    mean = own * measured + (1 - own) * likely
    half = _TO_95 * math.sqrt(own) * error
    return mean - half, mean, mean + half


def _mixed(key: NDArray[np.uint64]) -> NDArray[np.uint64]:
    mix = key + _GOLDEN
    mix ^= mix >> np.uint64(30)
    mix *= _FIRST
    mix ^= mix >> np.uint64(27)
    mix *= _SECOND
    mix ^= mix >> np.uint64(31)
    return mix


def _shared_out(parts: Floats, total: int, most: Integers) -> Integers:
    """Whole numbers near `parts` that add up to `total`, by largest remainder, none above `most`."""
    whole = np.minimum(np.floor(np.round(parts, 9)).astype(np.int64), most)
    order = np.lexsort((np.arange(len(parts)), -np.round(parts - whole, 9)))
    room = order[whole[order] < most[order]]
    whole[room[: max(0, total - int(whole.sum()))]] += 1
    return whole


def _quantile(parts: list[float], counts: tuple[int, int], level: float) -> float:
    """The quantile of Student's t with the degrees of freedom of Welch and Satterthwaite."""
    from scipy.special import stdtrit

    spread = sum(part**2 / (count - 1) for part, count in zip(parts, counts, strict=True))
    if not spread:
        return 0.0
    return float(stdtrit(sum(parts) ** 2 / spread, (1 + level) / 2))


def _refuse_few(treated: Floats, held: Floats) -> None:
    if len(treated) < 2 or len(held) < 2:
        raise CallError(f"{len(treated)} treated and {len(held)} held out: at least two of each are needed to tell a difference.")

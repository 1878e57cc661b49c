"""Means of groups, few and many, pulled towards the mean of all as far as chance may have made them: credibility.

Source: Bühlmann & Straub 1970 (Mitteilungen der Vereinigung schweizerischer Versicherungsmathematiker 70), an empirical Bayes estimate:

    own share  B = between / (between + within / n)
    mean         = B x mean of the group + (1 - B) x centre

`within` is the variance of one member about the mean of its group, `between` that of the true means of groups about the centre; both are
estimated from the groups themselves, `between` unbiased and not below 0. The centre weighs each group by 1 / (between + within / n).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, final

import numpy as np

if TYPE_CHECKING:
    from kundenwert.records.arrays import Floats


@final
@dataclass(frozen=True)
class Pooled:
    """Means of g groups. mean, own_share, sd: (g,); sd is how far the true mean may lie from `mean`. centre: mean towards which is pulled,
    centre_sd its own uncertainty. within, between: variances.
    """

    mean: Floats
    own_share: Floats
    sd: Floats
    centre: float
    centre_sd: float
    within: float
    between: float


def pool(counts: Floats, sums: Floats, squares: Floats, *, towards: Floats | None = None, least: float = 1.0) -> Pooled:
    """Partially pooled means of groups; counts, sums and sums of squares of their members, each (g,).

    towards: (g,) what each group is pulled towards instead of the centre of all, such as the mean of a larger group it belongs to. least:
    members below which a group has no say of its own (own share 0). Groups without members get the centre. With no members at all
    everything is 0; with one group, or where groups differ no more than chance makes them, all get the centre.

    Two groups of four that differ far beyond chance keep nearly all of what is their own:

    >>> found = pool(np.array([4.0, 4.0]), np.array([40.0, 80.0]), np.array([404.0, 1604.0]))
    >>> found.own_share.round(3).tolist(), found.mean.round(2).tolist()
    ([0.993, 0.993], [10.03, 19.97])
    """
    total = float(counts.sum())
    if not total:
        nothing = np.zeros_like(counts)
        return Pooled(nothing if towards is None else towards, nothing, nothing, 0.0, 0.0, 0.0, 0.0)
    own = np.divide(sums, counts, out=np.zeros_like(sums), where=counts > 0)
    apart = own - (float(sums.sum()) / total if towards is None else towards)
    within = _within(counts, sums, squares)
    between = _between(counts, apart, within, has_centre=towards is None)
    share = np.where(counts >= max(least, 1.0), np.divide(between, between + within / np.maximum(counts, 1.0)) if between else 0.0, 0.0)
    centre, centre_sd = _centre(counts, own, within, between)
    about = np.full_like(own, centre) if towards is None else towards
    # The part of the error of the centre that is not overcome by own members comes on top of what own members leave open.
    variance = (1 - share) * between + (1 - share) ** 2 * centre_sd**2
    return Pooled(share * own + (1 - share) * about, share, np.sqrt(variance), centre, centre_sd, within, between)


def _within(counts: Floats, sums: Floats, squares: Floats) -> float:
    groups, total = int(np.count_nonzero(counts)), float(counts.sum())
    inside = float((squares - np.divide(sums**2, counts, out=np.zeros_like(sums), where=counts > 0)).sum())
    return max(inside, 0.0) / (total - groups) if total > groups else 0.0


def _between(counts: Floats, apart: Floats, within: float, *, has_centre: bool) -> float:
    """Unbiased: the weighted squares of the distances less what chance alone makes of them; an estimated centre takes one group."""
    groups, total = int(np.count_nonzero(counts)), float(counts.sum())
    lost = 1 if has_centre else 0
    scale = total - (float((counts**2).sum()) / total if has_centre else 0.0)
    if groups <= lost or scale <= 0 or total <= groups:
        return 0.0
    return max(0.0, (float((counts * apart**2).sum()) - (groups - lost) * within) / scale)


def _centre(counts: Floats, own: Floats, within: float, between: float) -> tuple[float, float]:
    """The weighted mean of the groups, and its standard error."""
    known = counts > 0
    noise = between + within / counts[known]
    if not noise.any():
        return float(np.average(own[known], weights=counts[known])), 0.0
    if not noise.all():
        noise = np.maximum(noise, noise.max() * 1e-12)
    weight = 1 / noise
    return float((weight * own[known]).sum() / weight.sum()), float(np.sqrt(1 / weight.sum()))

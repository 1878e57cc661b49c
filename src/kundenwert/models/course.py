"""The course of purchases over calendar time that a fit expects of customers known by their first purchase only.

Fader, Hardie & Lee 2005, Marketing Science 24(2), section 5: repeat purchases by week are the sum over customers of E[X(t - first)].
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kundenwert.models._statement import Values
from kundenwert.models.purchases._history import AbstractHistoryModel
from kundenwert.records import Histories
from kundenwert.stats import distinct, quadrature

Floats = NDArray[np.float64]
# Times handled at once.
_BLOCK = 50_000


def expected_course(fit: Any, histories: Histories, ends: Floats) -> Floats:
    """Expected repeat purchases of all customers until each end, cumulated from their first purchases; shape as `ends`.

    ends: days from the as-of day, negative for days before it. A fit may have a method `expected_course(histories, ends)` of its own.
    """
    if hasattr(fit, "expected_course"):
        own: Floats = fit.expected_course(histories, ends)
        return own
    ages, of_age = distinct.codes(histories.T)
    customers = distinct.sums(histories.count.astype(np.float64), of_age, len(ages))
    total = np.empty(len(ends))
    curve = _curve(fit.model, fit.parameters_in_days, max(float(ages.max(initial=0.0) + ends.max(initial=0.0)), 0.0))
    size = max(1, _BLOCK // max(len(ages), 1))
    for start in range(0, len(ends), size):
        time = np.maximum(ages[None, :] + ends[start : start + size, None], 0.0)
        total[start : start + size] = curve(time) @ customers
    return total


def _curve(model: Any, p: Values, longest: float) -> Callable[[Floats], Floats]:
    """Expected repeat purchases of a new customer as a function of time in days, up to the longest.

    Where rates are gamma distributed, it is analytic in w = ln(1 + time / scale) for |Im w| < pi / 2: a polynomial through a few dozen
    points is as good as the formula and serves any number of times.
    """
    if not isinstance(model, AbstractHistoryModel):
        return lambda time: np.asarray(model.unconditional_purchases(p, time))
    scale = min(p[one.name] for one in model.parameters if one.time == 1)
    reach = np.log1p(longest / scale)
    nodes = quadrature.nodes_for(0.5 * reach)
    grid = scale * np.expm1(reach * quadrature.chebyshev(nodes))
    grid[-1] = longest
    values = model.unconditional_purchases(p, grid)

    def curve(time: Floats) -> Floats:
        at = np.minimum(np.log1p(time.ravel() / scale) / max(reach, 1e-300), 1.0)
        found: Floats = (quadrature.interpolation_weights(nodes, at) @ values).reshape(time.shape)
        return found

    return curve

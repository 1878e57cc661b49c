"""How many it takes to see an effect: comparison of the means of two groups, one treated, one held out.

Source: two-sided z test of a difference of means (Cohen 1988, Statistical Power Analysis, ch. 2); the variance that a forecast from before
explains falls away (CUPED: Deng, Xu, Kohavi, Walker 2013, WSDM, eq. 5).
"""

from __future__ import annotations

import math
from statistics import NormalDist

from kundenwert.errors import CallError

LEVEL, POWER = 0.95, 0.8


def sample_size(
    effect: float, sd: float, *, held: float = 0.5, level: float = LEVEL, power: float = POWER, correlation: float = 0.0
) -> int:
    """How many customers both groups need together, to find `effect` with the chance `power`.

    effect: difference of means, not 0. sd: standard deviation between customers, same unit. held: share in the group that is held out.
    level: of the interval that must leave out 0. correlation: of the outcome with a forecast made before; 0: none is used.
    Raises CallError for figures that mean nothing.

    Half a standard deviation with equal groups needs 126 customers, 63 in each:

    >>> sample_size(0.5, 1.0), sample_size(0.5, 1.0, correlation=0.8), sample_size(0.5, 1.0, held=0.1)
    (126, 46, 349)
    """
    _refuse(sd=sd, held=held, level=level, power=power, correlation=correlation)
    if not (math.isfinite(effect) and effect):
        raise CallError(f"effect = {effect!r}: a finite difference other than 0 was expected.")
    needed = (_reach(level, power) * _noise(sd, held, correlation) / effect) ** 2
    return max(2, math.ceil(round(needed, 6)))


def detectable(
    customers: int, sd: float, *, held: float = 0.5, level: float = LEVEL, power: float = POWER, correlation: float = 0.0
) -> float:
    """The smallest difference of means that so many customers show with the chance `power`; arguments as in `sample_size`.

    >>> round(detectable(126, 1.0), 3)
    0.499
    """
    _refuse(sd=sd, held=held, level=level, power=power, correlation=correlation)
    if customers < 2:
        return math.inf
    return _reach(level, power) * _noise(sd, held, correlation) / math.sqrt(customers)


def chance_to_find(effect: float, customers: int, sd: float, *, held: float = 0.5, level: float = LEVEL, correlation: float = 0.0) -> float:
    """The chance that so many customers show `effect`; arguments as in `sample_size`.

    >>> round(chance_to_find(0.5, 126, 1.0), 3)
    0.801
    """
    _refuse(sd=sd, held=held, level=level, power=POWER, correlation=correlation)
    if customers < 2:
        return 0.0
    bell = NormalDist()
    limit = bell.inv_cdf((1 + level) / 2)
    noise = _noise(sd, held, correlation) / math.sqrt(customers)
    if not noise:
        return float(effect != 0)
    away = abs(effect) / noise
    return bell.cdf(away - limit) + bell.cdf(-away - limit)


def _reach(level: float, power: float) -> float:
    bell = NormalDist()
    return bell.inv_cdf((1 + level) / 2) + bell.inv_cdf(power)


def _noise(sd: float, held: float, correlation: float) -> float:
    """The standard error of the difference for one customer in all."""
    return sd * math.sqrt((1 - correlation**2) / (held * (1 - held)))


def _refuse(**given: float) -> None:
    limits = {
        "sd": (0.0, math.inf, "0 or more"),
        "held": (1e-9, 1 - 1e-9, "a share above 0 and below 1"),
        "level": (1e-9, 1 - 1e-9, "a share above 0 and below 1"),
        "power": (1e-9, 1 - 1e-9, "a share above 0 and below 1"),
        "correlation": (-1.0, 1.0, "a number from -1 to 1"),
    }
    wrong = [
        f"{name} = {given[name]!r} (expected: {expected})"
        for name, (low, high, expected) in limits.items()
        if not low <= given[name] <= high or math.isinf(given[name])
    ]
    if wrong:
        raise CallError("These figures mean nothing: " + "; ".join(wrong) + ".")

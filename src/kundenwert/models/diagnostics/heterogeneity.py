"""How customers differ under a fit: how often they buy while they are customers, and how they leave."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from kundenwert.errors import CallError
from kundenwert.models.diagnostics._checks import usable
from kundenwert.records import Density, Heterogeneity

Floats = NDArray[np.float64]

_BARS: Final = 24
# The axis ends where so many customers are told.
_TOLD: Final = 0.95
_DAYS_A_YEAR: Final = 365.25


def heterogeneity(fit: Any) -> Heterogeneity:
    """Needs nothing but the parameters. Raises CallError for a fit whose parameters do not say how customers differ."""
    usable(fit)
    p = getattr(fit, "parameters_in_days", None)
    if p is None or not {"r", "alpha"} <= set(p):
        raise CallError(f"{fit.model.name} has no single distribution of rates. Expected: a plain fit of a model such as bg_nbd.")
    parts = [_gamma("rate", p["r"], p["alpha"])]
    if {"a", "b"} <= set(p):
        parts.append(_beta(p["a"], p["b"]))
    if {"s", "beta"} <= set(p):
        parts.append(_gamma("leaving_rate", p["s"], p["beta"]))
    return Heterogeneity(fit.model.name, tuple(parts))


def _gamma(quantity: str, shape: float, days: float) -> Density:
    """A gamma distribution of yearly rates; days: its inverse scale."""
    from scipy.special import gammainc, gammaincinv

    scale = _DAYS_A_YEAR / days
    top = float(gammaincinv(shape, _TOLD)) * scale
    median = float(gammaincinv(shape, 0.5)) * scale
    return _density(quantity, lambda edges: gammainc(shape, edges / scale), top, shape * scale, median)


def _beta(a: float, b: float) -> Density:
    from scipy.special import betainc, betaincinv

    top = float(betaincinv(a, b, _TOLD))
    return _density("leaving_chance", lambda edges: betainc(a, b, edges), top, a / (a + b), float(betaincinv(a, b, 0.5)))


def _density(quantity: str, below: Callable[[Floats], Any], top: float, mean: float, median: float) -> Density:
    # Where all customers are alike there is no width to show; a little keeps the axis whole.
    edges = np.linspace(0.0, max(top, mean * 1e-6, 1e-12), _BARS + 1)
    shares = np.diff(below(edges))
    return Density(quantity, tuple(edges.tolist()), tuple(shares.tolist()), float(mean), median)


PLUGIN = heterogeneity

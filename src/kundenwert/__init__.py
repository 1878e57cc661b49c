"""The value of each customer, past and future, in money.

>>> import kundenwert as kw  # doctest: +SKIP
>>> base = kw.customer_base("orders.csv", as_of="1997-09-30")  # doctest: +SKIP
>>> fit = kw.BgNbd().fit(base)  # doctest: +SKIP
>>> table = fit.forecast(base, horizon="39w")  # doctest: +SKIP

A model's Python name is its file name in CamelCase: bg_nbd is BgNbd.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kundenwert.flows.allocate import allocate
    from kundenwert.flows.compare_models import compare
    from kundenwert.flows.customer_base import CustomerBase, customer_base
    from kundenwert.flows.estimate import estimate
    from kundenwert.models.purchases.bg_nbd import BgNbd
    from kundenwert.models.purchases.mbg_nbd import MbgNbd
    from kundenwert.models.purchases.nbd import Nbd
    from kundenwert.models.purchases.pareto_nbd import ParetoNbd
    from kundenwert.models.purchases.recent_rate import RecentRate
    from kundenwert.models.spend.gamma_gamma import GammaGamma

__version__ = "0.1.0"
__all__ = [
    "BgNbd",
    "CustomerBase",
    "GammaGamma",
    "MbgNbd",
    "Nbd",
    "ParetoNbd",
    "RecentRate",
    "allocate",
    "compare",
    "customer_base",
    "estimate",
]

# Imported when first used: the command line starts without numpy.
_HOMES = {
    "BgNbd": "kundenwert.models.purchases.bg_nbd",
    "CustomerBase": "kundenwert.flows.customer_base",
    "GammaGamma": "kundenwert.models.spend.gamma_gamma",
    "MbgNbd": "kundenwert.models.purchases.mbg_nbd",
    "Nbd": "kundenwert.models.purchases.nbd",
    "ParetoNbd": "kundenwert.models.purchases.pareto_nbd",
    "RecentRate": "kundenwert.models.purchases.recent_rate",
    "allocate": "kundenwert.flows.allocate",
    "compare": "kundenwert.flows.compare_models",
    "customer_base": "kundenwert.flows.customer_base",
    "estimate": "kundenwert.flows.estimate",
}


def __getattr__(name: str) -> Any:
    if name == "sklearn":  # a module: it needs a package that not everyone has
        return importlib.import_module("kundenwert.sklearn")
    if name not in _HOMES:
        raise AttributeError(f"module 'kundenwert' has no attribute {name!r}")
    return getattr(importlib.import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *_HOMES, "sklearn"])

"""Value tiers: customers in groups by what they are worth, with size, shares, potential and moves since the last run (R85)."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from kundenwert.engines._engine import Reading
from kundenwert.records import Notice
from kundenwert.settings import Setting
from kundenwert.settings import _one_of as one_of
from kundenwert.value.components._component import Basis, Built, Component
from kundenwert.value.components._groups import groups, open_money
from kundenwert.value.concentration import concentration

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from kundenwert.engines._engine import Engine

_SHARES: Final = {"I": 0.05, "II": 0.2, "III": 0.5, "IV": 1.0}
_MOST: Final = 20
_POINTS: Final = 10
_DIGITS: Final = 6


def tier_of(before: float, shares: Mapping[str, float]) -> str:
    """The tier of a customer: the first whose limit the share of more valuable customers is strictly below.

    before: customers with a higher value / all customers, 0 to below 1. shares: names with rising limits, the last is 1.

    >>> [tier_of(k / 20, {"I": 0.05, "II": 0.2, "III": 0.5, "IV": 1.0}) for k in (0, 1, 3, 4, 10)]
    ['I', 'II', 'II', 'III', 'IV']
    """
    return next(name for name, limit in shares.items() if before < limit - 1e-12)


def _build(engine: Engine, basis: Basis) -> Built:
    options = basis.options
    measures = open_money(engine, basis)
    measure = options["measure"] if options["measure"] in measures else "clv"
    by_money = bool(options["money"])
    named: Mapping[str, float] = options["money"] or options["shares"]
    limits = list(named.values()) if by_money else list(named.values())[:-1]
    names = [*named, options["below"]] if by_money else list(named)
    engine.table("component_tiers", "value/components/tiers.sql", measure=measure, by_money=by_money, names=names, limits=limits)
    engine.table("grouped", "value/components/tiers_grouped.sql", names=names)
    facts = {
        "measure": measure,
        "by": "money" if by_money else "shares",
        "limits": dict(named),
        "tiers": groups(engine, measures),
        "concentration": _concentrations(engine, [name for name in measures if name != "potential"], basis),
        "moves": _moves(engine, "component_tiers", "tier") if "previous.tier" in basis.given else None,
        "class_moves": _moves(engine, "component_value_class", "class") if "previous.class" in basis.given else None,
    }
    engine.drop("grouped")
    return Built(facts, tuple(_notices(options["measure"], measure)))


def _concentrations(engine: Engine, measures: Sequence[str], basis: Basis) -> dict[str, Any]:
    """How unevenly each measure is spread over the customers of whom it is known."""
    import numpy as np

    found = engine.arrays("value/components/tiers_values.sql")
    return {name: _concentration(np.ma.compressed(found[name]), name, basis) for name in measures}


def _concentration(known: NDArray[np.float64], measure: str, basis: Basis) -> dict[str, Any]:
    import numpy as np

    values, counts = np.unique(known, return_counts=True)
    # The highest first: equal values stand together, so that many customers are few.
    values, counts = values[::-1], counts[::-1]
    spread = concentration(values, measure=measure, customers=counts, limits=basis.class_limits)
    classes = {one.name: {"customers": one.customers, "sum": str(one.value), "share": one.share} for one in spread.classes}
    customers, peak = spread.whale_peak
    return {
        "gini": round(spread.gini, _DIGITS),
        "hhi": round(spread.hhi, _DIGITS),
        "peak": {"customers": round(customers, _DIGITS), "share": round(peak, _DIGITS)},
        "negative": int(counts[values < 0].sum()),
        "classes": classes,
        # Few of up to 200 points are enough for a small picture.
        "lorenz": _thinned(spread.lorenz),
        "whale": _thinned(spread.whale),
    }


def _thinned(points: tuple[tuple[float, float], ...]) -> list[list[float]]:
    """Evenly spaced points with both ends."""
    step = max(1, (len(points) - 1) // _POINTS)
    return [[round(x, _DIGITS), round(y, _DIGITS)] for x, y in (*points[:-1:step], points[-1])]


def _notices(wanted: str, measure: str) -> Iterator[Notice]:
    if wanted != measure:
        text = "Tiers go by {measure}: {wanted} is not known in these data."
        yield Notice("tiers_measure", text, {"measure": measure, "wanted": wanted})


def _moves(engine: Engine, today: str, column: str) -> list[dict[str, Any]]:
    """From where to where customers went since the earlier run. today: the table of a component; column: its tier or class."""
    for name, source in (("placed_before", "previous_customers"), ("placed_now", today)):
        engine.project(name, source, {"customer_id": Reading(("customer_id",)), "place": Reading((column,))})
    return engine.rows("value/components/tiers_moves.sql")


def _line(row: Mapping[str, Any]) -> Notice | None:
    if row["tier"] is None:
        return None
    text = "Value tier {name}: {share:.1%} of all customers are worth more."
    return Notice("tier", text, {"name": row["tier"], "share": row["customers_above"]})


def _read_shares(value: Any) -> dict[str, float]:
    found = _read_named(value)
    limits = list(found.values())
    if not limits or not limits[0] > 0 or limits[-1] != 1 or any(b <= a for a, b in itertools.pairwise(limits)):
        raise ValueError(_SHARES_EXPECTED)
    return found


def _read_money(value: Any) -> dict[str, float]:
    found = _read_named(value)
    limits = list(found.values())
    if any(b >= a for a, b in itertools.pairwise(limits)):
        raise ValueError(_MONEY_EXPECTED)
    return found


_SHARES_EXPECTED: Final = "names with rising shares of customers, the last 1, such as {top = 0.1, core = 0.5, rest = 1}"
_MONEY_EXPECTED: Final = "names with falling amounts, such as {key = 50000, core = 5000}"


def _read_named(value: Any) -> dict[str, float]:
    """Names with numbers, in their order."""
    expected = f"at most {_MOST} names with numbers, such as {{top = 0.1, rest = 1}}"
    if not isinstance(value, Mapping) or len(value) > _MOST:
        raise ValueError(expected)
    numbers = [one for one in value.values() if isinstance(one, int | float) and not isinstance(one, bool) and math.isfinite(one)]
    names = {str(name).strip() for name in value}
    if len(numbers) < len(value) or len(names) < len(value) or "" in names:
        raise ValueError(expected)
    return {str(name).strip(): float(one) for name, one in value.items()}


def _read_name(value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError("a name")
    return value.strip()


PLUGIN = Component(
    title="Value tiers",
    formula="the first tier whose limit the share of more valuable customers is below, or whose amount the customer reaches",
    source="customer pyramid (Zeithaml, Rust and Lemon 2001, California Management Review 43(4)); classes of customers by value",
    columns={
        "tier": "Name of the value tier; empty where nothing is left to value.",
        "customers_above": "Share of the customers who are worth more, from 0 to below 1; equal customers have the same.",
    },
    build=_build,
    needs=(("value.money",),),
    after=("value_class",),
    reads=("potential",),
    options=(
        Setting(
            "measure",
            "clv",
            "By what tiers go: clv, value (past + clv), past, revenue, db1, db2, db3 or db4; clv where that is not known.",
            one_of("clv", "value", "past", "revenue", "db1", "db2", "db3", "db4"),
        ),
        Setting(
            "shares",
            _SHARES,
            "Names of the tiers, each with the share of customers up to which it reaches, the most valuable first.",
            _read_shares,
        ),
        Setting(
            "money",
            {},
            "Names of the tiers, each with the amount of the measure from which on a customer belongs to it; replaces shares.",
            _read_money,
        ),
        Setting("below", "below", "With money: the name of the tier of all who reach none of the amounts.", _read_name),
    ),
    line=_line,
)

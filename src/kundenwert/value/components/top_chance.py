"""The chance to be among the top tenth by future value, instead of a bare rank."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from kundenwert.records import Notice
from kundenwert.settings import Setting
from kundenwert.value.components._component import Basis, Built, Component
from kundenwert.value.components._options import number

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from kundenwert.engines._engine import Engine

    Floats = NDArray[np.float64]
    Integers = NDArray[np.intp]

LEVELS: Final = (0.05, 0.15, 0.3, 0.45, 0.6, 0.7, 0.8, 0.87, 0.92, 0.95, 0.97, 0.985, 0.995, 0.999)
"""At which chances the distribution of each history is tabulated; closer together above, where the top tenth is decided."""
# Customers whose curves are looked up at once, so that memory stays small.
_ROWS: Final = 200_000
_SAMPLE: Final = 20_000
_LEAST: Final = 1e-9


def chance_above(quantiles: Floats, none: Floats, parts: Floats) -> Floats:
    """The chance that a customer brings more than so much.

    quantiles: of each customer's future value at LEVELS, in parts of its mean; shape (n, levels). none: the chance that nothing comes,
    shape (n,). parts: the amount, in parts of the mean, at least 0; shape (n,). Between two levels -ln(chance) rises with the amount,
    beyond the last one with its logarithm, as the sums of amounts of unequal customers do. Shape (n,).

    >>> import numpy as np
    >>> tail = -np.log1p(-np.array(LEVELS))
    >>> np.round(chance_above(np.tile(tail, (3, 1)), np.zeros(3), np.array([0.1625, 1.2, 3.0])), 2).tolist()
    [0.85, 0.3, 0.05]
    """
    import numpy as np

    tail = -np.log1p(-np.array(LEVELS))
    place = (quantiles <= parts[:, None]).sum(axis=1)
    right = np.clip(place, 1, len(LEVELS) - 1)
    row = np.arange(len(parts))
    low, high = quantiles[row, right - 1], quantiles[row, right]
    below, above = tail[right - 1], tail[right]
    # The first amount above nothing: there the chance is still that of anything at all.
    is_first = (place == 0) | (low <= 0)
    low = np.where(is_first, 0.0, low)
    high, above = (np.where(place == 0, first, one) for first, one in ((quantiles[:, 0], high), (tail[0], above)))
    below = np.where(is_first, np.minimum(-np.log1p(-np.minimum(none, 1 - _LEAST)), above), below)
    part = (parts - low) / np.maximum(high - low, _LEAST)
    far = np.flatnonzero((place == len(LEVELS)) & (low > 0))
    part[far] = np.log(parts[far] / low[far]) / np.maximum(np.log(high[far] / low[far]), _LEAST)
    # Where an amount stands alone, all the chance between two levels lies on it.
    part = np.where(place == len(LEVELS), part, np.minimum(part, 1.0))
    found = np.exp(-(below + part * (above - below)))
    # A customer of whom nothing can come.
    return np.where(quantiles[:, -1] > 0, found, 0.0)


def top_chances(clv: Floats, quantiles: Floats, none: Floats, history: Integers, share: float = 0.1) -> tuple[Floats, float]:
    """The chance of each customer to be among the top `share` by future value, and the value it takes.

    clv: expected future value in money, shape (n,). quantiles: of each history at LEVELS in parts of its mean, shape (histories, levels).
    none: the chance that nothing comes, shape (histories,). history: that of each customer,
    shape (n,). The threshold is the amount above which share x n customers are expected, so the chances add up to share x n; it is 0 where
    fewer can bring anything at all.
    """
    import numpy as np
    from scipy.optimize import brentq

    chances = np.zeros(len(clv))
    some = np.flatnonzero(clv > 0)
    wanted = share * len(clv)

    def at(threshold: float, rows: Integers) -> Floats:
        parts = np.array_split(rows, max(1, -(-len(rows) // _ROWS)))
        return np.concatenate([chance_above(quantiles[history[part]], none[history[part]], threshold / clv[part]) for part in parts])

    def excess(x: float, rows: Integers, count: float) -> float:
        return float(at(float(np.exp(x)), rows).sum()) - count

    if not len(some):
        return chances, 0.0
    least, most = float(np.log(clv[some].min() * 1e-6)), float(np.log(clv[some].max() * 1e6))
    if excess(least, some, wanted) <= 0:
        chances[some] = at(0.0, some)
        return chances, 0.0
    # An even sample tells nearly where it is, so that few looks at all customers are needed.
    few = some[np.argsort(clv[some], kind="stable")][:: max(1, len(some) // _SAMPLE)]
    near = wanted * len(few) / len(some)
    around = brentq(excess, least, most, args=(few, near), xtol=1e-7) if excess(least, few, near) > 0 else least
    width = 0.02
    while width < most - least and not (excess(around - width, some, wanted) > 0 > excess(around + width, some, wanted)):
        width *= 4
    x = brentq(excess, max(around - width, least), min(around + width, most), args=(some, wanted), xtol=1e-7)
    chances[some] = at(float(np.exp(x)), some)
    return chances, float(np.exp(x))


def _build(engine: Engine, basis: Basis) -> Built:
    import numpy as np

    share = basis.options["share"]
    engine.table("top_chance_customers", "value/components/top_chance_customers.sql")
    known = engine.arrays("value/components/top_chance_values.sql")
    futures = engine.arrays("value/components/top_chance_futures.sql")
    # The last row stands for customers without a history.
    quantiles = np.vstack([np.stack([futures[f"q{place}"] for place in range(len(LEVELS))]).T, np.zeros((1, len(LEVELS)))])
    none = np.append(futures["nothing"], 1.0)
    history = np.ma.filled(known["future"], len(none) - 1).astype(np.intp)
    chances, threshold = top_chances(known["clv"], quantiles, none, history, share)
    engine.load("top_chances", {"place": known["place"], "chance": np.clip(chances, 0.0, 1.0)})
    engine.table("component_top_chance", "value/components/top_chance.sql")
    (found,) = engine.rows("value/components/top_chance_facts.sql", share=share)
    for name in ("top_chance_customers", "top_chances"):
        engine.drop(name)
    return Built({"share": share, "threshold": round(threshold, 2), **found})


def _line(row: Mapping[str, Any]) -> Notice | None:
    if row["top_tenth_chance"] is None:
        return None
    text = "Chance to be among the most valuable customers of the years to come: {chance:.0%}."
    return Notice("top_chance", text, {"chance": row["top_tenth_chance"]})


PLUGIN = Component(
    title="Chance to be among the most valuable",
    formula="P(future value > threshold) from the customer's own forecast distribution; threshold: above it a tenth of all are expected",
    source="posterior predictive distribution of purchases and amounts (Fader and Hardie 2013, note 025); see the page on intervals",
    columns={
        "top_tenth_chance": "Chance, from 0 to 1, to be among the tenth of customers (or the share set) with the highest future value.",
    },
    build=_build,
    needs=(("future.money",), ("value.money",)),
    options=(Setting("share", 0.1, "The share of customers that counts as top.", number(0.001, 0.5)),),
    line=_line,
)

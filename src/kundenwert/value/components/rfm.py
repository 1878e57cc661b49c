"""Recency, frequency and money as scores from 1 to 5, "555" for the best (RFM)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from kundenwert.records import Notice
from kundenwert.settings import Setting
from kundenwert.value.components._component import Basis, Built, Component
from kundenwert.value.components._options import whole

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from kundenwert.engines._engine import Engine

    Floats = NDArray[np.float64]
    Integers = NDArray[np.int64]

PARTS: Final = 5
"""How many scores there are: quintiles."""


def scores(values: Floats, *, falling: bool = False) -> Integers:
    """The quintile score of each value: ceil(5 rank / n), rank from the worst, equal values share the highest of their ranks.

    values: any order and unit, shape (n,). falling: small is good, as with days since the last purchase. Gives 1 to 5, shape (n,).
    Source: Hughes 1994; value-models 3.3. The orders of ten customers:

    >>> import numpy as np
    >>> scores(np.array([12, 3, 1, 8, 2, 5, 1, 7, 4, 6])).tolist()
    [5, 2, 1, 5, 2, 3, 1, 4, 3, 4]
    """
    import numpy as np

    goodness = -np.asarray(values, dtype=float) if falling else np.asarray(values, dtype=float)
    rank = np.searchsorted(np.sort(goodness), goodness, side="right")
    found: Integers = -(-PARTS * rank // max(len(goodness), 1))
    return found


def codes(days: Floats, orders: Floats, money: Floats) -> list[str]:
    """The RFM code of each customer, such as "423". days: since the last purchase; orders; money: of these orders; shape (n,) each."""
    three = zip(scores(days, falling=True).tolist(), scores(orders).tolist(), scores(money).tolist(), strict=True)
    return [f"{r}{f}{m}" for r, f, m in three]


def _build(engine: Engine, basis: Basis) -> Built:
    days = basis.options["period_days"]
    if days:
        engine.table("rfm_known", "value/components/rfm_period.sql", as_of=basis.as_of, days=days)
    else:
        engine.table("rfm_known", "value/components/rfm_whole.sql", as_of=basis.as_of)
    engine.table("component_rfm", "value/components/rfm.sql", parts=PARTS)
    cells = engine.rows("value/components/rfm_facts.sql")
    engine.drop("rfm_known")
    return Built({"period_days": days, "ties": "highest rank", "cells": cells})


def _line(row: Mapping[str, Any]) -> Notice | None:
    if row["rfm"] is None:
        return None
    text = "RFM {code}: recency {r}, frequency {f}, money {m}; 5 is the best fifth of all customers, 1 the last."
    values = {"code": row["rfm"], "r": row["rfm_recency"], "f": row["rfm_frequency"], "m": row["rfm_money"]}
    return Notice("rfm", text, values)


PLUGIN = Component(
    title="Recency, frequency, money (RFM)",
    formula="ceil(5 x rank / n) of each of the three, rank from the worst; equal values share the highest of their ranks",
    source="Hughes 1994; Bult and Wansbeek 1995; value-models 3.3",
    columns={
        "rfm": "The three scores as a text, recency first: 555 is the best; empty without a purchase in the period.",
        "rfm_recency": "Score of the days since the last purchase, 1 to 5; 5 bought last.",
        "rfm_frequency": "Score of the number of purchases in the period, 1 to 5.",
        "rfm_money": "Score of the booked revenue of the period, 1 to 5.",
    },
    build=_build,
    needs=(("value.money",), ("rhythm.now",)),
    options=(
        Setting(
            "period_days",
            0,
            "How many days before the as-of day purchases and revenue count; 0: all that are in the log.",
            whole(0, 36_525),
        ),
    ),
    line=_line,
)

"""The ladder a customer climbs: prospect, first purchase, repeated purchase, regular customer, recommender (R66)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from kundenwert.records import Notice
from kundenwert.settings import Setting
from kundenwert.value.components._component import Basis, Built, Component

if TYPE_CHECKING:
    from kundenwert.engines._engine import Engine

RUNGS: Final = ("prospect", "first", "repeat", "regular", "recommender")
"""The rungs from the lowest up."""
# Where neither the option nor a preset says it.
_REGULAR: Final = 4


def rung_of(purchases: int, recommended: int, regular_purchases: int = _REGULAR) -> str:
    """The highest rung reached; more purchases or recommendations never lead down.

    purchases: not taken back. recommended: persons recommended who bought; counts for customers only. regular_purchases: from which on a
    customer is regular.

    >>> [rung_of(n, 0) for n in (0, 1, 2, 4)], rung_of(1, 1)
    (['prospect', 'first', 'repeat', 'regular'], 'recommender')
    """
    if purchases < 1:
        return RUNGS[0]
    if recommended > 0:
        return RUNGS[4]
    return RUNGS[3] if purchases >= regular_purchases else RUNGS[1 if purchases == 1 else 2]


def conversions(counts: Mapping[str, int]) -> dict[str, float | None]:
    """Of those who came at least to a rung the share that came at least to the next; None where nobody came so far.

    counts: customers by the highest rung reached; without prospects.

    >>> conversions({"first": 2, "repeat": 3, "regular": 4, "recommender": 1})
    {'repeat': 0.8, 'regular': 0.625, 'recommender': 0.2}
    """
    at_least = [sum(counts.get(rung, 0) for rung in RUNGS[place:]) for place in range(1, len(RUNGS))]
    return {
        rung: reached / before if before else None for rung, before, reached in zip(RUNGS[2:], at_least[:-1], at_least[1:], strict=True)
    }


def _build(engine: Engine, basis: Basis) -> Built:
    now = engine.rows("value/components/days.sql")[0]["now"]
    regular = basis.options["regular_purchases"] or basis.lifecycle.get("bound_purchases", _REGULAR)
    engine.table("component_ladder", "value/components/ladder.sql", now=now, regular_purchases=regular)
    found = {row["rung"]: row["customers"] for row in engine.rows("value/components/ladder_counts.sql")}
    (before,) = engine.rows("value/components/ladder_prospects.sql", now=now)
    leads, came = before.pop("leads"), before.pop("leads_who_bought")
    counts = {RUNGS[0]: before["prospects"], **{rung: found.get(rung, 0) for rung in RUNGS[1:]}}
    return Built(
        {
            "regular_purchases": regular,
            "counts": counts,
            "declined": before["declined"],
            "leads": leads,
            "leads_who_bought": came,
            "conversion": {"first": came / leads if leads else None, **conversions(counts)},
        }
    )


_LINES: Final = {
    "first": "Rung of the ladder: first purchase made, no second one yet.",
    "repeat": "Rung of the ladder: has bought again, but not yet regularly.",
    "regular": "Rung of the ladder: regular customer.",
    "recommender": "Rung of the ladder: recommender; {count} recommended customers have bought.",
}


def _line(row: Mapping[str, Any]) -> Notice | None:
    return None if row["rung"] is None else Notice("rung", _LINES[row["rung"]], {"count": row["recommended"]})


def _read_regular(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not (value == 0 or 2 <= value <= 1000):
        raise ValueError("a whole number from 2 to 1000, or 0 for the limit of the lifecycle")
    return value


PLUGIN = Component(
    title="Ladder up to the recommender",
    formula="the highest rung reached: 1 purchase, 2 purchases, as many as a regular customer has, a recommendation that led to a purchase",
    source="loyalty ladder (Christopher, Payne & Ballantyne 1991, Relationship Marketing)",
    columns={
        "rung": "first, repeat, regular or recommender: the highest rung reached.",
        "recommended": "Persons this customer recommended who bought, by the table of referrals.",
    },
    build=_build,
    needs=(("rhythm.now",),),
    options=(
        Setting("regular_purchases", 0, "Purchases that make a regular customer; 0: bound_purchases of the lifecycle.", _read_regular),
    ),
    line=_line,
)

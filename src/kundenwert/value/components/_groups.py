"""What groups of customers bring: how many they are, their money and their shares of it. Members count once, so shares add up to 1."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from kundenwert.engines._engine import Reading

if TYPE_CHECKING:
    from kundenwert.engines._engine import Engine
    from kundenwert.value.components._component import Basis

MEASURES: Final = ("revenue", "db1", "db2", "db3", "db4", "past", "clv", "value", "potential")
"""Money that is summed, where it is known. value: past + clv. potential: what is missing to the potential, a year."""


def open_money(engine: Engine, basis: Basis) -> tuple[str, ...]:
    """Makes view `member_money`: the judged customers with a column for each of MEASURES, null where a run does not know it.

    Gives the measures that are known. The view reads the component potential if that is told.
    """
    known = engine.columns("judged")
    has_potential = "component.potential" in basis.given
    if has_potential:
        columns = {"customer_id": Reading(("customer_id",)), "potential": Reading(("gap",))}
        engine.project("potential_of_members", "component_potential", columns)
    engine.beside("judged_members", "judged", ["potential_of_members"] if has_potential else [], "customer_id")
    measures = tuple(name for name in MEASURES if name in known or (name == "potential" and has_potential))
    money = {name: Reading((name,) if name in measures else (), type="decimal(18, 2)") for name in MEASURES}
    engine.project("member_money", "judged_members", {name: Reading((name,)) for name in ("customer_id", "level")} | money)
    return measures


def groups(engine: Engine, measures: tuple[str, ...]) -> list[dict[str, Any]]:
    """A row for each group of view `grouped` (customer_id, grouping, place, name, and `member_money` beside it), in order of place.

    Each says grouping, name, customers, customer_share, sums (money as text) and shares (None where all together are not above zero).
    """
    rows = engine.rows("value/components/groups.sql")
    found = []
    for row in rows:
        sums = {name: row[name] for name in measures}
        totals = {name: row[f"{name}_of_all"] for name in measures}
        found.append(
            {
                "grouping": row["grouping"],
                "name": row["name"],
                "customers": row["customers"],
                "customer_share": row["customers"] / row["customers_of_all"],
                "sums": {name: None if value is None else str(value) for name, value in sums.items()},
                "shares": {name: share_of(sums[name], totals[name]) for name in measures},
            }
        )
    return found


def share_of(part: Decimal | None, whole: Decimal | None) -> float | None:
    """The part of a whole above zero.

    >>> share_of(Decimal(1), Decimal(4)), share_of(Decimal(1), Decimal(-4))
    (0.25, None)
    """
    if part is None or whole is None or whole <= 0:
        return None
    return float(part / whole)

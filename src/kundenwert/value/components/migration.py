"""Value of customers who buy, fall silent and return, and from when on addressing them no longer pays (R06; of R38 the information)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from kundenwert.records import Notice
from kundenwert.settings import Setting
from kundenwert.value.components._component import Basis, Built, Component
from kundenwert.value.components._margin import open_margin_year
from kundenwert.value.components._options import number, whole

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from kundenwert.engines._engine import Engine


def worth_by_policy(chances: ArrayLike, rate: float) -> list[tuple[int, int, float, float]]:
    """Each policy (stop at recency 2 .. n + 1; n + 1: never) and each state it still addresses, (stop, state, purchases, addressed).

    chances: (n,) of a purchase in the next period. rate: d a period. purchases: expected and discounted, without the one that has just
    been made. addressed: expected and discounted periods in which the customer is addressed, the present one included. A customer who
    brings c a purchase and costs k to address is worth c purchases - k addressed (Pfeifer and Carraway 2000, eq. 4, parted).

    >>> worth = {(stop, state): (a, b) for stop, state, a, b in worth_by_policy([.3, .2, .15, .05], .2)}
    >>> a, b = worth[4, 1]  # stopping at recency 4; the printed 53.1494 holds the 40 of the purchase just made
    >>> round(40 + 40 * a - 4 * b, 4)
    53.1494
    """
    import numpy as np

    from kundenwert.value.parametric.migration import transitions

    chance = np.asarray(chances, dtype=float)
    found = []
    for stop in range(2, len(chance) + 2):
        # Who comes to the state `stop` is let go: the states before it are all there is.
        step = transitions(chance)[: stop - 1, : stop - 1] / (1 + rate)
        visits = np.linalg.inv(np.eye(stop - 1) - step)
        purchases, addressed = visits[:, 0] - np.eye(stop - 1)[:, 0], visits.sum(axis=1)
        found += [(stop, state + 1, float(purchases[state]), float(addressed[state])) for state in range(stop - 1)]
    return found


def _build(engine: Engine, basis: Basis) -> Built:
    options = basis.options
    days, states = options["period_days"], options["states"]
    measured = open_margin_year(engine, basis)
    chances = _chances(engine.rows("value/components/migration_gaps.sql", as_of=basis.as_of, days=days, states=states), options["least"])
    engine.table("migration_year", "value/components/migration_year.sql", as_of=basis.as_of, days=days, states=states)
    (money,) = engine.rows("value/components/migration_money.sql", states=states)
    mean = float(money["margin"] / money["periods"]) if money["periods"] else 0.0
    cost = _cost(money, options, days)
    is_known = bool(chances) and money["periods"] > 0
    rate = (1 + basis.discount_rate) ** (days / 365.25) - 1
    # Without a chance nothing is worth anything; the tables still need a row.
    shares = [one["chance"] for one in chances] or [0.0] * states
    _load(engine, shares, rate)
    engine.table(
        "component_migration",
        "value/components/migration.sql",
        states=states, mean=mean, weight=options["weight"], cost=cost or 0.0, has_cost=bool(cost), is_known=is_known,
    )  # fmt: skip
    facts = {"period_days": days, "margin": "db1" if measured == "db4" else measured, "margin_of_period": round(mean, 2)}
    told = {**facts, "cost_of_period": None if cost is None else round(cost, 2), "rate_of_period": rate, "chances": chances}
    found = {**told, "states": engine.rows("value/components/migration_facts.sql")}
    for table in ("margin_year", "migration_year", "migration_states", "migration_policies"):
        engine.drop(table)
    return Built(found, tuple(_notices(is_known=is_known)))


def _chances(rows: Sequence[Mapping[str, Any]], least: int) -> list[dict[str, Any]]:
    """The chance of a purchase in each state; states from the first with too few customers on count as one. Empty if the first has too few.

    If even all of these together are too few, the last state with enough joins them. (bought + 1/2) / (customers + 1): no share counted
    from a sample is quite 0 or 1.
    """
    enough = next((place for place, row in enumerate(rows) if row["customers"] < least), len(rows))
    if not enough:
        return []
    late = list(rows[enough:])
    if sum(row["customers"] for row in late) < least:
        late.append(rows[enough - 1])
    of_late = _share(late)
    return [{**row, "chance": _share([row]) if place < enough else of_late, "is_own": place < enough} for place, row in enumerate(rows)]


def _share(rows: Sequence[Mapping[str, Any]]) -> float:
    return float((sum(row["bought"] for row in rows) + 0.5) / (sum(row["customers"] for row in rows) + 1))


def _cost(money: Mapping[str, Any], options: Mapping[str, Any], days: int) -> float | None:
    """What addressing a customer for a period costs: as set, or marketing and sales of the last year per customer; None where unknown."""
    if options["cost"] is not None:
        return float(options["cost"])
    if money["cost"] is None or not money["customers"]:
        return None
    return float(money["cost"]) / int(money["customers"]) * days / 365


def _load(engine: Engine, shares: Sequence[float], rate: float) -> None:
    policies = worth_by_policy(shares, rate)
    names = ("stop", "state", "purchases", "addressed")
    engine.load("migration_policies", {name: [row[place] for row in policies] for place, name in enumerate(names)})
    engine.load("migration_states", {"state": list(range(1, len(shares) + 1)), "chance": list(shares)})


def _notices(*, is_known: bool) -> Iterator[Notice]:
    if not is_known:
        yield Notice("migration_few", "Too few purchases to count how customers move between buying and silence: migration says nothing.")


def _line(row: Mapping[str, Any]) -> Notice | None:
    if row["migration_value"] is None or row["purchase_chance"] is None:
        return None
    values = {"chance": row["purchase_chance"], "value": row["migration_value"], "state": row["recency_state"]}
    if row["migration_stop"]:
        text = (
            "Silent for {state} periods, chance of a purchase in the next one {chance:.1%}: on the mean cost of marketing and sales, "
            "addressing this customer costs more than it brings."
        )
        return Notice("migration_stop", text, values)
    text = "Chance of a purchase in the next period {chance:.1%}; by migration between buying and silence worth {value:,.2f¤}."
    return Notice("migration", text, values)


PLUGIN = Component(
    title="Migration between buying and silence",
    formula="V = (I - P / (1 + d))^-1 R over states of recency, without the purchase just made, under the best day to stop addressing",
    source="Pfeifer and Carraway 2000, Journal of Interactive Marketing 14(2)",
    columns={
        "recency_state": "Periods since the last purchase, 1 for one within the last period; one more than the states there are: former.",
        "purchase_chance": "Share of customers in that state who bought in the next period, counted over the log; an estimate.",
        "migration_value": "Expected contribution I less cost of addressing, discounted, without end, under the best day to stop.",
        "migration_stop": "Whether addressing this customer costs more than it can bring; empty where that cost is unknown.",
    },
    build=_build,
    needs=(("rhythm.now",), ("value.money",)),
    options=(
        Setting("period_days", 91, "How many days a period has.", whole(7, 1000)),
        Setting("states", 8, "How many states of recency there are before a customer is former.", whole(2, 60)),
        Setting(
            "cost", None, "Cost of addressing a customer for a period; without it marketing and sales of the last year.", number(0, 1e9)
        ),
        Setting("weight", 2.0, "As how many periods the mean of the base counts beside a customer's own.", number(0, 100)),
        Setting(
            "least",
            30,
            "How many customers must have been in a state; from the first with fewer on, states count as one.",
            whole(5, 100_000),
        ),
    ),
    line=_line,
)

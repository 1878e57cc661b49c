"""Which product groups a customer is likely to buy next, and what they would bring (R13)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from kundenwert.records import Notice
from kundenwert.settings import Setting
from kundenwert.value.components._component import Basis, Built, Component
from kundenwert.value.components._options import number, whole

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from kundenwert.engines._engine import Engine
    from kundenwert.stats.affinity import Affinity, LookBack

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

# The chance of so good a look back by luck must be below this, else no list is shown.
_LEVEL = 0.05
# A shorter span tells of hardly any first purchase.
_SHORTEST_SPAN = 30
# As how many buyers the mean over all groups counts in the money of one.
_POOLED = 10.0
# Classes of customers: days with a purchase in a year from which on the next class begins, days since the last one as shares of the span,
# groups owned.
_DAYS, _SINCE, _OWNED = (2, 4, 8, 16, 32), (0.25, 0.5), (2, 4, 8, 16, 32, 64)
_CLASSES = (len(_DAYS) + 1) * (len(_SINCE) + 1) * (len(_OWNED) + 1)
_PAIRS = 5


def expected_contribution(chance: Any, margin: Any, discount: float = 1.0, contact_cost: float = 0.0) -> Any:
    """What a suggestion is worth: chance x contribution of a buyer x discount factor - cost of the contact, in one currency.

    Numbers, or arrays of equal shape.

    With the share of B among owners of A for a chance (a ceiling: it counts all who ever bought B):

    >>> round(expected_contribution(90 / 400, 60.0, contact_cost=2.0), 2)
    11.5
    """
    return chance * margin * discount - contact_cost


@dataclass(frozen=True)
class _Day:
    """What is known on a day of those who bought within the year before.

    places: who they are. owned: their baskets, (customers, groups). activity: the class of each, by activity and size of basket.
    taken: what they bought for the first time within the span after the day, None where that is not known.
    """

    places: Ints
    owned: Any
    activity: Ints
    taken: Any


@dataclass(frozen=True)
class _Days:
    """The as-of day, the day a span before it, and the day a span before that."""

    now: _Day
    then: _Day
    before: _Day


def _build(engine: Engine, basis: Basis) -> Built:
    span = _span(engine, basis)
    facts: dict[str, Any] = {"shown": False, "span_days": span}
    if span < _SHORTEST_SPAN:
        return _nothing(engine, {**facts, "why": "short"})
    size = _open(engine, basis, span)
    facts |= {"groups": size["groups"], "all_groups": size["all_groups"]}
    days = _days(engine, span, size) if size["groups"] > 1 else None
    seen, rates = _learned(days, basis.options["length"]) if days else (None, None)
    if seen is not None:
        facts |= {"look_back": _as_facts(seen)}
    if days is None or seen is None or rates is None or seen.p_value > _LEVEL:
        return _nothing(engine, {**facts, "why": "groups" if days is None else "no_better"})
    _suggest(engine, basis, rates, days.now, span, seen.held)
    (total,) = engine.rows("value/components/cross_selling_total.sql")
    return _shown(engine, {**facts, "shown": True, "weight": rates.weight, **total, "pairs": _pairs(engine, rates)})


def _span(engine: Engine, basis: Basis) -> int:
    """How far ahead is looked: the horizon, or a third of the log, since learning and judging need a span each."""
    (found,) = engine.rows("value/components/cross_selling_span.sql", as_of=basis.as_of)
    return min(int(basis.horizon_days), int(found["days"] or 0) // 3)


def _open(engine: Engine, basis: Basis, span: int) -> Mapping[str, int]:
    """Makes the tables of groups, customers, lines and baskets; how large they are."""
    margin = basis.margin if basis.yardstick == "contribution" else None
    cost_share = None if margin is None else 1 - margin
    engine.table("cross_selling_groups", "value/components/cross_selling_groups.sql", as_of=basis.as_of, most=basis.options["most_groups"])
    engine.table("cross_selling_customers", "value/components/cross_selling_customers.sql")
    lines = {"as_of": basis.as_of, "margin": margin, "cost_share": cost_share}
    engine.table("cross_selling_lines", "value/components/cross_selling_lines.sql", in_any_order=True, **lines)
    engine.table("cross_selling_baskets", "value/components/cross_selling_baskets.sql", in_any_order=True, span=span)
    (size,) = engine.rows("value/components/cross_selling_size.sql")
    return size


def _days(engine: Engine, span: int, size: Mapping[str, int]) -> _Days:
    import numpy as np
    from scipy.sparse import csr_matrix

    pairs = engine.arrays("value/components/cross_selling_pairs.sql")
    shape = (size["customers"], size["groups"])
    active = engine.arrays("value/components/cross_selling_activity.sql", span=span)

    def baskets(flag: str) -> Any:
        kept = np.asarray(pairs[flag], dtype=bool)
        return csr_matrix((np.ones(int(kept.sum())), (pairs["place"][kept], pairs["group_place"][kept])), shape=shape)

    def day(name: str, taken: str | None) -> _Day:
        days, since, owned = active[f"days_{name}"], active[f"since_{name}"] / span, baskets(f"owned_{name}")
        activity = np.digitize(days, _DAYS) * (len(_SINCE) + 1) + np.digitize(since, _SINCE)
        activity = activity * (len(_OWNED) + 1) + np.digitize(np.diff(owned.indptr), _OWNED)
        places = np.flatnonzero(days > 0)
        return _Day(places, owned[places], activity[places], baskets(taken)[places] if taken else None)

    return _Days(day("now", None), day("then", "taken_since"), day("before", "taken_then"))


def _learned(days: _Days, length: int) -> tuple[LookBack, Affinity]:
    """What rates of the day before the last were worth on the last, and the rates of the last."""
    from kundenwert.stats.affinity import fit, look_back

    then, before = days.then, days.before
    learned = fit(before.owned, before.taken, before.activity, _CLASSES)
    seen = look_back(learned, then.owned, then.taken, then.activity, length)
    return seen, fit(then.owned, then.taken, then.activity, _CLASSES)


def _suggest(engine: Engine, basis: Basis, rates: Affinity, now: _Day, span: int, held: float) -> None:
    """Makes table `cross_selling_list`."""
    import numpy as np

    from kundenwert.stats.affinity import suggest

    found = suggest(rates, now.owned, now.activity, basis.options["length"])
    customers, ranks = np.nonzero(found.group >= 0)
    group = found.group[customers, ranks]
    chance = -np.expm1(-held * found.hazard[customers, ranks])
    # What is taken up within the span comes in the middle of it, on average.
    discount = (1 + basis.discount_rate) ** (-span / 2 / 365.25)
    worth = expected_contribution(chance, _margins(engine)[group], discount, basis.options["contact_cost"])
    columns = {
        "place": now.places[customers].astype(np.int32),
        "rank": ranks.astype(np.int32),
        "group_place": group.astype(np.int32),
        "chance": chance,
        "expected_db": worth,
        "reason_place": found.reason[customers, ranks].astype(np.int32),
        "times": found.times[customers, ranks],
    }
    engine.load("cross_selling_suggested", columns)
    engine.table("cross_selling_list", "value/components/cross_selling_list.sql", has_money=basis.yardstick == "contribution")
    engine.drop("cross_selling_suggested")


def _margins(engine: Engine) -> Floats:
    """Contribution of a buyer within the span, by group; that of few buyers is pulled towards the mean of all."""
    import numpy as np

    found = engine.arrays("value/components/cross_selling_money.sql")
    buyers, contribution = np.asarray(found["buyers"]), np.asarray(found["contribution"])
    mean = contribution.sum() / max(buyers.sum(), 1.0)
    return np.asarray((contribution + _POOLED * mean) / (buyers + _POOLED), dtype=np.float64)


def _pairs(engine: Engine, rates: Affinity) -> list[dict[str, Any]]:
    """The pairs of groups of which one draws the other most."""
    import numpy as np

    names = [row["product_group"] for row in engine.rows("value/components/cross_selling_names.sql")]
    order = np.argsort(-rates.ratios, axis=None, kind="stable")[:_PAIRS]
    pairs = [divmod(int(place), len(names)) for place in order]
    return [{"owned": names[a], "next": names[b], "times": round(float(rates.ratios[a, b]), 2)} for a, b in pairs if rates.ratios[a, b] > 1]


def _as_facts(seen: LookBack) -> dict[str, Any]:
    rates = {
        "hit_rate": seen.hits / seen.customers if seen.customers else None,
        "popular_hit_rate": seen.popular_hits / seen.customers if seen.customers else None,
    }
    return {**asdict(seen), **rates, "p_value": seen.p_value, "held": seen.held}


def _nothing(engine: Engine, facts: dict[str, Any]) -> Built:
    engine.table("component_cross_selling", "value/components/cross_selling_nothing.sql")
    _forget(engine)
    return Built(facts, tuple(_why_not(facts)))


def _shown(engine: Engine, facts: dict[str, Any]) -> Built:
    engine.table("component_cross_selling", "value/components/cross_selling.sql")
    _forget(engine)
    return Built(
        facts, tuple(_told(facts)), files={"cross_selling": "value/components/cross_selling_written.sql"}, behind=("cross_selling_list",)
    )


def _forget(engine: Engine) -> None:
    for name in ("cross_selling_groups", "cross_selling_customers", "cross_selling_lines", "cross_selling_baskets"):
        engine.drop(name)


def _why_not(facts: Mapping[str, Any]) -> Iterator[Notice]:
    if facts["why"] == "short":
        yield Notice("cross_selling_short", "Cross-selling needs lines over at least 90 days: nothing is suggested.")
    elif facts["why"] == "no_better":
        seen = facts["look_back"]
        text = (
            "No product groups are suggested: in a look back the suggestion was bought by {ours:,} of {customers:,} customers, the most "
            "popular group they lacked by {popular:,}. That is no proof that suggestions are better."
        )
        yield Notice(
            "cross_selling_no_better", text, {"ours": seen["hits"], "customers": seen["customers"], "popular": seen["popular_hits"]}
        )


def _told(facts: Mapping[str, Any]) -> Iterator[Notice]:
    if facts["all_groups"] > facts["groups"]:
        text = "Cross-selling looks at the {groups:,} product groups with most buyers; there are {all:,}."
        yield Notice("cross_selling_largest", text, {"groups": facts["groups"], "all": facts["all_groups"]})


def _line(row: Mapping[str, Any]) -> Notice | None:
    if row["next_group"] is None:
        return None
    values = {"group": row["next_group"], "chance": row["next_group_chance"], "reason": row["next_group_reason"]}
    if row["next_group_reason"] is None:
        text = "Most likely to be bought next, of what was not bought yet: {group}, chance {chance:.0%}."
        return Notice("cross_selling", text, values)
    text = "Most likely to be bought next, of what was not bought yet: {group}, chance {chance:.0%}; buyers of {reason} often take it up."
    return Notice("cross_selling_reason", text, values)


PLUGIN = Component(
    title="Cross-selling",
    formula="sum over the suggested groups of: chance to take the group up x contribution of a buyer x discount - cost of the contact",
    source="association of baskets (support, confidence, lift) with rates from an earlier day; look back tested as McNemar (1947), exact",
    columns={
        "next_group": "The product group the customer is most likely to buy next, of those not bought yet; empty where no list is shown.",
        "next_group_chance": "The chance that it is bought within the span looked at (facts: span_days), from 0 to 1.",
        "next_group_reason": "The group the customer buys already whose buyers took it up most often.",
        "cross_selling": "What the customer's suggestions are worth together in expected contribution, in the reporting currency.",
    },
    build=_build,
    needs=(("transactions.product_group", "transactions.product_id"),),
    standing="potential",
    options=(
        Setting("contact_cost", 0.0, "What it costs to suggest a group to a customer, in the reporting currency.", number(0.0, 1e6)),
        Setting("length", 3, "How many product groups are suggested to a customer.", whole(1, 10)),
        Setting("most_groups", 300, "How many product groups are looked at, those with most buyers first.", whole(2, 500)),
    ),
    line=_line,
)

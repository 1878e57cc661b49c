"""What a plan of acquisition says: its lines with their reasons, its tables by channel, cohort and first product, its notices."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final, final

import numpy as np

from kundenwert.decisions._acquired import Acquired, Group, Worth, months_until_paid
from kundenwert.decisions._columns import table_numbers, table_texts
from kundenwert.records.notices import Notice

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kundenwert.decisions._offer_case import OfferCase
    from kundenwert.decisions._prospects import Chances
    from kundenwert.records.arrays import Floats, Integers
    from kundenwert.records.plans import Case, Texts

COLUMNS: Final = {
    "kind": "What the line is about: an open lead, a channel, an offer reckoned by hand, or the account of a customer won.",
    "source": "Where the lead came from.",
    "stage": "The stage at which the lead stands.",
    "chance": "Chance to win the lead, counted over leads decided so far.",
    "value": "Contribution of a customer from the first purchase on, discounted to it, within the value horizon.",
    "ceiling": "The most it may cost: of a lead for following it up, of a channel or offer for one customer won.",
    "ceiling_endless": "The same without end of the horizon.",
    "cost_each": "What winning one customer costs, or has cost.",
    "customers": "On how many customers the value rests.",
    "own_share": "How much of the value is that of these customers; the rest is the mean of a larger group.",
    "payback": "Month after the first purchase in which the cost is back.",
    "payback_discounted": "The same with interest.",
    "brought": "What the customer has brought since the first purchase.",
    "open": "What of the cost of winning the customer has not come back yet.",
    "months_left": "In how many months it is expected to be back.",
}
REASONS: Final = {
    "lead": "Customers like this one are worth {value:,.0f¤} within the horizon, and {chance:.0%} of such leads are won: following it up "
    "may cost up to {ceiling:,.0f¤}.",
    "channel_room": "Winning a customer this way costs {cost_each:,.0f¤} and may cost up to {ceiling:,.0f¤}; it is back in month "
    "{payback:,.0f}, with interest in month {payback_discounted:,.0f}.",
    "channel_above": "Winning a customer this way costs {cost_each:,.0f¤}, more than the {ceiling:,.0f¤} that it brings within the "
    "horizon.",
    "channel_unpriced": "What winning a customer this way has cost is not known; it may cost up to {ceiling:,.0f¤}.",
    "channel_few": "Only {customers:,.0f} customers were won this way and count with the mean of all: winning one costs "
    "{cost_each:,.0f¤} and may cost up to {ceiling:,.0f¤}.",
    "channel_few_unpriced": "Only {customers:,.0f} customers were won this way and count with the mean of all: winning one may cost up to "
    "{ceiling:,.0f¤}.",
    "offer": "Winning a customer costs {cost_each:,.2f¤} and may cost up to {ceiling_endless:,.2f¤} without end; it is back in month "
    "{payback:,.0f}, with interest in month {payback_discounted:,.0f}.",
    "offer_above": "Winning a customer costs {cost_each:,.2f¤}, and with interest that never comes back: it may cost up to "
    "{ceiling_endless:,.2f¤}.",
    "account": "Winning this customer has cost {cost_each:,.0f¤}, {brought:,.0f¤} came back so far; the {open:,.0f¤} still open are "
    "expected in {months_left:,.0f} months.",
    "account_lost": "Winning this customer has cost {cost_each:,.0f¤}, {brought:,.0f¤} came back so far; the {open:,.0f¤} still open are "
    "not expected any more.",
}
_TEXTS: Final = ("customer_id", "action", "reason", "kind", "source", "stage")
# Groups told in facts, the largest; further ones are counted.
_MOST: Final = 50
# No account is told to be back after more months than these.
_LONGEST: Final = 1_200


@final
@dataclass(frozen=True)
class Told:
    """All that was found. groups: by key, "" is all together. lead: named arrays of open leads; followed: places of those followed up."""

    case: Case
    acquired: Acquired
    valued: Worth
    groups: Mapping[str, Group]
    chances: Chances
    offers: tuple[OfferCase, ...]
    lead_id: Texts
    lead: Mapping[str, NDArray[Any]]
    followed: Integers


def lines(told: Told) -> dict[str, NDArray[Any]]:
    """Leads to follow up, most gain first; then channels, most room first; offers; and accounts still open, most open first."""
    parts = [_leads(told), _channels(told), _offers(told), _accounts(told)]
    names = ("customer_id", "action", "count", "gain", "cost", "reason", *COLUMNS)
    return {name: np.concatenate([_column(part, name) for part in parts]) for name in names}


def _column(part: Mapping[str, NDArray[Any]], name: str) -> NDArray[Any]:
    size = len(part["customer_id"])
    if name in _TEXTS:
        return np.asarray(part.get(name, np.full(size, "")), dtype=np.str_)
    if name == "count":
        return np.asarray(part[name], dtype=np.int64)
    return np.asarray(part.get(name, np.full(size, 0.0 if name in ("gain", "cost") else np.nan)), dtype=np.float64)


def ceiling_of(value: Floats) -> Floats:
    """The most a value allows to spend: whole cents, never above it, never below 0."""
    return np.maximum(np.floor(np.round(100 * value, 6)) / 100, 0.0)


def _leads(told: Told) -> dict[str, NDArray[Any]]:
    taken = {name: values[told.followed] for name, values in told.lead.items()}
    size = len(told.followed)
    return {
        "customer_id": told.lead_id[told.followed],
        "kind": np.full(size, "lead"),
        "action": np.full(size, "follow up"),
        "count": np.ones(size),
        "gain": taken["gain"],
        "cost": taken["cost"],
        "reason": np.full(size, "lead"),
        "source": taken["source"],
        "stage": taken["stage"],
        "chance": taken["chance"],
        "value": taken["value"].round(2),
        "ceiling": ceiling_of(taken["chance"] * taken["value"]),
        "cost_each": taken["cost_each"].round(2),
        "customers": taken["alike"],
        "own_share": taken["own_share"],
    }


def _channels(told: Told) -> dict[str, NDArray[Any]]:
    found = told.groups["channel"]
    known = np.flatnonzero((found.names != "") & (found.customers > 0))
    room = np.nan_to_num((found.customers * (found.value - found.cost))[known], nan=-np.inf)
    order = known[np.lexsort((found.names[known], -room))]
    few, unpriced = found.customers[order] < told.case.options["least"], np.isnan(found.cost[order])
    above = found.payback_discounted[order] == 0
    reason = np.select(
        [few & unpriced, few, unpriced, above], ["channel_few_unpriced", "channel_few", "channel_unpriced", "channel_above"], "channel_room"
    )
    return {
        "customer_id": found.names[order],
        "kind": np.full(len(order), "channel"),
        "action": np.full(len(order), "spend at most"),
        "count": np.zeros(len(order)),
        "reason": reason,
        "value": found.value[order].round(2),
        "ceiling": ceiling_of(found.value[order]),
        "ceiling_endless": ceiling_of(found.endless[order]),
        "cost_each": found.cost[order].round(2),
        "customers": found.customers[order],
        "own_share": found.own_share[order],
        "payback": _months(found.payback[order]),
        "payback_discounted": _months(found.payback_discounted[order]),
    }


def _months(found: Integers) -> Floats:
    return np.where(found > 0, found, np.nan)


def _offers(told: Told) -> dict[str, NDArray[Any]]:
    size = len(told.offers)
    late = [one.payback_discounted is None for one in told.offers]
    return {
        "customer_id": np.array(["offer", "offer_more_churn"][:size], dtype=np.str_),
        "kind": np.full(size, "offer"),
        "action": np.full(size, "spend at most"),
        "count": np.zeros(size),
        "reason": np.where(late, "offer_above", "offer") if size else np.empty(0, dtype=np.str_),
        "value": np.array([round(one.ceiling_within, 2) for one in told.offers]),
        "ceiling": ceiling_of(np.array([one.ceiling_within for one in told.offers])),
        "ceiling_endless": np.array([round(one.ceiling, 2) for one in told.offers]),
        "cost_each": np.array([one.cost for one in told.offers]),
        "payback": np.array([one.payback or np.nan for one in told.offers]),
        "payback_discounted": np.array([one.payback_discounted or np.nan for one in told.offers]),
    }


def open_amounts(acquired: Acquired) -> Floats:
    """What of the cost of winning each customer has not come back, (n,): cost - contribution so far, at least 0; nan: cost unknown."""
    return np.maximum(np.round(acquired.cost - acquired.past, 2), 0.0)


def _accounts(told: Told) -> dict[str, NDArray[Any]]:
    """The running account of each customer won, until break-even: cost, what came back, what is open."""
    case, acquired = told.case, told.acquired
    left = open_amounts(acquired)
    listed = np.flatnonzero(left > 0) if case.options["accounts"] else np.empty(0, dtype=np.int64)
    ids = case.ids[acquired.rows]
    listed = listed[np.lexsort((ids[listed], -left[listed]))]
    months = months_until_paid(left, acquired, told.valued, case.value_horizon_days, case.discount_rate)[listed]
    lost = months > _LONGEST
    return {
        "customer_id": ids[listed],
        "kind": np.full(len(listed), "account"),
        "action": np.full(len(listed), "watch"),
        "count": np.zeros(len(listed)),
        "reason": np.where(lost, "account_lost", "account"),
        "cost_each": acquired.cost[listed],
        "brought": acquired.past[listed],
        "open": left[listed],
        "months_left": np.where(lost, np.nan, np.ceil(months)),
    }


def facts(told: Told) -> dict[str, Any]:
    """Tables of value and payback, funnel, accounts and offers; for JSON, no customer named."""
    case, every = told.case, told.groups[""]
    return {
        "value_horizon_days": case.value_horizon_days,
        "discount_rate": case.discount_rate,
        "all": _rows(every, 1)[0] if len(told.acquired.rows) else None,
        "channels": _rows(told.groups["channel"], _MOST),
        "cohorts": sorted(_rows(told.groups["quarter"], _MOST), key=lambda row: str(row["name"])),
        "products": _rows(told.groups["product"], _MOST),
        "pooling": {key: _pooling(found) for key, found in told.groups.items() if key},
        "acquired": same_basis(every, case),
        "funnel": _funnel(told),
        "accounts": _account_facts(told),
        "offers": [{**asdict(one), "is_after_term": one.is_after_term} for one in told.offers],
    }


def _rows(found: Group, most: int) -> list[dict[str, Any]]:
    order = [place for place in np.lexsort((found.names, -found.customers)) if found.customers[place]][:most]
    return [_row(found, int(place)) for place in order]


def _row(found: Group, at: int) -> dict[str, Any]:
    value, sd = float(found.value[at]), float(found.sd[at])
    return {
        "name": str(found.names[at]),
        "customers": int(found.customers[at]),
        "costed": int(found.costed[at]),
        "cost": _known(found.cost[at]),
        "value": round(value, 2),
        "lower": round(value - 1.645 * sd, 2),
        "upper": round(value + 1.645 * sd, 2),
        "own_share": round(float(found.own_share[at]), 4),
        "ceiling": float(ceiling_of(found.value[at : at + 1])[0]),
        "ceiling_endless": _known(ceiling_of(found.endless[at : at + 1])[0]),
        "payback": int(found.payback[at]) or None,
        "payback_discounted": int(found.payback_discounted[at]) or None,
        "nominal": found.nominal[at].round(2).tolist(),
        "discounted": found.discounted[at].round(2).tolist(),
    }


def _known(amount: float) -> float | None:
    return None if np.isnan(amount) else round(float(amount), 2)


def _pooling(found: Group) -> dict[str, Any]:
    """Spread of members about their group, of groups about the centre, and how many groups there are."""
    pooled = found.pooled
    return {
        "groups": int(np.count_nonzero(found.customers)),
        "centre": round(pooled.centre, 2),
        "within_sd": round(float(np.sqrt(pooled.within)), 2),
        "between_sd": round(float(np.sqrt(pooled.between)), 2),
    }


def same_basis(every: Group, case: Case) -> dict[str, Any]:
    """Cost and value of a customer won, to hold one won back against: same units, same horizon, same interest (R44)."""
    is_known = len(every.cost) > 0 and bool(every.costed[0])
    cost, value = (float(every.cost[0]) if is_known else float("nan")), float(every.value[0]) if len(every.value) else float("nan")
    return {
        "customers": int(every.customers.sum()),
        "cost_each": _known(cost),
        "value_each": _known(value),
        "value_per_cost": _known(value / cost) if cost > 0 else None,
        "value_horizon_days": case.value_horizon_days,
        "discount_rate": case.discount_rate,
    }


def _funnel(told: Told) -> dict[str, Any]:
    case = told.case
    state, leads = table_texts(case, "funnel", "state"), table_numbers(case, "funnel", "leads")
    expected = np.nan_to_num(told.lead["chance"])
    worth = np.round(np.nan_to_num(told.lead["chance"] * told.lead["value"]), 2)
    stages = table_texts(case, "funnel", "stage")
    return {
        "leads": int(leads.sum()),
        **{name: int(leads[state == name].sum()) for name in ("won", "lost", "open")},
        "chance": _share(told.chances.pooled),
        "by_stage": [
            {"stage": str(stage), **{name: int(leads[(stages == stage) & (state == name)].sum()) for name in ("won", "lost", "open")}}
            for stage in np.unique(stages)
        ],
        "chances": [
            {"source": source, "stage": stage, "won": won, "lost": lost, "chance": _share(won / (won + lost))}
            for (source, stage), (won, lost) in sorted(told.chances.of.items())
        ],
        "pipeline": _pipeline(told.lead["stage"], expected, worth),
    }


def _pipeline(stage: Texts, expected: Floats, worth: Floats) -> dict[str, Any]:
    """Open leads, how many of them will be won, and what these will be worth; by stage, which add up to all."""
    stages = [
        {
            "stage": str(name),
            "leads": int(here.sum()),
            "wins": round(float(expected[here].sum()), 2),
            "value": round(float(worth[here].sum()), 2),
        }
        for name in np.unique(stage)
        for here in [stage == name]
    ]
    return {"leads": len(stage), "wins": round(float(expected.sum()), 2), "value": round(float(worth.sum()), 2), "by_stage": stages}


def _share(value: float) -> float | None:
    return None if np.isnan(value) else round(value, 4)


def _account_facts(told: Told) -> dict[str, Any]:
    left = open_amounts(told.acquired)
    known = ~np.isnan(left)
    return {
        "customers": len(left),
        "cost_unknown": int((~known).sum()),
        "paid_back": int((left[known] == 0).sum()),
        "open": int((left[known] > 0).sum()),
        "open_amount": round(float(left[known].sum()), 2),
    }


def notices(told: Told) -> Iterator[Notice]:
    """What a reader must know."""
    if not len(told.acquired.rows):
        text = "Nobody was won in sight of the ledger: what a new customer is worth cannot be told."
        yield Notice("acquisition_nobody", text)
        return
    yield from _of_all(told.groups[""])
    if not told.groups[""].costed[0]:
        text = (
            "Winning one of {count:,d} customers may cost up to {ceiling:,.0f¤}. What it has cost is not known, so there is no payback: "
            "the column acquisition_cost of the customers says it."
        )
        every = told.groups[""]
        yield Notice("acquisition_no_cost", text, {"count": int(every.customers[0]), "ceiling": float(ceiling_of(every.value)[0])})
    yield from _of_pooling(told.groups["channel"], told.case.options["least"])
    yield from _of_leads(told)
    yield from _of_offers(told.offers)


def _of_all(every: Group) -> Iterator[Notice]:
    """Cost, ceiling and payback of all customers won."""
    values = {"count": int(every.customers[0]), "cost": _known(every.cost[0]), "ceiling": float(ceiling_of(every.value)[0])}
    months = {"payback": int(every.payback[0]), "discounted": int(every.payback_discounted[0])}
    if months["discounted"]:
        text = (
            "Winning one of {count:,d} customers has cost {cost:,.0f¤} on average and may cost up to {ceiling:,.0f¤}; it is back in month "
            "{payback:,d}, with interest in month {discounted:,d}."
        )
        yield Notice("acquisition_all", text, {**values, **months})
    elif every.costed[0]:
        text = (
            "Winning one of {count:,d} customers has cost {cost:,.0f¤} on average, more than the {ceiling:,.0f¤} one brings in the horizon."
        )
        yield Notice("acquisition_all_above", text, values)


def _of_pooling(channels: Group, least: int) -> Iterator[Notice]:
    known = (channels.customers > 0) & (channels.names != "")
    few = int((known & (channels.customers < least)).sum())
    if few:
        text = "Channels with fewer than {least} customers count with the mean of all: {count}."
        yield Notice("acquisition_few", text, {"least": least, "count": few})
    if known.sum() - few > 1 and not channels.pooled.between:
        text = "Customers of different channels differ no more than chance makes them: all channels have the same value."
        yield Notice("acquisition_alike_channels", text)


def _of_leads(told: Told) -> Iterator[Notice]:
    if not len(told.lead_id):
        yield Notice("acquisition_no_leads", "There are no open leads: the plan says what winning may cost, and moves no money.")
        return
    if np.isnan(told.lead["chance"]).any():
        yield Notice("acquisition_no_wins", "No lead was decided so far: the chance to win one is not known.")
        return
    pooled = int((told.lead["chance_from"] == "all").sum())
    if pooled:
        text = "With fewer than {least} wins at their stage, open leads count with the chance of all leads decided, {chance:.0%}: {count}."
        yield Notice(
            "acquisition_pooled_chance", text, {"least": told.case.options["least_wins"], "chance": told.chances.pooled, "count": pooled}
        )


def _of_offers(offers: Sequence[OfferCase]) -> Iterator[Notice]:
    for one in offers[:1]:
        values = {"cost": one.cost, "ceiling": one.ceiling, "within": one.within_term, "after": one.after_term, "rate": one.discount_rate}
        text = (
            "The offer may cost up to {ceiling:,.2f¤} at {rate:.1%} a year without end ({within:,.2f¤} within the term, {after:,.2f¤} "
            "after)."
        )
        yield Notice("acquisition_offer", text, values)
        if one.payback_discounted is not None:
            text = "The {cost:,.2f¤} it costs are back in month {payback:,d}, with interest in month {discounted:,d}."
            yield Notice("acquisition_offer_back", text, {**values, "payback": one.payback, "discounted": one.payback_discounted})
    if offers and offers[0].is_after_term:
        text = "The offer pays back after its minimum term of {term} months: it rests on how many leave from then on."
        yield Notice("acquisition_after_term", text, {"term": offers[0].term})
    if len(offers) > 1:
        text = (
            "If {churn:.1%} leave a month instead of {before:.1%}, winning a customer may cost up to {ceiling:,.2f¤} instead of "
            "{ceiling_before:,.2f¤}."
        )
        yield Notice(
            "acquisition_more_churn",
            text,
            {"churn": offers[1].churn, "before": offers[0].churn, "ceiling": offers[1].ceiling, "ceiling_before": offers[0].ceiling},
        )

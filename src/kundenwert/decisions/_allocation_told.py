"""The lines of an allocation: who gets what, how often, what it brings, and one sentence why."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from kundenwert.decisions._columns import numbers
from kundenwert.decisions._limits import counts_allowed
from kundenwert.decisions._response import STAKES, Response, unchanged
from kundenwert.records.plans import MONEY

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kundenwert.records.arrays import Floats, Integers
    from kundenwert.records.plans import Case

# Of somebody who buys less than this share of the demand from us there is more to win; below this chance a customer may be gone.
_SMALL_SHARE: Final = 0.5
_DOUBTFUL: Final = 0.6
_LEAST: Final = 1e-9

REASONS: Final = {
    "fixed": "Set beforehand for this customer.",
    "least": "The least that was set for this customer.",
    "overdue": "Silent for {silent_days:,.0f} days, usually {usual_gap:,.0f}: {at_stake:,.0f¤} at stake, {change:.1%} of it changes.",
    "doubtful": "Still a customer with a chance of {p_alive:.0%}: {at_stake:,.0f¤} at stake, {change:.1%} of it changes.",
    "wallet": "Buys {share_of_wallet:.0%} of its demand here: {at_stake:,.0f¤} at stake, {change:.1%} of it changes.",
    "given": "Brings {gain:,.2f¤} more than it costs.",
    "worth": "{at_stake:,.0f¤} at stake, {change:.1%} of it changes: elsewhere the same would bring less.",
    "unknown": "{at_stake:,.0f¤} at stake: pays if it changes {break_even:.2%} of it. Nobody knows yet whether it does.",
}
TELLS: Final = {
    "at_stake": "What can be changed: contribution expected within the horizon, the same if the customer buys, or its value if it stays.",
    "change": "The share of it that the action changes, at the count of this line.",
    "break_even": "The share from which on one action pays: its cost / what is at stake.",
    "person": "Who looks after the customer.",
    "silent_days": "Days since the last purchase.",
    "usual_gap": "Days within which the next purchase usually comes.",
    "p_alive": "Chance that it is still a customer.",
    "share_of_wallet": "Own revenue over the customer's estimated demand.",
}


def lines(case: Case, response: Response, counts: Integers) -> dict[str, NDArray[Any]]:
    """One line for each action that a customer gets, most gain first. counts: (n, actions).

    The gain of actions that meet at one customer is shared out by what each would bring alone; lines add up to the customer's to the cent.
    """
    who, place = np.nonzero(counts)
    gain, cost = _shared(response, counts, who, place)
    stake, change = _changed(response, who, place, counts[who, place])
    names = np.array([action.name for action in response.actions], dtype=np.str_)
    found = {
        "customer_id": case.ids[who],
        "action": names[place],
        "count": counts[who, place],
        "gain": gain,
        "cost": cost,
        "reason": _reason(case, response, counts, who, place),
        **_known(case, who),
        "at_stake": stake,
        "change": change,
        "break_even": break_even(response)[who, place],
        **{f"takes_{resource}": response.taken(resource)[place] * counts[who, place] for resource in resources(response)},
    }
    # A customer's lines stand together, the customer with most gain first.
    whole = np.bincount(who, weights=gain, minlength=len(case.ids))
    order = np.lexsort((place, case.ids[who], -np.round(whole[who], 2)))
    return {name: values[order] for name, values in found.items()}


def told(response: Response, found: Mapping[str, Any]) -> dict[str, str]:
    """What the columns say that a decision adds to those of every line."""
    texts = {**TELLS, **{f"takes_{resource}": "How much of this resource it takes." for resource in resources(response)}}
    return {name: texts[name] for name in found if name in texts}


def resources(response: Response) -> tuple[str, ...]:
    """What the actions take beside money."""
    return tuple(sorted({name for action in response.actions for name in action.costs} - {MONEY}))


def break_even(response: Response) -> Floats:
    """The share of what is at stake from which on one action pays, (n, actions); not a number where nothing is, or for direct money."""
    found = np.full((len(response.stake["earned"]), len(response.actions)), np.nan)
    for place, action in enumerate(response.actions):
        stake = response.stake[STAKES[action.changes]]
        if action.changes != "money":
            found[:, place] = np.where(stake > 0, response.costs[place] / np.where(stake > 0, stake, 1.0), np.nan)
    return found


def _shared(response: Response, counts: Integers, who: Integers, place: Integers) -> tuple[Floats, Floats]:
    """Gain and cost of each line in cents. The gain of actions that meet is shared out by what each brings alone; all lines add up to the
    cents of the plan's gain, largest remainder first.
    """
    kinds = np.arange(counts.shape[1])
    alone = np.stack([response.gross(np.where(kinds == one, counts, 0)) for one in kinds], axis=1)
    whole = alone.sum(axis=1, keepdims=True)
    even = (counts > 0) / np.maximum((counts > 0).sum(axis=1, keepdims=True), 1)
    parts = np.divide(alone, whole, out=even, where=np.abs(whole) > _LEAST)
    cost = counts * response.costs
    net = (response.gross(counts)[:, None] * parts - cost)[who, place]
    return in_cents(net), np.round(cost[who, place], 2)


def in_cents(amounts: Floats) -> Floats:
    """Amounts in whole cents that add up to the rounded sum, (n,): each rounded down, then the largest remainders up.

    >>> in_cents(np.array([413.4952, 286.1219, 60.4753])).tolist()
    [413.49, 286.12, 60.48]
    """
    cents = amounts * 100
    whole = np.floor(np.round(cents, 6))
    missing = int(round(float(cents.sum())) - whole.sum())
    order = np.lexsort((np.arange(len(cents)), -np.round(cents - whole, 6)))
    whole[order[: max(0, missing)]] += 1
    return np.asarray(whole / 100)


def _changed(response: Response, who: Integers, place: Integers, count: Integers) -> tuple[Floats, Floats]:
    """What is at stake for each line and the share of it that the action changes alone."""
    stake, change = np.full(len(who), np.nan), np.full(len(who), np.nan)
    for number, action in enumerate(response.actions):
        mine = place == number
        if action.changes == "money" or not mine.any():
            continue
        kind = STAKES[action.changes]
        effect, rate = _of(response.effects["likely"][number], who[mine]), _of(response.rates[number], who[mine])
        stake[mine] = response.stake[kind][who[mine]].round(2)
        change[mine] = np.minimum(1 - unchanged(action.curve, rate, effect, count[mine]), response.room[kind][who[mine]])
    return stake, change


def _of(values: Floats, who: Integers) -> Floats:
    return values[who] if len(values) > 1 else np.broadcast_to(values, len(who))


def _known(case: Case, who: Integers) -> dict[str, NDArray[Any]]:
    """What is known of the customer of each line, as far as it is."""
    found: dict[str, NDArray[Any]] = {"silent_days": silent_days(case)[who]} if "last_purchase" in case.columns else {}
    if case.person is not None:
        found["person"] = case.person[who]
    return found | {name: numbers(case, name)[who] for name in ("usual_gap", "p_alive", "share_of_wallet") if name in case.columns}


def silent_days(case: Case) -> Floats:
    """Days since the last purchase, (n,)."""
    last = case.columns.get("last_purchase")
    if last is None:
        return np.full(len(case.ids), np.nan)
    days = np.asarray(last, dtype="datetime64[D]")
    return np.where(np.isnat(days), np.nan, (np.datetime64(case.as_of, "D") - days).astype(np.float64))


def _reason(case: Case, response: Response, counts: Integers, who: Integers, place: Integers) -> NDArray[np.str_]:
    least, _ = counts_allowed(case, response.actions)
    fixed = np.isin(case.ids, list(case.fixed)) if case.fixed else np.zeros(len(case.ids), dtype=np.bool_)
    alone = response.net(np.where(least > 0, counts, 0))
    kinds = np.array([STAKES[action.changes] for action in response.actions])[place]
    silent, gap = silent_days(case)[who], numbers(case, "usual_gap")[who]
    signs = {
        "fixed": fixed[who],
        "least": (counts == least)[who, place] & (least > 0)[who, place] & (alone[who] <= 0),
        "given": kinds == "given",
        "overdue": silent > gap,
        "doubtful": numbers(case, "p_alive")[who] < _DOUBTFUL,
        "wallet": numbers(case, "share_of_wallet")[who] < _SMALL_SHARE,
    }
    return np.select(list(signs.values()), list(signs), default="worth").astype(np.str_)


__all__ = ["REASONS", "TELLS", "break_even", "in_cents", "lines", "resources", "silent_days", "told"]

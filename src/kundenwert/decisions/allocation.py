"""Visits, calls, mailings and offers over customers: limited money and time where they raise total contribution most (R45)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, final

import numpy as np

from kundenwert.decisions._allocation_chance import gains
from kundenwert.decisions._allocation_others import evenly, practice, served
from kundenwert.decisions._allocation_told import REASONS, lines, told
from kundenwert.decisions._allocation_unknown import ranking
from kundenwert.decisions._allocation_wrong import example, wrong
from kundenwert.decisions._decision import Decision
from kundenwert.decisions._limits import Bound, bounds, clashes, counts_allowed
from kundenwert.decisions._menu import MOST, Menu, menu, solvable
from kundenwert.decisions._response import Response, is_known, response
from kundenwert.errors import DataError
from kundenwert.records.notices import Notice
from kundenwert.records.plans import MONEY, Case, Plan, Practice, Used
from kundenwert.stats.choice import Chosen, choose

if TYPE_CHECKING:
    from kundenwert.records.arrays import Floats, Integers

_OPTIONAL: Final = (
    *("at_stake", "response_rate", "clv", "p_alive", "expected_purchases", "buys_again", "stays"),
    *("last_purchase", "usual_gap", "share_of_wallet"),
)
# How much of a limit the curve looks at.
_PARTS: Final = (0.0, 0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 2.0)
# Of more options than these the curve is drawn from an even sample, and no plan is made anew for one unit less or more.
_LARGE: Final = 400_000
_SAMPLE: Final = 20_000
# Options that all the plans made anew may leave to the exact solver together; each takes about a thousandth of a second.
_EFFORT: Final = 6_000


@final
@dataclass(frozen=True)
class _Problem:
    """A case in an order that does not depend on how it came, with what can be chosen and the limits."""

    case: Case
    response: Response
    limits: tuple[Bound, ...]
    menu: Menu
    least: Integers
    most: Integers

    def solve(self, limits: tuple[Bound, ...] | None = None, *, start: tuple[Integers, ...] = (), thorough: bool = True) -> Chosen:
        """The best choice within these limits."""
        uses, capacity, groups = solvable(self.menu, self.response, self.limits if limits is None else limits)
        return choose(self.menu.gain, uses, capacity, groups, start=start, thorough=thorough)


def decide(case: Case) -> Plan:
    """Who gets what within the limits. Raises DataError with everything that is wrong, or with the limits that clash."""
    problems = wrong(case)
    if problems:
        raise DataError(*problems)
    if not any(is_known(action) for action in case.actions):
        return ranking(_ordered(case, response(replace(case, actions=()))))
    problem, others = _problem(case)
    start = tuple(problem.menu.option_of(counts) for name, counts in others.items() if name != "even")
    chosen = problem.solve(start=start)
    counts = problem.menu.of(chosen.option)
    return _plan(problem, chosen, counts, others)


def _problem(case: Case) -> tuple[_Problem, dict[str, Any]]:
    """The case ready to be solved, and other ways to spend the same by name, (n, actions) each."""
    found = response(case)
    case = _ordered(case, found)
    found = response(case)
    limits = bounds(case)
    least, most = counts_allowed(case, found.actions)
    problems = clashes(case, limits, found.actions, least)
    if problems:
        raise DataError(*problems)
    others: dict[str, Any] = {
        "nothing": least,
        "even": evenly(found, limits, least, most),
        "biggest": served(found, limits, most, least),
    }
    today = np.stack([np.asarray(case.today.get(action.name, np.zeros(len(case.ids))), dtype=np.int64) for action in found.actions], axis=1)
    if today.any():
        others["today"] = served(found, limits, np.clip(today, least, most), least)
    wanted = [counts for name, counts in others.items() if name != "even"]
    return _Problem(case, found, limits, menu(case, found, limits, wanted), least, most), others


def _ordered(case: Case, found: Response) -> Case:
    """The case with most at stake first, then by name: among equals the plan must not depend on the order in which customers came."""
    worth = found.stake["earned"] + found.stake["stays"]
    return case.at(np.lexsort((case.ids, -worth)))


# ---- the plan ----------------------------------------------------------------------------------------------------------


def _plan(problem: _Problem, chosen: Chosen, counts: Integers, others: dict[str, Any]) -> Plan:
    case, found = problem.case, problem.response
    listed = lines(case, found, counts)
    gain, cost = round(float(listed["gain"].sum()), 2), round(float(listed["cost"].sum()), 2)
    drawn = gains(case, found, counts, others.get("today", problem.least))
    lower, upper = np.quantile(drawn[0], (0.05, 0.95)).tolist() if drawn else (float("nan"), float("nan"))
    curve, worthwhile = _curve(problem, chosen, gain, cost)
    return Plan(
        decision="allocation",
        lines=listed,
        reasons=REASONS,
        columns=told(found, listed),
        gain=gain,
        cost=cost,
        lower=lower,
        upper=upper,
        bound=max(gain, round(chosen.bound, 2)),
        used=_used(problem, chosen),
        compared=tuple(_compared(problem, name, counts) for name, counts in others.items()),
        curve=curve,
        chance_better=_better(*drawn) if drawn and "today" in others else None,
        facts=_facts(problem, chosen, counts, worthwhile),
        notices=_notices(problem),
        assumes=_assumes(problem),
    )


def _better(plan: Floats, today: Floats) -> float:
    """The chance that the plan gains more than today's practice; where they are the same, one half."""
    return float((plan > today).mean() + (plan == today).mean() / 2)


def _compared(problem: _Problem, name: str, counts: Any) -> Practice:
    return practice(name, problem.response, counts)


def _facts(problem: _Problem, chosen: Chosen, counts: Integers, worthwhile: float) -> dict[str, Any]:
    names = [action.name for action in problem.response.actions]
    return {
        "considered": len(problem.case.ids),
        "customers": int(counts.any(axis=1).sum()),
        "actions": dict(zip(names, counts.sum(axis=0).tolist(), strict=True)),
        "is_exact": chosen.is_exact,
        "bundles": int(problem.menu.gain.shape[1]) - 1,
        "worthwhile_budget": worthwhile,
    }


def _used(problem: _Problem, chosen: Chosen) -> tuple[Used, ...]:
    """What the plan takes of each limit, and what one unit less and more would change where that can be reckoned."""
    count = sum(len(limit.amounts) for limit in problem.limits)
    is_exact = problem.menu.gain.size <= _LARGE and chosen.is_exact and 2 * count * max(chosen.solved, 1) <= _EFFORT
    found = []
    for kind, limit in enumerate(problem.limits):
        for place, (person, amount) in enumerate(zip(limit.persons, limit.amounts, strict=True)):
            if len(limit.persons) > 1 and not person:
                continue
            last, following = _beside(problem, chosen, kind, place) if is_exact else (float("nan"), float("nan"))
            used, price = float(chosen.used[kind][place]), float(chosen.prices[kind][place])
            found.append(Used(limit.resource, person, float(amount), round(used, 6), price, last, following))
    return tuple(found)


def _beside(problem: _Problem, chosen: Chosen, kind: int, place: int) -> tuple[float, float]:
    """What the last unit brought and one further would bring, by planning with less and with more: by what the largest action takes."""
    limit = problem.limits[kind]
    costs = problem.response.taken(limit.resource)
    if not (costs > 0).any() or not np.isfinite(limit.amounts[place]):
        return 0.0, 0.0
    unit = float(costs.max())
    found = []
    for step in (-unit, unit):
        amounts = limit.amounts.copy()
        # A limit that is not reached is not made tighter by taking from what is left.
        amounts[place] = max(0.0, amounts[place] + step)
        changed = (*problem.limits[:kind], replace(limit, amounts=amounts), *problem.limits[kind + 1 :])
        if clashes(problem.case, changed, problem.response.actions, problem.least):
            found.append(float("nan"))
            continue
        start = (chosen.option,) if step > 0 else ()
        found.append(abs(problem.solve(changed, start=start).total - chosen.total) / unit)
    return found[0], found[1]


def _curve(problem: _Problem, chosen: Chosen, gain: float, cost: float) -> tuple[dict[str, Floats], float]:
    """Gain against the budget, and against each other limit of all; the budget beyond which nothing more pays."""
    small, times = _sampled(problem)
    thorough = times == 1 and len(_PARTS) * (len(problem.limits) + 1) * max(chosen.solved, 1) <= _EFFORT
    free = small.solve(tuple(limit for limit in small.limits if limit.resource != MONEY), thorough=thorough)
    worthwhile = round(float((small.menu.of(free.option) @ small.response.costs).sum()) * times, 2)
    curve: dict[str, Floats] = {}
    parts = np.array(_PARTS, dtype=np.float64)
    for resource in dict.fromkeys((MONEY, *(limit.resource for limit in problem.limits))):
        amount = sum(float(limit.amounts[np.isfinite(limit.amounts)].sum()) for limit in problem.limits if limit.resource == resource)
        base = amount or (cost if resource == MONEY else 0.0)
        if not base or not (problem.response.taken(resource) > 0).any():
            continue
        found = _along(small, resource, base / times, thorough=thorough) * times
        name = "gain" if resource == MONEY else f"gain_{resource}"
        # Where the plan itself lies on the curve, its own gain stands.
        at = parts == 1.0
        if times > 1 and found[at][0]:
            found = found * (gain / found[at][0])
        found[at] = gain
        curve["budget" if resource == MONEY else resource] = np.round(parts * base, 2)
        # More of a means never brings less, and no part of it more than the whole.
        rising = np.fmax.accumulate(np.minimum(found, np.where(parts < 1, gain, np.inf)))
        curve[name] = np.asarray(rising, dtype=np.float64).round(2)
    return curve, worthwhile


def _along(problem: _Problem, resource: str, base: float, *, thorough: bool) -> Floats:
    """The gain with each part of so much of a resource."""
    return np.array([_at(problem, resource, part, base, thorough=thorough) for part in _PARTS], dtype=np.float64)


def _at(problem: _Problem, resource: str, part: float, base: float, *, thorough: bool) -> float:
    """The gain with so much of a resource; not a number where what must be done takes more."""
    own = [limit for limit in problem.limits if limit.resource == resource]
    rest = tuple(limit for limit in problem.limits if limit.resource != resource)
    if own:
        changed = (
            *rest,
            *(replace(limit, amounts=limit.amounts * part if part else np.where(np.isinf(limit.amounts), np.inf, 0.0)) for limit in own),
        )
    else:
        changed = (*rest, Bound(resource, ("",), np.array([base * part]), None))
    if clashes(problem.case, changed, problem.response.actions, problem.least):
        return float("nan")
    return problem.solve(changed, thorough=thorough).total


def _sampled(problem: _Problem) -> tuple[_Problem, float]:
    """An even sample of very many customers with limits as much smaller, and how many times as many there are in all."""
    size = len(problem.case.ids)
    if problem.menu.gain.size <= _LARGE:
        return problem, 1.0
    rows = np.arange(0, size, -(-size // _SAMPLE))
    times = size / len(rows)
    limits = tuple(
        replace(limit, amounts=limit.amounts / times, codes=None if limit.codes is None else limit.codes[rows]) for limit in problem.limits
    )
    bundle = problem.menu.bundle if len(problem.menu.bundle) == 1 else problem.menu.bundle[rows]
    small = Menu(problem.menu.counts, bundle, problem.menu.gain[rows])
    return _Problem(problem.case.at(rows), problem.response, limits, small, problem.least[rows], problem.most[rows]), times


# ---- what a reader must know -------------------------------------------------------------------------------------------


def _notices(problem: _Problem) -> tuple[Notice, ...]:
    unknown = [action.name for action in problem.case.actions if not is_known(action)]
    found = []
    if unknown:
        text = "Nobody knows the effect of {actions}: it is not planned. An experiment would tell."
        found.append(Notice("effect_unknown", text, {"actions": ", ".join(unknown)}))
    nobody = max(
        (int((limit.of(len(problem.case.ids)) == len(limit.amounts) - 1).sum()) for limit in problem.limits if _leaves_out(limit)),
        default=0,
    )
    if nobody:
        text = "Nobody with a limit of their own looks after {count} customers: they get nothing that such a limit is set for."
        found.append(Notice("without_person", text, {"count": nobody}))
    if len(problem.menu.counts) > MOST + 1:
        text = "Of {bundles} combinations of actions each customer could get one of the {most} that are best at the going prices."
        found.append(Notice("bundles_narrowed", text, {"bundles": len(problem.menu.counts) - 1, "most": MOST}))
    return tuple(found)


def _leaves_out(limit: Bound) -> bool:
    """Whether customers whom none of the persons looks after get nothing of it."""
    return len(limit.persons) > 1 and not limit.amounts[-1]


def _assumes(problem: _Problem) -> tuple[Notice, ...]:
    found = []
    for action in problem.response.actions:
        effect = action.effect
        if effect.source != "assumption" or action.changes == "money":
            continue
        text = "The effect of {action} is an assumption ({low:.1%} to {high:.1%}, most likely {likely:.1%}), not a measurement."
        values = {"action": action.name, "low": effect.low, "likely": effect.likely, "high": effect.high, "by": effect.by}
        found.append(Notice("effect_assumed", text, values))
    if len(problem.response.actions) > 1:
        text = "Actions that meet at one customer do not add up: of what the first leaves unchanged the second changes its share."
        found.append(Notice("effects_combined", text))
    if problem.case.margin is not None and "at_stake" not in problem.case.columns:
        text = "Of each unit of additional revenue {margin:.1%} is left as contribution, as on average of all customers."
        found.append(Notice("margin_of_more", text, {"margin": problem.case.margin}))
    return tuple(found)


PLUGIN = Decision(
    title="Allocation of visits, calls, mailings and offers",
    question="Whom to visit, call or write to, and how often, so that limited money and time bring most?",
    formula=(
        "choose one bundle of actions a customer; maximise sum of at stake x (1 - prod(1 - effect x share(count))) - cost within all limits"
    ),
    source="Venkatesan/Kumar 2004, J. of Marketing 68(4); Lagrangian dual: Fisher 1981, Management Science 27",
    decide=decide,
    wrong=wrong,
    example=example,
    columns=("expected_revenue",),
    optional=_OPTIONAL,
    needs_actions=True,
)

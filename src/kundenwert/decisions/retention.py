"""Whom to keep, and what that may cost: money goes to valuable customers who are at risk, never more than it saves (R39)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, final

import numpy as np

from kundenwert.decisions._columns import numbers, one, texts
from kundenwert.decisions._decision import Decision
from kundenwert.decisions._one_each import Stakes
from kundenwert.decisions._one_each_plan import DAY, Telling, plan_of
from kundenwert.decisions._one_each_wrong import wrong_one_each
from kundenwert.errors import DataError, Problem
from kundenwert.records.notices import Notice
from kundenwert.records.plans import Action, Case, Effect, Limit, Plan
from kundenwert.settings import Setting
from kundenwert.settings import _number as number
from kundenwert.settings import _whole as whole

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kundenwert.records.arrays import Floats, Integers

# Below it a customer counts as lost: winning back is another decision.
LOST: Final = 0.2
_LEAST_COMPLAINTS: Final = 20
_COLUMNS: Final = ("clv", "p_alive", "level")
_OPTIONS: Final = (
    Setting(
        "top", 0.2, "The share of customers, by what they are worth if they stay, of whom those at risk are looked at.", number(0.001, 1.0)
    ),
    Setting("ends_within", 90, "A contract that ends within so many days is a risk.", whole(1, 730)),
)
_REASONS: Final = {
    "complaint": "Bought nothing since the complaint of {complaint_days:,.0f} days ago that went wrong: worth {if_stays:,.0f¤} if it "
    "stays.",
    "complaint_open": "A complaint has been open for {complaint_days:,.0f} days: worth {if_stays:,.0f¤} if it stays.",
    "contract_cancelled": "Cancelled a contract {contract_days:,.0f} days ago: worth {if_stays:,.0f¤} if it stays.",
    "contract_ends": "A contract ends in {contract_days:,.0f} days: worth {if_stays:,.0f¤} if it stays.",
    "overdue": "Silent for {silent_days:,.0f} days; it usually buys again within {usual_gap:,.0f}. Worth {if_stays:,.0f¤} if it stays.",
}
_NAMES: Final = tuple(_REASONS)
_TELLS: Final = {
    "if_stays": "Residual contribution if the customer stays: clv / P(alive).",
    "chance_stays": "Chance that it is still a customer: P(alive), less after a complaint that went wrong.",
    "saving": "What the action saves: worth if it stays x the rise of the chance; the most that keeping it may cost.",
    "rise": "By how much the action raises the chance to stay.",
    "break_even": "The rise of the chance from which on one action pays: its cost / worth if it stays.",
    "silent_days": "Days since the last purchase.",
    "usual_gap": "Days within which it buys again nine times in ten, as long as it is a customer.",
    "complaint_days": "Days since the complaint.",
    "contract_days": "Days until the contract ends, or since it was cancelled.",
}


def saving(if_stays: Any, if_goes: Any, rise: Any) -> Any:
    """What a rise of the chance to stay saves: (clv if stays - clv if goes) x rise. Arrays broadcast; money.

    Never value x risk of leaving on a clv that holds the risk already.

    >>> float(saving(1000.0, 0.0, 0.05))
    50.0
    """
    return (np.asarray(if_stays, dtype=np.float64) - if_goes) * rise


def chance_after_complaint(bad: float, bad_bought: float, well: float, well_bought: float) -> float:
    """The chance to stay after a complaint that was handled badly, against one handled well; 1 where too few are known.

    bad, well: complaints; _bought: those after which the customer bought again. An association, no experiment.

    >>> round(chance_after_complaint(100, 60, 100, 96), 3)
    0.625
    """
    if not (bad >= _LEAST_COMPLAINTS and well >= _LEAST_COMPLAINTS and well_bought > 0):
        return 1.0
    return min(1.0, (bad_bought / bad) / (well_bought / well))


@final
@dataclass(frozen=True)
class _AtRisk:
    """Customers at risk: their places, what they are worth if they stay, the chance that they do, and why they are here.

    lost: customers of that worth who are lost already. loss: clv if alive - clv of those at risk, money.
    """

    rows: Integers
    if_stays: Floats
    chance: Floats
    reason: NDArray[np.str_]
    lost: int
    loss: float


def at_risk(case: Case) -> _AtRisk:
    """Who is at risk: silent for longer than the own 90 % quantile, a complaint, or a contract that ends; of the most valuable."""
    p_alive, clv = numbers(case, "p_alive"), numbers(case, "clv")
    can_be_told = (texts(case, "level") == "customer") & (p_alive > 0) & np.isfinite(clv)
    with np.errstate(divide="ignore", invalid="ignore"):
        if_stays = np.where(can_be_told, clv / p_alive, np.nan)
    is_lost = can_be_told & ((p_alive < LOST) | (texts(case, "stage") == "win_back"))
    top = np.quantile(if_stays[can_be_told], 1 - case.options["top"]) if can_be_told.any() else np.inf
    reason = _reasons(case)
    kept = can_be_told & ~is_lost & (if_stays >= top) & (if_stays > 0) & (reason != "")
    # Not the chance to stay until the end of the horizon: at risk is what may be lost now, and no more than that can be saved.
    chance = np.where(reason == "complaint", np.minimum(p_alive, _after_complaint(case)), p_alive)
    rows = np.flatnonzero(kept)
    lost = int((is_lost & (if_stays >= top) & (reason != "")).sum())
    loss = float((if_stays * (1 - p_alive))[rows].sum())
    return _AtRisk(rows, if_stays[rows], chance[rows], reason[rows], lost, loss)


def _after_complaint(case: Case) -> float:
    names = ("badly_handled", "badly_handled_bought", "well_handled", "well_handled_bought")
    return chance_after_complaint(*(one(case, "complaints", name) for name in names))


def _reasons(case: Case) -> NDArray[np.str_]:
    """The strongest sign of each customer, empty without one."""
    silent = numbers(case, "silent_days")
    overdue = numbers(case, "days_overdue") > 0
    if "days_overdue" not in case.columns:
        overdue = silent > numbers(case, "usual_gap")
    signs = {
        "complaint": np.isfinite(numbers(case, "complaint_bad_days")),
        "complaint_open": np.isfinite(numbers(case, "complaint_open_days")),
        "contract_cancelled": np.isfinite(numbers(case, "contract_cancelled_days")),
        "contract_ends": numbers(case, "contract_ends_in") <= case.options["ends_within"],
        "overdue": overdue,
    }
    return np.select([signs[name] for name in _NAMES], list(_NAMES), default="").astype(np.str_)


def _decide(case: Case) -> Plan:
    problems = _wrong(case)
    if problems:
        raise DataError(*problems)
    found = at_risk(case)
    stakes = Stakes(found.rows, found.if_stays[:, None], (1 - found.chance)[:, None], "retention", kind=texts(case, "segment")[found.rows])
    facts = {
        "at_risk": len(found.rows),
        "loss": round(found.loss, 2),
        "lost": found.lost,
        "reasons": {name: int((found.reason == name).sum()) for name in _NAMES},
        "stays_after_bad_complaint": _after_complaint(case),
    }
    told = Telling(
        decision="retention",
        reason=found.reason,
        reasons=_REASONS,
        extra=_extra(case, found),
        tells=_TELLS,
        earned="saving",
        rise="rise",
        size=found.if_stays,
        base=float(found.chance.mean()) if len(found.rows) else 0.5,
        facts=facts,
        notices=_notices(found),
        assumes=_assumes(case, found),
    )
    return plan_of(case, stakes, told)


def _extra(case: Case, found: _AtRisk) -> dict[str, NDArray[Any]]:
    rows = found.rows
    bad, opened = numbers(case, "complaint_bad_days")[rows], numbers(case, "complaint_open_days")[rows]
    cancelled, ends = numbers(case, "contract_cancelled_days")[rows], numbers(case, "contract_ends_in")[rows]
    return {
        "if_stays": found.if_stays.round(2),
        "chance_stays": found.chance,
        "silent_days": numbers(case, "silent_days")[rows],
        "usual_gap": numbers(case, "usual_gap")[rows],
        "complaint_days": np.where(found.reason == "complaint", bad, opened),
        "contract_days": np.where(found.reason == "contract_cancelled", cancelled, ends),
    }


def _notices(found: _AtRisk) -> tuple[Notice, ...]:
    text = "{count:,} customers of this worth are lost already; they belong to the plan win_back."
    return (Notice("retention_lost", text, {"count": found.lost}),) if found.lost else ()


def _assumes(case: Case, found: _AtRisk) -> tuple[Notice, ...]:
    stays = Notice(
        "retention_goes",
        "Who leaves brings nothing any more; what a customer is worth if it stays is its clv divided by the chance that it is still there.",
    )
    if not (found.reason == "complaint").any() or _after_complaint(case) >= 1:
        return (stays,)
    text = (
        "After a complaint that was handled badly customers bought again {share:.0%} as often as after one handled well. "
        "That is counted, not tried: others may have left for other reasons."
    )
    return (stays, Notice("retention_complaint", text, {"share": _after_complaint(case)}))


def _wrong(case: Case) -> list[Problem]:
    return wrong_one_each(case, columns=_COLUMNS)


def _example(rng: np.random.Generator, size: int) -> Case:
    p_alive = rng.uniform(0.05, 1.0, size)
    ids = np.array([f"{n:06d}" for n in range(size)])
    gap = rng.uniform(10, 90, size).round(1)
    return Case(
        ids=ids,
        columns={
            "clv": (rng.gamma(1.5, 800, size) * p_alive).round(2),
            "p_alive": p_alive,
            "level": np.where(rng.random(size) < 0.9, "customer", "segment"),
            "usual_gap": gap,
            "silent_days": (gap * rng.uniform(0.2, 3, size)).round(),
            "complaint_bad_days": np.where(rng.random(size) < 0.1, 30.0, np.nan),
        },
        as_of=DAY,
        actions=(
            Action("call", "retention", Effect(0.02, 0.05, 0.09, "assumption"), {"money": 14, "hours": 0.3}, most=2, channel="phone"),
            Action("visit", "retention", Effect(0.05, 0.12, 0.2, "assumption"), {"money": 175, "hours": 2.0}, most=2, channel="visit"),
        ),
        limits=(Limit("money", float(rng.uniform(0, 40) * size)), Limit("hours", float(rng.uniform(0, 0.5) * size))),
        options={option.name: option.default for option in _OPTIONS} | {"top": 0.8},
        allowed={"call": rng.random(size) < 0.8},
        today={"visit": rng.integers(0, 3, size)},
        seed=int(rng.integers(1, 1000)),
    )


PLUGIN = Decision(
    title="Retention",
    question="Whom do we keep with more effort, and what may that cost?",
    formula="saving = (clv if stays - clv if goes) x change of the chance to stay; clv if stays = clv / P(alive); spend at most the saving",
    source="Blattberg & Deighton 1996 (HBR 74(4)); at risk: definitions of the project, gap beyond the own 90 % quantile",
    decide=_decide,
    wrong=_wrong,
    example=_example,
    columns=_COLUMNS,
    optional=("usual_gap", "days_overdue", "stage", "class"),
    tables=("customers", "complaints"),
    options=_OPTIONS,
    needs_actions=False,
    counts_within="value_horizon",
    purpose="Keeping customers who may leave",
)

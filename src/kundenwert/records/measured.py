"""What came of a plan or a campaign, told by those who were held out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import final

from kundenwert.records.notices import Notice
from kundenwert.records.plans import Effect


@final
@dataclass(frozen=True)
class Outcome:
    """One figure of a customer in the time measured, treated against held out.

    name: "contribution" or "revenue" (money), "orders" (sales documents), "buyers" (share who bought at all). treated, held: means.
    difference: of the means less what was foreseen of it; error: its standard error; lower, upper: its interval. plain, plain_lower,
    plain_upper: the same without the forecast. explained: share of the variance that the forecast took away.
    """

    name: str
    treated: float
    held: float
    difference: float
    error: float
    lower: float
    upper: float
    plain: float
    plain_lower: float
    plain_upper: float
    explained: float


@final
@dataclass(frozen=True)
class OfSegment:
    """One segment: difference of money a customer, its interval, and the difference drawn to the mean of all segments."""

    name: str
    treated: int
    held: int
    difference: float
    lower: float
    upper: float
    shrunk: float
    shrunk_error: float


@final
@dataclass(frozen=True)
class Learned:
    """What an action is believed to change now. measured, error: full effect told by these customers alone; segments: name -> effect.

    before: what was assumed; evidence: how many measurements it rests on with this one. segments: effects of their own.
    """

    action: str
    changes: str
    customers: int
    measured: float
    error: float
    before: Effect
    after: Effect
    evidence: int
    segments: tuple[tuple[str, Effect], ...] = ()


@final
@dataclass(frozen=True)
class Measured:
    """The whole measurement. name: of the plan or campaign; since: first day not counted any more as before; until: last day counted.

    treated, held: customers compared; gone: those of them who have objected or were erased since. reached, reached_held: share of the
    treated and of those held out whom contacts or measures say were addressed, None where nothing says. cost: money spent on the treated;
    earned: difference of money times the treated, less the cost, with bounds. foreseen: from where the forecast comes, "plan" or "before".
    """

    name: str
    is_plan: bool
    run: str
    since: date
    until: date
    currency: str
    level: float
    treated: int
    held: int
    gone: int
    outcomes: tuple[Outcome, ...]
    cost: float
    earned: float
    earned_lower: float
    earned_upper: float
    foreseen: str
    expected: float | None = None
    reached: float | None = None
    reached_held: float | None = None
    segments: tuple[OfSegment, ...] = ()
    learned: tuple[Learned, ...] = ()
    notices: tuple[Notice, ...] = ()

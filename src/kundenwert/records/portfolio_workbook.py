"""What the workbook of portfolio and points holds, and what was read back from one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kundenwert.records.criteria import Criterion


@dataclass(frozen=True)
class ScoredCriterion:
    """A criterion of a run. share: of all weights, 0 to 1. counts: provenance -> customers.

    points: shape (n,), masked where nothing is known. look: shape (n,) of "data", "rating", "both", "open" (a rating is asked for) or
    "barred" (nobody may judge this customer on it). ratable: shape (n,), whether a rating would count.
    """

    criterion: Criterion
    share: float
    points: Any
    look: Any
    ratable: Any
    counts: Mapping[str, int]


@dataclass(frozen=True)
class PortfolioWorkbook:
    """Every customer who may be judged, by falling value, with the points of a run.

    columns: one array a column, shape (n,): customer_id, name, class, stage, value, clv, score, coverage, score_ideational, score_money,
    conflict ("money_high", "points_high" or none), portfolio, attractiveness, position; a column that the run does not know is masked all
    through. money_rule: how score_money follows from points, "pool", "calibrated" or "tariff". ratings: arrays of what people wrote, in the
    same order of customers: customer_id, criterion, points, rated_by, rated_at, reason. limit, limits: of the portfolio. least_coverage:
    for a score.
    """

    manifest: Mapping[str, Any]
    columns: Mapping[str, Any]
    criteria: Sequence[ScoredCriterion]
    ratings: Mapping[str, Any]
    limit: float
    limits: tuple[float, float]
    least_coverage: float
    has_portfolio: bool
    money_rule: str = ""


@dataclass(frozen=True)
class RatedInWorkbook:
    """What was read back: ratings written now, and ratings found that stand in the register already."""

    run: str
    sheet: str
    written: int
    known: int
    changed_weights: tuple[str, ...] = ()

"""What the pictures of a run's components of value are drawn from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Field:
    """One of nine fields: its place (0 to 2 from low to high, from weak to strong), customers, share of the amounts; None if unknown."""

    row: int
    column: int
    customers: int
    share: float | None


@dataclass(frozen=True)
class Portfolio:
    """The portfolio as a picture. spots: (position, attractiveness, amount above zero), the largest first; axes from 0 to 10.

    limits: where the fields begin on both axes. measure: the column the amounts were taken from.
    """

    fields: tuple[Field, ...]
    limits: tuple[float, float]
    spots: tuple[tuple[float, float, float], ...] = ()
    measure: str = "past"


@dataclass(frozen=True)
class StageFlow:
    """moves: (stage a year before, stage now, customers), each stage by its name in the data."""

    moves: tuple[tuple[str, str, int], ...]


@dataclass(frozen=True)
class Agreement:
    """measures: names in the order of the matrix; correlation: Spearman's of each pair, None if unknown."""

    measures: tuple[str, ...]
    correlation: tuple[tuple[float | None, ...], ...]


@dataclass(frozen=True)
class ScoreBands:
    """customers: how many have a score from 0 to below 1, from 1 to below 2 ... from 9 to 10."""

    customers: tuple[int, ...]


@dataclass(frozen=True)
class ValueAndSatisfaction:
    """fields: of high_satisfied, high_dissatisfied, low_satisfied, low_dissatisfied the customers and their share of the value."""

    fields: tuple[tuple[str, int, float | None], ...]


@dataclass(frozen=True)
class RfmCells:
    """cells: (score of recency, score of frequency, customers, their share of the amounts or None), both scores from 1 to 5."""

    cells: tuple[tuple[int, int, int, float | None], ...]
    measure: str = "clv"


@dataclass(frozen=True)
class Quarters:
    """share: of the purchases that fall into each quarter of the year, even: what its days alone would bring; p: by chance, or None."""

    share: tuple[float, ...]
    even: tuple[float, ...]
    p: float | None = None


@dataclass(frozen=True)
class TierFlow:
    """names: the tiers, the best first. moves: (tier in an earlier run, tier now, customers), None for who is new or gone."""

    names: tuple[str, ...]
    moves: tuple[tuple[str | None, str | None, int], ...]


@dataclass(frozen=True)
class Survival:
    """tariffs: the name of each and the share of its contracts that still run after so many months, (months, share) from (0, 1) on."""

    tariffs: tuple[tuple[str, tuple[tuple[int, float], ...]], ...]


@dataclass(frozen=True)
class Band:
    """Customers of about the same chance to buy again: the chance told before, the share that bought, its 90 % range, whether it holds."""

    customers: int
    predicted: float
    share: float
    lower: float
    upper: float
    holds: bool


@dataclass(frozen=True)
class Tried:
    """Chances told on an earlier day against what came; bands by rising chance."""

    day: date
    bands: tuple[Band, ...]

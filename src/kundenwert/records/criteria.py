"""The criteria customers are judged on beside money, how they weigh, and what a customer got on each."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from decimal import Decimal
from typing import Any

from kundenwert.records.notices import Notice

# How points become money: a pool shared by score, a forecast learned from an earlier day, or an amount a point and year.
MONEY_RULES = ("pool", "calibrated", "tariff")


@dataclass(frozen=True)
class Criterion:
    """One criterion; 10 points are always favourable.

    name: as it is stored; english: the other name people may call it by; ten: what 10 points mean. companies_only: not for private persons.
    rule: how its points follow from data ("" where people alone know). weight: as written, before weights are made shares of their sum.
    is_money: its euros are in contribution or clv already. has_tariff: points of it may be given an amount of money of their own.
    natural_persons: whether also sole traders and other natural persons are judged on it. people: as many must have judged. most: the
    largest share of all weights it may have. permission: a rating should say where the written permission stands. is_flag: a rating of it
    makes a lead customer. column, best: of an own criterion, the column it is read from and whether "high" or "low" is favourable.
    also: further names it is called by.
    """

    name: str
    english: str = ""
    ten: str = ""
    companies_only: bool = False
    rule: str = ""
    weight: Decimal = Decimal(0)
    is_money: bool = False
    has_tariff: bool = False
    natural_persons: bool = True
    people: int = 1
    most: Decimal | None = None
    permission: bool = False
    is_flag: bool = False
    column: str = ""
    best: str = "high"
    also: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Every name it is called by, the stored one first."""
        return tuple(name for name in (self.name, self.english, *self.also) if name)

    def is_called(self, word: str) -> bool:
        """Whether people call it so, in German or English, in capitals or not."""
        return word.strip().casefold() in {name.casefold() for name in self.names}


@dataclass(frozen=True)
class Catalogue:
    """The criteria of a project and how their points become money.

    money: one of MONEY_RULES, "" for none. pool: the amount that is shared, None for the sum of clv above 0. tariff: criterion -> money a
    point and year. scale: the name of the scale on which customers are compared; another name makes a new one at the next run.
    """

    criteria: tuple[Criterion, ...] = ()
    money: str = "pool"
    pool: Decimal | None = None
    tariff: Mapping[str, Decimal] = field(default_factory=dict)
    scale: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the criteria, in order."""
        return tuple(criterion.name for criterion in self.criteria)

    @property
    def total_weight(self) -> Decimal:
        """The sum of all weights as written."""
        return sum((criterion.weight for criterion in self.criteria), Decimal(0))

    def share(self, criterion: Criterion) -> float:
        """The weight of a criterion as share of all weights; 0 where nothing weighs.

        >>> one, other = Criterion("a", weight=Decimal(3)), Criterion("b", weight=Decimal(1))
        >>> Catalogue((one, other)).share(one)
        0.75
        """
        return float(criterion.weight / self.total_weight) if self.total_weight else 0.0

    def called(self, word: str) -> Criterion | None:
        """The criterion people call so, if there is one."""
        return next((one for one in self.criteria if one.is_called(word)), None)

    def as_json(self) -> dict[str, Any]:
        """The catalogue for manifest and register: of each criterion what differs from the usual."""
        usual = {each.name: each.default for each in fields(Criterion)}
        criteria = [{name: value for name, value in asdict(one).items() if value != usual[name]} for one in self.criteria]
        content = {"criteria": criteria, "money": self.money, "pool": self.pool, "tariff": dict(self.tariff), "scale": self.scale}
        plain: dict[str, Any] = json.loads(json.dumps(content, default=str))
        return plain

    @property
    def version(self) -> str:
        """Twelve signs that change with whatever the points depend on: criteria, weights, rules, money."""
        return hashlib.sha256(json.dumps(self.as_json(), sort_keys=True).encode()).hexdigest()[:12]


@dataclass(frozen=True)
class Calibration:
    """What an earlier day says a score is worth in the year after: at each of the rising `places` (share of customers with no higher
    score) the mean and its 90 % bounds.

    customers: of that day; skill: share of the squared error that the score saves against the mean of all, on customers left out of the
    fit; held: share of these within the bounds. verdict: why there is none, None where there is one.
    """

    places: tuple[float, ...] = ()
    money: tuple[float, ...] = ()
    lower: tuple[float, ...] = ()
    upper: tuple[float, ...] = ()
    cut: str = ""
    customers: int = 0
    skill: float | None = None
    held: float | None = None
    verdict: Notice | None = None

    @property
    def is_told(self) -> bool:
        """Whether money can be told from points."""
        return bool(self.places) and self.verdict is None


@dataclass(frozen=True)
class Scoring:
    """What a run judges customers with. breaks: measure -> rows (place, value, share below, share up to), the scale of an earlier run.

    calibration: where the catalogue turns points into money so. until: ratings of the register of later days do not count, None: all do.
    """

    catalogue: Catalogue = field(default_factory=Catalogue)
    breaks: Mapping[str, Sequence[Sequence[float]]] = field(default_factory=dict)
    calibration: Calibration = field(default_factory=Calibration)
    until: str | None = None


@dataclass(frozen=True)
class Reason:
    """Why a person gave so many points: when, who, in whose words."""

    by: str
    at: str
    points: Decimal
    reason: str


@dataclass(frozen=True)
class PointsOf:
    """What a customer got on a criterion. points: 0 to 10, None where nothing is known. provenance: "data", "rating", "both" or "missing".

    weight: share of all weights. basis: what the points rest on, in words. reasons: the ratings behind them, the newest first.
    """

    criterion: str
    english: str
    points: float | None
    provenance: str
    weight: float
    basis: Notice
    reasons: tuple[Reason, ...] = ()

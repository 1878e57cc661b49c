"""The data behind the pictures of a fit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class FrequencyCounts:
    """Customers by repeat purchases, and how many a fit expects. The last entry holds all with so many purchases or more.

    purchases: 0, 1, 2 ... actual and expected: customers with so many.
    """

    model: str
    purchases: tuple[int, ...]
    actual: tuple[int, ...]
    expected: tuple[float, ...]


@dataclass(frozen=True)
class Matrix:
    """What a fit says of customers first seen T days ago, by repeat purchases and by days since the last one.

    measure: "p_alive" or "expected_purchases" (then over `days`). values: one row for each of `purchases`, one entry for each of
    `silence` (days); None where no such customer can be.
    """

    model: str
    measure: str
    T: float
    days: float
    purchases: tuple[int, ...]
    silence: tuple[float, ...]
    values: tuple[tuple[float | None, ...], ...]


@dataclass(frozen=True)
class AlivePath:
    """P(alive) of one customer day by day. days: since the first purchase; purchases: the days with one, the first of them 0.

    start: the day of the first purchase, None if only the distances are known.
    """

    model: str
    days: tuple[float, ...]
    chance: tuple[float, ...]
    purchases: tuple[float, ...]
    start: date | None = None


@dataclass(frozen=True)
class Density:
    """How a quantity differs between customers. quantity: "rate" (purchases a year, while active), "leaving_chance" (after a purchase) or
    "leaving_rate" (a year). shares: of the customers between two edges, one more than shares; those beyond the last edge are left out.
    mean: of all customers; median: half of them lie below it.
    """

    quantity: str
    edges: tuple[float, ...]
    shares: tuple[float, ...]
    mean: float
    median: float


@dataclass(frozen=True)
class Heterogeneity:
    """How customers differ under a fit: one part for buying, one for leaving if the model knows it."""

    model: str
    parts: tuple[Density, ...]


@dataclass(frozen=True)
class Gaps:
    """Repeat buyers by the mean days between their purchases, and the shares that customers simulated by a fit have.

    edges: days, one more than shares; buyers beyond the last edge are in the last share.
    """

    model: str
    buyers: int
    edges: tuple[float, ...]
    actual: tuple[float, ...]
    expected: tuple[float, ...]


@dataclass(frozen=True)
class Marginal:
    """One parameter after the data. edges and shares: histogram of the draws. estimate: of maximum likelihood; lower, upper: 90 % of the
    draws lie between them. prior: share of the prior in each bin, and by `prior_outside` the rest; empty without a prior.
    """

    name: str
    edges: tuple[float, ...]
    shares: tuple[float, ...]
    estimate: float
    lower: float
    upper: float
    prior: tuple[float, ...] = ()
    prior_outside: float = 0.0


@dataclass(frozen=True)
class Posterior:
    """What the data leave open of the parameters of a fit. unit: of time; effective: how many independent draws stand behind it."""

    model: str
    unit: str
    parts: tuple[Marginal, ...]
    effective: float

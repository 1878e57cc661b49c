"""What decisions are made of: actions with their effects, limits, the customers in question, and the plan that comes out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING, Any, Literal, final

from kundenwert.records.notices import Notice

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from kundenwert.records.arrays import Floats, Integers

    Texts = NDArray[np.str_]
    Flags = NDArray[np.bool_]

Changes = Literal["chance", "orders", "spend", "retention", "money"]
"""What an action changes: the chance to buy within the horizon, the number of orders, the amount of an order, the chance to stay a
customer, or money directly."""
Source = Literal["experiment", "assumption", "none"]
MONEY = "money"
"""The resource that is counted in the currency of the run; its use is a cost and is taken off what an action gains."""


@final
@dataclass(frozen=True)
class Effect:
    """How much an action changes at most (see `Curve`): likely is the mean, low and high hold 90 %.

    A share for chance, orders, spend and retention (0.05: 5 % more orders, or 5 points more of a chance); money a customer for "money".
    source: an experiment; an assumption, then by whom and when; none: nobody knows, and no money is given out for it.
    """

    low: float
    likely: float
    high: float
    source: Source
    by: str = ""
    on: date | None = None


@final
@dataclass(frozen=True)
class Curve:
    """The share of the full effect that x actions of a kind have for one customer: s(0) = 0.

    each: one action has the whole effect e, x have 1 - (1 - e)^x. exponential: s = 1 - exp(-rate x). hill: s = x^slope / (half^slope +
    x^slope). table: s(1), s(2) ... as given, the last for all further ones; concave ones only.
    """

    kind: Literal["each", "exponential", "hill", "table"] = "each"
    rate: float = 1.0
    half: float = 1.0
    slope: float = 1.0
    shares: tuple[float, ...] = ()


@final
@dataclass(frozen=True)
class Action:
    """Something that can be done to a customer.

    costs: what one takes of each resource ("money" in the currency of the run, "hours", "visits" ...). most: a customer within the plan.
    half_life_days: after which half of the effect is gone; 0: it holds for the horizon. channel: how it reaches the customer, such as
    "visit", "phone", "email", "letter": consent and objection are asked for it. is_advertising: an objection to advertising forbids it.
    groups: effects of its own by segment where measured: segment -> effect.
    """

    name: str
    changes: Changes
    effect: Effect
    costs: Mapping[str, float]
    most: int = 1
    curve: Curve = field(default_factory=Curve)
    half_life_days: float = 0.0
    channel: str = ""
    is_advertising: bool = True
    groups: Mapping[str, Effect] = field(default_factory=dict)


@final
@dataclass(frozen=True)
class Limit:
    """How much there is of a resource: of all, or of one person (`person`) or territory. amount: in units of the resource."""

    resource: str
    amount: float
    person: str = ""


@final
@dataclass(frozen=True)
class Case:
    """What is decided on: customers as arrays of equal length, in any order; what can be done; what there is.

    ids: shape (n,), unique. columns: named arrays (n,) of what is known of each: numbers, not a number where unknown, or texts.
    actions, limits, options: options are the decision's own settings by name, all there.
    allowed: name of an action -> (n,) whether law and consent allow it; an action that is missing is allowed for all.
    today: name of an action -> (n,) how often it is done today in a span as long as the plan's.
    at_least, at_most: name of an action -> (n,) limits for one customer. person: (n,) who looks after the customer, "" nobody.
    fixed: ids -> name of action -> count that is set already. tables: further small tables by name, each of named arrays.
    as_of, span_days: the day and how many days the plan spends in; horizon_days: in which effects count. margin: contribution of one
    unit of revenue. draws: (d, n) posterior draws of the amount at stake, None without. seed: of everything drawn by chance.
    """

    ids: Texts
    columns: Mapping[str, NDArray[Any]]
    as_of: date
    span_days: int = 365
    horizon_days: float = 365.0
    value_horizon_days: float = 1826.0
    discount_rate: float = 0.1
    currency: str = ""
    margin: float | None = None
    actions: tuple[Action, ...] = ()
    limits: tuple[Limit, ...] = ()
    options: Mapping[str, Any] = field(default_factory=dict)
    allowed: Mapping[str, Flags] = field(default_factory=dict)
    today: Mapping[str, Integers] = field(default_factory=dict)
    at_least: Mapping[str, Integers] = field(default_factory=dict)
    at_most: Mapping[str, Integers] = field(default_factory=dict)
    person: Texts | None = None
    fixed: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    tables: Mapping[str, Mapping[str, NDArray[Any]]] = field(default_factory=dict)
    draws: Floats | None = None
    seed: int = 1

    def at(self, rows: Flags | Integers) -> Case:
        """The case of some customers, by (n,) flags or by places in their order. What is fixed and the further tables stay as they are."""
        return replace(
            self,
            ids=self.ids[rows],
            columns=_at(self.columns, rows),
            allowed=_at(self.allowed, rows),
            today=_at(self.today, rows),
            at_least=_at(self.at_least, rows),
            at_most=_at(self.at_most, rows),
            person=None if self.person is None else self.person[rows],
            draws=None if self.draws is None else self.draws[:, rows],
        )


def _at(arrays: Mapping[str, NDArray[Any]], rows: Flags | Integers) -> dict[str, NDArray[Any]]:
    return {name: values[rows] for name, values in arrays.items()}


@final
@dataclass(frozen=True)
class Used:
    """What a plan takes of a limit. price: what one unit more would bring (shadow price); last, next: what the last unit taken brought and
    one further would bring, found by planning with one less and one more; not a number where not reckoned.
    """

    resource: str
    person: str
    amount: float
    used: float
    price: float
    last: float = float("nan")
    next: float = float("nan")


@final
@dataclass(frozen=True)
class Practice:
    """Another way to spend the same: "nothing", "even", "biggest", "today" (cut to the limits). gain: expected, net of money spent."""

    name: str
    gain: float
    cost: float
    customers: int


@final
@dataclass(frozen=True)
class Plan:
    """What to do, for whom, and why.

    decision: name of the plug-in. lines: named arrays of equal length, most gain first; always there: customer_id (or what is decided on),
    action, count, gain (expected additional contribution net of its cost), cost (money), reason (a key of `reasons`); a decision adds its
    own, told in `columns`. reasons: key -> English sentence whose {places} are columns of the line. columns: name -> what it says.
    gain: the objective, sum of the lines' gains. lower, upper: 90 % interval of the gain, not a number where unknown. bound: what no plan
    can exceed; gap: (bound - gain) / |bound|. used: what it takes of each limit. compared: other ways to spend the same. curve: named
    arrays "budget" and "gain" (and more). chance_better: posterior chance that the plan beats today's practice. facts: small, for JSON, no
    customer named. left_out: reason -> how many were dropped before. held: named arrays of who is left out by chance for comparison, with
    what each would have got (customer_id, action, count, gain, cost); None where the decision holds nobody out itself. notices: what a
    reader must know. assumes: what it rests on.
    """

    decision: str
    lines: Mapping[str, NDArray[Any]]
    reasons: Mapping[str, str]
    columns: Mapping[str, str]
    gain: float
    cost: float
    lower: float = float("nan")
    upper: float = float("nan")
    bound: float = float("nan")
    used: tuple[Used, ...] = ()
    compared: tuple[Practice, ...] = ()
    curve: Mapping[str, Floats] = field(default_factory=dict)
    chance_better: float | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    left_out: Mapping[str, int] = field(default_factory=dict)
    notices: tuple[Notice, ...] = ()
    assumes: tuple[Notice, ...] = ()
    held: Mapping[str, NDArray[Any]] | None = None

    @property
    def gap(self) -> float:
        """The share of what is possible at most that the plan may miss."""
        return max(0.0, (self.bound - self.gain) / abs(self.bound)) if self.bound else 0.0

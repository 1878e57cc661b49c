"""One customer, as it is explained."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kundenwert.records.criteria import PointsOf
    from kundenwert.records.notices import Notice
    from kundenwert.records.result import ResultTotals


@dataclass(frozen=True)
class Document:
    """One document of a customer on one day, as booked."""

    day: date
    document_id: str | None
    line_class: str
    lines: int
    amount: Decimal | None


@dataclass(frozen=True)
class Part:
    """One line of the explanation: what it is, for which span, and its money (purchases where there is no money).

    kind: booked (span: the year), cost, expected (span: first/last day), or added (span: the title of a component that the
    value definition adds).
    """

    kind: str
    span: str
    amount: Decimal | None
    purchases: float | None = None


@dataclass(frozen=True)
class Quarter:
    """What a customer bought in a calendar quarter that begins on `first`. complete: the as-of day is not before its end."""

    first: date
    purchases: int
    revenue: Decimal | None
    complete: bool = True


@dataclass(frozen=True)
class Course:
    """Purchases by quarter up to the as-of day, and what is expected of a quarter of the horizon: its mean with its 90 % bounds.

    in_money: revenue, else purchases. expected, lower, upper: None where nothing is expected or no bounds are known.
    """

    quarters: tuple[Quarter, ...]
    currency: str = ""
    in_money: bool = True
    horizon: str = ""
    expected: float | None = None
    lower: float | None = None
    upper: float | None = None


@dataclass(frozen=True)
class Said:
    """What a component says of the customer. standing: beside, potential or addable; added: its money is part of the value."""

    component: str
    title: str
    standing: str
    sentence: Notice
    added: bool = False


@dataclass(frozen=True)
class ChangeLine:
    """One reason why a value changed. kind: purchases, forecast, amounts or added."""

    kind: str
    amount: Decimal
    sentence: Notice


@dataclass(frozen=True)
class ValueChange:
    """Why the value differs from that of the last run of an earlier day; the lines add up to after - before."""

    run: str
    as_of: date
    before: Decimal
    after: Decimal
    lines: tuple[ChangeLine, ...]


@dataclass(frozen=True)
class WhatIf:
    """What would change if one thing were otherwise, reckoned with the run's own model, points and rates.

    kind: bought, stays_away, pays_on_time, discount, visit, returns or complaints.
    """

    kind: str
    sentence: Notice


@dataclass(frozen=True)
class SourceUsed:
    """A table the run read. records: of this customer, None where records name no customer. used: columns that enter figures, as the
    files call them; reaching: columns kept to reach people and never counted with. years, basis: how long records are kept and why.
    """

    table: str
    records: int | None
    used: tuple[str, ...]
    reaching: tuple[str, ...] = ()
    years: int | None = None
    basis: str = ""


@dataclass(frozen=True)
class Privacy:
    """What a company says of the processing, under [privacy] of its project file; what is empty is not recorded.

    decisions: whether and how decisions rest on the value. rights: what else the person is told, e.g. which authority to complain to.
    """

    controller: str = ""
    contact: str = ""
    purpose: str = ""
    legal_basis: str = ""
    recipients: tuple[str, ...] = ()
    retention: str = ""
    decisions: str = ""
    rights: str = ""


@dataclass(frozen=True)
class DataOf:
    """Which data of a customer were used. unused: attributes that nobody may be valued by.

    objected: day of an objection that stands. consents: channel, answer, day of each last answer. address: name and address as customer
    records have them, by role.
    """

    sources: tuple[SourceUsed, ...] = ()
    unused: tuple[str, ...] = ()
    objected: str = ""
    consents: tuple[tuple[str, str, str], ...] = ()
    address: Mapping[str, str] = field(default_factory=dict)
    privacy: Privacy = field(default_factory=Privacy)


@dataclass(frozen=True)
class Explained:
    """A customer's row, history and parts. The parts of kind booked and cost add up to past, those of kind expected to clv, all to value.

    basis: as-of day, horizons, rate, yardstick, currency, run, model. factors: what turns purchases into money. course: purchases by
    quarter. said: what components say, None of them for who objected. points: criterion by criterion. result: contribution I to IV of
    this customer in the last whole year. place: (customers of higher value, all who are valued). change: why the value differs from the
    last run. what_ifs: what would change it. data: what it rests on.
    """

    row: dict[str, Any]
    history: tuple[Document, ...]
    parts: tuple[Part, ...]
    basis: dict[str, Any]
    factors: dict[str, Any]
    course: Course | None = None
    said: tuple[Said, ...] = ()
    points: tuple[PointsOf, ...] = ()
    result: ResultTotals | None = None
    place: tuple[int, int] | None = None
    change: ValueChange | None = None
    what_ifs: tuple[WhatIf, ...] = ()
    data: DataOf = field(default_factory=DataOf)

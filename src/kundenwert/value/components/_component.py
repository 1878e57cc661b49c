"""What describes a component of customer value; the module of the same name holds its formula, the `.sql` beside it its steps."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any, Literal, final

from kundenwert.records import Scoring

if TYPE_CHECKING:
    from kundenwert.engines._engine import Engine
    from kundenwert.records import Notice
    from kundenwert.settings import Setting


@dataclass(frozen=True)
class Basis:
    """What a component may rest on. given: what there is, as "table.role", "features.column", "contribution.db4", "previous.run",
    "component.rfm" (for those it reads) ...

    horizon_days, value_horizon_days, discount_rate: those of the run. margin: of the base, None where unknown. lifecycle: limits by
    name. class_limits: shares up to which a customer is in class A, then B. options: the values of the component's own settings.
    scoring: the criteria customers are judged on.
    """

    as_of: date
    horizon_days: float
    value_horizon_days: float
    discount_rate: float
    yardstick: str
    currency: str
    given: frozenset[str]
    margin: float | None = None
    class_limits: tuple[float, float] = (0.8, 0.95)
    lifecycle: Mapping[str, int] = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict)
    scoring: Scoring = field(default_factory=Scoring)


@dataclass(frozen=True)
class Built:
    """What a component found beside its columns. facts: small, ready for JSON, no customer named; the manifest keeps them.

    kept: what the register and a later run need again, likewise. files: name of a table of its own, without its end -> the step whose
    rows are written beside the value table; rows about a customer carry customer_id, so that an erasure finds them. behind: tables that
    nothing but these steps reads any more; they are dropped once the files are written.
    """

    facts: Mapping[str, Any] = field(default_factory=dict)
    notices: tuple[Notice, ...] = ()
    kept: Mapping[str, Any] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)
    behind: tuple[str, ...] = ()


@final
@dataclass(frozen=True)
class Component:
    """A component of customer value. Every euro has one owner: see `standing`.

    title: what people call it. formula: in a line of text. source: paper, book or rule. columns: name -> what it says, with its unit.
    build: makes table `component_<name>` (customer_id, once each, and the columns) from the views of a run; see
    `kundenwert.value.components`. needs: of each group one entry must be given. after: components whose tables it reads. reads: components
    whose tables it reads where they are told ("component.NAME" is then given).
    standing: "beside" the value (another view of it, or no money), "potential" (money that is not there yet), "addable" (money that a
    value definition may add; `amount` names the column). options: its settings under [components.NAME]. line: the sentence of the
    customer's page, None where there is nothing to say.
    """

    title: str
    formula: str
    source: str
    columns: Mapping[str, str]
    build: Callable[[Engine, Basis], Built]
    needs: tuple[tuple[str, ...], ...] = ()
    after: tuple[str, ...] = ()
    reads: tuple[str, ...] = ()
    standing: Literal["beside", "potential", "addable"] = "beside"
    amount: str = ""
    options: tuple[Setting, ...] = ()
    line: Callable[[Mapping[str, Any]], Notice | None] = lambda _: None

    def can_be_told(self, given: Collection[str]) -> bool:
        """Whether what it needs is among `given`."""
        return all(any(entry in given for entry in group) for group in self.needs)

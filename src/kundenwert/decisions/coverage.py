"""Valuable customers nobody has done anything for: every customer of class A without a contact or measure in the span (R51)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from kundenwert.decisions._columns import numbers, texts
from kundenwert.decisions._decision import Decision
from kundenwert.decisions._one_each_plan import DAY
from kundenwert.decisions._one_each_wrong import wrong_case
from kundenwert.errors import DataError, Problem
from kundenwert.records.plans import Case, Plan
from kundenwert.settings import Setting

if TYPE_CHECKING:
    from numpy.typing import NDArray

CLASSES: Final = ("A", "B", "C")


def _read_class(value: Any) -> str:
    if value not in CLASSES:
        raise ValueError("A, B or C")
    return str(value)


_OPTIONS: Final = (Setting("value_class", "A", "The class of value whose customers must not be forgotten.", _read_class),)
_REASONS: Final = {
    "never": "Class {class}, worth {value:,.0f¤}: no contact and no measure is known.",
    "long_ago": "Class {class}, worth {value:,.0f¤}: the last contact or measure was {days:,.0f} days ago.",
}
_TELLS: Final = {
    "class": "Class of value.",
    "value": "Value of the customer: past and residual contribution.",
    "days": "Days since the last contact or measure; empty where none is known.",
    "person": "Who looks after the customer; empty where nobody does.",
}


def _decide(case: Case) -> Plan:
    problems = _wrong(case)
    if problems:
        raise DataError(*problems)
    days = np.fmin(numbers(case, "contact_days"), numbers(case, "measure_days"))
    classes = texts(case, "class")
    is_covered = days < case.span_days
    rows = np.flatnonzero((classes == case.options["value_class"]) & ~is_covered)
    value = np.nan_to_num(numbers(case, "value", 0.0))
    rows = rows[np.lexsort((case.ids[rows], -value[rows]))]
    nothing = np.zeros(len(rows))
    person = case.person if case.person is not None else np.full(len(case.ids), "")
    return Plan(
        decision="coverage",
        lines={
            "customer_id": case.ids[rows],
            "action": np.full(len(rows), ""),
            "count": nothing.astype(np.int64),
            "gain": nothing,
            "cost": nothing,
            "reason": np.where(np.isfinite(days[rows]), "long_ago", "never"),
            "class": classes[rows],
            "value": value[rows],
            "days": days[rows],
            "person": person[rows],
        },
        reasons=_REASONS,
        columns=_TELLS,
        gain=0.0,
        cost=0.0,
        bound=0.0,
        facts={"classes": {name: _counts(classes == name, is_covered) for name in CLASSES}},
    )


def _counts(own: NDArray[np.bool_], is_covered: NDArray[np.bool_]) -> dict[str, int]:
    return {"customers": int(own.sum()), "without": int((own & ~is_covered).sum())}


def _wrong(case: Case) -> list[Problem]:
    problems = wrong_case(case, columns=("class",))
    if not {"contact_days", "measure_days"} & set(case.columns):
        text = "Neither contacts nor measures are known: everybody would be on the list."
        problems.append(Problem(text, "the table contacts or the table measures.", "give one of them and make a new run."))
    return problems


def _example(rng: np.random.Generator, size: int) -> Case:
    return Case(
        ids=np.array([f"{n:06d}" for n in range(size)]),
        columns={
            "class": np.array(CLASSES)[rng.integers(0, 3, size)],
            "value": rng.gamma(1.5, 4000, size).round(2),
            "contact_days": np.where(rng.random(size) < 0.3, np.nan, rng.integers(0, 800, size)),
            "measure_days": np.where(rng.random(size) < 0.6, np.nan, rng.integers(0, 800, size)),
        },
        as_of=DAY,
        options={option.name: option.default for option in _OPTIONS},
        seed=int(rng.integers(1, 1000)),
    )


PLUGIN = Decision(
    title="Coverage",
    question="Which valuable customers has nobody done anything for?",
    formula="customers of class A without a contact or treatment within the span of the plan",
    source="Requirement: measures follow the value of the customer",
    decide=_decide,
    wrong=_wrong,
    example=_example,
    columns=("class",),
    optional=("value",),
    tables=("customers",),
    options=_OPTIONS,
    needs_actions=False,
    counts_within="",
    purpose="Seeing that no valuable customer is forgotten",
)

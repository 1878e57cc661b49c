"""What describes a decision; the module of the same name holds how it is taken."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, final

if TYPE_CHECKING:
    import numpy as np

    from kundenwert.errors import Problem
    from kundenwert.records.plans import Case, Plan
    from kundenwert.settings import Setting


@final
@dataclass(frozen=True)
class Decision:
    """A decision on limited means.

    title: what people call it. question: whose question it answers. formula: in a line of text. source: paper, book or rule.
    purpose, legal_basis: why customers are chosen, and on which ground of law; they stand on every list.
    decide: the plan of a case; it raises DataError with every problem of `wrong`, and with the limits that clash where none is possible.
    wrong: every problem of the case at once. example: a random case of about `size` customers, for the tests every decision must pass.
    columns: of the value table that a case needs. optional: those it reads where they are there. tables: further tables of a case by name,
    made by steps of `value/plans`. options: its settings under [plans.NAME]. needs_actions: whether it plans with the project's actions.
    counts_within: the horizon within which its gains count, "horizon" or "value_horizon"; "" where it promises none. about: what the plan
    counts: customers, leads or purposes.
    """

    title: str
    question: str
    formula: str
    source: str
    decide: Callable[[Case], Plan]
    wrong: Callable[[Case], list[Problem]]
    example: Callable[[np.random.Generator, int], Case]
    columns: tuple[str, ...]
    optional: tuple[str, ...] = ()
    tables: tuple[str, ...] = ()
    options: tuple[Setting, ...] = ()
    needs_actions: bool = False
    counts_within: str = "horizon"
    about: str = "customers"
    purpose: str = "Planning of customer care"
    legal_basis: str = "Art. 6 (1) (f) GDPR: legitimate interest in spending limited means where they help most"

"""What describes a rule; its step stands in the `.sql` file of the same name."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import final

from kundenwert.records import Notice


@final
@dataclass(frozen=True)
class Rule:
    """How points follow from data. step: what reads them. about: the rule in words. basis: what a customer's points rest on, with places
    {fact_1}, {fact_2}, {fact_3}.

    needs: of each group one entry ("table.role", "features.column" ...) must be given. binds: values the step asks for. compares: whether
    customers are compared with each other; then points are 10 x the share of customers that are no better, ties at the better end, and
    the mean of these shares where there are several measures. combines: a rating counts half where there is one. varies_with: entries that
    add a measure where they are given, so that points are compared on another scale.
    """

    step: str
    about: str
    basis: Notice
    needs: tuple[tuple[str, ...], ...] = ()
    binds: tuple[str, ...] = ()
    compares: bool = False
    combines: bool = False
    varies_with: tuple[str, ...] = ()

    def can_be_told(self, given: Collection[str]) -> bool:
        """Whether the data it needs are among `given`."""
        return all(any(entry in given for entry in group) for group in self.needs)

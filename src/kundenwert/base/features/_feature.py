"""What describes a feature; the step itself stands in the `.sql` file of the same name."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import final


@final
@dataclass(frozen=True)
class Feature:
    """A feature of customers. step: what computes it.

    about: one sentence. needs: of each group one entry ("table.role") must be there. columns: name -> what it says, with its unit.
    """

    step: str
    about: str
    needs: tuple[tuple[str, ...], ...]
    columns: Mapping[str, str]

    def can_be_told(self, given: Collection[str]) -> bool:
        """Whether the data it needs are among `given`.

        >>> Feature("", "", (("payments.due_date",), ("payments.paid_on", "payments.disputed")), {}).can_be_told({"payments.due_date"})
        False
        """
        return all(any(entry in given for entry in group) for group in self.needs)

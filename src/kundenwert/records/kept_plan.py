"""A plan as it is read back for people: what stands on disk, less who has objected or refused since."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, final

if TYPE_CHECKING:
    from numpy.typing import NDArray


@final
@dataclass(frozen=True)
class KeptPlan:
    """content: what stands in plan.json. lines: named arrays as in `Plan.lines`, and of who is meant name, street, postcode, city, email,
    phone, account_manager ("" where unknown). struck: why lines were left out since the plan was made -> how many lines.
    """

    name: str
    content: Mapping[str, Any]
    lines: Mapping[str, NDArray[Any]] = field(default_factory=dict)
    struck: Mapping[str, int] = field(default_factory=dict)

    @property
    def length(self) -> int:
        """How many lines are left."""
        return len(next(iter(self.lines.values()))) if self.lines else 0

"""What the sheet of a key account holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from kundenwert.records.criteria import PointsOf


@dataclass(frozen=True)
class Account:
    """A customer with its group. asked: who was asked for; record: its row of the customer records (empty without one).

    row, members: of the value table, with name, city and depth in the group, by falling value, without who objected; left_out: how many
    did. together: sums over the members; None where nothing is known. years: their result by calendar year, the newest first. contacts,
    complaints, measures: the newest of the members; counts: of the year to the as-of day. points: of who was asked for. team: who looks
    after the members, with the number of customers and of contacts in that year.
    """

    manifest: Mapping[str, Any]
    asked: str
    record: Mapping[str, Any]
    row: Mapping[str, Any]
    members: Sequence[Mapping[str, Any]]
    together: Mapping[str, Any]
    left_out: int
    years: Sequence[Mapping[str, Any]]
    contacts: Sequence[Mapping[str, Any]]
    complaints: Sequence[Mapping[str, Any]]
    measures: Sequence[Mapping[str, Any]]
    counts: Mapping[str, int]
    points: Sequence[PointsOf]
    team: Sequence[Mapping[str, Any]]

    @property
    def as_of(self) -> date:
        """The day the run values at."""
        return date.fromisoformat(self.manifest["as_of"])

    @property
    def is_group(self) -> bool:
        """Whether more than one customer stands on the sheet."""
        return len(self.members) > 1

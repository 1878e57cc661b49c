"""Customer records that are probably one customer: proposed with what speaks for it, never merged."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kundenwert.engines._engine import Engine

# What more records than this have in common says nothing about two of them.
MOST_IN_A_BLOCK = 50
# How alike names must be: with one agreement of e-mail, telephone or address; with two of them; with the place alone.
ALIKE, SOMEWHAT_ALIKE, NEARLY_EQUAL = 0.87, 0.6, 0.97
# As many proposals as people may look through; the engine's table holds all.
_MOST_SHOWN = 1_000


@dataclass(frozen=True)
class Duplicate:
    """Two records that are probably one customer. strength: 0 to 1; name_likeness: 1 is equal words."""

    first_id: str
    second_id: str
    first_name: str
    second_name: str
    name_likeness: float
    same_email: bool
    same_phone: bool
    same_address: bool
    same_place: bool
    strength: float

    def reasons(self) -> Iterator[str]:
        """What speaks for it, as keys: same_email, same_phone, same_address, same_place, name_likeness."""
        for name in ("same_email", "same_phone", "same_address"):
            if getattr(self, name):
                yield name
        if self.same_place and not self.same_address:
            yield "same_place"
        yield "name_likeness"


@dataclass(frozen=True)
class Duplicates:
    """Proposals. count: all of them; found: the surest thousand; crowded: things that too many records share to be compared."""

    count: int
    found: tuple[Duplicate, ...]
    crowded: int


def find_duplicates(engine: Engine) -> Duplicates:
    """Proposals among `ledger_customers` (see flows.company_tables); the engine keeps them as table `customer_duplicates`."""
    engine.script("tables/company/names.sql")
    engine.table("comparable", "tables/company/comparable.sql")
    engine.table("blocks", "tables/company/blocks.sql")
    (crowded,) = engine.rows("tables/company/crowded.sql", most=MOST_IN_A_BLOCK)
    limits: dict[str, Any] = {"alike": ALIKE, "somewhat_alike": SOMEWHAT_ALIKE, "nearly_equal": NEARLY_EQUAL}
    count = engine.table("customer_duplicates", "tables/company/duplicates.sql", most=MOST_IN_A_BLOCK, **limits)
    rows = engine.rows("tables/company/first_duplicates.sql", count=_MOST_SHOWN)
    return Duplicates(count, tuple(Duplicate(**row) for row in rows), crowded["blocks"])

"""What the names of columns alone say of their roles, for a person to confirm or change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kundenwert.sources._company import meanings_of
from kundenwert.sources._detect import LINES, checked_table
from kundenwert.sources._records import Column
from kundenwert.sources._roles import OF_LINES, Meanings, guessed_roles
from kundenwert.tables.transactions import Role

# From this rank on a name is known, but also used for other things: e-mail or id as number of the customer, total as net amount.
_VAGUE = {"customer_id": 2, "amount": 2, "date": 5, "document_id": 2, "kind": 1, "promotion": 1}
_NEVER = 99


@dataclass(frozen=True)
class Named:
    """What names say. places: role -> the place of its column, from 0. ties: role -> places of columns that could be it as well.

    vague: roles whose column has a name that often means something else. rivals: role -> places of columns that fit less well.
    """

    places: Mapping[str, int]
    ties: Mapping[str, tuple[int, ...]]
    vague: frozenset[str]
    rivals: Mapping[str, tuple[int, ...]]


def roles_of(table: str) -> tuple[Role, ...]:
    """The roles that columns of a table can have ("transactions": sales lines)."""
    return _meanings(table).roles


def said_by_names(columns: Sequence[Column], table: str) -> Named:
    """The roles of columns of a table by their names."""
    meanings = _meanings(table)
    found, ties = guessed_roles(columns, {}, {}, meanings)
    asked = set(ties) - meanings.silent(found)
    place = {column.key: number for number, column in enumerate(columns)}
    ranks = {role: [meanings.role(role).rank(column.name) for column in columns] for role in found}
    return Named(
        places={role: place[column.key] for role, column in found.items()},
        ties={role: tuple(place[column.key] for column in rivals) for role, rivals in ties.items() if role in asked},
        vague=frozenset(role for role, column in found.items() if (ranks[role][place[column.key]] or 0) >= _VAGUE.get(role, _NEVER)),
        rivals={
            role: tuple(number for number, rank in enumerate(ranks[role]) if rank is not None and number != place[column.key])
            for role, column in found.items()
        },
    )


def _meanings(table: str) -> Meanings:
    return OF_LINES if table == LINES else meanings_of(checked_table(table))

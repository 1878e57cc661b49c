"""Which column has which role: what a person chose, then what the names say. Competing columns are told, never picked."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from kundenwert.errors import AmbiguousInput, MissingColumn, Problem, SettingsError
from kundenwert.sources._records import Column, Trouble, Wanted, short
from kundenwert.tables import transactions

_LISTED = 30
# A tie in these matters only where money is reckoned from them.
_ONLY_FOR_MONEY = frozenset({"gross_amount", "tax", "price"})


@dataclass(frozen=True)
class Assigned:
    """columns: role -> column. reasons: role -> why. troubles: what a person must settle. ties: role -> equally good columns."""

    columns: Mapping[str, Column]
    reasons: Mapping[str, str]
    troubles: tuple[Trouble, ...]
    ties: Mapping[str, tuple[Column, ...]]

    def of(self, role: str) -> Column | None:
        """The column of a role, if it has one."""
        return self.columns.get(role)


def assign(columns: Sequence[Column], wanted: Wanted, file: str) -> Assigned:
    """Roles for the columns of one input."""
    chosen, troubles = _chosen(columns, wanted.mapping, file)
    guessed, ties = _guessed(columns, chosen, wanted.mapping)
    columns_of = {**guessed, **chosen}
    reasons = {role: "named in the mapping" if role in chosen else _reason(role, column, columns) for role, column in columns_of.items()}
    silent = _ONLY_FOR_MONEY if "amount" in columns_of else frozenset()
    tied = tuple(_tie(role, rivals, columns, file) for role, rivals in ties.items() if role not in silent)
    told = {trouble.problem.came for trouble in troubles}
    missing = tuple(
        _missing(role, columns, file)
        for role in transactions.NEEDED
        if role not in columns_of and role not in ties and (not told or role not in wanted.mapping)
    )
    return Assigned(columns_of, reasons, (*troubles, *tied, *missing), ties)


def _chosen(columns: Sequence[Column], mapping: Mapping[str, str], file: str) -> tuple[dict[str, Column], tuple[Trouble, ...]]:
    found: dict[str, Column] = {}
    troubles: list[Trouble] = []
    for role, name in mapping.items():
        if role not in transactions.NAMES:
            troubles.append(_no_role(role, file))
            continue
        if not name:
            continue
        fitting = _named(name, columns)
        if len(fitting) == 1:
            found[role] = fitting[0]
        else:
            troubles.append(_tie(role, fitting, columns, file) if fitting else _no_column(role, name, columns, file))
    return found, tuple(troubles)


def _named(name: str, columns: Sequence[Column]) -> tuple[Column, ...]:
    exact = tuple(column for column in columns if column.name == name)
    if exact:
        return exact
    if name.startswith("#") and name[1:].isdigit() and 0 < int(name[1:]) <= len(columns):
        return (columns[int(name[1:]) - 1],)
    return tuple(column for column in columns if transactions.normalised(column.name) == transactions.normalised(name) != "")


def _guessed(
    columns: Sequence[Column], chosen: Mapping[str, Column], mapping: Mapping[str, str]
) -> tuple[dict[str, Column], dict[str, tuple[Column, ...]]]:
    taken = {column.key for column in chosen.values()}
    free = [column for column in columns if column.key not in taken]
    found: dict[str, Column] = {}
    ties: dict[str, tuple[Column, ...]] = {}
    for role in (role for role in transactions.ROLES if role.name not in mapping):
        best = _best(role, free)
        if len(best) > 1:
            ties[role.name] = best
        elif best:
            found[role.name] = best[0]
    return found, ties


def _best(role: transactions.Role, columns: Iterable[Column]) -> tuple[Column, ...]:
    ranked = [(-1 if column.name == role.name else role.rank(column.name), column) for column in columns]
    ranks = [rank for rank, _ in ranked if rank is not None]
    return tuple(column for rank, column in ranked if rank == min(ranks)) if ranks else ()


def _reason(role: str, column: Column, columns: Sequence[Column]) -> str:
    rivals = [short(other.name) for other in columns if other is not column and transactions.role(role).rank(other.name) is not None]
    if not rivals:
        return f"{short(column.name)!r} is a known name"
    return f"{short(column.name)!r} is a known name and fits better than {', '.join(rivals[:3])} (--map {role}=COLUMN takes another)"


def _no_role(role: str, file: str) -> Trouble:
    near = difflib.get_close_matches(role, transactions.NAMES, n=1)
    problem = Problem(
        f"There is no role {short(role)!r}.{f' Did you mean {near[0]!r}?' if near else ''}",
        f"one of {', '.join(transactions.NAMES)}.",
        "correct --map ROLE=COLUMN or the mapping in kundenwert.toml.",
        file=file,
    )
    return Trouble(SettingsError, problem)


def _no_column(role: str, name: str, columns: Sequence[Column], file: str) -> Trouble:
    near = _near([name], columns)
    problem = Problem(
        f"The mapping takes {role} from a column {short(name)!r}, which is not there.{near}",
        f"one of the columns {listed(columns)}.",
        f"correct --map {role}=COLUMN or the mapping in kundenwert.toml.",
        file=file,
    )
    return Trouble(MissingColumn, problem)


def _tie(role: str, rivals: Sequence[Column], columns: Sequence[Column], file: str) -> Trouble:
    names = Counter(column.name for column in rivals)
    same = len(names) == 1
    places = ", ".join(f"#{columns.index(column) + 1}" for column in rivals)
    problem = Problem(
        f"{len(rivals)} columns are called {short(rivals[0].name)!r} ({places}); each could be the {role}."
        if same
        else f"Several columns could be the {role}: {listed(rivals)}.",
        "one column for each role.",
        f"choose one with --map {role}={f'#{columns.index(rivals[0]) + 1}' if same else short(rivals[0].name)} "
        f"or another of them{' (the number of the column)' if same else ''}, also in kundenwert.toml.",
        file=file,
    )
    return Trouble(AmbiguousInput, problem)


def _missing(role: str, columns: Sequence[Column], file: str) -> Trouble:
    known = [name for rank in transactions.role(role).ranks for name in rank]
    problem = Problem(
        f"No column for {role} was found among {listed(columns)}.{_near(known, columns)}",
        f"a column such as {', '.join(_EXAMPLES[role])}.",
        f"name it with --map {role}=COLUMN or in kundenwert.toml.",
        file=file,
    )
    return Trouble(MissingColumn, problem)


_EXAMPLES = {"customer_id": ("Kundennummer", "customer_id"), "date": ("Rechnungsdatum", "invoice_date")}


def _near(names: Sequence[str], columns: Sequence[Column]) -> str:
    wanted = [transactions.normalised(name) for name in names]
    # Only names of usual length are compared: the comparison's time grows with the square of the length.
    found = [
        column.name
        for column in columns[:1000]
        if 0 < len(column.name) <= 60 and difflib.get_close_matches(transactions.normalised(column.name), wanted, n=1, cutoff=0.75)
    ]
    return f" Near: {', '.join(map(short, found[:3]))}." if found else ""


def listed(columns: Sequence[Column]) -> str:
    """Column names for a message: cut short, and not more than some thirty."""
    names = [short(column.name) or f"(column {place} without name)" for place, column in enumerate(columns[:_LISTED], 1)]
    return ", ".join(names) + (f" and {len(columns) - _LISTED:,} more" if len(columns) > _LISTED else "")

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
# One of several columns that speak of promotions is not worth a question: the role stays empty.
_NEVER_ASKED = frozenset({"promotion"})


@dataclass(frozen=True)
class Meanings:
    """The roles that columns can have, and what stands before a role in `--map`: "" for sales lines, "customers." for customers.

    shares: a column may stand in two roles (an amount that is net or gross). asked: roles for which a tie is a question; None: all.
    """

    roles: tuple[transactions.Role, ...]
    prefix: str = ""
    shares: bool = True
    asked: frozenset[str] | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the roles."""
        return tuple(role.name for role in self.roles)

    @property
    def needed(self) -> tuple[str, ...]:
        """The roles without which nothing works."""
        return tuple(role.name for role in self.roles if role.needed)

    def role(self, name: str) -> transactions.Role:
        """The role of that name."""
        return next(role for role in self.roles if role.name == name)

    def silent(self, found: Mapping[str, Column]) -> frozenset[str]:
        """Roles that may stay without a column where several could be it."""
        if self.asked is not None:
            return frozenset(self.names) - self.asked
        return _NEVER_ASKED | (_ONLY_FOR_MONEY if "amount" in found else frozenset())


OF_LINES = Meanings(transactions.ROLES)


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


def assign(columns: Sequence[Column], wanted: Wanted, file: str, meanings: Meanings = OF_LINES) -> Assigned:
    """Roles for the columns of one input."""
    chosen, troubles = _chosen(columns, wanted.mapping, file, meanings)
    guessed, ties = guessed_roles(columns, chosen, wanted.mapping, meanings)
    columns_of = {**guessed, **chosen}
    reasons = {
        role: "named in the mapping" if role in chosen else _reason(role, column, columns, meanings) for role, column in columns_of.items()
    }
    silent = meanings.silent(columns_of)
    tied = tuple(_tie(role, rivals, columns, file, meanings) for role, rivals in ties.items() if role not in silent)
    told = {trouble.problem.came for trouble in troubles}
    missing = tuple(
        _missing(role, columns, file, meanings)
        for role in meanings.needed
        if role not in columns_of and role not in ties and (not told or role not in wanted.mapping)
    )
    return Assigned(columns_of, reasons, (*troubles, *tied, *missing), ties)


def _chosen(
    columns: Sequence[Column], mapping: Mapping[str, str], file: str, meanings: Meanings
) -> tuple[dict[str, Column], tuple[Trouble, ...]]:
    found: dict[str, Column] = {}
    troubles: list[Trouble] = []
    for role, name in mapping.items():
        if role not in meanings.names:
            troubles.append(_no_role(role, file, meanings))
            continue
        if not name:
            continue
        fitting = _named(name, columns)
        if len(fitting) == 1:
            found[role] = fitting[0]
        else:
            troubles.append(_tie(role, fitting, columns, file, meanings) if fitting else _no_column(role, name, columns, file, meanings))
    return found, tuple(troubles)


def _named(name: str, columns: Sequence[Column]) -> tuple[Column, ...]:
    exact = tuple(column for column in columns if column.name == name)
    if exact:
        return exact
    if name.startswith("#") and name[1:].isdigit() and 0 < int(name[1:]) <= len(columns):
        return (columns[int(name[1:]) - 1],)
    return tuple(column for column in columns if transactions.normalised(column.name) == transactions.normalised(name) != "")


def guessed_roles(
    columns: Sequence[Column], chosen: Mapping[str, Column], mapping: Mapping[str, str], meanings: Meanings
) -> tuple[dict[str, Column], dict[str, tuple[Column, ...]]]:
    """What the names alone say: role -> column, and role -> columns of equally good names."""
    taken = {column.key for column in chosen.values()}
    free = [column for column in columns if column.key not in taken]
    found: dict[str, Column] = {}
    ties: dict[str, tuple[Column, ...]] = {}
    for role in (role for role in meanings.roles if role.name not in mapping):
        best = _best(role, free)
        if len(best) > 1:
            ties[role.name] = best
        elif best:
            found[role.name] = best[0]
    return (found if meanings.shares else _once(found, meanings)), ties


def _once(found: Mapping[str, Column], meanings: Meanings) -> dict[str, Column]:
    """Each column in the role that its name fits best."""
    best: dict[str, tuple[int, str]] = {}
    for role, column in found.items():
        rank = -1 if column.name == role else meanings.role(role).rank(column.name) or 0
        best[column.key] = min(best.get(column.key, (rank, role)), (rank, role), key=lambda entry: entry[0])
    return {role: column for role, column in found.items() if best[column.key][1] == role}


def _best(role: transactions.Role, columns: Iterable[Column]) -> tuple[Column, ...]:
    ranked = [(-1 if column.name == role.name else role.rank(column.name), column) for column in columns]
    ranks = [rank for rank, _ in ranked if rank is not None]
    return tuple(column for rank, column in ranked if rank == min(ranks)) if ranks else ()


def _reason(role: str, column: Column, columns: Sequence[Column], meanings: Meanings) -> str:
    rivals = [short(other.name) for other in columns if other is not column and meanings.role(role).rank(other.name) is not None]
    if not rivals:
        return f"{short(column.name)!r} is a known name"
    others = f"(--map {meanings.prefix}{role}=COLUMN takes another)"
    return f"{short(column.name)!r} is a known name and fits better than {', '.join(rivals[:3])} {others}"


def _no_role(role: str, file: str, meanings: Meanings) -> Trouble:
    near = difflib.get_close_matches(role, meanings.names, n=1)
    problem = Problem(
        f"There is no role {short(role)!r}.{f' Did you mean {near[0]!r}?' if near else ''}",
        f"one of {', '.join(meanings.names)}.",
        f"correct --map {meanings.prefix}ROLE=COLUMN or the mapping in kundenwert.toml.",
        file=file,
    )
    return Trouble(SettingsError, problem)


def _no_column(role: str, name: str, columns: Sequence[Column], file: str, meanings: Meanings) -> Trouble:
    near = _near([name], columns)
    problem = Problem(
        f"The mapping takes {role} from a column {short(name)!r}, which is not there.{near}",
        f"one of the columns {listed(columns)}.",
        f"correct --map {meanings.prefix}{role}=COLUMN or the mapping in kundenwert.toml.",
        file=file,
    )
    return Trouble(MissingColumn, problem)


def _tie(role: str, rivals: Sequence[Column], columns: Sequence[Column], file: str, meanings: Meanings) -> Trouble:
    names = Counter(column.name for column in rivals)
    same = len(names) == 1
    places = ", ".join(f"#{columns.index(column) + 1}" for column in rivals)
    problem = Problem(
        f"{len(rivals)} columns are called {short(rivals[0].name)!r} ({places}); each could be the {role}."
        if same
        else f"Several columns could be the {role}: {listed(rivals)}.",
        "one column for each role.",
        f"choose one with --map {meanings.prefix}{role}={f'#{columns.index(rivals[0]) + 1}' if same else short(rivals[0].name)} "
        f"or another of them{' (the number of the column)' if same else ''}, also in kundenwert.toml.",
        file=file,
    )
    return Trouble(AmbiguousInput, problem)


def _missing(role: str, columns: Sequence[Column], file: str, meanings: Meanings) -> Trouble:
    known = [name for rank in meanings.role(role).ranks for name in rank]
    examples = _EXAMPLES.get(role, (known[0], role)) if not meanings.prefix else (known[0], role)
    problem = Problem(
        f"No column for {role} was found among {listed(columns)}.{_near(known, columns)}",
        f"a column such as {', '.join(dict.fromkeys(examples))}.",
        f"name it with --map {meanings.prefix}{role}=COLUMN or in kundenwert.toml.",
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

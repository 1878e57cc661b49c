"""Which table an export is, by the names of its columns and of the file. What stays in doubt is told with the flag that settles it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from kundenwert import registry
from kundenwert.errors import AmbiguousInput, CallError, DataError, Problem
from kundenwert.sources._bytes import blocks
from kundenwert.sources._company import meanings_of
from kundenwert.sources._inspect import checked_kind, looked_at
from kundenwert.sources._records import Column, Trouble, Wanted, short
from kundenwert.sources._roles import OF_LINES, Meanings, guessed_roles
from kundenwert.tables import transactions
from kundenwert.tables.company._shape import CompanyTable
from kundenwert.tables.transactions import normalised

if TYPE_CHECKING:
    from kundenwert.engines._engine import Engine

LINES = "transactions"
# A table that explains nearly as much as the best one is a question.
_NEARLY = 0.8
# What a word in the file's name weighs: as much as one column that only this table knows.
_FILE_WORD = 1.0
_HEAD = 1 << 20
_MONEY_OF_LINES = ("amount", "gross_amount", "price", "quantity", "document_id")
_WORDS_OF_LINES = (
    "rechnung",
    "umsatz",
    "faktura",
    "verkauf",
    "sales",
    "invoice",
    "order",
    "transaction",
    "bestell",
    "beleg",
    "line",
    "zeilen",
)


@dataclass(frozen=True)
class Detected:
    """What an export is: the table ("transactions" for sales lines), why, and what stands against it."""

    table: str
    reason: str
    troubles: tuple[Trouble, ...] = ()


@dataclass(frozen=True)
class _Fit:
    """How well a table explains the columns. telling: columns that few other tables know."""

    table: str
    score: float
    columns: int
    telling: tuple[str, ...]
    named: bool


@cache
def tables() -> Mapping[str, CompanyTable]:
    """The company's tables by name."""
    return {name: registry.load("tables.company", name) for name in registry.names("tables.company")}


def checked_table(name: str) -> CompanyTable:
    """The table of that name. Raises CallError that lists which there are."""
    if name not in tables():
        raise CallError(f"There is no table {short(name)!r}. Available: {', '.join((*tables(), LINES))}.")
    return tables()[name]


def detect(engine: Engine, path: Path, wanted: Wanted, *, scratch: Path) -> Detected:
    """The table that a file holds. A file whose columns fit none is taken for sales lines, whose reading says what is missing."""
    try:
        columns = _columns(engine, path, wanted, scratch)
    except DataError:
        return Detected(LINES, "it could not be looked at")
    return detect_by_names(columns, path.name)


def detect_by_names(columns: Sequence[str], file: str) -> Detected:
    """The table that column names and a file name speak for.

    >>> detect_by_names(["Reklamationsnr", "KdNr", "Reklamationsdatum"], "export.csv").table
    'complaints'
    """
    fits = sorted(_without_mere_attributes([fit for fit in _fits(columns, file) if fit]), key=lambda fit: -fit.score)
    if not fits:
        return Detected(LINES, "its columns fit no table of the company")
    best, rivals = fits[0], [fit for fit in fits[1:] if fit.score >= _NEARLY * fits[0].score]
    doubtful = (best, *rivals)
    if (
        rivals
        and any(fit.table == LINES for fit in doubtful)
        and not any(fit.telling or fit.named for fit in doubtful if fit.table != LINES)
    ):
        return Detected(LINES, "every name in it is one that sales lines have, and none that only another table has")
    if rivals:
        return Detected(best.table, "", (_doubt(best, rivals, file),))
    return Detected(best.table, _reason(best, len(columns)))


def _without_mere_attributes(fits: list[_Fit]) -> list[_Fit]:
    """Name and address often stand in exports of visits or invoices too: what only such a table has says more."""
    if any(fit.telling for fit in fits if fit.table != "customers"):
        return [fit for fit in fits if fit.table != "customers" or fit.named]
    return fits


def _fits(columns: Sequence[str], file: str) -> list[_Fit | None]:
    known_by = _known_by(columns)
    candidates = [_fit(name, meanings_of(table), table.words, columns, file, known_by) for name, table in tables().items()]
    return [*candidates, _fit(LINES, OF_LINES, _WORDS_OF_LINES, columns, file, known_by)]


def _known_by(columns: Sequence[str]) -> Counter[str]:
    """How many tables know each column."""
    roles = [table.roles for table in tables().values()] + [transactions.ROLES]
    return Counter(name for own in roles for name in columns if any(name == role.name or role.rank(name) is not None for role in own))


def _fit(name: str, meanings: Meanings, words: Sequence[str], columns: Sequence[str], file: str, known_by: Counter[str]) -> _Fit | None:
    held = [Column(column, f"c{place}", "VARCHAR") for place, column in enumerate(columns) if column.strip()]
    found, ties = guessed_roles(held, {}, {}, meanings)
    roles = {*found, *ties}
    if not set(meanings.needed) <= roles or (name == LINES and not roles & set(_MONEY_OF_LINES)):
        return None
    used = {column.name for column in found.values()} | {column.name for rivals in ties.values() for column in rivals}
    named = any(word in normalised(Path(file).stem) for word in words)
    telling = tuple(column for column in columns if column in used and known_by[column] == 1)
    score = sum(1 / known_by[column] for column in used) + (_FILE_WORD if named else 0)
    return _Fit(name, score, len(used), telling, named)


def _reason(fit: _Fit, columns: int) -> str:
    parts = [f"{fit.columns} of {columns} columns fit"]
    if fit.telling:
        parts.append(f"only this table has {', '.join(short(name) for name in fit.telling[:3])}")
    if fit.named:
        parts.append("the file's name says so")
    return "; ".join(parts)


def _doubt(best: _Fit, rivals: Sequence[_Fit], file: str) -> Trouble:
    names = [fit.table for fit in (best, *rivals)]
    problem = Problem(
        f"The columns fit {' and '.join(names)}.",
        "one table for each file.",
        f"say which it is: {' or '.join(f'--table {name}={file}' for name in names)}.",
        file=file,
    )
    return Trouble(AmbiguousInput, problem)


def _columns(engine: Engine, path: Path, wanted: Wanted, scratch: Path) -> tuple[str, ...]:
    if wanted.columns:
        return wanted.columns
    _, looked = looked_at(engine, head(path, scratch), wanted, scratch, hashed=False)
    return tuple(column.name for column in looked.table.columns)


def head(path: Path, scratch: Path) -> Path:
    """A large text's first lines as a file of its own in `scratch`; any other file as it is. Raises UnreadableInput if there is none."""
    kind = checked_kind(path)
    if kind not in {"text", "gzip"}:
        return path
    block = next(blocks(path, packed=kind == "gzip"), b"")[:_HEAD]
    if kind == "text" and len(block) < _HEAD:
        return path
    folder = scratch / f"head-{len(list(scratch.iterdir()))}"
    folder.mkdir()
    part = folder / f"{path.name.removesuffix('.gz')}"
    part.write_bytes(block if len(block) < _HEAD else _whole_lines(block))
    return part


def _whole_lines(block: bytes) -> bytes:
    """Without the line that is cut off. In UTF-16 the end of a line is two bytes, and begins at an even place."""
    zeros = (block[:4096][0::2].count(0), block[:4096][1::2].count(0))
    if max(zeros) < 1000:
        return block[: block.rfind(b"\n") + 1] or block
    end = block.rfind(b"\x00\n" if zeros[0] > zeros[1] else b"\n\x00") + 2
    return block[: end - end % 2]

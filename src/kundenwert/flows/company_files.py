"""Which table of the company each file holds: as a person said, or by the names of its columns."""

from __future__ import annotations

import tempfile
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from kundenwert import sources
from kundenwert.engines import open_engine
from kundenwert.errors import AmbiguousInput, CallError, Problem
from kundenwert.flows.reading import Input
from kundenwert.sources import Wanted

if TYPE_CHECKING:
    from kundenwert.engines._engine import Engine

LINES = "transactions"


@dataclass(frozen=True)
class Sorted:
    """A file, the table it was taken for, and why."""

    item: Input
    reason: str


def split(inputs: Sequence[Input]) -> tuple[list[Input], list[Input]]:
    """The inputs with sales lines, and those with tables of the company."""
    return [item for item in inputs if not item.table], [item for item in inputs if item.table]


def sort_files(engine: Engine, files: Sequence[Path], wanted: Wanted, named: Mapping[Path, str], *, scratch: Path) -> tuple[Sorted, ...]:
    """Which table each file holds: as a person said (`named`: file -> table), else by the names of its columns.

    The mapping holds roles of sales lines (amount) and of tables (customers.name). Raises AmbiguousInput with the flag that
    settles each doubt.
    """
    files = list(dict.fromkeys((*files, *named)))
    found: list[Sorted] = []
    problems: list[Problem] = []
    for file in files:
        table, reason = named.get(file, ""), "it was named"
        if not table:
            plain = replace(wanted, mapping={})
            detected = sources.detect(engine, file, plain, scratch=scratch)
            table, reason = detected.table, detected.reason
            problems += [trouble.problem for trouble in detected.troubles]
        found.append(Sorted(input_of(file, wanted, table), reason))
    if problems:
        raise AmbiguousInput(*problems)
    return tuple(found)


def sorted_inputs(files: Sequence[Path], wanted: Wanted, named: Mapping[Path, str]) -> tuple[Sorted, ...]:
    """`sort_files` with an engine of its own. A single file is taken for sales lines: without them nothing can be valued."""
    if len(files) == 1 and not named:
        found: tuple[Sorted, ...] = (Sorted(input_of(files[0], wanted, LINES), "it is the only file"),)
    else:
        with tempfile.TemporaryDirectory(prefix="kundenwert-") as scratch, open_engine(threads=1) as engine:
            found = sort_files(engine, files, wanted, named, scratch=Path(scratch))
    _refuse_loose_mapping(wanted, {entry.item.table for entry in found})
    return found


def _refuse_loose_mapping(wanted: Wanted, given: Container[str]) -> None:
    """A mapping for a table that no file holds would be passed over in silence."""
    for role in wanted.mapping:
        table, dot, _ = role.partition(".")
        if dot and table not in given:
            sources.checked_table(table)
            raise CallError(f"--map {role}=... is for the table {table}, which no file holds. Name its file with --table {table}=FILE.")


def input_of(file: Path, wanted: Wanted, table: str) -> Input:
    """A file as input of a table, with the part of the mapping that is the table's."""
    if table == LINES:
        own = {role: column for role, column in wanted.mapping.items() if "." not in role}
        return Input(file, replace(wanted, mapping=own))
    sources.checked_table(table)
    own = {role.removeprefix(f"{table}."): column for role, column in wanted.mapping.items() if role.startswith(f"{table}.")}
    # What says how money of sales lines becomes net is nothing to a table.
    return Input(file, replace(wanted, mapping=own, net=None, tax_rate=None), table=table)


def named_files(pairs: Sequence[str]) -> dict[Path, str]:
    """What `--table customers=FILE` says: file -> table. Raises CallError for anything else."""
    named: dict[Path, str] = {}
    for pair in pairs:
        table, sign, file = pair.partition("=")
        if not sign or not file.strip():
            raise CallError(f"{pair!r} is not TABLE=FILE, such as customers=kunden.csv.")
        if table.strip() != LINES:
            sources.checked_table(table.strip())
        named[Path(file.strip())] = table.strip()
    return named

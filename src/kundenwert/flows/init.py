"""Looks at exports, guesses format and mapping, writes kundenwert.toml."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kundenwert.errors import CallError
from kundenwert.flows import catalogue, presets, project
from kundenwert.flows.check import check_files
from kundenwert.flows.company_files import Sorted, sorted_inputs
from kundenwert.flows.load import Loaded
from kundenwert.runs import storage

if TYPE_CHECKING:
    from kundenwert.flows.progress import Progress
    from kundenwert.sources import Wanted


@dataclass(frozen=True)
class Initiated:
    """The written project file and what was found in the exports."""

    file: Path
    loaded: Loaded


def init(
    folder: Path,
    files: Sequence[Path],
    wanted: Wanted,
    flags: Mapping[str, Any],
    *,
    progress: Progress,
    named: Mapping[Path, str] | None = None,
    preset: str = "",
    pseudonymised: bool = False,
) -> Initiated:
    """Checks `files` and writes kundenwert.toml into `folder`. Raises CallError if one is there already; nothing is overwritten.

    named: file -> table ("transactions" for sales lines) where a person said so; the others go by the names of their columns.
    pseudonymised: the project works with pseudonyms; this look at the files, which tells a person how they are read, does not.
    preset: name of an industry whose cost drivers, lifecycle limits and criteria are written as a start; without it the 12 criteria.
    """
    target = folder / project.FILE
    if target.exists():
        raise CallError(f"{target} exists and is kept. Edit it, or choose another folder.")
    started = presets.load(preset) if preset else None
    found = sorted_inputs(files, wanted, named or {})
    lines = [entry.item for entry in found if not entry.item.table]
    if not lines:
        raise CallError("No file holds sales lines. Name it with --from FILE, or say which one does with --table transactions=FILE.")
    loaded = check_files([entry.item for entry in found], flags, progress=progress)
    with storage.told(folder):
        folder.mkdir(parents=True, exist_ok=True)
    given = {name: value for name, value in project.settings_with(flags).of_results().items() if flags.get(name) is not None}
    chosen = {
        "title": folder.resolve().name,
        **({"pseudonymised": True} if pseudonymised else {}),
        **({"preset": started.name} if started else {}),
        **({"currency": loaded.currency} if loaded.currency else {}),
        **given,
    }
    prefixes = [notice.values["prefix"] for notice in loaded.notices if notice.key == "cancellation_prefix"]
    if prefixes:
        chosen["cancellation_prefixes"] = prefixes
    # One way of reading per project file: the columns of the first file; the others were read with the same options.
    guesses = loaded.files[0].guesses
    roles = {guess["role"]: (guess["column"], guess["reason"]) for guess in guesses}
    names = [_relative(item.source, folder) for item in lines]
    tables = _sections(folder, found, loaded)
    more = presets.sections(started) if started else catalogue.lines(catalogue.catalogue())
    file = project.write(folder, files=names, wanted=lines[0].wanted, chosen=chosen, roles=roles, tables=tables, more=more)
    return Initiated(file, loaded)


def _sections(folder: Path, found: Sequence[Sorted], loaded: Loaded) -> list[project.TableSection]:
    """One section a table: as with sales lines, the columns of its first file stand for all of them."""
    sections = []
    for table in loaded.company.tables if loaded.company else ():
        own = [entry for entry in found if entry.item.table == table.name]
        roles = {guess["role"]: (guess["column"], guess["reason"]) for guess in table.files[0].guesses}
        files = tuple(_relative(entry.item.source, folder) for entry in own)
        sections.append(project.TableSection(table.name, files, own[0].item.wanted, own[0].reason, roles))
    return sections


def _relative(file: Path, folder: Path) -> str:
    """The file as seen from the project, with forward slashes, which every system reads."""
    try:
        return Path(os.path.relpath(file.resolve(), folder.resolve())).as_posix()
    except ValueError:
        # Another drive on Windows.
        return file.resolve().as_posix()

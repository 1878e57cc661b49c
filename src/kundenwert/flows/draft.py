"""An import before it is kept: files in a folder, and what a person said of how they are read. DRAFT/draft.json holds it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from kundenwert import __version__
from kundenwert.errors import CallError, UnknownName
from kundenwert.flows.upload import Received, Taken, path_of, remove
from kundenwert.runs import storage
from kundenwert.sources import Wanted, tables

FILE = "draft.json"
LINES = "transactions"
# What the files are for: a new project, more of the same for a project, or new files in place of those of a table.
NEW, ADD, REPLACE = "new", "add", "replace"
WAYS = (NEW, ADD, REPLACE)
# How a file is read, as a person may say it.
OPTIONS = ("encoding", "delimiter", "decimal_mark", "date_format", "sheet", "header", "net", "tax_rate")
# What a person may say of a new project before its first run.
SETTINGS = ("title", "currency", "margin", "preset", "language", "reject_limit")
_OF_LINES_ALONE = ("net", "tax_rate")


@dataclass(frozen=True)
class DraftFile:
    """A file and what a person said of it. table: "" if its columns say it. mapping: role -> column, "" for none. options: see OPTIONS."""

    name: str
    size: int
    rows: int
    sha256: str
    table: str = ""
    mapping: Mapping[str, str] = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict)

    @property
    def taken(self) -> Taken:
        """The file as it came in."""
        return Taken(self.name, self.size, self.rows, self.sha256)

    def wanted(self, table: str) -> Wanted:
        """What a person said of how it is read, as a file of that table."""
        given = {name: value for name, value in self.options.items() if name != "header"}
        if table != LINES:
            given = {name: value for name, value in given.items() if name not in _OF_LINES_ALONE}
        return Wanted(mapping=dict(self.mapping), columns=tuple(self.options.get("header", ())), **given)


@dataclass(frozen=True)
class Draft:
    """A draft. way: one of WAYS. project: the folder of the project it is for, "" for a new one.

    settings: what a person said of a new project: title, currency, margin, preset, language, reject_limit.
    """

    folder: Path
    files: tuple[DraftFile, ...] = ()
    way: str = NEW
    project: str = ""
    settings: Mapping[str, Any] = field(default_factory=dict)

    def file(self, name: str) -> DraftFile:
        """The file of that name. Raises UnknownName."""
        found = next((entry for entry in self.files if entry.name == name), None)
        if found is None:
            raise UnknownName(name, "this import", [entry.name for entry in self.files])
        return found

    def path(self, name: str) -> Path:
        """Where a file of the draft lies."""
        return path_of(self.folder, self.file(name).name)

    @property
    def fingerprint(self) -> str:
        """Changes with whatever a check depends on."""
        files = [[entry.name, entry.sha256, entry.table, dict(entry.mapping), dict(entry.options)] for entry in self.files]
        project = _text_of(Path(self.project) / "kundenwert.toml") if self.project else ""
        parts = [__version__, self.way, self.project, project, files]
        return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:24]


def _text_of(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except OSError:
        return ""


def read(folder: Path) -> Draft:
    """The draft in a folder; an empty one before the first file."""
    if not (folder / FILE).is_file():
        return Draft(folder)
    content = storage.read_json(folder / FILE)
    return Draft(folder, tuple(DraftFile(**entry) for entry in content["files"]), content["way"], content["project"], content["settings"])


def write(draft: Draft) -> Draft:
    """Keeps a draft."""
    content = {
        "way": draft.way,
        "project": draft.project,
        "settings": dict(draft.settings),
        "files": [asdict(entry) for entry in draft.files],
    }
    storage.write_json(draft.folder / FILE, content)
    return draft


def with_received(draft: Draft, received: Received) -> Draft:
    """The draft with the files that came in, kept."""
    return write(replace(draft, files=(*draft.files, *(DraftFile(**asdict(entry)) for entry in received.taken))))


def without(draft: Draft, name: str) -> Draft:
    """The draft without a file, kept; the file itself is removed."""
    entry = draft.file(name)
    remove(draft.folder, entry.name)
    return write(replace(draft, files=tuple(other for other in draft.files if other is not entry)))


def changed(draft: Draft, name: str, *, table: str, mapping: Mapping[str, str], options: Mapping[str, Any]) -> Draft:
    """The draft with what a person says of a file, kept. table: "" leaves it to the columns. Raises CallError for a table there is not."""
    if table and table != LINES and table not in tables():
        raise CallError(f"There is no table {table[:40]!r}. Available: {', '.join((LINES, *tables()))}.")
    if unknown := sorted(set(options) - set(OPTIONS)):
        raise CallError(f"There is no option {unknown[0][:40]!r}. Available: {', '.join(OPTIONS)}.")
    entry = replace(draft.file(name), table=table, mapping=dict(mapping), options=dict(options))
    return write(replace(draft, files=tuple(entry if other.name == name else other for other in draft.files)))


def meant_for(draft: Draft, way: str, project: Path | None) -> Draft:
    """The draft for a new project, or for one that is there, kept."""
    if way not in WAYS or (way == NEW) != (project is None):
        raise CallError(f"{way[:20]!r} is not possible here. Available: {', '.join(WAYS)}; the last two with a project.")
    return write(replace(draft, way=way, project="" if project is None else str(project)))


def with_settings(draft: Draft, **settings: Any) -> Draft:
    """The draft with settings of the new project, kept; None takes one back. Raises CallError for one there is not."""
    if unknown := sorted(set(settings) - set(SETTINGS)):
        raise CallError(f"There is no setting {unknown[0][:40]!r} here. Available: {', '.join(SETTINGS)}.")
    given = {name: value for name, value in {**draft.settings, **settings}.items() if value is not None}
    return write(replace(draft, settings=given))


def sum_of(files: Iterable[DraftFile]) -> int:
    """Bytes of some files."""
    return sum(entry.size for entry in files)

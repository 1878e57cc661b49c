"""A draft becomes a project, or part of one: files move into PROJECT/exports, kundenwert.toml says how they are read.

Nothing that is there is overwritten: files get a free name, and a project file is changed only in its lists of files, or grows.
"""

from __future__ import annotations

import contextlib
import re
import shutil
import tomllib
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kundenwert.errors import CallError, Problem, SettingsError
from kundenwert.flows import catalogue, presets, preview
from kundenwert.flows import project as projects
from kundenwert.flows.draft import LINES, NEW, REPLACE, Draft
from kundenwert.flows.draft_check import checked
from kundenwert.flows.project import TableSection
from kundenwert.flows.upload import free_name
from kundenwert.runs import storage

if TYPE_CHECKING:
    from kundenwert.flows.draft_check import Checked
    from kundenwert.sources import Wanted

EXPORTS = "exports"
_LONGEST_FOLDER = 60
_FOLDED = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
_WINDOWS = frozenset({"con", "prn", "aux", "nul"})


@dataclass(frozen=True)
class Founded:
    """What was made: the project, the names its new files have in exports, and whether it is new."""

    project: Path
    files: tuple[str, ...]
    is_new: bool


def found_project(draft: Draft, parent: Path) -> Founded:
    """Makes a project below `parent` from a checked draft. Raises CallError where the check is missing, too old or not good enough."""
    checked_now = _ready(draft)
    if draft.way != NEW:
        raise CallError("These files are for a project that is there. Use them there, or begin a new import.")
    title = str(draft.settings.get("title") or "").strip() or "kundenwert"
    with storage.told(parent):
        parent.mkdir(parents=True, exist_ok=True)
    with storage.building(parent, "project") as building:
        names = _copied(draft, building / EXPORTS)
        _write_project(draft, checked_now, building, names, title)
        # What was written must be read as it was meant, before anybody sees it.
        projects.read(building)
        folder = storage.publish(building, parent, folder_name(title))
    return Founded(folder, tuple(names.values()), is_new=True)


def add_to_project(draft: Draft) -> Founded:
    """Adds the files of a checked draft to its project, or puts them in place of those of their tables, which stay in their folder."""
    checked_now = _ready(draft)
    if draft.way == NEW:
        raise CallError("These files are for a new project.")
    folder = Path(draft.project)
    content = (folder / projects.FILE).read_text(encoding="utf-8")
    names = _copied(draft, folder / EXPORTS)
    try:
        text = content
        for table in dict.fromkeys(checked_now.tables.values()):
            own = [f"{EXPORTS}/{names[name]}" for name, its in checked_now.tables.items() if its == table]
            text = _with_files(draft, checked_now, folder, text, table, own)
        _check_text(folder, content, text)
        storage.write_text(folder / projects.FILE, text)
    except BaseException:
        for name in names.values():
            with contextlib.suppress(OSError):
                (folder / EXPORTS / name).unlink()
        raise
    return Founded(folder, tuple(names.values()), is_new=False)


def _ready(draft: Draft) -> Checked:
    found = checked(draft)
    if found is None or not found.is_current:
        raise CallError("Something was changed since the last check. Check the files again, then save them.")
    if not found.is_within_limit:
        share = f"{found.worst_share:.1%}"
        raise CallError(
            f"{share} of the records are rejected, more than the limit of {found.limit:.1%}. Correct the reading, or accept it."
        )
    return found


def _copied(draft: Draft, folder: Path) -> dict[str, str]:
    """Copies the files of a draft into a folder under free names; name in the draft -> name there. All of them, or none."""
    names: dict[str, str] = {}
    with storage.told(folder):
        folder.mkdir(parents=True, exist_ok=True)
    used = {entry.name.casefold() for entry in folder.iterdir()}
    with storage.building(folder, "files") as building, storage.told(folder):
        for entry in draft.files:
            names[entry.name] = free_name(entry.name, used)
            used.add(names[entry.name].casefold())
            _link_or_copy(draft.path(entry.name), building / names[entry.name])
        for name in names.values():
            storage.rename(building / name, folder / name)
    return names


def _link_or_copy(source: Path, target: Path) -> None:
    """A second name of the same bytes where the file system can give one, else a copy. The draft is removed later as a whole."""
    try:
        target.hardlink_to(source)
    except OSError:
        shutil.copyfile(source, target)


# ---- a new project file ----


def _write_project(draft: Draft, found: Checked, folder: Path, names: Mapping[str, str], title: str) -> None:
    preset = presets.load(str(draft.settings["preset"])) if draft.settings.get("preset") else None
    chosen: dict[str, Any] = {"title": title}
    if preset:
        chosen["preset"] = preset.name
    if currency := found.content["currency"] or draft.settings.get("currency"):
        chosen["currency"] = currency
    chosen |= {name: draft.settings[name] for name in ("margin", "language", "reject_limit") if name in draft.settings}
    prefixes = [values["prefix"] for key, _, values in found.notices if key == "cancellation_prefix"]
    if prefixes:
        chosen["cancellation_prefixes"] = prefixes
    sections = _sections(draft, found, names)
    lines, others = [one for one in sections if one.name == LINES], [one for one in sections if one.name != LINES]
    first, *rest = lines
    count = {one.name: sum(other.name == one.name for other in others) for one in others}
    more = [line for one in rest for line in projects.source_lines(one)]
    more += [line for one in others for line in projects.table_lines(one, repeated=count[one.name] > 1)]
    more += presets.sections(preset) if preset else catalogue.lines(catalogue.catalogue())
    projects.write(folder, files=first.files, wanted=first.wanted, chosen=chosen, roles=first.roles, more=more)


def _sections(draft: Draft, found: Checked, names: Mapping[str, str]) -> list[TableSection]:
    """Files of one table that are read in the same way stand in one section."""
    sections: list[TableSection] = []
    for entry in draft.files:
        table = found.tables[entry.name]
        wanted = replace(preview.wanted_of(draft, entry, table), mapping={})
        one = TableSection(table, (f"{EXPORTS}/{names[entry.name]}",), wanted, _reason(draft, entry.name), _roles(draft, found, entry.name))
        same = next((other for other in sections if _way(other) == _way(one)), None)
        if same is None:
            sections.append(one)
        else:
            sections[sections.index(same)] = replace(same, files=(*same.files, *one.files))
    return sections


def _way(section: TableSection) -> tuple[Any, ...]:
    return section.name, asdict(section.wanted), {role: column for role, (column, _) in section.roles.items()}


def _reason(draft: Draft, name: str) -> str:
    look = preview.look(draft, name)
    return look.reason or "chosen in the import"


def _roles(draft: Draft, found: Checked, name: str) -> dict[str, tuple[str, str]]:
    """Role -> (column, why), with the roles that a person left empty although a name speaks for them."""
    mapping = draft.file(name).mapping
    files = [*found.content["files"], *(file for table in found.company_tables for file in _files_of(table))]
    guesses: list[dict[str, Any]] = next((file["columns"] for file in files if file["name"] == name), [])
    look = preview.look(draft, name)
    references = {column.name: column.reference for column in look.columns}
    roles = {
        guess["role"]: (mapping.get(guess["role"]) or references.get(guess["column"], guess["column"]), guess["reason"])
        for guess in guesses
    }
    return {**roles, **{role: ("", "left empty by a person") for role, column in mapping.items() if not column and role not in roles}}


def _files_of(table: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for entry in table["files"]:
        yield {"name": entry["file"]["name"], "columns": entry["guesses"]}


def folder_name(title: str) -> str:
    """A folder's name from a title: small letters, digits and dashes.

    >>> folder_name("Klein & Söhne GmbH")
    'klein-soehne-gmbh'
    """
    plain = title.lower().translate(_FOLDED)
    letters = unicodedata.normalize("NFKD", plain).encode("ascii", "ignore").decode()
    name = re.sub(r"[^a-z0-9]+", "-", letters).strip("-")[:_LONGEST_FOLDER].strip("-")
    return f"project-{name}" if not name or name in _WINDOWS else name


# ---- a project file that is there ----


def wanted_in_project(folder: Path, table: str) -> Wanted | None:
    """How a project reads a table: as the last of its files; None if it has none."""
    own = [item for item in projects.read(folder).inputs if (item.table or LINES) == table]
    return own[-1].wanted if own else None


def tables_in_project(folder: Path) -> tuple[str, ...]:
    """The tables a project has files of."""
    return tuple(dict.fromkeys(item.table or LINES for item in projects.read(folder).inputs))


def _with_files(draft: Draft, found: Checked, folder: Path, text: str, table: str, own: Sequence[str]) -> str:
    """The text of the project file with more files of a table, or with other ones, or with a section for a table that it has not."""
    spans = [span for span in _file_lists(text) if span.table == table]
    if not spans:
        names = {entry.name: Path(file).name for entry, file in zip(_of_table(draft, found, table), own, strict=True)}
        # A new table, described as in a new project.
        sections = [
            one for one in _sections(draft, found, {**{entry.name: entry.name for entry in draft.files}, **names}) if one.name == table
        ]
        lines = [line for one in sections for line in projects.table_lines(one, repeated=len(sections) > 1)]
        return text.rstrip("\n") + "\n" + "\n".join(lines) + "\n"
    if draft.way != REPLACE:
        last = spans[-1]
        covered = {path.resolve() for pattern in last.files for path in projects.files_of(folder, pattern)}
        new = [file for file in own if (folder / file).resolve() not in covered]
        return text[: last.start] + projects.as_toml([*last.files, *new]) + text[last.end :]
    for place, span in reversed(list(enumerate(spans))):
        if place:
            raise CallError(f"{projects.FILE} reads {table} in {len(spans)} ways. Name the new files there by hand.")
        text = text[: span.start] + projects.as_toml(list(own)) + text[span.end :]
    return text


def _of_table(draft: Draft, found: Checked, table: str) -> list[Any]:
    return [entry for entry in draft.files if found.tables[entry.name] == table]


@dataclass(frozen=True)
class _Span:
    """A list of files in the text of a project file: of which table, where it stands, what it holds."""

    table: str
    start: int
    end: int
    files: tuple[str, ...]


_HEADER = re.compile(r"^\s*\[\[?\s*([A-Za-z0-9_.\"' -]+?)\s*\]\]?\s*(?:#.*)?$", re.MULTILINE)
_FILES = re.compile(r"^\s*files\s*=\s*(?=\[)", re.MULTILINE)


def _file_lists(text: str) -> Iterator[_Span]:
    """The lists of files in the order in which they stand."""
    headers = list(_HEADER.finditer(text))
    for place, header in enumerate(headers):
        table = _table_of(header[1])
        end = headers[place + 1].start() if place + 1 < len(headers) else len(text)
        found = _FILES.search(text, header.end(), end) if table else None
        if found:
            stop, files = _list_at(text, found.end(), end)
            yield _Span(table, found.end(), stop, files)


def _table_of(title: str) -> str:
    parts = [part.strip().strip("\"'") for part in title.split(".")]
    if parts == ["sources"]:
        return LINES
    return parts[1] if len(parts) == 2 and parts[0] == "tables" else ""


def _list_at(text: str, start: int, limit: int) -> tuple[int, tuple[str, ...]]:
    """Where a list of texts ends, and what it holds: the shortest part that TOML can read."""
    for found in re.finditer(r"\]", text[start:limit]):
        part = text[start : start + found.end()]
        with contextlib.suppress(tomllib.TOMLDecodeError):
            files = tomllib.loads(f"files = {part}")["files"]
            return start + found.end(), tuple(str(file) for file in files)
    raise _by_hand()


def _check_text(folder: Path, before: str, after: str) -> None:
    """Only lists of files may differ, and tables that are new."""
    try:
        old, new = tomllib.loads(before), tomllib.loads(after)
    except tomllib.TOMLDecodeError as err:
        raise _by_hand() from err
    for name in new.get("tables", {}):
        if name not in old.get("tables", {}):
            old.setdefault("tables", {})[name] = new["tables"][name]
    if _without_files(old) != _without_files(new):
        raise _by_hand()


def _without_files(content: Any) -> Any:
    if isinstance(content, dict):
        return {name: _without_files(value) for name, value in content.items() if name != "files"}
    return [_without_files(value) for value in content] if isinstance(content, list) else content


def _by_hand() -> SettingsError:
    came = f"The lists of files in {projects.FILE} are written in a way that cannot be changed safely."
    return SettingsError(Problem(came, 'files = ["..."] in a section of its own.', "name the new files there by hand.", file=projects.FILE))

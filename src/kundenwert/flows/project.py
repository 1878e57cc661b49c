"""A project folder: kundenwert.toml names its sources, their mapping and its settings."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from dataclasses import field as dataclass_field
from pathlib import Path
from typing import Any, TypeVar

from kundenwert.errors import Problem, SettingsError
from kundenwert.flows.definition import IDEATIONAL, Definition, Earlier
from kundenwert.flows.definition import SECTIONS as OF_DEFINITION
from kundenwert.flows.definition import of_project as definition_of
from kundenwert.flows.presets import SECTIONS as OF_PRESETS
from kundenwert.flows.presets import Preset, of_project
from kundenwert.flows.privacy import of_content as privacy_of
from kundenwert.flows.pseudonyms import of_content
from kundenwert.flows.reading import Input
from kundenwert.register.pseudonyms import Pseudonyms
from kundenwert.runs import storage
from kundenwert.settings import Settings, gather, read_project_file
from kundenwert.sources import Wanted

FILE = "kundenwert.toml"
# What of a project file defines value beside its settings.
DEFINING = ("preset", *OF_PRESETS, *OF_DEFINITION)
T = TypeVar("T")
# Names under [[sources]]: `columns` maps roles to column names, `header` names the columns of files without a header.
_SOURCE_KEYS = frozenset({field.name for field in fields(Wanted)} - {"mapping"} | {"files", "header"})
# Under [tables.NAME] the roles stand in `mapping`; tax is a matter of sales lines.
_TABLE_KEYS = (_SOURCE_KEYS - {"net", "tax_rate"}) | {"mapping"}


@dataclass(frozen=True)
class Project:
    """A project: its folder, its settings and its inputs: sales lines and, with the name of their table, others.

    preset: cost drivers, limits of the lifecycle and criteria, None if the file names none. definition: what counts as value.
    pseudonyms: what takes the place of customer numbers, None if they stay as they are. sections: those of the file that define value,
    as written.
    """

    folder: Path
    settings: Settings
    inputs: tuple[Input, ...]
    preset: Preset | None = None
    definition: Definition = dataclass_field(default_factory=Definition)
    pseudonyms: Pseudonyms | None = None
    sections: Mapping[str, Any] = dataclass_field(default_factory=dict)


def read(folder: Path, flags: Mapping[str, Any] | None = None, *, earlier: Earlier | None = None) -> Project:
    """The project in `folder`; flags (None: not given) win over the file. All problems are reported together.

    earlier: a definition that takes the place of what the file says of value.
    """
    content = read_project_file(folder / FILE)
    content = earlier.applied(content, DEFINING) if earlier else content
    written = json.loads(json.dumps({name: content[name] for name in DEFINING if name in content}, default=str))
    sources = content.pop("sources", [])
    problems: list[Problem] = []
    inputs: list[Input] = []
    for source in sources if isinstance(sources, list) else [sources]:
        try:
            inputs += _inputs(folder, source)
        except SettingsError as err:
            problems += err.problems
    without_lines = not inputs
    pseudonyms = _taken(lambda content: of_content(folder, content), content, problems, None)
    for name, source in _tables(content.pop("tables", {}), problems):
        try:
            inputs += _table_inputs(folder, name, source)
        except SettingsError as err:
            problems += err.problems
    _taken(privacy_of, content, problems, None)
    _taken(_look_at_plans, content, problems, None)
    preset = _taken(of_project, content, problems, None)
    definition = _judging(_taken(definition_of, content, problems, Definition()), preset, problems)
    try:
        settings = gather(content, flags or {})
    except SettingsError as err:
        raise SettingsError(*problems, *err.problems) from None
    if without_lines and not problems:
        problems.append(
            Problem(
                "No source is named.", "at least one [[sources]] with files.", 'add files = ["invoices.csv"] under [[sources]].', file=FILE
            )
        )
    if problems:
        raise SettingsError(*problems)
    if pseudonyms:
        inputs = [replace(item, pseudonyms=pseudonyms) for item in inputs]
        # Settings that name customers are heeded under their pseudonyms, and only so kept with a run.
        named = {name: tuple(map(pseudonyms.of, settings.values[name])) for name in ("collective", "not_collective")}
        settings = settings.with_values(**named)
    return Project(folder, settings, tuple(inputs), preset, definition, pseudonyms, written)


def _look_at_plans(content: dict[str, Any]) -> None:
    """Takes what the file says of plans out of it. What is wrong there is told with the rest; plans are made by `flows.plans`."""
    # What is known of channels stands with the register, which knows projects.
    from kundenwert.flows import plan_settings

    if any(name in content for name in plan_settings.SECTIONS):
        plan_settings.of_content(content)


def _taken(take: Callable[[dict[str, Any]], T], content: dict[str, Any], problems: list[Problem], otherwise: T) -> T:
    """What `take` reads out of the content; where that is wrong, its problems are kept for later."""
    try:
        return take(content)
    except SettingsError as err:
        problems += err.problems
        return otherwise


def _judging(definition: Definition, preset: Preset | None, problems: list[Problem]) -> Definition:
    """The definition with the criteria of the file; what points by tariff may add is refused where there is no tariff."""
    definition = replace(definition, criteria=preset.catalogue) if preset is not None else definition
    if IDEATIONAL in definition.adds and definition.criteria.money != "tariff" and not problems:
        came = f"{IDEATIONAL!r} under [definition] needs points with a tariff."
        problems.append(Problem(came, 'money = "tariff" under [criteria], and [criteria.tariff].', "add them, or remove it.", file=FILE))
    return definition


def _tables(content: Any, problems: list[Problem]) -> list[tuple[str, Any]]:
    """Each [tables.NAME] or [[tables.NAME]] with the name of its table; wrong ones are added to the problems."""
    from kundenwert.sources import tables

    if content == {}:
        return []
    if not isinstance(content, dict):
        problems.append(Problem(f"tables = {content!r}.", "[tables.customers] with files.", "correct it.", file=FILE))
        return []
    for name in sorted(set(content) - set(tables())):
        known = ", ".join(tables())
        problems.append(Problem(f"There is no table {name!r} ([tables.{name}]).", f"one of {known}.", "correct or remove it.", file=FILE))
    return [
        (name, part)
        for name, value in content.items()
        if name in tables()
        for part in (value if isinstance(value, list) and value else [value])
    ]


def _table_inputs(folder: Path, name: str, source: Any) -> list[Input]:
    """The files of a table; `mapping` is what `columns` is to sales lines."""
    where = f"[tables.{name}]"
    if isinstance(source, dict) and "mapping" in source:
        source = {**source, "columns": source["mapping"]}
        source.pop("mapping")
    return [replace(item, table=name) for item in _inputs(folder, source, where, _TABLE_KEYS)]


def _inputs(folder: Path, source: Any, where: str = "[[sources]]", keys: frozenset[str] = _SOURCE_KEYS) -> list[Input]:
    if not isinstance(source, dict) or not _is_texts(source.get("files")):
        came = "A source has no list of files." if where == "[[sources]]" else f"{where} has no list of files."
        raise SettingsError(Problem(came, 'files = ["invoices.csv"] or a pattern such as ["invoices-*.csv"].', "add it.", file=FILE))
    unknown = sorted(set(source) - keys)
    if unknown:
        known = ", ".join(sorted(keys))
        raise SettingsError(Problem(f"{', '.join(unknown)} under {where}.", f"one of {known}.", "correct it.", file=FILE))
    if problems := _wrong_kinds(source, where):
        raise SettingsError(*problems)
    wanted = _wanted(source)
    return [Input(path, wanted) for pattern in source["files"] for path in files_of(folder, pattern)]


def _wrong_kinds(source: Mapping[str, Any], where: str) -> list[Problem]:
    """What says how a source is read, but is no value of its kind: caught here, with its name, before a file is opened."""
    problems = []
    for name, value in source.items():
        if name in {"files", "header", "columns"}:
            continue
        expected = _EXPECTED.get(name, 'a text in quotes, such as ";"')
        fits = isinstance(value, bool) if name == "net" else _is_share(value) if name == "tax_rate" else isinstance(value, str)
        if not fits:
            problems.append(Problem(f"{name} = {value!r} under {where}.", f"{expected}.", "correct it.", file=FILE))
    return problems


_EXPECTED = {"net": "true or false", "tax_rate": "a number from 0 to 1, such as 0.19"}


def _is_share(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 1


def _wanted(source: Mapping[str, Any]) -> Wanted:
    given = {name: value for name, value in source.items() if name not in {"files", "header", "columns"}}
    columns, header = source.get("columns", {}), source.get("header", [])
    if not isinstance(columns, dict) or not all(isinstance(name, str) for name in columns.values()) or not _is_texts(header, empty=True):
        raise SettingsError(
            Problem(
                "columns or header under [[sources]] cannot be read.",
                '[sources.columns] with lines such as customer_id = "Kundennummer", and header = ["a", "b"].',
                "correct it.",
                file=FILE,
            )
        )
    return Wanted(mapping=dict(columns), columns=tuple(header), **given)


def _is_texts(value: Any, *, empty: bool = False) -> bool:
    return isinstance(value, list) and (empty or bool(value)) and all(isinstance(item, str) for item in value)


def files_of(folder: Path, pattern: str) -> list[Path]:
    """The files that a name or pattern of a project file means. Raises SettingsError where a pattern fits none."""
    if not any(sign in pattern for sign in "*?["):
        return [folder / pattern]
    base = Path(Path(pattern).anchor) if Path(pattern).anchor else folder
    relative = str(Path(pattern).relative_to(Path(pattern).anchor)) if Path(pattern).anchor else pattern
    found = sorted(base.glob(relative))
    if not found:
        raise SettingsError(Problem(f"No file fits {pattern!r}.", "at least one file.", "check folder and pattern.", file=FILE))
    return found


@dataclass(frozen=True)
class TableSection:
    """What init writes of a table: its files, how they are read, why they were taken for it, and role -> (column, reason)."""

    name: str
    files: tuple[str, ...]
    wanted: Wanted
    reason: str
    roles: Mapping[str, tuple[str, str]]


def write(
    folder: Path,
    *,
    files: Sequence[str],
    wanted: Wanted,
    chosen: Mapping[str, Any],
    roles: Mapping[str, tuple[str, str]],
    tables: Sequence[TableSection] = (),
    more: Sequence[str] = (),
) -> Path:
    """Writes kundenwert.toml with the settings that differ from their defaults, and each column with the reason it was taken.

    more: further lines for the end of the file.
    """
    lines = ["# Every setting is listed in the documentation (reference, settings).", ""]
    lines += [f"{name} = {as_toml(value)}" for name, value in chosen.items()]
    lines += ["", "[[sources]]", f"files = {as_toml(list(files))}", *_format(wanted)]
    lines += ["", "[sources.columns]", *_mapped(roles)]
    for table in tables:
        lines += table_lines(table)
    lines += more
    path = folder / FILE
    storage.write_text(path, "\n".join(lines) + "\n")
    return path


def source_lines(section: TableSection) -> list[str]:
    """One more [[sources]] section: sales lines that are read in a way of their own. The section's name is not used."""
    head = ["", f"# {_one_line(section.reason)}", "[[sources]]", f"files = {as_toml(list(section.files))}", *_format(section.wanted)]
    return [*head, "", "[sources.columns]", *_mapped(section.roles)]


def table_lines(section: TableSection, *, repeated: bool = False) -> list[str]:
    """A [tables.NAME] section, or [[tables.NAME]] where files of one table are read in several ways (repeated)."""
    title = f"[[tables.{section.name}]]" if repeated else f"[tables.{section.name}]"
    head = ["", f"# {_one_line(section.reason)}", title, f"files = {as_toml(list(section.files))}", *_format(section.wanted)]
    return [*head, "", f"[tables.{section.name}.mapping]", *_mapped(section.roles)]


def _format(wanted: Wanted) -> list[str]:
    lines = []
    for field in fields(Wanted):
        value = getattr(wanted, field.name)
        if field.name == "columns" and value:
            lines.append(f"header = {as_toml(list(value))}")
        elif field.name not in {"mapping", "columns"} and value is not None:
            lines.append(f"{field.name} = {as_toml(value)}")
    return lines


def _mapped(roles: Mapping[str, tuple[str, str]]) -> list[str]:
    return [line for role, (column, reason) in roles.items() for line in (f"# {_one_line(reason)}", f"{role} = {as_toml(column)}")]


def _one_line(text: str) -> str:
    return "".join(sign if sign.isprintable() else " " for sign in text)


def as_toml(value: Any) -> str:
    """A value as TOML; texts, lists of texts, numbers and truth values are written as JSON writes them."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def settings_with(values: Mapping[str, Any]) -> Settings:
    """Settings without a project file: environment and flags."""
    return gather({}, values)

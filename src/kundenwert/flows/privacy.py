"""What a company says of the processing of its customers' data: section [privacy] of kundenwert.toml (Art. 13 to 15 GDPR)."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import Any

from kundenwert.errors import Problem, SettingsError
from kundenwert.records import Privacy
from kundenwert.settings import read_project_file

SECTION = "privacy"
_FILE = "kundenwert.toml"


def of_content(content: dict[str, Any]) -> Privacy:
    """Takes [privacy] out of a project file. Raises SettingsError with every problem."""
    section = content.pop(SECTION, {})
    names = {each.name for each in fields(Privacy)}
    if not isinstance(section, dict):
        raise SettingsError(Problem(f"{SECTION} = {section!r}.", "[privacy] with purpose, legal_basis ...", "correct it.", file=_FILE))
    problems = [
        Problem(f"{name} under [privacy].", f"one of {', '.join(sorted(names))}.", "correct or remove it.", file=_FILE)
        for name in sorted(set(section) - names)
    ]
    problems += [
        Problem(f"{name} = {value!r} under [privacy].", _expected(name), "correct it.", file=_FILE)
        for name, value in section.items()
        if name in names and not _fits(name, value)
    ]
    if problems:
        raise SettingsError(*problems)
    given: dict[str, Any] = {
        name: value.strip() if isinstance(value, str) else tuple(each.strip() for each in value) for name, value in section.items()
    }
    return Privacy(**given)


def of_folder(folder: Path) -> Privacy:
    """The same by the project's folder; nothing is recorded without a project file."""
    return of_content(read_project_file(folder / _FILE)) if (folder / _FILE).is_file() else Privacy()


def _fits(name: str, value: Any) -> bool:
    if name == "recipients":
        return isinstance(value, list) and all(isinstance(each, str) and each.strip() for each in value)
    return isinstance(value, str)


def _expected(name: str) -> str:
    return 'a list of texts, such as ["Sales", "Tax adviser"].' if name == "recipients" else "a text in quotes."

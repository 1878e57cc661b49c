"""Keeps attributes out that nobody may be valued by (AGG, Art. 9 GDPR): a run that would use one fails, and says which."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from kundenwert import registry
from kundenwert.errors import Problem, SettingsError
from kundenwert.flows.project import FILE
from kundenwert.register.blocked import Attribute, blocked

if TYPE_CHECKING:
    from kundenwert.base.features._feature import Feature
    from kundenwert.flows.load import Loaded
    from kundenwert.flows.presets import Preset

# Roles that only say who a customer is and where: kept to reach people, never counted with.
_FOR_REACHING = frozenset({"name", "email", "phone", "street", "city", "postcode", "account_manager", "person"})


def refuse_blocked(loaded: Loaded, preset: Preset | None) -> None:
    """Raises SettingsError that names each blocked attribute which a criterion, a column or a feature would bring in."""
    if problems := [*_of_criteria(preset.criteria if preset else ()), *_of_columns(loaded), *_of_features()]:
        raise SettingsError(*problems)


def criterion_problem(name: str) -> Problem | None:
    """What is wrong with a criterion of that name, if it stands for a blocked attribute."""
    found = blocked(name)
    return _problem(f"The criterion {name!r} stands for {found.name}.", found, "take it out of [criteria].") if found else None


def _of_criteria(names: tuple[str, ...]) -> Iterator[Problem]:
    for name in names:
        if problem := criterion_problem(name):
            yield problem


def _of_columns(loaded: Loaded) -> Iterator[Problem]:
    """Columns that were taken for a role which enters figures. A column that nobody maps is never read."""
    files = [("transactions", entry) for entry in loaded.files]
    files += [(table.name, entry) for table in (loaded.company.tables if loaded.company else ()) for entry in table.files]
    for table, entry in files:
        for guess in entry.guesses:
            found = None if guess["role"] in _FOR_REACHING else blocked(str(guess["column"] or ""))
            if found:
                came = f"The column {guess['column']!r} of {entry.file.name} is taken for {table}.{guess['role']}; it tells {found.name}."
                yield _problem(came, found, f"leave it out of the mapping of {table}.")


def _of_features() -> Iterator[Problem]:
    """A feature that somebody adds is held to the list as well."""
    for name in registry.names("base.features"):
        feature: Feature = registry.load("base.features", name)
        uses = [*(entry for group in feature.needs for entry in group), *feature.columns, name]
        for use in uses:
            table, _, role = use.partition(".")
            found = blocked(role) if table in {"customers", "leads"} and role else blocked(use)
            if found:
                yield _problem(f"The feature {name} uses {use}, which tells {found.name}.", found, "take the feature out.")


def _problem(came: str, found: Attribute, remedy: str) -> Problem:
    return Problem(came, f"nothing that nobody may be valued by ({found.basis}).", remedy, file=FILE)

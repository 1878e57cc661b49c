"""Keeps attributes out that nobody may be valued by (AGG, Art. 9 GDPR): a run that would use one fails, and says which."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from kundenwert import registry
from kundenwert.engines._engine import Reading, step_text
from kundenwert.errors import Problem, SettingsError
from kundenwert.flows.project import FILE
from kundenwert.register.blocked import Attribute, blocked, given_away
from kundenwert.sources import tables

if TYPE_CHECKING:
    from kundenwert.base.features._feature import Feature
    from kundenwert.engines._engine import Engine
    from kundenwert.flows.load import Loaded
    from kundenwert.flows.presets import Preset
    from kundenwert.flows.reading import ReadFile

# Roles that only say who a customer is and where: kept to reach people, never counted with.
FOR_REACHING = frozenset({"name", "email", "phone", "street", "city", "postcode", "account_manager", "person"})
# Tables of persons: there a title is a form of address.
_OF_PEOPLE = frozenset({"customers", "leads"})
# Roles in whose cells an attribute could hide behind another name, by the view of the engine that holds them.
_HIDING = {"customers": ("segment", "industry", "region", "channel"), "transactions": ("product_group",)}
# A column with more different cells than this is no attribute of a few kinds.
_MOST_CELLS = 20


def refuse_blocked(loaded: Loaded, preset: Preset | None, engine: Engine | None = None) -> None:
    """Raises SettingsError that names each blocked attribute which a criterion, a column or a feature would bring in.

    engine: with the views of the ledger; then the cells of columns that enter figures are looked at as well, whatever they are called.
    """
    problems = [*_of_criteria(preset.criteria if preset else ()), *_of_columns(loaded), *_of_features()]
    if engine is not None:
        problems += _of_cells(engine, loaded)
    if problems:
        raise SettingsError(*problems)


def criterion_problem(name: str) -> Problem | None:
    """What is wrong with a criterion of that name, if it stands for a blocked attribute."""
    found = blocked(name, of_people=True)
    return _problem(f"The criterion {name!r} stands for {found.name}.", found, "take it out of [criteria].") if found else None


def _of_criteria(names: tuple[str, ...]) -> Iterator[Problem]:
    for name in names:
        if problem := criterion_problem(name):
            yield problem


def _of_columns(loaded: Loaded) -> Iterator[Problem]:
    """Columns that were taken for a role which enters figures. A column that nobody maps is never read."""
    for table, entry in _files(loaded):
        for guess in entry.guesses:
            named = blocked(str(guess["column"] or ""), of_people=table in _OF_PEOPLE)
            found = None if guess["role"] in FOR_REACHING else named
            if found:
                came = f"The column {guess['column']!r} of {entry.file.name} is taken for {table}.{guess['role']}; it tells {found.name}."
                yield _problem(came, found, f"leave it out of the mapping of {table}.")


def _of_cells(engine: Engine, loaded: Loaded) -> Iterator[Problem]:
    """Columns whose cells give an attribute away: what is called Segment and holds m, w and d."""
    for table, entry in _files(loaded):
        for guess in entry.guesses:
            if guess["role"] in _HIDING.get(table, ()):
                found = given_away(_cells(engine, "ledger_lines" if table == "transactions" else f"ledger_{table}", guess["role"]))
                if found:
                    came = f"The cells of {guess['column']!r} of {entry.file.name}, taken for {table}.{guess['role']}, tell {found.name}."
                    yield _problem(came, found, f"leave it out of the mapping of {table}.")


def _cells(engine: Engine, view: str, role: str) -> list[str]:
    engine.project("hiding_cells", view, {"cell": Reading((role,), type="VARCHAR")})
    return [row["cell"] for row in engine.rows("register/different_cells.sql", most=_MOST_CELLS)]


def _files(loaded: Loaded) -> list[tuple[str, ReadFile]]:
    files = [("transactions", entry) for entry in loaded.files]
    return files + [(table.name, entry) for table in (loaded.company.tables if loaded.company else ()) for entry in table.files]


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
        declared = {use.partition(".")[2] for use in uses}
        for role, found in _read_unsaid(feature):
            if role not in declared:
                yield _problem(f"The feature {name} reads {role}, which tells {found.name}.", found, "take the feature out.")


def _read_unsaid(feature: Feature) -> Iterator[tuple[str, Attribute]]:
    """Roles of persons in the text of a feature's step that tell a blocked attribute."""
    text = re.sub(r"--[^\n]*", "", step_text(feature.step)) if feature.step else ""
    roles = {role.name for table in _OF_PEOPLE for role in tables()[table].roles}
    for word in sorted(roles & set(re.findall(r"[a-z_]+", text))):
        if found := blocked(word, of_people=True):
            yield word, found


def _problem(came: str, found: Attribute, remedy: str) -> Problem:
    return Problem(came, f"nothing that nobody may be valued by ({found.basis}).", remedy, file=FILE)

"""The components of customer value of a run: built beside the value table, then joined to it, one row a customer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kundenwert import sources
from kundenwert.engines._engine import Reading
from kundenwert.flows.company_tables import open_nothing
from kundenwert.flows.features import given_of
from kundenwert.flows.futures import FUTURES, load_futures
from kundenwert.flows.release import GIVEN, released
from kundenwert.flows.rhythms import RHYTHMS, load_rhythms
from kundenwert.flows.scores import kept_of, scoring_of
from kundenwert.flows.value_table import header
from kundenwert.records import Notice
from kundenwert.register.book import Register
from kundenwert.runs import storage, store
from kundenwert.value import components as room
from kundenwert.value.components._component import Basis

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date

    from kundenwert.engines._engine import Engine
    from kundenwert.flows.definition import Definition
    from kundenwert.flows.load import Loaded
    from kundenwert.flows.progress import Progress
    from kundenwert.flows.project import Project
    from kundenwert.flows.valuation import Valued
    from kundenwert.records import Scoring
    from kundenwert.value.components._component import Built, Component


@dataclass(frozen=True)
class Joined:
    """What the components of a run found. facts: name -> what the manifest keeps; columns: column -> what it says. criteria: the catalogue
    with its version and the scale on which customers were compared. not_added: components the definition adds that cannot be told.
    """

    facts: Mapping[str, Any] = field(default_factory=dict)
    columns: Mapping[str, str] = field(default_factory=dict)
    notices: tuple[Notice, ...] = ()
    criteria: Mapping[str, Any] = field(default_factory=dict)
    not_added: tuple[str, ...] = ()


def join_components(
    engine: Engine, project: Project, loaded: Loaded, valued: Valued, *, customers: Path, features: Collection[str], progress: Progress
) -> Joined:
    """Builds each component that can be told and writes customers.parquet anew with their columns.

    features: the columns of table `features` in the engine; empty where there is none. Contribution stands in the engine where known.
    """
    scoring = scoring_of(project, loaded, valued, progress=progress)
    with progress.phase("Reckoning the components of value") as phase:
        views = open_views(engine, project, loaded, valued, customers=customers, features=features)
        with progress.phase("Rhythms of purchases", is_part=True):
            rhythms = load_rhythms(engine, loaded, valued, project.settings)
        tariff = {"criteria.tariff"} if scoring.catalogue.money == "tariff" else set()
        given = frozenset({*views, *rhythms, *tariff, *_open_previous(engine, project.folder, valued.as_of)})
        given |= load_futures(engine, valued) | _open_year(engine, valued, given)
        found = room.told(given)
        given |= {f"component.{name}" for name in found}
        bases = {name: basis_of(name, project, valued, given, scoring) for name in found}
        built = room.build(engine, found, bases, during=lambda title: progress.phase(title, is_part=True))
        with progress.phase("Writing them", is_part=True):
            phase.rows = _write(engine, project, valued, customers, found, built)
    joined = replace(_joined(found, built), criteria=kept_of(scoring, built["score"].kept, valued))
    missing = tuple(name for name in project.definition.adds if name not in found)
    return replace(joined, not_added=missing, notices=(*joined.notices, *(_not_added(name) for name in missing)))


def _not_added(name: str) -> Notice:
    text = (
        "The value definition adds {component}, but nothing in the data tells it: the value is without. What it needs stands on its page "
        "of the documentation."
    )
    return Notice("definition_not_added", text, {"component": name})


def _write(
    engine: Engine, project: Project, valued: Valued, customers: Path, found: Mapping[str, Component], built: Mapping[str, Built]
) -> int:
    """Writes customers.parquet anew, and the tables that components keep of their own; gives how many customers there are."""
    about = header(valued, project.definition.value_is)
    for one in built.values():
        for file, step in one.files.items():
            engine.write(customers.with_name(f"{file}.parquet"), step, about=about)
        for table in one.behind:
            engine.drop(table)
    # The widest join of a run needs the memory; whose history is which is asked for by the assumptions later.
    for table in (*RHYTHMS, *(table for table in FUTURES if table != "customer_futures")):
        engine.drop(table)
    _join(engine, found, project.definition)
    made = customers.with_name("customers.joined")
    rows = engine.write(made, "value/components/completed.sql", about=about)
    for table in ("all_components", "judged", "contribution_year", *(f"component_{name}" for name in found), "valued_customers"):
        engine.drop(table)
    storage.rename(made, customers)
    return rows


def open_views(engine: Engine, project: Project, loaded: Loaded, valued: Valued, *, customers: Path, features: Collection[str]) -> set[str]:
    """Makes the views that every component reads; gives what they may rest on, as "table.role"."""
    engine.open_parquet("valued_customers", [customers], numbered=False)
    engine.remember("collective", list(project.settings.collective))
    engine.table("judged", "value/components/judged.sql")
    engine.view("customer_features", "value/components/features.sql" if features else "value/components/no_features.sql")
    for name in sources.tables() if loaded.company is None else ():
        open_nothing(engine, name)
    load_ratings(engine, project.folder)
    return _given(engine, loaded, valued, features) | ({GIVEN} if released(project.folder) else set())


def _open_year(engine: Engine, valued: Valued, given: Collection[str]) -> set[str]:
    """Makes table `contribution_year` where cost is known: several components read it."""
    if valued.amounts.yardstick != "contribution":
        return set()
    engine.table("contribution_year", "value/components/contribution_year.sql", as_of=valued.as_of, is_served="contribution.db4" in given)
    return {"contribution.year"}


def _joined(found: Mapping[str, Component], built: Mapping[str, Built]) -> Joined:
    return Joined(
        facts={name: dict(one.facts) for name, one in built.items()},
        columns={column: about for component in found.values() for column, about in component.columns.items()},
        notices=tuple(notice for one in built.values() for notice in one.notices),
    )


def basis_of(name: str, project: Project, valued: Valued, given: frozenset[str], scoring: Scoring) -> Basis:
    """What the component of that name may rest on."""
    known = valued.amounts.yardstick == "contribution"
    return Basis(
        as_of=valued.as_of,
        horizon_days=valued.horizons.horizon_days,
        value_horizon_days=valued.horizons.value_horizon_days,
        discount_rate=valued.horizons.discount_rate,
        yardstick=valued.amounts.yardstick,
        currency=valued.currency,
        given=given,
        margin=valued.amounts.margin if known else None,
        class_limits=project.settings.class_limits,
        lifecycle=project.preset.lifecycle if project.preset else {},
        options=project.definition.options.get(name, {}),
        scoring=scoring,
    )


def _given(engine: Engine, loaded: Loaded, valued: Valued, features: Collection[str]) -> set[str]:
    """What components may rest on, as "table.role"."""
    steps = {name for name in engine.columns("valued_customers") if name in {"db1", "db2", "db3", "db4"}}
    money = {"value.money"} if valued.amounts.yardstick != "purchases" else set()
    ratings = {"register.ratings"} if engine.rows("value/components/has_ratings.sql")[0]["found"] else set()
    return given_of(loaded) | {f"features.{name}" for name in features} | {f"contribution.{name}" for name in steps} | money | ratings


def _open_previous(engine: Engine, folder: Path, as_of: date) -> set[str]:
    """Opens the value table of the last run of an earlier day as `previous_customers`, if there is one."""
    earlier = [run for run in (store.read(folder, name) for name in store.names(folder)) if run.as_of < as_of]
    if not earlier:
        return set()
    last = max(earlier, key=lambda run: (run.as_of, run.name))
    engine.open_parquet("previous_customers", [last.customers], numbered=False)
    return {"previous.run", *(f"previous.{column}" for column in engine.columns("previous_customers"))}


def load_ratings(engine: Engine, folder: Path) -> None:
    """Makes table `register_ratings`: the newest rating of each person for each customer and criterion."""
    rows = {}
    for row in Register(folder).rows("ratings") if Register(folder).exists else ():
        rows[row.content["customer_id"], row.content["criterion"], row.by] = row
    ratings = [(*key, row.at, row.content["points"], row.content["reason"]) for key, row in rows.items()]
    names = ("customer_id", "criterion", "rated_by", "rated_at", "points_as_text", "reason")
    columns = {name: [entry[place] for entry in ratings] or [""] for place, name in enumerate(names)}
    engine.load("ratings_as_text", columns)
    engine.table("register_ratings", "value/components/register_ratings.sql")
    engine.drop("ratings_as_text")


def _join(engine: Engine, found: Mapping[str, Component], definition: Definition) -> None:
    added = [name for name in definition.adds if name in found]
    for name in added:
        readings = {"customer_id": Reading(("customer_id",)), "amount": Reading((found[name].amount,))}
        engine.project(f"amount_of_{name}", f"component_{name}", readings)
    if added:
        engine.union("addable", [f"amount_of_{name}" for name in added])
    engine.table("additions", "value/components/additions.sql" if added else "value/components/nothing_added.sql")
    engine.beside("all_components", "judged", [*(f"component_{name}" for name in found), "additions"], "customer_id")
    engine.view("not_judged", "value/components/not_judged.sql")

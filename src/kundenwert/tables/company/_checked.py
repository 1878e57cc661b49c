"""Judges the records of one table: which break a rule, which a newer file replaces, which repeat another, which count."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING
from weakref import WeakSet

from kundenwert.engines._engine import Reading
from kundenwert.errors import Bug
from kundenwert.tables.company._shape import NO_SUM, SQL_TYPES, STANDINGS, CompanyTable

if TYPE_CHECKING:
    from kundenwert.engines._engine import Engine

_NOTHING = Decimal(0)
_PREPARED: WeakSet[Engine] = WeakSet()


@dataclass(frozen=True)
class StandingTotal:
    """Records of one standing and their money."""

    standing: str
    records: int
    amount: Decimal


@dataclass(frozen=True)
class Broken:
    """A rule that records break. rejects: they do not count; otherwise only the cell is left empty. raw: the first such record."""

    rule: str
    rejects: bool
    records: int
    first_record: int
    raw: str


@dataclass(frozen=True)
class Checked:
    """What judging one table found. filled: role -> records that count and have a cell there. first, last: days of the records."""

    table: str
    totals: tuple[StandingTotal, ...]
    amount: Decimal
    broken: tuple[Broken, ...]
    filled: dict[str, int]
    first: date | None
    last: date | None

    @property
    def records(self) -> int:
        """All records of the files, the unreadable ones too."""
        return sum(total.records for total in self.totals)

    @property
    def good(self) -> int:
        """The records that count."""
        return self.of("good").records

    def of(self, standing: str) -> StandingTotal:
        """The total of one standing."""
        return next(total for total in self.totals if total.standing == standing)


def prepare(engine: Engine) -> None:
    """Tells an engine, once, how cells are read and judged."""
    if engine not in _PREPARED:
        for script in ("tables/readings.sql", "tables/rules.sql", "tables/company/cells.sql"):
            engine.script(script)
        _PREPARED.add(engine)


def check(engine: Engine, table: CompanyTable, views: Sequence[str]) -> Checked:
    """Judges the records of `views` (files of one table in the order given, see sources.open_table).

    Afterwards table `standings` says which records count, view `good_records` holds them as the ledger keeps them, and view
    `rejected_records` all that does not count because a rule is broken.
    """
    prepare(engine)
    _unite(engine, table, views)
    one_a_key, keeps_repeats = bool(table.key) and table.one_a_key, table.keeps_repeats or not table.key
    # One file in which equal records are all counted, such as a year of visits: nothing can replace or repeat another.
    alone = len(views) == 1 and keeps_repeats and not one_a_key
    _judge(engine, table, compared=not alone)
    engine.remember("one_a_key", one_a_key)
    engine.remember("keeps_repeats", keeps_repeats)
    engine.table("checked_records", "tables/company/checked.sql")
    engine.table("standings", "tables/company/standing_alone.sql" if alone else "tables/company/standing.sql")
    engine.view("good_records", "tables/company/good.sql")
    engine.view("rejected_records", "tables/company/rejects.sql")
    return _told(engine, table)


def _unite(engine: Engine, table: CompanyTable, views: Sequence[str]) -> None:
    money = Reading((table.money,), "exactly") if table.money else Reading(type="DECIMAL(38,6)")
    for number, view in enumerate(views):
        file_id = {"file_id": Reading(arguments=(number,), type="INTEGER")}
        columns = {column: Reading((column,)) for column in engine.columns(view)}
        engine.project(f"table_{number}", view, {**file_id, **columns, "money": money})
        lost = {column: Reading((column,)) for column in ("line", "reason", "raw")}
        engine.project(f"table_{number}_lost", f"{view}_unreadable", {**file_id, **lost})
    engine.union("read_records", [f"table_{number}" for number in range(len(views))])
    engine.union("unreadable_records", [f"table_{number}_lost" for number in range(len(views))])


def _judge(engine: Engine, table: CompanyTable, *, compared: bool) -> None:
    """View `judged_records`. compared: with the content of each record, by which equal ones are found."""
    same = {name: Reading((name,)) for name in ("file_id", "record", "money", "raw")}
    texts = {f"{role}_text": Reading((f"{role}_text",)) for role in table.names}
    engine.project("limited_records", "read_records", {**same, **texts, **{role: _limited(table, role) for role in table.names}})
    values = {role: Reading((role,)) for role in table.names}
    rules, flaws = list(_rules(table)), list(_flaws(table))
    broken = {f"rule_{place}": reading for place, reading in enumerate(rules)} | {
        f"flaw_{place}": reading for place, reading in enumerate(flaws)
    }
    keys = {f"{role}_key": Reading((role,), type="VARCHAR") for role in table.names}
    engine.project("ruled_records", "limited_records", {**same, **values, **broken, **keys})
    engine.project(
        "listed_records",
        "ruled_records",
        {
            **same,
            **values,
            "rules": Reading(tuple(f"rule_{place}" for place in range(len(rules))), "list_value", type="VARCHAR[]"),
            "flaws": Reading(tuple(f"flaw_{place}" for place in range(len(flaws))), "list_value", type="VARCHAR[]"),
            "key_parts": Reading(tuple(f"{role}_key" for role in table.key), "list_value", type="VARCHAR[]"),
            "cells": Reading(tuple(keys), "list_value"),
        },
    )
    engine.project(
        "judged_records",
        "listed_records",
        {
            **values,
            **same,
            "rules": Reading(("rules",), "broken_rules"),
            "flaws": Reading(("flaws",), "broken_rules"),
            "key": Reading(("key_parts",), "key_of") if table.key and compared else Reading(type="VARCHAR"),
            "content": Reading(("cells",), "content_of") if compared else Reading(type="UHUGEINT"),
            "raw": Reading(("raw", "rules", "flaws"), "kept_text"),
            "event_day": Reading((table.newest,) if table.newest else (), type="DATE"),
            "sort_key": Reading(("customer_id" if "customer_id" in table.names else table.names[0],), type="VARCHAR"),
        },
    )


def _limited(table: CompanyTable, role: str) -> Reading:
    if role in table.limits:
        limits = table.limits[role]
        return Reading((role,), "within_limits", (limits.low, limits.high), SQL_TYPES[table.role(role).type])
    return Reading((role, table.not_before[role]), "not_before") if role in table.not_before else Reading((role,))


def _rules(table: CompanyTable) -> Iterator[Reading]:
    """In the order of CompanyTable.rules: each gives the name of the rule where it is broken."""
    yield Reading((f"{table.needed[0]}_text",), "breaks_no_sum", (NO_SUM,))
    for role in table.roles:
        if role.needed:
            yield Reading((f"{role.name}_text",), "breaks_given", (f"{role.name} is given",))
        if table.is_strict(role.name):
            yield Reading((role.name, f"{role.name}_text"), "breaks_readable", (table.readable(role.name),))
        if role.type == "id":
            yield Reading((role.name,), "breaks_sound", (f"{role.name} is sound",))


def _flaws(table: CompanyTable) -> Iterator[Reading]:
    for role in table.roles:
        if not table.is_strict(role.name):
            yield Reading((role.name, f"{role.name}_text"), "breaks_readable", (table.readable(role.name),))


def _told(engine: Engine, table: CompanyTable) -> Checked:
    found = {row["standing"]: row for row in engine.rows("tables/company/totals.sql")}
    (unreadable,) = engine.rows("tables/company/unreadable.sql")
    (read,) = engine.rows("tables/company/read_totals.sql")
    totals = tuple(
        StandingTotal(name, found[name]["records"], found[name]["amount"]) if name in found else StandingTotal(name, 0, _NOTHING)
        for name in STANDINGS[1:]
    )
    if sum(total.records for total in totals) != read["records"] or sum((total.amount for total in totals), _NOTHING) != read["amount"]:
        raise Bug(f"The records of {table.name} do not add up. Please report this.")
    (extent,) = engine.rows("tables/company/extent.sql")
    engine.project("filled_cells", "good_records", {role: Reading((role,)) for role in table.names})
    (filled,) = engine.rows("tables/company/filled.sql")
    return Checked(
        table=table.name,
        totals=(StandingTotal("unreadable", unreadable["records"], _NOTHING), *totals),
        amount=read["amount"],
        broken=tuple(Broken(**row) for row in engine.rows("tables/company/rules_broken.sql")),
        filled={role: filled[role] for role in table.names},
        first=extent["first_day"],
        last=extent["last_day"],
    )

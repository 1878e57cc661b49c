"""The ledger of a project: checked lines, rejects and the bridge, kept once per set of inputs and settings that reading uses."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, fields, replace
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kundenwert import __version__
from kundenwert.engines._engine import Reading
from kundenwert.errors import StorageError
from kundenwert.flows.company_files import split
from kundenwert.flows.company_ledger import SHAPE as TABLES_SHAPE
from kundenwert.flows.company_ledger import open_tables, write_tables
from kundenwert.flows.load import Loaded, load, remember
from kundenwert.flows.reading import Input, Keep, ReadFile, table_shape, with_content
from kundenwert.records import FlagTotal, Notice, Reconciliation
from kundenwert.runs import storage
from kundenwert.tables.reconciliation import DayClass, day_classes

if TYPE_CHECKING:
    from kundenwert.engines._engine import Engine
    from kundenwert.flows.progress import Progress
    from kundenwert.settings import Settings

# The settings that reading and checking depend on: a change makes another ledger.
_READING = (
    "currency",
    "non_products",
    "cancellation_prefixes",
    "cancellation_words",
    "return_words",
    "reject_limit",
)
# Columns of a line that are empty where no file has their role. The currency is then the one of the settings.
_MAY_BE_ABSENT = ("document_id", "product_id", "product_group", "quantity", "price", "cost", "list_amount", "discount", "promotion")
# Columns that the ledger tells anew from others.
_TOLD_ANEW = ("line_class",)
# Raised when the ledger's shape changes.
_SHAPE = 4


def folder_of(project: Path) -> Path:
    """Where a project keeps its ledgers."""
    return project / "ledger"


def open_ledger(
    engine: Engine, project: Path, inputs: Sequence[Input], settings: Settings, *, scratch: Path, progress: Progress
) -> tuple[str, Loaded]:
    """The name and content of the ledger of these inputs; it is written if it does not exist. View `booked` reads from it, and table
    `customers_apart` names those whom models must not see, if there are any.
    """
    # The register's flows look up customers in ledgers.
    from kundenwert.flows.objection import set_apart

    inputs = [with_content(item) for item in inputs]
    name = _name(inputs, settings)
    folder = folder_of(project) / name
    if not (folder / "reconciliation.json").is_file():
        _write(engine, project, name, inputs, settings, scratch=scratch, progress=progress)
    with progress.phase("Opening the ledger") as phase:
        remember(engine, settings)
        engine.open_parquet("ledger_lines", [folder / "transactions.parquet"], numbered=False)
        engine.view("booked", "tables/booked_from_ledger.sql")
        loaded = _loaded(storage.read_json(folder / "reconciliation.json"))
        if any(item.table for item in inputs):
            loaded = replace(loaded, company=open_tables(engine, folder))
        loaded = set_apart(engine, project, loaded, settings)
        phase.rows = loaded.file_lines
    return name, loaded


def _name(inputs: Sequence[Input], settings: Settings) -> str:
    lines, others = split(inputs)
    parts = [
        _SHAPE,
        [[item.name, item.content, asdict(item.wanted)] for item in lines],
        {name: settings.values[name] for name in _READING},
        *(
            [[TABLES_SHAPE, [[*table_shape(item.table), item.name, item.content, asdict(item.wanted)] for item in others]]]
            if others
            else []
        ),
    ]
    return hashlib.sha256(json.dumps(parts, sort_keys=True, default=list).encode()).hexdigest()[:16]


def _write(
    engine: Engine, project: Path, name: str, inputs: Sequence[Input], settings: Settings, *, scratch: Path, progress: Progress
) -> None:
    from kundenwert.flows.erasure import scrub_new_ledger
    from kundenwert.register.erased import erased, steady

    forgotten = erased(project)
    keep = Keep(folder_of(project) / "read", forgotten)
    loaded = load(engine, inputs, settings, scratch=scratch, progress=progress, keep=keep)
    with storage.building(folder_of(project), "ledger") as building, progress.phase("Writing the ledger") as phase:
        sort_lines(engine, loaded.files, settings)
        phase.rows = engine.write(building / "transactions.parquet", "tables/transactions.sql", compact=True)
        engine.write(building / "rejects.parquet", "tables/rejects_by_file.sql", compact=True)
        engine.write(building / "changed.parquet", "tables/changed.sql")
        if loaded.company:
            write_tables(engine, loaded.company, building)
        storage.write_json(building / "reconciliation.json", _content_of(loaded))
        if forgotten:
            scrub_new_ledger(building, forgotten)
        try:
            with steady(project, forgotten):
                _take_place(building, folder_of(project) / name)
        except StorageError:
            # What was read while somebody was erased may hold that person.
            storage.remove(keep.folder)
            raise


def sort_lines(engine: Engine, files: Sequence[ReadFile], settings: Settings) -> None:
    """Makes view `lines_in_order` of the view `lines` that `load` leaves: what is booked, by customer, day and record.

    Columns that no file has are put beside the sorted ones: sorting them too would move twice as much.
    """
    engine.script("tables/line_kind.sql")
    engine.script("tables/line_class.sql")
    has = frozenset(role for entry in files for role in entry.roles)
    kinds = engine.columns("lines")
    absent = {name: Reading(type=kinds[name]) for name in _MAY_BE_ABSENT if name not in has}
    if "currency" not in has:
        absent["currency"] = Reading(arguments=(settings.currency or "",), type=kinds["currency"])
    held = [name for name in kinds if name not in (*absent, *_TOLD_ANEW)]
    engine.project("lines_held", "lines", {name: Reading((name,)) for name in held})
    is_number = kinds["customer_id"] == "BIGINT" and engine.rows("tables/smallest_id.sql")[0]["smallest"] >= 0
    if is_number:
        engine.script("tables/place_among_texts.sql")
    engine.view("lines_sorted", "tables/lines_by_number.sql" if is_number else "tables/lines_by_customer.sql")
    sorted_columns = {name: Reading((name,)) for name in engine.columns("lines_sorted")}
    engine.project("lines_in_order", "lines_sorted", {**sorted_columns, **absent})


def _take_place(building: Path, ledger: Path) -> None:
    """Gives a ledger its name, unless another run has just written the same one."""
    with storage.told(ledger):
        try:
            if not ledger.exists():
                storage.rename(building, ledger)
        except OSError:
            if not ledger.exists():
                raise


def _content_of(loaded: Loaded) -> dict[str, Any]:
    content = asdict(replace(loaded, rejects=(), company=None, readiness=None))
    return {"version": __version__, "bridge": bridge_as_json(loaded.reconcile()), **json.loads(json.dumps(content, default=str))}


def recount(engine: Engine, folder: Path) -> None:
    """Makes what stands beside the lines of a ledger agree with them, after lines of erased persons have lost their days."""
    engine.open_parquet("lines", [folder / "transactions.parquet"], numbered=False)
    (found,) = engine.rows("register/lines_of_erased.sql")
    content = storage.read_json(folder / "reconciliation.json")
    loaded = _loaded(content)
    rejected = [entry for entry in loaded.days if not entry.is_booked]
    days = (*rejected, *day_classes(engine, "register/days_of_lines.sql"))
    new = _content_of(replace(loaded, days=tuple(sorted(days, key=_order)), erased=found["erased"]))
    if new["days"] != content["days"] or new["erased"] != content.get("erased", 0):
        storage.write_json(folder / "reconciliation.json", new)


def _order(entry: DayClass) -> tuple[bool, int, str, str]:
    return entry.day is None, entry.day or 0, entry.line_class, entry.currency


def _loaded(content: dict[str, Any]) -> Loaded:
    return Loaded(
        files=tuple(ReadFile.from_json(entry) for entry in content["files"]),
        days=tuple(DayClass(**_with_decimals(DayClass, entry)) for entry in content["days"]),
        file_lines=content["file_lines"],
        file_amount=Decimal(content["file_amount"]),
        unreadable=content["unreadable"],
        prefixes=tuple({**entry, "amount": Decimal(entry["amount"])} for entry in content["prefixes"]),
        extra_flags=tuple(FlagTotal(**_with_decimals(FlagTotal, entry)) for entry in content["extra_flags"]),
        currency=content["currency"],
        notices=tuple(Notice(**entry) for entry in content["notices"]),
        erased=content.get("erased", 0),
    )


def _with_decimals(kind: type[Any], entry: dict[str, Any]) -> dict[str, Any]:
    money = {field.name for field in fields(kind) if field.type == "Decimal"}
    return {name: Decimal(value) if name in money else value for name, value in entry.items()}


def bridge_as_json(bridge: Reconciliation) -> dict[str, Any]:
    """A reconciliation for manifests and `check --json`: money as exact text."""

    def total(entry: Any, *names: str) -> dict[str, Any]:
        return {**{name: getattr(entry, name) for name in names}, "lines": entry.lines, "amount": _plain(entry.amount)}

    return {
        "lines": bridge.lines,
        "amount": _plain(bridge.amount),
        "classes": [total(entry, "line_class") for entry in bridge.classes],
        "difference": f"{bridge.difference:.2f}",
        "flags": [total(entry, "flag") for entry in bridge.flags],
        "views": [total(entry, "flag") for entry in bridge.views],
        "months": [total(entry, "month", "currency", "line_class") for entry in bridge.months],
    }


def _plain(amount: Decimal) -> str:
    """As many decimals as there are, at least two."""
    text = f"{amount:f}"
    whole, _, part = text.partition(".")
    return f"{whole}.{part.rstrip('0').ljust(2, '0')}"

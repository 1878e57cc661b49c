"""The sheet of a key account: what is known of a customer and its group, on one page."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from kundenwert.engines import open_engine
from kundenwert.engines._engine import Reading
from kundenwert.errors import DataError, Problem, UnknownName
from kundenwert.flows import contribution
from kundenwert.flows.company_ledger import open_tables
from kundenwert.flows.company_tables import open_nothing
from kundenwert.flows.ledger import folder_of
from kundenwert.flows.objection import load_objectors, objectors
from kundenwert.flows.pseudonyms import known_as
from kundenwert.flows.scores import points_of
from kundenwert.records.account import Account
from kundenwert.runs import store

if TYPE_CHECKING:
    from kundenwert.engines._engine import Engine

_YEAR = timedelta(days=365)
_MOST = 4
_MONEY = ("past", "clv", "clv_lower", "clv_upper", "value", "revenue_year", "potential_revenue", "gap_revenue")
_TEXT = ("class", "stage", "portfolio", "potential_source")
_NUMBERS = ("p_alive", "share_of_wallet", "score", "coverage")
_NEEDED = ("customers", "contacts", "complaints", "measures")


def account(project: Path, customer_id: str, *, run: str | None = None) -> Account:
    """What a run and the ledger know of a customer and its group.

    Raises UnknownName with similar ids if there is none, DataError for who objected to being valued or may not be judged.
    """
    source, customer_id = store.read(project, run), known_as(project, customer_id)
    with open_engine() as engine:
        _open(engine, project, source, customer_id)
        members = engine.rows("value/account/rows.sql")
        row = next((one for one in members if one["customer_id"] == customer_id), None)
        if row is None:
            _refuse(engine, project, source, customer_id)
            raise AssertionError  # _refuse never returns
        since = {"as_of": source.as_of, "since": source.as_of - _YEAR}
        listed = {"as_of": source.as_of, "most": _MOST}
        (together,) = engine.rows("value/account/together.sql")
        (counts,) = engine.rows("value/account/counts.sql", **since)
        records = engine.rows("value/account/record.sql", customer=customer_id)
        return Account(
            manifest=source.manifest,
            asked=customer_id,
            record=records[0] if records else {},
            row=row,
            members=members,
            together=together,
            left_out=engine.rows("value/account/left_out.sql")[0]["customers"],
            years=_years(engine, source),
            contacts=engine.rows("value/account/contacts.sql", **listed),
            complaints=engine.rows("value/account/complaints.sql", **listed),
            measures=engine.rows("value/account/measures.sql", **listed),
            counts=counts,
            points=tuple(one for one in points_of(project, source.name, customer_id) if one.points is not None and one.weight),
            team=engine.rows("value/account/team.sql", **since),
        )


def _open(engine: Engine, project: Path, source: store.Run, customer_id: str) -> None:
    """Makes `account_members`: the group of a customer with what the run says of each."""
    engine.open_parquet("valued_customers", [source.customers], numbered=False)
    engine.remember("collective", list(source.manifest["settings"]["collective"]))
    engine.view("judged", "value/components/judged.sql")
    there = engine.columns("judged")
    kinds = {
        **dict.fromkeys(_MONEY, "decimal(18, 2)"),
        **dict.fromkeys(_TEXT, "varchar"),
        **dict.fromkeys(_NUMBERS, "double"),
        "last_purchase": "date",
    }
    shown = {name: Reading((name,) if name in there else (), type=kind) for name, kind in kinds.items()}
    engine.project("account_columns", "judged", {"customer_id": Reading(("customer_id",)), **shown})
    load_objectors(engine, objectors(project))
    ledger = folder_of(project) / source.manifest["ledger"]
    engine.open_parquet("ledger_lines", [ledger / "transactions.parquet"], numbered=False)
    engine.view("booked", "tables/booked_from_ledger.sql")
    if open_tables(engine, ledger) is None:
        for name in _NEEDED:
            open_nothing(engine, name)
        engine.load("account_group", {"customer_id": [customer_id], "depth": [0]})
    elif not engine.table("account_group", "value/account/group.sql", customer=customer_id):
        engine.drop("account_group")
        engine.load("account_group", {"customer_id": [customer_id], "depth": [0]})
    engine.table("account_members", "value/account/members.sql")


def _refuse(engine: Engine, project: Path, source: store.Run, customer_id: str) -> None:
    found = engine.rows("value/one_customer.sql", customer=customer_id)
    if customer_id in objectors(project) or (found and found[0]["level"] == "objected"):
        came = f"Customer {customer_id} has objected to being valued."
        raise DataError(Problem(came, "a customer who may be valued.", "`kundenwert customer` shows what was booked."))
    if found:
        came = f"{customer_id} is a collective account: many customers under one number."
        raise DataError(Problem(came, "a single customer.", "name another one."))
    near = [row["customer_id"] for row in engine.rows("value/near_ids.sql", customer=customer_id)]
    raise UnknownName(customer_id, f"the customers of run {source.name}; similar ids are shown", near)


def _years(engine: Engine, source: store.Run) -> list[dict[str, object]]:
    file = source.folder / contribution.FILE
    if not file.is_file():
        return []
    engine.open_parquet("contribution", [file], numbered=False)
    return engine.rows("value/account/years.sql")

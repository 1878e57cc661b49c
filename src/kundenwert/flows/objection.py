"""Objection to being valued (Art. 21 GDPR): who objected gets no forecast of their own, and stands in no list."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from kundenwert.engines._engine import Reading
from kundenwert.errors import DataError, Problem
from kundenwert.flows.pseudonyms import known_as, without_number
from kundenwert.flows.register import Written, look_up, unknown
from kundenwert.records import Notice
from kundenwert.register.book import Decision, Register
from kundenwert.runs import store

if TYPE_CHECKING:
    from kundenwert.engines._engine import Engine
    from kundenwert.flows.load import Loaded
    from kundenwert.settings import Settings

# The table of customers that models never see, beside collective accounts.
APART = "customers_apart"
# The row that holds the money of erased persons.
ERASED = "erased"


def objection(folder: Path, customer: str, *, reason: str, by: str, clock: datetime, withdraw: bool = False) -> Written:
    """Records an objection, or that it is withdrawn. It counts from the next run on; what is exported or explained heeds it at once."""
    reason, customer = without_number(folder, customer, reason), known_as(folder, customer)
    problems = list(unknown(folder, customer, look_up(folder, customer, before_runs=True)))
    if not by.strip():
        problems.append(Problem("It is not said who records this.", "a name.", "add it with --by."))
    if not problems and withdraw and customer not in objectors(folder):
        problems.append(Problem(f"{customer} has not objected.", "a customer who did.", "look at the number."))
    if problems:
        raise DataError(*problems)
    content = {"customer_id": customer, "status": "withdrawn" if withdraw else "objected", "reason": reason.strip()}
    decision = Decision("withdraw objection" if withdraw else "object", "objections", content, subject=customer)
    (entry,) = Register(folder).record([decision], at=clock, by=by.strip())
    if not withdraw:
        _strike_from_reports(folder, customer)
    return Written(entry, content)


def _strike_from_reports(folder: Path, customer: str) -> None:
    """Takes a customer out of the lists of the reports there are: who objects stands in no list from this moment on."""
    from kundenwert.flows.scrubbing import strike_rows

    for name in store.names(folder):
        for path in sorted((store.runs_folder(folder) / name).rglob("*.html")):
            strike_rows(path, lambda listed: listed == customer)


def objectors(folder: Path) -> frozenset[str]:
    """Customers whose last word is an objection."""
    last = {row.content["customer_id"]: row.content["status"] for row in Register(folder).rows("objections")}
    return frozenset(customer for customer, status in last.items() if status == "objected")


def set_apart(engine: Engine, folder: Path, loaded: Loaded, settings: Settings) -> Loaded:
    """Makes table `customers_apart` of those that models must not see, if there are any: who objected, by the register or by the flag of
    the customer records (which only the records can take back), and the row of erased persons.
    """
    by_records = bool(loaded.company and (records := loaded.company.of("customers")) and "objection" in records.roles)
    found = objectors(folder)
    if not (found or by_records or loaded.erased):
        return loaded
    load_objectors(engine, found)
    flag = Reading(("objection",)) if by_records else Reading(type="boolean")
    source = "ledger_customers" if by_records else "objectors_none"
    engine.project("objections_of_records", source, {"customer_id": Reading(("customer_id",)), "objection": flag})
    apart = engine.table(APART, "register/apart.sql", erased=bool(loaded.erased))
    told = _told(engine, loaded) if found else ()
    if loaded.erased:
        # The row of erased persons is no customer: neither are its lines matched, nor has it objected.
        engine.remember("collective", [*settings.collective, ERASED])
    return replace(loaded, objected=apart - bool(loaded.erased), notices=(*loaded.notices, *told))


def _told(engine: Engine, loaded: Loaded) -> tuple[Notice, ...]:
    """Objections whose number the data do not know as it is written: told as counts, for the notices of a run are read by many."""
    records = loaded.company is not None and loaded.company.of("customers") is not None
    engine.project("known_objections", "ledger_customers" if records else "objectors_none", {"customer_id": Reading(("customer_id",))})
    (row,) = engine.rows("register/objectors_unknown.sql")
    notices = []
    if row["alike"]:
        text = "{count} objections name a number that the data write otherwise (capitals, zeros in front); they count for that customer."
        notices.append(Notice("objectors_alike", text, {"count": row["alike"]}))
    if lost := row["unknown"] - row["alike"]:
        text = "{count} objections name a number that neither a line nor a customer record knows. Look whether it is the right one."
        notices.append(Notice("objectors_unknown", text, {"count": lost}))
    return tuple(notices)


def load_objectors(engine: Engine, found: frozenset[str]) -> None:
    """Makes table `objectors` (customer_id) and view `objectors_wanted`, which folds their numbers too."""
    # A table needs a row to have a type; no customer has an empty number.
    engine.load("objectors", {"customer_id": [*sorted(found), ""]})
    engine.load("objectors_none", {"customer_id": [""]})
    engine.script("register/folded.sql")
    engine.view("objectors_wanted", "register/objectors_wanted.sql")

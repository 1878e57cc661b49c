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
from kundenwert.register.book import Decision, Register

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
    return Written(entry, content)


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
    source = "ledger_customers" if by_records else "objectors"
    engine.project("objections_of_records", source, {"customer_id": Reading(("customer_id",)), "objection": flag})
    apart = engine.table(APART, "register/apart.sql", erased=bool(loaded.erased))
    if loaded.erased:
        # The row of erased persons is no customer: neither are its lines matched, nor has it objected.
        engine.remember("collective", [*settings.collective, ERASED])
    return replace(loaded, objected=apart - bool(loaded.erased))


def load_objectors(engine: Engine, found: frozenset[str]) -> None:
    """Makes table `objectors`: customer_id."""
    # A table needs a row to have a type; no customer has an empty number.
    engine.load("objectors", {"customer_id": [*sorted(found), ""]})

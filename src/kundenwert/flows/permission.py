"""What law and consent allow: who has objected, who refused a channel, who has not agreed where that is needed, who cannot be reached.

Advertising by e-mail or text message needs consent; by telephone it needs that of private persons, and of whoever is not known to be a
company, while companies may be presumed to agree; letters and visits are allowed until somebody refuses (Section 7 UWG). An action that
is no advertising is stopped only by an objection to being valued, since without a value nobody can be chosen.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kundenwert.engines._engine import Reading
from kundenwert.flows.ledger import folder_of
from kundenwert.flows.objection import load_objectors, objectors
from kundenwert.flows.plan_arrays import arrays_of
from kundenwert.register.book import Register
from kundenwert.runs import store

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from kundenwert.engines._engine import Engine
    from kundenwert.flows.actions import ProjectAction

# Where a company may be presumed to agree, and where only a yes counts.
_PRESUMED, _ASKED = frozenset({"phone"}), frozenset({"email", "sms"})
# What is sent needs an address; who is called or visited is found without one.
_ADDRESS = {"email": "has_email", "sms": "has_phone", "post": "has_street"}
# What is read of the customer records.
_TEXTS = ("customer_id", "name", "street", "postcode", "city", "email", "phone", "account_manager", "kind")
_RECORDS = {**dict.fromkeys(_TEXTS, "VARCHAR"), "do_not_contact": "BOOLEAN", "objection": "BOOLEAN"}
# Why an action is not allowed, in the order in which the first one that holds is counted.
REFUSED, NO_CONSENT, NO_ADDRESS = "refused", "no_consent", "no_address"
REASONS = (REFUSED, NO_CONSENT, NO_ADDRESS)


@dataclass(frozen=True)
class Permission:
    """Of one action: whether it is allowed for each customer, (n,), and for how many not, by reason."""

    allowed: NDArray[np.bool_]
    barred: dict[str, int]


def records_file(project: Path) -> Path:
    """The customer records of the current run; there need not be any."""
    return folder_of(project) / str(store.read(project).manifest["ledger"]) / "customers.parquet"


def open_records(engine: Engine, project: Path) -> None:
    """Makes view `records_now` of the customer records of the current run: who objects or refuses there counts, whatever run is asked."""
    path = records_file(project)
    engine.view("no_records", "tables/company/nothing.sql")
    source, there = "no_records", set[str]()
    if path.is_file():
        source = "customer_records"
        engine.open_parquet(source, [path], numbered=False)
        there = set(engine.columns(source))
    engine.project("records_now", source, {name: Reading((name,) if name in there else (), type=kind) for name, kind in _RECORDS.items()})


def open_objectors(engine: Engine, project: Path) -> None:
    """Makes table `plan_objectors` of who has objected by now; views `plan_known` and `records_now` stand in the engine."""
    load_objectors(engine, objectors(project))
    engine.table("plan_objectors", "value/plans/objectors.sql")


def permissions(engine: Engine, project: Path, actions: Iterable[ProjectAction]) -> dict[str, Permission]:
    """What is allowed for the customers of view `plan_customers`, in the order of their numbers, by name of the action."""
    _load_consents(engine, project)
    known = arrays_of(engine, "value/plans/permissions.sql")
    return {one.action.name: _permission(known, one) for one in actions}


def _permission(known: dict[str, NDArray[Any]], one: ProjectAction) -> Permission:
    import numpy as np

    action, count = one.action, len(known["refuses"])
    nobody = np.zeros(count, dtype=np.bool_)
    refused, silent = nobody, nobody
    if action.is_advertising:
        said = known[action.channel] if action.channel in known else np.zeros(count, dtype="<U1")
        refused = known["refuses"].astype(np.bool_) | (said == "no") | (said == "withdrawn")
        if not one.consent_basis:
            asked = np.full(count, action.channel in _ASKED) | (~known["is_company"].astype(np.bool_) & (action.channel in _PRESUMED))
            silent = ~refused & asked & (said != "yes")
    address = known[_ADDRESS[action.channel]].astype(np.bool_) if action.channel in _ADDRESS else ~nobody
    # A project that has no addresses at all knows them elsewhere.
    lost = ~address & ~refused & ~silent if address.any() else nobody
    counts = {REFUSED: int(refused.sum()), NO_CONSENT: int(silent.sum()), NO_ADDRESS: int(lost.sum())}
    return Permission(~(refused | silent | lost), {reason: number for reason, number in counts.items() if number})


def _load_consents(engine: Engine, project: Path) -> None:
    """Makes table `plan_consents`: the last word of each customer on each channel."""
    last = {}
    for row in Register(project).rows("consents") if Register(project).exists else ():
        last[row.content["customer_id"], row.content["channel"]] = row.content["status"]
    # A table needs a row to have a type; no customer has an empty number.
    rows = [(*key, status) for key, status in sorted(last.items())] + [("", "", "")]
    columns = {name: [row[place] for row in rows] for place, name in enumerate(("customer_id", "channel", "status"))}
    engine.load("plan_consents", columns)

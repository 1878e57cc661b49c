"""What people decide is written here: ratings, consents, value definitions. Checked at the door, every problem told at once."""

from __future__ import annotations

import difflib
import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kundenwert.engines import open_engine
from kundenwert.errors import DataError, Problem
from kundenwert.flows.blocking import criterion_problem
from kundenwert.flows.catalogue import catalogue
from kundenwert.flows.ledger import folder_of
from kundenwert.flows.presets import of_project
from kundenwert.flows.project import FILE
from kundenwert.flows.pseudonyms import known_as, without_number
from kundenwert.register.book import Decision, Register
from kundenwert.register.criteria import HIGHEST, LOWEST, Criterion, criteria
from kundenwert.runs import store
from kundenwert.settings import Settings, read_project_file

if TYPE_CHECKING:
    from kundenwert.records import Catalogue

CHANNELS: Mapping[str, frozenset[str]] = {
    "email": frozenset({"e-mail", "mail", "newsletter"}),
    "phone": frozenset({"telefon", "call", "anruf"}),
    "sms": frozenset({"text", "messenger"}),
    "post": frozenset({"brief", "letter"}),
    "visit": frozenset({"besuch"}),
}
STATUSES = ("yes", "no", "withdrawn")


@dataclass(frozen=True)
class Written:
    """A decision that stands in the register: the number of its entry in the log, and what was written."""

    entry: int
    content: dict[str, Any]


@dataclass(frozen=True)
class Known:
    """What a project knows of a customer number. is_checked: False before the first run. kind: b2b, b2c or "" of the customer records."""

    is_known: bool
    is_checked: bool
    kind: str = ""
    near: tuple[str, ...] = ()


def rate(folder: Path, customer: str, criterion: str, points: str, *, reason: str, by: str, clock: datetime) -> Written:
    """Records a person's rating of a customer. Raises DataError with everything that is wrong with it."""
    reason, customer = without_number(folder, customer, reason), known_as(folder, customer)
    known, found, number = look_up(folder, customer), _criterion(folder, criterion), _points(points)
    problems = [*unknown(folder, customer, known), *_person_problems(reason, by)]
    if found is None:
        problems.append(_unknown_criterion(folder, criterion))
    elif barred := criterion_problem(found.name):
        problems.append(barred)
    elif found.companies_only and known.kind == "b2c":
        came = f"{customer} is a private person; {found.name} is judged between companies only."
        problems.append(Problem(came, "another criterion.", "leave this rating out."))
    if number is None:
        expected = f"a number from {LOWEST} to {HIGHEST}; {HIGHEST} is always favourable."
        problems.append(Problem(f"{points!r} are no points.", expected, "correct the points."))
    if problems or found is None:
        raise DataError(*problems)
    content = {"customer_id": customer, "criterion": found.name, "points": str(number), "reason": reason.strip()}
    return _record(folder, Decision("rate", "ratings", content, subject=customer), by=by, clock=clock)


def consent(folder: Path, customer: str, channel: str, status: str, *, source: str, by: str, clock: datetime) -> Written:
    """Records that a customer allows advertising on a channel, forbids it, or withdraws. source: where that can be seen."""
    source, customer = without_number(folder, customer, source), known_as(folder, customer)
    found = next((name for name, words in CHANNELS.items() if channel.strip().lower() in {name, *words}), None)
    problems = [*unknown(folder, customer, look_up(folder, customer, before_runs=True)), *_who(by)]
    if found is None:
        problems.append(Problem(f"{channel!r} is no channel.", f"one of {', '.join(CHANNELS)}.", "correct it."))
    if status not in STATUSES:
        problems.append(Problem(f"{status!r} is no answer.", f"one of {', '.join(STATUSES)}.", "correct it."))
    if not source.strip():
        problems.append(Problem("It is not said where this can be seen.", "the form, letter or call and its day.", "add it with --source."))
    if problems:
        raise DataError(*problems)
    content = {"customer_id": customer, "channel": found, "status": status, "source": source.strip()}
    return _record(folder, Decision("consent", "consents", content, subject=customer), by=by, clock=clock)


def record_definition(
    folder: Path,
    settings: Settings,
    *,
    clock: datetime,
    criteria: Mapping[str, Any] | None = None,
    sections: Mapping[str, Any] | None = None,
) -> None:
    """Keeps the value definition a run uses, unless it is that of the run before: which settings were in force when.

    criteria: the catalogue with its version and the scale on which customers were compared; without it that of the definition before.
    sections: what else of the project file defines value, as written.
    """
    register = Register(folder)
    kept = register.rows("definitions")
    judged = dict(criteria) if criteria else kept[-1].content.get("criteria") if kept else None
    content = {"settings": settings.of_results(), "sections": dict(sections or {}), **({"criteria": judged} if judged else {})}
    digest = hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
    if not kept or kept[-1].content["digest"] != digest:
        register.record([Decision("define", "definitions", {"digest": digest, **content})], at=clock, by="run")


def look_up(folder: Path, customer: str, *, before_runs: bool = False) -> Known:
    """Whether the current run or its customer records know a customer number. before_runs: a project without runs is no mistake."""
    if before_runs and not store.names(folder):
        return Known(is_known=True, is_checked=False)
    run = store.read(folder)
    records = folder_of(folder) / run.manifest["ledger"] / "customers.parquet"
    with open_engine(threads=1) as engine:
        engine.open_parquet("valued_customers", [run.customers], numbered=False)
        found = engine.rows("value/one_customer.sql", customer=customer)
        record: Sequence[Mapping[str, Any]] = []
        if records.is_file():
            engine.open_parquet("ledger_customers", [records], numbered=False)
            record = engine.rows("register/record_of.sql", customer=customer)
        near = () if found or record else tuple(row["customer_id"] for row in engine.rows("value/near_ids.sql", customer=customer))
    return Known(bool(found or record), is_checked=True, kind=(record[0]["kind"] or "") if record else "", near=near)


def unknown(folder: Path, customer: str, known: Known) -> Iterator[Problem]:
    """The problem of a number that nobody knows: a slip of the pen would lead to a decision about nobody."""
    if not customer.strip():
        yield Problem("No customer is named.", "the number of a customer.", "name one.")
    elif not known.is_known:
        near = f" Near ones: {', '.join(known.near)}." if known.near else ""
        yield Problem(f"There is no customer {customer!r} in {folder}.{near}", "a customer of the current run.", "correct the number.")


def _record(folder: Path, decision: Decision, *, by: str, clock: datetime) -> Written:
    (entry,) = Register(folder).record([decision], at=clock, by=by.strip())
    return Written(entry, dict(decision.content))


def _person_problems(reason: str, by: str) -> Iterator[Problem]:
    if not reason.strip():
        yield Problem("The reason is missing.", "a sentence others can follow.", "add it with --reason.")
    yield from _who(by)


def _who(by: str) -> Iterator[Problem]:
    if not by.strip():
        yield Problem("It is not said who decides.", "a name.", "add it with --by.")


def catalogue_in(folder: Path) -> Catalogue:
    """The catalogue of the project in a folder."""
    preset = of_project(read_project_file(folder / FILE))
    return preset.catalogue if preset else catalogue()


def _criteria(folder: Path) -> tuple[Criterion, ...]:
    """What can be rated: the catalogue, and what ships but does not count here."""
    found = catalogue_in(folder)
    return (*found.criteria, *(one for one in criteria() if found.called(one.name) is None))


def _criterion(folder: Path, word: str) -> Criterion | None:
    return next((one for one in _criteria(folder) if one.is_called(word)), None)


def _unknown_criterion(folder: Path, word: str) -> Problem:
    known = _criteria(folder)
    near = difflib.get_close_matches(word, [name for one in known for name in (one.name, one.english)], n=1)
    hint = f" Did you mean {near[0]!r}?" if near else ""
    names = ", ".join(f"{one.name} ({one.english})" if one.english else one.name for one in known)
    return Problem(f"{word!r} is no criterion.{hint}", f"one of {names}.", "correct the name, or add your own under [criteria].", file=FILE)


def _points(text: str) -> Decimal | None:
    """Points as people write them, 7.5 or 7,5; None if they are none."""
    try:
        number = Decimal(text.strip().replace(",", "."))
    except InvalidOperation:
        return None
    return number if number.is_finite() and LOWEST <= number <= HIGHEST else None

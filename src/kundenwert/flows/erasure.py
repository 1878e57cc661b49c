"""Erasure of a person (Art. 17 GDPR): out of ledgers, runs, plans and the register; the money stays, in one row; a certificate says so.

The row in the register comes first: from then on the person is known by a keyed hash, every later load heeds it, and whatever interrupts
the rest, the next run or the same call finishes it.
"""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kundenwert.engines import open_engine
from kundenwert.engines._engine import Reading
from kundenwert.errors import Bug, DataError, KundenwertError, Problem
from kundenwert.flows import index, scrubbing
from kundenwert.flows.ledger import folder_of, recount
from kundenwert.flows.project import read as read_project
from kundenwert.flows.pseudonyms import forget_links, known_as, of_folder
from kundenwert.flows.register import look_up
from kundenwert.flows.scrubbing import Scrubbed, scrub_ledger, scrub_run
from kundenwert.flows.value_table import header_of
from kundenwert.register import erased as known
from kundenwert.register.book import TABLES, Covered, Decision, Register
from kundenwert.register.erased import Erased
from kundenwert.register.keys import Key
from kundenwert.runs import plans_store, storage, store

if TYPE_CHECKING:
    from kundenwert.engines._engine import Engine

_CERTIFICATES = "certificates"
# What is ours below a project; all else is somebody's file.
_OURS = ("ledger", "runs", "plans", "register")
_KEYS = "keys"
_MONEY = ("revenue", "past", "clv", "value")


@dataclass(frozen=True)
class Held:
    """A sum before and after an erasure: of a ledger or run, and what it is a sum of."""

    place: str
    measure: str
    before: str
    after: str


@dataclass(frozen=True)
class Certificate:
    """What an erasure did. Neither number nor name of the person stands in it.

    subject: keyed hash of the number. rows: how many rows of the register lost their content, or what they said of the person beside
    others. places: what was taken out of which files.
    remaining: files below the project that still name the person and are not ours to change. sources: inputs, which are never changed.
    """

    erasure: int
    subject: str
    recorded: str
    finished: str
    by: str
    rows: int
    places: tuple[Scrubbed, ...]
    totals: tuple[Held, ...]
    files_checked: int
    remaining: tuple[str, ...]
    sources: tuple[str, ...]

    @property
    def totals_hold(self) -> bool:
        """Whether every sum is what it was."""
        return all(entry.before == entry.after for entry in self.totals)


def erase(folder: Path, customer: str, *, by: str, clock: datetime, language: str = "de") -> Certificate:
    """Erases a person from a project. Repeatable: a second call finishes what the first could not, or erases what came since.

    Raises DataError if the project never knew the customer.
    """
    register, plain, customer = Register(folder), customer.strip(), known_as(folder, customer)
    if problems := list(_problems(folder, customer, by)):
        raise DataError(*problems)
    with open_engine(threads=1) as engine:
        words = [word for ledger in _ledgers(folder) for word in scrubbing.words_of(engine, ledger, [customer])]
    before, blank = known.erased(folder), _rows_about(register, customer)
    new = known.hashes(register.key(), customer, words)
    person = Erased(register.key(), frozenset({new["id"]}), frozenset(new["words"])).knowing(dict.fromkeys((customer, plain)), words)
    cover = list(_rows_mentioning(register, person, blank))
    was_interrupted = before is not None and before.is_id(customer) and bool(_open(register)) and not (blank or cover)
    if not was_interrupted:
        register.record([Decision("erase", "erased", new, subject=customer)], at=clock, by=by.strip(), blank=blank, cover=cover)
    persons = known.erased(folder)
    if persons is None:
        raise Bug("An erasure was recorded and cannot be found. Please report this.")
    return _finish(folder, persons.knowing(dict.fromkeys((customer, plain)), words), clock=clock, language=language)[-1]


def finish_erasures(folder: Path, *, clock: datetime, language: str = "de") -> None:
    """Finishes erasures that something interrupted; nothing to do nearly always."""
    register = Register(folder)
    if register.table_file("erased").is_file() and _open(register):
        persons = known.erased(folder)
        if persons is not None:
            _finish(folder, persons, clock=clock, language=language)


def scrub_new_ledger(folder: Path, persons: Erased) -> None:
    """Takes persons erased earlier out of a ledger that is being made: their lines go to the row of erased persons."""
    with open_engine() as engine:
        scrub_ledger(engine, folder, persons)
        recount(engine, folder)


def _problems(folder: Path, customer: str, by: str) -> Iterator[Problem]:
    if not by.strip():
        yield Problem("It is not said who erases.", "a name.", "add it with --by.")
    if not customer.strip() or customer == known.ERASED:
        yield Problem(f"{customer!r} is no customer number.", "the number of a customer.", "name one.")
    elif not _is_known(folder, customer):
        found = look_up(folder, customer, before_runs=True)
        near = f" Near ones: {', '.join(found.near)}." if found.near else ""
        yield Problem(f"{folder} has never known {customer!r}.{near}", "a customer of a run or ledger.", "correct the number.")


def _is_known(folder: Path, customer: str) -> bool:
    """Whether any run, ledger or decision names a customer, or did before an erasure."""
    register = Register(folder)
    if store.names(folder) and look_up(folder, customer).is_known:
        return True
    persons = known.erased(folder)
    if (persons and persons.is_id(customer)) or _rows_about(register, customer):
        return True
    # A key for this search alone: nothing is made on disk for a number that turns out to be a slip of the pen.
    key = Key(bytes(32))
    alone = Erased(key, frozenset({key.of(customer)}), frozenset())
    with open_engine(threads=1) as engine:
        return any(scrubbing.known_in(engine, place, alone).plain_ids for place in (*_ledgers(folder), *_results(folder)))


def _rows_about(register: Register, customer: str) -> list[tuple[str, int]]:
    """Rows of the register that name a customer: decisions about this one, and definitions that list the number."""
    tables = [table for table in TABLES if table != "erased"]
    return [(table, row.number) for table in tables for row in register.rows(table) if _holds(row.content, customer)]


def _holds(content: Any, customer: str) -> bool:
    if isinstance(content, dict):
        return any(_holds(one, customer) for one in content.values())
    if isinstance(content, list):
        return any(_holds(one, customer) for one in content)
    return bool(content == customer)


def _rows_mentioning(register: Register, person: Erased, blank: Sequence[tuple[str, int]]) -> Iterator[Covered]:
    """Rows about others in which somebody wrote the number or the name: they are told without it."""
    for table in (table for table in TABLES if table != "erased"):
        for row in register.rows(table):
            told = _without(row.content, person)
            if told != row.content and (table, row.number) not in blank:
                yield Covered(table, row.number, told)


def _without(content: Any, person: Erased) -> Any:
    if isinstance(content, dict):
        return {name: _without(one, person) for name, one in content.items()}
    if isinstance(content, list):
        return [_without(one, person) for one in content]
    is_text = isinstance(content, str) and not scrubbing.is_figure(content)
    return scrubbing.hidden(content, person) if is_text and person.is_in(content) else content


def _open(register: Register) -> list[int]:
    """The erasures without a certificate, by their rows."""
    return [row.number for row in register.rows("erased") if not _certificate_file(register, row.number).is_file()]


def _certificate_file(register: Register, erasure: int) -> Path:
    return register.folder / _CERTIFICATES / f"erasure-{erasure}.json"


def _ledgers(folder: Path) -> list[Path]:
    return sorted(path.parent for path in folder_of(folder).glob("*/reconciliation.json") if not path.parent.name.startswith("."))


def _results(folder: Path) -> list[Path]:
    """Runs and plans."""
    runs = [store.runs_folder(folder) / name for name in store.names(folder)]
    return [*runs, *(plans_store.plans_folder(folder) / name for name in plans_store.names(folder))]


def _finish(folder: Path, persons: Erased, *, clock: datetime, language: str) -> list[Certificate]:
    """Does everything that an erasure asks for, and writes the certificates that are missing."""
    register = Register(folder)
    for parent in (folder_of(folder), store.runs_folder(folder), plans_store.plans_folder(folder), folder_of(folder) / "read"):
        if parent.is_dir():
            storage.remove_leftovers(parent)
    # Only caches: what is not in them is read and made again.
    storage.remove(folder_of(folder) / "read")
    index.forget(folder)
    before = _totals(folder)
    places = [_without_links(folder)]
    with open_engine() as engine:
        for ledger in _ledgers(folder):
            persons = scrubbing.known_in(engine, ledger, persons)
            places.append(scrub_ledger(engine, ledger, persons))
            recount(engine, ledger)
        for result in _results(folder):
            places.append(_scrub_result(engine, result, persons, clock))
        # What a screen that was open meanwhile has made of the old files.
        index.forget(folder)
        checked, remaining = _sweep(engine, folder, persons)
    totals = tuple(Held(*place, amount, _totals(folder).get(place, "")) for place, amount in before.items())
    made = []
    for number in _open(register):
        row = next(row for row in register.rows("erased") if row.number == number)
        entry = next(one for one in register.log() if one["table"] == "erased" and one["row"] == number)
        certificate = Certificate(
            erasure=number,
            subject=str(row.content["id"]),
            recorded=row.at,
            finished=clock.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            by=row.by,
            rows=len(entry["blanked"]) + len(entry.get("covered", ())),
            places=tuple(place for place in places if place.files),
            totals=totals,
            files_checked=checked,
            remaining=remaining,
            sources=_sources(folder),
        )
        _write(register, certificate, clock, language)
        made.append(certificate)
    return made


def _without_links(folder: Path) -> Scrubbed:
    """In a project with pseudonyms nothing leads from the pseudonym to the person any more."""
    done = Scrubbed("links of the pseudonyms")
    if (pseudonyms := of_folder(folder)) is not None:
        done.add(pseudonyms.links_file, forget_links(pseudonyms))
    return done


def as_json(certificate: Certificate) -> dict[str, Any]:
    """A certificate for programs and for its report."""
    return {**asdict(certificate), "totals_hold": certificate.totals_hold}


def _write(register: Register, certificate: Certificate, clock: datetime, language: str) -> None:
    """The certificate for programs and for people; the log keeps its digest. Its file comes last: where it is, all is done."""
    from kundenwert import registry

    content = json.dumps(as_json(certificate), indent=2, ensure_ascii=False) + "\n"
    path = _certificate_file(register, certificate.erasure)
    text = registry.load("reports", "erasure_certificate")(as_json(certificate), language)
    digest = hashlib.sha256(content.encode()).hexdigest()
    text += "\n"
    storage.write_text(path.with_suffix(".txt"), text)
    details = {"erasure": certificate.erasure, "certificate": digest, "text": hashlib.sha256(text.encode()).hexdigest()}
    register.record([Decision("certify erasure", details=details)], at=clock, by=certificate.by)
    storage.write_text(path, content)


def _scrub_result(engine: Engine, folder: Path, persons: Erased, clock: datetime) -> Scrubbed:
    """Takes persons out of a run or plan; its manifest tells that its tables are others now."""
    manifest_file = folder / "manifest.json"
    about: dict[str, dict[str, str]] = {}
    if manifest_file.is_file():
        manifest = storage.read_json(manifest_file)
        if "value_is" in manifest:
            header = header_of(manifest)
            about = {"customers.parquet": header, "contribution.parquet": {name: header[name] for name in ("currency", "as_of")}}
    done = scrub_run(engine, folder, persons, about)
    for path in (manifest_file, folder / plans_store.CONTENT):
        if path.is_file():
            _renew(path, clock)
    return done


def _renew(path: Path, clock: datetime) -> None:
    """The hashes of the tables as they are now; a change is noted with the hashes from before."""
    manifest = storage.read_json(path)
    now = {name: _digest(path.parent / name) for name in manifest.get("tables", {}) if (path.parent / name).is_file()}
    was = {name: digest for name, digest in manifest.get("tables", {}).items() if now.get(name) != digest}
    if was:
        note = {"at": clock.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"), "tables_before": was}
        storage.write_json(path, {**manifest, "tables": now, "erasures": [*manifest.get("erasures", []), note]})


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


# ---- what holds, and what is left -------------------------------------------------------------------------------------


def _totals(folder: Path) -> dict[tuple[str, str], str]:
    """The sums that an erasure must not change: the money of each ledger, and of each run's value table."""
    found: dict[tuple[str, str], str] = {}
    with open_engine(threads=1) as engine:
        for ledger in _ledgers(folder):
            engine.open_parquet("lines", [ledger / "transactions.parquet"], numbered=False)
            (row,) = engine.rows("register/lines_of_erased.sql")
            found[f"ledger {ledger.name}", "amount"] = _exact(row["amount"])
        for name in store.names(folder):
            engine.open_parquet("valued_customers", [store.runs_folder(folder) / name / "customers.parquet"], numbered=False)
            (row,) = engine.rows("register/sums.sql")
            found.update({(f"run {name}", measure): _exact(row[measure]) for measure in _MONEY if row[measure] is not None})
    return found


def _exact(amount: Decimal) -> str:
    whole, _, part = f"{amount:f}".partition(".")
    return f"{whole}.{part.rstrip('0').ljust(2, '0')}"


def _sources(folder: Path) -> tuple[str, ...]:
    """The files a project is loaded from, as its manifests and its settings name them."""
    names = [entry["name"] for name in store.names(folder) for entry in store.read(folder, name).manifest["inputs"]]
    return tuple(dict.fromkeys((*names, *sorted(path.name for path in _inputs(folder)))))


def _inputs(folder: Path) -> set[Path]:
    try:
        project = read_project(folder)
    except KundenwertError:
        return set()
    return {item.source.resolve() for item in project.inputs if isinstance(item.source, Path)}


def _sweep(engine: Engine, folder: Path, persons: Erased) -> tuple[int, tuple[str, ...]]:
    """Looks through every file below the project but its inputs and the key: how many there are, and which still name an erased person."""
    scrubbing.prepare(engine, persons)
    inputs, checked, remaining = _inputs(folder), 0, []
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.resolve() not in inputs and path.relative_to(folder).parts[0] != _KEYS:
            checked += 1
            if persons.is_in(path.stem) or _names(engine, path, persons):
                remaining.append(path.relative_to(folder).as_posix())
    return checked, tuple(remaining)


def _names(engine: Engine, path: Path, persons: Erased) -> bool:
    if path.suffix == ".parquet":
        return _parquet_names(engine, path)
    if path.suffix == ".json":
        return scrubbing.scrub_json(path, persons, change=False) > 0
    if path.suffix == ".html":
        return scrubbing.cover_html(path.read_text(encoding="utf-8", errors="replace"), persons)[1] > 0
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            return any(_lines_name(_pieces(archive.read(name)), persons) for name in archive.namelist())
    with path.open(encoding="utf-8", errors="replace") as file:
        return _lines_name(file, persons)


def _pieces(content: bytes) -> Iterator[str]:
    """The texts between the tags of a part of a workbook or document."""
    return (piece.split(">")[-1] for piece in content.decode("utf-8", errors="replace").split("<"))


def _lines_name(lines: Iterable[str], persons: Erased) -> bool:
    return any(persons.is_in(line.strip()) for line in lines if line.strip())


def _parquet_names(engine: Engine, path: Path) -> bool:
    engine.open_parquet("swept", [path], numbered=False)
    columns: Mapping[str, str] = engine.columns("swept")
    if scrubbing.found_in(engine, "swept"):
        return True
    texts: Sequence[str] = [name for name, kind in columns.items() if kind == "VARCHAR" and name not in scrubbing.ID_COLUMNS]
    engine.project("swept_texts", "swept", {name: Reading((name,)) for name in columns})
    return any(scrubbing.names_in(engine, "swept_texts", name) for name in texts)

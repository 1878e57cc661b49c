"""One customer for a screen: the same figures as `customer`, from tables that stay open between two looks.

Tables of a run and its ledger are sorted by customer, so a look reads one part of each; where there are copies in small blocks
(`customer_rows`), one block. What needs more than one, or another run, is `rest`: a screen shows it after the first picture. Whose
customers a reader may see is asked here, before anything else is read.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kundenwert.base.as_of import day_number, day_of
from kundenwert.engines import open_engine
from kundenwert.errors import CallError, UnknownName
from kundenwert.flows import customer as whole
from kundenwert.flows import customer_rows
from kundenwert.flows.customer_data import decided
from kundenwert.flows.customer_reasons import change_since, fit_of, last_before, what_ifs
from kundenwert.flows.customer_rows import CustomerRows, DamagedError
from kundenwert.flows.objection import objectors
from kundenwert.flows.pseudonyms import known_as
from kundenwert.flows.scores import points_in
from kundenwert.records import AlivePath, DataOf, Document, Explained, ValueChange
from kundenwert.register.book import Register
from kundenwert.runs import storage, store

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kundenwert.engines._engine import Engine

_ADDRESS = ("name", "street", "postcode", "city")
# How many records of a kind a screen shows, how many lines a page has, how many desks wait for readers, and
# how many customers are remembered.
NEWEST, KIN, LINES, _DESKS, _REMEMBERED = 12, 30, 200, 4, 32


@dataclass(frozen=True)
class Glance:
    """What the first picture of a customer shows. explained: without points, reasons and sources; record: of the customer records, {}
    without one; alive: P(alive) from the first purchase to the as-of day, None where the model tells none.
    """

    explained: Explained
    record: Mapping[str, Any]
    alive: AlivePath | None


@dataclass(frozen=True)
class Rest:
    """The whole explanation, and what happened: the newest contacts, complaints and measures, and who stands near in the group."""

    explained: Explained
    record: Mapping[str, Any]
    contacts: Sequence[Mapping[str, Any]] = ()
    complaints: Sequence[Mapping[str, Any]] = ()
    measures: Sequence[Mapping[str, Any]] = ()
    kin: Sequence[Mapping[str, Any]] = ()


def glance(project: Path, customer_id: str, *, managers: frozenset[str] | None = None, run: str | None = None) -> Glance:
    """The first picture. managers: whose customers the reader may see, None for all. Raises UnknownName, without a hint, for a customer
    that the run does not know and for one that is not the reader's alike.
    """
    with _desk(project, run) as desk:
        customer, record = _find(desk, project, customer_id, managers)
        explained = _explained(desk, project, customer, record)
        return Glance(explained, record, _alive(desk, explained))


def rest(project: Path, customer_id: str, *, managers: frozenset[str] | None = None, run: str | None = None) -> Rest:
    """Everything else of the same customer; the same errors. Which sources were read is told by `customer` alone."""
    with _desk(project, run) as desk:
        customer, record = _find(desk, project, customer_id, managers)
        explained, engine, source = _explained(desk, project, customer, record), desk.engine, desk.source
        is_valued = explained.row["level"] in {"customer", "segment"}
        desk.lay_out(customer, record.get("parent_id"))
        result, drivers = whole.result_of(engine, source, customer, is_open=True)
        points = points_in(engine, project, source, customer) if is_valued and "scores" not in desk.missing else ()
        told: dict[str, Any] = {
            "result": result,
            "points": points,
            "change": desk.change(explained.row) if is_valued else None,
            "what_ifs": what_ifs(source, explained.row, points, result, drivers) if is_valued else (),
        }
        listed = {"customer": customer, "as_of": source.as_of, "most": NEWEST}
        near = {"customer": customer, "parent": record.get("parent_id"), "most": KIN}
        return Rest(
            replace(explained, **told),
            record,
            contacts=desk.listed("page_contacts", "value/customer_page/contacts.sql", **listed),
            complaints=desk.listed("page_complaints", "value/customer_page/complaints.sql", **listed),
            measures=desk.listed("page_measures", "value/customer_page/campaigns.sql", **listed),
            kin=[one for one in desk.listed("page_records", "value/customer_page/kin.sql", **near) if _is_own(one, managers)],
        )


@dataclass(frozen=True)
class BookedLines:
    """A page of the booked lines of a customer. customer, name: whose; count, amount: of all of the year; lines: of the page."""

    customer: str
    name: str
    count: int
    amount: Decimal | None
    lines: Sequence[Mapping[str, Any]]


def booked_lines(
    project: Path,
    customer_id: str,
    *,
    year: int | None = None,
    page: int = 1,
    managers: frozenset[str] | None = None,
    run: str | None = None,
) -> BookedLines:
    """The invoice lines behind what was booked, `LINES` a page, the newest first; the same errors."""
    with _desk(project, run) as desk:
        customer, record = _find(desk, project, customer_id, managers)
        asked = {"customer": customer, "as_of": day_number(desk.source.as_of), "year": year}
        (counted,) = desk.engine.rows("value/customer_page/lines_counted.sql", **asked)
        if not counted["lines"] and desk.row(customer) is None:
            raise _unknown(customer_id)
        lines = desk.engine.rows("value/customer_page/lines.sql", **asked, most=LINES, skip=(max(page, 1) - 1) * LINES)
        return BookedLines(customer, str(record.get("name") or ""), counted["lines"], counted["amount"], lines)


def find(project: Path, customer_id: str, *, managers: frozenset[str] | None = None, run: str | None = None) -> str:
    """The number under which the run knows a customer of the reader; the same errors."""
    with _desk(project, run) as desk:
        customer, record = _find(desk, project, customer_id, managers)
        if not record and desk.row(customer) is None:
            raise _unknown(customer_id)
        return customer


def forget() -> None:
    """Closes all tables, of every run."""
    with _GUARD:
        desks = [desk for known in _WAITING.values() for desk in known]
        _WAITING.clear()
        _MEASURES.clear()
        _LAST.clear()
    for desk in desks:
        desk.close()


# ---- one customer -----------------------------------------------------------------------------------------------------


def _find(desk: _Desk, project: Path, customer_id: str, managers: frozenset[str] | None) -> tuple[str, Mapping[str, Any]]:
    """The customer with its record. For who sees some customers only the record decides, before any other table is asked."""
    customer = known_as(project, customer_id)
    record = desk.record(customer)
    if not _is_own(record, managers):
        raise _unknown(customer_id)
    return customer, record


def _is_own(record: Mapping[str, Any], managers: frozenset[str] | None) -> bool:
    return managers is None or (record.get("account_manager") or "").strip() in managers - {""}


def _unknown(customer_id: str) -> UnknownName:
    return UnknownName(customer_id, "the customers of this run that you may see", ())


def _explained(desk: _Desk, project: Path, customer: str, record: Mapping[str, Any]) -> Explained:
    """The explanation as far as the first picture needs it; kept for a moment, for the rest of the same page is asked for next."""
    register = Register(project)
    register.finish()
    state = tuple(path.stat().st_mtime_ns if (path := register.table_file(name)).is_file() else 0 for name in ("objections", "consents"))
    key = (desk.key, customer, state)
    with _GUARD:
        known = _LAST.pop(key, None)
        if known is not None:
            _LAST[key] = known
    if known is None:
        known = _asked(desk, project, customer, record)
        with _GUARD:
            _LAST[key] = known
            while len(_LAST) > _REMEMBERED:
                _LAST.pop(next(iter(_LAST)))
    return known


def _asked(desk: _Desk, project: Path, customer: str, record: Mapping[str, Any]) -> Explained:
    engine, source = desk.engine, desk.source
    row = desk.row(customer)
    if row is None:
        raise _unknown(customer)
    documents = engine.rows("base/history.sql", customer=customer, as_of=day_number(source.as_of))
    history = tuple(Document(day_of(line.pop("day")), **line) for line in documents)
    parts = whole.parts_of(source, row, _years(history))
    if customer in objectors(project) or row["level"] == "objected":
        row, parts = whole.without_forecast(source, row), [part for part in parts if part.kind in {"booked", "cost"}]
    is_valued = row["level"] in {"customer", "segment"}
    objected, consents = decided(project, customer)
    address = {name: str(record[name]).strip() for name in _ADDRESS if str(record.get(name) or "").strip()}
    return Explained(
        row=row,
        history=history,
        parts=tuple(parts),
        basis=whole.basis_of(source),
        factors=dict(source.manifest["amounts"]),
        course=whole.course_of(source, row, _quarters(history)),
        said=whole.said_of(source, row) if is_valued else (),
        place=desk.place(row) if is_valued else None,
        data=DataOf(objected=objected, consents=consents, address=address),
    )


def _years(history: Sequence[Document]) -> list[dict[str, Any]]:
    """Booked revenue by calendar year, as base/years.sql has it."""
    return [
        {"year": year, "sale_days": len(_days(found)), "revenue": _sum(found)}
        for year, found in sorted(_grouped(history, lambda one: one.day.year).items())
    ]


def _quarters(history: Sequence[Document]) -> list[dict[str, Any]]:
    """Purchases and booked revenue by calendar quarter, as base/quarters.sql has it."""
    by_quarter = _grouped(history, lambda one: date(one.day.year, (one.day.month - 1) // 3 * 3 + 1, 1))
    return [{"first": first, "purchases": len(_days(found)), "revenue": _sum(found)} for first, found in sorted(by_quarter.items())]


def _grouped(history: Sequence[Document], key: Any) -> dict[Any, list[Document]]:
    groups: dict[Any, list[Document]] = {}
    for one in history:
        groups.setdefault(key(one), []).append(one)
    return groups


def _days(history: Sequence[Document]) -> set[date]:
    """Days with a sale that counts as a purchase."""
    return {one.day for one in history if one.line_class == "kept"}


def _sum(history: Sequence[Document]) -> Decimal | None:
    known = [one.amount for one in history if one.amount is not None]
    return sum(known, Decimal(0)) if known else None


def _alive(desk: _Desk, explained: Explained) -> AlivePath | None:
    """P(alive) over time; None where the model knows no leaving, or the days do not lead to what the run tells."""
    from kundenwert import registry

    days, row = _days(explained.history), explained.row
    if not days or row["level"] not in {"customer", "segment"} or row["p_alive"] is None:
        return None
    try:
        path: AlivePath = registry.load("models.diagnostics", "p_alive_path")(
            fit_of(desk.source).fitted, sorted(days), until=desk.source.as_of
        )
    except CallError:
        return None
    # Returns, rhythms and seasons may make more of a history than its days: then the line would end elsewhere than the figure.
    return path if abs(path.chance[-1] - float(row["p_alive"])) < _SAME else None


_SAME = 0.005


# ---- tables that stay open --------------------------------------------------------------------------------------------


@dataclass
class _Desk:
    """One reader's place: an engine with the tables of a run, and their copies where there are some.

    missing: views of which the run knows nothing; measures: what all customers are ranked by.
    """

    engine: Engine
    project: Path
    source: store.Run
    missing: frozenset[str]
    key: tuple[str, str, int]
    measures: NDArray[Any] = field(repr=False)
    copies: CustomerRows | None
    empty: frozenset[str] = frozenset()
    earlier: dict[str, CustomerRows] = field(default_factory=dict)

    def place(self, row: Mapping[str, Any]) -> tuple[int, int] | None:
        """How many customers stand above one, of how many."""
        own = row["clv"] if row["clv"] is not None else row["expected_purchases"]
        if own is None or not len(self.measures):
            return None
        return len(self.measures) - int(self.measures.searchsorted(float(own), side="right")), len(self.measures)

    def row(self, customer: str) -> dict[str, Any] | None:
        """The row of the value table; None where the run does not know the customer."""
        return self._first("valued_customers", "value/one_customer.sql", customer)

    def record(self, customer: str) -> dict[str, Any]:
        """What the customer records say; {} without one."""
        return self._first("page_records", "value/customer_page/record.sql", customer) or {}

    def _first(self, view: str, step: str, customer: str) -> dict[str, Any] | None:
        if self.copies is not None:
            try:
                found = self.copies.rows(view, customer)
            except DamagedError:
                self._lose_copies()
        if self.copies is None:
            found = self.engine.rows(step, customer=customer)
        return found[0] if found else None

    def lay_out(self, customer: str, parent: str | None) -> None:
        """Where there are copies the views of everything else hold from now on what is told of this customer alone."""
        if self.copies is None:
            return
        try:
            views = {view: self.copies.table(view, customer) for view in _OF_THE_REST if self.copies.has(view)}
            views["page_records"] = _near(self.copies, customer, parent)
        except DamagedError:
            self._lose_copies()
            return
        for view, rows in views.items():
            # What nothing is told of needs no view, for `listed` does not ask for it.
            if len(rows) or view in _ASKED_ANYHOW:
                self.engine.open_frame(view, rows)
        self.empty = frozenset(view for view, rows in views.items() if not len(rows))

    def listed(self, view: str, step: str, **asked: Any) -> list[dict[str, Any]]:
        """The rows of a step that reads a view which `lay_out` laid out."""
        return [] if self.copies is not None and view in self.empty else self.engine.rows(step, **asked)

    def change(self, row: Mapping[str, Any]) -> ValueChange | None:
        """Why the value is another than at the last run of an earlier day."""
        before = last_before(self.project, self.source)
        if before is None or row["value"] is None:
            return None
        found = self._row_of(before, row["customer_id"])
        return change_since(before, found, self.source, row)

    def _row_of(self, before: store.Run, customer: str) -> Sequence[Mapping[str, Any]]:
        """The row of an earlier run, from its copies if it has some."""
        copies = self.earlier.get(before.name)
        if copies is None or not customer_rows.is_of(copies.folder, self.project, before.name):
            copies = customer_rows.opened(self.project, before.name)
        if copies is not None:
            self.earlier[before.name] = copies
            with contextlib.suppress(DamagedError):
                return copies.rows("valued_customers", customer)
        self.engine.open_parquet("earlier_customers", [before.customers], numbered=False)
        return self.engine.rows("value/one_earlier.sql", customer=customer)

    def _lose_copies(self) -> None:
        """What is damaged is made again by the next who prepares the run; until then the tables are read."""
        if self.copies is not None:
            self.copies.close()
            storage.remove(self.copies.folder)
        self.copies = None
        customer_rows.open_tables(self.engine, self.project, self.source)

    def close(self) -> None:
        """Closes the tables."""
        self.engine.close()
        for copies in (self.copies, *self.earlier.values()):
            if copies is not None:
                copies.close()


# Views that are asked for one customer at a time; some by steps that others ask too.
_ASKED_ANYHOW = frozenset({"contribution", "scores"})
_OF_THE_REST = ("contribution", "scores", "page_contacts", "page_complaints", "page_measures")


def _near(copies: CustomerRows, customer: str, parent: str | None) -> Any:
    """The records of who stands above, below and beside a customer, as a pyarrow table; each of them once."""
    import pyarrow

    found = [copies.table("page_kin", customer)]
    if parent and parent != customer:
        beside = copies.table("page_kin", parent)
        found += [copies.table("page_records", parent), beside.filter(pyarrow.compute.not_equal(beside["customer_id"], parent))]
        found[0] = found[0].filter(pyarrow.compute.not_equal(found[0]["customer_id"], parent))
    return pyarrow.concat_tables(found)


_WAITING: dict[tuple[str, str, int], list[_Desk]] = {}
_MEASURES: dict[tuple[str, str, int], Any] = {}
_LAST: dict[tuple[tuple[str, str, int], str, tuple[int, ...]], Explained] = {}
_GUARD = threading.Lock()


@contextlib.contextmanager
def _desk(project: Path, run: str | None) -> Iterator[_Desk]:
    """A desk of a run, for one reader at a time. An erasure changes the manifest, so that nothing of before is read."""
    name = run or store.current(project) or store.read(project).name
    key = (str(project.resolve()), name, (store.runs_folder(project) / name / "manifest.json").stat().st_mtime_ns)
    with _GUARD:
        for old in [one for one in _WAITING if one[:2] == key[:2] and one != key]:
            for desk in _WAITING.pop(old):
                desk.close()
            _MEASURES.pop(old, None)
            for known in [one for one in _LAST if one[0] == old]:
                del _LAST[known]
        waiting = _WAITING.setdefault(key, [])
        free = waiting.pop() if waiting else None
    desk = free if free is not None else _open(project, name, key)
    if desk.copies is None:
        # They may have been made since the desk was opened.
        desk.copies = customer_rows.opened(project, name)
    try:
        yield desk
    except UnknownName:
        _put_back(key, desk)
        raise
    except BaseException:
        # Nobody knows in which state it is.
        desk.close()
        raise
    _put_back(key, desk)


def _put_back(key: tuple[str, str, int], desk: _Desk) -> None:
    with _GUARD:
        waiting = _WAITING.get(key)
        if waiting is not None and len(waiting) < _DESKS:
            waiting.append(desk)
            return
    desk.close()


def _open(project: Path, name: str, key: tuple[str, str, int]) -> _Desk:
    source = store.read(project, name)
    engine = open_engine(threads=1)
    missing = customer_rows.open_tables(engine, project, source)
    copies = customer_rows.opened(project, name)
    if key not in _MEASURES:
        _MEASURES[key] = _measures(engine, copies)
    return _Desk(engine, project, source, missing, key, _MEASURES[key], copies)


def _measures(engine: Engine, copies: CustomerRows | None) -> NDArray[Any]:
    if copies is not None:
        with contextlib.suppress(DamagedError):
            return copies.measures()
    return engine.arrays("value/customer_page/measures.sql")["measure"]


__all__ = ["LINES", "BookedLines", "Glance", "Rest", "booked_lines", "find", "forget", "glance", "rest"]

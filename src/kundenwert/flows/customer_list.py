"""The customer list of a run: a page by key in any order, exact counts and sums under any filter, for millions of customers.

Nothing is sorted or added up in memory that grows with the number of readers: columns and orders are files that are read where they lie
(`customer_list_files`). Who is named as account manager bounds everything: rows, counts, sums, choices, searches, exports.
Who objected stands in no list, from the moment of the objection on.
"""

from __future__ import annotations

import contextlib
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kundenwert.errors import Problem, StorageError
from kundenwert.flows import customer_list_files as files
from kundenwert.flows.customer_list_columns import BY_NAME, COLUMNS, ListColumn
from kundenwert.flows.customer_list_query import Filters, Key, Query, folded, words_of
from kundenwert.flows.customer_list_search import holding
from kundenwert.flows.objection import objectors
from kundenwert.register.book import Register
from kundenwert.runs import storage, store

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from kundenwert.flows.progress import Progress

    Places = NDArray[np.intp]
    Mask = NDArray[np.bool_]

__all__ = ["CustomerList", "Page", "Totals", "at_hand", "build", "open_list", "ready"]

_DAY_ZERO = date(1970, 1, 1)
# How many lists stay open in a process, and how much the kept answers of each may weigh, in bytes. A small one is taken for so many.
_MOST_OPEN, _MOST_KEPT, _SMALL = 4, 32 << 20, 4000
# The order is walked in parts that grow, until a page is full.
_FIRST_PART, _GROWTH = 4096, 4
_TRIES = 3


@dataclass(frozen=True)
class Totals:
    """How many customers fit, and the sum of each column of which the sum says something; money as Decimal."""

    count: int
    sums: Mapping[str, Any]


@dataclass(frozen=True)
class Page:
    """Some rows of the list. rows: a dict a customer with every column of the run, `quarters` (revenue of the last eight, oldest first)
    and `key`. first: the number of the first row in the whole list, counted from 1, 0 without rows. after, before: where the next and
    the previous page begin; None at the end and the beginning.
    """

    rows: tuple[dict[str, Any], ...]
    totals: Totals
    first: int
    after: Key | None
    before: Key | None


class CustomerList:
    """The opened list of one run. Several threads may read it at once; it is never changed."""

    def __init__(self, folder: Path, content: Mapping[str, Any], source: store.Run, objected: frozenset[str]) -> None:
        self.folder, self.content = folder, content
        self.run, self.manifest = source.name, source.manifest
        self.rows = int(content["rows"])
        self.columns: tuple[ListColumn, ...] = tuple(column for column in COLUMNS if column.name in content["columns"])
        self._arrays = files.numbers(folder, content)
        self._guard = threading.Lock()
        self._answers: OrderedDict[Any, Any] = OrderedDict()
        self._barred = self._rows_of(objected)

    # ---- what is asked ----

    def page(self, query: Query, *, managers: frozenset[str] | None) -> Page:
        """A page of those who fit. managers: whose customers the reader may see, None for all.

        A column that this run does not know sorts by customer number. Where nothing follows a key any more the first page is given.
        """
        mask, totals = self._fitting(query.filters, managers)
        order = self._order(query.sort, down=query.descending)
        found = self._around(order, mask, query) if query.after or query.before else None
        if found is None or not len(found):
            found = _walk(order, mask, 0, query.size)
        rows = self._dicts(found, query.sort)
        first = _rank(order, mask, int(found[0])) if rows else 0
        return Page(
            rows=rows,
            totals=totals,
            first=first,
            after=rows[-1]["key"] if rows and first + len(rows) <= totals.count else None,
            before=rows[0]["key"] if first > 1 else None,
        )

    def totals(self, filters: Filters, *, managers: frozenset[str] | None) -> Totals:
        """Exact number and sums of those who fit."""
        return self._fitting(filters, managers)[1]

    def choices(self, *, managers: frozenset[str] | None) -> dict[str, tuple[tuple[str, int], ...]]:
        """What can be chosen in the filters: for each column of words these with how many of the reader's customers have them; "" stands
        for none. What nobody has is not offered.
        """
        found: dict[str, tuple[tuple[str, int], ...]] = self._kept(("choices", managers), lambda: self._count_words(managers))
        return found

    def has(self, name: str) -> bool:
        """Whether the run knows anything of a column."""
        return name in self.content["columns"]

    def holds(self, customer_id: str, *, managers: frozenset[str] | None) -> bool:
        """Whether a customer stands in the list that this reader may see."""
        row = self._find(customer_id)
        return row is not None and bool(self._scope(managers)[row])

    def objected(self) -> int:
        """How many customers of the run have objected since it was made: they stand in no list."""
        return len(self._barred)

    def chosen(self, query: Query, *, managers: frozenset[str] | None) -> NDArray[np.uint32]:
        """The rows of all who fit, in the order of the query: what an export writes. Shape (number of those who fit,)."""
        mask, _ = self._fitting(query.filters, managers)
        order = self._order(query.sort, down=query.descending)
        return order[mask[order]]

    # ---- who fits ----

    def _fitting(self, filters: Filters, managers: frozenset[str] | None) -> tuple[Mask, Totals]:
        """The customers that fit and their totals. Kept by filter and reader's customers together: one reader's never serve another."""
        import numpy as np

        bits, totals = self._kept(("fitting", managers, filters), lambda: self._count(filters, managers))
        return np.unpackbits(bits, count=self.rows).view(np.bool_), totals

    def _count(self, filters: Filters, managers: frozenset[str] | None) -> tuple[Any, Totals]:
        import numpy as np

        mask = self._scope(managers)
        for name, words in filters.among:
            mask &= self._among(name, words)
        for name, low, high in filters.between:
            mask &= self._between(name, low, high)
        for name in filters.flags:
            mask &= self._arrays[name] if self.has(name) else np.False_
        for word in words_of(filters.search):
            mask &= self._holding(word)
        return np.packbits(mask), self._summed(mask)

    def _scope(self, managers: frozenset[str] | None) -> Mask:
        """The customers that a reader may see at all."""
        import numpy as np

        mask = np.ones(self.rows, dtype=bool) if managers is None else self._among("account_manager", tuple(sorted(managers - {""})))
        mask[self._barred] = False
        return mask

    def _among(self, name: str, words: tuple[str, ...]) -> Mask:
        import numpy as np

        if not self.has(name):
            return np.full(self.rows, "" in words)
        known = self.content["columns"][name]["words"]
        # One more for those without a word: their code is -1, the last place.
        wanted = np.array([*(word in words for word in known), "" in words])
        taken: Mask = wanted[self._arrays[name]]
        return taken

    def _between(self, name: str, low: Any, high: Any) -> Mask:
        import numpy as np

        if not self.has(name):
            return np.zeros(self.rows, dtype=bool)
        column, values = BY_NAME[name], self._arrays[name]
        mask = files.known(column.kind, values)
        if low is not None:
            mask &= values >= _number_of(column.kind, low, up=True)
        if high is not None:
            mask &= values <= _number_of(column.kind, high, up=False)
        return mask

    def _holding(self, word: str) -> Mask:
        """The customers whose number, name or city holds a word. It knows nothing of the reader: only `_count` may use it."""
        import numpy as np

        def find() -> Any:
            return np.packbits(holding(self._arrays["searched/texts"], self._arrays["searched/ends"], word.encode()))

        return np.unpackbits(self._kept(("word", word), find), count=self.rows).view(np.bool_)

    def _summed(self, mask: Mask) -> Totals:
        import numpy as np

        rows = np.flatnonzero(mask)
        sums: dict[str, Any] = {}
        for column in self.columns:
            if column.sums:
                is_all = len(rows) == self.rows
                total = self.content["columns"][column.name]["sum"] if is_all else self._sum(column, rows)
                sums[column.name] = _money(int(total)) if column.kind == "money" else total
        return Totals(len(rows), sums)

    def _sum(self, column: ListColumn, rows: Places) -> int | float:
        values = self._arrays[column.name][rows]
        known = values[files.known(column.kind, values)]
        return float(known.sum()) if column.kind == "number" else int(known.sum(dtype="int64"))

    def _count_words(self, managers: frozenset[str] | None) -> dict[str, tuple[tuple[str, int], ...]]:
        import numpy as np

        mask, found = self._scope(managers), {}
        for column in self.columns:
            if column.kind == "word":
                words = [*self.content["columns"][column.name]["words"], ""]
                codes = self._arrays[column.name][mask]
                counts = np.bincount(np.where(codes < 0, len(words) - 1, codes), minlength=len(words))
                found[column.name] = tuple((word, int(count)) for word, count in zip(words, counts, strict=True) if count)
        return found

    # ---- order and place ----

    def _order(self, name: str, *, down: bool) -> NDArray[np.uint32]:
        import numpy as np

        if name != "customer_id" and self.has(name):
            return self._arrays[f"{name}/{'down' if down else 'up'}"]
        # Rows stand in the order of the numbers.
        rows = np.arange(self.rows, dtype=np.uint32)
        return rows[::-1] if down else rows

    def _around(self, order: NDArray[np.uint32], mask: Mask, query: Query) -> Places:
        """The rows after a key or before it. A page before a key that would not be full is the first one."""
        key = query.after or query.before
        assert key is not None  # noqa: S101 - for the reader of types: the caller asked
        place, is_there = self._place_of(order, query, key)
        if query.after:
            return _walk(order, mask, place + is_there, query.size)
        found = _walk(order[:place][::-1], mask, 0, query.size)
        return found[::-1] if len(found) == query.size else found[:0]

    def _place_of(self, order: NDArray[np.uint32], query: Query, key: Key) -> tuple[int, bool]:
        """How many rows of the order stand before a key, and whether the next one is the key's own: it may be gone or changed."""
        import numpy as np

        row = self._find(key.customer_id)
        if row is not None and self._values(query.sort, np.array([row]))[0] == key.value:
            return int(np.flatnonzero(order == row)[0]), True
        low, high = 0, self.rows
        while low < high:
            middle = (low + high) // 2
            one = int(order[middle])
            other = Key(self._values(query.sort, np.array([one]))[0], self._text("customer_id", one))
            if self._stands_before(query, other, key):
                low = middle + 1
            else:
                high = middle
        return low, False

    def _stands_before(self, query: Query, one: Key, other: Key) -> bool:
        first, second = (self._sorted_by(query.sort, key.value) for key in (one, other))
        if first != second and query.sort != "customer_id":
            if first is None or second is None:
                return second is None
            return bool(first > second) if query.descending else bool(first < second)
        before = one.customer_id.encode() < other.customer_id.encode()
        # Equal values stand by number in both directions; a list by number alone is turned round.
        return before != (query.descending and (query.sort == "customer_id" or not self.has(query.sort)))

    def _sorted_by(self, name: str, value: Any) -> Any:
        """What a value is compared by; None for one that is not known."""
        column = BY_NAME[name]
        if column.kind == "word":
            words = self.content["columns"].get(name, {}).get("words", [])
            return words.index(value) if value in words else None
        if column.kind == "text":
            return folded(value).encode() if isinstance(value, str) else None
        return value if isinstance(value, int | float) else None

    # ---- cells ----

    def _dicts(self, rows: Places, sort: str) -> tuple[dict[str, Any], ...]:
        columns = {column.name: self._shown(column, rows) for column in self.columns}
        columns["quarters"] = [tuple(amounts) for amounts in self._arrays["quarters"][rows].tolist()]
        columns["key"] = [Key(value, number) for value, number in zip(self._values(sort, rows), columns["customer_id"], strict=True)]
        return tuple(dict(zip(columns, cells, strict=True)) for cells in zip(*columns.values(), strict=True))

    def _shown(self, column: ListColumn, rows: Places) -> list[Any]:
        values = self._values(column.name, rows)
        if column.kind == "money":
            return [None if cents is None else _money(cents) for cents in values]
        if column.kind == "date":
            return [None if day is None else _DAY_ZERO + timedelta(days=day) for day in values]
        return values

    def _values(self, name: str, rows: Places) -> list[Any]:
        """What keys say of rows: whole cents and days, a number, a text; None where it is not known."""
        if not self.has(name):
            return [None] * len(rows)
        column = BY_NAME[name]
        if column.kind == "text":
            return [self._text(name, row) or None for row in rows.tolist()]
        values = self._arrays[name][rows]
        if column.kind == "flag":
            return list(values.tolist())
        words = self.content["columns"][name].get("words")
        plain = [words[code] for code in values.tolist()] if words else values.tolist()
        return [cell if is_known else None for cell, is_known in zip(plain, files.known(column.kind, values).tolist(), strict=True)]

    def _text(self, name: str, row: int) -> str:
        start, end = self._arrays[f"{name}/ends"][row : row + 2].tolist()
        return self._arrays[f"{name}/texts"][start:end].tobytes().decode()

    def _find(self, customer_id: str) -> int | None:
        """The row of a customer."""
        low, high, wanted = 0, self.rows, customer_id.encode()
        while low < high:
            middle = (low + high) // 2
            if self._text("customer_id", middle).encode() < wanted:
                low = middle + 1
            else:
                high = middle
        return low if low < self.rows and self._text("customer_id", low) == customer_id else None

    def _rows_of(self, customers: frozenset[str]) -> Places:
        import numpy as np

        found = (self._find(customer) for customer in sorted(customers))
        return np.array([row for row in found if row is not None], dtype=np.intp)

    def _kept(self, asked: Any, answer: Callable[[], Any]) -> Any:
        """An answer, kept until others that were asked for later take its room."""
        with self._guard:
            if asked in self._answers:
                self._answers.move_to_end(asked)
                return self._answers[asked]
        found = answer()
        most = max(_MOST_KEPT // (self.rows // 8 + _SMALL), 4)
        with self._guard:
            self._answers[asked] = found
            while len(self._answers) > most:
                self._answers.popitem(last=False)
        return found


def _walk(order: NDArray[np.uint32], mask: Mask, start: int, size: int) -> Places:
    """The first rows that fit from a place of an order on."""
    import numpy as np

    parts: list[Any] = [np.zeros(0, dtype=np.uint32)]
    found, length = 0, _FIRST_PART
    while found < size and start < len(order):
        part = order[start : start + length]
        parts.append(part[mask[part]])
        found += len(parts[-1])
        start, length = start + length, length * _GROWTH
    return np.concatenate(parts)[:size].astype(np.intp)


def _rank(order: NDArray[np.uint32], mask: Mask, row: int) -> int:
    """The number of a row among those that fit, counted from 1."""
    import numpy as np

    place = int(np.flatnonzero(order == row)[0])
    return int(np.count_nonzero(mask[order[:place]])) + 1


def _money(cents: int) -> Decimal:
    return Decimal(cents).scaleb(-2)


def _number_of(kind: str, bound: Any, *, up: bool) -> int | float:
    """A bound as the number that a column keeps."""
    if kind == "money":
        return int((bound * 100).to_integral_value(ROUND_CEILING if up else ROUND_FLOOR))
    return int((bound - _DAY_ZERO).days) if kind == "date" else bound


# ---- which lists are open ---------------------------------------------------------------------------------------------

_OPEN: OrderedDict[Path, tuple[tuple[Any, ...], CustomerList]] = OrderedDict()
_OPENING: dict[Path, threading.Lock] = {}
_OPEN_GUARD = threading.Lock()


def open_list(project: Path, run: str | None = None, *, progress: Progress | None = None) -> CustomerList:
    """The customer list of a run as it may be shown now: after an objection, an erasure or another run before it, it is another one.

    Its files are made if they are missing, damaged or of something else; for a million customers this takes some seconds.
    """
    place = store.runs_folder(project.resolve()) / (run or store.current(project) or "")
    with _OPEN_GUARD:
        opening = _OPENING.setdefault(place, threading.Lock())
    with opening:
        seen = _seen(project)
        with _OPEN_GUARD:
            if (held := _OPEN.get(place)) and held[0] == seen and held[1].folder.is_dir():
                _OPEN.move_to_end(place)
                return held[1]
        found = _opened(project, store.read(project, run), progress)
        with _OPEN_GUARD:
            _OPEN[place] = (seen, found)
            while len(_OPEN) > _MOST_OPEN:
                _OPEN.popitem(last=False)
        return found


def _seen(project: Path) -> tuple[Any, ...]:
    """What a list depends on, without reading it: files are replaced as a whole, so another content is another file."""
    register = Register(project)
    register.finish()
    manifests = (store.runs_folder(project) / name / "manifest.json" for name in store.names(project))
    tables = (register.table_file(name) for name in ("objections", "erased"))
    found = []
    for path in (*manifests, *tables):
        with contextlib.suppress(OSError):
            state = path.stat()
            found.append((path.parent.name, path.name, state.st_ino, state.st_size, state.st_mtime_ns))
    return tuple(found)


def _opened(project: Path, source: store.Run, progress: Progress | None) -> CustomerList:
    for _ in range(_TRIES):
        objected = objectors(project)
        folder = files.build(project, source, progress)
        # An erasure may have taken the files away again: they are made anew, without the person.
        with contextlib.suppress(OSError, StorageError):
            return CustomerList(folder, storage.read_json(folder / files.CONTENT), source, objected)
        source = store.read(project, source.name)
    came = f"The customer list of run {source.name} was removed again and again while it was opened."
    raise StorageError(Problem(came, "a folder that nothing else clears.", "look what else works on this project.", file=str(project)))


def at_hand(project: Path, run: str | None = None) -> bool:
    """Whether a list can be had at once: it is open in this process, or its files are there."""
    place = store.runs_folder(project.resolve()) / (run or store.current(project) or "")
    seen = _seen(project)
    with _OPEN_GUARD:
        held = _OPEN.get(place)
    return bool(held and held[0] == seen and held[1].folder.is_dir()) or ready(project, run)


def ready(project: Path, run: str | None = None) -> bool:
    """Whether the list of a run can be opened without making its files."""
    source = store.read(project, run)
    return (files.place(project, source, files.stamp(project, source)) / files.CONTENT).is_file()


def build(project: Path, run: str | None = None, *, progress: Progress | None = None) -> None:
    """Makes the files of a run's list unless they are there: what the job after a valuation does."""
    files.build(project, store.read(project, run), progress)

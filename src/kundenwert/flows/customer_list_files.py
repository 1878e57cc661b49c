"""The files of the customer list under `PROJECT/index/<run>/`: one with a number a customer for each column, the orders of the customers
by them, and the texts; one with the whole list as Parquet, for exports.

They are made of a run in a hidden folder that takes its name when it is whole. The name is that of what they were made of: another run,
another program or an erasure asks for other files. Objections are not built in: who reads the files heeds them (`customer_list`).
"""

from __future__ import annotations

import hashlib
import mmap
import zlib
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, final

from kundenwert import __version__
from kundenwert.base.as_of import day_number
from kundenwert.engines import open_engine
from kundenwert.engines._engine import Reading
from kundenwert.errors import StorageError
from kundenwert.flows import contribution, index
from kundenwert.flows import ledger as ledgers
from kundenwert.flows.customer_list_columns import COLUMNS, MACROS, OF_RECORDS, OF_RUN, ORDERED, QUARTERS, UNKNOWN_CENTS, UNKNOWN_COUNT
from kundenwert.flows.customer_reasons import last_before
from kundenwert.flows.objection import ERASED
from kundenwert.flows.progress import Progress
from kundenwert.register.book import Register
from kundenwert.runs import storage, store
from kundenwert.settings import Duration

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from kundenwert.engines._engine import Engine
    from kundenwert.flows.customer_list_columns import ListColumn

CONTENT, NUMBERS, LIST = "index.json", "numbers.bin", "list.parquet"
_PREFIX = "customers-"
# Raised when the shape of the files changes.
_SHAPE = 1
_CHUNK = 1 << 22
# The list of a million customers is made within this; of more, a part waits on disk.
_MEMORY = "2GB"
# Arrays begin where any number of them may begin in memory.
_STEP = 64


def stamp(project: Path, source: store.Run) -> str:
    """What the files of a run were made of, as a short text."""
    register = Register(project)
    register.finish()
    earlier = last_before(project, source)
    made = hashlib.sha256(f"{_SHAPE}/{__version__}".encode())
    manifests = [run.folder / "manifest.json" for run in (source, earlier) if run is not None]
    for path in (*manifests, register.table_file("erased")):
        content = path.read_bytes() if path.is_file() else b""
        made.update(hashlib.sha256(content).digest())
    return made.hexdigest()[:20]


def place(project: Path, source: store.Run, now: str) -> Path:
    """Where the files of a run with this stamp lie, or would."""
    return index.folder_of(project, source.name) / f"{_PREFIX}{now}"


def whole(folder: Path) -> dict[str, Any] | None:
    """What the files in a folder hold, None where one is missing or damaged."""
    try:
        content: dict[str, Any] = storage.read_json(folder / CONTENT)
        fits = all(_sum_of(folder / name) == expected for name, expected in content["files"].items())
    except (StorageError, OSError, KeyError, TypeError, AttributeError):
        return None
    return content if fits else None


def build(project: Path, source: store.Run, progress: Progress | None = None) -> Path:
    """Makes the files of a run unless they are there and whole; returns their folder. Several may build at once: one of them is kept."""
    while True:
        now = stamp(project, source)
        folder = place(project, source, now)
        if whole(folder) is not None:
            break
        with (
            storage.building(folder.parent, "customers") as building,
            (progress or Progress()).phase("Laying out the customer list") as phase,
        ):
            phase.rows = _write(project, source, building)
            # What was read while somebody was erased may hold that person: then it is made again.
            if stamp(project, source) == now:
                _take_place(building, folder)
                break
        source = store.read(project, source.name)
    _remove_others(folder)
    return folder


def numbers(folder: Path, content: Mapping[str, Any]) -> dict[str, NDArray[Any]]:
    """The arrays of the list, read where they lie: the system keeps of them in memory what is read often."""
    import numpy as np

    with (folder / NUMBERS).open("rb") as file:
        memory = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    found = {}
    for name, (kind, shape, start) in content["arrays"].items():
        count = int(np.prod(shape))
        found[name] = np.frombuffer(memory, dtype=kind, count=count, offset=start).reshape(shape) if count else np.zeros(shape, dtype=kind)
    return found


def _take_place(building: Path, folder: Path) -> None:
    """Gives the files their name. Another process may have been faster, or what is there is damaged and gives way."""
    if folder.exists():
        if whole(folder) is not None:
            return
        storage.remove(folder)
    try:
        storage.rename(building, folder)
    except OSError:
        if whole(folder) is None:
            raise


def _remove_others(folder: Path) -> None:
    """Files that do not count any more. Who still reads them keeps reading them; on systems that forbid it they are removed later."""
    for other in folder.parent.glob(f"{_PREFIX}*"):
        if other != folder:
            storage.remove(other)


def _sum_of(path: Path) -> list[int]:
    """Bytes and checksum of a file: enough to find damage, not to find malice."""
    size = checksum = 0
    with path.open("rb") as file:
        while part := file.read(_CHUNK):
            size, checksum = size + len(part), zlib.crc32(part, checksum)
    return [size, checksum]


@final
class _Arrays:
    """Writes arrays one after the other into a file, and notes where each begins."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.places: dict[str, list[Any]] = {}
        self._file.write(b"kundenwert".ljust(_STEP))

    def add(self, name: str, values: NDArray[Any]) -> None:
        """Writes an array of any shape."""
        import numpy as np

        self._file.write(bytes(-self._file.tell() % _STEP))
        self.places[name] = [values.dtype.str, list(values.shape), self._file.tell()]
        np.ascontiguousarray(values).tofile(self._file)


# ---- what is written --------------------------------------------------------------------------------------------------


def _write(project: Path, source: store.Run, folder: Path) -> int:
    scratch = folder / "scratch"
    scratch.mkdir()
    with (
        open_engine(spill=scratch, memory=_MEMORY, threads=2) as engine,
        (folder / NUMBERS).open("wb") as file,
        storage.told(folder / NUMBERS),
    ):
        engine.script("value/customer_list/macros.sql")
        earlier = _open(engine, project, source)
        rows = engine.table("listed", "value/customer_list/listed.sql", erased=ERASED, earlier_as_of=earlier and earlier.as_of)
        engine.write(folder / LIST, "value/customer_list/kept.sql")
        arrays = _Arrays(file)
        columns = {column.name: found for column in COLUMNS if (found := _column(engine, arrays, column, rows)) is not None}
        _texts(engine, arrays, "searched", rows, Reading(("customer_id", "name", "city"), "list_searched"))
        arrays.add("quarters", _quarters(engine, rows))
    storage.remove(scratch)
    content = {
        "rows": rows,
        "columns": columns,
        "arrays": arrays.places,
        "earlier": earlier.name if earlier else None,
        "earlier_as_of": earlier.as_of.isoformat() if earlier else None,
        "year": _year(source),
        "quarter_ends": [day.isoformat() for day in _quarter_ends(source.as_of)[1:]],
        "files": {name: _sum_of(folder / name) for name in (NUMBERS, LIST)},
    }
    storage.write_json(folder / CONTENT, content)
    return rows


def _open(engine: Engine, project: Path, source: store.Run) -> store.Run | None:
    """Opens all that the list is made of; returns the run that it is compared with."""
    engine.remember("collective", list(source.manifest["settings"]["collective"]))
    engine.open_parquet("valued_customers", [source.customers], numbered=False)
    there = engine.columns("valued_customers")
    engine.project("list_columns", "valued_customers", _typed(OF_RUN, there))
    ledger = ledgers.folder_of(project) / source.manifest["ledger"]
    _open_records(engine, ledger)
    _open_quarters(engine, ledger, source.as_of)
    _open_contribution(engine, source)
    earlier = last_before(project, source)
    if earlier is not None:
        engine.open_parquet("earlier_customers", [earlier.customers], numbered=False)
    engine.view("list_earlier", "value/customer_list/earlier.sql" if earlier else "value/customer_list/no_earlier.sql")
    return earlier


def _typed(wanted: Mapping[str, str], there: Mapping[str, str]) -> dict[str, Reading]:
    """All columns that are wanted; those that are not there are empty."""
    return {name: Reading((name,) if name in there else (), type=kind) for name, kind in wanted.items()}


def _open_records(engine: Engine, ledger: Path) -> None:
    path = ledger / "customers.parquet"
    if path.is_file():
        engine.open_parquet("ledger_customers", [path], numbered=False)
    else:
        engine.load("ledger_customers", {"customer_id": [""]})
    there = engine.columns("ledger_customers")
    engine.project("list_records", "ledger_customers", _typed(dict.fromkeys(OF_RECORDS, "varchar"), there))


def _open_quarters(engine: Engine, ledger: Path, as_of: date) -> None:
    engine.open_parquet("ledger_lines", [ledger / "transactions.parquet"], numbered=False)
    engine.view("booked", "tables/booked_from_ledger.sql")
    ends = {f"day_{place}": day_number(day) for place, day in enumerate(_quarter_ends(as_of))}
    engine.table("list_quarters", "value/customer_list/quarters.sql", in_any_order=True, **ends)


def _quarter_ends(as_of: date) -> list[date]:
    """The day before the first of eight quarters of a year, and the last day of each of them; the last one ends on the as-of day."""
    after = as_of + timedelta(days=1)
    return [Duration(3 * back, "m").after(after, -1) - timedelta(days=1) if back else as_of for back in range(8, -1, -1)]


def _year(source: store.Run) -> int | None:
    has_result = source.manifest.get("contribution") is not None and (source.folder / contribution.FILE).is_file()
    return contribution.whole_year_of(source) if has_result else None


def _open_contribution(engine: Engine, source: store.Run) -> None:
    year = _year(source)
    if year is None:
        engine.view("list_contribution", "value/customer_list/no_contribution.sql")
        return
    engine.open_parquet("contribution", [source.folder / contribution.FILE], numbered=False)
    is_served = bool(source.manifest["contribution"]["is_served"])
    engine.table("list_contribution", "value/customer_list/contribution_of_year.sql", in_any_order=True, year=year, is_served=is_served)


# ---- one column -------------------------------------------------------------------------------------------------------


def _column(engine: Engine, arrays: _Arrays, column: ListColumn, rows: int) -> dict[str, Any] | None:
    """Writes what is kept of a column; None for one of which this run knows nothing."""
    if column.kind == "text":
        return _text(engine, arrays, column.name, rows)
    about: dict[str, Any] = {}
    if column.kind == "word":
        values, about["words"] = _codes(engine, column.name)
    else:
        values = _cells(engine, column.name, MACROS[column.kind])
    is_known = known(column.kind, values)
    about["known"] = int(is_known.sum())
    if not about["known"]:
        return None
    arrays.add(column.name, values)
    if column.kind != "flag":
        arrays.add(f"{column.name}/up", order_of(values, is_known))
        arrays.add(f"{column.name}/down", order_of(-values, is_known))
    if column.sums:
        about["sum"] = float(values[is_known].sum()) if column.kind == "number" else int(values[is_known].sum(dtype="int64"))
    return about


def known(kind: str, values: NDArray[Any]) -> NDArray[np.bool_]:
    """Where a column has a value; of flags, where they are set. Shape (n,)."""
    import numpy as np

    if kind == "flag":
        found = values.astype(bool)
    elif kind == "word":
        found = values >= 0
    elif kind in {"share", "number"}:
        found = ~np.isnan(values)
    else:
        found = values != (UNKNOWN_CENTS if kind == "money" else UNKNOWN_COUNT)
    return np.asarray(found, dtype=np.bool_)


def order_of(values: NDArray[Any], is_known: NDArray[np.bool_]) -> NDArray[np.uint32]:
    """The rows from the smallest to the largest value, equal ones by row; those without a value come last. Shape (n,)."""
    import numpy as np

    rows = np.flatnonzero(is_known)
    return np.concatenate([rows[np.argsort(values[rows], kind="stable")], np.flatnonzero(~is_known)]).astype(np.uint32)


def _cells(engine: Engine, name: str, macro: str) -> NDArray[Any]:
    engine.project("list_column", "listed", {"cell": Reading((name,), macro)})
    return _plain(engine.arrays("value/customer_list/column.sql")["cell"])


def _codes(engine: Engine, name: str) -> tuple[NDArray[np.int32], list[str]]:
    """The place of each customer's word among the words of a column, and these words in their order."""
    engine.project("list_column", "listed", {"row": Reading(("row",)), "cell": Reading((name,), type="varchar")})
    found = [str(row["cell"]) for row in engine.rows("value/customer_list/words.sql")]
    order = ORDERED.get(name, ())
    words = sorted(found, key=lambda word: (order.index(word) if word in order else len(order), word.casefold(), word))
    # A table needs a row to have a type; no customer has an empty word.
    engine.load("list_words", {"word": [*words, ""], "code": [*range(len(words)), -1]})
    return _plain(engine.arrays("value/customer_list/codes.sql")["cell"]), words


def _text(engine: Engine, arrays: _Arrays, name: str, rows: int) -> dict[str, Any] | None:
    """Keeps a column of texts and the order of the customers by it. Rows stand in the order of the numbers, which need none."""
    import numpy as np

    count = int(np.count_nonzero(_cells(engine, name, "list_length")))
    if not count and name != "customer_id":
        return None
    _texts(engine, arrays, name, rows, Reading((name,), type="varchar"))
    if name != "customer_id":
        steps = {"up": "value/customer_list/by_text_up.sql", "down": "value/customer_list/by_text_down.sql"}
        for direction, step in steps.items():
            found = engine.arrays(step)["row"]
            arrays.add(f"{name}/{direction}", _plain(found).astype(np.uint32))
    return {"known": count}


def _texts(engine: Engine, arrays: _Arrays, name: str, rows: int, how: Reading) -> None:
    """Keeps texts one after the other, and where each ends. Leaves view `list_column` with row and text."""
    import numpy as np

    engine.project("list_column", "listed", {"row": Reading(("row",)), "cell": how})
    lengths = _plain(engine.arrays("value/customer_list/lengths.sql")["cell"])
    ends = np.zeros(rows + 1, dtype=np.int64)
    np.cumsum(lengths, out=ends[1:])
    parts = [str(row["texts"] or "").encode() for row in engine.rows("value/customer_list/texts.sql")]
    arrays.add(f"{name}/texts", np.frombuffer(b"".join(parts), dtype=np.uint8))
    arrays.add(f"{name}/ends", ends)


def _quarters(engine: Engine, rows: int) -> NDArray[np.float32]:
    import numpy as np

    found = np.zeros((rows, len(QUARTERS)), dtype=np.float32)
    for number, name in enumerate(QUARTERS):
        found[:, number] = np.nan_to_num(_cells(engine, name, "list_number"))
    return found


def _plain(values: Any) -> NDArray[Any]:
    import numpy as np

    plain: NDArray[Any] = np.ma.getdata(values)
    return plain

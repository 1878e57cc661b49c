"""All rows of one customer at once: copies of the tables that its page reads, in small blocks, in `PROJECT/index/<run>/`.

The tables of a run and its ledger are packed in large parts: right for whoever reads all customers, slow for whoever reads one. The
copies are no part of the run. They can be made again at any time, and an erasure removes them; without them a page reads the tables.
"""

from __future__ import annotations

import hashlib
import io
import json
import zlib
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, final

from kundenwert import __version__
from kundenwert.engines import open_engine
from kundenwert.engines._engine import Reading
from kundenwert.errors import StorageError
from kundenwert.flows import contribution, index
from kundenwert.flows.ledger import folder_of
from kundenwert.flows.scores import FILE as SCORES
from kundenwert.register.book import Register
from kundenwert.runs import storage, store

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kundenwert.engines._engine import Engine

CONTENT, _MEASURES, _PREFIX = "rows.json", "measures.npy", "rows-"
# Raised when the shape of the files changes.
_SHAPE = 1
# A block holds so many rows, of wide tables fewer: then each is read in a few milliseconds.
_ROWS, _CELLS = 4096, 1 << 17
# More waits on disk.
_MEMORY = "2GB"

# Columns of the company's tables that a page reads, with their types where a file lacks them.
_RECORDS = {
    "customers": (
        *("customer_id", "name", "parent_id", "industry", "region", "postcode", "city", "street", "account_manager", "segment", "kind"),
        *("acquired_on", "channel", "do_not_contact"),
    ),
    "contacts": ("customer_id", "contact_id", "date", "channel", "purpose", "outcome", "person"),
    "complaints": ("customer_id", "complaint_id", "date", "category", "resolved_on", "outcome", "cost"),
    "measures": ("customer_id", "measure_id", "date", "kind", "treated", "cost"),
}
_TYPES = {"date": "DATE", "resolved_on": "DATE", "acquired_on": "DATE", "cost": "DECIMAL(18, 2)", "treated": "BOOLEAN"}
_VIEWS = {"customers": "page_records", "contacts": "page_contacts", "complaints": "page_complaints", "measures": "page_measures"}
# Name of a copy, the view, the column by which it is looked up: records by their own number, and by that of who stands above.
_COPIES = (
    *((view, view, "customer_id") for view in ("valued_customers", "contribution", "scores", *_VIEWS.values())),
    ("page_kin", "page_records", "parent_id"),
)


class DamagedError(Exception):
    """A copy is not what was written; it is of no use any more."""


def open_tables(engine: Engine, project: Path, source: store.Run) -> frozenset[str]:
    """Opens all that the page of a customer reads as views; returns those of which the run knows nothing and that are not there."""
    ledger = folder_of(project) / source.manifest["ledger"]
    engine.remember("collective", list(source.manifest["settings"]["collective"]))
    engine.open_parquet("valued_customers", [source.customers], numbered=False)
    engine.open_parquet("ledger_lines", [ledger / "transactions.parquet"], numbered=False)
    engine.view("booked", "tables/booked_from_ledger.sql")
    for table, columns in _RECORDS.items():
        _open_records(engine, ledger, table, columns)
    missing = set()
    for view, file in (("scores", SCORES), ("contribution", contribution.FILE)):
        if (source.folder / file).is_file():
            engine.open_parquet(view, [source.folder / file], numbered=False)
        else:
            missing.add(view)
    return frozenset(missing)


def _open_records(engine: Engine, ledger: Path, table: str, columns: Sequence[str]) -> None:
    """A view of a table of the company with exactly these columns, empty where the company gave none."""
    path, view = ledger / f"{table}.parquet", _VIEWS[table]
    if path.is_file():
        engine.open_parquet(f"kept_{table}", [path], numbered=False)
    else:
        engine.load(f"kept_{table}", {"customer_id": [""]})
    there = engine.columns(f"kept_{table}")
    engine.project(
        view, f"kept_{table}", {name: Reading((name,) if name in there else (), type=_TYPES.get(name, "VARCHAR")) for name in columns}
    )


# ---- looked up --------------------------------------------------------------------------------------------------------


@final
class CustomerRows:
    """The opened copies of a run, for one reader at a time."""

    def __init__(self, folder: Path) -> None:
        content = storage.read_json(folder / CONTENT)
        self.folder = folder
        self._blocks: Mapping[str, Mapping[str, Sequence[Any]]] = content["tables"]
        self._files = {name: (folder / f"{name}.rows").open("rb") for name in self._blocks}

    def has(self, view: str) -> bool:
        """Whether there is a copy of a view."""
        return view in self._blocks

    def table(self, view: str, key: str) -> Any:
        """The rows of a customer in a view as a pyarrow table, in the order of the view. Raises DamagedError."""
        import pyarrow

        first = self._blocks[view]["first"]
        number = max(bisect_left(first, key) - 1, 0)
        found = [self._of_block(view, number, key)]
        while number + 1 < len(first) and first[number + 1] <= key:
            number += 1
            found.append(self._of_block(view, number, key))
        return pyarrow.concat_tables(found) if len(found) > 1 else found[0]

    def rows(self, view: str, key: str) -> list[dict[str, Any]]:
        """The same, a dict a row."""
        found: list[dict[str, Any]] = self.table(view, key).to_pylist()
        return found

    def measures(self) -> NDArray[Any]:
        """What all customers are ranked by, from low to high. Shape (n,)."""
        import numpy as np

        try:
            found: NDArray[Any] = np.load(self.folder / _MEASURES, mmap_mode="r")
        except (OSError, ValueError) as err:
            raise DamagedError(str(err)) from err
        return found

    def close(self) -> None:
        """Closes the files."""
        for file in self._files.values():
            file.close()

    def _of_block(self, view: str, number: int, key: str) -> Any:
        import pyarrow
        from pyarrow import compute

        blocks, file = self._blocks[view], self._files[view]
        try:
            file.seek(blocks["start"][number])
            packed = file.read(blocks["size"][number])
            if zlib.crc32(packed) != blocks["sum"][number]:
                raise DamagedError(view)
            block = pyarrow.ipc.open_stream(packed).read_all()
        except (OSError, pyarrow.ArrowException) as err:
            raise DamagedError(view) from err
        places = compute.indices_nonzero(compute.equal(block.column(0), key))
        first = places[0].as_py() if len(places) else 0
        return block.slice(first, len(places)).drop_columns([block.column_names[0]])


def opened(project: Path, run: str) -> CustomerRows | None:
    """The copies of a run; None where they were not made, are of another state, or cannot be read."""
    folder = place(project, run)
    if not is_whole(folder):
        return None
    try:
        return CustomerRows(folder)
    except (StorageError, OSError, KeyError, TypeError):
        return None


def ready(project: Path, run: str) -> bool:
    """Whether there are copies of a run."""
    return is_whole(place(project, run))


def is_of(folder: Path, project: Path, run: str) -> bool:
    """Whether a folder of copies is the one that counts for a run now."""
    return folder == place(project, run) and is_whole(folder)


def is_whole(folder: Path) -> bool:
    """Whether a folder of copies is complete: its content is written last, and each block proves itself when it is read."""
    return (folder / CONTENT).is_file()


def place(project: Path, run: str) -> Path:
    """Where the copies of a run lie in its present state, or would."""
    register = Register(project)
    register.finish()
    made = hashlib.sha256(f"{_SHAPE}/{__version__}".encode())
    for path in (store.runs_folder(project) / run / "manifest.json", register.table_file("erased")):
        made.update(hashlib.sha256(path.read_bytes() if path.is_file() else b"").digest())
    return index.folder_of(project, run) / f"{_PREFIX}{made.hexdigest()[:20]}"


# ---- made -------------------------------------------------------------------------------------------------------------


def build(project: Path, run: str) -> None:
    """Makes the copies of a run unless they are there. Several may build at once: one of them is kept."""
    while not is_whole(folder := place(project, run)):
        with storage.building(folder.parent, "rows") as building, storage.told(building):
            _write(project, store.read(project, run), building)
            # What was read while somebody was erased may hold that person: then it is made again.
            if place(project, run) == folder:
                _take_place(building, folder)
    for other in folder.parent.glob(f"{_PREFIX}*"):
        if other != folder:
            storage.remove(other)


def _take_place(building: Path, folder: Path) -> None:
    """Gives the copies their name. Another process may have been faster, or what is there is not whole and gives way."""
    if folder.exists() and not is_whole(folder):
        storage.remove(folder)
    try:
        storage.rename(building, folder)
    except OSError:
        if not is_whole(folder):
            raise


def _write(project: Path, source: store.Run, folder: Path) -> None:
    import numpy as np

    scratch = folder / "scratch"
    scratch.mkdir()
    with open_engine(spill=scratch, memory=_MEMORY, threads=2) as engine:
        missing = open_tables(engine, project, source)
        tables = {name: _write_table(engine, folder / f"{name}.rows", view, key) for name, view, key in _COPIES if view not in missing}
        np.save(folder / _MEASURES, np.ma.getdata(engine.arrays("value/customer_page/measures.sql")["measure"]))
    storage.remove(scratch)
    storage.write_text(folder / CONTENT, json.dumps({"tables": tables}) + "\n")


def _write_table(engine: Engine, path: Path, view: str, key: str) -> dict[str, list[Any]]:
    """Writes a view sorted by a column; returns the first key, the place, the size and the checksum of each block."""
    columns = {name: Reading((name,)) for name in engine.columns(view)}
    engine.project("looked_up", view, {"looked_up_by": Reading((key,), type="VARCHAR"), **columns})
    blocks: dict[str, list[Any]] = {"first": [], "start": [], "size": [], "sum": []}
    reader = engine.parts("value/customer_page/looked_up.sql", min(_ROWS, _CELLS // len(columns)))
    with path.open("wb") as file:
        for part in reader:
            _write_block(file, blocks, part.schema, [part], part.column(0)[0].as_py())
        if not blocks["first"]:
            _write_block(file, blocks, reader.schema, [], "")
    return blocks


def _write_block(file: Any, blocks: dict[str, list[Any]], schema: Any, parts: Sequence[Any], first: str) -> None:
    import pyarrow

    packed = io.BytesIO()
    with pyarrow.ipc.new_stream(packed, schema, options=pyarrow.ipc.IpcWriteOptions(compression="zstd")) as stream:
        for part in parts:
            stream.write_batch(part)
    content = packed.getvalue()
    for name, value in (("first", first), ("start", file.tell()), ("size", len(content)), ("sum", zlib.crc32(content))):
        blocks[name].append(value)
    file.write(content)


__all__ = ["CustomerRows", "DamagedError", "build", "is_of", "open_tables", "opened", "ready"]

"""In-memory tables: pandas, polars and Arrow objects. They are read and never changed."""

from __future__ import annotations

import hashlib
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, final

from kundenwert.errors import CallError, Problem, UnreadableInput
from kundenwert.records import InputFile
from kundenwert.sources._frames import keyed, open_frame, plain_columns
from kundenwert.sources._records import Fact, Looked, Table, Wanted, short

if TYPE_CHECKING:
    from kundenwert.engines._engine import Engine


@final
class Frame:
    """A pandas, polars or Arrow object."""

    kinds = ("frame",)

    def look(self, engine: Engine, source: Any, wanted: Wanted, scratch: Path, *, kind: str, hashed: bool) -> Looked:
        names, table = _arrow(source)
        if not table.num_rows or not table.num_columns:
            raise UnreadableInput(Problem("The frame is empty.", "at least one line of data.", "hand over the sales lines.", file="frame"))
        table, zones = _local(keyed(table))
        package = type(source).__module__.split(".")[0]
        name = f"{package} {type(source).__name__}"
        facts = (Fact("format", name, "it was handed over as that"), *_zone_facts(zones))
        file = InputFile(name, table.nbytes, _hash(table, names) if hashed else "", 0)
        return Looked(Table(plain_columns(names, table), partial(open_frame, frame=table), facts), file)


def _arrow(source: Any) -> tuple[list[str], Any]:
    """Column names and an Arrow table of the frame's cells."""
    package = type(source).__module__.split(".")[0]
    if package == "pandas" and hasattr(source, "columns"):
        return _of_pandas(source)
    if package == "polars":
        source = source.collect() if hasattr(source, "collect") else source
        table = source.to_arrow() if hasattr(source, "columns") else None
    else:
        table = _of_capsule(source)
    if table is None:
        raise CallError(f"A source is a path or a pandas, polars or Arrow table, not {short(type(source).__name__)!r}.")
    return list(table.column_names), table


def _of_capsule(source: Any) -> Any:
    import pyarrow

    if isinstance(source, pyarrow.RecordBatchReader):
        return source.read_all()
    return pyarrow.table(source) if hasattr(source, "__arrow_c_stream__") or hasattr(source, "__arrow_c_array__") else None


def _of_pandas(source: Any) -> tuple[list[str], Any]:
    import pyarrow

    # An index with a name is a column that somebody set aside; a nameless one only counts.
    frame = source.reset_index() if any(name is not None for name in source.index.names) else source
    names = [str(name) for name in frame.columns]
    columns = [_of_series(frame.iloc[:, place], name) for place, name in enumerate(names)]
    return names, pyarrow.table(columns, names=[f"c{place}" for place in range(len(names))])


def _of_series(series: Any, name: str) -> Any:
    import pyarrow

    try:
        return _chunked(pyarrow.Array.from_pandas(series))
    except (pyarrow.ArrowInvalid, pyarrow.ArrowTypeError, pyarrow.ArrowNotImplementedError):
        # Cells of several kinds in one column: as text each stays what it is.
        return _chunked(pyarrow.Array.from_pandas(series.astype("string")))


def _chunked(cells: Any) -> Any:
    import pyarrow

    return cells if isinstance(cells, pyarrow.ChunkedArray) else pyarrow.chunked_array([cells])


def _local(table: Any) -> tuple[Any, list[str]]:
    """Moments with a zone as the day and time on the clock of that zone."""
    import pyarrow.compute as compute
    import pyarrow.types as types

    zones = []
    for place, field in enumerate(table.schema):
        if types.is_timestamp(field.type) and field.type.tz is not None:
            zones.append(str(field.type.tz))
            table = table.set_column(place, field.name, compute.local_timestamp(table.column(place)))
    return table, zones


def _zone_facts(zones: list[str]) -> tuple[Fact, ...]:
    if not zones:
        return ()
    return (Fact("zone", ", ".join(sorted(set(zones))), "days are those of the zone that the moments carry"),)


class _Digest:
    """A file to which Arrow writes and that keeps nothing but a hash."""

    closed = False

    def __init__(self) -> None:
        self.sha256 = hashlib.sha256()

    def write(self, block: Any) -> int:
        self.sha256.update(block)
        return len(block)

    def writable(self) -> bool:
        return True

    def readable(self) -> bool:
        return False

    def seekable(self) -> bool:
        return False

    def flush(self) -> None:
        """Nothing waits to be written."""

    def close(self) -> None:
        """Nothing is open."""


def _hash(table: Any, names: list[str]) -> str:
    """A hash of names and cells, so that a frame of other content is another input."""
    import pyarrow

    digest = _Digest()
    digest.sha256.update("\x1f".join(names).encode())
    with pyarrow.PythonFile(digest, mode="w") as sink, pyarrow.ipc.new_stream(sink, table.schema) as stream:
        stream.write_table(table)
    return digest.sha256.hexdigest()


PLUGIN = Frame

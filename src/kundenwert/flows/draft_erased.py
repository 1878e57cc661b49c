"""Files that wait in an import when a person is erased from the project they are for: do they name that person?

An erasure does not know of imports. So each draft remembers how many erasures its project had when its files were last looked through.
"""

from __future__ import annotations

import gzip
import itertools
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from kundenwert.engines import open_engine
from kundenwert.flows import scrubbing
from kundenwert.register import erased as known
from kundenwert.runs import storage

if TYPE_CHECKING:
    from kundenwert.flows.draft import Draft, DraftFile

_FILE = "erasures.json"
_LINES_AT_ONCE = 50_000
# What parts the cells of a line, as in register/erased.py.
_CELLS = r'[;,\t|"]'


def note_erasures(draft: Draft) -> None:
    """Remembers that the files of a draft heed all erasures there are so far."""
    storage.write_json(draft.folder / _FILE, {"erasures": _count(draft)})


def is_overtaken(draft: Draft) -> bool:
    """Whether somebody was erased from the draft's project since its files were last looked through."""
    if not draft.project or not Path(draft.project).is_dir():
        return False
    file = draft.folder / _FILE
    return _count(draft) > (storage.read_json(file)["erasures"] if file.is_file() else 0)


def names_erased(draft: Draft) -> bool:
    """Whether a file of the draft names a person who was erased from its project, as a whole cell or in two cells side by side.

    If none does, the draft remembers that it was looked through.
    """
    persons = known.erased(Path(draft.project)) if draft.project else None
    if persons is None:
        return False
    with open_engine(threads=1) as engine:
        scrubbing.prepare(engine, persons)
        for entry in draft.files:
            for cells in _cells(draft.path(entry.name), entry):
                engine.open_frame("waiting", cells)
                if scrubbing.names_in(engine, "waiting", "raw"):
                    return True
    storage.write_json(draft.folder / _FILE, {"erasures": persons.rows})
    return False


def _count(draft: Draft) -> int:
    persons = known.erased(Path(draft.project)) if draft.project else None
    return persons.rows if persons else 0


def _cells(path: Path, entry: DraftFile) -> Iterator[Any]:
    """The different cells of a file, and the pairs of words in neighbouring ones, block by block: tables with a column `raw`."""
    import pyarrow
    import pyarrow.compute as compute

    for cells in _blocks(path, entry):
        trimmed = compute.utf8_trim_whitespace(cells)
        pairs = compute.binary_join_element_wise(trimmed[:-1], trimmed[1:], " ")
        # Names have no digits; the pairs of all figures would be as many as the cells.
        pairs = pairs.filter(compute.match_substring_regex(pairs, r"^[^0-9]+$"))
        found = compute.unique(pyarrow.concat_arrays([trimmed, pairs]))
        yield pyarrow.table({"raw": found.filter(compute.not_equal(found, ""))})


def _blocks(path: Path, entry: DraftFile) -> Iterator[Any]:
    if path.suffix.lower() == ".xlsx":
        yield from _of_workbook(path)
    elif path.suffix.lower() in {".parquet", ".pq"}:
        yield from _of_parquet(path)
    else:
        yield from _of_text(path, entry)


def _of_text(path: Path, entry: DraftFile) -> Iterator[Any]:
    import pyarrow
    import pyarrow.compute as compute

    with _opened(path, entry) as stream:
        while lines := list(itertools.islice(stream, _LINES_AT_ONCE)):
            # A name that holds what parts cells is found as a pair of them.
            yield compute.split_pattern_regex(pyarrow.array(lines, pyarrow.string()), _CELLS).flatten()


def _opened(path: Path, entry: DraftFile) -> IO[str]:
    encoding = str(entry.options.get("encoding", "")) or _encoding(path)
    if path.suffix.lower() == ".gz":
        return gzip.open(path, "rt", encoding=encoding, errors="replace")
    return path.open(encoding=encoding, errors="replace")


def _encoding(path: Path) -> str:
    with gzip.open(path) if path.suffix.lower() == ".gz" else path.open("rb") as stream:
        head = stream.read(1 << 20)
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    try:
        # The sample may end within a letter.
        head[: len(head) - 4 if len(head) > 4 else None].decode("utf-8")
    except UnicodeDecodeError as err:
        return "utf-8-sig" if err.start >= len(head) - 8 else "cp1252"
    return "utf-8-sig"


def _of_workbook(path: Path) -> Iterator[Any]:
    import fastexcel
    import pyarrow

    reader = fastexcel.read_excel(path.read_bytes())
    for title in reader.sheet_names:
        sheet = reader.load_sheet(title, header_row=None, skip_rows=0, dtypes="string")
        if sheet.width:
            yield from _rowwise(pyarrow.Table.from_batches([sheet.to_arrow()]))


def _of_parquet(path: Path) -> Iterator[Any]:
    import pyarrow
    from pyarrow import parquet

    with parquet.ParquetFile(path) as file:
        for batch in file.iter_batches(batch_size=_LINES_AT_ONCE):
            yield from _rowwise(pyarrow.Table.from_batches([batch]))


def _rowwise(table: Any) -> Iterator[Any]:
    """All cells as text, each column after the other, and beside each its neighbour to the right."""
    import pyarrow.compute as compute

    texts = [_texts(column.combine_chunks()) for column in table.columns]
    yield from texts
    for one, other in itertools.pairwise(texts):
        yield compute.unique(compute.binary_join_element_wise(one, other, " "))


def _texts(column: Any) -> Any:
    """A column as text. What has no text of its own (lists, structures, bytes) is written out: a name may stand in it."""
    import pyarrow
    import pyarrow.compute as compute

    try:
        return compute.fill_null(column.cast(pyarrow.string()), "")
    except (pyarrow.ArrowInvalid, pyarrow.ArrowNotImplementedError):
        return pyarrow.array(" ".join(_leaves(value)) for value in column.to_pylist())


def _leaves(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        value = list(value.values())
    if isinstance(value, list | tuple):
        for one in value:
            yield from _leaves(one)
    elif value is not None:
        yield value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)

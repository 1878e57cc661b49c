"""The embedded engine: DuckDB in this process. Nothing to set up, never uses the network."""

from __future__ import annotations

import contextlib
import glob
import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, final

import duckdb

from kundenwert.engines._engine import Delimited, Engine, Reading, checked_name, step_text
from kundenwert.errors import Problem, StorageError, UnreadableInput

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_MEGABYTE = 1 << 20
# A record may be long (a note in a cell), but a gigabyte without a line end is no table.
_LONGEST_RECORD = 16 * _MEGABYTE
# How Parquet is written. Compact: numbers are packed as differences. Fast: only columns with few different values get a dictionary, which
# writes a value table in two thirds of the time and makes it a twentieth larger.
_COMPACT, _FAST = "compression zstd, parquet_version v2", "compression snappy, dictionary_size_limit 2000"


@contextlib.contextmanager
def _told(doing: str) -> Iterator[None]:
    """Turns what the driver says of the machine (disk, memory, rights) into a problem with a remedy."""
    try:
        yield
    except duckdb.OutOfMemoryException as err:
        raise StorageError(
            Problem(
                f"The memory or the disk for intermediate results is used up ({doing}).",
                "room for the largest intermediate table.",
                "raise the setting `memory`, or point the setting `spill` to a folder with free space.",
            )
        ) from err
    except (duckdb.IOException, OSError) as err:
        first = str(err).splitlines()[0]
        raise StorageError(
            Problem(f"{first} ({doing}).", "a file or folder that can be read and written.", "check path, rights and free space.")
        ) from err


@final
class DuckDb(Engine):
    """One in-memory DuckDB connection; results leave it as Parquet, CSV, arrays or a few rows."""

    def __init__(self, *, spill: Path | None = None, memory: str | None = None, threads: int | None = None) -> None:
        config: dict[str, Any] = {
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
        }
        if memory:
            config["memory_limit"] = memory
        # Two threads a core: the engine then cuts its work into smaller parts, which stay in the cache.
        config["threads"] = threads or 2 * (os.cpu_count() or 1)
        if spill:
            config["temp_directory"] = str(spill)
        self._connection = duckdb.connect(config=config)

    def script(self, path: str) -> None:
        self._connection.execute(step_text(path))

    def remember(self, name: str, value: Any) -> None:
        self._connection.execute(f"set variable {checked_name(name)} = $value", {"value": value})

    def table(self, name: str, step: str, *, in_any_order: bool = False, **values: Any) -> int:
        with _told(step), self._any_order(wanted=in_any_order):
            return self._copy(f"create or replace temp table {checked_name(name)} as {step_text(step)}", values)

    def view(self, name: str, step: str) -> None:
        self._connection.execute(f"create or replace temp view {checked_name(name)} as {step_text(step)}")

    def rows(self, step: str, **values: Any) -> list[dict[str, Any]]:
        with _told(step):
            result = self._run(step_text(step), values)
            names = [column[0] for column in result.description or ()]
            return [dict(zip(names, row, strict=True)) for row in result.fetchall()]

    def arrays(self, step: str, **values: Any) -> dict[str, NDArray[Any]]:
        with _told(step):
            arrays: dict[str, Any] = self._run(step_text(step), values).fetchnumpy()
            return arrays

    def arrow(self, step: str, **values: Any) -> Any:
        with _told(step):
            return self._connection.sql(step_text(step), params=dict(values) or None).to_arrow_table()

    def parts(self, step: str, rows: int, **values: Any) -> Any:
        with _told(step):
            return self._connection.sql(step_text(step), params=dict(values) or None).to_arrow_reader(rows)

    def load(self, name: str, columns: Mapping[str, NDArray[np.generic] | Sequence[Any]]) -> None:
        import numpy

        arrays = {column: numpy.asarray(values) for column, values in columns.items()}
        self._connection.register("_loading", arrays)
        self._connection.execute(f"create or replace temp table {checked_name(name)} as select * from _loading")
        self._connection.unregister("_loading")

    def columns(self, name: str) -> dict[str, str]:
        # A view answers here as a table does.
        relation = self._connection.table(checked_name(name))
        return {column: str(kind) for column, kind in zip(relation.columns, relation.types, strict=True)}

    def open_delimited(self, name: str, path: Path, how: Delimited) -> None:
        relation = self._delimited(path, how, store_rejects=False)
        self._show(name, relation.project("*, row_number() over () as record"))

    def unreadable(self, name: str, path: Path, how: Delimited) -> int:
        with _told(path.name):
            self._connection.execute("drop table if exists reject_errors; drop table if exists reject_scans")
            self._delimited(path, how, store_rejects=True).aggregate("count(*)").fetchall()
        return self.table(name, "engines/unreadable.sql")

    def open_parquet(self, name: str, paths: Sequence[Path], *, numbered: bool = True) -> None:
        files = [_literal(path) for path in paths]
        with self._readable(paths[0]):
            relation = self._connection.from_parquet(files, file_row_number=numbered)
        if numbered:
            # A column of the file that is called record gives way to the number of the record.
            own = ", record" if "record" in relation.columns else ""
            relation = relation.project(f"* exclude (file_row_number{own}), file_row_number + 1 as record")
        self._show(name, relation)

    def open_frame(self, name: str, frame: Any) -> None:
        relation = self._connection.from_arrow(frame)
        self._show(name, relation.project("*, row_number() over () as record"))

    def project(self, name: str, source: str, readings: Mapping[str, Reading]) -> None:
        relation = self._connection.view(checked_name(source))
        self._show(name, relation.project(*(_expression(reading).alias(column) for column, reading in readings.items())))

    def union(self, name: str, sources: Sequence[str]) -> None:
        text = " union all ".join(f"select * from {checked_name(source)}" for source in sources)
        self._connection.execute(f"create or replace temp view {checked_name(name)} as {text}")

    def beside(self, name: str, main: str, others: Sequence[str], key: str) -> None:
        main, others, key = checked_name(main), [checked_name(other) for other in others], checked_name(key)
        alike = {other for other in others if self._is_in_step(main, other, key)}
        # Places before keys: what stands to the right of a join by key may come in another order.
        ways = sorted(others, key=lambda other: other not in alike)
        columns = "".join(f", {other}.* exclude ({key})" for other in others)
        joins = "".join(
            f" positional join {other}" if other in alike else f" left join {other} on {main}.{key} = {other}.{key}" for other in ways
        )
        text = f"{main}.*{columns} from {main}{joins}"
        self._connection.execute(f"create or replace temp view {checked_name(name)} as select {text}")

    def write(self, path: Path, step: str, *, compact: bool = False, about: Mapping[str, str] | None = None, **values: Any) -> int:
        about = about or {}
        header = ", ".join(f"{checked_name(name)}: $about_{name}" for name in about)
        options = f"format parquet, {_COMPACT if compact else _FAST}" + (f", kv_metadata {{{header}}}" if header else "")
        bound = {"path": str(path), **values, **{f"about_{name}": text for name, text in about.items()}}
        with _told(path.name):
            return self._copy(f"copy ({step_text(step)}) to $path ({options})", bound)

    def write_csv(self, path: Path, step: str, *, delimiter: str = ",", **values: Any) -> int:
        with _told(path.name):
            text = f"copy ({step_text(step)}) to $path (format csv, header, delimiter '{delimiter}')"
            return self._copy(text, {"path": str(path), **values})

    def rename(self, name: str, new_name: str) -> None:
        self._of_kind(f"alter {{kind}} {checked_name(name)} rename to {checked_name(new_name)}")

    def drop(self, name: str) -> None:
        self._of_kind(f"drop {{kind}} if exists {checked_name(name)}")

    def close(self) -> None:
        self._connection.close()

    @contextlib.contextmanager
    def _any_order(self, *, wanted: bool) -> Iterator[None]:
        if not wanted:
            yield
            return
        self._connection.execute("set preserve_insertion_order = false")
        try:
            yield
        finally:
            self._connection.execute("set preserve_insertion_order = true")

    def _run(self, text: str, values: Mapping[str, Any]) -> duckdb.DuckDBPyConnection:
        return self._connection.execute(text, dict(values) or None)

    def _copy(self, text: str, values: Mapping[str, Any]) -> int:
        # fetchall: an unfinished result would block the connection.
        return int(self._run(text, values).fetchall()[0][0])

    def _is_in_step(self, main: str, other: str, key: str) -> bool:
        """Whether the n-th row of the one has the key of the n-th row of the other, down to the last of both."""
        # Tables know how many rows they hold: most pairs are told apart by that.
        text = f"(from {main} select count(*)) = (from {other} select count(*))"
        ((are_as_many,),) = self._connection.execute(f"select {text}").fetchall()
        text = f"{main} positional join {other} where {main}.{key} is distinct from {other}.{key}"
        return are_as_many and not self._connection.execute(f"select 1 from {text} limit 1").fetchall()

    def _show(self, name: str, relation: duckdb.DuckDBPyRelation) -> None:
        """Makes a view. A temporary table or view of that name would hide it, so that goes first."""
        self._of_kind(f"drop {{kind}} if exists temp.{checked_name(name)}")
        relation.create_view(checked_name(name))

    def _of_kind(self, text: str) -> None:
        """Runs a statement about a table or view; asking the catalogue which it is takes longer than trying."""
        try:
            self._connection.execute(text.format(kind="table"))
        except duckdb.CatalogException:
            self._connection.execute(text.format(kind="view"))

    def _delimited(self, path: Path, how: Delimited, *, store_rejects: bool) -> duckdb.DuckDBPyRelation:
        with self._readable(path):
            return self._connection.read_csv(
                _literal(path),
                sep=how.delimiter,
                quotechar=how.quote,
                escapechar=how.quote,
                skiprows=how.skip,
                header=False,
                auto_detect=False,
                columns={f"c{index}": "VARCHAR" for index in range(how.columns)},
                max_line_size=_LONGEST_RECORD,
                strict_mode=True,
                ignore_errors=True,
                store_rejects=store_rejects or None,
                rejects_limit=0 if store_rejects else None,
            )

    @contextlib.contextmanager
    def _readable(self, path: Path) -> Iterator[None]:
        try:
            yield
        except duckdb.Error as err:
            first = str(err).splitlines()[0]
            raise UnreadableInput(
                Problem(f"The file cannot be opened: {first}", "a whole, undamaged file.", "export it again.", file=path.name)
            ) from err


def _literal(path: Path) -> str:
    # The driver takes * ? [ in a name for a pattern: "sales [2024].csv" would be another file.
    return glob.escape(str(path))


def _expression(reading: Reading) -> duckdb.Expression:
    cells = [duckdb.ColumnExpression(column) for column in reading.columns]
    constants = [duckdb.ConstantExpression(argument) for argument in reading.arguments]
    if reading.how:
        expression = duckdb.FunctionExpression(reading.how, *cells, *constants)
    else:
        expression = (cells or constants or [duckdb.ConstantExpression(None)])[0]
    return expression.cast(duckdb.type(reading.type)) if reading.type else expression


PLUGIN = DuckDb

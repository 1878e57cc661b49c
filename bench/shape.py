"""That floor and value write the same kind of table: `python -m bench.shape FLOOR VALUE` stops with the difference if they do not.

Columns, types, compression and number of rows are the same, and both stand in the order of the ids as text.
"""

from __future__ import annotations

import sys

import duckdb

COLUMNS = "select column_name, column_type from (describe from read_parquet($path))"
PACKING = "select distinct compression from parquet_metadata($path)"
_KIND = ("columns", "compression")
ROWS = """
select count(*), count(*) filter (where customer_id < before)
from (
    select customer_id, lag(customer_id) over (order by file_row_number) as before
    from read_parquet($path, file_row_number = true)
)
"""


def main(floor: str, value: str) -> None:
    with duckdb.connect() as connection:
        connection.execute("set enable_progress_bar = false")
        shapes = [_shape(connection, path) for path in (floor, value)]
    for what in shapes[0]:
        if shapes[0][what] != shapes[1][what]:
            raise SystemExit(f"The tables of floor and value differ in {what}: {shapes[0][what]} and {shapes[1][what]}.")
    if shapes[0]["out of order"]:
        raise SystemExit(f"{shapes[0]['out of order']:,} rows are out of order.")


def columns_alike(floor: str, value: str) -> None:
    """Stops with the difference if columns, types or compression differ; rows may."""
    with duckdb.connect() as connection:
        connection.execute("set enable_progress_bar = false")
        shapes = [{what: found for what, found in _shape(connection, path).items() if what in _KIND} for path in (floor, value)]
    for what in _KIND:
        if shapes[0][what] != shapes[1][what]:
            raise SystemExit(f"The tables of floor and value differ in {what}: {shapes[0][what]} and {shapes[1][what]}.")


def _shape(connection: duckdb.DuckDBPyConnection, path: str) -> dict[str, object]:
    columns, packing, ((rows, descents),) = (connection.execute(sql, {"path": path}).fetchall() for sql in (COLUMNS, PACKING, ROWS))
    return {"columns": columns, "compression": packing, "rows": rows, "out of order": descents}


if __name__ == "__main__":
    main(*sys.argv[1:])

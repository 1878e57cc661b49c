"""The unavoidable work: `python -m bench.floor FILE OUT MEMORY THREADS` reads, groups by customer once and writes one row a customer.

The table has the columns, types and order of customers.parquet; where kundenwert computes there are constants.
"""

from __future__ import annotations

import sys
from pathlib import Path

import duckdb

SQL = Path(__file__).with_suffix(".sql")


def main(lines: str, out: str, memory: str, threads: str) -> None:
    spill = Path(out).with_suffix(".spill")
    with duckdb.connect(config={"memory_limit": memory, "threads": int(threads), "temp_directory": str(spill)}) as connection:
        text = SQL.read_text(encoding="utf-8").strip().rstrip(";")
        connection.execute(f"copy ({text}) to $out (format parquet, compression snappy)", {"lines": lines, "out": out})


if __name__ == "__main__":
    main(*sys.argv[1:])

"""Raw files and frames -> lines of one shape. One file a format; what starts with `_` serves them all.

>>> # looked = inspect(engine, "sales.csv", Wanted(), scratch=folder)
>>> # open_lines(engine, looked, "lines")
"""

from __future__ import annotations

from kundenwert.sources._bytes import kind_of, kind_of_bytes
from kundenwert.sources._company import inspect_table, open_table
from kundenwert.sources._detect import Detected, checked_table, detect, head, tables
from kundenwert.sources._first_rows import FirstRows, first_rows
from kundenwert.sources._inspect import inspect, open_lines
from kundenwert.sources._names import Named, roles_of, said_by_names
from kundenwert.sources._records import Column, Fact, Guess, Inspected, Table, Wanted, raised

__all__ = [
    "Column",
    "Detected",
    "Fact",
    "FirstRows",
    "Guess",
    "Inspected",
    "Named",
    "Table",
    "Wanted",
    "checked_table",
    "detect",
    "first_rows",
    "head",
    "inspect",
    "inspect_table",
    "kind_of",
    "kind_of_bytes",
    "open_lines",
    "open_table",
    "raised",
    "roles_of",
    "said_by_names",
    "tables",
]

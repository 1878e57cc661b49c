"""A shop that is valued once for all tests of formulas, and the modules of invented logs (importlib mode knows no neighbours)."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from kundenwert.flows.progress import Progress
from kundenwert.flows.reading import Input
from kundenwert.flows.value_file import ValuedFile, value_file
from kundenwert.sources import Wanted

TESTS = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(TESTS / "base"), str(TESTS / "flows"), str(TESTS / "value")]


@dataclass(frozen=True)
class Table:
    """A written value table with what stands behind it."""

    valued: ValuedFile
    rows: list[dict[str, Any]]

    def column(self, name: str) -> list[Any]:
        return [row[name] for row in self.rows]

    def row(self, customer: str) -> dict[str, Any]:
        return next(row for row in self.rows if row["customer_id"] == customer)

    @property
    def notices(self) -> dict[str, Mapping[str, Any]]:
        return {notice.key: notice.values for notice in self.valued.valued.notices}


@pytest.fixture(scope="session")
def value_lines(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Table]:
    """Writes lines as CSV and values them; settings as flags."""
    import exports

    known: dict[Any, Table] = {}

    def value(lines: Sequence[Sequence[Any]], header: Sequence[str] = exports.HEADER, **flags: Any) -> Table:
        # The same lines and settings give the same table (a test of its own), so each is valued once.
        key = (tuple(tuple(line) for line in lines), tuple(header), tuple(sorted(flags.items())))
        if key not in known:
            known[key] = anew(lines, header, **flags)
        return known[key]

    def anew(lines: Sequence[Sequence[Any]], header: Sequence[str], **flags: Any) -> Table:
        folder = tmp_path_factory.mktemp("value")
        path = exports.write(folder / "sales.csv", lines, header)
        settings = {"threads": "1", "model": "bg_nbd", **flags}
        done = value_file([Input(path, Wanted())], settings, folder / "out.parquet", clock=date(2025, 6, 1), progress=Progress())
        return Table(done, pq.read_table(done.path).to_pylist())

    return value

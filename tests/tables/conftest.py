"""Small exports, read and checked as `check` and `run` do it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from kundenwert.engines import open_engine
from kundenwert.engines._engine import Engine
from kundenwert.flows.load import Loaded, load
from kundenwert.flows.progress import Progress
from kundenwert.flows.project import settings_with
from kundenwert.flows.reading import Input
from kundenwert.sources import Wanted


@pytest.fixture(scope="session")
def engine() -> Iterator[Engine]:
    with open_engine(threads=1) as engine:
        yield engine


def rows_of(engine: Engine, table: str) -> list[dict[str, Any]]:
    """All rows of a table or view; steps are files of the package, so tests ask the driver itself."""
    result = engine._connection.execute(f"select * from {table} order by file_id, record")  # type: ignore[attr-defined]
    names = [column[0] for column in result.description]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


@dataclass(frozen=True)
class Checked:
    """What was loaded, and every line and reject of it."""

    loaded: Loaded
    lines: list[dict[str, Any]]
    rejects: list[dict[str, Any]]

    def column(self, name: str) -> list[Any]:
        return [line[name] for line in self.lines]

    @property
    def classes(self) -> dict[str, int]:
        """Lines by class, without the empty ones."""
        return {total.line_class: total.lines for total in self.loaded.reconcile().classes if total.lines}

    def flag(self, name: str) -> tuple[int, Any]:
        return next((total.lines, total.amount) for total in self.loaded.reconcile().flags if total.flag == name)


@pytest.fixture
def check(engine: Engine, tmp_path: Path) -> Callable[..., Checked]:
    """Writes texts as files, in this order, and loads them together."""

    def check(*texts: str, wanted: Mapping[str, Any] | None = None, **settings: Any) -> Checked:
        inputs = []
        for number, text in enumerate(texts, 1):
            path = tmp_path / f"sales-{number}.csv"
            path.write_text(text, encoding="utf-8")
            inputs.append(Input(path, Wanted(**(wanted or {}))))
        scratch = tmp_path / "scratch"
        scratch.mkdir(exist_ok=True)
        loaded = load(engine, inputs, settings_with(settings), scratch=scratch, progress=Progress())
        return Checked(loaded, rows_of(engine, "lines"), rows_of(engine, "rejects"))

    return check

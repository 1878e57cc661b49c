"""What the tests of this room share: one engine, and a way to read a small file and look at its lines."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from kundenwert.engines import open_engine
from kundenwert.engines._engine import Engine
from kundenwert.sources import Inspected, Wanted, inspect, open_lines


@dataclass(frozen=True)
class Read:
    """An input that was read: what the look found, its lines, its unreadable records."""

    inspected: Inspected
    lines: list[dict[str, Any]]
    unreadable: list[dict[str, Any]]

    def column(self, name: str) -> list[Any]:
        return [line[name] for line in self.lines]


@pytest.fixture(scope="session")
def engine() -> Iterator[Engine]:
    with open_engine(threads=1) as engine:
        yield engine


@pytest.fixture
def scratch(tmp_path: Path) -> Path:
    folder = tmp_path / "scratch"
    folder.mkdir()
    return folder


@pytest.fixture
def look(engine: Engine, scratch: Path) -> Callable[..., Inspected]:
    """Inspects a path or a frame."""

    def look(source: Any, **wanted: Any) -> Inspected:
        return inspect(engine, source, Wanted(**wanted), scratch=scratch)

    return look


@pytest.fixture
def read(engine: Engine, look: Callable[..., Inspected]) -> Callable[..., Read]:
    """Inspects and opens a path or a frame, and fetches all of its lines."""

    def read(source: Any, **wanted: Any) -> Read:
        inspected = look(source, **wanted).or_raise()
        open_lines(engine, inspected, "tested")
        return Read(inspected, fetched(engine, "tested"), fetched(engine, "tested_unreadable"))

    return read


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Writes a small file; text as UTF-8."""

    def write(content: str | bytes, name: str = "sales.csv") -> Path:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write


@pytest.fixture(scope="session")
def data_folder() -> Path:
    folder = os.environ.get("KUNDENWERT_TEST_DATA")
    if not folder:
        pytest.skip("KUNDENWERT_TEST_DATA does not name the folder with the raw data sets")
    return Path(folder)


def fetched(engine: Engine, view: str) -> list[dict[str, Any]]:
    # Steps are files of the package; tests ask the driver itself.
    result = engine._connection.execute(f"select * from {view}")  # type: ignore[attr-defined]
    names = [column[0] for column in result.description]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]

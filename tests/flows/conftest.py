"""An engine, and runs of a project made of small exports."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from kundenwert.engines import open_engine
from kundenwert.engines._engine import Engine
from kundenwert.flows.progress import Progress
from kundenwert.flows.run import Ran, run

sys.path.insert(0, str(Path(__file__).parent))

CLOCK = datetime(2025, 6, 1, 9, 30, tzinfo=UTC)


@pytest.fixture(scope="session")
def engine() -> Iterator[Engine]:
    with open_engine(threads=1) as engine:
        yield engine


@pytest.fixture
def value(tmp_path: Path) -> Callable[..., Ran]:
    """Runs the project in tmp_path; settings as flags. The model is a fixed one unless a test asks for model="auto": choosing takes a
    quarter of a small run.
    """

    def value(*, clock: datetime = CLOCK, publish: bool = False, progress: Progress | None = None, **flags: Any) -> Ran:
        return run(tmp_path, {"threads": "1", "model": "mbg_nbd", **flags}, clock=clock, progress=progress or Progress(), publish=publish)

    return value


@pytest.fixture(scope="module", autouse=True)
def pictures(blank_pictures: Callable[[], AbstractContextManager[None]]) -> Iterator[None]:
    """Charts of reports are blank here."""
    with blank_pictures():
        yield


@pytest.fixture(scope="module", autouse=True)
def days_back(one_look_back: Callable[[], AbstractContextManager[None]]) -> Iterator[None]:
    """Runs look back from one earlier day; a module about looking back overrides this."""
    with one_look_back():
        yield

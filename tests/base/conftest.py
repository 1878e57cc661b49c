"""One engine for the tests of this folder, and its module of invented sales logs (importlib mode knows no neighbours)."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from kundenwert.engines import open_engine
from kundenwert.engines._engine import Engine

sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture(scope="session")
def engine() -> Iterator[Engine]:
    with open_engine(threads=1) as engine:
        yield engine

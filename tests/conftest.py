"""What all tests share: time zone UTC, and the raw files of published studies where they are at hand."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
from hypothesis import settings

os.environ["TZ"] = "UTC"
# Tests run side by side, one a core: threads of the linear algebra would only wait for each other. It reads this when it is imported.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
if hasattr(time, "tzset"):  # Windows has none
    time.tzset()

# Speed is measured in bench/, not here; in CI the same examples come every time.
settings.register_profile("house", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True, database=None)
settings.load_profile("ci" if os.environ.get("CI") else "house")

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def root() -> Path:
    """The folder of the checkout."""
    return ROOT


@pytest.fixture(scope="session")
def raw_file() -> Callable[[str], Path]:
    """Gives the path of a raw file such as CDNOW_sample.txt, or skips the test and says why."""

    def find(name: str) -> Path:
        folder = os.environ.get("KUNDENWERT_TEST_DATA")
        if not folder:
            pytest.skip(f"KUNDENWERT_TEST_DATA is not set; {name} is not part of this repository")
        path = Path(folder) / name
        if not path.is_file():
            pytest.fail(f"KUNDENWERT_TEST_DATA is set, but {name} is not in that folder")
        return path

    return find


@pytest.fixture(scope="session")
def blank_pictures() -> Callable[[], AbstractContextManager[None]]:
    """Gives a context in which charts of reports are blank: they take a third of a small run, and tests/reports look at them."""

    @contextmanager
    def blank() -> Iterator[None]:
        from kundenwert.reports import _pictures

        empty = '<svg xmlns="http://www.w3.org/2000/svg" width="368" height="20" viewBox="0 0 368 20"></svg>'
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(_pictures, "to_svg", lambda *_, **__: empty)
            yield

    return blank


@pytest.fixture(scope="session")
def one_look_back() -> Callable[[], AbstractContextManager[None]]:
    """Gives a context in which a run looks back from one earlier day instead of up to six: that takes a third of a small run, and
    tests/flows/test_backtest.py and its neighbours look at all of them.
    """

    @contextmanager
    def one() -> Iterator[None]:
        from kundenwert.flows import learning

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(learning, "MOST_ORIGINS", 1)
            yield

    return one

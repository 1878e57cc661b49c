"""Lets the tests of this folder share their helpers: pytest's importlib mode knows no neighbours."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from kundenwert.cli import main

sys.path.insert(0, str(Path(__file__).parent))

from cli_help import Answer, Call


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str]) -> Call:
    """Calls a command in this process."""

    def answer(*words: str | Path) -> Answer:
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main([str(word) for word in words])
        shown = capsys.readouterr()
        return Answer(int(ended.value.code or 0), shown.out, shown.err)

    return answer


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder, which is the current one; no setting comes from the environment."""
    for name in [name for name in os.environ if name.startswith("KUNDENWERT_") and name != "KUNDENWERT_TEST_DATA"]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


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

"""kundenwert backup and restore on the command line: what is told before anything is done."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from kundenwert.cli import commands
from kundenwert.errors import CallError
from kundenwert.web import home as homes


@pytest.fixture(autouse=True)
def _own_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(homes.HOME, str(tmp_path / "kundenwert-web"))


def test_a_folder_that_is_no_home_is_told(tmp_path: Path) -> None:
    result = CliRunner().invoke(commands, ["backup", str(tmp_path / "all.zip"), "--home", str(tmp_path / "empty")])
    assert isinstance(result.exception, CallError)
    assert "is no folder of the web app. Name it with --home." in str(result.exception)
    assert not (tmp_path / "all.zip").exists()


def test_restore_needs_a_new_folder(tmp_path: Path) -> None:
    (tmp_path / "all.zip").write_bytes(b"")
    missing = CliRunner().invoke(commands, ["restore", str(tmp_path / "all.zip")])
    assert missing.exit_code == 2
    assert "--home" in missing.output
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "file").touch()
    result = CliRunner().invoke(commands, ["restore", str(tmp_path / "all.zip"), "--home", str(tmp_path / "full")])
    assert "is not empty and is kept" in str(result.exception)

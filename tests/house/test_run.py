"""The start script: it reads under old Pythons, knows a whole environment from a half-made one, and says what is missing."""

from __future__ import annotations

import ast
import importlib.util
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest


@pytest.fixture
def script(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """run.py as a module that works on an empty folder."""
    spec = importlib.util.spec_from_file_location("house_run", root / "run.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    for name in ("requirements.lock", "pyproject.toml"):
        (tmp_path / name).write_text(name, encoding="utf-8")
    monkeypatch.setattr(module, "ROOT", tmp_path)
    monkeypatch.setattr(module, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(module, "STAMP", tmp_path / ".venv" / "kundenwert-stamp")
    monkeypatch.setattr(module, "STARTED", tmp_path / ".venv.started")
    monkeypatch.setattr(module, "PYTHON", Path(sys.executable))
    (tmp_path / ".venv").mkdir()
    return module


def write_stamp(script: ModuleType) -> None:
    script.STAMP.write_text(f"{script.fingerprint()}\n{script.ROOT}", encoding="utf-8")


def failed(text: str) -> subprocess.CompletedProcess[str]:
    return subprocess.CompletedProcess(["pip"], 1, stdout="", stderr=text)


def test_old_python_can_read_the_script(root: Path) -> None:
    tree = ast.parse((root / "run.py").read_text(encoding="utf-8"))
    newer = (ast.JoinedStr, ast.NamedExpr, ast.AnnAssign, ast.Match)
    assert [node.lineno for node in ast.walk(tree) if isinstance(node, newer)] == []


def test_script_imports_the_standard_library_only(root: Path) -> None:
    tree = ast.parse((root / "run.py").read_text(encoding="utf-8"))
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    names |= {str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert names <= sys.stdlib_module_names | {"msvcrt"}


def test_old_python_is_refused_with_what_to_do(
    script: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(script, "OLDEST", (99, 0))
    assert script.main(["demo"]) == 1
    assert "Expected: Python 99.0 or newer." in capsys.readouterr().err


@pytest.mark.parametrize("words", [[], ["--help"], ["help"]])
def test_help_needs_no_set_up(
    script: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], words: list[str]
) -> None:
    monkeypatch.setattr(script, "set_up", lambda: pytest.fail("set up for a help text"))
    assert script.main(words) == 0
    assert "python3 run.py WORD" in capsys.readouterr().out


def test_whole_environment_is_left_alone(script: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    write_stamp(script)
    monkeypatch.setattr(script, "install", lambda wanted: pytest.fail("set up again"))
    script.set_up()


@pytest.mark.parametrize("file", ["requirements.lock", "pyproject.toml"])
def test_changed_packages_make_a_new_set_up(script: ModuleType, monkeypatch: pytest.MonkeyPatch, file: str) -> None:
    write_stamp(script)
    (script.ROOT / file).write_text("changed", encoding="utf-8")
    installed: list[str] = []
    monkeypatch.setattr(script, "install", installed.append)
    script.set_up()
    assert installed == [script.fingerprint()]


def test_half_made_environment_is_made_again(script: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    write_stamp(script)
    script.STARTED.touch()
    installed: list[str] = []
    monkeypatch.setattr(script, "install", installed.append)
    script.set_up()
    assert installed == [script.fingerprint()]


def test_moved_environment_is_thrown_away(script: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []
    monkeypatch.setattr(script.shutil, "which", lambda name: None)
    monkeypatch.setattr(script, "make_with_venv", lambda: made.append("venv"))
    script.make_environment()
    assert made == []
    script.STARTED.unlink()
    script.STAMP.write_text("fingerprint\nelsewhere", encoding="utf-8")
    script.make_environment()
    assert made == ["venv"]
    assert not script.VENV.exists()


def test_missing_venv_names_the_debian_package(script: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(script, "run", lambda command: failed("ensurepip is not available"))
    with pytest.raises(script.Trouble, match="apt-get install python3-venv"):
        script.make_with_venv()


@pytest.mark.parametrize(
    ("output", "advice"),
    [
        ("ERROR: No matching distribution found for click==8.5.1", "Check the connection"),
        ("error: Failed to fetch: dns error", "Check the connection"),
        ("THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE", "do not go on"),
        ("OSError: No space left on device", "Mend what the lines above name"),
    ],
)
def test_failed_installation_says_what_to_do(script: ModuleType, output: str, advice: str) -> None:
    with pytest.raises(script.Trouble, match=advice):
        script.explain(failed(output))


def test_checks_all_run_and_failures_are_named(
    script: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    seen: list[str] = []
    monkeypatch.setattr(script, "passes", lambda name, command: seen.append(name) or name != "lint")
    assert script.check([]) == 1
    assert seen == ["format", "lint", "types", "contracts"]
    assert capsys.readouterr().out.strip() == "Failed: lint"

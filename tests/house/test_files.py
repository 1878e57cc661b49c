"""What holds for every file of the repository."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

ADDRESS = re.compile(r"\w+://", re.ASCII)
MACHINE_PATH = re.compile(r"(?<![\w./])/(?:home|root|work|Users|opt|srv|tmp)/|\b[A-Z]:\\", re.ASCII)
TEXT = {".py", ".md", ".toml", ".lock", ".yml", ".sql", ".txt", ".cfg", ".po", ".css", ".html", ".json", ""}
SETS_UP = ["run.py", "requirements.lock", "pyproject.toml", ".ci/run"]


@pytest.fixture(scope="session")
def files(root: Path) -> list[Path]:
    """All files under version control that still exist."""
    git = shutil.which("git")
    if git is None or not (root / ".git").exists():
        pytest.skip("this is not a git checkout")
    listed = subprocess.run([git, "ls-files", "-z"], cwd=root, capture_output=True, check=True).stdout.decode()
    return [root / name for name in listed.split("\0") if name and (root / name).is_file()]


@pytest.mark.parametrize("name", SETS_UP)
def test_set_up_names_no_address(root: Path, name: str) -> None:
    assert not ADDRESS.search((root / name).read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", SETS_UP)
def test_set_up_names_no_index_and_no_trusted_host(root: Path, name: str) -> None:
    assert not re.search(r"(?i)index[-_]url|find[-_]links|trusted[-_]host", (root / name).read_text(encoding="utf-8"))


def test_no_file_holds_a_path_of_one_machine(root: Path, files: list[Path]) -> None:
    texts = (path for path in files if path.suffix in TEXT and path != Path(__file__).resolve())
    found = [str(path.relative_to(root)) for path in texts if MACHINE_PATH.search(path.read_text(encoding="utf-8"))]
    assert found == []


def test_every_locked_package_has_a_version_and_hashes(root: Path) -> None:
    lines = (root / "requirements.lock").read_text(encoding="utf-8").splitlines()
    heads = [line for line in lines if not line.startswith(" ")]
    assert all(re.match(r"[a-z0-9][a-z0-9.-]*==[^ ]+( ;.*)? \\$", line) for line in heads)
    assert all(re.match(r"    --hash=sha256:[0-9a-f]{64}( \\)?$", line) for line in lines if line.startswith(" "))


def test_every_dependency_is_locked(root: Path) -> None:
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = project["dependencies"] + project["optional-dependencies"]["dev"]
    names = {re.split(r"[<>=~! ;\[]", text, maxsplit=1)[0].lower() for text in wanted}
    locked = set(re.findall(r"^([a-z0-9.-]+)==", (root / "requirements.lock").read_text(encoding="utf-8"), re.MULTILINE))
    assert names <= locked


def test_rooms_without_tables_are_in_their_contract(root: Path) -> None:
    contracts = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]["contracts"]
    named = next(contract["source_modules"] for contract in contracts if contract["name"].startswith("stats, models, decisions"))
    there = [f"kundenwert.{room}" for room in ("stats", "models", "decisions") if (root / "src" / "kundenwert" / room).is_dir()]
    assert set(there) <= set(named)


def test_no_tracked_file_is_large(root: Path, files: list[Path]) -> None:
    large = {str(path.relative_to(root)): path.stat().st_size for path in files if path.stat().st_size > 6_000_000}
    assert large == {}, json.dumps(large)


def test_changes_are_written_by_the_rule(root: Path) -> None:
    for path in (root / "CHANGELOG.d").glob("*"):
        assert path.name == "README.md" or re.fullmatch(r"[a-z0-9-]+\.(added|changed|fixed|removed)\.md", path.name), path.name

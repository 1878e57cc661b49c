"""The table of requirements names files and tests that exist."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROWS = [
    [cell.strip() for cell in line.strip("|\n").split("|")]
    for line in (ROOT / "docs" / "requirements.md").read_text(encoding="utf-8").splitlines()
    if re.match(r"\| R\d", line)
]
IDS = [row[0].split()[0] for row in ROWS]


def test_each_requirement_stands_once_in_order() -> None:
    assert sorted(set(IDS)) == IDS
    assert {"R01", "R03", "R05", "R07", "R21", "R36", "R77", "R83", "R84"} <= set(IDS)


@pytest.mark.parametrize("row", ROWS, ids=IDS)
def test_its_files_exist(row: list[str]) -> None:
    files = re.findall(r"`([^`]+)`", row[2])
    assert files
    assert [name for name in files if not (ROOT / "src" / "kundenwert" / name).is_file()] == []


@pytest.mark.parametrize("row", ROWS, ids=IDS)
def test_its_tests_exist(row: list[str]) -> None:
    tests = re.findall(r"`([^`]+)`", row[3])
    assert tests
    assert [name for name in tests if not exists(*name.split("::"))] == []


def exists(file: str, test: str) -> bool:
    path = ROOT / "tests" / file
    if not path.is_file():
        return False
    return test in {node.name for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.FunctionDef)}

"""What the pages tell people to type works as it stands there."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import pytest

from kundenwert import errors

ROOT = Path(__file__).resolve().parents[2]
COMMAND = "import sys; sys.argv[0] = 'kundenwert'; from kundenwert.cli import main; main()"


def blocks(name: str, language: str) -> list[str]:
    """The fenced blocks of one language on a page."""
    return re.findall(rf"^```{language}\n(.*?)^```$", (ROOT / name).read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


def commands(name: str) -> list[list[str]]:
    """The commands of a page that go to kundenwert or change the folder, in order."""
    lines = [line.removeprefix("$ ") for block in blocks(name, "console") for line in block.splitlines() if line.startswith("$ ")]
    words = [shlex.split(line) for line in lines]
    return [line for line in words if Path(line[0]).name in ("kundenwert", "cd")]


def follow(lines: list[list[str]], folder: Path) -> None:
    """Do what a page says, in a folder of its own."""
    environment = {**os.environ, "NO_COLOR": "1"}
    for first, *words in lines:
        if first == "cd":
            folder = folder / words[0]
            continue
        done = subprocess.run(
            [sys.executable, "-c", COMMAND, *words],
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
        )
        assert done.returncode == 0, f"kundenwert {' '.join(words)}\n{done.stdout}{done.stderr}"


@pytest.fixture
def sales(tmp_path: Path) -> Path:
    """A folder with the file of the tutorial."""
    text = next(block for block in blocks("docs/tutorial.md", "text") if block.startswith("Kundennummer"))
    (tmp_path / "umsatz.csv").write_text(text, encoding="utf-8")
    return tmp_path


@pytest.mark.slow
def test_tutorial_can_be_followed(sales: Path) -> None:
    lines = commands("docs/tutorial.md")
    assert len(lines) > 5
    follow(lines, sales)
    assert (sales / "werte.csv").is_file()


def test_readme_can_be_followed(sales: Path) -> None:
    lines = commands("README.md")
    assert len(lines) > 5
    follow(lines, sales)


@pytest.mark.parametrize("page", ["README.md", "docs/tutorial.md"])
def test_python_example_runs(page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    first = date(1997, 1, 1)
    rows = [(c, first + timedelta(days=(c * 7) % 90 + k * (10 + c % 60))) for c in range(300) for k in range(1 + c % 4)]
    orders = "".join(f"{customer},{day},{20 + customer % 30}.50\n" for customer, day in rows if day <= date(1997, 9, 30))
    (tmp_path / "orders.csv").write_text("customer_id,date,amount\n" + orders, encoding="utf-8")
    example = next(block for block in blocks(page, "python") if "customer_base" in block)
    names: dict[str, object] = {}
    exec(compile(example, page, "exec"), names)
    assert len(names["table"]) > 0  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["DataError", "UnknownName"])
def test_error_example_fails_and_its_mended_form_does_not(name: str) -> None:
    text = (ROOT / "docs" / "errors.md").read_text(encoding="utf-8").partition(f"\n## {name}\n")[2].partition("\n## ")[0]
    failing, mended = re.findall(r"^```python\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    names: dict[str, object] = {}
    with pytest.raises(getattr(errors, name), match=r"\w"):
        exec(failing, names)
    exec(mended, names)

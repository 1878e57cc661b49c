"""Commands as a user calls them, what they leave behind, and invented sales."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

Files = dict[str, bytes]
COMMAND = "import sys; sys.argv[0] = 'kundenwert'; from kundenwert.cli import main; main()"


@dataclass(frozen=True)
class Answer:
    """What a command answered."""

    code: int
    out: str
    err: str

    @property
    def text(self) -> str:
        """All of it."""
        return self.out + self.err


Call = Callable[..., Answer]


def start(words: Sequence[str | Path], cwd: Path, *, before: str = "", **more: str) -> subprocess.Popen[str]:
    """Starts a command in a process of its own; `before` is Python that runs first."""
    return subprocess.Popen(
        [sys.executable, "-c", before + "\n" + COMMAND, *map(str, words)],
        cwd=cwd,
        env={**os.environ, "NO_COLOR": "1", **more},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )


def process(words: Sequence[str | Path], cwd: Path, *, before: str = "", **more: str) -> Answer:
    """Runs a command in a process of its own."""
    running = start(words, cwd, before=before, **more)
    out, err = running.communicate(timeout=60)
    return Answer(running.returncode, out, err)


def content(folder: Path) -> Files:
    """Every file of a folder with its bytes; empty folders hold nothing that could mislead."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def new(before: Files, after: Files) -> list[str]:
    """What is there now that was not there before, or has changed."""
    return [name for name, found in after.items() if before.get(name) != found]


def unfinished(before: Files, after: Files) -> list[str]:
    """New files that are not part of a whole ledger, or of lines kept whole: after a failure there must be none."""
    names = new(before, after)
    ledgers = {name.rpartition("/")[0] for name in names if name.endswith("/reconciliation.json")}
    kept = {name.removesuffix(".json") for name in names if "/ledger/read/" in name and name.endswith(".json")}
    return [name for name in names if name.rpartition("/")[0] not in ledgers and _stem(name) not in kept]


def _stem(name: str) -> str:
    return name.removesuffix(".json").removesuffix(".parquet").removesuffix(".unreadable")


def lines_of(customers: int = 12, *, first: date = date(2024, 1, 8)) -> list[tuple[str, date, float]]:
    """Sales of some customers, most of whom come back: id with leading zeros, day, amount."""
    return [
        (f"{customer:04d}", first + timedelta(days=11 * customer + turn * (17 + customer)), round(20.05 + 7 * customer + turn, 2))
        for customer in range(1, customers + 1)
        for turn in range(1 + customer % 5)
    ]


def english(rows: Sequence[tuple[str, date, float]]) -> str:
    """The lines as an English export."""
    return "customer_id,date,amount\n" + "".join(f"{who},{day},{amount:.2f}\n" for who, day, amount in rows)


def german_number(amount: float) -> str:
    return f"{amount:,.2f}".replace(",", " ").replace(".", ",").replace(" ", ".")


def german(rows: Sequence[tuple[str, date, float]]) -> str:
    """The lines as a German export."""
    return "Kundennummer;Rechnungsdatum;Nettobetrag\n" + "".join(
        f"{who};{day:%d.%m.%Y};{german_number(amount)}\n" for who, day, amount in rows
    )


def project(folder: Path, *files: str, settings: str = "") -> Path:
    """A project whose sources are `files`, seen from the project."""
    folder.mkdir(exist_ok=True)
    names = ", ".join(f'"{file}"' for file in files)
    (folder / "kundenwert.toml").write_text(f"{settings}\n[[sources]]\nfiles = [{names}]\n", encoding="utf-8")
    return folder

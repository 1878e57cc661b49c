"""One section of RESULTS.md measured on its own: `python3 run.py bench contribution`, `python3 run.py bench components`."""

from __future__ import annotations

import argparse
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from bench import report

HERE = Path(__file__).resolve().parent


class Measured(Protocol):
    """Measures a company of so many customers in so many runs, and tells it in Markdown.

    data: where generated tables are kept. scratch: for all else. memory: limit of the engine. threads: of the floor.
    """

    def __call__(self, customers: int, runs: int, data: Path, scratch: Path, *, memory: str, threads: int) -> str: ...


@dataclass(frozen=True)
class Section:
    """name: the word after `run.py bench`. title: the heading in RESULTS.md. memory: limit of the engine unless told."""

    name: str
    title: str
    about: str
    memory: str
    measure: Measured

    def main(self, words: list[str]) -> int:
        """Reads the words of the command, measures, and puts the section into the page of results."""
        given = self._arguments(words)
        with tempfile.TemporaryDirectory(prefix="kundenwert-bench-") as scratch:
            data = (given.data or Path(scratch)).resolve()
            body = self.measure(given.customers, given.runs, data, Path(scratch), memory=given.memory, threads=given.threads)
        print(f"\n{body}")
        page = given.results.read_text(encoding="utf-8") if given.results.exists() else ""
        given.results.write_text(report.with_section(page, self.title, body), encoding="utf-8")
        return 0

    def _arguments(self, words: list[str]) -> argparse.Namespace:
        parser = argparse.ArgumentParser(prog=f"run.py bench {self.name}", description=self.about)
        parser.add_argument("--customers", type=int, default=1_000_000, help="customers of the company")
        parser.add_argument("--runs", type=int, default=3, help="runs of each; medians count")
        parser.add_argument("--data", type=Path, help="folder where the tables are kept; without it they are made anew")
        parser.add_argument("--memory", default=self.memory, help="memory limit of the engine")
        parser.add_argument("--threads", type=int, default=os.cpu_count() or 1, help="threads of the floor")
        parser.add_argument("--results", type=Path, default=HERE / "RESULTS.md", help="the page into which the section is put")
        return parser.parse_args(words)

"""Runs a program as a whole process and measures it: wall time, processor time, peak memory, phases it tells.

This module and whoever calls it import little: a started process counts the memory of its parent at the fork as its own peak.
"""

from __future__ import annotations

import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
KUNDENWERT = str(Path(sys.executable).with_name("kundenwert"))
# As cli/_show.py writes a phase: words, rows if any, seconds.
_PHASE = re.compile(r"^  (?P<text>\S.{0,43}?) +(?:[\d,]+ rows +)?(?P<seconds>\d+\.\d+) s$", re.MULTILINE)
# ru_maxrss is in kilobytes, on macOS in bytes.
RSS_UNIT = 1 if sys.platform == "darwin" else 1024


@dataclass(frozen=True)
class Run:
    """One process: seconds on the clock, seconds of processor, peak of resident memory in bytes, its own phases and figures."""

    what: str
    wall: float
    cpu: float
    memory: int
    phases: dict[str, float] = field(default_factory=dict)
    load: float = 0.0

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def run(what: str, command: Sequence[str]) -> Run:
    """Runs a command to its end; stops with its words if it fails."""
    load = os.getloadavg()[0]
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        begin = time.perf_counter()
        process = subprocess.Popen(command, cwd=ROOT, stdout=out, stderr=err)
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - begin
        process.returncode = os.waitstatus_to_exitcode(status)
        err.seek(0)
        told = err.read().decode(errors="replace")
    if process.returncode:
        raise SystemExit(f"{what} failed with exit code {process.returncode}:\n{told}")
    # A phase of several inputs or models is told more than once.
    phases: dict[str, float] = {}
    for match in _PHASE.finditer(told):
        text = re.sub(r"^(Reading|Writing) .*", r"\1", match["text"])
        phases[text] = phases.get(text, 0.0) + float(match["seconds"])
    return Run(what, wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * RSS_UNIT, phases, load)


def module(name: str, *words: object) -> list[str]:
    """The command that runs a module of this package in a process of its own."""
    return [sys.executable, "-m", f"bench.{name}", *map(str, words)]


@dataclass(frozen=True)
class Series:
    """Runs of one thing. Medians of each figure on its own."""

    runs: tuple[Run, ...]

    @property
    def wall(self) -> float:
        return statistics.median(one.wall for one in self.runs)

    @property
    def cpu(self) -> float:
        return statistics.median(one.cpu for one in self.runs)

    @property
    def memory(self) -> int:
        return round(statistics.median(one.memory for one in self.runs))

    @property
    def spread(self) -> tuple[float, float]:
        """Fastest and slowest, on the clock."""
        return min(one.wall for one in self.runs), max(one.wall for one in self.runs)

    @property
    def phases(self) -> dict[str, float]:
        names = dict.fromkeys(name for one in self.runs for name in one.phases)
        return {name: statistics.median(one.phases.get(name, 0.0) for one in self.runs) for name in names}


def side_by_side(commands: Mapping[str, Sequence[str]], times: int) -> dict[str, Series]:
    """Runs the commands in turn, so that what else the machine does strikes all alike."""
    found: dict[str, list[Run]] = {what: [] for what in commands}
    for _ in range(times):
        for what, command in commands.items():
            one = run(what, command)
            found[what].append(one)
            print(f"  {what:<32}{one.wall:>9.2f} s {one.cpu:>9.2f} s cpu {one.memory / 1e6:>8.0f} MB   load {one.load:.1f}", flush=True)
    return {what: Series(tuple(runs)) for what, runs in found.items()}

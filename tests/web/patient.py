"""Kinds of job for tests, in real processes: python patient.py worker | JOB."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from kundenwert.errors import UnknownName
from kundenwert.flows.progress import Progress
from kundenwert.web import worker
from kundenwert.web.jobs import child
from kundenwert.web.jobs import kind as kinds


def _note(arguments: Mapping[str, Any], word: str) -> None:
    with Path(arguments["file"]).open("a", encoding="utf-8") as file:
        file.write(f"{word} {os.getpid()}\n")


def _wait(arguments: Mapping[str, Any], progress: Progress, clock: datetime) -> Mapping[str, Any]:
    """Notes its begin and its end; lasts as long as it is told, or until a file is there."""
    _note(arguments, "begin")
    with progress.phase("Reading lines.csv") as phase:
        until = time.monotonic() + arguments.get("seconds", 0)
        go = Path(arguments["go"]) if "go" in arguments else None
        while time.monotonic() < until or (go is not None and not go.exists()):
            time.sleep(0.01)
        phase.rows = 7
    _note(arguments, "end")
    return {"next": "/overview/"}


def _stubborn(arguments: Mapping[str, Any], progress: Progress, clock: datetime) -> Mapping[str, Any]:
    """Does not end when it is told to."""
    import signal

    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    return _wait(arguments, progress, clock)


def _dies(arguments: Mapping[str, Any], progress: Progress, clock: datetime) -> Mapping[str, Any]:
    """As if the machine ran out of memory."""
    _note(arguments, "begin")
    os._exit(137)


KINDS = {
    "patient": kinds.Kind("patient", "Valuation", _wait, can_resume=True),
    "once": kinds.Kind("once", "Valuation", _wait),
    "alone": kinds.Kind("alone", "Valuation", _wait, is_exclusive=True, can_resume=True),
    "stubborn": kinds.Kind("stubborn", "Valuation", _stubborn),
    "dies": kinds.Kind("dies", "Valuation", _dies, can_resume=True),
}


# Where it is set: a small run counts as a large one, and its preparation waits, after its first page, until that file is there.
PREPARES = "KUNDENWERT_TEST_PREPARES"


def _small_is_large() -> None:
    from kundenwert.flows import customer_rows, prepared

    prepared.MANY, build = 1, customer_rows.build

    def wait_and_build(project: Path, run: str) -> None:
        _note({"file": os.environ[PREPARES] + ".notes"}, "begin")
        while not Path(os.environ[PREPARES]).exists():
            time.sleep(0.01)
        build(project, run)

    customer_rows.build = wait_and_build
    from kundenwert.web.jobs.kinds.preparation import PLUGIN

    KINDS["preparation"] = PLUGIN


def find(name: str) -> kinds.Kind:
    if name not in KINDS:
        raise UnknownName(name, "jobs", KINDS)
    return KINDS[name]


if __name__ == "__main__":
    kinds.find = find
    if PREPARES in os.environ:
        _small_is_large()
    worker.PAUSE_SECONDS, worker.BEAT_SECONDS, worker.LOOK_SECONDS, worker.PATIENCE_SECONDS = 0.05, 0.5, 0.2, 1.0
    worker.CHILD = (sys.executable, str(Path(__file__)))
    if sys.argv[1] == "worker":
        raise SystemExit(worker.main(sys.argv[2:]))
    child.main(sys.argv[1])

"""A home of its own with real processes: the database is one that worker, server and test share, SQLite in a file or PostgreSQL."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.db import connections
from django.db.utils import load_backend

from kundenwert.web import home as homes
from kundenwert.web.jobs import child, queue

if TYPE_CHECKING:
    from kundenwert.web.jobs.models import Job, Worker

HERE = Path(__file__).parent
PATIENT = HERE / "patient.py"


@dataclass
class Live:
    """The home, the environment of its processes, and those that run."""

    folder: Path
    url: str = ""
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def environment(self) -> dict[str, str]:
        own = {homes.HOME: str(self.folder), "DJANGO_SETTINGS_MODULE": "kundenwert.web.settings"}
        return {**os.environ, **own, **({homes.DATABASE: self.url} if self.url else {})}

    def begin(self, *words: str) -> subprocess.Popen[bytes]:
        """Starts a process of Python with the environment of this home; its pipe says that we live."""
        with (self.folder / "log").open("ab") as log:
            process = subprocess.Popen([sys.executable, *words], env=self.environment, stdin=subprocess.PIPE, stderr=log, cwd=self.folder)
        self.processes.append(process)
        return process

    def worker(self) -> subprocess.Popen[bytes]:
        """A worker that knows the kinds of `patient`."""
        return self.begin(str(PATIENT), "worker")

    def end(self) -> None:
        for process in self.processes:
            process.kill()
            process.wait()
            if process.stdin:
                process.stdin.close()


def until(test: Callable[[], Any], seconds: float = 20.0) -> Any:
    """Waits for something to become true, and fails when it does not."""
    limit = time.monotonic() + seconds
    while time.monotonic() < limit:
        if found := test():
            return found
        time.sleep(0.05)
    raise AssertionError(f"not within {seconds:.0f} s: {test}")


def told_of(pid: int, what: str) -> bytes:
    """What the system tells of a process; nothing of one that ended in between."""
    try:
        return Path(f"/proc/{pid}/{what}").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return b""


def runs(pid: int) -> bool:
    """Whether a process still does something: one that ended and was not waited for does not."""
    return told_of(pid, "stat").rpartition(b")")[2].split()[:1] not in ([], [b"Z"])


def done_here(job: Job, worker: Worker) -> Job:
    """Does the next job, which must be this one, in this process."""
    claimed = queue.claim(worker)
    assert claimed is not None
    assert claimed.pk == job.pk
    child.do(str(job.pk))
    job.refresh_from_db()
    return job


@contextmanager
def database(settings: dict[str, Any]) -> Iterator[None]:
    """This thread works with another database for a while."""
    before = connections["default"]
    named = {**before.settings_dict, "OPTIONS": {}, "CONN_MAX_AGE": 0, "HOST": "", "USER": "", "PASSWORD": "", "PORT": "", **settings}
    connections["default"] = load_backend(named["ENGINE"]).DatabaseWrapper(named, "default")
    try:
        yield
    finally:
        connections["default"].close()
        connections["default"] = before


def migrated(folder: Path, url: str = "") -> None:
    """A home with all tables."""
    from django.core.management import call_command

    homes.Home(folder).prepare()
    with database(homes.database(url or None, folder / "web.sqlite3")):
        call_command("migrate", verbosity=0, interactive=False)


@contextmanager
def live(template: Path, folder: Path, url: str = "") -> Iterator[Live]:
    """A copy of a migrated home, open for this thread; every process begun in it is gone afterwards."""
    shutil.copytree(template, folder)
    found = Live(folder, url)
    with database(homes.database(url or None, folder / "web.sqlite3")):
        try:
            yield found
        finally:
            found.end()

"""kundenwert serve as a real process: it answers on this machine alone, its worker is begun anew, and nothing is left when it ends."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

sys.path.append(str(Path(__file__).parent))

from live import Live, runs, told_of, until

from kundenwert.errors import CallError
from kundenwert.web.serve import Address, serve

pytestmark = pytest.mark.server


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_an_address_that_others_reach_needs_a_public_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("KUNDENWERT_PUBLIC_URL", raising=False)
    with pytest.raises(CallError, match=r"0\.0\.0\.0 can be reached from other machines"):
        serve(Address("0.0.0.0", 8765))


def test_a_port_that_is_taken_is_told_before_anything_starts() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(CallError, match="choose another port with --port"):
            serve(Address("127.0.0.1", taken.getsockname()[1]))


def test_an_address_of_the_sixth_version_is_written_in_brackets() -> None:
    assert str(Address("::1", 8765)) == "http://[::1]:8765/"
    assert str(Address("127.0.0.1", 8765)) == "http://127.0.0.1:8765/"


class Running:
    """A server with its worker."""

    def __init__(self, home: Live, port: int) -> None:
        self.port = port
        command = "from kundenwert.cli import main; main()"
        self.main = home.begin("-c", command, "serve", "--port", str(port), "--home", str(home.folder))
        until(self.is_well, 60)

    def health(self) -> dict[str, Any]:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/health", timeout=5) as answer:
            return dict(json.load(answer))

    def is_well(self) -> bool:
        try:
            return bool(self.health()["well"])
        except (urllib.error.URLError, OSError):
            return False

    def children(self) -> list[int]:
        """The worker and the process that answers."""
        listed = subprocess.run(["ps", "-o", "pid=,stat=", "--ppid", str(self.main.pid)], capture_output=True, text=True, check=False)
        rows = [line.split() for line in listed.stdout.splitlines()]
        return [int(pid) for pid, state in rows if not state.startswith("Z")]

    def worker(self) -> int | None:
        return next((pid for pid in self.children() if b"kundenwert.web.worker" in told_of(pid, "cmdline")), None)


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    folder = tmp_path / "served"
    folder.mkdir()
    home = Live(folder)
    try:
        yield Running(home, _free_port())
    finally:
        home.end()


def _all_gone(pids: list[int]) -> bool:
    return not any(runs(pid) for pid in pids)


@pytest.mark.slow
def test_it_stops_in_order_with_everything_it_began(running: Running) -> None:
    until(lambda: running.health()["worker"].startswith("last sign of life"))
    pids = running.children()
    assert len(pids) >= 2
    running.main.send_signal(signal.SIGTERM)
    assert running.main.wait(20) == 0
    until(lambda: _all_gone(pids))


@pytest.mark.slow
def test_a_worker_that_is_killed_is_begun_anew(running: Running) -> None:
    first = until(running.worker)
    os.kill(first, signal.SIGKILL)
    second = until(lambda: running.worker() not in {None, first} and running.worker())
    assert second != first
    assert running.is_well()


@pytest.mark.slow
def test_a_server_that_is_killed_leaves_nothing_behind_and_its_port_is_free(running: Running) -> None:
    until(running.worker)
    pids = running.children()
    running.main.kill()
    running.main.wait()
    until(lambda: _all_gone(pids))
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(("127.0.0.1", running.port))


@pytest.mark.slow
def test_a_process_that_answers_and_is_killed_is_begun_anew(running: Running) -> None:
    worker = until(running.worker)
    answering = [pid for pid in running.children() if pid != worker and b"spawn_main" in told_of(pid, "cmdline")]
    assert len(answering) == 1
    os.kill(answering[0], signal.SIGKILL)
    until(lambda: _all_gone(answering))
    until(running.is_well, 30)

"""Starts the web app: folder, database, static files, then the server and the worker beside it."""

from __future__ import annotations

import logging
import multiprocessing
import os
import socket
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from kundenwert.errors import CallError
from kundenwert.web import home as homes

_LOOPBACK = {"127.0.0.1", "::1", "localhost"}
# One process answers with several threads: they share the open tables of the customers.
_THREADS = 8
# The worker lets go of its jobs when the server stops; one that takes longer is ended.
_PATIENCE_SECONDS = 15
# A worker that ends at once whenever it starts is not started anew without end: the pauses double.
_PAUSE_SECONDS, _LONGEST_PAUSE_SECONDS = 1.0, 60.0
_LOG = logging.getLogger("kundenwert.web")


@dataclass(frozen=True)
class Address:
    """Where the server listens."""

    host: str
    port: int

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine reaches it."""
        return self.host in _LOOPBACK

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}/"


def prepare(folder: Path | None, projects: list[Path]) -> None:
    """Everything but the server: home, tables, static files, projects. Safe to repeat at every start.

    folder: the home; None takes that of the environment, else ./kundenwert-web.
    """
    if folder is not None:
        os.environ[homes.HOME] = str(folder.absolute())
    homes.home().prepare()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kundenwert.web.settings")
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0, interactive=False)
    call_command("createcachetable", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)
    from kundenwert.web.workspace.known import know

    for project in projects:
        know(project)


def serve(address: Address, *, workers: bool = True, open_browser: bool = False) -> int:
    """Runs the server until it is stopped, with a worker for jobs beside it unless another one does that work."""
    if not address.is_loopback and not os.environ.get(homes.ADDRESS):
        raise CallError(
            f"{address.host} can be reached from other machines, and nobody told under which address. Set {homes.ADDRESS} to it "
            "(https://...), with a reverse proxy that speaks TLS in front; or leave --host away to stay on this machine."
        )
    _needs_free(address)
    _log_start(address, workers=workers)
    _say_key()
    beside = Beside() if workers else None
    try:
        if beside:
            beside.start()
        if open_browser:
            threading.Thread(target=_open, args=(address,), daemon=True).start()
        return _granian(address)
    finally:
        if beside:
            beside.stop()


class Beside:
    """The worker beside the server: begun anew when it dies, ended with the server.

    Its standard input is a pipe. When it is closed, also because this process was killed, the worker stops.
    """

    def __init__(self) -> None:
        self._stop = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None
        self._thread = threading.Thread(target=self._loop, name="worker", daemon=True)

    def start(self) -> None:
        """Begins the worker and looks after it."""
        self._thread.start()

    def stop(self) -> None:
        """Tells the worker to stop and waits until it has let go of its jobs."""
        self._stop.set()
        process = self._process
        if process is not None and process.poll() is None:
            if process.stdin:
                process.stdin.close()
            try:
                process.wait(_PATIENCE_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
        self._thread.join(1)

    def _loop(self) -> None:
        pause = _PAUSE_SECONDS
        while not self._stop.is_set():
            began = time.monotonic()
            self._process = _worker()
            code = self._process.wait()
            if self._stop.is_set():
                return
            pause = _PAUSE_SECONDS if time.monotonic() - began > _LONGEST_PAUSE_SECONDS else min(2 * pause, _LONGEST_PAUSE_SECONDS)
            _LOG.error("the worker ended with code %s; it begins anew in %.0f s", code, pause)
            self._stop.wait(pause)


def _worker() -> subprocess.Popen[bytes]:
    # A group of its own: Ctrl-C in the terminal is for the server, which then stops the worker.
    return subprocess.Popen(
        [sys.executable, "-m", "kundenwert.web.worker", "--with-parent"],
        stdin=subprocess.PIPE,
        start_new_session=True,
        creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
    )


def end_with_server() -> None:
    """For the process that answers: it ends when the process that began it is killed, so that the port is free for the next start."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_wait_for_end, args=(parent.sentinel,), name="parent", daemon=True).start()


def _wait_for_end(sentinel: int) -> None:
    from multiprocessing.connection import wait

    wait([sentinel])
    os._exit(1)


def _needs_free(address: Address) -> None:
    family = socket.AF_INET6 if ":" in address.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        if sys.platform != "win32":
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address.host, address.port))
        except OSError as error:
            raise CallError(
                f"{address} cannot be opened ({error.strerror}). Often the app runs there already: look in the browser, or choose "
                "another port with --port."
            ) from error


def _log_start(address: Address, *, workers: bool) -> None:
    from django.db import connection

    from kundenwert import __version__
    from kundenwert.web.workspace.models import Project

    beside = "a worker beside it" if workers else "no worker"
    _LOG.info(
        "kundenwert %s at %s, %s, database %s, projects: %d", __version__, address, beside, connection.vendor, Project.objects.count()
    )
    # The processes that follow open their own.
    connection.close()


def _say_key() -> None:
    """On the terminal alone, never in a log: who holds the key makes the first account."""
    from django.db import connection

    from kundenwert.web.accounts.first import announcement

    if words := announcement():
        sys.stderr.write(words + "\n")
        sys.stderr.flush()
    connection.close()


def _open(address: Address) -> None:
    """Opens the browser as soon as the server answers."""
    import webbrowser
    from urllib.error import URLError
    from urllib.request import urlopen

    for _ in range(100):
        try:
            with urlopen(f"{address}health", timeout=2):  # noqa: S310 (our own address)
                break
        except (URLError, OSError):
            time.sleep(0.1)
    webbrowser.open(str(address))


def _granian(address: Address) -> int:
    from granian import Granian
    from granian.constants import Interfaces

    # As on Windows and macOS: the process that answers is a fresh one, without connections and threads of this one.
    multiprocessing.set_start_method("spawn", force=True)
    server = Granian(
        "kundenwert.web.wsgi:application",
        address=address.host,
        port=address.port,
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=_THREADS,
        log_enabled=False,
        respawn_failed_workers=True,
    )
    server.serve()
    return 0

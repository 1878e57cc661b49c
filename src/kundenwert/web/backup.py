"""Backup and restore of everything the web app knows: accounts and jobs, its key, drafts, and the projects.

The copy is made while the app runs. In the archive: home/ (key, drafts), database/ (accounts.json, and web.sqlite3 where SQLite keeps
them), projects/<number>-<name>/, and manifest.json with the hash of every file.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import sqlite3
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kundenwert import __version__
from kundenwert.errors import CallError
from kundenwert.web import archive
from kundenwert.web import home as homes

if TYPE_CHECKING:
    from kundenwert.web.archive import Writer

_SQLITE, _JSON, _SECRET = "database/web.sqlite3", "database/accounts.json", "home/secret.key"
# Sessions end with a restore; permissions and types of content are made by the migrations; tickets of the queue go with their jobs.
_NOT_DUMPED = ("contenttypes", "auth.Permission", "sessions", "usersessions", "django_tasks_database", "jobs.Worker")
_NO_LETTERS = re.compile(r"[^A-Za-z0-9_-]+")


@dataclass(frozen=True)
class Saved:
    """What a backup holds, or what was restored."""

    file: Path
    projects: tuple[str, ...]
    files: int
    size: int


def backup(out: Path, *, clock: datetime, with_projects: bool = True) -> Saved:
    """Writes an archive of the home of this process. Raises CallError if `out` exists or there is no home; nothing half is left."""
    ending = archive.ending_of(out)
    if out.exists():
        raise CallError(f"{out} exists and is kept. Choose another name.")
    home = homes.home()
    if not home.secret_file.is_file():
        raise CallError(f"{home.folder} is no folder of the web app. Name it with --home.")
    _django()
    with _appearing(out) as partial, archive.writing(partial, ending) as writer:
        _database(writer, out.parent)
        writer.file(_SECRET, home.secret_file)
        for file in sorted(file for file in home.drafts.rglob("*") if file.is_file() and not file.is_symlink()):
            writer.file(f"home/drafts/{file.relative_to(home.drafts).as_posix()}", file)
        projects = _projects(writer) if with_projects else []
        manifest = {
            "kind": "kundenwert backup",
            "format": archive.FORMAT,
            "version": __version__,
            "created": clock.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "projects": projects,
            "files": writer.files,
        }
        files = dict(writer.files)
        writer.data(archive.MANIFEST, json.dumps(manifest, indent=1, ensure_ascii=False).encode())
    return Saved(out, tuple(one["title"] for one in projects), len(files), sum(one["bytes"] for one in files.values()))


@contextlib.contextmanager
def _appearing(out: Path) -> Iterator[Path]:
    """A hidden file beside `out` that gets its name when it is whole."""
    from kundenwert.runs import storage

    with storage.told(out):
        out.parent.mkdir(parents=True, exist_ok=True)
    with storage.building(out.parent, "backup") as folder, storage.told(out):
        yield folder / out.name
        storage.rename(folder / out.name, out)


def _database(writer: Writer, scratch: Path) -> None:
    from django.db import connection

    if connection.vendor == "sqlite":
        with tempfile.TemporaryDirectory(prefix=".kundenwert-", dir=scratch) as folder:
            copy = Path(folder) / "web.sqlite3"
            _copy_sqlite(Path(str(connection.settings_dict["NAME"])), copy)
            writer.file(_SQLITE, copy)
    writer.data(_JSON, _dump())


def _copy_sqlite(source: Path, target: Path) -> None:
    """The database at one moment, while others write."""
    with contextlib.closing(sqlite3.connect(source)) as here, contextlib.closing(sqlite3.connect(target)) as there:
        here.backup(there)


def _dump() -> bytes:
    """Every account and job as JSON, of one moment: any database can take it in."""
    from django.core.management import call_command
    from django.db import connection, transaction

    text = io.StringIO()
    if connection.vendor == "postgresql":
        from psycopg import IsolationLevel

        # A connection of its own, since the level counts from the next transaction on.
        connection.close()
        connection.ensure_connection()
        connection.connection.isolation_level = IsolationLevel.REPEATABLE_READ
    try:
        with transaction.atomic():
            call_command("dumpdata", exclude=list(_NOT_DUMPED), natural_foreign=True, stdout=text, verbosity=0)
    finally:
        if connection.vendor == "postgresql":
            connection.close()
    return text.getvalue().encode()


def _projects(writer: Writer) -> list[dict[str, str]]:
    from kundenwert.flows import project_copy
    from kundenwert.web.workspace.models import Project

    told = []
    for number, project in enumerate(Project.objects.order_by("pk"), 1):
        folder = Path(project.folder)
        if not folder.is_dir():
            continue
        name = f"{number}-{_NO_LETTERS.sub('-', folder.name).strip('-') or 'project'}"
        for inside, file in project_copy.copied(folder):
            writer.file(f"projects/{name}/{inside}", file)
        told.append({"name": name, "folder": project.folder, "title": project.title})
    return told


def restore(file: Path, target: Path) -> Saved:
    """Unpacks a backup into a new home, everything checked before; the app starts with it. Raises CallError if `target` holds anything.

    Projects lie in the new home afterwards. Nobody is signed in any more, and jobs that waited or ran are cancelled.
    """
    from kundenwert.runs import storage

    target = target.absolute()
    if target.is_file() or (target.is_dir() and any(target.iterdir())):
        raise CallError(f"{target} is not empty and is kept. Name a new folder with --home.")
    if not file.is_file():
        raise CallError(f"There is no file {file}.")
    with storage.told(target):
        target.parent.mkdir(parents=True, exist_ok=True)
    with storage.building(target.parent, "restore") as folder:
        content = folder / "archive"
        content.mkdir(mode=0o700)
        manifest = archive.unpack(file, content)
        if not {_SECRET, _JSON} <= manifest["files"].keys():
            raise archive.unreadable(file, "its key or its accounts are missing")
        made = folder / "home"
        _arrange(content, made)
        _take_in(content, made, target, manifest)
        if target.is_dir():
            target.rmdir()
        with storage.told(target):
            storage.rename(made, target)
    sizes = [one["bytes"] for one in manifest["files"].values()]
    return Saved(target, tuple(one["title"] for one in manifest.get("projects", [])), len(sizes), sum(sizes))


def _arrange(content: Path, made: Path) -> None:
    """The files of the archive as a home has them."""
    homes.Home(made).prepare()
    (content / _SECRET).replace(made / "secret.key")
    for inside, place in (("home/drafts", "drafts"), ("projects", "projects")):
        if (content / inside).is_dir():
            (made / place).rmdir()
            (content / inside).replace(made / place)
    if (content / _SQLITE).is_file() and not os.environ.get(homes.DATABASE):
        (content / _SQLITE).replace(made / "web.sqlite3")


def _take_in(content: Path, made: Path, target: Path, manifest: dict[str, Any]) -> None:
    """Brings the database to this version and tells it where the projects are now."""
    os.environ[homes.HOME] = str(made)
    _django()
    from django.core.management import call_command
    from django.db import connection, transaction

    is_copy = (made / "web.sqlite3").is_file()
    call_command("migrate", verbosity=0, interactive=False)
    with transaction.atomic():
        if not is_copy:
            _needs_empty()
            with _silent():
                call_command("loaddata", str(content / _JSON), verbosity=0)
        _settle(manifest, target)
    connection.close()


def _needs_empty() -> None:
    from kundenwert.web.accounts.models import User

    if User.objects.exists():
        raise CallError(
            f"The database of {homes.DATABASE} holds accounts already and is kept. Make an empty one, or take the variable away."
        )


@contextlib.contextmanager
def _silent() -> Iterator[None]:
    """Accounts that come back are no news for the log of changes."""
    from auditlog.context import disable_auditlog

    with disable_auditlog():
        yield


def _settle(manifest: dict[str, Any], target: Path) -> None:
    from django.contrib.sessions.models import Session
    from django.utils import timezone
    from django_tasks_db.models import DBTaskResult

    from kundenwert.web.jobs.models import CANCELLED, RUNNING, WAITING, Job, Schedule, Worker
    from kundenwert.web.workspace.models import Project

    for one in manifest.get("projects", []):
        before, now = one["folder"], str(target / "projects" / one["name"])
        Project.objects.filter(folder=before).update(folder=now)
        Job.objects.filter(project=before).update(project=now)
        Schedule.objects.filter(project=before).update(project=now)
    Session.objects.all().delete()
    Job.objects.filter(state__in=(WAITING, RUNNING)).update(state=CANCELLED, ended=timezone.now(), worker=None)
    DBTaskResult.objects.all().delete()
    Worker.objects.all().delete()


def _django() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kundenwert.web.settings")
    import django

    django.setup()

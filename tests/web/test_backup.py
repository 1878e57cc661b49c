"""Backup and restore: the same values, accounts and decisions afterwards; whatever is wrong with an archive, nothing is written."""

from __future__ import annotations

import io
import json
import shutil
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

sys.path.append(str(Path(__file__).parent))

from live import Live, database, live, migrated

from kundenwert.errors import CallError, StorageError, UnreadableInput
from kundenwert.flows import project_copy
from kundenwert.web import archive
from kundenwert.web import backup as backups
from kundenwert.web import home as homes

pytestmark = pytest.mark.server

CLOCK = datetime(2026, 11, 22, 9, tzinfo=UTC)
PASSWORD = "richtig-Pferd-Batterie-7"


@pytest.fixture(scope="module")
def _template(tmp_path_factory: pytest.TempPathFactory, django_db_setup: None, django_db_blocker: Any) -> Path:
    folder = tmp_path_factory.mktemp("template") / "home"
    with django_db_blocker.unblock():
        migrated(folder)
    return folder


@pytest.fixture
def home(_template: Path, tmp_path: Path, django_db_blocker: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Live]:
    with django_db_blocker.unblock(), live(_template, tmp_path / "live") as found:
        monkeypatch.setenv(homes.HOME, str(found.folder))
        yield found


@pytest.fixture
def project(_small_project: Path, tmp_path: Path) -> Path:
    """A copy of the small project with a decision in its register."""
    from kundenwert.flows.objection import objection

    folder = tmp_path / "klein"
    shutil.copytree(_small_project, folder)
    objection(folder, "K001", reason="letter of 3 November", by="dpo@firma.example", clock=CLOCK)
    return folder


def _filled(home: Live, project: Path) -> None:
    from kundenwert.web import jobs
    from kundenwert.web.accounts.models import User
    from kundenwert.web.workspace.known import know

    know(project)
    user = User.objects.create_user("anna@firma.example", PASSWORD, name="Anna", role="admin")
    jobs.start("example", project, user, company=False, parent="x")
    (homes.Home(home.folder).drafts / "upload").mkdir()
    (homes.Home(home.folder).drafts / "upload" / "a.csv").write_text("a;b\n", encoding="utf-8")


def _restore(home: Live, file: Path, target: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from kundenwert.cli import main; main()", "restore", str(file), "--home", str(target)]
    environment = {key: value for key, value in home.environment.items() if key != homes.HOME}
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False, cwd=home.folder)


@pytest.mark.parametrize("ending", [".zip", pytest.param(".tar.gz", marks=pytest.mark.slow)])
def test_what_is_restored_has_the_same_values_accounts_and_decisions(ending: str, home: Live, project: Path, tmp_path: Path) -> None:
    from kundenwert.flows.audit import check
    from kundenwert.runs import store
    from kundenwert.web.accounts.models import User
    from kundenwert.web.jobs.models import CANCELLED, Job
    from kundenwert.web.workspace.models import Project

    _filled(home, project)
    saved = backups.backup(tmp_path / f"all{ending}", clock=CLOCK)
    assert saved.projects == ("Klein & Fein GmbH",)
    new = tmp_path / "new"
    done = _restore(home, saved.file, new)
    assert done.returncode == 0, done.stderr
    copy = new / "projects" / "1-klein"
    for file in ("customers.parquet", "manifest.json"):
        assert (store.read(copy).folder / file).read_bytes() == (store.read(project).folder / file).read_bytes()
    assert check(copy) == check(project) > 0
    assert (new / "secret.key").read_text() == homes.Home(home.folder).secret_file.read_text()
    assert (new / "drafts" / "upload" / "a.csv").read_text() == "a;b\n"
    with database(homes.database(None, new / "web.sqlite3")):
        assert User.objects.get(email="anna@firma.example").check_password(PASSWORD)
        assert Project.objects.get().folder == str(copy)
        assert Job.objects.get().state == CANCELLED
    assert sorted(path.name for path in tmp_path.iterdir() if path.name.startswith(".")) == []


def test_accounts_come_back_from_json_where_the_file_is_of_no_use(home: Live, project: Path, tmp_path: Path) -> None:
    """As from PostgreSQL into SQLite."""
    from kundenwert.web.accounts.models import User

    _filled(home, project)
    saved = backups.backup(tmp_path / "all.zip", clock=CLOCK, with_projects=False)
    assert saved.projects == ()
    without = _changed(saved.file, tmp_path / "json.zip", lambda files, manifest: _forget(files, manifest, "database/web.sqlite3"))
    new = tmp_path / "new"
    done = _restore(home, without, new)
    assert done.returncode == 0, done.stderr
    with database(homes.database(None, new / "web.sqlite3")):
        user = User.objects.get()
        assert (user.email, user.role, user.check_password(PASSWORD)) == ("anna@firma.example", "admin", True)


Change = Callable[[dict[str, bytes], dict[str, Any]], None]


def _forget(files: dict[str, bytes], manifest: dict[str, Any], name: str) -> None:
    del files[name]
    del manifest["files"][name]


def _changed(file: Path, target: Path, change: Change) -> Path:
    with zipfile.ZipFile(file) as packed:
        files = {name: packed.read(name) for name in packed.namelist()}
    manifest = json.loads(files.pop(archive.MANIFEST))
    change(files, manifest)
    with zipfile.ZipFile(target, "w") as packed:
        for name, content in files.items():
            packed.writestr(name, content)
        packed.writestr(archive.MANIFEST, json.dumps(manifest))
    return target


@pytest.fixture
def packed(tmp_path: Path) -> Path:
    """A small archive with two files."""
    (tmp_path / "one").write_bytes(b"first")
    with archive.writing(tmp_path / "small.zip", ".zip") as writer:
        writer.file("home/one", tmp_path / "one")
        writer.data("home/two", b"second")
        content = {"kind": "kundenwert backup", "format": 1, "files": dict(writer.files)}
        writer.data(archive.MANIFEST, json.dumps(content).encode())
    return tmp_path / "small.zip"


def _set(name: str, content: bytes) -> Change:
    return lambda files, _: files.update({name: content})


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (_set("home/one", b"other"), "not as they were written: home/one"),
        (_set("home/three", b"more"), "not as they were written: home/three"),
        (lambda files, _: files.pop("home/two"), "not as they were written: home/two"),
        (_set("../outside", b"x"), "leads out of the folder"),
        (_set("/outside", b"x"), "leads out of the folder"),
        (_set("home/../../outside", b"x"), "leads out of the folder"),
        (_set("C:/outside", b"x"), "leads out of the folder"),
        (_set("home\\..\\outside", b"x"), "leads out of the folder|not as they were written"),
        (lambda _, manifest: manifest.update(format=2), "it has format 2, this version reads 1"),
        (lambda _, manifest: manifest.update(kind="other"), "it is no backup of kundenwert"),
    ],
)
def test_a_changed_archive_is_refused(change: Change, said: str, packed: Path, tmp_path: Path) -> None:
    target = tmp_path / "inside" / "target"
    target.mkdir(parents=True)
    with pytest.raises(UnreadableInput, match=said):
        archive.unpack(_changed(packed, tmp_path / "changed.zip", change), target)
    assert not (tmp_path / "inside" / "outside").exists()
    assert not (tmp_path / "outside").exists()


@pytest.mark.parametrize("length", [0, 10, 200])
def test_a_broken_archive_is_refused(length: int, packed: Path, tmp_path: Path) -> None:
    (tmp_path / "short.zip").write_bytes(packed.read_bytes()[:length])
    (tmp_path / "target").mkdir()
    with pytest.raises(UnreadableInput, match="cannot be restored"):
        archive.unpack(tmp_path / "short.zip", tmp_path / "target")


def test_a_link_in_an_archive_is_refused(tmp_path: Path) -> None:
    (tmp_path / "target").mkdir()
    with tarfile.open(tmp_path / "link.tar.gz", "w:gz") as wound:
        link = tarfile.TarInfo("home/link")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        wound.addfile(link, io.BytesIO())
    with pytest.raises(UnreadableInput, match="home/link is no plain file"):
        archive.unpack(tmp_path / "link.tar.gz", tmp_path / "target")


def test_an_archive_larger_than_the_disk_is_refused_before_the_disk_is_full(
    packed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "target").mkdir()
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=7))
    with pytest.raises(UnreadableInput, match="more than there is room"):
        archive.unpack(packed, tmp_path / "target")


def test_a_home_with_anything_in_it_is_kept(packed: Path, tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "web.sqlite3").touch()
    with pytest.raises(CallError, match="is not empty and is kept"):
        backups.restore(packed, tmp_path / "full")


def test_an_archive_without_key_and_accounts_leaves_no_home(packed: Path, tmp_path: Path) -> None:
    with pytest.raises(UnreadableInput, match="its key or its accounts are missing"):
        backups.restore(packed, tmp_path / "new")
    assert not (tmp_path / "new").exists()
    assert [path for path in tmp_path.iterdir() if path.name.startswith(".building")] == []


def test_a_backup_never_replaces_a_file_and_needs_a_known_ending(home: Live, tmp_path: Path) -> None:
    (tmp_path / "there.zip").write_bytes(b"x")
    with pytest.raises(CallError, match="exists and is kept"):
        backups.backup(tmp_path / "there.zip", clock=CLOCK)
    with pytest.raises(CallError, match=r"Possible: \.zip, \.tar\.gz"):
        backups.backup(tmp_path / "there.rar", clock=CLOCK)


def test_a_backup_that_fails_leaves_nothing(home: Live, project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _filled(home, project)

    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(archive, "_into_zip", full)
    with pytest.raises(StorageError, match="No space left on device"):
        backups.backup(tmp_path / "all.zip", clock=CLOCK)
    assert [path.name for path in tmp_path.iterdir() if "zip" in path.name or path.name.startswith(".building")] == []


def test_the_archive_is_for_its_owner_alone(packed: Path) -> None:
    assert packed.stat().st_mode & 0o077 == 0


def test_what_is_rebuilt_or_half_built_is_not_copied(project: Path) -> None:
    (project / "index" / "run").mkdir(parents=True)
    (project / "index" / "run" / "a.parquet").touch()
    (project / "runs" / ".building-x").mkdir()
    (project / "runs" / ".building-x" / "b.parquet").touch()
    names = [name for name, _ in project_copy.copied(project)]
    assert names[0] == "runs/current"
    assert names[-1].startswith("register/")
    assert "kundenwert.toml" in names
    assert not [name for name in names if name.startswith("index/") or ".building" in name or name.endswith("lock")]


def test_a_project_that_changes_under_the_copy_is_told(project: Path) -> None:
    copying = project_copy.copied(project)
    next(copying)
    next(copying)
    (project / "kundenwert.toml").write_text("changed", encoding="utf-8")
    with pytest.raises(StorageError, match="was changed while it was copied"):
        list(copying)


def test_the_database_is_copied_at_one_moment_while_others_write(tmp_path: Path) -> None:
    """Two tables that always change together are alike in the copy."""
    import contextlib
    import sqlite3
    import threading

    source = tmp_path / "live.sqlite3"
    with contextlib.closing(sqlite3.connect(source)) as made:
        made.executescript("pragma journal_mode=wal; create table one(x); create table two(x);")
    stop, began = threading.Event(), threading.Event()

    def write() -> None:
        with contextlib.closing(sqlite3.connect(source, timeout=20)) as writer:
            while not stop.is_set():
                with writer:
                    writer.execute("insert into one values (randomblob(500))")
                    writer.execute("insert into two values (1)")
                began.set()

    thread = threading.Thread(target=write)
    thread.start()
    began.wait(10)
    try:
        for number in range(5):
            backups._copy_sqlite(source, tmp_path / f"copy{number}.sqlite3")
    finally:
        stop.set()
        thread.join()
    for number in range(5):
        with contextlib.closing(sqlite3.connect(tmp_path / f"copy{number}.sqlite3")) as copy:
            assert copy.execute("pragma integrity_check").fetchone() == ("ok",)
            (one,), (two,) = (copy.execute(f"select count(*) from {name}").fetchone() for name in ("one", "two"))
            assert one == two > 0

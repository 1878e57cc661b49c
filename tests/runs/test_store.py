"""The runs of a project: names, order, and which one counts."""

from __future__ import annotations

import subprocess
import sys
import threading
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from kundenwert.errors import StorageError, UnknownName
from kundenwert.runs import storage, store

NOW = datetime(2026, 11, 22, 9, 15, tzinfo=UTC)


def publish(project: Path, as_of: str, *, force: bool = False, fingerprint: str = "x", name: str | None = None) -> tuple[str, bool]:
    with store.building(project) as folder:
        storage.write_json(folder / "manifest.json", {"as_of": as_of})
        chosen = name or store.free_name(project, NOW, fingerprint)
        return store.publish(project, folder, name=chosen, as_of=date.fromisoformat(as_of), force=force)


def test_a_name_says_when_and_follows_from_what_was_valued(tmp_path: Path) -> None:
    name = store.free_name(tmp_path, NOW, "fingerprint")
    assert name.startswith("2026-11-22T0915Z-")
    assert len(name) == 21
    assert name == store.free_name(tmp_path, NOW, "fingerprint") != store.free_name(tmp_path, NOW, "other")


def test_a_name_that_is_taken_is_not_given_again(tmp_path: Path) -> None:
    names = [publish(tmp_path, "2026-10-31")[0] for _ in range(5)]
    assert len(set(names)) == 5
    assert store.names(tmp_path) == sorted(names)


def test_a_name_taken_at_the_last_moment_gets_a_number(tmp_path: Path) -> None:
    assert publish(tmp_path, "2026-10-31", name="2026-11-22T0915Z-4f2a")[0] == "2026-11-22T0915Z-4f2a"
    assert publish(tmp_path, "2026-10-31", name="2026-11-22T0915Z-4f2a")[0] == "2026-11-22T0915Z-4f2a-2"


def test_many_at_once_are_all_published_whole(tmp_path: Path) -> None:
    found: list[str] = []
    gate = threading.Barrier(6)

    def work() -> None:
        gate.wait()
        found.append(publish(tmp_path, "2026-10-31", name="2026-11-22T0915Z-4f2a")[0])

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(found)) == 6
    assert store.names(tmp_path) == sorted(found)
    assert store.current(tmp_path) in found


def test_current_moves_to_a_later_or_equal_day_only_unless_it_is_forced(tmp_path: Path) -> None:
    assert publish(tmp_path, "2026-06-30")[1]
    assert publish(tmp_path, "2026-06-30")[1]
    last, moved = publish(tmp_path, "2026-07-31")
    assert moved
    assert not publish(tmp_path, "2026-06-30")[1]
    assert store.current(tmp_path) == last
    early, moved = publish(tmp_path, "2026-01-31", force=True)
    assert moved
    assert store.read(tmp_path).name == early


def test_unfinished_folders_are_no_runs(tmp_path: Path) -> None:
    done, _ = publish(tmp_path, "2026-06-30")
    (tmp_path / "runs" / "2026-11-22T0915Z-dead").mkdir()
    with store.building(tmp_path):
        assert store.names(tmp_path) == [done]


def test_a_current_file_that_names_no_run_counts_for_nothing(tmp_path: Path) -> None:
    publish(tmp_path, "2026-06-30")
    (tmp_path / "runs" / "current").write_text("gone\n")
    assert store.current(tmp_path) is None
    with pytest.raises(StorageError, match="holds no finished run"):
        store.read(tmp_path)
    assert publish(tmp_path, "2025-06-30")[1]


def test_an_unknown_run_is_answered_with_the_known_ones(tmp_path: Path) -> None:
    name, _ = publish(tmp_path, "2026-06-30")
    with pytest.raises(UnknownName, match=f"Did you mean '{name}'"):
        store.read(tmp_path, name[:-1])


DEAD = """
import os, sys
from pathlib import Path
from kundenwert.runs import storage
storage.rename = lambda *_: os._exit(9)
storage.write_text(Path(sys.argv[1]) / "x.json", "half")
"""


@pytest.mark.parametrize("place", ["runs", "ledger", "ledger/read"])
def test_a_new_run_removes_what_a_killed_one_left_anywhere_in_the_project(tmp_path: Path, place: str) -> None:
    died = subprocess.run([sys.executable, "-c", DEAD, str(tmp_path / place)], check=False)
    assert died.returncode == 9
    assert len(list((tmp_path / place).glob(".*"))) == 2
    with store.building(tmp_path) as mine:
        assert [path for path in tmp_path.rglob(".*") if path.with_suffix("") != mine] == []
    assert list(tmp_path.rglob(".*")) == []

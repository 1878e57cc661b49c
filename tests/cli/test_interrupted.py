"""Full disks, folders that cannot be written, engines that fail, Ctrl-C, two runs at once: earlier results stay, nothing half is left."""

from __future__ import annotations

import signal
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from cli_help import Call, content, english, lines_of, process, project, start, unfinished

from kundenwert.engines.duckdb import DuckDb
from kundenwert.errors import Problem, StorageError

# Processes that are hindered, killed and run beside each other.
pytestmark = pytest.mark.server
POSIX = pytest.mark.skipif(sys.platform == "win32", reason="limits and signals of POSIX")


@pytest.fixture
def ready(folder: Path) -> Path:
    """A project that was never run."""
    (folder / "sales.csv").write_text(english(lines_of(40)), encoding="utf-8")
    project(folder / "wert", "../sales.csv")
    return folder


def hidden(folder: Path) -> list[str]:
    return [path.name for path in folder.rglob(".*")]


# ---------- no room, no rights ----------


@POSIX
@pytest.mark.parametrize(
    ("limit", "words"),
    [
        (600, ["run", "wert"]),
        (20_000, ["run", "wert"]),
        (600, ["value", "sales.csv"]),
        (600, ["value", "sales.csv", "--out", "a.csv"]),
        (4_000, ["value", "sales.csv", "--out", "a.xlsx"]),
    ],
)
def test_a_full_disk(ready: Path, limit: int, words: list[str]) -> None:
    """The system refuses any file beyond a size, as a full disk does: for real, at several moments of the way."""
    before = content(ready)
    limited = f"import resource; resource.setrlimit(resource.RLIMIT_FSIZE, ({limit}, {limit}))"
    answer = process(words, ready, before=limited)
    assert answer.code == 1, answer.text
    assert "Expected: " in answer.err
    assert "space" in answer.err
    assert unfinished(before, content(ready)) == []
    assert hidden(ready) == []


@POSIX
def test_a_disk_that_fills_up_leaves_the_last_good_run(call: Call, ready: Path) -> None:
    assert call("run", "wert").code == 0
    before = content(ready)
    limited = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))"
    answer = process(["run", "wert", "--as-of", "2025-06-30"], ready, before=limited)
    assert answer.code == 1, answer.text
    assert content(ready) == before
    assert call("runs", "list", "wert").out.count("*") == 1
    assert call("run", "wert", "--as-of", "2025-06-30").code == 0


@pytest.mark.parametrize("fails_at", range(6))
def test_an_engine_that_fails_to_write(call: Call, ready: Path, monkeypatch: pytest.MonkeyPatch, fails_at: int) -> None:
    write, done = DuckDb.write, []

    def failing(self: DuckDb, path: Path, step: str, **values: Any) -> int:
        done.append(path.name)
        if len(done) > fails_at:
            path.write_bytes(b"half")
            raise StorageError(Problem("No space left on device.", "free space.", "free some."))
        return write(self, path, step, **values)

    monkeypatch.setattr(DuckDb, "write", failing)
    before = content(ready)
    answer = call("run", "wert")
    assert answer.code == 1, f"{answer.text} {done}"
    assert "No space left on device" in answer.err
    assert unfinished(before, content(ready)) == []
    assert hidden(ready) == []


def test_a_file_where_a_folder_is_needed(call: Call, ready: Path) -> None:
    (ready / "wert" / "runs").write_text("in the way", encoding="utf-8")
    before = content(ready)
    for words in (["run", "wert"], ["value", "sales.csv", "--out", "sales.csv/a.csv"], ["init", "sales.csv/wert", "--from", "sales.csv"]):
        answer = call(*words)
        assert answer.code == 1, answer.text
        assert "a file stands where a folder is needed" in answer.err
    assert unfinished(before, content(ready)) == []


def test_a_folder_that_cannot_be_written(call: Call, ready: Path) -> None:
    for words in (["value", "sales.csv", "--out", "/proc/a.csv"], ["init", "/proc/wert", "--from", "sales.csv"]):
        if not Path("/proc/self").exists():
            pytest.skip("this system has no /proc, where nobody may write")
        answer = call(*words)
        assert answer.code == 1, answer.text
        assert "could not be written" in answer.err


def test_an_export_over_a_folder(call: Call, ready: Path) -> None:
    call("run", "wert")
    (ready / "werte.csv").mkdir()
    answer = call("export", "wert", "--out", "werte.csv")
    assert answer.code == 1
    assert "werte.csv" in answer.err
    assert hidden(ready) == []


def test_a_damaged_run_is_a_problem_with_its_name(call: Call, ready: Path) -> None:
    call("run", "wert")
    (manifest,) = (ready / "wert" / "runs").glob("*/manifest.json")
    manifest.write_text("{", encoding="utf-8")
    for words in (["runs", "list", "wert"], ["runs", "show", "--project", "wert"], ["customer", "0001", "--project", "wert"]):
        answer = call(*words)
        assert answer.code == 1
        assert "manifest.json cannot be read" in answer.err
    (table,) = (ready / "wert" / "runs").glob("*/customers.parquet")
    manifest.unlink()
    table.write_bytes(b"PAR1")
    assert call("customer", "0001", "--project", "wert").code == 1


# ---------- Ctrl-C, two at once ----------


def stopped_at(folder: Path, phase: str, words: list[str]) -> tuple[int, str]:
    """Starts a command that waits when a phase begins, sends Ctrl-C then, and tells how it ended."""
    waiting = (
        # Tests in the background ignore Ctrl-C, and their children would inherit that; a terminal does not.
        "import signal, time\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "from kundenwert.flows import progress\n"
        "begin = progress.Phase.__init__\n"
        "def wait(self, text, *rest, **more):\n"
        "    begin(self, text, *rest, **more)\n"
        f"    if text.startswith({phase!r}):\n"
        "        print('waiting', flush=True)\n"
        "        time.sleep(30)\n"
        "progress.Phase.__init__ = wait\n"
    )
    running = start(words, folder, before=waiting)
    assert running.stdout
    for line in running.stdout:
        if "waiting" in line:
            break
    running.send_signal(signal.SIGINT)
    _, err = running.communicate(timeout=30)
    return running.returncode, err


@POSIX
@pytest.mark.parametrize("phase", ["Writing the ledger", "Writing the report"])
def test_ctrl_c_ends_with_130_and_leaves_nothing_half(ready: Path, phase: str) -> None:
    before = content(ready)
    code, err = stopped_at(ready, phase, ["run", "wert"])
    assert code == 130
    assert "Stopped." in err
    assert "Traceback" not in err
    assert unfinished(before, content(ready)) == []
    assert hidden(ready) == []


@POSIX
def test_what_a_killed_run_leaves_is_removed_by_the_next(call: Call, ready: Path) -> None:
    sleep = (
        "import time\nfrom kundenwert.flows import run\nrun._write_reports = lambda *rest: (print('waiting', flush=True), time.sleep(30))\n"
    )
    running = start(["run", "wert"], ready, before=sleep)
    assert running.stdout
    running.stdout.readline()
    running.kill()
    running.communicate(timeout=30)
    assert hidden(ready)
    assert call("run", "wert").code == 0
    assert hidden(ready) == []
    assert call("runs", "list", "wert").out.count("revenue") == 1


def test_two_runs_at_once_are_both_good(call: Call, ready: Path) -> None:
    running = [start(["run", "wert", "--quiet"], ready) for _ in range(2)]
    folders = []
    for each in running:
        out, err = each.communicate(timeout=60)
        assert each.returncode == 0, err
        folders.append(ready / out.strip())
    assert folders[0] != folders[1]
    assert folders[0].joinpath("customers.parquet").read_bytes() == folders[1].joinpath("customers.parquet").read_bytes()
    assert call("runs", "list", "wert").out.count("*") == 1
    assert hidden(ready) == []


# ---------- mistakes of ours ----------


def test_a_mistake_of_ours_is_told_without_the_data(call: Call, ready: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from kundenwert.flows import run

    def broken(*_: Any, **__: Any) -> None:
        raise ZeroDivisionError("Müller, Hauptstraße 1")

    monkeypatch.setattr(run, "value_by_evidence", broken)
    before = content(ready)
    answer = call("run", "wert")
    assert answer.code == 3
    assert "ZeroDivisionError" in answer.err
    assert "KUNDENWERT_DEBUG=1" in answer.err
    assert "Müller" not in answer.err
    assert unfinished(before, content(ready)) == []
    assert hidden(ready) == []


def test_progress_names_no_customer(call: Call, ready: Path) -> None:
    answer = call("run", "wert")
    assert not any(f"{customer:04d}" in answer.err for customer in range(1, 41))


def test_memory_that_is_used_up_is_a_problem_with_a_remedy(call: Call, ready: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "raise the setting `memory`" in call("value", "sales.csv", "--memory", "1MB").err
    from kundenwert.flows import run

    def hungry(*_: Any, **__: Any) -> None:
        raise MemoryError

    monkeypatch.setattr(run, "value_by_evidence", hungry)
    answer = call("run", "wert")
    assert answer.code == 1
    assert "The memory is used up." in answer.err


@pytest.mark.slow
def test_runs_of_one_minute_have_names_of_their_own(call: Call, ready: Path) -> None:
    begin = time.time()
    for _ in range(2):
        assert call("run", "wert", "--quiet").code == 0
    assert len(list((ready / "wert" / "runs").glob("2*"))) == 2, f"after {time.time() - begin:.1f} s"

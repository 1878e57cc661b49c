"""Workers as real processes: no two of them do one job, and whatever is killed leaves a job that begins anew or says why not."""

from __future__ import annotations

import os
import shutil
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

sys.path.append(str(Path(__file__).parent))

from live import Live, live, migrated, runs, until
from patient import PREPARES, find

from kundenwert.web import jobs
from kundenwert.web.jobs import kind as kinds
from kundenwert.web.jobs import orphans
from kundenwert.web.jobs.models import CANCELLED, DONE, FAILED, RUNNING, WAITING, Job, Worker

pytestmark = pytest.mark.server


@pytest.fixture(scope="module")
def _template(tmp_path_factory: pytest.TempPathFactory, django_db_setup: None, django_db_blocker: Any) -> Path:
    folder = tmp_path_factory.mktemp("template") / "home"
    with django_db_blocker.unblock():
        migrated(folder)
    return folder


@pytest.fixture
def home(_template: Path, tmp_path: Path, django_db_blocker: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Live]:
    monkeypatch.setattr(kinds, "find", find)
    with django_db_blocker.unblock(), live(_template, tmp_path / "live") as found:
        yield found


@pytest.fixture
def valued(_small_project: Path, tmp_path: Path) -> Path:
    """A project with a run."""
    folder = tmp_path / "klein"
    shutil.copytree(_small_project, folder)
    return folder


def _state(job: Job) -> str:
    return str(Job.objects.values_list("state", flat=True).get(pk=job.pk))


def _reach(job: Job, state: str) -> Job:
    until(lambda: _state(job) == state)
    job.refresh_from_db()
    return job


def _noted(file: Path, word: str) -> list[int]:
    lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
    return [int(line.split()[1]) for line in lines if line.startswith(word)]


def test_a_worker_does_what_waits_and_tells_how_far_it_is(home: Live, tmp_path: Path) -> None:
    notes, go = tmp_path / "notes", tmp_path / "go"
    job = jobs.start("patient", tmp_path, None, file=str(notes), go=str(go))
    home.worker()
    until(lambda: Job.objects.get(pk=job.pk).phases)
    assert [(one["text"], one["is_over"]) for one in Job.objects.get(pk=job.pk).phases] == [("Reading lines.csv", False)]
    go.touch()
    _reach(job, DONE)
    assert [(one["rows"], one["is_over"]) for one in job.phases] == [(7, True)]
    assert job.next == "/overview/"


def test_two_workers_never_do_one_job(home: Live, tmp_path: Path) -> None:
    notes = tmp_path / "notes"
    started = [jobs.start("patient", tmp_path, None, file=str(notes)) for _ in range(4)]
    home.worker()
    home.worker()
    for job in started:
        _reach(job, DONE)
    assert len(_noted(notes, "begin")) == len(_noted(notes, "end")) == 4
    assert {job.attempt for job in started} == {1}


def test_a_running_job_is_cancelled_and_its_process_is_gone(home: Live, tmp_path: Path) -> None:
    notes = tmp_path / "notes"
    job = jobs.start("patient", tmp_path, None, file=str(notes), seconds=60)
    home.worker()
    (pid,) = until(lambda: _noted(notes, "begin"))
    job.cancel()
    _reach(job, CANCELLED)
    assert not runs(pid)
    assert _noted(notes, "end") == []


def test_a_worker_that_is_killed_takes_its_process_along_and_another_begins_the_job_anew(home: Live, tmp_path: Path) -> None:
    notes, go = tmp_path / "notes", tmp_path / "go"
    job = jobs.start("patient", tmp_path, None, file=str(notes), go=str(go))
    first = home.worker()
    (pid,) = until(lambda: _noted(notes, "begin"))
    first.kill()
    first.wait()
    until(lambda: not runs(pid))
    home.worker()
    go.touch()
    _reach(job, DONE)
    assert (job.attempt, [line["text"] for line in job.log]) == (2, [orphans.ANEW])


@pytest.mark.slow
def test_a_job_that_cannot_begin_anew_says_that_its_worker_died(home: Live, tmp_path: Path) -> None:
    notes = tmp_path / "notes"
    job = jobs.start("once", tmp_path, None, file=str(notes), seconds=60)
    first = home.worker()
    until(lambda: _noted(notes, "begin"))
    first.kill()
    first.wait()
    home.worker()
    assert _reach(job, FAILED).reason == orphans.DIED


@pytest.mark.slow
def test_a_process_that_dies_fails_its_job_alone(home: Live, tmp_path: Path) -> None:
    notes = tmp_path / "notes"
    job = jobs.start("dies", tmp_path, None, file=str(notes))
    after = jobs.start("patient", tmp_path, None, file=str(notes))
    home.worker()
    assert "ended from outside" in _reach(job, FAILED).reason
    _reach(after, DONE)


@pytest.mark.slow
def test_a_worker_that_stops_puts_its_job_back(home: Live, tmp_path: Path) -> None:
    notes = tmp_path / "notes"
    job = jobs.start("patient", tmp_path, None, file=str(notes), seconds=60)
    worker = home.worker()
    until(lambda: _noted(notes, "begin"))
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(10) == 0
    assert (_state(job), Worker.objects.count()) == (WAITING, 0)
    job.refresh_from_db()
    assert ([line["text"] for line in job.log], job.deaths) == ([orphans.STOPPED_ANEW], 0)


@pytest.mark.slow
def test_a_worker_ends_with_the_pipe_of_its_server(home: Live) -> None:
    worker = home.begin(str(Path(__file__).parent / "patient.py"), "worker", "--with-parent")
    until(Worker.objects.exists)
    assert worker.stdin is not None
    worker.stdin.close()
    assert worker.wait(10) == 0


@pytest.mark.slow
def test_two_exclusive_jobs_of_one_project_never_overlap(home: Live, tmp_path: Path) -> None:
    notes = tmp_path / "notes"
    started = [jobs.start("alone", tmp_path, None, file=str(notes), seconds=0.5) for _ in range(4)]
    home.worker()
    home.worker()
    for job in started:
        _reach(job, DONE)
    words = [line.split()[0] for line in notes.read_text(encoding="utf-8").splitlines()]
    assert words == ["begin", "end"] * 4


@pytest.mark.slow
def test_a_process_that_does_not_listen_is_ended_for_good(home: Live, tmp_path: Path) -> None:
    notes = tmp_path / "notes"
    job = jobs.start("stubborn", tmp_path, None, file=str(notes), seconds=60)
    home.worker()
    (pid,) = until(lambda: _noted(notes, "begin"))
    time.sleep(0.3)
    job.cancel()
    _reach(job, CANCELLED)
    assert not runs(pid)


@pytest.mark.slow
def test_a_worker_taken_for_dead_ends_its_own_process_when_the_job_runs_elsewhere(home: Live, tmp_path: Path) -> None:
    notes, go = tmp_path / "notes", tmp_path / "go"
    job = jobs.start("patient", tmp_path, None, file=str(notes), go=str(go))
    asleep = home.worker()
    (pid,) = until(lambda: _noted(notes, "begin"))
    os.kill(asleep.pid, signal.SIGSTOP)
    try:
        Worker.objects.update(heartbeat="2026-01-01T00:00:00Z")
        home.worker()
        until(lambda: len(_noted(notes, "begin")) == 2)
    finally:
        os.kill(asleep.pid, signal.SIGCONT)
    until(lambda: not runs(pid))
    assert _state(job) == RUNNING
    go.touch()
    _reach(job, DONE)
    assert len(_noted(notes, "end")) == 1


def test_a_run_of_the_command_line_is_prepared_once_by_workers_with_nothing_to_do_and_killed_without_harm(
    home: Live, valued: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from kundenwert.flows import customer_list, customer_rows
    from kundenwert.runs import store
    from kundenwert.web.workspace.models import Project

    go, notes = tmp_path / "go", tmp_path / "go.notes"
    monkeypatch.setenv(PREPARES, str(go))
    entry = Project.objects.create(folder=str(valued), title="Klein")
    workers = [home.worker(), home.worker()]
    (first,) = until(lambda: _noted(notes, "begin"))
    (job,) = Job.objects.all()
    assert (job.kind, job.by, job.worker and job.worker.pid in {worker.pid for worker in workers}) == ("preparation", None, True)
    (busy,) = [worker for worker in workers if job.worker and worker.pid == job.worker.pid]
    busy.kill()
    busy.wait()
    until(lambda: not runs(first))
    until(lambda: len(_noted(notes, "begin")) == 2)
    go.touch()
    _reach(job, DONE)
    name = str(store.current(valued))
    assert (job.attempt, job.next) == (2, f"/projects/{entry.pk}/")
    assert customer_list.ready(valued, name)
    assert customer_rows.ready(valued, name)
    assert list((valued / "index").rglob(".building*")) == []
    time.sleep(0.5)
    assert Job.objects.count() == 1, "nothing is missing any more"


@pytest.mark.slow
@pytest.mark.parametrize("phases", [0, 3, 9])
def test_a_valuation_killed_at_any_step_leaves_the_last_run_and_is_done_in_the_end(
    phases: int, home: Live, valued: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the real kind; everything that worked on it is killed, not only the worker."""
    from kundenwert.runs import store

    monkeypatch.undo()
    before = store.current(valued)
    job = jobs.start("valuation", valued, None)
    worker = home.begin("-m", "kundenwert.web.worker")
    until(lambda: _state(job) == RUNNING and len(Job.objects.get(pk=job.pk).phases) >= phases)
    worker.kill()
    worker.wait()
    job.refresh_from_db()
    if job.state == RUNNING:
        assert store.current(valued) == before
        assert store.read(valued).manifest["run"] == before
    home.begin("-m", "kundenwert.web.worker")
    until(lambda: _state(job) == DONE, 90)
    job.refresh_from_db()
    assert job.deaths <= 1
    assert store.current(valued) == job.result["run"]
    assert [path.name for path in (valued / "runs").iterdir() if path.name.startswith(".building")] == []

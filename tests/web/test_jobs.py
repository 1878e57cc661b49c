"""Jobs: taken by one worker, kept with their progress, ended in one of three ways."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

sys.path.append(str(Path(__file__).parent))

from live import done_here as do_here

from kundenwert.errors import DataError, Problem, UnknownName
from kundenwert.flows.progress import Progress
from kundenwert.web import jobs
from kundenwert.web.jobs import child, orphans, queue
from kundenwert.web.jobs import kind as kinds
from kundenwert.web.jobs.models import CANCELLED, DONE, FAILED, RUNNING, WAITING, Job, Worker

pytestmark = pytest.mark.django_db
Run = Callable[[Mapping[str, Any], Progress, datetime], Mapping[str, Any]]


def _works(arguments: Mapping[str, Any], progress: Progress, clock: datetime) -> Mapping[str, Any]:
    with progress.phase("Reading lines.csv") as phase:
        phase.rows = arguments["rows"]
    return {"next": "/overview/", "by": arguments["by"], "project": str(arguments["project"])}


def _finds_a_problem(arguments: Mapping[str, Any], progress: Progress, clock: datetime) -> Mapping[str, Any]:
    raise DataError(Problem("The column amount is missing.", "an amount", "Name the column.", "lines.csv", 1))


def _has_a_mistake(arguments: Mapping[str, Any], progress: Progress, clock: datetime) -> Mapping[str, Any]:
    raise ZeroDivisionError("the secret of customer K001")


@pytest.fixture(autouse=True)
def _kinds(monkeypatch: pytest.MonkeyPatch) -> None:
    known = {
        "works": kinds.Kind("works", "Valuation", _works, is_exclusive=True, can_resume=True),
        "wrong": kinds.Kind("wrong", "Check", _finds_a_problem),
        "broken": kinds.Kind("broken", "Check", _has_a_mistake),
    }

    def find(name: str) -> kinds.Kind:
        if name not in known:
            raise UnknownName(name, "jobs", known)
        return known[name]

    monkeypatch.setattr(kinds, "find", find)


@pytest.fixture
def worker(db: None) -> Worker:
    return Worker.objects.create(host="elsewhere", pid=1)


@pytest.fixture
def done_here(worker: Worker, monkeypatch: pytest.MonkeyPatch) -> Callable[[Job], Job]:
    """Does the next job in this process, in the one transaction of the test, without a thread."""

    monkeypatch.setattr("kundenwert.web.jobs.progress.Reporter._loop", lambda self: None)
    return lambda job: do_here(job, worker)


def test_a_job_waits_until_a_worker_takes_it(person: Callable[..., Any], worker: Worker) -> None:
    job = jobs.start("works", Path("/p"), person("analyst"), rows=3)
    assert job.state == WAITING
    claimed = queue.claim(worker)
    assert claimed is not None
    assert (claimed.pk, claimed.state, claimed.worker, claimed.attempt) == (job.pk, RUNNING, worker, 1)
    assert queue.claim(worker) is None


def test_a_kind_that_does_not_exist_is_refused_before_anything_is_kept(person: Callable[..., Any]) -> None:
    with pytest.raises(UnknownName, match=r"No 'wroks' in jobs\. Did you mean 'works'"):
        jobs.start("wroks", None, person("analyst"))
    assert not Job.objects.exists()
    assert not DBTaskResult.objects.exists()


def test_a_job_gives_its_result_and_what_it_did(person: Callable[..., Any], done_here: Callable[[Job], Job]) -> None:
    job = done_here(jobs.start("works", Path("/p"), person("analyst"), rows=3))
    assert (job.state, job.next, job.result["by"], job.result["project"]) == (DONE, "/overview/", "analyst@firma.example", "/p")
    assert job.ended is not None
    assert DBTaskResult.objects.get(pk=job.ticket).status == "SUCCESSFUL"


def test_an_address_of_another_server_is_no_next_page() -> None:
    assert Job(result={"next": "//elsewhere.example/"}).next == ""
    assert Job(result={"next": "https://elsewhere.example/"}).next == ""


def test_problems_of_the_data_are_kept_in_words(person: Callable[..., Any], done_here: Callable[[Job], Job]) -> None:
    job = done_here(jobs.start("wrong", None, person("analyst")))
    assert job.state == FAILED
    assert job.problems == [
        {"came": "The column amount is missing.", "expected": "an amount", "remedy": "Name the column.", "place": "lines.csv, line 1"}
    ]


def test_a_mistake_of_ours_is_a_number_without_data(
    person: Callable[..., Any], done_here: Callable[[Job], Job], caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    import logging

    monkeypatch.setattr(logging.getLogger("kundenwert"), "propagate", True)
    job = done_here(jobs.start("broken", None, person("analyst")))
    assert (job.state, len(job.mistake), job.problems) == (FAILED, 8, [])
    assert f"mistake {job.mistake}: ZeroDivisionError in _has_a_mistake" in caplog.text
    assert "K001" not in caplog.text


def test_two_exclusive_jobs_of_one_project_wait_for_each_other(person: Callable[..., Any], worker: Worker) -> None:
    first = jobs.start("works", Path("/p"), person("analyst"), rows=1)
    second = jobs.start("works", Path("/p"), person("analyst"), rows=1)
    other = jobs.start("works", Path("/q"), person("analyst"), rows=1)
    taken = [queue.claim(worker), queue.claim(worker), queue.claim(worker)]
    assert [job and job.pk for job in taken] == [first.pk, other.pk, None]
    assert taken[0] is not None
    queue.finish(taken[0], DONE)
    third = queue.claim(worker)
    assert third is not None
    assert third.pk == second.pk


def test_a_waiting_job_is_cancelled_at_once_and_never_taken(person: Callable[..., Any], worker: Worker) -> None:
    job = jobs.start("works", Path("/p"), person("analyst"), rows=1)
    job.cancel()
    assert job.state == CANCELLED
    assert queue.claim(worker) is None


def test_a_running_job_is_asked_to_end(person: Callable[..., Any], worker: Worker) -> None:
    jobs.start("works", Path("/p"), person("analyst"), rows=1)
    job = queue.claim(worker)
    assert job is not None
    job.cancel()
    assert (job.state, job.cancel_wanted) == (RUNNING, True)


def test_what_an_earlier_attempt_says_is_not_heard(person: Callable[..., Any], worker: Worker) -> None:
    jobs.start("works", Path("/p"), person("analyst"), rows=1)
    early = queue.claim(worker)
    assert early is not None
    queue.release(early, "again")
    late = queue.claim(worker)
    assert late is not None
    assert late.attempt == 2
    assert not queue.finish(early, FAILED, reason="old")
    assert queue.finish(late, DONE)


def test_a_job_whose_worker_died_begins_anew_once(person: Callable[..., Any], worker: Worker) -> None:
    me = Worker.objects.create(host="here", pid=2)
    job = jobs.start("works", Path("/p"), person("analyst"), rows=1)
    for expected in (WAITING, FAILED):
        taken = queue.claim(worker)
        assert taken is not None
        Worker.objects.filter(pk=worker.pk).update(heartbeat=timezone.now() - 2 * orphans.SILENCE)
        orphans.look(me)
        job.refresh_from_db()
        assert job.state == expected
        worker = Worker.objects.create(host="elsewhere", pid=1)
    assert job.reason == orphans.TWICE
    assert [line["text"] for line in job.log] == [orphans.ANEW]


def test_a_job_that_cannot_begin_anew_fails_with_the_reason(person: Callable[..., Any], worker: Worker) -> None:
    me = Worker.objects.create(host="here", pid=2)
    job = jobs.start("wrong", None, person("analyst"))
    queue.claim(worker)
    Worker.objects.filter(pk=worker.pk).update(heartbeat=timezone.now() - 2 * orphans.SILENCE)
    orphans.look(me)
    job.refresh_from_db()
    assert (job.state, job.reason) == (FAILED, orphans.DIED)


def test_a_living_worker_keeps_its_jobs(person: Callable[..., Any], worker: Worker) -> None:
    jobs.start("works", Path("/p"), person("analyst"), rows=1)
    job = queue.claim(worker)
    assert job is not None
    orphans.look(Worker.objects.create(host="here", pid=2))
    job.refresh_from_db()
    assert (job.state, job.worker) == (RUNNING, worker)


def test_an_idle_look_into_the_queue_takes_no_lock(worker: Worker, django_assert_num_queries: Any) -> None:
    assert connection.vendor
    with django_assert_num_queries(1):
        assert queue.claim(worker) is None


def test_old_jobs_and_their_tickets_go_and_those_at_work_stay(person: Callable[..., Any], worker: Worker) -> None:
    from datetime import timedelta

    from kundenwert.web.jobs.tidy import tidy

    old, waiting, new = (jobs.start("works", Path(f"/{name}"), person("analyst"), rows=1) for name in "abc")
    old.cancel()
    new.cancel()
    Job.objects.filter(pk__in=[old.pk, waiting.pk]).update(created=timezone.now() - timedelta(days=400))
    DBTaskResult.objects.filter(pk__in=[old.ticket, waiting.ticket]).update(enqueued_at=timezone.now() - timedelta(days=400))
    tidy()
    assert set(Job.objects.values_list("pk", flat=True)) == {waiting.pk, new.pk}
    assert set(DBTaskResult.objects.values_list("pk", flat=True)) == {waiting.ticket, new.ticket}


def test_a_database_that_is_away_for_a_moment_does_not_cost_the_work(
    person: Callable[..., Any], done_here: Callable[[Job], Job], monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.db import OperationalError

    real, calls = queue.finish, []

    def away_twice(*given: Any, **told: Any) -> bool:
        calls.append(given)
        if len(calls) < 3:
            raise OperationalError("the server closed the connection")
        return real(*given, **told)

    monkeypatch.setattr(queue, "finish", away_twice)
    monkeypatch.setattr(child, "PAUSES", (0, 0, 0))
    assert done_here(jobs.start("works", Path("/p"), person("analyst"), rows=1)).state == DONE
    assert len(calls) == 3

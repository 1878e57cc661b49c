"""Runs of the command line are prepared by a worker with nothing to do: each once, shown among the jobs, and never again when cancelled."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

sys.path.append(str(Path(__file__).parent))

from live import done_here

from kundenwert.flows import customer_list, customer_rows, index, prepared
from kundenwert.runs import store
from kundenwert.web.jobs import preparation, queue
from kundenwert.web.jobs.models import CANCELLED, DONE, FAILED, RUNNING, WAITING, Job, Worker
from kundenwert.web.workspace.models import Project

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fresh(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(prepared, "MANY", 1)
    monkeypatch.setattr("kundenwert.web.jobs.progress.Reporter._loop", lambda self: None)
    yield
    preparation._SEEN.clear()


@pytest.fixture
def large(_small_project: Path, tmp_path: Path) -> Path:
    """A project that the app knows, with a run of the command line that counts as large."""
    folder = tmp_path / "klein"
    # Other tests lay out the lists of the project that is copied.
    shutil.copytree(_small_project, folder, ignore=shutil.ignore_patterns("index"))
    Project.objects.create(folder=str(folder), title="Klein")
    return folder


@pytest.fixture
def worker(db: None) -> Worker:
    return Worker.objects.create(host="elsewhere", pid=1)


def test_a_run_that_nobody_prepared_is_prepared_once(large: Path, worker: Worker) -> None:
    (job,) = preparation.look()
    assert preparation.look() == []
    assert preparation.begin(large) is None, "a reader who comes meanwhile begins no second one"
    name = str(store.current(large))
    assert done_here(job, worker).state == DONE
    assert customer_list.ready(large, name)
    assert customer_rows.ready(large, name)
    assert preparation.look() == []
    assert job.next == f"/projects/{Project.objects.get().pk}/"


def test_a_small_run_is_left_to_its_first_reader(large: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prepared, "MANY", 100_000)
    assert preparation.look() == []


def test_a_project_without_a_run_and_a_folder_that_is_gone_do_no_harm(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    Project.objects.create(folder=str(tmp_path / "empty"), title="Leer")
    Project.objects.create(folder=str(tmp_path / "gone"), title="Weg")
    assert preparation.look() == []
    assert not (tmp_path / "gone").exists()


def test_a_project_on_which_a_job_works_is_left_alone(large: Path, worker: Worker) -> None:
    """A valuation prepares its run itself."""
    job = queue.start("valuation", large, None)
    assert preparation.look() == []
    queue.claim(worker)
    assert preparation.look() == []
    job.refresh_from_db()
    queue.finish(job, DONE)
    assert len(preparation.look()) == 1


@pytest.mark.parametrize("state", [CANCELLED, FAILED])
def test_what_was_cancelled_or_failed_is_not_begun_again(large: Path, worker: Worker, state: str) -> None:
    (job,) = preparation.look()
    claimed = queue.claim(worker)
    assert claimed is not None
    assert (preparation.is_under_way(large), preparation.look()) == (True, [])
    queue.finish(claimed, state)
    assert (preparation.is_under_way(large), preparation.look()) == (False, [])
    assert Job.objects.get().pk == job.pk


def test_after_an_erasure_it_is_prepared_anew(large: Path, worker: Worker) -> None:
    from datetime import UTC, datetime

    from kundenwert.flows.erasure import erase

    (job,) = preparation.look()
    done_here(job, worker)
    erase(large, "K001", by="Eva", clock=datetime(2025, 12, 1, tzinfo=UTC))
    assert not (large / "index").exists()
    (again,) = preparation.look()
    assert done_here(again, worker).state == DONE
    assert customer_rows.ready(large, str(store.current(large)))


def test_two_preparations_of_one_project_never_run_at_once(large: Path, worker: Worker) -> None:
    (first,) = preparation.look()
    second = queue.start(preparation.KIND, large, None, lock=first.lock, run="another", state="another")
    assert queue.claim(worker) is not None
    assert queue.claim(worker) is None
    assert set(Job.objects.values_list("pk", "state")) == {(first.pk, RUNNING), (second.pk, WAITING)}


def test_a_run_that_is_gone_needs_nothing_any_more(large: Path, worker: Worker) -> None:
    (job,) = preparation.look()
    shutil.rmtree(large / "runs" / str(store.current(large)))
    assert done_here(job, worker).state == DONE
    assert not (large / "index").exists()


def test_it_stands_among_the_jobs_of_those_who_look_after_everything(large: Path, signed_in: Callable[..., Client]) -> None:
    (job,) = preparation.look()
    page = signed_in("admin").get("/jobs/").content.decode()
    assert f"/jobs/{job.pk}/" in page
    assert f"/jobs/{job.pk}/" not in signed_in("reader").get("/jobs/").content.decode()
    signed_in("admin").post(f"/jobs/{job.pk}/cancel/")
    job.refresh_from_db()
    assert job.state == CANCELLED


def test_the_list_says_that_it_is_made_while_the_customer_page_works(large: Path, worker: Worker, signed_in: Callable[..., Client]) -> None:
    reader = signed_in("manager")
    answer = reader.get("/customers/")
    (job,) = Job.objects.all()
    assert (job.kind, job.state) == (preparation.KIND, WAITING), "the first reader begins it, where a worker lives"
    assert "wird aufgebaut" in answer.content.decode()
    assert int(answer["Refresh"]) > 0
    assert "Refresh" in reader.get("/customers/")
    assert Job.objects.count() == 1
    who = customer_list_first(large)
    assert reader.get(f"/customers/customer/{who}/").status_code == 200
    assert reader.get(f"/customers/more/{who}/").status_code == 200
    done_here(job, worker)
    assert "Refresh" not in reader.get("/customers/")


def customer_list_first(folder: Path) -> str:
    import pyarrow.parquet as pq

    return str(pq.read_table(store.read(folder).customers, columns=["customer_id"])["customer_id"][0])


@pytest.mark.parametrize("waits", ["no worker", "cancelled", "behind others"])
def test_nobody_waits_for_a_job_that_does_not_come(
    large: Path, worker: Worker, signed_in: Callable[..., Client], monkeypatch: pytest.MonkeyPatch, waits: str
) -> None:
    from kundenwert.web.customers import preparing

    made: list[Any] = []
    monkeypatch.setattr(preparing, "_make", lambda *place: made.append(place))
    (job,) = preparation.look()
    if waits == "no worker":
        Worker.objects.all().delete()
    elif waits == "cancelled":
        job.cancel()
    else:
        Job.objects.update(created=timezone.now() - 2 * preparation.PATIENCE)
    assert "Refresh" in signed_in("manager").get("/customers/")
    preparing._RUNNING.pop((large.resolve(), str(store.current(large)))).join(10)
    assert len(made) == 1


def test_what_is_ended_midway_leaves_nothing_half(large: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from kundenwert.flows.progress import Progress

    def ended(*_: object) -> None:
        raise SystemExit(143)

    name = str(store.current(large))
    with monkeypatch.context() as patched:
        patched.setattr(customer_rows, "_write_table", ended)
        with pytest.raises(SystemExit):
            prepared.prepare(large, name, progress=Progress())
    folder = index.folder_of(large, name)
    assert [path.name.split("-")[0] for path in folder.iterdir()] == ["customers"]
    assert prepared.missing(large, name)
    prepared.prepare(large, name, progress=Progress())
    assert prepared.missing(large, name) == ""

"""What a monitor is told, and that it is told nothing of the data."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError
from django.test import Client
from django.utils import timezone

from kundenwert import __version__
from kundenwert.web.jobs.models import Worker


@pytest.mark.django_db
def test_a_well_app_tells_version_worker_and_disk() -> None:
    Worker.objects.create(host="here", pid=1, heartbeat=timezone.now() - timedelta(seconds=2))
    answer = Client().get("/health")
    assert answer.status_code == 200
    content = answer.json()
    assert content.keys() == {"well", "version", "worker", "disk"}
    assert (content["well"], content["version"]) == (True, __version__)
    assert content["worker"].startswith("last sign of life 2 s ago") or content["worker"].startswith("last sign of life 3 s ago")
    assert content["disk"].endswith(" GB free")
    assert answer["Cache-Control"] == "no-store"


@pytest.mark.django_db
def test_a_missing_or_silent_worker_is_told_and_the_app_is_well_all_the_same() -> None:
    assert Client().get("/health").json()["worker"] == "no worker has given a sign of life: jobs wait"
    Worker.objects.create(host="here", pid=1, heartbeat=timezone.now() - timedelta(minutes=5))
    answer = Client().get("/health")
    assert answer.status_code == 200
    assert answer.json()["worker"].endswith(" s ago: jobs wait")


def test_without_the_database_it_is_not_well(monkeypatch: pytest.MonkeyPatch) -> None:
    from django.db.migrations.recorder import MigrationRecorder

    class Away:
        def exists(self) -> Any:
            raise DatabaseError

    monkeypatch.setattr(MigrationRecorder.Migration, "objects", Away())
    answer = Client().get("/health")
    assert answer.status_code == 503
    assert answer.json() == {"well": False, "version": __version__}


@pytest.mark.django_db
def test_it_needs_no_session_and_costs_two_questions(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(2):
        answer = Client().get("/health")
    assert not answer.cookies

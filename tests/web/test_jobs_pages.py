"""What people see of jobs: their own, or all; how far one is; what went wrong and what to do; what is repeated."""

from __future__ import annotations

import ast
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from kundenwert.reports.language import Language
from kundenwert.web.jobs import kind as kinds
from kundenwert.web.jobs import orphans, schedules, wording
from kundenwert.web.jobs.models import CANCELLED, DONE, FAILED, MONTH, RUNNING, WAITING, WEEK, Job, Schedule, Worker

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
VALUATION = kinds.Kind("valuation", "Example", lambda arguments, progress, clock: {}, is_exclusive=True, can_repeat=True)


@pytest.fixture(autouse=True)
def _kinds(monkeypatch: pytest.MonkeyPatch) -> None:
    real = kinds.find
    monkeypatch.setattr(kinds, "find", lambda name: VALUATION if name == "valuation" else real(name))


def _phase(text: str, seconds: float, *, is_over: bool = True, began: datetime = NOW) -> dict[str, Any]:
    return {"text": text, "rows": 184233, "seconds": seconds, "is_over": is_over, "is_part": False, "began": began.isoformat()}


def _job(by: Any, state: str, **values: Any) -> Job:
    given = {"kind": "valuation", "title": "Example", "project": "/p", "ticket": uuid.uuid4(), "started": NOW, "attempt": 1}
    return Job.objects.create(**{**given, "by": by, "state": state, **values})


def _page(client: Client, job: Job) -> str:
    return client.get(f"/jobs/{job.pk}/").content.decode()


def test_an_analyst_sees_his_own_jobs_and_no_others(signed_in: Callable[..., Client], person: Callable[..., Any], room: Path) -> None:
    mine, other = _job(person("analyst"), DONE, ended=NOW), _job(person("manager"), DONE, ended=NOW)
    client = signed_in("analyst")
    page = client.get("/jobs/").content.decode()
    assert str(mine.pk) in page
    assert str(other.pk) not in page
    for address in (f"/jobs/{other.pk}/", f"/jobs/{other.pk}/progress/", f"/jobs/{other.pk}/notice/"):
        assert client.get(address).status_code == 404
    assert client.post(f"/jobs/{other.pk}/cancel/").status_code == 404


@pytest.mark.parametrize("role", ["manager", "admin"])
def test_managers_and_administrators_see_everybodys_jobs(
    role: str, signed_in: Callable[..., Client], person: Callable[..., Any], room: Path
) -> None:
    job = _job(person("analyst"), DONE, ended=NOW)
    client = signed_in(role)
    assert str(job.pk) in client.get("/jobs/").content.decode()
    assert client.get(f"/jobs/{job.pk}/").status_code == 200


def test_without_jobs_the_page_says_what_will_stand_here(signed_in: Callable[..., Client], room: Path) -> None:
    page = signed_in("analyst").get("/jobs/").content.decode()
    assert "Noch kein Auftrag" in page
    assert "Sie starten sie dort, wo Sie sie brauchen." in page


def test_a_running_job_tells_its_phase_in_words_and_asks_anew_every_second(
    signed_in: Callable[..., Client], person: Callable[..., Any], room: Path
) -> None:
    began = timezone.now() - timedelta(seconds=30)
    phases = [_phase("Reading rechnungen.csv", 12.0), _phase("Fitting the models", 0.0, is_over=False, began=began)]
    page = _page(signed_in("analyst"), _job(person("analyst"), RUNNING, started=began, phases=phases))
    assert "Example: Modelle anpassen" in page or "Beispiel: Modelle anpassen" in page
    assert "rechnungen.csv lesen" in page
    assert "184.233" in page
    assert 'hx-trigger="every 1s"' in page
    assert "Auftrag abbrechen" in page


@pytest.mark.parametrize("state", [DONE, FAILED, CANCELLED])
def test_a_job_that_is_over_asks_no_more(state: str, signed_in: Callable[..., Client], person: Callable[..., Any], room: Path) -> None:
    job = _job(person("analyst"), state, ended=NOW)
    client = signed_in("analyst")
    for page in (_page(client, job), client.get(f"/jobs/{job.pk}/progress/").content.decode()):
        assert "every 1s" not in page
        assert "Auftrag abbrechen" not in page


def test_the_rest_is_told_from_the_last_time(signed_in: Callable[..., Client], person: Callable[..., Any], room: Path) -> None:
    now = timezone.now()
    before = [_phase("Reading a.csv", 10.0), _phase("Fitting the models", 50.0)]
    _job(person("analyst"), DONE, started=now - timedelta(days=1, seconds=60), ended=now - timedelta(days=1), phases=before)
    phases = [_phase("Reading a.csv", 11.0), _phase("Fitting the models", 0.0, is_over=False, began=now)]
    page = _page(signed_in("analyst"), _job(person("analyst"), RUNNING, started=now - timedelta(seconds=11), phases=phases))
    assert "Noch etwa 50 s" in page or "Noch etwa 49 s" in page


def test_problems_stand_with_what_to_do(signed_in: Callable[..., Client], person: Callable[..., Any], room: Path) -> None:
    problem = {"came": "1.2O4,00 ist kein Betrag.", "expected": "1.204,00", "remedy": "Zeile berichtigen.", "place": "a.csv, 7"}
    page = _page(signed_in("analyst"), _job(person("analyst"), FAILED, ended=NOW, problems=[problem]))
    assert "a.csv, 7: 1.2O4,00 ist kein Betrag." in page
    assert "Zeile berichtigen." in page


def test_a_dead_worker_and_a_mistake_are_told_in_words(signed_in: Callable[..., Client], person: Callable[..., Any], room: Path) -> None:
    client = signed_in("analyst")
    assert "Dienst für Aufträge brach bei diesem Auftrag zweimal ab" in _page(
        client, _job(person("analyst"), FAILED, ended=NOW, reason=orphans.TWICE)
    )
    assert "3fa9c01b" in _page(client, _job(person("analyst"), FAILED, ended=NOW, mistake="3fa9c01b"))


def test_a_waiting_job_says_what_it_waits_for(signed_in: Callable[..., Client], person: Callable[..., Any], room: Path) -> None:
    job = _job(person("analyst"), WAITING, started=None, lock="/p")
    client = signed_in("analyst")
    assert "Der Dienst für Aufträge läuft nicht" in _page(client, job)
    Worker.objects.create(host="here", pid=1)
    assert "Er beginnt in wenigen Sekunden." in _page(client, job)
    _job(person("manager"), RUNNING, lock="/p")
    assert "Ein anderer Auftrag dieses Projekts läuft." in _page(client, job)


def test_whoever_waits_is_told_on_every_page_and_nobody_else(
    signed_in: Callable[..., Client], person: Callable[..., Any], room: Path
) -> None:
    _job(person("analyst"), RUNNING)
    assert 'id="job-notice"' in signed_in("analyst").get("/account/settings/").content.decode()
    assert 'id="job-notice"' not in signed_in("manager").get("/account/settings/").content.decode()


def test_the_notice_tells_once_that_the_job_is_over(signed_in: Callable[..., Client], person: Callable[..., Any], room: Path) -> None:
    job = _job(person("analyst"), DONE, ended=NOW, result={"next": "/overview/"})
    part = signed_in("analyst").get(f"/jobs/{job.pk}/notice/").content.decode()
    assert 'href="/overview/"' in part
    assert "hx-get" not in part


def test_the_notice_costs_one_question(
    signed_in: Callable[..., Client], person: Callable[..., Any], room: Path, django_assert_max_num_queries: Any
) -> None:
    client = signed_in("analyst")
    client.get("/account/settings/")
    with django_assert_max_num_queries(100) as without:
        client.get("/account/settings/")
    asked = [one["sql"] for one in without.captured_queries if "jobs_job" in one["sql"]]
    assert len(asked) == 1


def test_a_cancelled_wish_leads_back_to_the_job(signed_in: Callable[..., Client], person: Callable[..., Any], room: Path) -> None:
    job = _job(person("analyst"), WAITING)
    answer = signed_in("analyst").post(f"/jobs/{job.pk}/cancel/")
    assert answer["Location"] == f"/jobs/{job.pk}/"
    job.refresh_from_db()
    assert job.state == CANCELLED


def test_every_phase_of_the_flows_has_german_words() -> None:
    language = Language("de")
    flows = Path(str(resources.files("kundenwert.flows")))
    said = set()
    for file in flows.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "phase" and node.args:
                said |= _texts(node.args[0])
    assert len(said) > 20
    assert sorted(text for text in said if wording.phase(text, language) == text) == []


def _texts(node: ast.expr) -> set[str]:
    """What the argument may be, with a word in the place of each value; nothing for a name (a title of a component)."""
    if isinstance(node, ast.Constant):
        return {str(node.value)}
    if isinstance(node, ast.JoinedStr):
        return {"".join(str(part.value) if isinstance(part, ast.Constant) else "2025-09-30" for part in node.values)}
    if isinstance(node, ast.BinOp):
        return _texts(node.left)
    return set()


def test_every_component_of_value_has_a_german_title() -> None:
    from kundenwert import registry

    titles = [registry.load("value.components", name).title for name in registry.names("value.components")]
    assert [title for title in titles if not Language("de").knows(title)] == []


def test_phases_keep_the_names_in_them() -> None:
    language = Language("de")
    assert wording.phase("Reading rechnungen.csv", language) == "rechnungen.csv lesen"
    assert wording.phase("Reading kunden.csv (customers)", language) == "kunden.csv lesen (Kundenstamm)"
    assert wording.phase("Going back to 2025-09-30", language) == "Zurück zum 30.09.2025"
    assert wording.phase("Forecasting from 2025-09-30 and 3 later days", language) == "Prognose ab 30.09.2025 und 3 späteren Tagen"
    assert wording.phase("Something new", language) == "Something new"


@pytest.mark.parametrize(
    ("seconds", "words"), [(0.04, "0,0 s"), (9.94, "9,9 s"), (59.4, "59 s"), (60, "1 Min."), (200, "3 Min. 20 s"), (3900, "1 Std. 5 Min.")]
)
def test_spans_are_told_as_long_as_they_are(seconds: float, words: str) -> None:
    assert wording.span(seconds, Language("de")) == words


# ---- repetition ----


@pytest.mark.parametrize(
    ("every", "day", "after", "due"),
    [
        ("day", 1, "2026-11-22T03:00", "2026-11-22T05:00"),
        ("day", 1, "2026-11-22T05:00", "2026-11-23T05:00"),
        (WEEK, 1, "2026-11-22T12:00", "2026-11-23T05:00"),  # the 22nd is a Sunday
        (WEEK, 7, "2026-11-22T12:00", "2026-11-29T05:00"),
        (MONTH, 31, "2026-11-22T12:00", "2026-11-30T05:00"),
        (MONTH, 31, "2026-01-31T12:00", "2026-02-28T05:00"),
        (MONTH, 1, "2026-12-02T12:00", "2027-01-01T05:00"),
        ("day", 1, "2026-10-24T12:00", "2026-10-25T05:00"),  # the night the clocks go back
    ],
)
def test_the_next_time_is_the_hour_of_the_servers_zone(every: str, day: int, after: str, due: str) -> None:
    from zoneinfo import ZoneInfo

    zone = ZoneInfo("Europe/Berlin")
    found = schedules.next_after(Schedule(every=every, day=day, hour=5), datetime.fromisoformat(after).replace(tzinfo=zone))
    assert found == datetime.fromisoformat(due).replace(tzinfo=zone)


def _due(owner: Any, **values: Any) -> Schedule:
    return Schedule.objects.create(kind="valuation", project="/p", owner=owner, next=NOW, **values)


def test_what_was_missed_three_times_is_made_up_once(person: Callable[..., Any]) -> None:
    schedule = _due(person("analyst"))
    (job,) = schedules.start_due(NOW + timedelta(days=3))
    assert (job.kind, job.project, job.by, job.schedule) == ("valuation", "/p", person("analyst"), schedule)
    assert schedules.start_due(NOW + timedelta(days=3)) == []
    schedule.refresh_from_db()
    assert schedule.next is not None
    assert schedule.next > NOW + timedelta(days=3)


def test_a_second_worker_that_looked_at_the_same_moment_starts_nothing(person: Callable[..., Any]) -> None:
    schedule = _due(person("analyst"))

    class AsSeenBefore:
        """The list of what is due, read before the first worker started it."""

        def filter(self, **_: Any) -> Any:
            return self

        def select_related(self, _: str) -> list[Schedule]:
            return [schedule]

    assert len(schedules.start_due(NOW + timedelta(hours=1))) == 1
    real = Schedule.objects
    with pytest.MonkeyPatch.context() as patch:
        first = AsSeenBefore()
        first.filter = lambda **named: first if "next__lte" in named else real.filter(**named)  # type: ignore[method-assign]
        patch.setattr(Schedule, "objects", first)
        assert schedules.start_due(NOW + timedelta(hours=1)) == []
    assert Job.objects.count() == 1


def test_a_job_that_still_runs_is_not_started_twice(person: Callable[..., Any]) -> None:
    schedule = _due(person("analyst"))
    _job(person("analyst"), RUNNING, schedule=schedule)
    assert schedules.start_due(NOW + timedelta(hours=1)) == []


@pytest.mark.parametrize("lost", ["role", "account"])
def test_without_an_owner_who_may_start_it_the_repetition_rests(lost: str, person: Callable[..., Any]) -> None:
    owner = person("analyst")
    schedule = _due(owner)
    if lost == "role":
        owner.role = "reader"
        owner.save()
    else:
        owner.delete()
    assert schedules.start_due(NOW + timedelta(hours=1)) == []
    schedule.refresh_from_db()
    assert not schedule.is_enabled


def test_a_repetition_is_made_changed_and_ended(signed_in: Callable[..., Client], person: Callable[..., Any], room: Path) -> None:
    client = signed_in("analyst")
    assert "Noch keine Wiederholung" in client.get("/jobs/schedule/valuation/").content.decode()
    values = {"every": "week", "weekday": "3", "monthday": "1", "hour": "6", "next": "/overview/"}
    answer = client.post("/jobs/schedule/valuation/", values)
    assert answer["Location"] == "/overview/"
    schedule = Schedule.objects.get()
    assert (schedule.every, schedule.day, schedule.hour, schedule.owner) == ("week", 3, 6, person("analyst"))
    assert schedule.next is not None
    assert "Jede Woche am Mittwoch um 06:00 Uhr" in client.get("/jobs/schedule/valuation/").content.decode()
    client.post("/jobs/schedule/valuation/", {**values, "every": "month", "monthday": "31"})
    assert Schedule.objects.get().day == 31
    assert signed_in("analyst", "other@firma.example").post(f"/jobs/schedule/{schedule.pk}/end/").status_code == 403
    client.post(f"/jobs/schedule/{schedule.pk}/end/")
    assert not Schedule.objects.exists()


def test_a_repetition_never_leads_to_another_server(signed_in: Callable[..., Client], room: Path) -> None:
    values = {"every": "day", "hour": "6", "next": "https://elsewhere.example/"}
    assert signed_in("analyst").post("/jobs/schedule/valuation/", values)["Location"] == "/jobs/"


def test_a_wrong_day_is_told_at_its_field(signed_in: Callable[..., Client], room: Path) -> None:
    page = signed_in("analyst").post("/jobs/schedule/valuation/", {"every": "month", "monthday": "32", "hour": "6"}).content.decode()
    assert 'id="id_monthday_error"' in page
    assert not Schedule.objects.exists()


def test_only_kinds_that_may_be_repeated_have_the_page(signed_in: Callable[..., Client], room: Path) -> None:
    client = signed_in("analyst")
    assert client.get("/jobs/schedule/example/").status_code == 404
    assert client.get("/jobs/schedule/nothing/").status_code == 404


@pytest.mark.parametrize(
    "word", ["home", "workspace:open", "00000000-0000-0000-0000-000000000000", "https://evil.example/", "//evil.example/"]
)
def test_after_a_repetition_ends_only_a_path_of_ours_is_followed(
    word: str, signed_in: Callable[..., Client], person: Callable[..., Any], room: Path
) -> None:
    schedule = Schedule.objects.create(kind="valuation", project=str(room), owner=person("analyst"))
    answer = signed_in("analyst").post(f"/jobs/schedule/{schedule.pk}/end/", {"next": word})
    assert (answer.status_code, answer["Location"]) == (302, "/jobs/")

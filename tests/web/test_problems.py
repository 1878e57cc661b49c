"""What is wrong is told in the language of the reader, whichever page it comes up on."""

from __future__ import annotations

import html
import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client

from kundenwert.errors import CallError, DataError, Problem, UnknownName
from kundenwert.web import jobs, problems
from kundenwert.web.jobs import child, queue
from kundenwert.web.jobs.models import FAILED, Job, Worker

pytestmark = pytest.mark.django_db
SignedIn = Callable[..., Client]
HEADER = "Belegnummer;Kundennummer;Datum;Betrag\n"


def words(answer: Any) -> str:
    """What stands in a page, without its tags."""
    text = html.unescape(re.sub(r"<[^>]+>", " ", answer.content.decode()))
    return re.sub(r"\s+", " ", text).replace("\u00a0", " ")


@pytest.fixture
def failed(person: Callable[..., Any], room: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], Job]:
    """Values the project in this process, without a thread, and fails."""
    monkeypatch.setattr("kundenwert.web.jobs.progress.Reporter._loop", lambda self: None)

    def do() -> Job:
        job = jobs.start("valuation", room, person("analyst"))
        assert queue.claim(Worker.objects.create(host="elsewhere", pid=1)) is not None
        child.do(str(job.pk))
        job.refresh_from_db()
        assert job.state == FAILED, job.state
        assert not job.mistake
        return job

    return do


def _lines(room: Path, *lines: str) -> None:
    (room / "exports" / "rechnungen.csv").write_text(HEADER + "\n".join(lines) + "\n", encoding="utf-8")


def _first(room: Path, line: str) -> None:
    """A line at the beginning of the project file."""
    file = room / "kundenwert.toml"
    file.write_text(line + file.read_text(encoding="utf-8"), encoding="utf-8")


FAILING: dict[str, tuple[Callable[[Path], None], tuple[str, ...], tuple[str, ...]]] = {
    "nobody came back": (
        lambda room: _lines(room, *(f"R{n};K{n:03};{n:02}.01.2025;100,50" for n in range(1, 28))),
        ("Keiner von 27 Kunden kaufte an einem zweiten Tag", "Erwartet: mindestens ein Wiederkauf.", "nicht die Belegnummer gewählt ist"),
        ("None of 27 customers bought on a second day", "at least one repeat purchase.", "Check under “Import”"),
    ),
    "one customer": (
        lambda room: _lines(room, *(f"R{n};K001;{n:02}.01.2025;100,50" for n in range(1, 28))),
        ("Alle Käufe gehören zu einem einzigen Kunden.", "Prüfen Sie unter „Import“ die Spalte mit dem Kunden."),
        ("All purchases belong to one customer.", "Check the column with the customer under “Import”."),
    ),
    "only credits": (
        lambda room: _lines(room, *(f"R{n};K{n % 5:03};{n:02}.01.2025;-100,50" for n in range(1, 28))),
        ("nur Stornos oder Retouren", "das Vorzeichen der Beträge"),
        ("nothing but cancellations or returns", "the sign of the amounts"),
    ),
    "no readable date": (
        lambda room: _lines(room, *(f"R{n};K{n % 5:03};gestern;100,50" for n in range(1, 28))),
        ("Keine von 27 Zellen in Datum ist ein Datum.", "Tage wie 31.12.2024 oder 2024-12-31."),
        ("None of 27 cells of “Datum” is a date.", "dates such as 31.12.2024 or 2024-12-31."),
    ),
    "no lines": (
        lambda room: _lines(room),
        ("Es gibt eine Kopfzeile, aber keine Datenzeile.", "Exportieren Sie auch die Zeilen."),
        ("There is a header, but no line of data.", "Export the lines too."),
    ),
    "files are gone": (
        lambda room: (room / "exports" / "rechnungen.csv").unlink(),
        ("Diese Datei gibt es nicht.", "eine Datei, die es gibt."),
        ("There is no such file.", "a file that exists."),
    ),
    "a setting": (
        lambda room: _first(room, 'horizon = "bald"\n'),
        ("kundenwert.toml: horizon = 'bald'.", "eine ganze Zahl mit Einheit, wie 39w, 12m, 5y oder 374d.", "Berichtigen Sie es."),
        ("horizon = 'bald'.", "a whole number and a unit, such as 39w, 12m, 5y or 374d."),
    ),
    "no settings": (
        lambda room: _first(room, "horizon = = 3\n"),
        ("Die Datei ist kein gültiges TOML", "Zeilen der Form name = Wert."),
        ("The file is not valid TOML", "name = value lines."),
    ),
    "an unknown setting": (
        lambda room: _first(room, 'farbe = "rot"\n'),
        ("„farbe“ ist keine Einstellung.", "Berichtigen oder entfernen Sie es."),
        ("“farbe” is no setting.", "correct or remove it."),
    ),
}


@pytest.mark.parametrize("why", sorted(FAILING))
def test_why_a_valuation_failed_is_told_to_each_reader_in_his_language(
    room: Path, signed_in: SignedIn, failed: Callable[[], Job], why: str
) -> None:
    spoil, german, english = FAILING[why]
    spoil(room)
    address = f"/jobs/{failed().pk}/"
    page = words(signed_in("analyst").get(address))
    assert [part for part in german if part not in page] == [], page
    page = words(signed_in("manager", "m@firma.example", language="en").get(address))
    assert [part for part in english if part not in page] == [], page
    assert "--" not in page


def test_a_rating_that_cannot_be_taken(room: Path, signed_in: SignedIn) -> None:
    given = {"criterion": "Imagefaktor", "points": "zwölf", "reason": " "}
    page = words(signed_in("analyst").post("/customers/rate/K001/", given))
    assert "„zwölf“ sind keine Punkte." in page
    assert "eine Zahl von 0 bis 10; 10 ist immer günstig." in page
    assert "Die Begründung fehlt. Erwartet: ein Satz, den andere nachvollziehen können. Zu tun: Schreiben Sie sie auf." in page
    page = words(signed_in("analyst", "en@firma.example", language="en").post("/customers/rate/K001/", given))
    assert "“zwölf” are no points." in page
    assert "The reason is missing. Expected: a sentence others can follow. To do: Write it down." in page


def test_files_that_cannot_be_taken(signed_in: SignedIn) -> None:
    contents = {"bild.png": b"\x89PNG\r\n", "zeilen.csv": b"", "umsatz.xlsx": b"%PDF-1.4 x", "CON.csv": b"a;b\n1;2\n"}
    files = [SimpleUploadedFile(name, content) for name, content in contents.items()]
    page = words(signed_in("analyst").post("/import/new/", {"way": "new", "files": files}))
    assert "bild.png: Dateien mit der Endung .png werden nicht gelesen." in page
    assert "Die Datei ist leer. Erwartet: eine Kopfzeile und mindestens eine Datenzeile." in page
    assert "Dem Namen nach ist die Datei etwas anderes als nach ihrem Inhalt." in page
    assert "Der Name ist unter Windows einem Gerät vorbehalten. Erwartet: ein anderer Name." in page


def _weights(room: Path) -> dict[str, str]:
    """The form without a reason."""
    from kundenwert.flows import portfolio_weights

    return {f"{side}:{name}": f"{weight * 90:g}" for side, axis in portfolio_weights.weights(room).items() for name, weight in axis.items()}


def test_weights_of_the_portfolio_that_cannot_be_taken(room: Path, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch) -> None:
    from kundenwert.web.portfolio import views

    seen: list[list[dict[str, str]]] = []
    # The small project says too little for a portfolio, so its page has no form.
    monkeypatch.setattr(views, "_shown", lambda request, given, problems: seen.append(problems) or HttpResponse())
    signed_in("analyst").post("/portfolio/weights/", _weights(room))
    (one,) = [each for each in seen[0] if "Begründung" in each["came"]]
    assert one["came"] == "Es ist keine Begründung angegeben."
    assert one["expected"] == "warum sich die Gewichte ändern; es steht im Protokoll."


def test_actions_of_the_project_file_that_cannot_be_read(room: Path, signed_in: SignedIn) -> None:
    with (room / "kundenwert.toml").open("a", encoding="utf-8") as file:
        file.write('\n[actions.besuch]\nchannel = "taube"\nchanges = "orders"\n')
    page = words(signed_in("manager").get("/plans/"))
    assert "channel = 'taube' unter [actions.besuch]. Erwartet: eines von:" in page
    assert "[actions.besuch] sagt nicht, was es kostet." in page


def test_a_log_that_was_changed(room: Path, signed_in: SignedIn) -> None:
    signed_in("analyst").post("/customers/rate/K001/", {"criterion": "Imagefaktor", "points": "7", "reason": "gut"})
    log = room / "register" / "audit.jsonl"
    lines = log.read_text(encoding="utf-8").splitlines()
    lines[0] = json.dumps({**json.loads(lines[0]), "at": "2020-01-01T00:00:00Z"})
    log.write_text("\n".join(lines) + "\n", encoding="utf-8")
    page = words(signed_in("dpo").post("/administration/audit/check/", follow=True))
    assert "audit.jsonl, Zeile 1: Diese Zeile wurde geändert: Der Prüfwert ist ein anderer." in page


def test_a_run_that_cannot_be_read(room: Path, signed_in: SignedIn) -> None:
    from kundenwert.runs import store

    shutil.rmtree(room / "index", ignore_errors=True)
    (store.read(room).folder / "customers.parquet").write_bytes(b"PAR1 nothing")
    answer = signed_in("analyst").get("/customers/")
    assert answer.status_code == 422
    page = words(answer)
    assert "Etwas fehlt oder stimmt nicht" in page
    assert "customers.parquet: Die Datei lässt sich nicht öffnen. Erwartet: eine ganze, unbeschädigte Datei." in page
    assert str(room) not in page


def test_each_kind_of_error_is_told() -> None:
    from kundenwert.reports.language import Language

    german = Language("de")
    several = DataError(Problem("The input has no lines.", "at least one sales line.", "export it with its lines.", "a/b.csv", 7))
    assert problems.problems_of(several, german) == [
        {
            "came": "Die Dateien enthalten keine Zeilen.",
            "expected": "mindestens eine Umsatzzeile.",
            "remedy": "Exportieren Sie die Dateien mit ihren Zeilen.",
            "place": "b.csv, Zeile 7",
        }
    ]
    (one,) = problems.problems_of(CallError("Run r1 has nothing of the year 1999. Available: 2024."), german)
    assert one["came"] == "Die Bewertung r1 hat nichts aus dem Jahr 1999. Es gibt: 2024."
    (one,) = problems.problems_of(UnknownName("x", "your plans", ["y"]), german)
    assert one["came"] == "„x“ ist nicht bekannt. Gesucht: einer Ihrer Pläne. Es gibt: y."


def test_fields_and_tables_have_the_names_of_the_pages() -> None:
    from kundenwert.reports.language import Language

    german = Language("de")
    came = "No column for customer_id was found among A, B."
    assert problems.said(came, german) == "Für „Kundennummer“ fand sich keine Spalte unter A, B."
    came = "2 of 3 records of ratings cannot be used. Broken rules: points is readable and from 0 to 10: 2."
    assert problems.said(came, german) == "2 von 3 Sätzen aus „Bewertungen mit Punkten“ sind nicht verwendbar."
    assert problems.said("records with customer_id, date.", german) == "Sätze mit Kundennummer, Tag."

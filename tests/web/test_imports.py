"""The import in the browser: files, columns, check, project; what is wrong is told, and nobody sees another's files."""

from __future__ import annotations

import gzip
import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kundenwert import sources
from kundenwert.flows import draft as drafts
from kundenwert.flows import project as projects
from kundenwert.reports.language import _catalog
from kundenwert.tables import transactions
from kundenwert.web.imports import check_page, forms, labels, pages, told
from kundenwert.web.imports.models import ImportDraft
from kundenwert.web.jobs import kind as kinds
from kundenwert.web.jobs.models import Job

pytestmark = pytest.mark.django_db
LINES = (
    "VBELN;KUNNR;FKDAT;NETWR;ERNAM\n"
    "0090412207;0000102417;11.08.2026;1.284,50;MEIER\n"
    "0090412208;0000102417;11.08.2026;96,20-;MEIER\n"
    "0090412209;0000108830;22.08.2026;1.2O4,00;JANSEN\n"
    "0090412210;0000108830;13.08.2026;418,00;JANSEN\n"
)
CUSTOMERS = 'Kundennummer;Name;Ort\n0000102417;=HYPERLINK("http://x");Köln\n0000108830;<script>alert(1)</script>;Ulm\n'


def _files(**contents: str | bytes) -> list[SimpleUploadedFile]:
    return [
        SimpleUploadedFile(name.replace("__", "."), text if isinstance(text, bytes) else text.encode()) for name, text in contents.items()
    ]


def _begin(client: Client, *, way: str = "new", pasted: str = "", **contents: str | bytes) -> str:
    answer = client.post("/import/new/", {"way": way, "pasted": pasted, "files": _files(**contents)})
    assert answer.status_code == 302, _text(answer)
    return str(answer["Location"])


def _text(answer: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def _heading(answer: Any) -> str:
    found = re.search(r"<h1>(.*?)</h1>", answer.content.decode(), re.DOTALL)
    return re.sub(r"<[^>]+>", "", found[1]).replace("\xa0", " ") if found else ""


def test_the_first_page_says_what_to_do(signed_in: Callable[..., Client]) -> None:
    answer = signed_in("analyst").get("/import/")
    assert _heading(answer) == "Laden Sie Rechnungen, und sehen Sie, was Ihre Kunden wert sind"
    assert "Upload and look at them" in _text(signed_in("manager", language="en").get("/import/"))


def test_files_are_shown_with_what_was_found_in_them(signed_in: Callable[..., Client]) -> None:
    client = signed_in("analyst")
    address = _begin(client, rechnungen__csv=LINES, kunden__csv=CUSTOMERS)
    answer = client.get(address)
    assert _heading(answer) == "2 Dateien, alle erkannt"
    assert "UTF-8, Semikolon, Dezimalkomma, TT.MM.JJJJ" in _text(answer)
    assert "Kundenstamm" in _text(answer)


def test_columns_show_roles_first_values_and_how_sure_they_are(signed_in: Callable[..., Client]) -> None:
    client = signed_in("analyst")
    address = _begin(client, rechnungen__csv=LINES)
    answer = client.get(address + "columns/?file=rechnungen.csv")
    text = _text(answer)
    assert _heading(answer) == "Alle 4 Spalten mit Bedeutung sind sicher zugeordnet"
    assert "1.284,50" in text
    assert "nicht lesbar" in text
    assert "3 von 4 Zellen sind als Zahl lesbar" in text
    assert '<option value="amount" selected>Betrag netto</option>' in answer.content.decode()


def test_what_comes_from_a_file_is_never_markup(signed_in: Callable[..., Client]) -> None:
    client = signed_in("analyst")
    address = _begin(client, rechnungen__csv=LINES, kunden__csv=CUSTOMERS)
    page = client.get(address + "columns/?file=kunden.csv").content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page


def test_a_choice_is_kept_at_once_and_the_sample_is_read_anew(signed_in: Callable[..., Client]) -> None:
    client = signed_in("analyst")
    address = _begin(client, rechnungen__csv=LINES)
    sent = {
        "file": "rechnungen.csv",
        "table": "transactions",
        "c1": "",
        "c2": "customer_id",
        "c3": "date",
        "c4": "amount",
        "c5": "product_id",
    }
    answer = client.post(address + "columns/", sent, headers={"HX-Request": "true"})
    assert '<option value="product_id" selected>' in answer.content.decode()
    plain = client.post(address + "columns/", {**sent, "decimal_mark": "."})
    assert plain["Location"].endswith("columns/?file=rechnungen.csv")
    entry = drafts.read(ImportDraft.objects.get().folder).file("rechnungen.csv")
    assert (entry.mapping["product_id"], entry.mapping["document_id"], entry.options) == ("ERNAM", "", {"decimal_mark": "."})


def test_two_columns_for_one_field_are_told_in_the_words_of_the_page(signed_in: Callable[..., Client]) -> None:
    client = signed_in("analyst")
    address = _begin(client, rechnungen__csv=LINES)
    sent = {"file": "rechnungen.csv", "table": "transactions", "c4": "amount", "c5": "amount"}
    answer = client.post(address + "columns/", sent)
    assert answer.status_code == 422
    assert "„Betrag netto“ wurde für mehrere Spalten gewählt: NETWR, ERNAM." in _text(answer)


def test_a_question_is_asked_in_german_and_settled_by_an_option(signed_in: Callable[..., Client]) -> None:
    client = signed_in("analyst")
    address = _begin(client, a__csv="customer_id,date,amount\nK1,03/04/2024,10.00\nK2,05/06/2024,12.00\n")
    assert _heading(client.get(address)) == "1 Datei, eine offene Frage"
    page = _text(client.get(address + "columns/"))
    assert "Jedes Datum in date kann dd/mm/yyyy oder mm/dd/yyyy heißen" in page
    assert "MM/TT/JJJJ, Monat zuerst" in page
    client.post(address + "columns/", {"file": "a.csv", "table": "transactions", "answer": "date_format=mm/dd/yyyy"})
    assert drafts.read(ImportDraft.objects.get().folder).file("a.csv").options == {"date_format": "mm/dd/yyyy"}
    assert _heading(client.get(address)) == "1 Datei, alle erkannt"


def test_the_check_ties_to_the_cent_and_lists_each_rejected_line(signed_in: Callable[..., Client]) -> None:
    client = signed_in("analyst")
    address = _begin(client, rechnungen__csv=LINES)
    answer = client.post(address + "check/", {"currency": "EUR"})
    assert answer["Location"] == address + "check/"
    page = client.get(address + "check/")
    assert _heading(page) == "1.606,30 € sind auf den Cent abgestimmt, eine Zeile ist abgelehnt"
    assert "Betrag nicht lesbar" in _text(page)
    rows = _text(client.get(address + "rejected/?rule=amount+is+readable"))
    assert "1.2O4,00" in rows
    sheet = client.get(address + "rejected.csv")
    assert b"amount is readable" in b"".join(sheet.streaming_content)  # type: ignore[attr-defined]
    assert "attachment" in sheet["Content-Disposition"]
    assert client.get(address + "rejected/?page=99999999999999&rule=%00").status_code == 200


def test_a_project_is_made_known_opened_and_valued(signed_in: Callable[..., Client], settings: Any) -> None:
    client = signed_in("analyst")
    address = _begin(client, rechnungen__csv=LINES)
    client.post(address + "check/")
    answer = client.post(address + "save/", {"title": "Klein & Söhne", "currency": "EUR", "margin": "30", "preset": "", "accept": ""})
    job = Job.objects.get()
    assert answer["Location"] == f"/jobs/{job.pk}/"
    folder = Path(settings.HOME.projects) / "klein-soehne"
    assert (job.kind, job.project) == ("valuation", str(folder))
    assert projects.read(folder).settings.margin == 0.3
    assert not ImportDraft.objects.exists()
    assert not any(Path(settings.HOME.drafts).iterdir())
    assert client.post(address + "save/", {"title": "Noch einmal"}).status_code == 404
    assert "Klein &amp; Söhne" in client.get("/projects/").content.decode()


def test_a_project_needs_a_name_and_a_check_that_is_not_too_old(signed_in: Callable[..., Client]) -> None:
    client = signed_in("analyst")
    address = _begin(client, rechnungen__csv=LINES)
    assert "Prüfen Sie die Dateien noch einmal" in _text(client.post(address + "save/", {"title": "x", "currency": ""}))
    client.post(address + "check/")
    page = client.post(address + "save/", {"title": "", "currency": "EURO"})
    assert page.status_code == 200
    assert "id_title_error" in page.content.decode()
    assert not Job.objects.exists()


def test_next_months_file_joins_the_open_project(signed_in: Callable[..., Client], room: Path) -> None:
    client = signed_in("manager")
    lines = "Belegnummer;Kundennummer;Datum;Betrag\nR99999;K001;03.10.2025;55,50\n"
    address = _begin(client, way="add", oktober__csv=lines)
    answer = client.post(address + "check/")
    job = Job.objects.get()
    assert answer["Location"] == f"/jobs/{job.pk}/"
    kinds.find("check").run({**job.arguments, "project": None, "by": ""}, _quiet(), job.created)
    saved = client.post(address + "save/")
    assert saved.status_code == 302, _text(saved)
    assert [item.name for item in projects.read(room).inputs if not item.table] == ["rechnungen.csv", "oktober.csv"]
    assert Job.objects.filter(kind="valuation", project=str(room)).exists()


def _quiet() -> Any:
    from kundenwert.flows.progress import Progress

    return Progress()


def test_pasted_cells_are_a_file(signed_in: Callable[..., Client]) -> None:
    client = signed_in("analyst")
    address = _begin(client, pasted="Kundennummer\tDatum\tBetrag\nK1\t31.01.2024\t12,50\n")
    assert "eingefuegt.tsv" in _text(client.get(address))


def test_files_that_are_none_are_told_and_good_ones_stay(signed_in: Callable[..., Client]) -> None:
    client = signed_in("analyst")
    bad = client.post("/import/new/", {"way": "new", "files": _files(bild__csv=b"\x89PNG\r\n" + bytes(200))})
    assert bad.status_code == 422
    assert "Dem Namen nach ist die Datei etwas anderes" in _text(bad)
    assert not ImportDraft.objects.exists()
    both = client.post("/import/new/", {"way": "new", "files": _files(bild__csv=b"%PDF-1.4 x", gut__csv=LINES)})
    assert both.status_code == 422
    assert "gut.csv" in _text(both)
    assert ImportDraft.objects.count() == 1
    nothing = client.post("/import/new/", {"way": "new", "pasted": ""})
    assert "Es wurde nichts gewählt" in _text(nothing)


@pytest.mark.parametrize(
    "content", [b"\x00\x01" * 300, b"a", b"Kunde;Datum;Betrag\n", LINES.encode("utf-16"), LINES.encode() + b"\xff\xfe\xe4", b"x;y\n1;2\n"]
)
def test_broken_files_give_a_page_that_helps(signed_in: Callable[..., Client], content: bytes) -> None:
    client = signed_in("analyst")
    answer = client.post("/import/new/", {"way": "new", "files": _files(a__csv=content)})
    assert answer.status_code in {302, 422}
    if answer.status_code == 302:
        for page in ("", "columns/", "check/"):
            assert client.get(answer["Location"] + page).status_code == 200
        assert client.post(answer["Location"] + "check/").status_code in {200, 302, 422}


def test_nobody_fills_the_disk_with_open_imports(signed_in: Callable[..., Client], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kundenwert.web.imports.views._OPEN_IMPORTS", 1)
    client = signed_in("analyst")
    _begin(client, rechnungen__csv=LINES)
    answer = client.post("/import/new/", {"way": "new", "files": _files(b__csv=LINES)})
    assert "Sie haben 1 offene Importe" in _text(answer)
    assert ImportDraft.objects.count() == 1


def test_another_ones_import_does_not_exist(signed_in: Callable[..., Client]) -> None:
    address = _begin(signed_in("analyst"), rechnungen__csv=LINES)
    other = signed_in("analyst", "other@firma.example")
    for page in ("", "columns/", "check/", "rejected/", "rejected.csv"):
        assert other.get(address + page).status_code == 404
    for page in ("remove/", "discard/", "save/", "check/", "columns/", ""):
        assert other.post(address + page, {"file": "rechnungen.csv"}).status_code == 404
    assert "rechnungen.csv" not in _text(other.get("/import/"))
    assert signed_in("admin").get(address).status_code == 200


def test_a_file_and_an_import_can_be_removed_with_all_bytes(signed_in: Callable[..., Client], settings: Any) -> None:
    client = signed_in("analyst")
    address = _begin(client, rechnungen__csv=LINES, kunden__csv=CUSTOMERS)
    assert client.post(address + "remove/", {"file": "../../web.sqlite3"}).status_code == 404
    client.post(address + "remove/", {"file": "kunden.csv"})
    assert _heading(client.get(address)) == "1 Datei, alle erkannt"
    client.post(address + "discard/")
    assert not any(Path(settings.HOME.drafts).iterdir())
    assert client.get(address).status_code == 404


def test_who_may_not_import_sends_no_bytes_to_the_disk(
    signed_in: Callable[..., Client], settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[bytes] = []

    class _Seen(io.BytesIO):
        def write(self, data: Any) -> int:
            written.append(bytes(data))
            return super().write(data)

    monkeypatch.setattr("tempfile.TemporaryFile", lambda dir: _Seen())  # noqa: A006 (the name of tempfile's argument)
    for client in (Client(), signed_in("reader"), signed_in("field")):
        assert client.post("/import/new/", {"way": "new", "files": _files(a__csv=LINES)}).status_code in {302, 403}
    assert written == []
    signed_in("analyst").post("/import/new/", {"way": "new", "files": _files(a__csv=LINES)})
    assert b"".join(written) == LINES.encode()


def test_a_request_that_is_too_large_is_refused_before_it_is_read(
    signed_in: Callable[..., Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    from dataclasses import replace

    from kundenwert.web.imports import receive

    monkeypatch.setattr(receive, "LIMITS", replace(receive.LIMITS, bytes_of_all=100))
    monkeypatch.setattr(receive, "_AROUND", 0)
    answer = signed_in("analyst").post("/import/new/", {"way": "new", "files": _files(a__csv=LINES)})
    assert answer.status_code == 400


def test_every_table_role_and_known_sentence_has_german_words() -> None:
    german = _catalog("de")
    roles = {role.name for role in transactions.ROLES} | {role.name for table in sources.tables().values() for role in table.roles}
    assert roles <= set(labels.ROLES)
    assert set(sources.tables()) | {"transactions"} == set(labels.TABLES)
    words = {
        *labels.ROLES.values(),
        *labels.OF_TABLES.values(),
        *labels.TABLES.values(),
        *told.RULES.values(),
        *told.VALUES.values(),
    }
    words |= (
        {name for _, name in check_page._CLASSES}
        | set(pages._DAYS.values())
        | set(pages._MARKS.values())
        | {"Valuation", "Check of an import"}
    )
    assert sorted(word for word in words if word not in german) == []


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(st.sampled_from(sorted(forms.ReadingForm.base_fields)), st.text(max_size=60), max_size=8))
def test_any_reading_is_refused_or_becomes_options_that_a_draft_knows(sent: dict[str, str]) -> None:
    form = forms.ReadingForm(sent)
    if form.is_valid():
        assert set(form.options) <= set(drafts.OPTIONS)
        assert forms.ReadingForm(forms.ReadingForm.initial_of(form.options)).is_valid()
    else:
        assert form.errors


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(st.sampled_from(["title", "currency", "margin", "preset", "accept"]), st.text(max_size=100), max_size=5))
def test_any_name_of_a_project_is_refused_or_becomes_settings(sent: dict[str, str]) -> None:
    form = forms.SaveForm(sent)
    if form.is_valid():
        assert 0 < len(form.settings["title"]) <= 80
        assert form.settings["margin"] is None or 0 <= form.settings["margin"] <= 1
    else:
        assert form.errors


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=200))
def test_any_sentence_can_be_told(sentence: str) -> None:
    from kundenwert.reports.language import Language

    assert isinstance(told.said(Language("de"), sentence.replace("{", "").replace("}", "")), str)


# ---- erased persons ----


def _erase(project: Path, customer: str) -> None:
    from datetime import UTC, datetime

    from kundenwert.flows.erasure import erase

    erase(project, customer, by="dpo", clock=datetime(2026, 1, 5, tzinfo=UTC))


MORE = "Belegnummer;Kundennummer;Datum;Betrag\nR90001;{};05.10.2025;120,00\nR90002;K004;06.10.2025;80,00\n"


def _book(*rows: tuple[Any, ...]) -> bytes:
    import xlsxwriter

    target = io.BytesIO()
    with xlsxwriter.Workbook(target) as book:
        sheet = book.add_worksheet()
        for place, row in enumerate(rows):
            sheet.write_row(place, 0, row)
    return target.getvalue()


def _columns(**columns: list[Any]) -> bytes:
    import pyarrow
    from pyarrow import parquet

    target = io.BytesIO()
    parquet.write_table(pyarrow.table(columns), target)
    return target.getvalue()


NAMING = (
    {"mehr__csv": MORE.format("K003")},
    {"mehr__csv__gz": gzip.compress(MORE.format("K003").encode(), mtime=0)},
    {"mehr__csv": MORE.format("K003").encode("utf-16")},
    {"mehr__parquet": _columns(customer_id=["K003", "K004"], date=["2025-10-05"] * 2, amount=[120.0, 80.0])},
    {"kunden__parquet": _columns(customer_id=["X1", "X2"], name=["A", "B"], people=[["Firma 003 GmbH"], []])},
    {"kunden__csv": "Kundennummer;Name\nX1;FIRMA 003  GmbH\n"},
    {"kunden__xlsx": _book(("Kundennummer", "Name"), ("X1", "Firma 003 GmbH"))},
    {"kunden__csv": "Kundennummer;Name\nX1;Müller & Firma\nK003;Ä\n".encode("cp1252")},
)


def test_files_of_every_kind_are_looked_through(room: Path, signed_in: Callable[..., Client]) -> None:
    from kundenwert.web.imports import erased

    client = signed_in("analyst")
    for files in NAMING:
        _begin(client, way="add", **files)  # type: ignore[arg-type]
        entry = ImportDraft.objects.get(state="open")
        ImportDraft.objects.filter(pk=entry.pk).update(state="waits")
    ImportDraft.objects.update(state="open")
    _erase(room, "K003")
    assert [erased.forget(entry) for entry in ImportDraft.objects.all()] == [True] * len(NAMING)


def test_files_that_wait_for_a_project_leave_when_they_name_somebody_erased_from_it(room: Path, signed_in: Callable[..., Client]) -> None:
    from kundenwert.web.imports import erased

    client = signed_in("analyst")
    _begin(client, way="add", mehr__csv=MORE.format("K003"))
    entry = ImportDraft.objects.get()
    erased.look()
    assert not Job.objects.exists()
    _erase(room, "K003")
    erased.look()
    erased.look()
    job = Job.objects.get(kind=erased.KIND)
    kinds.find(erased.KIND).run(job.arguments, progress_of_nobody(), None)  # type: ignore[arg-type]
    assert not entry.folder.exists()
    assert "seitdem aus diesem Projekt gelöscht" in _text(client.get("/import/"))
    assert "seitdem aus diesem Projekt gelöscht" not in _text(signed_in("manager").get("/import/"))
    assert client.get(f"/import/{entry.pk}/").status_code == 404
    client.post(f"/import/{entry.pk}/discard/")
    assert "seitdem aus diesem Projekt gelöscht" not in _text(client.get("/import/"))


def progress_of_nobody() -> Any:
    from kundenwert.flows.progress import Progress

    return Progress()


def test_files_about_others_wait_on(room: Path, signed_in: Callable[..., Client]) -> None:
    from kundenwert.web.imports import erased

    _begin(signed_in("analyst"), way="add", mehr__csv=MORE.format("K0031"))
    _begin(signed_in("analyst"), neu__csv=MORE.format("K003"))
    _erase(room, "K003")
    assert [erased.forget(entry) for entry in ImportDraft.objects.all()] == [False, False]
    assert all(entry.folder.is_dir() for entry in ImportDraft.objects.all())
    # They were looked through; nothing is to be done until the next erasure.
    erased.look()
    assert not Job.objects.exists()


def test_what_names_somebody_erased_meanwhile_is_not_saved(room: Path, signed_in: Callable[..., Client]) -> None:
    client = signed_in("analyst")
    _begin(client, way="add", mehr__csv=MORE.format("K003"))
    entry = ImportDraft.objects.get()
    before = sorted(path.name for path in (room / "exports").iterdir())
    _erase(room, "K003")
    answer = client.post(f"/import/{entry.pk}/save/", follow=True)
    assert "seitdem aus diesem Projekt gelöscht" in _text(answer)
    assert sorted(path.name for path in (room / "exports").iterdir()) == before
    assert not entry.folder.exists()


def test_an_import_that_cannot_be_read_does_not_stop_the_others(room: Path, signed_in: Callable[..., Client]) -> None:
    from kundenwert.web.imports import erased

    for number in (1, 2):
        _begin(signed_in("analyst"), way="add", mehr__csv=MORE.format("K003") + f"R9000{number};K005;07.10.2025;1,00\n")
    broken, other = ImportDraft.objects.all()
    (broken.folder / drafts.FILE).write_text("{")
    _erase(room, "K003")
    erased.look()
    assert [job.arguments["draft"] for job in Job.objects.all()] == [str(other.pk)]

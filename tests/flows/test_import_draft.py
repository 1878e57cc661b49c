"""A draft from its first look to a project: what is found out, what a person changes, what is checked, what is written."""

from __future__ import annotations

import io
import shutil
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from kundenwert.errors import CallError, DataError, UnknownName
from kundenwert.flows import draft as drafts
from kundenwert.flows import draft_check, found, preview
from kundenwert.flows import project as projects
from kundenwert.flows.draft import ADD, NEW, REPLACE, Draft
from kundenwert.flows.progress import Progress
from kundenwert.flows.run import run
from kundenwert.flows.upload import Upload, receive

SAP = (
    "VBELN;KUNNR;FKDAT;NETWR;FKIMG;ERNAM\n"
    "0090412207;0000102417;11.08.2026;1.284,50;500;MEIER\n"
    "0090412208;0000102417;11.08.2026;96,20-;-40;MEIER\n"
    "0090412209;0000108830;22.08.2026;1.2O4,00;12;JANSEN\n"
    "0090412210;0000108830;13.08.2026;418,00;12;JANSEN\n"
)
CUSTOMERS = "Kundennummer;Name;Ort\n0000102417;Müller;Köln\n0000108830;Weber;Ulm\n"


def _draft(folder: Path, **files: str | bytes) -> Draft:
    folder.mkdir(parents=True, exist_ok=True)
    uploads = [
        Upload(name.replace("__", "."), io.BytesIO(text if isinstance(text, bytes) else text.encode())) for name, text in files.items()
    ]
    before = drafts.read(folder)
    received = receive(folder, uploads, there=[entry.taken for entry in before.files])
    assert not received.problems
    return drafts.with_received(before, received)


def _column(look: preview.FileLook, name: str) -> preview.ColumnLook:
    return next(column for column in look.columns if column.name == name)


def test_a_look_tells_format_roles_reasons_and_values_as_they_stand_and_as_they_are_read(tmp_path: Path) -> None:
    look = preview.look(_draft(tmp_path, rechnungen__csv=SAP.encode("cp1252")), "rechnungen.csv")
    assert (look.table, look.is_ready, look.fact("delimiter"), look.rows) == ("transactions", True, "semicolon", 4)
    amount = _column(look, "NETWR")
    assert (amount.role, amount.certainty) == ("amount", "sure")
    assert amount.values == ("1.284,50", "96,20-", "1.2O4,00", "418,00")
    assert amount.read == ("1284.5", "-96.2", "", "418")
    assert _column(look, "FKDAT").read[:2] == ("2026-08-11", "2026-08-11")
    assert "3 of 4" in amount.warning
    assert (_column(look, "ERNAM").role, _column(look, "ERNAM").certainty) == ("", "unused")


def test_missing_roles_say_what_they_would_add(tmp_path: Path) -> None:
    look = preview.look(_draft(tmp_path, rechnungen__csv=SAP), "rechnungen.csv")
    adds = {entry.role: entry.adds for entry in look.missing}
    assert "value is revenue" in adds["cost"]
    assert "amount" not in adds


def test_a_column_that_is_changed_is_read_anew_and_the_name_no_longer_counts(tmp_path: Path) -> None:
    text = "Kundennummer;Rechnungsdatum;Betrag;Summe netto\nK1;01.02.2024;10,00;8,40\nK2;15.02.2024;20,00;16,81\n"
    draft = _draft(tmp_path, a__csv=text)
    before = preview.look(draft, "a.csv")
    assert _column(before, "Summe netto").role == "amount"
    chosen = {column.place: column.role for column in before.columns} | {3: "amount", 4: ""}
    draft = drafts.changed(draft, "a.csv", table="", mapping=preview.choices_of(before, chosen), options={})
    after = preview.look(draft, "a.csv")
    assert (_column(after, "Betrag").role, _column(after, "Betrag").certainty) == ("amount", "chosen")
    assert _column(after, "Summe netto").role == ""


def test_one_role_for_two_columns_is_told(tmp_path: Path) -> None:
    look = preview.look(_draft(tmp_path, rechnungen__csv=SAP), "rechnungen.csv")
    with pytest.raises(DataError, match="amount was chosen for several columns: NETWR, FKIMG"):
        preview.choices_of(look, {4: "amount", 5: "amount"})


def test_columns_of_one_name_are_named_by_their_place(tmp_path: Path) -> None:
    text = "Kundennummer;Datum;Betrag;Betrag\nK1;31.01.2024;10,00;8,40\n"
    look = preview.look(_draft(tmp_path, a__csv=text), "a.csv")
    assert {column.certainty for column in look.columns if column.name == "Betrag"} == {"open"}
    assert not look.is_ready
    mapping = preview.choices_of(look, {1: "customer_id", 2: "date", 3: "", 4: "amount"})
    assert mapping["amount"] == "#4"
    draft = drafts.changed(drafts.read(tmp_path), "a.csv", table="", mapping=mapping, options={})
    assert [(column.role, column.read) for column in preview.look(draft, "a.csv").columns][3] == ("amount", ("8.4",))


def test_a_date_that_can_be_read_in_two_ways_is_asked_and_an_option_settles_it(tmp_path: Path) -> None:
    draft = _draft(tmp_path, a__csv="customer_id,date,amount\nK1,03/04/2024,10.00\nK2,05/06/2024,12.00\n")
    look = preview.look(draft, "a.csv")
    assert "can be read as dd/mm/yyyy and as mm/dd/yyyy" in look.problems[0].came
    assert _column(look, "date").values[0] == "03/04/2024"
    draft = drafts.changed(draft, "a.csv", table="", mapping={}, options={"date_format": "mm/dd/yyyy"})
    assert _column(preview.look(draft, "a.csv"), "date").read[0] == "2024-03-04"


def test_a_file_without_header_is_asked_for_names(tmp_path: Path) -> None:
    draft = _draft(tmp_path, a__csv="K1;31.01.2024;10,00\nK2;01.02.2024;20,00\n")
    assert "no header" in preview.look(draft, "a.csv").problems[0].came
    draft = drafts.changed(draft, "a.csv", table="", mapping={}, options={"header": ["customer_id", "date", "amount"]})
    assert preview.look(draft, "a.csv").is_ready


def test_the_table_of_a_file_is_found_by_its_columns_and_can_be_changed(tmp_path: Path) -> None:
    draft = _draft(tmp_path, rechnungen__csv=SAP, kunden__csv=CUSTOMERS)
    look = preview.look(draft, "kunden.csv")
    assert (look.table, look.is_asked) == ("customers", False)
    assert _column(look, "Ort").role == "city"
    draft = drafts.changed(draft, "kunden.csv", table="leads", mapping={}, options={})
    assert preview.look(draft, "kunden.csv").table == "leads"
    with pytest.raises(CallError, match="no table 'nothing'"):
        drafts.changed(draft, "kunden.csv", table="nothing", mapping={}, options={})
    with pytest.raises(UnknownName):
        preview.look(draft, "other.csv")


def test_of_a_large_text_only_the_head_is_looked_at_also_in_utf_16(tmp_path: Path) -> None:
    text = "Kundennummer;Datum;Betrag\n" + "K1;31.01.2024;10,00\n" * 60_000
    for name, content in (("a__csv", text.encode("utf-16")), ("b__csv", text.encode())):
        look = preview.look(_draft(tmp_path / name, **{name: content}), name.replace("__", "."))
        assert look.is_part
        assert look.is_ready, look.problems
        assert 20_000 < look.rows < 60_000


@pytest.mark.parametrize(
    "content",
    [
        "=1+1;=cmd|' /C calc'!A0;x\n@sum(1);-1;+1\n",
        "a;b\n",
        "\x1b[31mKunde;Datum\nK1;x\n",
        "ä" * 5000,
        "Kunde;Datum;Betrag\n" + ";;\n" * 20,
    ],
)
def test_strange_content_is_told_and_never_breaks_the_look(tmp_path: Path, content: str) -> None:
    look = preview.look(_draft(tmp_path, a__csv=content), "a.csv")
    assert look.problems
    assert all(problem.came and problem.remedy for problem in look.problems)


def test_the_check_lists_each_rejected_line_and_ties_to_the_cent(tmp_path: Path) -> None:
    draft = _draft(tmp_path, rechnungen__csv=SAP, kunden__csv=CUSTOMERS)
    made = draft_check.check(draft, progress=Progress())
    assert (made.lines, made.rejected, made.booked) == (4, 1, (3, Decimal("1606.30")))
    (broken,) = made.broken
    assert (broken.rule, broken.records, broken.record, broken.file) == ("amount is readable", 1, 3, "rechnungen.csv")
    (row,) = draft_check.rejects(draft)
    assert "1.2O4,00" in row.raw
    assert draft_check.rejects(draft, rule="date is readable") == ()
    assert draft_check.rejects(draft, page=2) == ()
    assert [
        (entry["month"], entry["line_class"], entry["amount"]) for entry in made.content["months"] if entry["line_class"] == "kept"
    ] == [("2026-08", "kept", "1702.50")]
    assert made.is_current
    assert made.is_within_limit


def test_a_check_grows_old_with_each_change(tmp_path: Path) -> None:
    draft = _draft(tmp_path, rechnungen__csv=SAP)
    draft_check.check(draft, progress=Progress())
    draft = drafts.changed(draft, "rechnungen.csv", table="", mapping={"quantity": ""}, options={})
    kept = draft_check.checked(draft)
    assert kept is not None
    assert not kept.is_current
    with pytest.raises(CallError, match="Check the files again"):
        found.found_project(draft, tmp_path / "projects")


def test_what_cannot_be_read_is_told_for_all_files_before_anything_is_read(tmp_path: Path) -> None:
    draft = _draft(tmp_path, a__csv="customer_id,date,amount\nK1,03/04/2024,10.00\n", b__csv="x;y\n1;2\n")
    with pytest.raises(DataError) as told:
        draft_check.check(draft, progress=Progress())
    assert {problem.file for problem in told.value.problems} == {"a.csv", "b.csv"}


def test_customers_alone_are_no_project(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="No file holds sales lines"):
        draft_check.check(_draft(tmp_path, kunden__csv=CUSTOMERS), progress=Progress())


def test_too_many_rejected_lines_are_only_kept_if_a_person_accepts_them(tmp_path: Path) -> None:
    draft = _draft(tmp_path / "draft", rechnungen__csv=SAP + "1;K;41.13.2026;x;1;M\n" * 3)
    draft_check.check(draft, progress=Progress())
    with pytest.raises(CallError, match=r"57\.1% of the records are rejected"):
        found.found_project(draft, tmp_path / "projects")
    draft = drafts.with_settings(draft, reject_limit=0.6, title="Klein & Söhne")
    made = found.found_project(draft, tmp_path / "projects")
    assert projects.read(made.project).settings.reject_limit == 0.6


def _good(day: str = "08") -> str:
    return "VBELN;KUNNR;FKDAT;NETWR;Betrag\n" + "".join(
        f"{day}{n:03};K{n % 9};{n % 27 + 1:02}.{day}.2026;{n},50;1,00\n" for n in range(1, 60)
    )


def _found_anew(tmp_path: Path) -> Path:
    draft = _draft(tmp_path / "draft", rechnungen__csv=_good(), kunden__csv="Kundennummer;Name\nK1;Müller\n")
    look = preview.look(draft, "rechnungen.csv")
    mapping = preview.choices_of(look, {1: "document_id", 2: "customer_id", 3: "date", 4: "", 5: "amount"})
    draft = drafts.changed(draft, "rechnungen.csv", table="", mapping=mapping, options={"decimal_mark": ","})
    draft = drafts.with_settings(draft, title="Klein & Söhne GmbH", currency="EUR", margin=0.3)
    draft_check.check(draft, progress=Progress())
    return found.found_project(draft, tmp_path / "projects").project


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A draft that became a project; each test works with a copy."""
    folder = tmp_path_factory.mktemp("made")
    _found_anew(folder)
    return folder


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Path:
    """The project, for one test."""
    shutil.copytree(made, tmp_path, dirs_exist_ok=True)
    return tmp_path / "projects" / "klein-soehne-gmbh"


def test_a_project_is_read_exactly_as_the_person_said(folder: Path) -> None:
    assert folder.name == "klein-soehne-gmbh"
    project = projects.read(folder)
    assert {item.table: item.name for item in project.inputs} == {"": "rechnungen.csv", "customers": "kunden.csv"}
    assert project.inputs[0].wanted.mapping["amount"] == "Betrag"
    assert project.inputs[0].wanted.decimal_mark == ","
    assert (project.settings.title, project.settings.currency, project.settings.margin) == ("Klein & Söhne GmbH", "EUR", 0.3)


@pytest.mark.slow
def test_a_project_made_of_a_draft_can_be_valued(folder: Path) -> None:
    made = run(folder, {"model": "recent_rate"}, clock=datetime(2026, 9, 1, tzinfo=UTC), progress=Progress())
    assert made.folder.is_dir()


def test_a_second_project_of_the_same_title_gets_a_folder_of_its_own(tmp_path: Path, folder: Path) -> None:
    draft = drafts.read(tmp_path / "draft")
    assert found.found_project(draft, folder.parent).project.name == "klein-soehne-gmbh-2"


def test_next_months_file_is_read_as_the_project_reads_and_joins_it(tmp_path: Path, folder: Path) -> None:
    draft = drafts.meant_for(_draft(tmp_path / "next", rechnungen__csv=_good("09")), ADD, folder)
    assert _column(preview.look(draft, "rechnungen.csv"), "Betrag").role == "amount"
    made = draft_check.check(draft, progress=Progress())
    assert made.lines == 118
    added = found.add_to_project(draft)
    assert added.files == ("rechnungen (2).csv",)
    assert [item.name for item in projects.read(folder).inputs if not item.table] == ["rechnungen.csv", "rechnungen (2).csv"]
    assert (folder / "exports" / "rechnungen.csv").read_text() == _good()


def test_a_table_the_project_has_not_yet_gets_a_section(tmp_path: Path, folder: Path) -> None:
    complaints = "Reklamationsnr;Kundennummer;Reklamationsdatum\n1;K1;03.08.2026\n"
    draft = drafts.meant_for(_draft(tmp_path / "next", reklamationen__csv=complaints), ADD, folder)
    draft_check.check(draft, progress=Progress())
    found.add_to_project(draft)
    assert {item.table for item in projects.read(folder).inputs} == {"", "customers", "complaints"}


def test_files_that_take_the_place_of_others_leave_them_in_their_folder(tmp_path: Path, folder: Path) -> None:
    draft = drafts.meant_for(_draft(tmp_path / "next", neu__csv=_good("10")), REPLACE, folder)
    assert draft_check.check(draft, progress=Progress()).lines == 59
    found.add_to_project(draft)
    assert [item.name for item in projects.read(folder).inputs] == ["neu.csv", "kunden.csv"]
    assert (folder / "exports" / "rechnungen.csv").is_file()


def test_a_project_file_that_people_wrote_keeps_every_word_but_the_list(tmp_path: Path, folder: Path) -> None:
    file = folder / "kundenwert.toml"
    text = file.read_text().replace(
        'files = ["exports/rechnungen.csv"]', 'files = [  # by month [all]\n  "exports/rechnungen.csv",\n]  # mine'
    )
    file.write_text(text)
    draft = drafts.meant_for(_draft(tmp_path / "next", neu__csv=_good("10")), ADD, folder)
    draft_check.check(draft, progress=Progress())
    found.add_to_project(draft)
    assert file.read_text() == text.replace(
        '[  # by month [all]\n  "exports/rechnungen.csv",\n]  # mine', '["exports/rechnungen.csv", "exports/neu.csv"]  # mine'
    )


def test_a_pattern_that_covers_the_new_file_stays_alone(tmp_path: Path, folder: Path) -> None:
    file = folder / "kundenwert.toml"
    text = file.read_text().replace('["exports/rechnungen.csv"]', '["exports/rechn*.csv"]')
    file.write_text(text)
    draft = drafts.meant_for(_draft(tmp_path / "next", rechnungen__csv=_good("10")), ADD, folder)
    draft_check.check(draft, progress=Progress())
    found.add_to_project(draft)
    assert file.read_text() == text


def test_a_draft_is_for_a_new_project_or_for_one_that_is_there(tmp_path: Path) -> None:
    draft = _draft(tmp_path / "d", rechnungen__csv=SAP)
    with pytest.raises(CallError):
        drafts.meant_for(draft, ADD, None)
    with pytest.raises(CallError):
        drafts.meant_for(draft, NEW, tmp_path)


def test_a_file_that_is_removed_is_gone(tmp_path: Path) -> None:
    draft = drafts.without(_draft(tmp_path, rechnungen__csv=SAP), "rechnungen.csv")
    assert draft.files == ()
    assert not (tmp_path / "files" / "rechnungen.csv").exists()


def test_a_workbook_and_a_parquet_file_are_looked_at_with_their_own_days_and_numbers(tmp_path: Path) -> None:
    import pyarrow
    import xlsxwriter
    from pyarrow import parquet

    packed = io.BytesIO()
    with xlsxwriter.Workbook(packed) as book:
        sheet = book.add_worksheet("Umsatz")
        for row, cells in enumerate([("Kundennummer", "Datum", "Nettobetrag"), ("K1", "31.01.2024", 12.5), ("=1+1", "01.02.2024", 7)]):
            for column, cell in enumerate(cells):
                (sheet.write_string if isinstance(cell, str) else sheet.write_number)(row, column, cell)
    table = pyarrow.table({"Kundennummer": ["K1"], "Datum": [datetime(2024, 1, 31)], "Nettobetrag": [12.5]})  # noqa: DTZ001 (as exports have it)
    kept = io.BytesIO()
    parquet.write_table(table, kept)
    draft = _draft(tmp_path, a__xlsx=packed.getvalue(), b__parquet=kept.getvalue())
    sheet_look, parquet_look = preview.look_at_all(draft)
    assert (sheet_look.fact("sheet"), sheet_look.is_ready, sheet_look.rows) == ("Umsatz", True, 2)
    assert _column(sheet_look, "Kundennummer").values == ("K1", "=1+1")
    assert _column(parquet_look, "Datum").read == ("2024-01-31",)
    assert _column(parquet_look, "Nettobetrag").read == ("12.5",)

"""Files from outside: names, kinds and sizes; good ones are there whole, the others are told, all at once."""

from __future__ import annotations

import gzip
import io
import struct
import zipfile
import zlib
from dataclasses import replace
from pathlib import Path

import pytest

from kundenwert.errors import CallError, DataError
from kundenwert.flows.upload import FILES, Limits, Received, Upload, path_of, receive, receive_text, remove

LINES = b"Kundennummer;Datum;Betrag\nK1;01.02.2024;12,50\nK2;02.02.2024;7,00\n"
SMALL = Limits(
    files=3, bytes_of_file=2000, bytes_of_all=3000, unpacked_bytes=50_000, sheet_bytes=40_000, rows=1000, cells=100_000, columns=200
)


def _given(draft: Path, name: str, content: bytes, limits: Limits | None = None) -> Received:
    return receive(draft, [Upload(name, io.BytesIO(content))], limits)


def _came(found: Received) -> str:
    return " ".join(problem.came for problem in found.problems)


def _names(draft: Path) -> list[str]:
    folder = draft / FILES
    return sorted(entry.name for entry in folder.iterdir()) if folder.is_dir() else []


def _workbook(rows: str = '<row r="1"><c r="A1"/></row><row r="2"><c r="A2"/></row>', **more: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", f"<worksheet><sheetData>{rows}</sheetData></worksheet>")
        for name, content in more.items():
            archive.writestr(f"xl/{name}.xml", content)
    return packed.getvalue()


def test_a_file_of_text_is_kept_as_it_came_and_counted(tmp_path: Path) -> None:
    found = _given(tmp_path, "rechnungen.csv", LINES)
    (taken,) = found.taken
    assert (taken.name, taken.size, taken.rows, found.problems) == ("rechnungen.csv", len(LINES), 3, ())
    assert (tmp_path / FILES / "rechnungen.csv").read_bytes() == LINES


def test_good_files_stay_and_all_that_is_wrong_is_told_at_once(tmp_path: Path) -> None:
    uploads = [
        Upload(name, io.BytesIO(content))
        for name, content in (("bild.png", b"x"), ("gut.csv", LINES), ("leer.csv", b""), ("a/b.csv", LINES))
    ]
    found = receive(tmp_path, uploads)
    assert [entry.name for entry in found.taken] == ["gut.csv"]
    assert [problem.file for problem in found.problems] == ["bild.png", "leer.csv", "a/b.csv"]
    assert _names(tmp_path) == ["gut.csv"]


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("../../etc/passwd.csv", "holds a path"),
        ("..\\kunden.csv", "holds a path"),
        ("C:kunden.csv", "holds a path"),
        ("kun\x00den.csv", "cannot be seen"),
        ("kun\nden.csv", "cannot be seen"),
        ("kunden\u202evsc.csv", "cannot be seen"),
        (".kunden.csv", "begins or ends with a point"),
        ("NUL.csv", "keeps for devices"),
        ("com1.csv.gz", "keeps for devices"),
        ("x" * 200 + ".csv", "signs"),
        ("kunden.exe", "ending .exe"),
        ("kunden.csv.zip", "ending .zip"),
        ("kunden", "ending none"),
        ("kunden.xls", "ending .xls"),
        ("", "no name"),
        ("kunden.gz", "ending none"),
    ],
)
def test_names_that_could_do_harm_are_refused_in_words(tmp_path: Path, name: str, what: str) -> None:
    found = _given(tmp_path, name, LINES)
    assert what in _came(found)
    assert not found.taken
    assert _names(tmp_path) == []


def test_brackets_which_patterns_know_become_round_ones(tmp_path: Path) -> None:
    assert _given(tmp_path, "Umsatz[1].csv", LINES).taken[0].name == "Umsatz(1).csv"


def test_a_name_that_is_taken_gets_a_number_and_nothing_is_overwritten(tmp_path: Path) -> None:
    first = _given(tmp_path, "Umsatz.csv", LINES).taken
    found = receive(tmp_path, [Upload("umsatz.csv", io.BytesIO(LINES + b"K3;03.02.2024;1,00\n"))], there=first)
    assert found.taken[0].name == "umsatz (2).csv"
    assert (tmp_path / FILES / "Umsatz.csv").read_bytes() == LINES


def test_the_same_content_twice_is_taken_once(tmp_path: Path) -> None:
    found = receive(tmp_path, [Upload("a.csv", io.BytesIO(LINES)), Upload("b.csv", io.BytesIO(LINES))])
    assert [entry.name for entry in found.taken] == ["a.csv"]
    assert "holds the same as a.csv" in _came(found)


@pytest.mark.parametrize(
    ("name", "content", "what"),
    [
        ("a.xlsx", LINES, "by its first bytes text"),
        ("a.csv", b"PK\x03\x04" + b"x" * 50, "by its first bytes an XLSX workbook"),
        ("a.csv", b"%PDF-1.7 " + LINES, "a PDF document"),
        ("a.parquet", LINES, "by its first bytes text"),
        ("a.csv", gzip.compress(LINES, mtime=0), "by its first bytes a gzip archive"),
        ("a.csv.gz", LINES, "By its name it is a gzip archive"),
        ("a.csv", bytes(range(1, 32)) * 20, "no text"),
        ("a.csv", b" \n\n \n", "empty"),
        ("a.csv.gz", gzip.compress(b"PAR1" + LINES, mtime=0), "a Parquet file"),
        ("a.csv.gz", gzip.compress(b"", mtime=0), "holds nothing"),
        ("a.csv.gz", gzip.compress(LINES * 50, mtime=0)[:-20], "cut off"),
        ("a.parquet", b"PAR1" + b"\x00" * 100 + b"PAR1", "damaged"),
    ],
)
def test_what_is_no_such_file_is_refused_by_its_bytes(tmp_path: Path, name: str, content: bytes, what: str) -> None:
    found = _given(tmp_path, name, content)
    assert what in _came(found)
    assert _names(tmp_path) == []


def test_random_bytes_are_refused_or_kept_but_never_break_anything(tmp_path: Path) -> None:
    import random

    draw = random.Random(7)
    for number in range(60):
        name = draw.choice(["a.csv", "a.csv.gz", "a.xlsx", "a.parquet", "a.xlsx.gz"])
        start = draw.choice([b"", b"PK\x03\x04", b"PAR1", b"\x1f\x8b\x08", b"\xff\xfe"])
        found = _given(tmp_path / str(number), name, start + draw.randbytes(draw.randrange(300)))
        assert bool(found.taken) != bool(found.problems)


def test_text_in_utf_16_is_text(tmp_path: Path) -> None:
    assert _given(tmp_path, "a.csv", LINES.decode().encode("utf-16")).taken


def test_a_packed_text_stays_packed_and_several_members_are_one_text(tmp_path: Path) -> None:
    packed = gzip.compress(LINES) + gzip.compress(b"K3;03.02.2024;1,00\n")
    (taken,) = _given(tmp_path, "a.csv.gz", packed).taken
    assert (taken.name, taken.rows, taken.size) == ("a.csv.gz", 4, len(packed))


def test_a_packed_workbook_is_unpacked(tmp_path: Path) -> None:
    (taken,) = _given(tmp_path, "a.xlsx.gz", gzip.compress(_workbook())).taken
    assert (taken.name, taken.rows) == ("a.xlsx", 2)
    assert (tmp_path / FILES / "a.xlsx").read_bytes() == _workbook()


def test_more_bytes_than_allowed_are_never_written(tmp_path: Path) -> None:
    found = _given(tmp_path, "a.csv", LINES * 100, SMALL)
    assert "larger than 2 KB" in _came(found)
    assert _names(tmp_path) == []


def test_the_files_of_a_draft_are_limited_in_number_and_in_sum(tmp_path: Path) -> None:
    content = [b"Kunde;Datum\n" + str(number).encode() * 1400 for number in range(3)]
    found = receive(tmp_path, [Upload(f"{number}.csv", io.BytesIO(part)) for number, part in enumerate(content)], SMALL)
    assert (len(found.taken), "With this file there would be more" in _came(found)) == (2, True)
    many = receive(tmp_path, [Upload("d.csv", io.BytesIO(b"x;y\n1;2\n"))], SMALL, there=found.taken * 2)
    assert "There are 4 files already" in _came(many)


def test_a_gzip_bomb_is_found_while_it_is_unpacked(tmp_path: Path) -> None:
    bomb = bytearray(gzip.compress(b"1;2\n" * 1_000_000))
    # What the archive says of its size is a lie.
    bomb[-4:] = struct.pack("<I", 10)
    assert len(bomb) < 20_000
    found = _given(tmp_path, "a.csv.gz", bytes(bomb), replace(SMALL, bytes_of_file=20_000, bytes_of_all=20_000))
    assert "Unpacked it holds more than 48.8 KB" in _came(found)
    assert _names(tmp_path) == []


def test_too_many_rows_are_refused(tmp_path: Path) -> None:
    assert "more than 1,000 rows" in _came(_given(tmp_path, "a.csv.gz", gzip.compress(b"1;2\n" * 2000), SMALL))


def test_a_workbook_bomb_is_found_though_its_headers_lie(tmp_path: Path) -> None:
    content = bytearray(_workbook(media=b"0" * 60_000))
    real, lie = struct.pack("<I", 60_000), struct.pack("<I", 100)
    assert content.count(real) == 2
    found = _given(tmp_path, "a.xlsx", bytes(content.replace(real, lie)), SMALL)
    assert "Unpacked it holds more than" in _came(found)


def test_a_workbook_whose_members_lie_on_each_other_is_refused(tmp_path: Path) -> None:
    content = _workbook()
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = len(archive.infolist())
    end = content.rindex(b"PK\x05\x06")
    start = struct.unpack("<I", content[end + 16 : end + 20])[0]
    directory = content[start:end]
    many = directory * 2000
    count = members * 2000
    tail = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, count, count, len(many), start, 0)
    assert "not put together" in _came(_given(tmp_path, "a.xlsx", content[:start] + many + tail))


def test_one_cell_in_the_far_corner_of_a_sheet_is_refused(tmp_path: Path) -> None:
    far = _workbook('<row r="1"><c r="A1"/></row><row r="1048576"><c r="XFD1048576"/></row>')
    assert "A sheet reaches to row 1,048,576 and column 16,384" in _came(_given(tmp_path, "a.xlsx", far))


def test_a_zip_that_is_no_workbook_is_refused(tmp_path: Path) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("a.csv", LINES)
    assert "a ZIP archive without a workbook" in _came(_given(tmp_path, "a.xlsx", packed.getvalue()))


def test_a_workbook_with_a_damaged_member_is_refused(tmp_path: Path) -> None:
    content = bytearray(_workbook(rows="".join(f'<row r="{number}"><c r="A{number}"/></row>' for number in range(1, 400))))
    place = content.index(b"sheet1.xml") + 60
    content[place : place + 40] = bytes(40)
    assert "damaged" in _came(_given(tmp_path, "a.xlsx", bytes(content))) or "cut off" in _came(_given(tmp_path, "a.xlsx", bytes(content)))


def test_rows_of_parquet_come_from_its_own_count_and_are_limited(tmp_path: Path) -> None:
    import pyarrow
    from pyarrow import parquet

    table = pyarrow.table({"Kunde": ["K1"] * 1500, "Datum": ["2024-01-01"] * 1500})
    kept = io.BytesIO()
    parquet.write_table(table, kept)
    assert _given(tmp_path, "a.parquet", kept.getvalue()).taken[0].rows == 1500
    assert "more than 1,000 rows" in _came(_given(tmp_path / "b", "a.parquet", kept.getvalue(), SMALL))


def test_pasted_cells_become_a_file_divided_by_tabs(tmp_path: Path) -> None:
    found = receive_text(tmp_path, "Kunde\tDatum\tBetrag\r\nK1\t01.02.2024\t12,50\r\n")
    assert (found.taken[0].name, found.taken[0].rows) == ("pasted.tsv", 2)
    assert (tmp_path / FILES / "pasted.tsv").read_bytes() == b"Kunde\tDatum\tBetrag\nK1\t01.02.2024\t12,50\n"


def test_nothing_pasted_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(CallError, match="Copy the cells with their header"):
        receive_text(tmp_path, " \r\n ")


def test_too_much_pasted_text_is_refused(tmp_path: Path) -> None:
    assert "save the sheet as a file" in receive_text(tmp_path, "a\tb\n" * 100, Limits(pasted_bytes=100)).problems[0].remedy


def test_removing_a_file_never_leaves_the_draft(tmp_path: Path) -> None:
    _given(tmp_path, "a.csv", LINES)
    remove(tmp_path, "a.csv")
    remove(tmp_path, "a.csv")
    assert _names(tmp_path) == []
    with pytest.raises(DataError, match="holds a path"):
        path_of(tmp_path, "../../secret.csv")


def test_an_upload_that_breaks_off_leaves_nothing(tmp_path: Path) -> None:
    class _Broken(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            raise OSError(5, "connection lost")

    assert "connection lost" in _came(receive(tmp_path, [Upload("a.csv", _Broken())]))
    assert _names(tmp_path) == []


def test_a_deflated_stream_that_ends_at_a_full_step_is_whole(tmp_path: Path) -> None:
    content = b"1;2\n" * (1 << 18)
    assert len(content) == 1 << 20
    assert zlib.decompress(zlib.compress(content)) == content
    assert _given(tmp_path, "a.csv.gz", gzip.compress(content)).taken[0].rows == 1 << 18

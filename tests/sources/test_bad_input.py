"""Inputs that cannot be read: each says what came, what was expected, what to do."""

from __future__ import annotations

import gzip
import io
import zipfile

import pytest

from kundenwert.errors import AmbiguousInput, DataError, MissingColumn, SettingsError, UnreadableInput

HEADER = "Kunde;Datum;Betrag\n"
LINE = "1;31.12.2024;1,50\n"


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "is empty"),
        (b"\xef\xbb\xbf", "is empty"),
        (b" \r\n\r\n", "is empty"),
        (HEADER.encode(), "no line of data"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(range(200)), "a PNG picture"),
        (b"%PDF-1.7\n" + b"x" * 300, "a PDF document"),
        (bytes(range(1, 256)) * 20, "a binary file|not cp1252"),
        (b"Kunde\n1\n2\n", "Every line is one cell"),
        (b"Kunde;Datum;Betrag\n1;31.12.2024;\x001,50\n", "NUL byte"),
        (b"Kunde;Datum;Betrag\nM\xc3\xbcller;31.12.2024;1,50\nM\xfcller;31.12.2024;1,50\n", "Two encodings are mixed"),
        (b"Kunde;Datum;Betrag\nM\x81\x8dller;31.12.2024;1,50\n", "not utf-8 and not cp1252"),
        (b"customer,date,amount\n1,31.12.2024,12,50\n2,30.12.2024,1,50\n", "no line of data has as many"),
        (b"PAR1 this is no parquet file", "cannot be opened"),
        (b"PK\x03\x04 this is no workbook", "cannot be read"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "an old Excel file"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "protected by a password"),
        (b"Kunde;Datum;Betrag\n1;gestern;1,50\n2;heute;2,50\n", "is a date"),
        (b"Kunde;Datum;Betrag\n1;31.12.2024;viel\n2;31.12.2024;wenig\n", "is a number"),
        (b'Kunde;Datum;Betrag\n1;31.12.2024;1,50\n2;"31.12.2024;1,50\n3;31.12.2024;1,50\n', "quote"),
    ],
)
def test_it_is_refused_with_a_reason(read, write, content, told):
    with pytest.raises(UnreadableInput, match=told) as caught:
        read(write(content))
    assert caught.value.exit_code == 1
    for problem in caught.value.problems:
        assert problem.file == "sales.csv"
        assert problem.expected
        assert problem.remedy


def test_a_truncated_archive_gives_no_partial_data(look, write):
    packed = gzip.compress((HEADER + LINE * 5000).encode())
    with pytest.raises(UnreadableInput, match="damaged or cut off"):
        look(write(packed[: len(packed) // 2], "sales.csv.gz"))


def test_the_line_of_a_nul_byte_is_named(look, write):
    with pytest.raises(UnreadableInput, match="line 3"):
        look(write(f"{HEADER}{LINE}2;31.12.2024;\x001,50\n"))


def test_no_such_file_names_a_near_one(look, write):
    path = write(HEADER + LINE)
    with pytest.raises(UnreadableInput, match=r"Did you mean 'sales\.csv'"):
        look(path.with_name("sale.csv"))


def test_a_folder_is_no_file(look, tmp_path):
    with pytest.raises(UnreadableInput, match="a folder"):
        look(tmp_path)


def test_an_archive_that_is_no_workbook(look, write):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("sales.csv", HEADER + LINE)
    with pytest.raises(UnreadableInput, match="unpack it"):
        look(write(buffer.getvalue(), "sales.zip"))


def test_a_missing_column_lists_the_columns_and_near_names(look, write):
    with pytest.raises(MissingColumn, match=r"(?s)Kundennumer.*Near: Kundennumer.*--map customer_id=COLUMN"):
        look(write("Kundennumer;Datum;Betrag\n1;31.12.2024;1,50\n")).or_raise()


def test_all_problems_of_an_input_come_together(look, write):
    with pytest.raises(DataError) as caught:
        look(write("Wer;Datum;Betrag\n1;01/02/2024;1.234\n2;03/04/2024;5.678\n")).or_raise()
    text = str(caught.value)
    assert len(caught.value.problems) == 3
    assert "--map customer_id" in text
    assert "--date-format dd/mm/yyyy" in text
    assert "--decimal-mark" in text


def test_a_file_without_names_asks_for_them(look, write):
    with pytest.raises(AmbiguousInput, match="--columns"):
        look(write("1;31.12.2024;1,50\n2;30.12.2024;2,50\n")).or_raise()


def test_the_wrong_number_of_names(look, write):
    with pytest.raises(SettingsError, match="names 2 columns, the file has 3"):
        look(write(LINE), columns=("customer_id", "date")).or_raise()


@pytest.mark.parametrize(
    ("wanted", "told"),
    [
        ({"date_format": "dmy"}, "no date format 'dmy'"),
        ({"decimal_mark": "x"}, "decimal mark 'x'"),
        ({"mapping": {"kunde": "Kunde"}}, "no role 'kunde'"),
    ],
)
def test_a_wrong_choice_says_what_is_possible(look, write, wanted, told):
    with pytest.raises(SettingsError, match=told):
        look(write(HEADER + LINE), **wanted).or_raise()


def test_a_wrong_column_in_the_mapping_lists_the_columns(look, write):
    with pytest.raises(MissingColumn, match=r"'Kunnde', which is not there\. Near: Kunde\."):
        look(write(HEADER + LINE), mapping={"customer_id": "Kunnde"}).or_raise()


@pytest.mark.parametrize("amount", ["1000000000000", "1.234.567.890.123,00", "-9999999999999,99"])
def test_amounts_that_do_not_fit_are_told(look, write, amount):
    with pytest.raises(UnreadableInput, match=r"does not fit.*below 1,000,000,000,000"):
        look(write(f"{HEADER}{LINE}2;31.12.2024;{amount}\n")).or_raise()


def test_products_that_do_not_fit_are_told(look, write):
    with pytest.raises(UnreadableInput, match="quantity x price"):
        look(write("Kunde;Datum;Menge;Preis\n1;31.12.2024;10000000;10000000,50\n")).or_raise()


def test_names_of_thousands_of_letters(look, write):
    with pytest.raises(MissingColumn) as caught:
        look(write(f"{'x' * 3000};{'y' * 3000};Betrag\n1;31.12.2024;1,50\n")).or_raise()
    assert len(str(caught.value)) < 1500


def test_thousands_of_columns(read, write):
    names = ["Kunde", "Datum", "Betrag", *(f"extra{place}" for place in range(1500))]
    cells = ["7", "31.12.2024", "1,50", *("x" * 1500)]
    found = read(write(";".join(names) + "\n" + ";".join(cells) + "\n"))
    assert found.column("customer_id") == ["7"]


def test_long_cells_are_cut_in_samples(look, write):
    found = look(write(f"{HEADER}{'z' * 3000};31.12.2024;1,50\n"))
    assert max(len(sample) for guess in found.guesses for sample in guess.samples) <= 40


def test_a_file_that_may_not_be_read(look, write):
    path = write(HEADER + LINE)
    path.chmod(0)
    try:
        path.open().close()
    except PermissionError:
        with pytest.raises(UnreadableInput, match="cannot be opened"):
            look(path)
    else:
        pytest.skip("this user may read every file")

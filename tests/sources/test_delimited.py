"""sources/delimited.py: every way in which a text file may be written."""

from __future__ import annotations

import gzip
from decimal import Decimal
from pathlib import Path

import pytest

GERMAN = "Kundennummer;Rechnungsdatum;Nettobetrag\n0001;31.12.2024;1.234,50\n0002;01.01.2025;-12,00\n"


def facts(read):
    return {fact.name: fact for fact in read.inspected.facts}


def test_a_german_file_is_read(read, write):
    found = read(write(GERMAN))
    assert found.column("customer_id") == ["0001", "0002"]
    assert found.column("amount") == [Decimal("1234.5"), Decimal(-12)]
    assert found.column("day") == [20088, 20089]
    assert found.column("record") == [1, 2]
    assert found.column("raw")[0] == "0001;31.12.2024;1.234,50"


def test_the_columns_and_their_order_are_promised(read, write, engine):
    read(write(GERMAN))
    assert engine.columns("tested") == {
        "record": "BIGINT",
        "customer_id": "VARCHAR",
        "date_text": "VARCHAR",
        "day": "INTEGER",
        "amount_text": "VARCHAR",
        "amount": "DECIMAL(18,6)",
        "quantity_text": "VARCHAR",
        "quantity": "DECIMAL(18,6)",
        "price_text": "VARCHAR",
        "price": "DECIMAL(18,6)",
        "document_id": "VARCHAR",
        "product_id": "VARCHAR",
        "product_group": "VARCHAR",
        "cost": "DECIMAL(18,6)",
        "list_amount": "DECIMAL(18,6)",
        "discount": "DECIMAL(18,6)",
        "currency": "VARCHAR",
        "kind": "VARCHAR",
        "promotion": "BOOLEAN",
        "raw": "VARCHAR",
    }
    assert engine.columns("tested_unreadable") == {"line": "BIGINT", "reason": "VARCHAR", "raw": "VARCHAR"}


@pytest.mark.parametrize(
    ("encoding", "told"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("cp1252", "cp1252"),
        ("utf-16", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
        ("utf-16-le", "utf-16-le"),
    ],
)
@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gzip"])
def test_encodings_are_found(read, write, encoding, told, packed):
    content = "Kunde;Datum;Betrag;Währung\nMüller;31.12.2024;12,50;€\nGroß;30.12.2024;1,50;€\n".encode(encoding)
    found = read(write(gzip.compress(content) if packed else content, "sales.csv.gz" if packed else "sales.csv"))
    assert found.column("customer_id") == ["Müller", "Groß"]
    assert found.column("currency") == ["€", "€"]
    assert facts(found)["encoding"].value == told


@pytest.mark.parametrize(("delimiter", "told"), [(";", "semicolon"), (",", "comma"), ("\t", "tab"), ("|", "vertical bar")])
def test_delimiters_are_found(read, write, delimiter, told):
    rows = [["customer_id", "date", "amount"], ["a", "2024-12-31", "12.50"], ["b", "2024-12-30", "1.75"]]
    found = read(write("".join(delimiter.join(row) + "\n" for row in rows)))
    assert found.column("amount") == [Decimal("12.5"), Decimal("1.75")]
    assert facts(found)["delimiter"].value == told


def test_runs_of_blanks_are_one_delimiter(read, write):
    found = read(write(" customer_id  date  cds   dollar_value\n 00001 19970101  1   11.77\n 00002  19970112 5   77.00  \n", "master.txt"))
    assert found.column("customer_id") == ["00001", "00002"]
    assert found.column("amount") == [Decimal("11.77"), Decimal(77)]


def test_decimal_commas_do_not_pass_for_delimiters(read, write):
    found = read(write("a1;31.12.2024;12,50\nb1;30.12.2024;1,75\n"), columns=("customer_id", "date", "amount"))
    assert found.column("amount") == [Decimal("12.5"), Decimal("1.75")]


def test_quoted_line_breaks_and_delimiters_stay_in_their_cell(read, write):
    found = read(write('Kunde;Datum;Betrag;Artikel\r\n"Meier; Sohn";31.12.2024;1,50;"rot\nund ""blau"""\r\n7;30.12.2024;2,50;x\r\n'))
    assert found.column("customer_id") == ["Meier; Sohn", "7"]
    assert found.column("product_id") == ['rot\nund "blau"', "x"]
    assert not found.unreadable


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"], ids=["lf", "crlf", "cr"])
def test_line_ends_of_each_kind(read, write, ends):
    assert len(read(write(GERMAN.replace("\n", ends))).lines) == 2


def test_mixed_line_ends(read, write):
    found = read(write("Kunde;Datum;Betrag\r\n1;31.12.2024;1,50\n2;30.12.2024;2,50\r\r\n3;29.12.2024;3,50\r\n"))
    assert found.column("amount") == [Decimal("1.5"), Decimal("2.5"), Decimal("3.5")]


def test_a_sep_line_names_the_delimiter(read, write):
    found = read(write("sep=|\n" + GERMAN.replace(";", "|")))
    assert len(found.lines) == 2
    assert facts(found)["delimiter"].reason == "the line sep= says so"


def test_lines_before_the_header_are_left_out_and_told(read, write):
    found = read(write('Umsatzliste 2024\nMandant;"Muster ""GmbH"""\n\nStand: 31.12.2024;;\n' + GERMAN))
    assert found.column("customer_id") == ["0001", "0002"]
    assert "4 lines before it" in facts(found)["header"].reason


def test_a_line_of_sums_is_told(read, write):
    found = read(write(GERMAN + "Summe;;1.222,50\n"))
    assert facts(found)["sums"].warning
    assert found.lines[-1]["day"] is None


def test_a_file_without_header_takes_the_names_given(read, write):
    found = read(write("4 1 19970101 2 29.33\n4 1 19970118 2 29.73\n", "s.txt"), columns=("x", "customer_id", "date", "quantity", "amount"))
    assert found.column("customer_id") == ["1", "1"]
    assert found.inspected.unmapped == ("x",)
    assert found.inspected.file.lines == 2


def test_names_given_replace_a_header(read, write):
    found = read(write(GERMAN), columns=("customer_id", "date", "amount"))
    assert found.column("amount") == [Decimal("1234.5"), Decimal(-12)]


def test_records_that_cannot_be_split_are_listed(read, write):
    found = read(write(GERMAN + "0003;02.01.2025\n0004;03.01.2025;5,00;more;more\n0005;04.01.2025;6,00\n"))
    assert found.column("customer_id") == ["0001", "0002", "0005"]
    assert [(line["line"], line["raw"]) for line in found.unreadable] == [(4, "0003;02.01.2025"), (5, "0004;03.01.2025;5,00;more;more")]


def test_lines_that_end_with_a_delimiter(read, write):
    found = read(write("Kunde;Datum;Betrag\n1;31.12.2024;1,50;\n2;30.12.2024;2,50;\n"))
    assert found.column("amount") == [Decimal("1.5"), Decimal("2.5")]


def test_a_plain_file_that_is_called_packed_and_the_reverse(read, write):
    assert len(read(write(GERMAN, "sales.csv.gz")).lines) == 2
    found = read(write(gzip.compress(GERMAN.encode()), "sales2.csv"))
    assert len(found.lines) == 2
    assert facts(found)["packed"].value == "gzip"


def test_signs_of_patterns_in_a_file_name_are_letters(read, write):
    write("Kunde;Datum;Betrag\n9;31.12.2024;9,00\n", "sales 2.csv")
    assert read(write(GERMAN, "sales [2024].csv")).column("customer_id") == ["0001", "0002"]


def test_damaged_letters_are_told(read, write):
    found = read(write("Kunde;Datum;Betrag\nMÃ¼ller;31.12.2024;1,50\n"))
    assert facts(found)["letters"].warning


def test_a_chosen_encoding_is_taken(read, write):
    found = read(write("Kunde;Datum;Betrag\nM\u00fcller;31.12.2024;1,50\n".encode("latin-1")), encoding="latin-1")
    assert found.column("customer_id") == ["Müller"]


def test_a_chosen_delimiter_is_taken(read, write):
    found = read(write("Kunde~Datum~Betrag\n1~31.12.2024~1,50\n"), delimiter="~")
    assert found.column("amount") == [Decimal("1.5")]


def test_blocks_are_cut_anywhere(read, write, monkeypatch):
    from kundenwert.sources import _bytes

    monkeypatch.setattr(_bytes, "BLOCK", 7)
    content = "Kunde;Datum;Betrag\r\n" + "".join(f"Mü{n};31.12.2024;{n},50\n" for n in range(40))
    found = read(write(content.encode("utf-16")))
    assert found.column("customer_id") == [f"Mü{n}" for n in range(40)]
    assert found.column("amount") == [Decimal(n) + Decimal("0.5") for n in range(40)]


def test_nothing_but_the_scratch_folder_is_written_to(read, write, tmp_path: Path):
    path = write(GERMAN.encode("utf-16"))
    before = {other.name for other in tmp_path.iterdir()}
    read(path)
    assert {other.name for other in tmp_path.iterdir()} == before

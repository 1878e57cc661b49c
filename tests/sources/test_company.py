"""Exports of the company's tables: roles found, cells read as their kind, doubts told."""

from __future__ import annotations

from collections import Counter
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from kundenwert import registry
from kundenwert.errors import AmbiguousInput, MissingColumn, SettingsError, UnreadableInput
from kundenwert.sources import Wanted, inspect_table, open_table
from kundenwert.tables.company._shape import SQL_TYPES
from kundenwert.tables.transactions import normalised

TABLES = registry.names("tables.company")
EXPORTS = Path(__file__).parent / "exports"


def table(name):
    return registry.load("tables.company", name)


@pytest.fixture
def look_at(engine, scratch):
    return lambda name, source, **wanted: inspect_table(engine, source, table(name), Wanted(**wanted), scratch=scratch)


@pytest.fixture
def records(engine, look_at):
    def records(name, source, **wanted):
        open_table(engine, look_at(name, source, **wanted), "company")
        # Steps are files of the package; tests ask the driver itself.
        return engine._connection.sql("select * from company").to_arrow_table().to_pylist()

    return records


@pytest.mark.parametrize("name", TABLES)
def test_each_table_is_well_declared(name):
    declared = table(name)
    names = [known for role in declared.roles for rank in role.ranks for known in rank]
    assert declared.name == name
    assert [known for known in names if normalised(known) != known] == []
    assert [known for known, count in Counter(names).items() if count > 1] == []
    mentioned = {*declared.key, *declared.limits, *declared.not_before, *declared.not_before.values(), *declared.inverse}
    assert (mentioned | ({declared.newest, declared.money} - {""})) <= set(declared.names)
    assert {role.type for role in declared.roles} <= set(SQL_TYPES)
    assert declared.needed
    assert all(role.about for role in declared.roles)
    assert declared.adds


@pytest.mark.parametrize("name", TABLES)
def test_a_german_export_of_each_table_is_read_whole(name, look_at, records):
    path = EXPORTS / f"{name}.csv"
    found = look_at(name, path)
    assert found.problems == ()
    assert found.unmapped == ()
    read = records(name, path)
    assert len(read) == len(path.read_text(encoding="utf-8").splitlines()) - 1
    for guess in found.guesses:
        # Every cell that is there has become a value.
        assert [row[guess.role] is None for row in read] == [not (row[f"{guess.role}_text"] or "").strip() for row in read], guess.role


def test_cells_become_their_kind(records):
    (first, second) = records("complaints", EXPORTS / "complaints.csv")
    assert (first["date"], first["cost"], first["satisfaction"]) == (date(2024, 2, 3), Decimal("120.50"), 3)
    assert second["resolved_on"] is None
    assert first["raw"].startswith("R1;1001;03.02.2024")


def test_a_control_group_column_says_the_opposite_of_treated(records, write):
    assert [row["treated"] for row in records("measures", EXPORTS / "measures.csv")] == [True, False]
    words = "Massnahme;Kundennummer;Datum;Gruppe\nF;1;31.01.2024;Kontrolle\nF;2;31.01.2024;Test\n"
    assert [row["treated"] for row in records("measures", write(words))] == [False, True]


def test_whatever_is_no_refusal_in_an_objection_column_is_an_objection(records, write):
    rows = records("customers", write("KdNr;Name1;Widerspruch\n1;A;\n2;B;nein\n3;C;x\n4;D;12.03.2024\n"))
    assert [row["objection"] for row in rows] == [None, False, True, True]


def test_exchange_rates_keep_twelve_decimals(records, write):
    (row,) = records("rates", write("Datum;Waehrung;Kurs\n31.01.2024;IDR;0,000058123456\n"))
    assert row["rate"] == Decimal("0.000058123456")


def test_typed_columns_are_read_without_looking_at_text(records):
    import pyarrow as pa

    frame = pa.table(
        {
            "customer_id": pa.array([1.0, 2.0]),
            "driver": ["visit", "order"],
            "date": pa.array([date(2024, 1, 31), None]),
            "count": pa.array([2, 3]),
        }
    )
    rows = records("activities", frame)
    assert [(row["customer_id"], row["date"], row["count"]) for row in rows] == [("1", date(2024, 1, 31), 2), ("2", None, 3)]


def test_excel_day_numbers_are_days(records):
    import pyarrow as pa

    rows = records("referrals", pa.table({"Empfehler": ["1"], "Empfohlener": ["2"], "Datum": pa.array([45322])}))
    assert rows[0]["date"] == date(2024, 1, 31)


def test_dates_that_fit_both_ways_follow_the_other_columns(records, write):
    text = "Vertragsnr;Kundennr;start;end\nV1;1;01/02/2024;31/12/2024\nV2;2;03/04/2024;30/11/2024\n"
    assert [row["start"] for row in records("contracts", write(text))] == [date(2024, 2, 1), date(2024, 4, 3)]


def test_dates_that_nothing_decides_are_asked(look_at, write):
    text = "Vertragsnr;Kundennr;start\nV1;1;01/02/2024\n"
    with pytest.raises(AmbiguousInput, match="--date-format"):
        look_at("contracts", write(text)).or_raise()


def test_an_optional_column_without_any_date_is_told_and_left_empty(look_at, records, write):
    text = "Belegnummer;KdNr;Betrag;Bezahlt am\n1;1;10,50;00.00.0000\n"
    found = look_at("payments", write(text))
    assert [fact.name for fact in found.warnings] == ["paid_on"]
    assert records("payments", write(text))[0]["paid_on"] is None


def test_a_needed_column_without_any_date_is_a_problem(look_at, write):
    with pytest.raises(UnreadableInput, match=r"--map contacts\.date=COLUMN"):
        look_at("contacts", write("KdNr;Kontaktdatum;Kontaktart\n1;gestern;Besuch\n")).or_raise()


def test_a_missing_needed_column_is_named_with_its_flag(look_at, write):
    with pytest.raises(MissingColumn, match=r"--map complaints\.date=COLUMN"):
        look_at("complaints", write("Reklamationsnr;KdNr;Kosten\nR1;1;2,50\n")).or_raise()


def test_several_columns_for_an_optional_role_leave_it_empty_and_say_so(look_at, write):
    found = look_at("customers", write("KdNr;Name1;Telefon;Telefon1\n1;A;0221 1;0171 1\n")).or_raise()
    assert [fact.name for fact in found.warnings] == ["phone"]
    assert "--map customers.phone=COLUMN" in found.warnings[0].reason


def test_several_columns_for_a_needed_role_are_asked(look_at, write):
    with pytest.raises(AmbiguousInput, match=r"--map customers\.customer_id=KdNr"):
        look_at("customers", write("KdNr;Kundennummer;Name1\n1;2;A\n")).or_raise()


def test_a_column_plays_one_role_only(look_at, write):
    found = look_at("offers", write("Angebotsnr;Datum;Status\nA1;31.01.2024;offen\n")).or_raise()
    assert [(guess.role, guess.column) for guess in found.guesses if guess.column == "Status"] == [("outcome", "Status")]


def test_the_mapping_of_a_person_wins(records, write):
    rows = records("customers", write("Nr;Bez;KdNr\n7;Meier;1\n"), mapping={"customer_id": "Nr", "name": "Bez"})
    assert (rows[0]["customer_id"], rows[0]["name"]) == ("7", "Meier")


def test_a_role_that_a_table_does_not_have_is_named(look_at, write):
    with pytest.raises(SettingsError, match=r"no role 'nam'\. Did you mean 'name'"):
        look_at("customers", write("KdNr;Name1\n1;A\n"), mapping={"nam": "Name1"}).or_raise()

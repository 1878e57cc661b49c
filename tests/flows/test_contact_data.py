"""Data by which customers are reached: what is missing, what is none, whose letters came back."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from pathlib import Path

import pytest

from kundenwert.engines import open_engine
from kundenwert.engines._engine import Engine
from kundenwert.example.company import FILES, first_two_years
from kundenwert.flows.check import check_files
from kundenwert.flows.company_files import sorted_inputs
from kundenwert.flows.company_tables import load_tables, open_nothing
from kundenwert.flows.contact_data import ContactData, contact_data
from kundenwert.flows.progress import Progress
from kundenwert.flows.project import settings_with
from kundenwert.flows.reading import Input
from kundenwert.sources import Wanted

HEADER = "KdNr;Name1;PLZ;Ort;Strasse;E-Mail;Telefon"
VISITS = "KdNr;Kontaktdatum;Kontaktart;Anlass;Kontaktergebnis"
Look = Callable[..., ContactData]


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with open_engine(threads=1) as engine:
        yield engine


@pytest.fixture
def look(engine: Engine, tmp_path: Path) -> Look:
    def look(customers: Sequence[str], contacts: Sequence[str] = (), *, header: str = HEADER, as_of: date | None = None) -> ContactData:
        files = {"customers": (header, *customers), "contacts": (VISITS, *contacts)}
        inputs = []
        engine.drop("ledger_contacts")
        for name, lines in files.items():
            if len(lines) > 1:
                path = tmp_path / f"{name}.csv"
                path.write_text("\n".join(lines) + "\n", encoding="utf-8")
                inputs.append(Input(path, Wanted(), table=name))
        load_tables(engine, inputs, settings_with({}), scratch=tmp_path, progress=Progress())
        if not contacts:
            open_nothing(engine, "contacts")
        return contact_data(engine, as_of=as_of)

    return look


def told(found: ContactData) -> dict[str, list[tuple[str, str]]]:
    return {one.issue: list(one.examples) for one in found.issues}


def record(number: int, postcode: str = "50667", city: str = "Köln", mail: str = "a@b.example", phone: str = "0221 123456") -> str:
    return f"{number};Kunde {number};{postcode};{city};Ring {number};{mail};{phone}"


def test_whole_records_have_no_issue(look: Look) -> None:
    found = look([record(number) for number in range(1, 9)])
    assert found == ContactData(8, 0, ())


def test_a_missing_part_of_the_address_is_told_and_a_column_that_nobody_keeps_is_not(look: Look) -> None:
    rows = [record(number) for number in range(1, 5)] + ["5;Kunde 5;50667;Köln;;e@b.example;0221 123456", record(6, postcode="")]
    assert told(look(rows)) == {"no_address": [("5", ""), ("6", "")]}
    assert look(["1;Meier", "2;Huber"], header="KdNr;Name1") == ContactData(2, 0, ())


def test_a_postcode_is_judged_by_those_of_its_town(look: Look) -> None:
    cologne = [record(number) for number in range(1, 31)]
    zurich = [record(number, f"80{number:02}", "Zürich") for number in range(31, 40)]
    wrong = [record(50, "1234"), record(51, "D-50667"), record(52, "50667", "Zürich"), record(53, "4?")]
    assert told(look([*cologne, *zurich, *wrong])) == {"odd_postcode": [("50", "1234"), ("51", "D-50667"), ("52", "50667"), ("53", "4?")]}


def test_in_a_town_with_few_records_a_postcode_is_judged_by_all_records(look: Look) -> None:
    rows = [record(number, city=f"Ort {number}") for number in range(1, 100)]
    abroad = [record(number, "8400", f"Stadt {number}") for number in range(200, 204)]
    assert told(look([*rows, *abroad, record(300, "ZZZ", "Nirgendwo")])) == {"odd_postcode": [("300", "ZZZ")]}


@pytest.mark.parametrize("mail", ["info(at)x.example", "keine", "a@b", "a b@x.example", "a@x.example, b@x.example", "@x.example"])
def test_what_is_no_mail_address_is_told(look: Look, mail: str) -> None:
    assert told(look([record(1, mail=mail), record(2)])) == {"odd_email": [("1", mail)]}


@pytest.mark.parametrize("mail", ["Info@X-Y.Example", "a.b+c@mail.müller.example", "o'neill@x.co.example"])
def test_unusual_mail_addresses_are_addresses(look: Look, mail: str) -> None:
    assert told(look([record(1, mail=mail), record(2)])) == {}


@pytest.mark.parametrize(("phone", "is_one"), [
    ("+49 (0)221 / 12-34 56", True), ("0221.123456", True), ("0221 1234-0 DW 17", True), ("12345", False), ("siehe Notiz", False),
    ("0221 123456 / 0171 1234567890", False),
])  # fmt: skip
def test_what_is_no_telephone_number_is_told(look: Look, phone: str, is_one: bool) -> None:
    assert told(look([record(1, phone=phone), record(2)])) == ({} if is_one else {"odd_phone": [("1", phone)]})


def test_who_has_neither_mail_nor_telephone_is_told(look: Look) -> None:
    assert told(look([record(1, mail="", phone=""), record(2, mail=""), record(3)])) == {"no_email_no_phone": [("1", "")]}


def test_letters_that_came_back_are_told_until_a_later_one_arrives(look: Look) -> None:
    contacts = [
        "1;01.02.2025;Mailing;Katalog;unzustellbar", "2;01.02.2025;Mailing;Katalog;unzustellbar", "2;01.03.2025;Mailing;Katalog;zugestellt",
        "3;01.02.2025;E-Mail;Newsletter (hard bounce);", "4;01.02.2025;Besuch;Retoure abgeholt;", "5;01.02.2025;Brief;Angebot;retourniert",
        # A call does not say where to write to.
        "5;01.03.2025;Telefon;Bedarf;erreicht",
    ]  # fmt: skip
    found = look([record(number) for number in range(1, 7)], contacts)
    assert told(found) == {"undeliverable": [("1", "unzustellbar"), ("3", "Newsletter (hard bounce)"), ("5", "retourniert")]}
    assert told(look([record(2)], contacts, as_of=date(2025, 2, 10))) == {
        "undeliverable": [("1", "unzustellbar"), ("2", "unzustellbar"), ("3", "Newsletter (hard bounce)"), ("5", "retourniert")]
    }


@pytest.mark.slow
def test_the_planted_faults_of_the_example_companys_records_are_found_and_no_other(engine: Engine, tmp_path: Path) -> None:
    inputs = [entry.item for entry in sorted_inputs(sorted(FILES.glob("*.csv.gz")), Wanted(), {}) if entry.item.table]
    load_tables(engine, inputs, settings_with({}), scratch=tmp_path, progress=Progress())
    found = contact_data(engine)
    planted = [dirt.rows for dirt in first_two_years().truth().dirt if dirt.file == "kunden.csv" and dirt.what == "cell"]
    counts = {one.issue: one.records for one in found.issues}
    # Days, postcodes (one of them empty) and mails.
    assert planted == [2, 3, 2]
    assert counts["odd_postcode"] + counts["no_address"] == 3
    assert counts["odd_email"] == 2
    moved = engine._connection.sql("select customer_id from contact_issues where issue = 'undeliverable' order by 1").fetchall()  # type: ignore[attr-defined]
    assert [row[0] for row in moved] == sorted(first_two_years().truth().moved)


def test_check_tells_counts_and_examples(tmp_path: Path) -> None:
    (tmp_path / "lines.csv").write_text("KdNr;Rechnungsdatum;Nettobetrag\n1;01.02.2025;5,00\n", encoding="utf-8")
    (tmp_path / "kunden.csv").write_text(f"{HEADER}\n{record(1, mail='keine')}\n{record(2)}\n", encoding="utf-8")
    inputs = [Input(tmp_path / "lines.csv", Wanted()), Input(tmp_path / "kunden.csv", Wanted(), table="customers")]
    loaded = check_files(inputs, {"threads": "1"}, progress=Progress())
    assert loaded.company
    assert loaded.company.contact_data
    assert (loaded.company.contact_data.records, loaded.company.contact_data.concerned) == (2, 1)
    assert told(loaded.company.contact_data) == {"odd_email": [("1", "keine")]}

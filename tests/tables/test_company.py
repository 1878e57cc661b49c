"""Records of the company's tables: which break a rule, which a newer file replaces, which repeat another; nothing is lost."""

from __future__ import annotations

from decimal import Decimal

import pytest

from kundenwert import registry
from kundenwert.sources import Wanted, inspect_table, open_table
from kundenwert.tables.company import _checked


@pytest.fixture
def judge(engine, tmp_path):
    """Writes texts as files of one table, in this order, and judges them; gives what was found and the records that count."""

    def judge(name, *texts, **wanted):
        table = registry.load("tables.company", name)
        for number, text in enumerate(texts):
            path = tmp_path / f"{name}-{number}.csv"
            path.write_text(text, encoding="utf-8")
            open_table(engine, inspect_table(engine, path, table, Wanted(**wanted), scratch=tmp_path), f"judged_{number}")
        checked = _checked.check(engine, table, [f"judged_{number}" for number in range(len(texts))])
        good = engine._connection.sql("select * from good_records").to_arrow_table().to_pylist()
        return checked, good

    return judge


def counts(checked):
    return {total.standing: total.records for total in checked.totals if total.records}


CUSTOMERS = "KdNr;Name1;Ort\n"


def test_a_record_that_breaks_a_rule_is_kept_with_every_rule_and_its_text(judge, engine):
    checked, good = judge(
        "activities", "KdNr;Taetigkeit;Datum;Anzahl\n1;Besuch;31.01.2024;2\n;Besuch;32.01.2024;x\n2;Besuch;31.01.2024;1\n"
    )
    assert counts(checked) == {"rejected": 1, "good": 2}
    (reject,) = engine._connection.sql("select record, rules, raw from rejected_records").fetchall()
    assert reject == (2, ["customer_id is given", "date is readable", "count is readable"], ";Besuch;32.01.2024;x")
    assert [row["customer_id"] for row in good] == ["1", "2"]


@pytest.mark.parametrize("name", registry.names("tables.company"))
def test_the_rules_that_are_listed_are_the_rules_that_are_judged(name):
    table = registry.load("tables.company", name)
    assert [reading.arguments[0] for reading in _checked._rules(table)] == list(table.rules())


def test_an_optional_cell_that_cannot_be_read_is_left_empty_and_told(judge):
    checked, good = judge(
        "complaints", "KdNr;Datum;Kosten;Zufriedenheit;Erledigt am\n1;31.01.2024;10,50;9;01.01.2024\n1;31.01.2024;1,00;3;\n"
    )
    assert counts(checked) == {"good": 2}
    assert (good[0]["satisfaction"], good[0]["resolved_on"]) == (None, None)
    flaws = {entry.rule: entry.records for entry in checked.broken if not entry.rejects}
    assert flaws == {"satisfaction is readable and from 1 to 5": 1, "resolved_on is readable and not before date": 1}


def test_money_that_cannot_be_read_rejects_its_record(judge):
    checked, _ = judge("payments", "Belegnummer;Betrag;Mahnstufe\n1;10,50;0\n2;1O,50;0\n")
    assert counts(checked) == {"rejected": 1, "good": 1}


def test_money_is_reconciled_by_standing(judge):
    old = "Belegnummer;KdNr;Rechnungsdatum;Betrag\n1;7;31.01.2024;10,00\n2;7;31.01.2024;20,00\n3;7;kein Tag;5,00\n"
    new = "Belegnummer;KdNr;Rechnungsdatum;Betrag\n2;7;31.01.2024;21,00\n4;7;01.03.2024;40,00\n4;7;01.03.2024;40,00\n"
    checked, good = judge("payments", old, new)
    assert {total.standing: (total.records, total.amount) for total in checked.totals} == {
        "unreadable": (0, 0),
        "rejected": (0, 0),
        "superseded": (1, 20),
        "repeated": (1, 40),
        "good": (4, 76),
    }
    assert checked.amount == sum(total.amount for total in checked.totals) == Decimal(136)
    # The day of an invoice is no needed cell: it is left empty, the money counts.
    assert sum(row["amount"] for row in good) == 76


def test_of_one_customer_twice_in_a_file_the_last_counts(judge):
    checked, good = judge("customers", CUSTOMERS + "1;Alt;Bonn\n2;B;Köln\n1;Neu;Bonn\n2;B;Köln\n")
    assert counts(checked) == {"superseded": 1, "repeated": 1, "good": 2}
    assert [row["name"] for row in good] == ["Neu", "B"]


def test_of_one_customer_in_two_files_the_newer_counts_and_nobody_is_lost(judge):
    checked, good = judge("customers", CUSTOMERS + "1;Alt;Bonn\n2;B;Köln\n3;C;Ulm\n", CUSTOMERS + "1;Neu;Bonn\n2;B;Köln\n")
    assert counts(checked) == {"superseded": 1, "repeated": 1, "good": 3}
    assert [(row["customer_id"], row["name"]) for row in good] == [("1", "Neu"), ("2", "B"), ("3", "C")]


def test_the_newer_file_is_the_one_with_the_later_day_whatever_its_place(judge):
    header = "Angebotsnr;Datum;Ergebnis\n"
    newer, older = header + "A1;01.02.2024;gewonnen\nA2;01.03.2024;offen\n", header + "A1;01.02.2024;offen\n"
    assert judge("offers", newer, older)[1][0]["outcome"] == "won"
    assert judge("offers", older, newer)[1][0]["outcome"] == "won"


def test_equal_activities_of_one_file_all_count_and_an_overlapping_export_adds_none(judge):
    header = "KdNr;Taetigkeit;Datum;Anzahl\n"
    twice = "1;Besuch;31.01.2024;1\n1;Besuch;31.01.2024;1\n"
    checked, good = judge("activities", header + twice, header + twice + "1;Besuch;01.02.2024;1\n")
    assert counts(checked) == {"repeated": 2, "good": 3}
    assert sum(row["count"] for row in good) == 3


def test_a_corrected_count_replaces_the_earlier_one(judge):
    header = "KdNr;Taetigkeit;Datum;Anzahl\n"
    checked, good = judge("activities", header + "1;Besuch;31.01.2024;3\n", header + "1;Besuch;31.01.2024;4\n1;Besuch;01.02.2024;1\n")
    assert counts(checked) == {"superseded": 1, "good": 2}
    assert sorted(row["count"] for row in good) == [1, 4]


def test_contacts_without_a_number_stand_for_themselves(judge):
    header = "KdNr;Kontaktdatum;Kontaktart\n"
    calls = "1;31.01.2024;Anruf\n1;31.01.2024;Anruf\n"
    checked, good = judge("contacts", header + calls, header + calls + "1;31.01.2024;Anruf\n")
    assert counts(checked) == {"repeated": 2, "good": 3}
    assert len(good) == 3


def test_a_line_of_sums_is_no_customer(judge):
    checked, good = judge("customers", CUSTOMERS + "1;A;Bonn\nGesamtsumme;;\n")
    assert [row["customer_id"] for row in good] == ["1"]
    assert [entry.rule for entry in checked.broken] == ["record is no line of sums"]


def test_ids_that_a_spreadsheet_has_damaged_are_rejected(judge):
    checked, _ = judge("customers", CUSTOMERS + "1;A;Bonn\n4,01E+12;B;Ulm\n")
    assert [entry.rule for entry in checked.broken] == ["customer_id is sound"]


def test_records_that_cannot_be_split_are_counted(judge):
    checked, _ = judge("customers", CUSTOMERS + "1;A;Bonn\n2;B;Ulm;zu;viel\n3;C;Ulm\n")
    assert counts(checked) == {"unreadable": 1, "good": 2}
    assert checked.records == 3


def test_filled_cells_and_the_span_of_days_are_counted(judge):
    checked, _ = judge("contacts", "KdNr;Kontaktdatum;Anlass\n1;31.01.2024;x\n2;01.03.2024;\n")
    assert (checked.filled["customer_id"], checked.filled["purpose"], checked.filled["cost"]) == (2, 1, 0)
    assert (str(checked.first), str(checked.last)) == ("2024-01-31", "2024-03-01")

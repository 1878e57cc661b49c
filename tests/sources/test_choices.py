"""Roles, dates, decimal marks, net and gross: what is found out, and what is asked."""

from __future__ import annotations

from decimal import Decimal

import pytest

from kundenwert.errors import AmbiguousInput, UnreadableInput
from kundenwert.tables import transactions


def guess(inspected, role):
    return next(guess for guess in inspected.guesses if guess.role == role)


@pytest.mark.parametrize(
    ("header", "roles"),
    [
        ("Kundennummer;Rechnungsdatum;Nettobetrag", ["customer_id", "date", "amount"]),
        ("KdNr;Belegdatum;Umsatz", ["customer_id", "date", "amount"]),
        ("KUNAG;FKDAT;NETWR", ["customer_id", "date", "amount"]),
        ("Debitor;Buchungsdatum;Netto (EUR)", ["customer_id", "date", "amount"]),
        ("cust;day;revenue", ["customer_id", "date", "amount"]),
        ("client;order_date;price_total", ["customer_id", "date", "amount"]),
        ("Id;Date;Price", ["customer_id", "date", "price"]),
        ("Kunden-Nr.;Datum;Stück", ["customer_id", "date", "quantity"]),
        ("customer_id;date;number_of_cds", ["customer_id", "date", "quantity"]),
    ],
)
def test_known_names_are_found(look, write, header, roles):
    found = look(write(f"{header}\n1;31.12.2024;1,50\n2;30.12.2024;2,50\n")).or_raise()
    assert [guess(found, role).column for role in roles] == header.split(";")
    assert all(guess.reason for guess in found.guesses)


def test_each_known_name_is_normalised_and_has_one_meaning():
    names = [name for role in transactions.ROLES for rank in role.ranks for name in rank]
    assert [name for name in names if transactions.normalised(name) != name] == []
    # Only what may be net or gross stands in two roles: such a column is asked for.
    twice = {name for name in names if names.count(name) > 1}
    assert twice == set(transactions.role("gross_amount").ranks[1])


def test_a_better_name_wins_and_the_other_is_told(look, write):
    found = look(write("Kunde;Kundennummer;Datum;Betrag\nMeier;1;31.12.2024;1,50\n")).or_raise()
    assert guess(found, "customer_id").column == "Kundennummer"
    assert "fits better than Kunde" in guess(found, "customer_id").reason


def test_equally_good_names_are_asked(look, write):
    with pytest.raises(AmbiguousInput, match="--map customer_id=Kundennummer"):
        look(write("Kundennummer;Debitor;Datum;Betrag\n1;2;31.12.2024;1,50\n")).or_raise()


def test_double_names_are_settled_by_their_place(look, read, write):
    path = write("Kunde;Datum;Datum;Betrag\n1;31.12.2024;01.01.2025;1,50\n")
    with pytest.raises(AmbiguousInput, match=r"2 columns are called 'Datum' \(#2, #3\)"):
        look(path).or_raise()
    assert read(path, mapping={"date": "#3"}).column("day") == [20089]


def test_double_names_without_a_role_are_only_told(read, write):
    found = read(write("Kunde;Datum;Betrag;Farbe;Farbe\n1;31.12.2024;1,50;rot;blau\n"))
    assert "columns" in {fact.name for fact in found.inspected.facts}


def test_a_role_can_be_left_empty(look, write):
    found = look(write("Kunde;Datum;Betrag;Typ\n1;31.12.2024;1,50;x\n"), mapping={"kind": ""}).or_raise()
    assert "Typ" in found.unmapped


def test_one_late_date_settles_day_and_month(read, write):
    lines = "".join("1;01/02/2024;1.50\n" for _ in range(2500))
    found = read(write(f"cust;date;amount\n{lines}1;31/01/2024;1.50\n"))
    assert guess(found.inspected, "date").arguments == ("dd/mm/yyyy",)


def test_mixed_days_and_months_are_asked(look, write):
    with pytest.raises(AmbiguousInput, match="1 dates can only be dd/mm/yyyy and 1 only mm/dd/yyyy"):
        look(write("cust;date;amount\n1;31/01/2024;1.50\n1;01/31/2024;1.50\n")).or_raise()


def test_open_dates_are_asked_and_the_flag_settles_it(look, read, write):
    path = write("cust;date;amount\n1;01/02/2024;1.50\n")
    with pytest.raises(AmbiguousInput, match="--date-format mm/dd/yyyy"):
        look(path).or_raise()
    assert read(path, date_format="mm/dd/yyyy").column("day") == [19724]


def test_open_marks_are_asked_and_the_flag_settles_it(look, read, write):
    path = write("Kunde;Datum;Betrag\n1;31.12.2024;1.234\n2;30.12.2024;12\n")
    with pytest.raises(AmbiguousInput, match="--decimal-mark"):
        look(path).or_raise()
    assert read(path, decimal_mark=",").column("amount") == [Decimal(1234), Decimal(12)]
    assert read(path, decimal_mark=".").column("amount") == [Decimal("1.234"), Decimal(12)]


def test_one_late_number_settles_the_mark(read, write):
    lines = "".join("1;31.12.2024;1.234\n" for _ in range(2500))
    found = read(write(f"Kunde;Datum;Betrag\n{lines}1;31.12.2024;7,50\n"))
    assert found.column("amount")[0] == Decimal(1234)


def test_another_column_settles_the_mark(read, write):
    found = read(write("Kunde;Datum;Menge;Betrag\n1;31.12.2024;1.000;1.234,50\n"))
    assert found.column("quantity") == [Decimal(1000)]
    assert "as the other columns have" in guess(found.inspected, "quantity").reason


def test_mixed_marks_are_asked(look, write):
    with pytest.raises(AmbiguousInput, match="1 numbers have a decimal comma and 1 a decimal point"):
        look(write("Kunde;Datum;Betrag\n1;31.12.2024;1,50\n2;31.12.2024;1.50\n")).or_raise()


def test_a_bare_amount_is_net_and_says_so(look, write):
    found = look(write("Kunde;Datum;Betrag\n1;31.12.2024;1,50\n"))
    assert "taken as net" in guess(found, "amount").reason
    assert "is net of tax" in guess(look(write("Kunde;Datum;Netto\n1;31.12.2024;1,50\n")), "amount").reason


def test_net_is_preferred_to_gross(read, write):
    found = read(write("Kunde;Datum;Brutto;MwSt;Netto\n1;31.12.2024;11,90;1,90;10,00\n"))
    assert found.column("amount") == [Decimal(10)]
    assert set(found.inspected.unmapped) == {"Brutto", "MwSt"}


def test_gross_less_tax(read, write):
    found = read(write("Kunde;Datum;Brutto;MwSt\n1;31.12.2024;11,90;1,90\n2;31.12.2024;10,70;0,70\n"))
    assert found.column("amount") == [Decimal(10), Decimal(10)]
    assert found.column("amount_text") == ["11,90", "10,70"]


def test_gross_with_a_rate(read, write):
    found = read(write("Kunde;Datum;Brutto\n1;31.12.2024;11,90\n"), tax_rate=0.19)
    assert found.column("amount") == [Decimal(10)]


def test_gross_without_tax_or_rate_is_asked(look, read, write):
    path = write("Kunde;Datum;Brutto\n1;31.12.2024;11,90\n")
    with pytest.raises(AmbiguousInput, match="--tax-rate"):
        look(path).or_raise()
    assert read(path, net=True).column("amount") == [Decimal("11.9")]


def test_net_or_gross_is_asked(look, write):
    with pytest.raises(AmbiguousInput, match="'Gesamtbetrag' may be net or gross"):
        look(write("Kunde;Datum;Gesamtbetrag\n1;31.12.2024;11,90\n")).or_raise()


def test_an_amount_said_to_be_gross_needs_a_rate(look, read, write):
    path = write("Kunde;Datum;Betrag\n1;31.12.2024;11,90\n")
    with pytest.raises(AmbiguousInput, match="hold tax"):
        look(path, net=False).or_raise()
    assert read(path, net=False, tax_rate=0.19).column("amount") == [Decimal(10)]


def test_a_rate_for_an_amount_that_may_be_net_is_asked(look, write):
    with pytest.raises(AmbiguousInput, match="not said to be gross"):
        look(write("Kunde;Datum;Betrag\n1;31.12.2024;11,90\n"), tax_rate=0.19).or_raise()


def test_lines_with_and_without_tax_are_a_mixture(look, write):
    with pytest.raises(AmbiguousInput, match=r"1 lines have money but no tax \(first: record 2\)"):
        look(write("Kunde;Datum;Brutto;MwSt\n1;31.12.2024;11,90;1,90\n2;31.12.2024;10,70;\n")).or_raise()


def test_quantity_times_price_is_exact(read, write):
    found = read(write("cust,date,quantity,price\n1,2024-12-31,1200,0.036\n2,2024-12-31,-3,1.25\n3,2024-12-31,100000,1234567.89\n"))
    assert found.column("amount") == [Decimal("43.2"), Decimal("-3.75"), Decimal(123456789000)]
    assert found.column("price_text")[0] == "0.036"


def test_gross_prices(read, write):
    found = read(write("cust,date,quantity,price\n1,2024-12-31,2,11.90\n"), net=False, tax_rate=0.19)
    assert found.column("amount") == [Decimal(20)]


def test_without_money_there_are_no_amounts(read, write):
    found = read(write("Kunde;Datum\n1;31.12.2024\n"))
    assert not found.inspected.has_amounts
    assert found.column("amount") == [None]


def test_unreadable_cells_are_null_with_their_text(read, write):
    found = read(write("Kunde;Datum;Betrag\n1;31.12.2024;1.2O4,00\n2;00.00.0000;1,50\n3;30.12.2024;2,50\n"))
    assert found.column("amount") == [None, Decimal("1.5"), Decimal("2.5")]
    assert found.column("day") == [20088, None, 20087]
    assert found.column("amount_text")[0] == "1.2O4,00"
    assert found.column("date_text")[1] == "00.00.0000"


def test_the_look_changes_nothing_and_opens_twice(engine, look, write):
    from kundenwert.sources import open_lines

    found = look(write("Kunde;Datum;Betrag\n1;31.12.2024;1,50\n")).or_raise()
    assert open_lines(engine, found, "first") == open_lines(engine, found, "second") == found.file


def test_a_column_of_days_for_money_is_refused(look):
    import datetime

    import pyarrow

    table = pyarrow.table({"cust": [1], "date": [datetime.date(2024, 1, 1)], "amount": [datetime.date(2024, 1, 1)]})
    with pytest.raises(UnreadableInput, match="holds DATE"):
        look(table).or_raise()


def test_cells_that_cannot_be_read_are_a_warning(look, write):
    found = look(write("Kunde;Datum;Betrag\n1;31.12.2024;1.2O4,00\n2;00.00.0000;1,50\n3;30.12.2024;2,50\n"))
    assert {fact.name for fact in found.warnings} == {"date", "amount"}


def test_ids_in_scientific_notation_are_a_warning(look, write):
    found = look(write("Kunde;Datum;Betrag\n4,01E+12;31.12.2024;1,50\n"))
    assert "lost their last digits" in {fact.name: fact for fact in found.warnings}["customer_id"].reason


def test_products_of_typed_numbers_that_do_not_fit_are_told(look):
    import polars

    frame = polars.DataFrame({"cust": ["a"], "date": ["31.12.2024"], "quantity": [10_000_000], "price": [10_000_000.0]})
    with pytest.raises(UnreadableInput, match="quantity x price"):
        look(frame).or_raise()

"""The invented company: always the same, it adds up, and it is like a wholesaler."""

from __future__ import annotations

import importlib.util
import re
from collections import defaultdict
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from kundenwert.errors import CallError
from kundenwert.example.company import FILES, SEED, Action, Company, first_two_years
from kundenwert.example.company._chance import Chance, poisson

# Always the same


def test_the_files_that_ship_are_what_the_simulator_writes(root: Path, company: Company, tmp_path: Path) -> None:
    spec = importlib.util.spec_from_file_location("company_script", root / "scripts" / "company.py")
    assert spec is not None
    assert spec.loader is not None
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    company.export(tmp_path)
    assert script.stale(tmp_path) == []
    assert {f"{path.name}.gz" for path in tmp_path.iterdir()} == {path.name for path in FILES.glob("*.gz")}


def test_the_files_that_ship_are_small_and_say_that_they_are_invented() -> None:
    assert sum(path.stat().st_size for path in FILES.iterdir()) < 1_500_000
    assert "invented" in (FILES / "README.md").read_text(encoding="utf-8")


def test_another_seed_is_another_company(company: Company) -> None:
    other = first_two_years(SEED + 1).tables()["transactions"]
    assert not other.equals(company.tables()["transactions"])


def test_records_of_a_day_do_not_change_by_what_comes_later(company: Company) -> None:
    day = date(2024, 8, 14)
    early = Company.founded()
    for _ in range(3):
        early = early.advance()
    then, now = early.tables(day), company.tables(day)
    assert [name for name in now if not then[name].equals(now[name])] == []


def test_advancing_leaves_the_company_as_it_was() -> None:
    company = Company.founded(customers=100)
    later = company.advance(40, [Action("visit", None, 2)])
    assert (company.last_day, len(company.chunks)) == (date(2023, 12, 31), 0)
    assert later.last_day == date(2024, 2, 9)
    assert later.advance().last_day == date(2024, 3, 31)


def test_another_future_keeps_the_past() -> None:
    company = Company.founded(customers=200).advance()
    other = company.with_future(1)
    assert other.tables()["transactions"].equals(company.tables()["transactions"])
    day = company.last_day
    one, two = company.advance(), other.advance()
    assert one.tables(day)["transactions"].equals(two.tables(day)["transactions"])
    assert not one.tables()["transactions"].equals(two.tables()["transactions"])


def test_draws_are_even_and_have_the_moments_they_should() -> None:
    chance, places = Chance(3), np.arange(200_000)
    even, bell = chance.uniform("test", places), chance.bell("test", places)
    assert abs(even.mean() - 0.5) < 0.003
    assert abs(np.corrcoef(even[:-1], even[1:])[0, 1]) < 0.01
    assert (abs(bell.mean()) < 0.01, abs(bell.std() - 1) < 0.01) == (True, True)
    counts = poisson(np.full(places.size, 3.7), even)
    assert (counts.mean(), counts.var()) == pytest.approx((3.7, 3.7), rel=0.02)


@pytest.mark.parametrize(
    ("call", "text"),
    [
        (lambda: Company.founded(customers=10), "100 customers or more"),
        (lambda: Company.founded(customers=100).advance(0), "days above 0"),
        (lambda: Company.founded(customers=100).tables(), "Nothing is known"),
        (lambda: Action("visit", None, -1), "visit \\(0 to 100\\)"),
        (lambda: Action("dance"), "There is no action 'dance'"),
        (lambda: Company.founded(customers=100).advance(9, [Action("call", ("1",))]), "names customer 1"),
    ],
)
def test_what_is_not_possible_is_said(call, text: str) -> None:
    with pytest.raises(CallError, match=text):
        call()


# It adds up


def test_list_amount_less_discount_is_the_amount(records) -> None:
    assert records("select count(*) from transactions where list_amount - discount <> amount") == [(0,)]
    assert records("select distinct product_id from transactions where list_amount is null order by 1") == [
        ("BONUS",),
        ("FRACHT",),
        ("SERVICE",),
    ]


def test_a_cancellation_reverses_one_invoice_of_its_customer_in_full(records) -> None:
    documents = defaultdict(list)
    for customer, document, kind, *line in records(
        "select customer_id, document_id, kind, product_id, quantity, amount, list_amount, discount, cost from transactions"
    ):
        documents[customer, document, kind].append(tuple(line))
    invoices = {(key[0], _signed(lines, 1)) for key, lines in documents.items() if key[2] == "sale"}
    cancelled = [(key[0], _signed(lines, -1)) for key, lines in documents.items() if key[2] == "cancellation"]
    assert len(cancelled) > 200
    assert set(cancelled) <= invoices


def _signed(lines: list[tuple], sign: int) -> tuple:
    return tuple(sorted((product, *(sign * number if number is not None else None for number in rest)) for product, *rest in lines))


def test_payments_are_those_of_the_invoices_that_were_not_cancelled(records) -> None:
    (found,) = records(
        """with invoiced as (select document_id, sum(amount) as net from transactions where kind = 'sale' group by document_id)
        select count(*), count(invoiced.net), count(*) filter (payments.amount = invoiced.net),
            count(*) filter (paid_on is not null and paid_amount + cash_discount <> payments.amount), count(*) filter (paid_on is null)
        from payments left join invoiced using (document_id)"""
    )
    assert found[0] == found[1] == found[2]
    assert found[3] == 0
    assert found[4] > 100


def test_nothing_is_known_before_its_day(company: Company) -> None:
    day = date(2025, 6, 30)
    for name, table in company.tables(day).items():
        for column in ("paid_on", "resolved_on", "cancelled_on", "decided_on", "date", "acquired_on", "invoice_date"):
            if column in table.column_names:
                assert max((entry for entry in table[column].to_pylist() if entry), default=day) <= day, (name, column)


def test_references_point_to_something(records) -> None:
    for table, column in (
        ("transactions", "customer_id"), ("contacts", "customer_id"), ("complaints", "customer_id"), ("payments", "customer_id"),
        ("contracts", "customer_id"), ("referrals", "customer_id"), ("referrals", "recommender_id"), ("ratings", "customer_id"),
        ("activities", "customer_id"), ("offers", "customer_id"), ("measures", "customer_id"), ("leads", "customer_id"),
        ("customers", "parent_id"), ("customers", "payer_id"),
    ):  # fmt: skip
        lost = records(f"select count(*) from {table} where {column} is not null and {column} not in (select customer_id from customers)")
        assert lost == [(0,)], (table, column)
    assert records("select count(*) from complaints where document_id not in (select document_id from transactions)") == [(0,)]
    assert records("select count(*) from (select customer_id from customers group by 1 having count(*) > 1)") == [(0,)]


def test_names_and_numbers_are_of_nobody(records) -> None:
    mails = [mail for (mail,) in records("select email from customers where email is not null")]
    assert len(mails) > 500
    assert all(mail.endswith(".example") for mail in mails)
    # The ranges that the Bundesnetzagentur keeps free for films and books.
    free = re.compile(r"(030 23125|040 66969|069 90009|0221 4710|089 99998) \d{3}")
    assert all(free.fullmatch(phone) for (phone,) in records("select phone from customers where phone is not null"))


# It is like a wholesaler


def test_figures_are_those_of_a_wholesaler(records) -> None:
    (net, db1, db4) = records("select sum(net), sum(db1), sum(db4) from result")[0]
    assert 8e6 < net < 14e6
    assert 0.18 < db1 / net < 0.30
    assert 0.03 < db4 / net < 0.15
    spent = np.sort([row[0] for row in records("select net from result")])
    gini = float(((2 * np.arange(1, spent.size + 1) - spent.size - 1) * spent).sum() / (spent.size * spent.sum()))
    assert 0.62 < gini < 0.78
    (cancelled, returned) = records(
        "select count(*) filter (kind = 'cancellation') / count(*) filter (kind = 'sale'),"
        "count(*) filter (kind = 'return') / count(*) filter (kind = 'sale') from transactions"
    )[0]
    assert 0.015 < cancelled < 0.026
    assert 0.01 < returned < 0.03


def test_the_season_of_the_building_trade_shows(records) -> None:
    months = dict(
        records(
            "select month(date), count(distinct document_id) from transactions where kind = 'sale' and list_amount is not null group by 1"
        )
    )
    assert min(months[month] for month in (4, 5, 6, 9, 10)) > 1.3 * max(months[month] for month in (1, 2, 12))
    assert records("select count(*) from transactions where kind = 'sale' and isodow(date) > 5") == [(0,)]


def test_there_are_as_many_customers_as_asked_for(company: Company) -> None:
    assert abs(company.tables()["customers"].num_rows - 700) <= 3
    assert abs(first_two_years(5, customers=150, activity=0.5).tables()["customers"].num_rows - 150) <= 3


def test_activity_scales_the_lines(company: Company) -> None:
    few = first_two_years(customers=700, activity=0.1).tables()["transactions"].num_rows
    assert few / company.tables()["transactions"].num_rows == pytest.approx(0.1, abs=0.04)

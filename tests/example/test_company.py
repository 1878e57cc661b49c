"""The invented company: always the same, it adds up, and what is planted can be found in its records without its code."""

from __future__ import annotations

import difflib
import importlib.util
import re
from collections import Counter, defaultdict
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest

from kundenwert.engines import open_engine
from kundenwert.errors import CallError
from kundenwert.example.company import FILES, SEED, Action, Company, first_two_years
from kundenwert.example.company._chance import Chance, poisson
from kundenwert.example.company._people import Role
from kundenwert.flows.check import check_files
from kundenwert.flows.progress import Progress
from kundenwert.flows.reading import Input
from kundenwert.sources import Wanted, checked_table, detect, inspect_table, open_table
from kundenwert.tables.company._checked import check

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


# What is planted can be found


def test_every_planted_loss_maker_loses_money_by_the_planted_cause(records, truth) -> None:
    assert Counter(truth.loss_makers.values()) == dict.fromkeys(("discount", "small_orders", "visits", "returns", "complaints"), 5)
    found = {customer: (db4, cause) for customer, db4, cause in records("select customer_id, db4, cause from result")}
    assert {customer: found[customer][1] for customer in truth.loss_makers} == dict(truth.loss_makers)
    assert max(found[customer][0] for customer in truth.loss_makers) < 0


def test_discounters_pay_085_of_the_list_and_nobody_else_does_by_plan(records, truth) -> None:
    paid = dict(
        records(
            "select customer_id, (1 - sum(discount) / sum(list_amount))::double from transactions group by 1 having sum(list_amount) > 0"
        )
    )
    assert len(truth.discounters) == 12
    assert {customer: round(paid[customer], 4) for customer in truth.discounters} == truth.discounters
    assert 0.92 < float(np.median(list(paid.values()))) < 0.96


def test_promotion_hunters_buy_on_promotion_only(records, truth) -> None:
    share = dict(
        records("select customer_id, avg(promotion::int) from transactions where list_amount is not null and kind = 'sale' group by 1")
    )
    assert {share[customer] for customer in truth.promotion_hunters} == {1.0}
    others = [level for customer, level in share.items() if customer not in truth.promotion_hunters]
    assert 0.02 < float(np.mean(others)) < 0.2


def test_late_payers_pay_as_late_as_planted(records, truth) -> None:
    late = dict(records("select customer_id, avg(paid_on - due_date) from payments where not disputed group by 1"))
    assert len(truth.late_payers) == 20
    assert all(abs(late[customer] - days) < 6 for customer, days in truth.late_payers.items())
    assert min(late[customer] for customer in truth.late_payers) > 15
    reminded = {
        customer for (customer,) in records("select customer_id from payments where dunning_level >= 2 group by 1 having count(*) >= 3")
    }
    assert len(reminded & set(truth.late_payers)) >= 18


def test_recommenders_brought_who_they_are_said_to_have_brought(records, truth) -> None:
    found = defaultdict(set)
    for recommender, customer in records("select recommender_id, customer_id from referrals"):
        found[recommender].add(customer)
    assert {customer: set(came) for customer, came in truth.referred.items()} == found
    assert sum(len(found[customer]) for customer in truth.recommenders) > 0.6 * sum(map(len, found.values()))
    assert all(found[customer] for customer in truth.recommenders)


def test_who_left_after_a_badly_handled_complaint_bought_nothing_afterwards(records, truth) -> None:
    planted = set(truth.of(Role.UPSET))
    assert len(planted & set(truth.left_after_complaint)) >= 14
    last = dict(records("select customer_id, max(date) from transactions where kind = 'sale' and product_id <> 'SERVICE' group by 1"))
    complained = defaultdict(list)
    for customer, day, graded in records("select customer_id, date, coalesce(satisfaction, 1) from complaints"):
        if graded <= 2:
            complained[customer].append(day)
    for customer in truth.left_after_complaint:
        assert any(last[customer] <= day for day in complained[customer])


def test_well_handled_complaints_are_followed_by_purchases_more_often(records) -> None:
    again = dict(
        records(
            """select satisfaction >= 4, avg((exists (select 1 from transactions
                where transactions.customer_id = complaints.customer_id and kind = 'sale' and product_id <> 'SERVICE'
                and transactions.date > complaints.date and transactions.date <= complaints.date + 180))::int)
            from complaints where date < date '2025-06-01' and satisfaction is not null group by 1"""
        )
    )
    assert again[True] - again[False] > 0.15


def test_duplicates_are_the_same_firm_written_otherwise(records, truth) -> None:
    known = {row[0]: row[1:] for row in records("select customer_id, name, postcode, street, email, phone from customers")}
    assert len(truth.duplicates) == 12
    for again, first in truth.duplicates.items():
        one, two = known[again], known[first]
        assert one[0] != two[0]
        assert difflib.SequenceMatcher(None, one[0].lower(), two[0].lower()).ratio() > 0.6
        assert sum(a == b for a, b in zip(one[1:], two[1:], strict=True)) >= 2


def test_groups_are_told_by_the_parent_and_some_are_paid_by_it(records, truth) -> None:
    members = defaultdict(set)
    for head, customer in records("select parent_id, customer_id from customers where parent_id is not null"):
        members[head].add(customer)
    assert {head: {head} | customers for head, customers in members.items()} == {head: set(all_) for head, all_ in truth.groups.items()}
    assert (len(truth.groups), sum(map(len, truth.groups.values()))) == (8, 30)
    paid = records("select count(*), count(*) filter (payer_id = parent_id) from customers where payer_id is not null")
    assert paid[0][0] == paid[0][1] > 5


def test_the_old_tariff_costs_more_for_the_same(records, truth) -> None:
    prices = defaultdict(set)
    for customer, product, tariff, amount in records("select customer_id, product, tariff, amount from contracts"):
        prices[product, tariff].add(amount)
        assert (tariff == "Alt") == (customer in truth.old_tariff)
    (old,), (new,) = prices["Werkzeugservice", "Alt"], prices["Werkzeugservice", "Neu"]
    assert float(old - new) == truth.old_tariff_excess
    assert len(truth.old_tariff) == 40


def test_the_campaign_has_a_random_control_group_and_moved_orders(records, truth) -> None:
    (treated, held_out) = records("select count(*) filter (treated), count(*) filter (not treated) from measures")[0]
    assert treated + held_out > 250
    assert 0.4 < treated / (treated + held_out) < 0.6
    assert 0.3 < truth.uplift["all"] < 0.5


def test_the_hidden_uplift_is_what_the_campaign_does_on_average() -> None:
    with_letter, without = 0, 0
    for seed in range(4):
        company = Company.founded(seed, customers=2_000)
        for _ in range(4):
            company = company.advance()
        silent = np.zeros_like(company.customers.uplift)
        quiet = replace(company, customers=replace(company.customers, uplift=silent))
        with_letter += _orders(company.advance().advance(), company.customers.treated, date(2025, 3, 1), date(2025, 6, 1))
        without += _orders(quiet.advance().advance(), company.customers.treated, date(2025, 3, 1), date(2025, 6, 1))
        expected = company.truth().uplift["all"]
    assert with_letter / without - 1 == pytest.approx(expected, abs=0.06)


def _orders(company: Company, who: np.ndarray, start: date, end: date) -> int:
    first, last = ((day - date(1970, 1, 1)).days for day in (start, end))
    chosen = np.zeros(len(company.customers), dtype=bool)
    chosen[: len(who)] = who
    return sum(
        int((chosen[chunk.order_customer] & (chunk.order_day >= first) & (chunk.order_day < last)).sum()) for chunk in company.chunks
    )


# Effects of actions


@pytest.fixture(scope="module")
def larger() -> Company:
    return Company.founded(11, customers=4_000).advance()


def _new_orders(company: Company, *actions: Action, days: int = 90) -> int:
    return sum(len(chunk.order_day) for chunk in company.advance(days, actions).chunks[len(company.chunks) :])


@pytest.mark.parametrize(
    ("kind", "steps"), [("visit", (0, 2, 4, 6)), ("call", (0, 2, 4, 6)), ("mailing", (0, 2, 4, 6)), ("offer", (0, 0.05, 0.1, 0.15))]
)
def test_more_contacts_bring_more_orders_each_step_less_than_the_one_before(larger: Company, kind, steps) -> None:
    orders = [_new_orders(larger, Action(kind, None, step)) for step in steps]
    gains = np.diff(orders)
    assert (gains > 0).all()
    assert (np.diff(gains) < 0).all()


def test_higher_prices_cost_orders_and_raise_net_prices(larger: Company) -> None:
    raised = larger.advance(90, [Action("price", None, 0.03)])
    same = larger.advance(90)
    assert _paid_share(raised, len(larger.chunks)) == pytest.approx(1.03 * _paid_share(same, len(larger.chunks)), rel=0.01)
    assert _new_orders(larger, Action("price", None, 0.03)) < _new_orders(larger)


def _paid_share(company: Company, since: int) -> float:
    plain = company.customers.discount > 0.04
    listed = off = 0
    for chunk in company.chunks[since:]:
        lines = plain[chunk.order_customer[chunk.line_order]] & (chunk.line_product < 120) & (chunk.line_discount < chunk.line_list)
        listed += int(chunk.line_list[lines].sum())
        off += int(chunk.line_discount[lines].sum())
    return 1 - off / listed


def test_better_complaint_handling_keeps_customers(larger: Company) -> None:
    handled = larger.advance(360, [Action("handling", None, 80)])
    plain = larger.advance(360)
    ordinary = plain.customers.has(Role.ORDINARY)
    assert (handled.state.cause[ordinary] == 2).sum() < 0.5 * (plain.state.cause[ordinary] == 2).sum()
    assert handled.state.satisfaction.mean() > plain.state.satisfaction.mean()
    assert sum(int(chunk.complaint_extra.sum()) for chunk in handled.chunks) > 0


def test_the_lever_that_fits_the_cause_helps(larger: Company) -> None:
    truth = larger.truth()
    levers = {
        "discount": Action("price", (), 0.2),
        "small_orders": Action("minimum_order", (), 150),
        "visits": Action("visit_plan", (), 0.15),
    }
    for cause, lever in levers.items():
        customers = tuple(customer for customer, why in truth.loss_makers.items() if why == cause)
        with_lever = larger.advance(30, [replace(lever, customers=customers)])
        before, after = (_expected(company, customers) for company in (larger.advance(30), with_lever))
        assert after > before + 0.3 * abs(before), cause


def _expected(company: Company, customers: tuple[str, ...]) -> float:
    table = company.truth().customers
    return sum(
        value
        for customer, value in zip(table["customer_id"].to_pylist(), table["expected_db4"].to_pylist(), strict=True)
        if customer in customers
    )


def test_letters_to_who_has_objected_do_harm_only(larger: Company) -> None:
    objects = larger.customers.objects & larger.state.is_here
    after = larger.advance(1, [Action("mailing", None, 3)]).state
    untouched = larger.advance(1).state
    assert (after.satisfaction[: objects.size][objects] < untouched.satisfaction[: objects.size][objects]).all()
    assert (after.mailing[: objects.size][objects] == 0).all()


def test_ordered_visits_stand_in_the_records(larger: Company) -> None:
    number = str(larger.customers.number[larger.customers.has(Role.KEY_ACCOUNT)][0])
    before, after = larger.advance(60), larger.advance(60, [Action("visit", (number,), 5)])
    visits = [
        sum(row["customer_id"] == number and row["channel"] == "visit" for row in company.tables()["contacts"].to_pylist())
        for company in (before, after)
    ]
    assert visits[1] - visits[0] == 5


# What to expect


def test_the_expectation_is_the_mean_of_many_futures(company: Company) -> None:
    expected = company.truth().customers
    orders, money = [], []
    for future in range(6):
        later = company.with_future(future)
        for _ in range(4):
            later = later.advance()
        new = later.chunks[len(company.chunks) :]
        known = len(company.customers)
        orders.append(sum(int((chunk.order_customer < known).sum()) for chunk in new))
        money.append(sum(_net(chunk, known) for chunk in new))
    assert np.mean(orders) == pytest.approx(sum(expected["expected_orders"].to_pylist()), rel=0.02)
    # Service contracts are invoiced apart; bonuses are taken off at the end of a year.
    service = 12 * sum(
        74 if code == 2 else 89 for code, here in zip(company.customers.contract, company.state.is_here, strict=True) if code and here
    )
    assert np.mean(money) + service == pytest.approx(sum(expected["expected_revenue"].to_pylist()), rel=0.04)


def _net(chunk, known: int) -> float:
    lines = chunk.order_customer[chunk.line_order] < known
    return float((chunk.line_list - chunk.line_discount)[lines].sum()) / 100


# Files


def test_check_finds_exactly_the_faults_that_were_planted(truth, records) -> None:
    files = [FILES / f"rechnungen_{year}.csv.gz" for year in (2024, 2025)]
    loaded = check_files([Input(path, Wanted()) for path in files], {}, progress=Progress())
    bridge = loaded.reconcile()
    classes = {total.line_class: (total.lines, total.amount) for total in bridge.classes}
    flags = {flag.flag: (flag.lines, flag.amount) for flag in bridge.flags}
    dirt = [entry for entry in truth.dirt if entry.file in {"rechnungen_2024.csv", "rechnungen_2025.csv"}]
    refused = [entry for entry in dirt if entry.rejected or entry.what == "overlap"]
    assert classes["rejected"][0] == sum(entry.rows for entry in refused)
    assert classes["without_customer"] == _of(dirt, "no_customer")
    assert flags["duplicate"] == _of(dirt, "repeated")
    lost = sum((entry.amount for entry in dirt if entry.rejected), Decimal(0))
    ((true, cancelled, returned),) = records(
        """select sum(amount), count(*) filter (kind = 'cancellation'), count(*) filter (kind = 'return')
        from transactions where currency = 'EUR'"""
    )
    booked = sum(amount for name, (_, amount) in classes.items() if name != "rejected")
    assert booked == true - lost + _of(dirt, "repeated")[1]
    assert (classes["cancellation"][0], classes["return"][0]) == (cancelled, returned)
    assert loaded.currency == "EUR"


def _of(dirt, what: str) -> tuple[int, Decimal]:
    return sum(entry.rows for entry in dirt if entry.what == what), sum((entry.amount for entry in dirt if entry.what == what), Decimal(0))


def test_every_other_file_is_recognised_and_only_its_planted_faults_are_refused(tmp_path: Path) -> None:
    small = first_two_years(customers=150, activity=0.3)
    paths = [path for path in small.export(tmp_path / "files") if not path.name.startswith("rechnungen")]
    faults, repeats = Counter[str](), Counter[str]()
    for entry in small.truth().dirt:
        faults[entry.file] += entry.rows * entry.rejected
        repeats[entry.file] += entry.rows * (entry.what == "repeated")
    with open_engine(spill=tmp_path) as engine:
        for path in paths:
            name = detect(engine, path, Wanted(), scratch=tmp_path).table
            assert name == TABLE_OF[path.stem]
            open_table(engine, inspect_table(engine, path, checked_table(name), Wanted(), scratch=tmp_path), "one")
            found = check(engine, checked_table(name), ["one"])
            assert (found.of("rejected").records, found.of("repeated").records) == (faults[path.name], repeats[path.name]), name
            assert found.of("unreadable").records == found.of("superseded").records == 0, name


TABLE_OF = {
    "angebote": "offers", "bewertungen": "ratings", "budgets": "budgets", "empfehlungen": "referrals", "interessenten": "leads",
    "kontakte": "contacts", "kostensaetze": "activity_rates", "kunden": "customers", "kurse": "rates", "massnahmen": "measures",
    "projekte": "projects", "reklamationen": "complaints", "taetigkeiten": "activities", "vertraege": "contracts", "zahlungen": "payments",
}  # fmt: skip


def test_clean_files_have_no_faults_and_packed_ones_hold_the_same(tmp_path: Path) -> None:
    company = Company.founded(customers=120).advance()
    plain = company.export(tmp_path / "plain", dirty=False)
    packed = company.export(tmp_path / "packed", dirty=False, packed=True)
    assert [path.name + ".gz" for path in plain] == [path.name for path in packed]
    text = (tmp_path / "plain" / "rechnungen_2024.csv").read_text(encoding="cp1252")
    table = company.tables()["transactions"]
    assert len(text.splitlines()) == 1 + sum(code == "EUR" for code in table["currency"].to_pylist())
    assert "Summe" not in text
    assert "offen" not in text


def test_an_earlier_export_holds_what_was_known_then(tmp_path: Path, company: Company) -> None:
    day = company.last_day - timedelta(days=400)
    early = Company.founded()
    while early.last_day < day:
        early = early.advance()
    now = {path.name: path.read_bytes() for path in company.export(tmp_path / "now", until=day)}
    then = {path.name: path.read_bytes() for path in early.export(tmp_path / "then", until=day)}
    assert now == then
    assert "rechnungen_2024.csv" in now
    assert "rechnungen_2025.csv" not in now

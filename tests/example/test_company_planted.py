"""What is planted in the invented company can be found in its records without its code."""

from __future__ import annotations

import difflib
from collections import Counter, defaultdict
from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from kundenwert.example.company import Company
from kundenwert.example.company._people import Role


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

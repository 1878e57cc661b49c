"""What actions do to the invented company, and what is to be expected of it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from kundenwert.example.company import Action, Company
from kundenwert.example.company._people import Role

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

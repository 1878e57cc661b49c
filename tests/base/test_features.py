"""Features of customers: how they pay, what they pay of the list price, what they buy on promotion, how they are served."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest

from kundenwert import registry, sources
from kundenwert.base import features
from kundenwert.base.as_of import day_number
from kundenwert.engines._engine import Engine
from kundenwert.flows import presets
from kundenwert.tables import transactions

AS_OF = date(2025, 6, 30)
MONEY = pa.decimal128(18, 6)
LINES = {
    "customer_id": pa.string(), "date": pa.date32(), "document_id": pa.string(), "product_id": pa.string(), "product_group": pa.string(),
    "quantity": MONEY, "amount": MONEY, "cost": MONEY, "list_amount": MONEY, "discount": MONEY, "promotion": pa.bool_(),
    "is_non_product": pa.bool_(), "line_class": pa.string(),
}  # fmt: skip
PAYMENTS = {
    "document_id": pa.string(), "customer_id": pa.string(), "invoice_date": pa.date32(), "due_date": pa.date32(), "paid_on": pa.date32(),
    "paid_amount": MONEY, "cash_discount": MONEY, "dunning_level": pa.int32(), "disputed": pa.bool_(),
}  # fmt: skip
CUSTOMERS = {"customer_id": pa.string(), "kind": pa.string(), "legal_form": pa.string(), "name": pa.string(), "external_rating": MONEY}
CONTACTS = {"customer_id": pa.string(), "date": pa.date32(), "duration_minutes": MONEY, "cost": MONEY}
COMPLAINTS = {
    "customer_id": pa.string(), "date": pa.date32(), "resolved_on": pa.date32(), "cost": MONEY, "satisfaction": MONEY,
}  # fmt: skip
REFERRALS = {"recommender_id": pa.string(), "customer_id": pa.string(), "date": pa.date32()}
CONTRACTS = {
    "customer_id": pa.string(), "product": pa.string(), "start": pa.date32(), "end": pa.date32(), "amount": MONEY, "period": pa.string(),
}  # fmt: skip
Told = Callable[..., dict[str, dict[str, Any]]]


def table(columns: dict[str, pa.DataType], rows: list[dict[str, Any]]) -> pa.Table:
    return pa.table({name: pa.array([row.get(name) for row in rows], kind) for name, kind in columns.items()})


def sold(customer: str, paid: str, listed: str | None = None, **more: Any) -> dict[str, Any]:
    amounts = {"amount": Decimal(paid), "list_amount": None if listed is None else Decimal(listed)}
    usual = {"date": date(2025, 3, 3), "product_group": "A", "is_non_product": False, "line_class": "kept"}
    return {"customer_id": customer, **usual, **amounts, **more}


def item(customer: str | None, due: date, paid_on: date | None, **more: Any) -> dict[str, Any]:
    paid = {"paid_amount": Decimal(0 if paid_on is None else 100)}
    return {"customer_id": customer, "invoice_date": date(2025, 1, 2), "due_date": due, "paid_on": paid_on, **paid, **more}


SHAPES = {
    "lines": LINES,
    "payments": PAYMENTS,
    "contacts": CONTACTS,
    "complaints": COMPLAINTS,
    "customers": CUSTOMERS,
    "referrals": REFERRALS,
    "contracts": CONTRACTS,
}


@pytest.fixture
def told(engine: Engine) -> Told:
    """The columns of one feature by customer; rows of lines and tables by their names."""

    def told(name: str, *, credit: presets.Credit | None = None, **rows: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
        presets.load_credit(engine, replace(presets.load("wholesale"), credit=credit) if credit else presets.load("wholesale"))
        for view, shape in SHAPES.items():
            engine.open_frame(f"ledger_{view}", table(shape, rows.get(view, [])))
        found = engine.rows(registry.load("base.features", name).step, as_of=day_number(AS_OF))
        return {row.pop("customer_id"): row for row in found}

    return told


# ---------- what every feature keeps ----------


@pytest.mark.parametrize("name", registry.names("base.features"))
def test_a_feature_gives_the_columns_that_it_describes_and_needs_roles_that_exist(name: str, engine: Engine, told: Told) -> None:
    feature = registry.load("base.features", name)
    told(name)
    assert engine.arrow(feature.step, as_of=0).column_names == ["customer_id", *feature.columns]
    roles = {f"transactions.{role}" for role in transactions.NAMES}
    roles |= {"preset.credit"} | {f"{known}.{role}" for known, one in sources.tables().items() for role in one.names}
    assert {entry for group in feature.needs for entry in group} <= roles


def test_no_column_stands_in_two_features() -> None:
    columns = [column for name in registry.names("base.features") for column in registry.load("base.features", name).columns]
    assert len(columns) == len(set(columns))


def test_only_features_whose_data_exist_are_known() -> None:
    assert list(features.known({"transactions.amount", "payments.document_id"})) == []
    assert list(features.known({"transactions.discount", "payments.due_date"})) == ["payment_behaviour", "price_realisation"]
    assert "credit_risk" not in features.known({"customers.external_rating"})


def test_a_table_holds_each_customer_once_and_none_who_objected(engine: Engine) -> None:
    engine.load("featured_customers", {"customer_id": ["b", "a", "c"], "level": ["customer", "none", "objected"]})
    lines = [sold("a", "85", "100", promotion=True), sold("c", "1", "1", promotion=True)]
    engine.open_frame("ledger_lines", table(LINES, lines))
    some = [registry.load("base.features", name) for name in ("price_realisation", "promotion_share")]
    features.build(engine, some, as_of=day_number(AS_OF))
    rows = engine.rows("base/features_table.sql")
    assert [(row["customer_id"], row["price_realisation"], row["promotion_share"]) for row in rows] == [("a", 0.85, 1.0), ("b", None, None)]
    engine.drop("featured_customers")


# ---------- paying ----------


def test_days_beyond_terms_are_the_mean_and_early_payments_count_as_none(told: Told) -> None:
    due = date(2025, 2, 1)
    found = told("payment_behaviour", payments=[item("a", due, date(2025, 2, 11)), item("a", due, date(2025, 1, 15))])["a"]
    assert (found["due_invoices"], found["days_beyond_terms"], found["late_share"]) == (2, 5.0, 0.5)


def test_an_open_invoice_is_as_late_as_it_is_on_the_day_and_one_not_yet_due_says_nothing(told: Told) -> None:
    payments = [item("a", date(2025, 6, 10), None), item("b", date(2025, 7, 10), None), item("c", date(2025, 6, 10), date(2025, 9, 1))]
    found = told("payment_behaviour", payments=payments)
    assert found["a"]["days_beyond_terms"] == 20.0
    assert (found["b"]["due_invoices"], found["b"]["days_beyond_terms"]) == (0, None)
    # The payment of September is not known in June.
    assert found["c"]["days_beyond_terms"] == 20.0


def test_a_payment_without_a_readable_day_says_nothing_of_days(told: Told) -> None:
    found = told("payment_behaviour", payments=[item("a", date(2025, 2, 1), None, paid_amount=Decimal(100))])["a"]
    assert (found["due_invoices"], found["days_beyond_terms"]) == (0, None)


def test_an_invoice_of_later_does_not_count(told: Told) -> None:
    assert told("payment_behaviour", payments=[item("a", date(2025, 8, 1), None, invoice_date=date(2025, 7, 2))]) == {}


def test_disputes_and_reminders_are_shares_and_an_empty_cell_is_a_no_where_the_column_has_entries(told: Told) -> None:
    due = date(2025, 2, 1)
    payments = [item("a", due, due, disputed=True, dunning_level=3), item("a", due, due), item("b", due, due)]
    found = told("payment_behaviour", payments=payments)
    assert [found["a"][name] for name in ("disputed_share", "reminded_share", "highest_dunning_level")] == [0.5, 0.5, 3]
    assert [found["b"][name] for name in ("disputed_share", "reminded_share", "highest_dunning_level")] == [0.0, 0.0, 0]
    assert told("payment_behaviour", payments=[item("b", due, due)])["b"]["disputed_share"] is None


def test_cash_discount_taken_after_14_days_is_undue(told: Told) -> None:
    due = date(2025, 2, 1)
    payments = [
        item("a", due, date(2025, 1, 16), cash_discount=Decimal(3)),
        item("a", due, date(2025, 1, 17), cash_discount=Decimal(1)),
    ]
    assert told("payment_behaviour", payments=payments)["a"]["undue_cash_discount_share"] == 0.25
    assert told("payment_behaviour", payments=[item("a", due, due)])["a"]["undue_cash_discount_share"] is None


def test_an_item_without_customer_belongs_to_that_of_its_invoice(told: Told) -> None:
    lines = [sold("a", "1", document_id="R1")]
    found = told("payment_behaviour", lines=lines, payments=[item(None, date(2025, 2, 1), date(2025, 2, 4), document_id="R1")])
    assert found["a"]["days_beyond_terms"] == 3.0


# ---------- prices ----------


def test_price_realisation_is_paid_over_list_price_and_cancelled_lines_leave_no_trace(told: Told) -> None:
    lines = [sold("a", "85", "100"), sold("a", "170", "200"), sold("a", "30", "100"), sold("a", "-30", "-100"), sold("b", "300", "300")]
    assert told("price_realisation", lines=lines)["a"]["price_realisation"] == pytest.approx(0.85, abs=1e-12)


@pytest.mark.parametrize("line", [{"list_amount": Decimal(100)}, {"discount": Decimal(15)}, {"discount": Decimal(-15)}])
def test_the_list_price_may_be_told_by_the_discount(told: Told, line: dict[str, Any]) -> None:
    assert told("price_realisation", lines=[sold("a", "85", **line)])["a"]["price_realisation"] == pytest.approx(0.85, abs=1e-12)


def test_peers_are_all_others_for_the_same_mix_of_product_groups(told: Told) -> None:
    lines = [
        sold("a", "80", "100"), sold("a", "45", "50", product_group="B"), sold("b", "90", "100"), sold("c", "50", "100", product_group="B"),
        sold("a", "7", "10", product_group="only a"),
    ]  # fmt: skip
    found = told("price_realisation", lines=lines)
    # a pays 80 + 45 where others would pay 0.9 x 100 + 0.5 x 50; what only a buys has no peer.
    assert found["a"]["price_against_peers"] == pytest.approx(125 / 115, abs=1e-12)
    assert found["b"]["price_against_peers"] == pytest.approx(0.9 / 0.8, abs=1e-12)


def test_the_trend_is_this_year_less_the_year_before(told: Told) -> None:
    before = {"date": date(2024, 6, 30)}
    lines = [sold("a", "90", "100"), sold("a", "95", "100", **before), sold("a", "1", "100", date=date(2025, 7, 1)), sold("b", "1", "1")]
    found = told("price_realisation", lines=lines)
    assert found["a"]["price_trend"] == pytest.approx(-0.05, abs=1e-12)
    assert found["b"]["price_trend"] is None


def test_lines_that_are_no_products_and_those_without_a_list_price_do_not_count(told: Told) -> None:
    lines = [sold("a", "85", "100"), sold("a", "9.90", "1", is_non_product=True), sold("a", "50")]
    assert told("price_realisation", lines=lines)["a"]["price_realisation"] == 0.85


# ---------- promotions ----------


def test_promotion_share_is_of_revenue_and_of_contribution(told: Told) -> None:
    lines = [
        sold("a", "30", promotion=True, cost=Decimal(27)),
        sold("a", "70", promotion=False, cost=Decimal(43)),
        sold("b", "5", promotion=True),
    ]
    found = told("promotion_share", lines=lines)
    assert (found["a"]["promotion_share"], found["a"]["promotion_contribution_share"]) == (0.3, 0.1)
    assert (found["b"]["promotion_share"], found["b"]["promotion_contribution_share"]) == (1.0, None)


def test_lines_that_do_not_tell_and_lines_of_later_do_not_count(told: Told) -> None:
    lines = [sold("a", "10", promotion=True), sold("a", "90"), sold("a", "90", promotion=False, date=date(2025, 7, 1))]
    assert told("promotion_share", lines=lines)["a"]["promotion_share"] == 1.0


USUAL, CHEAP = date(2025, 3, 3), date(2025, 4, 7)


def in_week(day: date, paid: str, customers: str, product: str = "P") -> list[dict[str, Any]]:
    return [sold(one, paid, "100", product_id=product, cost=Decimal(50), date=day) for one in customers]


def test_where_no_line_says_promotion_a_bargain_is_what_others_too_paid_less_for_in_that_week(told: Told) -> None:
    # d has bargained for 80 always; h buys in the week alone in which all pay 80.
    lines = [*in_week(USUAL, "95", "bcefg"), *in_week(USUAL, "96", "bcefg"), *in_week(USUAL, "80", "dd"), *in_week(CHEAP, "80", "bcefgdh")]
    found = told("bargain_share", lines=lines)
    assert (found["h"]["bargain_share"], found["h"]["bargain_contribution_share"]) == (1.0, 1.0)
    assert found["d"]["bargain_share"] == pytest.approx(1 / 3, abs=1e-12)
    assert found["b"]["bargain_share"] == pytest.approx(80 / 271, abs=1e-12)
    assert found["b"]["bargain_contribution_share"] == pytest.approx(30 / 121, abs=1e-12)


def test_a_new_price_list_is_no_bargain_nor_is_a_product_that_is_always_cheap(told: Told) -> None:
    lines = [*in_week(USUAL, "95", "bcefg"), *in_week(CHEAP, "60", "bcefg", product="Q")]
    lines += [sold(one, "114", "120", product_id="P", date=date(2024, 1, 2)) for one in "bcefg"]
    assert {row["bargain_share"] for row in told("bargain_share", lines=lines).values()} == {0.0}


@pytest.mark.parametrize(("paid", "is_bargain"), [("90.25", 1.0), ("90.30", 0.0)])
def test_in_a_week_with_few_customers_five_percent_below_the_usual_price_is_a_bargain(told: Told, paid: str, is_bargain: float) -> None:
    found = told("bargain_share", lines=[*in_week(USUAL, "95", "bcefg"), *in_week(CHEAP, paid, "h")])
    assert found["h"]["bargain_share"] == is_bargain


def test_a_bargain_that_is_cancelled_leaves_no_trace(told: Told) -> None:
    back = [sold("a", "80", "100", product_id="P"), sold("a", "-80", "-100", product_id="P", line_class="cancellation")]
    found = told("bargain_share", lines=[*in_week(USUAL, "95", "bcefga"), *back])
    assert found["a"]["bargain_share"] == 0.0


# ---------- contacts and complaints ----------


def test_contacts_of_a_year_and_the_days_since_the_last_one(told: Told) -> None:
    days = [date(2025, 6, 10), date(2024, 7, 1), date(2024, 6, 30), date(2025, 7, 1)]
    contact = {"customer_id": "a", "duration_minutes": Decimal(15), "cost": Decimal("42.50")}
    found = told("contact_history", contacts=[{**contact, "date": day} for day in days])
    assert found["a"] == {"contacts": 2, "contact_minutes": 30.0, "contact_cost": Decimal("85.00"), "days_since_contact": 20}
    assert told("contact_history", contacts=[{**contact, "date": days[0], "cost": None}])["a"]["contact_cost"] is None


def test_complaints_stand_beside_orders_and_a_settlement_of_later_is_not_known(told: Told) -> None:
    lines = [sold("a", "10", document_id=f"R{number // 2}") for number in range(8)] + [sold("b", "10", document_id="R9")]
    complaints = [
        {"customer_id": "a", "date": date(2025, 5, 1), "resolved_on": date(2025, 5, 11)},
        {"customer_id": "a", "date": date(2025, 6, 1), "resolved_on": date(2025, 7, 1)},
        {"customer_id": "a", "date": date(2025, 7, 1), "resolved_on": None},
    ]
    found = told("complaint_history", lines=lines, complaints=complaints)
    bad = {"badly_handled_complaints": 1, "orders_since_bad_complaint": 0}
    assert found["a"] == {
        **bad,
        "complaint_cost": None,
        "complaints": 2,
        "complaints_per_order": 0.5,
        "resolution_days": 10.0,
        "open_complaints": 1,
    }
    none = {"badly_handled_complaints": 0, "orders_since_bad_complaint": None}
    assert found["b"] == {
        **none,
        "complaint_cost": None,
        "complaints": 0,
        "complaints_per_order": 0.0,
        "resolution_days": None,
        "open_complaints": 0,
    }


def test_where_no_settlement_was_ever_noted_nobody_knows_what_is_open(told: Told) -> None:
    found = told("complaint_history", complaints=[{"customer_id": "a", "date": date(2025, 5, 1)}])
    assert {name: value for name, value in found["a"].items() if value is not None} == {"complaints": 1}


def test_what_complaints_cost_is_their_sum_and_nothing_where_there_was_none(told: Told) -> None:
    cost = [Decimal("12.50"), Decimal("7.50"), None]
    complaints = [{"customer_id": "a", "date": date(2025, 5, 1), "cost": one} for one in cost]
    later = {"customer_id": "a", "date": date(2025, 8, 1), "cost": Decimal(100)}
    found = told("complaint_history", lines=[sold("b", "10")], complaints=[*complaints, later])
    assert (found["a"]["complaint_cost"], found["b"]["complaint_cost"]) == (Decimal("20.00"), Decimal(0))


def test_a_badly_handled_complaint_is_one_that_took_weeks_or_got_a_bad_grade(told: Told) -> None:
    raised, graded = date(2025, 3, 1), {"satisfaction": Decimal(2)}
    complaints = [
        {"customer_id": "a", "date": raised, "resolved_on": date(2025, 3, 16)},
        {"customer_id": "b", "date": raised, "resolved_on": date(2025, 3, 15)},
        {"customer_id": "c", "date": raised, "resolved_on": date(2025, 3, 3), **graded},
        # A grade that is given in July is not known in June.
        {"customer_id": "d", "date": date(2025, 6, 25), "resolved_on": date(2025, 7, 3), **graded},
    ]
    lines = [sold(one, "10", document_id=f"R{one}{month}", date=date(2025, month, 5)) for one in "abcd" for month in (2, 4, 5)]
    found = told("complaint_history", lines=lines, complaints=complaints)
    assert {one: row["badly_handled_complaints"] for one, row in found.items()} == {"a": 1, "b": 0, "c": 1, "d": 0}
    assert {one: row["orders_since_bad_complaint"] for one, row in found.items()} == {"a": 2, "b": None, "c": 2, "d": None}


# ---------- recommendations and contracts ----------


def test_recommended_customers_are_counted_once_and_their_revenue_is_told_beside(told: Told) -> None:
    referrals = [
        {"recommender_id": "a", "customer_id": "x", "date": date(2024, 1, 1)},
        {"recommender_id": "b", "customer_id": "x", "date": date(2024, 2, 1)},
        {"recommender_id": "a", "customer_id": "y", "date": None},
        {"recommender_id": "a", "customer_id": "a", "date": None},
        {"recommender_id": "b", "customer_id": "z", "date": date(2025, 7, 1)},
    ]
    found = told("recommendations", lines=[sold("a", "5"), sold("x", "7"), sold("x", "3"), sold("b", "1")], referrals=referrals)
    assert found["a"] == {"recommended_customers": 2, "recommended_revenue": Decimal("10.00")}
    assert found["b"] == found["x"] == {"recommended_customers": 0, "recommended_revenue": Decimal("0.00")}


def test_a_contract_is_held_against_others_for_the_same_product(told: Told) -> None:
    def contract(customer: str, amount: str, product: str = "S", period: str | None = "month", end: date | None = None) -> dict[str, Any]:
        row = {"customer_id": customer, "product": product, "start": date(2020, 1, 1), "end": end}
        return {**row, "amount": Decimal(amount), "period": period}

    contracts = [contract(one, "74") for one in "bcd"] + [contract("a", "88.80"), contract("e", "888", period="year")]
    contracts += [contract("a", "500", product="T"), contract("f", "10", end=date(2025, 6, 29)), contract("g", "99", product="")]
    found = told("contract_terms", contracts=contracts)
    assert found["a"]["contract_price_against_others"] == pytest.approx(588.8 / 574, abs=1e-12)
    assert (found["a"]["contracts"], found["a"]["contract_amount"]) == (2, Decimal("588.80"))
    assert found["b"]["contract_price_against_others"] == found["e"]["contract_price_against_others"] == 1.0
    assert "f" not in found


# ---------- creditworthiness ----------


def firm(customer: str, index: str | None, **more: Any) -> dict[str, Any]:
    return {"customer_id": customer, "kind": "b2b", "external_rating": None if index is None else Decimal(index), **more}


def test_the_contribution_of_a_year_is_worth_less_by_the_chance_of_a_default(told: Told) -> None:
    lines = [sold("a", "100", cost=Decimal(60)), sold("a", "70", cost=Decimal(10), date=date(2024, 6, 30)), sold("a", "9")]
    found = told("credit_risk", lines=lines, customers=[firm("a", "250")])["a"]
    assert (found["credit_index"], found["default_probability"]) == (250.0, 0.005)
    assert (found["contribution_of_year"], found["risk_adjusted_contribution"]) == (Decimal("40.00"), Decimal("39.80"))


def test_a_chance_of_zero_leaves_the_contribution_as_it_is(told: Told) -> None:
    lines = [sold("a", "12345678.91", cost=Decimal("0.38"))]
    found = told("credit_risk", lines=lines, customers=[firm("a", "250")], credit=presets.Credit(100, ((600, 0.0),)))["a"]
    assert found["risk_adjusted_contribution"] == found["contribution_of_year"] == Decimal("12345678.53")


@pytest.mark.parametrize(
    ("index", "chance"), [("100", 0.0015), ("217", 0.0015), ("217.5", 0.005), ("218", 0.005), ("351", 0.055), ("499", 0.15), ("500", 1.0)]
)
def test_an_index_belongs_to_the_band_that_goes_up_to_it(told: Told, index: str, chance: float) -> None:
    assert told("credit_risk", customers=[firm("a", index)])["a"]["default_probability"] == chance


@pytest.mark.parametrize("index", ["99", "601", "0", None])
def test_an_index_outside_the_scale_says_nothing(told: Told, index: str | None) -> None:
    assert told("credit_risk", customers=[firm("a", index)]) == {}


@pytest.mark.parametrize(
    "who",
    [
        {"kind": "b2c"},
        {"legal_form": "Einzelunternehmen"},
        {"legal_form": "e. K."},
        {"legal_form": "GbR"},
        {"legal_form": "Freiberufler"},
        {"name": "Schreinerei Huber, Inh. Anna Huber"},
        {"name": "Huber Elektro e.K."},
        {"kind": None},
        {"kind": None, "name": "Anna Huber"},
    ],
)
def test_the_index_of_natural_persons_is_not_used(told: Told, who: dict[str, Any]) -> None:
    assert told("credit_risk", customers=[{**firm("a", "250"), **who}]) == {}


@pytest.mark.parametrize(
    "who",
    [
        {},
        {"legal_form": "GmbH & Co. KG"},
        {"kind": None, "legal_form": "AG"},
        {"kind": None, "name": "Huber Bau GmbH"},
        {"legal_form": "Firma"},
    ],
)
def test_the_index_of_companies_is_used(told: Told, who: dict[str, Any]) -> None:
    assert list(told("credit_risk", customers=[{**firm("a", "250"), **who}])) == ["a"]


def test_with_a_written_reason_the_index_of_natural_persons_counts_too(told: Told) -> None:
    allowed = presets.Credit(100, ((600, 0.02),), natural_persons="because of section so and so, decided by N. N. on such a day")
    assert list(told("credit_risk", customers=[{**firm("a", "250"), "kind": "b2c"}], credit=allowed)) == ["a"]

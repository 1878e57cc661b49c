"""What acquisition and the split of a budget read from the ledger of a run."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from kundenwert import sources
from kundenwert.decisions import decisions
from kundenwert.engines import open_engine
from kundenwert.engines._engine import Engine
from kundenwert.flows.company_tables import open_nothing
from kundenwert.flows.plan_tables import Basis, tables_of

AS_OF = date(2025, 12, 31)
START = date(2024, 1, 1)
Rows = list[dict[str, Any]]
Ask = Callable[..., dict[str, Rows]]
_KINDS = {"DATE": pa.date32(), "BOOLEAN": pa.bool_(), "INTEGER": pa.int32(), "DECIMAL(18,6)": pa.decimal128(18, 6)}


@pytest.fixture
def engine() -> Iterator[Engine]:
    with open_engine(threads=1) as engine:
        for name in sources.tables():
            open_nothing(engine, name)
        yield engine


@pytest.fixture
def ask(engine: Engine) -> Ask:
    """The tables of a decision as rows. customers: name -> first purchase, past, stage; lines beside one on the first day of the ledger."""

    def ask(
        decision: str, customers: dict[str, dict[str, Any]], lines: Rows, /, *, horizon: float = 1826.0, options: Any = None, **tables: Rows
    ) -> Any:
        names = [name for name, one in customers.items() if not one.get("objected")]
        valued = pa.table(
            {
                "customer_id": list(customers),
                "first_purchase": pa.array([one["first"] for one in customers.values()], pa.date32()),
                "past": pa.array([Decimal(str(one.get("past", 100))) for one in customers.values()], pa.decimal128(18, 2)),
                "stage": pa.array([one.get("stage") for one in customers.values()], pa.string()),
            }
        )
        engine.open_frame("valued_customers", valued)
        engine.open_frame("plan_customers", valued.filter(pa.array([name in names for name in customers])))
        engine.open_frame("booked", _booked([line("nobody", START), *lines]))
        for name, rows in tables.items():
            _load(engine, name, rows)
        default = {option.name: option.default for option in decisions()[decision].options}
        basis = Basis(AS_OF, 365, 365.0, horizon, 0.1, "contribution", "EUR", frozenset(), options=default | (options or {}))
        found = tables_of(decision)
        assert found is not None
        return {
            name: [dict(zip(table, row, strict=True)) for row in zip(*(values.tolist() for values in table.values()), strict=True)]
            for name, table in found(engine, basis).items()
        }

    return ask


def _booked(lines: Rows) -> pa.Table:
    booked = pa.Table.from_pylist(lines)
    return booked.set_column(1, "day", booked["day"].cast(pa.int32()))


def _load(engine: Engine, name: str, rows: Rows) -> None:
    columns = {column: _KINDS.get(kind, pa.string()) for column, kind in engine.columns(f"ledger_{name}").items()}
    columns = {column: kind for column, kind in columns.items() if column not in ("file_id", "record")}
    assert all(set(row) <= set(columns) for row in rows)
    cells = {
        column: pa.array(
            [Decimal(str(row[column])) if column in row and pa.types.is_decimal(kind) else row.get(column) for row in rows], kind
        )
        for column, kind in columns.items()
    }
    engine.open_frame(f"ledger_{name}", pa.table(cells))


def line(customer: str, day: date, amount: float = 100.0, group: str | None = "Tools", *, other: bool = False) -> dict[str, Any]:
    return {
        "customer_id": customer,
        "day": (day - date(1970, 1, 1)).days,
        "amount": Decimal(str(amount)),
        "product_group": group,
        "is_non_product": other,
    }


def ago(days: int) -> date:
    return AS_OF - timedelta(days=days)


def of(rows: Rows, key: str = "customer_id") -> dict[str, dict[str, Any]]:
    return {row[key]: row for row in rows}


def named(found: dict[str, Rows], key: str) -> dict[int, str]:
    return {row["code"]: row["name"] for row in found["names"] if row["key"] == key}


def test_won_is_who_was_noted_so_in_sight_of_the_ledger_or_first_seen_long_after_it_begins(ask: Ask) -> None:
    customers = {
        "noted": {"first": ago(700)},
        "older": {"first": ago(700)},
        "seen late": {"first": ago(300)},
        "seen early": {"first": ago(600)},
        "objected": {"first": ago(300), "objected": True},
    }
    records = [
        {"customer_id": "noted", "acquired_on": ago(710), "channel": "Fair", "acquisition_cost": 50},
        {"customer_id": "older", "acquired_on": date(2020, 1, 1), "channel": "Fair"},
    ]
    lines = [line(name, one["first"]) for name, one in customers.items()]
    found = ask("acquisition", customers, lines, customers=records)
    won = of(found["customers"])
    assert set(won) == {"noted", "seen late"}
    assert (won["noted"]["won_age"], won["noted"]["won_cost"]) == (700, 50)
    assert named(found, "channel")[won["noted"]["won_channel"]] == "Fair"
    assert named(found, "channel")[won["seen late"]["won_channel"]] == ""
    assert named(found, "quarter")[won["seen late"]["won_quarter"]] == "2025-Q1"
    # Of a short ledger no more than half is spent on waiting.
    longer = ask("acquisition", customers, lines, customers=records, options={"settled_days": 9_999})
    assert set(of(longer["customers"])) == {"noted", "seen late"}
    earlier = ask("acquisition", customers, lines, customers=records, options={"settled_days": 30})
    assert set(of(earlier["customers"])) == {"noted", "seen late", "seen early"}


def test_what_was_spent_before_the_first_purchase_is_the_cost_where_no_cost_is_noted(ask: Ask) -> None:
    customers = {"a": {"first": ago(100)}, "b": {"first": ago(100)}, "c": {"first": ago(100)}}
    measures = [
        {"measure_id": "1", "customer_id": "a", "date": ago(120), "treated": True, "cost": 4.5},
        {"measure_id": "2", "customer_id": "a", "date": ago(90), "treated": True, "cost": 9},
        {"measure_id": "3", "customer_id": "a", "date": ago(120), "treated": False, "cost": 9},
        {"measure_id": "1", "customer_id": "b", "date": ago(120), "treated": True, "cost": 4.5},
    ]
    contacts = [{"customer_id": "a", "date": ago(110), "cost": 20}]
    records = [{"customer_id": "b", "acquired_on": ago(110), "acquisition_cost": 300}]
    found = ask(
        "acquisition", customers, [line(name, ago(100)) for name in customers], measures=measures, contacts=contacts, customers=records
    )
    assert [of(found["customers"])[name]["won_cost"] for name in "abc"] == [24.5, 300, None]


def test_booked_contribution_is_spread_as_the_revenue_is_and_ties_to_it(ask: Ask) -> None:
    customers = {"a": {"first": ago(100), "past": 60}, "b": {"first": ago(80), "past": -12}}
    lines = [line("a", ago(100), 200), line("a", ago(60), 150), line("a", ago(55), -50), line("b", ago(80), 30), line("b", ago(10), -30)]
    found = ask("acquisition", customers, lines)
    won = of(found["customers"])
    course = [row for row in found["course"] if row["key"] == "channel"]
    assert sum(row["nominal"] for row in course) == pytest.approx(48, abs=1e-5)
    assert sum(row["discounted"] for row in course) == pytest.approx(won["a"]["won_realised"] + won["b"]["won_realised"], abs=1e-5)
    by_hand = 60 / 300 * (200 + 150 * 1.1 ** (-40 / 365.25) - 50 * 1.1 ** (-45 / 365.25))
    assert won["a"]["won_realised"] == pytest.approx(by_hand, abs=1e-5)
    # Revenue that adds up to nothing cannot say when: all of it on the first day.
    assert won["b"]["won_realised"] == pytest.approx(-12)
    assert {row["month"]: round(row["nominal"], 2) for row in course if row["nominal"] > 0} == {0: 28.0, 1: 20.0}


def test_what_came_after_the_horizon_is_realised_but_not_within(ask: Ask) -> None:
    found = ask("acquisition", {"a": {"first": ago(300)}}, [line("a", ago(300)), line("a", ago(100))], horizon=150.0)
    won = of(found["customers"])["a"]
    assert won["won_within"] == pytest.approx(50)
    assert won["won_realised"] > 95
    assert sum(row["nominal"] for row in found["course"] if row["key"] == "channel") == pytest.approx(50)


def test_the_first_product_is_what_made_up_most_of_the_first_purchase(ask: Ask) -> None:
    lines = [
        line("a", ago(100), 50, "Paint"),
        line("a", ago(100), 30, "Tools"),
        line("a", ago(100), 25, "Tools"),
        line("a", ago(100), 500, "Freight", other=True),
        line("a", ago(90), 900, "Roof"),
        line("b", ago(100), 10, None),
    ]
    found = ask("acquisition", {"a": {"first": ago(100)}, "b": {"first": ago(100)}}, lines)
    names = named(found, "product")
    assert [names[of(found["customers"])[name]["won_product"]] for name in "ab"] == ["Tools", ""]


def test_leads_are_won_lost_or_open_by_customer_offer_or_word(ask: Ask) -> None:
    leads = [
        {"lead_id": "1", "date": ago(50), "source": "Messe", "stage": "qualifiziert", "customer_id": "a"},
        {"lead_id": "2", "date": ago(50), "source": "MESSE", "stage": "verloren"},
        {"lead_id": "3", "date": ago(50), "source": "Messe", "stage": "neu"},
        {"lead_id": "4", "date": ago(60), "source": "Web", "stage": "neu"},
        {"lead_id": "5", "date": ago(60), "source": "Web", "stage": "neu"},
        {"lead_id": "6", "date": AS_OF + timedelta(days=3), "source": "Web", "stage": "neu"},
        {"lead_id": "7", "date": ago(60), "source": "Web", "stage": "neu", "customer_id": "objected"},
    ]
    offers = [
        {"offer_id": "1", "lead_id": "4", "date": ago(40), "outcome": "open"},
        {"offer_id": "2", "lead_id": "5", "date": ago(40), "outcome": "lost", "decided_on": ago(20)},
    ]
    customers = {"a": {"first": ago(30)}, "objected": {"first": ago(30), "objected": True}}
    found = ask("acquisition", customers, [line("a", ago(30))], leads=leads, offers=offers)
    assert [(row["lead_id"], row["reached"], row["age"]) for row in found["leads"]] == [("4", "offer", 60), ("3", "lead", 50)]
    assert {(row["state"], row["reached"]): row["leads"] for row in found["funnel"]} == {
        ("won", "lead"): 1,
        ("lost", "lead"): 1,
        ("lost", "offer"): 1,
        ("open", "lead"): 1,
        ("open", "offer"): 1,
    }
    assert sorted(set(named(found, "channel").values())) == ["", "MESSE", "Web"]


def test_without_any_table_of_the_company_there_are_customers_won_and_no_leads(ask: Ask) -> None:
    found = ask("acquisition", {"a": {"first": ago(30)}}, [line("a", ago(30))])
    assert len(found["customers"]) == 1
    assert found["leads"] == found["funnel"] == []


def test_a_plan_can_be_made_of_these_tables(ask: Ask, engine: Engine) -> None:
    customers = {str(n): {"first": ago(100 + n), "past": 10 * n} for n in range(1, 30)}
    found = ask("acquisition", customers, [line(name, one["first"]) for name, one in customers.items()])
    course = found["course"]
    assert len({row["key"] for row in course}) == 5
    assert np.allclose([sum(row["nominal"] for row in course if row["key"] == key) for key in {row["key"] for row in course}], 4350)


def spent(found: dict[str, Rows]) -> dict[tuple[Any, ...], float]:
    return {(row["kind"], row["name"], row["stage"], bool(row["is_before"]), row["aim"]): row["amount"] for row in found["spent"]}


def test_activities_cost_the_rate_of_their_day_and_belong_before_or_after_the_first_purchase(ask: Ask) -> None:
    customers = {"a": {"first": ago(100), "stage": "development"}, "b": {"first": ago(900), "stage": "retention"}}
    rates = [
        {"driver": "Besuch", "rate": 100, "stage": "sales", "valid_from": date(2024, 1, 1)},
        {"driver": "Besuch", "rate": 110, "stage": "sales", "valid_from": ago(150)},
        {"driver": "Lieferung", "rate": 20, "stage": "logistics"},
    ]
    activities = [
        {"customer_id": "a", "driver": "Besuch", "date": ago(120), "count": 1},
        {"customer_id": "a", "driver": "besuch", "date": ago(50), "count": 2},
        {"customer_id": "b", "driver": "Besuch", "date": ago(200), "count": 1},
        {"customer_id": "b", "driver": "Lieferung", "date": ago(10), "count": 3},
        {"customer_id": "b", "driver": "Besuch", "date": ago(400), "count": 9},
        {"customer_id": "b", "driver": "Besuch", "date": AS_OF + timedelta(days=1), "count": 9},
    ]
    contacts = [{"customer_id": "b", "date": ago(10), "channel": "Besuch", "cost": 70}]
    found = ask("budget", customers, [line("a", ago(100))], activity_rates=rates, activities=activities, contacts=contacts)
    assert spent(found) == {
        ("activity", "Besuch", "sales", True, "development"): 110,
        ("activity", "besuch", "sales", False, "development"): 220,
        ("activity", "Besuch", "sales", False, "retention"): 100,
        ("activity", "Lieferung", "logistics", False, "retention"): 60,
    }


def test_winning_measures_complaints_and_contacts_without_activities_are_spent_too(ask: Ask) -> None:
    customers = {"a": {"first": ago(100), "stage": "development"}, "b": {"first": ago(900), "stage": "win_back"}}
    found = ask(
        "budget",
        customers,
        [line("a", ago(100))],
        customers=[
            {"customer_id": "a", "acquired_on": ago(110), "acquisition_cost": 300},
            {"customer_id": "b", "acquired_on": ago(910), "acquisition_cost": 999},
        ],
        measures=[{"measure_id": "1", "customer_id": "b", "date": ago(30), "kind": "Mailing", "treated": True, "cost": 2}],
        contacts=[{"customer_id": "b", "date": ago(10), "channel": "Besuch", "cost": 70}],
        complaints=[{"complaint_id": "1", "customer_id": "b", "date": ago(10), "category": "late", "cost": 15}],
    )
    assert spent(found) == {
        ("acquisition", "acquisition_cost", "", True, "development"): 300,
        ("measure", "Mailing", "", False, "win_back"): 2,
        ("contact", "Besuch", "", False, "win_back"): 70,
        ("complaint", "late", "", False, "win_back"): 15,
    }


def test_budgets_of_money_count_where_their_period_begins_in_the_span(ask: Ask) -> None:
    budgets = [
        {"name": "Werbung", "period": period, "resource": "EUR", "amount": amount}
        for period, amount in (("2025-Q2", 100), ("2025-03", 10), ("2025", 1), ("2024-Q4", 1_000), ("some day", 5_000))
    ]
    budgets.append({"name": "Team", "period": "2025-Q1", "resource": "Besuche", "amount": 300})
    found = ask("budget", {"a": {"first": ago(100)}}, [line("a", ago(100))], budgets=budgets)
    assert found["budgets"] == [{"name": "Werbung", "amount": 111.0}]

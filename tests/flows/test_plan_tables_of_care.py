"""What retention, development, win-back and repair read from the ledger of a run."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from typing import Any

import pyarrow as pa
import pytest

from kundenwert import sources
from kundenwert.decisions._win_back_reasons import read_reasons
from kundenwert.engines import open_engine
from kundenwert.engines._engine import Engine
from kundenwert.flows.company_tables import open_nothing
from kundenwert.flows.plan_tables import Basis, tables_of
from kundenwert.flows.plan_tables.repair import whole_year

AS_OF = date(2025, 12, 31)
BASIS = Basis(
    AS_OF, 365, 365.0, 1826.0, 0.1, "contribution", "EUR", frozenset({"run_contribution", "contribution", "contacts"}), margin=0.25
)
Rows = list[dict[str, Any]]
Ask = Callable[..., Mapping[str, Mapping[str, dict[str, Any]]]]


def ago(days: int) -> date:
    return AS_OF - timedelta(days=days)


@pytest.fixture
def engine() -> Iterator[Engine]:
    with open_engine(threads=1) as engine:
        for name in sources.tables():
            open_nothing(engine, name)
        yield engine


@pytest.fixture
def ask(engine: Engine) -> Ask:
    """The tables of a decision by customer; customers a, b, c who bought last 100 days ago, and records of the ledger by table."""

    def ask(decision: str, *, lines: Rows | None = None, basis: Basis = BASIS, **tables: Rows) -> Any:
        customers = [
            {"customer_id": name, "first_purchase": ago(800), "last_purchase": ago(100), "past": 500.0, "clv": 100.0} for name in "abc"
        ]
        engine.open_frame("valued_customers", pa.Table.from_pylist(customers))
        engine.open_frame("plan_customers", pa.table({"customer_id": list("abc")}))
        engine.open_frame("booked", pa.Table.from_pylist(lines or [line("a", 9999)]))
        for name, rows in tables.items():
            columns = engine.columns(f"ledger_{name}")
            kinds = {"DATE": pa.date32(), "BOOLEAN": pa.bool_()}
            schema = pa.schema(
                [
                    (column, kinds.get(kind, pa.float64() if kind.startswith(("DECIMAL", "DOUBLE")) else pa.string()))
                    for column, kind in columns.items()
                ]
            )
            schema = pa.schema([field for field in schema if field.name not in ("file_id", "record")])
            engine.open_frame(f"ledger_{name}", pa.Table.from_pylist(rows, schema=schema))
        found = tables_of(decision)
        assert found is not None
        return {name: _by_customer(table) for name, table in found(engine, basis).items()}

    return ask


def _by_customer(table: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    rows = [dict(zip(table, row, strict=True)) for row in zip(*(values.tolist() for values in table.values()), strict=True)]
    return {row.pop("customer_id", "all"): row for row in rows}


def line(customer: str, days: int, amount: float = 100.0, cost: float | None = 60.0) -> dict[str, Any]:
    return {
        "customer_id": customer,
        "day": (ago(days) - date(1970, 1, 1)).days,
        "amount": amount,
        "cost": cost,
        "line_class": "kept",
        "is_non_product": False,
    }


def test_the_last_good_year_ends_with_the_last_purchase(ask: Ask) -> None:
    lines = [line("a", 100), line("a", 464), line("a", 465), line("b", 200, cost=None)]
    found = ask("win_back", lines=lines)["customers"]
    assert (found["a"]["last_year"], found["a"]["last_year_days"], found["a"]["silent_days"]) == (80.0, 2.0, 100.0)
    # Lines without cost take the margin of the base.
    assert found["b"]["last_year"] == 25.0
    assert found["c"]["last_year_days"] == 0.0


def test_reasons_come_from_contacts_complaints_lost_offers_and_contracts(ask: Ask) -> None:
    found = ask(
        "win_back",
        contacts=[{"customer_id": "a", "date": ago(50), "purpose": "Absage", "outcome": "Preis zu hoch"}],
        complaints=[{"customer_id": "b", "date": ago(95), "category": "Ware beschädigt", "satisfaction": 1.0, "resolved_on": ago(90)}],
        offers=[{"offer_id": "1", "customer_id": "c", "date": ago(80), "outcome": "lost", "reason": "Wettbewerber"}],
    )["customers"]
    assert [found[name]["noted_reason"] for name in "abc"] == ["price", "quality", "competitor"]
    assert [found[name]["noted_source"] for name in "abc"] == ["contact", "complaint", "offer"]
    assert found["a"]["noted_days"] == 50.0


def test_a_need_that_ended_counts_only_after_the_last_purchase_and_then_whatever_came_later(ask: Ask) -> None:
    offers = [
        {"offer_id": "1", "customer_id": "a", "date": ago(110), "outcome": "lost", "reason": "kein Bedarf"},
        {"offer_id": "2", "customer_id": "b", "date": ago(90), "outcome": "lost", "reason": "kein Bedarf"},
        {"offer_id": "3", "customer_id": "b", "date": ago(20), "outcome": "lost", "reason": "Preis"},
        {"offer_id": "4", "customer_id": "c", "date": ago(400), "outcome": "lost", "reason": "Preis"},
    ]
    found = ask("win_back", offers=offers)["customers"]
    assert [found[name]["needless_reason"] for name in "abc"] == ["", "no_need", ""]
    assert [found[name]["noted_reason"] for name in "abc"] == ["", "price", ""]


def test_a_complaint_that_was_settled_well_is_no_reason(ask: Ask) -> None:
    complaints = [
        {"customer_id": "a", "date": ago(95), "category": "Rechnung", "satisfaction": 5.0, "resolved_on": ago(90)},
        {"customer_id": "b", "date": ago(95), "category": "anderes", "satisfaction": None, "resolved_on": ago(60)},
    ]
    found = ask("win_back", complaints=complaints)["customers"]
    assert [found[name]["noted_reason"] for name in "abc"] == ["", "service", ""]


def test_a_project_adds_its_own_reason_and_its_words_come_first(ask: Ask) -> None:
    reasons = read_reasons({"hygiene": {"needed": False, "words": ["Hygiene"]}})
    basis = Basis(**{**BASIS.__dict__, "options": {"reasons": reasons}})
    contacts = [{"customer_id": "a", "date": ago(50), "purpose": "Preis, Hygiene"}]
    assert ask("win_back", contacts=contacts, basis=basis)["customers"]["a"]["needless_reason"] == "hygiene"


def test_old_addresses_and_ended_contracts_are_known(ask: Ask) -> None:
    contracts = [
        {"contract_id": "1", "customer_id": "a", "start": ago(900), "end": ago(60)},
        {"contract_id": "2", "customer_id": "b", "start": ago(900), "end": ago(60)},
        {"contract_id": "3", "customer_id": "b", "start": ago(50)},
    ]
    contacts = [{"customer_id": "c", "date": ago(300), "outcome": "unzustellbar"}]
    found = ask("win_back", contracts=contracts, contacts=contacts)["customers"]
    assert [found[name]["contract_ended_days"] for name in "abc"] == [60.0, None, None]
    assert [found[name]["address_is_old"] for name in "abc"] == [0.0, 0.0, 1.0]


def test_what_winning_a_customer_has_cost_is_told_beside(ask: Ask) -> None:
    customers = [{"customer_id": "a", "acquisition_cost": 90.0, "acquired_on": ago(700)}]
    assert ask("win_back", customers=customers)["acquisition"]["all"]["customers"] == 0.0


def test_nothing_after_the_as_of_day_is_known(ask: Ask) -> None:
    later = AS_OF + timedelta(days=3)
    tables: dict[str, Rows] = {
        "contacts": [{"customer_id": "a", "date": later, "purpose": "Preis", "outcome": "unzustellbar"}],
        "offers": [{"offer_id": "1", "customer_id": "a", "date": ago(9), "decided_on": later, "outcome": "lost", "reason": "Preis"}],
        "complaints": [{"customer_id": "a", "date": later, "satisfaction": 1.0}],
        "measures": [{"measure_id": "1", "customer_id": "a", "date": later, "treated": True}],
    }
    lines = [line("a", 100), line("a", -3)]
    found = ask("win_back", lines=lines, **tables)["customers"]["a"]
    assert (found["noted_reason"], found["address_is_old"], found["last_year"]) == ("", 0.0, 40.0)
    assert ask("retention", lines=lines, **tables)["customers"]["a"]["contact_days"] is None
    assert ask("coverage", lines=lines, **tables)["customers"]["a"] == {"contact_days": None, "measure_days": None}
    # An offer that is decided later is open today.
    assert ask("development", lines=lines, **tables)["decided"]["all"]["decided"] == 0.0


def test_signs_of_leaving_are_open_and_bad_complaints_and_contracts(ask: Ask) -> None:
    found = ask(
        "retention",
        complaints=[
            {"customer_id": "a", "date": ago(12)},
            {"customer_id": "b", "date": ago(80), "satisfaction": 2.0, "resolved_on": ago(75)},
            {"customer_id": "c", "date": ago(300), "satisfaction": 1.0, "resolved_on": ago(290)},
        ],
        contracts=[
            {"contract_id": "1", "customer_id": "a", "start": ago(300), "end": AS_OF + timedelta(days=40)},
            {"contract_id": "2", "customer_id": "b", "start": ago(300), "end": ago(-300), "cancelled_on": ago(20)},
        ],
        contacts=[{"customer_id": "c", "date": ago(33)}],
    )["customers"]
    assert (found["a"]["complaint_open_days"], found["b"]["complaint_bad_days"]) == (12.0, 80.0)
    # Who has bought since got over it.
    assert found["c"]["complaint_bad_days"] is None
    assert (found["a"]["contract_ends_in"], found["b"]["contract_cancelled_days"]) == (40.0, 20.0)
    assert [found[name]["silent_days"] for name in "abc"] == [100.0] * 3
    assert found["c"]["contact_days"] == 33.0


def test_what_came_of_complaints_is_counted_from_the_fifteenth_day_on(ask: Ask) -> None:
    complaints = [
        {"customer_id": "a", "date": ago(300), "satisfaction": 1.0, "resolved_on": ago(295)},
        {"customer_id": "b", "date": ago(300), "satisfaction": 5.0, "resolved_on": ago(295)},
        {"customer_id": "c", "date": ago(300), "satisfaction": 5.0, "resolved_on": ago(295)},
        {"customer_id": "c", "date": ago(100), "satisfaction": 1.0, "resolved_on": ago(95)},
    ]
    lines = [line("a", 290), line("b", 285), line("c", 105)]
    found = ask("retention", complaints=complaints, lines=lines)["complaints"]["all"]
    assert found == {"badly_handled": 1.0, "badly_handled_bought": 0.0, "well_handled": 2.0, "well_handled_bought": 1.0}


def test_open_offers_are_those_of_half_a_year(ask: Ask) -> None:
    offers = [
        {"offer_id": "1", "customer_id": "a", "date": ago(10), "amount": 300.0, "outcome": "open"},
        {"offer_id": "2", "customer_id": "a", "date": ago(40), "amount": 200.0, "outcome": "open"},
        {"offer_id": "3", "customer_id": "b", "date": ago(200), "amount": 900.0, "outcome": "open"},
        {"offer_id": "4", "customer_id": "b", "date": ago(30), "decided_on": ago(5), "amount": 900.0, "outcome": "won"},
    ]
    found = ask("development", offers=offers)
    assert (found["customers"]["a"]["open_offers"], found["customers"]["a"]["open_offer_days"]) == (500.0, 40.0)
    assert found["customers"]["b"]["open_offers"] == 0.0
    assert found["decided"]["all"] == {"decided": 1.0, "won": 1.0}


def test_only_measures_in_which_a_customer_was_treated_count_as_care(ask: Ask) -> None:
    measures = [
        {"measure_id": "1", "customer_id": "a", "date": ago(10), "treated": True},
        {"measure_id": "1", "customer_id": "b", "date": ago(10), "treated": False},
    ]
    found = ask("coverage", measures=measures, contacts=[{"customer_id": "b", "date": ago(77)}])["customers"]
    assert (found["a"]["measure_days"], found["b"]["measure_days"], found["b"]["contact_days"]) == (10.0, None, 77.0)


def test_coverage_reads_nothing_where_neither_contacts_nor_measures_were_given(ask: Ask) -> None:
    assert ask("coverage", basis=Basis(**{**BASIS.__dict__, "given": frozenset()})) == {}


@pytest.mark.parametrize(
    ("as_of", "years", "expected"),
    [(date(2025, 12, 31), (2024, 2025), 2025), (date(2025, 12, 10), (2024, 2025), 2024), (date(2025, 6, 1), (2025,), None)],
)
def test_the_result_is_that_of_the_last_whole_year(as_of: date, years: tuple[int, ...], expected: int | None) -> None:
    manifest = {"contribution": {"owners": [{"year": year} for year in years]}}
    assert whole_year(Basis(**{**BASIS.__dict__, "as_of": as_of, "manifest": manifest})) == expected

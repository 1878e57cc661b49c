"""Credit risk: the residual value of companies times the chance that they do not default; natural persons have none."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest

from kundenwert import registry
from kundenwert.engines import open_engine
from kundenwert.engines._engine import Engine
from kundenwert.flows import presets
from kundenwert.value import components as room
from kundenwert.value.components._component import Basis, Built

BASIS = Basis(date(2026, 6, 30), 365.0, 1826.0, 0.1, "contribution", "EUR", frozenset({"value.money"}), 0.3)
Risk = Callable[..., tuple[dict[str, dict[str, Any]], Built]]


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with open_engine(threads=1) as engine:
        engine.remember("collective", [])
        yield engine


@pytest.fixture
def risk(engine: Engine) -> Risk:
    """clv: customer -> (clv, chance of a default or None). records: customer records with kind and index."""

    def risk(clv: dict[str, tuple[str, float | None]], records: Sequence[tuple[str, str, str | None]] = ()) -> tuple[dict[str, Any], Built]:
        presets.load_credit(engine, presets.load("wholesale"))
        money = pa.array([Decimal(amount) for amount, _ in clv.values()], pa.decimal128(18, 2))
        engine.open_frame("judged", pa.table({"customer_id": list(clv), "clv": money}))
        chances = pa.array([chance for _, chance in clv.values()], pa.float64())
        engine.open_frame("customer_features", pa.table({"customer_id": list(clv), "default_probability": chances}))
        index = pa.array([None if entry[2] is None else Decimal(entry[2]) for entry in records], pa.decimal128(18, 6))
        texts = {name: pa.array([entry[place] for entry in records], pa.string()) for place, name in enumerate(("customer_id", "kind"))}
        nothing = pa.nulls(len(records), pa.string())
        engine.open_frame("ledger_customers", pa.table({**texts, "legal_form": nothing, "name": nothing, "external_rating": index}))
        built = registry.load(room.ROOM, "credit_risk").build(engine, BASIS)
        engine.drop("exported")
        engine.rename("component_credit_risk", "exported")
        rows = engine.rows("value/exported.sql")
        return {row.pop("customer_id"): row for row in rows}, built

    return risk


def test_the_clv_loses_its_chance_of_a_default_to_the_cent(risk: Risk) -> None:
    found, built = risk({"a": ("1000.00", 0.055), "b": ("0.09", 0.055), "c": ("-200.00", 0.15), "d": ("50.00", 1.0)})
    assert {name: (row["credit_loss"], row["risk_adjusted_clv"]) for name, row in found.items()} == {
        "a": (Decimal("-55.00"), Decimal("945.00")),
        "b": (Decimal("0.00"), Decimal("0.09")),
        "c": (Decimal("30.00"), Decimal("-170.00")),
        "d": (Decimal("-50.00"), Decimal("0.00")),
    }
    assert built.facts["loss"] == "75.00"


def test_a_chance_of_zero_leaves_the_value_unchanged(risk: Risk) -> None:
    amounts = {f"c{place}": (f"{10**place}.{place:02}", 0.0) for place in range(14)}
    found, _ = risk(amounts)
    assert {name: row["risk_adjusted_clv"] for name, row in found.items()} == {
        name: Decimal(amount) for name, (amount, _) in amounts.items()
    }
    assert {row["credit_loss"] for row in found.values()} == {Decimal("0.00")}


def test_without_a_usable_index_nothing_is_said(risk: Risk) -> None:
    found, built = risk({"a": ("1000.00", None)})
    assert found == {}
    assert built.notices == ()


def test_whose_index_is_not_used_is_counted_and_told(risk: Risk) -> None:
    records = [("a", "b2b", "250"), ("b", "b2c", "250"), ("c", "", "250"), ("d", "b2b", "700"), ("e", "b2b", None)]
    _, built = risk({"a": ("1000.00", 0.005)}, records)
    assert {name: built.facts[name] for name in ("customers", "not_companies", "outside")} == {
        "customers": 1, "not_companies": 2, "outside": 1,
    }  # fmt: skip
    assert [notice.key for notice in built.notices] == ["credit_of_persons", "credit_outside"]
    assert str(built.notices[0]).startswith("2 customers with a credit index are natural persons")

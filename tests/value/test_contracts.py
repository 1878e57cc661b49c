"""Running contracts by tariff, and users who pay nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

import company_records as tables
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kundenwert import registry
from kundenwert.engines import open_engine
from kundenwert.engines._engine import Engine
from kundenwert.settings import read_options
from kundenwert.value import components as room
from kundenwert.value.components._component import Basis, Built
from kundenwert.value.components.contracts import survival, to_come
from kundenwert.value.parametric.freemium import free_value, paying_value


@pytest.fixture
def engine() -> Iterator[Engine]:
    with open_engine(threads=2) as engine:
        yield engine


def contract(customer: str, months: int, *, ended: int | None = None, amount: float = 10, **more: Any) -> dict[str, Any]:
    """Begun so many months before the as-of day; ended: months after the start."""
    start = tables.AS_OF - timedelta(days=round(months * 30.4375) + 3)
    end = None if ended is None else start + timedelta(days=round(ended * 30.4375) + 3)
    return {"contract_id": f"V{customer}", "customer_id": customer, "start": start, "amount": amount, "period": "month", "end": end, **more}


def found(engine: Engine, contracts: Sequence[Mapping[str, Any]], **options: Any) -> tuple[dict[str, dict[str, Any]], Built]:
    tables.load(engine, {str(one["customer_id"]): {} for one in contracts}, contracts=contracts)
    plugin = registry.load(room.ROOM, "contracts")
    read = read_options({"least": 10, **options}, plugin.options, "contracts")
    basis = Basis(tables.AS_OF, 365.0, 730.5, 0.1, "revenue", "EUR", frozenset({"contracts.amount", "contracts.start"}), options=read)
    built = plugin.build(engine, basis)
    return tables.rows(engine, "contracts"), built


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=20))
def test_survival_begins_at_1_and_never_rises(counted: list[tuple[int, int]]) -> None:
    ended, running = zip(*counted, strict=True)
    shares = survival(ended, running, 40)
    assert shares[0] == 1
    assert (np.diff(shares) <= 1e-12).all()
    assert (shares >= 0).all()


def test_months_to_come_are_those_of_the_shares() -> None:
    shares = 0.95 ** np.arange(40)
    months, worth, stays = to_come(shares, 3, 24, 0.008)
    assert months == pytest.approx([sum(0.95**t for t in range(1, 25))] * 3)
    assert worth == pytest.approx([sum((0.95 / 1.008) ** t for t in range(1, 25))] * 3)
    assert stays == pytest.approx([0.95**12] * 3)


def test_a_tariff_from_which_nobody_leaves_pays_until_the_horizon(engine: Engine) -> None:
    contracts = [contract(f"s{n}", 30, tariff="safe") for n in range(10)]
    contracts += [contract(f"r{n}", 30, tariff="risky", ended=12 if n < 12 else None) for n in range(24)]
    rows, built = found(engine, contracts)
    rate = 1.1 ** (1 / 12) - 1
    assert float(rows["s1"]["contract_value"]) == pytest.approx(10 * sum((1 + rate) ** -t for t in range(1, 25)), abs=0.005)
    assert rows["s1"]["contract_months"] == 24
    assert rows["s1"]["contract_stays"] == 1
    assert "r1" not in rows
    assert rows["r17"]["contract_value"] < rows["s1"]["contract_value"]
    told = {one["name"]: one for one in built.facts["tariffs"]}
    assert told["risky"]["survival"]["12"] == 1
    assert told["risky"]["survival"]["24"] == 0.5


def test_a_cancelled_contract_pays_until_its_end_and_a_later_record_is_not_known(engine: Engine) -> None:
    contracts = [contract(f"s{n}", 30) for n in range(10)]
    cancelled = {"cancelled_on": tables.AS_OF - timedelta(days=9), "end": tables.AS_OF + timedelta(days=90)}
    later = {"cancelled_on": tables.AS_OF + timedelta(days=9), "end": tables.AS_OF + timedelta(days=90)}
    rows, _ = found(engine, [*contracts, {**contract("c", 30), **cancelled}, {**contract("l", 30), **later}], margin=0.5)
    assert rows["c"]["contract_months"] == 3
    assert rows["c"]["contract_stays"] == 0
    assert float(rows["c"]["contract_value"]) == pytest.approx(5 * sum(1.1 ** (-t / 12) for t in (1, 2, 3)), abs=0.005)
    assert rows["l"]["contract_months"] == 24


def test_a_small_tariff_is_taken_with_all_others_and_a_yearly_fee_is_a_twelfth_a_month(engine: Engine) -> None:
    contracts = [contract(f"s{n}", 30) for n in range(10)]
    rows, built = found(engine, [*contracts, {**contract("y", 5, tariff="few"), "amount": 120, "period": "year"}])
    assert rows["y"]["contract_fee"] == 10
    assert rows["y"]["contract_months"] == 24
    assert [notice.key for notice in built.notices] == ["contracts_few"]


def test_of_few_contracts_in_all_only_the_fee_is_told(engine: Engine) -> None:
    rows, built = found(engine, [contract(f"s{n}", 30) for n in range(5)])
    assert [notice.key for notice in built.notices] == ["contracts_too_few"]
    assert rows["s1"] == {**dict.fromkeys(rows["s1"]), "contract_fee": 10}


def test_free_users_are_worth_what_conversion_and_churn_make_of_them(engine: Engine) -> None:
    paid = [contract(f"p{n}", 20, ended=10 if n < 4 else None) for n in range(12)]
    free = [contract(f"f{n}", 10, amount=0, ended=5 if n < 3 else None) for n in range(12)]
    turned = {**contract("f11", 4), "contract_id": "Vturned"}
    rows, built = found(engine, [*paid, *free, turned], free_cost=0.05)
    told = built.facts["free"]
    assert (told["contracts"], told["converted"], told["ended"]) == (12, 1, 3)
    rate = 1.1 ** (1 / 12) - 1
    worth = paying_value(10, told["paying_churn"], rate)
    expected = free_value(0.05, told["conversion"], told["churn"], rate, paying=worth)
    assert float(rows["f5"]["free_user_value"]) == pytest.approx(float(expected), abs=0.005)
    assert rows["f5"]["contract_value"] is None
    assert "f1" not in rows
    assert rows["f11"]["free_user_value"] is None
    assert rows["f11"]["contract_fee"] == 10


def test_of_few_free_users_nothing_is_said(engine: Engine) -> None:
    rows, built = found(engine, [contract("f", 10, amount=0)])
    assert [notice.key for notice in built.notices] == ["contracts_free_few"]
    assert rows["f"]["free_user_value"] is None

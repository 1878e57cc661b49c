"""The chance to buy again and to stay, and what it was worth on an earlier day."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pytest

from kundenwert import registry
from kundenwert.engines import open_engine
from kundenwert.engines._engine import Engine
from kundenwert.models import staying
from kundenwert.records import Histories
from kundenwert.value import components as room
from kundenwert.value.components._component import Basis, Built
from kundenwert.value.components.retention import beyond_chance

import company_records as company  # isort: skip

PLUGIN = registry.load(room.ROOM, "retention")
NOW = 20_269
LOOK_BACK = NOW - 300


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with open_engine(threads=1) as engine:
        yield engine


def build(
    engine: Engine,
    chances: Sequence[float],
    bought: Sequence[bool],
    *,
    contracts: dict[str, float] | None = None,
    given: frozenset[str] = frozenset({"rhythm.now", "rhythm.look_back"}),
    told_then: Sequence[float] | None = None,
) -> tuple[dict[str, dict[str, Any]], Built]:
    """Customers c000, c001 ... with a chance each, told then (the same chances where nothing is said) and now; bought: within the days."""
    names = [f"c{place:03}" for place in range(len(chances))]
    company.load(engine, {name: {} for name in names}, contracts=[{"customer_id": name} for name in contracts or ()])
    spread = [0.02] * len(names)
    chance = {"buys_again": list(chances), "stays": list(chances), "buys_spread": spread, "stays_spread": spread}
    last = [NOW - 10 if came else LOOK_BACK - 10 for came in bought]
    engine.load("rhythm_now", {"customer_id": names, "last_day": last, **chance})
    engine.load("rhythm_look_back", {"customer_id": names, "buys_again": list(told_then or chances)})
    engine.load("rhythm_days", {"name": ["now", "year", "look_back"], "day": [NOW, NOW - 365, LOOK_BACK]})
    agreed = contracts or {"": 0.0}
    engine.load("component_contracts", {"customer_id": list(agreed), "contract_stays": list(agreed.values())})
    told = given | ({"component.contracts"} if contracts else set())
    built: Built = PLUGIN.build(engine, Basis(company.AS_OF, 365.25, 1826.0, 0.1, "contribution", "EUR", frozenset(told)))
    return company.rows(engine, "retention"), built


def simulated(customers: int, seed: int) -> tuple[Histories, np.ndarray, np.ndarray]:
    """MBG/NBD customers of 400 days; whether each bought in the 200 days after, and whether each was a customer at their end."""
    rng = np.random.default_rng(seed)
    rate = rng.gamma(0.9, 1 / 40.0, customers)
    leaves = rng.beta(0.8, 4.0, customers)
    span = rng.uniform(100, 400, customers)
    frequency, recency = np.zeros(customers, dtype=np.int64), np.zeros(customers)
    later, here = np.zeros(customers, dtype=bool), rng.uniform(size=customers) > leaves
    clock = np.zeros(customers)
    while True:
        clock = clock + rng.exponential(1 / rate)
        active = here & (clock <= span + 200)
        if not active.any():
            break
        before = active & (clock <= span)
        frequency[before] += 1
        recency[before] = clock[before]
        later |= active & ~before
        here &= ~active | (rng.uniform(size=customers) > leaves)
    return Histories(frequency, recency, span, np.ones(customers, dtype=np.int64)), later, here


def test_chances_are_those_of_simulated_customers_by_decile() -> None:
    """Of 4,000 customers drawn from the model each decile buys again, and stays, as often as told, within what chance does."""
    histories, later, here = simulated(4_000, 7)
    fit = registry.load("models.purchases", "mbg_nbd")().fit(histories, unit_days=7.0)
    from kundenwert.stats.proportions import wilson

    for told, came in ((staying.buys_again(fit, histories, 200.0), later), (staying.stays(fit, histories, 200.0), here)):
        bands = np.array_split(np.argsort(told, kind="stable"), 10)
        intervals = [wilson(int(came[band].sum()), len(band), 0.99) for band in bands]
        assert all(low - 0.01 <= told[band].mean() <= high + 0.01 for band, (low, high) in zip(bands, intervals, strict=True))


def test_spreads_fall_with_the_number_of_customers_and_are_those_of_the_draws() -> None:
    few, many = (simulated(count, 3)[0] for count in (150, 6_000))
    fits = [registry.load("models.purchases", "mbg_nbd")().fit(one, unit_days=7.0, prior="weak") for one in (few, many)]
    (wide, _), (narrow, _) = (staying.spreads(fit, one, 200.0) for fit, one in zip(fits, (few, many), strict=True))
    assert narrow.mean() < 0.4 * wide.mean()
    assert len(narrow) == 6_000


def test_bands_tell_what_was_predicted_and_what_came(engine: Engine) -> None:
    """200 customers in tenths: told 0.05, 0.15 ... and bought 1, 3 ... of 20, as told."""
    chances = [0.05 + 0.1 * (place // 20) + 1e-6 * place for place in range(200)]
    bought = [place % 20 < 1 + 2 * (place // 20) for place in range(200)]
    _, built = build(engine, chances, bought)
    tried = built.facts["tried"]
    assert (tried["days"], tried["customers"], tried["bought"], tried["predicted"]) == (300, 200, 100, pytest.approx(0.5, abs=1e-3))
    assert [band["customers"] for band in tried["bands"]] == [20] * 10
    assert [band["bought"] for band in tried["bands"]] == list(range(1, 21, 2))
    assert all(band["holds"] for band in tried["bands"])
    assert tried["off"] == 0.0
    assert built.notices == ()


def test_customers_with_the_same_chance_stand_in_one_band(engine: Engine) -> None:
    """Whoever of them is called what: 100 of 200 were told 0.3, the others 0.9."""
    chances = [0.3] * 100 + [0.9] * 100
    _, built = build(engine, chances, [place % 10 < (3 if place < 100 else 9) for place in range(200)])
    found = [(band["customers"], band["bought"], band["holds"]) for band in built.facts["tried"]["bands"]]
    assert found == [(100, 30, True), (100, 90, True)]


def test_bounds_hold_parameters_and_what_chances_were_off_beyond_chance(engine: Engine) -> None:
    """Told 0.9, 120 of 200 bought: 0.3 off where chance does 0.02."""
    found, built = build(engine, [0.9] * 200, [place % 5 < 3 for place in range(200)])
    off = beyond_chance([200], [0.9], [120])
    assert off == pytest.approx((0.3**2 - 0.9 * 0.1 / 200) ** 0.5)
    assert built.facts["tried"]["off"] == pytest.approx(off, abs=1e-4)
    width = 1.6448536 * (0.02**2 + off**2) ** 0.5
    assert found["c000"]["buys_again_lower"] == pytest.approx(0.9 - width, abs=1e-3)
    assert found["c000"]["buys_again_upper"] == 1.0
    assert [notice.key for notice in built.notices] == ["retention_off"]


def test_a_running_contract_counts_where_it_lasts_more_surely(engine: Engine) -> None:
    found, built = build(engine, [0.5, 0.95], [True, True], contracts={"c000": 0.8, "c001": 0.8})
    assert (found["c000"]["stays"], found["c000"]["stays_from"]) == (0.8, "contract")
    assert (found["c001"]["stays"], found["c001"]["stays_from"]) == (0.95, "purchases")
    assert found["c000"]["buys_again"] == 0.5
    assert built.facts["by_contract"] == 1


def test_too_few_customers_or_no_earlier_day_are_tried_on_nothing(engine: Engine) -> None:
    _, few = build(engine, [0.5] * 19, [True] * 19)
    assert few.facts["tried"] is None
    found, none = build(engine, [0.5] * 40, [True] * 40, given=frozenset({"rhythm.now"}))
    assert none.facts["tried"] is None
    assert found["c000"]["buys_again_lower"] == pytest.approx(0.5 - 1.6448536 * 0.02, abs=1e-4)

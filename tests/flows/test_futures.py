"""Distributions of future value as tables, and the chance to be among the top tenth, against customers whose future is drawn."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import exports
import numpy as np
import pytest

from kundenwert import registry
from kundenwert.engines import open_engine
from kundenwert.flows import intervals
from kundenwert.flows.futures import _money, _years, load_futures
from kundenwert.flows.load import load
from kundenwert.flows.progress import Progress
from kundenwert.flows.project import settings_with
from kundenwert.flows.reading import Input
from kundenwert.flows.valuation import value
from kundenwert.flows.value_table import write_customers
from kundenwert.models._fitted import Fitted
from kundenwert.models._statement import Outcome
from kundenwert.models.spending import AmountLaw, spend_cdf
from kundenwert.records import Histories, Horizons
from kundenwert.sources import Wanted
from kundenwert.value.components.top_chance import LEVELS, top_chances

CUSTOMERS = 8_000
WORDS = {"r": 0.6, "alpha": 30.0, "s": 0.7, "beta": 300.0}
P, Q, V = 3.0, 4.0, 60.0
# Without interest the sum of what is paid is what counts.
HORIZONS = Horizons(365.0, 1095.0, 0.0)


@dataclass(frozen=True)
class Drawn:
    """Customers of a shop. clv: expected, of each; later: what each then paid."""

    outlook: intervals.Outlook
    clv: np.ndarray
    later: np.ndarray


@pytest.fixture(scope="module")
def drawn() -> Drawn:
    """They buy at a steady rate and leave at some time, as Pareto/NBD says; each amount is drawn for itself."""
    rng = np.random.default_rng(7)
    T = np.floor(rng.uniform(100, 730, CUSTOMERS))
    rate = rng.gamma(WORDS["r"], 1 / WORDS["alpha"], CUSTOMERS)
    until = rng.exponential(1 / rng.gamma(WORDS["s"], 1 / WORDS["beta"], CUSTOMERS))
    price = 1 / rng.gamma(Q, 1 / V, CUSTOMERS)
    seen = np.minimum(T, until)
    x = rng.poisson(rate * seen)
    recency = np.where(x > 0, seen * rng.random(CUSTOMERS) ** (1 / np.maximum(x, 1)), 0.0)
    coming = rng.poisson(rate * np.clip(until - T, 0, HORIZONS.value_horizon_days))
    spend, later = (np.where(count > 0, rng.gamma(np.maximum(P * count, 1e-9), price), 0.0) for count in (x, coming))
    model = registry.load("models.purchases", "pareto_nbd")()
    p = {one.name: WORDS[one.name] for one in model.parameters}
    fit = Fitted(model, 1.0, p, dict.fromkeys(p), 0.0, Outcome.CONVERGED, "", CUSTOMERS, CUSTOMERS)
    histories = Histories(x.astype(np.int64), recency, T, np.ones(CUSTOMERS, dtype=np.int64))
    forecast = fit.forecast_histories(histories, HORIZONS)
    outlook = intervals.look_ahead(fit, histories, histories.frequency, forecast, HORIZONS, AmountLaw(P, Q, Q - 1), None)
    amount = P * (V + spend) / (P * x + Q - 1)
    return Drawn(outlook, forecast.discounted_purchases * amount, later)


def futures(outlook: intervals.Outlook) -> tuple[np.ndarray, np.ndarray]:
    """Quantiles, and the chance of nothing."""
    known = _money(outlook)
    assert list(known) == ["nothing", *(f"q{place}" for place in range(len(LEVELS)))]
    return np.stack(list(known.values())[1:]).T.astype(float), known["nothing"]


def test_those_with_a_chance_come_to_the_top_as_often_as_it_says(drawn: Drawn) -> None:
    chances, threshold = top_chances(drawn.clv, *futures(drawn.outlook), np.arange(CUSTOMERS))
    is_top = drawn.later >= np.sort(drawn.later)[-CUSTOMERS // 10]
    assert is_top.mean() == pytest.approx(0.1, abs=0.001)
    assert np.sort(drawn.later)[-CUSTOMERS // 10] == pytest.approx(threshold, rel=0.06)
    edges = [0.0, 0.02, 0.1, 0.25, 0.5, 0.75, 1.01]
    for low, high in itertools.pairwise(edges):
        some = (chances >= low) & (chances < high)
        error = 3 * np.sqrt((chances[some] * (1 - chances[some])).sum()) / some.sum()
        assert some.sum() > 50
        assert is_top[some].mean() == pytest.approx(chances[some].mean(), abs=error + 0.01)


def test_the_chance_is_that_of_the_whole_distribution(drawn: Drawn) -> None:
    chances, threshold = top_chances(drawn.clv, *futures(drawn.outlook), np.arange(CUSTOMERS))
    look, some = drawn.outlook, drawn.clv > 1e-9
    assert look.law is not None
    mean = look.later.mean()
    wanted = np.where(some, threshold / np.where(some, drawn.clv, 1.0) * mean, 1e6)
    exact = np.where(some, 1 - spend_cdf(look.later, look.frequency, look.law, wanted), 0.0)
    assert np.abs(chances - exact).max() < 0.03
    assert np.abs(chances - exact).mean() < 0.003


def test_chances_add_up_to_the_share_and_do_not_change_with_the_currency(drawn: Drawn) -> None:
    known = futures(drawn.outlook)
    for share in (0.02, 0.1, 0.3):
        chances, threshold = top_chances(drawn.clv, *known, np.arange(CUSTOMERS), share)
        assert chances.sum() == pytest.approx(share * CUSTOMERS, rel=1e-6)
        scaled, higher = top_chances(1.17 * drawn.clv, *known, np.arange(CUSTOMERS), share)
        assert higher == pytest.approx(1.17 * threshold, rel=1e-6)
        assert np.abs(scaled - chances).max() < 1e-5
        assert (chances <= 1).all()
        assert (chances >= 0).all()


def test_of_two_customers_with_one_history_the_one_who_spends_more_has_the_higher_chance(drawn: Drawn) -> None:
    known = futures(drawn.outlook)
    row = int(np.argmax(drawn.clv))
    chances, _ = top_chances(np.array([100.0, 110.0, 90.0, 0.0, -50.0]), *known, np.full(5, row), 0.2)
    assert chances[1] > chances[0] > chances[2] > 0
    assert chances[3] == chances[4] == 0


def test_nobody_can_be_at_the_top_of_nothing() -> None:
    chances, threshold = top_chances(np.zeros(4), np.zeros((1, len(LEVELS))), np.ones(1), np.zeros(4, dtype=np.intp))
    assert chances.tolist() == [0.0] * 4
    assert threshold == 0.0


def test_years_left_are_the_purchases_of_the_value_horizon_at_next_years_pace(drawn: Drawn) -> None:
    years = _years(drawn.outlook)
    assert years is not None
    known = years[~np.isnan(years)]
    assert ((known > 0.5) & (known <= 3.0)).all()
    look = drawn.outlook
    later, near = look.later.mean(), look.near.mean()
    assert years[near > 0] == pytest.approx(later[near > 0] / near[near > 0], rel=0.002)


# ---------- a valued base ----------


@pytest.fixture
def valued(tmp_path: Path) -> Iterator[Any]:
    source = exports.write(tmp_path / "sales.csv", exports.shop())
    with open_engine(threads=1) as engine:
        settings = settings_with({"threads": "1", "as_of": date(2024, 9, 30)})
        loaded = load(engine, [Input(source, Wanted())], settings, scratch=tmp_path, progress=Progress(), thorough=False)

        def make(model: str, **flags: Any) -> tuple[Any, Any]:
            chosen = settings_with({"threads": "1", "as_of": date(2024, 9, 30), "model": model, **flags})
            return engine, value(engine, loaded, chosen, clock=date(2025, 6, 1), progress=Progress())

        yield make


@pytest.mark.parametrize("model", ["mbg_nbd", "recent_rate"])
def test_each_customer_that_models_see_has_one_future(valued: Any, model: str, tmp_path: Path) -> None:
    engine, base = valued(model)
    given = load_futures(engine, base)
    assert given == ({"future.money", "future.years"} if model == "mbg_nbd" else {"future.money"})
    write_customers(engine, base, tmp_path / "customers.parquet")
    engine.open_parquet("valued_customers", [tmp_path / "customers.parquet"], numbered=False)
    engine.remember("collective", [])
    engine.view("judged", "value/components/judged.sql")
    engine.table("top_chance_customers", "value/components/top_chance_customers.sql")
    known = engine.arrays("value/components/top_chance_values.sql")
    assert len(known["clv"]) == base.summary.modelled
    assert not np.ma.is_masked(known["future"])
    assert known["place"].tolist() == list(range(base.summary.modelled))


def test_the_component_tells_a_chance_of_everybody_and_its_facts(valued: Any, tmp_path: Path) -> None:
    from kundenwert.value.components._component import Basis

    engine, base = valued("mbg_nbd")
    load_futures(engine, base)
    write_customers(engine, base, tmp_path / "customers.parquet")
    engine.open_parquet("valued_customers", [tmp_path / "customers.parquet"], numbered=False)
    engine.remember("collective", [])
    engine.view("judged", "value/components/judged.sql")
    basis = Basis(base.as_of, 365.0, 1826.0, 0.1, "revenue", "GBP", frozenset({"future.money"}), options={"share": 0.1})
    built = registry.load("value.components", "top_chance").build(engine, basis)
    engine.rename("component_top_chance", "exported")
    chances = engine.arrays("value/exported.sql")["top_tenth_chance"]
    facts = built.facts
    assert facts["customers"] == len(chances) == base.summary.modelled
    assert chances.sum() == pytest.approx(0.1 * len(chances), abs=1e-3)
    assert facts["top"] == round(0.1 * len(chances))
    assert 0 < facts["top_expected"] <= facts["top"]
    assert facts["certain"] == (chances >= 0.9).sum()

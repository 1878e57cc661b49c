"""kw.allocate: limited means over customers from arrays or a data frame."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import kundenwert as kw
from kundenwert.errors import CallError, DataError
from kundenwert.records.plans import Action, Effect, Limit

VALUES = {"customer_id": ["K1", "K2", "Käfer"], "at_stake": [1000.0, 600.0, 400.0], "response_rate": [0.25, 0.5, 0.3]}
VISIT = {"costs": {"money": 60, "visits": 1}, "changes": "spend", "effect": 1, "most": 10, "curve": "exponential"}


@pytest.mark.parametrize(
    "given", [pd.DataFrame(VALUES), pl.DataFrame(VALUES), pa.table(VALUES), VALUES], ids=["pandas", "polars", "arrow", "arrays"]
)
def test_each_kind_of_table_gives_the_published_plan_and_its_own_kind_back(given) -> None:
    found = kw.allocate(given, {"visit": VISIT}, {"visits": 10})
    assert found.gain == 760.09
    assert found.counts(["K1", "K2", "Käfer", "K9"], "visit") == [5, 3, 2, 0]
    assert type(found.table()) is (pa.Table if isinstance(given, dict) else type(given))
    assert len(found.table()) == 3


def test_an_array_of_what_is_at_stake_is_enough() -> None:
    mail = {"mail": {"costs": {"money": 1.0}, "changes": "orders", "effect": 0.01}}
    found = kw.allocate(np.array([500.0, 50.0, 200.0]), mail)
    assert found.counts([0, 1, 2], "mail") == [1, 0, 1]
    assert found.gain == 5.0


def test_decimals_days_and_categories_of_a_frame_are_read() -> None:
    frame = pd.DataFrame(
        {
            "at_stake": pd.array([1000, 600, 400], dtype="Int64"),
            "last_purchase": pd.to_datetime(["2025-01-01", "2025-12-30", "2025-12-30"]),
            "usual_gap": [30.0, 30.0, 30.0],
            "segment": pd.Categorical(["a", "b", "b"]),
        }
    )
    action = {
        **VISIT,
        "curve": "each",
        "most": 1,
        "effect": {"low": 0, "likely": 0.1, "high": 0.2},
        "groups": {"a": {"low": 0.2, "likely": 0.3, "high": 0.4}},
    }
    found = kw.allocate(frame, {"visit": action}, {"visits": 1}, as_of=date(2026, 1, 1))
    assert found.gain == 240.0
    assert found.sentences() == ["Silent for 365 days, usually 30: 1,000 at stake, 30.0% of it changes."]
    table = pa.table({"at_stake": pa.array(["1000.00"]).cast(pa.decimal128(18, 2))})
    assert kw.allocate(table, {"visit": VISIT}, {"visits": 1}).gain > 0


def test_what_is_set_for_customers_may_be_one_value_an_array_or_a_column() -> None:
    values = {**VALUES, "newsletter": [True, False, True], "now": [3, 3, 4]}
    found = kw.allocate(
        values,
        {"visit": VISIT},
        {"visits": 10},
        allowed={"visit": "newsletter"},
        today={"visit": "now"},
        at_least={"visit": [0, 0, 4]},
        at_most={"visit": 5},
    )
    assert found.counts(VALUES["customer_id"], "visit") == [5, 0, 4]
    # Cut to the limits: nobody who must not be visited is, and the least is done today too.
    assert {one.name: one.gain for one in found.plan.compared}["today"] < found.gain


def test_limits_of_persons_and_records_as_arguments() -> None:
    values = {**VALUES, "person": ["North", "South", "South"]}
    found = kw.allocate(values, {"visit": VISIT}, {"visits": {"North": 2, "South": 3}})
    assert found.counts(VALUES["customer_id"], "visit") == [2, 2, 1]
    assert set(found.used) == {"visits of North", "visits of South"}
    action = Action("mail", "spend", Effect(0, 0.1, 0.2, "experiment"), {"money": 1.0})
    assert kw.allocate(VALUES, [action], [Limit("money", 2.0)]).gain == pytest.approx(158.0)


def test_the_summary_says_what_one_more_would_bring_and_what_else_could_be_done() -> None:
    told = kw.allocate(VALUES, {"visit": VISIT}, {"visits": 10}).summary()
    for text in (
        "gain 760.09 for a cost of 600.00",
        "the last brought 16.80, one more would bring 3.37",
        "even: 704.92",
        "biggest: 317.92",
    ):
        assert text in told
    sure = kw.allocate(VALUES, {"visit": {**VISIT, "effect": {"low": 0.5, "likely": 0.9, "high": 1}}}, {"visits": 10}, today={"visit": 1})
    assert "with 90 % between" in sure.summary()
    assert "better than today with a chance of" in sure.summary()
    assert "gain" in repr(sure)


def test_draws_of_what_is_at_stake_give_an_interval() -> None:
    draws = np.array(VALUES["at_stake"]) * np.random.default_rng(1).uniform(0.8, 1.2, (200, 1))
    found = kw.allocate(VALUES, {"visit": VISIT}, {"visits": 10}, draws=draws)
    assert found.plan.lower < found.gain < found.plan.upper


def test_everything_wrong_with_a_call_is_told_at_once() -> None:
    with pytest.raises(DataError) as failed:
        kw.allocate(
            VALUES,
            {"visit": VISIT, "call": {"changes": "luck", "costs": {"money": -1}}},
            {"visits": -1, "money": "much"},
            today={"walk": 1},
            allowed={"visit": "column of nobody"},
            at_least={"visit": [0.5, 0, 0]},
            draws=np.ones((3, 2)),
        )
    told = str(failed.value)
    for text in (
        "'luck'",
        "money = -1",
        "visits is -1",
        "'much'",
        "'walk'",
        "column of nobody",
        "parts or gaps",
        "draws has the shape (3, 2)",
    ):
        assert text in told
    assert "kundenwert.toml" not in told


def test_columns_that_cannot_be_used_are_named() -> None:
    with pytest.raises(DataError, match="differ in length: customer_id 3, at_stake 2"):
        kw.allocate({"customer_id": [1, 2, 3], "at_stake": [1.0, 2.0]}, {"visit": VISIT})
    with pytest.raises(DataError, match=r"at_stake is not known in some rows[\s\S]*response_rate is no number"):
        kw.allocate({"at_stake": [1.0, np.nan], "response_rate": ["a", "b"]}, {"visit": VISIT})
    with pytest.raises(DataError, match="The column expected_revenue is missing"):
        kw.allocate({"clv": [1.0, 2.0]}, {"visit": VISIT})
    with pytest.raises(DataError, match="more than once"):
        kw.allocate({"customer_id": [1, 1], "at_stake": [1.0, 2.0]}, {"visit": VISIT})
    with pytest.raises(CallError, match=r"records\.plans\.Action"):
        kw.allocate(VALUES, ["visit"])
    with pytest.raises(CallError, match=r"records\.plans\.Limit"):
        kw.allocate(VALUES, {"visit": VISIT}, ["visits"])


def test_minimums_above_a_limit_are_told_with_both_figures() -> None:
    with pytest.raises(DataError, match=r"take 6\.00 visits; the limit is 5\.00"):
        kw.allocate(VALUES, {"visit": VISIT}, {"visits": 5}, at_least={"visit": 2})

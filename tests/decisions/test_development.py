"""Development: the best offer of each customer, by what an action adds to the chance; and valuable customers nobody contacts."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from kundenwert.decisions import coverage
from kundenwert.decisions._one_each_plan import DAY
from kundenwert.decisions.development import PLUGIN, cross_selling_value
from kundenwert.errors import DataError
from kundenwert.records.notices import filled
from kundenwert.records.plans import Action, Case, Effect

OPTIONS = {option.name: option.default for option in PLUGIN.options}
CALL = Action("call", "chance", Effect(0.05, 0.10, 0.15, "assumption", by="sales"), {"money": 2.0}, channel="phone")


def case(count: int = 2, suggested: list[tuple[str, str, float, float, str]] | None = None, **more: Any) -> Case:
    """Customers a, b ...; suggested: customer, group, chance, expected contribution, group that it is told by."""
    columns = {"p_alive": np.full(count, 0.9), "level": np.full(count, "customer"), **more.pop("columns", {})}
    tables = dict(more.pop("tables", {}))
    if suggested is not None:
        names = ("customer_id", "product_group", "chance", "expected_db", "because")
        found = {name: np.array([row[n] for row in suggested]) for n, name in enumerate(names)}
        tables["offers"] = {**found, "times": np.full(len(suggested), 2.0)}
    ids = np.array([chr(97 + n) for n in range(count)])
    return Case(ids=ids, columns=columns, as_of=DAY, options=OPTIONS, tables=tables, **{"actions": (CALL,), **more})


def test_the_arithmetic_of_value_models_3_14() -> None:
    assert cross_selling_value(90 / 400, 60.0, 2.0) == pytest.approx(11.5)


def test_a_gain_is_what_the_action_adds_and_never_the_chance_that_is_there_anyway() -> None:
    found = PLUGIN.decide(case(1, [("a", "paint", 0.225, 13.5, "tools")]))
    assert (found.lines["worth"][0], found.lines["expected"][0]) == (60.0, 13.5)
    # Ten points of 60, less the call of 2.
    assert found.lines["gain"][0] == 4.0
    assert found.lines["break_even"][0] == pytest.approx(2 / 60)
    assert filled(found.reasons[found.lines["reason"][0]], {name: values[0] for name, values in found.lines.items()}) == (
        "Buys tools, not yet paint: others with tools took it up 2.0 times as often. Worth 60."
    )


def test_each_customer_gets_the_offer_that_brings_most() -> None:
    suggested = [
        ("b", "paint", 0.5, 30.0, ""),
        ("a", "paint", 0.5, 20.0, ""),
        ("a", "timber", 0.1, 30.0, "tools"),
        ("zz", "paint", 0.9, 900.0, ""),
    ]
    found = PLUGIN.decide(case(2, suggested))
    told = dict(zip(found.lines["customer_id"].tolist(), found.lines["what"].tolist(), strict=True))
    assert told == {"a": "timber", "b": "paint"}
    with_gap = PLUGIN.decide(
        case(2, suggested, columns={"gap_within_reach": np.array([1000.0, np.nan]), "gap_revenue": np.array([5000.0, np.nan])})
    )
    assert with_gap.lines["reason"].tolist() == ["gap", "suggestion_alike"]


def test_a_chance_cannot_rise_beyond_certainty() -> None:
    found = PLUGIN.decide(case(1, [("a", "paint", 0.95, 950.0, "")]))
    assert found.lines["rise"][0] == pytest.approx(0.05)
    assert found.lines["gain"][0] == 48.0


def test_open_offers_count_with_the_contribution_in_them_where_enough_were_decided() -> None:
    decided = {"decided": {"decided": np.array([190.0]), "won": np.array([75.0])}}
    columns = {"open_offers": np.array([5000.0, 0.0]), "open_offer_days": np.array([30.0, np.nan])}
    found = PLUGIN.decide(case(2, columns=columns, tables=decided, margin=0.2))
    assert (found.lines["reason"].tolist(), found.lines["worth"][0], found.lines["chance"][0]) == (["open_offer"], 1000.0, 0.4)
    few = {"decided": {"decided": np.array([19.0]), "won": np.array([9.0])}}
    assert len(PLUGIN.decide(case(2, columns=columns, tables=few, margin=0.2)).lines["gain"]) == 0


def test_no_offer_where_an_objection_is_set_or_the_customer_is_lost() -> None:
    suggested = [("a", "paint", 0.5, 50.0, ""), ("b", "paint", 0.5, 50.0, ""), ("c", "paint", 0.5, 50.0, "")]
    found = PLUGIN.decide(
        case(3, suggested, allowed={"call": np.array([False, True, True])}, columns={"p_alive": np.array([0.9, 0.9, 0.1])})
    )
    assert found.lines["customer_id"].tolist() == ["b"]
    with pytest.raises(DataError, match="has objected"):
        PLUGIN.decide(case(3, suggested, allowed={"call": np.array([False, True, True])}, fixed={"a": {"call": 1}}))


def test_without_a_known_effect_the_list_ranks_by_the_rise_that_would_pay() -> None:
    unknown = replace(CALL, effect=Effect(0, 0, 0, "none"))
    found = PLUGIN.decide(case(2, [("a", "paint", 0.5, 30.0, ""), ("b", "paint", 0.5, 50.0, "")], actions=(unknown,)))
    assert found.lines["customer_id"].tolist() == ["b", "a"]
    assert found.lines["break_even"] == pytest.approx([0.02, 1 / 30])
    assert found.cost == 0.0


def test_an_action_that_changes_something_else_is_left_aside_and_told() -> None:
    found = PLUGIN.decide(case(1, [("a", "paint", 0.5, 30.0, "")], actions=(CALL, replace(CALL, name="gift", changes="retention"))))
    assert set(found.lines["action"].tolist()) == {"call"}
    assert {notice.key for notice in found.notices} == {"actions_unsuited"}


def test_every_customer_of_class_a_without_contact_or_measure_is_listed() -> None:
    columns = {
        "class": np.array(["A", "A", "A", "A", "B"]),
        "value": np.array([1.0, 2.0, 3.0, 4.0, 9.0]),
        "contact_days": np.array([10.0, 400.0, np.nan, np.nan, np.nan]),
        "measure_days": np.array([np.nan, 500.0, np.nan, 30.0, np.nan]),
    }
    options = {option.name: option.default for option in coverage.PLUGIN.options}
    found = coverage.PLUGIN.decide(Case(ids=np.array(list("abcde")), columns=columns, as_of=DAY, options=options))
    assert found.lines["customer_id"].tolist() == ["c", "b"]
    assert found.lines["days"].tolist()[1] == 400.0
    assert found.facts["classes"]["A"] == {"customers": 4, "without": 2}


def test_where_no_contact_is_known_at_all_nobody_is_accused_of_neglect() -> None:
    options = {option.name: option.default for option in coverage.PLUGIN.options}
    with pytest.raises(DataError, match="everybody would be on the list"):
        coverage.PLUGIN.decide(Case(ids=np.array(["a"]), columns={"class": np.array(["A"])}, as_of=DAY, options=options))

"""Win-back: second lifetime value, the gate that the need is there, and what a regained customer costs beside a new one."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from kundenwert.decisions._one_each_plan import DAY
from kundenwert.decisions._win_back_reasons import catalogue, read_reasons, shipped
from kundenwert.decisions.win_back import NO_NEED, PLUGIN, chance_to_pay, expected_profit, second_lifetime_value
from kundenwert.errors import DataError
from kundenwert.records.plans import Action, Case, Effect, Limit

OPTIONS = {option.name: option.default for option in PLUGIN.options} | {"retention": 0.7, "offer_cost": 60.0, "shrink_days": 0.0}
CALL = Action("call", "chance", Effect(0.15, 0.25, 0.35, "assumption", by="sales"), {"money": 12.0}, channel="phone")


def case(count: int = 1, *, yearly: float = 180.0, **more: Any) -> Case:
    """So many lost customers alike, who brought 180 in their last year; interest 10 %, no end of the horizon."""
    columns = {
        "p_alive": np.full(count, 0.05),
        "level": np.full(count, "customer"),
        "past": np.full(count, 900.0),
        "last_year": np.full(count, yearly),
        "last_year_days": np.full(count, 6.0),
        "silent_days": np.full(count, 300.0),
        **more.pop("columns", {}),
    }
    ids = np.array([f"{n:04d}" for n in range(count)])
    options = {**OPTIONS, **more.pop("options", {})}
    return Case(ids=ids, columns=columns, as_of=DAY, value_horizon_days=np.inf, options=options, **{"actions": (CALL,), **more})


def test_the_worked_example_of_stauss_and_friege_to_the_cent() -> None:
    found = PLUGIN.decide(case(400))
    assert found.lines["second_value"][0] == 495.0
    assert found.lines["gain"][0] == 96.75
    assert found.lines["break_even"][0] == pytest.approx(0.027586, abs=5e-7)
    assert found.gain == 38_700.0
    assert len(found.lines["gain"]) == 400


def test_the_formulas_stand_alone() -> None:
    assert second_lifetime_value([180.0, 0.0], 0.7, 0.1) == pytest.approx([495.0, 0.0])
    assert second_lifetime_value(100.0, 0.0, 0.1) == 100.0
    assert second_lifetime_value(100.0, 1.0, 0.0, years=3.0) == 300.0
    assert second_lifetime_value(100.0, 0.5, 0.0, years=3.0) == pytest.approx(175.0)
    assert expected_profit(0.25, 495.0, offer_cost=60.0, contact_cost=12.0) == pytest.approx(96.75)
    assert np.isnan(chance_to_pay(50.0, offer_cost=60.0, contact_cost=12.0))


@pytest.mark.parametrize("reason", ["no_need", "closed", "moved_away"])
def test_who_needs_nothing_any_more_is_never_listed_however_valuable(reason: str) -> None:
    noted = np.array([reason, ""])
    found = PLUGIN.decide(case(2, columns={"last_year": np.array([1e7, 10.0]), "noted_reason": noted}, options={"offer_cost": 0.0}))
    assert "0000" not in found.lines["customer_id"].tolist()
    assert found.left_out[NO_NEED] == 1
    later = case(2, columns={"last_year": np.array([1e7, 10.0]), "noted_reason": np.array(["price", ""]), "needless_reason": noted})
    assert "0000" not in PLUGIN.decide(later).lines["customer_id"].tolist()


def test_lost_is_below_a_fifth_or_a_contract_that_ended_and_the_stage_goes_first() -> None:
    columns = {
        "p_alive": np.array([0.19, 0.21, 0.9, 0.1]),
        "contract_ended_days": np.array([np.nan, np.nan, 50.0, np.nan]),
        "silent_days": np.array([300.0, 300.0, 60.0, 300.0]),
    }
    assert PLUGIN.decide(case(4, columns=columns)).lines["customer_id"].tolist() == ["0000", "0002", "0003"]
    columns["stage"] = np.array(["win_back", "win_back", "retention", "development"])
    assert PLUGIN.decide(case(4, columns=columns)).lines["customer_id"].tolist() == ["0000", "0001"]


def test_the_last_year_is_drawn_to_the_mean_of_all_lost_customers() -> None:
    columns = {"last_year": np.array([900.0, 100.0]), "last_year_days": np.array([2.0, 18.0])}
    found = PLUGIN.decide(case(2, columns=columns, options={"shrink_days": 2.0}))
    yearly = dict(zip(found.lines["customer_id"].tolist(), found.lines["yearly"].tolist(), strict=True))
    assert yearly == {"0000": 700.0, "0001": 140.0}


def test_a_chance_by_reason_counts_before_that_of_the_action_and_a_measured_one_before_both() -> None:
    reasons = read_reasons({"price": {"chance": [0.4, 0.5, 0.6]}})
    both = case(3, columns={"noted_reason": np.array(["price", "service", ""])}, options={"reasons": reasons})
    assert sorted(PLUGIN.decide(both).lines["chance"].tolist()) == [0.25, 0.25, 0.5]
    measured = replace(CALL, groups={"price": Effect(0.05, 0.1, 0.15, "experiment")})
    assert sorted(PLUGIN.decide(replace(both, actions=(measured,))).lines["chance"].tolist()) == [0.1, 0.25, 0.25]


def test_an_attempt_that_cannot_pay_is_not_made() -> None:
    assert len(PLUGIN.decide(case(yearly=20.0)).lines["gain"]) == 0
    assert len(PLUGIN.decide(case(yearly=44.0)).lines["gain"]) == 1


def test_no_letter_goes_to_an_address_from_which_letters_came_back() -> None:
    letter = replace(CALL, name="letter", channel="letter")
    found = PLUGIN.decide(case(2, columns={"address_is_old": np.array([1.0, 0.0])}, actions=(letter,)))
    assert found.lines["customer_id"].tolist() == ["0001"]


def test_who_objects_gets_nothing_and_offers_keep_to_the_budget() -> None:
    found = PLUGIN.decide(case(5, allowed={"call": np.array([True, False, True, True, True])}, limits=(Limit("money", 60.0),)))
    # An attempt costs 12, and the offer of 60 in a quarter of all cases: 27.
    assert len(found.lines["customer_id"]) == 2
    assert "0001" not in found.lines["customer_id"].tolist()
    assert found.cost == 54.0


def test_a_regained_customer_stands_beside_a_new_one_over_the_same_years() -> None:
    acquisition = {name: np.array([amount]) for name, amount in {"mean_cost": 250.0, "mean_value": 480.0, "customers": 40.0}.items()}
    found = PLUGIN.decide(case(400, tables={"acquisition": acquisition}))
    told = found.facts["against_acquisition"]
    assert {notice.key for notice in found.notices} == {"win_back_compared"}
    # 100 come back; each takes four contacts of 12 and one offer of 60.
    assert (told["regained"], told["cost_per_regained"], told["cost_per_acquired"]) == (100.0, 108.0, 250.0)
    assert (told["value_per_regained"], told["value_per_acquired"], told["years"]) == (495.0, 480.0, None)


def test_without_any_known_chance_customers_are_ranked_by_the_chance_that_would_pay() -> None:
    unknown = replace(CALL, effect=Effect(0, 0, 0, "none"))
    found = PLUGIN.decide(case(2, columns={"last_year": np.array([100.0, 180.0])}, actions=(unknown,)))
    assert found.lines["customer_id"].tolist() == ["0001", "0000"]
    assert found.lines["break_even"][0] == pytest.approx(0.027586, abs=5e-7)
    assert found.cost == found.gain == 0.0


def test_each_noted_reason_has_its_sentence() -> None:
    names = [*shipped(), "", "hygiene"]
    given = read_reasons({"hygiene": {"needed": True, "words": ["hygiene"], "label": "hygiene"}})
    found = PLUGIN.decide(case(len(names), columns={"noted_reason": np.array(names)}, options={"reasons": given}))
    told = dict(zip(found.lines["customer_id"].tolist(), found.lines["reason"].tolist(), strict=True))
    assert told[f"{len(names) - 1:04d}"] == "noted"
    assert told[f"{len(names) - 2:04d}"] == "unknown"
    assert set(found.lines["noted"].tolist()) == {one.label for one in catalogue(given).values() if one.needed} | {""}


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"price": 3}, "sections such as"),
        ({"price": {"need": True}}, "nothing but needed"),
        ({"price": {"needed": "yes"}}, "true or false"),
        ({"hygiene": {"words": ["h"]}}, "whether the customer will need"),
        ({"price": {"words": "price"}}, "a list of texts"),
        ({"price": {"chance": [0.5, 0.2, 0.6]}}, "rising shares"),
    ],
)
def test_a_catalogue_that_means_nothing_is_refused(given: Any, expected: str) -> None:
    with pytest.raises(ValueError, match=expected):
        read_reasons(given)


def test_without_a_share_who_stay_the_plan_asks_for_it() -> None:
    with pytest.raises(DataError, match="how many customers stay"):
        PLUGIN.decide(case(options={"retention": 0.0}))
    found = PLUGIN.decide(case(options={"retention": 0.0}, columns={"retention_year": np.array([0.7])}))
    assert found.lines["second_value"][0] == 495.0

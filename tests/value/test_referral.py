"""What recommendations brought: attributed to the recommender, owned by who came."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import company_records as company
import numpy as np
import pytest

from kundenwert import registry
from kundenwert.engines import open_engine
from kundenwert.engines._engine import Engine
from kundenwert.errors import SettingsError
from kundenwert.settings import read_options
from kundenwert.value import components as room
from kundenwert.value.components._component import Basis, Built
from kundenwert.value.components.referral import referral_value

PLUGIN = registry.load(room.ROOM, "referral")


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with open_engine(threads=1) as engine:
        yield engine


def build(
    engine: Engine,
    customers: Mapping[str, Mapping[str, Any]],
    referrals: Sequence[Mapping[str, Any]],
    records: Sequence[Mapping[str, Any]] = (),
    **options: Any,
) -> tuple[dict[str, dict[str, Any]], Built]:
    company.load(engine, customers, referrals=referrals, customers=records)
    chosen = read_options(options, PLUGIN.options, "components.referral")
    basis = Basis(company.AS_OF, 365.0, 1826.0, 0.1, "contribution", "EUR", frozenset(), options=chosen)
    built: Built = PLUGIN.build(engine, basis)
    return company.rows(engine, "referral"), built


def came(customer: str, recommender: str, **more: Any) -> dict[str, Any]:
    return {"recommender_id": recommender, "customer_id": customer, "date": date(2024, 2, 20), **more}


# ---------- the formula ----------


def test_the_published_example_comes_out() -> None:
    """Value-models 3.12: two who came for it, one who would have come anyway."""
    found = referral_value([120, 120, 120], [15, 15, 15], 80, [False, False, True], rate=0.10, years=3)
    assert found[:2].sum() == pytest.approx(667.6934636, rel=1e-9)
    assert found[2] == pytest.approx(59.0909091, rel=1e-9)
    assert found.sum() == pytest.approx(726.7843727, rel=1e-9)


def test_without_the_distinction_those_who_would_have_come_would_count_too_much() -> None:
    as_new, as_anyway = referral_value(120, 15, 80, [False, True], rate=0.10, years=3)
    assert as_new > 5 * as_anyway


def test_money_times_a_factor_is_value_times_the_factor() -> None:
    one = referral_value([120.0, 60.0], 15.0, 80.0, [False, True], rate=0.07, years=4)
    assert np.allclose(referral_value([1200.0, 600.0], 150.0, 800.0, [False, True], rate=0.07, years=4), 10 * one)


def test_without_interest_a_year_counts_as_a_year() -> None:
    assert float(referral_value(120, 15, 80, would_have_come=False, rate=0.0, years=3)) == 3 * 105 + 80


# ---------- what a run reckons ----------


def test_the_value_of_who_came_is_attributed_by_the_share_that_would_not_be_there(engine: Engine) -> None:
    customers = {"r": {}, "a": {"past": "300.01", "clv": "500.00"}, "b": {"past": "-20.00", "clv": "120.00"}}
    found, built = build(engine, customers, [came("a", "r"), came("b", "r")], share_new=0.25)
    assert found["r"]["referrals"] == 2
    assert found["r"]["referral_attributed"] == Decimal("200.00") + Decimal("25.00")
    assert found["r"]["referral_basis"] == "assumed"
    assert (built.facts["past"], built.facts["clv"], built.facts["attributed"]) == ("280.01", "620.00", "225.00")
    assert [notice.key for notice in built.notices] == ["referral_assumed", "referral_unsaved"]


def test_who_is_noted_to_have_come_for_it_counts_whole_and_who_would_have_come_anyway_only_saves(engine: Engine) -> None:
    customers = {"r": {}, "a": {}, "b": {}}
    referrals = [came("a", "r", kind=" Typ 1"), came("b", "r", kind="ohnehin")]
    records = [{"customer_id": "a", "acquisition_cost": 15}, {"customer_id": "b", "acquisition_cost": 20}]
    found, built = build(engine, customers, referrals, records, saved=80)
    assert found["r"] == {
        "referrals": 2,
        "referral_attributed": Decimal("200.00"),
        "referral_saved": Decimal("125.00"),
        "referral_value": Decimal("325.00"),
        "referral_basis": "known",
    }
    assert (built.facts["new"], built.facts["anyway"], built.facts["unknown"]) == (1, 1, 0)
    assert built.notices == ()


def test_words_of_the_project_say_who_would_have_come(engine: Engine) -> None:
    found, _ = build(engine, {"r": {}, "a": {}}, [came("a", "r", kind="Praemie")], anyway_kinds=["PRAEMIE"], saved=0)
    assert (found["r"]["referral_attributed"], found["r"]["referral_basis"]) == (Decimal("0.00"), "known")


def test_what_winning_a_customer_costs_is_the_mean_of_those_who_were_not_recommended(engine: Engine) -> None:
    customers: dict[str, dict[str, Any]] = {"r": {}, "a": {}, **{f"c{n}": {} for n in range(10)}}
    records = [{"customer_id": f"c{n}", "acquisition_cost": 100 + 10 * n} for n in range(10)]
    records.append({"customer_id": "a", "acquisition_cost": 30})
    found, built = build(engine, customers, [came("a", "r")], records)
    assert (built.facts["saved_each"], built.facts["saved_source"]) == (145.0, "records")
    assert found["r"]["referral_saved"] == Decimal("115.00")


def test_where_nobody_knows_what_winning_a_customer_costs_nothing_is_invented(engine: Engine) -> None:
    found, built = build(engine, {"r": {}, "a": {}}, [came("a", "r")], [{"customer_id": "a", "acquisition_cost": 30}], share_new=1)
    assert found["r"]["referral_saved"] is None
    assert found["r"]["referral_value"] == found["r"]["referral_attributed"] == Decimal("200.00")
    assert built.facts["saved_source"] == "unknown"


def test_who_was_recommended_twice_counts_for_the_first_and_nobody_for_himself(engine: Engine) -> None:
    referrals = [came("a", "late", date=date(2024, 2, 25)), came("a", "r"), came("r", "r")]
    found, built = build(engine, {"r": {}, "late": {}, "a": {}}, referrals)
    assert set(found) == {"r"}
    assert built.facts["customers"] == 1


def test_who_had_bought_long_before_did_not_come_by_the_recommendation(engine: Engine) -> None:
    customers = {"r": {}, "old": {"first_purchase": date(2024, 1, 1)}, "new": {"first_purchase": date(2024, 2, 1)}}
    found, _ = build(engine, customers, [came("old", "r"), came("new", "r")])
    assert found["r"]["referrals"] == 1


def test_a_recommendation_of_later_and_one_without_a_purchase_do_not_count(engine: Engine) -> None:
    customers = {"r": {}, "a": {}, "b": {"first_purchase": None, "level": "none", "clv": 0}}
    found, _ = build(engine, customers, [came("a", "r", date=date(2025, 7, 1)), came("b", "r"), came("lead", "r")])
    assert found == {}


def test_who_objected_is_not_told_of_through_the_recommender_either(engine: Engine) -> None:
    customers = {"r": {}, "a": {}, "o": {"level": "objected"}}
    found, built = build(engine, customers, [came("a", "r"), came("o", "r"), came("r", "o")])
    assert found["r"]["referral_attributed"] == Decimal("100.00")
    assert "o" not in found
    assert built.facts["recommenders_not_judged"] == 1


def test_every_euro_that_is_attributed_has_one_owner(engine: Engine) -> None:
    """A chain: what is attributed to all together is what those who came are worth, each counted once."""
    customers = {name: {"past": 10 * n, "clv": 7} for n, name in enumerate("abcd")}
    found, _ = build(
        engine, customers, [came("b", "a"), came("c", "b"), came("d", "b"), came("d", "c", date=date(2024, 3, 1))], share_new=1
    )
    owned = sum(Decimal(10 * n + 7) for n in (1, 2, 3))
    assert sum(row["referral_attributed"] for row in found.values()) == owned


def test_it_is_never_part_of_the_value() -> None:
    assert PLUGIN.standing == "beside"
    assert PLUGIN.amount == ""


def test_the_sentence_says_whose_value_it_is() -> None:
    row = {"referrals": 2, "referral_attributed": Decimal("225.00"), "referral_basis": "assumed"}
    assert "225.00 is attributed, by assumption; it is theirs" in str(PLUGIN.line(row))
    assert PLUGIN.line({"referrals": None, "referral_attributed": None, "referral_basis": None}) is None


@pytest.mark.parametrize("wrong", [{"share_new": 1.5}, {"saved": -1}, {"late_days": 2.5}, {"new_kinds": 3}])
def test_wrong_settings_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(SettingsError, match=next(iter(wrong))):
        read_options(wrong, PLUGIN.options, "components.referral")

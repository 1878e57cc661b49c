"""The value of a customer from a few parameters, as users and programs ask for it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from cli_help import Call

import kundenwert as kw
from kundenwert.errors import CallError


def test_four_orders_of_60_for_three_years_at_30_percent_are_216_by_hand(call: Call) -> None:
    words = ("estimate", "--orders", "4", "--order-value", "60", "--margin-share", "0.3", "--periods", "3", "--retention")
    by_hand = json.loads(call(*words, "1", "--rate", "0", "--json").out)
    assert by_hand["value"] == by_hand["plain"] == 216
    assert by_hand["forever"] is None
    answer = call(*words, "0.8", "--rate", "0.1")
    assert answer.code == 0
    assert "216.00" in answer.out
    assert "at the end of the period" in answer.out


def test_both_timings_are_told_whichever_is_chosen() -> None:
    end, today = kw.estimate(margin=100, retention=0.8, rate=0.12), kw.estimate(margin=100, retention=0.8, rate=0.12, timing="today")
    assert (end.value, end.other_timing) == pytest.approx((250, 350))
    assert (today.value, today.other_timing) == pytest.approx((350, 250))
    grown = kw.estimate(margin=100, retention=0.8, rate=0.12, growth=0.05)
    assert grown.value == pytest.approx(285.7142857)
    three = kw.estimate(margin=100, retention=0.8, rate=0.12, periods=3)
    assert three.value == pytest.approx(158.8921283)
    assert three.beyond == pytest.approx(1 - 158.8921283 / 250)


def test_the_mobile_operator_has_its_money_back_in_month_31() -> None:
    """Value-models 3.21: 24 months without churn, then 1.8 % a month."""
    words: dict[str, Any] = {"margin": 9.5, "retention": 1 - 0.018, "rate": 0.08, "periods_a_year": 12, "term": 24}
    found = kw.estimate(**words, acquisition_cost=285)
    assert found.value == pytest.approx(537.98, abs=0.005)
    assert (found.payback, found.payback_discounted) == (31, 35)
    values = [kw.estimate(**words, periods=months).value for months in (24, 36, 48, 60)]
    assert values == pytest.approx([210.6427, 294.2490, 356.5011, 402.8530], abs=5e-5)


@pytest.mark.parametrize("timing", ["end of period", "today"])
@pytest.mark.parametrize("term", [0, 1, 7])
def test_forever_is_where_many_periods_lead(timing: str, term: int) -> None:
    words: dict[str, Any] = {"margin": 30, "retention": 0.7, "rate": 0.1, "growth": 0.04, "term": term, "timing": timing}
    assert kw.estimate(**words).value == pytest.approx(kw.estimate(**words, periods=400).value)


def test_a_margin_that_never_pays_says_never(call: Call) -> None:
    words = ("estimate", "--margin", "10", "--retention", "0.5", "--acquisition-cost", "500")
    assert "never" in call(*words).out
    german = call(*words, "--lang", "de", "--per", "month").out
    assert "nie" in german
    assert "am Ende der Periode" in german
    assert "Nichts davon ist gemessen" in german


def test_all_wrong_parameters_are_named_at_once(call: Call) -> None:
    with pytest.raises(CallError, match=r"retention = 1\.2 .*rate = -5 .*periods = 0 .*timing = 'later'"):
        kw.estimate(margin=1, retention=1.2, rate=-5, periods=0, timing="later")  # type: ignore[arg-type]
    answer = call("estimate", "--margin", "1", "--retention", "1.2")
    assert answer.code == 2
    assert "retention = 1.2 (expected: a share from 0 to 1" in answer.err


def test_a_value_forever_that_has_no_end_is_refused() -> None:
    with pytest.raises(CallError, match=r"Forever has no end here.* Give a number of periods"):
        kw.estimate(margin=1, retention=1, rate=0.1, growth=0.1)
    assert kw.estimate(margin=1, retention=1, rate=0.1, growth=0.1, periods=5).value == pytest.approx(5 / 1.1)


def test_a_margin_twice_or_not_at_all_is_a_wrong_call(call: Call) -> None:
    for words in ((), ("--orders", "4"), ("--margin", "5", "--orders", "4")):
        answer = call("estimate", "--retention", "0.5", *words)
        assert answer.code == 2
        assert "either --margin" in answer.err

"""The customer base: one row a customer, counted here once more by a slow program."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
import sales_logs as logs
from sales_logs import Line

from kundenwert.base import customer_base
from kundenwert.engines._engine import Engine
from kundenwert.errors import AmbiguousInput


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("as_of", [0, 7, 400])
def test_the_base_is_that_of_the_slow_program(engine: Engine, seed: int, as_of: int) -> None:
    lines = logs.mixed_log(seed)
    found = logs.built(engine, lines, as_of)
    assert found == logs.slow_base(lines, as_of)
    assert bool(found) == any(line.day <= as_of for line in lines)


@pytest.mark.parametrize("as_of", [10, 25])
def test_the_base_of_a_log_without_quantities_is_that_of_the_slow_program(engine: Engine, as_of: int) -> None:
    lines = logs.mixed_log(5, with_quantity=False)
    assert logs.built(engine, lines, as_of) == logs.slow_base(lines, as_of)


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("as_of", [3, 11, 19])
def test_the_base_of_a_day_is_the_same_from_the_full_log_and_from_the_log_cut_there(engine: Engine, seed: int, as_of: int) -> None:
    lines = logs.mixed_log(seed, customers=60, days=25)
    cut = [line for line in lines if line.day <= as_of]
    assert len(cut) < len(lines)
    full = logs.built(engine, lines, as_of)
    assert full == logs.built(engine, cut, as_of)


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("as_of", [500, 900])
def test_the_plain_way_gives_the_same_rows_as_the_full_way(engine: Engine, seed: int, as_of: int) -> None:
    lines = logs.plain_log(seed)
    assert logs.facts_of(lines, as_of).is_plain
    plain = logs.built(engine, lines, as_of)
    # A collective customer who does not exist asks for the full way and changes nothing.
    assert plain == logs.built(engine, lines, as_of, collective=["nobody"])
    assert plain == logs.slow_base(lines, as_of)


def test_the_plain_way_gives_the_same_rows_without_amounts(engine: Engine) -> None:
    lines = [replace(line, amount=None) for line in logs.plain_log(4)]
    plain = logs.built(engine, lines, 900)
    full = logs.built(engine, lines, 900, collective=["nobody"])
    keys = ("customer_id", "first_day", "last_day", "frequency", "recency", "t", "recent")
    assert [[row[key] for key in keys] for row in plain.values()] == [[row[key] for key in keys] for row in full.values()]
    assert {row["revenue"] for row in plain.values()} == {None}


def test_frequency_recency_and_age_are_those_of_pandas(engine: Engine) -> None:
    lines = logs.plain_log(8, customers=100)
    days = pd.DataFrame(
        {
            "id": [line.customer for line in lines],
            "day": [line.day for line in lines],
            "amount": [float(line.amount or 0) for line in lines],
        }
    )
    days = days[days.day <= 800].groupby(["id", "day"], as_index=False).amount.sum()
    first = days.groupby("id").day.transform("min")
    expected = days.groupby("id").agg(first=("day", "min"), last=("day", "max"), purchases=("day", "size"))
    spend = days[days.day > first].groupby("id").amount.agg(["size", "mean"])
    found = pd.DataFrame(logs.built(engine, lines, 800).values()).set_index("customer_id").loc[expected.index]
    assert (found.frequency == expected.purchases - 1).all()
    assert (found.recency == expected["last"] - expected["first"]).all()
    assert (found.t == 800 - expected["first"]).all()
    paid = found[found.spend_days > 0]
    assert (paid.spend_days == spend["size"]).all()
    assert np.allclose((paid.spend.astype(float) / paid.spend_days), spend["mean"])


def test_a_free_order_is_a_purchase_but_no_spend_day(engine: Engine) -> None:
    lines = [Line("K1", 1, Decimal(10)), Line("K1", 5, Decimal(0)), Line("K1", 9, Decimal(30))]
    row = logs.built(engine, lines, 20)["K1"]
    assert (row["frequency"], row["recency"], row["t"]) == (2, 8, 19)
    assert (row["spend_days"], row["spend"]) == (1, 30)


def test_postage_alone_is_no_purchase_but_its_money_is_the_customers(engine: Engine) -> None:
    post = Line("K1", 5, Decimal(7), product="POST", is_non_product=True)
    row = logs.built(engine, [Line("K1", 1, Decimal(10)), post], 20)["K1"]
    assert (row["frequency"], row["revenue"]) == (0, 17)
    assert logs.built(engine, [post], 20)["K1"]["first_day"] is None


def test_a_customer_with_nothing_but_cancellations_has_a_row_of_nulls(engine: Engine) -> None:
    row = logs.built(engine, [Line("K1", 3, Decimal(-8), Decimal(-1), line_class="cancellation")], 9)["K1"]
    assert row["revenue"] == -8
    assert [row[name] for name in ("first_day", "last_day", "frequency", "recency", "t", "spend_days")] == [None] * 6


def test_lines_of_one_day_are_one_purchase(engine: Engine) -> None:
    lines = [Line("K1", 4, Decimal(3), document="R1"), Line("K1", 4, Decimal(4), document="R2"), Line("K1", 8, Decimal(5))]
    row = logs.built(engine, lines, 8)["K1"]
    assert (row["frequency"], row["spend_days"], row["spend"], row["t"]) == (1, 1, 5, 4)


def test_recent_purchases_are_the_repeat_purchases_of_the_last_365_days(engine: Engine) -> None:
    days = [10, 635, 636, 1000]  # at day 1000 the last 365 days begin with day 636
    lines = [Line("K1", day, Decimal(5)) for day in days] + [Line("K2", 700, Decimal(5)), Line("K2", 701, Decimal(5))]
    for collective in ([], ["nobody"]):
        found = logs.built(engine, lines, 1000, collective)
        assert (found["K1"]["recent"], found["K2"]["recent"]) == (2, 1)


def test_no_customer_is_known_before_the_first_day(engine: Engine) -> None:
    assert logs.built(engine, [Line("K1", 4, Decimal(3))], 3) == {}


@pytest.mark.parametrize("is_plain", [True, False])
def test_histories_are_the_base_grouped_and_counted(engine: Engine, is_plain: bool) -> None:
    lines = logs.plain_log(2) if is_plain else logs.mixed_log(2, customers=80)
    rows = [row for row in logs.built(engine, lines, 700).values() if row["frequency"] is not None]
    found = customer_base.histories(engine)
    counted = pd.Series([(row["frequency"], row["recency"], row["t"]) for row in rows]).value_counts()
    assert dict(zip(zip(found.frequency, found.recency, found.T, strict=True), found.count, strict=True)) == counted.to_dict()
    spenders = [row for row in rows if row["spend_days"]]
    spend = customer_base.spend_histories(engine, len(spenders))
    assert int(spend.count.sum()) == len(spenders)
    assert float((spend.spend_days * spend.mean * spend.count).sum()) == pytest.approx(float(sum(row["spend"] for row in spenders)))


@pytest.mark.parametrize("exact", [True, False])
def test_spend_with_the_first_purchase_counted(engine: Engine, monkeypatch: pytest.MonkeyPatch, exact: bool) -> None:
    rows = [row for row in logs.built(engine, logs.mixed_log(2, customers=80), 700).values() if row["frequency"] is not None]
    if not exact:
        monkeypatch.setattr(customer_base, "_EXACT_SPENDERS", 10)
    found = customer_base.spend_histories(engine, len(rows), first_counted=True)
    days = [row["spend_days"] + (row["first_amount"] > 0) for row in rows]
    assert int(found.count.sum()) == sum(day > 0 for day in days)
    assert int((found.spend_days * found.count).sum()) == sum(days)
    money = sum(row["spend"] + row["first_amount"] for row in rows)
    assert float((found.spend_days * found.mean * found.count).sum()) == pytest.approx(float(money), rel=1e-9 if exact else 1e-4)


def test_narrow_bins_of_spend_keep_customers_days_and_nearly_the_money(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = logs.built(engine, logs.plain_log(3, customers=300), 900)
    exact = customer_base.spend_histories(engine, 300)
    monkeypatch.setattr(customer_base, "_EXACT_SPENDERS", 10)
    binned = customer_base.spend_histories(engine, 300)
    assert len(rows) == 300
    assert len(binned.count) <= len(exact.count)
    assert binned.count.sum() == exact.count.sum()
    assert (binned.count * binned.spend_days).sum() == (exact.count * exact.spend_days).sum()
    # The bins keep the mean of the logs of spend, which the likelihood needs, to the last digits.
    assert (binned.count * np.log(binned.spend_days * binned.mean)).sum() == pytest.approx(
        (exact.count * np.log(exact.spend_days * exact.mean)).sum(), rel=1e-9
    )


# ---- collective customers ---------------------------------------------------------------------------------------------


def shop(customers: int) -> list[Line]:
    """Customers who buy now and then, and one number behind which somebody buys on every day."""
    own = [Line(f"K{number:03}", 7 * number % 100, Decimal(10)) for number in range(customers)]
    return [*own, *(Line("CASH", day, Decimal(3)) for day in range(100))]


def refused(engine: Engine, lines: list[Line], known: tuple[str, ...] = ()) -> None:
    facts = logs.facts_of(lines, 99)
    logs.book(engine, lines)
    summary, _ = customer_base.build(engine, facts, as_of=99, collective=False)
    customer_base.refuse_unknown_collective(engine, facts, summary, as_of=99, known=known)


def test_a_number_that_buys_nearly_every_day_is_asked_about(engine: Engine) -> None:
    with pytest.raises(AmbiguousInput, match=r"Customer CASH bought on 100 of 100 document days .*--not-collective CASH") as caught:
        refused(engine, shop(250))
    assert len(caught.value.problems) == 1


def test_a_number_that_is_named_in_the_settings_is_not_asked_about(engine: Engine) -> None:
    refused(engine, shop(250), known=("CASH",))


def test_small_bases_are_not_searched_for_collective_customers(engine: Engine) -> None:
    refused(engine, shop(150))


def test_a_collective_customer_keeps_its_money_and_is_out_of_the_histories(engine: Engine) -> None:
    rows = logs.built(engine, shop(5), 99, collective=["CASH"])
    assert rows["CASH"]["is_collective"]
    assert rows["CASH"]["revenue"] == 300
    assert customer_base.histories(engine).customers == 5

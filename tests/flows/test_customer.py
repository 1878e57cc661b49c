"""One customer, line by line: the history is that of the ledger, and the parts add up to the value."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import exports
import plain_runs
import pyarrow.parquet as pq
import pytest

from kundenwert.errors import CallError, SettingsError, UnknownName
from kundenwert.flows.customer import customer
from kundenwert.flows.customer_files import write_customer
from kundenwert.flows.customer_reasons import AWAY, fit_of
from kundenwert.flows.objection import objection
from kundenwert.flows.privacy import of_content
from kundenwert.flows.run import Ran
from kundenwert.records import Privacy
from kundenwert.runs import store

AS_OF, EARLIER = date(2024, 9, 30), date(2024, 3, 31)
CLOCK = datetime(2025, 6, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    folder = exports.project(
        tmp_path_factory.mktemp("shop"), exports.shop(), f'as_of = {AS_OF}\nmargin = 0.3\ncurrency = "EUR"\nmodel = "mbg_nbd"\n'
    )
    plain_runs.value(folder, clock=CLOCK, as_of=EARLIER.isoformat())
    return plain_runs.value(folder, clock=CLOCK)


@pytest.fixture(scope="module")
def shop(ran: Ran) -> Path:
    """The project's folder."""
    return ran.folder.parent.parent


@pytest.fixture(scope="module")
def rows(ran: Ran) -> list[dict[str, Any]]:
    return pq.read_table(ran.folder / "customers.parquet").to_pylist()


def total(explained: Any, *kinds: str) -> Decimal:
    return sum((part.amount for part in explained.parts if part.kind in kinds), Decimal(0))


def test_the_history_is_that_of_the_source(shop: Path) -> None:
    own = [line for line in exports.shop() if line[0] == "K0007" and line[1] <= AS_OF]
    explained = customer(shop, "K0007")
    assert sum(entry.lines for entry in explained.history) == len(own)
    assert sum(entry.amount or 0 for entry in explained.history) == sum(Decimal(line[5]) for line in own) == explained.row["revenue"]
    assert {entry.document_id for entry in explained.history} == {line[2] for line in own}
    days = [entry.day for entry in explained.history]
    assert days == sorted(days, reverse=True)


def test_the_parts_add_up_to_past_clv_and_value(shop: Path, rows: list[dict[str, Any]]) -> None:
    chosen = [next(row for row in rows if row["level"] == level) for level in ("customer", "segment")]
    for row in [*chosen, max(rows, key=lambda row: row["clv"])]:
        explained = customer(shop, row["customer_id"])
        assert explained.row == row
        assert total(explained, "booked", "cost") == row["past"]
        assert total(explained, "booked") == row["revenue"]
        assert total(explained, "expected") == row["clv"]
        assert total(explained, "booked", "cost", "expected") == row["value"]


def test_the_expected_part_is_told_year_by_year_from_the_as_of_day_on(shop: Path, rows: list[dict[str, Any]]) -> None:
    best = max(rows, key=lambda row: row["clv"])
    spans = [part.span for part in customer(shop, best["customer_id"]).parts if part.kind == "expected"]
    assert len(spans) == 5
    assert spans[0] == "2024-10-01/2025-09-30"
    assert spans[-1] == "2028-10-01/2029-09-30"


def test_an_unknown_customer_is_answered_with_similar_ids(shop: Path) -> None:
    with pytest.raises(UnknownName, match=r"No 'K0O07' in the customers .* Available: K0007, "):
        customer(shop, "K0O07")


# ---- beside the sum ---------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def bought(shop: Path, rows: list[dict[str, Any]]) -> Any:
    """A customer known at both days who bought between them."""
    found = [row for row in rows if row["level"] == "customer" and row["first_purchase"] <= EARLIER < row["last_purchase"]]
    return customer(shop, max(found, key=lambda row: (row["clv"], row["customer_id"]))["customer_id"])


def test_the_course_has_every_quarter_and_adds_up_to_the_revenue(bought: Any) -> None:
    quarters = bought.course.quarters
    assert sum(one.revenue for one in quarters) == bought.row["revenue"]
    months = [one.first.year * 12 + one.first.month for one in quarters]
    assert months == list(range(months[0], months[-1] + 1, 3))
    assert quarters[-1].complete
    assert bought.course.lower <= bought.course.expected <= bought.course.upper
    assert bought.course.expected == pytest.approx(float(bought.row["expected_revenue"]) / 4, rel=0.01)


def test_components_say_their_sentence_and_only_those_that_were_reckoned(shop: Path, ran: Ran, bought: Any) -> None:
    told = store.read(shop, ran.folder.name).manifest["components"]["facts"]
    names = [one.component for one in bought.said]
    assert {"value_class", "tiers", "rfm"} <= set(names) <= set(told)
    assert not any(one.added for one in bought.said)


def test_the_place_counts_who_is_worth_more(rows: list[dict[str, Any]], bought: Any) -> None:
    valued = [row["clv"] for row in rows if row["level"] in {"customer", "segment"}]
    assert bought.place == (sum(clv > bought.row["clv"] for clv in valued), len(valued))


def test_the_result_of_the_last_whole_year_is_that_of_the_contribution(ran: Ran, bought: Any) -> None:
    own = [
        row
        for row in pq.read_table(ran.folder / "contribution.parquet").to_pylist()
        if row["customer_id"] == bought.row["customer_id"] and row["year"] == 2023
    ]
    steps = {step.name: step.customers for step in bought.result.steps}
    assert bought.result.year == 2023
    assert (steps["net"], steps["db1"]) == (own[0]["net"], own[0]["db1"])


def test_the_reasons_of_a_change_add_up_to_it_to_the_cent(shop: Path, rows: list[dict[str, Any]]) -> None:
    chosen = sorted((row for row in rows if row["first_purchase"] and row["first_purchase"] <= EARLIER), key=lambda row: row["customer_id"])
    for row in [*chosen[:3], *(row for row in chosen if row["level"] == "segment")][:5]:
        change = customer(shop, row["customer_id"]).change
        assert change is not None
        assert change.after == row["value"]
        assert sum(line.amount for line in change.lines) == change.after - change.before
        assert [line.kind for line in change.lines] == ["purchases", "forecast", "amounts"]


def test_purchases_of_a_change_are_those_between_the_two_days(bought: Any, shop: Path) -> None:
    days = {entry.day for entry in bought.history if entry.line_class == "kept" and entry.day > EARLIER}
    values = bought.change.lines[0].sentence.values
    assert bought.change.as_of == values["day"] == EARLIER
    assert values["bought"] == len(days)
    assert values["expected"] > 0


def test_without_an_earlier_day_nothing_changed(shop: Path, bought: Any) -> None:
    first = next(name for name in store.names(shop) if store.read(shop, name).as_of == EARLIER)
    assert customer(shop, bought.row["customer_id"], run=first).change is None


def test_what_would_change_the_value_is_what_the_fit_says_of_the_other_history(shop: Path, ran: Ran, bought: Any) -> None:
    row, fit = bought.row, fit_of(store.read(shop, ran.folder.name))
    found = {one.kind: one.sentence.values for one in bought.what_ifs}
    then = fit.of(row["frequency"] + 1, row["T"], row["T"])
    away = fit.of(row["frequency"], row["recency"], row["T"] + AWAY)
    now = fit.of(row["frequency"], row["recency"], row["T"])
    assert found["bought"]["now"] == row["p_alive"] < found["bought"]["then"] == pytest.approx(float(then.p_alive[0]))
    assert found["bought"]["change"] == pytest.approx(
        float(row["clv"]) * (float(then.discounted_purchases[0]) / float(now.discounted_purchases[0]) - 1)
    )
    if "stays_away" in found:
        assert found["stays_away"]["then"] == pytest.approx(float(away.p_alive[0]))
        assert found["stays_away"]["change"] < 0


def test_the_data_used_are_counted_and_named_as_the_file_names_them(bought: Any) -> None:
    (lines,) = bought.data.sources
    assert lines.table == "transactions"
    assert lines.records == sum(entry.lines for entry in bought.history) + sum(
        line[0] == bought.row["customer_id"] and line[1] > AS_OF for line in exports.shop()
    )
    assert {"customer_id", "invoice_date", "net_amount", "wareneinsatz"} <= set(lines.used)
    assert lines.years == 8
    assert {"gender", "age"} <= set(bought.data.unused)


def test_who_objects_after_the_run_keeps_the_past_and_no_word_of_components(
    tmp_path_factory: pytest.TempPathFactory, shop: Path, bought: Any
) -> None:
    import shutil

    copied = tmp_path_factory.mktemp("objected") / "shop"
    shutil.copytree(shop, copied)
    number = bought.row["customer_id"]
    objection(copied, number, reason="by letter", by="DPO", clock=CLOCK)
    found = customer(copied, number)
    assert found.row["level"] == "objected"
    assert found.row["value"] == found.row["past"] == bought.row["past"]
    assert not {"class", "rfm", "tier", "share_before"} & set(found.row)
    assert (found.said, found.points, found.place, found.change, found.what_ifs) == ((), (), None, None, ())
    assert found.course.expected is None
    assert {part.kind for part in found.parts} <= {"booked", "cost"}
    assert found.data.objected == "2025-06-01"


def test_files_are_written_by_their_ending_and_another_one_is_refused_before_any(tmp_path: Path, bought: Any) -> None:
    written = write_customer(bought, [tmp_path / "one.html", tmp_path / "one.pdf"], language="en")
    assert [path.read_bytes()[:5] for path in written] == [b"<!doc", b"%PDF-"]
    with pytest.raises(CallError, match=r"'two.txt' has no known ending"):
        write_customer(bought, [tmp_path / "two.html", tmp_path / "two.txt"])
    assert not (tmp_path / "two.html").exists()


# ---- [privacy] --------------------------------------------------------------------------------------------------------


def test_what_a_company_says_of_the_processing_is_read_and_taken_out_of_the_file() -> None:
    content: dict[str, Any] = {"title": "Shop", "privacy": {"purpose": " Planung ", "recipients": ["Vertrieb ", "Steuerberater"]}}
    assert of_content(content) == Privacy(purpose="Planung", recipients=("Vertrieb", "Steuerberater"))
    assert content == {"title": "Shop"}
    assert of_content({}) == Privacy()


def test_all_that_is_wrong_under_privacy_is_told_at_once() -> None:
    with pytest.raises(SettingsError) as caught:
        of_content({"privacy": {"purpos": "x", "recipients": "Vertrieb", "contact": 7}})
    assert len(caught.value.problems) == 3
    assert "purpos under [privacy]" in str(caught.value)
    with pytest.raises(SettingsError, match=r"privacy = 3"):
        of_content({"privacy": 3})

"""The figures of definitions.md for the shipped lines of Online Retail 2009-2010."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal
from importlib import resources
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from backtests import CLOCK, bg_nbd_only, by_name

from kundenwert.base import customer_base
from kundenwert.base.as_of import day_number
from kundenwert.engines._engine import Engine
from kundenwert.flows import presets, project
from kundenwert.flows.backtest import backtest_project
from kundenwert.flows.demo import demo
from kundenwert.flows.known_log import log_facts
from kundenwert.flows.load import load
from kundenwert.flows.look import manifest
from kundenwert.flows.progress import Progress
from kundenwert.flows.reading import Input
from kundenwert.flows.run import Ran
from kundenwert.records import Reconciliation

SHIPPED = Path(str(resources.files("kundenwert.example.online_retail") / "lines.parquet"))


@pytest.fixture(scope="module")
def wholesaler(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    """The run of the shipped lines, as `demo` makes it."""
    return demo(tmp_path_factory.mktemp("demo"), clock=CLOCK, progress=Progress())


@pytest.fixture(scope="module")
def bridge(wholesaler: Ran) -> Reconciliation:
    return wholesaler.figures.reconciliation


@pytest.fixture(scope="module")
def shipped() -> pa.Table:
    return pq.read_table(SHIPPED)


@pytest.fixture(scope="module")
def customers(wholesaler: Ran) -> pa.Table:
    return pq.read_table(wholesaler.folder / "customers.parquet")


def cents(amount: Decimal) -> Decimal:
    return amount.quantize(Decimal("0.01"))


@pytest.mark.parametrize(
    ("line_class", "lines", "amount"),
    [
        ("unreadable", 0, "0"),
        ("rejected", 0, "0"),
        ("after_as_of", 0, "0"),
        ("without_customer", 107_927, "1191276.06"),
        ("cancellation", 9_839, "-483794.70"),
        ("return", 0, "0"),
        ("kept", 407_695, "8832003.274"),
    ],
)
def test_each_class_has_its_lines_and_money(bridge: Reconciliation, line_class: str, lines: int, amount: str) -> None:
    found = next(total for total in bridge.classes if total.line_class == line_class)
    assert (found.lines, found.amount) == (lines, Decimal(amount))


def test_the_classes_are_all_there_is(bridge: Reconciliation) -> None:
    assert (bridge.lines, bridge.amount, bridge.difference) == (525_461, Decimal("9539484.634"), 0)
    assert sum(total.lines for total in bridge.classes) == 525_461
    assert sum(total.amount for total in bridge.classes) == bridge.amount


@pytest.mark.parametrize(
    ("view", "lines", "amount"),
    [("document C", 10_206, "-629855.37"), ("document A", 3, "-136552.02")],
)
def test_the_second_view_shows_documents_by_letter(bridge: Reconciliation, view: str, lines: int, amount: str) -> None:
    found = next(total for total in bridge.views if total.flag == view)
    assert (found.lines, cents(found.amount)) == (lines, Decimal(amount))


def test_the_second_view_shows_positive_lines(bridge: Reconciliation) -> None:
    assert next(total for total in bridge.views if total.flag == "positive").amount == Decimal("10306265.594")


def test_flags_count_free_and_repeated_lines(bridge: Reconciliation) -> None:
    flags = {total.flag: total.lines for total in bridge.flags}
    assert flags["free"] == 31
    assert flags["duplicate"] == 6_865


def test_every_month_ties_to_the_raw_lines(bridge: Reconciliation, shipped: pa.Table) -> None:
    months = pc.strftime(shipped["invoice_date"], "%Y-%m")
    # Twelve digits before and six behind the point hold each product exactly.
    money = pc.multiply(shipped["quantity"].cast(pa.decimal128(10, 0)), shipped["price"].cast(pa.decimal128(15, 6)))
    raw = pa.table({"month": months, "money": money}).group_by("month").aggregate([("money", "sum"), ("money", "count")])
    expected = {row["month"]: (row["money_count"], row["money_sum"]) for row in raw.to_pylist()}
    found: dict[str, list[Any]] = defaultdict(lambda: [0, Decimal(0)])
    for total in bridge.months:
        found[total.month][0] += total.lines
        found[total.month][1] += total.amount
    assert {month: tuple(sums) for month, sums in found.items()} == expected
    assert {total.currency for total in bridge.months} == {"GBP"}


def test_most_cancellations_find_their_sale(wholesaler: Ran) -> None:
    found = manifest(wholesaler.folder.parent.parent)["reversals"]
    assert found["lines"] == 9_839
    assert Decimal(found["amount"]) == Decimal("-483794.70")
    assert found["matched_lines"] >= 0.8 * found["lines"]
    assert Decimal(found["matched_amount"]) <= Decimal("0.6") * Decimal(found["amount"])
    assert Decimal(found["matched_amount"]) + Decimal(found["unmatched_amount"]) == pytest.approx(
        Decimal(found["amount"]), abs=Decimal("0.01")
    )


def test_the_revenue_of_all_customers_is_that_of_the_ledger_rounded_once(wholesaler: Ran, customers: pa.Table) -> None:
    assert pc.sum(customers["revenue"]).as_py() == Decimal("8348208.57")
    assert wholesaler.figures.totals.revenue == Decimal("8348208.57")


def test_every_customer_with_a_line_has_a_row(customers: pa.Table, shipped: pa.Table) -> None:
    known = pc.unique(shipped["customer_id"].drop_null()).cast(pa.string())
    assert sorted(known.to_pylist()) == customers["customer_id"].to_pylist()
    assert set(customers["level"].to_pylist()) == {"customer", "segment", "none"}


def test_the_shipped_lines_are_a_shops_and_run_with_its_preset(wholesaler: Ran) -> None:
    preset = project.read(wholesaler.folder.parent.parent).preset
    assert preset == presets.load("shop")
    assert wholesaler.is_current


def test_the_as_of_day_is_the_last_document_day(wholesaler: Ran, shipped: pa.Table) -> None:
    assert wholesaler.figures.as_of == pc.max(shipped["invoice_date"]).as_py().date() == date(2010, 12, 9)


def test_the_base_of_a_day_is_the_same_from_the_full_log_and_from_the_log_cut_there(
    engine: Engine, wholesaler: Ran, shipped: pa.Table, tmp_path: Path
) -> None:
    days = shipped["invoice_date"].cast(pa.date32(), safe=False)
    early, late = date(2010, 3, 31), date(2010, 10, 15)
    full = _bases(engine, wholesaler, SHIPPED, early, late)
    for as_of in (early, late):
        cut = tmp_path / f"{as_of}.parquet"
        pq.write_table(shipped.filter(pc.less_equal(days, pa.scalar(as_of))), cut)
        assert _bases(engine, wholesaler, cut, as_of) == {as_of: full[as_of]}
    assert len(full[early]) < len(full[late])


def _bases(engine: Engine, wholesaler: Ran, path: Path, *days: date) -> dict[date, list[tuple[Any, ...]]]:
    """The base of each day with what is known of it: facts, summary, matched reversals, customers."""
    own = project.read(wholesaler.folder.parent.parent)
    loaded = load(engine, [Input(path, own.inputs[0].wanted)], own.settings, scratch=path.parent, progress=Progress(), thorough=False)
    found = {}
    for as_of in days:
        facts = log_facts(loaded, as_of)
        summary, matched = customer_base.build(engine, facts, as_of=day_number(as_of), collective=False)
        assert matched is not None
        result = engine._connection.execute("select * from customers order by customer_id")  # type: ignore[attr-defined]
        found[as_of] = [(facts, summary, matched), *result.fetchall()]
    return found


# ---- earlier days of the log ------------------------------------------------------------------------------------------


def test_intervals_hold_on_online_retail_cut_half_a_year_before_its_end(wholesaler: Ran, monkeypatch: pytest.MonkeyPatch) -> None:
    bg_nbd_only(monkeypatch)
    folder, cut = wholesaler.folder.parent.parent, (date(2010, 6, 9),)
    found = backtest_project(folder, {"threads": "1", "horizon": "6m"}, clock=CLOCK, progress=Progress(), origins=cut)
    model = by_name(found.pooled)["bg_nbd"]
    assert model.money is not None
    for levels, off in ((model.levels, 0.03), (model.money.levels, 0.04)):
        assert all(abs(level.pit - level.level) < off for level in levels)
        assert all(level.held > level.level - 0.02 for level in levels)


def test_on_online_retail_no_model_beats_repeating_the_last_period(wholesaler: Ran, monkeypatch: pytest.MonkeyPatch) -> None:
    bg_nbd_only(monkeypatch)
    found = backtest_project(wholesaler.folder.parent.parent, {"threads": "1"}, clock=CLOCK, progress=Progress())
    (origin,) = found.origins
    assert (origin.origin, origin.days, origin.customers, origin.purchases) == (date(2010, 7, 13), 149, 3018, 5956)
    scored = by_name(found.pooled)
    assert scored["last_period"].expected_purchases == 5998
    assert scored["bg_nbd"].expected_purchases == pytest.approx(5419.7, abs=0.5)
    assert [level.pit for level in scored["bg_nbd"].levels] == pytest.approx([0.5, 0.8, 0.9], abs=0.03)
    assert found.verdict.startswith("No model beats the naive forecast last_period: ")

"""The screen of the portfolio: fields that count whom the list shows, own customers alone for field sales, weights with a log."""

from __future__ import annotations

import json
import math
import tomllib
from collections import Counter
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import exports
import plain_runs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kundenwert.errors import DataError, SettingsError
from kundenwert.flows import portfolio_weights
from kundenwert.flows.audit import check
from kundenwert.flows.objection import objection
from kundenwert.flows.portfolio_page import BUBBLES, has_portfolio, portfolio_page
from kundenwert.flows.portfolio_weights import change_weights, changes, weights
from kundenwert.flows.portfolio_workbook import gather
from kundenwert.runs import store

CLOCK = datetime(2025, 6, 1, 9, 30, tzinfo=UTC)
PROJECT = """
# A comment that stays.
currency = "EUR"
[tables.customers]
files = ["customers.csv"]
[tables.complaints]
files = ["complaints.csv"]
[components.portfolio]
coverage = 0.4
"""
PARTS = ("score", "rhythm", "ladder", "portfolio", "value_class", "lifecycle")
OWN = frozenset({"A. Okafor"})


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    project = exports.project(tmp_path_factory.mktemp("portfolio"), exports.shop(customers=110, days=700), PROJECT)
    ids = [f"K{number:04}" for number in range(110)]
    people = [(one, f"Firma {one}", ("A. Okafor", "B. Lind")[place % 2]) for place, one in enumerate(ids)]
    exports.write(project / "customers.csv", people, ("customer_id", "name", "account_manager"))
    raised = [(place, one, "2023-05-01") for place, one in enumerate(ids[:40])]
    exports.write(project / "complaints.csv", raised, ("complaint_id", "customer_id", "date"))
    for minute, day in enumerate(("2023-10-31", "2024-10-31")):
        plain_runs.value(project, clock=CLOCK + timedelta(minutes=minute), as_of=day, components=PARTS)
    return project


@pytest.fixture
def copy(folder: Path, tmp_path: Path) -> Path:
    import shutil

    shutil.copytree(folder, tmp_path / "copy")
    return tmp_path / "copy"


@pytest.mark.parametrize("view", ["nine", "four"])
def test_fields_and_those_without_one_are_everybody(folder: Path, view: str) -> None:
    run = store.read(folder).name
    page = portfolio_page(folder, run, view=view)
    assert has_portfolio(folder, run)
    assert len(page["fields"]) == {"nine": 9, "four": 4}[view]
    assert sum(one["customers"] for one in page["fields"]) + page["without"] == page["customers"]
    assert math.isclose(sum(one["share"] for one in page["fields"]), 1.0)


def test_both_views_hold_the_same_customers(folder: Path) -> None:
    run = store.read(folder).name
    nine, four = (portfolio_page(folder, run, view=view) for view in ("nine", "four"))
    for key in ("value", "clv"):
        assert sum(Decimal(one[key]) for one in nine["fields"]) == sum(Decimal(one[key]) for one in four["fields"])


def test_the_facts_of_the_run_agree_with_the_screen(folder: Path) -> None:
    source = store.read(folder)
    facts = source.manifest["components"]["facts"]["portfolio"]
    page = portfolio_page(folder, source.name)
    assert {one["name"]: one["customers"] for one in page["fields"] if one["customers"]} == {
        name: entry["customers"] for name, entry in facts["nine"].items()
    }
    assert [one["name"] for one in page["criteria"]["position"]] == list(facts["position"])


def test_moves_are_against_the_run_a_year_before(folder: Path) -> None:
    page = portfolio_page(folder, store.read(folder).name)
    assert page["before"] == "2023-10-31"
    assert sum(count for _, _, count in page["moves"]) > 0
    assert all(one["before"] != one["now"] for one in page["movers"])
    moved = sum(count for before, now, count in page["moves"] if before != now)
    assert len(page["movers"]) == min(moved, 20)


def test_the_first_run_has_nothing_to_move_from(folder: Path) -> None:
    page = portfolio_page(folder, store.names(folder)[0])
    assert page["before"] is None
    assert page["moves"] == page["movers"] == []


def test_the_picture_shows_the_first_of_each_field_and_where_they_stood(folder: Path) -> None:
    page = portfolio_page(folder, store.read(folder).name)
    shown = {one["customer_id"] for one in page["spots"]}
    assert {one["top"][0]["customer_id"] for one in page["fields"] if one["top"]} <= shown
    assert len(page["spots"]) <= BUBBLES
    assert all(0 <= one["position"] <= 10 and 0 <= one["attractiveness"] <= 10 for one in page["spots"])
    assert any(one["position_before"] is not None for one in page["spots"])


def test_field_sales_see_their_own_customers_alone(folder: Path) -> None:
    run = store.read(folder).name
    everybody, own, nobody = (portfolio_page(folder, run, managers=one) for one in (None, OWN, frozenset()))
    assert 0 < own["customers"] < everybody["customers"]
    others = [f'"K{number:04}"' for number in range(1, 110, 2)]
    assert not [one for one in others if one in json.dumps(own)]
    assert sum(count for _, _, count in own["moves"]) < sum(count for _, _, count in everybody["moves"])
    assert nobody["customers"] == 0
    assert nobody["spots"] == nobody["movers"] == nobody["moves"] == []


def test_who_objects_vanishes_from_the_portfolio_at_once(copy: Path) -> None:
    run = store.read(copy).name
    first = portfolio_page(copy, run)["spots"][0]["customer_id"]
    objection(copy, first, reason="wants it", by="test", clock=CLOCK)
    assert first not in json.dumps(portfolio_page(copy, run))


def test_the_workbook_counts_the_customers_of_each_field_as_the_screen_does(folder: Path) -> None:
    run = store.read(folder).name
    taken = Counter(field for field in gather(folder, run=run).columns["portfolio"].tolist() if field is not None)
    shown = {one["name"]: one["customers"] for one in portfolio_page(folder, run, view="four")["fields"] if one["customers"]}
    assert taken == shown


# ---------- weights ----------


def test_weights_are_written_with_an_entry_in_the_log_and_the_rest_stays(copy: Path) -> None:
    before = (copy / "kundenwert.toml").read_text(encoding="utf-8")
    changed = change_weights(copy, {"attractiveness": {"growth": 0.6}}, reason="Growth counts", by="a@firma.example", clock=CLOCK)
    assert changed is not None
    text = (copy / "kundenwert.toml").read_text(encoding="utf-8")
    assert "# A comment that stays." in text
    assert [line for line in text.splitlines() if not line.startswith(("attractiveness", "position"))] == before.splitlines()
    assert weights(copy)["attractiveness"]["growth"] == 0.6
    assert check(copy) >= 1
    (noted,) = changes(copy)
    assert noted["reason"] == "Growth counts"
    assert ["attractiveness", "growth"] in [one[:2] for one in noted["changes"]]


@pytest.mark.slow
def test_the_next_run_takes_the_weights_and_compares_with_none_of_other_weights(copy: Path) -> None:
    change_weights(copy, {"position": {"tenure": 0.9}}, reason="Long ones", by="a", clock=CLOCK)
    made = plain_runs.value(copy, clock=CLOCK + timedelta(hours=1), as_of="2024-11-30", components=PARTS)
    page = portfolio_page(copy, made.folder.name)
    shares = {one["name"]: one["weight"] for one in page["criteria"]["position"]}
    assert math.isclose(shares["tenure"], 0.9 / (0.25 + 0.3 + 0.15 + 0.9 + 0.15))
    assert page["before"] is None


def test_the_same_weights_are_no_change(copy: Path) -> None:
    assert change_weights(copy, {"attractiveness": {"growth": 0.15}}, reason="none", by="a", clock=CLOCK) is None
    assert changes(copy) == ()


def test_everything_that_is_wrong_is_told_at_once(copy: Path) -> None:
    wrong = {"attractiveness": {"gender": 1.0, "growth": -1.0}, "position": dict.fromkeys(weights(copy)["position"], 0.0)}
    before = (copy / "kundenwert.toml").read_bytes()
    with pytest.raises(DataError) as caught:
        change_weights(copy, wrong, reason=" ", by="", clock=CLOCK)
    assert len(caught.value.problems) == 5
    assert (copy / "kundenwert.toml").read_bytes() == before


def test_a_file_in_another_form_is_left_alone(copy: Path) -> None:
    path = copy / "kundenwert.toml"
    text = path.read_text(encoding="utf-8").replace("[components.portfolio]\ncoverage = 0.4", "[components]\nportfolio = {coverage = 0.4}")
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError, match="form that is not changed here"):
        change_weights(copy, {"attractiveness": {"growth": 0.5}}, reason="r", by="a", clock=CLOCK)
    assert path.read_text(encoding="utf-8") == text


FORMS = (
    "",
    "[components.portfolio]\nattractiveness = {growth = 1, 'a \"b\"' = 2} # why\nlimit = 4\n",
    "[components.portfolio.attractiveness]\ngrowth = 1.0\ntenure = 3\n[other]\nx = 1\n",
    "[ components . portfolio ]\nposition = {tenure = 2}\n\n[[sources]]\nfiles = ['a']\n",
    "title = '''\n[components.portfolio]\nattractiveness = {}\n'''\n",
)


@settings(max_examples=30)
@given(st.sampled_from(FORMS), st.floats(0, 1000), st.floats(0.001, 1000), st.booleans())
def test_rewriting_changes_the_weights_and_nothing_else(text: str, one: float, other: float, has_end: bool) -> None:
    text = text if has_end else text.rstrip("\n")
    after = {"attractiveness": {"growth": one, 'a "b"': other}, "position": {"tenure": other}}
    try:
        found = tomllib.loads(portfolio_weights._written(text, after))
    except SettingsError:
        # A text that looks like a section cannot be told from one: the file is left alone.
        assert "'''" in text
        return
    expected = tomllib.loads(text)
    expected.setdefault("components", {}).setdefault("portfolio", {}).update(after)
    assert found == expected

"""A plan as lists to take along and as pages for those who decide."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest
from plan_samples import EFFECT, EVEN, NOTHING, content

from kundenwert.errors import CallError
from kundenwert.records.kept_plan import KeptPlan
from kundenwert.reports import plan_workbook as workbook
from kundenwert.reports.charts.plan_curve import plan_curve
from kundenwert.reports.plan_page import page, render
from kundenwert.reports.plan_text import text
from kundenwert.reports.plan_workbook import plan_workbook


def sample(**more: Any) -> KeptPlan:
    lines = {
        "customer_id": np.array(["10001", "10002", "10003"]),
        "name": np.array(["=1+1 GmbH", "Zweite AG", "Dritte KG"]),
        "street": np.array(["Weg 1", "", "Weg 3"]),
        "postcode": np.array(["10115", "", "80331"]),
        "city": np.array(["Berlin", "", "München"]),
        "phone": np.array(["030 1", "", "089 3"]),
        "email": np.array(["", "zwei@beispiel.example", ""]),
        "account_manager": np.array(["Nord: A / B", "Süd", "Nord: A / B"]),
        "action": np.array(["visit", "visit", "visit"]),
        "count": np.array([2, 1, 1]),
        "gain": np.array([400.0, 200.0, 100.0]),
        "cost": np.array([120.0, 60.0, 60.0]),
        "reason": np.array(["gap", "gap", "gap"]),
        "days": np.array([50.0, 40.0, 30.0]),
        "usual": np.array([21.0, 20.0, 15.0]),
    }
    return KeptPlan("2026-01-05T0900Z-aaaa", content(**more), lines, {})


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("plan") / "p.xlsx"
    plan_workbook(sample(), path, "de")
    return path


def test_each_person_has_a_list_with_a_reason_for_each_customer(written: Path) -> None:
    book = openpyxl.load_workbook(written, data_only=True)
    assert book.sheetnames == ["Plan", "Nord A B", "Süd"]
    north = book["Nord A B"]
    rows = {row[1].value: [cell.value for cell in row] for row in north.iter_rows(min_row=6, max_row=7)}
    assert set(rows) == {"10001", "10003"}
    assert "No purchase for 50 days, usual are 21." in rows["10001"]
    assert "2 × visit" in rows["10001"]
    assert "Weg 1, 10115 Berlin" in rows["10001"]
    assert north.page_setup.orientation == "landscape"
    assert north.print_title_rows == "$5:$5"


def test_a_name_that_looks_like_a_formula_stays_text(written: Path) -> None:
    cells = [cell for row in openpyxl.load_workbook(written)["Nord A B"].iter_rows() for cell in row if cell.value == "=1+1 GmbH"]
    assert [cell.data_type for cell in cells] == ["s"]


def test_sums_follow_a_filter_and_are_those_of_the_lines(written: Path) -> None:
    formulas, values = openpyxl.load_workbook(written)["Nord A B"], openpyxl.load_workbook(written, data_only=True)["Nord A B"]
    last = [cell.coordinate for cell in formulas[8] if isinstance(cell.value, str) and cell.value.startswith("=SUBTOTAL(109")]
    assert [values[place].value for place in last] == [500.0, 180.0]


def test_without_persons_there_is_one_list(tmp_path: Path) -> None:
    plan = sample()
    lines = {name: values for name, values in plan.lines.items() if name != "account_manager"}
    plan_workbook(KeptPlan(plan.name, plan.content, lines, {}), tmp_path / "p.xlsx", "en")
    assert openpyxl.load_workbook(tmp_path / "p.xlsx").sheetnames == ["Plan", "List"]


def test_more_lines_than_people_read_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "MOST_LINES", 2)
    with pytest.raises(CallError, match=r"too many for lists .* \.csv"):
        plan_workbook(sample(), tmp_path / "p.xlsx", "en")


def test_the_page_says_what_the_plan_brings_whom_it_means_and_what_it_rests_on() -> None:
    found = page(sample(), "de")
    assert "700" in found.message
    keys = [section.key for section in found.sections]
    assert keys == ["figures", "curve", "compared", "limits", "lines", "assumes", "left_out", "law"]
    limits = next(section for section in found.sections if section.key == "limits")
    assert limits.message == "Wovon es zu wenig gibt: visits"
    assert "300" in next(section for section in found.sections if section.key == "compared").message


def test_a_limit_of_which_a_little_is_left_over_holds_the_plan_back_all_the_same() -> None:
    used = [{"resource": "money", "person": "", "amount": 200.0, "used": 192.0, "price": 37.34, "last": None, "next": None}]
    limits = next(section for section in page(sample(used=used), "en").sections if section.key == "limits")
    assert limits.message == "What there is too little of: money"


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({}, "effects count in the next 12 months."),
        ({"counts_within": "value_horizon", "value_horizon": "5y"}, "effects count in the next 5 years."),
        ({"counts_within": ""}, "From run 2026-01-02T0800Z-bbbb."),
    ],
)
def test_a_plan_names_the_horizon_in_which_its_own_effects_count(more: dict[str, Any], told: str) -> None:
    assert told in text(sample(**more), "en")


def test_what_an_experiment_brings_is_told_as_not_known() -> None:
    shown = text(sample(gain=0.0), "en")
    assert "What it brings is not known yet; it costs €180." in shown
    assert next(line for line in shown.splitlines() if "10001" in line).split()[-2:] == ["–", "€120"]
    facts = next(section for section in page(sample(gain=0.0), "en").sections if section.key == "figures").blocks[0]
    assert facts.facts[0][1] == "–"


def test_effects_on_the_chance_to_stay_count_as_long_as_the_value() -> None:
    call = {"name": "call", "changes": "retention", "effect": EFFECT, "groups": {}}
    both = {"counts_within": "horizon", "value_horizon": "5y", "actions": [*content()["actions"], call], "uses": {"visit": 3, "call": 1}}
    assert "effects count in the next 12 months, those on the chance to stay in the next 5 years." in text(sample(**both), "en")


def test_purposes_and_days_of_a_budget_are_told_in_the_language_of_the_reader() -> None:
    said = "{purpose}: {at:,.2f} on each works in {share:.1%} of them, no amount in more than {ceiling:.0%}: assumed by {by} on {on}."
    values = {"purpose": "acquisition", "at": 100.0, "share": 0.42, "ceiling": 0.7, "by": "Vertrieb", "on": "2026-01-15"}
    shown = text(sample(about="purposes", assumes=[{"key": "budget_response", "text": said, "values": values}]), "de")
    assert "Gewinnung: 100,00 für jeden wirken bei 42,0" in shown
    assert "am 15.01.2026" in shown


def test_a_plan_better_than_all_others_that_lose_money_says_so() -> None:
    losing = [{**EVEN, "gain": -50.0}, NOTHING]
    found = page(sample(compared=losing), "en")
    assert (
        next(section for section in found.sections if section.key == "compared").message == "Every other way to spend it would lose money"
    )


def test_the_same_plan_gives_the_same_pages() -> None:
    first = render(sample(), "de")
    assert first == render(sample(), "de")
    assert first.startswith(b"%PDF")


def test_the_curve_shows_plan_and_other_practices() -> None:
    spec = plan_curve(content(), "en")
    told = [value["words"] for layer in spec["layer"] for value in layer["data"]["values"] if "words" in value]
    assert told.count("plan") == 2
    assert told.count("even split") == 2
    assert spec["usermeta"]["message"] == "Up to €240 each further euro brings more than it costs"


def _names(*compared: tuple[str, float, float]) -> dict[str, tuple[str, float, float]]:
    """The names in a curve up to 1,000 of money and 100 of gain: side, place across and place upwards."""
    told = {
        **content(),
        "curve": {"budget": [0.0, 500.0, 1000.0], "gain": [0.0, 80.0, 100.0]},
        "gain": 80.0,
        "cost": 500.0,
        "compared": [{"name": name, "cost": cost, "gain": gain, "customers": 1} for name, cost, gain in compared],
    }
    found = {}
    for layer in plan_curve(told, "en")["layer"]:
        if layer["mark"].get("type") == "text":
            found |= {one["words"]: (layer["mark"]["align"], one["x"], one["y"]) for one in layer["data"]["values"]}
    return found


def test_points_that_fall_on_one_get_one_name() -> None:
    found = _names(("even", 500.0, 20.0), ("biggest", 400.0, 60.0), ("today", 405.0, 61.0))
    assert set(found) == {"plan", "even split", "most to the biggest = as today"}
    assert "plan = most to the biggest" in _names(("biggest", 500.0, 80.0))


def test_names_cover_neither_each_other_nor_another_point() -> None:
    found = _names(("even", 500.0, 20.0), ("biggest", 520.0, 50.0), ("today", 380.0, 21.0))
    # Right of it stands another point.
    assert found["as today"] == ("right", 380.0, 21.0)
    assert found["even split"] == ("left", 500.0, 20.0)
    near = _names(("even", 100.0, 20.0), ("biggest", 110.0, 24.0))
    assert near["most to the biggest"][2] - near["even split"][2] >= 8

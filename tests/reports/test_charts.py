"""Every chart draws, in every language, with words for those who cannot see it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import component_samples as components
import customer_samples
import evidence_samples as evidence
import plan_samples
import pytest
import report_samples as sample
import result_samples

from kundenwert import registry
from kundenwert.records import Concentration, MonthOfPurchases
from kundenwert.reports.charts import to_png, to_svg
from kundenwert.reports.charts._theme import colours, page_rules
from kundenwert.reports.language import LANGUAGES

ROOM = "reports.charts"
RECORDS: dict[str, Any] = {
    "lorenz": sample.concentration(),
    "whale_curve": sample.concentration(),
    "contribution_waterfall": result_samples.result().totals,
    "value_classes": sample.concentration(),
    "purchases_by_month": sample.months(),
    "customer_quarters": customer_samples.course(),
    "tracking": evidence.tracking(),
    "tracking_cumulative": evidence.tracking(),
    "calibration": evidence.scored(),
    "pit": evidence.scored(),
    "comparison": evidence.backtest().comparisons,
    "total_width": evidence.intervals(),
    "frequency": evidence.frequencies(),
    "p_alive_matrix": evidence.matrix(),
    "purchases_matrix": evidence.matrix("expected_purchases"),
    "p_alive_path": evidence.alive_path(),
    "heterogeneity": evidence.heterogeneity(),
    "timing": evidence.gaps(),
    "posterior": evidence.posterior(),
    "portfolio_fields": components.portfolio(),
    "stage_flow": components.stage_flow(),
    "agreement": components.agreement(),
    "score_bands": components.score_bands(),
    "satisfaction_fields": components.satisfaction(),
    "rfm_cells": components.rfm(),
    "season_quarters": components.quarters(),
    "tier_flow": components.tier_flow(),
    "contract_survival": components.survival(),
    "staying": components.tried(),
    "tornado": components.assumptions(),
    "plan_curve": plan_samples.content(),
}
NAMES = registry.names(ROOM)


def draw(name: str, lang: str = "en", **options: Any) -> dict[str, Any]:
    chart: Callable[..., dict[str, Any]] = registry.load(ROOM, name)
    return chart(RECORDS[name], lang, **options)


def test_every_chart_is_tried_here() -> None:
    assert set(NAMES) == set(RECORDS)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
def test_a_chart_becomes_an_svg_of_the_width_asked_for(name: str, lang: str) -> None:
    svg = to_svg(draw(name, lang, width=368), lang)
    width = float(re.search(r'width="([\d.]+)"', svg)[1])  # type: ignore[index]
    assert svg.startswith("<svg")
    assert svg.endswith("</svg>")
    assert 360 <= width <= 372
    assert 'font-family="Kundenwert Sans"' in svg


@pytest.mark.parametrize("name", NAMES)
def test_a_chart_becomes_a_png(name: str) -> None:
    assert to_png(draw(name), scale=1).startswith(b"\x89PNG\r\n")


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
def test_a_chart_carries_its_finding_its_titles_and_its_figures(name: str, lang: str) -> None:
    spec = draw(name, lang)
    meta = spec["usermeta"]
    assert spec["description"]
    assert meta["message"]
    assert meta["title"]
    assert len(meta["rows"]) >= 3
    assert all(len(row) == len(meta["columns"]) for row in meta["rows"])


@pytest.mark.parametrize("name", NAMES)
def test_a_spec_is_plain_data(name: str) -> None:
    spec = draw(name)
    assert json.loads(json.dumps(spec)) == spec


@pytest.mark.parametrize("name", NAMES)
def test_a_picture_inside_a_page_uses_only_colours_that_have_a_token(name: str) -> None:
    used = set(re.findall(r'(fill|stroke)="(#[0-9a-f]{6})"', to_svg(draw(name))))
    rules = page_rules()
    assert used
    assert all(f'[{kind}="{colour}"]' in rules for kind, colour in used)


@pytest.mark.parametrize("name", NAMES)
def test_drawing_leaves_the_spec_as_it_was(name: str) -> None:
    spec = draw(name)
    before = json.dumps(spec)
    to_svg(spec, titled=True)
    assert json.dumps(spec) == before


def test_light_and_dark_know_the_same_colours() -> None:
    assert set(colours()) == set(colours(dark=True))
    assert colours()["ac"] != colours(dark=True)["ac"]


def test_a_titled_picture_shows_its_message() -> None:
    assert "120 Kunden tragen 80" in to_svg(draw("value_classes", "de"), "de", titled=True)


def test_figures_above_columns_keep_all_their_digits() -> None:
    months = (MonthOfPurchases("2026-08", 1361, 10, sample.money(1), True), MonthOfPurchases("2026-09", 2278, 10, sample.money(1), True))
    svg = to_svg(registry.load(ROOM, "purchases_by_month")(months, "de", width=700), "de")
    assert ">1.361<" in svg
    assert ">2.278<" in svg


def test_previous_year_is_lighter_and_part_months_are_dashed() -> None:
    svg = to_svg(draw("purchases_by_month", width=1200))
    assert svg.count(f'fill="{colours()["py"]}"') == 12
    assert svg.count("stroke-dasharray") == 1
    assert "*</text>" in svg


def test_no_month_at_all_is_an_empty_picture() -> None:
    assert to_svg(registry.load(ROOM, "purchases_by_month")((), "de"), "de").startswith("<svg")


def test_whale_curve_rises_above_all_where_customers_cost_money() -> None:
    spec = draw("whale_curve")
    assert spec["usermeta"]["message"] == "The best 75% of the customers bring 101.0%; the others take 1.0% away again"


def test_whale_curve_without_losses_tells_of_the_best_fifth() -> None:
    known = sample.concentration()
    whale = ((0.0, 0.0), (0.2, 0.6), (1.0, 1.0))
    fine = Concentration("value", known.classes, known.gini, known.hhi, known.lorenz, whale, (1.0, 1.0))
    assert registry.load(ROOM, "whale_curve")(fine)["usermeta"]["message"] == "A fifth of the customers brings 60% of the customer value"


def test_a_class_of_negative_value_stands_left_of_zero() -> None:
    known = sample.concentration()
    classes = tuple(
        type(each)(each.name, each.customers, each.value, share) for each, share in zip(known.classes, (0.85, 0.2, -0.05), strict=True)
    )
    spec = registry.load(ROOM, "value_classes")(Concentration("value", classes, 0.5, 0.1, known.lorenz, known.whale, known.whale_peak))
    last = spec["data"]["values"][-1]
    assert (round(last["start"], 2), last["end"]) == (-0.05, 0.0)
    assert spec["encoding"]["x"]["scale"]["domain"][0] == pytest.approx(-0.05)

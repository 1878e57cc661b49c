"""What the charts of evidence and of a fit say in words, and the forms that their marks take."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import evidence_samples as evidence
import pytest

from kundenwert import registry
from kundenwert.errors import CallError
from kundenwert.records import AlivePath, Comparison, Scored, TotalForecast
from kundenwert.reports.charts import Chart
from kundenwert.reports.charts.total_width import shares


def draw(name: str, records: Any, lang: str = "en", **options: Any) -> dict[str, Any]:
    spec: dict[str, Any] = registry.load("reports.charts", name)(records, lang, **options)
    return spec


def message(name: str, records: Any, lang: str = "en") -> str:
    return str(draw(name, records, lang)["usermeta"]["message"])


# ---------- tracking ----------


def test_tracking_compares_only_what_came_after_the_origin() -> None:
    known = evidence.tracking()
    after = [place for place, end in enumerate(known.ends) if end > known.origin]
    came, expected = sum(known.actual[place] for place in after), round(sum(known.expected[place] for place in after))
    assert message("tracking", known) == f"After 30 Sep 2025 {came} repeat purchases came; {expected} were expected"


@pytest.mark.parametrize(
    ("factor", "words"),
    [(1.2, "26 weeks the forecast was 20% too high"), (0.5, "was 50% too low"), (1.0, "26 weeks the forecast was right")],
)
def test_the_added_up_course_says_how_far_off_it_ended(factor: float, words: str) -> None:
    known = evidence.tracking()
    exact = replace(known, expected=tuple(factor * each for each in known.actual))
    assert message("tracking_cumulative", exact).endswith(words)


def test_without_weeks_after_the_origin_there_is_no_rule_and_no_verdict() -> None:
    known = evidence.tracking()
    past = replace(known, origin=known.ends[-1])
    assert message("tracking_cumulative", past) == f"How purchases added up to {known.ends[-1]:%-d %b %Y}"
    assert len(draw("tracking", past)["layer"]) == 1
    assert len(draw("tracking", known)["layer"]) == 3


def test_the_added_up_course_ends_at_the_sums() -> None:
    known = evidence.tracking()
    rows = draw("tracking_cumulative", known)["usermeta"]["rows"]
    assert rows[-1][1] == f"{sum(known.actual):,}"


# ---------- calibration and PIT ----------


def test_calibration_joins_what_was_forecast_and_what_came_in_each_tenth() -> None:
    spec = draw("calibration", evidence.scored())
    spans, points = (layer["data"]["values"] for layer in spec["layer"])
    assert len(spans) == 10
    assert len(points) == 20
    assert spec["encoding"]["y"]["scale"] == {"zero": True}


def with_pit(shape: list[float], customers: int = 10_000) -> Scored:
    whole = sum(shape)
    deciles = tuple(replace(each, customers=customers // 10) for each in evidence.scored().deciles)
    return replace(evidence.scored(), pit=tuple(each / whole for each in shape), deciles=deciles)


@pytest.mark.parametrize(
    ("shape", "words"),
    [
        ([1.0] * 20, "The forecast knows how uncertain it is: outcomes fall evenly over its range"),
        ([2.0, 1.5, *[0.8] * 16, 1.5, 2.0], "Surprises are more frequent than the forecast says"),
        ([0.3, 0.5, *[1.2] * 16, 0.5, 0.3], "The forecast is more cautious than needed"),
        ([0.5 + 0.05 * place for place in range(20)], "More came than the forecast thought likely"),
        ([1.5 - 0.05 * place for place in range(20)], "Less came than the forecast thought likely"),
        ([1.0] * 8 + [1.3, 1.3, 0.7, 0.7] + [1.0] * 8, "Outcomes fall nearly evenly over the range of the forecast"),
    ],
    ids=["even", "bowl", "hump", "rising", "falling", "wave"],
)
def test_the_shape_of_the_pit_is_put_into_words(shape: list[float], words: str) -> None:
    assert message("pit", with_pit(shape)) == words


def test_the_band_of_chance_is_wider_for_fewer_customers() -> None:
    def height(customers: int) -> float:
        layers = draw("pit", with_pit([1.0] * 20, customers))["layer"]
        return float(layers[3]["data"]["values"][0]["y"])

    assert height(100) > height(10_000) > 0.1
    # 95 % of shares of a tenth among 10,000: 0.1 + 1.96 sqrt(0.09 / 10,000).
    assert height(10_000) == pytest.approx(0.10588)


# ---------- comparison and width ----------


def test_what_is_surely_better_is_filled_and_named() -> None:
    better = Comparison("bg_nbd", "own_rate", 0.04, 0.02, 0.06, 4, 4, True)
    unsure = Comparison("mbg_nbd", "bg_nbd", 0.001, -0.002, 0.004, 2, 4, False)
    assert message("comparison", (better,)) == "BG/NBD is surely better than “own rate carried on”"
    assert message("comparison", (better, unsure)) == "BG/NBD is surely better than “own rate carried on”; nothing after it is"
    assert message("comparison", (unsure,)) == "Nothing is surely better than BG/NBD"
    assert message("comparison", ()) == "There is nothing to compare yet"
    assert [row["better"] for row in draw("comparison", (better, unsure))["data"]["values"]] == [True, False]


def test_the_parts_of_the_width_add_up() -> None:
    found = shares(TotalForecast("clv", 10.0, 5.0, 15.0, 0.9, 0.01, 0.03, 0.06, 3))
    assert found == pytest.approx((0.6, 0.0, 0.3, 0.1))
    assert shares(TotalForecast("clv", 0.0, 0.0, 0.0, 0.9, 0.0, 0.0, 0.0, 0)) == (0.0, 0.0, 0.0, 0.0)


@pytest.mark.parametrize(
    ("parts", "words"), [((0.1, 0.2, 0.7), "from the level"), ((0.1, 0.8, 0.1), "from the parameters"), ((0.9, 0.1, 0.1), "is mere chance")]
)
def test_the_largest_part_of_the_width_is_the_message(parts: tuple[float, float, float], words: str) -> None:
    process, parameters, level = parts
    assert words in message("total_width", (evidence.total("clv", 10.0, process=process, parameters=parameters, level_error=level),))


def test_two_readings_are_a_part_of_their_own_where_there_are_two() -> None:
    two = evidence.total("clv", 10.0, process=0.01, parameters=0.01, level_error=0.02, readings=0.06)
    assert shares(two) == pytest.approx((0.2, 0.6, 0.1, 0.1))
    assert message("total_width", (two,)).startswith("60% of the width comes from two readings")

    def legend(total: TotalForecast) -> list[str]:
        names: list[str] = draw("total_width", (total,))["layer"][1]["encoding"]["color"]["scale"]["domain"]
        return names

    assert legend(two) == ["level", "readings", "parameters", "chance"]
    assert legend(evidence.total()) == ["level", "parameters", "chance"]


def test_purchases_carry_no_currency() -> None:
    spec = draw("total_width", evidence.intervals(), currency="EUR")
    heads = [row["words"] for row in spec["layer"][0]["data"]["values"]]
    assert heads[0] == "Expected purchases: 3,638 to 7,275"
    assert heads[1] == "Expected revenue: €241k to €483k"


# ---------- of a fit ----------


def test_the_share_that_bought_once_is_held_against_the_model() -> None:
    assert message("frequency", evidence.frequencies()) == "59.9% of the customers bought once; the model expects 59.6%"
    assert draw("frequency", evidence.frequencies())["usermeta"]["rows"][-1][0] == "7+"


def test_cells_that_cannot_be_are_left_empty() -> None:
    spec = draw("p_alive_matrix", evidence.matrix())
    assert len(spec["data"]["values"]) == 10 * 12 + 1
    assert {cell["step"] for cell in spec["data"]["values"]} == {0, 1, 2, 3, 4}


def test_a_narrow_matrix_shows_colours_without_figures() -> None:
    assert {cell["figure"] for cell in draw("p_alive_matrix", evidence.matrix(), width=368)["data"]["values"]} == {""}


def test_a_path_is_told_in_days_or_on_the_calendar() -> None:
    assert message("p_alive_path", evidence.alive_path()).startswith("On 4 Dec 2025 this customer is still active with a chance of ")
    assert message("p_alive_path", evidence.alive_path(None)).startswith("On day 330 ")
    rows = draw("p_alive_path", evidence.alive_path(None))["usermeta"]["rows"]
    assert rows[0] == ["day 0", "–", "97.0%"]
    assert rows[-1][0] == "day 330 (end)"


def test_moments_of_a_path_on_the_calendar_are_right() -> None:
    path = AlivePath("bg_nbd", (0.0, 1.75), (1.0, 0.9), (0.0,), date(2026, 2, 28))
    values = draw("p_alive_path", path)["layer"][0]["data"]["values"]
    assert [row["x"] for row in values] == ["2026-02-28T00:00:00Z", "2026-03-01T18:00:00Z"]


def test_half_of_the_buyers_is_where_half_of_the_shares_is_reached() -> None:
    known = replace(evidence.gaps(), edges=(0.0, 10.0, 20.0, 30.0), actual=(0.25, 0.5, 0.25), expected=(1.0, 0.0, 0.0))
    assert message("timing", known) == "Half of the repeat buyers come back after less than 15 days on average; the model says 5"


def test_an_estimate_beyond_the_draws_is_said_not_drawn() -> None:
    first, *rest = evidence.posterior().parts
    far = replace(evidence.posterior(), parts=(replace(first, estimate=17e6), *rest))
    panels = draw("posterior", far)["concat"]
    assert panels[0]["title"]["text"] == "r (estimate 17,000,000, outside)"
    assert len(panels[0]["layer"]) == len(panels[1]["layer"]) - 2


# ---------- in the hands of a reader ----------


def test_a_chart_shows_itself_in_a_notebook_without_network() -> None:
    bundle = Chart(draw("frequency", evidence.frequencies()))._repr_mimebundle_()
    assert set(bundle) == {"application/vnd.vegalite.v6+json", "image/svg+xml", "image/png", "text/plain"}
    assert json.loads(json.dumps(bundle)) == bundle
    assert "59.9% of the customers bought once" in bundle["image/svg+xml"]
    assert bundle["application/vnd.vegalite.v6+json"]["background"] == "#ffffff"
    assert bundle["text/plain"] == "Chart('59.9% of the customers bought once; the model expects 59.6%')"


@pytest.mark.parametrize(("ending", "start"), [("svg", b"<svg"), ("png", b"\x89PNG"), ("json", b"{")])
def test_a_chart_is_saved_as_its_ending_says(tmp_path: Path, ending: str, start: bytes) -> None:
    chart = Chart(draw("timing", evidence.gaps(), "de"), "de")
    assert chart.save(tmp_path / f"chart.{ending}").read_bytes().startswith(start)


def test_an_unknown_ending_is_answered_with_those_there_are(tmp_path: Path) -> None:
    with pytest.raises(CallError, match=r"\.svg, \.png or \.json"):
        Chart(draw("timing", evidence.gaps())).save(tmp_path / "chart.bmp")

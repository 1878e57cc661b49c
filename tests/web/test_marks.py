"""Marks in cells: bars begin at zero, all rows share a scale, nothing but numbers gets into the picture."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any
from xml.etree import ElementTree

import pytest
from django.template import engines

from kundenwert.web import marks
from kundenwert.web.marks import Step


def rects(picture: str) -> list[tuple[str, float, float]]:
    """Class, left edge and width in percent of each bar."""
    found = re.findall(r'<rect class="([^"]*)" x="([\d.]+)%" width="([\d.]+)%"', picture)
    return [(name, float(left), float(width)) for name, left, width in found]


def test_a_bar_begins_at_zero_and_takes_its_share_of_the_cell() -> None:
    assert rects(marks.bar(3, 12)) == [("ac", 0.0, 25.0)]


def test_zero_stands_inside_where_values_are_below_it() -> None:
    assert rects(marks.bar(-25, 75, -25)) == [("ac", 0.0, 25.0)]
    assert rects(marks.bar(75, 75, -25)) == [("ac", 25.0, 75.0)]


def test_a_scale_without_zero_is_not_cut() -> None:
    assert rects(marks.bar(50, 100, 40)) == [("ac", 0.0, 50.0)]


@pytest.mark.parametrize(
    ("look", "value", "colour"),
    [("change", 1, "pos"), ("change", -1, "neg"), ("cost", 1, "neg"), ("result", 1, "ac"), ("result", -1, "neg")],
)
def test_colour_means_better_or_worse(look: str, value: int, colour: str) -> None:
    assert rects(marks.bar(value, 2, -2, look))[0][0] == colour


@pytest.mark.parametrize("value", [Decimal("2.50"), "2.50", 2.5])
def test_amounts_come_as_decimals_text_or_numbers(value: Any) -> None:
    assert rects(marks.bar(value, "10.00")) == [("ac", 0.0, 25.0)]


@pytest.mark.parametrize("value", [None, "", "viel", float("nan"), float("inf"), True])
def test_what_is_unknown_has_no_bar(value: Any) -> None:
    assert marks.bar(value, 10) == ""


def test_what_is_beyond_the_scale_ends_at_the_edge() -> None:
    assert rects(marks.bar(30, 10)) == [("ac", 0.0, 100.0)]


def test_a_band_reaches_from_bound_to_bound_with_a_stroke_at_the_value() -> None:
    picture = marks.band(20, 30, 50, 100)
    assert rects(picture) == [("band", 20.0, 30.0)]
    assert 'class="tick" x1="30%"' in picture


def test_a_band_without_bounds_keeps_its_stroke() -> None:
    assert rects(marks.band(None, 30, None, 100)) == []
    assert 'class="tick"' in marks.band(None, 30, None, 100)


def test_a_course_has_a_point_for_each_value_and_rises_upwards() -> None:
    places = [tuple(map(float, one.split(","))) for one in re.search(r'points="([^"]*)"', marks.spark([0, 5, 10]))[1].split()]  # type: ignore[index]
    assert [x for x, _ in places] == [0.0, 50.0, 100.0]
    assert places[0][1] > places[1][1] > places[2][1]


def test_one_value_is_no_course() -> None:
    assert marks.spark([3]) == ""


def test_steps_of_a_waterfall_begin_where_the_one_before_ended() -> None:
    pictures = marks.waterfall([Step(100), Step(-40), Step(60, is_sum=True), Step("20"), Step(80, is_sum=True)])
    assert [rects(one)[0] for one in pictures] == [
        ("ac", 0.0, 100.0),
        ("ac", 60.0, 40.0),
        ("sumbar", 0.0, 60.0),
        ("ac", 60.0, 20.0),
        ("sumbar", 0.0, 80.0),
    ]


def test_a_waterfall_below_zero_keeps_zero_inside() -> None:
    pictures = marks.waterfall([Step(50), Step(-100), Step(-50, is_sum=True)])
    assert rects(pictures[2])[0] == ("sumbar", 0.0, 50.0)
    assert 'class="axis" x1="50%"' in pictures[0]


@pytest.mark.parametrize(
    "picture",
    [
        marks.bar(1, 2),
        marks.bar(1, 2, look='"><script>'),
        marks.band(1, 2, 3, 4),
        marks.points(7),
        marks.spark([1, 2], look='x" onload="'),
        *marks.waterfall([Step(1), Step(2, look="<b>")]),
    ],
)
def test_every_mark_is_hidden_from_readers_and_needs_no_style(picture: str) -> None:
    root = ElementTree.fromstring(picture)
    assert root.get("aria-hidden") == "true"
    assert not any("style" in one.attrib or one.tag == "script" or any(name.startswith("on") for name in one.attrib) for one in root.iter())


def test_templates_draw_marks_by_name() -> None:
    page = engines["django"].from_string(
        "{% load marks %}{% bar v 4 %}{% band 1 2 3 4 %}{% spark course %}{% points 5 %}{% bar v 4 -4 'change' %}"
    )
    assert page.render({"v": "2.00", "course": [1, 2]}).count("<svg aria-hidden") == 4

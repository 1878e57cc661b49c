"""Settings: file, then environment, then flags; every wrong one is told; spans follow the calendar."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kundenwert.errors import SettingsError
from kundenwert.settings import MACHINE_SETTINGS, SETTINGS, Duration, gather, read_project_file


def test_without_anything_given_every_setting_has_its_default() -> None:
    found = gather({}, {}, {})
    assert dict(found.values) == {setting.name: setting.default for setting in SETTINGS}


def test_the_environment_wins_over_the_file_and_flags_win_over_both() -> None:
    file, environment, flags = (
        {"horizon": "1y", "margin": 0.1, "unit": "days"},
        {"KUNDENWERT_MARGIN": "0.2", "KUNDENWERT_UNIT": "years"},
        {"unit": "months"},
    )
    found = gather(file, flags, environment)
    assert (found.horizon, found.margin, found.unit) == ("1y", 0.2, "months")


def test_a_flag_that_is_not_given_and_an_empty_variable_change_nothing() -> None:
    found = gather({"horizon": "1y"}, {"horizon": None}, {"KUNDENWERT_HORIZON": ""})
    assert found.horizon == "1y"


def test_all_wrong_settings_are_told_together_with_the_place_they_came_from() -> None:
    file = {"horizon": "soon", "colour": "red", "class_limits": [0.9, 0.8]}
    with pytest.raises(SettingsError, match="soon") as caught:
        gather(file, {"unit": "hours"}, {"KUNDENWERT_MARGIN": "much"})
    told = {(problem.file, problem.came) for problem in caught.value.problems}
    assert told == {
        ("kundenwert.toml", "'colour' is no setting."),
        ("kundenwert.toml", "horizon = 'soon'."),
        ("kundenwert.toml", "class_limits = [0.9, 0.8]."),
        ("--unit", "unit = 'hours'."),
        ("KUNDENWERT_MARGIN", "margin = 'much'."),
    }


def test_an_unknown_name_is_answered_with_the_names_there_are() -> None:
    with pytest.raises(SettingsError, match=r"'horizont' is no setting\. Expected: one of .*horizon, .*threads\."):
        gather({"horizont": "12m"}, {}, {})


@pytest.mark.parametrize(
    ("name", "value", "read"),
    [
        ("as_of", "2024-02-29", date(2024, 2, 29)),
        ("as_of", date(2024, 2, 29), date(2024, 2, 29)),
        ("horizon", "39W", "39w"),
        ("discount_rate", "0.05", 0.05),
        ("discount_rate", 0, 0.0),
        ("margin", -1, -1.0),
        ("non_products", "POST, D ,", ("POST", "D")),
        ("non_products", ["POST"], ("POST",)),
        ("class_limits", "0.5,0.9", (0.5, 0.9)),
        ("interval_levels", "0.5,0.8,0.5", (0.5, 0.8)),
        ("interval_levels", [0.9], (0.9,)),
        ("threads", "2", 2),
    ],
)
def test_texts_and_typed_values_are_read(name: str, value: object, read: object) -> None:
    assert gather({name: value}, {}, {}).values[name] == read


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("as_of", "29.02.2024"),
        ("as_of", "2023-02-29"),
        ("horizon", "0d"),
        ("horizon", "1.5y"),
        ("horizon", "12"),
        ("discount_rate", 1.5),
        ("discount_rate", True),
        ("discount_rate", float("nan")),
        ("margin", 1.01),
        ("threads", 1.5),
        ("threads", -1),
        ("unit", "hours"),
        ("language", "fr"),
        ("interval_levels", "half"),
        ("interval_levels", [0.5, 95]),
        ("interval_levels", 0.5),
        ("class_limits", [0.8]),
        ("class_limits", [0, 0.9]),
        ("non_products", [1]),
        ("model", " "),
    ],
)
def test_what_cannot_be_meant_is_refused(name: str, value: object) -> None:
    with pytest.raises(SettingsError, match=f"{name} = "):
        gather({name: value}, {}, {})


def test_a_moment_in_the_project_file_is_its_day(tmp_path: Path) -> None:
    (tmp_path / "kundenwert.toml").write_text("as_of = 2024-02-29T10:00:00\n", encoding="utf-8")
    found = gather(read_project_file(tmp_path / "kundenwert.toml"), {}, {})
    assert found.as_of - date(2024, 2, 28) == timedelta(days=1)


def test_settings_of_results_are_all_but_those_of_the_machine_and_plain() -> None:
    found = gather({"as_of": date(2024, 1, 31), "threads": 2}, {}, {}).of_results()
    assert set(found) == {setting.name for setting in SETTINGS} - MACHINE_SETTINGS
    assert found["as_of"] == "2024-01-31"
    assert found["class_limits"] == [0.8, 0.95]


def test_settings_of_results_are_read_back_to_the_same(tmp_path: Path) -> None:
    first = gather({"as_of": date(2024, 1, 31), "margin": 0.3, "non_products": ["POST"]}, {}, {})
    given = {name: value for name, value in first.of_results().items() if value not in (None, "")}
    assert gather(given, {}, {}).values == first.values


# ---- spans ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "span", "end"),
    [
        ("2024-02-29", "12m", "2025-02-28"),
        ("2024-02-29", "1y", "2025-02-28"),
        ("2024-02-29", "4y", "2028-02-29"),
        ("2024-01-31", "1m", "2024-02-29"),
        ("2023-01-31", "1m", "2023-02-28"),
        ("2023-12-31", "2m", "2024-02-29"),
        ("2023-11-30", "1m", "2023-12-30"),
        ("2023-12-15", "1m", "2024-01-15"),
        ("2010-12-09", "5y", "2015-12-09"),
        ("1997-09-30", "39w", "1998-06-30"),
        ("2010-12-09", "374d", "2011-12-18"),
    ],
)
def test_a_span_ends_where_the_calendar_says(day: str, span: str, end: str) -> None:
    start = date.fromisoformat(day)
    assert Duration.parse(span).after(start) == date.fromisoformat(end)
    assert Duration.parse(span).days(start) == (date.fromisoformat(end) - start).days


DAYS = st.dates(date(1990, 1, 1), date(2060, 12, 31))


@given(day=DAYS, months=st.integers(1, 240))
def test_months_keep_the_day_of_the_month_or_take_its_last(day: date, months: int) -> None:
    end = Duration(months, "m").after(day)
    assert (end.year * 12 + end.month) - (day.year * 12 + day.month) == months
    assert end.day == day.day or (end.day < day.day and (end + timedelta(days=1)).day == 1)


@given(day=DAYS, years=st.integers(1, 30))
def test_a_year_is_twelve_months(day: date, years: int) -> None:
    assert Duration(years, "y").after(day) == Duration(12 * years, "m").after(day)


@given(day=DAYS, months=st.integers(1, 60), times=st.sampled_from([1, 1.5, 2, 2.5]))
def test_more_of_a_span_never_ends_earlier_and_back_goes_before_the_day(day: date, months: int, times: float) -> None:
    span = Duration(months, "m")
    assert span.after(day, -times) < day < span.after(day, times) <= span.after(day, times + 1)


@pytest.mark.parametrize("text", ["", "m", "12", "-1d", "0w", "1.5y", "12 months", "1000000d"])
def test_what_is_no_span_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="a whole number and a unit, such as 39w, 12m, 5y or 374d"):
        Duration.parse(text)


def test_a_span_beyond_the_calendar_is_refused() -> None:
    with pytest.raises(SettingsError, match="value_horizon = '99999y'"):
        gather({"value_horizon": "99999y"}, {}, {})

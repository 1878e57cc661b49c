"""Which day everything is valued at."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from kundenwert.base.as_of import day_number, day_of, last_plausible
from kundenwert.errors import AmbiguousInput, NothingToValue

CLOCK = date(2025, 1, 31)


def days(*texts: str) -> list[int]:
    return [day_number(date.fromisoformat(text)) for text in texts]


def test_the_default_is_the_last_document_day() -> None:
    assert last_plausible(days("2024-11-01", "2024-12-01", "2025-01-07"), CLOCK) == date(2025, 1, 7)


def test_days_after_the_clock_are_passed_over() -> None:
    assert last_plausible(days("2024-12-01", "2025-01-31", "2025-02-01", "2052-01-01"), CLOCK) == CLOCK


def test_a_log_of_future_days_only_is_refused() -> None:
    with pytest.raises(NothingToValue, match=r"first document day is 2025-02-01, after today \(2025-01-31\)"):
        last_plausible(days("2025-02-01"), CLOCK)


def test_a_log_without_any_day_is_refused() -> None:
    with pytest.raises(NothingToValue, match="No line has a readable date"):
        last_plausible([], CLOCK)


@pytest.mark.parametrize(
    ("before", "gap", "is_refused"),
    [
        pytest.param(10, 90, False, id="90 days are not too many"),
        pytest.param(10, 91, True, id="91 days, and more than five times 10"),
        pytest.param(20, 100, False, id="five times 20 is not more than five times"),
        pytest.param(20, 101, True, id="101 is more"),
    ],
)
def test_a_far_last_day_is_ambiguous(before: int, gap: int, is_refused: bool) -> None:
    last = day_number(CLOCK)
    log = [last - gap - 2 * before, last - gap - before, last - gap, last]
    if not is_refused:
        assert last_plausible(log, CLOCK) == CLOCK
        return
    with pytest.raises(AmbiguousInput, match=f"--as-of {CLOCK - timedelta(days=gap)} or --as-of {CLOCK}"):
        last_plausible(log, CLOCK)


def test_two_days_say_nothing_of_gaps() -> None:
    assert last_plausible(days("2023-01-01", "2025-01-01"), CLOCK) == date(2025, 1, 1)


def test_a_far_day_after_the_clock_is_no_ambiguity() -> None:
    assert last_plausible(days("2024-12-01", "2024-12-02", "2024-12-03", "2099-01-01"), CLOCK) == date(2024, 12, 3)


def test_day_numbers_count_from_1970() -> None:
    assert day_number(date(1970, 1, 2)) == 1
    assert day_of(day_number(date(2024, 2, 29))) == date(2024, 2, 29)

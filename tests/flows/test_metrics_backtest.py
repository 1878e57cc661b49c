"""backtest --metrics: each measure as known on an earlier day, held against the contribution that came."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from kundenwert.errors import CallError
from kundenwert.flows.metrics import YARDSTICK, metrics_project
from kundenwert.flows.progress import Progress
from kundenwert.records.metrics import MetricsCompared

CLOCK = datetime(2025, 6, 1, 9, 30, tzinfo=UTC)
FIRST = date(2022, 1, 3)
SETTINGS = 'currency = "EUR"\nmodel = "bg_nbd"\n'


def write(folder: Path, *, days: int = 930, cost: bool = True, amounts: bool = True) -> Path:
    """48 customers who buy every 50 days or so: the larger the order, the less of it is left, down to nothing."""
    names = ["customer_id", "date", *(["amount"] if amounts else []), *(["cost"] if cost else [])]
    lines = [",".join(names)]
    for who in range(48):
        amount = 100 + 10 * who
        left = 0.6 if who % 8 == 0 else 0.02
        for turn in range(40):
            day = who % 40 + turn * (45 + who % 7)
            if day <= days:
                cells = [f"{amount}.00"] if amounts else []
                cells += [f"{amount * (1 - left):.2f}"] if cost else []
                lines.append(",".join([f"K{who:03}", str(FIRST + timedelta(days=day)), *cells]))
    folder.mkdir(exist_ok=True)
    (folder / "sales.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (folder / "kundenwert.toml").write_text(f'{SETTINGS}[[sources]]\nfiles = ["sales.csv"]\n', encoding="utf-8")
    return folder


def compared(folder: Path, origins: Sequence[date] = (), **flags: str) -> MetricsCompared:
    return metrics_project(folder, {"threads": "1", **flags}, clock=CLOCK, progress=Progress(), origins=origins)


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> MetricsCompared:
    return compared(write(tmp_path_factory.mktemp("metrics") / "p"))


def test_where_revenue_misleads_contribution_is_recommended(found: MetricsCompared) -> None:
    assert found.yardstick == "db1"
    assert found.recommended == "db1_year"
    assert found.verdict.key == "metrics_better"
    best = next(one for one in found.comparisons if one.name == "db1_year")
    assert best.is_better
    assert best.money.lower > 0
    assert best.agreeing == best.origins == len(found.origins) > 1


def test_the_windows_roll_back_by_half_a_year_as_long_as_a_year_lies_before(found: MetricsCompared) -> None:
    assert found.origins[0].until == found.as_of
    assert all((one.until - one.origin).days == found.days for one in found.origins)
    assert min(one.origin for one in found.origins) >= FIRST + timedelta(days=330)
    assert found.origins[0].origin - found.origins[1].origin in {timedelta(days=182), timedelta(days=183)}


def test_what_came_is_the_contribution_of_the_window(found: MetricsCompared) -> None:
    one = found.origins[0]
    came = 0.0
    for who in range(48):
        days = [FIRST + timedelta(days=who % 40 + turn * (45 + who % 7)) for turn in range(40)]
        came += sum(one.origin < day <= one.until for day in days) * (100 + 10 * who) * (0.6 if who % 8 == 0 else 0.02)
    assert one.came == pytest.approx(came, abs=0.01)
    assert (one.customers, one.chosen) == (48, 5)


def test_what_happened_after_the_window_changes_nothing(found: MetricsCompared, tmp_path: Path) -> None:
    earlier = found.origins[-1]
    short = compared(
        write(tmp_path / "short", days=(earlier.until - FIRST).days), [earlier.origin], horizon=f"{found.days}d", as_of=str(earlier.until)
    )
    assert short.as_of < found.as_of
    assert short.origins == (earlier,)


def test_without_cost_revenue_is_the_yardstick_and_nothing_is_said_of_contribution(tmp_path: Path) -> None:
    found = compared(write(tmp_path / "p", cost=False), [date(2023, 7, 1)])
    assert found.yardstick == "revenue"
    assert not {name for name in found.titles if name.startswith("db")}
    assert found.recommended == YARDSTICK
    assert found.verdict.key == "metrics_none_better"
    assert "metrics_one_origin" in {notice.key for notice in found.notices}


def test_too_short_a_log_is_said_and_no_failure(tmp_path: Path) -> None:
    found = compared(write(tmp_path / "p", days=500))
    assert found.origins == ()
    assert found.recommended is None
    assert found.verdict.key == "metrics_impossible"


def test_a_day_of_which_the_time_after_cannot_be_seen_is_refused(tmp_path: Path) -> None:
    folder = write(tmp_path / "p", days=500)
    with pytest.raises(CallError, match="so that what came can be seen"):
        compared(folder, [date(2023, 1, 1)])


def test_without_amounts_there_is_nothing_to_compare(tmp_path: Path) -> None:
    with pytest.raises(CallError, match="no amounts"):
        compared(write(tmp_path / "p", cost=False, amounts=False))

"""The days of a backtest: months, weeks, and what may be known of time on the as-of day."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import exports
import numpy as np
import pytest

from kundenwert.base import customer_base
from kundenwert.base.as_of import day_number
from kundenwert.engines import open_engine
from kundenwert.flows.backtest import calendar_of
from kundenwert.flows.known_log import log_facts
from kundenwert.flows.ledger import open_ledger
from kundenwert.flows.origins import months_between, weeks_until
from kundenwert.flows.progress import Progress
from kundenwert.flows.project import read

AS_OF = date(2024, 6, 15)


def test_months_begin_with_that_of_the_first_day_and_end_after_the_last() -> None:
    found = months_between(day_number(date(2023, 11, 20)), day_number(date(2024, 1, 1)))
    assert found == [
        day_number(date(2023, 11, 1)),
        day_number(date(2023, 12, 1)),
        day_number(date(2024, 1, 1)),
        day_number(date(2024, 2, 1)),
    ]


@pytest.mark.parametrize("first", [0, 1, 6, 7])
def test_weeks_are_counted_from_the_origin_and_hold_the_first_day(first: int) -> None:
    found = weeks_until(100, first, 120)
    assert 100 in found
    assert found[0] - 7 < first <= found[0]
    assert found[-1] == 114
    assert set(np.diff(found)) == {7}


@pytest.mark.parametrize("returns", [0.0, 0.2])
def test_the_calendar_of_the_as_of_day_is_that_of_a_slow_count(tmp_path: Path, returns: float) -> None:
    lines: list[Any] = exports.shop(seed=4, customers=80, returns=returns)
    exports.project(tmp_path, lines)
    project = read(tmp_path, {"as_of": AS_OF.isoformat()})
    (tmp_path / "scratch").mkdir()
    with open_engine() as engine:
        _, loaded = open_ledger(engine, tmp_path, project.inputs, project.settings, scratch=tmp_path / "scratch", progress=Progress())
        facts = log_facts(loaded, AS_OF)
        customer_base.build(engine, facts, as_of=day_number(AS_OF), collective=False)
        histories = customer_base.histories(engine)
        with customer_base.plain_days(engine, as_of=day_number(AS_OF), wanted=facts.is_plain):
            found = calendar_of(engine, AS_OF, histories, is_plain=facts.is_plain)
    assert facts.is_plain == (returns == 0)
    assert (found.as_of, found.log_start) == (day_number(AS_OF), day_number(AS_OF) - int(histories.T.max()))
    assert found.repeat_purchases.sum() == histories.frequency @ histories.count
    assert len(found.months) == len(found.repeat_purchases) + 1
    if returns == 0:
        days: dict[str, set[date]] = {}
        for customer, day, *_ in lines:
            if day <= AS_OF:
                days.setdefault(customer, set()).add(day)
        months = Counter(day_number(day.replace(day=1)) for own in days.values() for day in own - {min(own)})
        assert dict(zip(found.months[:-1].tolist(), found.repeat_purchases.tolist(), strict=True)) == {
            month: months[month] for month in found.months[:-1].tolist()
        }

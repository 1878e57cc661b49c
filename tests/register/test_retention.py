"""The retention calendar: each class of records has a rule, and what is in force is never due."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from kundenwert.register.book import TABLES
from kundenwert.register.retention import over, rules, without_end
from kundenwert.sources import tables


def consent(status: str, *, who: str = "K1", channel: str = "email") -> dict[str, Any]:
    return {"customer_id": who, "channel": channel, "status": status}


def test_every_table_of_the_company_and_of_the_register_has_one_rule_or_is_said_to_have_no_end() -> None:
    ruled = [name for rule in rules() for name in (*rule.tables, *(f"register/{table}" for table in rule.register))]
    every = {"transactions", *tables(), *(f"register/{table}" for table in TABLES)}
    assert sorted([*ruled, *without_end()]) == sorted(every)


def test_each_rule_names_a_day_that_the_table_has() -> None:
    for table, column in ((table, column) for rule in rules() for table, column in rule.tables.items() if column):
        if table not in ("transactions", "customers"):
            assert tables()[table].role(column).type == "day", table


@pytest.mark.parametrize("table", ["contacts", "leads", "ratings", "customers"])
def test_what_no_law_asks_for_is_due_after_three_years(table: str) -> None:
    (rule,) = [rule for rule in rules() if table in rule.tables]
    assert (rule.years, rule.duty) == (3, False)
    assert rule.until(2021) == date(2024, 12, 31)
    assert (rule.is_due(2021, date(2024, 12, 31)), rule.is_due(2021, date(2025, 1, 1))) == (False, True)


def test_a_consent_in_force_is_not_due_however_old_it_is() -> None:
    assert over([(2012, consent("yes"))], "consents") == []
    assert over([(2012, consent("yes")), (2013, consent("yes", channel="phone"))], "consents") == []
    assert over([(2012, consent("yes")), (2013, consent("yes", who="K2"))], "consents") == []


def test_a_consent_that_was_replaced_or_withdrawn_is_counted_by_its_day() -> None:
    assert over([(2012, consent("yes")), (2015, consent("yes"))], "consents") == [2012]
    assert over([(2012, consent("yes")), (2016, consent("withdrawn"))], "consents") == [2012, 2016]
    assert over([(2012, consent("no"))], "consents") == [2012]


def test_an_objection_is_kept_as_long_as_it_stands() -> None:
    objected, withdrawn = ({"customer_id": "K1", "status": status} for status in ("objected", "withdrawn"))
    assert over([(2012, objected)], "objections") == []
    assert over([(2012, objected), (2014, withdrawn)], "objections") == [2012, 2014]
    assert over([(2012, objected), (2014, withdrawn), (2015, objected)], "objections") == [2012, 2014]


def test_the_definition_in_use_is_kept_and_ratings_go_by_their_day_alone() -> None:
    assert over([(2012, {"digest": "a"}), (2013, {"digest": "b"})], "definitions") == [2012]
    assert over([(2012, {"customer_id": "K1"}), (2013, {"customer_id": "K1"})], "ratings") == [2012, 2013]

"""What customers need and say beside their orders is planted as told, and the records say it."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from kundenwert.example.company import Company
from kundenwert.example.company._voice import ESTIMATE_SPREAD, SHARE_OF_WALLET


def test_customers_buy_the_planted_share_of_what_they_need(records, truth) -> None:
    """Two years of purchases of all founders against two years of demand; chance, leaving and returns take a part of it."""
    bought = dict(records("select customer_id, net / 2 from result"))
    founders = [name for name, first in records("select customer_id, acquired_on from customers") if first < date(2024, 1, 1)]
    here = [name for name in founders if name in bought and name not in truth.left]
    share = sum(bought[name] for name in here) / sum(truth.demand[name] for name in here)
    planted = sum(truth.demand[name] * truth.share_of_wallet[name] for name in here) / sum(truth.demand[name] for name in here)
    assert share == pytest.approx(planted, rel=0.12)
    assert SHARE_OF_WALLET[0] <= min(truth.share_of_wallet.values())
    assert max(truth.share_of_wallet.values()) <= SHARE_OF_WALLET[1]


def test_estimates_of_the_demand_miss_it_by_the_planted_spread_and_come_before_the_day(records, truth) -> None:
    known = records("select customer_id, potential::double, potential_source, potential_date from customers where potential is not null")
    off = np.log([amount / truth.demand[name] for name, amount, *_ in known if amount > 5_000])
    assert np.std(off) == pytest.approx(ESTIMATE_SPREAD, rel=0.1)
    assert abs(np.mean(off)) < 0.05
    assert {source for _, _, source, _ in known} == {"Branchenkennzahl", "Schätzung Außendienst"}
    assert max(day for *_, day in known) <= date(2025, 12, 31)
    assert records("select count(*) from customers where kind = 'b2c' and (potential is not null or employees is not null)") == [(0,)]


def test_grades_of_the_survey_fall_after_a_complaint_that_was_handled_badly(records) -> None:
    rows = records("""
        select coalesce(bool_or(complaints.satisfaction <= 2), false) as bad, any_value(points) as points
        from ratings left join complaints on complaints.customer_id = ratings.customer_id
            and complaints.date between ratings.date - 60 and ratings.date - 1
        where criterion = 'Weiterempfehlungsbereitschaft'
        group by ratings.customer_id, ratings.date
    """)
    bad, others = ([points for is_bad, points in rows if is_bad is which] for which in (True, False))
    assert np.mean(others) - np.mean(bad) > 1.5
    assert {float(points) for _, points in rows} <= set(range(11))


def test_recommenders_talk_to_more_firms_and_recommend_more_gladly(records, truth) -> None:
    network = dict(records("select customer_id, network from customers where network is not null"))
    planted = [network[name] for name in truth.recommenders if name in network]
    assert np.mean(planted) > 2.5 * np.mean([count for name, count in network.items() if name not in truth.recommenders])
    grades = records("select customer_id, points from ratings where criterion = 'Weiterempfehlungsbereitschaft'")
    theirs = np.mean([float(points) for name, points in grades if name in truth.recommenders])
    assert theirs > 0.8 + np.mean([float(points) for name, points in grades if name not in truth.recommenders])


def test_most_ideas_come_from_idea_givers(records, truth) -> None:
    ideas = [name for (name,) in records("select customer_id from contacts where purpose = 'Produktidee'")]
    assert len(ideas) > 50
    assert sum(name in truth.idea_givers for name in ideas) > 0.8 * len(ideas)


def test_joint_projects_are_those_of_the_partners_and_one_has_no_source(records, truth) -> None:
    projects = records('select customer_id, status, chance, effort, source, "end" from projects')
    assert tuple(sorted(name for name, *_ in projects)) == tuple(sorted(truth.partners))
    assert [source for *_, source, _ in projects].count(None) == 1
    for _, status, chance, effort, _, end in projects:
        assert 20 <= chance <= 85
        assert (status == "offen") == (end > date(2025, 12, 31))
        assert effort == 0 or status == "offen"


def test_what_was_said_until_a_day_does_not_change_by_what_comes_later(company: Company) -> None:
    then, now = (one.tables(date(2024, 9, 30)) for one in (Company.founded().advance().advance().advance(), company))
    for name in ("customers", "ratings", "contacts", "projects"):
        assert then[name].equals(now[name]), name

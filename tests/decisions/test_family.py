"""What every decision must keep: limits, law and consent, sense, and one sentence why."""

from __future__ import annotations

import string
from dataclasses import replace

import numpy as np
import pytest

from kundenwert.decisions import decisions
from kundenwert.errors import DataError
from kundenwert.records.notices import filled
from kundenwert.records.plans import Limit

FOUND = decisions()
SEEDS = (1, 2)
PRACTICES = {"nothing", "today"}


def with_actions() -> list[str]:
    """Decisions whose example plans actions with customers."""
    return [name for name, one in FOUND.items() if one.example(np.random.default_rng(1), 40).actions]


@pytest.fixture(scope="module", params=[(name, seed) for name in FOUND for seed in SEEDS], ids=lambda one: f"{one[0]}-{one[1]}")
def decided(request: pytest.FixtureRequest):
    """A random case of a decision, and its plan."""
    name, seed = request.param
    case = FOUND[name].example(np.random.default_rng(seed), 30)
    return FOUND[name], case, FOUND[name].decide(case)


def rows_of(plan) -> list[tuple]:
    """The lines of a plan without regard to their order."""
    names = sorted(plan.lines)
    whole = [tuple(_plain(plan.lines[name][row]) for name in names) for row in range(len(plan.lines["customer_id"]))]
    return sorted(whole, key=repr)


def _plain(value):
    value = value.item() if hasattr(value, "item") else value
    return round(value, 6) if isinstance(value, float) and value == value else str(value) if isinstance(value, float) else value


def turned(case, order):
    """The same customers in another order."""

    def of(arrays):
        return {name: np.asarray(values)[order] for name, values in arrays.items()}

    return replace(
        case,
        ids=case.ids[order],
        columns=of(case.columns),
        allowed=of(case.allowed),
        today=of(case.today),
        at_least=of(case.at_least),
        at_most=of(case.at_most),
        person=None if case.person is None else case.person[order],
        draws=None if case.draws is None else case.draws[:, order],
    )


def renamed(case, names):
    """The same customers under other names."""
    new = np.array([names[one] for one in case.ids.tolist()])
    tables = {
        name: {
            column: np.array([names.get(one, one) for one in values.tolist()]) if column == "customer_id" else values
            for column, values in table.items()
        }
        for name, table in case.tables.items()
    }
    return replace(case, ids=new, fixed={names.get(one, one): counts for one, counts in case.fixed.items()}, tables=tables)


def test_there_are_decisions() -> None:
    assert "allocation" in FOUND


def test_the_random_case_is_in_order(decided) -> None:
    decision, case, _ = decided
    assert decision.wrong(case) == []


def test_no_limit_is_passed(decided) -> None:
    _, case, plan = decided
    for used in plan.used:
        assert used.used <= used.amount * (1 + 1e-9) + 1e-6
    costs = {action.name: action.costs for action in case.actions}
    if not set(plan.lines["action"].tolist()) <= set(costs) or (case.person is None and any(limit.person for limit in case.limits)):
        return
    person = dict(zip(case.ids.tolist(), [] if case.person is None else case.person.tolist(), strict=False))
    for limit in case.limits:
        taken = sum(
            count * costs[action].get(limit.resource, 0.0)
            for one, action, count in zip(plan.lines["customer_id"], plan.lines["action"], plan.lines["count"], strict=True)
            if not limit.person or person.get(str(one)) == limit.person
        )
        assert taken <= limit.amount + 1e-6


def test_nothing_is_done_that_law_and_consent_do_not_allow(decided) -> None:
    _, case, plan = decided
    place = {one: row for row, one in enumerate(case.ids.tolist())}
    for one, action, count in zip(plan.lines["customer_id"], plan.lines["action"], plan.lines["count"], strict=True):
        if count and action in case.allowed:
            assert case.allowed[str(action)][place[str(one)]]


def test_counts_keep_what_is_set_for_each_customer(decided) -> None:
    _, case, plan = decided
    place = {one: row for row, one in enumerate(case.ids.tolist())}
    for one, action, count in zip(plan.lines["customer_id"], plan.lines["action"], plan.lines["count"], strict=True):
        if str(action) in case.at_most and str(one) in place:
            assert count <= case.at_most[str(action)][place[str(one)]]
    for action, least in case.at_least.items():
        for row in np.flatnonzero(least):
            mine = (plan.lines["customer_id"] == case.ids[row]) & (plan.lines["action"] == action)
            # A decision plans some of the customers; whom it plans gets the least at least.
            assert not mine.any() or plan.lines["count"][mine].sum() >= least[row]


def test_gain_and_cost_are_the_sums_of_the_lines_to_the_cent(decided) -> None:
    _, _, plan = decided
    assert plan.gain == pytest.approx(plan.lines["gain"].sum(), abs=0.005)
    assert plan.cost == pytest.approx(plan.lines["cost"].sum(), abs=0.005)
    for name in ("gain", "cost"):
        assert plan.lines[name] == pytest.approx(np.round(plan.lines[name], 2), abs=1e-9)


def test_it_is_never_worse_than_doing_nothing_or_going_on_as_today(decided) -> None:
    _, case, plan = decided
    for practice in plan.compared:
        if practice.name in PRACTICES:
            assert plan.gain >= practice.gain - 0.005
    if not case.fixed and not any(np.any(least) for least in case.at_least.values()):
        assert plan.gain >= 0


def test_no_bound_is_below_the_gain(decided) -> None:
    _, _, plan = decided
    assert not plan.bound < plan.gain - 0.005
    assert plan.gap >= 0


def test_each_line_has_a_reason_whose_figures_are_its_columns(decided) -> None:
    _, _, plan = decided
    for key in np.unique(plan.lines["reason"]).tolist():
        sentence = plan.reasons[key]
        places = {place for _, place, _, _ in string.Formatter().parse(sentence) if place}
        assert places <= set(plan.lines), sentence
        row = int(np.flatnonzero(plan.lines["reason"] == key)[0])
        told = filled(sentence, {place: plan.lines[place][row] for place in places})
        assert "nan" not in told
        assert told.endswith(".")


def test_further_columns_are_explained(decided) -> None:
    _, _, plan = decided
    needed = {"customer_id", "action", "count", "gain", "cost", "reason"}
    assert needed <= set(plan.lines)
    assert set(plan.columns) <= set(plan.lines) or not len(plan.lines["gain"])
    assert set(plan.lines) - needed <= set(plan.columns)


def test_the_same_customers_in_another_order_get_the_same_plan(decided) -> None:
    decision, case, plan = decided
    if not len(case.ids):
        pytest.skip("it is no decision about single customers")
    order = np.random.default_rng(9).permutation(len(case.ids))
    assert rows_of(decision.decide(turned(case, order))) == rows_of(plan)


def test_customers_under_other_names_get_the_same_plan(decided) -> None:
    decision, case, plan = decided
    if not len(case.ids):
        pytest.skip("it is no decision about single customers")
    names = {one: f"x{number:04d}" for number, one in enumerate(np.random.default_rng(4).permutation(case.ids).tolist())}
    found = decision.decide(renamed(case, names))
    back = {new: old for old, new in names.items()}
    lines = {**found.lines, "customer_id": np.array([back.get(one, one) for one in found.lines["customer_id"].tolist()])}
    assert found.gain == pytest.approx(plan.gain, abs=0.005)
    assert rows_of(replace(found, lines=lines)) == rows_of(plan)


def test_with_nobody_to_plan_for_it_does_not_fall_over(decided) -> None:
    decision, case, _ = decided
    if not len(case.ids):
        pytest.skip("it is no decision about single customers")
    empty = replace(turned(case, np.zeros(0, dtype=np.int64)), fixed={})
    try:
        plan = decision.decide(empty)
    except DataError:
        return
    assert not plan.lines["count"].any()


@pytest.mark.parametrize("name", with_actions())
def test_everything_wrong_is_told_at_once(name: str) -> None:
    case = FOUND[name].example(np.random.default_rng(5), 30)
    first = case.actions[0]
    barred = {**case.allowed, first.name: np.zeros(len(case.ids), dtype=bool)}
    resource = next(iter(first.costs))
    wrong = replace(
        case,
        actions=(*case.actions, replace(first, name="", costs={})),
        limits=(Limit(resource, -5.0),),
        at_least={first.name: np.full(len(case.ids), first.most + 1)},
        fixed={"nobody knows": {first.name: 1}, str(case.ids[0]): {first.name: 1}},
        allowed=barred,
    )
    told = "\n".join(str(problem) for problem in FOUND[name].wrong(wrong))
    for word in ("-5", "no name", "costs nothing", "nobody knows", "minimum is above the maximum", "objected"):
        assert word in told
    with pytest.raises(DataError, match="-5"):
        FOUND[name].decide(wrong)


@pytest.mark.parametrize("name", with_actions())
def test_limits_that_cannot_be_kept_are_named(name: str) -> None:
    case = FOUND[name].example(np.random.default_rng(6), 30)
    plan = FOUND[name].decide(replace(case, limits=()))
    if not plan.lines["count"].any():
        pytest.skip("nothing is planned that could break a limit")
    # Who is planned for without limits is fixed, and then there is hardly any money.
    one, action = str(plan.lines["customer_id"][0]), str(plan.lines["action"][0])
    costs = {each.name: each.costs for each in case.actions}[action]
    resource = max(costs, key=lambda each: costs[each])
    tight = replace(case, at_least={}, fixed={one: {action: 1}}, limits=(Limit(resource, costs[resource] / 2),))
    with pytest.raises(DataError, match=rf"{costs[resource] / 2:,.2f}"):
        FOUND[name].decide(tight)

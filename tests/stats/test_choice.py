"""Choosing one option a customer within limits: as good as trying everything, within what is proven, the same in any order."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from kundenwert.errors import CallError
from kundenwert.stats.choice import choose

VISITS = np.arange(13)
WORTH, RATE = np.array([[1000.0], [600.0], [400.0]]), np.array([[0.25], [0.5], [0.3]])
GAIN = WORTH * (1 - np.exp(-RATE * VISITS)) - 60 * VISITS


def by_trying_all(gain, uses, capacity, groups):
    """The best total, by looking at every choice there is."""
    count, options = gain.shape
    choices = np.array(list(itertools.product(range(options), repeat=count)))
    row = np.arange(count)[:, None]
    fits = np.ones(len(choices), dtype=bool)
    for use, amounts, codes in zip(uses, capacity, groups, strict=True):
        taken = use[row, choices.T]
        for group, amount in enumerate(amounts):
            fits &= taken[codes == group].sum(axis=0) <= amount + 1e-9
    return gain[row, choices.T].sum(axis=0)[fits].max()


def random_case(rng, count, options, kinds):
    gain = np.round(rng.gamma(1, 100, (count, options)) - 20, 2)
    gain[rng.random(gain.shape) < 0.1] = -np.inf
    gain[:, 0] = 0
    uses = [rng.integers(0, 5, gain.shape).astype(float) for _ in range(kinds)]
    for use in uses:
        use[:, 0] = 0
    groups = [rng.integers(0, 2, count) * int(rng.integers(0, 2)) for _ in range(kinds)]
    capacity = [rng.integers(0, 6, 2).astype(float) for _ in range(kinds)]
    return gain, uses, capacity, groups


def large_case(count, kinds=3, persons=0, seed=1):
    rng = np.random.default_rng(seed)
    worth = rng.lognormal(5, 1.2, count)
    gain = np.zeros((count, 6))
    gain[:, 1:] = np.round(worth[:, None] * rng.beta(1, 4, (count, 5)) * np.sqrt(np.arange(1, 6)), 2)
    uses = [np.hstack([np.zeros((count, 1)), rng.integers(1, 10, (count, 1)) * np.arange(1, 6)]) for _ in range(kinds)]
    groups = [rng.integers(0, persons, count) if persons and kind else None for kind in range(kinds)]
    capacity = [count * 2.0 if codes is None else np.bincount(codes, minlength=persons) * 1.5 for codes in groups]
    return gain, uses, capacity, groups


@pytest.mark.parametrize(
    ("visits", "best", "total"),
    [
        (8, [4, 3, 1], 721.9151745),
        (9, [5, 3, 1], 743.2898188),
        (10, [5, 3, 2], 760.0924526),
        (11, [6, 3, 2], 763.4670893),
        (12, [6, 3, 2], 763.4670893),
    ],
)
def test_visits_are_shared_out_as_published(visits: int, best: list[int], total: float) -> None:
    found = choose(GAIN, [VISITS[None, :]], [visits])
    assert found.option.tolist() == best
    assert found.total == pytest.approx(total, abs=1e-7)
    assert found.is_exact


@pytest.mark.parametrize("seed", range(5))
def test_no_choice_is_better_than_the_one_found(seed: int) -> None:
    rng = np.random.default_rng(seed)
    for _ in range(40):
        case = random_case(rng, int(rng.integers(1, 6)), int(rng.integers(2, 5)), int(rng.integers(1, 4)))
        found = choose(*case)
        assert found.total == pytest.approx(by_trying_all(*case), abs=1e-6)
        assert found.is_exact
        for use, amounts in zip(found.used, case[2], strict=True):
            assert (use <= amounts + 1e-9).all()


def test_thousands_of_small_cases_side_by_side_come_out_as_by_trying_all() -> None:
    # Cases that share no limit are one problem with a group each: the best choice is the best of each.
    rng = np.random.default_rng(7)
    cases, people, options = 1_500, 4, 4
    gain = np.round(rng.gamma(1, 100, (cases * people, options)) - 20, 2)
    gain[:, 0] = 0
    uses = [rng.integers(1, 5, gain.shape).astype(float) * (np.arange(options) > 0) for _ in range(2)]
    group = np.repeat(np.arange(cases), people)
    capacity = [rng.integers(0, 9, cases).astype(float) for _ in range(2)]
    choices = np.array(list(itertools.product(range(options), repeat=people)))
    at = (group.reshape(cases, people)[:, :1] * people + np.arange(people))[:, None, :]
    fits = np.ones((cases, len(choices)), dtype=bool)
    for use, amounts in zip(uses, capacity, strict=True):
        fits &= use[at, choices[None]].sum(axis=2) <= amounts[:, None] + 1e-9
    best = np.where(fits, gain[at, choices[None]].sum(axis=2), -np.inf).max(axis=1)
    totals = np.array(
        [
            np.bincount(group[part], weights=gain[part][np.arange(len(part)), found.option], minlength=cases).sum()
            for part in np.split(np.arange(len(gain)), 75)
            for found in [
                choose(
                    gain[part],
                    [use[part] for use in uses],
                    [own[group[part][0] : group[part][-1] + 1] for own in capacity],
                    [group[part] - group[part][0]] * 2,
                )
            ]
        ]
    )
    assert totals == pytest.approx(best.reshape(75, -1).sum(axis=1), abs=1e-6)


@pytest.mark.parametrize(("count", "persons"), [(3_000, 0), (20_000, 0), (20_000, 40)])
def test_of_many_customers_the_gap_is_a_thousandth_or_what_cannot_be_divided(count: int, persons: int) -> None:
    gain, uses, capacity, groups = large_case(count, persons=persons)
    found = choose(gain, uses, capacity, groups, thorough=False)
    limits = sum(len(np.atleast_1d(amount)) for amount in capacity)
    typical = np.median(gain[gain > 0])
    assert found.total <= found.bound
    assert found.gap < 1e-3 or found.bound - found.total < limits * typical
    for use, amounts in zip(found.used, capacity, strict=True):
        assert (use <= np.atleast_1d(amounts) * (1 + 1e-9)).all()


def test_the_bound_of_prices_stands_above_the_proven_best_and_close_to_it() -> None:
    gain, uses, capacity, groups = large_case(400, kinds=2)
    quick, exact = choose(gain, uses, capacity, groups, thorough=False), choose(gain, uses, capacity, groups)
    assert exact.is_exact
    assert quick.total <= exact.total <= quick.bound
    assert quick.bound - exact.total < 2 * np.median(gain[gain > 0])
    assert exact.total - quick.total < 2 * np.median(gain[gain > 0])


def test_customers_in_another_order_get_the_same() -> None:
    gain, uses, capacity, groups = large_case(60, persons=2)
    order = np.random.default_rng(3).permutation(60)
    turned = choose(gain[order], [use[order] for use in uses], capacity, [None if codes is None else codes[order] for codes in groups])
    found = choose(gain, uses, capacity, groups)
    assert turned.total == pytest.approx(found.total)
    assert choose(gain, uses, capacity, groups).option.tolist() == found.option.tolist()


def test_a_price_tells_what_one_unit_more_would_bring() -> None:
    gain, uses, capacity, groups = large_case(20_000, kinds=1)
    found = choose(gain, uses, capacity, groups)
    more = choose(gain, uses, [capacity[0] + 100], groups)
    assert (more.total - found.total) / 100 == pytest.approx(found.prices[0][0], rel=0.02)


def test_a_limit_that_cannot_bind_has_no_price_and_is_no_limit() -> None:
    found = choose(GAIN, [VISITS[None, :], VISITS[None, :] * 60.0], [10, np.inf])
    assert found.option.tolist() == [5, 3, 2]
    assert found.prices[1].tolist() == [0]
    free = choose(GAIN, [VISITS[None, :]], [100])
    assert free.option.tolist() == GAIN.argmax(axis=1).tolist()
    assert free.prices[0].tolist() == [0]


def test_a_choice_known_before_is_never_undercut() -> None:
    gain, uses, capacity, groups = large_case(60, persons=8)
    known = choose(gain, uses, capacity, groups)
    quick = choose(gain, uses, capacity, groups, thorough=False)
    assert quick.total < known.total
    assert choose(gain, uses, capacity, groups, start=[known.option], thorough=False).total == pytest.approx(known.total)


def test_without_customers_or_limits_there_is_nothing_to_weigh() -> None:
    assert choose(np.zeros((0, 3)), [np.zeros((0, 3))], [5]).total == 0
    assert choose(GAIN, [], []).option.tolist() == GAIN.argmax(axis=1).tolist()


def test_what_must_be_done_and_breaks_a_limit_is_refused() -> None:
    with pytest.raises(CallError, match="breaks the limits of kind 0"):
        choose(GAIN, [VISITS[None, :] + 4.0], [10])
    with pytest.raises(CallError, match="uses less of a limit than option 0"):
        choose(GAIN, [5.0 - VISITS[None, :]], [100])
    with pytest.raises(CallError, match="Option 0 of a customer is not allowed"):
        choose(np.where(VISITS == 0, -np.inf, GAIN), [VISITS[None, :]], [10])


def test_shapes_that_do_not_fit_are_named() -> None:
    with pytest.raises(CallError, match="one of each for every limit"):
        choose(GAIN, [VISITS[None, :]], [1, 2])
    with pytest.raises(CallError, match=r"Uses of shape \(3,\)"):
        choose(GAIN, [np.zeros(3)], [1])
    with pytest.raises(CallError, match="numbers from 0 to 0"):
        choose(GAIN, [VISITS[None, :]], [1], [np.array([0, 1, 0])])


def test_the_solver_prints_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    gain, uses, capacity, groups = large_case(1_000)
    choose(gain, uses, capacity, groups)
    assert capfd.readouterr() == ("", "")


def test_few_places_among_many_customers_have_the_price_of_the_next_one() -> None:
    rng = np.random.default_rng(7)
    size = 20_000
    visit, letter = rng.gamma(1.2, 600, size), rng.gamma(1.2, 20, size)
    gain = np.stack([np.zeros(size), letter, visit], axis=1)
    money, visits = np.array([[0.0, 4.5, 175.0]]), np.array([[0.0, 0.0, 1.0]])
    found = choose(gain, [money, visits], [60_000.0, 6])
    over = np.sort(np.maximum(visit - letter, 0))[::-1]
    assert found.gap < 1e-3
    assert over[6] * 0.9 <= found.prices[1][0] <= over[5]


def test_hundreds_of_customers_of_many_persons_are_solved_to_the_end() -> None:
    size, people, rng = 600, 15, np.random.default_rng(3)

    def rising(values):
        return np.hstack([np.zeros((size, 1)), np.sort(values, axis=1)]).astype(float)

    money, hours = (rising(rng.integers(1, most, (size, 4))) for most in (200, 9))
    gain = (rising(rng.lognormal(4, 1.2, (size, 4))) - 0.3 * money).round(2)
    persons = rng.integers(0, people, size)
    limits = [size * 30.0, np.full(people, np.floor(1.2 * size / people))]
    assert choose(gain, [money, hours], limits, [None, persons]).is_exact
    # The bound of the prices alone stands well above: what is left of the hours of each person is too little for anybody.
    assert choose(gain, [money, hours], limits, [None, persons], thorough=False).gap > 0.002

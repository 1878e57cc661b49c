"""Who is held out, what came of it, what that says of the effect."""

from __future__ import annotations

import numpy as np
import pytest

from kundenwert.errors import CallError
from kundenwert.stats.experiments import difference, held_out, order_of, relative, share_left, shrunk, updated, with_forecast

IDS = np.array([f"K{number}" for number in range(4000)])


def test_the_same_customers_are_held_out_in_any_order() -> None:
    turned = np.random.default_rng(1).permutation(len(IDS))
    held = held_out(IDS, 0.1, seed=5)
    assert (held_out(IDS[turned], 0.1, seed=5) == held[turned]).all()
    assert held.sum() == 400


def test_another_seed_holds_out_others() -> None:
    both = held_out(IDS, 0.1, seed=5) & held_out(IDS, 0.1, seed=6)
    assert 20 < both.sum() < 65


def test_each_stratum_gives_its_share() -> None:
    strata = np.arange(len(IDS)) % 7
    held = held_out(IDS, 0.25, seed=2, strata=strata)
    counts = np.bincount(strata[held])
    assert held.sum() == 1000
    assert np.abs(counts - np.bincount(strata) * 0.25).max() < 1


def test_long_ids_beside_short_ones_change_nothing() -> None:
    assert (order_of(np.array(["a", "bb"]), 1) == order_of(np.array(["a", "bb", "c" * 40]), 1)[:2]).all()


def test_ids_that_end_alike_fall_independently() -> None:
    drawn = order_of(IDS, 3) / 2.0**64
    assert drawn.mean() == pytest.approx(0.5, abs=0.02)
    assert np.corrcoef(drawn[:-1], drawn[1:])[0, 1] == pytest.approx(0, abs=0.05)


def test_the_interval_of_a_difference_holds_it_as_often_as_promised() -> None:
    rng = np.random.default_rng(8)
    held = 0
    for _ in range(1000):
        found = difference(rng.gamma(2.0, 3.0, 60) + 1.0, rng.gamma(2.0, 3.0, 25), level=0.9)
        held += found.lower <= 1.0 <= found.upper
    assert held / 1000 == pytest.approx(0.9, abs=0.03)


def test_a_forecast_from_before_narrows_the_interval_and_leaves_it_right() -> None:
    rng = np.random.default_rng(9)
    held, widths, plain, means = 0, [], [], []
    for _ in range(600):
        before = rng.gamma(2.0, 50.0, 200)
        after = 0.8 * before + rng.normal(0, 20.0, 200)
        after[:120] += 5.0
        found = with_forecast(after[:120], after[120:], before[:120], before[120:])
        held += found.lower <= 5.0 <= found.upper
        widths.append(found.upper - found.lower)
        means.append(found.difference)
        rough = difference(after[:120], after[120:])
        plain.append(rough.upper - rough.lower)
    assert held / 600 == pytest.approx(0.9, abs=0.035)
    assert np.mean(means) == pytest.approx(5.0, abs=0.4)
    assert np.mean(widths) < 0.5 * np.mean(plain)


def test_a_forecast_that_says_nothing_does_no_harm() -> None:
    rng = np.random.default_rng(10)
    after, before = rng.normal(0, 1, 300), rng.normal(0, 1, 300)
    found, rough = with_forecast(after[:150], after[150:], before[:150], before[150:]), difference(after[:150], after[150:])
    assert found.error == pytest.approx(rough.error, rel=0.02)
    same = with_forecast(after[:150], after[150:], np.ones(150), np.ones(150))
    assert same.difference == rough.difference


def test_segments_that_differ_by_chance_alone_end_at_their_mean() -> None:
    means, errors = shrunk(np.array([1.0, 1.2, 0.9]), np.array([0.5, 0.5, 0.5]))
    assert means == pytest.approx([31 / 30] * 3)
    assert (errors < 0.5).all()


def test_segments_that_really_differ_keep_most_of_it() -> None:
    means, _ = shrunk(np.array([0.0, 10.0]), np.array([0.5, 0.5]))
    assert means[0] < 0.5
    assert means[1] > 9.5


def test_a_sure_measurement_replaces_what_was_believed_and_a_rough_one_hardly_moves_it() -> None:
    assert updated(0.0, 0.05, 0.1, 0.2, 1e-6)[1] == pytest.approx(0.2, abs=1e-6)
    assert updated(0.0, 0.05, 0.1, 0.2, 10.0)[1] == pytest.approx(0.05, abs=1e-4)
    low, likely, high = updated(0.0, 0.05, 0.1, 0.09, 0.03)
    assert low < likely < high
    assert high - low < 0.1


def test_what_cannot_be_told_is_refused() -> None:
    with pytest.raises(CallError, match="at least two"):
        difference(np.array([1.0]), np.array([1.0, 2.0]))
    with pytest.raises(CallError, match="share"):
        held_out(IDS, 1.0, seed=1)
    with pytest.raises(CallError, match="must rise"):
        updated(0.2, 0.1, 0.3, 0.1, 0.1)


def test_a_relative_effect_holds_the_truth_as_often_as_promised() -> None:
    rng = np.random.default_rng(12)
    held, found = 0, []
    for _ in range(800):
        rate = rng.gamma(4.0, 1.5, 400)
        before, after = rng.poisson(rate).astype(float), rng.poisson(rate / 2).astype(float)
        more = rng.poisson(rate[:200] / 4)
        after[:200] += more
        share, error = relative(with_forecast(after[:200], after[200:], before[:200], before[200:]))
        held += abs(share - 0.5) < 1.645 * error
        found.append(share)
    assert held / 800 == pytest.approx(0.9, abs=0.03)
    assert np.mean(found) == pytest.approx(0.5, abs=0.02)


def test_an_effect_that_halves_is_there_by_the_mean_of_its_course() -> None:
    days = np.arange(0, 180, 0.01)
    assert share_left(60, 180) == pytest.approx(float(np.mean(0.5 ** (days / 60))), rel=1e-3)
    assert share_left(0, 180) == 1.0

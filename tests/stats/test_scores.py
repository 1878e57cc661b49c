"""Scores of forecasts: by hand on a few customers, and by simulation where a true forecast must come out best or nominal."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from kundenwert.stats import scores
from kundenwert.stats.scores import LEVELS, Bootstrap, Difference, score_counts, score_in_rounds

COIN = np.array([[0.25, 0.5, 0.25, 0.0]])
ROW = np.zeros(1, dtype=np.intp)


def negative_binomial(mean, size, top):
    return stats.nbinom.pmf(np.arange(top + 1), size, size / (size + np.atleast_1d(mean)[:, None]))


def one(y):
    return np.array([y])


@pytest.fixture(scope="module")
def drawn():
    """20,000 customers whose counts are negative binomial with known means."""
    rng = np.random.default_rng(3)
    means = rng.gamma(0.8, 2.0, 50)
    row = rng.integers(0, 50, 20_000)
    y = rng.negative_binomial(0.7, 0.7 / (0.7 + means[row]))
    return means, row, y


# ---- the whole distribution -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("y", "expected"), [(0, np.log(0.25)), (1, np.log(0.5)), (3, np.log(1e-300))])
def test_the_log_score_is_the_logarithm_of_the_outcome_s_probability(y, expected):
    assert scores.log_score(COIN, ROW, one(y))[0] == pytest.approx(expected)


@pytest.mark.parametrize(
    ("y", "expected"), [(0, 0.75**2 + 0.25**2), (1, 0.25**2 + 0.25**2), (2, 0.25**2 + 0.75**2), (3, 0.25**2 + 0.75**2 + 1)]
)
def test_crps_sums_the_squared_distance_of_the_distribution_functions(y, expected):
    assert scores.crps(COIN, ROW, one(y))[0] == pytest.approx(expected)


def test_crps_is_the_distance_to_the_outcome_less_half_of_that_between_two_draws():
    rng = np.random.default_rng(5)
    first, second = rng.negative_binomial(0.7, 0.2, (2, 400_000))
    y = 4
    simulated = np.abs(first - y).mean() - 0.5 * np.abs(first - second).mean()
    assert scores.crps(negative_binomial(0.7 * 4, 0.7, 400), ROW, one(y))[0] == pytest.approx(simulated, abs=0.02)


def test_a_true_forecast_has_the_best_log_score_and_crps(drawn):
    means, row, y = drawn
    found = {times: score_counts(negative_binomial(means * times, 0.7, 200), row, y) for times in (0.7, 1.0, 1.4)}
    assert max(found, key=lambda times: found[times].log_score.mean()) == 1.0
    assert min(found, key=lambda times: found[times].crps.mean()) == 1.0


def test_the_interval_runs_from_the_first_count_at_the_lower_share_to_the_first_at_the_upper():
    mass = np.array([[0.05, 0.15, 0.3, 0.3, 0.15, 0.05], [1.0, 0, 0, 0, 0, 0], [0.04, 0.06, 0.1, 0.6, 0.1, 0.1]])
    lower, upper, holds = scores.interval(mass, 0.9)
    assert (lower.tolist(), upper.tolist()) == ([0, 0, 1], [4, 0, 5])
    assert holds == pytest.approx([0.95, 1.0, 0.96])


def test_an_interval_that_ends_on_the_share_itself_is_not_pushed_on_by_rounding():
    mass = np.full((1, 10), 0.1)
    lower, upper, _ = scores.interval(mass, 0.8)
    assert (lower[0], upper[0]) == (0, 8)


def test_a_true_forecast_holds_what_it_expects_and_its_pit_is_nominal(drawn):
    means, row, y = drawn
    found = score_counts(negative_binomial(means, 0.7, 300), row, y)
    assert found.held.mean(axis=1) == pytest.approx(found.expected[:, row].mean(axis=1), abs=0.01)
    assert (found.expected[:, row].mean(axis=1) > LEVELS).all()
    assert found.pit.mean(axis=1) == pytest.approx(LEVELS, abs=0.01)


def test_the_share_of_pit_is_the_mean_over_seeded_randomisations(drawn):
    means, row, y = drawn
    mass = negative_binomial(means * 1.3, 0.7, 300)
    below, at = np.cumsum(mass, axis=1)[row, y] - mass[row, y], mass[row, y]
    pit = below + np.random.default_rng(11).random((60, len(y))) * at
    for level, share in zip(LEVELS, score_counts(mass, row, y).pit, strict=True):
        inside = (pit > (1 - level) / 2) & (pit < (1 + level) / 2)
        assert share.mean() == pytest.approx(inside.mean(), abs=0.0015)


def test_tables_made_as_long_as_needed_give_the_scores_of_one_long_table():
    rng = np.random.default_rng(8)
    means = np.concatenate((rng.gamma(0.5, 2.0, 60), [0.01, 80.0, 300.0]))
    row = rng.integers(0, len(means), 500)
    y = np.concatenate((rng.poisson(means[row[:-1]]), [900]))
    asked = []

    def mass(rows, top):
        asked.append(top)
        return negative_binomial(means[rows], 2.0, top)

    found, whole = score_in_rounds(mass, row, y), score_counts(negative_binomial(means, 2.0, 8_000), row, y)
    assert min(asked) == 32
    assert max(asked) < 8_000
    for name in ("log_score", "crps", "held", "expected", "pit"):
        assert getattr(found, name) == pytest.approx(getattr(whole, name), abs=1e-6), name


def test_a_table_that_never_sums_to_one_ends():
    found = score_in_rounds(lambda rows, top: np.full((len(rows), top + 1), 1e-9), np.zeros(2, dtype=np.intp), np.array([0, 40]))
    assert np.isfinite(found.log_score).all()


def test_nothing_to_score_is_no_error():
    assert len(score_in_rounds(lambda rows, top: np.zeros((0, top + 1)), np.zeros(0, dtype=np.intp), np.zeros(0, dtype=np.int64)).crps) == 0


def test_a_table_that_holds_with_a_chance_is_the_mixture_with_nothing(drawn):
    means, row, y = drawn
    mass, alive = negative_binomial(means[:20], 0.7, 300), np.linspace(0.0, 1.0, 40)
    table, row = np.arange(40) % 20, row % 40
    mixed = alive[:, None] * mass[table]
    mixed[:, 0] += 1 - alive
    found, plain = score_counts(mass, row, y, table, alive), score_counts(mixed, row, y)
    for name in ("log_score", "crps", "below", "at", "expected", "held", "pit"):
        assert getattr(found, name) == pytest.approx(getattr(plain, name), abs=1e-9), name
    rounds = score_in_rounds(lambda tables, top: negative_binomial(means[tables], 0.7, top), row, y, table, alive)
    for name in ("log_score", "crps", "expected"):
        assert getattr(rounds, name) == pytest.approx(getattr(plain, name), abs=1e-6), name


def test_what_intervals_are_expected_to_hold_is_what_they_hold_by_the_forecast(drawn):
    means, row, y = drawn
    mass = negative_binomial(means, 0.7, 300)
    for k, level in enumerate(LEVELS):
        assert score_counts(mass, row, y).expected[k] == pytest.approx(scores.interval(mass, level)[2])


def test_shares_of_pit_in_bins_are_the_means_over_seeded_randomisations(drawn):
    means, row, y = drawn
    mass = negative_binomial(means * 1.3, 0.7, 300)
    found = score_counts(mass, row, y)
    pit = found.below + np.random.default_rng(11).random((60, len(y))) * found.at
    shares = found.pit_shares(np.ones(len(y), dtype=np.int64))
    assert shares.sum() == pytest.approx(1)
    assert shares == pytest.approx(np.histogram(pit, 20, (0, 1))[0] / pit.size, abs=1e-3)
    weights = np.random.default_rng(2).integers(1, 5, len(y))
    repeated = score_counts(mass, np.repeat(row, weights), np.repeat(y, weights))
    assert found.pit_shares(weights) == pytest.approx(repeated.pit_shares(np.ones(weights.sum())))


# ---- the rule "better" ------------------------------------------------------------------------------------------------


def test_the_bootstrap_s_interval_is_that_of_theory():
    rng = np.random.default_rng(9)
    gain = rng.normal(0.05, 1.0, (1, 1_000))
    found = Bootstrap.of(np.ones((1, 1_000)), rng=rng, draws=4_000).difference(gain, np.zeros((1, 1_000)))
    half = 1.96 * gain.std() / np.sqrt(1_000)
    assert found.mean == pytest.approx(gain.mean())
    assert (found.lower, found.upper) == pytest.approx((gain.mean() - half, gain.mean() + half), abs=0.006)


def test_groups_that_move_together_at_all_origins_do_not_make_the_interval_narrower():
    rng = np.random.default_rng(10)
    gain = rng.normal(0.05, 1.0, (1, 400))
    alone, together = (
        Bootstrap.of(np.ones((origins, 400)), rng=np.random.default_rng(1)).difference(
            np.tile(gain, (origins, 1)), np.zeros((origins, 400))
        )
        for origins in (1, 4)
    )
    assert (together.mean, together.lower, together.upper) == pytest.approx((alone.mean, alone.lower, alone.upper))


def test_groups_without_customers_are_never_drawn():
    customers = np.array([[3.0, 0.0, 5.0]])
    drawn = Bootstrap.of(customers, rng=np.random.default_rng(1), draws=200).drawn
    assert (drawn[:, 1] == 0).all()
    assert (drawn.sum(axis=1) == 2).all()


@pytest.mark.parametrize(
    ("lower", "agreeing", "origins", "better"),
    [(0.01, 1, 1, True), (0.0, 1, 1, False), (-0.01, 3, 3, False), (0.01, 2, 3, True), (0.01, 3, 5, False), (0.01, 4, 6, True)],
)
def test_better_excludes_zero_and_agrees_in_two_thirds_of_the_origins(lower, agreeing, origins, better):
    assert Difference(0.02, lower, 0.03, agreeing, origins).is_better is better


def test_the_same_forecast_is_not_better_than_itself():
    sums = np.random.default_rng(1).normal(size=(2, 50))
    found = Bootstrap.of(np.ones((2, 50)), rng=np.random.default_rng(1)).difference(sums, sums)
    assert (found.mean, found.lower, found.upper, found.is_better) == (0, 0, 0, False)


def test_the_same_seed_gives_the_same_draws():
    customers = np.ones((1, 30))
    first, second = (Bootstrap.of(customers, rng=np.random.default_rng(7), draws=50).drawn for _ in range(2))
    assert (first == second).all()

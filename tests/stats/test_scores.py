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
    assert found.held.mean(axis=1) == pytest.approx(found.expected.mean(axis=1), abs=0.01)
    assert (found.expected.mean(axis=1) > LEVELS).all()
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


# ---- point values and order -------------------------------------------------------------------------------------------

FORECAST, Y, COUNT = np.array([0.5, 2.0, 4.0]), np.array([0, 3, 3]), np.array([4, 1, 1])


def test_bias_is_total_over_total():
    assert scores.bias(FORECAST, Y, COUNT) == pytest.approx(8 / 6 - 1)
    assert scores.bias(FORECAST, np.zeros(3, dtype=np.int64), COUNT) is None


def test_mae_and_rmse_weigh_by_customers():
    assert scores.mean_error(FORECAST, Y, COUNT) == pytest.approx((4 * 0.5 + 1 + 1) / 6)
    assert scores.root_mean_square(FORECAST, Y, COUNT) == pytest.approx(np.sqrt((4 * 0.25 + 1 + 1) / 6))


def test_spearman_is_that_of_the_repeated_rows():
    rng = np.random.default_rng(2)
    forecast, y, count = np.round(rng.gamma(1, 1, 40), 1), rng.poisson(1.0, 40), rng.integers(1, 9, 40)
    whole = stats.spearmanr(np.repeat(forecast, count), np.repeat(y, count)).statistic
    assert scores.spearman(forecast, y, count) == pytest.approx(whole)
    assert scores.spearman(np.ones(40), y, count) is None


def test_gini_is_one_for_the_perfect_order_and_its_opposite_for_the_reversed_one():
    y, count = np.array([0, 1, 2, 5]), np.ones(4, dtype=np.int64)
    assert scores.gini(np.array([0.1, 0.2, 0.3, 0.4]), y, count) == pytest.approx(1)
    assert scores.gini(np.array([0.4, 0.3, 0.2, 0.1]), y, count) == pytest.approx(-1)
    assert scores.gini(np.ones(4), y, count) == pytest.approx(0)
    assert scores.gini(np.ones(4), np.ones(4, dtype=np.int64), count) is None
    assert scores.gini(np.ones(4), 0 * y, count) is None


def test_gini_by_hand():
    # Order 3, 5, 0, 0 of eight: areas (1.5 + 5.5 + 8 + 8) / 32 - 1/2 over (2.5 + 6.5 + 8 + 8) / 32 - 1/2.
    found = scores.gini(np.array([4.0, 3.0, 2.0, 1.0]), np.array([3, 5, 0, 0]), np.ones(4, dtype=np.int64))
    assert found == pytest.approx((23 / 32 - 0.5) / (25 / 32 - 0.5))


def test_gini_of_chance_is_near_zero():
    rng = np.random.default_rng(6)
    y = rng.poisson(1.0, 50_000)
    assert scores.gini(rng.random(50_000), y, np.ones(50_000, dtype=np.int64)) == pytest.approx(0, abs=0.02)


def test_the_top_tenth_found_is_what_it_brought_over_what_the_best_tenth_brought():
    y, count = np.arange(20), np.ones(20, dtype=np.int64)
    assert scores.top_decile_value(y.astype(float), y, count) == pytest.approx(1)
    assert scores.top_decile_value(np.where(y == 18, 30.0, y % 19), y, count) == pytest.approx((18 + 17) / (19 + 18))
    assert scores.top_decile_value(np.ones(20), y, count) == pytest.approx(0.1 * 190 / 37)
    assert scores.top_decile_value(np.ones(20), 0 * y, count) is None


def test_counts_equal_repeated_rows():
    rng = np.random.default_rng(4)
    forecast, y, count = rng.gamma(1, 1, 30), rng.poisson(1.0, 30), rng.integers(1, 9, 30)
    repeated = (np.repeat(forecast, count), np.repeat(y, count), np.ones(count.sum(), dtype=np.int64))
    for score in (scores.bias, scores.mean_error, scores.root_mean_square, scores.gini, scores.top_decile_value):
        assert score(forecast, y, count) == pytest.approx(score(*repeated)), score.__name__


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

"""The distribution of money to come: against large simulations, in every corner where a number must still come out."""

from __future__ import annotations

import numpy as np
import pytest

from kundenwert import registry
from kundenwert.models._fitted import Fitted
from kundenwert.models._statement import Outcome
from kundenwert.models.future import FutureCounts, future_counts
from kundenwert.models.spending import AmountLaw, spend_cdf, spend_quantiles
from kundenwert.records import Histories, SpendHistories

WORDS = {"r": 0.6, "alpha": 40.0, "a": 0.8, "b": 2.4, "s": 0.6, "beta": 80.0}
LAW = AmountLaw(6.0, 4.0, 3.0)
LEVELS = (0.05, 0.5, 0.9, 0.95)
SIMULATED = 100_000


def histories(x, t, T):
    return Histories(np.array(x), np.array(t, dtype=float), np.array(T, dtype=float), np.ones(len(x), dtype=np.int64))


SOME = histories([0, 0, 1, 3, 3, 12, 40, 200], [0, 0, 30, 200, 150, 250, 300, 380], [0, 280, 272, 272, 200, 260, 301, 400])


def counts_of(name, days=365.0, h=SOME):
    model = registry.load("models.purchases", name)()
    p = {one.name: WORDS[one.name] for one in model.parameters}
    return future_counts(Fitted(model, 1.0, p, dict.fromkeys(p), 0.0, Outcome.CONVERGED, "", 2, 2), h, days)


def simulated(counts, x, law, rng):
    """Money of each history in expected amounts; shape (histories, draws)."""
    n = np.stack([counts.quantile(level) for level in (np.arange(400) + 0.5) / 400], axis=1)
    n = np.repeat(n, SIMULATED // 400, axis=1)
    total = np.where(n > 0, rng.gamma(np.maximum(law.p * n, 1e-9)), 0.0)
    return total / rng.gamma((law.p * x + law.q)[:, None], size=n.shape) * law.scale(x)[:, None]


@pytest.mark.parametrize("law", [LAW, AmountLaw(0.7, 2.5, 1.5), AmountLaw(40.0, 6.0, 5.0)])
@pytest.mark.parametrize("name", ["bg_nbd", "pareto_nbd", "nbd"])
def test_quantiles_are_those_of_a_large_simulation(name, law):
    counts = counts_of(name)
    drawn = simulated(counts, SOME.frequency, law, np.random.default_rng(4))
    found = spend_quantiles(counts, SOME.frequency, law, LEVELS)
    # How much of the simulation lies below: 0.012 is about 1 % of the quantile.
    for level, values in zip(LEVELS, found, strict=True):
        below, not_above = (drawn < values[:, None]).mean(axis=1), (drawn <= values[:, None]).mean(axis=1)
        assert (below <= level + 0.012).all()
        assert (not_above >= level - 0.012).all()


def test_the_chance_of_a_quantile_is_its_level():
    counts = counts_of("bg_nbd")
    for level in (0.3, 0.8, 0.95):
        (found,) = spend_quantiles(counts, SOME.frequency, LAW, (level,))
        chance = spend_cdf(counts, SOME.frequency, LAW, found)
        assert chance[found > 0] == pytest.approx(level, abs=0.003)
        assert (chance[found == 0] >= level - 1e-9).all()


def test_the_chance_of_no_money_is_that_of_no_purchase():
    counts = counts_of("mbg_nbd")
    nothing = np.zeros(len(SOME), dtype=np.int64)
    assert spend_cdf(counts, SOME.frequency, LAW, nothing.astype(float)) == pytest.approx(counts.cdf(nothing))
    assert not spend_cdf(counts, SOME.frequency, LAW, np.full(len(SOME), -1.0)).any()


def test_a_mixture_lies_between_its_members_and_has_their_weighted_chances():
    members = [counts_of("bg_nbd"), counts_of("nbd")]
    weights = [0.3, np.full(len(SOME), 0.7)]
    mixed = FutureCounts.mixture(weights, members)
    (found,) = spend_quantiles(mixed, SOME.frequency, LAW, (0.9,))
    ends = np.stack([spend_quantiles(one, SOME.frequency, LAW, (0.9,))[0] for one in members])
    assert (found >= ends.min(axis=0) * (1 - 2e-3)).all()
    assert (found <= ends.max(axis=0) * (1 + 2e-3)).all()
    chances = [spend_cdf(one, SOME.frequency, LAW, found) for one in members]
    assert (0.3 * chances[0] + 0.7 * chances[1])[found > 0] == pytest.approx(0.9, abs=0.002)
    nested = FutureCounts.mixture([0.5, 0.5], [mixed, members[0]])
    again = FutureCounts.mixture([0.65, 0.35], members)
    first, second = (spend_quantiles(one, SOME.frequency, LAW, (0.9,))[0] for one in (nested, again))
    assert first == pytest.approx(second, rel=1e-3)


def test_only_one_member_counts_where_its_weight_is_one():
    weight = np.array([0.0, 1.0] * 4)
    mixed = FutureCounts.mixture([weight, 1 - weight], [counts_of("bg_nbd"), counts_of("nbd")])
    (found,), (one,), (other,) = (spend_quantiles(c, SOME.frequency, LAW, (0.95,)) for c in (mixed, *mixed.members))
    assert found == pytest.approx(np.where(weight == 1, one, other), rel=3e-3)


@pytest.mark.parametrize(
    "law", [AmountLaw(6.0, 0.3, 0.06), AmountLaw(0.05, 1.01, 0.01), AmountLaw(1e6, 1e6, 1e6), AmountLaw(3.0, 1e-3, 1e-300)]
)
def test_no_spread_of_amounts_makes_a_quantile_that_is_no_number(law):
    h = histories([0, 1, 10_000], [0, 5, 4_000], [0, 400, 4_000.5])
    found = spend_quantiles(counts_of("pareto_nbd", h=h), h.frequency, law, LEVELS)
    assert np.isfinite(found).all()
    assert (np.diff(found, axis=0) >= 0).all()


def test_customers_who_pay_the_same_each_time_have_the_quantiles_of_their_counts():
    counts = counts_of("nbd")
    found = spend_quantiles(counts, SOME.frequency, AmountLaw(2_000.0, 2_001.0, 2_000.0), (0.05, 0.95))
    for level, values in zip((0.05, 0.95), found, strict=True):
        exact = counts.quantile(level)
        assert values[exact > 0] == pytest.approx(exact[exact > 0], rel=0.07)


def test_the_variance_is_that_of_a_simulation():
    counts, law = counts_of("bg_nbd"), AmountLaw(6.0, 9.0, 8.0)
    drawn = simulated(counts, SOME.frequency, law, np.random.default_rng(6))
    assert law.variance(counts, SOME.frequency) == pytest.approx(drawn.var(axis=1), rel=0.1)


def test_a_variance_that_is_not_finite_is_held_at_an_own_mean_that_varies_by_itself():
    counts = counts_of("bg_nbd")
    never = AmountLaw(6.0, 0.5, 0.227).variance(counts, SOME.frequency)
    assert np.isfinite(never).all()
    mean = counts.mean()
    assert never[0] == pytest.approx(2 * (counts.variance() + mean**2 + mean / 6.0)[0] - mean[0] ** 2)


def test_without_a_spend_model_amounts_spread_as_the_means_do():
    rng = np.random.default_rng(2)
    days = rng.integers(1, 9, 4_000)
    means = rng.gamma(4.0 * days) / (4.0 * days) * 25.0
    law = AmountLaw.plain(SpendHistories(days, means, np.ones(len(days), dtype=np.int64), np.zeros(len(days))), 2.0)
    assert law.p == pytest.approx(4.0, rel=0.08)
    # The expected amount is (2 mean of the base + sum) / (2 + days): weight and shape hold this ratio.
    assert law.scale(np.array([3.0])) == pytest.approx([5.0])
    assert law.q == 1 + law.weight


def test_one_customer_alone_says_nothing_of_the_spread():
    one = SpendHistories(np.array([3]), np.array([10.0]), np.array([1]), np.zeros(1))
    assert AmountLaw.plain(one, 2.0) == AmountLaw(1.0, 3.0, 2.0)

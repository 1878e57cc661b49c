"""Who takes up what next: rates by group, activity and basket; lists of suggestions; the look back."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_matrix
from scipy.stats import binomtest

from kundenwert.stats import affinity
from kundenwert.stats.affinity import Affinity


def baskets(rows: Any) -> Any:
    return csr_matrix(np.asarray(rows, dtype=float))


def invented(customers: int, seed: int, *, groups: int = 8, pull: float = 6.0) -> tuple[Any, Any, Any]:
    """Owners of group 0 take up group 1 `pull` times as often as others, owners of 2 group 3; class 1 is three times as active."""
    rng = np.random.default_rng(seed)
    owned = rng.random((customers, groups)) < np.linspace(0.6, 0.3, groups)
    owned[:, 2] = ~owned[:, 0]
    activity = (rng.random(customers) < 0.4).astype(np.int64)
    hazard = np.full((customers, groups), 0.04) * np.where(activity == 1, 3.0, 1.0)[:, None]
    hazard[:, 1] *= np.where(owned[:, 0], pull, 1.0)
    hazard[:, 3] *= np.where(owned[:, 2], pull, 1.0)
    taken = (rng.random((customers, groups)) < -np.expm1(-hazard)) & ~owned
    return baskets(owned), baskets(taken), activity


def flat(groups: int, *, rates: Any = None) -> Affinity:
    """Rates in which no group speaks for another."""
    given_rates = np.linspace(0.1, 0.2, groups) if rates is None else np.asarray(rates, dtype=float)
    zeros = np.zeros((groups, groups))
    return Affinity(given_rates, np.ones(3), np.ones((groups, groups)), zeros, np.zeros(groups), 1.0)


def test_lift_is_that_of_value_models_3_14() -> None:
    assert affinity.lift(1_000, 400, 150, 90) == pytest.approx((0.09, 0.225, 1.5), rel=1e-15)


@given(st.integers(0, 40), st.integers(0, 40))
def test_the_exact_mcnemar_test_is_the_binomial_test_of_the_pairs_that_differ(ours: int, theirs: int) -> None:
    expected = binomtest(ours, ours + theirs, 0.5, alternative="greater").pvalue if ours + theirs else 1.0
    assert affinity.mcnemar(ours, theirs) == pytest.approx(expected, rel=1e-9)


def test_a_planted_pair_is_found_with_its_strength() -> None:
    owned, taken, activity = invented(4_000, 1)
    fitted = affinity.fit(owned, taken, activity, 2)
    assert fitted.weight > 0.5
    # Owners of group 0 against all: 6 over the mean of 6 (of 0.6) and 1 (of 0.4), as seen through 1 - exp(-hazard).
    assert fitted.ratios[0, 1] == pytest.approx(6 / 4, rel=0.15)
    others = np.delete(fitted.ratios, [1, 3], axis=1)
    assert np.abs(np.log(others)).max() < 0.35
    assert fitted.activity[1] / fitted.activity[0] == pytest.approx(3, rel=0.2)


def test_expected_first_purchases_add_up_to_those_that_came() -> None:
    owned, taken, activity = invented(3_000, 2)
    fitted = affinity.fit(owned, taken, activity, 2)
    chances = -np.expm1(-np.exp(fitted.log_hazards(owned, activity)))
    assert chances.sum() == pytest.approx(taken.nnz, rel=1e-3)
    assert chances.sum(axis=0) == pytest.approx(np.asarray(taken.sum(axis=0)).ravel(), rel=1e-3)
    for active in (0, 1):
        assert chances[activity == active].sum() == pytest.approx(taken[activity == active].nnz, rel=0.1)


def test_without_any_pull_the_baskets_hardly_count() -> None:
    owned, taken, activity = invented(3_000, 3, pull=1.0)
    fitted = affinity.fit(owned, taken, activity, 2)
    assert fitted.weight <= 0.3
    hazards = np.exp(fitted.log_hazards(owned, activity))
    active = hazards[activity == 1][:, 4]
    assert np.std(active[active > 0]) < 0.1 * np.mean(active[active > 0])


def test_nothing_taken_up_gives_small_chances_and_no_error() -> None:
    owned, taken, activity = invented(200, 4)
    fitted = affinity.fit(owned, taken * 0.0, activity, 2)
    fitted_empty = affinity.fit(owned, csr_matrix(taken.shape), activity, 2)
    assert np.isfinite(fitted.rates).all()
    assert fitted_empty.weight == 0.0
    assert np.exp(fitted_empty.log_hazards(owned, activity)).max() < 0.01


def test_suggestions_are_the_likeliest_groups_not_owned_best_first() -> None:
    rates = flat(4, rates=[0.4, 0.3, 0.2, 0.1])
    found = affinity.suggest(rates, baskets([[0, 0, 0, 0], [1, 0, 1, 0], [1, 1, 1, 1], [1, 1, 1, 0]]), np.zeros(4, dtype=np.int64), 3)
    assert found.group.tolist() == [[0, 1, 2], [1, 3, -1], [-1, -1, -1], [3, -1, -1]]
    assert found.hazard[0] == pytest.approx([0.4, 0.3, 0.2])
    assert found.reason.max() == -1


def test_of_equally_likely_groups_the_first_is_suggested() -> None:
    found = affinity.suggest(flat(5, rates=[0.2] * 5), baskets([[1, 0, 0, 0, 0]]), np.zeros(1, dtype=np.int64), 2)
    assert found.group.tolist() == [[1, 2]]


def test_the_reason_is_the_owned_group_that_speaks_most_for_it() -> None:
    ratios = np.ones((4, 4))
    ratios[0, 3], ratios[1, 3] = 1.5, 2.5
    rates = Affinity(np.full(4, 0.1), np.ones(1), ratios, np.log(ratios), np.zeros(4), 1.0)
    owned = baskets([[1, 1, 1, 0], [1, 0, 1, 0], [0, 0, 1, 0], [0, 0, 0, 0]])
    found = affinity.suggest(rates, owned, np.zeros(4, dtype=np.int64), 1)
    assert found.group[0, 0] == found.group[1, 0] == 3
    assert found.reason[:, 0].tolist() == [1, 0, -1, -1]
    assert found.times[:, 0].tolist() == [2.5, 1.5, 1.0, 1.0]


def test_the_look_back_counts_hits_against_the_most_popular_group_that_was_lacking() -> None:
    rates = flat(3, rates=[0.1, 0.2, 0.3])
    owned = baskets([[1, 0, 0], [1, 0, 0], [1, 1, 0], [0, 0, 1], [1, 1, 1]])
    taken = baskets([[0, 0, 1], [0, 1, 0], [0, 0, 1], [0, 1, 0], [0, 0, 0]])
    seen = affinity.look_back(rates, owned, taken, np.zeros(5, dtype=np.int64), 1)
    # Lacking: the first two group 1 (2 owners, as many as group 2), the third group 2, the fourth group 0.
    assert (seen.customers, seen.hits, seen.popular_hits) == (4, 3, 2)
    assert (seen.only_ours, seen.only_popular) == (2, 1)
    assert (seen.found, seen.expected) == (3, pytest.approx(3 * (1 - np.exp(-0.3)) + 1 - np.exp(-0.2)))
    assert seen.p_value == pytest.approx(0.5)
    assert seen.held == 1.0
    assert replace(seen, expected=30.0).held == pytest.approx(13 / 40)


def test_a_planted_pull_beats_the_most_popular_group_and_none_does_not() -> None:
    """A look back on customers who were not learned from."""
    for pull, better in ((6.0, True), (1.0, False)):
        owned, taken, activity = invented(3_000, 5, pull=pull)
        fitted = affinity.fit(owned[:1_500], taken[:1_500], activity[:1_500], 2)
        seen = affinity.look_back(fitted, owned[1_500:], taken[1_500:], activity[1_500:], 3)
        assert (seen.p_value < 0.001) == better
        assert seen.found == pytest.approx(seen.expected, rel=0.25)


def test_parts_that_are_worked_off_one_after_the_other_give_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    owned, taken, activity = invented(300, 6)
    whole = affinity.fit(owned, taken, activity, 2)
    first = affinity.suggest(whole, owned, activity, 3)
    monkeypatch.setattr(affinity, "_CHUNK", 70)
    again = affinity.suggest(affinity.fit(owned, taken, activity, 2), owned, activity, 3)
    assert np.array_equal(first.group, again.group)
    assert np.array_equal(first.reason, again.reason)

"""Shares of returns by group: simulated groups whose shares are known, and the ends of what may come."""

from __future__ import annotations

import numpy as np
import pytest

from kundenwert.models.returns import LARGEST, concentration, return_shares


def test_one_group_has_its_own_share():
    assert return_shares(np.array([50.0]), np.array([1_000.0]), np.array([80.0])) == pytest.approx([0.08])


def test_without_money_nothing_is_taken():
    assert return_shares(np.zeros(2), np.zeros(2), np.zeros(2)).tolist() == [0, 0]


def test_a_group_without_money_has_the_common_share():
    found = return_shares(np.array([100.0, 0.0]), np.array([1_000.0, 0.0]), np.array([100.0, 0.0]))
    assert found == pytest.approx([0.1, 0.1])


def test_shares_stay_between_nothing_and_nearly_all():
    found = return_shares(np.array([9.0, 9.0]), np.array([100.0, 100.0]), np.array([-5.0, 500.0]))
    assert (found >= 0).all()
    assert (found <= LARGEST).all()


def test_groups_that_do_not_differ_share_the_common_rate():
    rng = np.random.default_rng(1)
    trials = np.full(40, 200.0)
    taken = rng.binomial(200, 0.1, 40).astype(float)
    found = return_shares(trials, trials, taken)
    assert found.std() < 0.3 * (taken / trials).std()


def test_shrunk_shares_are_nearer_to_the_truth_than_own_and_common_ones():
    rng = np.random.default_rng(2)
    truth, trials = rng.beta(3.0, 27.0, 300), rng.integers(5, 200, 300).astype(float)
    taken = rng.binomial(trials.astype(int), truth).astype(float)
    found = return_shares(trials, trials, taken)

    def error(shares):
        return float(((shares - truth) ** 2).mean())

    assert error(found) < 0.8 * min(error(taken / trials), error(np.full(300, taken.sum() / trials.sum())))


def test_the_concentration_of_a_beta_is_found():
    rng = np.random.default_rng(3)
    truth = rng.beta(3.0, 27.0, 4_000)
    share = rng.binomial(100, truth) / 100
    assert concentration(np.full(4_000, 100.0), share, float(share.mean())) == pytest.approx(30.0, rel=0.1)

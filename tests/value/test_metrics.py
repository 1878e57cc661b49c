"""Measures of value held against what came: the better one wins, by what its choice brought."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import spearmanr

from kundenwert.value.metrics import GROUPS, Held, Known, share_chosen


def day(seed: int, *, unit: float = 1.0, noise: dict[str, float] | None = None, customers: int = 600) -> Known:
    """Customers whose worth is known; each measure sees it through noise of its own."""
    rng = np.random.default_rng(seed)
    worth = rng.lognormal(6, 1.2, customers)
    seen = {"rough": 1.5, "good": 0.2, "blind": 20.0} if noise is None else noise
    figures = {name: worth * np.exp(rng.normal(0, size, customers)) for name, size in seen.items()}
    return Known(figures, unit * worth * rng.lognormal(0, 0.3, customers), np.arange(customers) % GROUPS)


def test_the_better_measure_wins_where_the_truth_is_known() -> None:
    held = Held.of([day(1), day(2), day(3)])
    assert held.recommended == "good"
    assert held.compared("good", "rough").is_better
    assert held.compared("blind", "rough").is_worse
    shares = {one.name: one.of_best.value for one in held.scores if one.of_best}
    assert shares["good"] > shares["rough"] > shares["blind"]
    assert all(one.of_best.lower < one.of_best.value <= one.of_best.upper <= 1 for one in held.scores if one.of_best)


def test_the_simpler_measure_stays_where_the_other_is_as_good() -> None:
    same = {"simple": 0.6, "complex": 0.6}
    held = Held.of([day(seed, noise=same) for seed in (4, 5)])
    assert held.recommended == "simple"
    found = held.compared("complex", "simple")
    assert found.money.lower < 0 < found.money.upper
    assert not found.is_better
    assert not found.is_worse


def test_who_knew_what_came_would_have_chosen_the_best() -> None:
    it = day(6)
    (score,) = Held.of([Known({"told": it.came}, it.came, it.group)]).scores
    assert score.of_best is not None
    assert score.spearman is not None
    assert (score.of_best.value, score.of_best.lower, score.of_best.upper) == (1.0, 1.0, 1.0)
    assert score.spearman.value == pytest.approx(1.0)
    assert score.earned == pytest.approx(np.sort(it.came)[-60:].sum())


def test_rank_correlation_is_that_of_scipy_and_lies_in_its_interval() -> None:
    it = day(7)
    figures = np.round(it.figures["rough"], -3)
    (score,) = Held.of([Known({"rough": figures}, it.came, it.group)]).scores
    assert score.spearman is not None
    assert score.spearman.value == pytest.approx(spearmanr(figures, it.came).statistic)
    assert score.spearman.lower < score.spearman.value < score.spearman.upper


def test_another_currency_changes_money_and_nothing_else() -> None:
    one, other = Held.of([day(8), day(9)]), Held.of([day(8, unit=1_000.0), day(9, unit=1_000.0)])
    assert one.recommended == other.recommended
    assert [it.of_best.value for it in other.scores if it.of_best] == pytest.approx([it.of_best.value for it in one.scores if it.of_best])
    assert other.compared("good", "rough").money.value == pytest.approx(1_000 * one.compared("good", "rough").money.value, rel=1e-4)


def test_equals_share_the_last_places_and_unknown_stands_last() -> None:
    figures = np.array([np.nan] * 17 + [5.0, 5.0, 5.0])
    assert share_chosen(figures)[-3:].tolist() == pytest.approx([2 / 3] * 3)
    assert share_chosen(np.array([np.nan] * 19 + [-8.0])).tolist() == pytest.approx([1 / 19] * 19 + [1.0])
    assert share_chosen(np.random.default_rng(1).integers(0, 4, 237).astype(float)).sum() == pytest.approx(24)


def test_a_measure_that_is_the_same_for_all_has_no_order_and_chooses_by_chance() -> None:
    it = day(10)
    (score,) = Held.of([Known({"same": np.ones(600)}, it.came, it.group)]).scores
    assert score.spearman is None
    assert score.of_total is not None
    assert score.of_total.value == pytest.approx(0.1)


def test_where_nothing_is_gained_there_is_no_share() -> None:
    it = day(11)
    (score,) = Held.of([Known({"good": it.figures["good"]}, -it.came, it.group)]).scores
    assert score.of_best is None
    assert score.of_total is None
    assert score.earned < 0

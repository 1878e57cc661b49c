"""How many it takes to see an effect."""

from __future__ import annotations

import numpy as np
import pytest

from kundenwert.errors import CallError
from kundenwert.stats.power import chance_to_find, detectable, sample_size


def test_half_a_standard_deviation_needs_sixty_three_in_each_group() -> None:
    assert sample_size(0.5, 1.0) == 126


def test_the_size_finds_the_effect_with_the_chance_asked_for() -> None:
    for held in (0.5, 0.2, 0.05):
        size = sample_size(2.0, 10.0, held=held, power=0.9)
        assert 0.9 <= chance_to_find(2.0, size, 10.0, held=held) < 0.905


def test_what_can_be_detected_and_the_size_answer_each_other() -> None:
    effect = detectable(500, 3.0, held=0.1, correlation=0.6)
    assert sample_size(effect, 3.0, held=0.1, correlation=0.6) == pytest.approx(500, abs=1)


def test_a_forecast_that_explains_three_quarters_saves_three_quarters_of_the_customers() -> None:
    assert sample_size(0.1, 1.0, correlation=np.sqrt(0.75)) == pytest.approx(sample_size(0.1, 1.0) / 4, abs=1)


def test_simulated_experiments_find_as_often_as_promised() -> None:
    rng = np.random.default_rng(4)
    size = sample_size(1.0, 2.0, held=0.3)
    held = round(0.3 * size)
    found = 0
    for _ in range(2000):
        treated, control = rng.normal(1.0, 2.0, size - held), rng.normal(0.0, 2.0, held)
        error = np.sqrt(4.0 / held + 4.0 / (size - held))
        found += abs(treated.mean() - control.mean()) > 1.96 * error
    assert found / 2000 == pytest.approx(0.8, abs=0.025)


def test_nobody_shows_nothing() -> None:
    assert detectable(1, 1.0) == np.inf
    assert chance_to_find(1.0, 1, 1.0) == 0.0


def test_figures_that_mean_nothing_are_all_named() -> None:
    with pytest.raises(CallError, match=r"held = 1\.0 .*correlation = 2"):
        sample_size(1.0, 1.0, held=1.0, correlation=2)
    with pytest.raises(CallError, match="effect = 0"):
        sample_size(0, 1.0)

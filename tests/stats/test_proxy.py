"""Whether a class can be told from bins: planted ones are, chance is not, and intervals and false alarms are as stated."""

from __future__ import annotations

import numpy as np
import pytest

from kundenwert.stats.proxy import Foretelling, bins_of, bins_of_labels, foretell

ROWS = 200


def told(seed: int, *, strength: float = 0.0, rows: int = ROWS, permutations: int = 99, classes: int = 2) -> Foretelling:
    """Six inputs, of which the first tells the class with so much strength: 0 not at all, 1 always."""
    rng = np.random.default_rng(seed)
    inputs = [rng.normal(size=rows) for _ in range(5)]
    tells = rng.random(rows) < strength
    by_chance = rng.integers(0, classes, rows)
    by_input = np.minimum((np.argsort(np.argsort(inputs[0])) * classes) // rows, classes - 1)
    labels = bins_of_labels(list(rng.choice(list("abcd"), rows)))
    return foretell([*map(bins_of, inputs), labels], np.where(tells, by_input, by_chance), rng=rng, permutations=permutations)


def test_a_planted_input_is_found_and_no_other() -> None:
    found = told(1, strength=0.6, rows=600)
    assert found.inputs[0].p == found.together.p == 0.01
    assert min(one.p for one in found.inputs[1:]) > 0.05
    assert found.inputs[0].area > 0.7
    assert found.together.area > 0.65


def test_one_of_three_classes_that_an_input_tells_is_found() -> None:
    found = told(1, strength=0.6, rows=600, classes=3)
    assert found.inputs[0].p == 0.01
    assert found.inputs[0].area > 0.65


def test_an_input_that_always_tells_has_an_area_near_one_and_its_interval_ends_there() -> None:
    found = told(2, strength=1.0).inputs[0]
    assert found.area > 0.9
    assert found.lower < found.area < found.upper <= 1


def test_false_alarms_are_as_rare_as_stated() -> None:
    """Five in a hundred are expected; more than eleven would come about once in 200 times by chance."""
    alarms = sum(min(*(one.p for one in found.inputs), found.together.p) <= 0.05 for found in map(told, range(100)))
    assert 1 <= alarms <= 11


def test_intervals_hold_the_true_area_about_as_often_as_stated() -> None:
    """Two bins: of rows of the class 80 % are in the second, of others 40 %. Area: .8 x .6 + (.8 x .4 + .2 x .6) / 2."""
    held = 0
    for seed in range(100):
        rng = np.random.default_rng(seed)
        classes = rng.integers(0, 2, ROWS)
        codes = (rng.random(ROWS) < np.where(classes == 1, 0.8, 0.4)).astype(np.intp)
        one = foretell([codes], classes, rng=rng, permutations=1).inputs[0]
        held += one.lower <= 0.7 <= one.upper
    assert 83 <= held <= 99


@pytest.mark.parametrize("turn", [1, -1])
def test_what_tells_the_class_at_both_ends_is_found_too(turn: int) -> None:
    """An input that both small and large values of tell: no straight line would see it."""
    rng = np.random.default_rng(3)
    values = rng.normal(size=500)
    found = foretell([bins_of(turn * values)], (np.abs(values) > 0.7).astype(np.intp), rng=rng, permutations=99)
    assert found.inputs[0].area > 0.85
    assert found.together.area > 0.85


def test_the_same_seed_gives_the_same_result() -> None:
    assert told(7, strength=0.3) == told(7, strength=0.3)


def test_names_of_classes_do_not_matter() -> None:
    rng = np.random.default_rng(5)
    codes, classes = bins_of(rng.normal(size=ROWS)), rng.integers(0, 2, ROWS)
    one = foretell([codes], classes, rng=np.random.default_rng(1), permutations=9).inputs[0]
    other = foretell([codes], 1 - classes, rng=np.random.default_rng(1), permutations=9).inputs[0]
    assert one.area == pytest.approx(other.area, abs=1e-12)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([1.0, 1.0, 1.0], [0, 0, 0]),
        ([0.0, 0.0, 0.0, 0.0, 5.0], [0, 0, 0, 0, 1]),
        ([np.nan, 1.0, np.nan], [1, 0, 1]),
        ([np.nan, np.nan], [0, 0]),
        ([3.0, 1.0, 2.0, 5.0, 4.0], [2, 0, 1, 4, 3]),
    ],
)
def test_bins_are_of_equal_size_and_what_is_missing_has_its_own(values: list[float], expected: list[int]) -> None:
    assert bins_of(np.array(values)).tolist() == expected


def test_rare_labels_share_a_bin() -> None:
    assert bins_of_labels(["x", "x", "y", "y", "z", "u", None], most=2).tolist() == [0, 0, 1, 1, 2, 2, 3]

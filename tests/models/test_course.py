"""The course of purchases over calendar time: the sum over customers of what the model expects since their first purchase."""

from __future__ import annotations

import numpy as np
import pytest

from kundenwert import registry
from kundenwert.models.course import expected_course

ENDS = np.array([-300.0, -250.5, -100.0, 0.0, 91.0, 5000.0])


@pytest.mark.parametrize("name", ["bg_nbd", "mbg_nbd", "pareto_nbd", "nbd"])
def test_it_is_the_sum_over_customers(cdnow, name):
    fit = registry.load("models.purchases", name)().fit(cdnow)
    time = np.maximum(cdnow.T + ENDS[:, None], 0.0)
    expected = fit.model.unconditional_purchases(fit.parameters_in_days, time) @ cdnow.count
    assert expected_course(fit, cdnow, ENDS) == pytest.approx(expected, rel=1e-11, abs=1e-9)


def test_a_model_whose_course_may_be_anything_is_asked_at_every_time(cdnow):
    class Steps:
        parameters = ()

        def unconditional_purchases(self, p, t):
            return np.floor(t / 7)

    class Fit:
        model, parameters_in_days = Steps(), {}

    expected = np.floor(np.maximum(cdnow.T + ENDS[:, None], 0.0) / 7) @ cdnow.count
    assert expected_course(Fit(), cdnow, ENDS) == pytest.approx(expected, rel=1e-14)


def test_many_customers_and_ends_are_taken_in_blocks(cdnow):
    fit = registry.load("models.purchases", "nbd")().fit(cdnow)
    ends = np.linspace(-273.0, 500.0, 3_000)
    rate = fit.parameters_in_days["r"] / fit.parameters_in_days["alpha"]
    days = [float(np.maximum(cdnow.T + end, 0.0) @ cdnow.count) for end in ends[::500].tolist()]
    assert expected_course(fit, cdnow, ends)[::500] == pytest.approx(rate * np.array(days), rel=1e-11)


def test_nobody_buys_nothing(cdnow):
    fit = registry.load("models.purchases", "bg_nbd")().fit(cdnow)
    assert expected_course(fit, cdnow, np.array([-400.0])).tolist() == [0.0]
    assert expected_course(fit, cdnow, np.zeros(0)).tolist() == []

"""What a long flow tells while it works."""

from __future__ import annotations

import pytest

from kundenwert.cli import _show
from kundenwert.flows.progress import Phase, Progress


def test_a_part_has_seconds_of_its_own_beside_those_of_its_phase() -> None:
    progress = Progress()
    with progress.phase("Reckoning"), progress.phase("Points", is_part=True):
        pass

    assert list(progress.timings()) == ["Reckoning", "Points"]
    assert [phase.is_part for phase in progress.phases] == [False, True]
    assert progress.phases[0].seconds >= progress.phases[1].seconds


@pytest.mark.parametrize(("seconds", "lines"), [(0.2, []), (3.5, [["Points", "3.50", "s"]])])
def test_a_part_gets_a_line_where_somebody_waited_for_it(
    seconds: float, lines: list[list[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    _show.progress(quiet=False).show(Phase("Points", seconds=seconds, is_over=True, is_part=True))

    assert [line.split() for line in capsys.readouterr().err.splitlines()] == lines


def test_a_phase_gets_its_line_however_short_it_was(capsys: pytest.CaptureFixture[str]) -> None:
    _show.progress(quiet=False).show(Phase("Summing up", seconds=0.01, is_over=True))

    assert "Summing up" in capsys.readouterr().err

"""Evaluations by account manager are off until somebody releases them under an agreement."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from kundenwert import registry
from kundenwert.errors import DataError
from kundenwert.flows.release import release, released, withdraw
from kundenwert.register.book import Register
from kundenwert.register.retention import over

NOW = datetime(2025, 6, 1, 9, 30, tzinfo=UTC)
AGREEMENT = "Betriebsvereinbarung vom 3. Mai 2025, § 4"


def test_nothing_is_released_until_somebody_does_so_with_name_and_agreement(tmp_path: Path) -> None:
    assert released(tmp_path) is None
    with pytest.raises(DataError) as caught:
        release(tmp_path, agreement=" ", by="", clock=NOW)
    assert len(caught.value.problems) == 2
    assert not Register(tmp_path).exists
    release(tmp_path, agreement=AGREEMENT, by="Eva Beispiel", clock=NOW)
    found = released(tmp_path)
    assert found is not None
    assert (found.by, found.at, found.agreement) == ("Eva Beispiel", "2025-06-01T09:30:00Z", AGREEMENT)


def test_a_release_can_be_taken_back_and_given_again(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="are not released"):
        withdraw(tmp_path, by="Eva", clock=NOW)
    release(tmp_path, agreement=AGREEMENT, by="Eva", clock=NOW)
    with pytest.raises(DataError, match="were released by Eva on 2025-06-01"):
        release(tmp_path, agreement=AGREEMENT, by="Eva", clock=NOW)
    withdraw(tmp_path, by="Eva", clock=NOW)
    assert released(tmp_path) is None
    release(tmp_path, agreement="eine andere", by="Udo", clock=NOW)
    found = released(tmp_path)
    assert found is not None
    assert found.agreement == "eine andere"


def test_other_approvals_release_nothing(tmp_path: Path) -> None:
    from kundenwert.register.book import Decision

    Register(tmp_path).record([Decision("approve plan", "approvals", {"plan": "a", "status": "released"})], at=NOW, by="Eva")
    assert released(tmp_path) is None


def test_a_release_in_force_is_kept_and_one_taken_back_is_due_with_its_year() -> None:
    given, back = {"release": "by_person", "status": "released"}, {"release": "by_person", "status": "withdrawn"}
    assert over([(2020, given)], "approvals") == []
    assert sorted(over([(2020, given), (2021, back), (2022, {"plan": "a"})], "approvals")) == [2020, 2021, 2022]
    assert over([(2020, given), (2021, back), (2023, given)], "approvals") == [2020, 2021]


def test_the_command_says_what_is_in_force(tmp_path: Path) -> None:
    command = registry.load("cli", "release")

    def said(*words: str) -> str:
        found = CliRunner().invoke(command, [*words, "--project", str(tmp_path)])
        assert found.exit_code == 0, found.output
        return found.output

    assert "off" in said()
    assert "from the next run on. Entry 1" in said("--agreement", AGREEMENT, "--by", "Eva")
    assert AGREEMENT in said()
    assert "off from the next run on. Entry 2" in said("--withdraw", "--by", "Eva")

"""Pages are made right after the run; one that cannot be made does not fail the others."""

from __future__ import annotations

from pathlib import Path

import pytest

from kundenwert.flows import customer_list, models_page, overview, prepared
from kundenwert.flows.progress import Progress


def test_every_page_is_made_and_one_that_fails_is_left_out(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    made: list[str] = []

    def fails(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(customer_list, "build", lambda *_: made.append("list"))
    monkeypatch.setattr(overview, "overview", fails)
    monkeypatch.setattr(models_page, "models_page", lambda _, run, language: made.append(f"models {run} {language.code}"))
    progress = Progress()
    prepared.prepare(tmp_path, "r", progress=progress)
    assert made == ["list", "models r de", "models r en"]
    assert [(phase.text, phase.is_over) for phase in progress.phases] == [("Preparing the pages", True)]

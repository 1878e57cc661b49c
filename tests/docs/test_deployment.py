"""What the page of deployment says of variables and paths is what the program does."""

from __future__ import annotations

import re
from importlib import resources
from pathlib import Path

from kundenwert.settings import SETTINGS
from kundenwert.web import home as homes
from kundenwert.web import worker

PAGE = (Path(__file__).parents[2] / "docs" / "deployment.md").read_text(encoding="utf-8")
_NAME = re.compile(r"KUNDENWERT_[A-Z_]+")


def _read_by_the_app() -> set[str]:
    settings = resources.files("kundenwert.web").joinpath("settings.py").read_text(encoding="utf-8")
    return {homes.HOME, homes.DATABASE, homes.ADDRESS, worker.SLOTS, *_NAME.findall(settings)}


def test_every_variable_of_the_web_app_stands_on_the_page_and_no_other() -> None:
    rows = set(_NAME.findall("\n".join(line for line in PAGE.splitlines() if line.startswith("| `KUNDENWERT_"))))
    of_flows = {f"KUNDENWERT_{setting.name.upper()}" for setting in SETTINGS}
    assert sorted(_read_by_the_app() - rows) == []
    assert sorted(rows - _read_by_the_app() - of_flows) == []
    assert set(_NAME.findall(PAGE)) <= rows


def test_the_health_shown_is_what_the_app_tells() -> None:
    from kundenwert.web import health

    shown = re.search(r"\{\"well\".*\}", PAGE)
    assert shown is not None
    assert set(re.findall(r'"(\w+)":', shown[0])) == {"well", "version", "worker", "disk"}
    assert health.PATH in PAGE

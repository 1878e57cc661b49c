"""Lets the tests of this folder share their invented figures, as pytest's importlib mode knows no neighbours, and draws each chart once."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from kundenwert.reports import _pictures

sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture(autouse=True, scope="session")
def drawn_once() -> Iterator[None]:
    """Many pages here hold the same pictures; drawing takes nearly all of their time."""
    draw = _pictures.to_svg

    @cache
    def known(spec: str, lang: str) -> str:
        return draw(json.loads(spec), lang)

    def to_svg(spec: dict[str, Any], lang: str = "en") -> str:
        return known(json.dumps(spec), lang)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_pictures, "to_svg", to_svg)
        yield

"""Fits at an origin: many of them are made, and none of them is kept."""

from __future__ import annotations

from typing import Any

from kundenwert.records import Histories


def fit_from(model: Any, histories: Histories, before: Any | None = None) -> Any:
    """The fit of a purchase model. before: the fit of the origin before, whose parameters are near."""
    return model.fit(histories)

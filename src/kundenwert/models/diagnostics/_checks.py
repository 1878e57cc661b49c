"""What a fit must know for a chart; raises CallError that says what to use instead."""

from __future__ import annotations

from typing import Any

from kundenwert.errors import CallError


def histories_of(given: Any) -> Any:
    """The histories of a customer base, or histories as they are."""
    found = getattr(given, "histories", given)
    if not hasattr(found, "recency") or not hasattr(found, "count"):
        raise CallError(f"{type(given).__name__} has no histories. Expected: a customer base or its histories.")
    if not len(found.count):
        raise CallError("There is no customer with a purchase. Expected: histories of at least one.")
    return found


def usable(fit: Any, *, method: str = "") -> Any:
    """The fit, if it is one of purchase histories that can forecast, and it or its model has the method."""
    fit.or_raise()
    if fit.model.family != "purchases" or fit.model.needs != "histories":
        raise CallError(f"{fit.model.name} says nothing of purchase histories. Expected: a fit of a model such as bg_nbd.")
    if method and not (hasattr(fit.model, method) or hasattr(fit, method)):
        raise CallError(f"{fit.model.name} has no `{method}`, which this chart needs. Expected: a plain fit of a model such as bg_nbd.")
    return fit

"""Refuses parameters that mean nothing, all at once."""

from __future__ import annotations

from typing import Any

from kundenwert.errors import CallError


def refuse(*checks: tuple[str, Any, Any, str]) -> None:
    """Each check: name, values, whether each is good, what was expected. Raises CallError that names every parameter that is not."""
    import numpy as np

    wrong = []
    for name, values, good, expected in checks:
        bad = np.broadcast_to(values, np.shape(good))[~np.asarray(good)] if np.shape(good) else ([] if good else [values])
        if len(bad):
            wrong.append(f"{name} = {float(np.ravel(bad)[0]):g} (expected: {expected})")
    if wrong:
        raise CallError("These parameters mean nothing: " + "; ".join(wrong) + ".")

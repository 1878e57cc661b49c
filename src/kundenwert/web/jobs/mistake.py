"""A mistake of ours in a job: people get a number, the log of the server the number and the place, no value."""

from __future__ import annotations

import logging
import secrets
import traceback
from pathlib import Path

_LOG = logging.getLogger("kundenwert.web")


def number_of(error: BaseException) -> str:
    """Writes kind and place of the error to the log and gives the number by which it is found there."""
    number = secrets.token_hex(4)
    frames = traceback.extract_tb(error.__traceback__)
    where = frames[-1] if frames else None
    place = f"{where.name}, {Path(where.filename).name} line {where.lineno}" if where else "unknown place"
    _LOG.error("mistake %s: %s in %s", number, type(error).__name__, place)
    return number

"""Checks all files of an import: rejected lines with reasons, reconciliation to the cent."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from kundenwert.flows.progress import Progress
from kundenwert.web.jobs.kind import Kind


def run(arguments: Mapping[str, Any], progress: Progress, clock: datetime) -> dict[str, Any]:
    """arguments: `folder` of the import, and its number `draft`."""
    from django.urls import reverse

    from kundenwert.flows import draft, draft_check

    found = draft_check.check(draft.read(Path(arguments["folder"])), progress=progress)
    return {"rejected": found.rejected, "next": reverse("imports:check", args=[arguments["draft"]])}


PLUGIN = Kind("check", "Check of an import", run, can_resume=True)

"""Decisions on limited means, one file each: arrays and records in, a plan with a reason for each line out.

A decision sees no tables and no disk; `kundenwert.flows.plans` gives it a case (customers without objectors, with what law and consent
allow) and keeps its plan. Every decision passes the tests of the family: never over a limit or against consent, never worse than doing
nothing or than today's practice cut to the limits, the same plan under other names and another order, a reason for each line.
"""

from __future__ import annotations

from kundenwert import registry
from kundenwert.decisions._decision import Decision

ROOM = "decisions"


def decisions() -> dict[str, Decision]:
    """All decisions by name."""
    return {name: registry.load(ROOM, name) for name in registry.names(ROOM)}

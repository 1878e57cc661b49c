"""A plan as it stands on disk, for tests of its reports."""

from __future__ import annotations

from typing import Any

EFFECT = {"low": 0.02, "likely": 0.1, "high": 0.25, "source": "assumption", "by": "Vertrieb", "on": "2026-01-01"}

EVEN = {"name": "even", "gain": 400.0, "cost": 180.0, "customers": 4}
NOTHING = {"name": "nothing", "gain": 0.0, "cost": 0.0, "customers": 0}


def content(**more: Any) -> dict[str, Any]:
    return {
        "plan": "2026-01-05T0900Z-aaaa", "name": "spring", "decision": "allocation", "company": "Muster & Söhne",
        "title": "Allocation of visits, calls, mailings and offers", "purpose": "Planning of customer care",
        "legal_basis": "Art. 6 (1) (f) GDPR: legitimate interest in spending limited means where they help most",
        "run": "2026-01-02T0800Z-bbbb", "as_of": "2025-12-31", "until": "2026-03-31", "horizon": "12m", "yardstick": "contribution",
        "currency": "EUR", "created": "2026-01-05T09:00:00Z", "version": "0.1.0", "lines": 3, "planned": 3, "gain": 700.0, "cost": 180.0,
        "lower": 100.0, "upper": 1300.0, "bound": 700.0, "gap": 0.0, "chance_better": 0.9, "facts": {"worthwhile_budget": 240.0},
        "used": [{"resource": "visits", "person": "", "amount": 3.0, "used": 3.0, "price": 12.0, "last": 16.8, "next": 3.37}],
        "compared": [EVEN, NOTHING],
        "curve": {"budget": [0.0, 60.0, 180.0, 300.0], "gain": [0.0, 400.0, 700.0, 690.0]},
        "held_out": {"customers": 0, "drawn_from": 0, "share": 0.0}, "left_out": {"objected": 2}, "not_allowed": {"visit": {"refused": 1}},
        "actions": [{"name": "visit", "changes": "orders", "effect": EFFECT, "groups": {}}], "notices": [], "assumes": [],
        "reasons": {"gap": "No purchase for {days:.0f} days, usual are {usual:.0f}."},
        **more,
    }  # fmt: skip

"""How often a customer complains, what that costs, and how long it takes to put it right (R80)."""

from __future__ import annotations

from kundenwert.base.features._feature import Feature

PLUGIN = Feature(
    step="base/features/complaint_history.sql",
    about="How often a customer complained, what it cost, how long settling took, and what is still open.",
    needs=(("complaints.date",),),
    columns={
        "complaints": "Complaints up to the as-of day.",
        "complaints_per_order": "Complaints over sales documents with products; days with a sale where documents have no number.",
        "complaint_cost": "What these complaints cost by themselves (goods replaced, credits); their handling stands in cost to serve.",
        "resolution_days": "Mean days from a complaint to its settlement, of those settled.",
        "open_complaints": "Complaints that were not settled on the as-of day.",
        "badly_handled_complaints": "Complaints that were not settled within 14 days, or whose handling got a grade of 1 or 2 of 5.",
        "orders_since_bad_complaint": "Sales documents since the last such complaint; 0 may mean that the customer has left because of it.",
    },
)

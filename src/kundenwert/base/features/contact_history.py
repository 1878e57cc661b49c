"""How often and when a customer was last spoken to (R79)."""

from __future__ import annotations

from kundenwert.base.features._feature import Feature

PLUGIN = Feature(
    step="base/features/contact_history.sql",
    about="How often a customer was in contact with the company, how long, at what cost, and how long ago.",
    needs=(("contacts.date",),),
    columns={
        "contacts": "Contacts of the last 365 days.",
        "contact_minutes": "Minutes of these contacts, as far as they were noted.",
        "contact_cost": "What these contacts cost, as far as it stands with them; visits may be costed as activities instead.",
        "days_since_contact": "Days from the last contact to the as-of day.",
    },
)

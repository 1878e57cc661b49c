"""How a customer pays: on time, without dispute, without reminders (R23)."""

from __future__ import annotations

from kundenwert.base.features._feature import Feature

PLUGIN = Feature(
    step="base/features/payment_behaviour.sql",
    about="How a customer pays: days beyond terms, disputes, reminders, cash discount taken too late.",
    needs=(("payments.due_date", "payments.disputed", "payments.dunning_level"),),
    columns={
        "due_invoices": "Invoices that were paid or fell due until the as-of day.",
        "days_beyond_terms": "Mean days from due day to payment; an early payment counts as 0, an open invoice up to the as-of day.",
        "late_share": "Share of these invoices that were paid after their due day, or are overdue.",
        "disputed_share": "Share of the invoices that the customer disputed.",
        "reminded_share": "Share of the invoices with at least one reminder.",
        "highest_dunning_level": "The highest reminder there was.",
        "undue_cash_discount_share": "Share of the cash discounts taken, in money, that were taken more than 14 days after the invoice.",
    },
)

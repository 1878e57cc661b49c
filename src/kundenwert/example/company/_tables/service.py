"""What serving customers took: contacts, complaints, activities and what one of them costs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from kundenwert.example.company import _calendar as calendar
from kundenwert.example.company import _effects as effects
from kundenwert.example.company import _names as words
from kundenwert.example.company import _voice as voice
from kundenwert.example.company import _worth as worth
from kundenwert.example.company._chance import OWN, Ints
from kundenwert.example.company._columns import days, decimals, money, text
from kundenwert.example.company._trade import CALL, MAILING, VISIT

if TYPE_CHECKING:
    from kundenwert.example.company._story import Story


def contacts(story: Story) -> Any:
    """Visits, calls and letters."""
    found = story.contacts
    key, channel = found["key"], found["channel"]
    campaign = (channel == MAILING) & (found["day"] == effects.CAMPAIGN_SENT)
    purpose = np.where(channel == MAILING, np.where(campaign, 4, 3), (3 * OWN.uniform("purpose", key)).astype(np.int64))
    idea, review = voice.spoken(story)
    purpose = np.where(idea, 5, np.where(review, 6, purpose))
    purposes = ["Beratung", "Bedarf", "Betreuung", "Angebot", "Frühjahrsaktion 2025", "Produktidee", "Referenzbericht"]
    minutes = np.where(channel == VISIT, 45 + 15 * OWN.bell("minutes", key), 9 + 3 * OWN.bell("minutes", key))
    return pa.table({
        "contact_id": text(1 + np.arange(len(key))),
        "customer_id": story.ids.take(pa.array(found["customer"])),
        "date": days(found["day"]),
        "channel": words.taken(["visit", "call", "mailing"], channel),
        "purpose": words.taken(purposes, purpose),
        "direction": words.taken(["out", "in"], ((channel == CALL) & (OWN.uniform("in", key) < 0.4)).astype(np.int64)),
        "outcome": pc.if_else(
            pa.array(channel == MAILING),
            words.taken(["delivered", "returned"], story.comes_back.astype(np.int64)),
            pa.scalar(None, pa.string()),
        ),
        "duration_minutes": pa.array(np.maximum(2, np.rint(minutes)).astype(np.int64), mask=channel == MAILING),
        # What contacts cost stands in activities and rates; it is not told twice.
        "cost": money(np.zeros(len(key)), np.ones(len(key), dtype=bool)),
        "person": story.manager(found["customer"], channel == MAILING),
    })  # fmt: skip


def complaints(story: Story) -> Any:
    """Complaints and how they were handled."""
    found = story.complaints
    key, well = found["key"], found["well"]
    is_open = found["resolved"] > story.day
    grade = np.where(well, 4 + (OWN.uniform("grade", key) < 0.55), 1 + (OWN.uniform("grade", key) < 0.4))
    silent = is_open | (OWN.uniform("no grade", key) < 0.3)
    category = np.minimum((5 * OWN.uniform("category", key)).astype(np.int64), 4)
    outcome = np.where(well, (2 * OWN.uniform("outcome", key)).astype(np.int64), 2 + (OWN.uniform("outcome", key) < 0.5))
    return pa.table({
        "complaint_id": text(20_001 + np.arange(len(key))),
        "customer_id": story.ids.take(pa.array(found["customer"])),
        "date": days(found["day"]),
        "document_id": text(story.document_of_order[found["order"]]),
        "category": words.taken(["Ware beschädigt", "Falschlieferung", "Liefertermin", "Rechnung", "Qualität"], category),
        "cost": money(found["cost"], is_open),
        "resolved_on": days(found["resolved"], is_open),
        "satisfaction": pa.array(grade, mask=silent),
        "outcome": pc.if_else(pa.array(is_open), None, words.taken(["Ersatz", "Gutschrift", "abgelehnt", "ohne Ergebnis"], outcome)),
    })  # fmt: skip


DRIVERS = tuple(name for name, _, _ in worth.RATES)


def activities(story: Story) -> Any:
    """How often each cost driver was caused by a customer in a month (dated on its last day)."""
    invoices, contacts_, complained = story.invoices, story.contacts, story.complaints
    ordered = ~invoices.is_service
    delivered = ordered & (invoices.cancelled == 0)
    _, returned_by, returned_on = story.credits
    who, booked = story.services
    events = {
        "visits": (contacts_["customer"][contacts_["channel"] == VISIT], contacts_["day"][contacts_["channel"] == VISIT]),
        "calls": (contacts_["customer"][contacts_["channel"] == CALL], contacts_["day"][contacts_["channel"] == CALL]),
        "mailings": (contacts_["customer"][contacts_["channel"] == MAILING], contacts_["day"][contacts_["channel"] == MAILING]),
        "orders": (invoices.customer[ordered], invoices.day[ordered]),
        "deliveries": (invoices.customer[delivered], invoices.day[delivered]),
        "returns": (returned_by, returned_on),
        "complaints": (complained["customer"], complained["day"]),
        "service_hours": (who, booked),
    }
    customer = np.concatenate([events[driver][0] for driver in DRIVERS])
    day = np.concatenate([events[driver][1] for driver in DRIVERS])
    driver = np.repeat(np.arange(len(DRIVERS)), [len(events[name][0]) for name in DRIVERS])
    years, months = calendar.months_of(day)
    codes = (story.people.number[customer] * len(DRIVERS) + driver) * 4_096 + (years - 2000) * 12 + months - 1
    found, first, count = np.unique(codes, return_index=True, return_counts=True)
    month = found % 4_096
    last = ((month + 30 * 12 + 1).astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)) - 1
    return pa.table({
        "customer_id": story.ids.take(pa.array(customer[first])),
        "driver": words.taken(DRIVERS, found // 4_096 % len(DRIVERS)),
        "date": days(np.minimum(last, story.day)),
        "count": decimals(count * 1_000_000),
    })  # fmt: skip


def activity_rates(story: Story) -> Any:
    """What one of each driver costs, from each first of January."""
    years = np.arange(calendar.START.year, calendar.day_of(story.day).year + 1)
    driver, year = np.tile(np.arange(len(DRIVERS)), len(years)), np.repeat(years, len(DRIVERS))
    return pa.table({
        "driver": words.taken(DRIVERS, driver),
        "rate": money(rate_cents(year)[np.arange(len(year)), driver]),
        "stage": words.taken([stage for _, _, stage in worth.RATES], driver),
        "valid_from": days([calendar.on(int(entry), 1, 1) for entry in year]),
    })  # fmt: skip


def rate_cents(years: Ints) -> Ints:
    """Cents for one of each driver in each year, (years, drivers)."""
    first = np.array([rate for _, rate, _ in worth.RATES])
    level = (1.0 + worth.RATE_STEP) ** (years - calendar.START.year)
    return np.asarray(np.rint(100 * first[None, :] * level[:, None]), dtype=np.int64)

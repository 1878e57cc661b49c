"""What is planned and tried: offers, measures, budgets, projects."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from kundenwert.example.company import _calendar as calendar
from kundenwert.example.company import _effects as effects
from kundenwert.example.company import _names as words
from kundenwert.example.company import _voice as voice
from kundenwert.example.company._chance import OWN
from kundenwert.example.company._columns import days, decimals, money, text

if TYPE_CHECKING:
    from kundenwert.example.company._story import Story


def offers(story: Story) -> Any:
    """Offers that became orders, and those that did not (their customer ordered something else at that time)."""
    invoices = story.invoices
    orders = np.flatnonzero(~invoices.is_service & (invoices.net > 0))
    even = OWN.uniform("offer", invoices.key[orders])
    won, lost = orders[even < 0.04], orders[(even >= 0.04) & (even < 0.11)]
    place, is_won = np.concatenate([won, lost]), np.repeat([True, False], [len(won), len(lost)])
    key, day = invoices.key[place], invoices.day[place]
    made = np.where(is_won, day - 12, day)
    decided = np.where(is_won, day, calendar.working(day + 10 + (30 * OWN.uniform("decided", key)).astype(np.int64)))
    amount = np.where(is_won, invoices.net[place], np.rint(invoices.net[place] * (0.7 + 1.6 * OWN.uniform("offered", key)) / 100) * 100)
    order = np.lexsort((invoices.document[place], day))
    place, is_won, key, made, decided, amount = (column[order] for column in (place, is_won, key, made, decided, amount))
    is_open = decided > story.day
    outcome = np.where(is_open, 2, np.where(is_won, 0, 1))
    reason = np.minimum((4 * OWN.uniform("reason", key)).astype(np.int64), 3)
    return pa.table({
        "offer_id": text(30_001 + np.arange(len(place))),
        "customer_id": story.ids.take(pa.array(invoices.customer[place])),
        "lead_id": pa.nulls(len(place), pa.string()),
        "date": days(made),
        "amount": money(amount),
        "stage": words.taken(["Auftrag", "abgelehnt", "offen"], outcome),
        "decided_on": days(decided, is_open),
        "outcome": words.taken(["won", "lost", "open"], outcome),
        "reason": pc.if_else(pa.array(outcome == 1), words.taken(["Preis", "Liefertermin", "Wettbewerber", "kein Bedarf"], reason), None),
    })  # fmt: skip


def measures(story: Story) -> Any:
    """The spring campaign of 2025: who got the letter and who was held out at random."""
    people = story.people
    places = story.known[people.measured[story.known]] if story.day >= effects.CAMPAIGN_SENT else story.known[:0]
    return pa.table({
        "measure_id": pa.array(["M2025-01"] * len(places), pa.string()),
        "customer_id": story.ids.take(pa.array(places)),
        "date": days(np.full(len(places), effects.CAMPAIGN_SENT)),
        "kind": pa.array(["mailing"] * len(places), pa.string()),
        "treated": pa.array(people.treated[places]),
        "cost": money(np.where(people.treated[places], 4_50, 0)),
    })  # fmt: skip


_BUDGETS = (("Außendienst", "visits", 300.0), ("Innendienst", "calls", 400.0), ("Werbung", "EUR", 6_000.0), ("Kulanz", "EUR", 2_500.0))


def budgets(story: Story) -> Any:
    """What is planned to be spent, by quarter."""
    scale = story.plan.customers / 700 * story.plan.activity
    starts, day = [], calendar.number(calendar.START)
    while day <= story.day:
        starts.append(day)
        day = calendar.quarter_end(day)
    periods = [f"{calendar.day_of(start).year}-Q{(calendar.day_of(start).month + 2) // 3}" for start in starts]
    rows = [(name, period, resource, round(level * scale)) for period in periods for name, resource, level in _BUDGETS]
    return pa.table({
        "name": pa.array([row[0] for row in rows], pa.string()),
        "period": pa.array([row[1] for row in rows], pa.string()),
        "resource": pa.array([row[2] for row in rows], pa.string()),
        "amount": money(100 * np.array([row[3] for row in rows], dtype=np.int64)),
    })  # fmt: skip


_PROJECTS = ("Lager beim Kunden", "Entwicklung Schalungssystem", "Pilot Mehrweggebinde", "Bestellanbindung", "Gemeinsame Tourenplanung")


def projects(story: Story) -> Any:
    """What is developed and tried together with customers."""
    found = voice.projects(story)
    source = words.joined("Projektantrag ", text(found.number))
    return pa.table({
        "project_id": words.joined("K", text(found.number)),
        "customer_id": story.ids.take(pa.array(found.customer)),
        "name": words.taken(_PROJECTS, found.number % len(_PROJECTS)),
        "start": days(found.stated),
        "end": days(found.end),
        "status": words.taken(voice.STATUS, found.status),
        "chance": decimals(found.chance * 1_000_000),
        "benefit": money(found.benefit),
        "effort": money(found.effort),
        "source": pc.if_else(pa.array(found.is_sourced), source, pa.scalar(None, pa.string())),
        "stated_on": days(found.stated),
    })  # fmt: skip

"""Who the customers are: master data, who recommended whom, what the field staff thinks of them, leads."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from kundenwert.example.company import _calendar as calendar
from kundenwert.example.company import _effects as effects
from kundenwert.example.company import _names as words
from kundenwert.example.company import _voice as voice
from kundenwert.example.company._assortment import INDUSTRIES
from kundenwert.example.company._chance import Ints
from kundenwert.example.company._columns import days, money, text
from kundenwert.example.company._people import CHANNELS, CITIES, FIRM, PRIVATE, Role

if TYPE_CHECKING:
    from kundenwert.example.company._story import Story

CRITERIA = (
    "Kaufhistorie", "Deckungsbeitrag", "Imagefaktor", "Empfehlungswert", "Zukunftsperspektive", "Preissensibilität",
    "Schnäppchenfaktor", "Zahlungsmentalität", "Bonität", "Betreuungsaufwand", "Sympathiefaktor", "Reklamationsbereitschaft",
)  # fmt: skip
RECOMMENDS = "Weiterempfehlungsbereitschaft"


def customers(story: Story) -> Any:
    """Master data."""
    places, people = story.known, story.people
    known = type(people)(**{f.name: getattr(people, f.name)[places] for f in fields(people)})
    head = known.head
    is_member = (head >= 0) & (head != known.place)
    address = words.addresses(story.chance, known)
    natural = known.kind != FIRM
    index = np.rint(240 + 60 * story.chance.bell("index", known.place) + 60 * (known.delay > 15)).astype(np.int64)
    no_index = natural | (story.chance.uniform("no index", known.place) < 0.35)
    regions = [entry[1] for entry in CITIES]
    large = known.rate * known.size * known.lines
    segment = np.where(known.has(Role.KEY_ACCOUNT), 0, np.where(large > 40 * story.plan.activity, 1, 2))
    industry = words.taken([entry[0] for entry in INDUSTRIES], known.industry)
    size = voice.known(story, known)
    no_estimate = size.estimated == effects.NEVER
    source = words.taken(["Branchenkennzahl", "Schätzung Außendienst"], size.by_staff.astype(np.int64))
    return pa.table({
        "customer_id": story.ids.take(pa.array(places)),
        "name": words.entered_again(known, words.names(story.chance, known)),
        "parent_id": story.ids.take(pa.array(head, mask=~is_member)),
        # Every second branch has its invoices paid by the head of its group.
        "payer_id": story.ids.take(pa.array(head, mask=~(is_member & (known.place // story.plan.groups % 2 == 0)))),
        "kind": words.taken(["b2b", "b2c"], (known.kind == PRIVATE).astype(np.int64)),
        "legal_form": words.taken(["Firma", "Einzelunternehmen", "Privatperson"], known.kind),
        "industry": pc.if_else(pa.array(known.kind == PRIVATE), pa.scalar(None, pa.string()), industry),
        "region": words.taken(regions, known.city),
        **address,
        "acquired_on": days(known.acquired),
        "channel": words.taken(CHANNELS, known.channel),
        "acquisition_cost": money(known.acquisition_cost, known.acquired < calendar.number(calendar.START) - 730),
        "account_manager": words.joined("AD ", words.taken(regions, known.city), " ", text(1 + known.place % 2)),
        "segment": words.taken(["Schlüsselkunde", "Stammkunde", "Kleinkunde"], segment),
        "employees": pa.array(size.employees, mask=size.employees == 0),
        "network": pa.array(size.network, mask=size.network == 0),
        "potential": money(100 * size.potential, no_estimate),
        "potential_source": pc.if_else(pa.array(no_estimate), pa.scalar(None, pa.string()), source),
        "potential_date": days(np.where(no_estimate, 0, size.estimated), no_estimate),
        "external_rating": pa.array(index.astype(np.float64), mask=no_index),
        "do_not_contact": pa.array(known.objects),
        "objection": pa.array(natural & (story.chance.uniform("profiling", known.place) < 0.05)),
    })  # fmt: skip


def referrals(story: Story) -> Any:
    """Who recommended whom."""
    places = story.known[story.people.recommender[story.known] >= 0]
    return pa.table({
        "referral_id": text(1 + np.arange(len(places))),
        "recommender_id": story.ids.take(pa.array(story.people.recommender[places])),
        "customer_id": story.ids.take(pa.array(places)),
        "date": days(story.people.acquired[places] - 9),
        "kind": pa.array(["Kunde wirbt Kunde"] * len(places), pa.string()),
    })  # fmt: skip


def ratings(story: Story) -> Any:
    """Points from 0 to 10 that the field staff gave to key accounts, recommenders and some others, each November; and the survey."""
    people, known = story.people, story.known
    rated = known[people.has(Role.KEY_ACCOUNT, Role.RECOMMENDER)[known] | (story.chance.uniform("rated", people.place[known]) < 0.05)]
    rows = []
    for year in range(calendar.START.year, calendar.day_of(story.day).year + 1):
        day = calendar.on(year, 11, 15)
        if day <= story.day:
            rows.append(_rated(story, rated[people.acquired[rated] < day], day))
    rows += [_answered(story, int(day)) for day in voice.survey_days(story)]
    return pa.concat_tables(rows) if rows else _rated(story, rated[:0], story.day)


def _answered(story: Story, day: int) -> Any:
    """What customers themselves said in the yearly survey: how likely they are to recommend us."""
    who, points = voice.answers(story, day)
    said, year = len(who), calendar.day_of(day).year
    return pa.table({
        "customer_id": story.ids.take(pa.array(who)),
        "criterion": pa.array([RECOMMENDS] * said, pa.string()),
        "points": pa.array(points),
        "date": days(np.full(said, day)),
        "person": pa.array([f"Kundenbefragung {year}"] * said, pa.string()),
        "reason": pa.array(["Antwort des Kunden"] * said, pa.string()),
    })  # fmt: skip


def _rated(story: Story, places: Ints, day: int) -> Any:
    people, count = story.people, len(CRITERIA)
    who, criterion = np.repeat(places, count), np.tile(np.arange(count), len(places))
    middle = np.full(len(who), 5.5)
    for place, lifted in ((3, Role.RECOMMENDER), (2, Role.KEY_ACCOUNT)):
        middle += 3.0 * (people.has(lifted)[who] & (criterion == place))
    middle -= np.clip(people.delay[who] / 8, 0, 5) * (criterion == 7)
    points = np.clip(np.rint(middle + 1.6 * story.chance.bell("points", people.place[who], day, criterion)), 0, 10)
    # Not everything is rated.
    keep = story.chance.uniform("unrated", people.place[who], day, criterion) < 0.8
    who, criterion, points = who[keep], criterion[keep], points[keep].astype(np.int64)
    reasons = ["Gespräch mit Inhaber", "Eindruck beim Besuch", "Jahresgespräch", "Rückfrage Innendienst"]
    return pa.table({
        "customer_id": story.ids.take(pa.array(who)),
        "criterion": words.taken(CRITERIA, criterion),
        "points": pa.array(points),
        "date": days(np.full(len(who), day)),
        "person": story.manager(who, np.zeros(len(who), dtype=bool)),
        "reason": words.taken(reasons, (people.place[who] + criterion) % 4),
    })  # fmt: skip


def leads(story: Story) -> Any:
    """Firms that asked or were asked: each newcomer was one, and some never came."""
    plan, chance, start = story.plan, story.chance, calendar.number(calendar.START)
    came = plan.arrivals(story.day + 60)
    newcomer = np.repeat(np.arange(len(came)), 3)
    turn = np.tile(np.arange(3), len(came))
    day = calendar.working(
        came[newcomer] - np.where(turn == 0, 25, 12 * turn) - (15 * chance.uniform("lead", newcomer, turn)).astype(np.int64)
    )
    keep = (day <= story.day) & (day >= start) & ((turn == 0) | (chance.uniform("no lead", newcomer, turn) < 0.7))
    newcomer, turn, day = newcomer[keep], turn[keep], day[keep]
    is_won = (turn == 0) & (came[newcomer] <= story.day)
    age = story.day - day
    stage = np.where(is_won, 3, np.where(turn == 0, 2, np.where(age > 60, 4, np.where(age > 20, 1, 0))))
    place = plan.founding + newcomer
    invented = words.joined("Interessent ", text(place), words.taken(["", "-B", "-C"], turn))
    industry = np.minimum((6 * chance.uniform("lead industry", newcomer, turn)).astype(np.int64), 5)
    source = 2 + (chance.uniform("lead source", newcomer, turn) * 4).astype(np.int64)
    return pa.table({
        "lead_id": words.joined("L", text(10 * (1 + newcomer) + turn)),
        "name": invented,
        "source": words.taken(CHANNELS, np.minimum(source, 5)),
        "date": days(day),
        "industry": words.taken([entry[0] for entry in INDUSTRIES], industry),
        "region": words.taken(["Nord", "Ost", "West", "Mitte", "Süd"], place % 5),
        "stage": words.taken(["neu", "qualifiziert", "Angebot", "gewonnen", "verloren"], stage),
        "customer_id": story.ids.take(pa.array(np.where(is_won, place, 0), mask=~is_won)),
    })  # fmt: skip

"""Saved views of the customer list: those that come with the app, and those that a person has kept."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from kundenwert.errors import DataError
from kundenwert.flows.customer_list import CustomerList
from kundenwert.reports.language import Language
from kundenwert.settings import Duration
from kundenwert.web.customers.asked import Asked, asked_of
from kundenwert.web.workspace.models import SavedView

LONGEST_NAME, MOST = 60, 12
_NEW = Duration(3, "m")


@dataclass(frozen=True)
class View:
    """A view as a tab: its name, what it asks for, how many customers it holds. pk: of one that the reader kept."""

    name: str
    asked: Asked
    count: int
    pk: int | None = None


def views(opened: CustomerList, entry: Any, user: Any, managers: frozenset[str] | None, language: Language) -> Iterator[View]:
    """The views that say something of this run, with their counts for this reader."""
    for name, asked, pk in (*_coming_with(opened, user, managers, language), *_kept(entry, user)):
        try:
            yield View(name, asked, opened.totals(asked.filters, managers=managers).count, pk)
        except DataError:
            # Kept with an older version: shown without its filters rather than lost.
            yield View(name, Asked(columns=asked.columns), 0, pk)


def _coming_with(
    opened: CustomerList, user: Any, managers: frozenset[str] | None, language: Language
) -> Iterator[tuple[str, Asked, int | None]]:
    text = language.text
    yield (text("All customers") if managers is None else text("My customers")), Asked(), None
    if managers is None and user.manager_names and opened.has("account_manager"):
        yield text("My customers"), asked_of({"account_manager": list(user.manager_names)}), None
    if opened.has("at_risk"):
        yield text("Valuable and at risk"), asked_of({"at_risk": "1", "sort": "-at_stake"}), None
    if opened.has("loss_maker"):
        yield text("Loss makers"), asked_of({"loss_maker": "1", "sort": "contribution_year"}), None
    if opened.has("first_purchase"):
        as_of = date.fromisoformat(opened.manifest["as_of"])
        since = _NEW.after(as_of, -1)
        yield text("New since {day}", day=language.date(since)), asked_of({"first_purchase_min": since.isoformat()}), None


def _kept(entry: Any, user: Any) -> Iterator[tuple[str, Asked, int | None]]:
    for one in SavedView.objects.filter(project=entry, owner=user)[:MOST]:
        yield one.name, asked_of(one.question), one.pk


def keep(entry: Any, user: Any, name: str, asked: Asked) -> SavedView:
    """Keeps filters, columns and order under a name; one of this name is replaced. The words searched for are not kept: they may name a
    person, and nobody would look for them here after an erasure.
    """
    question: dict[str, Any] = {"column": list(asked.columns), "sort": f"{'-' if asked.descending else ''}{asked.sort}"}
    for field, value in asked.fields:
        if field != "q":
            question.setdefault(field, []).append(value)
    found, _ = SavedView.objects.update_or_create(project=entry, owner=user, name=name, defaults={"question": question})
    return found

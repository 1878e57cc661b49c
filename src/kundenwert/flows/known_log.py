"""What is known on the as-of day: the day itself, how far a forecast looks from it, what the lines up to it look like as a whole."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from kundenwert.base.as_of import day_number, day_of, last_plausible
from kundenwert.base.customer_base import BaseSummary, LogFacts
from kundenwert.errors import NothingToValue, Problem, SettingsError
from kundenwert.records import Horizons, Notice
from kundenwert.settings import Duration
from kundenwert.tables.reconciliation import OF_CUSTOMERS, document_days

if TYPE_CHECKING:
    from kundenwert.flows.load import Loaded
    from kundenwert.settings import Settings


def as_of_day(loaded: Loaded, settings: Settings, clock: date) -> date:
    """The as-of day: chosen, or the last plausible document day."""
    days = document_days(loaded.days)
    if settings.as_of is None:
        return last_plausible(days, clock)
    chosen: date = settings.as_of
    if chosen > clock:
        came = f"As-of is {chosen}, after today ({clock})."
        raise SettingsError(Problem(came, "a day up to today: later lines cannot be known yet.", "choose an earlier --as-of."))
    if not days or day_number(chosen) < days[0]:
        first = f"The first document day is {day_of(days[0])}" if days else "No line has a readable date"
        raise NothingToValue(Problem(f"{first}, as-of is {chosen}.", "an as-of day after the first document.", "choose a later --as-of."))
    return chosen


def horizons_of(settings: Settings, as_of: date) -> Horizons:
    return Horizons(
        horizon_days=float(Duration.parse(settings.horizon).days(as_of)),
        value_horizon_days=float(Duration.parse(settings.value_horizon).days(as_of)),
        discount_rate=float(settings.discount_rate),
    )


def log_facts(loaded: Loaded, as_of: date) -> LogFacts:
    """What the booked lines of customers up to the as-of day look like as a whole."""
    known = [entry for entry in loaded.days if entry.is_booked and entry.day is not None and entry.day <= day_number(as_of)]
    own = [entry for entry in known if entry.line_class in OF_CUSTOMERS]
    return LogFacts(
        lines=sum(entry.lines for entry in own),
        document_days=len(document_days(known)),
        money=sum((2 * entry.positive_amount - entry.amount for entry in own), Decimal(0)),
        reversals=sum(entry.lines for entry in own if entry.line_class != "kept"),
        special_lines=sum(entry.free_lines + entry.non_product_lines + entry.negative_price_lines for entry in own),
    )


def is_plain(loaded: Loaded, settings: Settings, as_of: date) -> bool:
    """Whether each line up to a day is a paid purchase that stands: then `customer_base.plain_days` tells all of it."""
    return log_facts(loaded, as_of).is_plain and not settings.collective


def refuse_nothing_to_value(loaded: Loaded, summary: BaseSummary, as_of: date) -> None:
    if summary.modelled == 0:
        raise NothingToValue(
            Problem(
                f"No purchase is left on {as_of}: {summary.customers:,} customers have nothing but cancellations or returns.",
                "at least two customers with purchases.",
                "check the sign of the amounts and the customer column with `kundenwert check`.",
            )
        )
    if loaded.has_amounts and summary.revenue <= 0:
        raise NothingToValue(
            Problem(
                f"The booked revenue of all customers is {summary.revenue:,.2f}.",
                "a positive total.",
                "check the sign of the amounts: are credits exported as positive, or invoices as negative numbers?",
            )
        )
    if summary.modelled == 1:
        raise NothingToValue(
            Problem(
                "All purchases belong to one customer.",
                "at least two customers; one alone cannot be compared with others.",
                "check the customer column (--map customer_id=COLUMN).",
            )
        )
    if summary.repeat_purchases == 0:
        raise NothingToValue(
            Problem(
                f"None of {summary.modelled:,} customers bought on a second day, so nothing says how often customers come back.",
                "at least one repeat purchase.",
                "check that the customer column is not the document number (--map customer_id=COLUMN), or load a longer period.",
            )
        )


def short_log(loaded: Loaded, settings: Settings, as_of: date) -> list[Notice]:
    days = [day for day in document_days(loaded.days) if day <= day_number(as_of)]
    covered = days[-1] - days[0] + 1
    if covered >= Duration.parse(settings.value_horizon).days(as_of):
        return []
    text = "The log covers {years:.1f} years; the value looks further ahead than that. The data cannot show who stays that long."
    return [Notice("short_log", text, {"years": covered / 365.25})]


def apart(loaded: Loaded) -> Iterator[Notice]:
    if loaded.objected:
        text = (
            "{count} customers objected to being valued: they have no forecast of their own and stand in no list. Totals count the "
            "mean of all others for them."
        )
        yield Notice("objected", text, {"count": loaded.objected})
    if loaded.erased:
        text = "{lines} lines belong to erased persons. Their money stands in one row, by year, so that totals hold."
        yield Notice("erased", text, {"lines": loaded.erased})

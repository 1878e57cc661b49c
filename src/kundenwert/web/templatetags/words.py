"""Words, numbers, money and days in templates, as the reader's language writes them. No library to load: it is built in."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import template
from django.utils import timezone

from kundenwert.web.language import current

register = template.Library()


@register.simple_tag
def text(message: str, **values: Any) -> str:
    """{% text "{n} customers carry 80 %" n=count %}; Django escapes the sentence as a whole."""
    return current().text(message, **values)


@register.simple_tag
def plural(one: str, many: str, number: Any, **values: Any) -> str:
    """{% plural "{n} customer" "{n} customers" count %}."""
    return current().plural(one, many, number or 0, **values)


@register.simple_tag(takes_context=True)
def money(context: template.Context, value: Any, digits: int = 2, *, sign: bool = False) -> str:
    """An amount with the sign of the run's currency: {% money row.value 0 %}."""
    return current().money(_float(value), _currency(context), digits, sign=sign)


@register.simple_tag(takes_context=True)
def short(context: template.Context, value: Any, *, sign: bool = False) -> str:
    """18,4 Mio. € instead of 18.420.112 €."""
    return current().short(_float(value), _currency(context), sign=sign)


@register.simple_tag(takes_context=True)
def unit(context: template.Context) -> str:
    """The sign of the run's currency as the heading of a column; a word where the run knows no currency."""
    return current().symbol(_currency(context)) or current().text("Amount")


@register.simple_tag(takes_context=True)
def in_unit(context: template.Context) -> str:
    """The sign of the run's currency behind the heading of a column; nothing where the run knows no currency."""
    sign = current().symbol(_currency(context))
    return f", {sign}" if sign else ""


@register.filter
def number(value: Any, digits: int = 0) -> str:
    """{{ row.frequency|number }}, {{ row.share|number:2 }}."""
    return current().number(_float(value), digits)


@register.filter
def signed(value: Any, digits: int = 0) -> str:
    """A number with its sign, for variances."""
    return current().number(_float(value), digits, sign=True)


@register.filter
def percent(value: Any, digits: int = 1) -> str:
    """0.127 is 12,7 %."""
    return current().percent(_float(value), digits)


@register.filter
def day(value: Any) -> str:
    """A date, or its ISO text."""
    return current().date(value or None)


@register.filter
def moment(value: datetime | str | None) -> str:
    """Day and time in the zone of the server."""
    if not value:
        return current().date(None)
    when = datetime.fromisoformat(value) if isinstance(value, str) else value
    return current().moment(timezone.localtime(when) if timezone.is_aware(when) else when)


@register.filter
def span(value: str | None) -> str:
    """A horizon such as 12m in words."""
    return current().span(value) if value else current().date(None)


@register.filter
def table_words(name: str) -> str:
    """What a table of the company is called; an unknown one by its own name."""
    from kundenwert.reports._customer_basis import table_names

    return table_names(current()).get(name, name)


def _float(value: Any) -> Any:
    # Values of pages kept as JSON may be texts of decimals.
    from decimal import Decimal

    return Decimal(value) if isinstance(value, str) and value else (None if value == "" else value)


def _currency(context: template.Context) -> str:
    room = getattr(context.get("request"), "room", None)
    return room.currency if room is not None else ""

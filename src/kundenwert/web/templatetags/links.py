"""Links to customers in templates: `{% load links %}{% customer row.customer_id row.name %}`, `{% listed stage="retention" as there %}`."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from kundenwert.web import links

register = template.Library()


@register.simple_tag
def customer(customer_id: str, name: str | None = None) -> SafeString:
    """The name of a customer, or the number where there is none, leading to the customer's page."""
    address, words = links.to_customer(customer_id), name or customer_id
    if not address:
        return format_html("<bdi>{}</bdi>", words)
    return format_html('<a href="{}"><bdi>{}</bdi></a>', address, words)


@register.simple_tag
def listed(**filters: Any) -> str:
    """The address of the customer list with these filters."""
    return links.to_list(**filters)


@register.simple_tag
def screen(name: str) -> str:
    """The address of another screen, "" where there is none."""
    return links.address(name)

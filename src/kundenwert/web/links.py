"""Where figures of a screen lead to: the customer list with a filter, the page of a customer. "" where there is no such page yet."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.urls import NoReverseMatch, reverse

LIST, CUSTOMER = "customers:list", "customers:customer"


def to_list(**filters: Any) -> str:
    """The customer list with these filters, such as to_list(stage="retention"); a list of words is given once for each."""
    found = address(LIST)
    return f"{found}?{urlencode(filters, doseq=True)}" if found and filters else found


def to_customer(customer_id: str) -> str:
    """The page of one customer."""
    return address(CUSTOMER, customer_id)


def address(name: str, *values: Any) -> str:
    """The address called `name`."""
    try:
        return reverse(name, args=values)
    except NoReverseMatch:
        return ""

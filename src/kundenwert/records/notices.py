"""A sentence for people, with its figures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any


@dataclass(frozen=True)
class Notice:
    """Something a reader must know before trusting a figure: a key for programs, a sentence with its values for people.

    `text` is an English message with {named} places, the msgid of its translation; `values` fill them. A place that ends with a currency
    sign, {amount:,.2f¤}, is money in the currency that the value "currency" names, if there is one.
    """

    key: str
    text: str
    values: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return filled(self.text, self.values)

    def in_currency(self, currency: str) -> Notice:
        """The same with the currency of its amounts, unless it names one."""
        return replace(self, values={"currency": currency, **self.values})


def filled(text: str, values: Mapping[str, Any]) -> str:
    """A message with its values, as programs show it: 1,284.50 EUR.

    >>> filled("{amount:,.0f¤} at stake", {"amount": 1284, "currency": "EUR"})
    '1,284 EUR at stake'
    """
    currency = str(values.get("currency") or "")
    return text.replace("¤}", "} " + currency if currency else "}").format(**values)

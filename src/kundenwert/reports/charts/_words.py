"""What a measured column is called, in words that follow the yardstick: nobody reads "contribution" where only revenue is known."""

from __future__ import annotations

from kundenwert.reports.language import Language


def measure(name: str, language: Language) -> str:
    """The everyday name of the column a concentration was taken from."""
    names = {
        "value": language.text("customer value"),
        "clv": language.text("expected value"),
        "past": language.text("value so far"),
        "revenue": language.text("revenue so far"),
        "expected_revenue": language.text("expected revenue"),
        "expected_purchases": language.text("expected purchases"),
    }
    return names.get(name, name)

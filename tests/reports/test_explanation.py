"""The explanation of one customer: it adds up, it says where a forecast comes from, in both languages."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from report_samples import money

from kundenwert.records import Document, Explained, Part
from kundenwert.reports.explanation import explanation

ROW: dict[str, Any] = {
    "customer_id": "0007",
    "first_purchase": date(2024, 1, 8),
    "last_purchase": date(2026, 9, 2),
    "frequency": 4,
    "T": 995,
    "monetary_value": money("120.00"),
    "revenue": money("600.00"),
    "p_alive": 0.87,
    "expected_purchases": 1.5,
    "past": money("600.00"),
    "clv": money("250.03"),
    "value": money("850.03"),
    "level": "customer",
}
BASIS = {
    "run": "2026-10-02T0915Z-4f2a",
    "as_of": date(2026, 9, 30),
    "horizon": "12m",
    "value_horizon": "2y",
    "yardstick": "revenue",
    "currency": "EUR",
    "title": "Beispiel",
    "discount_rate": 0.1,
}
PARTS = (
    Part("booked", "2024", money("450.00"), 3.0),
    Part("booked", "2026", money("150.00"), 2.0),
    Part("expected", "2026-10-01/2027-09-30", money("150.01"), 1.4),
    Part("expected", "2027-10-01/2028-09-29", money("100.02"), 0.9),
)
HISTORY = tuple(Document(date(2024, 1, 8 + number), f"R{number}", "kept", 1, money("40.00")) for number in range(15))


def sample(**changes: Any) -> Explained:
    given = {"row": ROW, "history": HISTORY, "parts": PARTS, "basis": BASIS, "factors": {"return_share": 0.02}}
    return Explained(**(given | changes))


def figures(text: str, lang: str) -> list[Decimal]:
    """The amounts at the ends of the lines of the value section."""
    section = next(part for part in text.split("\n\n") if "850" in part)
    found = re.findall(r"(−?)€?([\d.,]+)(?:\u00a0€)?$", section, re.MULTILINE)
    plain = [sign + (part.replace(".", "").replace(",", ".") if lang == "de" else part.replace(",", "")) for sign, part in found]
    return [Decimal(part.replace("−", "-")) for part in plain]


@pytest.mark.parametrize("lang", ["de", "en"])
def test_the_lines_add_up_to_the_cent(lang: str) -> None:
    *parts, past, ahead, value = figures(explanation(sample(), lang), lang)
    assert (past, ahead, value) == (ROW["past"], ROW["clv"], ROW["value"])
    assert sum(parts) == value


@pytest.mark.parametrize("lang", ["de", "en"])
def test_no_line_is_longer_than_a_terminal_is_wide(lang: str) -> None:
    assert max(map(len, explanation(sample(), lang).splitlines())) <= 110


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("de", ["Kunde 0007", "Verkauf", "und 3 ältere Belege", "Stand 30.09.2026", "Umsatz, nicht Marge", "2,0", "Kauf zählt 108,71"]),
        ("en", ["Customer 0007", "sale", "and 3 older documents", "30 Sep 2026", "revenue, not margin", "2.0%", "purchase counts €108.71"]),
    ],
)  # fmt: skip
def test_it_says_what_it_rests_on(lang: str, words: list[str]) -> None:
    text = explanation(sample(), lang).replace("\u00a0", " ")
    assert [word for word in words if word not in text] == []


@pytest.mark.parametrize(("lang", "words"), [("de", "keine Vorhersage"), ("en", "no forecast is made")])
def test_a_customer_without_forecast_is_told_so(lang: str, words: str) -> None:
    row = ROW | {"level": "none", "first_purchase": None, "frequency": None, "p_alive": None, "clv": money(0), "value": money(600)}
    text = explanation(sample(row=row, parts=PARTS[:2]), lang)
    assert words in text
    assert "zählt" not in text
    assert "counts" not in text


@pytest.mark.parametrize(("lang", "words"), [("de", "Noch kein Wiederkauf"), ("en", "No repeat purchase yet")])
def test_a_customer_who_bought_once_gets_the_mean_of_those_alike(lang: str, words: str) -> None:
    row = ROW | {"level": "segment", "frequency": 0, "monetary_value": None}
    assert words in explanation(sample(row=row), lang)


@pytest.mark.parametrize(("lang", "words"), [("de", "Erwartete Käufe"), ("en", "Expected purchases in 12 months")])
def test_without_amounts_purchases_are_shown(lang: str, words: str) -> None:
    nothing = dict.fromkeys(("monetary_value", "revenue", "past", "clv", "value"))
    history = tuple(replace(entry, amount=None) for entry in HISTORY[:2])
    basis = BASIS | {"yardstick": "purchases", "currency": ""}
    text = explanation(sample(row=ROW | nothing, parts=(), history=history, basis=basis), lang)
    assert words in text


@pytest.mark.parametrize(("lang", "words"), [("de", "Kosten"), ("en", "less cost, booked or estimated")])
def test_cost_has_a_line_of_its_own(lang: str, words: str) -> None:
    parts = (Part("booked", "2024", money("700.00"), 3.0), Part("cost", "", money("-100.00")), *PARTS[2:])
    text = explanation(sample(parts=parts, basis=BASIS | {"yardstick": "contribution"}), lang)
    assert words in text
    assert "revenue, not margin" not in text
    *lines, past, _, value = figures(text, lang)
    assert past == ROW["past"]
    assert sum(lines) == value


RANGES = {
    "expected_purchases_lower": 0,
    "expected_purchases_upper": 4,
    "expected_revenue": money("180.00"),
    "expected_revenue_lower": money("0.00"),
    "expected_revenue_upper": money("510.20"),
    "clv_lower": money("0.00"),
    "clv_upper": money("700.50"),
}


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("de", ["Käufe in den nächsten 12 Monaten: 0 bis 4 in 9 von 10 Fällen.",
                "Kommt noch in den nächsten 2 Jahren: 0,00 € bis 700,50 €"]),
        ("en", ["Revenue in the next 12 months: €0.00 to €510.20 in 9 of 10 cases.",
                "Still to come in the next 2 years: €0.00 to €700.50"]),
    ],
)  # fmt: skip
def test_ranges_of_the_row_are_told_in_sentences(lang: str, words: list[str]) -> None:
    text = explanation(sample(row=ROW | RANGES), lang).replace("\u00a0", " ")
    assert [word for word in words if word not in text] == []
    assert "9 von 10" not in explanation(sample(), "de")


def test_where_nothing_is_uncertain_no_range_is_told() -> None:
    row = ROW | RANGES | {"level": "none", "clv": money(0), "value": money(600), "clv_upper": money(0)}
    assert "9 of 10" not in explanation(sample(row=row, parts=PARTS[:2]), "en")


def test_without_amounts_only_the_range_of_purchases_is_told() -> None:
    nothing = dict.fromkeys(("monetary_value", "revenue", "past", "clv", "value", "expected_revenue", "clv_lower", "clv_upper"))
    basis = BASIS | {"yardstick": "purchases", "currency": ""}
    text = explanation(sample(row=ROW | RANGES | nothing, parts=(), history=(), basis=basis), "en")
    assert "Purchases in the next 12 months: 0 to 4 in 9 of 10 cases." in text
    assert text.count("9 of 10") == 1

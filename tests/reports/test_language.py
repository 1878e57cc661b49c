"""Numbers, money, days and words as each language writes them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
import report_messages as messages

from kundenwert.errors import UnknownName
from kundenwert.records import Notice
from kundenwert.reports.language import LANGUAGES, Language, _catalog

GERMAN, ENGLISH = Language("de"), Language("en")


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("value", "currency", "german", "english"),
    [
        ("1284.50", "EUR", "1.284,50 €", "€1,284.50"),
        ("9539484.634", "GBP", "9.539.484,63 £", "£9,539,484.63"),
        ("-483794.70", "GBP", "−483.794,70 £", "−£483,794.70"),
        ("12.5", "CHF", "12,50 CHF", "CHF 12.50"),
        ("1284.5", "", "1.284,50", "1,284.50"),
        ("-0.001", "EUR", "0,00 €", "€0.00"),
        (None, "EUR", "–", "–"),
    ],
)
def test_money(value: str | None, currency: str, german: str, english: str) -> None:
    amount = None if value is None else Decimal(value)
    assert plain(GERMAN.money(amount, currency)) == german
    assert plain(ENGLISH.money(amount, currency)) == english


def test_money_keeps_sign_and_figure_together() -> None:
    assert " " not in GERMAN.money(Decimal("1284.50"), "EUR")


def test_money_inside_a_sentence_carries_the_currency_its_values_name() -> None:
    said = Notice("r", "Brings {gain:,.2f¤} more than it costs.", {"gain": 1284.5})
    assert plain(GERMAN.notice(said.in_currency("EUR"))) == "Bringt 1.284,50 € mehr, als es kostet."
    assert ENGLISH.notice(said.in_currency("USD")) == "Brings $1,284.50 more than it costs."
    assert ENGLISH.notice(said) == "Brings 1,284.50 more than it costs."
    assert str(said.in_currency("EUR")) == "Brings 1,284.50 EUR more than it costs."
    assert str(said) == "Brings 1,284.50 more than it costs."
    change = Notice("c", "{change:+,.0f¤}", {"change": -3.0, "currency": "EUR"})
    assert plain(GERMAN.notice(change.in_currency("USD"))) == "−3 €"
    assert ENGLISH.text("{gain:,.0f¤}", gain=None, currency="EUR") == "–"


def test_what_was_kept_before_money_carried_its_sign_is_told_in_german_too() -> None:
    assert GERMAN.text("Brings {gain:,.2f} more than it costs.", gain=1.5) == "Bringt 1,50 mehr, als es kostet."


@pytest.mark.parametrize(
    ("value", "german", "english"),
    [
        (18_420_000, "18,4 Mio. €", "€18.4m"),
        (1_120_000, "1,12 Mio. €", "€1.12m"),
        (48_300, "48,3 Tsd. €", "€48.3k"),
        (9_999.4, "9.999 €", "€9,999"),
        (9_999.6, "10,0 Tsd. €", "€10.0k"),
        (999_960, "1,00 Mio. €", "€1.00m"),
        (-214_118, "−214 Tsd. €", "−€214k"),
        (2.5e12, "2.500 Mrd. €", "€2,500bn"),
        (0, "0 €", "€0"),
        (float("nan"), "–", "–"),
    ],
)
def test_short_money(value: float, german: str, english: str) -> None:
    assert plain(GERMAN.short(value, "EUR")) == german
    assert plain(ENGLISH.short(value, "EUR")) == english


def test_percent_has_a_true_minus_and_a_hard_space() -> None:
    assert GERMAN.percent(-0.127) == "−12,7\u00a0%"
    assert ENGLISH.percent(-0.127) == "−12.7%"
    assert GERMAN.percent(0.05, 0, sign=True) == "+5\u00a0%"


def test_floats_are_rounded_as_people_read_them() -> None:
    assert ENGLISH.number(0.285, 2) == "0.28"  # half to even, from the shortest decimal
    assert ENGLISH.number(2.675, 2) == "2.68"
    assert GERMAN.number(1234.5, None) == "1.234,5"


@pytest.mark.parametrize(
    ("value", "german"),
    [(0.2426, "0,2426"), (4.4136, "4,414"), (640000.0, "640.000"), (1e-12, "1,00 × 10^−12"), (0.0, "0"), (-9582.4292, "−9.582")],
)
def test_parameters_show_four_significant_digits(value: float, german: str) -> None:
    assert GERMAN.significant(value) == german


def test_days_and_months() -> None:
    assert GERMAN.date(date(2026, 9, 30)) == "30.09.2026"
    assert ENGLISH.date(date(2026, 9, 30)) == "30 Sep 2026"
    assert ENGLISH.date("2026-09-30") == "30 Sep 2026"
    assert ENGLISH.date(None) == "–"
    assert GERMAN.moment(datetime(2026, 10, 2, 9, 15, tzinfo=UTC)) == "02.10.2026, 09:15"
    assert plain(GERMAN.month("2026-03")) == "Mär 2026"
    assert plain(GERMAN.month("2026-11", full=True)) == "November 2026"
    assert ENGLISH.month("2026-09", year=False) == "Sep"
    assert GERMAN.month("") == "ohne Monat"


@pytest.mark.parametrize(
    ("horizon", "german", "within"),
    [
        ("12m", "12 Monate", "in den nächsten 12 Monaten"),
        ("1y", "1 Jahr", "im nächsten Jahr"),
        ("39w", "39 Wochen", "in den nächsten 39 Wochen"),
        ("374d", "374 Tage", "in den nächsten 374 Tagen"),
        ("odd", "odd", "odd"),
    ],
)
def test_horizons_in_words(horizon: str, german: str, within: str) -> None:
    assert GERMAN.span(horizon) == german
    assert GERMAN.within(horizon) == within


def test_a_sentence_that_ends_with_an_abbreviation_has_one_stop() -> None:
    assert GERMAN.text("Bis {upper}.", upper="67,6 Mio.") == "Bis 67,6 Mio."
    assert GERMAN.text("Bis {upper} ...", upper="67,6 Mio.") == "Bis 67,6 Mio. ..."


def test_values_in_a_sentence_follow_the_language() -> None:
    sentence = "{n} {share:.1%} {mean:.2f} {day} {yes} {names} {nothing}"
    values: dict[str, Any] = {
        "n": 12345,
        "share": 0.127,
        "mean": 1.5,
        "day": date(2026, 9, 30),
        "yes": True,
        "names": ["a", "b", "c"],
        "nothing": None,
    }
    assert plain(GERMAN.text(sentence, **values)) == "12.345 12,7 % 1,50 30.09.2026 ja a, b und c –"


def test_a_message_cannot_reach_into_its_values() -> None:
    with pytest.raises(KeyError, match="__class__"):
        GERMAN.text("{day.__class__}", day=date(2026, 9, 30))


def test_a_notice_without_translation_is_shown_in_english_and_never_fails() -> None:
    assert GERMAN.notice(Notice("odd", "Only {n} customers.", {"n": 1200})) == "Only 1.200 customers."
    assert GERMAN.notice(Notice("odd", "A {missing} place", {})) == "A {missing} place"


def test_unknown_languages_are_named() -> None:
    with pytest.raises(UnknownName, match="Available: de, en"):
        Language("fr")


def test_every_message_has_german_words() -> None:
    used = messages.used()
    assert used
    assert sorted(used - set(_catalog("de")), key=str) == [], "Add them to the .po of their screen in reports/language/locale/de"


def test_every_notice_of_the_other_rooms_has_german_words() -> None:
    missing = sorted(messages.notices() - set(_catalog("de")))
    assert missing == [], "Add them to src/kundenwert/reports/language/locale/de/LC_MESSAGES/kundenwert.po"


def test_the_catalog_holds_the_same_places_in_both_languages() -> None:
    import string

    def places(text: str) -> set[str]:
        return {name for _, name, _, _ in string.Formatter().parse(text) if name}

    for message, text in _catalog("de").items():
        singular, plural = (message, message) if isinstance(message, str) else message
        german = (text, text) if isinstance(text, str) else text
        assert places(german[1]) <= places(plural) | places(singular), message
        assert places(german[0]) <= places(plural) | places(singular), message


def test_numbers_do_not_depend_on_the_language_asked_before() -> None:
    assert [Language(code).number(1234) for code in (*LANGUAGES, *LANGUAGES)] == ["1.234", "1,234"] * 2

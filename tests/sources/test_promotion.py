"""The role promotion: columns that say whether a line was sold on promotion, in words, signs or names of campaigns."""

from __future__ import annotations

import datetime

import pandas
import pytest

HEAD = "Kundennummer;Rechnungsdatum;Nettobetrag;{}\n"
LINE = "0001;31.12.2024;12,50;{}\n"


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("Ja", True),
        ("x", True),
        ("1", True),
        ("Frühjahr 2025", True),
        ("", False),
        (" ", False),
        ("Nein", False),
        ("n", False),
        ("0", False),
    ],
)
def test_anything_but_a_no_is_a_promotion(read, write, cell, expected):
    assert read(write(HEAD.format("Aktionsware") + LINE.format(cell))).column("promotion") == [expected]


@pytest.mark.parametrize("name", ["Aktion", "Aktionsware", "Promotion-Flag", "is_promo", "promotion_id"])
def test_its_usual_names_are_known(look, write, name):
    inspected = look(write(HEAD.format(name) + LINE.format("x")))
    assert [guess.column for guess in inspected.guesses if guess.role == "promotion"] == [name]


def test_without_a_column_it_is_unknown(read, write):
    assert read(write(HEAD.format("Farbe") + LINE.format("rot"))).column("promotion") == [None]


def test_two_columns_of_equal_names_leave_it_empty_and_are_no_question(read, write):
    assert read(write(HEAD.format("promo_id;promotion_code") + LINE.format("7;x"))).column("promotion") == [None]


@pytest.mark.parametrize(("cells", "expected"), [([True, False], [True, False]), ([3, 0], [True, False]), ([1.0, 0.0], [True, False])])
def test_typed_cells_are_read_as_they_are(read, cells, expected):
    day = datetime.date(2024, 12, 31)
    frame = pandas.DataFrame({"customer_id": ["a", "b"], "date": [day, day], "amount": [1.0, 2.0], "promotion": cells})
    assert read(frame).column("promotion") == expected

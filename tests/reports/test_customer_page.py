"""The page of one customer and the letter of information: what they say, what they keep to themselves, and that they fit."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal

import customer_samples as sample
import pytest
from test_pdf import sheets

from kundenwert.records import Explained, Privacy
from kundenwert.reports._page import Facts, Page, Points, Section, Table, Text
from kundenwert.reports.access_letter import open_points
from kundenwert.reports.access_letter import page as letter
from kundenwert.reports.access_letter import render as render_letter
from kundenwert.reports.customer_page import page, render
from kundenwert.reports.explanation import explanation


def section(found: Page, key: str) -> Section:
    return next(one for one in found.sections if one.key == key)


def words(found: Page) -> str:
    """Every word of a page."""
    said = [found.title, found.message, found.lead]
    for one in found.sections:
        said += [one.message, one.subject, one.unit, one.note]
        for block in one.blocks:
            if isinstance(block, Text):
                said.append(block.text)
            elif isinstance(block, Points):
                said += block.points
            elif isinstance(block, Facts):
                said += [part for fact in block.facts for part in fact]
            elif isinstance(block, Table):
                said += [part for row in block.rows for cell in row.cells for part in (cell.text, cell.below)]
    return " ".join(said).replace("\u00a0", " ")


def rows(found: Page, key: str) -> dict[str, str]:
    """First and second cell of the table of a section."""
    table = next(block for block in section(found, key).blocks if isinstance(block, Table))
    return {row.cells[0].text: row.cells[1].text for row in table.rows}


def amount(text: str) -> Decimal:
    return Decimal(text.replace(",", "").replace("−", "-").replace("+", ""))


def test_the_parts_add_up_to_the_value_to_the_cent_with_what_the_definition_adds() -> None:
    found = {name: amount(text) for name, text in rows(page(sample.explained(), "en"), "value").items()}
    value, past = found.pop("Value"), found.pop("Past")
    assert past == Decimal("400.00")
    assert sum(found.values()) == value == sample.ROW["value"]


def test_the_reasons_of_a_change_add_up_to_it() -> None:
    *reasons, total = (amount(text) for text in rows(page(sample.explained(), "en"), "change").values())
    assert sum(reasons) == total == Decimal("60.03")


def test_sentences_come_in_an_order_and_what_is_no_part_of_the_value_stands_apart() -> None:
    beside, apart, possible = section(page(sample.explained(), "en"), "beside").blocks
    assert isinstance(beside, Points)
    assert isinstance(apart, Text)
    assert isinstance(possible, Points)
    assert [point[:5] for point in beside.points] == ["Stage", "Came "]
    assert apart.text == "Possible gains and losses, not part of the value:"
    assert possible.points == ("Paid 12.00 less in the last year than others for the same product groups.",)


@pytest.mark.parametrize("lang", ["de", "en"])
def test_a_customer_of_whom_everything_is_known_fits_one_page(lang: str) -> None:
    drawn = render(sample.explained(), lang, paper=True)
    assert drawn.startswith(b"%PDF-")
    assert sheets(drawn) == 1


def test_the_same_customer_gives_the_same_bytes() -> None:
    assert render(sample.explained(), "de", paper=True) == render(sample.explained(), "de", paper=True)


@pytest.mark.parametrize("draw", [render, render_letter])
def test_the_html_needs_nothing_else_and_holds_data_as_text(draw: object) -> None:
    address = {"name": "<script>alert(1)</script>"}
    made = draw(sample.explained(data=sample.data(address=address)), "de").decode()  # type: ignore[operator]
    assert "<script" not in made
    assert "&lt;script&gt;" in made
    assert not re.search(r'(?:src|href)="(?!#)', made)


@pytest.mark.parametrize("make", [page, letter])
def test_of_who_objected_only_the_past_is_shown(make: object) -> None:
    found = make(sample.objector(), "en")  # type: ignore[operator]
    said = words(found)
    assert {"beside", "points", "change", "what-if", "facts", "judged", "changes"}.isdisjoint(one.key for one in found.sections)
    assert set(rows(found, "value")) == {"Booked revenue 2024", "Booked revenue 2026", "less cost, booked or estimated", "Past"}
    assert "Objection to being valued since 4 May 2026." in said
    assert "still to come" not in said.lower().replace("what purchases still to come are expected to leave", "")


def test_a_collective_customer_gets_a_page_without_value() -> None:
    row = {**sample.ROW, "level": "none", "past": None, "value": None, "clv": None, "p_alive": None, "revenue": None}
    nothing = sample.explained(row=row, parts=(), said=(), points=(), place=None, change=None, what_ifs=(), result=None, course=None)
    found = page(nothing, "en")
    assert found.message == "0007, Muster GmbH: no forecast is made"
    assert [one.key for one in found.sections] == ["data"]
    assert render(nothing, "de", paper=True).startswith(b"%PDF-")


def test_without_amounts_purchases_are_told() -> None:
    row = {**sample.ROW, "past": None, "value": None, "clv": None, "clv_lower": None, "clv_upper": None, "revenue": None}
    basis = {**sample.BASIS, "yardstick": "purchases", "currency": ""}
    course = sample.course(in_money=False, currency="", expected=0.4, lower=0.0, upper=1.2)
    found = page(sample.explained(row=row, basis=basis, parts=(), result=None, change=None, course=course), "en")
    assert found.message == "0007, Muster GmbH: 1.5 purchases are expected in the next 12 months"
    assert "The input has no amounts." in words(found)
    assert "is worth more" not in words(found)


# ---- the letter -------------------------------------------------------------------------------------------------------


def recorded(explained: Explained) -> Explained:
    privacy = Privacy(
        controller="Muster & Beispiel GmbH",
        contact="datenschutz@example.com",
        purpose="Planung des Außendienstes",
        legal_basis="Art. 6 Abs. 1 f DSGVO",
        recipients=("Vertriebsleitung", "Außendienst"),
        decisions="Keine; ein Mensch entscheidet.",
    )
    return replace(explained, data=replace(explained.data, privacy=privacy))


def test_the_letter_says_what_is_not_recorded_and_names_it_before_it_is_sent() -> None:
    assert open_points(sample.explained()) == ("controller", "contact", "purpose", "legal_basis", "recipients", "decisions")
    assert words(letter(sample.explained(), "de")).count("nicht hinterlegt") == 6


def test_the_letter_tells_purpose_basis_recipients_and_retention_as_recorded() -> None:
    told = recorded(sample.explained())
    said = words(letter(told, "de"))
    assert open_points(told) == ()
    assert "nicht hinterlegt" not in said
    for part in (
        "Zweck: Planung des Außendienstes",
        "Rechtsgrundlage: Art. 6 Abs. 1 f DSGVO",
        "Vertriebsleitung und Außendienst",
        "8 Jahre",
        "Sie werden mit 40 Kunden dieses Unternehmens verglichen; 3 davon sind mehr wert.",
        "Muster GmbH, Weg 1, 01234 Stadt",
    ):
        assert part in said


def test_the_letter_gives_the_reasons_of_ratings_but_not_who_rated_the_page_both() -> None:
    in_letter, on_page = words(letter(sample.explained(), "de")), words(page(sample.explained(), "de"))
    assert "Gespräch zum Jahresende" in in_letter
    assert "Jana Brandt" not in in_letter
    assert "Gespräch zum Jahresende (Jana Brandt, 01.05.2026)" in on_page


def test_the_letter_tells_what_the_person_could_change_and_not_the_cost_of_visits() -> None:
    said = words(letter(sample.explained(), "en"))
    assert "A purchase now would raise the chance to be still a customer from 87.0% to 95.0%." in said
    assert "One visit less" not in said


def test_the_letter_becomes_a_pdf() -> None:
    assert render_letter(recorded(sample.explained()), "de", paper=True).startswith(b"%PDF-")


# ---- the terminal -----------------------------------------------------------------------------------------------------


def test_the_terminal_tells_change_and_what_ifs_within_its_width() -> None:
    said = explanation(sample.explained(basis={**sample.BASIS, "as_of": sample.AS_OF}), "en")
    assert "Added by the value definition" in said
    assert "Why the value changed since 30 Jun 2026" in said
    assert "Change of the value" in said
    assert "One visit less would have left 180 more in 2025." in said
    assert max(map(len, said.splitlines())) <= 110

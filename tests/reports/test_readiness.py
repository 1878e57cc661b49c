"""The section on how good the data are: the grade, its reasons, what the tables hold and what is missing."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import report_samples as sample

from kundenwert import registry
from kundenwert.records import GradedRun, Notice, Readiness, ReadinessReason, TableReadiness
from kundenwert.reports._page import Facts, Fold, Page, Points, Section, Table
from kundenwert.reports.customer_base import page, render
from kundenwert.reports.readiness import page as readiness_page

COST = Notice(
    "little_cost",
    "The cost of {share:.0%} of the lines is known; below {limit:.0%} value is revenue or rests on an assumed margin.",
    {"share": 0.31, "limit": 0.5},
)
FEW = Notice(
    "few_in_table",
    "{table} has {records} records; below {least} nothing can be told from it.",
    {"table": "complaints", "records": 7, "least": 30},
)
ADDS = {"payments": "Days beyond terms, cash discount taken too late, reminders: what late payers cost."}


def table(name: str, state: str = "good", **changes: Any) -> TableReadiness:
    filled = {"customer_id": 1.0, "date": 0.5, "cost": 0.0} if state != "missing" else {}
    made = TableReadiness(name, state, 0 if state == "missing" else 812, 30, 400, 180, filled, 0.012, ADDS.get(name, f"What {name} add."))
    return replace(made, **changes)


def readiness(**changes: Any) -> Readiness:
    made = Readiness(
        grade="C",
        reasons=(ReadinessReason("C", COST),),
        customers=812,
        returning=500,
        repeat_purchases=9100,
        days=1020,
        first=date(2023, 12, 16),
        last=sample.AS_OF,
        tables=(
            table("complaints", "thin", short=(FEW,)),
            table("contacts"),
            table("budgets", days=None, unknown=None),
            table("payments", "missing"),
        ),
        pieces={"amount": (1.0, "Money."), "cost": (0.31, "Contribution: without it value is revenue.")},
    )
    return replace(made, **changes)


def shown(lang: str = "en", **changes: Any) -> Page:
    return page(sample.figures(readiness=readiness(**changes), intervals=(), backtest=None), lang)


def section(lang: str = "en", **changes: Any) -> Section:
    return next(each for each in shown(lang, **changes).sections if each.key == "readiness")


def cells(block: Table) -> list[list[str]]:
    return [[cell.text.replace("\u00a0", " ") for cell in row.cells] for row in block.rows]


def test_a_run_whose_data_were_not_graded_has_no_such_section() -> None:
    plain = page(sample.figures(intervals=(), backtest=None), "en")
    assert "readiness" not in {each.key for each in plain.sections}
    assert "Data" not in dict(plain.basis)


def test_the_grade_stands_on_top_of_the_page_before_any_value() -> None:
    assert dict(shown().basis)["Data"] == "grade C (A to E)"
    assert dict(shown("de").basis)["Daten"] == "Stufe C (A bis E)"


def test_the_message_counts_what_keeps_the_data_from_a_better_grade() -> None:
    assert section().message == "The data are of grade C: 1 finding stands against a better one"
    assert section("de", grade="A", reasons=()).message == "Die Daten tragen die Werte: Stufe A"


def test_each_reason_is_told_with_the_grade_that_it_allows_and_its_numbers() -> None:
    (points,) = [block for block in section("de").blocks if isinstance(block, Points)]
    (told,) = points.points
    assert told.startswith("Höchstens C: ")
    assert "31\u00a0%" in told


def test_history_and_customers_stand_with_their_numbers() -> None:
    (facts,) = [block for block in section("de").blocks if isinstance(block, Facts)]
    found = {term: (value, below) for term, value, below in facts.facts}
    assert found["Tage"] == ("1.020", "16.12.2023 bis 30.09.2026")
    assert found["Kunden mit Kauf"] == ("812", "500 kauften wieder")
    assert found["Weitere Tabellen"] == ("3", "von 4, die das Programm kennt")


def test_given_tables_stand_with_records_fill_rate_and_unknown_customers_and_thin_ones_last() -> None:
    (held,) = [block for block in section("de").blocks if isinstance(block, Table)]
    rows = cells(held)
    assert [row[0] for row in rows] == ["Kontakte", "Budgets", "Reklamationen"]
    # A column that the export does not have is no empty cell: the mean of 100 % and 50 %.
    assert rows[0][1:5] == ["812", "400", "75 %", "1,2 %"]
    assert rows[1][2] == rows[1][4] == "–"
    assert "Reklamationen" in held.rows[2].cells[0].below
    assert "30" in held.rows[2].cells[0].below


def test_missing_pieces_say_what_they_would_add() -> None:
    fold = next(block for block in section("de").blocks if isinstance(block, Fold))
    assert fold.summary == "Was 2 fehlende Stücke brächten"
    (missing,) = [block for block in fold.blocks if isinstance(block, Table)]
    assert cells(missing) == [
        ["Wareneinsatz", "Deckungsbeitrag: Ohne Kosten ist der Wert Umsatz."],
        ["Zahlungen", "Überfällige Tage, zu spät gezogenes Skonto, Mahnungen: was späte Zahler kosten."],
    ]


def test_the_section_is_drawn_in_both_languages() -> None:
    for lang, words in (("de", "Wie gut die Daten sind"), ("en", "How good the data are")):
        text = render(sample.figures(readiness=readiness(), intervals=(), backtest=None), lang)
        assert words in text
        assert 'id="readiness"' in text


# ---------- a page of its own ----------


def graded(**changes: Any) -> GradedRun:
    created = datetime(2026, 10, 1, 9, 15, tzinfo=UTC)
    return GradedRun("2026-10-01T0915Z-4f2a", "Musterhandel GmbH", sample.AS_OF, created, "0.1.0", readiness(**changes))


def test_the_page_of_readiness_folds_nothing_and_each_part_begins_with_a_finding() -> None:
    made = readiness_page(graded(), "en")
    assert not any(isinstance(block, Fold) for section in made.sections for block in section.blocks)
    assert [section.message for section in made.sections] == [
        "1 finding to mend first",
        "1 of 3 further tables holds too little",
        "What 2 missing pieces would add",
        "Every column is filled in at least half of the records",
    ]
    assert made.message == "The data are of grade C: 1 finding stands against a better one"


def test_the_page_of_readiness_goes_to_paper_too_the_same_each_time() -> None:
    render_page = registry.load("reports", "readiness")
    assert render_page(graded(), "de", paper=True) == render_page(graded(), "de", paper=True)
    assert render_page(graded(), "de").startswith(b"<!doctype html>")


def test_without_reasons_the_page_says_that_nothing_stands_against_the_grade() -> None:
    assert readiness_page(graded(grade="A", reasons=()), "de").sections[0].message == "Nichts spricht gegen die Stufe"

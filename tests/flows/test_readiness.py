"""The readiness grade: plain reasons with numbers before any value, and what each missing piece would add."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from kundenwert import registry
from kundenwert.base import customer_base
from kundenwert.base.as_of import day_number
from kundenwert.engines._engine import Engine
from kundenwert.flows import readiness as ready
from kundenwert.flows.known_log import log_facts
from kundenwert.flows.load import load
from kundenwert.flows.progress import Progress
from kundenwert.flows.project import settings_with
from kundenwert.flows.reading import Input
from kundenwert.records import Readiness
from kundenwert.reports.language import _catalog
from kundenwert.sources import Wanted


def sales(customers: int = 120, days: int = 800, *, cost: bool = True, amounts: bool = True, nameless: int = 0, bad: int = 0) -> str:
    """Lines of customers who buy every hundred days or so."""
    head = "KdNr;Rechnungsdatum;Rechnungsnr" + (";Nettobetrag" if amounts else "") + (";Wareneinsatz" if cost else "")
    tail = (";10,50" if amounts else "") + (";6,10" if cost else "")
    lines = []
    for number in range(customers):
        for day in range(number % 50, days + 1, 100 + number % 7):
            lines.append(f"{number + 1};{date(2022, 1, 3) + timedelta(days=day):%d.%m.%Y};R{number}-{day}{tail}")
    lines.append(f"1;{date(2022, 1, 3) + timedelta(days=days):%d.%m.%Y};R-last{tail}")
    lines += [f";03.01.2022;N{number}{tail}" for number in range(nameless)]
    lines += [f"1;33.01.2022;B{number}{tail}" for number in range(bad)]
    return "\n".join([head, *lines]) + "\n"


CUSTOMERS = "KdNr;Name1;Ort\n" + "".join(f"{number};Kunde {number};Ulm\n" for number in range(1, 121))
ACTIVITIES = "KdNr;Taetigkeit;Datum;Anzahl\n" + "".join(
    f"{number};Besuch;{date(2022, 2, 1) + timedelta(days=number * 3):%d.%m.%Y};2\n" for number in range(1, 121)
)
RATES = "Taetigkeit;Kostensatz;Stufe\nBesuch;280,00;Vertrieb\n"
FULL = {"customers": CUSTOMERS, "activities": ACTIVITIES, "activity_rates": RATES}


@pytest.fixture
def grade(engine: Engine, tmp_path: Path) -> Callable[..., Readiness]:
    def grade(lines: str, **tables: str) -> Readiness:
        inputs = []
        for name, text in {"lines": lines, **tables}.items():
            path = tmp_path / f"{name}.csv"
            path.write_text(text, encoding="utf-8")
            inputs.append(Input(path, Wanted(), table="" if name == "lines" else name))
        loaded = load(engine, inputs, settings_with({}), scratch=tmp_path, progress=Progress())
        return ready.readiness(engine, loaded)

    return grade


def reasons(found: Readiness) -> list[tuple[str, str]]:
    return [(reason.grade, reason.notice.key) for reason in found.reasons]


def test_everything_there_is_grade_a(grade: Callable[..., Readiness]) -> None:
    found = grade(sales(), **FULL)
    assert (found.grade, reasons(found)) == ("A", [])
    assert (found.customers, found.returning, found.days) == (120, 120, 800)
    states = {table.table: table.state for table in found.tables}
    assert {name for name, state in states.items() if state == "good"} == set(FULL)
    assert {state for name, state in states.items() if name not in FULL} == {"missing"}


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ({"cost": False}, ("C", "little_cost")),
        ({"amounts": False, "cost": False}, ("D", "no_money")),
        ({"days": 500}, ("B", "short_history")),
        ({"days": 300}, ("D", "short_history")),
        ({"days": 80}, ("E", "short_history")),
        ({"customers": 60}, ("D", "small_base")),
        ({"nameless": 400}, ("C", "many_nameless")),
        ({"bad": 100}, ("C", "many_rejects")),
        ({"bad": 400}, ("D", "many_rejects")),
    ],
)
def test_what_is_missing_limits_the_grade_with_its_numbers(
    grade: Callable[..., Readiness], lines: dict[str, Any], expected: tuple[str, str]
) -> None:
    found = grade(sales(**lines), **FULL)
    assert found.grade == max(expected[0], found.grade)
    assert expected in reasons(found)
    (told,) = [str(reason.notice) for reason in found.reasons if reason.notice.key == expected[1]]
    assert any(sign.isdigit() for sign in told) or expected[1] == "no_money"


def test_without_a_second_purchase_nothing_can_be_said(grade: Callable[..., Readiness]) -> None:
    found = grade("KdNr;Datum;Betrag\n1;03.01.2022;1,50\n2;03.02.2023;1,50\n", **FULL)
    assert found.grade == "E"
    assert found.reasons[0].notice.key == "no_repeat"


def test_sales_lines_alone_are_at_most_b(grade: Callable[..., Readiness]) -> None:
    found = grade(sales())
    assert (found.grade, reasons(found)) == ("B", [("B", "no_activities"), ("B", "few_records")])


def test_a_table_of_other_customers_is_told(grade: Callable[..., Readiness]) -> None:
    loose = "KdNr;Taetigkeit;Datum;Anzahl\n" + "".join(f"X{number};Besuch;31.01.2022;2\n" for number in range(120))
    found = grade(sales(), customers=CUSTOMERS, activities=loose, activity_rates=RATES)
    assert ("B", "loose_table") in reasons(found)
    (table,) = [table for table in found.tables if table.table == "activities"]
    assert table.unknown == 1


def test_a_thin_table_says_what_it_has_and_what_it_needs(grade: Callable[..., Readiness]) -> None:
    found = grade(sales(), **FULL, complaints="KdNr;Reklamationsdatum;Kosten\n1;31.01.2022;5,50\n2;05.02.2022;\n")
    (table,) = [table for table in found.tables if table.table == "complaints"]
    assert (table.state, table.records, table.least, table.days, table.least_days) == ("thin", 2, 30, 5, 180)
    assert [notice.key for notice in table.short] == ["few_in_table", "short_table"]
    assert (table.filled["cost"], table.filled["category"]) == (0.5, 0)


def test_the_pieces_of_the_lines_are_filled_or_not(grade: Callable[..., Readiness]) -> None:
    found = grade(sales(cost=False))
    assert found.pieces["amount"][0] == found.pieces["document_id"][0] == 1
    assert found.pieces["cost"][0] == found.pieces["product_id"][0] == 0
    assert found.pieces["cost"][1].startswith("Contribution")
    assert found.pieces["list_amount"][0] == found.pieces["promotion"][0] == 0


@pytest.mark.parametrize(
    ("column", "piece"), [("Listenbetrag", "list_amount"), ("Rabattbetrag", "list_amount"), ("Aktionsware", "promotion")]
)
def test_list_prices_and_promotions_are_there_if_their_column_is(grade: Callable[..., Readiness], column: str, piece: str) -> None:
    found = grade(f"KdNr;Rechnungsdatum;Nettobetrag;{column}\n1;03.01.2022;8,00;\n1;04.01.2022;8,00;2,00\n")
    shares = {role: found.pieces[role][0] for role in ("list_amount", "promotion")}
    assert shares == {"list_amount": 0.0, "promotion": 0.0} | {piece: 1.0}


def test_programs_get_the_same(grade: Callable[..., Readiness]) -> None:
    content = json.loads(json.dumps(ready.as_json(grade(sales(cost=False)))))
    assert content["grade"] == "C"
    assert content["reasons"][0]["text"].startswith("The cost of 0% of the lines is known")
    assert len(content["tables"]) == len(registry.names("tables.company"))


def test_what_is_told_has_german_words(grade: Callable[..., Readiness]) -> None:
    found = [grade(sales(days=days)) for days in (80, 300, 500)]
    texts = {reason.notice.text for one in found for reason in one.reasons} | {adds for _, adds in found[0].pieces.values()}
    texts |= {table.adds for table in found[0].tables}
    assert sorted(texts - set(_catalog("de"))) == []


def test_a_run_is_graded_by_its_base_and_by_the_lines_up_to_its_day(engine: Engine, tmp_path: Path) -> None:
    path = tmp_path / "lines.csv"
    path.write_text(sales(), encoding="utf-8")
    loaded = load(engine, [Input(path, Wanted())], settings_with({}), scratch=tmp_path, progress=Progress())
    whole = ready.readiness(engine, loaded)
    last, earlier = whole.last or date.max, date(2022, 1, 3) + timedelta(days=200)
    customer_base.build(engine, log_facts(loaded, last), as_of=day_number(last), collective=False)
    assert ready.readiness(engine, loaded, last) == whole
    customer_base.build(engine, log_facts(loaded, earlier), as_of=day_number(earlier), collective=False)
    found = ready.readiness(engine, loaded, earlier)
    assert reasons(found)[:2] == [("D", "small_base"), ("D", "short_history")]
    assert found.days <= 200
    assert found.repeat_purchases < whole.repeat_purchases

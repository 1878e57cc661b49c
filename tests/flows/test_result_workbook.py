"""The customer result of a run as a workbook: it ties to the cent, each figure leads to its records, who objected is named nowhere."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any

import exports
import openpyxl
import plain_runs
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from kundenwert.cli.report import report as command
from kundenwert.flows.objection import objection
from kundenwert.flows.result_workbook import gather, write_result_workbook
from kundenwert.flows.run import Ran
from kundenwert.records import ResultWorkbook
from kundenwert.reports import customer_result_workbook as module

# Bars in cells are an extension of the format that openpyxl does not read; it says so.
pytestmark = pytest.mark.filterwarnings("ignore:(Unknown|Conditional Formatting) extension is not supported")

CLOCK = datetime(2025, 6, 1, tzinfo=UTC)
SETTINGS = """
as_of = 2024-12-31
currency = "EUR"
model = "mbg_nbd"
title = "Muster & Söhne"
[tables.customers]
files = ["kunden.csv"]
[tables.activities]
files = ["activities.csv"]
[tables.activity_rates]
files = ["rates.csv"]
[tables.payments]
files = ["payments.csv"]
"""
FORMULA, OBJECTOR = "=1+1", "K0007"
SHEETS = [
    "Ergebnis", "Verlustbringer", "Kunden", "Einzelnachweis", "Maßstäbe", "Kostentreiber", "Bereitschaft", "Hinweise", "Diagrammdaten"
]  # fmt: skip
STEPS = {
    "Umsatz zu Listenpreisen": ("gross", 1), "Rabatte": ("discount", -1), "Boni": ("bonus", -1), "Gebuchter Umsatz": ("revenue", 1),
    "Skonti": ("cash_discount", -1), "Nettoerlös": ("net", 1), "Wareneinsatz": ("goods", -1), "Deckungsbeitrag I": ("db1", 1),
    "Marketingkosten": ("marketing", -1), "Deckungsbeitrag II": ("db2", 1), "Vertriebskosten": ("sales", -1),
    "Deckungsbeitrag III": ("db3", 1), "Servicekosten": ("service", -1), "Logistikkosten": ("logistics", -1),
    "Deckungsbeitrag IV": ("db4", 1),
}  # fmt: skip


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    shop = [(FORMULA if line[0] == "K0003" else line[0], *line[1:]) for line in exports.shop(customers=45, days=730)]
    folder = exports.project(tmp_path_factory.mktemp("workbook"), shop, SETTINGS)
    ids = sorted({line[0] for line in shop})
    counted = [
        (one, driver, f"{year}-05-02", 30 if one == FORMULA else place % 9)
        for place, one in enumerate(ids)
        for driver in ("visit", "order", "delivery")
        for year in (2023, 2024)
    ]
    exports.write(folder / "activities.csv", counted, ("customer_id", "driver", "date", "count"))
    rates = [("visit", "33.3350", "sales"), ("order", "7.0005", "sales"), ("delivery", "4.1", "logistics")]
    exports.write(folder / "rates.csv", rates, ("driver", "rate", "stage"))
    paid = {line[2]: (line[2], line[0], line[1], line[1], line[5], "0.333") for line in shop[:300] if float(line[5]) > 0}
    exports.write(
        folder / "payments.csv", paid.values(), ("document_id", "customer_id", "invoice_date", "paid_on", "amount", "cash_discount")
    )
    exports.write(folder / "kunden.csv", [(one, f"=Bau {one} GmbH") for one in ids], ("customer_id", "name"))
    made = plain_runs.value(folder, clock=CLOCK, components=("score",))
    objection(folder, OBJECTOR, reason="by letter", by="Test", clock=CLOCK)
    return made


@pytest.fixture(scope="module")
def project(ran: Ran) -> Path:
    return ran.folder.parent.parent


@pytest.fixture(scope="module")
def found(project: Path) -> ResultWorkbook:
    return gather(project, year=2024)


@pytest.fixture(scope="module")
def path(project: Path) -> Path:
    out = project / "out" / "ergebnis.xlsx"
    write_result_workbook(project, out, year=2024)
    return out


@pytest.fixture(scope="module")
def values(path: Path) -> Any:
    """The workbook as programs see it that do not reckon."""
    return openpyxl.load_workbook(path, data_only=True)


@pytest.fixture(scope="module")
def book(path: Path) -> Any:
    """The workbook with its formulas."""
    return openpyxl.load_workbook(path)


@pytest.fixture(scope="module")
def known(ran: Ran) -> dict[str, dict[str, Any]]:
    """contribution.parquet of the year, by customer."""
    table = pq.read_table(ran.folder / "contribution.parquet")
    rows = table.filter(pc.equal(table["year"], 2024)).to_pylist()
    return {row["customer_id"]: row for row in rows if row["unallocated"] is None}


def cents(value: Any) -> Decimal:
    return Decimal(str(value)).quantize(Decimal("0.01"))


def rows(sheet: Any, head: str) -> list[dict[str, Any]]:
    """The rows below the line of headings that begins with a word."""
    lines = list(sheet.iter_rows(values_only=True))
    start = next(number for number, line in enumerate(lines) if line[0] == head)
    return [dict(zip(lines[start], line, strict=True)) for line in lines[start + 1 :]]


def block(sheet: Any, head: str) -> list[dict[str, Any]]:
    """The same up to the first empty line."""
    below = rows(sheet, head)
    return below[: next((number for number, row in enumerate(below) if not any(row.values())), len(below))]


def test_each_customer_ties_to_the_run_to_the_cent(values: Any, known: dict[str, Any]) -> None:
    listed = rows(values["Kunden"], "Kunde")
    assert {row["Kunde"] for row in listed} == set(known) - {OBJECTOR}
    for row in listed:
        for heading, (step, sign) in STEPS.items():
            assert cents(row[heading]) == sign * known[row["Kunde"]][step], (row["Kunde"], step)


def test_customers_stand_by_falling_contribution_with_their_share_of_net_revenue(values: Any) -> None:
    listed = rows(values["Kunden"], "Kunde")
    assert [row["Deckungsbeitrag IV"] for row in listed] == sorted((row["Deckungsbeitrag IV"] for row in listed), reverse=True)
    shares = [(row["Deckungsbeitrag IV, % vom Nettoerlös"], row["Deckungsbeitrag IV"], row["Nettoerlös"]) for row in listed]
    assert all(share == pytest.approx(amount / net) if net > 0 else share is None for share, amount, net in shares)


def test_all_customers_add_up_to_the_first_sheet_and_the_company_is_customers_and_unallocated(values: Any, known: dict[str, Any]) -> None:
    total = next(row for row in values["Kunden"].iter_rows(values_only=True) if row[0] == "Alle Kunden")
    heads = next(row for row in values["Kunden"].iter_rows(values_only=True) if row[0] == "Kunde")
    first = {row["Schritt"]: row for row in block(values["Ergebnis"], "Schritt")}
    for heading, (step, sign) in STEPS.items():
        whole = sign * sum(row[step] for row in known.values())
        assert cents(total[heads.index(heading)]) == cents(first[heading]["Kunden,\u00a0€"]) == whole
        parts = cents(first[heading]["Kunden,\u00a0€"]) + cents(first[heading]["nicht zugeordnet,\u00a0€"])
        assert cents(first[heading]["Unternehmen,\u00a0€"]) == parts


def test_every_check_says_that_the_figures_tie(values: Any) -> None:
    checks = block(values["Ergebnis"], "Kontrollen")
    assert [(row["Kontrollen"], row["Urteil"]) for row in checks] == [
        ("Unternehmen = Kunden + nicht zugeordnet", "stimmt"),
        ("Deckungsbeitrag IV = Summe der Zeilen darüber", "stimmt"),
        ("Kunden = Summe im Blatt Kunden", "stimmt"),
        ("Umsatz aller Jahre = gebuchte Zeilen", "stimmt"),
        ("Betreuungskosten = Blatt Kostentreiber", "stimmt"),
        ("Blatt Einzelnachweis: Sätze = Ergebnisse", "stimmt"),
    ]
    assert [row["Differenz,\u00a0€"] for row in checks if row["Kontrollen"] != "Betreuungskosten = Blatt Kostentreiber"] == [0] * 5
    assert values["Ergebnis"]["A4"].value == "Alle 6 Kontrollen stimmen: Die Zahlen gehen auf."


def test_the_year_before_stands_beside(values: Any, ran: Ran) -> None:
    table = pq.read_table(ran.folder / "contribution.parquet")
    before = table.filter(pc.equal(table["year"], 2023)).to_pylist()
    last = block(values["Ergebnis"], "Schritt")[-1]
    assert cents(last["Kunden, 2023,\u00a0€"]) == sum(row["db4"] for row in before if row["unallocated"] is None)
    change = cents(last["Änderung gegen 2023,\u00a0€"])
    assert change == cents(last["Kunden,\u00a0€"]) - cents(last["Kunden, 2023,\u00a0€"])


def drilled(book: Any) -> Iterator[tuple[str, int, list[tuple[int, int, int]]]]:
    """Customer, row of its result, and of each of its steps: row, first and last row of the records, by the formulas."""
    sheet = book["Einzelnachweis"]
    for (cell,) in sheet.iter_rows(min_row=6, min_col=8, max_col=8):
        if isinstance(cell.value, str) and cell.value.startswith("=H"):
            steps = [int(row) for row in re.findall(r"H(\d+)", cell.value)]
            areas = [tuple(map(int, re.findall(r"H(\d+)", sheet.cell(row, 8).value))) for row in steps]
            yield sheet.cell(cell.row, 1).value, cell.row, [(row, *area) for row, area in zip(steps, areas, strict=True)]


def test_the_records_of_a_customer_add_up_to_its_result_by_formula(
    book: Any, values: Any, known: dict[str, Any], found: ResultWorkbook
) -> None:
    sheet = values["Einzelnachweis"]
    assert [one[0] for one in drilled(book)] == list(found.drilled)
    for customer, row, steps in drilled(book):
        whole = Decimal(0)
        for step_row, first, last in steps:
            assert {sheet.cell(one, 1).value for one in range(step_row, last + 1)} == {customer}
            records = sum(Decimal(str(sheet.cell(one, 8).value)) for one in range(first, last + 1))
            step, sign = STEPS[sheet.cell(step_row, 2).value]
            assert records.quantize(Decimal("0.01")) == sign * known[customer][step] == cents(sheet.cell(step_row, 8).value)
            whole += records
        assert cents(whole) == known[customer]["db4"] == cents(sheet.cell(row, 9).value)
        assert sheet.cell(row, 2).value == "Deckungsbeitrag IV"


def test_a_row_of_the_drill_down_names_document_product_file_and_record(book: Any, values: Any, project: Path) -> None:
    sheet = values["Einzelnachweis"]
    sold = (steps[0] for _, _, steps in drilled(book) if sheet.cell(steps[0][0], 2).value == "Umsatz zu Listenpreisen")
    row = [cell.value for cell in sheet[next(sold)[1]]]
    lines = (project / "exports" / "sales-1.csv").read_text(encoding="utf-8").splitlines()
    record = lines[row[11]].split(",")
    assert (row[0], row[2].date().isoformat(), row[3], row[4], row[7]) == (*record[:4], float(record[5]))
    assert row[10] == "sales-1.csv"


def test_customers_lead_to_their_records_and_back(book: Any, found: ResultWorkbook) -> None:
    links = {cell.value: cell.hyperlink.location for (cell,) in book["Kunden"].iter_rows(max_col=1) if cell.hyperlink}
    assert set(links) == set(found.drilled)
    for customer, row, _ in drilled(book):
        assert links[customer] == f"'Einzelnachweis'!A{row}"
        back = book["Einzelnachweis"].cell(row, 1).hyperlink.location
        assert book["Kunden"][back.split("!")[1]].value == customer


def test_losses_stand_with_cause_excess_and_lever(values: Any, found: ResultWorkbook) -> None:
    listed = rows(values["Verlustbringer"], "Kunde")
    first, worst = listed[0], found.result.loss_makers[0]
    assert (first["Kunde"], first["Name"]) == (worst.customer_id, f"=Bau {worst.customer_id} GmbH")
    assert first["Ursache"] == "Besuche"
    assert cents(first["über dem Üblichen,\u00a0€"]) == worst.causes[0].excess
    assert first["Was sich ändern müsste"].startswith(("Besuche von", "Diese Kosten allein"))
    assert all(row["Deckungsbeitrag IV,\u00a0€"] < 0 for row in listed)


def test_who_objected_since_the_run_is_named_nowhere_but_the_sums_hold(values: Any, known: dict[str, Any], path: Path) -> None:
    with zipfile.ZipFile(path) as parts:
        assert not [name for name in parts.namelist() if OBJECTOR.encode() in parts.read(name)]
    together = next(row for row in values["Kunden"].iter_rows(values_only=True) if str(row[0]).startswith("Kunden mit Widerspruch"))
    heads = next(row for row in values["Kunden"].iter_rows(values_only=True) if row[0] == "Kunde")
    assert together[0] == "Kunden mit Widerspruch, zusammen (1)"
    assert cents(together[heads.index("Deckungsbeitrag IV")]) == known[OBJECTOR]["db4"]


def test_ids_and_names_that_look_like_formulas_stay_text(book: Any, path: Path) -> None:
    cells = [row[:2] for row in book["Kunden"].iter_rows() if row[0].value == FORMULA]
    assert [(cell.data_type, cell.value) for cell in cells[0]] == [("s", FORMULA), ("s", f"=Bau {FORMULA} GmbH")]
    with zipfile.ZipFile(path) as parts:
        formulas = re.findall(rb"<f>(.*?)</f>", b"".join(parts.read(name) for name in parts.namelist() if "worksheets/sheet" in name))
    assert formulas
    assert not [one for one in formulas if b"1+1" in one or b"=Bau" in one]


def test_there_are_two_native_charts_drawn_from_formulas(path: Path, book: Any) -> None:
    with zipfile.ZipFile(path) as parts:
        charts = [parts.read(name).decode() for name in sorted(parts.namelist()) if name.startswith("xl/charts/chart")]
        drawing = parts.read("xl/drawings/drawing1.xml").decode()
    assert len(charts) == 2
    assert '<c:barDir val="bar"/><c:grouping val="stacked"/>' in charts[0]
    assert "scatterChart" in charts[1]
    assert all("'Diagrammdaten'!" in chart or "Diagrammdaten!" in chart for chart in charts)
    assert drawing.count("descr=") == 2
    assert book["Diagrammdaten"]["B5"].value == "='Ergebnis'!B7"


def test_bars_of_the_chart_go_from_step_to_step(values: Any) -> None:
    below = [row for row in block(values["Diagrammdaten"], "Schritt") if row["Schritt"]]
    for before, row in pairwise(below):
        assert row["von"] in (0, pytest.approx(before["bis"]))
        assert row["bis"] == pytest.approx(row["von"] + row["Betrag"])
        drawn = row["Summe"] + row["Abzug über null"] + row["Abzug unter null"]
        assert abs(drawn) == pytest.approx(abs(row["Betrag"]))


def test_cost_drivers_are_units_times_rate_and_tie_to_the_steps(values: Any, found: ResultWorkbook) -> None:
    listed = rows(values["Kostentreiber"], "Schritt")
    drivers = {row["Kostentreiber"]: row for row in listed[:3]}
    assert set(drivers) == {"visit", "order", "delivery"}
    visit = drivers["visit"]
    assert visit["Mittlerer Kostensatz,\u00a0€"] == pytest.approx(33.335)
    assert visit["Kosten,\u00a0€"] == pytest.approx(visit["Einheiten"] * 33.335)
    cost = sum(-float(found.result.step(step).company or 0) for step in ("marketing", "sales", "service", "logistics"))
    assert listed[3]["Kosten,\u00a0€"] == pytest.approx(-cost, abs=0.6)


def test_all_years_are_one_workbook_whose_costs_tie_to_the_cent(project: Path, ran: Ran, tmp_path: Path) -> None:
    out = tmp_path / "all.xlsx"
    write_result_workbook(project, out, language="en")
    found = openpyxl.load_workbook(out, data_only=True)
    assert found.sheetnames[:4] == ["Result", "Loss makers", "Customers", "Drill-down"]
    checks = block(found["Result"], "Checks")
    assert {row["Verdict"] for row in checks} == {"right"}
    assert [row["Difference,\u00a0€"] for row in checks] == [0] * 6
    table = pq.read_table(ran.folder / "contribution.parquet").to_pylist()
    assert cents(block(found["Result"], "Step")[-1]["Customers,\u00a0€"]) == sum(row["db4"] for row in table if row["unallocated"] is None)


def test_customers_beyond_a_sheet_are_one_row_and_everything_ties(project: Path, tmp_path: Path) -> None:
    found = gather(project, year=2024, customers=20, drilled=3)
    module.customer_result_workbook(found, tmp_path / "few.xlsx", lang="de")
    book = openpyxl.load_workbook(tmp_path / "few.xlsx", data_only=True)
    assert len(rows(book["Kunden"], "Kunde")) == 20
    labels = [row[0] for row in book["Kunden"].iter_rows(values_only=True)]
    assert any(str(label).startswith("Kunden zwischen den besten und den schlechtesten, zusammen (") for label in labels)
    assert {row["Urteil"] for row in block(book["Ergebnis"], "Kontrollen")} == {"stimmt"}
    assert len(list(drilled(openpyxl.load_workbook(tmp_path / "few.xlsx")))) == 6


def test_of_many_records_the_largest_are_listed_and_the_others_are_one_row(project: Path, tmp_path: Path) -> None:
    found = gather(project, year=2024, drilled=2, most=1)
    module.customer_result_workbook(found, tmp_path / "short.xlsx", lang="de")
    sheet = openpyxl.load_workbook(tmp_path / "short.xlsx", data_only=True)["Einzelnachweis"]
    assert [cell.value for (cell,) in sheet.iter_rows(min_col=5, max_col=5) if re.match(r"\d+ weitere", str(cell.value))]
    assert {cell.value for (cell,) in sheet.iter_rows(min_row=6, min_col=10, max_col=10)} == {0, None}


def test_many_rows_are_written_as_they_come(found: ResultWorkbook, values: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_MANY", 10)
    module.customer_result_workbook(found, tmp_path / "many.xlsx", lang="de")
    many = openpyxl.load_workbook(tmp_path / "many.xlsx", data_only=True)
    assert many.sheetnames == SHEETS
    for name in SHEETS:
        assert list(many[name].iter_rows(values_only=True)) == list(values[name].iter_rows(values_only=True)), name


def test_the_same_run_gives_the_same_workbook(project: Path, path: Path, tmp_path: Path) -> None:
    write_result_workbook(project, tmp_path / "again.xlsx", year=2024)
    assert (tmp_path / "again.xlsx").read_bytes() == path.read_bytes()


def test_the_command_writes_it_by_its_ending(project: Path, tmp_path: Path) -> None:
    out = tmp_path / "new" / "result.xlsx"
    answer = CliRunner().invoke(command, ["result", str(project), "--year", "2024", "--out", str(out), "--lang", "en"])
    assert answer.exit_code == 0, answer.output
    assert "Customer result of the year 2024" in answer.output
    assert openpyxl.load_workbook(out).sheetnames[0] == "Result"

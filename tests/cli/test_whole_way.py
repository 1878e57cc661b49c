"""From a German export to an explained customer and a workbook, as a user types it."""

from __future__ import annotations

import csv
import json
import re
import shutil
import subprocess
import sys
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from cli_help import COMMAND, Call, content, english, german, lines_of, new, process

from kundenwert.cli import main

ROWS = [("=1+1", date(2024, 1, 8), 1234.56), ("=1+1", date(2024, 3, 9), 10.0), *lines_of(20)]
TOTAL = sum((Decimal(str(amount)) for _, _, amount in ROWS), Decimal(0))


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a German cp1252 export and a project that was run, made once."""
    folder = tmp_path_factory.mktemp("made")
    text = german([(f"{who}ü" if who == "0003" else who, day, amount) for who, day, amount in ROWS])
    (folder / "umsatz.csv").write_bytes(text.encode("cp1252"))
    for words in (
        ["init", folder / "wert", "--from", folder / "umsatz.csv", "--title", "Beispiel GmbH", "--currency", "EUR", "--quiet"],
        ["run", folder / "wert", "--quiet"],
    ):
        with pytest.raises(SystemExit) as ended:
            main([str(word) for word in words])
        assert ended.value.code == 0
    return folder


@pytest.fixture
def valued(folder: Path, made: Path) -> Path:
    """A copy of it as the current folder."""
    shutil.copytree(made, folder, dirs_exist_ok=True)
    return folder


def test_a_german_export_goes_the_whole_way(call: Call, valued: Path) -> None:
    checked = call("check", "wert")
    assert checked.code == 0
    assert f"{TOTAL:,.2f}" in checked.out
    assert "cp1252" in checked.out
    shown = call("customer", "0003ü", "--project", "wert")
    assert shown.out.startswith("Kunde 0003ü")
    assert call("export", "wert", "--out", "werte.csv").code == 0
    with (valued / "werte.csv").open(encoding="utf-8-sig", newline="") as file:
        table = list(csv.DictReader(file, delimiter=";"))
    assert sum(Decimal(row["revenue"].replace(",", ".")) for row in table) == TOTAL
    assert "0003ü" in {row["customer_id"] for row in table}


def test_the_written_project_file_gives_the_same_lines(call: Call, valued: Path) -> None:
    direct = json.loads(call("check", "umsatz.csv", "--json", "--currency", "EUR").out)
    project = json.loads(call("check", "wert", "--json").out)
    assert direct["classes"] == project["classes"]
    assert direct["difference"] == "0.00"


def test_init_never_overwrites(call: Call, valued: Path) -> None:
    before = content(valued)
    answer = call("init", "wert", "--from", "umsatz.csv")
    assert answer.code == 2
    assert "exists and is kept" in answer.err
    assert content(valued) == before


# ---------- what comes out ----------


@pytest.mark.parametrize("numbers", ["de", "en"])
def test_an_exported_csv_reads_back_with_the_same_total(call: Call, valued: Path, numbers: str) -> None:
    call("export", "wert", "--out", "werte.csv", "--numbers", numbers)
    answer = call(
        "check",
        "werte.csv",
        "--json",
        "--map",
        "customer_id=customer_id",
        "--map",
        "date=last_purchase",
        "--map",
        "amount=revenue",
        "--net",
    )
    assert answer.code == 0, answer.err
    assert Decimal(json.loads(answer.out)["amount"]) == TOTAL


def test_no_cell_of_a_csv_starts_a_formula(call: Call, folder: Path) -> None:
    names = ["=1+1", "+cmd|' /C calc'!A0", "@SUM(1)", "-2+3", "\tx", "-7", "0007"]
    rows = [(name, date(2024, 1 + turn, 3), 10.0) for name in names for turn in range(3)]
    with (folder / "sales.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("customer_id", "date", "amount"), *rows])
    assert call("value", "sales.csv", "--out", "werte.csv").code == 0
    with (folder / "werte.csv").open(encoding="utf-8-sig", newline="") as file:
        ids = [row["customer_id"] for row in csv.DictReader(file)]
    assert [name for name in ids if re.match(r"[=+@\t\r]|-\D", name)] == []
    assert "0007" in ids


def sheet(path: Path, name: str) -> Any:
    return openpyxl.load_workbook(path)[name]


def test_a_workbook_has_native_figures(call: Call, valued: Path) -> None:
    assert call("export", "wert", "--out", "werte.xlsx").code == 0
    cells = sheet(valued / "werte.xlsx", "Kunden")
    heads = [cell.value for cell in cells[4]]
    rows = {row[0]: dict(zip(heads, row, strict=True)) for row in cells.iter_rows(min_row=5, values_only=True)}
    assert rows["=1+1"]["Umsatz bisher, €"] == pytest.approx(1244.56)
    assert rows["=1+1"]["Erster Kauf"] == datetime(2024, 1, 8)  # noqa: DTZ001 - a workbook knows no zones
    assert "0001" in rows
    assert sum(Decimal(str(row["Umsatz bisher, €"])) for row in rows.values()) == TOTAL
    assert "Umsatz, nicht Marge" in cells["A1"].value


def test_value_writes_a_workbook_that_says_its_yardstick(call: Call, valued: Path) -> None:
    assert call("value", "umsatz.csv", "--out", "table.xlsx", "--language", "en").code == 0
    assert "in revenue, not margin" in sheet(valued / "table.xlsx", "Customers")["A1"].value


def test_parquet_is_the_table_of_the_run(call: Call, valued: Path) -> None:
    call("export", "wert", "--out", "werte.parquet")
    (table,) = (valued / "wert" / "runs").glob("*/customers.parquet")
    assert (valued / "werte.parquet").read_bytes() == table.read_bytes()


def test_german_numbers_of_value(call: Call, valued: Path) -> None:
    call("value", "umsatz.csv", "--out", "a.csv", "--numbers", "de")
    call("value", "umsatz.csv", "--out", "b.csv")
    assert "1244,56" in (valued / "a.csv").read_text(encoding="utf-8-sig")
    assert ",1244.56," in (valued / "b.csv").read_text(encoding="utf-8-sig")


# ---------- one customer ----------


def amounts(text: str, lang: str) -> list[Decimal]:
    """The amounts at the ends of the lines of one section."""
    found = re.findall(r"(\(?[−-]?[€]?[\d.,]+)[\u00a0 ]?€?$", text, re.MULTILINE)
    plain = [part.replace("−", "-").replace("€", "") for part in found]
    return [Decimal(part.replace(".", "").replace(",", ".") if lang == "de" else part.replace(",", "")) for part in plain]


@pytest.mark.parametrize("lang", ["de", "en"])
@pytest.mark.parametrize("who", ["=1+1", "0004", "0005", "0016"])
def test_the_lines_of_an_explanation_add_up_to_the_cent(call: Call, valued: Path, lang: str, who: str) -> None:
    answer = call("customer", who, "--project", "wert", "--lang", lang)
    assert answer.code == 0
    head = "So entsteht der Wert" if lang == "de" else "How the value comes about"
    section = next(part for part in answer.out.split("\n\n") if head in part or "comes about" in part or "ergibt" in part)
    *parts, past, ahead, value = amounts(section, lang)
    assert sum(parts) == past + ahead == value
    row = json.loads(call("customer", who, "--project", "wert", "--json").out)["row"]
    assert (Decimal(row["past"]), Decimal(row["clv"]), Decimal(row["value"])) == (past, ahead, value)


def test_an_unknown_customer_or_run_suggests_a_near_one(call: Call, valued: Path) -> None:
    answer = call("customer", "00003", "--project", "wert")
    assert answer.code == 2
    assert "Did you mean '0003" in answer.err or "Available: " in answer.err
    (run,) = [path.name for path in (valued / "wert" / "runs").iterdir() if path.is_dir()]
    for words in (["runs", "show", run[:-1] + "x", "--project", "wert"], ["export", "wert", "--out", "x.csv", "--run", run[:-1] + "x"]):
        answer = call(*words)
        assert answer.code == 2
        assert f"Did you mean {run!r}?" in answer.err


def test_runs_are_listed_and_shown(call: Call, valued: Path) -> None:
    call("run", "wert", "--quiet", "--as-of", "2024-03-01")
    listed = json.loads(call("runs", "list", "wert", "--json").out)
    assert sorted(entry["is_current"] for entry in listed) == [False, True]
    assert "2024-03-01" in call("runs", "list", "wert").out
    shown = json.loads(call("runs", "show", "--project", "wert").out)
    assert shown["as_of"] == max(entry["as_of"] for entry in listed)
    assert shown["totals"]["revenue"] == str(TOTAL)


def test_publish_makes_an_earlier_day_current(call: Call, valued: Path) -> None:
    call("run", "wert", "--quiet", "--as-of", "2024-03-01", "--publish")
    assert json.loads(call("runs", "show", "--project", "wert").out)["as_of"] == "2024-03-01"


# ---------- pipes, programs, terminals ----------


def test_json_stands_alone_on_stdout(call: Call, valued: Path) -> None:
    answer = call("check", "umsatz.csv", "--json")
    found = json.loads(answer.out)
    assert answer.err == ""
    assert found["lines"] == len(ROWS)
    (valued / "bad.csv").write_text("x\n", encoding="utf-8")
    failed = call("check", "bad.csv", "--json")
    assert failed.code == 1
    assert set(json.loads(failed.out)["problems"][0]) == {"came", "expected", "remedy", "file", "line"}


def test_quiet_says_nothing_but_results(call: Call, valued: Path) -> None:
    answer = call("run", "wert", "--quiet")
    assert answer.err == ""
    assert Path(answer.out.strip()).is_dir()
    answer = call("value", "umsatz.csv", "--quiet")
    assert answer.text == ""


def test_a_pipe_gets_plain_lines(valued: Path) -> None:
    answer = process(["value", "umsatz.csv"], valued)
    assert answer.code == 0
    assert "\x1b" not in answer.text
    assert re.search(r"Reading umsatz.csv +\d+ rows +\d+\.\d\d s", answer.err)


def test_a_closed_pipe_is_no_complaint(valued: Path) -> None:
    running = subprocess.Popen(
        [sys.executable, "-c", COMMAND, "runs", "show", "--project", "wert"], cwd=valued, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert running.stdout
    assert running.stderr
    running.stdout.close()
    assert running.stderr.read() == b""
    running.stderr.close()
    assert running.wait(30) in (0, 1)


def test_cells_cannot_steer_the_terminal(call: Call, folder: Path) -> None:
    (folder / "sales.csv").write_text(english(lines_of()).replace("amount", "amount\x1b[31m"), encoding="utf-8")
    assert "\x1b" not in call("check", "sales.csv").text


@pytest.mark.parametrize(
    "words", [[], ["check"], ["value"], ["init"], ["run"], ["runs"], ["runs", "list"], ["runs", "show"], ["customer"], ["export"], ["demo"]]
)
def test_every_command_has_help(call: Call, words: list[str]) -> None:
    answer = call(*words, "--help")
    assert answer.code == 0
    assert "Usage: kundenwert" in answer.out
    assert max(map(len, answer.out.splitlines())) <= 80
    assert not re.search(r"\.\.\.$", answer.out.partition("Commands:")[2], re.MULTILINE), "a sentence is cut"


def test_help_starts_without_heavy_imports() -> None:
    code = COMMAND.replace("main()", "\ntry:\n    main(['--help'])\nexcept SystemExit:\n    print(*sorted(sys.modules))")
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.splitlines()[-1].split())
    assert not loaded & {"duckdb", "numpy", "scipy", "pyarrow", "rich", "babel", "jinja2", "xlsxwriter", "pandas", "polars"}


def test_a_value_leaves_only_its_table(call: Call, valued: Path) -> None:
    before = content(valued)
    call("value", "umsatz.csv", "--out", "new/werte.csv")
    assert new(before, content(valued)) == ["new/werte.csv"]


@pytest.mark.slow
def test_demo_ties_to_the_published_totals(call: Call, folder: Path) -> None:
    answer = call("demo", "--lang", "en")
    assert answer.code == 0, answer.err
    for figure in ("525,461", "9,539,484.63", "107,927", "-483,794.70", "8,832,003.27"):
        assert figure in answer.out
    assert call("customer", "12347", "--project", "kundenwert-demo", "--lang", "en").code == 0
    (report,) = folder.glob("kundenwert-demo/runs/*/report.html")
    assert '<html lang="en"' in report.read_text(encoding="utf-8")


@pytest.mark.parametrize("who", ["0004", "0009", "0013"])
def test_the_purchases_of_an_explanation_are_the_customer_s_own(call: Call, valued: Path, who: str) -> None:
    found = json.loads(call("customer", who, "--project", "wert", "--json").out)
    first = next(part for part in found["parts"] if part["kind"] == "expected")
    # Discounted over a year at 10 %: a little less than undiscounted.
    assert 0.93 < first["purchases"] / found["row"]["expected_purchases"] < 0.99


def test_a_day_in_the_future_is_no_as_of_day(call: Call, valued: Path) -> None:
    for words in (["value", "umsatz.csv"], ["run", "wert"]):
        answer = call(*words, "--as-of", "2999-01-01")
        assert answer.code == 1
        assert "after today" in answer.err

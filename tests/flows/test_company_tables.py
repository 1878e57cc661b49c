"""Projects with tables beside the sales lines: found, read, linked, kept; groups, rates, and what stands in the way."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from kundenwert import registry
from kundenwert.engines._engine import Engine, Reading
from kundenwert.errors import AmbiguousInput, CallError, DataError, SettingsError
from kundenwert.example.company import FILES
from kundenwert.flows import company_ledger, company_links, project
from kundenwert.flows.check import as_json, check_files, check_project
from kundenwert.flows.company_files import input_of, named_files, sorted_inputs
from kundenwert.flows.init import init
from kundenwert.flows.ledger import folder_of, open_ledger
from kundenwert.flows.load import Loaded, load
from kundenwert.flows.progress import Progress
from kundenwert.flows.project import settings_with
from kundenwert.flows.reading import Input
from kundenwert.sources import Wanted
from kundenwert.sources._detect import detect_by_names

EXPORTS = Path(__file__).parent.parent / "sources" / "exports"
TABLES = registry.names("tables.company")
LINES = "Kundennummer;Rechnungsdatum;Rechnungsnr;Nettobetrag\n1;01.02.2024;R1;100,00\n1;01.03.2024;R2;50,00\n2;15.02.2024;R3;30,00\n"


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str, str], Path]:
    def write(name: str, text: str) -> Path:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return write


@pytest.fixture
def loaded(engine: Engine, tmp_path: Path, write: Callable[[str, str], Path]) -> Callable[..., Loaded]:
    """Loads sales lines with tables given as texts."""

    def loaded(lines: str = LINES, /, settings: dict[str, Any] | None = None, **tables: str) -> Loaded:
        inputs = [Input(write("lines.csv", lines), Wanted())]
        inputs += [Input(write(f"{name}.csv", text), Wanted(), table=name) for name, text in tables.items()]
        return load(engine, inputs, settings_with(settings or {}), scratch=tmp_path, progress=Progress())

    return loaded


def fetch(engine: Engine, table: str) -> list[dict[str, Any]]:
    return engine._connection.sql(f"select * from {table}").to_arrow_table().to_pylist()  # type: ignore[attr-defined]


# Which table is it?


def test_each_export_is_recognised_whatever_its_name(tmp_path: Path) -> None:
    files = []
    for number, name in enumerate((*TABLES, "transactions")):
        files.append(tmp_path / f"export-{number}.csv")
        shutil.copy(EXPORTS / f"{name}.csv", files[-1])
    found = sorted_inputs(files, Wanted(), {})
    assert [entry.item.table or "transactions" for entry in found] == [*TABLES, "transactions"]
    assert all(entry.reason for entry in found)


@pytest.mark.parametrize(
    ("table", "header"),
    [
        ("customers", "KUNNR,NAME1,LAND1,PSTLZ,ORT01,STRAS,BRSCH,TELF1"),
        ("customers", "Id,Name,ParentId,Type,Industry,AnnualRevenue,BillingCountry,BillingPostalCode,OwnerId"),
        ("contacts", "Kundennr,Name1,PLZ,Ort,Besuchsdatum,Besuchsart,Dauer,Vertreter"),
        ("contracts", "id,Customer ID,Customer Email,Plan,Quantity,Currency,Interval,Amount,Status,Start (UTC),Ended At (UTC)"),
        ("payments", "Konto,Rechnungsnr,Rechnungsdatum,Fälligkeit,Betrag,Mahnstufe"),
        ("transactions", "VBELN,FKART,FKDAT,KUNAG,KUNRG,WAERK,NETWR,MATNR,FKIMG"),
        ("transactions", "Invoice,StockCode,Description,Quantity,InvoiceDate,Price,Customer ID,Country"),
        ("transactions", "Kunde,Datum,Umsatz"),
        ("transactions", "Wer,Wann,Wieviel"),
        ("transactions", "id,date,amount"),
        ("transactions", "customer,order_id,date,total"),
    ],
)
def test_exports_of_common_systems_are_recognised(table: str, header: str) -> None:
    found = detect_by_names(header.split(","), "export.csv")
    assert (found.table, found.troubles) == (table, ())


def test_the_exports_of_the_example_company_are_all_recognised() -> None:
    found = sorted_inputs(sorted(FILES.glob("*.csv.gz")), Wanted(), {})
    tables = [entry.item.table for entry in found]
    assert tables.count("") == 3
    # No system of the company holds the growth of industries.
    assert sorted(table for table in tables if table) == [name for name in TABLES if name != "growth"]


def test_a_doubt_is_told_with_the_flags_that_settle_it(write: Callable[[str, str], Path]) -> None:
    lines = write("lines.csv", LINES)
    vouchers = write(
        "x.csv", "id;voucherType;voucherNumber;voucherDate;dueDate;contactId;totalAmount;currency\n1;a;2;01.02.2024;;7;1;EUR\n"
    )
    with pytest.raises(AmbiguousInput, match=r"--table transactions=x\.csv or --table payments=x\.csv"):
        sorted_inputs([lines, vouchers], Wanted(), {})
    found = sorted_inputs([lines, vouchers], Wanted(), {vouchers: "payments"})
    assert [entry.item.table for entry in found] == ["", "payments"]


def test_a_single_file_is_sales_lines() -> None:
    (found,) = sorted_inputs([EXPORTS / "payments.csv"], Wanted(), {})
    assert found.item.table == ""


@pytest.mark.parametrize(("pair", "text"), [("customers", "is not TABLE=FILE"), ("kunden=a.csv", "no table 'kunden'")])
def test_a_wrong_table_flag_is_refused(pair: str, text: str) -> None:
    with pytest.raises(CallError, match=text):
        named_files([pair])


def test_a_mapping_goes_to_its_table() -> None:
    wanted = Wanted(mapping={"amount": "Umsatz", "customers.name": "Firma"}, net=True, tax_rate=0.19)
    lines, customers = (input_of(Path("x.csv"), wanted, table).wanted for table in ("transactions", "customers"))
    assert lines.mapping == {"amount": "Umsatz"}
    assert (customers.mapping, customers.net, customers.tax_rate) == ({"name": "Firma"}, None, None)


@pytest.mark.parametrize(("role", "text"), [("customers.name", "which no file holds"), ("kunden.name", "no table 'kunden'")])
def test_a_mapping_for_a_table_that_no_file_holds_is_refused(role: str, text: str) -> None:
    with pytest.raises(CallError, match=text):
        sorted_inputs([EXPORTS / "transactions.csv"], Wanted(mapping={role: "Firma"}), {})


# The project


def test_init_writes_a_section_for_each_table_and_check_reads_it_back(tmp_path: Path) -> None:
    given = ("customers", "measures", "payments", "rates")
    files = [EXPORTS / f"{name}.csv" for name in (*given, "transactions")]
    made = init(tmp_path / "p", files, Wanted(), {}, progress=Progress())
    text = made.file.read_text(encoding="utf-8")
    assert all(f"[tables.{name}]" in text and f"[tables.{name}.mapping]" in text for name in given)
    checked = check_project(tmp_path / "p", {}, progress=Progress())
    assert tuple(table.name for table in checked.company.tables) == given  # type: ignore[union-attr]
    content = json.loads(json.dumps(as_json(checked)))
    counted = {table["name"]: table["checked"]["totals"][-1] for table in content["company"]["tables"]}
    assert counted["customers"] == {"standing": "good", "records": 2, "amount": "0.00"}


def test_without_sales_lines_init_says_so(tmp_path: Path) -> None:
    with pytest.raises(CallError, match="No file holds sales lines"):
        init(tmp_path, [EXPORTS / "customers.csv", EXPORTS / "payments.csv"], Wanted(), {}, progress=Progress())


def test_wrong_table_sections_are_all_told(tmp_path: Path) -> None:
    (tmp_path / "kundenwert.toml").write_text(
        '[[sources]]\nfiles = ["a.csv"]\n[tables.kunden]\nfiles = ["b.csv"]\n[tables.customers]\nmapping = {}\n'
        '[[tables.contacts]]\nfiles = ["c.csv"]\nnet = true\n',
        encoding="utf-8",
    )
    with pytest.raises(SettingsError) as caught:
        project.read(tmp_path)
    came = " ".join(problem.came for problem in caught.value.problems)
    assert "no table 'kunden'" in came
    assert "[tables.customers] has no list of files" in came
    assert "net under [tables.contacts]" in came


def test_a_table_may_have_several_sources_with_formats_of_their_own(tmp_path: Path) -> None:
    (tmp_path / "kundenwert.toml").write_text(
        '[[sources]]\nfiles = ["a.csv"]\n[[tables.customers]]\nfiles = ["b.csv"]\nmapping = {name = "Firma"}\n'
        '[[tables.customers]]\nfiles = ["c.csv"]\ndate_format = "iso"\n',
        encoding="utf-8",
    )
    inputs = project.read(tmp_path).inputs
    assert [(item.name, item.table) for item in inputs] == [("a.csv", ""), ("b.csv", "customers"), ("c.csv", "customers")]
    assert inputs[1].wanted.mapping == {"name": "Firma"}
    assert inputs[2].wanted.date_format == "iso"


# The ledger


def ledger_of(engine: Engine, folder: Path) -> tuple[str, Loaded]:
    found = project.read(folder)
    return open_ledger(engine, folder, found.inputs, found.settings, scratch=folder, progress=Progress())


def test_the_ledger_keeps_the_tables_and_knows_them_again(engine: Engine, tmp_path: Path, write: Callable[[str, str], Path]) -> None:
    write("lines.csv", LINES)
    write("kunden.csv", "KdNr;Name1;Ort\n2;B;Ulm\n1;A;Bonn\n;C;Köln\n")
    write("kundenwert.toml", '[[sources]]\nfiles = ["lines.csv"]\n[tables.customers]\nfiles = ["kunden.csv"]\n')
    name, first = ledger_of(engine, tmp_path)
    folder = folder_of(tmp_path) / name
    stamp = (folder / "customers.parquet").stat().st_mtime_ns
    again, second = ledger_of(engine, tmp_path)
    assert again == name
    assert (folder / "customers.parquet").stat().st_mtime_ns == stamp
    assert second.company == first.company
    assert first.company is not None
    assert [row["customer_id"] for row in fetch(engine, "ledger_customers")] == ["1", "2"]
    assert fetch(engine, "ledger_complaints") == []
    assert first.company.of("customers").checked.of("rejected").records == 1  # type: ignore[union-attr]
    write("kunden.csv", "KdNr;Name1;Ort\n2;B;Ulm\n1;A;Köln\n")
    changed, third = ledger_of(engine, tmp_path)
    assert changed != name
    assert third.company.of("customers").checked.of("rejected").records == 0  # type: ignore[union-attr]


def test_known_files_are_not_read_again(engine: Engine, tmp_path: Path, write: Callable[[str, str], Path], monkeypatch: Any) -> None:
    write("lines.csv", LINES)
    write("kunden.csv", "KdNr;Name1\n1;A\n")
    write("kundenwert.toml", '[[sources]]\nfiles = ["lines.csv"]\n[tables.customers]\nfiles = ["kunden.csv"]\n')
    name, first = ledger_of(engine, tmp_path)
    shutil.rmtree(folder_of(tmp_path) / name)
    monkeypatch.setattr("kundenwert.sources.inspect_table", lambda *_, **__: pytest.fail("the file was read again"))
    again, second = ledger_of(engine, tmp_path)
    assert again == name
    assert second.company == first.company


def test_without_tables_the_ledger_is_what_it_was(engine: Engine, tmp_path: Path, write: Callable[[str, str], Path]) -> None:
    write("lines.csv", LINES)
    write("kundenwert.toml", '[[sources]]\nfiles = ["lines.csv"]\n')
    name, found = ledger_of(engine, tmp_path)
    assert found.company is None
    assert not (folder_of(tmp_path) / name / company_ledger.FILE).exists()


def test_problems_of_lines_and_tables_come_together(loaded: Callable[..., Loaded]) -> None:
    with pytest.raises(DataError) as caught:
        loaded("Wer;Datum;Betrag\n1;31.01.2024;1,50\n", customers="Name;Ort\nA;Ulm\n", contacts="KdNr;Art\n1;Besuch\n")
    assert sorted(problem.file for problem in caught.value.problems) == ["contacts.csv", "customers.csv", "lines.csv"]


def test_a_table_that_is_misread_is_refused_with_its_rules(loaded: Callable[..., Loaded]) -> None:
    with pytest.raises(DataError, match=r"2 of 3 records of ratings cannot be used\. Broken rules: points is readable and from 0 to 10: 2"):
        loaded(ratings="KdNr;Kriterium;Punkte;Datum\n1;Image;70;31.01.2024\n1;Image;80;31.01.2024\n1;Treue;7;31.01.2024\n")


def test_rejects_of_all_tables_are_written_for_a_spreadsheet(tmp_path: Path, write: Callable[[str, str], Path]) -> None:
    inputs = [
        Input(write("lines.csv", LINES + "1;31.02.2024;R9;1,00\n"), Wanted()),
        Input(write("k.csv", "KdNr;Name1\n1;A\n;=B\n"), Wanted(), table="customers"),
    ]
    check_files(inputs, {}, progress=Progress(), rejects=tmp_path / "rejects.csv")
    written = (tmp_path / "rejects.csv").read_text(encoding="utf-8").splitlines()
    assert written[0] == "table_name;file;record;rules;raw"
    assert [line.split(";")[0] for line in written[1:]] == ["customers", "transactions"]


# How the tables hang together


def test_customers_that_nobody_knows_are_counted_and_kept(loaded: Callable[..., Loaded], engine: Engine) -> None:
    found = loaded(
        customers="KdNr;Name1\n1;A\n3;C\n",
        activities="KdNr;Taetigkeit;Datum;Anzahl\n1;Besuch;31.01.2024;1\n9;Besuch;31.01.2024;1\n9;Besuch;01.02.2024;1\n0002;Besuch;01.02.2024;1\n",
    )
    assert found.company is not None
    links = {(link.table, link.role): link for link in found.company.links}
    link = links["activities", "customer_id"]
    assert (link.ids, link.unknown, link.records, link.but_for_zeros, link.examples) == (3, 2, 3, 1, ("0002", "9"))
    assert len(fetch(engine, "ledger_activities")) == 4
    assert {notice.key for notice in found.company.notices} == {"table_unknown_customers", "table_zeros"}
    coverage = found.company.coverage
    assert coverage is not None
    assert (coverage.customers, coverage.with_record, coverage.without_lines) == (2, 1, 1)


GROUPS = "KdNr;Name1;Konzern;Regulierer\n1;Kopf;1;\n2;Tochter;1;1\n3;Enkel;2;1\n4;Allein;;\n5;Fremd;K9;\n6;Fremd;K9;\n"


def test_groups_have_one_head_however_deep(loaded: Callable[..., Loaded], engine: Engine) -> None:
    found = loaded(customers=GROUPS)
    rows = {row["customer_id"]: (row["group_id"], row["payer_id"], row["depth"]) for row in fetch(engine, "customer_groups")}
    assert rows == {
        "1": ("1", "1", 0),
        "2": ("1", "1", 1),
        "3": ("1", "1", 2),
        "4": ("4", "4", 0),
        "5": ("K9", "5", 1),
        "6": ("K9", "6", 1),
    }
    assert found.company is not None
    hierarchy = found.company.hierarchy
    assert hierarchy is not None
    assert (hierarchy.groups, hierarchy.members, hierarchy.unknown_heads, hierarchy.paid_by_others) == (2, 4, 1, 2)
    assert hierarchy.examples == ("K9",)


@pytest.mark.parametrize(("level", "accounts"), [("customer", 4), ("payer", 2), ("group", 2)])
def test_each_customer_counts_once_at_every_level(loaded: Callable[..., Loaded], engine: Engine, level: str, accounts: int) -> None:
    lines = LINES + "3;01.03.2024;R4;7,00\n7;01.03.2024;R5;11,00\n"
    loaded(lines, customers=GROUPS)
    engine.project("one_each", "lines", {"customer_id": Reading(("customer_id",), type="VARCHAR"), "amount": Reading(("amount",))})
    engine._connection.execute(  # type: ignore[attr-defined]
        "create or replace temp table revenue as select customer_id, sum(amount) as amount from one_each group by all"
    )
    company_links.roll_up(engine, "rolled", "revenue", level)
    rows = {row["account_id"]: (row["customers"], row["amount"]) for row in fetch(engine, "rolled")}
    assert len(rows) == accounts
    assert sum(customers for customers, _ in rows.values()) == 4
    assert sum(amount for _, amount in rows.values()) == Decimal(198)
    if level == "group":
        assert rows == {"1": (3, Decimal(187)), "7": (1, Decimal(11))}


def test_a_level_that_does_not_exist_is_refused(engine: Engine) -> None:
    with pytest.raises(CallError, match="Available: customer, payer, group"):
        company_links.roll_up(engine, "rolled", "nothing", "region")


def test_customers_above_themselves_are_an_error_that_names_each_circle(loaded: Callable[..., Loaded]) -> None:
    text = "KdNr;Name1;Konzern\n1;A;2\n2;B;3\n3;C;1\n4;D;1\n5;E;6\n6;F;5\n"
    with pytest.raises(DataError) as caught:
        loaded(customers=text)
    came = [problem.came for problem in caught.value.problems]
    assert len(came) == 2
    assert came[0].startswith("3 customers are above themselves: 1 -> 2, 2 -> 3, 3 -> 1")
    assert came[1].startswith("2 customers are above themselves: 5 -> 6, 6 -> 5")


# Currencies


MIXED = (
    "Kundennummer;Rechnungsdatum;Rechnungsnr;Nettobetrag;Wareneinsatz;Waehrung\n1;05.02.2024;R1;100,00;60,00;EUR\n"
    "1;06.02.2024;R2;200,00;100,00;CHF\n2;10.02.2024;R3;10,10;5,00;CHF\n2;10.02.2024;R4;33,33;5,00;CHF\n"
)
RATES = "Datum;Waehrung;Kurs\n06.02.2024;CHF;1,05\n09.02.2024;CHF;1,071234\n"


def test_lines_in_other_currencies_take_the_rate_of_their_day_or_the_last_before(loaded: Callable[..., Loaded], engine: Engine) -> None:
    found = loaded(MIXED, rates=RATES)
    rows = {row["document_id"]: (row["amount"], row["cost"], row["currency"]) for row in fetch(engine, "lines")}
    assert rows["R1"] == (Decimal(100), Decimal(60), "EUR")
    assert rows["R2"] == (Decimal(210), Decimal(105), "EUR")
    assert rows["R3"][0] == Decimal("10.819463")
    assert found.currency == "EUR"
    (notice,) = [notice for notice in found.notices if notice.key == "converted"]
    assert (notice.values["lines"], notice.values["currency"], notice.values["amount"]) == (3, "CHF", 243.43)
    assert found.reconcile().difference == 0


def test_conversion_commutes_with_sums(loaded: Callable[..., Loaded], engine: Engine) -> None:
    loaded(MIXED, rates=RATES)
    day = [row for row in fetch(engine, "lines") if row["document_id"] in {"R3", "R4"}]
    together = (Decimal("10.10") + Decimal("33.33")) * Decimal("1.071234")
    assert abs(sum(row["amount"] for row in day) - together) <= Decimal("0.000001")


def test_missing_rates_are_named_by_day_and_currency_all_at_once(loaded: Callable[..., Loaded]) -> None:
    lines = MIXED + "3;01.02.2024;R5;1,00;1,00;CHF\n3;17.02.2024;R6;1,00;1,00;CHF\n3;16.02.2024;R7;1,00;1,00;CHF\n"
    with pytest.raises(AmbiguousInput) as caught:
        loaded(lines, {"currency": "EUR"}, rates=RATES)
    came = [problem.came for problem in caught.value.problems]
    assert came == [
        "No rate of CHF for 2024-02-01 (1 lines): there is none before.",
        "No rate of CHF for 2024-02-17 (1 lines): the last one before is of 2024-02-09.",
    ]


def test_without_rates_another_currency_stays_a_question(loaded: Callable[..., Loaded]) -> None:
    with pytest.raises(AmbiguousInput, match=r"The lines are in CHF \(3 lines\), EUR \(1 lines\)"):
        loaded(MIXED)


def test_which_currency_is_reported_is_asked_where_rates_leave_it_open(loaded: Callable[..., Loaded]) -> None:
    both = RATES + "06.02.2024;EUR;1,00\n"
    with pytest.raises(AmbiguousInput, match="--currency CODE"):
        loaded(MIXED, rates=both)
    assert loaded(MIXED, {"currency": "EUR"}, rates=both).currency == "EUR"


def test_rates_that_nobody_needs_change_nothing(loaded: Callable[..., Loaded], engine: Engine) -> None:
    found = loaded(LINES, rates=RATES)
    assert [notice.key for notice in found.notices] == []
    assert sum(row["amount"] for row in fetch(engine, "lines")) == 180

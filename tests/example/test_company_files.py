"""The files of the invented company: planted faults are found, and no others."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

from kundenwert.engines import open_engine
from kundenwert.example.company import FILES, Company, first_two_years
from kundenwert.flows.check import check_files
from kundenwert.flows.progress import Progress
from kundenwert.flows.reading import Input
from kundenwert.sources import Wanted, checked_table, detect, inspect_table, open_table
from kundenwert.tables.company._checked import check


def test_check_finds_exactly_the_faults_that_were_planted(truth, records) -> None:
    files = [FILES / f"rechnungen_{year}.csv.gz" for year in (2024, 2025)]
    loaded = check_files([Input(path, Wanted()) for path in files], {}, progress=Progress())
    bridge = loaded.reconcile()
    classes = {total.line_class: (total.lines, total.amount) for total in bridge.classes}
    flags = {flag.flag: (flag.lines, flag.amount) for flag in bridge.flags}
    dirt = [entry for entry in truth.dirt if entry.file in {"rechnungen_2024.csv", "rechnungen_2025.csv"}]
    refused = [entry for entry in dirt if entry.rejected or entry.what == "overlap"]
    assert classes["rejected"][0] == sum(entry.rows for entry in refused)
    assert classes["without_customer"] == _of(dirt, "no_customer")
    assert flags["duplicate"] == _of(dirt, "repeated")
    lost = sum((entry.amount for entry in dirt if entry.rejected), Decimal(0))
    ((true, cancelled, returned),) = records(
        """select sum(amount), count(*) filter (kind = 'cancellation'), count(*) filter (kind = 'return')
        from transactions where currency = 'EUR'"""
    )
    booked = sum(amount for name, (_, amount) in classes.items() if name != "rejected")
    assert booked == true - lost + _of(dirt, "repeated")[1]
    assert (classes["cancellation"][0], classes["return"][0]) == (cancelled, returned)
    assert loaded.currency == "EUR"


def _of(dirt, what: str) -> tuple[int, Decimal]:
    return sum(entry.rows for entry in dirt if entry.what == what), sum((entry.amount for entry in dirt if entry.what == what), Decimal(0))


def test_every_other_file_is_recognised_and_only_its_planted_faults_are_refused(tmp_path: Path) -> None:
    small = first_two_years(customers=150, activity=0.3)
    paths = [path for path in small.export(tmp_path / "files") if not path.name.startswith("rechnungen")]
    faults, repeats = Counter[str](), Counter[str]()
    for entry in small.truth().dirt:
        faults[entry.file] += entry.rows * entry.rejected
        repeats[entry.file] += entry.rows * (entry.what == "repeated")
    with open_engine(spill=tmp_path) as engine:
        for path in paths:
            name = detect(engine, path, Wanted(), scratch=tmp_path).table
            assert name == TABLE_OF[path.stem]
            open_table(engine, inspect_table(engine, path, checked_table(name), Wanted(), scratch=tmp_path), "one")
            found = check(engine, checked_table(name), ["one"])
            assert (found.of("rejected").records, found.of("repeated").records) == (faults[path.name], repeats[path.name]), name
            assert found.of("unreadable").records == found.of("superseded").records == 0, name


TABLE_OF = {
    "angebote": "offers", "bewertungen": "ratings", "budgets": "budgets", "empfehlungen": "referrals", "interessenten": "leads",
    "kontakte": "contacts", "kostensaetze": "activity_rates", "kunden": "customers", "kurse": "rates", "massnahmen": "measures",
    "projekte": "projects", "reklamationen": "complaints", "taetigkeiten": "activities", "vertraege": "contracts", "zahlungen": "payments",
}  # fmt: skip


def test_clean_files_have_no_faults_and_packed_ones_hold_the_same(tmp_path: Path) -> None:
    company = Company.founded(customers=120).advance()
    plain = company.export(tmp_path / "plain", dirty=False)
    packed = company.export(tmp_path / "packed", dirty=False, packed=True)
    assert [path.name + ".gz" for path in plain] == [path.name for path in packed]
    text = (tmp_path / "plain" / "rechnungen_2024.csv").read_text(encoding="cp1252")
    table = company.tables()["transactions"]
    assert len(text.splitlines()) == 1 + sum(code == "EUR" for code in table["currency"].to_pylist())
    assert "Summe" not in text
    assert "offen" not in text


def test_an_earlier_export_holds_what_was_known_then(tmp_path: Path, company: Company) -> None:
    day = company.last_day - timedelta(days=400)
    early = Company.founded()
    while early.last_day < day:
        early = early.advance()
    now = {path.name: path.read_bytes() for path in company.export(tmp_path / "now", until=day)}
    then = {path.name: path.read_bytes() for path in early.export(tmp_path / "then", until=day)}
    assert now == then
    assert "rechnungen_2024.csv" in now
    assert "rechnungen_2025.csv" not in now

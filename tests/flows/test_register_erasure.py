"""A person is erased: found nowhere under the project, totals to the cent as before, also after a crash and after a later load."""

from __future__ import annotations

import json
import shutil
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import exports
import openpyxl
import pyarrow.parquet as pq
import pytest

from kundenwert import registry
from kundenwert.engines import open_engine
from kundenwert.errors import DataError, StorageError
from kundenwert.flows import erasure
from kundenwert.flows import run as running
from kundenwert.flows.erasure import Certificate, erase
from kundenwert.flows.ledger import open_ledger
from kundenwert.flows.look import manifest
from kundenwert.flows.objection import objection
from kundenwert.flows.progress import Progress
from kundenwert.flows.project import read
from kundenwert.flows.register import rate
from kundenwert.flows.run import Ran, run
from kundenwert.register.book import Register
from kundenwert.register.verify import verify
from kundenwert.reports import _people, customer_base
from kundenwert.reports._basis import Basis
from kundenwert.reports._html import html
from kundenwert.reports._page import Page
from kundenwert.reports.language import Language
from kundenwert.runs import storage

NOW = datetime(2025, 6, 1, 9, 30, tzinfo=UTC)
SETTINGS = 'title = "Laden"\ncurrency = "EUR"\nmargin = 0.3\nhorizon = "6m"\nmodel = "mbg_nbd"\n'
WHO, NAME, MAIL = "K0045", "Erika Mustermann", "erika@muster.example"
# Some of a person's traces: number, name, mail, and a document of hers.
TRACES = (WHO, NAME, MAIL)


def lines() -> list[tuple[Any, ...]]:
    """A shop that gets its hundredth customer too late for a look back, with records of one person that cannot be booked."""
    day = exports.FIRST_DAY + timedelta(days=698)
    late = [(f"N{number:04}", day, f"N{number}", "A", 1, f"{20 + number}.00", "") for number in range(12)]
    bad = [
        (WHO, "31.02.2024", "X1", "A", 1, "10.00", ""),
        ("K0009", "31.02.2024", "X2", "A", 1, "11.00", ""),
        (WHO, "torn"),
        (f"K0011 instead of {WHO}", "30.02.2024", "X3", "A", 1, "12.00", ""),
        ("K0012", f"talked to {NAME}", "X4", "A", 1, "12.00", ""),
    ]
    return [*exports.shop(customers=98), *late, *bad]


RECORDS = [
    (WHO, NAME, MAIL, "privat"),
    ("K0008", "Otto Ohnesorg", "otto@muster.example", "privat"),
    ("K0009", "Fix GmbH", "info@fix.example", "Firma"),
]
CONTACTS = [
    ("V1", WHO, "2024-03-04", "Besuch", "Beratung"),
    ("V2", "K0009", "2024-03-05", "Telefon", f"empfohlen von {NAME}"),
    ("V3", "K0009", "2024-03-06", "Telefon", "Angebot"),
]


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with customer records and contacts, valued once. The person is listed twice in its report, and named in its settings."""
    folder = tmp_path_factory.mktemp("shop")
    exports.project(folder, lines(), SETTINGS, pattern="exports/sales-*.csv")
    exports.write(folder / "exports" / "kunden.csv", RECORDS, ("customer_id", "name", "email", "kind"))
    exports.write(folder / "exports" / "kontakte.csv", CONTACTS, ("kontaktnr", "customer_id", "kontaktdatum", "kontaktart", "kontaktgrund"))
    with (folder / "kundenwert.toml").open("a", encoding="utf-8") as file:
        file.write('[tables.customers]\nfiles = ["exports/kunden.csv"]\n[tables.contacts]\nfiles = ["exports/kontakte.csv"]\n')
    valued(folder, not_collective=WHO)
    rate(folder, WHO, "Imagefaktor", "7", reason=f"{NAME} ist bekannt", by="Eva", clock=NOW)
    rate(folder, "K0009", "Imagefaktor", "3", reason="wenig bekannt", by="Eva", clock=NOW)
    return folder


@pytest.fixture
def project(shop: Path, tmp_path: Path) -> Path:
    shutil.copytree(shop, tmp_path / "shop")
    return tmp_path / "shop"


@pytest.fixture(scope="module")
def erased(shop: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Certificate]:
    """The same with one person erased."""
    folder = tmp_path_factory.mktemp("erased") / "shop"
    shutil.copytree(shop, folder)
    return folder, erase(folder, WHO, by="DPO", clock=NOW)


def lists_alone(building: Path, figures: Any, language: str) -> None:
    """The report with its lists of customers alone: its charts take longer than all the rest."""
    basis = Basis(figures, Language(language))
    page = Page("t", "", language, "", "", (), (_people.top(basis), _people.at_risk(basis)), "", customer_base._words(basis))
    storage.write_text(building / "report.html", html(page))


def valued(folder: Path, **flags: Any) -> Ran:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(running, "_write_reports", lists_alone)
        return run(folder, {"threads": "1", **flags}, clock=NOW, progress=Progress())


def ledger_of(folder: Path) -> Path:
    return folder / "ledger" / manifest(folder)["ledger"]


def table(path: Path) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = pq.read_table(path).to_pylist()
    return rows


def values_of(folder: Path) -> dict[str, dict[str, Any]]:
    return {row["customer_id"]: row for row in table(folder / "runs" / manifest(folder)["run"] / "customers.parquet")}


def naming(folder: Path, traces: tuple[str, ...] = TRACES) -> list[str]:
    """Files below a project, its inputs aside, whose bytes or unpacked columns hold one of the traces."""
    found = []
    for path in sorted(folder.rglob("*")):
        if path.is_dir() or path.parent.name == "exports":
            continue
        text = path.read_bytes().decode("utf-8", errors="replace")
        if path.suffix == ".parquet":
            text += json.dumps(table(path), default=str, ensure_ascii=False)
        found += [f"{path.relative_to(folder)}: {trace}" for trace in traces if trace.lower() in text.lower()]
    return found


def sums(rows: list[dict[str, Any]], *keys: str) -> dict[Any, tuple[Any, ...]]:
    """Lines, quantity and money by year and other columns."""
    found: dict[Any, list[Any]] = defaultdict(lambda: [0, Decimal(0), Decimal(0), Decimal(0)])
    for row in rows:
        total = found[row["date"].year, *(row[key] for key in keys)]
        total[0] += 1
        for place, name in enumerate(("quantity", "amount", "cost"), start=1):
            total[place] += row[name] or 0
    return {key: tuple(total) for key, total in found.items()}


# ---- found nowhere ----------------------------------------------------------------------------------------------------


def test_before_the_erasure_the_person_stands_in_every_kind_of_file(shop: Path) -> None:
    files = {line.split(":")[0].rsplit("/", 1)[-1].split(".", 1)[-1] for line in naming(shop)}
    assert files >= {"parquet", "json", "html", "jsonl"}
    names = {line.split(":")[0].rsplit("/", 1)[-1] for line in naming(shop)}
    assert names >= {"transactions.parquet", "rejects.parquet", "contacts.parquet", "customers.parquet", "report.html", "manifest.json"}
    assert names >= {"reconciliation.json", "ratings.jsonl", "definitions.jsonl", "contribution.parquet"}


def test_number_name_and_mail_are_found_nowhere_under_the_project(erased: tuple[Path, Certificate]) -> None:
    folder, certificate = erased
    assert naming(folder) == []
    assert certificate.remaining == ()
    assert certificate.files_checked > 20


def test_what_is_told_of_others_stays(erased: tuple[Path, Certificate], shop: Path) -> None:
    folder, _ = erased
    before, after = ledger_of(shop), ledger_of(folder)
    assert [row["name"] for row in table(after / "customers.parquet")] == ["Otto Ohnesorg", "Fix GmbH"]
    contacts = {row["contact_id"]: row for row in table(after / "contacts.parquet")}
    kept = next(row for row in table(before / "contacts.parquet") if row["contact_id"] == "V3")
    assert contacts["V3"] == kept
    assert contacts["V2"]["purpose"] is None
    assert contacts["V2"]["customer_id"] == "K0009"
    raw = [row["raw"] for row in table(after / "rejects.parquet")]
    assert max(raw, key=len) == next(row["raw"] for row in table(before / "rejects.parquet") if "X2" in row["raw"])
    assert [row.content["customer_id"] for row in Register(folder).rows("ratings")] == ["K0009"]
    others = [row for row in table(before / "transactions.parquet") if row["customer_id"] != WHO]
    assert [row for row in table(after / "transactions.parquet") if row["customer_id"] != "erased"] == others


def test_a_contact_of_the_person_stays_as_a_count_without_day_and_reason(erased: tuple[Path, Certificate]) -> None:
    row = next(row for row in table(ledger_of(erased[0]) / "contacts.parquet") if row["customer_id"] == "erased")
    assert (row["contact_id"], row["purpose"], row["date"].isoformat()) == (None, None, "2024-01-01")
    # Rates go by the kind of contact.
    assert row["channel"] == "Besuch"


def test_rejected_records_stay_as_records_with_their_rules(erased: tuple[Path, Certificate], shop: Path) -> None:
    before, after = (table(ledger_of(folder) / "rejects.parquet") for folder in (shop, erased[0]))
    bare = [{name: value for name, value in row.items() if name != "raw"} for row in before]
    assert bare == [{name: value for name, value in row.items() if name != "raw"} for row in after]
    assert [row["raw"] for row in after].count("") == 4


def test_lists_of_a_report_lose_the_person_and_keep_the_others(erased: tuple[Path, Certificate], shop: Path) -> None:
    run_name = manifest(shop)["run"]
    before, after = ((folder / "runs" / run_name / "report.html").read_text(encoding="utf-8") for folder in (shop, erased[0]))
    assert before.count(f"<bdi>{WHO}</bdi>") == 2
    assert after.count("<tr>") == before.count("<tr>") - 2
    assert after.count("<bdi>K0000</bdi>") == before.count("<bdi>K0000</bdi>") > 0
    assert after.endswith("</html>\n")


# ---- totals -----------------------------------------------------------------------------------------------------------


def test_lines_of_the_ledger_keep_their_sums_by_year_product_and_class(erased: tuple[Path, Certificate], shop: Path) -> None:
    before, after = (table(ledger_of(folder) / "transactions.parquet") for folder in (shop, erased[0]))
    keys = ("product_id", "line_class", "kind", "is_free", "is_negative_price", "is_duplicate", "file_id", "currency")
    assert sums(before, *keys) == sums(after, *keys)
    mine = [row for row in after if row["customer_id"] == "erased"]
    assert len(mine) == sum(row["customer_id"] == WHO for row in before) > 20
    assert {row["document_id"] for row in mine} == {row["price"] for row in mine} == {None}
    last = max(row["date"] for row in before)
    assert {row["date"] for row in mine} <= {datetime(2023, 12, 31, tzinfo=UTC).date(), last}
    assert len({(row["date"], row["product_id"], row["line_class"], row["cost"] is None, row["amount"]) for row in mine}) < len(mine)
    assert len({(row["file_id"], row["record"]) for row in after}) == len(after)
    one, two = (pq.read_schema(ledger_of(folder) / "transactions.parquet") for folder in (shop, erased[0]))
    assert [(field.name, field.type) for field in one] == [(field.name, field.type) for field in two]


def test_a_run_keeps_its_sums_and_every_other_row(erased: tuple[Path, Certificate], shop: Path) -> None:
    before, after = values_of(shop), values_of(erased[0])
    row = after.pop("erased")
    gone = before.pop(WHO)
    assert after == before
    money = ("revenue", "past", "value", "clv", "clv_beyond", "expected_revenue", "expected_purchases", "db1")
    assert {name: row[name] for name in money} == {name: gone[name] for name in money}
    assert {name for name, value in row.items() if value is not None} == {*money, "customer_id", "level"}
    assert row["level"] == "none"
    path = Path("runs") / manifest(shop)["run"] / "customers.parquet"
    one, two = (pq.read_schema(folder / path) for folder in (shop, erased[0]))
    assert [(field.name, field.type) for field in one] == [(field.name, field.type) for field in two]
    assert one.metadata == two.metadata
    result = {folder: table(folder / path.with_name("contribution.parquet")) for folder in (shop, erased[0])}
    by_year = [{year: sum(row["db1"] for row in rows if row["year"] == year) for year in (2023, 2024)} for rows in result.values()]
    assert by_year[0] == by_year[1]
    assert {row["customer_id"] for row in result[shop]} ^ {row["customer_id"] for row in result[erased[0]]} == {WHO, "erased"}


def test_the_manifest_holds_the_new_hashes_and_tells_of_the_erasure(erased: tuple[Path, Certificate], shop: Path) -> None:
    before, after = manifest(shop), manifest(erased[0])
    folder = erased[0] / "runs" / after["run"]
    assert {name: erasure._digest(folder / name) for name in after["tables"]} == after["tables"]
    (note,) = after["erasures"]
    assert note["tables_before"]["customers.parquet"] == before["tables"]["customers.parquet"]
    changing = {"tables", "erasures", "settings", "mapping"}
    assert {name for name in before if before[name] != after.get(name)} <= changing
    assert after["settings"]["not_collective"] == []


def test_a_run_made_after_it_has_the_same_past_and_no_forecast_of_the_row(erased: tuple[Path, Certificate], tmp_path: Path) -> None:
    shutil.copytree(erased[0], tmp_path / "shop")
    before = values_of(tmp_path / "shop")
    ran = valued(tmp_path / "shop")
    after = values_of(tmp_path / "shop")
    for name in ("revenue", "past", "db1"):
        assert {who: row[name] for who, row in after.items()} == {who: row[name] for who, row in before.items()}
    row = after["erased"]
    assert (row["level"], row["value"], row["frequency"], row["clv"]) == ("none", row["past"], None, None)
    assert {entry["key"] for entry in manifest(tmp_path / "shop")["warnings"]} >= {"erased"}
    assert "erased" not in {one["customer_id"] for one in (*ran.figures.top, *ran.figures.at_risk)}
    assert naming(tmp_path / "shop") == []


# ---- later loads ------------------------------------------------------------------------------------------------------


def opened(folder: Path) -> Path:
    """The ledger of the project's inputs as they are now; made if there is none."""
    project = read(folder, {"threads": "1", "not_collective": WHO})
    scratch = folder.parent / "scratch"
    scratch.mkdir(exist_ok=True)
    with open_engine(threads=1) as engine:
        name, _ = open_ledger(engine, folder, project.inputs, project.settings, scratch=scratch, progress=Progress())
    return folder / "ledger" / name


def booked(ledger: Path) -> dict[str, Decimal]:
    found: dict[str, Decimal] = defaultdict(Decimal)
    for row in table(ledger / "transactions.parquet"):
        found[row["customer_id"]] += row["amount"]
    return found


def test_a_ledger_made_anew_from_the_sources_is_the_one_that_was_changed(erased: tuple[Path, Certificate], tmp_path: Path) -> None:
    folder = tmp_path / "shop"
    shutil.copytree(erased[0], folder)
    kept = ledger_of(folder)
    tables = {path.name: table(path) for path in kept.glob("*.parquet")}
    days = json.loads((kept / "reconciliation.json").read_text(encoding="utf-8"))["days"]
    shutil.rmtree(folder / "ledger")
    assert opened(folder) == kept
    assert {path.name: table(path) for path in kept.glob("*.parquet")} == tables
    assert json.loads((kept / "reconciliation.json").read_text(encoding="utf-8"))["days"] == days
    assert naming(folder) == []


def read_files(folder: Path) -> list[str]:
    """The files whose lines are kept as read."""
    return sorted(json.loads(path.read_text(encoding="utf-8"))["file"]["name"] for path in (folder / "ledger" / "read").glob("*.json"))


@pytest.mark.slow
def test_a_later_export_with_the_person_books_to_the_row_and_keeps_nothing_else(erased: tuple[Path, Certificate], tmp_path: Path) -> None:
    folder = tmp_path / "shop"
    shutil.copytree(erased[0], folder)
    before, day = booked(ledger_of(folder)), exports.FIRST_DAY + timedelta(days=700)
    rejected = (WHO, "31.02.2025", "NEU-3", "A", 1, "1", "")
    exports.write(
        folder / "exports" / "sales-2.csv", [(WHO, day, "NEU-1", "A", 2, "50.25", ""), ("K0009", day, "NEU-2", "A", 2, "10", ""), rejected]
    )
    exports.write(folder / "exports" / "sales-3.csv", [("K0009", day, "NEU-4", "A", 2, "20.00", "")])
    after = booked(opened(folder))
    assert after == {**before, "erased": before["erased"] + Decimal("50.25"), "K0009": before["K0009"] + 30}
    assert naming(folder, (*TRACES, "NEU-1", "NEU-3")) == []
    assert read_files(folder) == ["sales-3.csv"]


def test_a_second_person_joins_the_row_and_nobody_can_tell_them_apart(erased: tuple[Path, Certificate], tmp_path: Path) -> None:
    folder = tmp_path / "shop"
    shutil.copytree(erased[0], folder)
    before = values_of(folder)
    certificate = erase(folder, "K0000", by="DPO", clock=NOW)
    after = values_of(folder)
    assert certificate.erasure == 2
    assert certificate.totals_hold
    assert set(before) - set(after) == {"K0000"}
    assert after["erased"]["revenue"] == before["erased"]["revenue"] + before["K0000"]["revenue"]
    assert naming(folder, ("K0000",)) == []
    rows = [row for row in table(folder / "runs" / manifest(folder)["run"] / "contribution.parquet") if row["customer_id"] == "erased"]
    assert len(rows) == len({row["year"] for row in rows})
    assert verify(folder) == []


# ---- crashes and runs at the same time --------------------------------------------------------------------------------


class Killed(BaseException):
    """The process ends here."""


def broken_after(patch: pytest.MonkeyPatch, step: int) -> None:
    done, real = 0, storage.rename

    def rename(source: Path, target: Path) -> None:
        nonlocal done
        done += 1
        if done > step:
            raise Killed
        real(source, target)

    patch.setattr(storage, "rename", rename)


@pytest.mark.parametrize("step", [*(pytest.param(step, marks=pytest.mark.slow) for step in (0, 1, 3, 8)), 5])
def test_an_erasure_that_was_interrupted_is_finished_by_the_same_call(project: Path, erased: tuple[Path, Certificate], step: int) -> None:
    before = {path.relative_to(erased[0]): table(path) for path in sorted(erased[0].rglob("*.parquet"))}
    with pytest.MonkeyPatch.context() as patch:
        broken_after(patch, step)
        with pytest.raises(Killed):
            erase(project, WHO, by="DPO", clock=NOW)
    assert len(Register(project).rows("erased")) == 1
    certificate = erase(project, WHO, by="DPO", clock=NOW)
    assert certificate.totals_hold
    assert naming(project) == []
    assert len(Register(project).rows("erased")) == 1
    assert {path.relative_to(project): table(path) for path in sorted(project.rglob("*.parquet"))} == before
    assert verify(project) == []


@pytest.mark.parametrize("step", [1, pytest.param(5, marks=pytest.mark.slow)])
def test_an_erasure_that_was_interrupted_is_finished_by_the_next_run(project: Path, step: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        broken_after(patch, step)
        with pytest.raises(Killed):
            erase(project, WHO, by="DPO", clock=NOW)
    erasure.finish_erasures(project, clock=NOW)
    assert naming(project) == []
    assert (project / "register" / "certificates" / "erasure-1.json").is_file()
    erasure.finish_erasures(project, clock=NOW)
    assert len([entry for entry in Register(project).log() if entry["action"] == "certify erasure"]) == 1


def test_a_run_during_which_somebody_was_erased_is_thrown_away(project: Path) -> None:
    before = sorted(path.name for path in (project / "runs").iterdir())

    def slow(*_: Any, **__: Any) -> tuple[str, Any]:
        erase(project, WHO, by="DPO", clock=NOW)
        return "late", SimpleNamespace(as_of=NOW.date())

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(running, "_build", slow)
        with pytest.raises(StorageError, match="A person was erased while this was reckoned"):
            valued(project)
    assert sorted(path.name for path in (project / "runs").iterdir()) == before
    assert naming(project) == []


def test_a_ledger_made_while_somebody_was_erased_is_thrown_away(project: Path) -> None:
    from kundenwert.flows import ledger

    shutil.rmtree(project / "ledger")
    real = ledger.load

    def slow(*args: Any, **more: Any) -> Any:
        loaded = real(*args, **more)
        erase(project, WHO, by="DPO", clock=NOW)
        return loaded

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ledger, "load", slow)
        with pytest.raises(StorageError, match="A person was erased while this was reckoned"):
            opened(project)
    assert naming(project) == []


# ---- the register and its certificate ---------------------------------------------------------------------------------


def test_the_certificate_names_nobody_says_what_was_done_and_is_in_the_log(erased: tuple[Path, Certificate]) -> None:
    folder, certificate = erased
    path = folder / "register" / "certificates" / "erasure-1.json"
    kept = json.loads(path.read_text(encoding="utf-8"))
    assert kept == json.loads(json.dumps(erasure.as_json(certificate)))
    assert (kept["by"], kept["rows"], kept["totals_hold"]) == ("DPO", 2, True)
    assert {entry["measure"] for entry in kept["totals"]} == {"amount", "revenue", "past", "clv", "value"}
    assert kept["sources"] == ["sales-1.csv", "kontakte.csv", "kunden.csv"]
    entry = next(entry for entry in Register(folder).log() if entry["action"] == "certify erasure")
    assert entry["details"]["certificate"] == erasure._digest(path)
    assert verify(folder, {"run": manifest(folder)["register"]} if manifest(folder)["register"] else {}) == []


@pytest.mark.parametrize(("lang", "words"), [("de", "Nicht in unserer Reichweite"), ("en", "Out of our reach")])
def test_the_certificate_is_told_in_both_languages(erased: tuple[Path, Certificate], lang: str, words: str) -> None:
    text = registry.load("reports", "erasure_certificate")(erasure.as_json(erased[1]), lang)
    assert words in text
    assert "sales-1.csv" in text
    assert WHO not in text


def test_the_log_tells_who_was_erased_only_to_who_asks_with_number_and_key(erased: tuple[Path, Certificate]) -> None:
    register = Register(erased[0])
    actions = [entry["action"] for entry in register.log() if entry["subject"] == register.key().of(WHO)]
    assert actions == ["rate", "erase"]


def test_a_number_that_nobody_knows_is_refused_with_near_ones_and_leaves_no_trace(project: Path) -> None:
    before = sorted(path.relative_to(project) for path in project.rglob("*"))
    with pytest.raises(DataError, match=r"has never known 'K00450'.*K0045") as caught:
        erase(project, "K00450", by="", clock=NOW)
    assert len(caught.value.problems) == 2
    with pytest.raises(DataError, match="'erased' is no customer number"):
        erase(project, "erased", by="DPO", clock=NOW)
    assert sorted(path.relative_to(project) for path in project.rglob("*")) == before


@pytest.mark.slow
def test_who_comes_back_can_be_erased_again(erased: tuple[Path, Certificate], tmp_path: Path) -> None:
    folder = tmp_path / "shop"
    shutil.copytree(erased[0], folder)
    objection(folder, "K0009", reason=f"{WHO} knows", by="Eva", clock=NOW)
    again = erase(folder, WHO, by="DPO", clock=NOW)
    assert again.erasure == 2
    assert again.remaining == ()
    assert [row.content["reason"] for row in Register(folder).rows("objections")] == ["erased knows"]


def test_files_that_are_not_ours_are_named_where_they_still_tell_of_the_person(project: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["Kunde", WHO])
    book.save(project / "mine.xlsx")
    (project / "notes.txt").write_text(f"{NAME} called\n", encoding="utf-8")
    (project / "other.txt").write_text("K00451 called, and K004\n", encoding="utf-8")
    assert erase(project, WHO, by="DPO", clock=NOW).remaining == ("mine.xlsx", "notes.txt")


# ---- numbers of few digits --------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_customer_number_of_two_digits_takes_no_figure_with_it(tmp_path: Path) -> None:
    renamed = [(str(int(line[0][1:]) + 1) if line[0].startswith("K0") else line[0], *line[1:]) for line in exports.shop(customers=98)]
    late = [line for line in lines() if line[0].startswith("N")]
    folder = exports.project(tmp_path, [*renamed, *late, ("46", "31.02.2024", "X1", "A", 1, "10.00", "")], SETTINGS)
    valued(folder)
    before, texts = values_of(folder), (ledger_of(folder) / "reconciliation.json").read_text(encoding="utf-8")
    certificate = erase(folder, "46", by="DPO", clock=NOW)
    assert certificate.remaining == ()
    assert certificate.totals_hold
    after = values_of(folder)
    assert {who: row for who, row in before.items() if who != "46"} == {who: row for who, row in after.items() if who != "erased"}
    assert [row["raw"] for row in table(ledger_of(folder) / "rejects.parquet")] == [""]
    kept = json.loads((ledger_of(folder) / "reconciliation.json").read_text(encoding="utf-8"))
    assert kept["file_amount"] == json.loads(texts)["file_amount"]
    assert kept["bridge"]["classes"] == json.loads(texts)["bridge"]["classes"]

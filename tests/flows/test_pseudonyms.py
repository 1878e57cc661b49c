"""A pseudonymised project holds no number and no name of a customer, and gives each of them the same value as a plain one."""

from __future__ import annotations

import json
import re
import shutil
import stat
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import exports
import pyarrow.parquet as pq
import pytest

from kundenwert.errors import CallError, DataError, KundenwertError, SettingsError, StorageError
from kundenwert.flows import run as running
from kundenwert.flows.audit import check, entries
from kundenwert.flows.check import check_project
from kundenwert.flows.customer import customer
from kundenwert.flows.customer_lines import lines_of
from kundenwert.flows.erasure import erase
from kundenwert.flows.export import export
from kundenwert.flows.init import init
from kundenwert.flows.look import manifest
from kundenwert.flows.objection import objection
from kundenwert.flows.progress import Progress
from kundenwert.flows.project import read
from kundenwert.flows.pseudonyms import known_as, of_folder, reidentify
from kundenwert.flows.register import consent, rate
from kundenwert.flows.run import Ran, run
from kundenwert.register.book import Register
from kundenwert.register.pseudonyms import is_pseudonym, personal
from kundenwert.sources import Wanted, tables
from kundenwert.tables import transactions
from kundenwert.tables.company._shape import SQL_TYPES

NOW = datetime(2025, 6, 1, 9, 30, tzinfo=UTC)
SETTINGS = 'title = "Laden"\ncurrency = "EUR"\nmargin = 0.3\nhorizon = "6m"\nmodel = "mbg_nbd"\n'
# Words of the input that must be found nowhere: numbers, names, addresses, what somebody wrote down, staff.
WORDS = ("Mustermann", "Ohnesorg", "erika@", "0221/4711", "Lindenweg", "50667", "Schwester", "schwierig", "Vertreter-Vogt", "Frau")
SUM = ("Summe", "", "", "", "", "999.00", "")


def lines() -> list[tuple[Any, ...]]:
    """A shop that gets its hundredth customer too late for a look back, with records that cannot be booked."""
    day = exports.FIRST_DAY + timedelta(days=698)
    late = [(f"N{number:04}", day, f"R-N{number}", "A", 1, f"{20 + number}.00", "") for number in range(12)]
    bad = [
        ("K0045", "31.02.2024", "X1", "A", 1, "10.00", ""),
        ("4,01E+12".replace(",", "."), day, "X2", "A", 1, "10.00", ""),
        ("K0009", "torn Mustermann"),
        ("", day, "X5", "A", 1, "7.00", ""),
        ("K0012", "Erika Mustermann", "X4", "A", 1, "viel", ""),
        SUM,
    ]
    return [*exports.shop(customers=98), *late, *bad]


RECORDS = [
    (
        "K0045",
        "Frau Erika Mustermann",
        "erika@muster.example",
        "0221/4711",
        "Lindenweg 3",
        "50667",
        "Nord",
        "privat",
        "K0008",
        "Vertreter-Vogt",
    ),
    ("K0008", "Otto Ohnesorg", "otto@muster.example", "", "Lindenweg 4", "50667", "Nord", "privat", "", "Vertreter-Vogt"),
    ("K0009", "Fix GmbH", "info@fix.example", "", "", "", "Süd", "Firma", "K0009", ""),
    ("Summe", "", "", "", "", "", "", "", "", ""),
]
RECORD_COLUMNS = ("customer_id", "name", "email", "phone", "street", "postcode", "region", "kind", "payer_id", "account_manager")
CONTACTS = [
    ("V1", "K0045", "2024-03-04", "Besuch", "Beratung von Erika Mustermann", "Vertreter-Vogt", "30"),
    ("V2", "K0009", "2024-03-05", "Telefon", "ihre Schwester", "Vertreter-Vogt", "lang: Ohnesorg"),
]
CONTACT_COLUMNS = ("kontaktnr", "customer_id", "kontaktdatum", "kontaktart", "kontaktgrund", "mitarbeiter", "dauer")
RATINGS = [("K0045", "Imagefaktor", "7", "2024-05-05", "Vertreter-Vogt", "schwierig")]
RATING_COLUMNS = ("customer_id", "kriterium", "punkte", "bewertet_am", "bewerter", "grund")


def project(folder: Path, *, pseudonymised: bool, more: str = "") -> Path:
    """A project whose exports lie beside it."""
    data = folder.parent / "exports"
    if not data.is_dir():
        exports.write(data / "sales-1.csv", lines())
        exports.write(data / "kunden.csv", RECORDS, RECORD_COLUMNS)
        exports.write(data / "kontakte.csv", CONTACTS, CONTACT_COLUMNS)
        exports.write(data / "bewertungen.csv", RATINGS, RATING_COLUMNS)
    folder.mkdir()
    files = {"customers": "kunden", "contacts": "kontakte", "ratings": "bewertungen"}
    parts = "".join(f'[tables.{table}]\nfiles = ["../exports/{name}.csv"]\n' for table, name in files.items())
    text = f'{"pseudonymised = true" if pseudonymised else ""}\n{more}{SETTINGS}\n[[sources]]\nfiles = ["../exports/sales-*.csv"]\n{parts}'
    (folder / "kundenwert.toml").write_text(text, encoding="utf-8")
    return folder


def value(folder: Path, **flags: Any) -> Ran:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(running, "_write_reports", lambda building, *_: (building / "report.html").write_text("", encoding="utf-8"))
        return run(folder, {"threads": "1", **flags}, clock=NOW, progress=Progress())


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The same files valued with plain numbers and with pseudonyms; in the latter people have decided things."""
    home = tmp_path_factory.mktemp("home")
    plain, hidden = project(home / "plain", pseudonymised=False), project(home / "hidden", pseudonymised=True)
    value(plain)
    value(hidden)
    return plain, hidden


@pytest.fixture
def hidden(both: tuple[Path, Path], tmp_path: Path) -> Path:
    """A copy of the pseudonymised project with its key, to be changed."""
    home = both[1].parent
    shutil.copytree(home, tmp_path / "home")
    return tmp_path / "home" / "hidden"


def rows(folder: Path, name: str = "customers.parquet") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = pq.read_table(folder / "runs" / manifest(folder)["run"] / name).to_pylist()
    return found


def ledger(folder: Path, name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = pq.read_table(folder / "ledger" / manifest(folder)["ledger"] / name).to_pylist()
    return found


def telling(folder: Path) -> Iterator[str]:
    """Every file below a project whose bytes or unpacked columns hold a number, a name or another word of a person."""
    numbers = re.compile(r"(?<![0-9A-Za-z-])[KN]\d{4}(?![0-9A-Za-z])")
    for path in (path for path in sorted(folder.rglob("*")) if path.is_file()):
        text = path.read_bytes().decode("utf-8", errors="replace")
        if path.suffix == ".parquet":
            text += json.dumps(pq.read_table(path).to_pylist(), default=str, ensure_ascii=False)
        found = [*numbers.findall(text), *(word for word in WORDS if word.lower() in text.lower())]
        if found:
            yield f"{path.relative_to(folder)}: {sorted(set(found))[:5]}"


# ---- nothing personal -------------------------------------------------------------------------------------------------


def test_no_number_and_no_word_of_a_person_is_found_below_the_project(both: tuple[Path, Path]) -> None:
    plain, hidden = both
    assert len(list(telling(plain))) > 8
    assert list(telling(hidden)) == []
    assert len(rows(hidden)) == len(rows(plain)) > 100


def test_nor_after_people_have_decided_and_tables_were_exported_and_explained(hidden: Path) -> None:
    rate(hidden, "K0045", "Imagefaktor", "7", reason="K0045 ist bekannt, K00451 nicht", by="Eva", clock=NOW)
    consent(hidden, "K0009", "email", "yes", source="Formular von K0009", by="Eva", clock=NOW)
    objection(hidden, "K0008", reason="Brief von K0008", by="Eva", clock=NOW)
    value(hidden, collective="K0011")
    export(hidden, hidden / "out.csv")
    explained = customer(hidden, "K0045")
    assert is_pseudonym(explained.row["customer_id"])
    assert re.search(r"\bK0045\b", str(explained)) is None
    assert list(telling(hidden)) == []
    found = {row["customer_id"]: row["level"] for row in rows(hidden)}
    assert (found[known_as(hidden, "K0008")], found[known_as(hidden, "K0011")]) == ("objected", "none")
    (row,) = Register(hidden).rows("ratings")
    assert row.content["reason"] == f"{known_as(hidden, 'K0045')} ist bekannt, K00451 nicht"
    assert check(hidden) > 4


def test_names_and_addresses_are_read_as_if_no_column_held_them_and_that_is_told(both: tuple[Path, Path]) -> None:
    (folder,) = (both[1] / "ledger").glob("*/company_tables.json")
    told = json.loads(folder.read_text(encoding="utf-8"))
    (records,) = next(table for table in told["tables"] if table["name"] == "customers")["files"]
    assert {"name", "email", "phone", "street", "postcode"} <= set(records["unmapped"])
    assert {guess["role"] for guess in records["guesses"]} == {"customer_id", "region", "kind", "payer_id", "account_manager"}
    assert [fact["value"] for fact in records["facts"] if fact["name"] == "email"] == ["left out"]
    assert {row["region"] for row in ledger(both[1], "customers.parquet")} == {"Nord", "Süd"}


def test_every_text_of_every_table_is_tagged() -> None:
    """Who adds a role says in register/personal.toml whether it tells of a person; until then its cells are not read."""
    texts = {(name, role.name) for name, table in tables().items() for role in table.roles if SQL_TYPES[role.type] == "VARCHAR"}
    texts |= {("transactions", role.name) for role in transactions.ROLES if role.type == "VARCHAR"}
    tagged = [(name, role) for name in (*tables(), "transactions") for part in vars(personal(name)).values() for role in part]
    assert len(tagged) == len(set(tagged))
    assert sorted(texts - set(tagged)) == []
    ids = {(name, role) for name, role in texts if role in ("customer_id", "recommender_id", "parent_id", "payer_id")}
    assert ids == {(name, role) for name in (*tables(), "transactions") for role in personal(name).ids}
    assert personal("contacts").leaves_out("a_role_of_tomorrow", is_text=True)
    assert not personal("contacts").leaves_out("duration_minutes", is_text=False)


# ---- the same values --------------------------------------------------------------------------------------------------


def test_each_customer_has_the_same_row_as_with_plain_numbers(both: tuple[Path, Path]) -> None:
    plain, hidden = both
    """Apart from the place among customers of equal value, which goes by the number."""
    found, before = ({row.pop("customer_id"): {**row, "share_before": None} for row in rows(folder)} for folder in (hidden, plain))
    assert {known_as(hidden, number): row for number, row in before.items()} == found
    assert manifest(hidden)["totals"] == manifest(plain)["totals"]
    assert manifest(hidden)["reconciliation"] == manifest(plain)["reconciliation"]
    assert (manifest(hidden)["pseudonymised"], manifest(plain)["pseudonymised"]) == (True, False)


def test_records_break_the_same_rules_and_count_the_same(both: tuple[Path, Path]) -> None:
    for name in ("rejects.parquet", "table_rejects.parquet"):
        before, after = ([{key: row[key] for key in row if key != "raw"} for row in ledger(folder, name)] for folder in both)
        assert before == after
        assert {row["raw"].strip(" |") for row in ledger(both[1], name)} <= {"", "the record cannot be split into cells"}
    one, two = (manifest(folder)["company"] for folder in both)
    assert [(table["name"], table["totals"], table["broken"]) for table in one["tables"]] == [
        (table["name"], table["totals"], table["broken"]) for table in two["tables"]
    ]
    assert one["links"] == two["links"]
    assert one["coverage"] == two["coverage"]


def test_payers_and_staff_are_the_same_word_wherever_they_stand(both: tuple[Path, Path]) -> None:
    hidden = both[1]
    records = {row["customer_id"]: row for row in ledger(hidden, "customers.parquet")}
    erika = records[known_as(hidden, "K0045")]
    assert erika["payer_id"] == known_as(hidden, "K0008")
    assert erika["account_manager"].startswith("M-")
    assert {row["person"] for row in ledger(hidden, "contacts.parquet")} == {erika["account_manager"]}
    assert {row["person"] for row in ledger(hidden, "ratings.parquet")} == {erika["account_manager"]}


def test_lines_behind_a_figure_are_found_by_the_plain_number(both: tuple[Path, Path]) -> None:
    plain, hidden = both
    assert [line.amount for line in lines_of(hidden, "K0045").lines] == [line.amount for line in lines_of(plain, "K0045").lines]


# ---- key and links ----------------------------------------------------------------------------------------------------


@pytest.mark.skipif(sys.platform == "win32", reason="Windows knows no such rights")
def test_key_and_links_lie_beside_the_project_for_their_owner_alone(both: tuple[Path, Path]) -> None:
    hidden = both[1]
    for name in ("hidden.key", "hidden.links.parquet"):
        assert stat.S_IMODE((hidden.parent / name).stat().st_mode) == 0o600
    assert not list(hidden.rglob("*.key")) or {path.name for path in hidden.rglob("*.key")} == {"register.key"}


def test_who_has_key_and_links_is_told_the_number_and_the_log_tells_who_asked(hidden: Path) -> None:
    erika = known_as(hidden, "K0045")
    found = reidentify(hidden, [erika, f" {erika} ", "P-" + "0" * 20], by="Eva", clock=NOW)
    assert [(one.pseudonym, one.customer_id) for one in found] == [(erika, "K0045"), ("P-" + "0" * 20, "")]
    last = Register(hidden).log()[-1]
    assert (last["action"], last["subject"]) == ("reidentify", Register(hidden).key().of(erika))
    assert entries(hidden)[-1].action == "reidentify"


@pytest.mark.slow
def test_telling_back_needs_key_links_and_a_name(hidden: Path) -> None:
    erika = known_as(hidden, "K0045")
    with pytest.raises(DataError, match="'K0045' is no pseudonym") as caught:
        reidentify(hidden, ["K0045"], by="", clock=NOW)
    assert len(caught.value.problems) == 2
    links = hidden.parent / "hidden.links.parquet"
    links.rename(links.with_suffix(".away"))
    with pytest.raises(DataError, match="links of the pseudonyms are not there"):
        reidentify(hidden, [erika], by="Eva", clock=NOW)
    check_project(hidden, {"threads": "1"}, progress=Progress())
    assert reidentify(hidden, [erika], by="Eva", clock=NOW)[0].customer_id == "K0045"
    (hidden.parent / "hidden.key").unlink()
    with pytest.raises(StorageError, match="key of the pseudonyms is not where it should be"):
        reidentify(hidden, [erika], by="Eva", clock=NOW)


def test_without_the_key_plain_numbers_are_not_understood_and_pseudonyms_still_are(hidden: Path) -> None:
    erika = known_as(hidden, "K0045")
    (hidden.parent / "hidden.key").unlink()
    with pytest.raises(StorageError, match="key of the pseudonyms"):
        rate(hidden, "K0045", "Imagefaktor", "7", reason="x", by="Eva", clock=NOW)
    assert rate(hidden, erika, "Imagefaktor", "7", reason="x", by="Eva", clock=NOW).content["customer_id"] == erika
    with pytest.raises(StorageError, match="key of the pseudonyms"):
        value(hidden, collective="K0011")


def test_the_key_of_another_project_is_refused(hidden: Path) -> None:
    (hidden.parent / "hidden.key").write_text("ab" * 32 + "\n", encoding="ascii")
    with pytest.raises(StorageError, match=r"hidden\.key is the key of another project"):
        known_as(hidden, "K0045")


def test_two_projects_give_a_customer_different_pseudonyms(tmp_path: Path) -> None:
    one, two = (project(tmp_path / name, pseudonymised=True) for name in ("one", "two"))
    assert known_as(one, "K0045") != known_as(two, "K0045")
    assert known_as(one, " K0045 ") == known_as(one, "K0045") == known_as(one, known_as(one, "K0045"))


def test_the_key_may_lie_where_the_project_says_but_not_in_the_project(tmp_path: Path) -> None:
    folder = project(tmp_path / "shop", pseudonymised=True, more='pseudonym_key = "../safe/my.key"\n')
    known_as(folder, "K0045")
    assert (tmp_path / "safe" / "my.key").is_file()
    inside = project(tmp_path / "inside", pseudonymised=True, more='pseudonym_key = "keys/my.key"\n')
    with pytest.raises(SettingsError, match="lies in the project"):
        read(inside)


# ---- no mixture -------------------------------------------------------------------------------------------------------


def test_a_project_that_holds_plain_numbers_does_not_change_its_mind(both: tuple[Path, Path], tmp_path: Path) -> None:
    shutil.copytree(both[0], tmp_path / "plain")
    file = tmp_path / "plain" / "kundenwert.toml"
    file.write_text("pseudonymised = true\n" + file.read_text(encoding="utf-8"), encoding="utf-8")
    with pytest.raises(SettingsError, match=r"already holds plain customer numbers \(ledger, runs, register\)"):
        read(tmp_path / "plain")


def test_nor_does_one_with_pseudonyms(hidden: Path) -> None:
    file = hidden / "kundenwert.toml"
    file.write_text(file.read_text(encoding="utf-8").replace("pseudonymised = true", ""), encoding="utf-8")
    with pytest.raises(SettingsError, match="was begun with pseudonyms"):
        read(hidden)
    with pytest.raises(SettingsError, match="was begun with pseudonyms"):
        objection(hidden, "K0045", reason="", by="Eva", clock=NOW)


@pytest.mark.parametrize(
    ("line", "words"), [('pseudonymised = "ja"', "pseudonymised = 'ja'"), ("pseudonymised = true\npseudonym_key = 1", "= 1")]
)
def test_wrong_settings_are_told(tmp_path: Path, line: str, words: str) -> None:
    folder = project(tmp_path / "shop", pseudonymised=False, more=f"{line}\n")
    with pytest.raises(SettingsError, match=words):
        read(folder)


def test_what_is_decided_before_the_first_run_is_kept_under_the_pseudonym(tmp_path: Path) -> None:
    folder = project(tmp_path / "shop", pseudonymised=True)
    objection(folder, "K0045", reason="", by="Eva", clock=NOW)
    assert [row.content["customer_id"] for row in Register(folder).rows("objections")] == [known_as(folder, "K0045")]
    assert list(telling(folder)) == []


def test_a_plain_project_has_nothing_to_tell_back(both: tuple[Path, Path]) -> None:
    assert of_folder(both[0]) is None
    with pytest.raises(CallError, match="works with plain customer numbers"):
        reidentify(both[0], ["K0045"], by="Eva", clock=NOW)


def test_init_begins_a_project_with_pseudonyms_and_writes_no_number(tmp_path: Path) -> None:
    project(tmp_path / "other", pseudonymised=False)
    files = [tmp_path / "exports" / name for name in ("sales-1.csv", "kunden.csv")]
    init(tmp_path / "begun", files, Wanted(), {"threads": "1"}, progress=Progress(), pseudonymised=True)
    assert list(telling(tmp_path / "begun")) == []
    assert read(tmp_path / "begun").pseudonyms is not None


# ---- erasure ----------------------------------------------------------------------------------------------------------


def linked(folder: Path) -> set[str]:
    return set(pq.read_table(folder.parent / "hidden.links.parquet").column("customer_id").to_pylist())


@pytest.mark.slow
def test_an_erasure_takes_the_link_too_and_a_later_load_does_not_bring_it_back(hidden: Path) -> None:
    erika, before = known_as(hidden, "K0045"), manifest(hidden)["totals"]["revenue"]
    assert "K0045" in linked(hidden)
    certificate = erase(hidden, "K0045", by="DPO", clock=NOW)
    assert certificate.totals_hold
    assert certificate.remaining == ()
    assert {place.folder: place.files for place in certificate.places}["links of the pseudonyms"] == {"hidden.links.parquet": 1}
    assert linked(hidden) >= {"K0008", "N0003"}
    assert "K0045" not in linked(hidden)
    assert reidentify(hidden, [erika], by="Eva", clock=NOW)[0].customer_id == ""
    shutil.rmtree(hidden / "ledger")
    value(hidden)
    assert "K0045" not in linked(hidden)
    assert erika not in {row["customer_id"] for row in rows(hidden)}
    assert manifest(hidden)["totals"]["revenue"] == before
    for path in (path for path in hidden.rglob("*") if path.is_file()):
        text = json.dumps(pq.read_table(path).to_pylist(), default=str) if path.suffix == ".parquet" else path.read_text(encoding="utf-8")
        assert erika not in text


@pytest.mark.slow
def test_a_person_is_erased_by_the_pseudonym_as_well(hidden: Path) -> None:
    assert erase(hidden, known_as(hidden, "K0009"), by="DPO", clock=NOW).totals_hold
    assert "K0009" not in linked(hidden)
    with pytest.raises(KundenwertError, match="has never known"):
        erase(hidden, "K99999", by="DPO", clock=NOW)

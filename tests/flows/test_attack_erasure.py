"""Places and spellings in which an erased person could stay, and what must not go with her: each is tried."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import exports
import pyarrow.parquet as pq
import pytest

from kundenwert.engines import open_engine
from kundenwert.errors import DataError
from kundenwert.flows import run as running
from kundenwert.flows import scrubbing
from kundenwert.flows.audit import check
from kundenwert.flows.erasure import Certificate, erase
from kundenwert.flows.look import manifest
from kundenwert.flows.objection import objection
from kundenwert.flows.progress import Progress
from kundenwert.flows.register import rate
from kundenwert.flows.run import run
from kundenwert.register.book import Register
from kundenwert.register.erased import Erased, canonical_name, erased, hashes, variants
from kundenwert.register.keys import Key

NOW = datetime(2025, 6, 1, 9, 30, tzinfo=UTC)
SETTINGS = 'currency = "EUR"\nmargin = 0.3\n'
# The number is part of others, which belong to other people.
WHO, OTHERS = "K0004", ("K00041", "XK0004", "k0004", "K0004-1", "K000")
NAME = "Jörg Müßig-Vogel"
SPELLINGS = (
    "Jörg Müßig-Vogel", "JÖRG MÜSSIG-VOGEL", "Joerg Muessig-Vogel", "Müßig-Vogel, Jörg", "Vogel Jörg Müßig", "Herr  Jörg  Müßig Vogel",
    "jörg_müßig_vogel",
)  # fmt: skip
FREE_TEXTS = SPELLINGS[:4]


def lines() -> list[tuple[Any, ...]]:
    """A small shop; somebody wrote the name into a record that cannot be booked, in every spelling."""
    day = exports.FIRST_DAY + timedelta(days=650)
    others = [(who, day, f"R{who}", "A", 1, "33.00", "") for who in OTHERS]
    bad = [(f"K00{number:02}", f"so {name} said", f"X{number}", "A", 1, "1.00", "") for number, name in enumerate(SPELLINGS, start=10)]
    return [*exports.shop(customers=30), *others, *[tuple(f'"{cell}"' for cell in line) for line in bad]]


def project(folder: Path) -> Path:
    exports.write(folder / "exports" / "sales-1.csv", lines())
    records = [(WHO, NAME, "j.mv@muster.example"), ("K0008", "Jörg Vogelsang", "joerg@muster.example"), ("K0009", "Müßig GmbH", "")]
    exports.write(folder / "exports" / "kunden.csv", records, ("customer_id", "name", "email"))
    contacts = [(f"V{number}", "K0009", "2024-03-05", f'"traf {name} dort"') for number, name in enumerate(FREE_TEXTS)]
    contacts += [("V90", "K0009", "2024-03-05", "Jörg Vogelsang"), ("V91", "K0009", "2024-03-06", "K00041 fragt")]
    exports.write(folder / "exports" / "kontakte.csv", contacts, ("kontaktnr", "customer_id", "kontaktdatum", "kontaktgrund"))
    (folder / "kundenwert.toml").write_text(
        f'{SETTINGS}[[sources]]\nfiles = ["exports/sales-*.csv"]\n'
        '[tables.customers]\nfiles = ["exports/kunden.csv"]\n[tables.contacts]\nfiles = ["exports/kontakte.csv"]\n',
        encoding="utf-8",
    )
    return folder


def value(folder: Path) -> None:
    def told(building: Path, figures: Any, _: str) -> None:
        page = f'<html><p>Look at {WHO}, K00041 and {NAME.upper()}.</p><td title="{WHO}">1</td><p>{WHO.lstrip("K")}</p></html>'
        (building / "report.html").write_text(page, encoding="utf-8")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(running, "_write_reports", told)
        run(folder, {"threads": "1"}, clock=NOW, progress=Progress())


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = project(tmp_path_factory.mktemp("shop"))
    value(folder)
    rate(folder, "K0009", "Imagefaktor", "3", reason=f"Vetter von {SPELLINGS[3]} ({WHO})", by="Eva", clock=NOW)
    rate(folder, "K0008", "Imagefaktor", "5", reason="K00041 kennt ihn", by="Eva", clock=NOW)
    return folder


@pytest.fixture(scope="module")
def gone(shop: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Certificate]:
    folder = tmp_path_factory.mktemp("gone") / "shop"
    shutil.copytree(shop, folder)
    return folder, erase(folder, WHO, by="DPO", clock=NOW)


def table(path: Path) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = pq.read_table(path).to_pylist()
    return rows


def ledger_of(folder: Path) -> Path:
    return folder / "ledger" / manifest(folder)["ledger"]


def everything(folder: Path) -> str:
    """All that is below a project but its inputs, unpacked."""
    found = []
    for path in (path for path in sorted(folder.rglob("*")) if path.is_file() and path.parent.name != "exports"):
        found.append(json.dumps(table(path), default=str, ensure_ascii=False) if path.suffix == ".parquet" else path.read_text("utf-8"))
    return "\n".join(found)


def person() -> Erased:
    """Known by keyed hashes only, as from a later load on."""
    key = Key(bytes(range(32)))
    row = hashes(key, WHO, [NAME])
    return Erased(key, frozenset({row["id"]}), frozenset(row["words"]))


# ---- spellings --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", SPELLINGS)
def test_a_name_is_known_in_each_spelling_by_its_hash_and_in_a_running_text(name: str) -> None:
    assert canonical_name(name) == canonical_name(NAME)
    assert person().is_cell(name)
    # Once the person is known in the clear, also within a sentence.
    known = person().knowing([WHO], [NAME])
    if name in (*FREE_TEXTS, SPELLINGS[6]):
        assert known.is_in(f"gestern {name} getroffen")


@pytest.mark.parametrize("other", ["Jörg Vogelsang", "Jörg Müßig", "Müßig GmbH", "Anna Müßig-Vogel", "Vogel", "Jörgs Müßig-Vogelhaus"])
def test_another_name_is_not_taken_for_it(other: str) -> None:
    known = person().knowing([WHO], [NAME])
    assert not known.is_cell(other)
    assert not known.is_in(f"gestern {other} getroffen")


@pytest.mark.parametrize(
    "cell", [*SPELLINGS, "Jörg Vogelsang", "x", "", f"a;{SPELLINGS[1]};b", "K0009;Müßig-Vogel;Jörg;1", "K0009;Müßig;Anna;1"]
)
def test_the_engine_and_python_agree_on_who_is_named(cell: str) -> None:
    with open_engine(threads=1) as engine:
        scrubbing.prepare(engine, person())
        engine.load("asked", {"raw": [cell]})
        assert bool(scrubbing.names_in(engine, "asked", "raw")) == person().is_in(cell)


def test_a_mail_address_is_no_name_whose_parts_may_change_places() -> None:
    assert variants("a.b@c.example") == r"a\.b@c\.example"


def test_no_spelling_is_left_anywhere_below_the_project(gone: tuple[Path, Certificate], shop: Path) -> None:
    folder, certificate = gone
    before, after = everything(shop).lower(), everything(folder).lower()
    for name in (*SPELLINGS[:4], "j.mv@muster.example", "Müßig-Vogel"):
        assert name.lower() in before
        assert name.lower() not in after
    assert certificate.remaining == ()


def test_what_only_looks_alike_stays(gone: tuple[Path, Certificate]) -> None:
    folder, _ = gone
    contacts = {row["contact_id"]: row["purpose"] for row in table(ledger_of(folder) / "contacts.parquet")}
    assert (contacts["V90"], contacts["V91"]) == ("Jörg Vogelsang", "K00041 fragt")
    assert [contacts[f"V{number}"] for number in range(4)] == [None] * 4
    assert {row["name"] for row in table(ledger_of(folder) / "customers.parquet")} == {"Jörg Vogelsang", "Müßig GmbH"}


def test_numbers_that_hold_the_number_belong_to_others_and_stay_to_the_last_line(gone: tuple[Path, Certificate], shop: Path) -> None:
    before, after = (table(ledger_of(folder) / "transactions.parquet") for folder in (shop, gone[0]))
    for other in OTHERS:
        assert [row for row in after if row["customer_id"] == other] == [row for row in before if row["customer_id"] == other] != []
    values = {row["customer_id"]: row for row in table(gone[0] / "runs" / manifest(gone[0])["run"] / "customers.parquet")}
    assert set(OTHERS) < set(values)
    assert WHO not in values


# ---- what people wrote, and pages -------------------------------------------------------------------------------------


def test_a_rating_of_somebody_else_keeps_its_points_and_loses_the_name_in_its_reason(gone: tuple[Path, Certificate]) -> None:
    folder, certificate = gone
    first, second = Register(folder).rows("ratings")
    assert first.content == {"customer_id": "K0009", "criterion": "Imagefaktor", "points": "3", "reason": "Vetter von erased (erased)"}
    assert (first.by, first.number) == ("Eva", 1)
    assert second.content["reason"] == "K00041 kennt ihn"
    assert certificate.rows == 1
    assert check(folder) > 3


def test_a_page_that_mentions_the_person_outside_of_lists_is_covered(gone: tuple[Path, Certificate]) -> None:
    folder, _ = gone
    text = (folder / "runs" / manifest(folder)["run"] / "report.html").read_text(encoding="utf-8")
    assert text == '<html><p>Look at erased, K00041 and erased.</p><td title="erased">1</td><p>0004</p></html>'


def test_a_file_called_by_the_name_is_told(shop: Path, tmp_path: Path) -> None:
    folder = tmp_path / "shop"
    shutil.copytree(shop, folder)
    (folder / "vertrag_jörg_müßig_vogel.txt").write_text("", encoding="utf-8")
    (folder / f"{WHO} alt.txt").write_text("", encoding="utf-8")
    (folder / "K00041.txt").write_text("", encoding="utf-8")
    assert erase(folder, WHO, by="DPO", clock=NOW).remaining == (f"{WHO} alt.txt", "vertrag_jörg_müßig_vogel.txt")


# ---- calls ------------------------------------------------------------------------------------------------------------


def test_blanks_around_the_number_do_not_matter_but_its_letters_do(shop: Path, tmp_path: Path) -> None:
    folder = tmp_path / "shop"
    shutil.copytree(shop, folder)
    assert erase(folder, f" {WHO} ", by="DPO", clock=NOW).totals_hold
    with pytest.raises(DataError, match="has never known 'k00041'"):
        erase(folder, "k00041", by="DPO", clock=NOW)


def test_a_second_erasure_changes_nothing_more_and_says_so(gone: tuple[Path, Certificate], tmp_path: Path) -> None:
    folder = tmp_path / "shop"
    shutil.copytree(gone[0], folder)
    before = {path.name: path.read_bytes() for path in folder.rglob("*.parquet")}
    again = erase(folder, WHO, by="DPO", clock=NOW)
    assert (again.erasure, again.rows, again.totals_hold, again.places) == (2, 0, True, ())
    assert {path.name: path.read_bytes() for path in folder.rglob("*.parquet")} == before
    assert check(folder) > 5


@pytest.mark.slow
def test_neither_the_same_export_nor_a_new_one_brings_the_person_back(gone: tuple[Path, Certificate], tmp_path: Path) -> None:
    folder = tmp_path / "shop"
    shutil.copytree(gone[0], folder)
    revenue = manifest(folder)["totals"]["revenue"]
    shutil.rmtree(folder / "ledger")
    value(folder)
    assert manifest(folder)["totals"]["revenue"] == revenue
    day = exports.FIRST_DAY + timedelta(days=699)
    new = [(WHO, day, "R-NEU", "A", 1, "12.34", ""), ("K0004-1", day, "R-NEU2", "A", 1, "1.00", "")]
    exports.write(folder / "exports" / "sales-2.csv", [*new, ("K0012", f"neulich {SPELLINGS[2]}", "X9", "A", 1, "1.00", "")])
    (folder / "exports" / "kunden.csv").write_text(f"customer_id,name,email\n{WHO},{SPELLINGS[1]},neu@muster.example\n", encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(running, "_write_reports", lambda building, *_: (building / "report.html").write_text("", encoding="utf-8"))
        run(folder, {"threads": "1"}, clock=NOW, progress=Progress(), publish=True)
    rows = {row["customer_id"]: row for row in table(folder / "runs" / manifest(folder)["run"] / "customers.parquet")}
    assert WHO not in rows
    text = everything(folder / "runs" / manifest(folder)["run"]) + everything(ledger_of(folder))
    for trace in ('"R-NEU"', SPELLINGS[1], "neu@muster"):
        assert trace not in text


def test_an_objection_to_be_erased_goes_with_the_person(shop: Path, tmp_path: Path) -> None:
    folder = tmp_path / "shop"
    shutil.copytree(shop, folder)
    objection(folder, WHO, reason=f"{NAME} schrieb", by="Eva", clock=NOW)
    erase(folder, WHO, by="DPO", clock=NOW)
    assert Register(folder).rows("objections") == []
    assert erased(folder) is not None
    assert check(folder) > 5

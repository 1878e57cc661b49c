"""The sheet of a key account: a customer and its group on one page, whatever is known of them, and nobody who objected."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import plain_runs
import pytest

from kundenwert.errors import CallError, DataError, UnknownName
from kundenwert.flows.accounts import account
from kundenwert.flows.objection import objection
from kundenwert.flows.report import account_report
from kundenwert.reports._page import Block, Facts, Page, Points, Table
from kundenwert.reports.account_sheet import page

NOW = datetime(2025, 6, 1, 9, 30, tzinfo=UTC)
MEMBERS = 14


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A group of many customers, each with sales, contacts and complaints, and one customer that stands alone."""
    folder = tmp_path_factory.mktemp("accounts")
    sales, people = ["customer_id,date,amount,cost"], ["customer_id,name,parent_id,city,account_manager,kind"]
    contacts = ["contact_id,customer_id,date,channel,purpose,person"]
    complaints = ["complaint_id,customer_id,date,category,resolved_on"]
    for who in range(MEMBERS):
        parent = "" if who == 0 else "K00"
        people.append(f"K{who:02},Tochter mit einem recht langen Namen Nummer {who},{parent},Stadt {who},Anna Berg,Firma")
        sales += [f"K{who:02},{year}-0{1 + who % 9}-05,{100 + who}.00,60.00" for year in (2023, 2024, 2025) if (year, who % 9) < (2025, 5)]
        contacts += [f"{10 * who + turn},K{who:02},2025-0{1 + turn}-11,Besuch,Bedarf,Bert Amsel" for turn in range(3)]
        complaints.append(f"{who},K{who:02},2025-02-0{1 + who % 9},Ware beschädigt,{'' if who == 3 else '2025-03-01'}")
    people.append("E1,Einzelhaus,,Ulm,,Firma")
    sales += ["E1,2024-03-05,50.00,20.00"]
    for name, lines in (("sales", sales), ("people", people), ("contacts", contacts), ("complaints", complaints)):
        (folder / f"{name}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    tables = "".join(
        f'[tables.{table}]\nfiles = ["{file}.csv"]\n'
        for table, file in (("customers", "people"), ("contacts", "contacts"), ("complaints", "complaints"))
    )
    (folder / "kundenwert.toml").write_text(
        f'title = "Laden"\ncurrency = "EUR"\n[[sources]]\nfiles = ["sales.csv"]\n{tables}', encoding="utf-8"
    )
    plain_runs.value(folder, clock=NOW)
    return folder


def texts(made: Page) -> Iterator[str]:
    yield from (made.message, made.lead)
    for section in made.sections:
        yield from (section.message, section.subject, section.unit, section.note)
        for block in section.blocks:
            yield from _texts(block)


def _texts(block: Block) -> Iterator[str]:
    if isinstance(block, Facts):
        yield from (text for fact in block.facts for text in fact)
    elif isinstance(block, Table):
        yield from (cell.text for row in block.rows for cell in row.cells)
    elif isinstance(block, Points):
        yield from block.points


def pages_of(path: Path) -> int:
    return max(int(count) for count in re.findall(rb"/Count (\d+)", path.read_bytes()))


def test_a_customer_stands_with_its_whole_group(project: Path) -> None:
    found = account(project, "K05")
    assert len(found.members) == MEMBERS
    assert found.together["past"] == sum((one["past"] for one in found.members), Decimal(0))
    assert found.years[0]["year"] == 2025
    assert found.counts == {"contacts": 3 * MEMBERS, "complaints": MEMBERS, "open_complaints": 1, "measures": 0}
    assert [dict(one) for one in found.team] == [
        {"person": "Anna Berg", "customers": MEMBERS, "contacts": 0},
        {"person": "Bert Amsel", "customers": 0, "contacts": 3 * MEMBERS},
    ]
    assert found.contacts[0]["date"] == date(2025, 3, 11)


def test_what_comparable_customers_buy_is_no_demand_of_which_a_share_is_ours(project: Path) -> None:
    found = account(project, "E1")
    known = {"revenue_year": Decimal(100), "potential_revenue": Decimal(100), "gap_revenue": Decimal(0)}
    benchmark = replace(found, members=[{**found.members[0], "potential_source": "peers"}], together={**found.together, **known})
    told = set(texts(page(benchmark, "en")))
    assert "Comparable customers buy" in told
    assert "Our share" not in told
    estimated = replace(benchmark, members=[{**found.members[0], "potential_source": "visit report"}])
    assert "Our share" in set(texts(page(estimated, "en")))


def test_a_customer_without_group_stands_alone(project: Path) -> None:
    found = account(project, "E1")
    assert [one["customer_id"] for one in found.members] == ["E1"]
    assert not found.is_group
    assert "Einzelhaus" in page(found, "de").message


@pytest.mark.parametrize("lang", ["de", "en"])
@pytest.mark.parametrize("customer", ["K00", "E1"])
def test_the_sheet_is_one_page(project: Path, tmp_path: Path, customer: str, lang: str) -> None:
    path = account_report(project, customer, tmp_path / "sheet.pdf", language=lang).path
    assert path.read_bytes().startswith(b"%PDF")
    assert pages_of(path) == 1


def test_the_page_names_result_group_contacts_and_team(project: Path) -> None:
    told = " ".join(texts(page(account(project, "K00"), "de")))
    for words in (
        "Die Gruppe hat 14 Kunden",
        "8 weitere Kunden sind oben mitgezählt.",
        "42 Kontakte",
        "1 offen",
        "Bert Amsel",
        "betreut von Anna Berg",
    ):
        assert words in told


def test_the_same_run_gives_the_same_bytes(project: Path, tmp_path: Path) -> None:
    one, other = (account_report(project, "E1", tmp_path / f"{name}.pdf").path.read_bytes() for name in ("a", "b"))
    assert one == other


def test_unknown_customers_and_other_endings_are_refused(project: Path, tmp_path: Path) -> None:
    with pytest.raises(UnknownName, match="K04"):
        account(project, "K0S")
    with pytest.raises(CallError, match=r"\.pdf"):
        account_report(project, "K05", tmp_path / "sheet.html")


def test_who_objected_has_no_sheet_and_stands_in_none(project: Path) -> None:
    objection(project, "K05", reason="Brief", by="Anna", clock=NOW)
    with pytest.raises(DataError, match="has objected"):
        account(project, "K05")
    found = account(project, "K00")
    assert (len(found.members), found.left_out) == (MEMBERS - 1, 1)
    assert not any("Nummer 5" in text or "K05" in text for text in texts(page(found, "de")))
    objection(project, "K05", reason="Brief", by="Anna", clock=NOW, withdraw=True)

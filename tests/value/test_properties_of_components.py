"""Properties of every component of value at once, on a small company that lends something to each of them (value-models.md, end).

Which euros, how many lines an order is written on, whether somebody invoiced and cancelled, and the currency of a line must not matter.
The company is valued three times, without look back and pages; each test then looks at the columns of one component.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from kundenwert import registry
from kundenwert.engines import open_engine
from kundenwert.example.company import NON_PRODUCTS, Company
from kundenwert.flows import contribution
from kundenwert.flows.components import join_components
from kundenwert.flows.features import write_features
from kundenwert.flows.ledger import open_ledger
from kundenwert.flows.progress import Progress
from kundenwert.flows.project import read
from kundenwert.flows.valuation import value
from kundenwert.flows.value_table import write_customers
from kundenwert.value import components as room
from kundenwert.value.components._component import Component

ALL = registry.names(room.ROOM)
FACTOR = 100
CLOCK = date(2026, 1, 5)
CENT = Decimal("0.01")
# Everything that is an amount of money in the tables of the company that components read.
MONEY = {
    "transactions": ("amount", "list_amount", "discount", "cost"),
    "customers": ("acquisition_cost", "potential"),
    "contacts": ("cost",),
    "complaints": ("cost",),
    "payments": ("amount", "paid_amount", "cash_discount"),
    "contracts": ("amount",),
    "activity_rates": ("rate",),
    "offers": ("amount",),
    "projects": ("benefit", "effort"),
}
READ = (*MONEY, "referrals", "ratings", "activities", "leads", "rates")
# Places of customers among each other are read off amounts that end at a cent.
NEAR = 2e-4
# Of customers with less to come, a cent more or less shows in what is reckoned from it: what is at stake, and who stands before whom.
LITTLE = 50
# Booked money of a customer: of two records that turn out to be one customer, these add up.
BOOKED = ("revenue", "past", "db1", "db2", "db3", "db4", "revenue_year", "db1_year", "db2_year", "db3_year", "db4_year", "contract_fee")
OF_BOOKED = ("contracts", "peers", "potential", "score")
FOR_BOOKED = ("transactions", "customers", "contacts", "complaints", "payments", "contracts", "activities", "activity_rates", "rates")

Row = Mapping[str, Any]
Records = dict[str, list[dict[str, Any]]]


@dataclass(frozen=True)
class Found:
    """The value table, a row a customer, and the components that could be told."""

    rows: Mapping[str, Row]
    told: frozenset[str]

    def of(self, component: Component) -> dict[str, dict[str, Any]]:
        return {who: {name: row[name] for name in component.columns} for who, row in self.rows.items()}


def settings(factor: int, tables: Iterable[str]) -> str:
    """A project file that leaves no component without what it needs; its amounts times factor."""
    files = "".join(f'[tables.{name}]\nfiles = ["{name}.parquet"]\n' for name in tables if name != "transactions")
    return f"""title = "Baubedarf"
currency = "EUR"
preset = "wholesale"
model = "mbg_nbd"
non_products = {list(NON_PRODUCTS)}
threads = 1
[[sources]]
files = ["transactions.parquet"]
{files}
[criteria]
money = "tariff"
[criteria.tariff]
Imagefaktor = {25 * factor}
[components.contracts]
least = 5
free_cost = {factor}
[components.cross_selling]
contact_cost = {2 * factor}
[components.information]
usable = 0.33
benefit = {900 * factor}
handling = {40 * factor}
[components.recommendation]
review_worth = {30 * factor}
[components.reference]
contacts = 20
rate = 0.05
volume = {1200 * factor}
[components.referral]
saved = {80 * factor}
cost = {15 * factor}
[definition]
adds = ["information", "cooperation", "ideational", "credit_risk"]
"""


def reckoned(folder: Path, records: Records, schemas: Mapping[str, pa.Schema], factor: int = 1, only: Sequence[str] = ALL) -> Found:
    """The components of these records: a run without its look back, its pages and what it says of itself."""
    for name in records:
        pq.write_table(pa.Table.from_pylist(records[name], schemas[name]), folder / f"{name}.parquet")
    (folder / "kundenwert.toml").write_text(settings(factor, records), encoding="utf-8")
    project, customers, progress = read(folder, {}), folder / "customers.parquet", Progress()
    (folder / "scratch").mkdir(exist_ok=True)
    with open_engine(threads=1) as engine, pytest.MonkeyPatch.context() as patch:
        patch.setattr(room, "components", lambda: {name: _component(name) for name in only})
        _, loaded = open_ledger(engine, folder, project.inputs, project.settings, scratch=folder / "scratch", progress=progress)
        valued = value(engine, loaded, project.settings, clock=CLOCK, progress=progress)
        contributed = contribution.build(engine, loaded, project.settings, project.preset, valued)
        write_customers(engine, valued, customers, more=contributed.columns)
        path = folder / "features.parquet"
        described: Collection[str] = ()
        if only == ALL:
            described = write_features(
                engine, loaded, valued.as_of, customers=customers, path=path, progress=progress, preset=project.preset
            )
        joined = join_components(engine, project, loaded, valued, customers=customers, features=described, progress=progress)
    return Found({row["customer_id"]: row for row in pq.read_table(customers).to_pylist()}, frozenset(joined.facts))


@pytest.fixture(scope="module")
def schemas() -> dict[str, pa.Schema]:
    return {}


@pytest.fixture(scope="module")
def records(schemas: dict[str, pa.Schema]) -> Records:
    company = Company.founded(seed=3, customers=110)
    while company.last_day < date(2025, 12, 31):
        company = company.advance("quarter")
    tables = company.tables()
    schemas |= {name: table.schema for name, table in tables.items()}
    found = {name: tables[name].to_pylist() for name in READ}
    # Nobody of so few gave a permission in writing, without which an image is no money.
    allowed = {"criterion": "Imagefaktor", "points": 8, "reason": "Logo schriftlich erlaubt", "person": "Eva", "date": date(2025, 5, 5)}
    return {**found, "ratings": [*found["ratings"], {**allowed, "customer_id": "10001"}]}


Reckon = Callable[..., Found]


@pytest.fixture(scope="module")
def reckon(tmp_path_factory: pytest.TempPathFactory, schemas: dict[str, pa.Schema]) -> Reckon:
    # In one folder: tables that are as they were are not read again.
    folder = tmp_path_factory.mktemp("properties")
    return lambda records, *how: reckoned(folder, records, schemas, *how)


@pytest.fixture(scope="module")
def plain(records: Records, reckon: Reckon) -> Found:
    return reckon(records)


def _times(row: Row, columns: Sequence[str], factor: Decimal | int = FACTOR) -> dict[str, Any]:
    return {name: row[name] * factor for name in columns if row[name] is not None}


@pytest.fixture(scope="module")
def rewritten(records: Records, reckon: Reckon) -> Found:
    """The same business on other papers and in smaller coin: orders on more lines, in another currency, an invoice cancelled in full, and
    FACTOR as much of every amount.
    """
    whole = _without_returns(records["transactions"])
    lines = [part for row in _in_another_currency(records["transactions"]) for part in _split(row, whole)]
    assert len(lines) > 1.1 * len(records["transactions"])
    assert sum(row["currency"] == "XTS" for row in lines) > 0.2 * len(lines)
    papers = {**records, "transactions": [*lines, *_invoiced_and_cancelled(records)], "rates": [*records["rates"], *_halves(records)]}
    return reckon({name: [{**row, **_times(row, MONEY.get(name, ()))} for row in rows] for name, rows in papers.items()}, FACTOR)


def _without_returns(rows: Sequence[Row]) -> set[str]:
    """Customers of whom nothing ever came back: splitting a line changes what a part of it that comes back belongs to."""
    return {row["customer_id"] for row in rows} - {row["customer_id"] for row in rows if row["amount"] < 0}


def _split(row: dict[str, Any], whole: set[str]) -> Iterator[dict[str, Any]]:
    if row["customer_id"] not in whole:
        yield row
        return
    share = Decimal("0.25")
    part = {name: row[name] * share for name in ("quantity", "amount", "list_amount", "discount", "cost") if row[name] is not None}
    yield {**row, **part}
    yield {**row, **{name: row[name] - amount for name, amount in part.items()}}


def _in_another_currency(rows: Sequence[Row]) -> Iterator[dict[str, Any]]:
    """Every third document in XTS, of which two are a euro: the code that ISO 4217 keeps for tests."""
    for row in rows:
        if row["currency"] == "EUR" and row["document_id"] and int(row["document_id"][-1]) % 3 == 0:
            yield {**row, **_times(row, MONEY["transactions"], 2), "currency": "XTS"}
        else:
            yield dict(row)


def _halves(records: Records) -> list[dict[str, Any]]:
    days = sorted({row["date"] for row in records["transactions"]})
    return [{"date": day, "currency": "XTS", "rate": Decimal("0.5")} for day in days]


def _invoiced_and_cancelled(records: Records) -> list[dict[str, Any]]:
    sold = next(row for row in reversed(records["transactions"]) if row["amount"] > 500 and row["date"] < date(2025, 12, 1))
    day = sold["date"] + timedelta(days=3)
    invoice = {**sold, "date": day, "document_id": "100999999", "currency": "EUR"}
    back = {name: -invoice[name] for name in ("quantity", *MONEY["transactions"]) if invoice[name] is not None}
    return [invoice, {**invoice, **back, "date": day + timedelta(days=2), "document_id": "200999999", "kind": "Storno"}]


@pytest.fixture(scope="module")
def merged(records: Records, reckon: Reckon) -> Found:
    """Two records that were one customer, under one number."""
    both = {"10005": "10004"}
    known = {name: [_renamed(row, both) for row in records[name] if not _is_record_of(name, row, both)] for name in FOR_BOOKED}
    return reckon(known, 1, OF_BOOKED)


def _is_record_of(name: str, row: Row, both: Mapping[str, str]) -> bool:
    return name == "customers" and row["customer_id"] in both


def _renamed(row: Row, both: Mapping[str, str]) -> dict[str, Any]:
    names = ("customer_id", "recommender_id", "parent_id", "payer_id")
    return {**row, **{name: both.get(row[name], row[name]) for name in names if name in row}}


def test_the_company_lends_something_to_every_component(plain: Found) -> None:
    assert sorted(plain.told) == sorted(ALL)
    empty = {name for name in ALL if all(cell is None for row in plain.of(_component(name)).values() for cell in row.values())}
    # Its cross-selling is no better than the most popular group, and then nothing is shown.
    assert empty <= {"cross_selling"}


def _component(name: str) -> Component:
    component: Component = registry.load(room.ROOM, name)
    return component


@pytest.mark.parametrize("name", ALL)
def test_other_papers_change_nothing_and_a_hundred_times_the_money_is_a_hundred_times_the_value(
    name: str, plain: Found, rewritten: Found
) -> None:
    before, after = plain.of(_component(name)), rewritten.of(_component(name))
    assert set(after) == set(before)
    assert sum(_has_little(row) for row in plain.rows.values()) < 0.2 * len(before)
    wrong = [
        (who, column, cell, after[who][column])
        for who, row in before.items()
        for column, cell in row.items()
        if not (_has_little(plain.rows[who]) or _is_times(cell, after[who][column]))
    ]
    assert wrong == []


def _has_little(row: Row) -> bool:
    return row["clv"] is not None and 0 <= row["clv"] < LITTLE


def _is_times(small: Any, large: Any) -> bool:
    """Amounts of money, known to a cent, times FACTOR; shares, counts and words as they were."""
    if isinstance(small, Decimal) and isinstance(large, Decimal):
        return abs(large - FACTOR * small) <= FACTOR * 2 * CENT + abs(large) * Decimal(str(NEAR))
    return _is_same(small, large)


def _is_same(one: Any, other: Any) -> bool:
    if isinstance(one, float) and isinstance(other, float):
        return one == pytest.approx(other, rel=NEAR, abs=NEAR)
    return bool(one == other)


@pytest.mark.parametrize("column", BOOKED)
def test_two_records_of_one_customer_bring_together_what_they_brought_apart(column: str, plain: Found, merged: Found) -> None:
    assert len(merged.rows) == len(plain.rows) - 1
    cells = [{who: row[column] or 0 for who, row in found.rows.items()} for found in (plain, merged)]
    assert sum(cells[1].values()) == sum(cells[0].values())
    assert abs(cells[1]["10004"] - cells[0]["10004"] - cells[0]["10005"]) <= CENT


def test_values_add_up_on_all_papers(plain: Found, rewritten: Found) -> None:
    """Value is past, clv and what the definition adds, and nothing is added twice."""
    added = ("information_value", "cooperation_value", "ideational_value", "credit_loss")
    for found in (plain, rewritten):
        for row in (row for row in found.rows.values() if row["level"] != "objected"):
            assert row["value"] == row["past"] + row["clv"] + sum(row[name] or 0 for name in added)

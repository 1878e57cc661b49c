"""Potential and cross-selling the whole way: from files to the run, and never into the value."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import exports
import pyarrow.parquet as pq
import pytest

from kundenwert.flows import run as flow
from kundenwert.flows.erasure import erase
from kundenwert.flows.look import manifest
from kundenwert.flows.objection import objection
from kundenwert.flows.progress import Progress
from kundenwert.flows.run import run
from kundenwert.flows.suggestions import suggestions_of

CLOCK = datetime(2026, 1, 10, 9, 0, tzinfo=UTC)
LAST = date(2025, 12, 31)
HEADER = ("Kundennr", "Rechnungsdatum", "Rechnungsnr", "Warengruppe", "Menge", "Nettobetrag", "Wareneinsatz")
SETTINGS = """title = "Handel"
currency = "EUR"
horizon = "6m"
model = "mbg_nbd"
[components.potential]
reach = 0.5
[tables.customers]
files = ["kunden.csv"]
"""


def lines() -> list[tuple[Any, ...]]:
    """Painters buy farben and take up folien, roofers ziegel and latten; W buys for 500 a month at a cost of 400."""
    drawn = random.Random(1)
    found: list[tuple[Any, ...]] = []
    for number in range(110):
        name, entry, later = (f"P{number:03}", "farben", "folien") if number % 2 else (f"R{number:03}", "ziegel", "latten")
        starts = drawn.randrange(-400, 500)
        for ago in range(1 + number % 20, 570, 50):
            day = LAST - timedelta(days=ago)
            groups = [entry, "werkzeug", *([later] if ago <= starts else [])]
            found += [(name, day, f"{number}-{ago}", group, 1, 100, 70) for group in groups]
    found += [("W", LAST - timedelta(days=30 * month), f"W{month}", "werkzeug", 1, 500, 400) for month in range(12)]
    return sorted(found, key=lambda line: (line[1], line[0], line[3]))


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("potential")
    exports.write(folder / "exports" / "umsatz.csv", lines(), HEADER)
    known = {line[0] for line in lines()}
    records = [(name, "Handwerk", "", "", "") for name in sorted(known - {"W"})]
    records.append(("W", "Handwerk", 30_000, "Besuchsbericht", "2025-09-01"))
    exports.write(folder / "kunden.csv", records, ("Kundennr", "Branche", "Potenzial", "Potenzialquelle", "Potenzialdatum"))
    (folder / "kundenwert.toml").write_text(SETTINGS + '[[sources]]\nfiles = ["exports/*.csv"]\n', encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(flow, "_write_reports", lambda to, *_: (to / "report.html").write_text("<html></html>\n", encoding="utf-8"))
        run(folder, {"threads": "2"}, clock=CLOCK, progress=Progress())
    return folder


def table(project: Path, name: str) -> list[dict[str, Any]]:
    found = manifest(project)
    assert name in found["tables"]
    rows: list[dict[str, Any]] = pq.read_table(project / "runs" / found["run"] / name).to_pylist()
    return rows


def test_a_planted_share_of_wallet_of_a_fifth_comes_out_of_the_files(project: Path) -> None:
    (row,) = [row for row in table(project, "customers.parquet") if row["customer_id"] == "W"]
    assert (row["revenue_year"], row["potential_revenue"], row["share_of_wallet"]) == (Decimal("6000.00"), Decimal("30000.00"), 0.2)
    assert (row["db1_year"], row["gap"], row["gap_within_reach"]) == (Decimal("1200.00"), Decimal("4800.00"), Decimal("2400.00"))
    assert (row["potential_source"], row["potential_date"]) == ("Besuchsbericht", date(2025, 9, 1))


def test_the_others_are_held_against_their_industry(project: Path) -> None:
    rows = [row for row in table(project, "customers.parquet") if row["customer_id"] != "W"]
    compared = [row for row in rows if row["peer_revenue"] is not None]
    assert len(compared) > 80
    assert {(row["peer_attributes"], row["peer_group"], row["potential_source"]) for row in compared} == {("industry", "Handwerk", "peers")}
    found = manifest(project)["components"]["facts"]["potential"]
    assert sum(Decimal(gap) for _, _, gap in found["map"]["gaps"]) == sum(Decimal(one["gap"]) for one in found["potentials"])


def test_no_potential_is_part_of_the_value(project: Path) -> None:
    rows = table(project, "customers.parquet")
    assert sum(row["cross_selling"] or 0 for row in rows) > 0
    assert all(row["value"] == row["past"] + row["clv"] for row in rows)


def test_the_list_of_suggestions_stands_beside_the_value_table(project: Path) -> None:
    listed = table(project, "cross_selling.parquet")
    owned = {(line[0], line[3]) for line in lines()}
    assert listed
    assert not {(row["customer_id"], row["product_group"]) for row in listed} & owned
    assert {row["product_group"] for row in listed if row["rank"] == 1 and row["customer_id"][0] == "P"} >= {"folien"}
    worth = {row["customer_id"]: row["cross_selling"] for row in table(project, "customers.parquet") if row["next_group"]}
    for customer, amount in worth.items():
        assert amount == sum(row["expected_db"] for row in listed if row["customer_id"] == customer)


def test_the_suggestions_of_a_customer_are_told_until_it_objects_and_go_with_an_erasure(project: Path) -> None:
    first, second = list(dict.fromkeys(row["customer_id"] for row in table(project, "cross_selling.parquet")))[:2]
    told = suggestions_of(project, first)
    assert [one.rank for one in told] == list(range(1, len(told) + 1))
    assert told[0].span_days == manifest(project)["components"]["facts"]["cross_selling"]["span_days"]
    assert suggestions_of(project, "nobody") == ()
    objection(project, first, reason="will nicht bewertet werden", by="Datenschutz", clock=CLOCK)
    assert suggestions_of(project, first) == ()
    assert suggestions_of(project, second)
    erase(project, second, by="Datenschutz", clock=CLOCK)
    assert suggestions_of(project, second) == ()
    assert second not in {row["customer_id"] for row in pq.read_table(next(project.glob("runs/2*/cross_selling.parquet"))).to_pylist()}

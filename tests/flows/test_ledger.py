"""The ledger: one row a booked line, with all that the source says of it."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import exports
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from kundenwert.flows.look import manifest
from kundenwert.flows.progress import Progress
from kundenwert.flows.run import run

HEADER = (
    "customer_id",
    "date",
    "invoice",
    "product",
    "warengruppe",
    "quantity",
    "unit_price",
    "net_amount",
    "cost",
    "listenbetrag",
    "rabatt",
)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("shop")
    lines = [
        (line[0], line[1], line[2], line[3], "G1" if line[3] < "C" else "G2", line[4], 1, line[5], line[6], abs(float(line[5])) + 2, "2.00")
        for line in exports.shop(5, customers=40)
    ]
    exports.write(folder / "exports" / "sales-1.csv", [*lines, ("", "2024-01-05", "R0", "A", "G1", 1, 1, "11.00", "", "", "")], HEADER)
    (folder / "kundenwert.toml").write_text('[[sources]]\nfiles = ["exports/*.csv"]\n', encoding="utf-8")
    run(folder, {"threads": "1"}, clock=datetime(2025, 6, 1, tzinfo=UTC), progress=Progress())
    return folder


@pytest.fixture(scope="module")
def ledger(project: Path) -> Path:
    return project / "ledger" / manifest(project)["ledger"]


def test_each_booked_line_keeps_products_money_cost_and_discount(ledger: Path) -> None:
    table = pq.read_table(ledger / "transactions.parquet")
    lines = exports.shop(5, customers=40)
    assert table.num_rows == len(lines) + 1
    assert pc.sum(table["discount"]).as_py() == 2 * len(lines)
    for name in ("product_id", "product_group", "quantity", "price", "amount", "list_amount", "discount", "document_id"):
        assert table[name].null_count <= 1
    assert pc.sum(table["cost"]).as_py() == sum(Decimal(line[6]) for line in lines if line[6])


def test_revenue_of_customers_and_lines_ties_to_the_ledger(ledger: Path, project: Path) -> None:
    table = pq.read_table(ledger / "transactions.parquet")
    own = table.filter(pc.is_valid(table["customer_id"]))
    booked = pc.sum(own["amount"]).as_py()
    assert booked == sum(Decimal(line[5]) for line in exports.shop(5, customers=40))
    assert Decimal(manifest(project)["totals"]["revenue"]) == booked
    customers = pq.read_table(project / "runs" / manifest(project)["run"] / "customers.parquet")
    assert pc.sum(customers["revenue"]).as_py() == booked


def test_lines_stand_by_customer_day_and_record(ledger: Path) -> None:
    rows = pq.read_table(ledger / "transactions.parquet").to_pylist()
    keys = [(row["customer_id"] is None, row["customer_id"] or "", row["date"], row["file_id"], row["record"]) for row in rows]
    assert keys == sorted(keys)

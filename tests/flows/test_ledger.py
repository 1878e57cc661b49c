"""The ledger: one row a booked line, with all that the source says of it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import exports
import plain_runs
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from kundenwert.engines import open_engine
from kundenwert.flows.ledger import open_ledger
from kundenwert.flows.look import manifest
from kundenwert.flows.progress import Progress
from kundenwert.flows.project import read

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
    plain_runs.value(folder, clock=datetime(2025, 6, 1, tzinfo=UTC), components=("score",))
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


def written(folder: Path, lines: pa.Table) -> pa.Table:
    folder.mkdir()
    pq.write_table(lines, folder / "lines.parquet")
    (folder / "kundenwert.toml").write_text('[[sources]]\nfiles = ["lines.parquet"]\n', encoding="utf-8")
    project = read(folder, {"threads": "1"})
    with open_engine(threads=1) as engine:
        name, _ = open_ledger(engine, folder, project.inputs, project.settings, scratch=folder, progress=Progress())
    return pq.read_table(folder / "ledger" / name / "transactions.parquet")


def test_numbers_as_ids_make_the_same_ledger_as_texts(tmp_path: Path) -> None:
    ids = [10, 1, 2, 100, 10, 1, None, 20]
    days = [date(2024, 3, 1 + place % 3) for place in range(len(ids))]
    lines = pa.table({"customer_id": ids, "date": days, "amount": [7.5, 1.25, -2.0, 3.0, 4.0, 5.0, 6.0, 8.0]})
    texts = lines.set_column(0, "customer_id", lines["customer_id"].cast(pa.string()))
    numbers = written(tmp_path / "numbers", lines)
    assert numbers["customer_id"].to_pylist() == ["1", "1", "10", "10", "100", "2", "20", None]
    assert numbers.equals(written(tmp_path / "texts", texts))


def test_columns_that_no_file_has_are_there_and_empty(ledger: Path, tmp_path: Path) -> None:
    days = [date(2024, 1, 2), date(2024, 1, 3)]
    table = written(tmp_path / "few", pa.table({"customer_id": ["A", "B"], "date": days, "amount": [1.0, 2.0]}))
    # Only what a column may hold is the same; whether it is ever empty is not.
    assert [(one.name, one.type) for one in table.schema] == [
        (one.name, one.type) for one in pq.read_schema(ledger / "transactions.parquet")
    ]
    assert [name for name in table.column_names if table[name].null_count] == [
        "document_id", "product_id", "product_group", "quantity", "price", "cost", "list_amount", "discount", "promotion"
    ]  # fmt: skip
    assert table["currency"].to_pylist() == ["", ""]

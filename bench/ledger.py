"""A ledger of the example company at any size: `python -m bench.ledger CUSTOMERS FOLDER`. The same number always gives the same records.

Two years of the invented wholesaler with 0.075 of its activity, which is five to six lines a customer: sales lines, activities with rates,
payments, contacts, complaints, measures and customers, each one Parquet file sorted by customer, as `kundenwert run` keeps them.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import duckdb

TABLES = ("customers", "contacts", "complaints", "payments", "activities", "activity_rates", "measures")
ACTIVITY = 0.075
_LINES = """
select
    * exclude (kind), null::decimal(18, 6) as price,
    case kind when 'sale' then 'kept' else kind end as line_class,
    amount = 0 as is_free,
    product_id in (select unnest($non_products)) as is_non_product,
    false as is_negative_price,
    false as is_duplicate,
    0 as file_id,
    row_number() over () as record
from records
order by customer_id, date, record
"""
_TABLE = "select *, 0 as file_id, row_number() over () as record from records order by 1"


def main(customers: int, folder: Path) -> None:
    from kundenwert.example.company import NON_PRODUCTS, first_two_years

    company = first_two_years(customers=customers, activity=ACTIVITY)
    tables = company.tables()
    folder.mkdir(parents=True, exist_ok=True)
    with duckdb.connect() as connection:
        for name in TABLES:
            _write(connection, tables.pop(name), _TABLE, folder / f"{name}.parquet", {})
        # Last: its file says that the ledger is whole.
        _write(connection, tables.pop("transactions"), _LINES, folder / "transactions.parquet", {"non_products": list(NON_PRODUCTS)})


def _write(connection: duckdb.DuckDBPyConnection, records: Any, text: str, path: Path, values: dict[str, Any]) -> None:
    connection.register("records", records)
    part = path.with_name(f"part-{path.name}")
    connection.execute(f"copy ({text}) to '{part}' (format parquet, compression zstd)", values)
    part.rename(path)


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))

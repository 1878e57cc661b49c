"""The fit alone: `python -m bench.fit CUSTOMERS_TABLE` fits BG/NBD to the distinct histories of a value table and forecasts them."""

from __future__ import annotations

import sys
import time

import duckdb

from kundenwert import registry
from kundenwert.records import Histories, Horizons

SQL = 'select frequency::bigint, recency::double, "T"::double, count(*) from read_parquet($path) group by all order by all'


def main(path: str) -> None:
    with duckdb.connect() as connection:
        arrays = connection.execute(SQL, {"path": path}).fetchnumpy()
    histories = Histories(*arrays.values())
    model = registry.load("models.purchases", "bg_nbd")()
    begin = time.perf_counter()
    fitted = model.fit(histories).or_raise()
    between = time.perf_counter()
    fitted.forecast_histories(histories, Horizons(horizon_days=365.0, value_horizon_days=1826.0, discount_rate=0.1))
    end = time.perf_counter()
    for text, seconds in (("fit", between - begin), ("forecast", end - between)):
        print(f"  {text:<44}{len(histories):>14,} rows {seconds:>8.2f} s", file=sys.stderr)


if __name__ == "__main__":
    main(sys.argv[1])

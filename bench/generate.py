"""Synthetic sales logs: `python -m bench.generate CUSTOMERS FILE`. The same number of customers always gives the same lines.

Customers join over two years, buy at a gamma distributed rate, leave after a purchase with a beta distributed chance, and spend
log-normal amounts around a mean of their own; some purchase days have several lines. Written in date order, like an invoice export.
"""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path

import duckdb
import numpy as np
from numpy.typing import NDArray

FIRST_DAY = date(2023, 1, 2).toordinal() - date(1970, 1, 1).toordinal()
DAYS = 730
# A last joining day before the end, so that nobody is quite unknown.
JOINING_DAYS = 700
RATE_SHAPE, RATE_DAYS = 0.6, 100.0
LEAVE, STAY = 0.7, 2.4
# Share of purchases with one more line on the same day, and of these with yet another.
MORE_LINES = 0.12
# Customers made at once: their arrays stay small.
BLOCK = 1_000_000


def main(customers: int, path: Path) -> None:
    rng = np.random.default_rng(customers)
    number, day, cents = _lines(customers, rng)
    # A stable sort of small integers is a radix sort; lines of one day stay in no order of customers.
    order = np.argsort(day, kind="stable")
    lines = {"number": number[order], "day": day[order].astype(np.int32) + FIRST_DAY, "cents": cents[order]}
    part = path.with_name(f"part-{path.name}")
    _write(lines, part)
    part.rename(path)


def _lines(customers: int, rng: np.random.Generator) -> tuple[NDArray[np.int64], NDArray[np.int16], NDArray[np.int64]]:
    """Customer number, day (0 is the first) and cents of each line, in no order."""
    numbers = rng.permutation(customers) + 10 ** len(str(customers))
    blocks = [_block(numbers[start : start + BLOCK], rng) for start in range(0, customers, BLOCK)]
    number, day, cents = (np.concatenate(parts) for parts in zip(*blocks, strict=True))
    return number, day, cents


def _block(numbers: NDArray[np.int64], rng: np.random.Generator) -> tuple[NDArray[np.int64], NDArray[np.int16], NDArray[np.int64]]:
    who, time = _purchases(len(numbers), rng)
    lines = np.where(rng.random(len(who)) < MORE_LINES, rng.geometric(1 - MORE_LINES, len(who)) + 1, 1)
    who, day = np.repeat(who, lines), np.repeat(time.astype(np.int16), lines)
    level = rng.normal(3.2, 0.6, len(numbers))
    cents = np.maximum(np.rint(100 * np.exp(rng.normal(level[who], 0.5))), 1).astype(np.int64)
    shuffled = rng.permutation(len(who))
    return numbers[who][shuffled], day[shuffled], cents[shuffled]


def _purchases(customers: int, rng: np.random.Generator) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Who buys and when, a purchase an entry; all customers take their next step together until none is left."""
    rate = rng.gamma(RATE_SHAPE, 1 / RATE_DAYS, customers)
    leave = rng.beta(LEAVE, STAY, customers)
    who, time = np.arange(customers), rng.uniform(0, JOINING_DAYS, customers)
    found = [(who, time)]
    while len(who):
        time = time + rng.exponential(1, len(who)) / np.maximum(rate[who], 1e-12)
        buys = time < DAYS
        who, time = who[buys], time[buys]
        found.append((who, time))
        stays = rng.random(len(who)) >= leave[who]
        who, time = who[stays], time[stays]
    return np.concatenate([entry[0] for entry in found]), np.concatenate([entry[1] for entry in found])


def _write(lines: dict[str, NDArray[np.generic]], path: Path) -> None:
    """Parquet with whole numbers as ids, or CSV with ids as text."""
    columns = "date '1970-01-01' + day as date, (cents::decimal(12, 0) * 0.01)::decimal(12, 2) as amount"
    with duckdb.connect() as connection:
        connection.register("lines", lines)
        if path.suffix == ".csv":
            connection.execute(f"copy (select 'K-' || number as customer_id, {columns} from lines) to '{path}' (header)")
        else:
            connection.execute(f"copy (select number::bigint as customer_id, {columns} from lines) to '{path}' (compression zstd)")


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))

"""Invented exports: a shop whose customers come back, with returns, postage and costs where they are wanted."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

FIRST_DAY = date(2023, 1, 2)
HEADER = ("customer_id", "invoice_date", "invoice", "stock_code", "quantity", "net_amount", "wareneinsatz")


def shop(seed: int = 1, customers: int = 160, days: int = 700, *, returns: float = 0.1, no_cost: float = 0.3) -> list[tuple[Any, ...]]:
    """Lines (date at place 1), sorted by day. returns: share of purchases of which something comes back; no_cost: of lines without."""
    rng = random.Random(seed)
    lines: list[tuple[Any, ...]] = []
    for number in range(customers):
        day, gap, invoice = rng.randrange(days // 2), rng.uniform(15, 150), 0
        level = rng.uniform(5, 200)
        while day < days:
            invoice += 1
            lines += _purchase(rng, f"K{number:04}", day, f"{number}-{invoice}", level, returns, no_cost)
            day += 1 + int(rng.expovariate(1 / gap))
            if rng.random() < 0.08:
                break
    return sorted(lines, key=lambda line: (line[1], line[0], line[2]))


def _purchase(
    rng: random.Random, customer: str, day: int, invoice: str, level: float, returns: float, no_cost: float
) -> Iterable[tuple[Any, ...]]:
    for product in rng.sample("ABCDE", rng.randint(1, 3)):
        quantity, price = rng.randint(1, 4), round(level * rng.uniform(0.5, 1.5), 2)
        cost = "" if rng.random() < no_cost else f"{quantity * price * 0.6:.2f}"
        when = FIRST_DAY + timedelta(days=day)
        yield (customer, when, f"R{invoice}", product, quantity, f"{quantity * price:.2f}", cost)
        if rng.random() < returns:
            back = rng.randint(1, quantity)
            later = when + timedelta(days=rng.randint(1, 40))
            yield (customer, later, f"G{invoice}", product, -back, f"{-back * price:.2f}", "" if not cost else f"{-back * price * 0.6:.2f}")


def write(path: Path, lines: Iterable[Sequence[Any]], header: Sequence[str] = HEADER) -> Path:
    """A CSV file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join([",".join(header), *(",".join(str(cell) for cell in line) for line in lines)]) + "\n", encoding="utf-8")
    return path


def project(folder: Path, lines: Iterable[Sequence[Any]], settings: str = "", *, pattern: str = "exports/*.csv") -> Path:
    """A project with one export."""
    write(folder / "exports" / "sales-1.csv", lines)
    (folder / "kundenwert.toml").write_text(f'{settings}\n[[sources]]\nfiles = ["{pattern}"]\n', encoding="utf-8")
    return folder

"""Renew the counted CDNOW histories in this folder from the raw sample file in the folder KUNDENWERT_TEST_DATA.

Run: KUNDENWERT_TEST_DATA=FOLDER python tests/golden/make_cdnow.py
"""

from __future__ import annotations

import csv
import os
from collections import Counter
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from pathlib import Path

HERE = Path(__file__).parent
END = date(1997, 9, 30)
SOURCE = (
    "# CDNOW sample of Fader & Hardie (brucehardie.com/datasets), 2,357 customers, calibration to 1997-09-30.",
    "# Counted histories made by make_cdnow.py; they hold no customer number and no date.",
)


def purchase_days(folder: Path) -> dict[str, dict[date, Decimal]]:
    """Customer -> day -> amount, the lines of one day merged, days to END only."""
    customers: dict[str, dict[date, Decimal]] = {}
    for line in (folder / "CDNOW_sample.txt").read_text(encoding="ascii").splitlines():
        fields = line.split()
        if not fields:
            continue
        day = date(int(fields[2][:4]), int(fields[2][4:6]), int(fields[2][6:]))
        if day <= END:
            days = customers.setdefault(fields[1], {})
            days[day] = days.get(day, Decimal(0)) + Decimal(fields[4])
    return customers


def counted_purchases(customers: dict[str, dict[date, Decimal]]) -> Counter[tuple[object, ...]]:
    """(frequency, recency days, T days) -> customers."""
    return Counter((len(days) - 1, (max(days) - min(days)).days, (END - min(days)).days) for days in customers.values())


def counted_spend(customers: dict[str, dict[date, Decimal]]) -> Counter[tuple[object, ...]]:
    """(repeat purchase days of positive amount, their sum) -> customers."""
    amounts = ([days[day] for day in sorted(days)[1:] if days[day] > 0] for days in customers.values())
    return Counter((len(paid), sum(paid)) for paid in amounts if paid)


def write(name: str, header: Iterable[str], rows: Counter[tuple[object, ...]]) -> None:
    """One counted history a line, sorted."""
    with (HERE / name).open("w", encoding="utf-8", newline="") as file:
        file.write("\n".join(SOURCE) + "\n")
        out = csv.writer(file, lineterminator="\n")
        out.writerow([*header, "count"])
        out.writerows([*key, count] for key, count in sorted(rows.items()))


if __name__ == "__main__":
    found = purchase_days(Path(os.environ["KUNDENWERT_TEST_DATA"]))
    write("cdnow_purchases.csv", ("frequency", "recency_days", "T_days"), counted_purchases(found))
    write("cdnow_spend.csv", ("spend_days", "total"), counted_spend(found))

"""One customer, line by line: the history is that of the ledger, and the parts add up to the value."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import exports
import pyarrow.parquet as pq
import pytest

from kundenwert.errors import UnknownName
from kundenwert.flows.customer import customer
from kundenwert.flows.progress import Progress
from kundenwert.flows.run import Ran, run

AS_OF = date(2024, 9, 30)


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    folder = exports.project(tmp_path_factory.mktemp("shop"), exports.shop(), f'as_of = {AS_OF}\nmargin = 0.3\ncurrency = "EUR"\n')
    return run(folder, {"threads": "1"}, clock=datetime(2025, 6, 1, tzinfo=UTC), progress=Progress())


@pytest.fixture(scope="module")
def shop(ran: Ran) -> Path:
    """The project's folder."""
    return ran.folder.parent.parent


@pytest.fixture(scope="module")
def rows(ran: Ran) -> list[dict[str, Any]]:
    return pq.read_table(ran.folder / "customers.parquet").to_pylist()


def total(explained: Any, *kinds: str) -> Decimal:
    return sum((part.amount for part in explained.parts if part.kind in kinds), Decimal(0))


def test_the_history_is_that_of_the_source(shop: Path) -> None:
    own = [line for line in exports.shop() if line[0] == "K0007" and line[1] <= AS_OF]
    explained = customer(shop, "K0007")
    assert sum(entry.lines for entry in explained.history) == len(own)
    assert sum(entry.amount or 0 for entry in explained.history) == sum(Decimal(line[5]) for line in own) == explained.row["revenue"]
    assert {entry.document_id for entry in explained.history} == {line[2] for line in own}
    days = [entry.day for entry in explained.history]
    assert days == sorted(days, reverse=True)


def test_the_parts_add_up_to_past_clv_and_value(shop: Path, rows: list[dict[str, Any]]) -> None:
    chosen = [next(row for row in rows if row["level"] == level) for level in ("customer", "segment")]
    for row in [*chosen, max(rows, key=lambda row: row["clv"])]:
        explained = customer(shop, row["customer_id"])
        assert explained.row == row
        assert total(explained, "booked", "cost") == row["past"]
        assert total(explained, "booked") == row["revenue"]
        assert total(explained, "expected") == row["clv"]
        assert total(explained, "booked", "cost", "expected") == row["value"]


def test_the_expected_part_is_told_year_by_year_from_the_as_of_day_on(shop: Path, rows: list[dict[str, Any]]) -> None:
    best = max(rows, key=lambda row: row["clv"])
    spans = [part.span for part in customer(shop, best["customer_id"]).parts if part.kind == "expected"]
    assert len(spans) == 5
    assert spans[0] == "2024-10-01/2025-09-30"
    assert spans[-1] == "2028-10-01/2029-09-30"


def test_an_unknown_customer_is_answered_with_similar_ids(shop: Path) -> None:
    with pytest.raises(UnknownName, match=r"No 'K0O07' in the customers .* Available: K0007, "):
        customer(shop, "K0O07")

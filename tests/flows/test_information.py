"""Ideas of customers in the value of a run."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import plain_runs
import pyarrow.parquet as pq

SETTINGS = """currency = "EUR"
margin = 0.3
[[sources]]
files = ["sales.csv"]
[tables.activities]
files = ["activities.csv"]
[components.information]
usable = 0.5
benefit = 900
handling = 40
"""


def valued(folder: Path, definition: str) -> dict[str, dict[str, Any]]:
    """Thirty customers with three purchases each, too few for a model; two of them gave ideas."""
    lines = ["customer_id,date,amount"]
    for who in range(30):
        lines += [f"K{who:02},{date(2024, 1, 5) + timedelta(days=who + 90 * turn)},{10 + who}.00" for turn in range(3)]
    (folder / "sales.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    ideas = ["Kundennummer;Taetigkeit;Datum;Anzahl", "K03;Idee;03.05.2024;2", "K07;Idee;04.05.2024;1", "K07;Besuch;05.05.2024;9"]
    (folder / "activities.csv").write_text("\n".join(ideas) + "\n", encoding="utf-8")
    (folder / "kundenwert.toml").write_text(SETTINGS + definition, encoding="utf-8")
    made = plain_runs.value(folder, clock=datetime(2025, 6, 1, tzinfo=UTC)).folder
    return {row["customer_id"]: row for row in pq.read_table(made / "customers.parquet").to_pylist()}


def test_ideas_enter_the_value_where_the_definition_says_so_and_only_there(tmp_path: Path) -> None:
    beside = valued(tmp_path, "")
    assert all(row["value"] == row["past"] + row["clv"] for row in beside.values())
    added = valued(tmp_path, '[definition]\nadds = ["information"]\n')
    worth = {name: row["information_value"] for name, row in added.items() if row["information_value"]}
    assert worth == {"K03": Decimal("820.00"), "K07": Decimal("410.00")}
    assert all(row["value"] == row["past"] + row["clv"] + worth.get(name, 0) for name, row in added.items())


def test_what_the_definition_adds_and_nobody_can_tell_is_said(tmp_path: Path) -> None:
    """Payments are not in the data: the value is without them, the manifest names them, and so does a notice of the run."""
    rows = valued(tmp_path, '[definition]\nadds = ["information", "credit_risk"]\n')
    assert rows["K03"]["value"] == rows["K03"]["past"] + rows["K03"]["clv"] + Decimal("820.00")
    (manifest,) = (json.loads(path.read_text(encoding="utf-8")) for path in tmp_path.glob("runs/*/manifest.json"))
    assert manifest["components"]["not_added"] == ["credit_risk"]
    said = {warning["key"]: warning["text"] for warning in manifest["warnings"]}
    assert "adds credit_risk" in said["definition_not_added"]

"""`init` and `check` with the company's tables, as a person calls them."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

EXPORTS = Path(__file__).parent.parent / "sources" / "exports"
Call = Callable[..., Any]


@pytest.fixture
def exports(folder: Path) -> Path:
    for name in ("transactions", "customers", "complaints"):
        shutil.copy(EXPORTS / f"{name}.csv", folder)
    return folder


def test_init_sorts_the_exports_and_check_shows_each_table(call: Call, exports: Path) -> None:
    files = [word for name in ("transactions", "customers", "complaints") for word in ("--from", f"{name}.csv")]
    made = call("init", "p", *files, "--preset", "wholesale")
    assert made.code == 0, made.err
    assert "customers: customers.csv: 2 lines" in made.out
    answer = call("check", "p")
    assert answer.code == 0
    assert "complaints      1        2" in answer.out
    assert "2 of 2 customers with lines have a record." in answer.out
    assert "Data readiness: grade E" in answer.out
    assert "nothing says how often customers come back" in answer.out


def test_a_doubt_names_the_flag_that_settles_it(call: Call, exports: Path) -> None:
    text = "id;voucherNumber;voucherDate;dueDate;contactId;totalAmount;currency\n1;2;01.02.2024;;1001;1,50;EUR\n"
    (exports / "x.csv").write_text(text, encoding="utf-8")
    answer = call("check", "transactions.csv", "x.csv")
    assert answer.code == 1
    assert "--table payments=x.csv" in answer.err
    settled = call("check", "transactions.csv", "--table", "payments=x.csv", "--json")
    assert settled.code == 0, settled.err
    content = json.loads(settled.out)
    assert [table["name"] for table in content["company"]["tables"]] == ["payments"]
    assert content["readiness"]["grade"] == "E"


def test_a_wrong_table_is_wrong_usage(call: Call, exports: Path) -> None:
    answer = call("check", "transactions.csv", "--table", "kunden=customers.csv")
    assert answer.code == 2
    assert "There is no table 'kunden'. Available: activities" in answer.err
    assert call("init", "p", "--from", "transactions.csv", "--preset", "bakery").code == 2


def test_columns_of_a_table_are_named_with_its_name_before_the_role(call: Call, exports: Path) -> None:
    (exports / "k.csv").write_text("Nr;Bez;Ort\n1001;Meier;Ulm\n", encoding="utf-8")
    words = ["check", "transactions.csv", "--table", "customers=k.csv", "--map", "customers.customer_id=Nr", "--map", "customers.name=Bez"]
    answer = call(*words, "--json")
    assert answer.code == 0, answer.err
    (table,) = json.loads(answer.out)["company"]["tables"]
    assert (table["checked"]["filled"]["name"], table["checked"]["filled"]["customer_id"]) == (1, 1)

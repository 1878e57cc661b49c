"""What an engine promises, on the embedded one: names, values, files, and problems in words."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from kundenwert import registry
from kundenwert.engines import open_engine
from kundenwert.engines._engine import Delimited, Engine, Reading, checked_name, step_text
from kundenwert.errors import Bug, StorageError, UnreadableInput

NO_PARTS = "value/no_cents.sql"  # select customer_id from customers where false


@pytest.fixture(params=registry.names("engines"))
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    with open_engine(request.param, spill=tmp_path / "spill", threads=1) as engine:
        yield engine


def shown(engine: Engine, view: str, column: str) -> list[object]:
    """The cells of a column, in the order of the view, without the driver."""
    engine.drop("exported")
    engine.project("shown", view, {"customer_id": Reading((column,))})
    engine.rename("shown", "exported")
    try:
        return list(engine.arrays("value/exported.sql")["customer_id"])
    finally:
        engine.drop("exported")


@pytest.mark.parametrize("name", ["a b", "a;drop", "A", "1a", "", 'a"', "ä"])
def test_a_name_that_could_be_something_else_is_our_mistake(name: str) -> None:
    with pytest.raises(Bug, match="is no table name of ours"):
        checked_name(name)


def test_a_step_is_found_by_its_path_and_has_no_semicolon() -> None:
    assert step_text("base/summary.sql").startswith("-- base/summary.sql: ")
    assert not step_text("tables/rules.sql").endswith(";")


def test_arrays_become_a_table_and_come_back_in_order(engine: Engine) -> None:
    engine.load(
        "valued_customers",
        {"customer_id": ["b", "a"], "level": ["customer", "none"], "clv": np.array([2.5, 9.0]), "expected_purchases": [1.0, 1.0]},
    )
    assert list(engine.arrays("value/measures.sql")["value"]) == [2.5]
    assert list(engine.columns("valued_customers")) == ["customer_id", "level", "clv", "expected_purchases"]
    assert engine.columns("valued_customers")["clv"] == "DOUBLE"


def test_values_travel_as_parameters_whatever_they_hold(engine: Engine) -> None:
    nasty = "x' or '1'='1"
    engine.load("valued_customers", {"customer_id": [nasty, "y"]})
    assert [row["customer_id"] for row in engine.rows("value/one_customer.sql", customer=nasty)] == [nasty]
    assert engine.rows("value/one_customer.sql", customer="' or true --") == []


def test_a_table_counts_its_rows_and_replaces_the_old_one(engine: Engine) -> None:
    engine.load("booked", {"cost": np.array([1.0, 2.0]), "day": [1, 5]})
    assert engine.table("found", "value/has_cost.sql", as_of=3) == 1
    engine.load("customers", {"customer_id": ["a"]})
    assert engine.table("found", NO_PARTS) == 0
    engine.drop("found")
    with pytest.raises(Exception, match="found"):
        engine.columns("found")


def test_a_remembered_list_is_read_by_views(engine: Engine) -> None:
    engine.remember("collective", ["it's", "b"])
    lines = {"file_id": [0, 0], "record": [1, 2], "customer_id": ["it's", "c"], "product_id": ["A", "A"], "document_id": ["R", "R"]}
    numbers = {"day": [5, 5], "quantity": [-1.0, -2.0], "amount": [-7.0, -3.0], "line_class": ["return", "return"]}
    engine.load("booked", {**lines, **numbers})
    assert [row["customer_id"] for row in engine.rows("base/reversals/reversals.sql", as_of=9)] == ["c"]


def test_a_parquet_file_is_written_in_order_and_opened_with_numbered_records(engine: Engine, tmp_path: Path) -> None:
    engine.load("exported", {"customer_id": ["b", "c", "a"]})
    assert engine.write(tmp_path / "sales [2024].parquet", "value/exported.sql") == 3
    assert pq.read_table(tmp_path / "sales [2024].parquet")["customer_id"].to_pylist() == ["a", "b", "c"]
    pq.write_table(pa.table({"customer_id": ["x"]}), tmp_path / "sales 2.parquet")
    engine.open_parquet("lines_read", [tmp_path / "sales [2024].parquet", tmp_path / "sales 2.parquet"])
    assert sorted(shown(engine, "lines_read", "record")) == [1, 1, 2, 3]


def test_a_parquet_column_called_record_gives_way(engine: Engine, tmp_path: Path) -> None:
    pq.write_table(pa.table({"record": ["mine", "mine"], "a": [1, 2]}), tmp_path / "a.parquet")
    engine.open_parquet("lines_read", [tmp_path / "a.parquet"])
    assert shown(engine, "lines_read", "record") == [1, 2]


def test_a_damaged_parquet_file_is_told_by_its_name(engine: Engine, tmp_path: Path) -> None:
    (tmp_path / "bad.parquet").write_bytes(b"PAR1 nothing PAR1")
    with pytest.raises(UnreadableInput, match=r"bad\.parquet: .*Expected: a whole, undamaged file"):
        engine.open_parquet("lines_read", [tmp_path / "bad.parquet"])


def test_delimited_text_is_split_numbered_and_what_cannot_be_split_is_listed(engine: Engine, tmp_path: Path) -> None:
    path = tmp_path / "sales*.csv"
    path.write_text('id;note\na;"two\nlines"\nb;1;2\nc;x\n', encoding="utf-8")
    how = Delimited(";", 2, 1)
    engine.open_delimited("lines_read", path, how)
    assert shown(engine, "lines_read", "c0") == ["a", "c"]
    assert shown(engine, "lines_read", "record") == [1, 2]
    assert engine.unreadable("bad", path, how) == 1
    assert shown(engine, "bad", "raw") == ["b;1;2"]


def test_a_frame_is_opened_numbered_and_not_changed(engine: Engine) -> None:
    frame = pa.table({"x": ["b", "a"]})
    engine.open_frame("lines_read", frame)
    assert shown(engine, "lines_read", "record") == [1, 2]
    assert frame.equals(pa.table({"x": ["b", "a"]}))


def test_views_of_the_same_columns_are_put_one_after_the_other(engine: Engine) -> None:
    for name in ("one", "two"):
        engine.open_frame(f"{name}_read", pa.table({"x": [name]}))
        engine.project(name, f"{name}_read", {"customer_id": Reading(("x",)), "number": Reading(arguments=(7,), type="integer")})
    engine.union("exported", ["one", "two"])
    found = engine.arrays("value/exported.sql")
    assert list(found["customer_id"]) == ["one", "two"]
    assert list(found["number"]) == [7, 7]


def test_a_view_replaces_a_table_of_the_same_name(engine: Engine) -> None:
    for number, kind in enumerate(["table", "union"], start=1):
        engine.load("customers", {"customer_id": np.array([f"old {number}"])})
        engine.load("fresh", {"customer_id": np.array([f"new {number}"])})
        engine.drop("hidden")
        engine.load("hidden", {"customer_id": np.array(["hidden"])}) if kind == "table" else engine.union("hidden", ["customers"])
        engine.project("hidden", "fresh", {"customer_id": Reading(("customer_id",))})
        assert shown(engine, "hidden", "customer_id") == [f"new {number}"]


def test_tables_beside_each_other_keep_every_row_of_the_first(engine: Engine) -> None:
    engine.load("main", {"customer_id": np.array(["a", "b"]), "x": np.array([1, 2])})
    engine.load("first", {"customer_id": np.array(["b", "c"]), "y": np.array([20, 30])})
    engine.load("second", {"customer_id": np.array(["a"]), "z": np.array([100])})
    engine.beside("all_columns", "main", ["first", "second"], "customer_id")
    assert list(engine.columns("all_columns")) == ["customer_id", "x", "y", "z"]
    assert sorted(map(str, shown(engine, "all_columns", "y"))) == ["--", "20"]
    assert sorted(map(str, shown(engine, "all_columns", "x"))) == ["1", "2"]


@pytest.mark.parametrize("keys", [["a", "b", "c"], ["c", "a", "b"], ["a", "b"], ["a", "b", "c", "d"], ["b", "c", "d"]])
def test_rows_find_their_key_in_whatever_order_the_other_table_stands(engine: Engine, keys: list[str]) -> None:
    worth = {"a": 1, "b": 2, "c": 3, "d": 4}
    engine.load("main", {"customer_id": ["a", "b", "c"]})
    engine.load("first", {"customer_id": keys, "x": [worth[key] for key in keys]})
    engine.load("second", {"customer_id": ["a", "b", "c"], "y": ["1", "2", "3"]})
    engine.beside("exported", "main", ["first", "second"], "customer_id")
    found = engine.arrow("value/exported.sql").to_pylist()
    expected = [{"customer_id": key, "x": worth[key] if key in keys else None, "y": str(worth[key])} for key in "abc"]
    assert sorted(found, key=lambda row: row["customer_id"]) == expected


def test_rows_come_part_by_part_in_their_order(engine: Engine) -> None:
    engine.load("exported", {"customer_id": ["c", "a", "b"]})
    reader = engine.parts("value/exported.sql", 2)
    assert reader.schema.names == ["customer_id"]
    assert [part.column(0).to_pylist() for part in reader] == [["a", "b"], ["c"]]


def test_a_missing_folder_is_a_problem_with_a_remedy(engine: Engine, tmp_path: Path) -> None:
    engine.load("exported", {"customer_id": ["a"]})
    with pytest.raises(StorageError, match="To do: check path, rights and free space"):
        engine.write(tmp_path / "nowhere" / "a.parquet", "value/exported.sql")


def test_csv_is_written_with_a_header_and_the_delimiter_asked_for(engine: Engine, tmp_path: Path) -> None:
    engine.load("exported", {"customer_id": ["b;c", "a"], "x": [1, 2]})
    assert engine.write_csv(tmp_path / "a.csv", "value/exported.sql", delimiter=";") == 2
    assert (tmp_path / "a.csv").read_text(encoding="utf-8") == 'customer_id;x\na;2\n"b;c";1\n'

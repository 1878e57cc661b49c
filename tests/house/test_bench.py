"""The measurements compare like with like."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest


@pytest.fixture(scope="module")
def bench(root: Path, tmp_path_factory: pytest.TempPathFactory):
    folder = tmp_path_factory.mktemp("bench")

    def run(module: str, *words: object) -> str:
        command = [sys.executable, "-m", f"bench.{module}", *map(str, words)]
        done = subprocess.run(command, cwd=root, capture_output=True, text=True, encoding="utf-8")
        assert done.returncode == 0, done.stderr
        return done.stdout

    run("generate", 1_000, folder / "lines.parquet")
    run("floor", folder / "lines.parquet", folder / "floor.parquet", "1GB", 1)
    return run, folder


def test_floor_and_value_write_the_same_kind_of_table(bench) -> None:
    run, folder = bench
    told = run("steps", folder / "lines.parquet", folder / "value.parquet", "1GB", "1")
    assert "value/customers.sql" in told
    run("shape", folder / "floor.parquet", folder / "value.parquet")


def test_generated_lines_are_always_the_same(bench) -> None:
    run, folder = bench
    run("generate", 1_000, folder / "again.parquet")
    assert (folder / "again.parquet").read_bytes() == (folder / "lines.parquet").read_bytes()


def test_an_unsorted_table_is_noticed(bench) -> None:
    import duckdb

    run, folder = bench
    turned = folder / "turned.parquet"
    duckdb.execute(f"copy (from '{folder / 'floor.parquet'}' order by customer_id desc) to '{turned}' (compression snappy)")
    with pytest.raises(AssertionError, match="differ in out of order: 0 and 999"):
        run("shape", folder / "floor.parquet", turned)


def test_the_floor_of_the_customer_result_writes_the_same_kind_of_table(bench) -> None:
    run, folder = bench
    run("ledger", 120, folder / "ledger")
    run("contribution", "floor", folder / "ledger", folder / "groups.parquet", "1GB", 1)
    run("contribution", "whole", folder / "ledger", folder / "contribution.parquet", "1GB")
    run("contribution", "shape", folder / "groups.parquet", folder / "contribution.parquet")


@pytest.mark.slow
def test_the_floor_of_the_components_writes_the_same_kinds_of_tables(bench) -> None:
    run, folder = bench
    run("components", "tables", 120, folder / "company")
    run("components", "run", folder / "company", folder / "project", "1GB")
    run("components", "constants", folder / "project", folder / "written")
    run("components", "floor", folder / "company", folder / "written", "1GB", 1)
    run("components", "shape", folder / "project", folder / "written")
    assert (folder / "written" / "scores.parquet").exists()

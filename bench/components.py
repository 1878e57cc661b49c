"""The components of value of many customers against the floor: `python3 run.py bench components [--customers 1000000]`.

The floor reads the tables of the invented company once, groups each by customer and writes a row a customer (`components_floor.sql`).
A whole run of the same tables tells how long its components take, all together and one by one. Results go as a section into RESULTS.md.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from bench import report
from bench.measure import Run, Series, module, run

HERE = Path(__file__).resolve().parent
TITLE = "Components of value"
PHASE = "Reckoning the components of value"
FACTOR = 3
_ACTIVITY = 0.075
_TABLES = (
    "customers",
    "contacts",
    "complaints",
    "payments",
    "contracts",
    "referrals",
    "ratings",
    "activities",
    "activity_rates",
    "offers",
    "leads",
    "measures",
    "budgets",
    "rates",
)


def main(words: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="run.py bench components", description="The components of value against the floor.")
    parser.add_argument("--customers", type=int, default=1_000_000, help="customers of the company")
    parser.add_argument("--runs", type=int, default=3, help="runs of each; medians count")
    parser.add_argument("--data", type=Path, help="folder where the tables are kept; without it they are made anew")
    parser.add_argument("--memory", default="8GB", help="memory limit of the engine")
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1, help="threads of the floor")
    parser.add_argument("--results", type=Path, default=HERE / "RESULTS.md", help="the page into which the section is put")
    given = parser.parse_args(words)
    with tempfile.TemporaryDirectory(prefix="kundenwert-bench-") as scratch:
        data = (given.data or Path(scratch)).resolve()
        body = section(given.customers, given.runs, data, Path(scratch), memory=given.memory, threads=given.threads)
    print(f"\n{body}")
    page = given.results.read_text(encoding="utf-8") if given.results.exists() else ""
    given.results.write_text(report.with_section(page, TITLE, body), encoding="utf-8")
    return 0


def section(customers: int, runs: int, data: Path, scratch: Path, *, memory: str, threads: int) -> str:
    """Measures, and tells it as a section of RESULTS.md."""
    folder = data / f"company-{customers}"
    if not (folder / "transactions.parquet").exists():
        # A process of its own: this one must stay small (see measure.py).
        subprocess.run(module("components", "tables", customers, folder), check=True, cwd=HERE.parent)
    project = scratch / "project"
    floors, whole, timings = [], [], []
    for _ in range(runs):
        floors.append(run("floor", module("components", "floor", folder, scratch / "floor.parquet", memory, threads)))
        whole.append(run("run", module("components", "run", folder, project, memory)))
        timings.append(_timings(project))
        print(f"  floor {floors[-1].wall:.2f} s, components {timings[-1][PHASE]:.2f} s of {whole[-1].wall:.2f} s", flush=True)
    return "\n\n".join(_told(customers, Series(tuple(floors)), whole, timings))


def _timings(project: Path) -> dict[str, float]:
    (manifest,) = project.glob("runs/*/manifest.json")
    found: dict[str, float] = json.loads(manifest.read_text(encoding="utf-8"))["timings"]
    return found


def _told(customers: int, floor: Series, whole: list[Run], timings: list[dict[str, float]]) -> Iterator[str]:
    seconds = {name: statistics.median(one[name] for one in timings) for name in timings[0]}
    ratio = seconds[PHASE] / floor.wall
    yield (
        f"The tables of an invented company of {customers:,} customers ({report.machine()}). Written by `python3 run.py bench components`. "
        "Seconds are those of the clock, medians."
    )
    rows = [
        (
            "met" if ratio <= FACTOR else "**missed**",
            "all components",
            f"at most {FACTOR} x the floor",
            f"{ratio:.2f} x ({seconds[PHASE]:.1f} s to {floor.wall:.1f} s)",
        )
    ]
    yield report.table(("", "what", "target", "measured"), rows)
    told = [(name, f"{taken:.2f}") for name, taken in seconds.items()]
    yield report.table(("phase of the run", "seconds"), told)
    peak = max(one.memory for one in whole)
    loads = [one.load for one in (*floor.runs, *whole)]
    yield (
        f"The whole run took {statistics.median(one.wall for one in whole):.0f} s, {statistics.median(one.cpu for one in whole):.0f} s of "
        f"processor and at most {peak / 1e6:,.0f} MB; the floor {floor.cpu:.1f} s of processor. "
        f"The load of the machine before a run was {min(loads):.1f} to {max(loads):.1f}."
    )


# ---- in processes of their own ------------------------------------------------------------------------------------


def tables(customers: int, folder: Path) -> None:
    """The tables of the company as its systems hold them, one Parquet file each."""
    import pyarrow.parquet as parquet

    from kundenwert.example.company import first_two_years

    found = first_two_years(customers=customers, activity=_ACTIVITY).tables()
    folder.mkdir(parents=True, exist_ok=True)
    # Last: its file says that all are there.
    for name in (*_TABLES, "transactions"):
        parquet.write_table(found.pop(name), folder / f"{name}.parquet")


def floor(folder: Path, out: Path, memory: str, threads: str) -> None:
    """The unavoidable work."""
    import duckdb

    text = (HERE / "components_floor.sql").read_text(encoding="utf-8").strip()
    config = {"memory_limit": memory, "threads": int(threads), "temp_directory": str(out.with_suffix(".spill"))}
    with duckdb.connect(config=config) as connection:
        connection.execute(f"copy ({text}) to $out (format parquet, compression snappy)", {"folder": str(folder), "out": str(out)})


def whole_run(folder: Path, project: Path, memory: str) -> None:
    """A project made anew over the tables, and its first run."""
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from datetime import UTC, datetime

    from kundenwert.example.company import NON_PRODUCTS
    from kundenwert.flows.progress import Progress
    from kundenwert.flows.run import run as run_project

    shutil.rmtree(project, ignore_errors=True)
    project.mkdir(parents=True)
    place = folder.resolve().as_posix()
    lines = [
        'as_of = 2025-12-31\ncurrency = "EUR"\npreset = "wholesale"\nlanguage = "en"\nmodel = "mbg_nbd"',
        f"non_products = {json.dumps(list(NON_PRODUCTS))}",
        f'[[sources]]\nfiles = ["{place}/transactions.parquet"]',
        *(f'[tables.{name}]\nfiles = ["{place}/{name}.parquet"]' for name in _TABLES),
    ]
    (project / "kundenwert.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")
    run_project(project, {"memory": memory}, clock=datetime(2026, 2, 1, tzinfo=UTC), progress=Progress())


if __name__ == "__main__":
    word, rest = sys.argv[1], sys.argv[2:]
    if word == "tables":
        tables(int(rest[0]), Path(rest[1]))
    elif word == "floor":
        floor(Path(rest[0]), Path(rest[1]), rest[2], rest[3])
    else:
        whole_run(Path(rest[0]), Path(rest[1]), rest[2])

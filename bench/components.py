"""The components of value of many customers against the floor: `python3 run.py bench components [--customers 1000000]`.

The floor reads the tables of the invented company once, groups each by customer and writes what the components write: a row a customer with
the columns and types of customers.parquet (`components_floor.sql`), and the tables of points and of suggestions with as many rows a
customer (`components_floor_beside.sql`), constants where kundenwert computes. A whole run of the same tables tells how long its
components take, all together and one by one. Results go as a section into RESULTS.md.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench import report
from bench.measure import RSS_UNIT, Run, Series, module, run
from bench.section import Section

if TYPE_CHECKING:
    import duckdb

HERE = Path(__file__).resolve().parent
TITLE = "Components of value"
PHASE = "Reckoning the components of value"
FACTOR = 3
_ACTIVITY = 0.075
_CONSTANTS = "constants"
# The tables components write beside the value table, and whether they stand in the order of customers.
_BESIDE = {"scores": False, "cross_selling": True}
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


def section(customers: int, runs: int, data: Path, scratch: Path, *, memory: str, threads: int) -> str:
    """Measures, and tells it as a section of RESULTS.md."""
    folder = data / f"company-{customers}"
    if not (folder / "transactions.parquet").exists():
        # A process of its own: this one must stay small (see measure.py).
        subprocess.run(module("components", "tables", customers, folder), check=True, cwd=HERE.parent)
    project, written = scratch / "project", scratch / "floor"
    floors, whole, phases = [], [], []
    for _ in range(runs):
        whole.append(run("run", module("components", "run", folder, project, memory)))
        phases.append(json.loads((project / "phases.json").read_text(encoding="utf-8")))
        subprocess.run(module("components", "constants", project, written), check=True, cwd=HERE.parent)
        floors.append(run("floor", module("components", "floor", folder, written, memory, threads)))
        subprocess.run(module("components", "shape", project, written), check=True, cwd=HERE.parent)
        found = phases[-1][PHASE]
        print(
            f"  floor {floors[-1].wall:.1f} s, {floors[-1].cpu:.1f} s cpu; components {found['wall']:.1f} s, {found['cpu']:.1f} s cpu "
            f"of {whole[-1].wall:.0f} s, {whole[-1].memory / 1e6:,.0f} MB   load {whole[-1].load:.1f}",
            flush=True,
        )
    return "\n\n".join(_told(customers, Series(tuple(floors)), whole, phases))


def _told(customers: int, floor: Series, whole: list[Run], phases: list[dict[str, dict[str, float]]]) -> Iterator[str]:
    median = {name: {what: statistics.median(one[name][what] for one in phases) for what in one} for name, one in phases[0].items()}
    yield (
        f"The tables of an invented company of {customers:,} customers ({report.machine()}). Written by `python3 run.py bench components`. "
        "The floor reads and groups each table once and writes rows, columns and types of customers.parquet, scores.parquet and "
        f"cross_selling.parquet, constants where kundenwert computes. Medians of {len(whole)}."
    )
    own = median[PHASE]
    rows = [
        _checked("all components, processor", own["cpu"], floor.cpu),
        _checked("all components, by the clock", own["wall"], floor.wall),
    ]
    yield report.table(("", "what", "target", "measured"), rows)
    told = [(name, f"{one['wall']:.2f}", f"{one['cpu']:.2f}") for name, one in median.items()]
    yield report.table(("phase of the run", "seconds", "processor seconds"), told)
    loads = [one.load for one in (*floor.runs, *whole)]
    yield (
        f"The whole run took {statistics.median(one.wall for one in whole):.0f} s, {statistics.median(one.cpu for one in whole):.0f} s of "
        f"processor and at most {max(one.memory for one in whole) / 1e6:,.0f} MB, {own['before'] / 1e6:,.0f} MB until its components; the "
        f"floor at most {max(one.memory for one in floor.runs) / 1e6:,.0f} MB. "
        f"The load of the machine before a run was {min(loads):.1f} to {max(loads):.1f}."
    )


def _checked(what: str, own: float, floor: float) -> tuple[str, str, str, str]:
    is_met = own <= FACTOR * floor
    measured = f"{own / floor:.2f} x ({own:.1f} s to {floor:.1f} s)"
    return "met" if is_met else "**missed**", what, f"at most {FACTOR} x the floor", measured


SECTION = Section("components", TITLE, "The components of value against the floor.", "3GB", section)


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


def constants(project: Path, out: Path) -> None:
    """One row of each table that the components of a run wrote, as constants of the floor, and how many rows a customer it has."""
    import duckdb

    out.mkdir(parents=True, exist_ok=True)
    made = _run_of(project)
    with duckdb.connect() as connection:
        some = "select any_value(columns(*)) from (from read_parquet($path) limit 100000)"
        for path in (made / f"{name}.parquet" for name in ("customers", *_BESIDE)):
            if path.exists():
                values = {"path": str(path), "out": str(out / f"{path.stem}.{_CONSTANTS}")}
                connection.execute(f"copy ({some}) to $out (format parquet)", values)
        rows = {name: _rows(connection, made / f"{name}.parquet") for name in ("customers", *_BESIDE)}
    each = {name: round(rows[name] / rows["customers"]) for name in _BESIDE}
    (out / "each.json").write_text(json.dumps(each), encoding="utf-8")


def _rows(connection: duckdb.DuckDBPyConnection, path: Path) -> int:
    return int(connection.execute("select count(*) from read_parquet($path)", {"path": str(path)}).fetchall()[0][0]) if path.exists() else 0


def _run_of(project: Path) -> Path:
    (manifest,) = project.glob("runs/*/manifest.json")
    return manifest.parent


def floor(folder: Path, out: Path, memory: str, threads: str) -> None:
    """The unavoidable work."""
    import duckdb

    each = json.loads((out / "each.json").read_text(encoding="utf-8"))
    config = {"memory_limit": memory, "threads": int(threads), "temp_directory": str(out / "spill")}
    with duckdb.connect(config=config) as connection:
        written = _written(connection, "components_floor", out, "customers", {"folder": str(folder)})
        for name, by_customer in _BESIDE.items():
            if each[name]:
                values = {"customers": written, "each": each[name], "by_customer": by_customer}
                _written(connection, "components_floor_beside", out, name, values)


def _written(connection: duckdb.DuckDBPyConnection, step: str, out: Path, name: str, values: dict[str, Any]) -> str:
    text = (HERE / f"{step}.sql").read_text(encoding="utf-8").strip()
    path = str(out / f"{name}.parquet")
    bound = {**values, "constants": str(out / f"{name}.{_CONSTANTS}"), "out": path}
    connection.execute(f"copy ({text}) to $out (format parquet, compression snappy)", bound)
    return path


def shape(project: Path, out: Path) -> None:
    """Stops if the floor did not write the columns and types of the run."""
    from bench.shape import columns_alike

    for path in sorted(out.glob("*.parquet")):
        columns_alike(str(path), str(_run_of(project) / path.name))


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
    progress = Progress(show=_Clock(project / "phases.json"))
    run_project(project, {"memory": memory}, clock=datetime(2026, 2, 1, tzinfo=UTC), progress=progress)


class _Clock:
    """Writes down of each phase its seconds by the clock and of the processor, and the most memory in bytes before it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._begun: dict[str, tuple[float, float]] = {}
        self._found: dict[str, dict[str, float]] = {}

    def __call__(self, phase: Any) -> None:
        if not phase.is_over:
            self._begun[phase.text] = time.perf_counter(), time.process_time()
            self._found[phase.text] = {"before": float(_peak())}
            return
        wall, cpu = self._begun[phase.text]
        self._found[phase.text] |= {"wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu}
        self._path.write_text(json.dumps(self._found), encoding="utf-8")


def _peak() -> int:
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * RSS_UNIT


if __name__ == "__main__":
    word, *rest = sys.argv[1:]
    if word == "tables":
        tables(int(rest[0]), Path(rest[1]))
    elif word == "constants":
        constants(Path(rest[0]), Path(rest[1]))
    elif word == "floor":
        floor(Path(rest[0]), Path(rest[1]), rest[2], rest[3])
    elif word == "shape":
        shape(Path(rest[0]), Path(rest[1]))
    else:
        whole_run(Path(rest[0]), Path(rest[1]), rest[2])

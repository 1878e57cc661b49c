"""The customer result of a million customers against the floor: `python3 run.py bench contribution [--customers 1000000] [--runs 3]`.

Floor: DuckDB reads the tables of the ledger, groups each by customer and year and writes a table of the same columns, types and order as
contribution.parquet (`contribution_floor.sql`). kundenwert starts from the same files; in a second figure it also ranks the yardsticks
and finds the cause of each loss, as a run does.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from bench import ledger, report
from bench.measure import Series, module, side_by_side
from bench.section import Section

HERE = Path(__file__).resolve().parent
TITLE = "Customer result"
AS_OF = date(2025, 12, 31)
FACTOR, GIGABYTES = 3, 4
_TABLE, _WHOLE, _FLOOR = "table", "table, yardsticks, causes", "floor"


def section(customers: int, runs: int, data: Path, scratch: Path, *, memory: str, threads: int) -> str:
    """Measures, and tells it as a section of RESULTS.md."""
    folder = made(customers, data)
    floor, own = scratch / "contribution-floor.parquet", scratch / "contribution.parquet"
    commands = {
        _FLOOR: module("contribution", "floor", folder, floor, memory, threads),
        _TABLE: module("contribution", "table", folder, own, memory),
        _WHOLE: module("contribution", "whole", folder, own, memory),
    }
    found = side_by_side(commands, runs)
    subprocess.run(module("contribution", "shape", floor, own), check=True, cwd=HERE.parent)
    return "\n\n".join(_told(customers, folder, found))


def made(customers: int, data: Path) -> Path:
    """The folder of a ledger of so many customers; it is made if it is not there."""
    folder = data / f"ledger-{customers}"
    if not (folder / "transactions.parquet").exists():
        # A process of its own: this one must stay small (see measure.py).
        subprocess.run(module("ledger", customers, folder), check=True, cwd=HERE.parent)
    return folder


def _told(customers: int, folder: Path, found: dict[str, Series]) -> Iterator[str]:
    lines, activities, payments = (_rows(folder / f"{name}.parquet") for name in ("transactions", "activities", "payments"))
    yield (
        f"{customers:,} customers, {lines:,} lines, {activities:,} activities, {payments:,} payments and their contacts, complaints and "
        f"measures ({report.machine()}). Written by `python3 run.py bench contribution`."
    )
    checks = [
        report.against_floor("from the tables to contribution.parquet", found[_TABLE], found[_FLOOR], FACTOR),
        report.against_floor("the same with yardsticks and causes of all losses", found[_WHOLE], found[_FLOOR], FACTOR),
        report.in_memory("memory", found[_WHOLE], GIGABYTES),
    ]
    rows = [("met" if one.is_met else "**missed**", one.what, one.target, one.measured) for one in checks]
    yield report.table(("", "what", "target", "measured"), rows)
    loads = [one.load for series in found.values() for one in series.runs]
    figures = [
        (what, len(s.runs), f"{s.wall:.2f}", f"{s.spread[0]:.2f}", f"{s.spread[1]:.2f}", f"{s.cpu:.2f}", f"{s.memory / 1e6:,.0f}")
        for what, s in found.items()
    ]
    yield report.table(("what", "runs", "seconds (median)", "fastest", "slowest", "processor seconds", "peak memory, MB"), figures)
    yield f"The load of the machine before a run was {min(loads):.1f} to {max(loads):.1f}."


def _rows(path: Path) -> int:
    text = "import sys, pyarrow.parquet as p; print(p.read_metadata(sys.argv[1]).num_rows)"
    return int(subprocess.run([sys.executable, "-c", text, str(path)], check=True, capture_output=True, text=True).stdout)


SECTION = Section("contribution", TITLE, "The customer result of many customers against the floor.", "3GB", section)


# ---- in processes of their own ------------------------------------------------------------------------------------


def floor(folder: Path, out: Path, memory: str, threads: str) -> None:
    """The unavoidable work."""
    import duckdb

    text = (HERE / "contribution_floor.sql").read_text(encoding="utf-8").strip()
    config = {"memory_limit": memory, "threads": int(threads), "temp_directory": str(out.with_suffix(".spill"))}
    with duckdb.connect(config=config) as connection:
        connection.execute(f"copy ({text}) to $out (format parquet, compression snappy)", {"folder": str(folder), "out": str(out)})


def own(folder: Path, out: Path, memory: str, *, whole: bool) -> None:
    """The same by kundenwert. whole: with yardsticks and the causes of losses."""
    from kundenwert import sources
    from kundenwert.engines import open_engine
    from kundenwert.flows import contribution
    from kundenwert.flows.company_tables import open_nothing

    with open_engine(spill=out.with_suffix(".spill"), memory=memory) as engine:
        engine.open_parquet("ledger_lines", [folder / "transactions.parquet"], numbered=False)
        engine.view("booked", "tables/booked_from_ledger.sql")
        for name in sources.tables():
            if name in ledger.TABLES:
                engine.open_parquet(f"ledger_{name}", [folder / f"{name}.parquet"], numbered=False)
            else:
                open_nothing(engine, name)
        engine.table("known_customers", "tables/company/known_customers.sql")
        contribution.open_steps(engine, None, None, AS_OF, has_tables=True)
        served, _ = contribution.book(engine)
        engine.write(out, "value/contribution/written.sql")
        if whole:
            contribution._open_period(engine, None)
            contribution._yardsticks(engine)
            if served:
                contribution._losses(engine)


if __name__ == "__main__":
    word, rest = sys.argv[1], sys.argv[2:]
    if word == "floor":
        floor(Path(rest[0]), Path(rest[1]), rest[2], rest[3])
    elif word == "shape":
        from bench import shape

        shape.columns_alike(*rest)
    else:
        own(Path(rest[0]), Path(rest[1]), rest[2], whole=word == "whole")

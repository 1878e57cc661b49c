"""Measures everything that design targets exist for: `python3 run.py bench [--sizes 100k,1m,10m] [--runs 3] [--data FOLDER]`.

`python3 run.py bench kill` kills runs at random moments instead (`kill.py`), `python3 run.py bench contribution` measures the customer
result alone (`contribution.py`), `python3 run.py bench components` the components of value (`components.py`), `python3 run.py bench
allocation` how limited means are shared out (`allocation.py`), `python3 run.py bench web` the web app under its readers (`web.py`)."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from bench import allocation, components, contribution, kill, other, posterior, report, start, value, web
from bench.measure import KUNDENWERT, Series, module, side_by_side
from bench.report import Check

SIZES = {"100k": 100_000, "1m": 1_000_000, "10m": 10_000_000}
FASTER = {"100k": 3.0, "1m": 7.0}
HERE = Path(__file__).resolve().parent
NOTES = (
    (
        "Floor: DuckDB reads the file, groups by customer once and writes a table of the same columns, types, order and compression as "
        "customers.parquet, constants where kundenwert computes (`floor.sql`). Both have the same limit of memory. "
        "The floor has a thread a core; kundenwert takes its default, two a core (measured: the floor gains nothing from more)."
    ),
    "Logs: about 2.8 lines a customer over two years, Parquet, in date order, ids in no order; no cancellations (`generate.py`).",
    "Memory is the peak of resident memory of the whole process; the limit above is that of the engine within it.",
    "`value` includes the 90 % intervals of purchases, revenue and clv; the floor writes constants there.",
    "`run` starts without a ledger: it reads, checks, looks for duplicates and reversals, chooses by backtest and writes table and report.",
)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="run.py bench", description="Measures speed and size, side by side with the floor.")
    parser.add_argument("--sizes", default="100k,1m,10m", help="which logs: 100k, 1m, 10m (customers)")
    parser.add_argument("--runs", type=int, default=3, help="runs of each; medians count")
    parser.add_argument("--data", type=Path, help="folder where generated logs are kept; without it they are made anew")
    parser.add_argument("--memory", default="3GB", help="memory limit of the engine")
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1, help="threads of the floor")
    parser.add_argument("--without-other", action="store_true", help="leave out the comparison with another package")
    parser.add_argument("--results", type=Path, default=HERE / "RESULTS.md", help="where the figures are written")
    return parser.parse_args()


class Bench:
    """One round of measurements; `checks`, `series` and `notes` grow as it goes on."""

    def __init__(self, given: argparse.Namespace, data: Path, scratch: Path) -> None:
        self.given, self.data, self.scratch = given, data, scratch
        self.checks: list[Check] = []
        self.series: dict[str, Series] = {}
        self.notes = list(NOTES)
        self.other = self._other()

    def run(self) -> None:
        self.starting()
        for size in self.given.sizes.split(","):
            self.of_size(size, SIZES[size])
        checks, notes = posterior.checks(self.data, with_other=not self.given.without_other)
        self.checks += checks
        self.notes += notes

    def starting(self) -> None:
        found = self.measure({"kundenwert --help": [KUNDENWERT, "--help"]}, least=7)
        self.checks.append(report.at_most("start: `kundenwert --help`", found["kundenwert --help"], 0.3))
        dearest = ", ".join(f"{name} {milliseconds:.0f} ms" for name, milliseconds in list(start.imports().items())[:5])
        self.notes.append(f"Dearest imports of `kundenwert --help`, as the interpreter counts them: {dearest}.")
        sample = Path(os.environ.get("KUNDENWERT_TEST_DATA", "")) / "CDNOW_sample.txt"
        if not sample.is_file():
            self.notes.append("CDNOW was left out: KUNDENWERT_TEST_DATA names no folder with CDNOW_sample.txt.")
            return
        commands = {"value CDNOW": value.cdnow(sample, self.scratch / "cdnow.parquet")}
        if isinstance(self.other, Path):
            commands["lifetimes CDNOW"] = other.command(self.other, sample, self.scratch / "other.parquet", "1997-09-30")
        found = self.measure(commands, least=5)
        self.checks.append(report.at_most("CDNOW sample (2,357 customers), file to file", found["value CDNOW"], 1.0))

    def of_size(self, size: str, customers: int) -> None:
        lines = self.log(customers, "parquet")
        floor, table = self.scratch / "floor.parquet", self.scratch / "value.parquet"
        limits = {"memory": self.given.memory}
        commands = {
            f"floor {size}": module("floor", lines, floor, self.given.memory, self.given.threads),
            f"value {size}": value.command(lines, table, **limits),
        }
        if size in FASTER and isinstance(self.other, Path):
            for name, more in ((f"lifetimes {size}", ()), (f"lifetimes {size}, with clv", ("clv",))):
                commands[name] = other.command(self.other, lines, self.scratch / "other.parquet", "2024-12-31", *more)
        if size == "100k":
            commands[f"value {size}, CSV"] = value.command(self.log(customers, "csv"), self.scratch / "csv.parquet", **limits)
        found = self.measure(commands)
        subprocess.run(module("shape", floor, table), check=True, cwd=HERE.parent)
        self.looking_back(size, customers, lines, found[f"floor {size}"])
        self.measure({f"fit {size}": module("fit", table)})
        self.judge(size, customers, found)

    def looking_back(self, size: str, customers: int, lines: Path, floor: Series) -> None:
        """A whole run at the largest size, and a backtest of everybody at a million."""
        words, people = (lines, self.scratch / "project", self.given.memory), f"{customers:,} customers"
        if size == "10m":
            (own,) = self.measure({f"run {size}": module("project", "run", *words)}).values()
            self.checks.append(report.against_floor(f"full `run` of {people}, choice by backtest of a sample", own, floor, 3))
        if size == "1m":
            for horizon, told in (("12m", "12 months, 1 origin"), ("6m", "6 months, 3 origins")):
                (own,) = self.measure({f"backtest {size}, {told}": module("project", "backtest", *words, horizon)}).values()
                self.checks.append(report.against_floor(f"`backtest` of {people}, all models, {told}", own, floor, 10))

    def judge(self, size: str, customers: int, found: dict[str, Series]) -> None:
        own = found[f"value {size}"]
        if size == "10m":
            self.checks.append(report.against_floor(f"`value` of {customers:,} customers", own, found[f"floor {size}"], 1.5))
            self.checks.append(report.in_memory(f"`value` of {customers:,} customers: memory", own, 4))
        for name in (f"lifetimes {size}", f"lifetimes {size}, with clv"):
            if name in found:
                what = f"{customers:,} customers against lifetimes" + (", both with clv" if "clv" in name else " without clv")
                self.checks.append(report.faster_than(what, own, found[name], FASTER[size]))

    def measure(self, commands: dict[str, list[str]], least: int = 0) -> dict[str, Series]:
        found = side_by_side(commands, max(self.given.runs, least))
        self.series.update(found)
        return found

    def log(self, customers: int, kind: str) -> Path:
        path = self.data / f"{customers}.{kind}"
        if not path.exists():
            # A process of its own: this one must stay small (see measure.py).
            subprocess.run(module("generate", customers, path), check=True, cwd=HERE.parent)
        return path

    def _other(self) -> Path | str:
        if self.given.without_other:
            self.notes.append("The comparison with another package was left out by choice.")
            return ""
        found = other.environment(self.data)
        if isinstance(found, str):
            self.notes.append(f"The comparison with lifetimes was left out: {found}.")
        else:
            self.notes.append(
                "lifetimes: its fastest way (`other_lifetimes.py`): summary by pandas, equal histories once with weights, no checks; "
                "without clv it writes less than kundenwert does."
            )
        return found


def main() -> None:
    if sys.argv[1:2] == ["kill"]:
        sys.exit(kill.main(sys.argv[2:]))
    if sys.argv[1:2] == ["contribution"]:
        sys.exit(contribution.SECTION.main(sys.argv[2:]))
    if sys.argv[1:2] == ["components"]:
        sys.exit(components.SECTION.main(sys.argv[2:]))
    if sys.argv[1:2] == ["allocation"]:
        sys.exit(allocation.main(sys.argv[2:]))
    if sys.argv[1:2] == ["web"]:
        sys.exit(web.main(sys.argv[2:]))
    given = arguments()
    given.results = given.results.resolve()
    with tempfile.TemporaryDirectory(prefix="kundenwert-bench-") as scratch:
        data = (given.data or Path(scratch)).resolve()
        data.mkdir(parents=True, exist_ok=True)
        bench = Bench(given, data, Path(scratch))
        bench.run()
        result = (
            contribution.section(SIZES["1m"], given.runs, data, Path(scratch), memory=given.memory, threads=given.threads)
            if "1m" in given.sizes.split(",")
            else ""
        )
    for line in _lines(bench.checks):
        print(line)
    old = given.results.read_text(encoding="utf-8") if given.results.exists() else ""
    page = report.text(bench.checks, bench.series, bench.notes)
    if result:
        page = report.with_section(page, contribution.TITLE, result)
    page = report.carried_over(old, page)
    given.results.write_text(page, encoding="utf-8")
    raw = {what: [one.as_json() for one in found.runs] for what, found in bench.series.items()}
    given.results.with_suffix(".json").write_text(json.dumps(raw, indent=1), encoding="utf-8")
    print(f"\nWritten: {given.results.name}, and each run in {given.results.with_suffix('.json').name}")


def _lines(checks: list[Check]) -> Iterator[str]:
    yield ""
    for check in sorted(checks, key=lambda one: one.is_met):
        yield f"  {'met' if check.is_met else 'MISSED':<8}{check.what:<56}{check.target:<26}{check.measured}"


if __name__ == "__main__":
    main()

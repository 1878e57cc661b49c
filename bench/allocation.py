"""Sharing out limited means over many customers: `python3 run.py bench allocation [--sizes 1000,10000,100000,1000000]`.

Each customer gets one of ten bundles or nothing; three limits hold for all, or one for all and two for each of many persons. What
kundenwert chooses stands beside HiGHS (all of it as one whole-number problem) and OR-Tools (CP-SAT) where they come to an end. Results go
as a section into RESULTS.md.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench import other, report
from bench.measure import Run, Series, module, run

HERE = Path(__file__).resolve().parent
TITLE = "Allocation"
BUNDLES, LIMITS = 10, 3
SECONDS, GIGABYTES, TARGET = 10.0, 4.0, 1_000_000
# What the others are given: so many seconds, and only sizes that they can hold.
_PATIENCE = 30
_MOST = {"HiGHS": 10_000, "OR-Tools": 10_000}
PACKAGES = ("ortools", "numpy")


def main(words: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="run.py bench allocation", description="Sharing out limited means over many customers.")
    parser.add_argument("--sizes", default="1000,10000,100000,1000000", help="customers")
    parser.add_argument("--persons", type=int, default=200, help="persons with limits of their own in the second kind of problem")
    parser.add_argument("--runs", type=int, default=3, help="runs of each; medians count")
    parser.add_argument("--data", type=Path, help="folder where the environment of OR-Tools is kept; without it it is made anew")
    parser.add_argument("--without-other", action="store_true", help="leave out OR-Tools and HiGHS")
    parser.add_argument("--results", type=Path, default=HERE / "RESULTS.md", help="the page into which the section is put")
    given = parser.parse_args(words)
    with tempfile.TemporaryDirectory(prefix="kundenwert-bench-") as scratch:
        sizes = [int(size) for size in given.sizes.split(",")]
        body = section(sizes, given.persons, given.runs, given.data or Path(scratch), Path(scratch), alone=given.without_other)
    print(f"\n{body}")
    page = given.results.read_text(encoding="utf-8") if given.results.exists() else ""
    given.results.write_text(report.with_section(page, TITLE, body), encoding="utf-8")
    return 0


def section(sizes: list[int], persons: int, runs: int, data: Path, scratch: Path, *, alone: bool) -> str:
    """Measures, and tells it as a section of RESULTS.md."""
    solvers: dict[str, Any] = {"kundenwert": sys.executable}
    note = ""
    if not alone:
        python = other.environment(data, "ortools", PACKAGES)
        solvers["HiGHS"] = sys.executable
        if isinstance(python, str):
            note = f"OR-Tools is missing: {python}."
        else:
            solvers["OR-Tools"] = str(python)
    rows, times = [], {}
    for size in sizes:
        for kind, people in (("three limits for all", 0), (f"one for all, two for each of {persons} persons", persons)):
            if people and size < 10 * people:
                continue
            case = scratch / f"{size}-{people}.npz"
            subprocess.run(module("allocation", "case", size, people, case), check=True, cwd=HERE.parent)
            found = _side_by_side(solvers, size, case, runs)
            times[size, people] = found["kundenwert"][0]
            rows += list(_rows(size, kind, found))
            case.unlink()
    whole = _whole_plans(runs)
    return "\n\n".join(_told(rows, times, whole, note))


def _side_by_side(solvers: dict[str, Any], size: int, case: Path, runs: int) -> dict[str, tuple[Series, dict[str, Any]]]:
    found = {}
    for name, python in solvers.items():
        if size > _MOST.get(name, size):
            continue
        out = case.with_suffix(".json")
        command = [str(python), str(HERE / "allocation_other.py"), str(case), str(out), str(_PATIENCE)]
        if name != "OR-Tools":
            command = module("allocation", "choose" if name == "kundenwert" else "highs", case, out, _PATIENCE)
        measured: list[Run] = [run(name, command) for _ in range(runs if name == "kundenwert" else 1)]
        found[name] = (Series(tuple(measured)), json.loads(out.read_text(encoding="utf-8")))
        print(f"  {size:,} {name}: {found[name][0].wall:.2f} s, {found[name][1]}", flush=True)
    return found


def _rows(size: int, kind: str, found: dict[str, tuple[Series, dict[str, Any]]]) -> Iterator[tuple[str, ...]]:
    best = max(one["total"] for _, one in found.values())
    for name, (series, one) in found.items():
        yield (
            f"{size:,}",
            kind,
            name,
            f"{series.wall:.2f}",
            f"{series.cpu:.2f}",
            f"{one['seconds']:.2f}",
            f"{series.memory / 1e6:,.0f}",
            f"{(one['total'] / best - 1):.4%}" if one["total"] else "none found in time",
            f"{max(0.0, one['bound'] / one['total'] - 1):.4%}" if one["total"] else "",
        )


def _whole_plans(runs: int) -> list[tuple[str, ...]]:
    rows = []
    for size in (10_000, 100_000, TARGET):
        series = Series(tuple(run("plan", module("allocation", "plan", size)) for _ in range(runs)))
        rows.append((f"{size:,}", f"{series.wall:.2f}", f"{series.cpu:.2f}", f"{series.memory / 1e6:,.0f}"))
        print(f"  whole plan of {size:,}: {series.wall:.2f} s", flush=True)
    return rows


def _told(rows: list[tuple[str, ...]], times: dict[tuple[int, int], Series], whole: list[tuple[str, ...]], note: str) -> Iterator[str]:
    yield (
        f"Random customers, {BUNDLES} bundles each, three limits ({report.machine()}). Written by `python3 run.py bench allocation`. "
        "A run is a whole process that starts, reads the arrays, chooses and ends; the seconds of choosing alone stand beside it."
    )
    checks = []
    for (size, people), series in times.items():
        if size == TARGET:
            kind = "two limits by person" if people else "three limits for all"
            is_met = series.wall < SECONDS and series.memory < GIGABYTES * 1e9
            checks.append(
                (
                    "met" if is_met else "**missed**",
                    f"{size:,} customers x {BUNDLES} bundles x {LIMITS} limits ({kind})",
                    f"under {SECONDS:g} s and {GIGABYTES:g} GB",
                    f"{series.wall:.2f} s (processor {series.cpu:.2f} s), {series.memory / 1e9:.2f} GB",
                )
            )
    sizes = sorted(size for size, people in times if not people)
    if len(sizes) > 1 and TARGET in sizes:
        small = sizes[-2]
        growth = (times[TARGET, 0].cpu / TARGET) / (times[small, 0].cpu / small)
        said = f"{growth:.2f} x the processor time of a customer among {small:,}"
        checks.append(("met" if growth <= 1.1 else "**missed**", "growth", "linear", said))
    if checks:
        yield report.table(("", "what", "target", "measured"), checks)
    head = ("customers", "limits", "who", "seconds", "processor", "choosing", "MB", "gain against the best found", "proven gap")
    yield report.table(head, rows)
    yield (
        f"HiGHS and OR-Tools (CP-SAT, two workers) get the whole problem and {_PATIENCE} seconds; with larger ones they were not tried. "
        "kundenwert asks HiGHS only about customers whom prices leave undecided. With limits by person part of the gap cannot be closed: "
        "what is left of a limit is too small for any further customer." + (f" {note}" if note else "")
    )
    yield report.table(("whole plan, customers", "seconds", "processor", "MB"), whole)
    yield (
        "A whole plan also finds the bundles of each customer, three other ways to spend the same, the interval, the curves of gain "
        "against each limit, and the reason of each line; four actions, a budget and hours of two persons."
    )
    loads = [one.load for series in times.values() for one in series.runs]
    yield f"The load of the machine before a run was {min(loads):.1f} to {max(loads):.1f}."


# ---- in processes of their own ------------------------------------------------------------------------------------


def case(size: int, people: int, out: Path) -> None:
    """A random problem: gains in cents, uses in quarters."""
    import numpy as np

    rng = np.random.default_rng(size + people)
    worth = rng.lognormal(5, 1.2, size)
    gain, uses = np.zeros((size, BUNDLES + 1), dtype=np.int64), np.zeros((LIMITS, size, BUNDLES + 1), dtype=np.int16)
    for bundle in range(1, BUNDLES + 1):
        gain[:, bundle] = np.round(100 * worth * rng.beta(1, 4, size) * np.sqrt(bundle))
        uses[:, :, bundle] = rng.integers(1, 10, (LIMITS, size)) * bundle
    groups = np.zeros((LIMITS, size), dtype=np.int32)
    if people:
        groups[1:] = rng.integers(0, people, size)
    capacity = np.zeros((LIMITS, max(people, 1)), dtype=np.int64)
    for limit in range(LIMITS):
        count = np.bincount(groups[limit], minlength=max(people, 1))
        capacity[limit] = count * (32 - 4 * limit) // 10
    np.savez(out, gain=gain, uses=uses, groups=groups, capacity=capacity)


def choose(case: Path, out: Path) -> None:
    """What kundenwert chooses."""
    import numpy as np

    from kundenwert.stats import choice

    read = np.load(case)
    gain, uses, groups, capacity = (read[name] for name in ("gain", "uses", "groups", "capacity"))
    begin = time.perf_counter()
    found = choice.choose(gain / 100, list(uses), list(capacity), list(groups))
    _write(out, found.total, found.bound, time.perf_counter() - begin)


def highs(case: Path, out: Path, patience: float) -> None:
    """The whole problem as one for HiGHS."""
    import numpy as np
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import csr_array

    read = np.load(case)
    gain, uses, groups, capacity = (read[name] for name in ("gain", "uses", "groups", "capacity"))
    begin = time.perf_counter()
    size, width = gain.shape
    column = np.arange(size * width)
    rules = [LinearConstraint(csr_array((np.ones(size * width), (np.repeat(np.arange(size), width), column))), 1, 1)]
    for use, group, amounts in zip(uses, groups, capacity, strict=True):
        shape = (len(amounts), size * width)
        rules.append(
            LinearConstraint(csr_array((use.ravel().astype(float), (np.repeat(group, width), column)), shape=shape), -np.inf, amounts)
        )
    found = milp(
        -gain.ravel() / 100,
        constraints=rules,
        integrality=np.ones(size * width),
        bounds=Bounds(0, 1),
        options={"time_limit": patience, "mip_rel_gap": 0},
    )
    total = 0.0 if found.x is None else -float(found.fun)
    bound = total if found.mip_dual_bound is None else -float(found.mip_dual_bound)
    _write(out, total, bound, time.perf_counter() - begin)


def plan(size: int) -> None:
    """A whole plan."""
    import numpy as np

    from kundenwert.decisions.allocation import PLUGIN

    PLUGIN.decide(PLUGIN.example(np.random.default_rng(5), size))


def _write(out: Path, total: float, bound: float, seconds: float) -> None:
    out.write_text(json.dumps({"total": total, "bound": bound, "seconds": seconds}), encoding="utf-8")


if __name__ == "__main__":
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    word, rest = sys.argv[1], sys.argv[2:]
    if word == "case":
        case(int(rest[0]), int(rest[1]), Path(rest[2]))
    elif word == "choose":
        choose(Path(rest[0]), Path(rest[1]))
    elif word == "highs":
        highs(Path(rest[0]), Path(rest[1]), float(rest[2]))
    else:
        plan(int(rest[0]))

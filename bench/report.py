"""Measured figures against the targets of the design, as a table for the terminal and as Markdown."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import metadata

from bench.measure import Series

GIGABYTE = 1e9
_NOISE = (
    "Each figure is the median of several runs that took turns with what it is compared to. Other programs may have been at work: the load "
    "of the machine before a run was {:.1f} to {:.1f} (the runs themselves count too). Load strikes both sides of a ratio; processor time "
    "is the steadier figure."
)


@dataclass(frozen=True)
class Check:
    """One target: what was measured, in words too, and whether it is met."""

    what: str
    target: str
    measured: str
    is_met: bool


def at_most(what: str, series: Series, seconds: float) -> Check:
    """The process ends within so many seconds on the clock."""
    return Check(what, f"under {seconds:g} s", f"{series.wall:.2f} s", series.wall < seconds)


def against_floor(what: str, value: Series, floor: Series, factor: float) -> Check:
    """At most a multiple of the floor; judged by the clock, processor time beside it."""
    ratio = value.wall / floor.wall
    measured = f"{ratio:.2f} x ({value.wall:.1f} s to {floor.wall:.1f} s; processor {value.cpu / floor.cpu:.2f} x)"
    return Check(what, f"at most {factor:g} x the floor", measured, ratio <= factor)


def faster_than(what: str, value: Series, other: Series, factor: float) -> Check:
    """At least so many times faster than another package."""
    ratio = other.wall / value.wall
    measured = f"{ratio:.1f} x faster ({value.wall:.2f} s to {other.wall:.2f} s; processor {other.cpu / value.cpu:.1f} x)"
    return Check(what, f"{factor:g} x faster", measured, ratio >= factor)


def in_memory(what: str, series: Series, gigabytes: float) -> Check:
    """Peak of resident memory."""
    return Check(what, f"under {gigabytes:g} GB", f"{series.memory / GIGABYTE:.2f} GB", series.memory < gigabytes * GIGABYTE)


def machine() -> str:
    """What the figures were measured on."""
    versions = ", ".join(f"{name} {metadata.version(name)}" for name in ("kundenwert", "duckdb", "numpy", "scipy"))
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / GIGABYTE
    system = f"{platform.system()} {platform.machine()}, Python {platform.python_version()}"
    return f"{os.cpu_count()} cores, {memory:.0f} GB memory, {system}, {versions}"


def text(checks: Sequence[Check], series: dict[str, Series], notes: Sequence[str]) -> str:
    """The whole page; missed targets first."""
    ordered = sorted(checks, key=lambda check: check.is_met)
    runs = [one for found in series.values() for one in found.runs]
    loads = [one.load for one in runs]
    parts = [
        "# Speed and size, measured",
        f"{datetime.now(UTC):%Y-%m-%d}. {machine()}. Written by `python3 run.py bench`.",
        _NOISE.format(min(loads), max(loads)),
        "## Targets",
        table(
            ("", "what", "target", "measured"),
            [("met" if one.is_met else "**missed**", one.what, one.target, one.measured) for one in ordered],
        ),
        "## Runs",
        table(
            ("what", "runs", "seconds (median)", "fastest", "slowest", "processor seconds", "peak memory, MB"),
            [
                (what, len(s.runs), f"{s.wall:.2f}", f"{s.spread[0]:.2f}", f"{s.spread[1]:.2f}", f"{s.cpu:.2f}", f"{s.memory / 1e6:,.0f}")
                for what, s in series.items()
            ],
        ),
        "## Where the time goes",
        table(
            ("what", "phase", "seconds (median)"),
            [(what, phase, f"{seconds:.2f}") for what, s in series.items() for phase, seconds in s.phases.items()],
        ),
        "## Notes",
        "\n".join(f"- {note}" for note in notes),
    ]
    return "\n\n".join(parts) + "\n"


def with_section(page: str, title: str, body: str) -> str:
    """The page with this section put in, in the place of the one of the same title or at the end."""
    before, _, rest = page.partition(f"\n## {title}\n")
    after = rest.partition("\n## ")
    tail = f"\n## {after[2]}" if after[2] else ""
    return f"{before.rstrip()}\n\n## {title}\n\n{body.strip()}\n{tail}"


def carried_over(old: str, new: str) -> str:
    """The new page with the sections of the old one that it lacks: they are measured on their own."""
    for part in old.split("\n## ")[1:]:
        title, _, body = part.partition("\n")
        if f"\n## {title}\n" not in new:
            new = with_section(new, title, body)
    return new


def table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """A table in Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(str(cell) for cell in row) + " |" for row in lines)

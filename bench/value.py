"""End to end: the command a user types, as a whole process."""

from __future__ import annotations

from pathlib import Path

from bench.measure import KUNDENWERT


def command(lines: Path, out: Path, *, memory: str = "", threads: int = 0) -> list[str]:
    """`kundenwert value` of a generated log."""
    limits = [*(["--memory", memory] if memory else []), *(["--threads", str(threads)] if threads else [])]
    return [KUNDENWERT, "value", str(lines), "--model", "bg_nbd", "--as-of", "2024-12-31", *limits, "--out", str(out)]


def cdnow(sample: Path, out: Path) -> list[str]:
    """The CDNOW sample, calibrated on its first 39 weeks."""
    columns = "master_id,customer_id,date,quantity,amount"
    return [KUNDENWERT, "value", str(sample), "--columns", columns, "--as-of", "1997-09-30", "--horizon", "39w", "--out", str(out)]

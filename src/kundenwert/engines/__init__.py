"""The engines that run table code. Only this room imports a database driver."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from kundenwert.engines._engine import Engine


def open_engine(name: str = "duckdb", *, spill: Path | None = None, memory: str | None = None, threads: int | None = None) -> Engine:
    """A fresh engine. `spill`: folder for what does not fit in memory; `memory`: limit such as "4GB"; both optional."""
    from kundenwert import registry

    engine: Engine = registry.load("engines", name)(spill=spill, memory=memory, threads=threads)
    return engine

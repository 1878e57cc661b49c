"""Where `value` spends its time, step by step: `python -m bench.steps FILE OUT [MEMORY] [THREADS]`.

Every table, query and written file of the engine with its seconds, wall and processor, in order; the rest is numerics and imports.
"""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

TIMED = ("script", "table", "view", "rows", "arrays", "load", "write", "project", "union", "open_parquet", "columns")


def main(lines: str, out: str, memory: str = "4GB", threads: str = "2") -> None:
    from kundenwert.engines.duckdb import DuckDb
    from kundenwert.flows.progress import Progress
    from kundenwert.flows.reading import Input
    from kundenwert.flows.value_file import value_file
    from kundenwert.sources import Wanted

    for name in TIMED:
        setattr(DuckDb, name, _timed(name, getattr(DuckDb, name)))
    flags = {"memory": memory, "threads": threads, "as_of": "2024-12-31"}
    progress = Progress(lambda phase: print(f"== {phase.text}  {phase.seconds:.2f} s") if phase.is_over else None)
    begin = time.perf_counter()
    value_file([Input(Path(lines), Wanted())], flags, Path(out), clock=date(2025, 6, 1), progress=progress)
    usage = resource.getrusage(resource.RUSAGE_SELF)
    print(f"all {time.perf_counter() - begin:.2f} s, processor {_processor():.2f} s, peak {usage.ru_maxrss / 1000:.0f} MB")


def _timed(name: str, method: Callable[..., Any]) -> Callable[..., Any]:
    def timed(self: Any, *words: Any, **values: Any) -> Any:
        begin, before = time.perf_counter(), _processor()
        result = method(self, *words, **values)
        seconds = time.perf_counter() - begin
        if seconds > 0.002:
            what = " ".join(str(word) for word in words if isinstance(word, str))
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
            print(
                f"   {name:<8} {what:<50.50} {seconds:>8.3f} s {_processor() - before:>8.3f} s processor  peak {peak:>6.0f} MB", flush=True
            )
        return result

    return timed


def _processor() -> float:
    return time.process_time()


if __name__ == "__main__":
    main(*sys.argv[1:])

"""A project made anew and worked on as a whole process: `python -m bench.project run|backtest LINES FOLDER MEMORY [HORIZON]`.

The ledger is not there beforehand, so that `run` reads, checks, matches and keeps the lines as at the first time. `backtest` looks back
from every origin of the rule, with all customers and all purchase models.
"""

from __future__ import annotations

import os
import shutil
import sys
from datetime import UTC, datetime
from pathlib import Path

from kundenwert.flows.progress import Progress

CLOCK = datetime(2025, 6, 1, tzinfo=UTC)


def main(word: str, lines: str, folder: str, memory: str, horizon: str = "12m") -> None:
    # As the command `kundenwert` does, which this stands for.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    project = Path(folder)
    shutil.rmtree(project, ignore_errors=True)
    project.mkdir(parents=True)
    source = Path(lines).resolve().as_posix()
    text = f'as_of = 2024-12-31\nhorizon = "{horizon}"\nlanguage = "en"\n\n[[sources]]\nfiles = ["{source}"]\n'
    (project / "kundenwert.toml").write_text(text, encoding="utf-8")
    if word == "run":
        from kundenwert.flows.run import run

        run(project, {"memory": memory}, clock=CLOCK, progress=Progress())
    else:
        from kundenwert.flows.backtest import backtest_project

        found = backtest_project(project, {"memory": memory}, clock=CLOCK, progress=Progress(), sample=None)
        print(f"{len(found.origins)} origins of {found.days} days", file=sys.stderr)


if __name__ == "__main__":
    main(*sys.argv[1:])

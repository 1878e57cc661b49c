"""The whole allocation problem for OR-Tools (CP-SAT), in an environment of its own: python allocation_other.py CASE OUT SECONDS."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import numpy as np
from ortools.sat.python import cp_model


def main(case: Path, out: Path, patience: float) -> None:
    """Chooses, and writes total, bound and seconds."""
    read = np.load(case)
    gain, uses, groups, capacity = (read[name] for name in ("gain", "uses", "groups", "capacity"))
    begin = time.perf_counter()
    size, width = gain.shape
    model = cp_model.CpModel()
    chosen = [[model.new_bool_var("") for _ in range(width)] for _ in range(size)]
    for row in chosen:
        model.add_exactly_one(row)
    for use, group, amounts in zip(uses, groups, capacity, strict=True):
        for place, amount in enumerate(amounts.tolist()):
            rows = np.flatnonzero(group == place)
            terms = [chosen[row][option] for row in rows for option in range(1, width)]
            model.add(cp_model.LinearExpr.weighted_sum(terms, use[rows, 1:].ravel().tolist()) <= amount)
    every = [one for row in chosen for one in row]
    model.maximize(cp_model.LinearExpr.weighted_sum(every, gain.ravel().tolist()))
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = patience
    solver.parameters.num_workers = 2
    solver.solve(model)
    result = {
        "total": solver.objective_value / 100,
        "bound": solver.best_objective_bound / 100,
        "seconds": time.perf_counter() - begin,
    }
    out.write_text(json.dumps(result), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), float(sys.argv[3]))

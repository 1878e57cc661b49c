"""Draws from the posterior, in a process of its own: `python -m bench.posterior CUSTOMERS MODEL [RUNS]`.

CUSTOMERS: a number, of customers simulated under the model's example over two years (whole days), or a file in which each line gives
frequency, recency, T in days and customers. Told are the seconds of `Fitted.draws` (fit and data are there) as median of the runs, and
the effective draws a second. With `checks` all that has a target is measured, beside pymc-marketing where that installs.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench import other
from bench.measure import ROOT, module
from bench.report import Check

if TYPE_CHECKING:
    from kundenwert.records import Histories

DRAWS = 4_700
CDNOW = ROOT / "tests" / "golden" / "cdnow_purchases.csv"
# Effective draws a second of pymc-marketing's NUTS for BG/NBD, measured earlier on a machine of the same kind (100,000: at best).
EARLIER = {2_357: 109.0, 10_000: 41.0, 100_000: 4.0}
FASTER = {2_357: 100.0, 100_000: 1_000.0}
_PROGRAM = Path(__file__).with_name("other_pymc.py")
# Seconds after which the other package is not waited for.
_PATIENCE = 240


def checks(folder: Path, *, with_other: bool) -> tuple[list[Check], list[str]]:
    """All targets of draws, and what is to be said of them. folder: where the other package's environment is kept."""
    found, notes, earlier = [], [], dict(EARLIER)
    measured = _of_pymc(folder) if with_other else "left out by choice"
    if isinstance(measured, str):
        notes.append(f"pymc-marketing: {measured}; its effective draws a second are those measured earlier (BG/NBD, NUTS).")
    else:
        earlier[2_357] = measured["effective_a_second"]
        notes.append(
            f"pymc-marketing, NUTS, CDNOW: {measured['effective_a_second']:.0f} effective draws a second, compilation not counted "
            "(`other_pymc.py`); at 100,000 customers at most 4 a second, measured earlier."
        )
    for name in ("bg_nbd", "mbg_nbd", "pareto_nbd", "nbd"):
        found.append(_in_time(f"CDNOW, {name}", _own(str(CDNOW), name), 0.4))
        found.append(_in_time(f"1,000,000 customers, {name}", _own("1000000", name), 2.0))
    for customers, text in ((2_357, str(CDNOW)), (100_000, "100000")):
        rate = _own(text, "bg_nbd")["effective_a_second"]
        ratio, factor = rate / earlier[customers], FASTER[customers]
        told = f"{ratio:,.0f} x ({rate:,.0f} to {earlier[customers]:.3g} effective draws a second)"
        found.append(Check(f"posterior of {customers:,} customers against NUTS", f"{factor:,.0f} x faster", told, ratio >= factor))
    return found, notes


def _in_time(what: str, facts: dict[str, Any], seconds: float) -> Check:
    # To 4,000 effective draws, from what was drawn.
    needed = facts["seconds"] * max(1.0, 4_000 / facts["effective"])
    measured = f"{needed:.2f} s (processor {facts['processor']:.2f} s; k-hat {facts['k_hat']:.2f})"
    return Check(f"4,000 effective draws: {what}", f"under {seconds:g} s", measured, needed < seconds and facts["k_hat"] < 0.7)


def _own(customers: str, name: str) -> dict[str, Any]:
    done = subprocess.run(module("posterior", customers, name), check=True, cwd=ROOT, capture_output=True, text=True)
    facts: dict[str, Any] = json.loads(done.stdout)
    return facts


def _of_pymc(folder: Path) -> dict[str, Any] | str:
    python = other.environment(folder, "pymc_marketing", ("pymc-marketing",))
    if isinstance(python, str):
        return python
    try:
        done = subprocess.run([str(python), str(_PROGRAM), str(CDNOW)], capture_output=True, text=True, timeout=_PATIENCE)
    except subprocess.TimeoutExpired:
        return f"it took more than {_PATIENCE} seconds"
    if done.returncode:
        return "it failed: " + (done.stderr.strip().splitlines() or ["no reason given"])[-1]
    facts: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return facts


def simulated(name: str, customers: int) -> Histories:
    """Whole days and counted, as a base has them."""
    import numpy as np

    from kundenwert import registry
    from kundenwert.records import Histories

    model, rng = registry.load("models.purchases", name)(), np.random.default_rng(1)
    found = model.simulate(model.example()[0], rng.integers(30, 731, customers).astype(np.float64), rng=rng)
    table = np.stack((found.frequency.astype(np.float64), np.floor(found.recency), found.T))
    rows, count = np.unique(table, axis=1, return_counts=True)
    return Histories(rows[0].astype(np.int64), rows[1], rows[2], count.astype(np.int64))


def read(path: str) -> Histories:
    """Lines that start with a digit: frequency, recency, T, customers."""
    import numpy as np

    from kundenwert.records import Histories

    lines = [line.split(",") for line in Path(path).read_text(encoding="utf-8").splitlines() if line[:1].isdigit()]
    columns = np.array(lines, dtype=np.float64).T
    return Histories(columns[0].astype(np.int64), columns[1], columns[2], columns[3].astype(np.int64))


def main(customers: str, name: str, runs: int) -> None:
    from kundenwert import registry

    histories = simulated(name, int(customers)) if customers.isdigit() else read(customers)
    fit = registry.load("models.purchases", name)().fit(histories).or_raise()
    seconds, processor, found = [], [], fit.draws(100)
    for seed in range(runs):
        begin, own = time.perf_counter(), time.process_time()
        found = fit.draws(DRAWS, seed=seed)
        seconds.append(time.perf_counter() - begin)
        processor.append(time.process_time() - own)
    middle = statistics.median(seconds)
    facts = {
        "customers": histories.customers,
        "histories": len(histories),
        "seconds": middle,
        "processor": statistics.median(processor),
        "effective": found.effective,
        "k_hat": found.k_hat,
        "effective_a_second": found.effective / middle,
        "method": found.method,
        "mean": {one.name: one.mean for one in found.pull},
    }
    print(json.dumps(facts))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]) if len(sys.argv) > 3 else 5)

"""Kills `kundenwert run` at random moments and looks at what is left: `python3 run.py bench kill [--kills 200] [--seed 1]`.

A project with a good run is run again and killed (SIGKILL, which no program can answer) at a moment drawn evenly over the time a run
takes. Then the last good run must be whole; the next run must be good and clear away what the killed one left. Every other time the
input has grown by a line first, so that the ledger is being written too. At the end runs go two at once, one of them killed or none.
Several projects are killed in at the same time, so the moments also meet a busy machine.
"""

from __future__ import annotations

import argparse
import hashlib
import itertools
import json
import os
import random
import shutil
import statistics
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from bench import report
from bench.measure import KUNDENWERT

HERE = Path(__file__).resolve().parent
RESULTS = HERE / "KILL.json"
# A little beyond the time of a run: a few shall end by themselves, so that the last moments are met too.
_BEYOND = 1.05


@dataclass(frozen=True)
class Kill:
    """One killed run: after how many seconds, whether it had ended by then, what it left, and every fault found afterwards."""

    seconds: float
    had_ended: bool
    grown: bool
    left: tuple[str, ...]
    faults: tuple[str, ...]


@dataclass(frozen=True)
class Pair:
    """Two runs at once; killed: after how many seconds the first was killed, None if none was."""

    killed: float | None
    faults: tuple[str, ...]


def main(words: Sequence[str]) -> int:
    given = _arguments(words)
    begin = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="kundenwert-kill-") as folder, ThreadPoolExecutor(given.workers) as workers:
        projects = list(workers.map(make_project, [Path(folder) / f"project-{number}" for number in range(given.workers)]))
        # All at once: the others at work are part of the time a run takes.
        usual = statistics.median(workers.map(_seconds_of_a_run, projects * 3))
        rng = random.Random(given.seed)
        moments = [round(rng.uniform(0, _BEYOND * usual), 4) for _ in range(given.kills)]
        pairs_at = [round(rng.uniform(0, usual), 4) if number % 2 else None for number in range(given.pairs)]
        parts = list(workers.map(_series, projects, _shared(moments, given.workers), _shared(pairs_at, given.workers)))
    kills, pairs = ([one for part in parts for one in part[kind]] for kind in (0, 1))
    seconds = time.perf_counter() - begin
    found = summary(kills, pairs, usual, given.seed, seconds)
    print("\n".join(lines(found)))
    if given.results:
        RESULTS.write_text(as_json(found, kills, pairs), encoding="utf-8")
        page = HERE / "RESULTS.md"
        page.write_text(report.with_section(page.read_text(encoding="utf-8"), "Killed runs", "\n".join(lines(found))), encoding="utf-8")
    return 1 if found["faults"] else 0


def _shared(moments: Sequence[Any], workers: int) -> list[Sequence[Any]]:
    """Neighbours stay together, each worker gets as many as the others, or one less."""
    ends = [len(moments) * number // workers for number in range(workers + 1)]
    return [moments[begin:end] for begin, end in itertools.pairwise(ends)]


def _series(project: Path, moments: Sequence[float], pairs_at: Sequence[float | None]) -> tuple[list[Kill], list[Pair]]:
    """The kills and pairs of one project, one after the other."""
    kills = [_told(number, kill(project, moment, grow=number % 2 == 1)) for number, moment in enumerate(moments)]
    return kills, [pair(project, moment) for moment in pairs_at]


def _arguments(words: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="run.py bench kill", description="Kills runs at random moments and looks at what is left.")
    parser.add_argument("--kills", type=int, default=200, help="how many runs are killed")
    parser.add_argument("--pairs", type=int, default=20, help="how often two runs go at once; in every other pair one is killed")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1, help="projects that are killed in at the same time")
    parser.add_argument("--seed", type=int, default=1, help="where the random moments come from")
    parser.add_argument("--without-results", dest="results", action="store_false", help="print only; leave RESULTS.md as it is")
    return parser.parse_args(words)


def make_project(folder: Path) -> Path:
    """A project of 300 simulated customers with a good run."""
    folder.mkdir(parents=True)
    rng = random.Random(7)
    first = date(2024, 1, 1)
    rows = []
    for customer in range(300):
        day, gap = rng.randrange(300), rng.uniform(10, 90)
        while day < 600:
            rows.append(f"{customer:04d},{first + timedelta(days=int(day))},{rng.uniform(5, 200):.2f}")
            day += 1 + rng.expovariate(1 / gap)
    (folder / "sales.csv").write_text("customer_id,date,amount\n" + "\n".join(rows) + "\n", encoding="utf-8")
    (folder / "kundenwert.toml").write_text('[[sources]]\nfiles = ["sales.csv"]\n', encoding="utf-8")
    _seconds_of_a_run(folder)
    return folder


def kill(project: Path, seconds: float, *, grow: bool) -> Kill:
    """Kills one run after so many seconds, looks at what is there, runs again and looks once more."""
    if grow:
        with (project / "sales.csv").open("a", encoding="utf-8") as file:
            file.write("0001,2025-08-01,1.00\n")
    before = _current(project)
    running = _run(project)
    time.sleep(seconds)
    had_ended = running.poll() is not None
    running.kill()
    running.communicate()
    left = tuple(hidden(project))
    faults = [*_lost(project, before), *broken(project)]
    again = _run(project)
    _, err = again.communicate()
    if again.returncode:
        faults.append(f"the next run ended with {again.returncode}: {err.strip()[-300:]}")
    faults += [f"the next run left {name}" for name in hidden(project)]
    faults += broken(project)
    _forget(project, keep=_current(project))
    return Kill(seconds, had_ended, grow, left, tuple(faults))


def pair(project: Path, killed: float | None) -> Pair:
    """Two runs at once, the first killed after so many seconds or not at all; each that was not killed must be good."""
    first, second = _run(project), _run(project)
    if killed is not None:
        time.sleep(killed)
        first.kill()
    faults, names = [], set()
    for one in (first, second):
        out, err = one.communicate()
        if one is first and killed is not None:
            continue
        names.add(out.strip())
        if one.returncode:
            faults.append(f"a run beside another ended with {one.returncode}: {err.strip()[-300:]}")
    if len(names) < (1 if killed is not None else 2):
        faults.append("two runs share a folder")
    faults += broken(project)
    _, err = (last := _run(project)).communicate()
    faults += [f"the run after a pair ended with {last.returncode}: {err.strip()[-300:]}"] if last.returncode else []
    faults += [f"a pair left {name}" for name in hidden(project)] + broken(project)
    _forget(project, keep=_current(project))
    return Pair(killed, tuple(faults))


def broken(project: Path) -> list[str]:
    """What is wrong with the finished runs and ledgers of a project; nothing, if all are whole."""
    runs = project / "runs"
    folders = [folder for folder in runs.iterdir() if folder.is_dir() and not folder.name.startswith(".")]
    faults = [fault for folder in folders for fault in _broken_run(folder, project)]
    if _current(project) not in {folder.name for folder in folders}:
        faults.append("current names no run")
    return faults


def _broken_run(folder: Path, project: Path) -> Iterator[str]:
    try:
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as err:
        yield f"{folder.name}: the manifest cannot be read ({err})"
        return
    for name, told in manifest["tables"].items():
        path = folder / name
        if not path.is_file() or hashlib.sha256(path.read_bytes()).hexdigest() != told:
            yield f"{folder.name}: {name} is not what the manifest says"
    for name in ("report.html", *(f"models/{card['name']}.json" for card in manifest["models"])):
        if not (folder / name).is_file() or not (folder / name).read_bytes():
            yield f"{folder.name}: {name} is missing"
    if not (project / "ledger" / manifest["ledger"] / "transactions.parquet").is_file():
        yield f"{folder.name}: its ledger is missing"


def hidden(project: Path) -> list[str]:
    """Files and folders that a run keeps only while it works, seen from the project."""
    return sorted(path.relative_to(project).as_posix() for path in project.rglob(".*"))


def _lost(project: Path, before: str) -> list[str]:
    """The last good run is still there; whether it is whole, `broken` says of all runs."""
    return [] if (project / "runs" / before / "manifest.json").is_file() else ["the last good run is gone"]


def _current(project: Path) -> str:
    return (project / "runs" / "current").read_text(encoding="utf-8").strip()


def _forget(project: Path, *, keep: str) -> None:
    """Removes the other runs, so that looking at all of them stays quick."""
    for folder in (project / "runs").iterdir():
        if folder.is_dir() and folder.name != keep and not folder.name.startswith("."):
            shutil.rmtree(folder)


def _run(project: Path) -> subprocess.Popen[str]:
    command = [KUNDENWERT, "run", str(project), "--quiet"]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={**os.environ, "NO_COLOR": "1"})


def _seconds_of_a_run(project: Path) -> float:
    begin = time.perf_counter()
    running = _run(project)
    _, err = running.communicate()
    if running.returncode:
        raise SystemExit(f"A run that nobody disturbed failed:\n{err}")
    return time.perf_counter() - begin


def _told(number: int, one: Kill) -> Kill:
    if one.faults or number % 20 == 19:
        print(
            f"  {number + 1} killed; the last after {one.seconds:.2f} s" + "".join(f"\n    FAULT: {fault}" for fault in one.faults),
            flush=True,
        )
    return one


def summary(kills: Sequence[Kill], pairs: Sequence[Pair], usual: float, seed: int, seconds: float) -> dict[str, Any]:
    """The counts that are published."""
    left = Counter("a half-made folder" if _has_folder(one) else "a lock only" if one.left else "nothing" for one in kills)
    return {
        "killed": len(kills),
        "had_ended": sum(one.had_ended for one in kills),
        "with_new_input": sum(one.grown for one in kills),
        "left": dict(left),
        "pairs": len(pairs),
        "pairs_with_a_kill": sum(one.killed is not None for one in pairs),
        "faults": [fault for one in (*kills, *pairs) for fault in one.faults],
        "seconds_of_a_run": usual,
        "seed": seed,
        "seconds": seconds,
    }


def _has_folder(one: Kill) -> bool:
    return any(not name.endswith(".lock") for name in one.left)


def as_json(found: dict[str, Any], kills: Sequence[Kill], pairs: Sequence[Pair]) -> str:
    """Everything, one line a kill."""
    parts = [",\n".join(json.dumps(asdict(one)) for one in group) for group in (kills, pairs)]
    return f'{{\n"summary": {json.dumps(found, indent=1)},\n"kills": [\n{parts[0]}\n],\n"pairs": [\n{parts[1]}\n]\n}}\n'


def lines(found: dict[str, Any]) -> list[str]:
    """The result as a list for the page."""
    left = ", ".join(f"{count} {what}" for what, count in sorted(found["left"].items()))
    faults = found["faults"]
    return [
        (
            f"- {found['killed']} runs killed (SIGKILL) at random moments of the {found['seconds_of_a_run']:.2f} s that a run of this "
            f"small project takes, seed {found['seed']}; {found['had_ended']} had ended by then; {found['with_new_input']} with new input, "
            "so that the ledger was written too."
        ),
        f"- Left behind: {left}.",
        f"- {found['pairs']} times two runs at once, in {found['pairs_with_a_kill']} of them one was killed.",
        (
            "- Each time: every finished run whole (hashes of its tables as its manifest says, report, models, ledger there), `current` on "
            f"a whole run, the next run good, nothing left over. Faults: **{len(faults)}**."
        ),
        *(f"- FAULT: {fault}" for fault in faults[:20]),
        f"- Written by `python3 run.py bench kill` in {found['seconds']:.0f} s; each kill in `{RESULTS.name}`.",
    ]

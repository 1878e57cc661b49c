"""Does the automatic choice hold? `python3 run.py evidence --data FOLDER` writes docs/evidence.md.

Each log is cut; what is known at the cut chooses the forecast, and what came after judges it against every single model and every naive
rule. Logs: CDNOW master, Online Retail (cut inside it), and simulated shops of known truth (`worlds.py`). Then a hundred simulated shops
whose level shifts every half year: how many of the totals lie inside their intervals?
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from bench import worlds

ROOT = Path(__file__).resolve().parent.parent
CUSTOMERS = 4_000
SHIFTED, SHIFTED_CUSTOMERS = 100, 1_500
LEAST_HELD = 85
SHIFTS = (worlds.level_shift, worlds.one_shift)
DRAWS = 500
CLOCK = date(2026, 1, 1)
FIRST_GUESS = "mbg_nbd"
MOST_ORIGINS = 6
SAME = 1e-5
ONLINE_RETAIL = "online_retail"
CDNOW_COLUMNS = ("customer_id", "date", "cds", "amount")


@dataclass(frozen=True)
class Log:
    """Sales lines with the day of the cut (the last but the horizon), the horizon and what is known of the truth."""

    name: str
    truth: str
    source: Any
    horizon: str
    columns: tuple[str, ...] = ()
    as_of: date | None = None


@dataclass(frozen=True)
class Against:
    """The chosen forecast less another one at the cut: mean difference of a score (above 0: the chosen is better) and its 95 % interval."""

    name: str
    score: str
    difference: float
    lower: float
    upper: float

    @property
    def is_worse(self) -> bool:
        """Beyond chance."""
        return self.upper < -SAME


@dataclass(frozen=True)
class Judged:
    """One log: what was chosen at the cut, from how many earlier days, the scores there, the comparisons and the total."""

    log: Log
    cut: date
    days: int
    customers: int
    earlier: int
    chosen: str
    scores: dict[str, tuple[float, float, float, float]]
    against: tuple[Against, ...]
    total: tuple[float, float, float, float]
    is_held: bool
    seconds: float


def judged(log: Log, candidates: Any = None) -> Judged:
    """What a run at the cut would have chosen, by what was known then, against what came. candidates: all there are without."""
    from kundenwert.flows.backtest import LookedBack, look_back
    from kundenwert.flows.progress import Progress
    from kundenwert.models.evidence.judgement import Judgement

    begin = time.perf_counter()
    with _opened(log) as (engine, loaded, settings):
        cut = _cut(log, loaded, settings)
        known, how = settings.with_values(as_of=cut), {"clock": CLOCK, "progress": Progress(), "candidates": candidates}
        before = look_back(engine, loaded, known, most_origins=MOST_ORIGINS, **how)
        after = look_back(engine, loaded, settings, origins=[cut], **how)
    assert isinstance(after, LookedBack)
    latest = after.evidence[0]
    chosen, errors, weights, earlier = FIRST_GUESS, {}, {}, 0
    if isinstance(before, LookedBack):
        judgement = Judgement(before.evidence, seed=1)
        chosen, errors, weights, earlier = judgement.choice.chosen, judgement.log_errors, before.weights, len(before.evidence)
    _make(latest, chosen, weights)
    total = _total(latest, chosen, errors)
    scores = {one.name: (one.log_score, one.rmse, one.gini or 0.0, one.bias or 0.0) for one in Judgement([latest], seed=1).at(latest)}
    is_held = total[1] <= total[3] <= total[2]
    seconds = time.perf_counter() - begin
    return Judged(
        log, cut, after.days, latest.known.customers, earlier, chosen, scores, tuple(_against(latest, chosen)), total, is_held, seconds
    )


def _cut(log: Log, loaded: Any, settings: Any) -> date:
    """The day a horizon before the end."""
    from kundenwert.flows.known_log import as_of_day
    from kundenwert.settings import Duration

    return Duration.parse(log.horizon).after(as_of_day(loaded, settings, CLOCK), -1)


def _make(latest: Any, chosen: str, weights: dict[str, float]) -> None:
    """Adds the forecast of what was chosen, if it is not there: a mixture, or a remedy on another model."""
    from kundenwert.models.evidence.beyond import fit_named
    from kundenwert.models.evidence.made import by_fit

    if chosen not in latest.made:
        fit = fit_named(chosen, weights, latest.known.histories, latest.known.calendar, 7.0)
        latest.made[chosen] = by_fit(fit, latest.known, name=chosen, kind="remedy")


def _total(latest: Any, chosen: str, errors: dict[str, tuple[float, ...]]) -> tuple[float, float, float, float]:
    """The total of purchases: expected, the ends of its 90 % interval, and what came."""
    from kundenwert.models.evidence.fitting import log_variance_by_parameters
    from kundenwert.models.evidence.totals import LevelError, held, totals_of

    made, known = latest.made[chosen], latest.known
    plain = latest.made.get(chosen.partition("+")[0])
    parameters = log_variance_by_parameters(plain.fit, known) if plain is not None else 0.0
    found = held(latest.origin, made, totals_of(made, known, None), errors, LevelError(), parameters)[0]
    return found.forecast.mean, found.forecast.lower, found.forecast.upper, found.actual


def _against(latest: Any, chosen: str) -> Iterator[Against]:
    """Paired bootstrap over groups of customers, of the four scores at the cut."""
    known, rng = latest.known, np.random.default_rng(1)
    used = np.flatnonzero(known.group_sizes)
    drawn = np.zeros((DRAWS + 1, len(known.group_sizes)))
    drawn[0] = 1
    drawn[1:, used] = rng.multinomial(len(used), np.full(len(used), 1 / len(used)), size=DRAWS)
    own = _scores(latest, chosen, drawn)
    for name in (other for other in latest.made if other != chosen):
        other = _scores(latest, name, drawn)
        for score, first in own.items():
            difference = first - other[score]
            lower, upper = np.quantile(difference[1:], (0.025, 0.975))
            yield Against(name, score, float(difference[0]), float(lower), float(upper))


def _scores(latest: Any, name: str, drawn: Any) -> dict[str, Any]:
    """Each score of a forecast in each draw of groups of customers, all turned so that more is better."""
    known, made = latest.known, latest.made[name]
    point = made.point[known.row[known.entry]]
    actual = known.actual[known.entry].astype(np.float64)
    of_group = known.group

    def sums(values: Any) -> Any:
        return drawn @ np.bincount(of_group, values, drawn.shape[1])

    customers = sums(np.ones(len(point)))
    came = sums(actual)
    return {
        "log score": (drawn @ made.sums) / customers,
        "RMSE": -np.sqrt(sums((point - actual) ** 2) / customers),
        "Gini": _ginis(point, actual, of_group, drawn),
        "bias": -np.abs(sums(point) / came - 1),
    }


def _ginis(point: Any, actual: Any, of_group: Any, drawn: Any) -> Any:
    """The normalised Gini in each draw: areas under the concentration curves of forecast and outcome, customers weighted by the draw."""

    def areas(order: Any) -> Any:
        _, code = np.unique(-order, return_inverse=True)
        place = np.argsort(code, kind="stable")
        ends = np.flatnonzero(np.diff(code[place], append=code.max() + 1))
        found = []
        for weights in drawn:
            each = weights[of_group][place]
            customers = np.concatenate(([0.0], np.cumsum(each)[ends]))
            outcome = np.concatenate(([0.0], np.cumsum(each * actual[place])[ends]))
            found.append(np.trapezoid(outcome / outcome[-1], customers / customers[-1]) - 0.5)
        return np.array(found)

    return areas(point) / areas(actual)


class _opened:
    """An engine with the lines of a log and the settings to look back with."""

    def __init__(self, log: Log) -> None:
        self.log = log

    def __enter__(self) -> tuple[Any, Any, Any]:
        from kundenwert.engines import open_engine
        from kundenwert.example import online_retail
        from kundenwert.flows.ledger import open_ledger
        from kundenwert.flows.load import load
        from kundenwert.flows.progress import Progress
        from kundenwert.flows.project import read, settings_with
        from kundenwert.flows.reading import Input
        from kundenwert.sources import Wanted

        log = self.log
        self.engine = open_engine(threads=1)
        self.scratch = tempfile.TemporaryDirectory(prefix="kundenwert-evidence-")
        flags = {"horizon": log.horizon, "as_of": log.as_of, "threads": "1"}
        if log.source == ONLINE_RETAIL:
            folder = Path(self.scratch.name)
            online_retail.copy_to(folder)
            project = read(folder, flags)
            (folder / "read").mkdir()
            _, loaded = open_ledger(self.engine, folder, project.inputs, project.settings, scratch=folder / "read", progress=Progress())
            return self.engine, loaded, project.settings
        settings = settings_with(flags)
        wanted = Wanted(columns=log.columns, mapping={"customer_id": "customer_id"})
        loaded = load(
            self.engine, [Input(log.source, wanted)], settings, scratch=Path(self.scratch.name), progress=Progress(), thorough=False
        )
        return self.engine, loaded, settings

    def __exit__(self, *_: object) -> None:
        self.engine.close()
        self.scratch.cleanup()


def logs(data: Path | None) -> Iterator[Log]:
    """All that is judged; CDNOW only where its file is."""
    master = data / "CDNOW_master.txt" if data else None
    if master and master.is_file():
        yield Log("CDNOW master, 39 weeks", "23,570 customers of a shop, first bought early in 1997.", master, "39w", CDNOW_COLUMNS)
        yield Log("CDNOW master, 13 weeks", "The same, looking ahead a quarter of a year.", master, "13w", CDNOW_COLUMNS)
    for horizon, end in (("26w", None), ("13w", date(2010, 9, 9)), ("13w", None), ("8w", date(2010, 10, 31))):
        until = f" until {end}" if end else ""
        yield Log(f"Online Retail{until}, {horizon}", "A wholesaler; old customers, Christmas.", ONLINE_RETAIL, horizon, (), end)
    for number, make in enumerate(worlds.WORLDS):
        world = make(np.random.default_rng(number + 1), CUSTOMERS)
        yield _log_of(world)


def _log_of(world: worlds.World) -> Log:
    return Log(world.name, world.truth, world.table(), f"{world.window}d", (), worlds.FIRST_DAY + (world.days - 1) * worlds.DAY)


def shifted(make: Any, seed: int) -> tuple[bool, float]:
    """A simulated shop whose level shifts: was its total held, and how wide was the interval (upper / lower)? Two models take part."""
    from kundenwert.models.evidence.candidates import Candidates, baselines, models

    few = Candidates(tuple(baselines()), tuple(model for model in models() if model.name in ("bg_nbd", "mbg_nbd")))
    found = judged(_log_of(make(np.random.default_rng(1_000 + seed), SHIFTED_CUSTOMERS)), few)
    return found.is_held, found.total[2] / found.total[1]


def main() -> None:
    parser = argparse.ArgumentParser(prog="run.py evidence", description="Judges the automatic choice on logs whose future is known.")
    parser.add_argument("--data", type=Path, help="folder with CDNOW_master.txt; without it CDNOW is left out")
    parser.add_argument("--page", type=Path, default=ROOT / "docs" / "evidence.md", help="where the page is written")
    parser.add_argument("--workers", type=int, default=2, help="processes at once")
    parser.add_argument("--shifts-only", action="store_true", help="only the hundred shops whose level shifts, and no page")
    parser.add_argument("--only", default="", help="only logs whose name holds this text, and no page")
    given = parser.parse_args()
    chosen = [log for log in logs(given.data) if given.only in log.name]
    with ProcessPoolExecutor(given.workers) as pool:
        if given.shifts_only:
            for make in SHIFTS:
                print(make.__name__, sum(ok for ok, _ in pool.map(partial(shifted, make), range(SHIFTED))), flush=True)
            return
        found = list(_told(pool.map(judged, chosen)))
        if given.only:
            return
        held = {make.__name__: list(pool.map(partial(shifted, make), range(SHIFTED))) for make in SHIFTS}
    given.page.write_text(page(found, held), encoding="utf-8")
    counts = {name: sum(ok for ok, _ in shops) for name, shops in held.items()}
    print(f"Written: {given.page.name}; of {SHIFTED} totals held: {counts}")
    sys.exit(0 if min(counts.values()) >= LEAST_HELD else 1)


def _told(found: Iterator[Judged]) -> Iterator[Judged]:
    for one in found:
        worse = ", ".join(f"{it.name} ({it.score} {it.difference:+.4f})" for it in one.against if it.is_worse)
        print(
            f"{one.log.name:<32} {one.chosen:<24} {'worse than ' + worse if worse else 'best or within chance'}  {one.seconds:.0f} s",
            flush=True,
        )
        yield one


def page(found: Sequence[Judged], held: Mapping[str, Sequence[tuple[bool, float]]]) -> str:
    from bench.evidence_page import text

    return text(found, held)


if __name__ == "__main__":
    main()

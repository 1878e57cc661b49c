"""Evidence: every purchase model and every naive forecast, made at earlier days of the log and held against what came.

At each origin nothing later is used: the base, the reversals and the spread of the naive forecasts are those known then. The flow builds
the base of other days, so it runs before the base of the as-of day is built, or in an engine of its own.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kundenwert.base import customer_base
from kundenwert.base.as_of import day_number, day_of
from kundenwert.engines import open_engine
from kundenwert.flows import origins as going_back
from kundenwert.flows.known_log import as_of_day, is_plain
from kundenwert.flows.ledger import open_ledger
from kundenwert.flows.origins import Walk
from kundenwert.flows.project import read
from kundenwert.records import Backtest, Calendar, Notice, Origin, Tracking

if TYPE_CHECKING:
    from kundenwert.engines._engine import Engine
    from kundenwert.flows.load import Loaded
    from kundenwert.flows.origins import SeenOrigin
    from kundenwert.flows.progress import Progress
    from kundenwert.models.evidence.candidates import Candidates
    from kundenwert.models.evidence.choice import Choice, Evidence
    from kundenwert.models.evidence.judgement import Judgement
    from kundenwert.models.evidence.made import Made
    from kundenwert.records import Histories
    from kundenwert.settings import Settings

_SEED = 20_050_501
# Forecasts made at once: each holds tables of its own in memory.
_WORKERS = 4
_TOO_FEW = "No backtest is possible: at no origin had {least} customers a purchase left after reversals."


@dataclass
class LookedBack:
    """Origins with their forecasts, latest first. days: how far they look ahead; is_short: less than the horizon. unusable: name ->
    sentence of forecasts that could not be used. weights: of the mixture today. sampled, return_share: as in records.Backtest.
    """

    as_of: date
    days: int
    candidates: Candidates
    seen: list[SeenOrigin]
    sampled: int | None
    return_share: float | None
    is_short: bool
    evidence: list[Evidence] = field(default_factory=list)
    unusable: dict[str, str] = field(default_factory=dict)
    weights: dict[str, float] = field(default_factory=dict)


def backtest_project(
    folder: Path,
    flags: Mapping[str, Any],
    *,
    clock: datetime,
    progress: Progress,
    origins: Sequence[date] = (),
    candidates: Candidates | None = None,
    most_origins: int | None = None,
    sample: int | None = going_back.SAMPLE,
) -> Backtest:
    """The backtest of a project. clock: the time, in UTC; the rest as in `backtest`."""
    project = read(folder, flags)
    settings = project.settings
    with (
        tempfile.TemporaryDirectory(prefix="kundenwert-") as scratch,
        open_engine(
            spill=Path(settings.spill) if settings.spill else Path(scratch) / "spill",
            memory=settings.memory or None,
            threads=settings.threads or None,
        ) as engine,
    ):
        (Path(scratch) / "read").mkdir()
        _, loaded = open_ledger(engine, project.folder, project.inputs, settings, scratch=Path(scratch) / "read", progress=progress)
        return backtest(
            engine,
            loaded,
            settings,
            clock=clock.date(),
            progress=progress,
            origins=origins,
            candidates=candidates,
            most_origins=most_origins,
            sample=sample,
        )


def backtest(
    engine: Engine,
    loaded: Loaded,
    settings: Settings,
    *,
    clock: date,
    progress: Progress,
    origins: Sequence[date] = (),
    candidates: Candidates | None = None,
    most_origins: int | None = None,
    sample: int | None = going_back.SAMPLE,
    seed: int = _SEED,
    has_days: bool = False,
) -> Backtest:
    """The backtest of the booked lines of `engine`, with nothing later than the as-of day.

    origins: days to forecast from, else those of the rule, at most `most_origins` of them, the latest. candidates: what takes part; all
    there is without. sample: above so many customers as many are drawn, the same every time; None: all take part. seed: of the bootstrap.
    has_days: as in customer_base.build.
    """

    found = look_back(
        engine,
        loaded,
        settings,
        clock=clock,
        progress=progress,
        origins=origins,
        candidates=candidates,
        most_origins=most_origins,
        sample=sample,
        has_days=has_days,
    )
    if isinstance(found, Backtest):
        return found
    with _pool(settings) as pool, progress.phase("Comparing the forecasts"):
        return _judged(found, settings, seed, pool.map)


def look_back(
    engine: Engine,
    loaded: Loaded,
    settings: Settings,
    *,
    clock: date,
    progress: Progress,
    origins: Sequence[date] = (),
    candidates: Candidates | None = None,
    most_origins: int | None = None,
    sample: int | None = going_back.SAMPLE,
    has_days: bool = False,
) -> LookedBack | Backtest:
    """Every forecast at every origin, not yet judged; where there is no origin, the backtest that says so. Arguments as of `backtest`."""
    from kundenwert.models.evidence import candidates as rooms

    as_of = as_of_day(loaded, settings, clock)
    plain = is_plain(loaded, settings, as_of)
    with customer_base.plain_days(engine, as_of=day_number(as_of), wanted=plain and not has_days):
        log = going_back.log_of(engine, as_of, sample, plain=plain)
        if origins:
            days, windows = going_back.by_name(origins, settings, as_of, log)
        else:
            days, windows = going_back.by_rule(settings, as_of, log, most_origins)
        if not windows:
            engine.drop("backtest_arrivals")
            return Backtest(as_of, settings.horizon, days, verdict=going_back.impossible(log))
        least = going_back.NAMED_CUSTOMERS if origins else going_back.CUSTOMERS
        wanted = rooms.Candidates.all() if candidates is None else candidates
        walk = Walk(engine, loaded, settings, log, as_of=as_of, progress=progress)
        seen = walk.through(windows, wanted.baselines, least=least, sample=sample)
    if not seen:
        return Backtest(as_of, settings.horizon, days, verdict=_TOO_FEW.format(least=least))
    is_short = not origins and days < going_back.horizon_days(settings, as_of)
    found = LookedBack(as_of, days, wanted, seen, sampled=walk.sampled, return_share=walk.return_share(), is_short=is_short)
    with _pool(settings) as pool:
        _forecast(found, progress, pool)
    _go_beyond(found, progress)
    return found


def _pool(settings: Settings) -> ThreadPoolExecutor:
    return ThreadPoolExecutor(max_workers=min(settings.threads or os.cpu_count() or 1, _WORKERS))


def _forecast(judging: LookedBack, progress: Progress, pool: Executor) -> None:
    """Every plain forecast at every origin, several at a time."""
    from kundenwert.models.evidence.choice import Evidence

    rules, models = judging.candidates.baselines, judging.candidates.models
    days = [day_of(one.window.origin) for one in judging.seen]
    with progress.phase(f"Forecasting from {days[-1]}" + (f" and {len(days) - 1} later days" if len(days) > 1 else "")) as phase:
        phase.rows = sum(one.known.customers for one in judging.seen)
        # What takes longest first.
        tasks = [(one, model) for model in reversed(models) for one in judging.seen] + [
            (one, rule) for rule in rules for one in judging.seen
        ]
        found = dict(zip([(id(one), it.name) for one, it in tasks], pool.map(_made, tasks), strict=True))
    for one, day in zip(judging.seen, days, strict=True):
        every = {it.name: found[id(one), it.name] for it in (*rules, *models)}
        made = {name: it for name, it in every.items() if not isinstance(it, str)}
        for name, sentence in ((name, it) for name, it in every.items() if isinstance(it, str)):
            judging.unusable.setdefault(name, f"{day}: {sentence}")
        judging.evidence.append(Evidence(one.window.origin, one.window.until, one.known, made))


def _made(task: tuple[SeenOrigin, Any]) -> Made | str:
    """A forecast at an origin, or why there is none."""
    from kundenwert.models.baselines import AbstractBaseline
    from kundenwert.models.evidence.fitting import fit_at
    from kundenwert.models.evidence.made import by_fit, by_rule

    one, it = task
    if isinstance(it, AbstractBaseline):
        return by_rule(it, one.known, one.spreads[it.name])
    fit = fit_at(it, one.known.histories)
    return by_fit(fit, one.known, name=it.name, kind="model") if fit.outcome.is_usable else str(fit.sentence)


def refit(found: Backtest, histories: Histories, calendar: Calendar, unit_days: float = 7.0, *, model: str | None = None) -> Any:
    """The fit on all histories of the model that a backtest chose: plain, remedied, or a mixture with the weights it learned.

    model: another name from the backtest. Where a naive rule is chosen, values need a model all the same: it is the best one. None where
    no model could be used at every origin.
    """
    from kundenwert.models.evidence.beyond import fit_named

    name = model or found.best_model
    return None if name is None else fit_named(name, found.weights, histories, calendar, unit_days)


def calendar_of(engine: Engine, as_of: date, histories: Histories, *, is_plain: bool) -> Calendar:
    """What may be known of time on the as-of day, after `customer_base.build` on it.

    is_plain: whether that matched no reversals and `customer_base.plain_days` stands.
    """
    import numpy as np

    last = day_number(as_of)
    first = last - int(histories.T.max(initial=0.0))
    if is_plain:
        rows = engine.rows("base/months_plain.sql", as_of=last)
        found = {date.fromisoformat(f"{row['month']}-01"): row["purchases"] - row["first_purchases"] for row in rows}
    else:
        engine.view("known_days", "base/backtest/known_days.sql")
        rows = engine.rows("base/backtest/repeat_months.sql", origin=last)
        found = {day_of(row["month"]): row["purchases"] for row in rows}
        engine.drop("known_days")
    starts = going_back.months_between(first, last)
    purchases = [found.get(day_of(month), 0) for month in starts[:-1]]
    return Calendar(last, first, np.array(starts, dtype=np.int64), np.array(purchases, dtype=np.int64))


def _go_beyond(judging: LookedBack, progress: Progress) -> None:
    """Remedies, and the mixture of the best; its weights of today."""
    from kundenwert.models.evidence import beyond

    with progress.phase("Trying remedies"):
        beyond.add_remedies(judging.evidence, judging.candidates, judging.unusable)
        judging.weights = beyond.add_stacking(judging.evidence) if judging.candidates.stacking else {}


def _judged(judging: LookedBack, settings: Settings, seed: int, each: Any) -> Backtest:
    from kundenwert.models.evidence.judgement import Judgement
    from kundenwert.models.evidence.totals import LevelError

    found = Judgement(judging.evidence, seed, LevelError(settings.level_error, settings.level_error_weight), each)
    return Backtest(
        as_of=judging.as_of,
        horizon=settings.horizon,
        days=judging.days,
        origins=tuple(_origin(one, found) for one in judging.evidence),
        pooled=found.pooled,
        comparisons=found.choice.comparisons,
        chosen=found.choice.chosen,
        verdict=found.choice.verdict,
        notices=_notices(judging, found, settings),
        totals=found.totals,
        tracking=_tracking(judging.seen[0], judging.evidence[0], found.choice),
        sampled=judging.sampled,
        best_model=found.choice.best_model,
        weights=judging.weights,
        log_errors=found.log_errors,
        spend=found.spend,
        return_share=judging.return_share,
    )


def _origin(one: Evidence, found: Judgement) -> Origin:
    return Origin(
        origin=day_of(one.origin),
        until=day_of(one.until),
        days=one.until - one.origin,
        customers=one.known.customers,
        purchases=one.known.purchases,
        forecasts=found.at(one),
    )


def _tracking(seen: SeenOrigin, latest: Evidence, choice: Choice) -> Tracking | None:
    """Of the chosen forecast, or of the best model where a naive rule is chosen: a rule has no course."""
    import numpy as np

    from kundenwert.models.course import expected_course

    if choice.best_model is None or not seen.weeks:
        return None
    fit, known = latest.made[choice.best_model].fit, latest.known
    ends = going_back.weeks_until(latest.origin, known.calendar.log_start, latest.until)
    cumulated = expected_course(fit, known.histories, np.array(ends, dtype=np.float64) - latest.origin)
    actual = dict(seen.weeks)
    weeks = [(end - latest.origin) // 7 for end in ends]
    return Tracking(
        model=choice.best_model,
        origin=day_of(latest.origin),
        ends=tuple(day_of(end) for end in ends),
        expected=tuple(np.diff(cumulated, prepend=0.0).tolist()),
        actual=tuple(int(actual.get(week, 0)) for week in weeks),
    )


def _notices(judging: LookedBack, found: Judgement, settings: Settings) -> tuple[Notice, ...]:
    notices, origins = [], len(judging.evidence)
    if judging.is_short:
        text = "The log is too short for the horizon of {horizon}: the forecasts looked {days} days ahead."
        notices.append(Notice("short_backtest", text, {"horizon": settings.horizon, "days": judging.days}))
    if origins == 1:
        text = "There is one origin only: a season or a single event may decide."
        notices.append(Notice("one_origin", text))
    for name, sentence in judging.unusable.items():
        made = sum(name in one.made for one in judging.evidence)
        if name in found.names:
            text = "{name} could be used at {made} of {origins} origins and is compared over these. {sentence}"
            notices.append(Notice("remedy_at_some_origins", text, {"name": name, "made": made, "origins": origins, "sentence": sentence}))
        else:
            text = "{name} could not be used at an origin and is left out of the comparison. {sentence}"
            notices.append(Notice("model_left_out", text, {"name": name, "sentence": sentence}))
    return tuple(notices)

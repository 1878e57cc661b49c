"""Evidence: every purchase model and every naive forecast, made at earlier days of the log and held against what came.

At each origin nothing later is used: the base, the reversals and the spread of the naive forecasts are those known then. The flow builds
the base of other days, so it runs before the base of the as-of day is built, or in an engine of its own.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kundenwert import registry
from kundenwert.base import customer_base
from kundenwert.base.as_of import day_number, day_of
from kundenwert.engines import open_engine
from kundenwert.errors import CallError
from kundenwert.flows.ledger import open_ledger
from kundenwert.flows.project import read
from kundenwert.flows.valuation import as_of_day, log_facts
from kundenwert.records import Backtest, Comparison, Histories, Horizons, Level, Notice, Origin, Scored
from kundenwert.settings import Duration

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from kundenwert.engines._engine import Engine
    from kundenwert.flows.load import Loaded
    from kundenwert.flows.progress import Progress
    from kundenwert.models.baselines import AbstractBaseline, Seen, Spread
    from kundenwert.settings import Settings
    from kundenwert.stats.scores import CountScores

    Floats = NDArray[np.float64]
    Integers = NDArray[np.int64]

# An origin needs so much log before it, in horizons, and so many customers (definitions.md, Origins).
_CALIBRATION = 1.5
_CUSTOMERS = 100
# Below this many days ahead a backtest says nothing about a horizon.
_LEAST_DAYS = 7
# An origin that a person names: with one customer there is nobody to learn from.
_NAMED_CUSTOMERS = 2
_TOO_FEW = "No backtest is possible: at no origin had {least} customers a purchase left after reversals."
# Tables that only this flow reads.
_OWN_TABLES = ("backtest_groups", "backtest_origin", "backtest_outcomes", "backtest_scores", "known_days")
_GROUPS = 1_000
_SEED = 20_050_501


@dataclass(frozen=True)
class _Window:
    """Day numbers: what is known at `origin` forecasts what comes until `until`."""

    origin: int
    until: int

    @property
    def days(self) -> int:
        return self.until - self.origin

    @property
    def table(self) -> str:
        """Where its customers wait until the window ends."""
        return f"backtest_origin_{self.origin}_{self.days}"


@dataclass(frozen=True)
class _Pairs:
    """The distinct histories of an origin with what came: histories and `recent` by row; row, outcome and customers by pair."""

    keys: dict[str, Any]
    seen: Seen
    row: NDArray[np.intp]
    actual: Integers
    count: Integers


@dataclass(frozen=True)
class _Made:
    """A forecast at an origin: point values and scores of each pair."""

    point: Floats
    scores: CountScores


@dataclass(frozen=True)
class _Evidence:
    """An origin with its forecasts; sums: log scores by forecast and group of customers, groups: customers of each."""

    window: _Window
    pairs: _Pairs
    made: dict[str, _Made]
    sums: dict[str, Floats]
    groups: Floats


@dataclass
class _State:
    """What is carried from one day to the next: spreads measured, origins scored, and models that could not be used."""

    spreads: dict[_Window, dict[str, Spread]] = field(default_factory=dict)
    evidence: list[_Evidence] = field(default_factory=list)
    unusable: dict[str, str] = field(default_factory=dict)


def backtest_project(
    folder: Path, flags: Mapping[str, Any], *, clock: datetime, progress: Progress, origins: Sequence[date] = ()
) -> Backtest:
    """The backtest of a project. clock: the time, in UTC. origins: days to forecast from; without them those of the rule."""
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
        return backtest(engine, loaded, settings, clock=clock.date(), progress=progress, origins=origins)


def backtest(
    engine: Engine, loaded: Loaded, settings: Settings, *, clock: date, progress: Progress, origins: Sequence[date] = (), seed: int = _SEED
) -> Backtest:
    """The backtest of the booked lines of `engine`, with nothing later than the as-of day. seed: of the bootstrap."""
    as_of = as_of_day(loaded, settings, clock)
    (log,) = engine.rows("base/backtest/log.sql", customers=_CUSTOMERS)
    last, first, enough = day_number(as_of), log["first_day"], log["enough_day"]
    days, found = _named(origins, settings, last, first) if origins else _by_rule(settings, as_of, first, enough)
    if not found:
        return Backtest(as_of, settings.horizon, days, verdict=_impossible(first, enough))
    engine.table("backtest_groups", "base/backtest/groups.sql", groups=_GROUPS)
    windows = [_Window(origin, origin + days) for origin in found]
    least = _NAMED_CUSTOMERS if origins else _CUSTOMERS
    state = _walk(engine, loaded, settings, windows, first, least=least, progress=progress)
    if not state.evidence:
        return Backtest(as_of, settings.horizon, days, verdict=_TOO_FEW.format(least=least))
    with progress.phase("Comparing the forecasts"):
        is_short = not origins and days < _horizon_days(settings, as_of)
        return _judged(state, as_of, settings, days, seed, is_short=is_short)


def _by_rule(settings: Settings, as_of: date, first: int | None, enough: int | None) -> tuple[int, list[int]]:
    """How far to look ahead and the origins, latest first: as-of minus h, 1.5 h, 2 h ... (definitions.md, Origins)."""
    last, days = day_number(as_of), _horizon_days(settings, as_of)
    if first is None or enough is None:
        return days, []
    longest = int(min((last - first) / (1 + _CALIBRATION), last - enough))
    days = min(days, longest)
    if days < _LEAST_DAYS:
        return days, []
    steps = range(2, 2 + 2 * (last - first) // days)
    found = [last - round(days * step / 2) for step in steps]
    return days, [origin for origin in found if origin - first >= _CALIBRATION * days and origin >= enough]


def _horizon_days(settings: Settings, as_of: date) -> int:
    """The days of the horizon that ends on the as-of day."""
    return (as_of - Duration.parse(settings.horizon).after(as_of, -1)).days


def _named(origins: Sequence[date], settings: Settings, last: int, first: int | None) -> tuple[int, list[int]]:
    spans = [(origin, Duration.parse(settings.horizon).days(origin)) for origin in sorted(set(origins), reverse=True)]
    days = min(span for _, span in spans)
    for origin, _ in spans:
        if first is None or not first < day_number(origin) <= last - days:
            usable = "no day" if first is None else f"a day after {day_of(first)} and not after {day_of(last - days)}"
            came = f"Origin {origin} with a horizon of {settings.horizon}, as of {day_of(last)}."
            raise CallError(f"{came} Expected: {usable}, so that what came can be seen.")
    return days, [day_number(origin) for origin, _ in spans]


def _impossible(first: int | None, enough: int | None) -> str:
    if first is None or enough is None:
        return f"No backtest is possible: the log has fewer than {_CUSTOMERS} customers with a purchase."
    return (
        f"No backtest is possible: the log has {_CUSTOMERS} customers only from {day_of(enough)} on, "
        f"too late to forecast at least {_LEAST_DAYS} days from a calibration of {_CALIBRATION:g} times that length."
    )


def _spread_window(window: _Window, first: int) -> _Window:
    """Where the spread of the naive forecasts is measured: one horizon earlier, so that its outcomes are known at the origin; in a log too
    short for that a window as long as a calibration of 1.5 of its lengths leaves.
    """
    room = window.origin - first
    return _Window(window.origin - max(1, min(window.days, int(room / (1 + _CALIBRATION)))), window.origin)


def _walk(
    engine: Engine, loaded: Loaded, settings: Settings, windows: list[_Window], first: int, *, least: int, progress: Progress
) -> _State:
    """Goes through the days on which a window begins or ends, in order; each is known by what was known on it."""
    state = _State()
    before = {window: _spread_window(window, first) for window in windows}
    measured = set(before.values())
    every = sorted(measured | set(windows), key=lambda one: (one.until, one.days))
    days = sorted({day for window in every for day in (window.origin, window.until)})
    for day in days:
        with progress.phase(f"Going back to {day_of(day)}") as phase:
            phase.rows = _know(engine, loaded, settings, day, is_last=day == days[-1])
            for window in (one for one in every if one.origin == day):
                engine.table(window.table, "base/backtest/origin.sql", in_any_order=True, origin=day, days=window.days)
        for window in (one for one in every if one.until == day):
            pairs = _outcomes(engine, window)
            if window in measured:
                state.spreads[window] = _spreads(pairs)
            if window in before and pairs.count.sum() >= least:
                spreads = {name: one.over(window.days / before[window].days) for name, one in state.spreads[before[window]].items()}
                with progress.phase(f"Forecasting from {day_of(window.origin)}") as phase:
                    phase.rows = int(pairs.count.sum())
                    state.evidence.append(_score(engine, window, pairs, spreads, state.unusable))
    for table in _OWN_TABLES:
        engine.drop(table)
    return state


def _know(engine: Engine, loaded: Loaded, settings: Settings, day: int, *, is_last: bool) -> int:
    """Builds the base as known on a day, and the days of purchases behind it; returns its customers. On the last day it is asked for
    collective customers, as before a valuation.
    """
    facts = log_facts(loaded, day_of(day))
    collective = bool(settings.collective)
    summary, _ = customer_base.build(engine, facts, as_of=day, collective=collective)
    if is_last:
        known = (*settings.collective, *settings.not_collective)
        customer_base.refuse_unknown_collective(engine, facts, summary, as_of=day, known=known)
    plain = facts.is_plain and not collective
    step = "base/backtest/known_days_plain.sql" if plain else "base/backtest/known_days.sql"
    engine.table("known_days", step, in_any_order=True)
    return summary.customers


def _outcomes(engine: Engine, window: _Window) -> _Pairs:
    import numpy as np

    from kundenwert.models.baselines import Seen

    engine.drop("backtest_origin")
    engine.rename(window.table, "backtest_origin")
    engine.table("backtest_outcomes", "base/backtest/outcomes.sql", in_any_order=True, origin=window.origin, until=window.until)
    found = engine.arrays("base/backtest/pairs.sql")
    keys = {name: found[name] for name in ("frequency", "recency", "t", "recent")}
    # Rows come in order: a history begins where a key changes.
    begins = np.ones(len(found["t"]), dtype=bool)
    begins[1:] = np.any([column[1:] != column[:-1] for column in keys.values()], axis=0)
    row = np.cumsum(begins) - 1
    count = np.bincount(row, found["customers"]).astype(np.int64)
    frequency, recency, t, recent = (column[begins] for column in keys.values())
    seen = Seen(Histories(frequency, recency, t, count), recent, float(window.days))
    return _Pairs({**keys, "actual": found["actual"]}, seen, row, found["actual"], found["customers"])


def _baselines() -> list[AbstractBaseline]:
    """The naive forecasts, the simplest first."""
    found = [registry.load("models.baselines", name)() for name in registry.names("models.baselines")]
    return sorted(found, key=lambda one: (one.facts, one.name))


def _models() -> list[Any]:
    """The purchase models whose distribution of counts is known, the simplest first."""
    from kundenwert.models.future import is_known

    found = [registry.load("models.purchases", name)() for name in registry.names("models.purchases")]
    return sorted((one for one in found if is_known(one)), key=lambda one: (len(one.parameters), one.name))


def _spreads(pairs: _Pairs) -> dict[str, Spread]:
    from kundenwert.models.baselines import spread_of

    return {one.name: spread_of(one.point(pairs.seen)[pairs.row], pairs.actual, pairs.count) for one in _baselines()}


def _score(engine: Engine, window: _Window, pairs: _Pairs, spreads: dict[str, Spread], unusable: dict[str, str]) -> _Evidence:
    import numpy as np

    made = {one.name: _naive(one, pairs, spreads[one.name]) for one in _baselines()}
    for model in _models():
        fit = model.fit(_customers_only(pairs))
        if fit.outcome.is_usable:
            made[model.name] = _modelled(fit, pairs, window.days)
        else:
            unusable.setdefault(model.name, f"{day_of(window.origin)}: {fit.sentence}")
    keys: dict[str, Any] = {name: np.tile(column.astype(np.int32), len(made)) for name, column in pairs.keys.items()}
    scores = np.concatenate([one.scores.log_score for one in made.values()])
    engine.load("backtest_scores", {**keys, "forecast": np.repeat(np.arange(len(made)), len(pairs.row)), "score": scores})
    sums, groups = np.zeros((len(made), _GROUPS)), np.zeros(_GROUPS)
    found = engine.arrays("base/backtest/sums.sql")
    sums[found["forecast"], found["drawn"]] = found["score"]
    groups[found["drawn"]] = found["customers"]
    return _Evidence(window, pairs, made, dict(zip(made, sums, strict=True)), groups)


def _customers_only(pairs: _Pairs) -> Any:
    """The histories as models want them: `recent` is no part of them, so some of the rows are the same."""
    import numpy as np

    h = pairs.seen.histories
    begins = np.ones(len(h), dtype=bool)
    begins[1:] = np.any([column[1:] != column[:-1] for column in (h.frequency, h.recency, h.T)], axis=0)
    count = np.bincount(np.cumsum(begins) - 1, h.count).astype(np.int64)
    return Histories(h.frequency[begins], h.recency[begins], h.T[begins], count)


def _naive(baseline: AbstractBaseline, pairs: _Pairs, spread: Spread) -> _Made:
    import numpy as np

    from kundenwert.stats.scores import score_in_rounds

    point = baseline.point(pairs.seen)
    means, row = np.unique(spread.mean(point), return_inverse=True)
    scores = score_in_rounds(lambda rows, top: spread.mass(means[rows], top), row[pairs.row], pairs.actual)
    return _Made(point[pairs.row], scores)


def _modelled(fit: Any, pairs: _Pairs, days: int) -> _Made:
    import numpy as np

    from kundenwert.models.future import future_mass
    from kundenwert.stats.scores import score_in_rounds

    h, p = pairs.seen.histories, fit.parameters_in_days
    forecast = fit.forecast_histories(h, Horizons(float(days), float(days), 0.0))
    alive = np.ones(len(h)) if forecast.p_alive is None else forecast.p_alive

    def mass(rows: NDArray[np.intp], top: int) -> Floats:
        some = Histories(h.frequency[rows], h.recency[rows], h.T[rows], h.count[rows])
        return future_mass(fit.model, p, some, alive[rows], float(days), top)

    return _Made(forecast.expected_purchases[pairs.row], score_in_rounds(mass, pairs.row, pairs.actual))


def _judged(state: _State, as_of: date, settings: Settings, days: int, seed: int, *, is_short: bool) -> Backtest:
    evidence = sorted(state.evidence, key=lambda one: -one.window.origin)
    kinds = {one.name: "baseline" for one in _baselines()} | {one.name: "model" for one in _models()}
    everywhere = [name for name in kinds if all(name in one.made for one in evidence)]
    comparisons, chosen, verdict = _choice(evidence, everywhere, kinds, seed)
    return Backtest(
        as_of=as_of,
        horizon=settings.horizon,
        days=days,
        origins=tuple(_origin(one, kinds) for one in evidence),
        pooled=tuple(_scored(name, kinds[name], [(one.pairs, one.made[name]) for one in evidence]) for name in everywhere),
        comparisons=comparisons,
        chosen=chosen,
        verdict=verdict,
        notices=_notices(state, settings, days if is_short else None, len(evidence)),
    )


def _origin(one: _Evidence, kinds: Mapping[str, str]) -> Origin:
    return Origin(
        origin=day_of(one.window.origin),
        until=day_of(one.window.until),
        days=one.window.days,
        customers=int(one.pairs.count.sum()),
        purchases=int(one.pairs.actual @ one.pairs.count),
        forecasts=tuple(_scored(name, kinds[name], [(one.pairs, made)]) for name, made in one.made.items()),
    )


def _scored(name: str, kind: str, parts: list[tuple[_Pairs, _Made]]) -> Scored:
    """One forecast over one or more origins; every customer of every origin counts the same."""
    import numpy as np

    from kundenwert.stats import scores

    count = np.concatenate([pairs.count for pairs, _ in parts])
    y = np.concatenate([pairs.actual for pairs, _ in parts])
    point = np.concatenate([made.point for _, made in parts])

    def mean(values: Callable[[CountScores], Floats]) -> Any:
        return np.concatenate([values(made.scores) for _, made in parts], axis=-1) @ count / count.sum()

    held, expected, pit = mean(lambda one: one.held), mean(lambda one: one.expected), mean(lambda one: one.pit)
    return Scored(
        name=name,
        kind=kind,
        log_score=float(mean(lambda one: one.log_score)),
        crps=float(mean(lambda one: one.crps)),
        expected_purchases=float(point @ count),
        bias=scores.bias(point, y, count),
        rmse=scores.root_mean_square(point, y, count),
        mae=scores.mean_error(point, y, count),
        spearman=scores.spearman(point, y, count),
        gini=scores.gini(point, y, count),
        top_decile_value=scores.top_decile_value(point, y, count),
        levels=tuple(Level(level, float(held[k]), float(expected[k]), float(pit[k])) for k, level in enumerate(scores.LEVELS)),
    )


def _choice(evidence: list[_Evidence], names: list[str], kinds: Mapping[str, str], seed: int) -> tuple[tuple[Comparison, ...], str, str]:
    """From the simplest on, the next forecast takes the place only if it is better: comparisons, the chosen one, and the verdict."""
    import numpy as np

    from kundenwert.stats.scores import Bootstrap

    draws = Bootstrap.of(np.stack([one.groups for one in evidence]), rng=np.random.default_rng(seed))

    def compared(name: str, against: str) -> Comparison:
        first, second = (np.stack([one.sums[key] for one in evidence]) for key in (name, against))
        it = draws.difference(first, second)
        return Comparison(name, against, it.mean, it.lower, it.upper, it.agreeing, it.origins, it.is_better)

    found = []
    chosen = baseline = names[0]
    for name in names[1:]:
        found.append(compared(name, chosen))
        if found[-1].is_better:
            chosen = name
            baseline = name if kinds[name] == "baseline" else baseline
    if kinds[chosen] == "model":
        return tuple(found), chosen, _praise(compared(chosen, baseline))
    models = [compared(name, chosen) for name in names if kinds[name] == "model"]
    best = max(models, key=lambda one: one.difference, default=None)
    return tuple(found), chosen, _doubt(chosen, is_simplest=chosen == names[0], best=best)


def _praise(found: Comparison) -> str:
    return (
        f"{found.name} is chosen: its mean log score is {_apart(found)} that of the best naive forecast, {found.against}; "
        "nothing more complex is better still."
    )


def _doubt(chosen: str, *, is_simplest: bool, best: Comparison | None) -> str:
    which = f"the simplest baseline, {chosen}" if is_simplest else f"the naive forecast {chosen}"
    if best is None:
        return f"{chosen} is chosen: no model could be fitted at every origin."
    return f"No model beats {which}: the mean log score of the best of them, {best.name}, is {_apart(best)} it."


def _apart(found: Comparison) -> str:
    agreeing = f"same sign at {found.agreeing_origins} of {found.origins} origins" if found.origins > 1 else "one origin"
    side = "above" if found.difference >= 0 else "below"
    return f"{abs(found.difference):.4f} ({found.lower:+.4f} to {found.upper:+.4f} with 95 %, {agreeing}) {side}"


def _notices(state: _State, settings: Settings, shortened_to: int | None, origins: int) -> tuple[Notice, ...]:
    found = []
    if shortened_to is not None:
        text = "The log is too short for the horizon of {horizon}: the forecasts looked {days} days ahead."
        found.append(Notice("short_backtest", text, {"horizon": settings.horizon, "days": shortened_to}))
    if origins == 1:
        text = "There is one origin only: a season or a single event may decide."
        found.append(Notice("one_origin", text))
    for name, sentence in state.unusable.items():
        text = "{name} could not be used at an origin and is left out of the comparison. {sentence}"
        found.append(Notice("model_left_out", text, {"name": name, "sentence": sentence}))
    return tuple(found)

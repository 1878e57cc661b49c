"""Which measure of value predicts? Each measure as it was known on earlier days, held against the contribution of the time after (R28).

On each of these days the project is valued as a run of that day would have valued it: base, model by evidence, money, points, nothing
later. The money that came is the one of the customer result, up to the highest step whose costs are known.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from kundenwert import registry
from kundenwert.base.as_of import day_number, day_of
from kundenwert.engines import open_engine
from kundenwert.errors import CallError, NothingToValue
from kundenwert.flows import contribution
from kundenwert.flows.components import basis_of, open_views
from kundenwert.flows.features import write_features
from kundenwert.flows.known_log import as_of_day
from kundenwert.flows.learning import MOST_ORIGINS, value_by_evidence
from kundenwert.flows.ledger import open_ledger
from kundenwert.flows.origins import horizon_days
from kundenwert.flows.project import read
from kundenwert.flows.rhythms import load_rhythms
from kundenwert.flows.value_table import write_customers
from kundenwert.records import Notice, Scoring
from kundenwert.records.metrics import MetricsAt, MetricsCompared
from kundenwert.settings import Duration
from kundenwert.tables.reconciliation import document_days

if TYPE_CHECKING:
    from kundenwert.engines._engine import Engine
    from kundenwert.flows.load import Loaded
    from kundenwert.flows.progress import Progress
    from kundenwert.flows.project import Project
    from kundenwert.flows.valuation import Valued
    from kundenwert.value.metrics import Known

TITLES: Final = {
    "revenue_year": "revenue of the last 12 months",
    "revenue": "revenue so far",
    "db1_year": "contribution I of the last 12 months",
    "db1": "contribution I so far",
    "db4_year": "contribution IV of the last 12 months",
    "db4": "contribution IV so far",
    "rfm": "recency, frequency and money (sum of the three scores)",
    "score": "points of the criteria",
    "past": "contribution booked so far, as the value counts it",
    "clv": "value still to come (clv)",
    "value": "value: past and clv",
}
"""The measures from the simplest on: a later one takes the place of an earlier one only if it is better."""
YARDSTICK: Final = "revenue_year"
# So much log an earlier day needs before it, nearly a year.
_LEAST_DAYS: Final = 330
# A tenth of fewer is nobody's decision.
_LEAST_CUSTOMERS: Final = 20
_ALL_TIME: Final = date(1, 1, 1)
_STEPS: Final = ("revenue", "db1", "db4")


@dataclass(frozen=True)
class _Seen:
    """An earlier day with what was known on it. columns: as value/metrics.sql gives them; steps: the money that is known of it."""

    origin: date
    until: date
    columns: Mapping[str, Any]
    steps: tuple[str, ...]
    currency: str


def metrics_project(
    folder: Path, flags: Mapping[str, Any], *, clock: datetime, progress: Progress, origins: Sequence[date] = ()
) -> MetricsCompared:
    """Holds every measure of value against what came after earlier days. clock: the time, in UTC.

    origins: days to look from, else as-of less the horizon and every half horizon before, as long as nearly a year of log lies before it,
    the latest six. Raises CallError for an input without amounts and for a day of which the time after cannot be seen.
    """
    project = read(folder, flags)
    settings = project.settings
    with _opened(project, progress) as (_, loaded, _):
        if not loaded.has_amounts:
            came = "The input has no amounts."
            raise CallError(f"{came} Expected: sales lines with amounts, since measures are compared by the money that came.")
        as_of = as_of_day(loaded, settings, clock.date())
        first = next(iter(document_days(loaded.days)), day_number(as_of))
    days = horizon_days(settings, as_of)
    windows = _named(origins, project, as_of, first) if origins else _by_rule(as_of, first, days)
    seen: list[_Seen] = []
    notices: list[Notice] = []
    for origin, until in windows:
        found = _look(project, origin, until, as_of=as_of, progress=progress)
        if isinstance(found, Notice):
            notices.append(found)
        else:
            seen.append(found)
    with progress.phase("Comparing the measures of value"):
        return _compared(seen, notices, project, as_of, days, first)


@contextmanager
def _opened(project: Project, progress: Progress) -> Iterator[tuple[Engine, Loaded, Path]]:
    """The ledger of a project in an engine of its own, and a folder for what is needed on the way."""
    settings = project.settings
    with tempfile.TemporaryDirectory(prefix="kundenwert-") as name:
        scratch = Path(name)
        spill = Path(settings.spill) if settings.spill else scratch / "spill"
        (scratch / "read").mkdir()
        with open_engine(spill=spill, memory=settings.memory or None, threads=settings.threads or None) as engine:
            _, loaded = open_ledger(engine, project.folder, project.inputs, settings, scratch=scratch / "read", progress=progress)
            yield engine, loaded, scratch


def _by_rule(as_of: date, first: int, days: int) -> list[tuple[date, date]]:
    """The windows, latest first; day numbers inside."""
    last = day_number(as_of)
    found = [last - round(days * step / 2) for step in range(2, 2 + MOST_ORIGINS)]
    return [(day_of(day), day_of(day + days)) for day in found if day - first >= _LEAST_DAYS]


def _named(origins: Sequence[date], project: Project, as_of: date, first: int) -> list[tuple[date, date]]:
    """The windows of days that a person names, latest first."""
    horizon = Duration.parse(project.settings.horizon)
    found = [(day, horizon.after(day)) for day in sorted(set(origins), reverse=True)]
    for day, until in found:
        if until > as_of or day_number(day) <= first:
            came = f"Origin {day} with a horizon of {project.settings.horizon}, as of {as_of}."
            latest = horizon.after(as_of, -1)
            raise CallError(f"{came} Expected: a day after {day_of(first)} and not after {latest}, so that what came can be seen.")
    return found


def _look(project: Project, origin: date, until: date, *, as_of: date, progress: Progress) -> _Seen | Notice:
    """What was known on a day, and what came; why not, where nothing could be valued then."""
    then = replace(project, settings=project.settings.with_values(as_of=origin, interval_levels=()))
    try:
        with _opened(then, progress) as (engine, loaded, scratch):
            valued = value_by_evidence(engine, loaded, then.settings, clock=as_of, progress=progress).valued
            with progress.phase(f"Measures of {origin}") as phase:
                _judge(engine, then, loaded, valued, scratch, progress)
                steps = _money(engine, then, loaded, valued, until)
                columns = engine.arrays("value/metrics.sql", groups=_groups())
                phase.rows = len(columns["customer_group"])
    except NothingToValue as err:
        text = "{day} is left out: {reason}"
        return Notice("metrics_nothing", text, {"day": origin, "reason": str(err.problems[0].came)})
    if len(columns["customer_group"]) < _LEAST_CUSTOMERS:
        text = "{day} is left out: {count} customers had bought until then, {least} are needed."
        return Notice("metrics_few", text, {"day": origin, "count": len(columns["customer_group"]), "least": _LEAST_CUSTOMERS})
    return _Seen(origin, until, columns, steps, valued.currency)


def _groups() -> int:
    from kundenwert.value.metrics import GROUPS

    return GROUPS


def _judge(engine: Engine, project: Project, loaded: Loaded, valued: Valued, scratch: Path, progress: Progress) -> None:
    """Leaves `judged`, `component_rfm` and `score_sums` of the day in the engine."""
    from kundenwert.value.components.score import judge

    more = ""
    if valued.amounts.yardstick == "contribution":
        more = contribution.build(engine, loaded, project.settings, project.preset, valued).columns
    customers = scratch / "customers.parquet"
    write_customers(engine, valued, customers, more=more)
    features = write_features(
        engine, loaded, valued.as_of, customers=customers, path=scratch / "features.parquet", progress=progress, preset=project.preset
    )
    given = open_views(engine, project, loaded, valued, customers=customers, features=features)
    given |= load_rhythms(engine, loaded, valued, project.settings)
    plain = replace(project.definition.criteria, money="")
    scoring = Scoring(plain, until=f"{valued.as_of.isoformat()}T99")
    registry.load("value.components", "rfm").build(engine, basis_of("rfm", project, valued, frozenset(given), scoring))
    judge(engine, basis_of("score", project, valued, frozenset(given), scoring))


def _money(engine: Engine, project: Project, loaded: Loaded, valued: Valued, until: date) -> tuple[str, ...]:
    """Leaves the money of the year before, of all time before, and of the window; gives the steps that are known of all of it."""
    step, margin, has_tables = "value/metrics_money.sql", project.settings.margin, loaded.company is not None
    contribution.open_steps(engine, margin, project.preset, valued.as_of, has_tables=has_tables)
    engine.table("metrics_year", step, after=Duration(12, "m").after(valued.as_of, -1))
    engine.table("metrics_whole", step, after=_ALL_TIME)
    (before,) = engine.rows("value/contribution/cost_to_serve.sql")
    contribution.open_steps(engine, margin, project.preset, until, has_tables=has_tables)
    engine.table("metrics_came", step, after=valued.as_of)
    if valued.amounts.yardstick != "contribution":
        return _STEPS[:1]
    return _STEPS if before["is_known"] else _STEPS[:2]


# What follows from it


def _compared(seen: Sequence[_Seen], notices: list[Notice], project: Project, as_of: date, days: int, first: int) -> MetricsCompared:
    from kundenwert.value.metrics import Held
    from kundenwert.value.models_compared import compared

    empty = MetricsCompared(as_of, project.settings.horizon, days, "", "", {}, (), (), (), None, _impossible(as_of, days, first))
    if not seen:
        return replace(empty, notices=tuple(notices))
    steps = min((one.steps for one in seen), key=len)
    known = [_known(one, steps) for one in seen]
    names = [name for name in known[0].figures if all(name in one.figures for one in known)]
    known = [replace(one, figures={name: one.figures[name] for name in names}) for one in known]
    held = Held.of(known)
    result = replace(
        empty,
        yardstick=steps[-1],
        currency=seen[0].currency,
        titles={name: TITLES[name] for name in names},
        origins=tuple(_at(one, it) for one, it in zip(seen, known, strict=True)),
        pooled=held.scores,
        comparisons=tuple(held.compared(name, YARDSTICK) for name in names if name != YARDSTICK),
        recommended=held.recommended,
        agreement=compared(known[0].figures).as_json(),
    )
    notices += _order(result)
    if len(seen) == 1:
        notices.append(Notice("metrics_one_origin", "There is one earlier day only: a single year may decide."))
    return replace(result, verdict=_verdict(result), notices=tuple(notices))


def _known(one: _Seen, steps: Sequence[str]) -> Known:
    """The measures that rest on known steps and of which somebody has a figure."""
    import numpy as np

    from kundenwert.value.metrics import Known

    figures = {name: np.ma.filled(one.columns[name].astype(np.float64), np.nan) for name in TITLES if name in one.columns}
    unknown = {f"{step}{of}" for step in _STEPS if step not in steps for of in ("", "_year")}
    figures = {name: values for name, values in figures.items() if name not in unknown and not np.isnan(values).all()}
    came = np.ma.filled(one.columns[f"came_{steps[-1]}"].astype(np.float64), 0.0)
    return Known(figures, came, np.asarray(one.columns["customer_group"], dtype=np.int64))


def _at(one: _Seen, known: Known) -> MetricsAt:
    from kundenwert.value.metrics import Held, share_chosen

    best = float(share_chosen(known.came) @ known.came)
    return MetricsAt(one.origin, one.until, known.customers, known.chosen, float(known.came.sum()), best, Held.of([known]).scores)


def _impossible(as_of: date, days: int, first: int) -> Notice:
    text = (
        "The measures cannot be compared: a look back of {days} days from {day} needs {least} days of log before it, "
        "and the log begins on {first}."
    )
    return Notice("metrics_impossible", text, {"days": days, "day": as_of, "least": _LEAST_DAYS, "first": day_of(first)})


def _order(found: MetricsCompared) -> Iterator[Notice]:
    """Which measure puts all customers in the best order, where that is not last year's revenue."""
    orders = {one.name: one.spearman.value for one in found.pooled if one.spearman}
    best = max(orders, key=lambda name: orders[name], default=YARDSTICK)
    if best != YARDSTICK and YARDSTICK in orders:
        text = (
            "All customers together stand in the best order by {measure}: rank correlation {own:.2f} with what came, {naive:.2f} by last "
            "year's revenue."
        )
        yield Notice("metrics_order", text, {"measure": TITLES[best], "own": orders[best], "naive": orders[YARDSTICK]})


def _verdict(found: MetricsCompared) -> Notice:
    """Which measure to use, in a sentence."""
    naive = next(one for one in found.pooled if one.name == YARDSTICK)
    values: dict[str, Any] = {"currency": found.currency, "share": naive.of_best.value if naive.of_best else None}
    if found.recommended == YARDSTICK or found.recommended is None:
        text = (
            "No measure beats last year's revenue: the tenth of customers with the highest brought {share:.0%} of what the best possible "
            "tenth brought. Use it as long as nothing better is proven."
        )
        return Notice("metrics_none_better", text, values)
    one = next(one for one in found.comparisons if one.name == found.recommended)
    own = next(score for score in found.pooled if score.name == one.name)
    values |= {"own": own.of_best.value if own.of_best else None, "measure": TITLES[one.name]}
    values |= {"money": one.money.value, "lower": one.money.lower, "upper": one.money.upper}
    if not one.is_better:
        text = (
            "Choose customers by {measure}: step by step from the simplest measure it proved better, and its tenth brought {own:.0%} of "
            "what the best possible tenth brought ({share:.0%} by last year's revenue)."
        )
        return Notice("metrics_better_in_steps", text, values)
    text = (
        "Choose customers by {measure}: its tenth of customers brought {money:,.0f¤} more than that by last year's revenue "
        "(95 % interval {lower:,.0f¤} to {upper:,.0f¤}), {own:.0%} of what the best possible tenth brought instead of {share:.0%}."
    )
    return Notice("metrics_better", text, values)

"""What came of a plan or a campaign: those who were treated against those who were held out by chance, and what that says of the action.

Money is contribution as far as cost is known (a line without cost takes the margin of the base), else revenue. Compared is by who was to be
treated, whoever was really reached: whoever could not be reached stays with the treated, or the groups would no longer be alike.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kundenwert.base.as_of import day_number
from kundenwert.engines import open_engine
from kundenwert.engines._engine import Reading
from kundenwert.errors import CallError, DataError, Problem, UnknownName
from kundenwert.flows.measured_effects import Told, keep, learn
from kundenwert.flows.plan_arrays import arrays_of
from kundenwert.flows.plan_case import open_views
from kundenwert.flows.register import CHANNELS
from kundenwert.records import Notice
from kundenwert.records.measured import Measured, OfSegment, Outcome
from kundenwert.runs import plans_store, store

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from kundenwert.engines._engine import Engine
    from kundenwert.flows.progress import Progress
    from kundenwert.stats.experiments import Uplift

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]

LEVEL = 0.9
# What customers brought in this time before tells how much they would have brought.
_BEFORE_DAYS = 365
# With fewer in a group an interval of means is no interval.
LEAST = 10


@dataclass(frozen=True)
class _Compared:
    """What is measured. name: of plan or campaign. since, until: as in records.Measured. words: how contacts and measures call it.
    expected: gain the plan had promised of those compared, None for a campaign. then: the run it was made from, None for a campaign.
    customers: how many stand in table `measured_all`.
    """

    name: str
    is_plan: bool
    since: date
    until: date
    words: tuple[str, ...]
    expected: float | None
    then: store.Run | None
    customers: int


def measure(
    folder: Path,
    plan: str | None = None,
    *,
    campaign: str | None = None,
    action: str | None = None,
    run: str | None = None,
    since: date | None = None,
    until: date | None = None,
    segment: str | None = None,
    level: float = LEVEL,
    clock: datetime,
    progress: Progress,
) -> Measured:
    """Measures a plan (without a name the newest), or a campaign of the table measures; keeps it beside the plan, and the action's effect.

    run: whose ledger is looked at, without a name the current one. since, until: the time measured; without them from the plan's day, or
    the first day of the campaign, to the run's day. segment: a column by which customers are told apart. action: of a campaign, whose
    effect in the project it tells. Raises UnknownName, CallError, and DataError where nobody was held out or too few are known.
    """
    if not 0 < level < 1:
        raise CallError(f"level = {level!r}: a share above 0 and below 1 was expected, such as 0.9.")
    source = store.read(folder, run)
    stored = None if campaign else plans_store.read(folder, plan)
    with open_engine() as engine, progress.phase("Measuring") as phase:
        open_views(engine, folder, source)
        if stored is not None:
            compared = _of_plan(engine, folder, stored, source, since, until)
        else:
            compared = _of_campaign(engine, str(campaign), action or "", source, since, until)
        engine.table("measured_customers", "value/plans/measured_left.sql")
        asked = segment or (stored.content["settings"].get("segment") if stored else "") or ""
        found = _read(engine, compared, source, asked)
        phase.rows = len(found["treated"])
        reached = _reached(engine, compared)
    return _told(
        folder, compared, found, source=source, gone=compared.customers - len(found["treated"]), reached=reached, level=level,
        has_segments=bool(asked), stored=stored, action=action, clock=clock,
    )  # fmt: skip


# ---- who is compared ---------------------------------------------------------------------------------------------------


def _of_plan(
    engine: Engine, folder: Path, stored: plans_store.StoredPlan, source: store.Run, since: date | None, until: date | None
) -> _Compared:
    content = stored.content
    if not content["held_out"]["customers"]:
        came = f"Plan {stored.name} held nobody out, so there is nobody to compare with."
        raise DataError(Problem(came, "a plan with hold_out.", "make the next plan with --hold-out 0.1; this one cannot be measured."))
    engine.open_parquet("plan_lines", [stored.lines], numbered=False)
    engine.open_parquet("plan_held_out", [stored.held_out], numbered=False)
    engine.open_parquet("plan_drawn", [stored.drawn], numbered=False)
    customers = engine.table("measured_all", "value/plans/measured_plan.sql")
    begin, end = _span(f"Plan {stored.name}", since or stored.as_of, until or source.as_of, source)
    words = {
        word
        for one in content["actions"]
        for word in (*one.get("counts_as", ()), one["name"].lower(), one["channel"], *CHANNELS.get(one["channel"], ()))
        if word
    }
    then = store.read(folder, stored.run) if stored.run in store.names(folder) else None
    (promised,) = engine.rows("value/plans/measured_promised.sql")
    return _Compared(
        stored.name,
        is_plan=True,
        since=begin,
        until=end,
        words=tuple(sorted(words)),
        expected=promised["gain"],
        then=then,
        customers=customers,
    )


def _of_campaign(engine: Engine, campaign: str, action: str, source: store.Run, since: date | None, until: date | None) -> _Compared:
    (row,) = engine.rows("value/plans/campaign_day.sql", campaign=campaign, as_of=source.as_of)
    if row["first_day"] is None:
        known = [entry["name"] for entry in engine.rows("value/plans/campaigns.sql", as_of=source.as_of)]
        raise UnknownName(campaign, "the table measures", known)
    if not row["held"]:
        came = f"In {campaign} nobody is marked as held out, so there is nobody to compare with."
        raise DataError(
            Problem(came, "a column that says who was treated and who was not.", "map the role `treated` of the table measures.")
        )
    begin, end = _span(campaign, since or row["first_day"], until or source.as_of, source)
    customers = engine.table("measured_all", "value/plans/measured_campaign.sql", campaign=campaign, action=action, until=end)
    return _Compared(campaign, is_plan=False, since=begin, until=end, words=(), expected=None, then=None, customers=customers)


def _span(name: str, since: date, until: date, source: store.Run) -> tuple[date, date]:
    """The time measured; its last day must be known, and lie after its first."""
    if until > source.as_of:
        came = f"Until {until}: run {source.name} knows nothing after {source.as_of}."
        raise DataError(Problem(came, "a day that the run knows.", "load the newer invoices, make a new run, and measure then."))
    if until <= since:
        came = f"{name} begins on {since}, and the last day known is {until}: nothing has happened yet."
        raise DataError(Problem(came, "a run of a later day.", "load the newer invoices, make a new run, and measure then."))
    return since, until


# ---- what came ---------------------------------------------------------------------------------------------------------


def _read(engine: Engine, compared: _Compared, source: store.Run, segment: str) -> dict[str, NDArray[Any]]:
    """The outcomes of each compared customer, with what was foreseen."""
    if segment:
        views = [view for view in ("valued_customers", "customer_features", "ledger_customers") if segment in engine.columns(view)]
        if not views:
            known = {name for view in ("valued_customers", "customer_features", "ledger_customers") for name in engine.columns(view)}
            raise UnknownName(segment, "the columns of customers", sorted(known))
        own = {"customer_id": Reading(("customer_id",), type="VARCHAR"), "segment": Reading((segment,), type="VARCHAR")}
        engine.project("measured_segments", views[0], own)
    else:
        engine.view("measured_segments", "value/plans/measured_no_segments.sql")
    if compared.then is not None:
        engine.open_parquet("measured_then", [compared.then.customers], numbered=False)
        engine.view("measured_forecasts", "value/plans/measured_forecasts.sql")
    else:
        engine.view("measured_forecasts", "value/plans/measured_before_alone.sql")
    margin = source.manifest["amounts"].get("margin") if source.manifest["yardstick"] == "contribution" else None
    before = compared.since - timedelta(days=_BEFORE_DAYS)
    days = {name: day_number(day) for name, day in (("before", before), ("since", compared.since), ("until", compared.until))}
    found = arrays_of(engine, "value/plans/outcomes.sql", margin=margin, **days)
    return {**found, "treated": _flags(found["treated"])}


def _flags(values: NDArray[Any]) -> Flags:
    """Truth values as such."""
    import numpy as np

    return np.asarray(values).astype(np.bool_)


def _reached(engine: Engine, compared: _Compared) -> Mapping[str, Any] | None:
    if not compared.words:
        return None
    (row,) = engine.rows("value/plans/measured_reached.sql", since=compared.since, until=compared.until, words=list(compared.words))
    return row if row["treated"] or row["held"] else None


def _told(
    folder: Path,
    compared: _Compared,
    found: Mapping[str, NDArray[Any]],
    *,
    source: store.Run,
    gone: int,
    reached: Mapping[str, Any] | None,
    level: float,
    has_segments: bool,
    stored: plans_store.StoredPlan | None,
    action: str | None,
    clock: datetime,
) -> Measured:
    treated = found["treated"]
    count, held = int(treated.sum()), int((~treated).sum())
    if min(count, held) < LEAST:
        came = f"{count} treated and {held} held out are left to compare."
        raise DataError(Problem(came, f"at least {LEAST} of each.", "measure a larger plan, or hold out a larger share."))
    told = Told.of(found)
    money_name = "revenue" if source.manifest["yardstick"] == "revenue" else "contribution"
    figures = [("orders", told.orders, told.orders_foreseen), ("buyers", (told.orders > 0).astype(float), told.orders_foreseen)]
    if source.manifest["yardstick"] != "purchases":
        figures.insert(0, (money_name, told.money, told.money_foreseen))
    outcomes = tuple(_outcome(name, values, foreseen, treated, level) for name, values, foreseen in figures)
    cost = float(told.cost[treated].sum())
    money = outcomes[0] if outcomes[0].name == money_name else None
    learned = learn(folder, compared.name, told, since=compared.since, until=compared.until, stored=stored, action=action, level=level)
    measured = Measured(
        name=compared.name,
        is_plan=compared.is_plan,
        run=source.name,
        since=compared.since,
        until=compared.until,
        currency=source.manifest["currency"],
        level=level,
        treated=count,
        held=held,
        gone=gone,
        outcomes=outcomes,
        cost=round(cost, 2),
        earned=round(money.difference * count - cost, 2) if money else 0.0,
        earned_lower=round(money.lower * count - cost, 2) if money else 0.0,
        earned_upper=round(money.upper * count - cost, 2) if money else 0.0,
        foreseen="plan" if compared.then is not None else "before",
        expected=None if compared.expected is None else round(float(compared.expected), 2),
        reached=reached["treated"] / count if reached else None,
        reached_held=reached["held"] / held if reached else None,
        segments=_segments(told, level) if has_segments and money else (),
        learned=learned,
        notices=tuple(_notices(compared, money, reached, held, gone)),
    )
    keep(folder, measured, stored, clock)
    return measured


def _outcome(name: str, values: Floats, foreseen: Floats, treated: Flags, level: float) -> Outcome:
    from kundenwert.stats.experiments import difference, with_forecast

    plain = difference(values[treated], values[~treated], level=level)
    found = with_forecast(values[treated], values[~treated], foreseen[treated], foreseen[~treated], level=level)
    return Outcome(
        name, float(values[treated].mean()), float(values[~treated].mean()), found.difference, found.error, found.lower, found.upper,
        plain.difference, plain.lower, plain.upper, found.explained,
    )  # fmt: skip


def _segments(told: Told, level: float) -> tuple[OfSegment, ...]:
    """The money of each segment with enough on both sides, drawn to the mean of all as far as chance may make them differ."""
    import numpy as np

    from kundenwert.stats.experiments import shrunk

    found: list[tuple[str, Uplift]] = [(name, part.uplift(part.money, part.money_foreseen, level)) for name, part in told.by_segment(LEAST)]
    if not found:
        return ()
    means, errors = shrunk(np.array([one.difference for _, one in found]), np.maximum([one.error for _, one in found], 1e-12))
    return tuple(
        OfSegment(name, one.treated, one.held, one.difference, one.lower, one.upper, float(mean), float(error))
        for (name, one), mean, error in zip(found, means, errors, strict=True)
    )


def _notices(compared: _Compared, money: Outcome | None, reached: Mapping[str, Any] | None, held: int, gone: int) -> list[Notice]:
    notices = []
    if money is not None and money.lower <= 0 <= money.upper:
        text = "Chance alone may explain the difference: the interval holds 0. That is no proof that nothing came of it."
        notices.append(Notice("measured_open", text))
    if reached and reached["held"]:
        text = "{share:.0%} of those held out were addressed all the same, so the true effect is further from 0 than the difference shows."
        notices.append(Notice("measured_addressed", text, {"share": reached["held"] / held}))
    if gone:
        text = "Left out of both groups, since they have objected since or are no longer known: {count}."
        notices.append(Notice("measured_gone", text, {"count": gone}))
    return notices

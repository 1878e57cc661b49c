"""From a run to what a decision is taken on: who may be planned for, what is known of them, what is allowed, what is done today."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kundenwert import sources
from kundenwert.engines._engine import Reading
from kundenwert.errors import DataError, Problem
from kundenwert.flows.blocking import criterion_problem
from kundenwert.flows.company_ledger import open_tables
from kundenwert.flows.company_tables import open_nothing
from kundenwert.flows.ledger import folder_of
from kundenwert.flows.permission import open_objectors, open_records, permissions
from kundenwert.flows.plan_arrays import arrays_of, beside, tidy, type_for
from kundenwert.flows.plan_tables import Basis, tables_of
from kundenwert.flows.pseudonyms import known_as
from kundenwert.flows.register import CHANNELS
from kundenwert.records import Notice
from kundenwert.records.plans import Case, Limit
from kundenwert.settings import Duration

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from kundenwert.decisions._decision import Decision
    from kundenwert.engines._engine import Engine
    from kundenwert.flows.actions import ProjectAction
    from kundenwert.flows.plan_settings import PlanSettings
    from kundenwert.runs import store

    Texts = NDArray[np.str_]
    Flags = NDArray[np.bool_]

# What every plan wants to know where it is there: the class of value for minimum and maximum, and who looks after the customer.
CLASS, PERSON = "class", "account_manager"
# What customers are judged by where only those who earn something are planned for, and those left out for it.
RESULT, NEGATIVE = "db4", "negative"
# The table of further columns of customers.
CUSTOMERS = "customers"
# Left out because each person's time is limited and nobody looks after them.
WITHOUT_PERSON = "without_person"
# The notice that today's practice is not known.
WITHOUT_PRACTICE = "plan_without_practice"


@dataclass(frozen=True)
class Prepared:
    """A case, and what is to be told beside it. left_out: reason -> customers not planned for; barred: action -> reason -> for how many it
    is not allowed. notices: what a reader must know.
    """

    case: Case
    left_out: Mapping[str, int]
    barred: Mapping[str, Mapping[str, int]]
    notices: tuple[Notice, ...]


def prepare(
    engine: Engine, project: Path, source: store.Run, settings: PlanSettings, decision: Decision, *, narrow: bool = True
) -> Prepared:
    """Reads what a decision needs. narrow: for those alone whom the settings name. Raises DataError with everything that is wrong."""
    given = open_views(engine, project, source)
    basis = _basis(source, settings, given)
    columns = _columns(engine, settings, decision)
    ids = columns.pop("customer_id")
    tables = _tables(engine, basis, settings.decision)
    if CUSTOMERS in tables:
        columns |= beside(ids, tables[CUSTOMERS])
    person = columns.get(PERSON)
    allowed = permissions(engine, project, settings.actions.values()) if settings.actions else {}
    permitted = {name: one.allowed for name, one in allowed.items()}
    left_out = {name: int(count) for name, count in engine.rows("value/plans/left_out.sql")[0].items() if count}
    limits, nobody = _limits(settings, person, permitted, settings.actions)
    case = Case(
        ids=ids,
        columns=columns,
        as_of=source.as_of,
        span_days=basis.span_days,
        horizon_days=basis.horizon_days,
        value_horizon_days=basis.value_horizon_days,
        discount_rate=basis.discount_rate,
        currency=basis.currency,
        margin=basis.margin,
        actions=tuple(one.action for one in settings.actions.values()),
        limits=limits,
        options=settings.options,
        allowed=permitted,
        today=_today(engine, basis, settings.actions, len(ids)),
        at_least=_counts(settings.at_least, columns, permitted, len(ids), otherwise=0),
        at_most=_counts(settings.at_most, columns, permitted, len(ids), otherwise=None),
        person=person,
        fixed={known_as(project, customer): counts for customer, counts in settings.fixed.items()},
        tables={name: table for name, table in tables.items() if name != CUSTOMERS},
        seed=settings.seed,
    )
    problems = _wrong(engine, case, columns, settings, decision)
    if problems:
        raise DataError(*problems)
    counts = {**left_out, **({WITHOUT_PERSON: nobody} if nobody else {})}
    barred = {name: one.barred for name, one in allowed.items() if one.barred}
    prepared = Prepared(case, counts, barred, _notices(source, case))
    return narrowed(prepared, settings.only, positive=settings.positive) if narrow else prepared


def narrowed(prepared: Prepared, only: Iterable[str] | None, *, positive: bool) -> Prepared:
    """The same for the customers of some account managers, or for those alone whose contribution IV is not below 0.

    Who plans for some people's customers is told nothing of the others: what counts over all customers is left out then.
    """
    import numpy as np

    case, left_out, barred = prepared.case, dict(prepared.left_out), prepared.barred
    if only is not None:
        names = [name for name in only if name]
        person = case.person if case.person is not None else np.full(len(case.ids), "")
        case = rows_of(case, np.isin(person, names))
        case = replace(case, limits=tuple(one for one in case.limits if not one.person or one.person in names))
        left_out, barred = {}, {}
    if positive and RESULT in case.columns:
        below = case.columns[RESULT] < 0
        left_out |= {NEGATIVE: int(below.sum())} if below.any() else {}
        case = rows_of(case, ~below)
    if not len(case.ids):
        expected = "customers with a forecast who have not objected."
        raise DataError(Problem("There is nobody to plan for.", expected, "look at account managers and filters."))
    return replace(prepared, case=case, left_out=left_out, barred=barred)


def rows_of(case: Case, kept: Flags) -> Case:
    """The case of some customers, (n,) flags, and nothing of the others: also not what is fixed for them, or said in further tables."""
    import numpy as np

    def of_table(table: Mapping[str, NDArray[Any]]) -> Mapping[str, NDArray[Any]]:
        if "customer_id" not in table:
            return table
        rows = ~np.isin(table["customer_id"], gone)
        return {name: values[rows] for name, values in table.items()}

    gone = case.ids[~kept]
    there = set(np.intersect1d(np.asarray([*case.fixed], dtype=np.str_), gone).tolist())
    return replace(
        case.at(kept),
        fixed={customer: counts for customer, counts in case.fixed.items() if customer not in there},
        tables={name: of_table(table) for name, table in case.tables.items()},
    )


def open_views(engine: Engine, project: Path, source: store.Run) -> frozenset[str]:
    """Makes the views that `flows.plan_tables` lists; gives the names of what there is."""
    engine.open_parquet("valued_customers", [source.customers], numbered=False)
    engine.remember("collective", list(source.manifest["settings"]["collective"]))
    given = {"contribution"} if source.manifest["yardstick"] == "contribution" else set()
    ledger = folder_of(project) / source.manifest["ledger"]
    engine.open_parquet("ledger_lines", [ledger / "transactions.parquet"], numbered=False)
    engine.view("booked", "tables/booked_from_ledger.sql")
    given |= open_company(engine, ledger)
    engine.view("plan_known", "value/plans/known.sql")
    open_records(engine, project)
    open_objectors(engine, project)
    engine.view("plan_customers", "value/plans/customers.sql")
    for path in sorted(source.folder.glob("*.parquet")):
        name = f"run_{path.stem}"
        engine.open_parquet(name, [path], numbered=False)
        given.add(name)
    features = "run_features" if "run_features" in given else "valued_customers"
    held = engine.columns(features) if "run_features" in given else ("customer_id",)
    engine.project("customer_features", features, {name: Reading((name,)) for name in held})
    return frozenset(given)


def open_company(engine: Engine, ledger: Path) -> set[str]:
    """Opens the tables of a ledger, empty ones where nobody gave any; gives the names of those that were given."""
    company = open_tables(engine, ledger)
    if company is not None:
        return {name for name in sources.tables() if company.of(name)}
    for name in sources.tables():
        open_nothing(engine, name)
    engine.table("known_customers", "tables/company/known_customers.sql")
    engine.table("customer_groups", "tables/company/groups.sql")
    return set()


def _basis(source: store.Run, settings: PlanSettings, given: frozenset[str]) -> Basis:
    manifest = source.manifest
    has_margin = manifest["yardstick"] == "contribution"
    return Basis(
        as_of=source.as_of,
        span_days=Duration.parse(settings.span).days(source.as_of),
        horizon_days=float(manifest["horizon_days"]),
        value_horizon_days=float(manifest["value_horizon_days"]),
        discount_rate=float(manifest["settings"]["discount_rate"]),
        yardstick=manifest["yardstick"],
        currency=manifest["currency"],
        given=given,
        margin=manifest["amounts"].get("margin") if has_margin else None,
        options=settings.options,
        manifest=manifest,
        seed=settings.seed,
    )


# ---- what is known of customers -----------------------------------------------------------------------------------------


def _columns(engine: Engine, settings: PlanSettings, decision: Decision) -> dict[str, NDArray[Any]]:
    """The columns a decision asks for, from the value table, the features or the customer records; where two have one, the first."""
    further = [*([RESULT] if settings.positive else []), *([settings.segment] if settings.segment else [])]
    wanted = dict.fromkeys((*decision.columns, *decision.optional, CLASS, PERSON, *further))
    engine.view("plan_values", "value/plans/customers.sql")
    found: dict[str, str] = {}
    places = {"plan_values": "plan_values", "customer_features": "plan_features", "ledger_customers": "plan_records"}
    for view, part in places.items():
        there = engine.columns(view)
        own = [name for name in wanted if name in there and name not in found and name != "customer_id"]
        found |= {name: type_for(there[name]) for name in own}
        if part != view:
            engine.project(
                part, view, {"customer_id": Reading(("customer_id",), type="VARCHAR"), **{name: Reading((name,)) for name in own}}
            )
    engine.beside("plan_wide", "plan_values", ["plan_features", "plan_records"], "customer_id")
    chosen = {name: Reading((name,), type=kind) for name, kind in found.items()}
    engine.project("plan_chosen", "plan_wide", {"customer_id": Reading(("customer_id",), type="VARCHAR"), **chosen})
    columns = arrays_of(engine, "value/plans/columns.sql")
    if settings.segment and settings.segment in columns:
        columns["segment"] = columns[settings.segment]
    return columns


def _tables(engine: Engine, basis: Basis, decision: str) -> dict[str, dict[str, NDArray[Any]]]:
    read = tables_of(decision)
    return {name: tidy(table) for name, table in read(engine, basis).items()} if read else {}


def _wrong(engine: Engine, case: Case, columns: Mapping[str, Any], settings: PlanSettings, decision: Decision) -> list[Problem]:
    """Everything that is wrong with a case, also what only the ledger knows: who of the fixed customers has objected."""
    missing = [name for name in decision.columns if name not in columns]
    problems = []
    if missing:
        came = f"The run does not tell {', '.join(missing)}, which {settings.decision} needs."
        problems.append(Problem(came, "a run with these columns.", "make a new run; the page of the decision says what tells them."))
    if settings.segment and settings.segment not in columns:
        came = f"segment = {settings.segment!r}: nothing in the data has a column of that name."
        problems.append(Problem(came, "a column of the value table, the features or the customer records.", "correct the name."))
    if settings.segment and (barred := criterion_problem(settings.segment)):
        problems.append(replace(barred, remedy="name another column under segment."))
    if not len(case.ids):
        problems.append(Problem("There is nobody to plan for.", "customers with a forecast who have not objected.", "look at left out."))
    problems += _wrong_persons(case, settings)
    held, odd = _fixed(engine, case)
    problems += odd
    if not missing and len(case.ids):
        problems += decision.wrong(replace(case, fixed=held))
    return problems


def _fixed(engine: Engine, case: Case) -> tuple[dict[str, Mapping[str, int]], list[Problem]]:
    """The fixed customers that can be planned for or are unknown, and a problem for each that may not."""
    import numpy as np

    known = set(np.intersect1d(np.asarray([*case.fixed], dtype=np.str_), case.ids).tolist())
    problems, held = [], {}
    for customer, counts in case.fixed.items():
        row = None if customer in known else next(iter(engine.rows("value/plans/why_left_out.sql", customer=customer)), None)
        if row and row["objected"]:
            came = f"{customer} is fixed and has objected to being valued."
            problems.append(Problem(came, "a customer who may be planned for.", "take the number out of fixed."))
            continue
        if row:
            came = f"{customer} is fixed and cannot be planned for: a collective account, or without a forecast."
            problems.append(Problem(came, "a customer who may be planned for.", "take the number out of fixed."))
            continue
        barred = [name for name, count in counts.items() if customer in known and count and not _is_allowed(case, customer, name)]
        for name in barred:
            came = f"{customer} is fixed for {name}, and consent, an objection to advertising or a missing address forbids it."
            problems.append(Problem(came, "a customer for whom it is allowed.", f"take {name} out of fixed, or record the consent."))
        if not barred:
            held[customer] = counts
    return held, problems


def _is_allowed(case: Case, customer: str, action: str) -> bool:
    import numpy as np

    return action not in case.allowed or bool(case.allowed[action][np.searchsorted(case.ids, customer)])


# ---- limits, practice, counts --------------------------------------------------------------------------------------------


def _limits(
    settings: PlanSettings, person: Texts | None, allowed: dict[str, Flags], actions: Mapping[str, ProjectAction]
) -> tuple[tuple[Limit, ...], int]:
    """The limits of all and of each person. Where persons are limited, nothing of theirs goes to customers nobody looks after: how many.

    Changes `allowed`.
    """
    import numpy as np

    limits = [Limit(resource, amount) for resource, amount in settings.limits.items()]
    by_person = {resource for amounts in (settings.per_person, *settings.persons.values()) for resource in amounts}
    if person is None or not by_person:
        return tuple(limits), 0
    for name in np.unique(person[person != ""]).tolist():
        amounts = {**settings.per_person, **settings.persons.get(name, {})}
        limits += [Limit(resource, amount, name) for resource, amount in amounts.items()]
    nobody = person == ""
    for name, one in actions.items():
        if by_person & {resource for resource, cost in one.action.costs.items() if cost > 0}:
            allowed[name] = allowed[name] & ~nobody
    return tuple(limits), int(nobody.sum())


def _wrong_persons(case: Case, settings: PlanSettings) -> list[Problem]:
    import numpy as np

    problems = []
    known = set() if case.person is None else set(np.unique(case.person).tolist()) - {""}
    if (settings.per_person or settings.persons) and not known:
        came = "Limits are set for each person, and the data do not say who looks after whom."
        problems.append(Problem(came, "account_manager in the customer records.", "add the column, or set limits for all."))
        return problems
    for name in sorted(set(settings.persons) - known):
        few = ", ".join(sorted(known)[:10])
        problems.append(Problem(f"Nobody called {name!r} looks after customers.", f"one of {few}.", "correct persons."))
    return problems


def _today(engine: Engine, basis: Basis, actions: Mapping[str, ProjectAction], count: int) -> dict[str, NDArray[np.int64]]:
    """How often each action was done in the last span: by contacts, or by measures where those name more. A word counts for one action."""
    import numpy as np

    if not actions or not ({"contacts", "measures"} & basis.given):
        return {}
    since = basis.as_of - timedelta(days=basis.span_days)
    done = arrays_of(engine, "value/plans/today.sql", as_of=basis.as_of, since=since)
    claimed: set[str] = set()
    found = {}
    # Words that somebody chose come before those that go with a channel.
    for one in sorted(actions.values(), key=lambda one: not one.counts_as):
        words = set(one.counts_as or (one.action.name.lower(), one.action.channel, *CHANNELS.get(one.action.channel, ()))) - claimed - {""}
        claimed |= words
        mine = np.isin(done["word"], sorted(words)) if words else np.zeros(len(done["word"]), dtype=np.bool_)
        by_kind = []
        for kind in ("contact", "measure"):
            rows = mine & (done["kind"] == kind)
            times = np.bincount(done["place"][rows], weights=done["times"][rows], minlength=count)
            by_kind.append(times.astype(np.int64))
        found[one.action.name] = np.maximum(*by_kind)
    return {name: found[name] for name in actions}


def _counts(
    given: Mapping[str, Mapping[str, int]],
    columns: Mapping[str, NDArray[Any]],
    allowed: Mapping[str, Flags],
    size: int,
    *,
    otherwise: int | None,
) -> dict[str, NDArray[np.int64]]:
    """Minimum (otherwise 0) or maximum (otherwise None: whatever the action allows) of each action for each customer."""
    import numpy as np

    found = {}
    for action, by_class in given.items():
        counts = np.full(size, 0 if otherwise is not None else np.iinfo(np.int64).max, dtype=np.int64)
        for name, number in by_class.items():
            where = (columns[CLASS] == name) if name and CLASS in columns else np.full(size, fill_value=not name)
            counts[where] = number
        if otherwise is not None and action in allowed:
            # Nobody must get what is not allowed.
            counts[~allowed[action]] = otherwise
        found[action] = counts
    return found


def _notices(source: store.Run, case: Case) -> tuple[Notice, ...]:
    notices = []
    if source.manifest["yardstick"] == "revenue":
        text = (
            "No cost is known, so gains are revenue and not contribution: set `margin`, or give cost, before money is spent by this plan."
        )
        notices.append(Notice("plan_in_revenue", text))
    if source.manifest["yardstick"] == "purchases":
        text = "No amounts are known, so nothing can be gained in money: the sales lines need an amount."
        notices.append(Notice("plan_without_money", text))
    if case.actions and not any(len(counts) and counts.any() for counts in case.today.values()):
        text = (
            "Contacts and measures of the last {days} days name none of these actions: today's practice is not known, and counts as doing "
            "nothing."
        )
        notices.append(Notice(WITHOUT_PRACTICE, text, {"days": case.span_days}))
    return tuple(notices)

"""For the Python library: limited money and time over customers, from arrays or a data frame, without a project."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, final

from kundenwert.errors import CallError, DataError, Problem, SettingsError
from kundenwert.flows import actions as of_actions
from kundenwert.records.notices import filled
from kundenwert.records.plans import Action, Case, Limit

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from kundenwert.records.plans import Plan, Used

    Texts = NDArray[np.str_]

_ID = "customer_id"


@final
@dataclass(frozen=True)
class Allocation:
    """Who gets what, and how good that is. Made by `allocate`.

    plan: everything the plan tells: lines, gain, bound, used limits with their prices, comparisons, curve of gain against budget. given:
    the kind of table the values came in.
    """

    plan: Plan
    given: str = ""

    @property
    def gain(self) -> float:
        """Expected additional contribution net of its cost."""
        return self.plan.gain

    @property
    def used(self) -> Mapping[str, Used]:
        """What is taken of each limit; of persons as "hours of North"."""
        return {f"{one.resource} of {one.person}" if one.person else one.resource: one for one in self.plan.used}

    def table(self) -> Any:
        """One row for each customer and action, most gain first: pandas, polars, or an arrow table, as the values were given."""
        import pyarrow

        table = pyarrow.table(dict(self.plan.lines))
        if self.given == "pandas":
            return table.to_pandas()
        if self.given == "polars":
            import polars

            return polars.from_arrow(table)
        return table

    def counts(self, ids: Sequence[Any], action: str) -> list[int]:
        """How often each of these customers gets an action; 0 for who is not in the plan."""
        lines = self.plan.lines
        mine = lines["action"] == action
        found = dict(zip(lines[_ID][mine].tolist(), lines["count"][mine].tolist(), strict=True))
        return [found.get(str(one), 0) for one in ids]

    def sentences(self, count: int = 10) -> list[str]:
        """Why, for the first lines of the table."""
        lines = self.plan.lines
        found = []
        for row in range(min(count, len(lines[_ID]))):
            values = {name: column[row] for name, column in lines.items()}
            found.append(filled(self.plan.reasons[str(values["reason"])], values))
        return found

    def summary(self) -> str:
        """What it brings, what the limits are worth, and what other ways to spend the same would bring."""
        plan = self.plan
        first = f"gain {plan.gain:,.2f} for a cost of {plan.cost:,.2f}"
        if plan.lower == plan.lower:
            first += f", with 90 % between {plan.lower:,.2f} and {plan.upper:,.2f}"
        parts = [first, f"at most {plan.bound:,.2f} is possible (gap {plan.gap:.2%})"]
        parts += [_of_limit(name, used) for name, used in self.used.items()]
        parts += [f"{one.name}: {one.gain:,.2f}" for one in plan.compared]
        if plan.chance_better is not None:
            parts.append(f"better than today with a chance of {plan.chance_better:.0%}")
        return "\n".join([*parts, *(str(notice) for notice in (*plan.notices, *plan.assumes))])

    def __repr__(self) -> str:
        return f"Allocation({len(self.plan.lines[_ID]):,} lines, gain {self.plan.gain:,.2f}, gap {self.plan.gap:.2%})"


def _of_limit(name: str, used: Used) -> str:
    text = f"{name}: {used.used:,.10g} of {used.amount:,.10g}, price {used.price:,.2f}"
    return text if used.last != used.last else f"{text}; the last brought {used.last:,.2f}, one more would bring {used.next:,.2f}"


def allocate(
    values: Any,
    actions: Mapping[str, Any] | Sequence[Action],
    limits: Mapping[str, Any] | Sequence[Limit] | None = None,
    *,
    allowed: Mapping[str, Any] | None = None,
    today: Mapping[str, Any] | None = None,
    at_least: Mapping[str, Any] | None = None,
    at_most: Mapping[str, Any] | None = None,
    fixed: Mapping[Any, Mapping[str, int]] | None = None,
    margin: float | None = None,
    horizon_days: float = 365.0,
    draws: Any = None,
    currency: str = "",
    as_of: date | None = None,
    seed: int = 1,
) -> Allocation:
    """Chooses for each customer at most one bundle of actions, so that the gains add up to most within the limits.

    values: a pandas, polars or arrow table or a mapping of arrays, one row a customer; or an array of what is at stake with each. Columns:
    customer_id (else 0, 1, 2 ...), at_stake (money that an action can change; else expected_revenue x margin), and where there are any
    response_rate, person, segment, clv, p_alive, expected_purchases, last_purchase, usual_gap. actions: by name as in kundenwert.toml,
    such as {"visit": {"costs": {"money": 60, "visits": 1}, "changes": "spend", "effect": 0.05}}, or records.plans.Action. limits:
    resource -> amount, or resource -> {person: amount}. allowed, today, at_least, at_most: action -> one value for all, an array, or the
    name of a column. fixed: customer -> action -> count. draws: (d, n) posterior draws of what is at stake. Raises DataError with every
    problem, and with the limits that clash.

    >>> found = allocate(
    ...     {"at_stake": [1000, 600, 400], "response_rate": [0.25, 0.5, 0.3]},
    ...     {"visit": {"costs": {"money": 60, "visits": 1}, "changes": "spend", "effect": 1, "most": 10, "curve": "exponential"}},
    ...     {"visits": 10},
    ... )
    >>> found.gain, found.counts([0, 1, 2], "visit"), round(found.used["visits"].last, 2), round(found.used["visits"].next, 2)
    (760.09, [5, 3, 2], 16.8, 3.37)
    """
    import numpy as np

    from kundenwert.decisions.allocation import PLUGIN

    problems: list[Problem] = []
    columns, kind = _columns(values, problems)
    count = len(next(iter(columns.values()), ()))
    ids = columns.pop(_ID, np.arange(count)).astype(np.str_)
    day = as_of or datetime.now(UTC).date()
    chosen = _actions(actions, day, problems)
    names = tuple(map(str, actions)) if isinstance(actions, Mapping) else tuple(one.name for one in chosen)
    person = columns.pop("person", None)
    case = Case(
        ids=ids,
        columns=columns,
        as_of=day,
        horizon_days=horizon_days,
        currency=currency,
        margin=margin,
        actions=chosen,
        limits=_limits(limits, problems),
        allowed=_each("allowed", allowed, names, columns, count, np.bool_, problems),
        today=_each("today", today, names, columns, count, np.int64, problems),
        at_least=_each("at_least", at_least, names, columns, count, np.int64, problems),
        at_most=_each("at_most", at_most, names, columns, count, np.int64, problems),
        person=None if person is None else person.astype(np.str_),
        fixed={str(customer): dict(counts) for customer, counts in (fixed or {}).items()},
        draws=_draws(draws, count, problems),
        seed=seed,
    )
    # Where an action could not be read, a case without it would only be wrong in further, misleading ways.
    if len(chosen) == len(actions):
        problems += PLUGIN.wrong(case)
    if problems:
        raise DataError(*{problem.came: problem for problem in problems}.values())
    return Allocation(PLUGIN.decide(case), kind)


def _columns(values: Any, problems: list[Problem]) -> tuple[dict[str, NDArray[Any]], str]:
    """The columns as arrays, and the kind of table they came in."""
    import numpy as np

    kind = type(values).__module__.partition(".")[0]
    if isinstance(values, Mapping):
        found = {str(name): np.asarray(column) for name, column in values.items()}
    elif kind in ("pandas", "polars", "pyarrow"):
        found = _of_frame(values, kind)
    else:
        found = {"at_stake": np.asarray(values)}
    for name, column in found.items():
        if column.ndim != 1:
            problems.append(Problem(f"{name} has the shape {column.shape}.", "one value a customer.", "give a flat array."))
    lengths = {name: len(column) for name, column in found.items() if column.ndim == 1}
    if len(set(lengths.values())) > 1:
        told = ", ".join(f"{name} {length:,}" for name, length in lengths.items())
        problems.append(Problem(f"The columns differ in length: {told}.", "one value a customer in each.", "correct them."))
    for name in sorted({"at_stake", "expected_revenue", "response_rate"} & set(found)):
        if found[name].dtype.kind not in "iuf":
            problems.append(Problem(f"{name} is no number.", "money, or a rate, in each row.", "turn it into numbers first."))
        elif not np.isfinite(found[name]).all():
            problems.append(Problem(f"{name} is not known in some rows.", "a number in each row.", "fill or leave out these rows."))
    if problems:
        # What was read in part would only bring further, misleading problems.
        raise DataError(*problems)
    return found, kind


def _of_frame(values: Any, kind: str) -> dict[str, NDArray[Any]]:
    """The columns of a data frame; texts by their own way, without an object a customer."""
    import pyarrow

    from kundenwert.flows.plan_arrays import array_of

    if kind == "pandas" and hasattr(values, "columns"):
        table = pyarrow.Table.from_pandas(values, preserve_index=False)
    elif kind == "polars" and hasattr(values, "columns"):
        table = values.to_arrow()
    elif hasattr(values, "column_names"):
        table = values
    else:
        # A single column: what is at stake.
        import numpy as np

        return {"at_stake": np.asarray(values)}
    found = {}
    for name in table.column_names:
        column = table.column(name)
        if pyarrow.types.is_decimal(column.type):
            column = column.cast(pyarrow.float64())
        if pyarrow.types.is_dictionary(column.type):
            column = column.cast(column.type.value_type)
        found[str(name)] = array_of(column)
    return found


def _actions(given: Any, day: date, problems: list[Problem]) -> tuple[Action, ...]:
    if not isinstance(given, Mapping):
        chosen = tuple(given)
        if not all(isinstance(one, Action) for one in chosen):
            raise CallError("actions: a mapping by name, or a sequence of kundenwert.records.plans.Action was expected.")
        return chosen
    ready = {str(name): one for name, one in given.items() if isinstance(one, Action)}
    described = {str(name): _described(one, day) for name, one in given.items() if not isinstance(one, Action)}
    try:
        read = of_actions.of_content({of_actions.SECTION: described})
    except SettingsError as err:
        problems += [replace(problem, file="") for problem in err.problems]
        read = {}
    return tuple(ready.get(name) or read[name].action for name in map(str, given) if name in ready or name in read)


def _described(given: Any, day: date) -> Any:
    """An action as a project file describes it: who assumes an effect is who makes the call."""
    if not isinstance(given, Mapping):
        return given
    entry = {"advertising": "channel" in given, **given}
    size = entry.get("effect")
    if isinstance(size, int | float) and not isinstance(size, bool):
        size = {"low": size, "likely": size, "high": size}
    if isinstance(size, Mapping):
        entry["effect"] = _sourced(size, day)
    if isinstance(entry.get("groups"), Mapping):
        entry["groups"] = {name: _sourced(one, day) if isinstance(one, Mapping) else one for name, one in entry["groups"].items()}
    return entry


def _sourced(effect: Mapping[str, Any], day: date) -> dict[str, Any]:
    found = {"source": "assumption", **effect}
    return {"by": "the call", "on": day, **found} if found["source"] == "assumption" else found


def _limits(given: Any, problems: list[Problem]) -> tuple[Limit, ...]:
    if given is None:
        return ()
    if not isinstance(given, Mapping):
        chosen = tuple(given)
        if not all(isinstance(one, Limit) for one in chosen):
            raise CallError("limits: resource -> amount, or a sequence of kundenwert.records.plans.Limit was expected.")
        return chosen
    found = []
    for resource, amount in given.items():
        amounts = amount if isinstance(amount, Mapping) else {"": amount}
        for person, one in amounts.items():
            try:
                found.append(Limit(str(resource), float(one), str(person)))
                is_amount = found[-1].amount >= 0
            except (TypeError, ValueError):
                is_amount = False
            if not is_amount:
                whose = f" of {person}" if person else ""
                problems.append(Problem(f"The limit {resource}{whose} is {one!r}.", "a number of 0 or more.", "correct it."))
    return tuple(found)


def _each(
    name: str,
    given: Mapping[str, Any] | None,
    known: tuple[str, ...],
    columns: Mapping[str, NDArray[Any]],
    count: int,
    kind: Any,
    problems: list[Problem],
) -> dict[str, NDArray[Any]]:
    """One value for all, an array, or a column, by action, as arrays (n,)."""
    import numpy as np

    found = {}
    for action, value in (given or {}).items():
        if action not in known:
            problems.append(Problem(f"{name} names the action {action!r}.", f"one of {', '.join(known)}.", "correct it."))
            continue
        if isinstance(value, str) and value not in columns:
            problems.append(Problem(f"{name} of {action} names the column {value!r}.", f"one of {', '.join(columns)}.", "correct it."))
            continue
        own = np.asarray(columns[value] if isinstance(value, str) else value)
        own = np.broadcast_to(own, (count,)) if own.ndim == 0 else own
        if own.dtype.kind not in "biuf" or (own.dtype.kind == "f" and not (np.isfinite(own) & (own == np.floor(own))).all()):
            expected = "true or false for each customer." if kind is np.bool_ else "whole numbers."
            problems.append(Problem(f"{name} of {action} is {own.dtype}, or holds parts or gaps.", expected, "correct it."))
            continue
        found[str(action)] = own.astype(kind)
    return found


def _draws(given: Any, count: int, problems: list[Problem]) -> NDArray[np.float64] | None:
    import numpy as np

    if given is None:
        return None
    draws = np.asarray(given, dtype=np.float64)
    if draws.ndim != 2 or draws.shape[1] != count or len(draws) < 2:
        problems.append(Problem(f"draws has the shape {draws.shape}.", f"(draws, {count}), at least two draws.", "correct it."))
        return None
    return draws

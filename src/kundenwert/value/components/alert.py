"""An alert where a customer stays away for longer than the own rhythm explains, tried on the past before anybody relies on it (R55)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final

from kundenwert.records import Notice
from kundenwert.settings import Setting
from kundenwert.value.components._component import Basis, Built, Component

if TYPE_CHECKING:
    from kundenwert.engines._engine import Engine

# Of fewer alerts no share is told.
LEAST_ALERTS: Final = 10
_FIRST: Final = date(1970, 1, 1)


def is_overdue(silence: float, usual_gap: float) -> bool:
    """Whether a customer stays away for longer than 9 of 10 gaps of customers with this history last; both in days.

    >>> is_overdue(31, 30.0), is_overdue(30, 30.0)
    (True, False)
    """
    return silence > usual_gap


def _build(engine: Engine, basis: Basis) -> Built:
    days = engine.rows("value/components/days.sql")[0]
    engine.table("component_alert", "value/components/alert.sql", now=days["now"])
    (facts,) = engine.rows("value/components/alert_facts.sql")
    facts["loss"] = None if facts["loss"] is None else str(facts["loss"])
    if "rhythm.look_back" not in basis.given:
        return Built({**facts, "tried": None})
    tried = _tried(engine, days, basis.options["first"])
    return Built({**facts, "tried": tried}, tuple(_notices(tried)))


def _tried(engine: Engine, days: Mapping[str, int], first: tuple[int, ...]) -> dict[str, Any]:
    """The alert of an earlier day against what came: shares with their interval, None where too few were alerted."""
    engine.table("tried_alerts", "value/components/alert_tried.sql", look_back=days["look_back"])
    (found,) = engine.rows("value/components/alert_hits.sql")
    at = [{"k": k, **engine.rows("value/components/alert_hits_of_first.sql", k=k)[0]} for k in first if k <= found["alerted"]]
    engine.drop("tried_alerts")
    in_time = {"alerted": found.pop("alerted_in_time"), "hits": found.pop("hits_in_time")}
    return {
        "day": (_FIRST + timedelta(days=days["look_back"])).isoformat(),
        "days": days["now"] - days["look_back"],
        **found,
        "base_rate": found["stayed_away"] / found["customers"] if found["customers"] else None,
        "recall": found["hits"] / found["stayed_away"] if found["stayed_away"] else None,
        **_share(found["hits"], found["alerted"]),
        "in_time": {**in_time, **_share(in_time["hits"], in_time["alerted"])},
        "first": [{**one, **_share(one["hits"], one["alerted"])} for one in at],
    }


def _share(hits: int, alerted: int) -> dict[str, Any]:
    from kundenwert.stats.proportions import wilson

    if alerted < LEAST_ALERTS:
        return {"precision": None, "interval": None}
    return {"precision": hits / alerted, "interval": list(wilson(hits, alerted))}


def _notices(tried: Mapping[str, Any]) -> Iterator[Notice]:
    if tried["precision"] is not None and tried["interval"][0] <= tried["base_rate"]:
        text = (
            "Tried on {day}, the alert told nothing: {share:.0%} of the {alerted} customers who were overdue then stayed away for "
            "{days} days, of all customers {base:.0%}. Do not spend money on it."
        )
        values = {"day": date.fromisoformat(tried["day"]), "share": tried["precision"], "base": tried["base_rate"]}
        yield Notice("alert_tells_nothing", text, {**values, "alerted": tried["alerted"], "days": tried["days"]})


def _line(row: Mapping[str, Any]) -> Notice | None:
    if not row["alert"]:
        return None
    if row["loss"] is None:
        text = "Overdue by {days} days: 9 of 10 customers with this history would have bought again by now."
        return Notice("overdue", text, {"days": row["days_overdue"]})
    text = "Overdue by {days} days: 9 of 10 customers with this history would have bought again by now. At stake: {loss:,.2f¤}."
    return Notice("overdue_stake", text, {"days": row["days_overdue"], "loss": float(row["loss"])})


def _read_first(value: Any) -> tuple[int, ...]:
    whole = isinstance(value, list | tuple) and all(isinstance(k, int) and not isinstance(k, bool) and k >= LEAST_ALERTS for k in value)
    if not whole or list(value) != sorted(set(value)):
        raise ValueError(f"a list of rising whole numbers from {LEAST_ALERTS} on, such as [20, 50]")
    return tuple(value)


PLUGIN = Component(
    title="Alert: overdue by the own rhythm",
    formula="days since the last purchase > 90 % quantile of the next gap if still a customer; loss = clv / P(alive) - clv",
    source="wait until the next purchase under a gamma-Poisson rate (Fader, Hardie & Lee 2005); definitions.md, At risk; Wilson 1927",
    columns={
        "alert": "Whether the customer stays away for longer than the own rhythm explains; empty without a repeat purchase.",
        "days_overdue": "By how many days; empty where not overdue.",
        "loss": "Residual value that is lost if the customer is gone: clv / P(alive) - clv; empty where clv is below 1.",
    },
    build=_build,
    needs=(("rhythm.now",),),
    options=(Setting("first", (20, 50, 100), "For how many customers with most at stake the hit rate of the alert is told.", _read_first),),
    line=_line,
)

"""The chance that a customer buys again and is still one at the end of the horizon, tried on an earlier day by deciles (R15)."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final

from kundenwert.records import Notice
from kundenwert.value.components._component import Basis, Built, Component

if TYPE_CHECKING:
    from kundenwert.engines._engine import Engine

_BANDS: Final = 10
# Of fewer customers a band says nothing.
_LEAST: Final = 20
# 90 % of a normal law lie within so many standard deviations.
_Z: Final = 1.6448536269514722
_FIRST: Final = date(1970, 1, 1)


def beyond_chance(customers: Sequence[int], predicted: Sequence[float], bought: Sequence[int]) -> float:
    """By how much shares of bands are off what was predicted, beyond what chance does: a standard deviation between bands.

    customers, predicted, bought: of each band its count, mean chance (0 to 1) and how many bought. Method of moments: mean squared
    difference less the variance of a share under the prediction, at least 0 (DerSimonian and Laird 1986, with equal weights).

    >>> round(beyond_chance([100, 100], [0.2, 0.8], [30, 70]), 4), beyond_chance([100], [0.5], [52])
    (0.0917, 0.0)
    """
    parts = [(hits / n - p) ** 2 - p * (1 - p) / n for n, p, hits in zip(customers, predicted, bought, strict=True)]
    return math.sqrt(max(sum(parts) / len(parts), 0.0)) if parts else 0.0


def _build(engine: Engine, basis: Basis) -> Built:
    tried = _tried(engine) if "rhythm.look_back" in basis.given else None
    agreed = "value/components/retention_contracts.sql" if "component.contracts" in basis.given else _NO_CONTRACTS
    engine.table("contracts_staying", agreed)
    engine.table(
        "component_retention",
        "value/components/retention.sql",
        horizon=basis.horizon_days,
        z=_Z,
        off=tried["off"] if tried else 0.0,
        contracts=engine.rows("value/components/retention_seen.sql", as_of=basis.as_of)[0]["contracts"],
    )
    engine.drop("contracts_staying")
    (facts,) = engine.rows("value/components/retention_facts.sql")
    return Built({"days": basis.horizon_days, **facts, "tried": tried}, tuple(_notices(tried)))


_NO_CONTRACTS: Final = "value/components/retention_no_contracts.sql"


def _tried(engine: Engine) -> dict[str, Any] | None:
    """What was told on the look-back day against what came: by bands, None where too few customers were told of."""
    (days,) = engine.rows("value/components/days.sql")
    day = days["look_back"]
    one = engine.rows("value/components/retention_tried.sql", look_back=day, bands=1)
    customers = one[0]["customers"] if one else 0
    bands = min(_BANDS, customers // _LEAST)
    if not bands:
        return None
    rows = engine.rows("value/components/retention_tried.sql", look_back=day, bands=bands)
    found = {name: [row[name] for row in rows] for name in ("customers", "predicted", "bought")}
    return {
        "day": (_FIRST + timedelta(days=day)).isoformat(),
        "days": days["now"] - day,
        **_shown(one[0]),
        "bands": [_shown(row) for row in rows],
        "off": round(beyond_chance(**found), 4),
    }


def _shown(row: Mapping[str, Any]) -> dict[str, Any]:
    """A band with the share that bought, its 90 % interval, and whether what was predicted lies in it."""
    from kundenwert.stats.proportions import wilson

    low, high = wilson(row["bought"], row["customers"])
    told = {"customers": row["customers"], "predicted": round(row["predicted"], 4), "bought": row["bought"]}
    return {**told, "share": row["bought"] / row["customers"], "interval": [low, high], "holds": bool(low <= row["predicted"] <= high)}


def _notices(tried: Mapping[str, Any] | None) -> Iterator[Notice]:
    if tried and not tried["holds"]:
        text = (
            "Tried on {day}, chances to buy again were off: within {days} days {share:.0%} of the {customers} customers bought, "
            "{predicted:.0%} were expected. The bounds of each customer are wider by what single groups were off."
        )
        values = {"day": date.fromisoformat(tried["day"]), **{name: tried[name] for name in ("days", "share", "customers", "predicted")}}
        yield Notice("retention_off", text, values)


def _line(row: Mapping[str, Any]) -> Notice | None:
    if row["buys_again"] is None:
        return None
    if row["buys_again_lower"] is None:
        return Notice("buys_again", "Chance to buy again within the horizon: {chance:.0%}.", {"chance": row["buys_again"]})
    text = "Chance to buy again within the horizon: {chance:.0%} (90 % interval {low:.0%} to {high:.0%})."
    return Notice("buys_again", text, {"chance": row["buys_again"], "low": row["buys_again_lower"], "high": row["buys_again_upper"]})


PLUGIN = Component(
    title="Chance to stay",
    formula="P(a purchase within the horizon) and P(customer at its end) by the model of leaving; a running contract by survival",
    source="MBG/NBD (Batislam et al. 2007) or the run's Pareto/NBD; contracts: Kaplan and Meier 1958; tried by deciles, Wilson 1927",
    columns={
        "buys_again": "Chance of at least one purchase within the horizon.",
        "buys_again_lower": "Lower 90 % bound of this chance: parameters of the model and what chances were off on an earlier day.",
        "buys_again_upper": "Upper bound of this chance.",
        "stays": "Chance to be a customer at the end of the horizon; nobody sees when an open relation ends, so this cannot be tried.",
        "stays_lower": "Lower 90 % bound of this chance.",
        "stays_upper": "Upper bound of this chance.",
        "stays_from": "contract: from a running contract, which lasts more surely than purchases do; purchases: from the model of leaving.",
    },
    build=_build,
    needs=(("rhythm.now",),),
    reads=("contracts",),
    line=_line,
)

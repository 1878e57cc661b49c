"""The distributions behind the forecasts as tables, for components that ask for more than a mean and an interval.

Tables and views it leaves in the engine:
- `customer_futures`: customer_id and `future`, the row of the history of each customer that models see;
- `futures`: future, years_left (not a number where no model says who leaves) and, where there is money, nothing (the chance that none
  comes) and q0, q1 ...: the quantiles of the money to come at `top_chance.LEVELS`, in parts of its own mean.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from kundenwert.flows.forecasts import recent_histories
from kundenwert.value.components.top_chance import LEVELS

if TYPE_CHECKING:
    from kundenwert.engines._engine import Engine
    from kundenwert.flows.intervals import Outlook
    from kundenwert.flows.valuation import Valued

FUTURES: Final = ("customer_futures", "futures")
"""The tables above."""
_YEAR: Final = 365.25


def load_futures(engine: Engine, valued: Valued) -> set[str]:
    """Makes the tables above; gives what they tell: "future.years", "future.money"."""
    import numpy as np

    look = valued.outlook
    keys = _keys(engine, valued)
    place = np.arange(len(look.frequency))
    engine.load("future_keys", {**keys, "future": place})
    engine.table("customer_futures", "value/customer_futures.sql", in_any_order=True)
    engine.drop("future_keys")
    money = _money(look)
    years = None if valued.is_recent else _years(look)
    engine.load("futures", {"future": place, "years_left": np.full(len(place), np.nan) if years is None else years, **money})
    return {name for name, known in (("future.years", years is not None), ("future.money", bool(money))) if known}


def _keys(engine: Engine, valued: Valued) -> dict[str, Any]:
    import numpy as np

    if valued.is_recent:
        return recent_histories(engine)[1]
    known = valued.outlook.histories
    # Models of whole histories do not ask for the purchases of the last 365 days.
    return {"frequency": known.frequency, "recency": known.recency, "t": known.T, "recent": np.full(len(known.frequency), -1)}


def _money(look: Outlook) -> dict[str, Any]:
    """The chance of nothing and the quantiles in parts of the mean, as columns; none without amounts."""
    import numpy as np

    from kundenwert.models.spending import spend_quantiles

    if look.law is None:
        return {}
    mean = look.later.mean()
    known = spend_quantiles(look.later, look.frequency, look.law, LEVELS) / np.where(mean > 0, mean, np.inf)
    nothing = look.later.cdf(np.zeros(len(mean), dtype=np.int64))
    return {"nothing": nothing, **{f"q{place}": column.astype(np.float32) for place, column in enumerate(known)}}


def _years(look: Outlook) -> Any | None:
    """For how many years, at the pace of the horizon, each history goes on buying within the value horizon; None if nobody ever leaves."""
    import numpy as np

    if look.law is None or not look.horizons.value_horizon_days > look.horizons.horizon_days:
        return None
    near, later = look.near.mean(), look.later.mean()
    rate = near / look.horizons.horizon_days
    years = np.divide(later, rate * _YEAR, out=np.full(len(near), np.nan), where=rate > 0)
    whole = look.horizons.value_horizon_days / _YEAR
    # A model under which all buy on at the same pace says nothing of leaving.
    return None if np.nanmin(years, initial=whole) > whole * 0.999 else np.minimum(years, whole)

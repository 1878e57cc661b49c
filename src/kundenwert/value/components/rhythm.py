"""How a customer buys: own rhythm, the day by which the next purchase is to be expected, season, assortment, channel (R54, R90, R21)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from kundenwert.records import Notice
from kundenwert.value.components._component import Basis, Built, Component

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from kundenwert.engines._engine import Engine

    Floats = NDArray[np.float64]

# A median of fewer gaps than this is no rhythm.
LEAST_GAPS: Final = 2
# The test of a season needs so many purchases to be expected in each quarter, and a whole year between first and last purchase.
LEAST_EXPECTED: Final = 3.0
_YEAR: Final = 365
# Of the seasons told at most this share is expected to be chance.
FALSE_SEASONS: Final = 0.05


def season_chance(purchases: Floats, days: Floats) -> Floats:
    """How likely purchases spread over the quarters at least so unevenly by chance: Pearson's chi-square with three degrees of freedom.

    purchases: between the first and the last, by quarter; days: of each quarter in between; shape (n, 4). Gives p of shape (n,); not a
    number where fewer than three purchases are expected in a quarter or there is less than a year. Source: Pearson 1900.

    >>> import numpy as np
    >>> season_chance(np.array([[3.0, 15.0, 3.0, 3.0]]), np.array([[90.0, 91.0, 92.0, 92.0]])).round(5).tolist()
    [0.00035]
    """
    import numpy as np
    from scipy.special import chdtrc

    spread = np.divide(days, days.sum(axis=1, keepdims=True), out=np.zeros_like(days), where=days > 0)
    even = purchases.sum(axis=1, keepdims=True) * spread
    usable = (even >= LEAST_EXPECTED).all(axis=1) & (days.sum(axis=1) >= _YEAR - 1)
    away = np.divide((purchases - even) ** 2, even, out=np.zeros_like(even), where=even > 0).sum(axis=1)
    return np.where(usable, chdtrc(3, away), np.nan)


def _build(engine: Engine, basis: Basis) -> Built:
    now = engine.rows("value/components/days.sql")[0]["now"]
    engine.table("quarters", "value/components/rhythm_quarters.sql")
    seasons = _seasons(engine)
    engine.table("seasons", "value/components/rhythm_seasons.sql")
    has_groups = "transactions.product_group" in basis.given
    engine.table("component_rhythm", "value/components/rhythm.sql", now=now, gaps=LEAST_GAPS, has_groups=has_groups)
    (facts,) = engine.rows("value/components/rhythm_facts.sql", now=now)
    years = [_plain(row) for row in engine.rows("value/components/rhythm_years.sql", now=now)]
    for table in ("quarters", "found_seasons", "seasons"):
        engine.drop(table)
    return Built({**facts, "quarters": seasons, "years": years})


def _seasons(engine: Engine) -> dict[str, Any]:
    """Tests the quarters of each customer, as table `found_seasons`; gives share and even share of each quarter for all together."""
    import numpy as np

    from kundenwert.stats.proportions import fewer_false

    found = engine.arrays("value/components/rhythm_quarter_arrays.sql")
    purchases = np.column_stack([np.asarray(found[f"n{k}"], dtype=np.float64) for k in range(1, 5)])
    days = np.column_stack([np.asarray(found[f"d{k}"], dtype=np.float64) for k in range(1, 5)])
    p = season_chance(purchases, days)
    told = np.zeros(len(p), dtype=np.bool_)
    told[~np.isnan(p)] = fewer_false(p[~np.isnan(p)], FALSE_SEASONS)
    total, span = np.maximum(purchases.sum(axis=1), 1.0), np.maximum(days.sum(axis=1), 1.0)
    above = purchases / total[:, None] - days / span[:, None]
    best = above.argmax(axis=1)
    share = purchases[np.arange(len(p)), best] / total
    engine.load(
        "found_seasons",
        {
            "place": np.arange(len(p), dtype=np.int32),
            "quarter": np.where(told, best + 1, 0).astype(np.int32),
            "share": np.where(told, share, np.nan),
            "p": p,
        },
    )
    return _of_all(purchases, days / span[:, None])


def _of_all(purchases: Floats, spread: Floats) -> dict[str, Any]:
    """Share and even share of the purchases by quarter, and how likely chance alone would set them so far apart."""
    import numpy as np

    bought = purchases.sum(axis=0)
    if not bought.sum():
        return {}
    # Sorted first: a sum of doubles depends on their order, and customers come in any.
    even = np.sort(purchases.sum(axis=1, keepdims=True) * spread, axis=0).sum(axis=0)
    p = float(season_chance(bought[None, :], even[None, :] * _YEAR)[0])
    shares = {name: [round(float(part), 6) for part in counts / counts.sum()] for name, counts in (("share", bought), ("even", even))}
    return {**shares, "p": None if p != p else p}


def _plain(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: str(value) if name in {"revenue", "basket"} and value is not None else value for name, value in row.items()}


_SEASONS: Final = {
    1: "Buys more from January to March than in the rest of the year: {share:.0%} of the purchases.",
    2: "Buys more from April to June than in the rest of the year: {share:.0%} of the purchases.",
    3: "Buys more from July to September than in the rest of the year: {share:.0%} of the purchases.",
    4: "Buys more from October to December than in the rest of the year: {share:.0%} of the purchases.",
}


def _line(row: Mapping[str, Any]) -> Notice | None:
    if row["season_quarter"] is not None:
        return Notice("season", _SEASONS[row["season_quarter"]], {"share": row["season_share"]})
    if row["median_gap"] is None or row["next_purchase"] is None:
        return None
    text = "As a rule {days:.0f} days lie between two purchases; the next one comes by {day} as likely as later, if the customer stays."
    return Notice("rhythm", text, {"days": row["median_gap"], "day": row["next_purchase"]})


PLUGIN = Component(
    title="Rhythm and season",
    formula="median of the own gaps; next purchase: half of all customers with this history buy by then, if still customers; season: "
    "purchases by quarter against the days of each quarter (chi-square)",
    source="wait until the next purchase under a gamma-Poisson rate (Fader, Hardie & Lee 2005); Pearson 1900; Benjamini & Hochberg 1995",
    columns={
        "purchases_year": "Purchases in the last 365 days.",
        "median_gap": "Median of the days between two purchases; empty with fewer than three purchases.",
        "usual_gap": "Days after the last purchase within which 9 of 10 customers with this history buy again, if still customers.",
        "next_purchase": "Day by which the next purchase comes with a chance of one half, if still a customer; empty where probably lost.",
        "season_quarter": "Quarter of the year, 1 to 4, with clearly more purchases than the others; empty where chance explains it.",
        "season_share": "Share of the purchases that falls into this quarter, from 0 to 1.",
        "season_p": "How likely quarters differ so much by chance, from 0 to 1; empty with too few purchases or less than a year.",
        "product_groups": "Product groups bought from in the last 365 days.",
        "main_channel": "Channel of most contacts of the last 365 days.",
    },
    build=_build,
    needs=(("rhythm.now",),),
    line=_line,
)

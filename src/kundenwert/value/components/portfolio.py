"""The customer portfolio: how attractive a customer is against how strong a supplier we are to him, in 4 and 9 fields (R52)."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from kundenwert.engines._engine import Reading
from kundenwert.records import Notice
from kundenwert.settings import Setting
from kundenwert.value.components._component import Basis, Built, Component

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from kundenwert.engines._engine import Engine

    Floats = NDArray[np.float64]

FIELDS: Final = ("star", "question", "earning", "incidental")
"""The four fields: Starkunden, Fragezeichenkunden, Ertragskunden, Mitnahmekunden."""
NINE: Final = (
    ("withdraw", "harvest", "harvest_hold"),
    ("withdraw_selectively", "earn_keep", "extend_earn"),
    ("invest_or_exit", "invest_to_extend", "invest_secure"),
)
"""The nine fields: rows by attractiveness from low to high, columns by position from weak to strong."""
LEAST_COVERAGE: Final = 0.6
# A computed criterion: the step (its column is the name), what must be given, how the value becomes 0 to 10.
_COMPUTED: Final[Mapping[str, tuple[str, tuple[str, ...], str]]] = {
    "contribution": ("value/components/portfolio_contribution.sql", (), "rank"),
    "growth": ("value/components/portfolio_growth.sql", (), "rank"),
    "potential": ("value/components/portfolio_potential.sql", ("customers.potential",), "rank"),
    "referral": ("value/components/portfolio_referral.sql", ("referrals.recommender_id",), "rank"),
    "share_of_wallet": ("value/components/portfolio_share_of_wallet.sql", ("customers.potential", "value.money"), "share"),
    "regularity": ("value/components/portfolio_regularity.sql", (), "rank"),
    "breadth": ("value/components/portfolio_breadth.sql", ("transactions.product_group",), "rank"),
    "tenure": ("value/components/portfolio_tenure.sql", (), "rank"),
    "complaints": ("value/components/portfolio_complaints.sql", ("features.complaints_per_order",), "falling"),
}
# Contribution as far as it is known: after cost to serve where that is.
_SERVED: Final = ("contribution.db4", "value/components/portfolio_contribution_served.sql")
# Steps that ask which day it is.
_OF_A_DAY: Final = frozenset({"growth", "potential", "share_of_wallet"})
# Opinions on a person and credit marks have rules of their own (see the criteria) and place nobody in a portfolio.
_REFUSED: Final = frozenset({"sympathiefaktor", "bonität"})


def field_of(attractiveness: float, position: float, limit: float = 5.0) -> str:
    """The field of four; both axes 0 to 10; on the limit counts as high. Source: Link & Schleuning; Homburg; value-models 3.5.

    >>> field_of(6.8, 3.9), field_of(5.0, 5.0)
    ('question', 'star')
    """
    if attractiveness >= limit:
        return FIELDS[0] if position >= limit else FIELDS[1]
    return FIELDS[2] if position >= limit else FIELDS[3]


def nine_of(attractiveness: float, position: float, limits: tuple[float, float] = (10 / 3, 20 / 3)) -> str:
    """The field of nine; both axes 0 to 10; on a limit counts as the higher field.

    >>> nine_of(6.8, 3.9)
    'invest_to_extend'
    """
    row, column = (sum(axis >= limit for limit in limits) for axis in (attractiveness, position))
    return NINE[row][column]


def axis(points: Floats, weights: Floats) -> tuple[Floats, Floats]:
    """The weighted mean of the criteria that are known, and the share of the weights they make up.

    points: 0 to 10, not a number where unknown; shape (n, k). weights: shape (k,), at least 0, not all 0. Gives score (not a number
    without any criterion) and coverage, shape (n,): S = sum of w p over present / sum of w present (definitions.md, Points).

    >>> import numpy as np
    >>> score, coverage = axis(np.array([[8.0, 7.0, 5.0, 6.0]]), np.array([0.35, 0.30, 0.20, 0.15]))
    >>> round(score[0], 10), round(coverage[0], 10)
    (6.8, 1.0)
    """
    import numpy as np

    known = ~np.isnan(points)
    present = known @ weights
    total = np.where(known, points, 0.0) @ weights
    score = np.divide(total, present, out=np.full(len(points), np.nan), where=present > 0)
    return score, present / weights.sum()


def by_rank(values: Floats, *, falling: bool = False) -> Floats:
    """Points by the place among all: 10 x (mean place of equals - 1/2) / n; falling: few is good. Unknown stays not a number; shape (n,).

    >>> import numpy as np
    >>> by_rank(np.array([1.0, 3.0, 3.0, np.nan, 9.0])).tolist()
    [1.25, 5.0, 5.0, nan, 8.75]
    """
    import numpy as np

    known = ~np.isnan(values)
    # Sums of doubles may differ in their last digits: what agrees to nine places is equal.
    _, place, equals = np.unique(np.round(-values[known] if falling else values[known], 9), return_inverse=True, return_counts=True)
    points = np.full(len(values), np.nan)
    points[known] = 10 * (np.cumsum(equals) - equals / 2)[place] / max(known.sum(), 1)
    return points


_SCALES: Final[Mapping[str, Callable[[Any], Any]]] = {
    "rank": by_rank,
    "falling": lambda values: by_rank(values, falling=True),
    "share": lambda values: 10 * values,
    "points": lambda values: values,
}


def _build(engine: Engine, basis: Basis) -> Built:
    options = basis.options
    names = tuple(dict.fromkeys((*options["attractiveness"], *options["position"])))
    known = _gather(engine, basis, names)
    found = engine.arrays("value/components/portfolio_values.sql")
    points = {name: _points(found, column, scale) for name, (column, scale) in known.items()}
    scores = {side: _scored(points, options[side], len(found["place"]), options["coverage"]) for side in ("attractiveness", "position")}
    engine.load("portfolio_scores", {**_placed(scores, options), "place": found["place"]})
    nine = [name for row in NINE for name in row]
    engine.table("component_portfolio", "value/components/portfolio.sql", fields=list(FIELDS), nine=nine)
    facts = _facts(engine, basis, known, points)
    for table in ("portfolio_wide", "portfolio_customers", "portfolio_scores"):
        engine.drop(table)
    return Built(facts, tuple(_notices(names, known, facts)))


def _gather(engine: Engine, basis: Basis, names: tuple[str, ...]) -> dict[str, tuple[str, str]]:
    """Makes view `portfolio_wide`: place and a column for each criterion that anything is known of; gives name -> (column, scale)."""
    now = engine.rows("value/components/days.sql")[0]["now"]
    engine.table("portfolio_customers", "value/components/portfolio_customers.sql")
    known: dict[str, tuple[str, str]] = {}
    for number, name in enumerate(names):
        if name in _COMPUTED:
            step, needs, scale = _COMPUTED[name]
            if name == "contribution" and _SERVED[0] in basis.given:
                step = _SERVED[1]
            if not set(needs) <= basis.given:
                continue
            values: dict[str, Any] = {"now": now} if name in _OF_A_DAY else {}
            if name == "growth":
                values["has_money"] = "value.money" in basis.given
            engine.table(f"portfolio_{name}", step, **values)
            known[name] = (name, scale)
        elif engine.table("one_rating", "value/components/portfolio_rating.sql", criterion=name, now=now):
            engine.drop(f"ratings_{number}")
            engine.rename("one_rating", f"ratings_{number}")
            columns = {"customer_id": Reading(("customer_id",)), f"rating_{number}": Reading(("points",))}
            engine.project(f"portfolio_rating_{number}", f"ratings_{number}", columns)
            known[name] = (f"rating_{number}", "points")
    engine.beside("portfolio_wide", "portfolio_customers", [f"portfolio_{column}" for column, _ in known.values()], "customer_id")
    return known


def _points(found: Mapping[str, Any], column: str, scale: str) -> Floats:
    import numpy as np

    values: Floats = np.ma.filled(np.ma.asarray(found[column]).astype(np.float64), np.nan)
    points: Floats = _SCALES[scale](values)
    return points


def _scored(points: Mapping[str, Floats], weights: Mapping[str, float], customers: int, least: float) -> tuple[Floats, Floats]:
    """Score and coverage of an axis; no score below the least coverage."""
    import numpy as np

    columns = np.column_stack([points.get(name, np.full(customers, np.nan)) for name in weights])
    score, coverage = axis(columns, np.array(list(weights.values())))
    # 0.45 + 0.15 is a hair below 0.6; a score of 4.9999999999 is 5.
    return np.where(coverage >= least - 1e-9, np.round(score, 9), np.nan), np.round(coverage, 9)


def _placed(scores: Mapping[str, tuple[Floats, Floats]], options: Mapping[str, Any]) -> dict[str, Any]:
    import numpy as np

    (attractive, covered), (strong, held) = scores["attractiveness"], scores["position"]
    both = ~np.isnan(attractive) & ~np.isnan(strong)
    limit, limits = options["limit"], np.array(options["limits"])
    four = np.where(both, 1 + 2 * (attractive < limit) + (strong < limit), 0)
    nine = 1 + 3 * np.searchsorted(limits, attractive, side="right") + np.searchsorted(limits, strong, side="right")
    columns = {"attractiveness": attractive, "attractiveness_coverage": covered, "position": strong, "position_coverage": held}
    return {**columns, "field": four.astype(np.int8), "nine": np.where(both, nine, 0).astype(np.int8)}


def _facts(engine: Engine, basis: Basis, known: Mapping[str, Any], points: Mapping[str, Floats]) -> dict[str, Any]:
    rows = engine.rows("value/components/portfolio_facts.sql")
    options = basis.options
    facts: dict[str, Any] = {
        "attractiveness": dict(options["attractiveness"]),
        "position": dict(options["position"]),
        "known": {name: round(1 - float(_unknown(points[name])), 6) for name in known},
        "limit": options["limit"],
        "limits": list(options["limits"]),
        "fields": _summed(rows, "portfolio"),
        "nine": _summed(rows, "portfolio_nine"),
        "without_field": sum(row["customers"] for row in rows if row["portfolio"] is None),
    }
    if "previous.portfolio" in basis.given:
        facts["moves"] = [[row["before"], row["now"], row["customers"]] for row in engine.rows("value/components/portfolio_moves.sql")]
    if "previous.portfolio_nine" in basis.given:
        moves = engine.rows("value/components/portfolio_moves_nine.sql")
        facts["nine_moves"] = [[row["before"], row["now"], row["customers"]] for row in moves]
    return facts


def _unknown(points: Floats) -> float:
    import numpy as np

    return float(np.isnan(points).mean()) if len(points) else 1.0


def _summed(rows: list[dict[str, Any]], by: str) -> dict[str, Any]:
    """Customers and money of each field; money as exact text, None where there is none."""
    found: dict[str, dict[str, Any]] = {}
    for row in rows:
        if row[by] is None:
            continue
        entry = found.setdefault(row[by], {"customers": 0, "past": None, "clv": None})
        entry["customers"] += row["customers"]
        for name in ("past", "clv"):
            entry[name] = row[name] if entry[name] is None else entry[name] + (row[name] or 0)
    return {name: {**entry, **{m: None if entry[m] is None else str(entry[m]) for m in ("past", "clv")}} for name, entry in found.items()}


def _notices(names: tuple[str, ...], known: Mapping[str, Any], facts: Mapping[str, Any]) -> Iterator[Notice]:
    missing = [name for name in names if name not in known]
    placed = sum(entry["customers"] for entry in facts["fields"].values())
    if facts["without_field"] and missing:
        text = "The portfolio leaves out {count} of {all} customers: too little is known of them. Nothing is known of: {names}."
        values = {"count": facts["without_field"], "all": placed + facts["without_field"], "names": ", ".join(missing)}
        yield Notice("portfolio_gaps", text, values)


_LINES: Final = {
    "star": "Portfolio: star customer (attractiveness {a:.1f}, our position {p:.1f}). Hold or extend.",
    "question": "Portfolio: question mark (attractiveness {a:.1f}, our position {p:.1f}). A big step or out.",
    "earning": "Portfolio: earning customer (attractiveness {a:.1f}, our position {p:.1f}). Hold the position.",
    "incidental": "Portfolio: incidental customer (attractiveness {a:.1f}, our position {p:.1f}). Withdraw selectively.",
}
STRATEGIES: Final = {
    "star": "Hold or extend.",
    "question": "A big step or out.",
    "earning": "Hold the position.",
    "incidental": "Withdraw selectively.",
    "invest_or_exit": "Invest selectively or exit.",
    "invest_to_extend": "Invest selectively to extend.",
    "invest_secure": "Invest, secure.",
    "withdraw_selectively": "Withdraw selectively.",
    "earn_keep": "Earn selectively, keep.",
    "extend_earn": "Extend selectively, earn.",
    "withdraw": "Withdraw.",
    "harvest": "Harvest.",
    "harvest_hold": "Harvest, hold with low effort.",
}
"""The norm strategy of each field; msgids of their translations."""
TITLES: Final = {
    "star": "Star customers",
    "question": "Question marks",
    "earning": "Earning customers",
    "incidental": "Incidental customers",
}
"""What people call the four fields; msgids of their translations."""


def _line(row: Mapping[str, Any]) -> Notice | None:
    if row["portfolio"] is None:
        return None
    return Notice("portfolio", _LINES[row["portfolio"]], {"a": row["attractiveness"], "p": row["position"]})


def _read_weights(value: Any) -> dict[str, float]:
    expected = "criteria with their weights, such as {contribution = 0.6, growth = 0.4}, at least 0 and not all 0"
    if not isinstance(value, dict) or not value:
        raise ValueError(expected)
    numbers = {name: weight for name, weight in value.items() if isinstance(weight, int | float) and not isinstance(weight, bool)}
    if len(numbers) < len(value) or not all(0 <= w < math.inf for w in numbers.values()) or not sum(numbers.values()) > 0:
        raise ValueError(expected)
    if refused := [name for name in numbers if name.strip().lower() in _REFUSED]:
        raise ValueError(f"criteria of the relation; {', '.join(refused)} places nobody in a portfolio")
    return {name.strip(): float(weight) for name, weight in numbers.items()}


def _read_limit(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < 10:
        raise ValueError("a number between 0 and 10")
    return float(value)


def _read_limits(value: Any) -> tuple[float, float]:
    if not isinstance(value, list | tuple) or len(value) != 2:
        raise ValueError("two rising numbers between 0 and 10, such as [3.33, 6.67]")
    low, high = _read_limit(value[0]), _read_limit(value[1])
    if low >= high:
        raise ValueError("two rising numbers between 0 and 10, such as [3.33, 6.67]")
    return low, high


def _read_share(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        raise ValueError("a share from 0 to 1")
    return float(value)


_ATTRACTIVENESS: Final = {"contribution": 0.45, "growth": 0.15, "potential": 0.15, "referral": 0.15, "Zukunftsperspektive": 0.10}
_POSITION: Final = {"share_of_wallet": 0.25, "regularity": 0.30, "breadth": 0.15, "tenure": 0.15, "complaints": 0.15}

PLUGIN = Component(
    title="Customer portfolio",
    formula="attractiveness and own position as supplier, each the weighted mean of its known criteria, 0 to 10; fields by limits",
    source="Link & Schleuning 1999; Homburg; value-models 3.5",
    columns={
        "portfolio": "Field of four: star, question, earning or incidental; empty where too little is known.",
        "portfolio_nine": "Field of nine, named by its norm strategy; empty where too little is known.",
        "attractiveness": "How attractive the customer is, 0 to 10.",
        "attractiveness_coverage": "Share of the weights whose criteria are known, from 0 to 1.",
        "position": "How strong a supplier we are to the customer, 0 to 10.",
        "position_coverage": "Share of the weights whose criteria are known, from 0 to 1.",
    },
    build=_build,
    # Sales lines alone say too little of our position.
    needs=(("rhythm.now",), ("transactions.product_group", "features.complaints_per_order", "customers.potential", "register.ratings")),
    after=("rhythm", "ladder"),
    options=(
        Setting("attractiveness", _ATTRACTIVENESS, "Criteria of attractiveness and their weights; other names are ratings.", _read_weights),
        Setting("position", _POSITION, "Criteria of the own position and their weights; other names are ratings.", _read_weights),
        Setting("limit", 5.0, "From which score on an axis is high in the portfolio of four fields.", _read_limit),
        Setting("limits", (10 / 3, 20 / 3), "From which scores on an axis is medium and high in the portfolio of nine.", _read_limits),
        Setting("coverage", LEAST_COVERAGE, "Share of the weights that must be known for a score.", _read_share),
    ),
    line=_line,
)

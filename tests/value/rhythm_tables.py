"""Small tables of a run for tests of the components that ask how customers buy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from kundenwert import sources
from kundenwert.engines._engine import Engine
from kundenwert.flows.company_tables import open_nothing

AS_OF = date(2025, 6, 30)
NOW = (AS_OF - date(1970, 1, 1)).days
YEAR = NOW - 365


def load(
    engine: Engine,
    days: Mapping[str, Sequence[int]],
    *,
    lost_after: Mapping[str, int] | None = None,
    usual_gap: float = 60.0,
    p_alive: float | None = None,
    clv: Mapping[str, float] | None = None,
    without: Sequence[str] = (),
) -> None:
    """Views of a run in which each customer bought so many days before the as-of day. lost_after: of each customer; others: unknown.

    p_alive: of all, None: no model says. clv: else 100 each. without: customers whose purchases were all taken back.
    """
    engine.remember("collective", [])
    for name in sources.tables():
        open_nothing(engine, name)
    _judged(engine, days, p_alive, clv or {}, without)
    _booked(engine, days)
    for name, day in (("now", NOW), ("year", YEAR), ("look_back", YEAR)):
        known = {one: sorted(NOW - back for back in backs if NOW - back <= day) for one, backs in days.items()}
        _rhythm(engine, name, day, {one: bought for one, bought in known.items() if bought}, lost_after or {}, usual_gap, p_alive)
    engine.load("rhythm_days", {"name": ["now", "year", "look_back"], "day": [NOW, YEAR, YEAR]})
    bought = [one for one, backs in days.items() if backs]
    base = {
        "customer_id": bought,
        "first_day": [NOW - max(days[one]) for one in bought],
        "frequency": [len(days[one]) - 1 for one in bought],
    }
    engine.load("customers", {**base, "is_collective": [False] * len(bought)})


def _judged(
    engine: Engine, days: Mapping[str, Sequence[int]], p_alive: float | None, clv: Mapping[str, float], without: Sequence[str]
) -> None:
    import pyarrow as pa

    everybody = [*days, *without]
    money = [clv.get(one, 100.0) for one in everybody]
    bought = [sorted(days.get(one, ())) for one in everybody]
    frame = pa.table(
        {
            "customer_id": everybody,
            "level": ["none" if not backs else "customer" if len(backs) > 1 else "segment" for backs in bought],
            "frequency": pa.array([len(backs) - 1 if backs else None for backs in bought], pa.int32()),
            "recency": pa.array([backs[-1] - backs[0] if backs else None for backs in bought], pa.int32()),
            "p_alive": pa.array([p_alive] * len(everybody), pa.float64()),
            "expected_purchases": pa.array([float(len(backs)) for backs in bought]),
            "past": pa.array(money).cast(pa.decimal128(18, 2)),
            "clv": pa.array(money).cast(pa.decimal128(18, 2)),
        }
    )
    engine.open_frame("valued_customers", frame)
    engine.view("judged", "value/components/judged.sql")


def _booked(engine: Engine, days: Mapping[str, Sequence[int]]) -> None:
    lines = [(one, NOW - back) for one, backs in days.items() for back in backs]
    engine.load(
        "booked",
        {
            "customer_id": [one for one, _ in lines],
            "day": [day for _, day in lines],
            "amount": [10.0] * len(lines),
            "product_group": ["A"] * len(lines),
            "line_class": ["kept"] * len(lines),
            "is_non_product": [False] * len(lines),
        },
    )


def _rhythm(
    engine: Engine,
    name: str,
    day: int,
    known: Mapping[str, Sequence[int]],
    lost_after: Mapping[str, int],
    usual: float,
    p_alive: float | None,
) -> None:
    import pyarrow as pa

    everybody = list(known)
    whole = pa.int32()
    engine.open_frame(
        f"rhythm_{name}",
        pa.table(
            {
                "number": pa.array(range(len(everybody)), whole),
                "customer_id": pa.array(everybody, pa.string()),
                "first_day": pa.array([known[one][0] for one in everybody], whole),
                "last_day": pa.array([known[one][-1] for one in everybody], whole),
                "frequency": pa.array([len(known[one]) - 1 for one in everybody], whole),
                "recency": pa.array([known[one][-1] - known[one][0] for one in everybody], whole),
                "t": pa.array([day - known[one][0] for one in everybody], whole),
                "p_alive": pa.array([0.5 if one in lost_after else p_alive for one in everybody], pa.float64()),
                "usual_gap": pa.array([usual] * len(everybody), pa.float64()),
                "next_gap": pa.array([20.5] * len(everybody), pa.float64()),
                "expected_purchases": pa.array([1.0] * len(everybody), pa.float64()),
                "lost_after": pa.array([lost_after.get(one) for one in everybody], whole),
                "mean_amount": pa.array([10.0] * len(everybody), pa.float64()),
            }
        ),
    )
    rows = [(one, n, bought, bought - known[one][n - 1] if n else None) for one in everybody for n, bought in enumerate(known[one])]
    engine.open_frame(
        f"purchases_{name}",
        pa.table(
            {
                "number": pa.array([everybody.index(one) for one, *_ in rows], whole),
                "day": pa.array([bought for *_, bought, _ in rows], whole),
                "n": pa.array([n + 1 for _, n, *_ in rows], whole),
                "gap": pa.array([gap for *_, gap in rows], whole),
                "lost_after": pa.array([lost_after.get(one) if gap else None for one, *_, gap in rows], whole),
            }
        ),
    )


def ago(days: int) -> date:
    """The day so many days before the as-of day."""
    return AS_OF - timedelta(days=days)


def rows(engine: Engine, name: str) -> dict[str, dict[str, Any]]:
    """What a component says, by customer."""
    engine.rename(f"component_{name}", "exported")
    found = {row.pop("customer_id"): row for row in engine.rows("value/exported.sql")}
    engine.rename("exported", f"component_{name}")
    return found

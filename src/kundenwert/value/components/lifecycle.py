"""Where a customer stands between being won and being won back: acquisition, development, retention, win-back (R53, R54)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final

from kundenwert.engines._engine import Reading
from kundenwert.records import Notice
from kundenwert.value.components._component import Basis, Built, Component

if TYPE_CHECKING:
    from kundenwert.engines._engine import Engine

STAGES: Final = ("acquisition", "development", "retention", "win_back")
"""The stages in the order of a customer's life."""
LIMITS: Final = {"development_days": 365, "bound_purchases": 4, "silent_days": 365}
"""The limits where neither a preset nor [lifecycle] of kundenwert.toml names them."""


def transitions(moves: Iterable[tuple[str, str, int]]) -> dict[str, dict[str, float]]:
    """The share of the customers of each stage that went to each stage; rows sum to 1, a stage that nobody was in has none.

    moves: (stage before, stage now, customers).

    >>> transitions([("development", "retention", 3), ("development", "win_back", 1)])["development"]
    {'acquisition': 0.0, 'development': 0.0, 'retention': 0.75, 'win_back': 0.25}
    """
    counts: dict[str, dict[str, int]] = {}
    for before, now, customers in moves:
        counts.setdefault(before, dict.fromkeys(STAGES, 0))[now] += customers
    return {before: {now: n / sum(counts[before].values()) for now, n in counts[before].items()} for before in STAGES if before in counts}


def _build(engine: Engine, basis: Basis) -> Built:
    limits: dict[str, Any] = {**LIMITS, **{name: basis.lifecycle[name] for name in LIMITS if name in basis.lifecycle}}
    days = engine.rows("value/components/days.sql")[0]
    _stages(engine, "now", days["now"], limits)
    engine.table("component_lifecycle", "value/components/lifecycle_kept.sql")
    facts: dict[str, Any] = {"limits": limits, "stages": _of_stages(engine, days["now"])}
    if "rhythm.year" in basis.given:
        _stages(engine, "year", days["year"], limits)
        moves = [(row["before"], row["now"], row["customers"]) for row in engine.rows("value/components/lifecycle_moves.sql")]
        facts["moves"] = [list(move) for move in moves]
        facts["transitions"] = transitions(moves)
        engine.drop("stages_year")
    engine.drop("stages_now")
    return Built(facts)


def _stages(engine: Engine, name: str, day: int, limits: dict[str, Any]) -> None:
    """Makes table `stages_<name>`: the stages on a day, by what was known then."""
    for table in ("rhythm", "purchases"):
        columns = {column: Reading((column,)) for column in engine.columns(f"{table}_{name}")}
        engine.project(f"{table}_of_day", f"{table}_{name}", columns)
    engine.table(f"stages_{name}", "value/components/lifecycle.sql", day=day, **limits)


def _of_stages(engine: Engine, now: int) -> dict[str, Any]:
    rows = {row.pop("stage"): row for row in engine.rows("value/components/lifecycle_facts.sql", now=now)}
    for row in rows.values():
        row.update({name: None if row[name] is None else str(row[name]) for name in ("past", "clv", "next_purchase")})
    return {stage: rows[stage] for stage in STAGES if stage in rows}


_LINES: Final = {
    "no_purchase": "Stage acquisition: no purchase yet that was not taken back.",
    "new": "Stage development since {day}: bought, but not yet often or long enough to be bound.",
    "purchases": "Stage retention since {day}: has bought often enough to count as bound.",
    "grown": "Stage retention since {day}: bought again, and the time of development is over.",
    "contract_runs": "Stage retention since {day}: a contract runs.",
    "contract_ended": "Stage win-back since {day}: the contract ended, and no purchase came when one was due.",
    "p_alive": "Stage win-back since {day}: silent for so long that the chance to be still a customer is below 20 %.",
    "silent": "Stage win-back since {day}: silent for longer than ever before, and longer than the limit.",
}


def _line(row: Mapping[str, Any]) -> Notice | None:
    if row["stage"] is None:
        return None
    return Notice("stage", _LINES[row["stage_reason"]], {"day": row["stage_since"]})


PLUGIN = Component(
    title="Stage of the customer's life",
    formula="no purchase: acquisition; P(alive) below 20 % or contract ended: win-back; bound by purchases, time or contract: retention; "
    "else development",
    source="customer lifecycle (Stauss 2000; Georgi 2000); lost: definitions.md, P(alive) under MBG/NBD or Pareto/NBD",
    columns={
        "stage": "acquisition, development, retention or win_back; exactly one.",
        "stage_since": "First day in this stage; empty in acquisition.",
        "stage_reason": "Why: no_purchase, new, purchases, grown, contract_runs, contract_ended, p_alive or silent.",
    },
    build=_build,
    needs=(("rhythm.now",),),
    after=("rhythm",),
    line=_line,
)

"""What win-back reads: the last good year of each customer, why it left as far as noted, and what new customers cost and bring."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kundenwert.decisions._win_back_reasons import Reason, catalogue, words_of_old_address
from kundenwert.flows.plan_tables._basis import Basis, Tables

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kundenwert.engines._engine import Engine


def _tables(engine: Engine, basis: Basis) -> Tables:
    _load_words(engine, catalogue(basis.options.get("reasons", {})))
    engine.table("win_back_noted", "value/plans/win_back_noted.sql", as_of=basis.as_of)
    return {
        # Without any margin revenue is the yardstick: then it is all that is counted.
        "customers": engine.arrays("value/plans/win_back_customers.sql", as_of=basis.as_of, margin=_margin(basis)),
        "acquisition": engine.arrays("value/plans/win_back_acquisition.sql", as_of=basis.as_of),
    }


def _margin(basis: Basis) -> float:
    return 1.0 if basis.margin is None else basis.margin


def _load_words(engine: Engine, reasons: Mapping[str, Reason]) -> None:
    rows = [(place, one, word) for place, one in enumerate(reasons.values()) for word in one.words]
    engine.load(
        "win_back_words",
        {
            "reason": [one.name for _, one, _ in rows],
            "word": [word for *_, word in rows],
            "place": [place for place, *_ in rows],
            "is_needless": [not one.needed for _, one, _ in rows],
        },
    )
    engine.load("win_back_address", {"word": list(words_of_old_address())})


PLUGIN = _tables

"""What a customer is likely to buy next, from a finished run."""

from __future__ import annotations

from pathlib import Path

from kundenwert.engines import open_engine
from kundenwert.flows.objection import objectors
from kundenwert.records import Suggestion
from kundenwert.runs import store

FILE = "cross_selling.parquet"


def suggestions_of(project: Path, customer_id: str, *, run: str | None = None) -> tuple[Suggestion, ...]:
    """The suggestions for one customer, the likeliest first: none where a run shows no list, and none for who has objected since."""
    source = store.read(project, run)
    path = source.folder / FILE
    if not path.is_file() or customer_id in objectors(project):
        return ()
    span = int(source.manifest["components"]["facts"]["cross_selling"]["span_days"])
    with open_engine() as engine:
        engine.open_parquet("suggestions", [path], numbered=False)
        rows = engine.rows("value/components/cross_selling_of.sql", customer=customer_id)
    return tuple(Suggestion(**row, span_days=span) for row in rows)

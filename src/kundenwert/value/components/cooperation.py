"""What working together with customers is worth beside their purchases: joint projects by chance, benefit and effort (R34)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from kundenwert.records import Notice
from kundenwert.settings import Setting
from kundenwert.value.components._component import Basis, Built, Component
from kundenwert.value.components._options import whole
from kundenwert.value.components._reading import words

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike, NDArray

    from kundenwert.engines._engine import Engine

    Floats = NDArray[np.float64]

_ENDED: Final = (
    "abgeschlossen", "beendet", "abgebrochen", "eingestellt", "erledigt", "abgelehnt", "done", "closed", "completed", "stopped",
    "cancelled", "canceled", "rejected",
)  # fmt: skip


def cooperation_value(chance: ArrayLike, benefit: ArrayLike, effort: ArrayLike) -> Floats:
    """Chance x benefit - effort of each project; sum it over the projects of a customer.

    chance: 0 to 1. benefit: money that success brings beyond purchases of this customer; effort: money still to be spent. They broadcast.
    Own rule, the expected value of a project; the part "cooperation" of the resource view (Cornelsen 2000).

    >>> cooperation_value([0.6, 0.25], [40_000.0, 9_500.0], [12_000.0, 0.0]).tolist()
    [12000.0, 2375.0]
    """
    import numpy as np

    worth: Floats = np.asarray(chance, dtype=np.float64) * np.asarray(benefit) - np.asarray(effort)
    return worth


def _build(engine: Engine, basis: Basis) -> Built:
    options = basis.options
    engine.table(
        "cooperation_known",
        "value/components/cooperation.sql",
        in_any_order=True,
        as_of=basis.as_of,
        days=options["days"],
        ended=list(options["ended"]),
    )
    engine.table("component_cooperation", "value/components/cooperation_written.sql", in_any_order=True)
    (facts,) = engine.rows("value/components/cooperation_facts.sql")
    engine.drop("cooperation_known")
    return Built({**facts, "value": None if facts["value"] is None else str(facts["value"])}, tuple(_notices(facts)))


def _notices(facts: Mapping[str, Any]) -> Iterator[Notice]:
    left_out = facts["unsourced"] + facts["stale"] + facts["without_effort"]
    if left_out:
        text = (
            "Joint projects without money, because nobody says where chance and benefit come from ({unsourced}), because that was said too "
            "long ago or on no day ({stale}), or because the effort is missing ({without_effort}). Projects in all: {projects}."
        )
        names = ("unsourced", "stale", "without_effort", "projects")
        yield Notice("cooperation_left_out", text, {name: facts[name] for name in names})


_LINES: Final = {
    "stated": "Joint projects: {count}, worth {amount:,.2f¤} by chance, benefit and effort as people state them; an estimate.",
    "partly": "Joint projects: {count}, those with a source worth {amount:,.2f¤} by chance, benefit and effort; an estimate.",
    "not_told": "Joint projects: {count}; nobody says where their worth comes from, so it is not told.",
}


def _line(row: Mapping[str, Any]) -> Notice | None:
    if not row["joint_projects"]:
        return None
    amount = {} if row["cooperation_value"] is None else {"amount": float(row["cooperation_value"])}
    return Notice("cooperation", _LINES[row["cooperation_basis"]], {"count": row["joint_projects"], **amount})


PLUGIN = Component(
    title="Cooperation value",
    formula="sum over running joint projects of chance x benefit - effort still to come",
    source="resource view of the customer (Cornelsen 2000); expected value of a project; chance, benefit and effort: the table projects",
    columns={
        "joint_projects": "Joint projects that run on the as-of day.",
        "cooperation_value": "Chance x benefit - effort of those with a source, in the reporting currency; what the value may add.",
        "cooperation_basis": "stated: all of them have a source of a known, recent day; partly: some; not_told: none.",
    },
    build=_build,
    needs=(("projects.benefit",), ("projects.chance",), ("value.money",)),
    standing="addable",
    amount="cooperation_value",
    options=(
        Setting("days", 730, "How many days before the as-of day a project may have been stated to count.", whole(1, 36_500)),
        Setting("ended", _ENDED, "What the status of a project is called that does not run any more.", words),
    ),
    line=_line,
)

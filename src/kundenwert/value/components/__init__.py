"""Components of customer value, one file each: what it says, its formula, its source, its columns, its sentence.

A component reads these views of a run's engine and makes the table `component_<name>`:
- `judged`: rows of the value table, with db1 .. db4 where known, of all who may be judged: no objector, no collective customer; in the
  order of their ids. A component with a row for each of them in this order is joined fastest;
- `booked` and `ledger_<table>`: the lines and tables of the ledger (records after the as-of day must be left out by the step);
- `customer_features`: the features of the customers; `contribution`: contribution I to IV by customer and year, where costs are known;
- `contribution_year`: the same of the last 365 days, one row a customer in the order of `judged` ("contribution.year");
- `customer_forecasts`, `forecasts`: what the model says of each customer and history;
- `register_ratings`: customer_id, criterion, points, reason, rated_by, rated_at, the newest of each person;
- `rhythm_<day>`, `purchases_<day>`, `rhythm_days`: how customers buy as known on the as-of day ("rhythm.now") and on two earlier ones
  ("rhythm.year", "rhythm.look_back"); see `kundenwert.flows.rhythms`;
- `previous_customers`: the value table of the last run of an earlier day, where there is one ("previous.run").
A component that cannot be told from what is given is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING

from kundenwert import registry
from kundenwert.errors import Bug
from kundenwert.value.components._component import Basis, Built, Component

if TYPE_CHECKING:
    from kundenwert.engines._engine import Engine

ROOM = "value.components"


def components() -> dict[str, Component]:
    """All components by name."""
    return {name: registry.load(ROOM, name) for name in registry.names(ROOM)}


def told(given: Collection[str]) -> dict[str, Component]:
    """Those that can be told from what is given, each after the components it reads; one whose source is missing is missing too."""
    left = _without_missing({name: component for name, component in components().items() if component.can_be_told(given)})
    found: dict[str, Component] = {}
    while ready := [name for name, component in left.items() if not any(source in left for source in (*component.after, *component.reads))]:
        found.update({name: left.pop(name) for name in ready})
    return found


def _without_missing(known: dict[str, Component]) -> dict[str, Component]:
    """Those whose sources, and the sources of these, are all known."""
    while missing := [name for name, component in known.items() if not all(source in known for source in component.after)]:
        known = {name: component for name, component in known.items() if name not in missing}
    return known


def build(
    engine: Engine,
    found: Mapping[str, Component],
    bases: Mapping[str, Basis],
    *,
    during: Callable[[str], AbstractContextManager[object]] = nullcontext,
) -> dict[str, Built]:
    """Makes the table of each component; gives what each found. during: entered with the title of a component while it is made."""
    built = {}
    for name, component in found.items():
        with during(component.title):
            built[name] = _checked(engine, name, component, component.build(engine, bases[name]))
    return built


def _checked(engine: Engine, name: str, component: Component, built: Built) -> Built:
    made = list(engine.columns(f"component_{name}"))
    if made != ["customer_id", *component.columns]:
        raise Bug(f"The component {name} made the columns {made}, it promises {list(component.columns)}. Please report this.")
    return built

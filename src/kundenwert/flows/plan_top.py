"""The first lines of a plan that is being thought about, with the names of customers as the records of the current run have them."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kundenwert.engines import open_engine
from kundenwert.flows.permission import open_records, records_file
from kundenwert.flows.plan_arrays import arrays_of

if TYPE_CHECKING:
    from kundenwert.decisions._allocation_preview import Preview

_SHOWN = 10
# Names of lines that were shown, by the records as they are: a slider mostly shows the same customers again.
_NAMES: OrderedDict[tuple[Any, ...], dict[str, tuple[str, str]]] = OrderedDict()
_PROJECTS, _MOST = 8, 2_000
_GUARD = threading.Lock()


@dataclass(frozen=True)
class TopLine:
    """A line of the list. reason: key of a sentence; values: what stands in its places. takes: resource -> how much."""

    customer_id: str
    customer: str
    city: str
    action: str
    count: int
    gain: float
    cost: float
    reason: str
    values: Mapping[str, Any]
    takes: Mapping[str, float]


def top(project: Path, found: Preview) -> tuple[TopLine, ...]:
    """The first lines of a previewed plan, with names."""
    lines = {name: values[:_SHOWN] for name, values in found.lines.items()}
    names = _names(project, lines["customer_id"].tolist())
    rows = []
    for row in range(len(lines["customer_id"])):
        values = {name: _plain(column[row]) for name, column in lines.items()}
        customer = values["customer_id"]
        name, city = names.get(customer, ("", ""))
        takes = {key.removeprefix("takes_"): value for key, value in values.items() if key.startswith("takes_")}
        rows.append(
            TopLine(
                customer, name, city, values["action"], values["count"], values["gain"], values["cost"], values["reason"], values, takes
            )
        )
    return tuple(rows)


def _names(project: Path, customers: list[str]) -> dict[str, tuple[str, str]]:
    """As `names_of`; new records, as after an erasure, are read anew."""
    path = records_file(project)
    state = path.stat() if path.is_file() else None
    key = (str(path), state.st_mtime_ns, state.st_size, state.st_ino) if state else (str(path),)
    with _GUARD:
        for other in [one for one in _NAMES if one[0] == key[0] and one != key]:
            del _NAMES[other]
        known = dict(_NAMES.get(key, {}))
    new = [one for one in customers if one not in known]
    if new:
        found = names_of(project, new)
        known |= {one: found.get(one, ("", "")) for one in new}
        kept = known if len(known) <= _MOST else {one: known[one] for one in customers}
        with _GUARD:
            _NAMES[key] = kept
            while len(_NAMES) > _PROJECTS:
                _NAMES.popitem(last=False)
    return known


def names_of(project: Path, customers: Iterable[str]) -> dict[str, tuple[str, str]]:
    """Name and place of some customers, as the records of the current run have them."""
    wanted = [*customers]
    if not wanted:
        return {}
    with open_engine() as engine:
        engine.load("plan_lines", {"customer_id": wanted})
        open_records(engine, project)
        rows = arrays_of(engine, "value/plans/names.sql")
    return {
        str(customer): (str(name), str(city)) for customer, name, city in zip(rows["customer_id"], rows["name"], rows["city"], strict=True)
    }


def _plain(value: Any) -> Any:
    return value.item() if hasattr(value, "item") else value


def forget() -> None:
    """Drops the names that are kept in memory."""
    with _GUARD:
        _NAMES.clear()

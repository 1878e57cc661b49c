"""What every page shows around its content: the way through the app, the basis of the figures, the reader."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from kundenwert.web.language import current
from kundenwert.web.rights import allows

# Groups of the menu: heading, then (url name, words).
MENU: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = (
    ("Value", (("overview:overview", "Overview"), ("customers:list", "Customers"), ("portfolio:portfolio", "Portfolio"))),
    ("Act", (("result:result", "Customer result"), ("plans:planner", "Planner"))),
    ("Data", (("imports:start", "Import"), ("models:models", "Models"), ("workspace:projects", "Projects"))),
    ("Administration", (("administration:people", "People"), ("administration:audit", "Audit log"), ("jobs:list", "Jobs"))),
)


@dataclass(frozen=True)
class Entry:
    """A line of the menu."""

    address: str
    words: str
    is_here: bool


def frame(request: HttpRequest) -> dict[str, Any]:
    """For all templates: `menu`, `basis` (of the run) and `room`."""
    room = getattr(request, "room", None)
    return {"room": room, "menu": menu(request), "basis": basis(room), "language": current(), "lang": current().code}


def menu(request: HttpRequest) -> list[tuple[str, list[Entry]]]:
    """The groups of the menu with the entries this reader may open."""
    here = request.resolver_match.view_name if request.resolver_match else ""
    app = here.split(":")[0]
    of_app = [name for _, entries in MENU for name, _ in entries if name.split(":")[0] == app]
    groups = []
    for heading, entries in MENU:
        found = []
        for name, words in entries:
            if not allows(name, request.user):
                continue
            try:
                address = reverse(name)
            except NoReverseMatch:
                continue
            # A page below an entry of the menu, or of an area that has only one.
            is_here = request.path.startswith(address) or of_app == [name]
            found.append(Entry(address, current().text(words), is_here))
        if found:
            groups.append((current().text(heading), found))
    return groups


def basis(room: Any) -> dict[str, Any] | None:
    """As-of day, horizon, rate, kind of value and run: no value is shown without them."""
    if room is None or not room.is_open or not room.manifest:
        return None
    manifest = room.manifest
    return {
        "as_of": manifest["as_of"],
        "horizon": manifest["value_horizon"],
        "rate": manifest["settings"].get("discount_rate"),
        "value_is": manifest.get("value_is", ""),
        "run": manifest["run"],
        "created": datetime.fromisoformat(manifest["created"]),
    }

"""What a reader chose in the planner, from the address or a form, held to what the reader may plan for."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.http import QueryDict

from kundenwert.flows.plan_preview import DECISION, Board, Wishes
from kundenwert.flows.plan_settings import span_of
from kundenwert.web.rights import Scope

LIMIT = "limit_"
SPAN_COUNT, SPAN_UNIT = "span_count", "span_unit"
MOST_HELD_OUT = 0.5
# Unless somebody chooses otherwise, so much is held out, or nothing could be measured later.
HELD_OUT = 0.1


def read(given: QueryDict, scope: Scope, known: tuple[str, ...], sections: tuple[str, ...]) -> Wishes:
    """The wishes of a form. known: names of actions. What cannot be read is left as it is without a form."""
    name = given.get("plan", "")
    chosen = tuple(one for one in known if one in given.getlist("action"))
    manager = given.get("manager", "")
    return Wishes(
        name=name if name in sections else (sections[0] if sections else DECISION),
        limits={key.removeprefix(LIMIT): amount for key in given if key.startswith(LIMIT) and (amount := number(given[key])) is not None},
        hold_out=held_out(given.get("hold_out")),
        actions=chosen if chosen and set(chosen) != set(known) else None,
        managers=within(scope, manager),
        positive=given.get("positive") == "1",
        span=span(given) or "",
    )


def span(given: QueryDict) -> str | None:
    """How long the means are to last, such as "3m"; "" where nothing is said, None where it is no span."""
    if SPAN_COUNT not in given:
        return ""
    try:
        return span_of(f"{str(given[SPAN_COUNT]).strip()}{given.get(SPAN_UNIT, '')}")
    except ValueError:
        return None


def span_parts(text: str) -> tuple[str, str]:
    """A span as number and unit.

    >>> span_parts("12m")
    ('12', 'm')
    """
    found = re.fullmatch(r"(\d+)([dwmy])", text)
    return (found[1], found[2]) if found else ("", "m")


def within(scope: Scope, manager: str) -> frozenset[str] | None:
    """Whose customers are planned for: one's own at most."""
    if not manager:
        return scope.managers
    if scope.managers is not None and manager not in scope.managers:
        return scope.managers
    return frozenset({manager})


def held_out(text: str | None) -> float:
    """A share from percent."""
    given = number(text) if text is not None else None
    return HELD_OUT if given is None else min(given / 100, MOST_HELD_OUT)


def number(text: Any) -> float | None:
    """An amount of 0 or more as people write it; None for anything else."""
    plain = str(text).strip().replace("\u00a0", "").replace("\u202f", "").replace(" ", "")
    if "," in plain:
        plain = plain.replace(".", "").replace(",", ".")
    try:
        found = float(plain)
    except ValueError:
        return None
    return found if math.isfinite(found) and 0 <= found < 1e12 else None


def settled(wishes: Wishes, board: Board) -> Wishes:
    """The wishes with a limit for each resource there is, as the sliders stand; others are left out."""
    return replace(wishes, limits={one.resource: min(wishes.limits.get(one.resource, one.value), one.end) for one in board.sliders})


def fields(wishes: Wishes, manager: str) -> list[tuple[str, str]]:
    """The wishes as hidden fields of a form."""
    found = [("plan", wishes.name), ("hold_out", f"{wishes.hold_out * 100:g}"), ("manager", manager)]
    found += [(f"{LIMIT}{name}", f"{amount:.2f}".rstrip("0").rstrip(".")) for name, amount in wishes.limits.items()]
    found += [("action", name) for name in wishes.actions or ()]
    found += [*zip((SPAN_COUNT, SPAN_UNIT), span_parts(wishes.span), strict=True)] if wishes.span else []
    return [*found, *([("positive", "1")] if wishes.positive else [])]


def flags(wishes: Wishes) -> Mapping[str, Any]:
    """The wishes as `flows.plans.plan` and jobs take them: plain JSON."""
    return {
        "limits": dict(wishes.limits),
        "hold_out": wishes.hold_out,
        "actions": list(wishes.actions) if wishes.actions is not None else None,
        "only": sorted(wishes.managers) if wishes.managers is not None else None,
        "positive": wishes.positive,
        "span": wishes.span or None,
    }

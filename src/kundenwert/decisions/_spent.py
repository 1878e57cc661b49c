"""What was spent on customers, by phase of the relationship, and where of it somebody can choose."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from kundenwert.decisions._columns import table_numbers, table_texts

if TYPE_CHECKING:
    from kundenwert.records.plans import Case

# Purposes money can be moved between, in the order of a customer's life.
AIMS: Final = ("acquisition", "development", "retention", "win_back")
PHASES: Final = ("before_purchase", "purchase", "after_sales", "loyalty")
_ORDERS: Final = ("auftrag", "aufträge", "auftraege", "bestellung", "bestellungen", "order", "orders", "rechnung", "invoice")
_OF_STAGE: Final = {"logistics": "purchase", "service": "after_sales", "marketing": "loyalty", "sales": "loyalty"}


def phase_of(kind: str, name: str, stage: str, *, is_before: bool, phases: Mapping[str, str]) -> str:
    """The phase of an expense, "" where nobody can say.

    kind: acquisition, activity, measure, contact or complaint. stage: of the rate of an activity. phases: what somebody has said of names.
    What comes before the first purchase belongs there; then logistics and orders are the purchase, service and complaints after-sales, and
    visits, calls, mailings and measures loyalty.

    >>> [phase_of("activity", name, "sales", is_before=False, phases={}) for name in ("Besuch", "Auftrag")]
    ['loyalty', 'purchase']
    """
    said = phases.get(name.casefold())
    if said is not None:
        return said
    if is_before or kind == "acquisition":
        return "before_purchase"
    if kind in ("measure", "contact"):
        return "loyalty"
    if kind == "complaint":
        return "after_sales"
    return "purchase" if name.casefold() in _ORDERS else _OF_STAGE.get(stage, "")


def expenses(case: Case) -> list[dict[str, Any]]:
    """Each kind of expense of the last span with its phase, and the purpose it serves: "" where it is a cost of serving, no choice."""
    texts = {name: table_texts(case, "spent", name) for name in ("kind", "name", "stage", "aim")}
    before, amounts = table_numbers(case, "spent", "is_before"), table_numbers(case, "spent", "amount")
    found = []
    for place, amount in enumerate(amounts):
        kind, name, stage, aim = (str(texts[key][place]) for key in ("kind", "name", "stage", "aim"))
        phase = phase_of(kind, name, stage, is_before=bool(before[place]), phases=case.options["phases"])
        found.append({"kind": kind, "name": name, "phase": phase, "aim": _aim(phase, aim), "amount": float(amount)})
    return found


def _aim(phase: str, stage_of_customer: str) -> str:
    if phase == "before_purchase":
        return "acquisition"
    if phase != "loyalty":
        return ""
    return stage_of_customer if stage_of_customer in AIMS[1:] else "retention"


def shares(amounts: Mapping[str, float]) -> dict[str, float]:
    """Shares with four decimals that add up to 1 exactly: the largest remainders get what rounding down leaves; all 0 of nothing.

    >>> shares({"a": 1.0, "b": 1.0, "c": 1.0})
    {'a': 0.3334, 'b': 0.3333, 'c': 0.3333}
    """
    total = sum(amounts.values())
    if total <= 0:
        return dict.fromkeys(amounts, 0.0)
    exact = np.array([10_000 * amount / total for amount in amounts.values()])
    parts = np.floor(np.round(exact, 6)).astype(np.int64)
    order = np.argsort(-(exact - parts), kind="stable")
    parts[order[: 10_000 - int(parts.sum())]] += 1
    return {name: int(part) / 10_000 for name, part in zip(amounts, parts, strict=True)}


def by_phase(found: list[dict[str, Any]]) -> dict[str, float]:
    """Money of each phase; what belongs to none is left out."""
    return {phase: sum(one["amount"] for one in found if one["phase"] == phase) for phase in PHASES}


def by_aim(found: list[dict[str, Any]]) -> dict[str, float]:
    """Money of each purpose that can be chosen."""
    return {aim: sum(one["amount"] for one in found if one["aim"] == aim) for aim in AIMS}


def facts_of(found: list[dict[str, Any]], case: Case) -> dict[str, Any]:
    """Phases with their shares, each name of an expense, and budgets that were set; for JSON."""
    phases = by_phase(found)
    names: dict[tuple[str, str, str], float] = {}
    for one in found:
        key = (one["kind"], one["name"], one["phase"])
        names[key] = names.get(key, 0.0) + one["amount"]
    budgets = _budgets(case)
    planned = {phase: sum(one["amount"] for one in budgets if one["phase"] == phase) for phase in PHASES}
    return {
        "phases": [{"phase": phase, "amount": round(phases[phase], 2), "share": share} for phase, share in shares(phases).items()],
        "without_phase": round(sum(one["amount"] for one in found if not one["phase"]), 2),
        "expenses": [
            {"kind": kind, "name": name, "phase": phase, "amount": round(amount, 2)}
            for (kind, name, phase), amount in sorted(names.items())
        ],
        "budgets": budgets,
        # Of budgets that somebody has put into a phase; they are money set aside, not money spent.
        "budget_phases": [{"phase": phase, "share": share} for phase, share in shares(planned).items()] if sum(planned.values()) else [],
    }


def _budgets(case: Case) -> list[dict[str, Any]]:
    said = case.options["phases"]
    names, amounts = table_texts(case, "budgets", "name"), table_numbers(case, "budgets", "amount")
    return [
        {"name": str(name), "amount": round(float(amount), 2), "phase": said.get(str(name).casefold(), "")}
        for name, amount in zip(names, amounts, strict=True)
    ]

"""The first screen: what the customer base is worth, why that changed, who carries it, what is to be done, how far the forecast holds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from kundenwert.engines import open_engine
from kundenwert.flows import contribution
from kundenwert.flows.compare import compare
from kundenwert.flows.customer_list import CustomerList, open_list
from kundenwert.flows.customer_list_query import Query, filters
from kundenwert.flows.history import bridge_of, reasons_of
from kundenwert.flows.index import kept
from kundenwert.flows.ledger import folder_of
from kundenwert.flows.result_page import names_of, unlisted_losses
from kundenwert.runs import store
from kundenwert.runs.store import Run

# Customers that an alert names.
_NAMED = 3
_LOOKED_AT = 40
_STAGES = ("acquisition", "development", "retention", "win_back")
# Sentences of the readiness say these in words of their own.
_CLASSES_OUT = ("rejected", "unreadable")


def overview(project: Path, run: str) -> dict[str, Any]:
    """What the first screen shows, without words.

    totals: sums of the run. interval: of clv, or of purchases without money: lower, mean, upper, level; None where none was reckoned.
    course: the value at each as-of day up to this one, oldest first (see `_day`). bridge: from the day before to this one, None without
    one; then `why_not` says "first" or "other_money". concentration: classes with customers, value and share; gini. stages: each with
    customers, value and expected. alerts: what is to be done, the largest amount first (see `_alerts`). quality: see `_quality`.
    """
    return kept(project, run, "overview.3", lambda: _made(project, run))


def _made(project: Path, run: str) -> dict[str, Any]:
    source = store.read(project, run)
    days = _days(project, source)
    listed = open_list(project, run)
    manifest = source.manifest
    return {
        "as_of": manifest["as_of"],
        "yardstick": manifest["yardstick"],
        "in_money": manifest["yardstick"] != "purchases",
        "totals": manifest["totals"],
        "interval": _interval(manifest),
        "course": [_day(one) for one in days],
        **_change(project, days),
        "concentration": {**manifest["concentration"], "largest": _largest(listed, manifest)},
        "stages": _stages(listed, manifest),
        "alerts": sorted(_alerts(project, source, listed), key=_weight),
        "quality": _quality(manifest),
        "readiness": _readiness(manifest),
        "warnings": len(manifest["warnings"]),
    }


# ---------- the value and its course ----------


def _interval(manifest: Mapping[str, Any]) -> dict[str, Any] | None:
    """The interval of the main total."""
    measure = "purchases" if manifest["yardstick"] == "purchases" else "clv"
    told = manifest.get("intervals")
    found = next((one for one in told if one["measure"] == measure), None) if isinstance(told, list) else None
    return {name: found[name] for name in ("measure", "lower", "mean", "upper", "level")} if found else None


def _days(project: Path, source: Run) -> list[Run]:
    """The runs up to this one, of each as-of day the newest, of the day of this run itself; oldest first."""
    newest: dict[str, Run] = {}
    for name in store.names(project):
        one = store.read(project, name)
        if one.manifest["as_of"] < source.manifest["as_of"]:
            before = newest.get(one.manifest["as_of"])
            if before is None or (before.manifest["created"], before.name) < (one.manifest["created"], one.name):
                newest[one.manifest["as_of"]] = one
    return [*(newest[day] for day in sorted(newest)), source]


def _day(one: Run) -> dict[str, Any]:
    """value = past + clv and what the definition adds; money as text, None without money; interval: of clv."""
    manifest, totals = one.manifest, one.manifest["totals"]
    names = ("customers", "expected_purchases", "past", "clv", "value")
    about = {"as_of": manifest["as_of"], "run": one.name, "yardstick": manifest["yardstick"], "currency": manifest["currency"]}
    return {**about, **{name: totals.get(name) for name in names}, "interval": _interval(manifest)}


def _change(project: Path, days: list[Run]) -> dict[str, Any]:
    """Why the value is another than on the day before."""
    nothing: dict[str, Any] = {"bridge": None, "reasons": [], "before": None, "why_not": "first"}
    if len(days) < 2:
        return nothing
    before, after = days[-2:]
    found = compare(project, before.name, after.name, count=0)
    reasons = list(reasons_of(found, before.manifest, after.manifest))
    about = {"reasons": reasons, "before": _day(before)}
    if found.measure != "value":
        return {**nothing, **about, "why_not": "other_money"}
    bridge = bridge_of(found, before.manifest, after.manifest)
    groups = {group.found: group.customers for group in found.groups}
    money = {name: str(getattr(bridge, name)) for name in ("first", "new", "gone", "past", "clv", "other", "second")}
    clv = Decimal(str(after.manifest["totals"]["clv"])) - Decimal(str(before.manifest["totals"]["clv"]))
    customers = {"new_customers": groups.get("new", 0), "gone_customers": groups.get("gone", 0), "both_customers": groups.get("both", 0)}
    return {"bridge": {**money, **customers, "clv_change": str(clv)}, **about, "why_not": ""}


# ---------- who carries it ----------


def _largest(listed: CustomerList, manifest: Mapping[str, Any]) -> float | None:
    """The share of the most valuable customer in the expected value."""
    total = manifest["totals"].get("clv")
    if total is None or Decimal(total) <= 0 or not listed.has("clv"):
        return None
    rows = listed.page(Query(sort="clv", size=1), managers=None).rows
    return float(rows[0]["clv"] / Decimal(total)) if rows and rows[0]["clv"] is not None else None


def _stages(listed: CustomerList, manifest: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The stages of the customers' life, with exactly the customers that the list shows for them."""
    facts = (manifest.get("components") or {}).get("facts", {}).get("lifecycle", {}).get("stages", {})
    found = []
    for name in _STAGES if listed.has("stage") else ():
        totals = listed.totals(filters(among={"stage": (name,)}), managers=None)
        if totals.count:
            about = {"stage": name, "customers": totals.count, "new": facts.get(name, {}).get("new")}
            found.append({**about, **{key: _text(totals.sums.get(key)) for key in ("value", "clv", "change", "expected_purchases")}})
    return found


# ---------- what is to be done ----------


def _alerts(project: Path, source: Run, listed: CustomerList) -> Iterator[dict[str, Any]]:
    """kind, customers (or records), amount as text (None without money), where: the screen that helps, with its filter; named: the
    customers that matter most, where the alert is about customers.
    """
    if listed.has("at_risk") and (found := _of_list(listed, "at_risk", "at_stake")):
        yield found
    if listed.has("loss_maker") and (found := _of_list(listed, "loss_maker", "contribution_year", descending=False)):
        year = contribution.whole_year_of(source)
        yield {**found, "year": year, "unlisted": unlisted_losses(project, source.name, year)}
    yield from _rejected(source)
    yield from _overdue(project, source, listed)
    grade = (source.manifest.get("readiness") or {}).get("grade", "A")
    if grade > "B":
        reasons = source.manifest["readiness"]["reasons"]
        yield {"kind": "readiness", "customers": 0, "amount": None, "grade": grade, "reasons": reasons, "where": "import"}


def _of_list(listed: CustomerList, flag: str, measure: str, *, descending: bool = True) -> dict[str, Any] | None:
    chosen = filters(flags=(flag,))
    totals = listed.totals(chosen, managers=None)
    if not totals.count:
        return None
    rows = listed.page(Query(chosen, sort=measure if listed.has(measure) else "value", descending=descending, size=_NAMED), managers=None)
    named = [
        {"customer_id": row["customer_id"], "name": row.get("name"), "amount": _text(row.get(measure)), "days": row.get("days_overdue")}
        for row in rows.rows
    ]
    return {"kind": flag, "customers": totals.count, "amount": _text(totals.sums.get(measure)), "named": named, "where": flag}


def _rejected(source: Run) -> Iterator[dict[str, Any]]:
    classes = [one for one in source.manifest["reconciliation"]["classes"] if one["line_class"] in _CLASSES_OUT and one["lines"]]
    if classes:
        amount = sum((Decimal(one["amount"]) for one in classes), Decimal(0))
        yield {"kind": "rejected", "customers": sum(one["lines"] for one in classes), "amount": str(amount), "where": "import"}


def _overdue(project: Path, source: Run, listed: CustomerList) -> Iterator[dict[str, Any]]:
    """Invoices that should have been paid, by the table of payments."""
    path = folder_of(project) / source.manifest["ledger"] / "payments.parquet"
    if not path.is_file():
        return
    with open_engine() as engine:
        engine.open_parquet("ledger_payments", [path], numbered=False)
        # Some of the largest may have objected: they are in the sum, not among the names.
        rows = engine.rows("value/screens/overdue_payments.sql", as_of=source.as_of, count=_LOOKED_AT)
    if rows:
        shown = [row for row in rows if row["customer_id"] and listed.holds(row["customer_id"], managers=None)][:_NAMED]
        names = names_of(project, source.name, [row["customer_id"] for row in shown])
        named = [{"customer_id": one["customer_id"], "name": names.get(one["customer_id"]), "amount": str(one["amount"])} for one in shown]
        first = rows[0]
        about = {"customers": first["customers"], "records": first["all_invoices"], "amount": str(first["all_amount"])}
        yield {"kind": "overdue", **about, "named": named, "where": "customer" if named else ""}


def _weight(alert: Mapping[str, Any]) -> tuple[bool, Decimal]:
    """Alerts of money first, the largest on top; lines that were rejected may hold any amount and come after those."""
    amount = alert["amount"]
    return amount is None or alert["kind"] == "rejected", -abs(Decimal(amount or 0))


# ---------- how far it holds ----------


def _quality(manifest: Mapping[str, Any]) -> dict[str, Any]:
    """What looking back says. days: how far ahead; used: the forecast of the run, naive: the best naive rule, each with `bias` of the
    total (0.1: a tenth too much), in purchases and in money; None where nothing could be looked back at. is_naive: no model beats it.
    held, totals: how many totals lay inside their interval. holdout: what came after the as-of day, where the data know it.
    """
    tested = manifest.get("backtest") or {}
    pooled = {one["name"]: one for one in tested.get("pooled", ())}
    cards = [card["name"] for card in manifest["models"] if card["family"].rsplit(".", 1)[-1] == "purchases"]
    used = next((pooled[name] for name in (tested.get("chosen"), tested.get("best_model"), *cards) if _is_model(pooled.get(name))), None)
    naive = max((one for one in pooled.values() if one["kind"] == "baseline"), key=lambda one: one["log_score"], default=None)
    chosen = pooled.get(tested.get("chosen"), {})
    totals = [one for one in tested.get("totals", ()) if one["forecast"]["measure"] == "purchases"]
    return {
        "origins": len(tested.get("origins", ())),
        "origin": tested["origins"][0]["origin"] if tested.get("origins") else None,
        "days": tested.get("days"),
        "used": _off(used),
        "naive": _off(naive),
        "is_naive": chosen.get("kind") == "baseline",
        "totals": len(totals),
        "held": sum(one["is_held"] for one in totals),
        "holdout": manifest.get("holdout"),
    }


def _is_model(one: Mapping[str, Any] | None) -> bool:
    return one is not None and one["kind"] != "baseline"


def _off(one: Mapping[str, Any] | None) -> dict[str, Any] | None:
    if one is None:
        return None
    held = next((level["held"] for level in one["levels"] if abs(level["level"] - 0.9) < 1e-9), None)
    money = one.get("money") or {}
    about = {"name": one["name"], "bias": one["bias"], "money_bias": money.get("bias"), "hit": one["top_decile_value"], "held": held}
    return about


def _readiness(manifest: Mapping[str, Any]) -> dict[str, Any] | None:
    """The grade of the data with the reasons why it is not better, as notices."""
    told = manifest.get("readiness")
    return {"grade": told["grade"], "reasons": told["reasons"]} if told else None


def _text(amount: Any) -> str | None:
    return None if amount is None else str(amount)

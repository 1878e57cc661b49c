"""What the check of the import shows: what was read, what was not taken in and why, and what adds up to what."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from kundenwert.flows import draft_check, preview
from kundenwert.flows.draft import LINES, NEW, Draft
from kundenwert.flows.draft_check import PAGE, Checked
from kundenwert.reports.language import Language
from kundenwert.web.imports import told
from kundenwert.web.imports.labels import TABLES, role_label
from kundenwert.web.imports.pages import purpose, query, questions_of
from kundenwert.web.language import current

# Tables whose absence is worth a line: those that most companies have.
_WORTH = ("customers", "payments", "complaints", "contacts", "contracts", "offers")
_WORTH_A_COLUMN = frozenset({"amount", "cost", "document_id", "product_group"})
_CLASSES = (
    ("unreadable", "Cannot be split into cells"),
    ("rejected", "Rejected"),
    ("without_customer", "Without a customer"),
    ("cancellation", "Cancellations"),
    ("return", "Returns"),
    ("kept", "Sales"),
)


def initial(draft: Draft, made: Checked | None, user: Any) -> dict[str, Any]:
    """What the form of the new project begins with."""
    margin = draft.settings.get("margin")
    return {
        "title": draft.settings.get("title", ""),
        "currency": draft.settings.get("currency") or (made.content["currency"] if made else "") or "EUR",
        "margin": None if margin is None else f"{margin * 100:g}",
        "preset": draft.settings.get("preset", ""),
    }


def of_check(draft: Draft, made: Checked | None) -> dict[str, Any]:
    """What the check found; before it, what it will do."""
    language = current()
    content: dict[str, Any] = {"draft": draft, "is_new": draft.way == NEW, "purpose": purpose(draft), "made": made}
    looks = preview.look_at_all(draft)
    content["open_files"] = [look.name for look in looks if questions_of(look)]
    content["may_need_rates"] = any(look.table == "rates" for look in looks) or draft.settings.get("currency", "")
    if made is None:
        return {**content, "heading": language.text("Not checked yet")}
    currency = str(made.content["currency"] or draft.settings.get("currency", ""))
    if not made.is_current:
        content["stale"] = True
    return {
        **content,
        "heading": _check_heading(language, made, currency),
        "currency": language.symbol(currency),
        "bridge": _bridge(language, made),
        "months": _months(language, made),
        "broken": [_broken(language, one) for one in made.broken],
        "others": _others(language, made),
        "notices": [language.text(text, **_values(language, values)) for _, text, values in made.notices],
        "grade": made.content.get("readiness", {}).get("grade", ""),
        "reasons": [language.text(text, **values) for _, text, values in made.reasons],
        "would_add": _would_add(language, made),
        "share": made.worst_share,
        "limit": made.limit,
        "has_cost": "cost" in _roles(made),
        "lines": made.lines,
        "rejected": made.rejected,
        "period": _period(language, made),
    }


def _check_heading(language: Language, made: Checked, currency: str) -> str:
    lines, amount = made.booked
    good = language.text("{money} are reconciled to the cent", money=language.money(amount, currency)) if amount else ""
    good = good or language.plural("{n} line is reconciled", "{n} lines are reconciled", lines)
    if not made.rejected:
        return good
    bad = language.plural("one line is rejected", "{n} lines are rejected", made.rejected)
    return language.text("{good}, {bad}", good=good, bad=bad)


def _values(language: Language, values: Mapping[str, Any]) -> dict[str, Any]:
    """What fills a notice: tables and rules have names for people."""
    table = str(values.get("table", ""))
    found = dict(values)
    if table in TABLES:
        found["table"] = told.table_name(language, table)
    if "rule" in found:
        found["rule"] = language.text("“{rule}”", rule=told.said(language, str(found["rule"]), table))
    return found


def _period(language: Language, made: Checked) -> str:
    readiness = made.content.get("readiness", {})
    first, last = readiness.get("first"), readiness.get("last")
    return language.text("{first} to {last}", first=language.date(first), last=language.date(last)) if first and last else ""


def _bridge(language: Language, made: Checked) -> list[dict[str, Any]]:
    classes = {entry["line_class"]: entry for entry in made.content["classes"]}
    rows = [
        {
            "name": language.text("In the files"),
            "lines": made.content["lines"],
            "amount": _money(language, made.content["amount"]),
            "look": "",
        }
    ]
    rows += [
        {"name": language.text(words), "lines": classes[name]["lines"], "amount": _money(language, classes[name]["amount"]), "look": "part"}
        for name, words in _CLASSES
        if name in classes and classes[name]["lines"]
    ]
    lines, amount = made.booked
    rows.append({"name": language.text("Counts for the valuation"), "lines": lines, "amount": _money(language, amount), "look": "sum"})
    rows.append({"name": language.text("Difference"), "lines": None, "amount": _money(language, made.content["difference"]), "look": "sum"})
    return rows


def _money(language: Language, amount: Any) -> str:
    return language.number(Decimal(amount), 2)


def _months(language: Language, made: Checked) -> dict[str, Any]:
    """Lines and money of each month and class: nothing is lost between them."""
    there = {entry["line_class"] for entry in made.content["months"]}
    classes = [(name, language.text(words)) for name, words in _CLASSES if name in there]
    found: dict[str, dict[str, Decimal]] = {}
    counts: dict[str, int] = {}
    for entry in made.content["months"]:
        row = found.setdefault(entry["month"], {})
        row[entry["line_class"]] = row.get(entry["line_class"], Decimal(0)) + Decimal(entry["amount"])
        counts[entry["month"]] = counts.get(entry["month"], 0) + entry["lines"]
    rows = [
        {
            "name": language.month(month) if month else language.text("without a day"),
            "lines": counts[month],
            "cells": [_money(language, row[name]) if name in row else "" for name, _ in classes],
            "sum": _money(language, sum(row.values(), Decimal(0))),
        }
        for month, row in sorted(found.items())
    ]
    return {"classes": [words for _, words in classes], "rows": rows}


def _broken(language: Language, one: Any) -> dict[str, Any]:
    return {
        "rule": one.rule,
        "words": told.said(language, one.rule, one.table),
        "table": told.table_name(language, one.table),
        "records": one.records,
        "amount": "–" if one.amount is None else _money(language, one.amount),
        "example": one.raw[:80],
        "record": one.record,
        "file": one.file,
    }


def _others(language: Language, made: Checked) -> list[dict[str, Any]]:
    lines = []
    for table in made.company_tables:
        counts = {entry["standing"]: entry["records"] for entry in table["checked"]["totals"]}
        lines.append(
            {
                "name": told.table_name(language, table["name"]),
                "records": sum(counts.values()),
                "good": counts["good"],
                "rejected": counts["rejected"] + counts["unreadable"],
                "older": counts["superseded"] + counts["repeated"],
            }
        )
    return lines


def _roles(made: Checked) -> set[str]:
    return {guess["role"] for file in made.content["files"] for guess in file["columns"]}


def _would_add(language: Language, made: Checked) -> list[tuple[str, str]]:
    """Tables and columns that are not there and what they would add."""
    readiness = made.content.get("readiness", {})
    tables = [(one["table"], one["adds"]) for one in readiness.get("tables", ()) if one["table"] in _WORTH and one["state"] == "missing"]
    pieces = [(one["role"], one["adds"]) for one in readiness.get("pieces", ()) if not one["share"] and one["role"] in _WORTH_A_COLUMN]
    found = [(told.table_name(language, table), language.text(adds)) for table, adds in tables]
    columns = [
        (language.text("column “{name}”", name=language.text(role_label(LINES, role))), language.text(adds)) for role, adds in pieces
    ]
    return [*columns, *found]


def of_rejected(draft: Draft, made: Checked, rule: str, page: int) -> dict[str, Any]:
    """One page of rejected lines."""
    language = current()
    known = {one.rule: one for one in made.broken}
    rule = rule if rule in known else ""
    whole = sum(one.records for one in made.broken if one.rule == rule) if rule else None
    rows = draft_check.rejects(draft, rule=rule, page=page)
    return {
        "draft": draft,
        "rule": rule,
        "rules": [(name, told.said(language, name, one.table), name == rule) for name, one in known.items()],
        "heading": language.text(
            "{rule}: {records}", rule=told.said(language, rule, known[rule].table), records=_records(language, whole or 0)
        )
        if rule
        else language.text("Rejected lines, none of them lost"),
        "rows": [
            {
                "table": told.table_name(language, row.table),
                "file": row.file,
                "record": row.record,
                "rules": ", ".join(told.said(language, name, row.table) for name in row.rules),
                "raw": row.raw,
            }
            for row in rows
        ],
        "page": page,
        "before": query(rule=rule, page=str(page - 1)) if page > 1 else "",
        "after": query(rule=rule, page=str(page + 1)) if len(rows) == PAGE else "",
        "first": (page - 1) * PAGE + 1,
        "last": (page - 1) * PAGE + len(rows),
    }


def _records(language: Language, count: int) -> str:
    return language.plural("{n} line", "{n} lines", count)

"""Customers, ratings and lines laid out for the points and the score, and what comes of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from kundenwert.engines._engine import Engine, Reading
from kundenwert.flows.catalogue import catalogue
from kundenwert.records import Catalogue, Scoring
from kundenwert.value import components as room
from kundenwert.value.components import score
from kundenwert.value.components._component import Basis, Built

AS_OF = date(2025, 12, 31)
POINTS = {
    "Kaufhistorie": 8, "Deckungsbeitrag": 7, "Imagefaktor": 9, "Empfehlungswert": 8, "Zukunftsperspektive": 6, "Preissensibilität": 3,
    "Schnäppchenfaktor": 5, "Zahlungsmentalität": 9, "Bonität": 8, "Betreuungsaufwand": 4, "Sympathiefaktor": 7,
    "Reklamationsbereitschaft": 5,
}  # fmt: skip
OPTIONS = {option.name: option.default for option in score.PLUGIN.options}
Rows = Mapping[str, Mapping[str, Any]]


def customers(engine: Engine, clv: Mapping[str, float], *, kind: str = "b2b", **columns: Sequence[Any]) -> None:
    """Customers without purchases, so that people alone judge them; kind: of their records."""
    names = list(clv)
    given = {"customer_id": names, "clv": list(clv.values()), "level": ["customer"] * len(names), **columns}
    empty = {"first_purchase": "DATE", "frequency": "INTEGER", "past": "DECIMAL(18,2)", "expected_purchases": "DOUBLE"}
    engine.load("given_customers", given)
    types = {**dict.fromkeys(given, ""), "clv": "DECIMAL(18,2)", **({"first_purchase": "DATE"} if "first_purchase" in given else {})}
    readings = {name: Reading((name,), type=kind) for name, kind in types.items()}
    absent = {name: Reading(type=kind) for name, kind in empty.items() if name not in given}
    engine.project("valued_customers", "given_customers", {**readings, **absent})
    engine.view("judged", "value/components/judged.sql")
    engine.view("customer_features", "value/components/no_features.sql")
    engine.load("customer_forecasts", {"customer_id": [""], "discounted_purchases": [0.0]})
    sold(engine, [("", 0, "", 0.0)])
    engine.load("records", {"customer_id": names, "kind": [kind] * len(names)})
    held = {name: Reading(type=kind) for name, kind in engine.columns("ledger_customers").items()}
    engine.project("ledger_customers_given", "records", {**held, "customer_id": Reading(("customer_id",)), "kind": Reading(("kind",))})
    engine.drop("ledger_customers")
    engine.rename("ledger_customers_given", "ledger_customers")


def sold(engine: Engine, lines: Sequence[tuple[str, int, str, float]]) -> None:
    """Lines of sales: customer, days before the as-of day, document, amount."""
    last = (AS_OF - date(1970, 1, 1)).days
    engine.load("booked", {
        "customer_id": [line[0] for line in lines], "day": [last - line[1] for line in lines], "document_id": [line[2] for line in lines],
        "amount": [line[3] for line in lines], "line_class": ["kept"] * len(lines), "is_non_product": [False] * len(lines),
    })  # fmt: skip


def ratings(engine: Engine, rows: Sequence[tuple[str, str, float, str, str]]) -> None:
    """customer, criterion, points, person, reason."""
    names = ("customer_id", "criterion", "points", "rated_by", "reason")
    columns: dict[str, Any] = {name: [row[place] for row in rows] or [""] for place, name in enumerate(names)}
    columns["points"] = [float(row[2]) for row in rows] or [0.0]
    columns["rated_at"] = [f"2025-06-01T09:00:{place:02}Z" for place in range(len(rows))] or [""]
    engine.load("register_ratings", columns)


def rated(customer: str, points: Mapping[str, float] = POINTS) -> list[tuple[str, str, float, str, str]]:
    """Every criterion as two people see it."""
    return [(customer, name, value, person, "seen at the fair") for name, value in points.items() for person in ("Eva", "Jan")]


def only(*names: str) -> Catalogue:
    """A catalogue of a few criteria with even weights; few are judged faster."""
    kept = tuple(replace(one, weight=Decimal(1)) for one in catalogue().criteria if one.name in names)
    return Catalogue(kept)


def basis(found: Catalogue, *given: str, **more: Any) -> Basis:
    about = {"options": OPTIONS, "scoring": Scoring(found), **more}
    return Basis(AS_OF, 365.0, 1826.0, 0.1, "contribution", "EUR", frozenset(given), 0.3, **about)


def build(engine: Engine, about: Basis) -> Built:
    return room._checked(engine, "score", score.PLUGIN, score.PLUGIN.build(engine, about))


def table(engine: Engine, name: str = "component_score") -> Rows:
    rows = engine._connection.sql(f"select * from {name} order by all").fetchall()  # type: ignore[attr-defined]
    columns = list(engine.columns(name))
    return {row[0]: dict(zip(columns, row, strict=True)) for row in rows}


def points(engine: Engine) -> dict[tuple[str, str], dict[str, Any]]:
    """Of each customer and criterion what a run keeps of it."""
    query = """
        select customer_id, criterion, points, provenance, basis, share, code = 4 as is_unpermitted, fact_1, fact_2, fact_3
        from criterion_points join criterion_list using (place, code) join criterion_customers using (row_place)
        order by customer_id, place
    """
    found = engine._connection.sql(query)  # type: ignore[attr-defined]
    rows = [dict(zip(found.columns, row, strict=True)) for row in found.fetchall()]
    facts = [[row[name] for name in ("fact_1", "fact_2", "fact_3") if row[name] is not None] for row in rows]
    return {(row["customer_id"], row["criterion"]): {**row, "facts": known} for row, known in zip(rows, facts, strict=True)}

"""The one shape in which every source hands over its lines, and the readings that lead to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kundenwert.engines._engine import Reading
from kundenwert.sources._money import Money
from kundenwert.sources._records import Column, Table
from kundenwert.sources._shapes import DAY_MACROS
from kundenwert.tables import transactions

if TYPE_CHECKING:
    from kundenwert.engines._engine import Engine

_MONEY = "DECIMAL(18,6)"
_INTEGERS = frozenset({"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER"})
_WIDE = frozenset({"UBIGINT", "HUGEINT", "UHUGEINT"})
_IDS = ("document_id", "product_id", "product_group", "currency", "kind")


@dataclass(frozen=True)
class Readings:
    """What `open_lines` works with. columns: role -> column. marks: key -> decimal mark. date_format: of text or number dates."""

    columns: Mapping[str, Column]
    marks: Mapping[str, str]
    date_format: str
    money: Money


def family(column: Column) -> str:
    """ "text", "integer", "wide", "number", "day", "moment" or "other": what decides how cells of a type are read."""
    kind = column.type.upper()
    if kind == "VARCHAR" or kind.startswith("ENUM"):
        return "text"
    if kind in _INTEGERS:
        return "integer"
    if kind in _WIDE:
        return "wide"
    if kind in {"FLOAT", "DOUBLE"} or kind.startswith("DECIMAL"):
        return "number"
    if kind == "TIMESTAMP WITH TIME ZONE":
        return "moment"
    return "day" if kind == "DATE" or kind.startswith("TIMESTAMP") else "other"


def can_be_large(column: Column) -> bool:
    """Whether a typed number may reach 1e12: small integers and decimals with few digits need no look."""
    kind = column.type.upper()
    if kind.startswith("DECIMAL"):
        precision, scale = (int(part) for part in kind.removeprefix("DECIMAL(").removesuffix(")").split(","))
        return precision - scale > 12
    return kind not in _INTEGERS - {"BIGINT"}


def thousands(mark: str) -> str:
    """The sign that parts thousands where `mark` parts decimals; blanks and apostrophes always may."""
    return "." if mark == "," else ","


def number_reading(column: Column, marks: Mapping[str, str], *, text: str, typed: str) -> Reading:
    """The reading of a number: macro `text` with its marks for text cells, `typed` for cells that already are numbers."""
    if family(column) == "text":
        mark = marks.get(column.key, ".")
        return Reading((column.key,), text, (mark, thousands(mark)))
    return Reading((column.key,), typed)


def _id(column: Column | None) -> Reading:
    if column is None:
        return Reading(type="VARCHAR")
    if family(column) == "text":
        return Reading((column.key,), "read_id")
    return Reading((column.key,), "id_typed") if family(column) == "number" else Reading((column.key,), type="VARCHAR")


def _customer(column: Column) -> Reading:
    return Reading((column.key,), type="BIGINT") if family(column) == "integer" else _id(column)


def _day(column: Column, date_format: str) -> Reading:
    kind = family(column)
    if kind == "moment":
        return Reading((column.key,), "day_of_moment")
    if kind == "day":
        return Reading((column.key,), "day_typed")
    if kind == "text":
        return Reading((column.key,), DAY_MACROS[date_format])
    return Reading((column.key,), "day_of_number", (date_format,), "INTEGER")


def _text(column: Column | None) -> Reading:
    return Reading((column.key,) if column else (), type="VARCHAR")


def _promotion(column: Column | None) -> Reading:
    """Unknown for every line where no column says it."""
    return Reading((column.key,), "read_promotion") if column else Reading(type="BOOLEAN")


def _number(role: str, readings: Readings) -> Reading:
    column = readings.columns.get(role)
    if column is None:
        return Reading(type=_MONEY)
    return number_reading(column, readings.marks, text="read_amount", typed="amount_typed")


def open_shape(engine: Engine, view: str, table: Table, readings: Readings) -> None:
    """Makes `view` in the shape of all sources, over `view`_raw, `view`_texts and `view`_cells."""
    table.open(engine, f"{view}_raw")
    cells = _cells(readings)
    source, keys = f"{view}_raw", [column.key for column in table.columns]
    if any(column.type != "VARCHAR" for column in table.columns):
        # A list holds one type only. Text needs no such step, and files of text may have thousands of columns.
        texts = {f"raw_{place}": Reading((key,), type="VARCHAR") for place, key in enumerate(keys)}
        engine.project(f"{view}_texts", source, {**cells, **texts})
        source, keys = f"{view}_texts", list(texts)
        cells = {name: Reading((name,)) for name in cells}
    # Nobody pays for the list who does not read `raw`.
    engine.project(f"{view}_cells", source, {**cells, "cells": Reading(tuple(keys), "list_value")})
    engine.project(view, f"{view}_cells", _lines(readings, table.delimiter))


def _cells(readings: Readings) -> dict[str, Reading]:
    columns = readings.columns
    return {
        "record": Reading(("record",), type="BIGINT"),
        "customer_id": _customer(columns["customer_id"]),
        "date_text": _text(columns["date"]),
        "day": _day(columns["date"], readings.date_format),
        "amount_text": _text(columns.get(readings.money.text_role)),
        "quantity_text": _text(columns.get("quantity")),
        "price_text": _text(columns.get("price")),
        **{role: _number(role, readings) for role in transactions.NUMBERS},
        **{role: _id(columns.get(role)) for role in _IDS},
        "promotion": _promotion(columns.get("promotion")),
    }


def _lines(readings: Readings, delimiter: str) -> dict[str, Reading]:
    """The columns and their order that every source promises."""
    same = {name: Reading((name,)) for name in ("record", "customer_id", "date_text", "day", "amount_text")}
    rest = ("quantity_text", "quantity", "price_text", "price", *_IDS[:3], "cost", "list_amount", "discount", *_IDS[3:], "promotion")
    return {
        **same,
        "amount": readings.money.reading(),
        **{name: Reading((name,)) for name in rest},
        "raw": Reading(("cells",), "joined", (delimiter,)),
    }

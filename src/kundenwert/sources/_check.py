"""Does what was found fit: types of the columns, size of the numbers, tax in every line or in none."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from kundenwert.engines._engine import Reading
from kundenwert.errors import AmbiguousInput, Problem, UnreadableInput
from kundenwert.sources._lines import Readings, can_be_large, family, number_reading
from kundenwert.sources._records import Column, Trouble, short
from kundenwert.tables import transactions

if TYPE_CHECKING:
    from kundenwert.engines._engine import Engine

_LIMIT = 10**12


def wrong_types(used: Mapping[str, Column], file: str) -> Iterator[Trouble]:
    for role in (*transactions.NUMBERS, "date"):
        column = used.get(role)
        wrong = {"other"} if role == "date" else {"other", "day", "moment"}
        if column is not None and family(column) in wrong:
            problem = Problem(
                f"The column {short(column.name)!r}, taken as {role}, holds {column.type}.",
                "days or text." if role == "date" else "numbers or text.",
                f"choose another column with --map {role}=COLUMN.",
                file=file,
            )
            yield Trouble(UnreadableInput, problem)


def extent(engine: Engine, raw: str, readings: Readings, file: str) -> tuple[int, list[Trouble]]:
    """Counts the records; finds numbers too large to be kept and lines with money but without tax."""
    product = set(readings.money.base) if len(readings.money.base) == 2 else set()
    columns = {role: readings.columns.get(role) for role in transactions.NUMBERS}
    view: dict[str, Reading] = {"record": Reading(("record",))}
    for role, column in columns.items():
        is_text = column is not None and family(column) == "text"
        sized = column is not None and (role in product or (not is_text and can_be_large(column)))
        view[f"{role}_length"] = Reading((column.key,), "length") if is_text and column else Reading(type="BIGINT")
        view[f"{role}_size"] = _size(column, readings) if sized and column else Reading(type="DOUBLE")
    engine.project("inspected_extent", raw, view)
    sizes = engine.rows("sources/extent.sql")[0]
    large = [role for role in columns if (sizes[f"{role}_length"] or 0) > 12 or (sizes[f"{role}_size"] or 0) >= _LIMIT]
    troubles = [trouble for role in large for trouble in _too_large(engine, raw, role, readings, file)]
    if product and _product_size(sizes) >= _LIMIT and not troubles:
        troubles = _product_too_large(engine, raw, readings, file)
    if readings.money.conversion == "tax":
        troubles += _untaxed(engine, raw, readings, file)
    return int(sizes["lines"]), troubles


def _size(column: Column, readings: Readings) -> Reading:
    return number_reading(column, readings.marks, text="magnitude", typed="magnitude_typed")


def _product_size(sizes: Mapping[str, Any]) -> float:
    return float(sizes["quantity_size"] or 0) * float(sizes["price_size"] or 0)


def _too_large(engine: Engine, raw: str, role: str, readings: Readings, file: str) -> list[Trouble]:
    column = readings.columns[role]
    text = number_reading(column, readings.marks, text="too_large", typed="too_large_typed")
    engine.project("inspected_overflow", raw, {"record": Reading(("record",)), "text": text})
    return _overflow(engine, f"The {role}", file, short(column.name))


def _product_too_large(engine: Engine, raw: str, readings: Readings, file: str) -> list[Trouble]:
    cells = {
        "record": Reading(("record",)),
        **{
            role: number_reading(readings.columns[role], readings.marks, text="read_amount", typed="amount_typed")
            for role in ("quantity", "price")
        },
    }
    engine.project("inspected_factors", raw, cells)
    engine.project(
        "inspected_overflow",
        "inspected_factors",
        {"record": Reading(("record",)), "text": Reading(("quantity", "price"), "product_too_large")},
    )
    return _overflow(engine, "The amount quantity x price", file, "quantity and price")


def _overflow(engine: Engine, what: str, file: str, column: str) -> list[Trouble]:
    found = engine.rows("sources/overflow.sql")[0]
    if not found["cells"]:
        return []
    more = f" ({int(found['cells']) - 1:,} more such records)" if found["cells"] > 1 else ""
    problem = Problem(
        f"{what} {short(found['text'])} in record {found['record']:,} does not fit{more}.",
        "amounts below 1,000,000,000,000 (1e12).",
        f"probably the decimal mark or the column ({column}) is wrong: see --decimal-mark and --map.",
        file=file,
    )
    return [Trouble(UnreadableInput, problem)]


def _untaxed(engine: Engine, raw: str, readings: Readings, file: str) -> list[Trouble]:
    base = readings.columns[readings.money.base[-1]]
    reading = {
        "record": Reading(("record",)),
        "gross": number_reading(base, readings.marks, text="read_amount", typed="amount_typed"),
        "tax": number_reading(readings.columns["tax"], readings.marks, text="read_amount", typed="amount_typed"),
    }
    engine.project("inspected_tax", raw, reading)
    found = engine.rows("sources/untaxed.sql")[0]
    if not found["untaxed"]:
        return []
    problem = Problem(
        f"{found['untaxed']:,} lines have money but no tax (first: record {found['record']:,}), {found['taxed']:,} have both: "
        "gross and net may be mixed.",
        "a tax in each line, 0 where there is none.",
        "fill the tax column, or choose --net, or --gross with --tax-rate and --map tax= (nothing behind the sign).",
        file=file,
    )
    return [Trouble(AmbiguousInput, problem)]

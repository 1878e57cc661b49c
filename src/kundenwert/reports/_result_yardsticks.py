"""The same customers by several yardsticks, whose place changes, and what it costs to serve them."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from kundenwert.records import RankChange, Yardstick
from kundenwert.reports._bars import Scale, scale
from kundenwert.reports._basis import customer, table_name
from kundenwert.reports._page import Cell, Column, Row, Section, Table
from kundenwert.reports._result_basis import ResultBasis, short_names

_MOVERS = 12


def sections(basis: ResultBasis, *, listed: int = _MOVERS) -> tuple[Section, ...]:
    """Yardsticks, rank changes and drivers, each where there is something to show."""
    movers = basis.result.movers[:listed]
    return (
        *((_yardsticks(basis),) if len(basis.result.yardsticks) > 1 else ()),
        *((_moved(basis, movers),) if movers else ()),
        *((_drivers(basis),) if basis.result.drivers else ()),
    )


# ---------- yardsticks ----------


def _yardsticks(basis: ResultBasis) -> Section:
    text, found = basis.language.text, basis.result.yardsticks
    lengths = scale([float(one.amount) for one in found])
    columns = (
        Column(text("Yardstick"), "text"),
        Column(basis.with_unit(text("Sum"))),
        Column(text("Bar"), "bars", wide=True),
        Column(text("Customers below zero")),
        Column(text("Same order as by revenue"), wide=True, term="agreement"),
        Column(text("Of the first fifth by revenue stay"), term="kept"),
    )
    rows = tuple(_yardstick(basis, one, lengths) for one in found)
    kept = found[-1].kept
    message = (
        text("{share} of the fifth with the most revenue is also the fifth with the most {step}", share=basis.language.percent(kept, 0),
             step=basis.last_name())
        if kept is not None
        else text("Customers by several yardsticks")
    )  # fmt: skip
    table = Table(text("Sums and places by yardstick"), columns, rows)
    return Section("yardsticks", message, text("Yardsticks side by side"), text("same customers, {period}", period=basis.period), (table,))


def _yardstick(basis: ResultBasis, one: Yardstick, lengths: Scale) -> Row:
    language = basis.language
    return Row(
        (
            Cell(basis.name(one.name)),
            Cell(basis.amount(one.amount)),
            Cell(marks=(lengths.axis(), lengths.bar("ac" if one.amount >= 0 else "neg", 0, float(one.amount)))),
            Cell(language.number(one.below_zero)),
            Cell(language.number(one.agreement, 2)),
            Cell(language.percent(one.kept, 0)),
        )
    )


# ---------- rank changes ----------


def _moved(basis: ResultBasis, movers: tuple[RankChange, ...]) -> Section:
    text, short, last = basis.language.text, short_names(basis.language), basis.last
    between = tuple(name for name in ("db1", "db2", "db3") if name != last and all(name in one.places for one in movers))
    columns = (
        Column(text("Customer"), "name"),
        Column(basis.with_unit(short["revenue"]), wide=True),
        Column(basis.with_unit(short[last])),
        Column(text("Place by revenue")),
        *(Column(text("by {step}", step=short[name]), wide=True) for name in between),
        Column(text("by {step}", step=short[last])),
        Column(text("Places won or lost"), term="place"),
    )
    rows = tuple(_mover(basis, one, between) for one in movers)
    down = sum(one.change < 0 for one in movers)
    message = (
        text("Revenue flatters: the customers who move most all fall back")
        if down == len(movers)
        else text("Revenue hides: the customers who move most all come forward")
        if not down
        else basis.language.plural(
            "Of the {all} customers who move most {n} falls back",
            "Of the {all} customers who move most {n} fall back",
            down,
            all=len(movers),
        )
    )
    unit = text("places by revenue and by {step}, {period}", step=basis.last_name(), period=basis.period)
    return Section("movers", message, text("Largest changes of place"), unit, (Table(text("Changes of place"), columns, rows),))


def _mover(basis: ResultBasis, one: RankChange, between: tuple[str, ...]) -> Row:
    language, last = basis.language, basis.last
    return Row(
        (
            customer(one.customer_id),
            Cell(basis.amount(one.amounts["revenue"])),
            Cell(basis.amount(one.amounts[last])),
            Cell(language.number(one.places["revenue"])),
            *(Cell(language.number(one.places[name])) for name in between),
            Cell(language.number(one.places[last])),
            Cell(language.number(one.change, sign=True), look="up" if one.change > 0 else "down" if one.change < 0 else ""),
        )
    )


# ---------- cost drivers ----------


def _drivers(basis: ResultBasis) -> Section:
    text, drivers = basis.language.text, basis.result.drivers
    amounts = [None if row["amount"] is None else Decimal(row["amount"]) for row in drivers]
    lengths = scale([float(amount or 0) for amount in amounts])
    whole = sum((amount for amount in amounts if amount is not None), Decimal(0))
    order = sorted(range(len(drivers)), key=lambda place: -(amounts[place] or Decimal(0)))
    rows = [_driver(basis, drivers[place], amounts[place], whole, lengths) for place in order]
    rows.append(Row((Cell(text("All")), Cell(), Cell(), Cell(), Cell(basis.amount(whole)), Cell(), Cell()), "sum"))
    columns = (
        Column(text("Cost driver"), "text", term="driver"),
        Column(text("Stage"), "text", wide=True),
        Column(text("Units")),
        Column(basis.with_unit(text("Cost rate")), wide=True),
        Column(basis.with_unit(text("Cost"))),
        Column(text("Bar"), "bars"),
        Column(text("Share"), wide=True),
    )
    most = drivers[order[0]]
    message = text(
        "{driver} costs most: {share} of the cost to serve",
        driver=_driver_name(basis, most),
        share=basis.share(amounts[order[0]] or 0, whole, digits=0),
    )
    unit = text("units × rate in {unit}, {period}", unit=basis.unit or text("amounts"), period=basis.period)
    note = text("Rate: cost by units, on average. Assumed: the rate is that of the preset, not of your own cost accounting.")
    marked = any(row["is_assumed"] for row in drivers)
    blocks = (Table(text("Cost to serve by driver"), columns, tuple(rows)),)
    return Section(
        "drivers", message, text("Cost to serve"), unit, blocks, note=note if marked else text("Rate: cost by units, on average.")
    )


def _driver_name(basis: ResultBasis, row: Mapping[str, Any]) -> str:
    """What activities are called in the data; the cost that other tables hold themselves by the name of the table."""
    if row["driver"]:
        return str(row["driver"])
    return basis.language.text("{table}: cost recorded there", table=table_name(row["source"], basis.language))


def _driver(basis: ResultBasis, row: Mapping[str, Any], amount: Decimal | None, whole: Decimal, lengths: Scale) -> Row:
    text, language, units = basis.language.text, basis.language, Decimal(row["units"] or 0)
    mark = text("no rate known: cost is missing") if amount is None else text("assumed") if row["is_assumed"] else ""
    return Row(
        (
            Cell(_driver_name(basis, row), below=mark),
            Cell(basis.name(row["stage"])),
            Cell(language.number(units)),
            Cell(language.number(amount / units, 2) if amount is not None and units else "–"),
            Cell(basis.amount(amount)),
            Cell(marks=(lengths.axis(), lengths.bar("part" if row["is_assumed"] else "ac", 0, float(amount or 0)))),
            Cell(basis.share(amount or 0, whole)),
        )
    )

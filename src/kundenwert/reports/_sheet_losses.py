"""The sheet of the customers who cost more than they bring: by how much, why, and what would have to change."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from kundenwert.records import LossMaker
from kundenwert.reports._sheet_book import Book, Grid, Link, Value, cells, cost_bars, headed, headings, loss_bars, wrapped_height
from kundenwert.reports._workbook import missing, printed

_HEAD_ROW = 5
_KINDS = ("text", "text", *("money",) * 6, "share", "text", *("money",) * 4, "text")
_WIDTHS = (14, 30, *(15,) * 5, 17, 11, 20, 14, 14, 16, 16, 66)
_LOSS, _EXCESS, _LEVER = 7, 12, 14


def losses(book: Book, drilled: Mapping[str, int]) -> None:
    """Fills the sheet. drilled: customer -> row of its records."""
    sheet, makers = book.sheets["losses"], _listed(book)
    grid = Grid()
    headed(grid, book, _message(book))
    for row, note in enumerate(_notes(book, len(makers)), 3):
        grid.put(row, 0, note, book.looks.quiet)
    for place, width in enumerate(_WIDTHS):
        sheet.set_column(place, place, width)
    if makers:
        headings(grid, book, _HEAD_ROW, _heads(book), _KINDS, height=48)
        names = _names(book, len(makers))
        for row, maker in enumerate(makers, _HEAD_ROW + 1):
            _row(grid, book, row, maker, names.get(maker.customer_id, ""), drilled)
    grid.write(sheet)
    if makers:
        _marks(book, _HEAD_ROW + len(makers))
    printed(sheet, book.told)


def _listed(book: Book) -> list[LossMaker]:
    """Losses of customers: the row that holds the money of erased persons is nobody to talk to."""
    apart = any(row.reason == "erased" for row in book.found.together)
    return [loss for loss in book.found.result.loss_makers if not (apart and loss.customer_id == "erased")]


def _marks(book: Book, last: int) -> None:
    """Bars of losses and of what is above the usual, each from zero; filter and headings that stay."""
    sheet, first = book.sheets["losses"], _HEAD_ROW + 1
    sheet.conditional_format(first, _LOSS, last, _LOSS, loss_bars(float(_listed(book)[0].db4)))
    sheet.conditional_format(first, _EXCESS, last, _EXCESS, cost_bars())
    sheet.autofilter(_HEAD_ROW, 0, last, len(_KINDS) - 1)
    sheet.freeze_panes(first, 2)
    sheet.ignore_errors({"number_stored_as_text": f"A{first + 1}:B{last + 1}"})
    sheet.repeat_rows(_HEAD_ROW)


def _message(book: Book) -> str:
    words, result = book.words, book.found.result
    if not book.served:
        return words.text("Nothing is known of cost to serve: without contribution IV no losses can be told")
    below, lost = sum(row[1] for row in result.losses), sum((row[2] for row in result.losses), Decimal(0))
    if not below:
        return words.text("No customer has a negative contribution IV")
    return words.plural(
        "{n} customer costs more than it brings: {loss}",
        "{n} customers cost more than they bring, together {loss}",
        below,
        loss=words.money(lost, result.currency, 0),
    )


def _notes(book: Book, count: int) -> list[str]:
    words, below = book.words, sum(row[1] for row in book.found.result.losses)
    if not count:
        return []
    usual = words.text(
        "Usual is what comparable customers cost for the same sales at list price. A lever is reckoned as if the customer bought as before."
    )
    if count == below:
        return [usual]
    shown = words.text(
        "{shown} of {below} are listed: who objected stands in no list. The sheet {name} holds everybody else with the cause.",
        shown=count,
        below=below,
        name=book.sheets["customers"].name,
    )
    return [usual, shown]


def _heads(book: Book) -> tuple[str, ...]:
    text, name, unit = book.words.text, book.basis.name, book.basis.with_unit
    return (
        text("Customer"), text("Name"), unit(name("gross")), unit(name("net")), unit(name("db1")), unit(name("db2")), unit(name("db3")),
        unit(name("db4")), text("% of net revenue"), text("Cause"), unit(text("Cost of the cause")), unit(text("usual")),
        unit(text("above the usual")), unit(text("avoidable, all causes")), text("What would have to change"),
    )  # fmt: skip


def _row(grid: Grid, book: Book, row: int, maker: LossMaker, name: str, drilled: Mapping[str, int]) -> None:
    look = cells(book, _KINDS)
    look[_LEVER] = book.looks.beside_wrapped
    identity: Value = maker.customer_id
    if maker.customer_id in drilled:
        identity, look[0] = Link(book.sheets["records"].name, f"A{drilled[maker.customer_id] + 1}", maker.customer_id), book.looks.link
    first, known = maker.causes[0], maker.cause != "none"
    money = [float(amount) for amount in (maker.gross, maker.net, maker.db1, maker.db2, maker.db3, maker.db4)]
    share = float(maker.db4 / maker.net) if maker.net > 0 else None
    why = [float(amount) if known else None for amount in (first.cost, first.usual, first.excess)]
    lever = book.words.notice(maker.lever)
    values = (identity, name, *money, share, book.cause(maker.cause), *why, float(maker.avoidable), lever)
    grid.row(row, height=wrapped_height((lever, _WIDTHS[_LEVER])))
    grid.line(row, values, look)


def _names(book: Book, count: int) -> dict[str, str]:
    """Names of the customers at the end of the table, where the losses are."""
    found = book.found.columns
    ids, names = found["customer_id"][-count:], found["name"][-count:]
    known = ~missing(names)
    return {str(one): str(name) for one, name, is_known in zip(ids.tolist(), names.tolist(), known.tolist(), strict=True) if is_known}

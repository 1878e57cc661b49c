"""The second section: what came in, what was left out, and that both add up to the files."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from kundenwert.records import ClassTotal, FlagTotal
from kundenwert.reports._bars import Scale, scale, steps
from kundenwert.reports._basis import Basis
from kundenwert.reports._page import Block, Cell, Column, Fold, Row, Section, Table, Text

BOOKED = ("kept", "return", "cancellation")
LEFT_OUT = ("without_customer", "after_as_of", "rejected", "unreadable")
_FILES_SHOWN = 40
_HASH_SHOWN = 12
_LETTERS = re.compile(r"documents?[ _](.+)")


def sections(basis: Basis) -> tuple[Section, ...]:
    """The classes, and beside them what is marked or can be looked up."""
    return (_bridge(basis), _details(basis))


def _bridge(basis: Basis) -> Section:
    text = basis.language.text
    unit = (
        text("lines and amount in {unit} by class of line", unit=basis.unit)
        if basis.unit and _has_money(basis)
        else text("by class of line")
    )
    files = basis.language.plural("{n} file", "{n} files", len(basis.figures.files))
    return Section(
        "lines",
        _message(basis),
        text("What came in"),
        f"{unit}, {files}",
        (_classes(basis), *_months(basis), _files(basis)),
        note=_note(basis),
        columns=8,
    )


def _details(basis: Basis) -> Section:
    text = basis.language.text
    marked = [flag for flag in basis.figures.reconciliation.flags if flag.lines]
    message = text("Some booked lines are worth a look") if marked else text("No booked line is marked as unusual")
    blocks = (*_flags(basis), *_views(basis))
    note = text("Marks may overlap and do not add up. Marked lines are part of the classes beside.") if marked else ""
    return Section("marks", message, text("Marked lines"), text("by mark"), blocks, note=note, columns=4)


def _has_money(basis: Basis) -> bool:
    """A log without amounts has only lines to tell of."""
    data = basis.figures.reconciliation
    return basis.in_money or bool(data.amount) or any(each.amount for each in data.classes)


def _message(basis: Basis) -> str:
    text, data = basis.language.text, basis.figures.reconciliation
    if data.difference:
        return text(
            "The classes miss the files by {amount}: do not use these figures",
            amount=basis.language.money(data.difference, basis.figures.currency),
        )
    left = sum(each.lines for each in data.classes if each.line_class not in BOOKED)
    if not left:
        return basis.language.plural("The {n} line is booked to a customer", "All {n} lines are booked to customers", data.lines)
    return text(
        "{booked} of {all} lines are booked to customers, {left} were left out", booked=data.lines - left, all=data.lines, left=left
    )


def _note(basis: Basis) -> str:
    text, data = basis.language.text, basis.figures.reconciliation
    if data.difference:
        return text("A difference is a fault of the program or of the files. Please report it.")
    shown = basis.language.money(data.difference, basis.figures.currency) if _has_money(basis) else "0"
    return text("Every line stands in exactly one class. Difference to the files: {difference}.", difference=shown)


# ---------- the classes ----------


def _classes(basis: Basis) -> Table:
    totals = {each.line_class: each for each in basis.figures.reconciliation.classes}
    others = tuple(name for name in totals if name not in BOOKED + LEFT_OUT)
    order = BOOKED + LEFT_OUT + others
    parts = [totals.get(name) or ClassTotal(name, 0, Decimal(0)) for name in order]
    spans = steps([float(part.amount) for part in parts])
    lengths = scale([end for _, end in spans])
    rows = [_class_row(basis, part, span, lengths) for part, span in zip(parts, spans, strict=True)]
    booked = _sum_row(basis, basis.language.text("Booked to customers"), parts[: len(BOOKED)], lengths)
    all_lines = _sum_row(basis, basis.language.text("All classes"), parts, lengths)
    check = _check_rows(basis)
    return Table(
        basis.language.text("Lines by class"), _columns(basis), (*rows[: len(BOOKED)], booked, *rows[len(BOOKED) :], all_lines, *check)
    )


def _columns(basis: Basis) -> tuple[Column, ...]:
    text = basis.language.text
    money = (Column(basis.with_unit(text("Amount"))), Column(text("Bar"), "bars", wide=True)) if _has_money(basis) else ()
    return (Column(text("Class of line"), "text"), Column(text("Lines")), Column(text("Share"), wide=True), *money)


def _class_row(basis: Basis, part: ClassTotal, span: tuple[float, float], lengths: Scale) -> Row:
    names = {
        "kept": (basis.language.text("Sales"), basis.language.text("of known customers")),
        "return": (basis.language.text("Returns"), basis.language.text("goods that came back")),
        "cancellation": (basis.language.text("Cancellations"), basis.language.text("take back an earlier sale")),
        "without_customer": (basis.language.text("Without customer"), basis.language.text("no customer number: nobody to book them to")),
        "after_as_of": (basis.language.text("After the as-of day"), basis.language.text("not known on that day")),
        "rejected": (basis.language.text("Rejected"), basis.language.text("a rule was broken; kept with its reason in rejects.parquet")),
        "unreadable": (basis.language.text("Unreadable"), basis.language.text("could not be split into columns")),
    }
    name, words = names.get(part.line_class, (part.line_class, ""))
    look = "ac" if part.line_class in BOOKED else "out"
    return _line_row(basis, Cell(name, below=words), part.lines, part.amount, (lengths.axis(), lengths.bar(look, *span)))


def _line_row(basis: Basis, label: Cell, lines: int, amount: Decimal, marks: tuple[object, ...], look: str = "") -> Row:
    whole = basis.figures.reconciliation.lines
    money = (Cell(basis.amount(amount, 2)), Cell(marks=marks)) if _has_money(basis) else ()  # type: ignore[arg-type]
    return Row((label, Cell(basis.amount(lines)), Cell(basis.language.percent(lines / whole) if lines and whole else ""), *money), look)


def _sum_row(basis: Basis, label: str, parts: Sequence[ClassTotal], lengths: Scale) -> Row:
    amount = sum((part.amount for part in parts), Decimal(0))
    marks = (lengths.axis(), lengths.bar("ac", 0, float(amount)))
    return _line_row(basis, Cell(label), sum(part.lines for part in parts), amount, marks, "sum")


def _check_rows(basis: Basis) -> tuple[Row, ...]:
    text, data = basis.language.text, basis.figures.reconciliation
    gap = data.lines - sum(part.lines for part in data.classes)
    files = _line_row(basis, Cell(text("In the files")), data.lines, data.amount, ())
    look = "bad" if data.difference or gap else ""
    money = (Cell(basis.amount(data.difference, 2), look=look), Cell()) if _has_money(basis) else ()
    return files, Row((Cell(text("Difference")), Cell(basis.amount(gap), look=look), Cell(), *money), "sum")


# ---------- flags and views ----------


def _flags(basis: Basis) -> tuple[Block, ...]:
    text, flags = basis.language.text, basis.figures.reconciliation.flags
    if not any(flag.lines for flag in flags):
        return ()
    names = {
        "free": (text("Free of charge"), text("amount 0, counts as a purchase")),
        "non_product": (text("Not a product"), text("postage, fees, discounts: money of the customer, never a purchase")),
        "duplicate": (text("Identical lines"), text("the same line again in one file; kept, tills repeat")),
        "unmatched_cancellation": (text("Cancellation without sale"), text("no earlier sale found; taken off on its own day")),
        "negative_price": (text("Price below zero"), text("booked as it stands")),
    }
    table = _flag_table(
        basis,
        text("Booked lines that are marked"),
        text("Mark"),
        [(*names.get(flag.flag, (flag.flag, "")), flag) for flag in flags if flag.lines],
    )
    return (table,)


def _views(basis: Basis) -> tuple[Block, ...]:
    text = basis.language.text
    # Without amounts no line is above zero.
    views = [view for view in basis.figures.reconciliation.views if _has_money(basis) or "positive" not in view.flag]
    if not views:
        return ()
    table = _flag_table(
        basis, text("Second view of the same lines"), text("View"), [(_view_name(basis, view.flag), "", view) for view in views]
    )
    return (
        Fold(
            text("Second view: positive lines and documents by their first letter"),
            (table, Text(text("These groups overlap each other and the classes of lines."), "note")),
        ),
    )


def _view_name(basis: Basis, name: str) -> str:
    if "positive" in name:
        return basis.language.text("Lines with an amount above zero")
    letters = _LETTERS.fullmatch(name)
    return basis.language.text("Documents that begin with {letter}", letter=letters[1]) if letters else name


def _flag_table(basis: Basis, caption: str, heading: str, rows: Sequence[tuple[str, str, FlagTotal]]) -> Table:
    text, money = basis.language.text, _has_money(basis)
    columns = (Column(heading, "text"), Column(text("Lines")), *((Column(basis.with_unit(text("Amount"))),) if money else ()))
    body = (
        Row((Cell(name, below=words), Cell(basis.amount(flag.lines)), *((Cell(basis.amount(flag.amount, 2)),) if money else ())))
        for name, words, flag in rows
    )
    return Table(caption, columns, tuple(body))


# ---------- months and files ----------


def _months(basis: Basis) -> tuple[Block, ...]:
    text, parts = basis.language.text, basis.figures.reconciliation.months
    if not parts:
        return ()
    several = len({part.currency for part in parts}) > 1
    places = sorted({(part.month or "9999", part.currency) for part in parts})
    rows = tuple(
        _month_row(basis, place, [part for part in parts if (part.month or "9999", part.currency) == place], several=several)
        for place in places
    )
    total = () if several else (_month_row(basis, None, list(parts), several=several),)
    name = (Column(text("Month"), "name"), *((Column(text("Currency"), "text"),) if several else ()))
    money = tuple(Column(heading) for heading in (text("booked"), text("left out"), text("together"))) if _has_money(basis) else ()
    columns = (*name, Column(text("Lines booked")), Column(text("Lines left out")), *money)
    caption = text("Lines and amounts by month and currency") if _has_money(basis) else text("Lines by month")
    return (Fold(text("Reconciliation by month"), (Table(caption, columns, (*rows, *total), scrolls=True, visible_caption=True),)),)


def _month_row(basis: Basis, place: tuple[str, str] | None, parts: Sequence[ClassTotal], *, several: bool) -> Row:
    booked, left = [part for part in parts if part.line_class in BOOKED], [part for part in parts if part.line_class not in BOOKED]
    month = basis.language.month(place[0]) if place else basis.language.text("All months")
    amounts = (_amount(booked), _amount(left), _amount(parts)) if _has_money(basis) else ()
    lines = (sum(part.lines for part in booked), sum(part.lines for part in left))
    currency = (Cell(place[1] if place else ""),) if several else ()
    cells = (
        Cell(month),
        *currency,
        *(Cell(basis.amount(count)) for count in lines),
        *(Cell(basis.amount(amount, 2)) for amount in amounts),
    )
    return Row(cells, "" if place else "sum")


def _amount(parts: Sequence[ClassTotal]) -> Decimal:
    return sum((part.amount for part in parts), Decimal(0))


def _files(basis: Basis) -> Fold:
    text, language, files = basis.language.text, basis.language, basis.figures.files
    columns = (Column(text("File"), "name"), Column(text("Size, KB")), Column(text("Lines")), Column(text("Check sum (SHA-256)"), "text"))
    rows = tuple(
        Row(
            (
                Cell(file.name, name=True),
                Cell(language.number(file.size / 1000, 1)),
                Cell(language.number(file.lines)),
                Cell(file.sha256[:_HASH_SHOWN], full=file.sha256),
            )
        )
        for file in files[:_FILES_SHOWN]
    )
    table = Table(text("Files that were read"), columns, rows, scrolls=True, visible_caption=True)
    rest = len(files) - _FILES_SHOWN
    unlisted = (Text(text("{n} more files stand in manifest.json.", n=rest), "note"),) if rest > 0 else ()
    return Fold(text("Files that were read"), (table, *unlisted))

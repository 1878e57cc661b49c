"""How good the data are: the grade with its reasons, what each table holds, and what missing pieces would add."""

from __future__ import annotations

from dataclasses import replace

from kundenwert.records import Readiness, TableReadiness
from kundenwert.reports._basis import Basis, Spoken, table_name, told
from kundenwert.reports._page import Block, Cell, Column, Facts, Fold, Points, Row, Section, Table
from kundenwert.reports.language import HARD_SPACE

# A role that so many lines have is not missing.
_ALL = 0.995
_HALF = 0.5


def section(basis: Basis) -> tuple[Section, ...]:
    """One section; nothing where the data were not graded."""
    found, text = basis.figures.readiness, basis.language.text
    if found is None:
        return ()
    blocks = (_facts(basis, found), *_reasons(basis, found), *_tables(basis, found), *_missing(basis, found), *_cells(basis, found))
    return (Section("readiness", message(basis, found), text("How good the data are"), text("grade from A to E"), blocks),)


def grade(basis: Basis) -> tuple[tuple[str, str], ...]:
    """The grade as part of the basis on top of the page: it stands before any value."""
    found, text = basis.figures.readiness, basis.language.text
    return () if found is None else ((text("Data"), text("grade {grade} (A to E)", grade=found.grade)),)


def message(basis: Spoken, found: Readiness) -> str:
    """The grade as a sentence."""
    if not found.reasons:
        return basis.language.text("The data bear the values: grade {grade}", grade=found.grade)
    return basis.language.plural(
        "The data are of grade {grade}: {n} finding stands against a better one",
        "The data are of grade {grade}: {n} findings stand against a better one",
        len(found.reasons),
        grade=found.grade,
    )


def _facts(basis: Spoken, found: Readiness) -> Facts:
    text, language = basis.language.text, basis.language
    span = text("{first} to {last}", first=found.first, last=found.last) if found.first and found.last else ""
    given = [table for table in found.tables if table.state != "missing"]
    of_all = text("of {n} the program knows", n=len(found.tables))
    return Facts(
        (
            (text("Days covered"), language.number(found.days), span),
            (text("Customers with a purchase"), language.number(found.customers), text("{n} bought again", n=found.returning)),
            (text("Repeat purchases"), language.number(found.repeat_purchases), ""),
            (text("Lines with cost"), language.percent(found.pieces["cost"][0], 0) if "cost" in found.pieces else "", ""),
            (text("Further tables"), language.number(len(given)), of_all),
        )
    )


def _reasons(basis: Spoken, found: Readiness) -> tuple[Block, ...]:
    if not found.reasons:
        return ()
    text = basis.language.text
    return (Points(tuple(text("At most {grade}:", grade=reason.grade) + " " + told(basis, reason.notice) for reason in found.reasons)),)


def _tables(basis: Spoken, found: Readiness) -> tuple[Block, ...]:
    """What the given tables hold, those that hold too little last."""
    given = sorted((table for table in found.tables if table.state != "missing"), key=lambda table: table.state == "thin")
    if not given:
        return ()
    text = basis.language.text
    columns = (
        Column(text("Table"), "text"),
        Column(text("Records")),
        Column(text("Days covered"), wide=True),
        Column(text("Cells filled")),
        Column(text("Customers unknown")),
        Column(text("What it adds"), "text", wide=True),
    )
    rows = tuple(_table_row(basis, table) for table in given)
    return (Table(text("What the tables hold"), columns, rows, visible_caption=True),)


def _table_row(basis: Spoken, table: TableReadiness) -> Row:
    language = basis.language
    # Columns that the export does not have at all are no empty cells.
    shares = [share for share in table.filled.values() if share]
    return Row(
        (
            Cell(table_name(table.table, language), below=" ".join(told(basis, notice) for notice in table.short)),
            Cell(language.number(table.records)),
            Cell("–" if table.days is None else language.number(table.days)),
            Cell(language.percent(sum(shares) / len(shares), 0) if shares else "–"),
            Cell("–" if table.unknown is None else language.percent(table.unknown)),
            Cell(language.text(table.adds)),
        )
    )


def _missing(basis: Spoken, found: Readiness) -> tuple[Block, ...]:
    """Pieces of the lines that some of them lack, then tables that were not given, and what each would add."""
    text, language = basis.language.text, basis.language
    roles = _roles(basis)
    rows = [
        Row((Cell(roles.get(role, role), below=text("{share} of the lines", share=language.percent(share, 0))), Cell(text(adds))))
        for role, (share, adds) in found.pieces.items()
        if share < _ALL
    ]
    tables = [table for table in found.tables if table.state == "missing"]
    rows += [Row((Cell(table_name(table.table, language), below=text("no table")), Cell(text(table.adds)))) for table in tables]
    if not rows:
        return ()
    caption = language.plural("What {n} missing piece would add", "What {n} missing pieces would add", len(rows))
    columns = (Column(text("Piece"), "text"), Column(text("What it adds"), "text"))
    return (Fold(caption, (Table(caption, columns, tuple(rows)),)),)


def page_sections(basis: Spoken, found: Readiness) -> tuple[Section, ...]:
    """The same over a page of its own, with nothing folded: paper cannot be opened."""
    text = basis.language.text
    missing = _missing(basis, found)
    summary = next((block.summary for block in missing if isinstance(block, Fold)), "")
    parts = (
        (
            "tables",
            _tables_message(basis, found),
            text("What the tables hold"),
            text("records, days and filled cells"),
            _tables(basis, found),
        ),
        ("missing", summary, text("What is missing, and what it would add"), text("pieces of the sales lines, further tables"), missing),
        (
            "cells",
            _cells_message(basis, found),
            text("Filled cells by column"),
            text("share of the records, by the names of kundenwert.toml"),
            _cells(basis, found),
        ),
    )
    subject, unit = text("How good the data are"), text("grade from A to E")
    first = Section("readiness", _reasons_message(basis, found), subject, unit, (_facts(basis, found), *_reasons(basis, found)))
    return (first, *(Section(key, message, what, how, _unfolded(blocks)) for key, message, what, how, blocks in parts if blocks))


def _tables_message(basis: Spoken, found: Readiness) -> str:
    given = [table for table in found.tables if table.state != "missing"]
    thin = sum(table.state == "thin" for table in given)
    if not thin:
        return basis.language.plural("The further table holds enough", "All {n} further tables hold enough", len(given))
    return basis.language.plural(
        "{n} of {all} further tables holds too little", "{n} of {all} further tables hold too little", thin, all=len(given)
    )


def _cells_message(basis: Spoken, found: Readiness) -> str:
    shares = [share for table in found.tables if table.state != "missing" for share in table.filled.values() if share]
    bare = sum(share < _HALF for share in shares)
    if not bare:
        return basis.language.text("Every column is filled in at least half of the records")
    return basis.language.plural(
        "{n} of {all} columns is filled in less than half of the records",
        "{n} of {all} columns are filled in less than half of the records",
        bare,
        all=len(shares),
    )


def _reasons_message(basis: Spoken, found: Readiness) -> str:
    if not found.reasons:
        return basis.language.text("Nothing stands against the grade")
    return basis.language.plural("{n} finding to mend first", "{n} findings to mend first, the gravest on top", len(found.reasons))


def _unfolded(blocks: tuple[Block, ...]) -> tuple[Block, ...]:
    """Everything open; a heading of the section says what a caption would repeat."""
    opened = (inner for block in blocks for inner in (block.blocks if isinstance(block, Fold) else (block,)))
    return tuple(replace(block, visible_caption=False) if isinstance(block, Table) else block for block in opened)


def _roles(basis: Spoken) -> dict[str, str]:
    """The pieces of sales lines as people call them."""
    text = basis.language.text
    return {
        "amount": text("Amount"),
        "cost": text("Cost of the goods"),
        "document_id": text("Number of the invoice"),
        "product_id": text("Number of the product"),
        "product_group": text("Group of products"),
        "quantity": text("Quantity"),
        "list_amount": text("List price or discount"),
        "promotion": text("Mark of promotion"),
    }


def _cells(basis: Spoken, found: Readiness) -> tuple[Block, ...]:
    """The share of filled cells, column by column, under the names of the project file."""
    text, language = basis.language.text, basis.language
    given = [table for table in found.tables if table.state != "missing"]
    if not given:
        return ()
    columns = (Column(text("Table"), "text"), Column(text("Share of filled cells, by the names of kundenwert.toml"), "text"))
    rows = tuple(
        Row(
            (
                Cell(table_name(table.table, language)),
                Cell(", ".join(f"{role}{HARD_SPACE}{language.percent(share, 0)}" for role, share in table.filled.items() if share)),
            )
        )
        for table in given
    )
    return (Fold(text("Filled cells by column"), (Table(text("Filled cells by column"), columns, rows),)),)

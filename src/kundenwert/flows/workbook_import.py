"""Ratings typed into the workbook of portfolio and points, taken over into the register: all of them, or none if anything is wrong."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_EVEN, Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

from kundenwert.engines import open_engine
from kundenwert.errors import DataError, Problem, UnreadableInput
from kundenwert.flows.blocking import criterion_problem
from kundenwert.flows.portfolio_workbook import BARRED, criteria_of, open_customers, ratable
from kundenwert.flows.pseudonyms import without_number
from kundenwert.records import Criterion
from kundenwert.records.portfolio_workbook import RatedInWorkbook
from kundenwert.register.book import Decision, Register
from kundenwert.register.criteria import HIGHEST, LOWEST
from kundenwert.reports.language import LANGUAGES, Language
from kundenwert.runs import store

if TYPE_CHECKING:
    from kundenwert.engines._engine import Engine

# Headings stand within so many rows from the top: a few lines may be put above them.
_LOOKED_AT = 40
_EXACT = Decimal("0.000001")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)?(?:[eE][+-]?\d+)?")
_LEAST_SAME = 1e-6
# Formats of percent that every workbook knows by number.
_PERCENT = frozenset({9, 10})
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_LINK = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


@dataclass(frozen=True)
class _Sheet:
    """The sheet of points as it came. first: rows down to the headings. cells: an arrow table of texts, all rows of the sheet.

    customer: the column of the numbers; points, reasons: stored name of a criterion -> its column; weights: the cells above the points.
    heads: all headings.
    """

    title: str
    run: str
    first: int
    customer: int
    points: Mapping[str, int]
    reasons: Mapping[str, int]
    cells: Any
    weights: Mapping[str, str | None]
    heads: Sequence[str]


@dataclass(frozen=True)
class _Typed:
    """A cell that says something new, with what the run knows of it."""

    row: Mapping[str, Any]
    criterion: Criterion
    cell: str


def rate_from(folder: Path, path: Path, *, by: str, clock: datetime) -> RatedInWorkbook:
    """Takes the ratings typed into a workbook over into the register, in one step.

    What the cells say is compared with the run the workbook was written from; a rating that `by` has given before stands and is not written
    again. Raises UnreadableInput for another workbook, DataError with every problem, sheet and cell named; then nothing is written.
    """
    sheet = _read(folder, path)
    source = store.read(folder, sheet.run)
    criteria = {one.name: one for one in criteria_of(source)}
    problems: list[Problem] = [] if by.strip() else [Problem("It is not said who decides.", "a name.", "add it with --by.")]
    with open_engine() as engine:
        open_customers(engine, folder, source)
        problems += _twice(sheet, path.name)
        problems += _other_columns(sheet, path.name)
        typed = [cell for name in sheet.points for cell in _typed(engine, sheet, criteria[name])]
        percent = _percent_cells(path, sheet.title, [one.cell for one in typed if 0 < (_number(one.row["typed"]) or 0) <= 1])
        problems += _unknown_rows(engine, typed, sheet, path.name)
        for one in typed:
            problems += _problems(one, sheet, path.name, is_percent=one.cell in percent)
    if problems:
        raise DataError(*problems)
    decisions = [_decision(folder, one) for one in typed]
    new = _unknown_yet(folder, decisions, by)
    if new:
        Register(folder).record(new, at=clock, by=by.strip())
    return RatedInWorkbook(source.name, sheet.title, len(new), len(decisions) - len(new), _changed_weights(sheet, criteria))


def _decision(folder: Path, one: _Typed) -> Decision:
    row = one.row
    number = _number(row["typed"])
    points = row["before"] if number is None or _is_same(number, row["before"]) else number
    exact = Decimal(str(points)).quantize(_EXACT, ROUND_HALF_EVEN).normalize()
    reason = without_number(folder, row["customer_id"], row["reason"])
    content = {"customer_id": row["customer_id"], "criterion": one.criterion.name, "points": f"{exact:f}", "reason": reason}
    return Decision("rate", "ratings", content, subject=row["customer_id"])


def _unknown_yet(folder: Path, decisions: Sequence[Decision], by: str) -> list[Decision]:
    """Those that do not stand in the register as the newest word of this person: a workbook that is read twice is written once."""
    register = Register(folder)
    last: dict[tuple[str, str], dict[str, Any]] = {}
    for row in register.rows("ratings") if decisions and register.exists else ():
        if row.by.casefold() == by.strip().casefold():
            last[row.content["customer_id"], row.content["criterion"]] = row.content
    return [one for one in decisions if last.get((one.content["customer_id"], one.content["criterion"])) != one.content]


# ---------- the file ----------


def _read(folder: Path, path: Path) -> _Sheet:
    """The sheet of points, and the run whose name stands in the workbook."""
    reader = _open(path)
    sheets = {title: _arrow(reader, title) for title in reader.sheet_names}
    tops = {title: [column.slice(0, _LOOKED_AT).to_pylist() for column in table.columns] for title, table in sheets.items()}
    above = " ".join(cell for columns in tops.values() for column in columns for cell in column if cell)
    run = next((name for name in reversed(store.names(folder)) if name in above), None)
    if run is None:
        came = "The workbook does not say of which run it is, or this project has no such run."
        expected = "the line below the title as `kundenwert report portfolio` wrote it, with a run of this project."
        raise UnreadableInput(Problem(came, expected, "write a new workbook, and rate in it.", file=path.name))
    criteria = criteria_of(store.read(folder, run))
    found = [sheet for title, columns in tops.items() if (sheet := _headed(title, run, columns, sheets[title], criteria))]
    if len(found) != 1:
        came = "No sheet has customers and criteria." if not found else f"{len(found)} sheets have customers and criteria."
        expected = "one sheet of points with the headings that `kundenwert report portfolio` wrote."
        raise UnreadableInput(Problem(came, expected, "put the headings back, or write a new workbook.", file=path.name))
    return found[0]


def _open(path: Path) -> Any:
    import fastexcel

    if path.suffix.lower() != ".xlsx" or not path.is_file():
        came = f"{path.name} is no .xlsx file." if path.is_file() else "There is no such file."
        raise UnreadableInput(Problem(came, "a workbook with the ending .xlsx.", "save it as .xlsx, and name it.", file=path.name))
    try:
        return fastexcel.read_excel(path.read_bytes())
    except (fastexcel.FastExcelError, OSError) as err:
        remedy = "save it again in Excel as .xlsx, without a password."
        raise UnreadableInput(Problem("The workbook cannot be read.", "a whole workbook.", remedy, file=path.name)) from err


def _arrow(reader: Any, title: str) -> Any:
    """All cells of a sheet as texts; without headings, so that row and cell are those people see."""
    import pyarrow

    return pyarrow.Table.from_batches([reader.load_sheet(title, header_row=None, skip_rows=0, dtypes="string").to_arrow()])


def _headed(title: str, run: str, top: Sequence[Sequence[str | None]], cells: Any, criteria: Sequence[Criterion]) -> _Sheet | None:
    """The sheet with its headings found; None where no row names the customer and a criterion."""
    customers = {Language(code).text("Customer") for code in LANGUAGES}
    for head in range(len(top[0]) if top else 0):
        heads = [(column[head] or "").strip() for column in top]
        points = {one.name: place for one in criteria for place, name in enumerate(heads) if one.is_called(name)}
        customer = next((place for place, name in enumerate(heads) if name in customers), None)
        if customer is not None and points:
            reasons = {one.name: place for one in criteria for place, name in enumerate(heads) if name in _reason_heads(one)}
            weights = {name: top[place][head - 1] if head else None for name, place in points.items()}
            return _Sheet(title, run, head + 1, customer, points, reasons, cells, weights, heads)
    return None


def _reason_heads(one: Criterion) -> set[str]:
    return {Language(code).text("Reason: {criterion}", criterion=name) for code in LANGUAGES for name in one.names}


def _typed(engine: Engine, sheet: _Sheet, criterion: Criterion) -> list[_Typed]:
    """The cells of a criterion that say other than the run, or give a reason."""
    import pyarrow

    rows = sheet.cells.num_rows - sheet.first
    if rows <= 0:
        return []
    empty = pyarrow.nulls(rows, pyarrow.string())
    place, reason = sheet.points[criterion.name], sheet.reasons.get(criterion.name)
    columns = {
        "sheet_row": pyarrow.array(range(sheet.first + 1, sheet.first + 1 + rows), pyarrow.int64()),
        "customer_id": sheet.cells.column(sheet.customer).slice(sheet.first),
        "points": sheet.cells.column(place).slice(sheet.first),
        "reason": empty if reason is None else sheet.cells.column(reason).slice(sheet.first),
    }
    engine.open_frame("typed_cells", pyarrow.table(columns))
    found = engine.rows("value/portfolio_workbook/typed.sql", criterion=criterion.name, barred=BARRED)
    engine.drop("typed_cells")
    return [_Typed(row, criterion, f"{_letters(place)}{row['sheet_row']}") for row in found]


def _letters(place: int) -> str:
    """The letters of a column, counted from 0.

    >>> _letters(0), _letters(26)
    ('A', 'AA')
    """
    found = ""
    while place >= 0:
        found, place = chr(ord("A") + place % 26) + found, place // 26 - 1
    return found


def _changed_weights(sheet: _Sheet, criteria: Mapping[str, Criterion]) -> tuple[str, ...]:
    """Criteria whose weight was tried out in the workbook: it stays there."""
    total = sum((one.weight for one in criteria.values()), Decimal(0))
    changed = []
    for name, text in sheet.weights.items():
        number = _number(text or "")
        share = float(criteria[name].weight / total) if total else 0.0
        if number is not None and abs(number - share) > _LEAST_SAME:
            changed.append(name)
    return tuple(changed)


# ---------- what is wrong ----------


def _twice(sheet: _Sheet, file: str) -> Iterator[Problem]:
    """A customer in two rows: nobody could tell which of them counts."""
    seen: dict[str, int] = {}
    for row, cell in enumerate(sheet.cells.column(sheet.customer).slice(sheet.first).to_pylist(), sheet.first + 1):
        customer = (cell or "").strip()
        if customer and seen.setdefault(customer, row) != row:
            came = f"Sheet {sheet.title}, rows {seen[customer]} and {row}: both are customer {customer!r}."
            yield Problem(came, "one row a customer.", "delete one of them.", file=file)


def _other_columns(sheet: _Sheet, file: str) -> Iterator[Problem]:
    """Columns among those of points and reasons that nobody would read, and such as nobody may be valued by."""
    known = {*sheet.points.values(), *sheet.reasons.values()}
    first, last = min(known), max(known)
    for place, name in enumerate(sheet.heads):
        if place in known or not name or not first <= place <= last + 1:
            continue
        if not any(cell and cell.strip() for cell in sheet.cells.column(place).slice(sheet.first).to_pylist()):
            continue
        where = f"Sheet {sheet.title}, column {_letters(place)}: "
        if barred := criterion_problem(name):
            yield Problem(f"{where}{barred.came}", barred.expected, "delete the column.", file=file)
        else:
            came = f"{where}{name!r} is no criterion of run {sheet.run}, nor the reason of one."
            remedy = "put the heading back, or move the column to the right end; criteria of your own belong under [criteria.own]."
            yield Problem(came, "the headings as they were written.", remedy, file=file)


def _unknown_rows(engine: Engine, typed: Sequence[_Typed], sheet: _Sheet, file: str) -> Iterator[Problem]:
    """Customers that the run does not know, once for each row."""
    for row, customer in sorted({(one.row["sheet_row"], one.row["customer_id"]) for one in typed if not one.row["is_known"]}):
        near = [found["customer_id"] for found in engine.rows("value/near_ids.sql", customer=customer)] if customer else []
        hint = f" Near ones: {', '.join(near)}." if near else ""
        came = f"Sheet {sheet.title}, row {row}: run {sheet.run} has no customer {customer!r}.{hint}"
        yield Problem(came, "a customer of that run.", "correct the number, or delete the row.", file=file)


def _problems(one: _Typed, sheet: _Sheet, file: str, *, is_percent: bool) -> Iterator[Problem]:
    """Everything that is wrong with a cell and its reason."""
    row, name = one.row, one.criterion.name
    where = f"Sheet {sheet.title}, cell {one.cell} ({row['customer_id']}, {name}): "
    if not row["is_known"]:
        return
    if row["has_objected"]:
        yield Problem(f"{where}the customer has objected to being valued.", "no rating.", "delete the row.", file=file)
        return
    if barred := criterion_problem(name):
        yield Problem(f"{where}{barred.came}", barred.expected, barred.remedy, file=file)
    if row["is_barred"] or (one.criterion.companies_only and row["kind"] == "b2c"):
        came = f"{where}this is a private person; {name} is judged between companies only."
        yield Problem(came, "an empty cell.", "empty it, and its reason.", file=file)
    elif row["provenance"] == "data" and not _counts(one):
        came = f"{where}the points are reckoned from data; a rating would not count."
        yield Problem(
            came, f"{row['before']:.10g} as it was, and no reason.", "put it back, and correct the data if they are wrong.", file=file
        )
    yield from _wrong_points(row, where, file, is_percent=is_percent)
    if not row["reason"]:
        reason = sheet.reasons.get(name)
        place = f"cell {_letters(reason)}{row['sheet_row']}" if reason is not None else f"a column headed 'Reason: {name}'"
        yield Problem(f"{where}the reason is missing.", "a sentence others can follow.", f"write it into {place}.", file=file)


def _wrong_points(row: Mapping[str, Any], where: str, file: str, *, is_percent: bool) -> Iterator[Problem]:
    typed, number = row["typed"], _number(row["typed"])
    expected = f"a number from {LOWEST} to {HIGHEST}; {HIGHEST} is always favourable."
    if not typed and row["before"] is not None:
        came = f"{where}the cell was emptied; what was rated stays until somebody rates anew."
        yield Problem(came, expected, f"put {row['before']:.10g} back, or other points with a reason.", file=file)
    elif not typed:
        yield Problem(f"{where}there is a reason, but there are no points.", expected, "add them, or delete the reason.", file=file)
    elif _DAY.match(typed):
        came = f"{where}Excel has made the day {typed[:10]} of what was typed."
        yield Problem(came, expected, "give the cell the format Number, and type the points anew.", file=file)
    elif is_percent:
        came = f"{where}{typed} stands there as percent."
        yield Problem(came, expected, "give the cell the format Number, and type the points: 75 % of them are 7.5.", file=file)
    elif number is None or not LOWEST <= number <= HIGHEST:
        yield Problem(f"{where}{typed!r} are no points.", expected, "correct them.", file=file)


def _counts(one: _Typed) -> bool:
    import numpy as np

    look = np.array([one.row["provenance"]], dtype=object)
    return bool(ratable(one.criterion, look, np.array([-1.0 if one.row["before"] is None else one.row["before"]]))[0])


def _number(text: str) -> float | None:
    """A number as people write it, 7.5 or 7,5; None where it is none."""
    return float(text.replace(",", ".")) if _NUMBER.fullmatch(text) else None


def _is_same(number: float, before: float | None) -> bool:
    return before is not None and abs(number - before) <= _LEAST_SAME


# ---------- formats of cells ----------


def _percent_cells(path: Path, title: str, cells: Sequence[str]) -> frozenset[str]:
    """Those of the cells that bear a format of percent: 75 % is 0.75 to whoever reads the number alone."""
    if not cells:
        return frozenset()
    with zipfile.ZipFile(path) as archive:
        formats = _percent_formats(archive)
        return frozenset(_formatted(archive, _part_of(archive, title), set(cells), formats)) if formats else frozenset()


def _percent_formats(archive: zipfile.ZipFile) -> frozenset[int]:
    """The places of the cell formats that show percent."""
    styles = ElementTree.fromstring(archive.read("xl/styles.xml"))  # noqa: S314 (expat bounds entities itself)
    own = {int(one.get("numFmtId", "0")) for one in styles.iter(f"{_MAIN}numFmt") if "%" in one.get("formatCode", "")}
    cells = styles.find(f"{_MAIN}cellXfs")
    found = enumerate(cells if cells is not None else ())
    return frozenset(place for place, one in found if int(one.get("numFmtId", "0")) in _PERCENT | own)


def _part_of(archive: zipfile.ZipFile, title: str) -> str:
    """The part of the archive that holds a sheet."""
    book = ElementTree.fromstring(archive.read("xl/workbook.xml"))  # noqa: S314 (expat bounds entities itself)
    link = next(sheet.get(_LINK) for sheet in book.iter(f"{_MAIN}sheet") if sheet.get("name") == title)
    links = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))  # noqa: S314 (expat bounds entities itself)
    target = next(str(one.get("Target")) for one in links if one.get("Id") == link)
    return target.lstrip("/") if target.startswith("/") else f"xl/{target}"


def _formatted(archive: zipfile.ZipFile, part: str, cells: set[str], formats: frozenset[int]) -> Iterator[str]:
    with archive.open(part) as stream:
        for _, element in ElementTree.iterparse(stream):  # noqa: S314 (expat bounds entities itself)
            if element.tag == f"{_MAIN}c" and element.get("r") in cells and int(element.get("s", "0")) in formats:
                yield str(element.get("r"))
            elif element.tag == f"{_MAIN}row":
                element.clear()

"""The customer list as a file, exactly as it is shown: chosen columns, filters, order, and only the reader's own customers."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kundenwert import registry
from kundenwert.engines import open_engine
from kundenwert.engines._engine import Reading
from kundenwert.errors import CallError
from kundenwert.flows.customer_list_columns import BY_NAME, QUARTERS, ListColumn
from kundenwert.flows.customer_list_files import LIST
from kundenwert.flows.customer_list_words import COURSE, heading, quarter_headings, words
from kundenwert.flows.export import Exported
from kundenwert.reports.language import HARD_SPACE
from kundenwert.runs import storage

if TYPE_CHECKING:
    from kundenwert.engines._engine import Engine
    from kundenwert.flows.customer_list import CustomerList
    from kundenwert.flows.customer_list_query import Query
    from kundenwert.reports.language import Language

FORMATS = ("csv", "xlsx")
# The rows of a sheet of Excel, less what stands above the customers.
MOST_SHEET_ROWS = 1_048_576 - 5
# So many rows are in memory at once.
_PART = 20_000
_MEMORY = "1GB"
# Excel takes a text file for one of umlauts only if it begins with this.
_MARK = "\ufeff".encode()


def write_list(
    opened: CustomerList,
    query: Query,
    columns: Sequence[str],
    out: Path,
    *,
    managers: frozenset[str] | None,
    language: Language,
    told: str = "",
) -> Exported:
    """Writes all who fit a query, in its order, to `out` (.csv or .xlsx), whole or not at all.

    columns: names in their order; `quarters` are eight columns. managers: whose customers the reader may see. told: the filters in a
    sentence, for the head of a sheet. Raises CallError for another ending or column, and for more rows than a sheet of Excel holds.
    """
    kind = out.suffix.lower().removeprefix(".")
    if kind not in FORMATS:
        raise CallError(f"{out.name!r} has no known ending. Available: {', '.join('.' + name for name in FORMATS)}.")
    headings = _headings(opened, columns, language)
    rows = opened.chosen(query, managers=managers)
    if kind == "xlsx" and len(rows) > MOST_SHEET_ROWS:
        came = f"{len(rows):,} customers do not fit a sheet of Excel ({MOST_SHEET_ROWS:,} rows)."
        raise CallError(f"{came} Choose fewer with the filters, or export as CSV.")
    with storage.told(out):
        out.parent.mkdir(parents=True, exist_ok=True)
    with storage.building(out.parent, "list") as building, open_engine(spill=building, memory=_MEMORY, threads=2) as engine:
        engine.open_parquet("kept_list", [opened.folder / LIST], numbered=False)
        engine.load("chosen_rows", {"place": range(len(rows)), "row": rows.astype("int64")})
        engine.view("chosen", "value/customer_list/chosen.sql")
        made = building / out.name
        if kind == "csv":
            _write_csv(engine, headings, made, language)
        else:
            totals = opened.totals(query.filters, managers=managers)
            parts = _parts(engine, list(headings), len(rows))
            registry.load("reports", "customer_list")(
                _sheet_columns(headings), parts, made, language=language, manifest=opened.manifest, told=told, sums=dict(totals.sums),
                rows=len(rows), words=words(language),
            )  # fmt: skip
        with storage.told(out):
            storage.rename(made, out)
    return Exported(out, len(rows))


def write_list_apart(
    project: Path,
    run: str,
    query: Query,
    columns: Sequence[str],
    out: Path,
    *,
    managers: frozenset[str] | None,
    language: Language,
    told: str = "",
) -> Exported:
    """The same in a process of its own: a workbook of a million rows takes a minute, in which nobody else should wait for this one."""
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as others:
        return others.submit(_write_opened, project, run, query, tuple(columns), out, managers, language, told).result()


def _write_opened(
    project: Path,
    run: str,
    query: Query,
    columns: Sequence[str],
    out: Path,
    managers: frozenset[str] | None,
    language: Language,
    told: str,
) -> Exported:
    from kundenwert.flows.customer_list import open_list

    return write_list(open_list(project, run), query, columns, out, managers=managers, language=language, told=told)


def _headings(opened: CustomerList, columns: Sequence[str], language: Language) -> dict[str, str]:
    """The columns of the file with what stands above them."""
    currency, found = str(opened.manifest.get("currency") or ""), dict[str, str]()
    for name in columns:
        if name == COURSE:
            found.update(quarter_headings(language, opened.content, currency))
        elif opened.has(name):
            found[name] = heading(BY_NAME[name], language, year=opened.content["year"], currency=currency)
        elif name not in BY_NAME:
            raise CallError(f"The list has no column {name!r}. Available: {', '.join([*BY_NAME, COURSE])}.")
    # Other programs look for columns by their heads: no spaces that look alike and are not.
    return {name: text.replace(HARD_SPACE, " ") for name, text in found.items()}


def _kind(name: str) -> str:
    return "money" if name in QUARTERS else BY_NAME[name].kind


# ---- text -------------------------------------------------------------------------------------------------------------


def _write_csv(engine: Engine, headings: dict[str, str], path: Path, language: Language) -> None:
    german = language.figures == "de"
    engine.script("value/export_macros.sql")
    engine.script("value/customer_list/export_macros.sql")
    labels = {name: label for of_column in words(language).values() for name, label in of_column.items()}
    engine.remember("list_names", list(labels))
    engine.remember("list_labels", list(labels.values()))
    engine.remember("list_yes", language.text("yes"))
    cells = {headings[name]: _csv_cell(name, german=german, has_labels=name in words(language)) for name in headings}
    engine.project("exported_text", "chosen", {"place": Reading(("place",)), **cells})
    plain = path.with_name("plain.csv")
    engine.write_csv(plain, "value/customer_list/chosen_text.sql", delimiter=";" if german else ",")
    with storage.told(path), path.open("wb") as file, plain.open("rb") as text:
        file.write(_MARK)
        shutil.copyfileobj(text, file, 1 << 20)


def _csv_cell(name: str, *, german: bool, has_labels: bool) -> Reading:
    kind, mark = _kind(name), "," if german else "."
    readings = {
        "money": Reading((name,), "list_amount", (mark,)),
        "share": Reading((name,), "csv_number", (mark,)),
        "number": Reading((name,), "csv_number", (mark,)),
        "date": Reading((name,), "csv_day", ("%d.%m.%Y" if german else "%Y-%m-%d",)),
        "count": Reading((name,)),
        "flag": Reading((name,), "list_yes_or_not"),
        "word": Reading((name,), "list_label" if has_labels else "csv_text"),
    }
    return readings.get(kind, Reading((name,), "csv_text"))


# ---- sheet ------------------------------------------------------------------------------------------------------------


def _sheet_columns(headings: dict[str, str]) -> list[ListColumn]:
    """The columns with their headings as they are written."""
    return [ListColumn(name, text, _kind(name), sums=name in BY_NAME and BY_NAME[name].sums) for name, text in headings.items()]


def _parts(engine: Engine, names: Sequence[str], rows: int) -> Iterator[dict[str, Any]]:
    engine.project("chosen_columns", "chosen", {"place": Reading(("place",)), **{name: Reading((name,)) for name in names}})
    engine.table("exported_columns", "value/customer_list/chosen_columns.sql")
    for first in range(0, rows, _PART):
        yield engine.arrays("value/customer_list/chosen_part.sql", first=first, last=first + _PART)

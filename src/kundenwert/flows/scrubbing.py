"""Takes erased persons out of what lies on disk: ledgers, runs, plans. Each file is replaced whole; to do it twice changes nothing more."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kundenwert.engines._engine import Reading
from kundenwert.register.erased import ERASED, Erased
from kundenwert.runs import storage
from kundenwert.sources import tables

if TYPE_CHECKING:
    from kundenwert.engines._engine import Engine

# Columns that hold numbers of customers, and those of them that name somebody else's head or payer.
ID_COLUMNS = ("customer_id", "recommender_id", "parent_id", "payer_id")
_HEADS = ("parent_id", "payer_id")
# Tables of the company of which nothing of a person is kept: no total hangs on them.
_DROPPED = ("customers", "ratings", "leads", "referrals", "projects")
# Texts that say of what kind a record is: cost and counts by kind hang on them, and they tell of nobody.
_KINDS = frozenset({"driver", "channel", "kind", "category", "product", "tariff", "status", "stage", "direction", "outcome", "period"})
# Tables that the ledger holds beside those of the company.
_LINES, _REJECTS, _CHANGED = "transactions", ("rejects", "table_rejects"), "changed"
_LATER_COLUMNS = {"promotion": "BOOLEAN"}
# Sums of the value table; forecasts of persons stay in the sums of a run that was published with them.
_SUMMED = re.compile(r"(revenue|past|value|expected_purchases|expected_revenue|clv|clv_beyond|db[1-4])\Z")
# In JSON a text that is a number is a figure, unless it stands where cells are quoted.
_QUOTING = ("samples", "examples", "collective", "not_collective", "names", "customer_id", "raw")
_NUMBER = re.compile(r"-?\d+(\.\d+)?\Z")


@dataclass
class Scrubbed:
    """What was taken out of a folder: file -> how many rows or places."""

    folder: str
    files: dict[str, int] = field(default_factory=dict)

    def add(self, path: Path, count: int) -> None:
        """Counts what was taken out of a file."""
        if count:
            self.files[path.name] = self.files.get(path.name, 0) + count


def prepare(engine: Engine, erased: Erased) -> None:
    """Tells the engine whom to look for."""
    inner, outer = erased.key.pads()
    engine.remember("key_inner", inner)
    engine.remember("key_outer", outer)
    # A list of texts needs one to have its type; no hash is empty.
    engine.remember("erased_hashes", ["", *sorted(erased.ids)])
    engine.remember("erased_words", ["", *sorted(erased.words)])
    engine.remember("erased_ids", ["", *erased.plain_ids])
    engine.remember("erased_pattern", erased.pattern)
    engine.script("register/macros.sql")


def found_in(engine: Engine, view: str) -> list[str]:
    """The numbers of erased persons in the columns of a view that hold numbers of customers."""
    found: list[str] = []
    for column in [name for name in engine.columns(view) if name in ID_COLUMNS]:
        engine.project("searched", view, {"id": Reading((column,), type="VARCHAR")})
        found += [row["id"] for row in engine.rows("register/found.sql")]
    return list(dict.fromkeys(found))


def names_in(engine: Engine, view: str, column: str) -> int:
    """How many cells of a text column mention an erased person; raw records are looked at cell by cell."""
    engine.project("searched", view, {"cell": Reading((column,), type="VARCHAR")})
    step = "register/named.sql" if column == "raw" else "register/mentioned.sql"
    return int(engine.rows(step)[0]["found"])


def scrub_ledger(engine: Engine, folder: Path, erased: Erased) -> Scrubbed:
    """Takes erased persons out of a ledger: its lines, rejects and tables, and what is told of them beside."""
    done, here = Scrubbed(folder.name), known_in(engine, folder, Erased(erased.key, erased.ids, erased.words))
    erased = erased.knowing(here.plain_ids, here.plain_words)
    prepare(engine, erased)
    for path in sorted(folder.glob("*.json")):
        done.add(path, scrub_json(path, erased, quotes=not here.plain_ids))
    # Customer records last: they are where the names are known from, should this be interrupted.
    for path in sorted(folder.glob("*.parquet"), key=lambda path: (path.stem == "customers", path.name)):
        done.add(path, _scrub_table(engine, path))
    return done


def known_in(engine: Engine, folder: Path, erased: Erased) -> Erased:
    """The erased persons with their numbers and names as a ledger or run knows them."""
    prepare(engine, erased)
    ids: list[str] = []
    for path in sorted(folder.glob("*.parquet")):
        engine.open_parquet("scrubbed", [path], numbered=False)
        ids += found_in(engine, "scrubbed")
    return erased.knowing(ids, words_of(engine, folder, ids))


def words_of(engine: Engine, folder: Path, ids: Iterable[str]) -> list[str]:
    """By what the customer records of a ledger know persons: name, mail, telephone. A street may be that of others too."""
    path, words = folder / "customers.parquet", []
    if path.is_file():
        engine.open_parquet("customer_records", [path], numbered=False)
        columns = engine.columns("customer_records")
        names = ("customer_id", "name", "email", "phone")
        if "customer_id" not in columns or "name" not in columns:
            return []
        engine.project("searched_records", "customer_records", {name: Reading((name,) if name in columns else ()) for name in names})
        for one in ids:
            for row in engine.rows("register/words_of.sql", customer=one):
                words += [value for value in row.values() if value]
    return words


def _scrub_table(engine: Engine, path: Path) -> int:
    """Rewrites one table of a ledger, if it names an erased person; returns how many rows did."""
    engine.open_parquet("table_now", [path], numbered=False)
    columns = engine.columns("table_now")
    readings = {name: Reading((name,)) for name in columns}
    if path.stem == _LINES:
        # A ledger of an earlier version may lack what later ones have.
        readings |= {name: Reading(type=kind) for name, kind in _LATER_COLUMNS.items() if name not in columns}
    engine.project("scrubbed", "table_now", readings)
    if path.stem in _REJECTS:
        named = names_in(engine, "scrubbed", "raw")
        return _replace(engine, path, "register/scrubbed_raw.sql", named)
    found = engine.rows("register/count_erased.sql")[0]["found"] if "customer_id" in columns else 0
    if path.stem == _LINES:
        return _replace(engine, path, "register/scrubbed_lines.sql", found)
    if path.stem == _CHANGED:
        return _replace(engine, path, "register/scrubbed_rows.sql", found)
    return _scrub_company_table(engine, path, columns, found)


def _scrub_company_table(engine: Engine, path: Path, columns: Mapping[str, str], found: int) -> int:
    roles = {role.name: role for role in tables()[path.stem].roles} if path.stem in tables() else {}
    texts = [name for name, kind in columns.items() if kind == "VARCHAR" and name not in ID_COLUMNS]
    # Who has the same name as an erased person keeps it in the own record.
    texts = texts if path.stem != "customers" else []
    others = sum(names_in(engine, "scrubbed", name) for name in texts) + len(_linked(engine, columns))
    if not found and not others:
        return 0
    typed = {name: roles[name].type if name in roles else "text" for name in columns}
    engine.project("scrubbed", "table_now", {name: _reading(name, kind, typed[name], texts) for name, kind in columns.items()})
    step = "register/scrubbed_rows.sql" if path.stem in _DROPPED or path.stem not in tables() else "register/scrubbed.sql"
    return _replace(engine, path, step, found + others)


def _linked(engine: Engine, columns: Mapping[str, str]) -> list[str]:
    others = {name: Reading((name,)) for name in ID_COLUMNS if name in columns and name != "customer_id"}
    if not others:
        return []
    engine.project("linked_now", "scrubbed", others)
    return found_in(engine, "linked_now")


def _reading(name: str, kind: str, role: str, texts: Sequence[str]) -> Reading:
    """How a column of a table of the company is read without what an erased person left in it."""
    if name in _HEADS:
        return Reading((name,), "head_without", type=kind)
    if name in ID_COLUMNS:
        return Reading((name,), "id_without", type=kind)
    if kind == "DATE":
        return Reading(("customer_id", name), "year_without", type=kind)
    if name == "record" or role == "flag":
        return Reading(("customer_id", name), "kept_unless", type=kind)
    if name in _KINDS:
        return Reading((name,))
    if name in texts and role in {"id", "text"}:
        return Reading(("customer_id", name), "text_without", type=kind)
    return Reading((name,))


def _replace(engine: Engine, path: Path, step: str, count: int, about: Mapping[str, str] | None = None, *, compact: bool = True) -> int:
    """Writes a table anew over the old one, if there is anything to take out."""
    if count:
        with storage.building(path.parent.parent, "erasing") as building, storage.told(path):
            engine.write(building / path.name, step, compact=compact, about=about)
            storage.rename(building / path.name, path)
    return count


# ---- runs and plans ---------------------------------------------------------------------------------------------------


def scrub_run(engine: Engine, folder: Path, erased: Erased, about: Mapping[str, Mapping[str, str]]) -> Scrubbed:
    """Takes erased persons out of a run or plan. about: what the headers of its tables say, by file name.

    Their money goes to one row of the value table and of the customer result; in other tables their rows are left out.
    """
    done, here = Scrubbed(folder.name), known_in(engine, folder, Erased(erased.key, erased.ids, erased.words))
    erased = erased.knowing(here.plain_ids)
    prepare(engine, erased)
    for path in sorted(folder.rglob("*.html")):
        done.add(path, _scrub_html(path, erased))
    for path in sorted(folder.rglob("*.json")):
        done.add(path, scrub_json(path, erased, quotes=not here.plain_ids))
    # The value table last: it is where the numbers are known from, should this be interrupted.
    for path in sorted(folder.rglob("*.parquet"), key=lambda path: (path.name == "customers.parquet", path.name)):
        done.add(path, _scrub_result(engine, path, about.get(path.name)))
    return done


def _scrub_result(engine: Engine, path: Path, about: Mapping[str, str] | None) -> int:
    engine.open_parquet("scrubbed", [path], numbered=False)
    columns = engine.columns("scrubbed")
    found = engine.rows("register/count_erased.sql")[0]["found"] if "customer_id" in columns else 0
    if not found:
        return 0
    rows = engine.rows("register/erased_rows.sql")
    if path.name == "customers.parquet":
        _merge(engine, columns, [_row_of_all(rows, lambda name: bool(_SUMMED.match(name)), level="none")])
        return _replace(engine, path, "register/merged.sql", found, about, compact=False)
    if path.name == "contribution.parquet":
        years = dict.fromkeys((row["unallocated"], row["year"]) for row in rows)
        kept = ("customer_id", "unallocated", "year")
        by_year = [[row for row in rows if (row["unallocated"], row["year"]) == year] for year in years]
        _merge(engine, columns, [_row_of_all(own, lambda name: name not in kept, **_first(own, kept[1:])) for own in by_year])
        return _replace(engine, path, "register/merged_years.sql", found, about, compact=False)
    return _replace(engine, path, "register/scrubbed_rows.sql", found, about, compact=False)


def _first(rows: Sequence[Mapping[str, Any]], names: Iterable[str]) -> dict[str, Any]:
    return {name: rows[0][name] for name in names}


def _row_of_all(rows: Sequence[Mapping[str, Any]], is_sum: Callable[[str], bool], **known: Any) -> dict[str, Any]:
    """One row for many persons: sums where there are any, nothing else of anybody."""
    sums = {name: _sum([row[name] for row in rows]) if is_sum(name) else None for name in rows[0]}
    return {**sums, "customer_id": ERASED, **known}


def _sum(values: Sequence[Any]) -> Any:
    known = [value for value in values if value is not None]
    return sum(known, type(known[0])()) if known else None


def _merge(engine: Engine, columns: Mapping[str, str], rows: Sequence[Mapping[str, Any]]) -> None:
    """Makes view `merged`: the rows of all others, and these."""
    as_text = {name: ["" if row[name] is None else _as_text(row[name]) for row in rows] for name in columns}
    engine.load("erased_as_text", as_text)
    engine.project("erased_typed", "erased_as_text", {name: Reading((name,), "null_or", type=kind) for name, kind in columns.items()})
    engine.table("others", "register/scrubbed_rows.sql")
    engine.union("merged", ["others", "erased_typed"])


def _as_text(value: Any) -> str:
    return f"{value:f}" if isinstance(value, Decimal) else repr(value) if isinstance(value, float) else str(value)


# ---- texts ------------------------------------------------------------------------------------------------------------


def is_figure(text: str) -> bool:
    """Whether a text is a number: what looks like a customer number there is a figure."""
    return _NUMBER.match(text.strip()) is not None


def scrub_json(path: Path, erased: Erased, *, change: bool = True, quotes: bool = True) -> int:
    """Takes numbers and names of erased persons out of a JSON file; returns in how many places they stood.

    change: False only counts. quotes: whether cells of the input that were quoted as samples may stay; they may be of these persons too.
    """
    places = 0

    def without(value: Any, *, quoting: bool) -> Any:
        nonlocal places
        if isinstance(value, dict):
            if not quotes and value.get("samples"):
                places += len(value["samples"])
                value = {**value, "samples": []}
            return {name: without(one, quoting=name in _QUOTING or quoting) for name, one in value.items()}
        if isinstance(value, list):
            kept = [one for one in value if not (isinstance(one, str) and quoting and erased.is_in(one))]
            places += len(value) - len(kept)
            return [without(one, quoting=quoting) for one in kept]
        if isinstance(value, str) and (quoting or not is_figure(value)) and erased.is_in(value):
            places += 1
            return "" if quoting else hidden(value, erased)
        return value

    content = without(storage.read_json(path), quoting=False)
    if places and change:
        storage.write_json(path, content)
    return places


def hidden(text: str, erased: Erased) -> str:
    """A text with what names an erased person covered; wholly, where it cannot be told from other words."""
    if not erased.pattern:
        return ERASED
    covered = re.sub(erased.pattern, lambda match: re.sub(r"[0-9A-Za-zÄÖÜäöüß].*[0-9A-Za-zÄÖÜäöüß]", ERASED, match[0]), text)
    return ERASED if erased.is_in(covered) else covered


def _scrub_html(path: Path, erased: Erased) -> int:
    """Takes the rows of erased persons out of the lists of a report, and covers them where they are mentioned."""
    places = strike_rows(path, erased.is_id)
    text = path.read_text(encoding="utf-8")
    covered, mentions = cover_html(text, erased)
    if mentions:
        storage.write_text(path, covered)
    return places + mentions


# What people read of a page: its texts, and what some attributes say.
_READ = re.compile("(?<=>)[^<>]+(?=<)|" + "|".join(rf'(?<=\s{name}=")[^"]+' for name in ("title", "alt", "aria-label")))


def cover_html(text: str, erased: Erased) -> tuple[str, int]:
    """A page with what names an erased person covered, and in how many places; figures stay."""
    places = 0

    def without(match: re.Match[str]) -> str:
        nonlocal places
        plain = html.unescape(match[0])
        if not plain.strip() or is_figure(plain) or not erased.is_in(plain):
            return match[0]
        places += 1
        return html.escape(hidden(plain, erased), quote=True)

    return _READ.sub(without, text), places


def strike_rows(path: Path, is_named: Callable[[str], bool]) -> int:
    """Takes rows out of the lists of a report: those of customers for whose number `is_named` holds; returns how many."""
    text = path.read_text(encoding="utf-8")
    rows = re.compile(
        r"<tr>\s*<th[^>]*class=\"name\"[^>]*><bdi(?: title=\"(?P<full>[^\"]*)\")?>(?P<name>[^<]*)</bdi>.*?</tr>\s*", re.DOTALL
    )
    kept, places = [], 0
    for match, before in _with_text_before(rows, text):
        kept.append(before)
        if match and is_named(html.unescape(match["full"] or match["name"])):
            places += 1
        elif match:
            kept.append(match[0])
    if places:
        storage.write_text(path, "".join(kept))
    return places


def _with_text_before(pattern: re.Pattern[str], text: str) -> Iterable[tuple[re.Match[str] | None, str]]:
    end = 0
    for match in pattern.finditer(text):
        yield match, text[end : match.start()]
        end = match.end()
    yield None, text[end:]

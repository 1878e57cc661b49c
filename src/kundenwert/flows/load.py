"""Reads, checks and reconciles inputs: raw files become booked lines, rejects and a bridge that ties."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kundenwert.base.as_of import day_number
from kundenwert.errors import AmbiguousInput, Bug, DataError, NothingToValue, Problem
from kundenwert.flows.reading import Input, Keep, ReadFile, open_inputs
from kundenwert.records import FlagTotal, Notice, Readiness, Reconciliation
from kundenwert.tables import reconciliation
from kundenwert.tables.reconciliation import DayClass

if TYPE_CHECKING:
    from kundenwert.engines._engine import Engine
    from kundenwert.flows.company_tables import CompanyTables
    from kundenwert.flows.progress import Progress
    from kundenwert.settings import Settings

# Documents of a prefix letter that hold nearly nothing but negative lines are cancellations (seen on real exports: C536379).
_CANCELLATION_SHARE = 0.99
_CANCELLATION_LINES = 5
_EXAMPLES = 5
# Rules whose name alone does not say what to do.
_RULES = {"customer id is sound": "a customer id of at most 255 signs that no spreadsheet has turned into 4,01E+12"}


@dataclass(frozen=True)
class Reject:
    """A record that cannot be booked: where it stands, every rule it breaks, and its raw text."""

    file: str
    record: int
    rules: tuple[str, ...]
    raw: str


@dataclass(frozen=True)
class Loaded:
    """What reading and checking found; the lines themselves stand in the engine as view `booked`.

    prefixes: lines and money of documents by prefix letter. rejects: the first records that cannot be booked, for a person to look at.
    company: the company's tables beside the lines, None if none were given. readiness: the grade, where it was asked for.
    objected: customers who objected to being valued. erased: lines of erased persons.
    """

    files: tuple[ReadFile, ...]
    days: tuple[DayClass, ...]
    file_lines: int
    file_amount: Decimal
    unreadable: int
    prefixes: tuple[dict[str, Any], ...]
    extra_flags: tuple[FlagTotal, ...]
    currency: str
    notices: tuple[Notice, ...]
    rejects: tuple[Reject, ...] = ()
    company: CompanyTables | None = None
    readiness: Readiness | None = None
    objected: int = 0
    erased: int = 0

    @property
    def bad_lines(self) -> int:
        """Lines that cannot be booked: rejected or unreadable."""
        return self.unreadable + sum(entry.lines for entry in self.days if not entry.is_booked)

    @property
    def has_amounts(self) -> bool:
        """Whether the lines carry money."""
        return all(entry.has_amounts for entry in self.files)

    @property
    def has_cost(self) -> bool:
        """Whether any file has a cost column."""
        return any("cost" in entry.roles for entry in self.files)

    @property
    def sets_apart(self) -> bool:
        """Whether table `customers_apart` of the engine names customers that models must not see."""
        return bool(self.objected or self.erased)

    @property
    def all_notices(self) -> tuple[Notice, ...]:
        """What a reader must know of the lines and of the other tables."""
        return (*self.notices, *(self.company.notices if self.company else ()))

    def reconcile(self, as_of: date | None = None) -> Reconciliation:
        """The bridge from files to classes, as known on a day. A difference would be our mistake, so it is never shown as a figure."""
        bridge = reconciliation.reconcile(
            self.days,
            as_of=None if as_of is None else day_number(as_of),
            unreadable=self.unreadable,
            file_lines=self.file_lines,
            file_amount=self.file_amount,
            prefixes=self.prefixes,
            extra_flags=self.extra_flags,
        )
        lines = sum(total.lines for total in bridge.classes)
        if bridge.difference or lines != bridge.lines:
            raise Bug(
                f"The line classes do not add up: {lines} of {bridge.lines} lines, difference {bridge.difference}. Please report this."
            )
        return bridge


def load(
    engine: Engine,
    inputs: Sequence[Input],
    settings: Settings,
    *,
    scratch: Path,
    progress: Progress,
    keep: Keep | None = None,
    thorough: bool = True,
) -> Loaded:
    """Reads inputs into the views `lines` and `booked` and reconciles them. thorough: also looks for repeated lines.

    Inputs of other tables stand in the engine as `ledger_<table>` afterwards; rates among them convert lines in other currencies.
    Raises DataError with every problem if the inputs cannot be booked.
    """
    company, files = _opened(engine, inputs, settings, scratch=scratch, progress=progress, keep=keep)
    remember(engine, settings)
    converted = _converted(engine, company, settings) if company else ()
    engine.load("input_files", {"file_id": list(range(len(files))), "name": [entry.file.name for entry in files]})
    with progress.phase("Checking and reconciling") as phase:
        prefixes = engine.rows("tables/prefixes.sql") if any("document_id" in entry.roles for entry in files) else []
        notices = _find_cancellations(engine, settings, prefixes)
        notices += _supersede(engine, files)
        engine.table("repeated", "tables/repeated.sql" if thorough else "tables/nothing_repeated.sql")
        engine.view("current_lines", "tables/current_lines_of_many.sql" if _several(files) else "tables/current_lines.sql")
        engine.view("lines", "tables/lines.sql")
        engine.view("rejects", "tables/rejects.sql")
        engine.view("booked", "tables/booked.sql")
        (totals,) = engine.rows("tables/file_totals.sql")
        (unreadable,) = engine.rows("tables/unreadable.sql")
        days = reconciliation.day_classes(engine)
        duplicates = engine.rows("tables/duplicates.sql") if thorough else []
        phase.rows = totals["lines"] + unreadable["lines"]
    loaded = Loaded(
        files=files,
        days=days,
        file_lines=totals["lines"],
        file_amount=totals["amount"],
        unreadable=unreadable["lines"],
        prefixes=tuple(prefixes),
        extra_flags=tuple(FlagTotal("duplicate", row["lines"], row["amount"]) for row in duplicates),
        currency="",
        notices=(*converted, *notices),
    )
    loaded = replace(loaded, rejects=_first_rejects(engine, loaded))
    _refuse_misread(engine, loaded, settings)
    return _with_company(engine, _with_currency(loaded, settings), company)


def _opened(
    engine: Engine, inputs: Sequence[Input], settings: Settings, *, scratch: Path, progress: Progress, keep: Keep | None
) -> tuple[CompanyTables | None, tuple[ReadFile, ...]]:
    """The company's tables, None if there are none, and the files with lines. The problems of all of them are told together."""
    lines, others = [item for item in inputs if not item.table], [item for item in inputs if item.table]
    if not others:
        return None, open_inputs(engine, lines, scratch=scratch, progress=progress, keep=keep)
    # Sales lines alone do not pay for what the other tables need.
    from kundenwert.flows.company_tables import load_tables

    company, problems = None, []
    try:
        company = load_tables(engine, others, settings, scratch=scratch, progress=progress, keep=keep)
    except DataError as err:
        problems = [err]
    try:
        files = open_inputs(engine, lines, scratch=scratch, progress=progress, keep=keep)
    except DataError as err:
        problems.append(err)
    if len(problems) == 1:
        raise problems[0]
    if problems:
        raise DataError(*(problem for err in problems for problem in err.problems))
    return company, files


def _converted(engine: Engine, company: CompanyTables, settings: Settings) -> tuple[Notice, ...]:
    from kundenwert.flows.foreign_currency import convert_lines

    return convert_lines(engine, company, settings)


def _with_company(engine: Engine, loaded: Loaded, company: CompanyTables | None) -> Loaded:
    if company is None:
        return loaded
    from kundenwert.flows.company_links import linked

    return replace(loaded, company=linked(engine, company))


def remember(engine: Engine, settings: Settings) -> None:
    """Tells the engine the settings that views read."""
    engine.remember("currency", settings.currency or None)
    engine.remember("non_products", list(settings.non_products))
    engine.remember("collective", list(settings.collective))
    engine.remember("cancellation_words", [word.lower() for word in settings.cancellation_words])
    engine.remember("return_words", [word.lower() for word in settings.return_words])
    engine.remember("cancellation_pattern", _pattern(settings.cancellation_prefixes))


def _pattern(prefixes: Sequence[str]) -> str | None:
    return f"^(?i:{'|'.join(re.escape(prefix) for prefix in prefixes)})[0-9]" if prefixes else None


def _find_cancellations(engine: Engine, settings: Settings, prefixes: Sequence[dict[str, Any]]) -> list[Notice]:
    if settings.cancellation_prefixes:
        return []
    found = [row for row in prefixes if row["lines"] >= _CANCELLATION_LINES and row["negative_lines"] >= _CANCELLATION_SHARE * row["lines"]]
    if not found:
        return []
    engine.remember("cancellation_pattern", _pattern([row["prefix"] for row in found]))
    return [
        Notice(
            "cancellation_prefix",
            "Documents whose number starts with {prefix} are taken as cancellations: {negative} of their {lines} lines are negative.",
            {"prefix": row["prefix"], "negative": row["negative_lines"], "lines": row["lines"]},
        )
        for row in found
    ]


def _several(files: Sequence[ReadFile]) -> bool:
    """Whether a document could stand in more than one file."""
    return sum("document_id" in entry.roles for entry in files) > 1


def _supersede(engine: Engine, files: Sequence[ReadFile]) -> list[Notice]:
    if not _several(files):
        engine.table("superseded", "tables/nothing_superseded.sql")
        return []
    engine.table("superseded", "tables/superseded.sql")
    engine.table("superseded_lines", "tables/superseded_lines.sql")
    changed = engine.rows("tables/changed.sql")
    notices = []
    if changed:
        names = ", ".join(row["document_id"] for row in changed[:_EXAMPLES])
        notices.append(
            Notice(
                "changed_since",
                "{count} documents differ between two files; the newest file counts: {names}.",
                {"count": len(changed), "names": names + (" ..." if len(changed) > _EXAMPLES else "")},
            )
        )
    return notices


def _refuse_misread(engine: Engine, loaded: Loaded, settings: Settings) -> None:
    lines = loaded.file_lines + loaded.unreadable
    name = ", ".join(entry.file.name for entry in loaded.files)
    if lines == 0:
        raise NothingToValue(Problem("The input has no lines.", "at least one sales line.", "export it with its lines.", file=name))
    bad = loaded.bad_lines
    if bad > settings.reject_limit * lines or bad == lines:
        raise DataError(*_reject_problems(engine, loaded, bad, lines))


def _first_rejects(engine: Engine, loaded: Loaded) -> tuple[Reject, ...]:
    if not loaded.bad_lines:
        return ()
    rows = engine.rows("tables/reject_examples.sql", count=_EXAMPLES)
    return tuple(Reject(loaded.files[row["file_id"]].file.name, row["record"], tuple(row["rules"]), _short(row["raw"])) for row in rows)


def _reject_problems(engine: Engine, loaded: Loaded, bad: int, lines: int) -> list[Problem]:
    rules = Counter({row["rule"]: row["lines"] for row in engine.rows("tables/reject_rules.sql")})
    what = ", ".join(f"{rule}: {count:,}" for rule, count in rules.most_common())
    first = Problem(
        f"{bad:,} of {lines:,} lines cannot be booked. Broken rules: {what}.",
        "lines with a readable date, amount and customer.",
        "look at the mapping with `kundenwert check`, and correct it with --map, --date-format or --decimal-mark.",
    )
    return [first] + [
        Problem(
            f"Record {reject.record:,}: {reject.raw}",
            "; ".join(_RULES.get(rule, rule) for rule in reject.rules) + ".",
            "correct the line or the mapping.",
            file=reject.file,
        )
        for reject in loaded.rejects
    ]


def _short(text: str | None) -> str:
    text = " ".join((text or "").split())
    return text if len(text) <= 120 else text[:117] + "..."


def _with_currency(loaded: Loaded, settings: Settings) -> Loaded:
    found = Counter[str]()
    for entry in loaded.days:
        if entry.is_booked and entry.currency:
            found[entry.currency] += entry.lines
    foreign = {code: count for code, count in found.items() if settings.currency and code != settings.currency}
    if len(found) > 1 or foreign:
        listed = ", ".join(f"{code} ({count:,} lines)" for code, count in found.most_common())
        raise AmbiguousInput(
            Problem(
                f"The lines are in {listed}.",
                "one currency" + (f", {settings.currency}" if settings.currency else "") + ".",
                "convert the amounts before the export, or load one currency at a time.",
            )
        )
    currency = settings.currency or next(iter(found), "")
    # Lines without a code are in the only currency there is.
    days = tuple(replace(entry, currency=currency) for entry in loaded.days)
    return replace(loaded, currency=currency, days=days)

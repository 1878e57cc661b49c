"""How ready the data are: a grade from A to E with plain reasons, before any value is shown; what each missing piece would add."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import date
from typing import TYPE_CHECKING, Any

from kundenwert import sources
from kundenwert.base.as_of import day_number
from kundenwert.records import Notice, Readiness, ReadinessReason, TableReadiness

if TYPE_CHECKING:
    from kundenwert.engines._engine import Engine
    from kundenwert.flows.company_tables import CompanyTables, Link, ReadTable
    from kundenwert.flows.load import Loaded
    from kundenwert.tables.company._shape import CompanyTable

GRADES = "ABCDE"
# Below these a model of purchases has too little to learn from (definitions.md, small bases).
LEAST_CUSTOMERS, LEAST_REPEATS = 100, 200
# A quarter says nothing of a year; a year shows each month once; two show each season twice (less holidays at either end).
LEAST_DAYS, YEAR_DAYS, TWO_YEARS_DAYS = 90, 350, 700
# Shares of lines: rejected or unreadable, without a customer; of lines with cost; of customers with a record; of unknown numbers.
SOME_REJECTED, MANY_REJECTED, MANY_WITHOUT_CUSTOMER = 0.05, 0.2, 0.2
KNOWN_COST, KNOWN_CUSTOMERS, UNKNOWN_IDS = 0.5, 0.9, 0.05


def readiness(engine: Engine, loaded: Loaded, as_of: date | None = None) -> Readiness:
    """Grades what was loaded; needs view `booked`.

    as_of: the day on which table `customers` was built from it; later lines do not count then, and purchases are those of the base.
    """
    # Of millions of lines it takes as long again to tell their purchases; the base knows them already.
    (purchases,) = engine.rows("tables/second_purchases.sql" if as_of is None else "base/second_purchases.sql")
    (cells,) = engine.rows("tables/readiness.sql", as_of=None if as_of is None else day_number(as_of))
    seen = {**cells, **purchases}
    reasons = tuple(sorted(_reasons(loaded, seen), key=lambda reason: -GRADES.index(reason.grade)))
    return Readiness(
        grade=reasons[0].grade if reasons else "A",
        reasons=reasons,
        customers=seen["customers"],
        returning=seen["returning"],
        repeat_purchases=seen["repeat_purchases"],
        days=seen["days"] or 0,
        first=seen["first_day"],
        last=seen["last_day"],
        tables=tuple(_table(table, loaded.company) for table in sources.tables().values()),
        pieces={role: (_share_with(loaded, seen, role), adds) for role, adds in PIECES.items()},
    )


# What a role of the sales lines adds.
PIECES = {
    "amount": "Money: without it customers are only ranked by how often they buy.",
    "cost": "Contribution: without it value is revenue.",
    "document_id": "Orders: small orders and their cost, cancellations matched to their invoice.",
    "product_id": "Products: returns matched to their sale, what is bought together.",
    "product_group": "Groups of products: margins where a line has no cost.",
    "quantity": "Pieces: prices, and returns that are told from discounts.",
    "list_amount": "List prices or discounts: price concessions and free goods in the customer result, who pays less than others.",
    "promotion": "Promotions: who buys only what is reduced.",
}


# What one of two columns tells.
_INSTEAD = {"list_amount": ("list_amount", "discount"), "promotion": ("promotion",)}


def _share_with(loaded: Loaded, seen: Mapping[str, Any], role: str) -> float:
    """Share of the lines that have a cell; of what few lines need to have (a discount, a promotion) those of files that have the column."""
    if role not in _INSTEAD:
        return _share(seen[role], seen["lines"])
    lines = sum(entry.file.lines for entry in loaded.files)
    return _share(sum(entry.file.lines for entry in loaded.files if entry.roles & set(_INSTEAD[role])), lines)


def _share(part: float, whole: float) -> float:
    return part / whole if whole else 0.0


def _reasons(loaded: Loaded, seen: Mapping[str, Any]) -> Iterator[ReadinessReason]:
    yield from _of_history(seen)
    yield from _of_lines(loaded, seen)
    yield from _of_tables(loaded.company)


def _of_history(seen: Mapping[str, Any]) -> Iterator[ReadinessReason]:
    customers, repeats, days = seen["customers"], seen["repeat_purchases"], seen["days"] or 0
    if not seen["returning"]:
        text = "None of {customers} customers bought on a second day: nothing says how often customers come back."
        yield ReadinessReason("E", Notice("no_repeat", text, {"customers": customers}))
    elif customers < LEAST_CUSTOMERS or repeats < LEAST_REPEATS:
        text = (
            "{customers} customers with {repeats} repeat purchases; a model of its own needs at least {least} customers and "
            "{least_repeats} repeat purchases. Below that the values lean on the mean of all."
        )
        values = {"customers": customers, "repeats": repeats, "least": LEAST_CUSTOMERS, "least_repeats": LEAST_REPEATS}
        yield ReadinessReason("D", Notice("small_base", text, values))
    for grade, least, text in (
        ("E", LEAST_DAYS, "The sales lines cover {days} days; below {least} nothing can be said about a year."),
        ("D", YEAR_DAYS, "The sales lines cover {days} days; with {least} each month would be seen once."),
        ("B", TWO_YEARS_DAYS, "The sales lines cover {days} days; with {least} a forecast could be held against a whole year."),
    ):
        if days < least:
            yield ReadinessReason(grade, Notice("short_history", text, {"days": days, "least": least}))
            break


def _of_lines(loaded: Loaded, seen: Mapping[str, Any]) -> Iterator[ReadinessReason]:
    lines = loaded.file_lines + loaded.unreadable
    bad = _share(loaded.bad_lines, lines)
    if bad > SOME_REJECTED:
        text = "{share:.1%} of the lines cannot be booked; above {limit:.0%} totals are doubtful. The list of rejects has their reasons."
        yield ReadinessReason("D" if bad > MANY_REJECTED else "C", Notice("many_rejects", text, {"share": bad, "limit": SOME_REJECTED}))
    nameless = _share(sum(entry.lines for entry in loaded.days if entry.line_class == "without_customer"), lines)
    if nameless > MANY_WITHOUT_CUSTOMER:
        text = "{share:.1%} of the lines have no customer; their money is in no customer's value."
        yield ReadinessReason("C", Notice("many_nameless", text, {"share": nameless}))
    if not loaded.has_amounts:
        text = "The lines have no amounts: customers can only be ranked by how often they buy."
        yield ReadinessReason("D", Notice("no_money", text, {}))
    elif (known := _share(seen["cost"], seen["lines"])) < KNOWN_COST:
        text = "The cost of {share:.0%} of the lines is known; below {limit:.0%} value is revenue or rests on an assumed margin."
        yield ReadinessReason("C", Notice("little_cost", text, {"share": known, "limit": KNOWN_COST}))


def _of_tables(company: CompanyTables | None) -> Iterator[ReadinessReason]:
    if company is None or company.of("activities") is None or company.of("activity_rates") is None:
        text = "Activities or their rates are missing: what visits, orders and deliveries cost is in no customer's result."
        yield ReadinessReason("B", Notice("no_activities", text, {}))
    known = _share(company.coverage.with_record, company.coverage.customers) if company and company.coverage else 0.0
    if known < KNOWN_CUSTOMERS:
        text = "{share:.0%} of the customers have a customer record; below {limit:.0%} groups, payers, regions and objections are unknown."
        yield ReadinessReason("B", Notice("few_records", text, {"share": known, "limit": KNOWN_CUSTOMERS}))
    for link in company.links if company else ():
        if _is_loose(link):
            text = "{table}: {share:.0%} of the customer numbers fit no customer; above {limit:.0%} the table belongs to other customers."
            yield ReadinessReason(
                "B", Notice("loose_table", text, {"table": link.table, "share": link.unknown / link.ids, "limit": UNKNOWN_IDS})
            )


def _is_loose(link: Link) -> bool:
    return link.role == "customer_id" and _share(link.unknown, link.ids) > UNKNOWN_IDS


def _table(table: CompanyTable, company: CompanyTables | None) -> TableReadiness:
    read = company.of(table.name) if company else None
    if read is None or company is None:
        return TableReadiness(table.name, "missing", 0, table.least, None, table.least_days, {}, None, table.adds)
    records, days = read.checked.good, _days(read)
    link = next((link for link in company.links if link.table == table.name and link.role == "customer_id" and link.ids), None)
    short = tuple(_short(table, records, days))
    return TableReadiness(
        table=table.name,
        state="thin" if short else "good",
        records=records,
        least=table.least,
        days=days,
        least_days=table.least_days,
        filled={role: _share(count, records) for role, count in read.checked.filled.items()},
        unknown=link.unknown / link.ids if link else None,
        adds=table.adds,
        short=short,
    )


def _days(read: ReadTable) -> int | None:
    first, last = read.checked.first, read.checked.last
    return (last - first).days if first and last else None


def _short(table: CompanyTable, records: int, days: int | None) -> Iterator[Notice]:
    if records < table.least:
        text = "{table} has {records} records; below {least} nothing can be told from it."
        yield Notice("few_in_table", text, {"table": table.name, "records": records, "least": table.least})
    if days is not None and days < table.least_days:
        text = "{table} covers {days} days; below {least} it shows a season only."
        yield Notice("short_table", text, {"table": table.name, "days": days, "least": table.least_days})


def as_json(found: Readiness) -> dict[str, Any]:
    """The readiness for programs and for the manifest of a run."""
    return {
        "grade": found.grade,
        "reasons": [{"grade": reason.grade, **_told(reason.notice)} for reason in found.reasons],
        **{name: getattr(found, name) for name in ("customers", "returning", "repeat_purchases", "days")},
        "first": found.first.isoformat() if found.first else None,
        "last": found.last.isoformat() if found.last else None,
        "pieces": [{"role": role, "share": share, "adds": adds} for role, (share, adds) in found.pieces.items()],
        "tables": [
            {**asdict(table), "filled": dict(table.filled), "short": [_told(notice) for notice in table.short]} for table in found.tables
        ],
    }


def _told(notice: Notice) -> dict[str, Any]:
    return {"key": notice.key, "text": str(notice), "msgid": notice.text, "values": dict(notice.values)}


def from_json(content: Mapping[str, Any]) -> Readiness:
    """The readiness as `as_json` wrote it, such as that of a run's manifest."""
    reasons = (ReadinessReason(reason["grade"], _read(reason)) for reason in content["reasons"])
    tables = (TableReadiness(**{**table, "short": tuple(_read(notice) for notice in table["short"])}) for table in content["tables"])
    return Readiness(
        grade=content["grade"],
        reasons=tuple(reasons),
        **{name: content[name] for name in ("customers", "returning", "repeat_purchases", "days")},
        first=date.fromisoformat(content["first"]) if content["first"] else None,
        last=date.fromisoformat(content["last"]) if content["last"] else None,
        tables=tuple(tables),
        pieces={piece["role"]: (piece["share"], piece["adds"]) for piece in content["pieces"]},
    )


def _read(told: Mapping[str, Any]) -> Notice:
    return Notice(told["key"], told["msgid"], dict(told["values"]))

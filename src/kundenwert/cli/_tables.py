"""How the terminal shows the company's tables: counts, what does not count and why, how they hang together."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from kundenwert.cli import _show

if TYPE_CHECKING:
    from kundenwert.flows.company_tables import CompanyTables, Link, ReadTable
    from kundenwert.flows.contact_data import ContactData
    from kundenwert.flows.duplicates import Duplicates
    from kundenwert.records import Readiness, TableReadiness

_SHOWN = 10


def shown(company: CompanyTables, *, mappings: bool) -> str:
    """Every table of the company; mappings: also how each file was read and why."""
    parts = [f"{table.name}: {_show.mapping(entry)}" for table in company.tables for entry in table.files] if mappings else []
    parts.append(_counts(company))
    parts += [text for table in company.tables if (text := _rejects(table))]
    if any(link.ids for link in company.links):
        parts.append(_links(company))
    if company.hierarchy:
        parts.append("  " + _hierarchy(company))
    if company.duplicates and company.duplicates.count:
        parts.append(_duplicates(company.duplicates))
    if company.contact_data and company.contact_data.concerned:
        parts.append(_contact_data(company.contact_data))
    return "\n\n".join(parts)


def graded(found: Readiness, *, whole: bool) -> str:
    """The grade with its reasons and, whole, what each table and each piece of the sales lines has and adds."""
    lines = [f"Data readiness: grade {found.grade} (A to E)."]
    lines += [f"  at most {reason.grade}: {reason.notice}" for reason in found.reasons]
    if not whole:
        return "\n".join(f"  {line}" for line in lines)
    rows = [("table", "state", "records", "days", "adds")]
    rows += [(table.table, table.state, _least(table.records, table.least), _days(table), table.adds) for table in found.tables]
    pieces = [("sales lines", "filled", "adds"), *((role, f"{share:.0%}", adds) for role, (share, adds) in found.pieces.items())]
    lines += ["", *_show.table(pieces, right=(1,)).splitlines(), "", *_show.table(rows, right=(2, 3)).splitlines()]
    lines += [f"  {notice}" for table in found.tables for notice in table.short]
    return "\n".join(f"  {line}".rstrip() for line in lines)


def _least(count: int, least: int) -> str:
    return f"{count:,}" if count >= least else f"{count:,} of at least {least:,}"


def _days(table: TableReadiness) -> str:
    return "–" if table.days is None else _least(table.days, table.least_days)


_REASONS = {
    "same_email": "same e-mail",
    "same_phone": "same telephone",
    "same_address": "same address",
    "same_place": "same place",
    "name_likeness": "names alike",
}


def _duplicates(found: Duplicates) -> str:
    rows = [("record", "record", "name", "name", "why")]
    rows += [
        (one.first_id, one.second_id, one.first_name[:40], one.second_name[:40], ", ".join(_REASONS[reason] for reason in one.reasons()))
        for one in found.found[:_SHOWN]
    ]
    head = f"  Customer records that are probably one customer: {found.count:,} pairs, the surest {len(rows) - 1}; nothing is merged."
    return f"{head}\n{_show.table(rows)}"


_ISSUES = {
    "no_address": "street, postcode or town is missing",
    "odd_postcode": "postcode is written as hardly any other there",
    "odd_email": "e-mail is no address",
    "odd_phone": "telephone is no number",
    "no_email_no_phone": "neither e-mail nor telephone",
    "undeliverable": "letters or mails came back",
}


def _contact_data(found: ContactData) -> str:
    rows = [("what is wrong", "records", "the first of them")]
    rows += [
        (_ISSUES[one.issue], f"{one.records:,}", ", ".join(_example(*example) for example in one.examples[:3])) for one in found.issues
    ]
    head = f"  Customers who cannot be reached as their records say: {found.concerned:,} of {found.records:,} records."
    return f"{head}\n{_show.table(rows, right=(1,))}"


def _example(customer: str, cell: str) -> str:
    return f"{customer} ({cell[:40]})" if cell else customer


def _counts(company: CompanyTables) -> str:
    head = (
        "table",
        "files",
        "records",
        "unreadable",
        "rejected",
        "replaced",
        "repeated",
        "count",
        "money that counts",
        "first day",
        "last day",
    )
    return _show.table([head, *(_row(table) for table in company.tables)], right=tuple(range(1, 9)))


def _row(table: ReadTable) -> tuple[str, ...]:
    checked = table.checked
    money = f"{checked.of('good').amount:,.2f}" if checked.amount else "–"
    days = [str(day) if day else "–" for day in (checked.first, checked.last)]
    return (table.name, str(len(table.files)), f"{checked.records:,}", *(f"{total.records:,}" for total in checked.totals), money, *days)


def _rejects(table: ReadTable) -> str:
    broken = [entry for entry in table.checked.broken if entry.rejects]
    if not broken:
        return ""
    rows = [("rule that is broken", "records"), *((entry.rule, f"{entry.records:,}") for entry in broken)]
    examples = [("file", "record", "what should hold", "text")]
    examples += [(one.file, f"{one.record:,}", "; ".join(one.rules), one.raw[:60]) for one in table.rejects]
    return f"  {table.name}: do not count\n{_show.table(rows, right=(1,))}\n{_show.table(examples, right=(1,))}"


def _links(company: CompanyTables) -> str:
    text = _show.table([("table", "role", "customers", "unknown", "records"), *map(_link, company.links)], right=(2, 3, 4))
    return "\n".join([text, *_coverage(company)])


def _link(link: Link) -> tuple[str, ...]:
    return (link.table, link.role, f"{link.ids:,}", f"{link.unknown:,}", f"{link.records:,}")


def _coverage(company: CompanyTables) -> Iterator[str]:
    found = company.coverage
    if found:
        yield f"  {found.with_record:,} of {found.customers:,} customers with lines have a record."
        yield f"  {found.without_lines:,} customer records have no line."


def _hierarchy(company: CompanyTables) -> str:
    found = company.hierarchy
    if found is None:
        return ""
    return f"{found.groups:,} groups with {found.members:,} members below a head; others pay for {found.paid_by_others:,} customers."

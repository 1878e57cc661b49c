"""What ties the company's tables to the customers of the sales lines and customers to each other: links, groups, payers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from kundenwert.engines._engine import Reading
from kundenwert.errors import CallError, DataError, Problem
from kundenwert.flows.company_tables import CompanyTables, Coverage, Hierarchy, Link, ReadTable
from kundenwert.records import Notice

if TYPE_CHECKING:
    from kundenwert.engines._engine import Engine

# Who "the customer" is: who ordered, who pays, or the group.
LEVELS = ("customer", "payer", "group")
# Roles whose cells are numbers of customers. A recommender or a payer that nobody knows is as much a loose end as a customer.
_LINKED = ("customer_id", "recommender_id", "parent_id", "payer_id")


def linked(engine: Engine, company: CompanyTables) -> CompanyTables:
    """The tables with what ties them to the sales lines (view `booked`) and to each other; makes `customer_groups`.

    Raises DataError if a customer is its own ancestor.
    """
    engine.table("known_customers", "tables/company/known_customers.sql")
    links = tuple(_link(engine, table.name, role) for table in company.tables for role in _LINKED if role in table.roles)
    (row,) = engine.rows("tables/company/coverage.sql")
    coverage = Coverage(**row) if company.of("customers") else None
    hierarchy = _hierarchy(engine, company)
    notices = (*company.notices, *_link_notices(links), *_hierarchy_notices(hierarchy))
    return replace(company, links=links, coverage=coverage, hierarchy=hierarchy, notices=notices)


def _link(engine: Engine, table: str, role: str) -> Link:
    engine.project("linked_ids", f"ledger_{table}", {"customer_id": Reading((role,))})
    (row,) = engine.rows("tables/company/link.sql")
    return Link(table, role, **{**row, "examples": tuple(row["examples"])})


def _hierarchy(engine: Engine, company: CompanyTables) -> Hierarchy | None:
    engine.table("customer_groups", "tables/company/groups.sql")
    customers = company.of("customers")
    if customers is None or not customers.roles & {"parent_id", "payer_id"}:
        return None
    circles = engine.rows("tables/company/circles.sql")
    if circles:
        raise DataError(*(_circle_problem(row, customers) for row in circles[:20]))
    (row,) = engine.rows("tables/company/hierarchy.sql")
    return Hierarchy(**{**row, "examples": tuple(row["examples"])})


def roll_up(engine: Engine, name: str, measured: str, level: str) -> None:
    """Makes table `name`: account_id, customers, amount: view `measured` (customer_id, amount) by "customer", "payer" or "group"."""
    if level not in LEVELS:
        raise CallError(f"There is no level {level!r}. Available: {', '.join(LEVELS)}.")
    engine.remember("customer_level", level)
    engine.project("measured", measured, {column: Reading((column,)) for column in ("customer_id", "amount")})
    engine.table(name, "tables/company/roll_up.sql")


def _circle_problem(row: Mapping[str, Any], customers: ReadTable) -> Problem:
    return Problem(
        f"{row['customers']:,} customers are above themselves: {', '.join(row['members'])}.",
        "a group with one head: somebody without parent_id.",
        "correct parent_id of one of them in the customer records, or leave the column out with --map customers.parent_id= .",
        file=", ".join(entry.file.name for entry in customers.files),
    )


def _link_notices(links: Sequence[Link]) -> Iterator[Notice]:
    for link in links:
        if link.role in {"parent_id", "payer_id"} or not link.unknown:
            continue
        values = {"table": link.table, "unknown": link.unknown, "ids": link.ids, "names": ", ".join(link.examples)}
        yield Notice(
            "table_unknown_customers",
            "{table}: {unknown} of {ids} customers have neither a sales line nor a customer record; they are kept and counted: {names}.",
            values,
        )
        if link.but_for_zeros:
            yield Notice(
                "table_zeros",
                "{table}: {count} customer numbers differ from known ones only by zeros in front. They are not joined; export them alike.",
                {"table": link.table, "count": link.but_for_zeros},
            )


def _hierarchy_notices(hierarchy: Hierarchy | None) -> Iterator[Notice]:
    if hierarchy and hierarchy.unknown_heads:
        yield Notice(
            "unknown_group_heads",
            "{count} groups are headed by a number that is no customer: {names}. Their members are one group all the same.",
            {"count": hierarchy.unknown_heads, "names": ", ".join(hierarchy.examples)},
        )

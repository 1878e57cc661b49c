"""What the customer result rests on, how to look a figure up, and what its words mean."""

from __future__ import annotations

from decimal import Decimal

from kundenwert.reports._page import Block, Facts, Points, Section, Terms, Text
from kundenwert.reports._result_basis import ResultBasis
from kundenwert.reports.language.terms import Term, chosen

_STAGES = ("marketing", "sales", "service", "logistics")


def sections(basis: ResultBasis) -> tuple[Section, ...]:
    """All three."""
    return (trust(basis), lookup(basis), glossary(basis))


def trust(basis: ResultBasis) -> Section:
    """Shares that are estimated, assumed or belong to nobody; what to know before relying on the figures."""
    text = basis.language.text
    notices = basis.result.notices
    blocks: tuple[Block, ...] = (_facts(basis),)
    if notices:
        blocks = (*blocks, Points(tuple(basis.language.notice(notice) for notice in notices), "warnings"))
    subject, unit = text("What the figures rest on"), text("{period}, run {run}", period=basis.period, run=basis.result.run)
    return Section("trust", _trust_message(basis), subject, unit, blocks)


def _served(basis: ResultBasis) -> Decimal:
    return sum(((basis.result.step(name).company or Decimal(0)) for name in _STAGES), Decimal(0))


def _trust_message(basis: ResultBasis) -> str:
    text, result = basis.language.text, basis.result
    soft = []
    if result.estimated:
        soft.append(text("{share} of contribution I is estimated", share=_estimated(basis)))
    if result.assumed:
        soft.append(
            text("{share} of the cost to serve rests on assumed rates", share=basis.share(result.assumed, _served(basis), digits=0))
        )
    if not soft:
        return text("Nothing is estimated or assumed: every cost comes from your own records")
    return "; ".join(soft)


def _estimated(basis: ResultBasis) -> str:
    return basis.share(basis.result.estimated, basis.result.step("db1").company, digits=0)


def _facts(basis: ResultBasis) -> Facts:
    text, result, language = basis.language.text, basis.result, basis.language
    last = result.step(basis.last)
    facts = [(text("Estimated"), _estimated(basis), text("of contribution I: margins of other lines where a line has no cost"))]
    if result.is_served:
        share = basis.share(result.assumed, _served(basis), digits=0)
        facts.append((text("Assumed"), share, text("of the cost to serve: rates of the preset")))
    facts.append(
        (text("Belongs to no customer"), language.money(last.unallocated, result.currency), text("of {step}", step=basis.last_name()))
    )
    facts.append((text("Objected"), language.number(result.left_out), text("customers in no list, in totals only")))
    if result.grade:
        facts.append((text("Data"), text("grade {grade}", grade=result.grade), text("A is best, E is worst")))
    return Facts(tuple(facts))


def lookup(basis: ResultBasis) -> Section:
    """From a figure to the records it is made of."""
    text, result = basis.language.text, basis.result
    year = f" --year {result.year}" if result.year is not None else ""
    one = result.loss_makers[0].customer_id if result.loss_makers else "ID"
    safe = one if one.isalnum() else "ID"
    blocks = (
        Text(
            text(
                "This command shows the sales lines, payments, visits, complaints ... behind each figure of a customer, "
                "with file and record:"
            )
        ),
        Text(f"kundenwert customer {safe} --lines{year}", "code"),
        Text(text("All customers stand in contribution.parquet of the run, one row a customer and year.")),
    )
    return Section(
        "lookup", text("Every figure leads to its records"), text("Looking up"), text("run {run}", run=result.run), blocks, columns=5
    )


def glossary(basis: ResultBasis) -> Section:
    """Each word that is not an everyday one."""
    text = basis.language.text
    subject, unit = text("Glossary"), text("words of this report")
    return Section("glossary", text("What the words mean"), subject, unit, (Terms(_terms(basis)),), columns=7)


def _terms(basis: ResultBasis) -> tuple[Term, ...]:
    text = basis.language.text
    first = chosen(basis.language, "list", "net", "db1")
    unallocated = (
        *chosen(basis.language, "unallocated"),
        (
            "estimated",
            text("Estimated"),
            text("The line has no cost of its own; the margin of its product, its group or all lines was taken."),
        ),
    )
    if not basis.result.is_served:
        return (*first, *unallocated)
    return (
        *first,
        *chosen(basis.language, "db2", "db3", "db4", "driver", "usual", "cause", "lever", "whale"),
        ("place", text("Place"), text("The customer's position when all are put in order; 1 is the best.")),
        (
            "agreement",
            text("Same order as by revenue"),
            text("Correlation of the places: 1 is the same order, 0 no connection, −1 the reverse."),
        ),
        (
            "kept",
            text("Of the first fifth by revenue stay"),
            text("How many of the customers with the most revenue are also among the best by this yardstick."),
        ),
        ("assumed", text("Assumed"), text("The rate is that of the preset for the branch. Put in your own.")),
        *unallocated,
    )

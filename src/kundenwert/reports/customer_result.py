"""The customer result as one page: what is left of the customers' money step by step, who costs more than they bring, and why."""

from __future__ import annotations

from kundenwert.records import CustomerResult
from kundenwert.reports import _result_losses, _result_steps, _result_trust, _result_yardsticks
from kundenwert.reports._page import Page
from kundenwert.reports._result_basis import ResultBasis
from kundenwert.reports.language import Language


def page(result: CustomerResult, lang: str = "de") -> Page:
    """The report as records, before any HTML."""
    basis = ResultBasis(result, Language(lang))
    sections = (
        _result_steps.section(basis),
        *_result_losses.sections(basis),
        *_result_yardsticks.sections(basis),
        _result_steps.tied(basis),
        *_result_trust.sections(basis),
    )
    return Page(
        title=f"{basis.language.text('Customer result')}, {result.title}, {basis.period}",
        company=result.title,
        language=lang,
        message=_result_steps.message(basis),
        lead=_result_steps.lead(basis),
        basis=line(basis),
        sections=sections,
        foot=foot(basis),
        words=words(basis),
    )


def render(result: CustomerResult, lang: str = "de") -> str:
    """The report as one HTML page that needs nothing else: no script, no further file, no network."""
    from kundenwert.reports._html import html

    return html(page(result, lang))


def line(basis: ResultBasis) -> tuple[tuple[str, str], ...]:
    """The basis of every figure: a result without it is not shown."""
    text, result = basis.language.text, basis.result
    days = text("{first} to {last}", first=result.first, last=result.last)
    return (
        (text("Period"), days),
        *(((text("Compared with"), basis.before),) if basis.before else ()),
        (text("As of"), basis.language.date(result.as_of)),
        *(((text("Currency"), result.currency),) if result.currency else ()),
        *(((text("Data"), text("grade {grade} (A to E)", grade=result.grade)),) if result.grade else ()),
        (text("Run"), result.run),
    )


def foot(basis: ResultBasis) -> str:
    """Which run, made when, by which version."""
    result = basis.result
    return basis.language.text(
        "Run {run} of {created}, kundenwert {version}", run=result.run, created=result.created, version=result.version
    )


def words(basis: ResultBasis) -> dict[str, str]:
    """The few words the page itself needs."""
    text = basis.language.text
    return {
        "skip": text("Skip to the content"),
        "basis": text("Basis of the figures"),
        "warned": "",
        "report": text("Customer result"),
        "scrolls": text("Table, can be moved sideways"),
    }


PLUGIN = render

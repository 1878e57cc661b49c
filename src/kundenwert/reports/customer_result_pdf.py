"""The customer result for print and mail: the management page first, then tables."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from kundenwert.records import CustomerResult
from kundenwert.reports import _result_losses, _result_steps, _result_trust, _result_yardsticks
from kundenwert.reports._page import Page, Section
from kundenwert.reports._result_basis import ResultBasis
from kundenwert.reports.customer_result import page as on_screen
from kundenwert.reports.language import Language


def page(result: CustomerResult, lang: str = "de") -> Page:
    """The report as records: what must be decided on one page, what it rests on behind it."""
    basis = ResultBasis(result, Language(lang))
    return replace(on_screen(result, lang), sections=(*_first(basis), *_behind(basis)))


def render(result: CustomerResult, lang: str = "de") -> bytes:
    """The report as PDF; the same run gives the same bytes."""
    from kundenwert.reports._pdf import pages

    created = result.created or datetime.combine(result.as_of, datetime.min.time(), tzinfo=UTC)
    of = Language(lang).text("Page {page} of {pages}", page="{page}", pages="{pages}")
    return pages(page(result, lang), created=created, of=of, breaks=("losses",))


def _first(basis: ResultBasis) -> tuple[Section, ...]:
    """The result, why customers lose money, how the result is spread, and what to do about it."""
    by_key = {section.key: section for section in _result_losses.sections(basis)}
    # How to read a whale curve stands in the glossary; the page must hold the levers too.
    beside = tuple(replace(by_key[key], note="") for key in ("causes", "whale") if key in by_key)
    return (_result_steps.section(basis), *beside, *_result_losses.levers(basis))


def _behind(basis: ResultBasis) -> tuple[Section, ...]:
    return (
        *(section for section in _result_losses.sections(basis) if section.key == "losses"),
        *_result_yardsticks.sections(basis),
        _result_steps.tied(basis),
        *(replace(section, columns=12) for section in _result_trust.sections(basis)),
    )


PLUGIN = render

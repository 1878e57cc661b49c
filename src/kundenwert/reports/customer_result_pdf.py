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

# Losses on the first page, and in the table behind it.
_FIRST, _LISTED = 6, 20


def page(result: CustomerResult, lang: str = "de") -> Page:
    """The report as records: what must be decided on one page, what it rests on behind it."""
    basis = ResultBasis(result, Language(lang))
    return replace(on_screen(result, lang), sections=(*_first(basis), *_behind(basis)))


def render(result: CustomerResult, lang: str = "de") -> bytes:
    """The report as PDF; the same run gives the same bytes."""
    from kundenwert.reports._pdf import pages

    created = result.created or datetime.combine(result.as_of, datetime.min.time(), tzinfo=UTC)
    return pages(page(result, lang), created=created, of=Language(lang).text("Page {page} of {pages}", page="{page}", pages="{pages}"))


def _first(basis: ResultBasis) -> tuple[Section, ...]:
    losses = _result_losses.sections(basis, listed=_FIRST)
    by_key = {section.key: section for section in losses}
    beside = tuple(by_key[key] for key in ("causes", "whale") if key in by_key)
    return (_result_steps.section(basis), *beside)


def _behind(basis: ResultBasis) -> tuple[Section, ...]:
    losses = tuple(section for section in _result_losses.sections(basis, listed=_LISTED) if section.key == "losses")
    return (
        *losses,
        *_result_yardsticks.sections(basis),
        _result_steps.tied(basis),
        *(replace(section, columns=12) for section in _result_trust.sections(basis)),
    )


PLUGIN = render

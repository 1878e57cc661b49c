"""How ready the data are, as one page: the grade with its reasons, what each table holds, and what missing pieces would add."""

from __future__ import annotations

from kundenwert.records import GradedRun
from kundenwert.reports import _readiness
from kundenwert.reports._basis import Words
from kundenwert.reports._page import Page
from kundenwert.reports.language import Language


def page(graded: GradedRun, lang: str = "de") -> Page:
    """The report as records, before any HTML."""
    language = Language(lang)
    text, found = language.text, graded.readiness
    spoken = Words(language)
    basis = ((text("As of"), language.date(graded.as_of)), (text("Data"), text("grade {grade} (A to E)", grade=found.grade)))
    return Page(
        title=f"{text('Readiness of the data')}, {graded.title}, {language.date(graded.as_of)}",
        company=graded.title,
        language=lang,
        message=_readiness.message(spoken, found),
        lead=text("The grade says how far the values of this run can be trusted, before any value is shown. A is best, E is worst."),
        basis=(*basis, (text("Run"), graded.run)),
        sections=_readiness.page_sections(spoken, found),
        foot=text("Run {run} of {created}, kundenwert {version}", run=graded.run, created=graded.created, version=graded.version),
        words={
            "skip": text("Skip to the content"),
            "basis": text("Basis of the figures"),
            "warned": "",
            "report": text("Readiness of the data"),
            "scrolls": text("Table, can be moved sideways"),
        },
    )


def render(graded: GradedRun, lang: str = "de", *, paper: bool = False) -> bytes:
    """The page as HTML that needs nothing else; or as PDF, for paper."""
    made = page(graded, lang)
    if paper:
        from kundenwert.reports._pdf import pages

        return pages(made, created=graded.created, of=Language(lang).text("Page {page} of {pages}", page="{page}", pages="{pages}"))
    from kundenwert.reports._html import html

    return html(made).encode()


PLUGIN = render

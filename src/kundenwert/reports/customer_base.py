"""The report of a run: what the customer base is worth, who carries it, who is at risk, how good the forecast is, how it was reckoned."""

from __future__ import annotations

from dataclasses import replace

from kundenwert.records import RunFigures
from kundenwert.reports import (
    _assumptions,
    _components,
    _course,
    _forecast,
    _lines,
    _method,
    _people,
    _readiness,
    _result_pointer,
    _spread,
    _unknown,
    _worth,
)
from kundenwert.reports._basis import Basis
from kundenwert.reports._page import Chapter, Page, Section
from kundenwert.reports.language import Language

_HALF = 6


def page(figures: RunFigures, lang: str = "en") -> Page:
    """The report as records, before any HTML."""
    basis = Basis(figures, Language(lang))
    chapters = tuple((key, title, _filled(sections)) for key, title, sections in _chapters(basis))
    return Page(
        title=f"{_title(basis)}, {figures.title}, {basis.day}",
        company=figures.title,
        language=lang,
        message=_worth.message(basis),
        lead=_worth.lead(basis),
        basis=_line(basis),
        sections=tuple(section for _, _, sections in chapters for section in sections),
        foot=_foot(basis),
        words=_words(basis),
        # A report that says nothing of the components is short enough without chapters.
        chapters=tuple(_chapter(*chapter) for chapter in chapters if chapter[2]) if figures.components else (),
    )


def _chapters(basis: Basis) -> tuple[tuple[str, str, tuple[Section, ...]], ...]:
    """What the base is worth comes first: it is all that many readers need."""
    text = basis.language.text
    return (
        (
            "sums",
            text("What the base is worth"),
            (*_worth.section(basis), *_result_pointer.sections(basis), *_lines.sections(basis), *_readiness.section(basis)),
        ),
        (
            "who",
            text("Who the customers are"),
            (
                *_spread.sections(basis),
                *_components.spread(basis),
                _people.top(basis),
                _people.at_risk(basis),
                *_components.alert(basis),
                *_components.fields(basis),
            ),
        ),
        ("doings", text("How they buy and what they say"), _components.doings(basis)),
        ("growth", text("Where there is more to earn"), _components.growth(basis)),
        ("ways", text("Points and other ways to reckon value"), _components.ways(basis)),
        (
            "ahead",
            text("What to expect, and how good that is"),
            (_course.section(basis), *_assumptions_of(basis), *_forecast.sections(basis), *_unknown.sections(basis)),
        ),
        ("grounds", text("What it rests on"), (*_method.warnings(basis), _method.method(basis), _method.glossary(basis))),
    )


def _filled(sections: tuple[Section, ...]) -> tuple[Section, ...]:
    """A section of half a width that nothing stands beside takes all of it; one with a picture stays, as pictures have their size."""
    found, place = list(sections), 0
    while place < len(found):
        pair = found[place : place + 2]
        if found[place].columns == _HALF and len(pair) == 2 and pair[1].columns == _HALF:
            place += 2
            continue
        if found[place].columns == _HALF and not any(block.kind == "picture" and block.drawings for block in found[place].blocks):
            found[place] = replace(found[place], columns=2 * _HALF)
        place += 1
    return tuple(found)


def _assumptions_of(basis: Basis) -> tuple[Section, ...]:
    """What the assumptions behind the values are worth, where values are money."""
    found = basis.figures.assumptions
    return (_assumptions.section(found, basis.language),) if found and found.rows else ()


def _chapter(key: str, title: str, sections: tuple[Section, ...]) -> Chapter:
    return Chapter(f"chapter-{key}", title, tuple((section.key, section.subject) for section in sections))


def render(figures: RunFigures, lang: str = "en") -> str:
    """The report as one HTML page that needs nothing else: no script, no further file, no network."""
    from kundenwert.reports._html import html

    return html(page(figures, lang))


def _title(basis: Basis) -> str:
    text = basis.language.text
    names = {
        "revenue": text("Customer base report in revenue, not margin"),
        "purchases": text("Customer base report in purchases"),
        "contribution": text("Customer base report"),
    }
    return names[basis.figures.yardstick]


def _line(basis: Basis) -> tuple[tuple[str, str], ...]:
    """The basis of every figure: a value without it is not shown."""
    text, figures = basis.language.text, basis.figures
    yardstick = text("revenue, not margin") if figures.yardstick == "revenue" else basis.yardstick()
    kind = text("residual: from the as-of day on")
    money = (
        ((text("Value horizon"), basis.years), (text("Rate"), text("{rate} a year", rate=basis.language.percent(figures.discount_rate))))
        if basis.in_money
        else ()
    )
    return (
        (text("As of"), basis.day),
        (text("Horizon"), basis.months),
        *money,
        (text("Kind of value"), kind),
        (text("Yardstick"), yardstick),
        *_readiness.grade(basis),
        (text("Run"), figures.run),
    )


def _foot(basis: Basis) -> str:
    figures = basis.figures
    return basis.language.text(
        "Run {run} of {created}, kundenwert {version}", run=figures.run, created=figures.created, version=figures.version
    )


def _words(basis: Basis) -> dict[str, str]:
    """The few words the page itself needs."""
    text = basis.language.text
    count = len(_unknown.remaining(basis))
    warned = basis.language.plural("{n} warning", "{n} warnings", count) if count else ""
    return {
        "skip": text("Skip to the content"),
        "basis": text("Basis of the figures"),
        "warned": warned,
        "report": _title(basis),
        "scrolls": text("Table, can be moved sideways"),
        "contents": text("Contents"),
    }


PLUGIN = render

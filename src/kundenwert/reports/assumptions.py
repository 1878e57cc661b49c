"""Assumptions and what they are worth, as one page: each down and up, with the picture and the figures."""

from __future__ import annotations

from kundenwert.records.assumptions import Assumption, Assumptions, Case
from kundenwert.reports import _assumptions
from kundenwert.reports._page import Cell, Column, Page, Row, Section, Table, Text
from kundenwert.reports.charts.tornado import message_of, name_of, setting_of
from kundenwert.reports.language import Language


def page(found: Assumptions, lang: str = "de") -> Page:
    """The report as records, before any HTML."""
    language = Language(lang)
    text = language.text
    basis = (
        (text("As of"), language.date(found.as_of)),
        (text("Still to come (clv)"), language.short(found.total, found.currency)),
        (text("Customers"), language.number(found.customers)),
        (text("Run"), found.run),
    )
    return Page(
        title=f"{text('Assumptions and what they are worth')}, {found.title}, {language.date(found.as_of)}",
        company=found.title,
        language=lang,
        message=message_of(found, language),
        lead=text(
            "Some of these figures people set, others are measured and will not stay as they are. "
            "Each is moved down and up while all else stays."
        ),
        basis=basis,
        sections=(_section(found, language),),
        foot=text("Run {run} of {created}, kundenwert {version}", run=found.run, created=found.created, version=found.version),
        words={
            "skip": text("Skip to the content"),
            "basis": text("Basis of the figures"),
            "warned": "",
            "report": text("Assumptions and what they are worth"),
            "scrolls": text("Table, can be moved sideways"),
        },
    )


def _section(found: Assumptions, language: Language) -> Section:
    text = language.text
    columns = (
        Column(text("Assumption"), "text"),
        Column(text("Instead of")),
        Column(text("Set to")),
        Column(text("Change")),
        Column(text("In %")),
        Column(text("Top tenth changes"), wide=True),
    )
    rows = tuple(row for one in found.rows for row in _rows(one, found, language))
    base = text("{n} customers valued on their own, top tenth: {chosen}", n=found.customers, chosen=found.chosen)
    table = Table(text("Each assumption down and up"), columns, rows, scrolls=True)
    message = text("The order of the assumptions is that of what they move")
    return _assumptions.section(found, language, further=(table, Text(base, "note")), message=message)


def _rows(one: Assumption, found: Assumptions, language: Language) -> tuple[Row, Row]:
    base = setting_of(one.name, one.base, language)
    return (
        _row(name_of(one.name, language), base, one.name, one.down, found, language),
        _row("", "", one.name, one.up, found, language),
    )


def _row(name: str, base: str, key: str, case: Case, found: Assumptions, language: Language) -> Row:
    return Row(
        (
            Cell(name),
            Cell(base),
            Cell(setting_of(key, case.setting, language)),
            Cell(language.money(case.change, found.currency, 0, sign=True)),
            Cell(language.percent(case.share, 1, sign=True)),
            Cell(language.percent(case.top_changed, 1)),
        )
    )


def render(found: Assumptions, lang: str = "de", *, paper: bool = False) -> bytes:
    """The page as HTML that needs nothing else; or as PDF, for paper."""
    made = page(found, lang)
    if paper:
        from kundenwert.reports._pdf import pages

        return pages(made, created=found.created, of=Language(lang).text("Page {page} of {pages}", page="{page}", pages="{pages}"))
    from kundenwert.reports._html import html

    return html(made).encode()


PLUGIN = render

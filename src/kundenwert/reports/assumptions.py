"""Assumptions and what they are worth, as one page: each down and up, the change of the total as bars around zero."""

from __future__ import annotations

from kundenwert.records.assumptions import Assumption, Assumptions, Case
from kundenwert.reports._bars import Scale
from kundenwert.reports._page import Cell, Column, Page, Points, Row, Section, Table
from kundenwert.reports.language import Language

_NAMES = {
    "discount_rate": "Discount rate a year",
    "value_horizon": "How far the value looks ahead",
    "margin": "Margin of all customers",
    "return_share": "What returns take of sales",
}
_OF_SENTENCE = {
    "discount_rate": "the discount rate",
    "value_horizon": "how far the value looks ahead",
    "margin": "the margin",
    "return_share": "what returns take of sales",
}


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
        message=_message(found, language),
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


def _message(found: Assumptions, language: Language) -> str:
    widest = found.rows[0]
    low, high = sorted((widest.down.total, widest.up.total))
    return language.text(
        "What is still to come lies between {low} and {high}, depending on {what}",
        low=language.short(low, found.currency),
        high=language.short(high, found.currency),
        what=language.text(_OF_SENTENCE[widest.name]),
    )


def _section(found: Assumptions, language: Language) -> Section:
    text = language.text
    columns = (
        Column(text("Assumption"), "text"),
        Column(text("Instead of")),
        Column(text("Set to")),
        Column(text("Change of the total"), "bars", shown=True),
        Column(text("Change")),
        Column(text("In %")),
        Column(text("Top tenth changes"), wide=True),
    )
    # Zero in the middle, the same length for the same money on both sides.
    far = max((abs(case.change) for one in found.rows for case in (one.down, one.up)), default=0.0) or 1.0
    scale = Scale(-far, far)
    rows = tuple(row for one in found.rows for row in _rows(one, found, scale, language))
    notes = (
        text("Discount rate and horizon are forecast anew for each purchase history from the fit of this run; nothing is fitted again."),
        text("The margin moves by a tenth of itself, returns by half: all customers move alike, so nobody changes places."),
        text("Rates of cost to serve do not enter what is still to come; what rests on assumed rates stands in the customer result."),
    )
    return Section(
        "assumptions",
        text("The order of the assumptions is that of what they move"),
        text("Change of the sum of what is still to come"),
        text("{n} customers valued on their own, top tenth: {chosen}", n=found.customers, chosen=found.chosen),
        (Table(text("Each assumption down and up"), columns, rows, scrolls=True), Points(notes)),
    )


def _rows(one: Assumption, found: Assumptions, scale: Scale, language: Language) -> tuple[Row, Row]:
    base = _setting(one.name, one.base, language)
    return (
        _row(language.text(_NAMES[one.name]), base, one.name, one.down, found, scale, language),
        _row("", "", one.name, one.up, found, scale, language),
    )


def _row(name: str, base: str, key: str, case: Case, found: Assumptions, scale: Scale, language: Language) -> Row:
    look = "pos" if case.change >= 0 else "neg"
    return Row(
        (
            Cell(name),
            Cell(base),
            Cell(_setting(key, case.setting, language)),
            Cell(marks=(scale.axis(), scale.bar(look, 0.0, case.change))),
            Cell(language.money(case.change, found.currency, 0, sign=True)),
            Cell(language.percent(case.share, 1, sign=True)),
            Cell(language.percent(case.top_changed, 1)),
        )
    )


def _setting(name: str, value: float, language: Language) -> str:
    if name == "value_horizon":
        return language.text("{years:.1f} years", years=value)
    return language.percent(value, 2 if name == "return_share" else 1)


def render(found: Assumptions, lang: str = "de", *, paper: bool = False) -> bytes:
    """The page as HTML that needs nothing else; or as PDF, for paper."""
    made = page(found, lang)
    if paper:
        from kundenwert.reports._pdf import pages

        return pages(made, created=found.created, of=Language(lang).text("Page {page} of {pages}", page="{page}", pages="{pages}"))
    from kundenwert.reports._html import html

    return html(made).encode()


PLUGIN = render

"""A plan on paper, for those who decide: what it brings and takes, how else it could be done, whom it means first, what it assumes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from kundenwert.records.plans import MONEY
from kundenwert.reports._page import Block, Cell, Column, Facts, Page, Points, Row, Section, Table, Text
from kundenwert.reports._pictures import MIDDLE, picture
from kundenwert.reports._plan_words import (
    Told,
    assumes,
    compared,
    counts_within,
    gain_sentences,
    head,
    is_open,
    left_out,
    notices,
    reasons,
    row,
    struck,
    used,
)
from kundenwert.reports.charts import plan_curve
from kundenwert.reports.language import UNKNOWN, Language

if TYPE_CHECKING:
    from kundenwert.records.kept_plan import KeptPlan

# So many lines stand on paper; the workbook has them all.
_SHOWN = 25


def render(plan: KeptPlan, lang: str = "de") -> bytes:
    """The plan as PDF; the same plan gives the same bytes."""
    from kundenwert.reports._pdf import pages

    of = Language(lang).text("Page {page} of {pages}", page="{page}", pages="{pages}")
    return pages(page(plan, lang), created=datetime.fromisoformat(plan.content["created"]), of=of)


def page(plan: KeptPlan, lang: str = "de") -> Page:
    """The plan as records."""
    told = Told(plan, Language(lang))
    content, language = plan.content, told.language
    sentences, within = gain_sentences(told), counts_within(told)
    sections = [_figures(told), _curve(told), _practices(told), _limits(told), _lines(told), *_words(told)]
    return Page(
        title=f"{head(told)}, {language.date(content['as_of'])}",
        company=str(content["company"]),
        language=lang,
        message=sentences[0].rstrip("."),
        lead=" ".join(sentences[1:]),
        basis=(
            (told.text("Plan"), plan.name),
            (told.text("Run"), str(content["run"])),
            (
                told.text("Spends"),
                told.text("{start} to {end}", start=language.date(content["as_of"]), end=language.date(content["until"])),
            ),
            *([(told.text("Effects count"), within)] if within else []),
        ),
        sections=tuple(section for section in sections if section is not None),
        foot=told.text("Plan {plan}, kundenwert {version}", plan=plan.name, version=content["version"]),
        words={"skip": "", "basis": told.text("Basis of the figures"), "warned": "", "report": head(told), "scrolls": ""},
    )


def _section(told: Told, key: str, message: str, blocks: tuple[Block, ...], *, subject: str, unit: str = "", columns: int = 12) -> Section:
    return Section(key, message, subject, unit or told.text("in {currency}", currency=told.content["currency"]), blocks, columns=columns)


def _figures(told: Told) -> Section:
    content = told.content
    gain = UNKNOWN if is_open(content) else told.money(content["gain"])
    facts = [(told.text("Gain, after cost"), gain, ""), (told.text("Cost"), told.money(content["cost"]), "")]
    if content["lower"] is not None:
        span = told.text("{low} to {high}", low=told.money(content["lower"]), high=told.money(content["upper"]))
        facts.append((told.text("in 90 of 100 cases"), span, ""))
    planned = {"leads": "Leads in the plan", "purposes": "Purposes in the plan"}.get(content.get("about", ""), "Customers in the plan")
    facts.append((told.text(planned), told.language.number(content["planned"]), ""))
    if content["held_out"]["customers"]:
        facts.append((told.text("Held out to measure it"), told.language.number(content["held_out"]["customers"]), ""))
    message = told.text("What the plan brings and takes")
    return _section(told, "figures", message, (Facts(tuple(facts)),), subject=head(told))


def _curve(told: Told) -> Section | None:
    curve = told.content["curve"]
    if "gain" not in curve or sum(one is not None for one in curve["gain"]) < 3:
        return None
    blocks = picture(plan_curve.PLUGIN, told.content, told.language, widths=(MIDDLE,))
    subject = told.text("Additional contribution by money spent, within the other limits")
    return _section(told, "curve", plan_curve.message(told.content, told.language), blocks, subject=subject)


def _practices(told: Told) -> Section | None:
    rows = compared(told)
    if len(rows) < 3:
        return None
    table = _table(told.text("How else the means could be spent"), rows)
    others = [one["gain"] for one in told.content["compared"] if one["gain"] is not None and one["name"] != "nothing"]
    message = told.text("Every other way to spend it would lose money")
    if not others or max(others) >= 0:
        message = told.text(
            "{more} more than the best of the other ways", more=told.money((told.content["gain"] or 0.0) - max(others, default=0.0))
        )
    return _section(told, "compared", message, (table,), subject=told.text("How else the means could be spent"))


def _limits(told: Told) -> Section | None:
    rows = used(told)
    if len(rows) < 2:
        return None
    # What is left of a limit may be too little for anybody: it binds all the same.
    binding = list(dict.fromkeys(one["resource"] for one in told.content["used"] if one["price"]))
    message = told.text("No limit holds the plan back")
    if binding:
        names = told.language.listed([told.text("money") if one == MONEY else one for one in binding[:3]])
        message = told.text("What there is too little of: {names}", names=names)
    table = _table(told.text("Limits"), rows)
    return _section(told, "limits", message, (table,), subject=told.text("Limits, and what one unit more would bring"))


def _table(caption: str, rows: list[list[str]]) -> Table:
    columns = tuple(Column(heading, "num" if place else "text") for place, heading in enumerate(rows[0]))
    return Table(caption, columns, tuple(Row(tuple(Cell(cell) for cell in line)) for line in rows[1:]))


def _lines(told: Told) -> Section | None:
    """The first lines with their reasons."""
    plan = told.plan
    if not plan.length:
        return None
    shown = min(_SHOWN, plan.length)
    why = reasons(plan, told.language, most=shown)
    rows = []
    for place in range(shown):
        number, customer, name, done, gain, cost = row(told, place)
        rows.append(
            Row(
                (
                    Cell(number),
                    Cell(name or customer, below=why[place]),
                    Cell(done or UNKNOWN, below=customer if name else ""),
                    Cell(gain),
                    Cell(cost),
                )
            )
        )
    heads = ("", told.text("Customer and why"), told.text("What to do"), told.text("Gain"), told.text("Cost"))
    kinds = ("num", "text", "text", "num", "num")
    columns = tuple(Column(heading, kind) for heading, kind in zip(heads, kinds, strict=True))  # type: ignore[arg-type]
    note = told.text("The first {shown:,d} of {all:,d} lines; all of them stand in the workbook.", shown=shown, all=plan.length)
    blocks: tuple[Block, ...] = (Table(told.text("Whom the plan means"), columns, tuple(rows)),)
    blocks = (*blocks, Text(note, "note")) if plan.length > shown else blocks
    return _section(told, "lines", told.text("First where it changes most"), blocks, subject=told.text("Whom the plan means"))


def _words(told: Told) -> Iterator[Section]:
    parts = (
        ("assumes", told.text("What the plan rests on"), list(assumes(told))),
        ("left_out", told.text("Who is left out"), [*left_out(told), *struck(told)]),
        ("notices", told.text("To know before it is used"), list(notices(told))),
        ("law", told.text("Purpose and legal basis"), [told.text(one) for one in (told.content["purpose"], told.content["legal_basis"])]),
    )
    for key, title, sentences in parts:
        if sentences:
            yield Section(key, title, told.text("Plan"), told.plan.name, (Points(tuple(sentences)),))


PLUGIN = render

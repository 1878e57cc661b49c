"""One customer: what stands beside the sum, the points, why the value changed, and what would change it."""

from __future__ import annotations

from collections.abc import Sequence

from kundenwert.records import Said, WhatIf
from kundenwert.reports._bars import scale
from kundenwert.reports._customer_basis import ORDER, CustomerBasis, provenance_names
from kundenwert.reports._page import Block, Cell, Column, Points, Row, Section, Table, Text

# Said at the head of the page, or by the message of a section of its own.
_SAID_ELSEWHERE = frozenset({"alert", "score"})


def sections(basis: CustomerBasis) -> tuple[Section, ...]:
    """What is said of a customer who is valued."""
    return (*_beside(basis), *_points(basis), *_change(basis), *_what_ifs(basis))


def ordered(said: Sequence[Said]) -> list[Said]:
    """In an order that reads well; what nobody put in order comes last."""
    return sorted(said, key=lambda one: (ORDER.index(one.component) if one.component in ORDER else len(ORDER), one.component))


def _beside(basis: CustomerBasis) -> tuple[Section, ...]:
    text = basis.language.text
    said = [one for one in ordered(basis.explained.said) if one.component not in _SAID_ELSEWHERE]
    beside = tuple(basis.notice(one.sentence) for one in said if one.standing == "beside" or one.added)
    possible = tuple(basis.notice(one.sentence) for one in said if one.standing != "beside" and not one.added)
    blocks: list[Block] = [*((Points(beside),) if beside else ())]
    if possible:
        blocks += [Text(text("Possible gains and losses, not part of the value:"), "small"), Points(possible)]
    if not blocks:
        return ()
    subject, unit = text("Beside the value"), basis.day
    if basis.in_money:
        unit = text("amounts in {unit}", unit=basis.language.symbol(basis.currency) or text("amounts"))
    return (Section("beside", text("What else is known"), subject, unit, tuple(blocks), columns=7),)


# ---- points -----------------------------------------------------------------------------------------------------------


def _points(basis: CustomerBasis) -> tuple[Section, ...]:
    text, language = basis.language.text, basis.language
    given = [one for one in basis.explained.points if one.points is not None]
    if not given:
        return ()
    score = next((one.sentence for one in basis.explained.said if one.component == "score"), None)
    message = basis.notice(score).rstrip(".") if score else text("Points on {n} criteria", n=len(given))
    return (
        Section(
            "points",
            message,
            text("Points by criterion"),
            text("0 to 10, 10 is always favourable; {day}", day=language.date(basis.explained.basis["as_of"])),
            (points_table(basis),),
            note=_missing(basis),
        ),
    )


def points_table(basis: CustomerBasis, *, names: bool = True) -> Table:
    """Criteria with points. names: whether people who rated are named."""
    text, language, lengths = basis.language.text, basis.language, scale([0.0, 10.0])
    called = provenance_names(language)
    rows = []
    for one in basis.explained.points:
        if one.points is None:
            continue
        reasons = "; ".join(
            f"{reason.reason} ({reason.by}, {language.date(reason.at)})" if names else f"{reason.reason} ({language.date(reason.at)})"
            for reason in one.reasons
            if reason.reason
        )
        because = basis.notice(one.basis) + (f" {reasons}" if reasons else "")
        cells = (
            Cell(basis.criterion(one)),
            Cell(language.number(one.points, 1)),
            *(() if basis.paper else (Cell(marks=(lengths.bar("ac", 0.0, one.points),)),)),
            Cell(language.percent(one.weight, 0) if one.weight else "–"),
            Cell(called[one.provenance]),
            Cell(because),
        )
        rows.append(Row(cells))
    columns = (
        Column(text("Criterion"), "text"),
        Column(text("Points")),
        *(() if basis.paper else (Column(text("Bar"), "bars", wide=True),)),
        Column(text("Weight")),
        Column(text("Provenance"), "text", wide=True),
        Column(text("Because"), "text"),
    )
    return Table(text("Points by criterion"), columns, tuple(rows))


def _missing(basis: CustomerBasis) -> str:
    missing = [basis.criterion(one) for one in basis.explained.points if one.points is None and one.weight]
    return basis.language.text("Without points: {criteria}.", criteria=basis.language.listed(missing)) if missing else ""


# ---- why it changed, and what would change it -------------------------------------------------------------------------


def _change(basis: CustomerBasis) -> tuple[Section, ...]:
    change, text, language = basis.explained.change, basis.language.text, basis.language
    if change is None:
        return ()
    lengths = scale([float(line.amount) for line in change.lines])
    names = {
        "purchases": text("Purchases made or not made"),
        "forecast": text("Forecast reckoned anew from all customers"),
        "amounts": text("Price, cost and size of purchases, corrections"),
        "added": text("Further parts of the value"),
    }
    rows = tuple(
        Row(
            (
                Cell(names[line.kind], below=basis.notice(line.sentence) if line.kind == "purchases" else ""),
                Cell(language.number(line.amount, 2, sign=True)),
                Cell(marks=(lengths.axis(), lengths.bar("pos" if line.amount >= 0 else "neg", 0.0, float(line.amount)))),
            )
        )
        for line in change.lines
    )
    total = change.after - change.before
    whole = Row((Cell(text("Change of the value")), Cell(language.number(total, 2, sign=True)), Cell()), "sum")
    columns = (Column(text("Reason"), "text"), Column(basis.with_unit(text("Amount"))), Column(text("Bar"), "bars"))
    amount = basis.money(abs(total))
    message = (
        text("Worth {amount} more than on {day}", amount=amount, day=change.as_of)
        if total >= 0
        else text("Worth {amount} less than on {day}", amount=amount, day=change.as_of)
    )
    unit = text("{before} then, {after} now", before=basis.money(change.before, 2), after=basis.money(change.after, 2))
    block = Table(text("Why the value changed"), columns, (*rows, whole))
    return (Section("change", message, text("Why the value changed"), unit, (block,), columns=6),)


def _what_ifs(basis: CustomerBasis) -> tuple[Section, ...]:
    found, text = basis.explained.what_ifs, basis.language.text
    if not found:
        return ()
    block = Points(what_if_sentences(basis, found))
    columns = 6 if basis.explained.change else 5
    unit = text("one thing changed, all else as it is")
    return (Section("what-if", text("What would change the value"), text("What if"), unit, (block,), columns=columns),)


def what_if_sentences(basis: CustomerBasis, found: Sequence[WhatIf]) -> tuple[str, ...]:
    """Each in the reader's language; a criterion by the name readers know."""
    sentences = []
    for one in found:
        values = dict(one.sentence.in_currency(basis.currency).values)
        if "criterion" in values and basis.language.code != "de":
            values["criterion"] = values["english"]
        sentences.append(basis.language.text(one.sentence.text, **values))
    return tuple(sentences)

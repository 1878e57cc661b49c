"""The fourth section: the most valuable customers, and the most valuable ones at risk."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from kundenwert.reports._bars import Scale, scale
from kundenwert.reports._basis import Basis, customer, number
from kundenwert.reports._page import Cell, Column, Picture, Row, Section, Table, Text
from kundenwert.reports.charts._words import measure
from kundenwert.reports.language import HARD_SPACE

_SHOWN = 20
# Below these chances a cell is marked: the exception, not the rule.
_DOUBTFUL, _UNLIKELY = 0.85, 0.5
Record = dict[str, Any]


def top(basis: Basis) -> Section:
    """The most valuable customers: those of whom most is to be expected."""
    text = basis.language.text
    key = "clv" if basis.in_money else "expected_purchases"
    rows = sorted(_named(basis.figures.top), key=lambda row: -number(row.get(key)))
    if not rows:
        sentence = text("No customer of this base can be listed.")
        return Section("top", text("No customer has a forecast yet"), text("Most valuable customers"), basis.day, (Text(sentence),))
    totals = basis.figures.totals
    message = _top_message(basis, rows, sum(number(row.get(key)) for row in rows), number(getattr(totals, key)))
    unit = _unit(basis, basis.years if basis.in_money else basis.months)
    table = _top_money(basis, rows) if basis.in_money else _top_purchases(basis, rows)
    legend = Picture("", (), (("fc", text("expected")),))
    note = f"{_marked(basis, rows)} {_small_print(basis, rows)}".strip()
    return Section("top", message, text("Most valuable customers"), unit, (table, legend), note=note)


def bounds(basis: Basis, row: Record, name: str) -> str:
    """From where to where a figure of one customer may go, where the run knows it; shown in small print below the figure."""
    lower, upper = row.get(f"{name}_lower"), row.get(f"{name}_upper")
    if lower is None or upper is None:
        return ""
    return f"{basis.amount(lower)}{HARD_SPACE}– {basis.amount(upper)}"


def _small_print(basis: Basis, rows: Sequence[Record]) -> str:
    """What the small print below the figures is, where there is any."""
    known = any(bounds(basis, row, "clv" if basis.in_money else "expected_purchases") for row in rows)
    return basis.language.text("In small print: the range that holds in 9 of 10 cases.") if known else ""


def _named(rows: Sequence[Record]) -> list[Record]:
    """Those who objected to being valued stand in no list, whoever made it."""
    return [row for row in rows if row.get("level") != "objected"][:_SHOWN]


def _unit(basis: Basis, span: str) -> str:
    text = basis.language.text
    if basis.in_money and basis.unit:
        return text("{yardstick} in {unit}, {span} from {day}", yardstick=basis.yardstick(), unit=basis.unit, span=span, day=basis.day)
    return text("{yardstick}, {span} from {day}", yardstick=basis.yardstick(), span=span, day=basis.day)


def _top_message(basis: Basis, rows: Sequence[Record], held: float, total: float) -> str:
    kinds = {"purchases": "expected_purchases", "revenue": "expected_revenue", "contribution": "clv"}
    language, of = basis.language, measure(kinds[basis.figures.yardstick], basis.language).of
    if total <= 0 or not 0 < held <= total:
        return language.plural("This is the most valuable customer", "These are the {n} most valuable customers", len(rows))
    share = language.percent(held / total)
    return language.plural(
        "The most valuable customer has {share} {of}", "The {n} most valuable customers have {share} {of}", len(rows), share=share, of=of
    )


def _purchases(row: Record) -> int | None:
    frequency = row.get("frequency")
    return None if frequency is None or frequency != frequency else int(frequency) + 1


def _chance(basis: Basis, row: Record) -> Cell:
    chance = row.get("p_alive")
    known = number(chance) if chance is not None else 1.0
    look = "hlow" if known < _UNLIKELY else "hmid" if known < _DOUBTFUL else ""
    return Cell(_chance_text(basis, chance), look=look)


def _chance_text(basis: Basis, chance: Any) -> str:
    """A chance is never shown as certain: 0.9996 is not 100 %."""
    language, known = basis.language, number(chance)
    if chance is not None and 0.995 <= known < 1:
        return f">{HARD_SPACE}{language.percent(0.99, 0)}"
    if chance is not None and 0 < known < 0.005:
        return f"<{HARD_SPACE}{language.percent(0.01, 0)}"
    return language.percent(chance, 0)


def _marked(basis: Basis, rows: Sequence[Record]) -> str:
    """What the shading of a chance means, where one is shaded."""
    doubtful = any(_chance(basis, row).look for row in rows)
    limit = basis.language.percent(_DOUBTFUL, 0)
    return basis.language.text("Marked: the chance to be still active is below {limit}.", limit=limit) if doubtful else ""


def _last(basis: Basis, row: Record) -> str:
    return basis.language.date(row.get("last_purchase"))


def _top_money(basis: Basis, rows: Sequence[Record]) -> Table:
    text = basis.language.text
    lengths = scale([number(row.get("clv")) for row in rows])
    columns = (
        Column(text("Customer"), "name"),
        Column(text("Last purchase"), wide=True),
        Column(text("Purchases"), wide=True),
        Column(basis.with_unit(text("Revenue so far")), wide=True),
        Column(text("Still active"), term="active"),
        Column(basis.with_unit(text("Revenue in {span}", span=basis.months)), wide=True, term="expected"),
        Column(basis.with_unit(text("Customer value")), wide=True, term="value"),
        Column(basis.with_unit(text("Expected in {span}", span=basis.years)), term="clv"),
        Column(text("Bar"), "bars"),
    )
    return Table(text("The most valuable customers"), columns, tuple(_top_row(basis, row, lengths) for row in rows))


def _top_row(basis: Basis, row: Record, lengths: Scale) -> Row:
    ahead = number(row.get("clv"))
    return Row(
        (
            customer(row.get("customer_id"), _last(basis, row)),
            Cell(_last(basis, row)),
            Cell(basis.amount(_purchases(row))),
            Cell(basis.amount(row.get("revenue"))),
            _chance(basis, row),
            Cell(basis.amount(row.get("expected_revenue")), below=bounds(basis, row, "expected_revenue")),
            Cell(basis.amount(row.get("value"))),
            Cell(basis.amount(row.get("clv")), below=bounds(basis, row, "clv")),
            Cell(marks=(lengths.axis(), lengths.bar("fc" if ahead >= 0 else "neg", 0, ahead))),
        )
    )


def _top_purchases(basis: Basis, rows: Sequence[Record]) -> Table:
    text = basis.language.text
    lengths = scale([number(row.get("expected_purchases")) for row in rows])
    columns = (
        Column(text("Customer"), "name"),
        Column(text("Last purchase"), wide=True),
        Column(text("Purchases")),
        Column(text("Still active"), term="active"),
        Column(text("Expected in {span}", span=basis.months), term="expected"),
        Column(text("Bar"), "bars"),
    )
    body = tuple(
        Row(
            (
                customer(row.get("customer_id"), _last(basis, row)),
                Cell(_last(basis, row)),
                Cell(basis.amount(_purchases(row))),
                _chance(basis, row),
                Cell(basis.amount(row.get("expected_purchases"), 1), below=bounds(basis, row, "expected_purchases")),
                Cell(marks=(lengths.axis(), lengths.bar("fc", 0, number(row.get("expected_purchases"))))),
            )
        )
        for row in rows
    )
    return Table(text("The most valuable customers"), columns, body)


# ---------- at risk ----------


def at_risk(basis: Basis) -> Section:
    """Valuable customers who have been away for longer than usual, by what is at stake."""
    text, figures = basis.language.text, basis.figures
    subject, rows = text("Valuable customers at risk"), _named(figures.at_risk)
    unit = _unit(basis, basis.years if basis.in_money else basis.months)
    if not rows:
        sentence = text("None of the most valuable customers has been away for longer than usual.")
        return Section("risk", text("No valuable customer is at risk"), subject, unit, (Text(sentence),))
    stake = basis.short(figures.at_risk_loss) if basis.in_money else text("{n} purchases", n=round(number(figures.at_risk_loss)))
    message = basis.language.plural(
        "{n} valuable customer buys less often than usual; {stake} is at stake",
        "{n} valuable customers buy less often than usual; {stake} is at stake",
        figures.at_risk_count,
        stake=stake,
    )
    legend = Picture("", (), (("fc", text("still expected")), ("neg", text("at stake"))))
    rest = figures.at_risk_count - len(rows)
    note = text("At stake: what would be expected if the customer were surely still active, less what is expected now.")
    more = basis.language.plural("{n} more is not listed.", "{n} more are not listed.", rest) if rest > 0 else ""
    small = _small_print(basis, rows)
    return Section(
        "risk", message, subject, unit, (_risk_table(basis, rows), legend), note=" ".join(part for part in (note, more, small) if part)
    )


def _risk_table(basis: Basis, rows: Sequence[Record]) -> Table:
    text = basis.language.text
    digits = 0 if basis.in_money else 1
    spans = [(number(row.get("clv_if_alive")) - number(row.get("loss")), number(row.get("loss"))) for row in rows]
    lengths = scale([end for kept, loss in spans for end in (kept, kept + loss)])
    unit = basis.with_unit if basis.in_money else str
    columns = (
        Column(text("Customer"), "name"),
        Column(text("Last purchase"), wide=True),
        Column(text("Away for"), "text", wide=True, term="gap"),
        Column(text("Still active"), term="active"),
        Column(unit(text("Expected if active")), wide=True),
        Column(unit(text("Expected")), wide=True),
        Column(unit(text("At stake")), term="stake"),
        Column(text("Bar"), "bars"),
    )
    body = tuple(_risk_row(basis, row, span, lengths, digits) for row, span in zip(rows, spans, strict=True))
    return Table(text("The most valuable customers at risk"), columns, body)


def _risk_row(basis: Basis, row: Record, span: tuple[float, float], lengths: Scale, digits: int) -> Row:
    kept, loss = span
    return Row(
        (
            customer(row.get("customer_id"), _gap(basis, row)),
            Cell(_last(basis, row)),
            Cell(_gap(basis, row)),
            Cell(_chance_text(basis, row.get("p_alive"))),
            Cell(basis.amount(row.get("clv_if_alive"), digits)),
            Cell(basis.amount(kept, digits), below=bounds(basis, row, "clv" if basis.in_money else "expected_purchases")),
            Cell(basis.amount(loss, digits)),
            Cell(marks=(lengths.axis(), lengths.bar("fc", 0, kept), lengths.bar("neg", kept, kept + loss))),
        )
    )


def _gap(basis: Basis, row: Record) -> str:
    """How long, and how long would be usual."""
    gap, usual = row.get("gap_days"), row.get("usual_gap_days")
    if gap is None:
        return basis.language.number(None)
    days = basis.language.plural("{n} day", "{n} days", round(number(gap)))
    if usual is None or not number(usual):
        return days
    return basis.language.text("{days}, usual are at most {usual}", days=days, usual=round(number(usual)))

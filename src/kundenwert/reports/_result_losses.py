"""Who costs more than they bring, why, and what would have to change; how the result is spread over the customers."""

from __future__ import annotations

from decimal import Decimal

from kundenwert import registry
from kundenwert.records import LossMaker
from kundenwert.reports._bars import Scale, scale
from kundenwert.reports._basis import customer
from kundenwert.reports._page import Block, Cell, Column, Points, Row, Section, Table, Text
from kundenwert.reports._pictures import PAIR, picture
from kundenwert.reports._result_basis import ResultBasis, cause_names, short_names

_HALF = 6
_LEVERS = 3
# Levers whose sentence does not name the cost.
_SILENT = ("lever_not_enough", "lever_usual")


def sections(basis: ResultBasis) -> tuple[Section, ...]:
    """Loss makers, causes and whale curve."""
    if not basis.result.is_served:
        return _spread(basis)
    if not basis.result.totals.below_zero:
        return (_nobody(basis), *_spread(basis))
    return (_makers(basis), causes(basis), *_spread(basis))


def _nobody(basis: ResultBasis) -> Section:
    text = basis.language.text
    sentence = text("Every customer brought at least what it cost to serve them.")
    return Section("losses", text("No customer costs more than they bring"), text("Loss makers"), basis.period, (Text(sentence),))


# ---------- the list ----------


def _makers(basis: ResultBasis) -> Section:
    text, totals = basis.language.text, basis.result.totals
    makers = basis.result.loss_makers
    message = basis.language.plural(
        "{n} customer loses {loss}; {excess} of that customer's cost is above the usual",
        "{n} customers lose {loss}; {excess} of their cost is above the usual",
        totals.below_zero,
        loss=basis.short(-totals.loss),
        excess=basis.short(_excess(basis)),
    )
    unit = text("contribution IV in {unit}, {period}, largest losses first", unit=basis.unit or text("amounts"), period=basis.period)
    blocks: tuple[Block, ...] = (_table(basis, makers),) if makers else (Text(text("None of them may be listed: they objected."), "note"),)
    note = text(
        "Usual: what the same cost amounts to with customers of similar sales. A lever is reckoned with everything else unchanged; "
        "a customer who pays more may buy less, so read it as the size of the step, not as a forecast."
    )
    return Section("losses", message, text("Loss makers"), unit, blocks, note=f"{note} {_left_out(basis)}".strip())


def _excess(basis: ResultBasis) -> Decimal:
    return sum((row[3] for row in basis.result.losses), Decimal(0))


def _left_out(basis: ResultBasis) -> str:
    if not basis.result.left_out:
        return ""
    return basis.language.plural(
        "{n} customer objected to being valued and stands in no list, in totals only.",
        "{n} customers objected to being valued and stand in no list, in totals only.",
        basis.result.left_out,
    )


def _table(basis: ResultBasis, makers: tuple[LossMaker, ...]) -> Table:
    text, short = basis.language.text, short_names(basis.language)
    lengths = scale([float(maker.db4) for maker in makers])
    columns = (
        Column(text("Customer"), "name"),
        Column(basis.with_unit(text("Net")), wide=True),
        Column(basis.with_unit(short["db1"]), wide=True, term="db1"),
        Column(basis.with_unit(short["db4"]), term="db4"),
        Column(text("Bar"), "bars"),
        Column(text("% of net"), wide=True),
        Column(text("Cause"), "text", wide=True, term="cause"),
        Column(basis.with_unit(text("Above the usual")), wide=True, term="usual"),
        Column(text("Lever: what brings it to zero"), "text", wide=True, term="lever"),
    )
    rows = [_row(basis, maker, lengths) for maker in makers]
    rest = basis.result.totals.below_zero - len(makers)
    if rest > 0:
        others = basis.result.totals.loss - sum((maker.db4 for maker in makers), Decimal(0))
        excess = _excess(basis) - sum((max(maker.causes[0].excess, Decimal(0)) for maker in makers), Decimal(0))
        label = basis.language.plural("{n} more", "{n} more", rest)
        rows.append(_sum_row(basis, label, others, excess, ""))
    all_of = text("All {n}", n=basis.result.totals.below_zero)
    rows.append(_sum_row(basis, all_of, basis.result.totals.loss, _excess(basis), "sum"))
    return Table(text("Customers with the largest losses"), columns, tuple(rows))


def _row(basis: ResultBasis, maker: LossMaker, lengths: Scale) -> Row:
    name, lever = cause_names(basis.language)[maker.cause], basis.language.notice(maker.lever)
    cause = name[:1].upper() + name[1:]
    first = maker.causes[0]
    return Row(
        (
            customer(maker.customer_id, f"{cause}: {lever}" if maker.lever.key in _SILENT else lever),
            Cell(basis.amount(maker.net)),
            Cell(basis.amount(maker.db1)),
            Cell(basis.amount(maker.db4), look="down"),
            Cell(marks=(lengths.axis(), lengths.bar("neg", 0, float(maker.db4)))),
            Cell(basis.share(maker.db4, maker.net, digits=0)),
            Cell(cause),
            Cell(basis.amount(first.excess) if first.excess > 0 else "0"),
            Cell(lever),
        )
    )


def _sum_row(basis: ResultBasis, label: str, loss: Decimal, excess: Decimal, look: str) -> Row:
    empty = Cell()
    return Row((Cell(label), empty, empty, Cell(basis.amount(loss)), empty, empty, empty, Cell(basis.amount(excess)), empty), look)


# ---------- causes ----------


def causes(basis: ResultBasis) -> Section:
    """Where the money above the usual is, by cause: the largest sum first."""
    text, names = basis.language.text, cause_names(basis.language)
    found = sorted(basis.result.losses, key=lambda row: -row[3])
    widths = scale([float(row[3]) for row in found])
    rows = [
        Row(
            (
                Cell(names.get(cause, cause)[:1].upper() + names.get(cause, cause)[1:]),
                Cell(basis.language.number(count)),
                Cell(basis.amount(loss)),
                Cell(basis.amount(excess)),
                Cell(marks=(widths.axis(), widths.bar("ac", 0, float(excess)))),
            )
        )
        for cause, count, loss, excess in found
    ]
    totals = basis.result.totals
    rows.append(
        Row(
            (
                Cell(text("All")),
                Cell(basis.language.number(totals.below_zero)),
                Cell(basis.amount(totals.loss)),
                Cell(basis.amount(_excess(basis))),
                Cell(),
            ),
            "sum",
        )
    )
    columns = (
        Column(text("Cause"), "text", term="cause"),
        Column(text("Customers")),
        Column(basis.with_unit(short_names(basis.language)["db4"]), wide=True),
        Column(basis.with_unit(text("Above the usual")), term="usual"),
        Column(text("Bar"), "bars"),
    )
    table = Table(text("Loss makers by cause"), columns, tuple(rows))
    note = text("Each customer counts once, under the cost that is furthest above the usual.")
    subject, unit = text("Causes of the losses"), text("by money above the usual, {period}", period=basis.period)
    return Section("causes", _causes_message(basis), subject, unit, (table,), note=note, columns=_HALF)


def _causes_message(basis: ResultBasis) -> str:
    text, names, whole = basis.language.text, cause_names(basis.language), _excess(basis)
    cause, _, _, most = max(basis.result.losses, key=lambda row: row[3])
    if whole <= 0:
        return text("No cost is above the usual: sales are too small")
    return text(
        "Most money is lost by {cause}: {share} of what is above the usual", cause=names[cause], share=basis.share(most, whole, digits=0)
    )


def levers(basis: ResultBasis) -> tuple[Section, ...]:
    """What to do first: the causes with the most money above the usual, each with the customer where most of it is."""
    text, names = basis.language.text, cause_names(basis.language)
    found = [row for row in sorted(basis.result.losses, key=lambda row: -row[3]) if row[3] > 0][:_LEVERS]
    if not found:
        return ()
    points = []
    for cause, count, _, excess in found:
        name = names[cause]
        point = basis.language.plural(
            "{cause}: {n} customer, {excess} above the usual.",
            "{cause}: {n} customers, {excess} above the usual.",
            count,
            cause=name[:1].upper() + name[1:],
            excess=basis.short(excess),
        )
        first = next((maker for maker in basis.result.loss_makers if maker.cause == cause), None)
        if first is not None:
            customer_id = customer(first.customer_id).text
            lever = basis.language.notice(first.lever)
            point += " " + text("Begin with customer {customer}: {lever}", customer=customer_id, lever=lever)
        points.append(point)
    share = basis.share(sum((row[3] for row in found), Decimal(0)), _excess(basis), digits=0)
    message = basis.language.plural(
        "One lever reaches {share} of the money above the usual",
        "{n} levers reach {share} of the money above the usual",
        len(found),
        share=share,
    )
    subject, unit = text("What to do first"), text("by money above the usual, {period}", period=basis.period)
    return (Section("levers", message, subject, unit, (Points(tuple(points)),)),)


# ---------- whale curve ----------


def _spread(basis: ResultBasis) -> tuple[Section, ...]:
    """How the result is spread; nothing where the sum is not above zero, as shares of it would mean nothing."""
    whale, text = basis.result.whale, basis.language.text
    if not whale.whale or basis.customers(basis.last) <= 0:
        return ()
    draw = registry.load("reports.charts", "whale_curve")
    message = draw(whale, basis.language.code)["usermeta"]["message"]
    note = text(
        "The customers stand in a row, the best first, and their results are added up. Where the line falls, they cost more than they "
        "bring."
    )
    unit = text("{step} added up, the best first, {period}", step=basis.last_name(), period=basis.period)
    blocks = picture(draw, whale, basis.language, widths=PAIR)
    return (Section("whale", message, text("Whale curve"), unit, blocks, note=note, columns=_HALF),)

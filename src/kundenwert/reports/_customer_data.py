"""One customer: which data went in, which did not, by what rules it was reckoned, and what was decided."""

from __future__ import annotations

from kundenwert.records import SourceUsed
from kundenwert.reports._customer_basis import CustomerBasis, attribute_names, model_sentence, table_names
from kundenwert.reports._page import Block, Cell, Column, Fold, Points, Row, Section, Table

# What the result of a customer rests on who is not valued.
_OF_RESULT = frozenset({"transactions", "activities", "complaints", "contacts", "measures", "payments"})


def section(basis: CustomerBasis) -> Section:
    """Data used and not used, on the page of a customer."""
    text, data = basis.language.text, basis.explained.data
    named = [one for one in data.sources if one.records and (basis.is_valued or one.table in _OF_RESULT)]
    names = table_names(basis.language)
    listed = basis.language.listed([f"{names[one.table]} ({basis.language.number(one.records)})" for one in named])
    sentences = (
        *((text("Records of this customer that went in: {tables}.", tables=listed),) if listed else ()),
        unused(basis),
        " ".join((*decided(basis), *not_judged(basis), *_recipients(basis))),
        principles(basis)[0],
    )
    fold: tuple[Block, ...] = () if basis.paper else (Fold(text("Tables and columns"), (columns_table(basis),)),)
    count = sum(one.records or 0 for one in named)
    # Beside what would change the value, where that stands alone.
    columns = 7 if basis.explained.what_ifs and not basis.explained.change else 12
    message = basis.language.plural("{n} record went into this page", "{n} records went into this page", count)
    return Section("data", message, text("Data used and not used"), basis.day, (Points(sentences), *fold), columns=columns)


def unused(basis: CustomerBasis) -> str:
    """What nobody is valued by, and what only serves to reach people."""
    text, names = basis.language.text, attribute_names(basis.language)
    listed = basis.language.listed([names.get(name, name) for name in basis.explained.data.unused])
    return text("Not used, and refused where a file holds it: {attributes}.", attributes=listed)


def decided(basis: CustomerBasis) -> tuple[str, ...]:
    """Objection and consents."""
    text, data = basis.language.text, basis.explained.data
    channels = {
        "email": text("e-mail"),
        "phone": text("telephone"),
        "sms": text("text message"),
        "post": text("post"),
        "visit": text("visit"),
    }
    answers = {"yes": text("allowed"), "no": text("not allowed"), "withdrawn": text("withdrawn")}
    found = []
    if data.objected:
        found.append(text("Objection to being valued since {day}.", day=basis.language.date(data.objected)))
    elif basis.row["level"] == "objected":
        found.append(text("Objection to being valued, noted in the customer records."))
    else:
        found.append(text("No objection is noted."))
    said = [f"{channels.get(channel, channel)} {answers[status]} ({basis.language.date(day)})" for channel, status, day in data.consents]
    found.append(text("Consent to advertising: {said}.", said=", ".join(said)) if said else text("No consent to advertising is noted."))
    return tuple(found)


def not_judged(basis: CustomerBasis) -> tuple[str, ...]:
    """Of who is not valued: most records say nothing."""
    if basis.is_valued:
        return ()
    return (basis.language.text("Only invoices and what was spent on this customer went in; other records are kept, not used."),)


def _recipients(basis: CustomerBasis) -> tuple[str, ...]:
    text, privacy = basis.language.text, basis.explained.data.privacy
    if privacy.recipients:
        return (text("Who receives the value: {names}.", names=basis.language.listed(privacy.recipients)),)
    return (text("Who receives the value is not recorded ([privacy] in kundenwert.toml)."),)


def columns_table(basis: CustomerBasis, *, retention: bool = False) -> Table:
    """Each table with the columns that enter figures; columns kept to reach people stand apart."""
    text, names = basis.language.text, table_names(basis.language)
    rows = tuple(_row(basis, one, names[one.table], retention=retention) for one in basis.explained.data.sources)
    columns = (
        Column(text("Table"), "text"),
        Column(text("Records")),
        Column(text("Columns that enter figures"), "text"),
        *((Column(text("Kept for")),) if retention else ()),
    )
    return Table(text("Tables and columns"), columns, rows)


def _row(basis: CustomerBasis, one: SourceUsed, name: str, *, retention: bool) -> Row:
    language, text = basis.language, basis.language.text
    below = text("only to reach people: {columns}", columns=", ".join(one.reaching)) if one.reaching else ""
    years = language.plural("{n} year", "{n} years", one.years) if one.years else "–"
    count = "–" if one.records is None else language.number(one.records)
    cells = (Cell(name), Cell(count), Cell(", ".join(one.used), below=below))
    return Row((*cells, Cell(years)) if retention else cells)


def principles(basis: CustomerBasis) -> tuple[str, ...]:
    """By what rules this customer was reckoned, as applied in this run."""
    text, language, explained = basis.language.text, basis.language, basis.explained
    content, factors = explained.basis, explained.factors
    found = [model_sentence(content["model"], language)] if basis.is_valued else [text("No forecast is made of this customer.")]
    if not basis.is_valued or not basis.in_money:
        return tuple(found)
    if basis.row["level"] == "segment":
        found.append(text("No repeat purchase yet: the forecast is the mean of customers of the same age."))
    purchases = sum(part.purchases or 0.0 for part in basis.parts("expected"))
    if purchases:
        each = float(basis.total("expected")) / purchases
        found.append(
            text(
                "One expected purchase counts {each}: the customer's own amounts and margin, drawn towards those of all the more, the "
                "fewer purchases there are.",
                each=basis.money(each, 2),
            )
        )
    if factors.get("return_share"):
        found.append(text("Expected amounts are less {share} for returns.", share=language.percent(factors["return_share"])))
    found.append(
        text(
            "What comes later counts less: {rate} a year. What comes after {span} does not count.",
            rate=language.percent(content["discount_rate"]),
            span=language.span(content["value_horizon"]),
        )
    )
    return tuple(found)

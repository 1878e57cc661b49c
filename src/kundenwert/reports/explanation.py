"""One customer in plain text: history, and line by line how the value comes about. The lines add up to the cent."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from decimal import Decimal

from kundenwert.records import Explained, Part
from kundenwert.reports._customer_basis import CustomerBasis
from kundenwert.reports._customer_judged import ordered, what_if_sentences
from kundenwert.reports.language import Language

_DOCUMENTS = 12
# Columns of a terminal.
_WIDTH = 100
_PLACED = frozenset({"alert", "lifecycle", "value_class", "portfolio", "score", "top_chance"})


def explanation(explained: Explained, lang: str = "de") -> str:
    """The explanation of a customer's value as text for a terminal."""
    words = Language(lang)
    basis = CustomerBasis(explained, words)
    sections = [
        _heading(explained, words),
        _history(explained, words),
        _value(explained, words),
        _beside(basis),
        _change(basis),
        _what_ifs(basis),
        _basis(explained, words),
    ]
    return "\n\n".join(section for section in sections if section)


def _heading(explained: Explained, words: Language) -> str:
    row, currency = explained.row, explained.basis["currency"]
    title = words.text("Customer {id}", id=row["customer_id"])
    if row["level"] == "none":
        return title + "\n" + words.text("No purchase is left, or many people stand behind this number: no forecast is made.")
    if row["level"] == "objected":
        return (
            title
            + "\n"
            + words.text(
                "This customer objected to being valued: no forecast is made, and the number stands in no list. "
                "Totals count the mean of others."
            )
        )
    lines = [
        words.text(
            "First purchase {first}, last purchase {last}.", first=words.date(row["first_purchase"]), last=words.date(row["last_purchase"])
        ),
        words.plural("{n} purchase so far.", "{n} purchases so far.", row["frequency"] + 1),
    ]
    if row["frequency"] and row["T"]:
        years = row["T"] / 365.25
        text = words.text(
            "Customer for {years} years, {rate} repeat purchases a year",
            years=words.number(years, 1),
            rate=words.number(row["frequency"] / years, 1),
        )
        average = words.money(row["monetary_value"], currency) if row["monetary_value"] is not None else ""
        lines.append(text + (words.text(", {average} each.", average=average) if average else "."))
    if row["p_alive"] is not None:
        lines.append(words.text("Chance to be still active: {share}.", share=words.percent(row["p_alive"])))
    if row["level"] == "segment":
        lines.append(words.text("No repeat purchase yet: the forecast is the mean of customers of the same age."))
    return "\n".join([title, *lines])


def _history(explained: Explained, words: Language) -> str:
    kinds = {
        "kept": words.text("sale"),
        "return": words.text("return"),
        "cancellation": words.text("cancellation"),
    }
    shown = explained.history[:_DOCUMENTS]
    rows = [
        (words.date(entry.day), entry.document_id or "", kinds.get(entry.line_class, entry.line_class), words.money(entry.amount))
        for entry in shown
    ]
    head = words.text("Newest documents")
    more = len(explained.history) - len(shown)
    lines = [head, *_table(rows)]
    if more > 0:
        lines.append("  " + words.plural("and {n} older document", "and {n} older documents", more))
    return "\n".join(lines)


def _value(explained: Explained, words: Language) -> str:
    row, currency = explained.row, explained.basis["currency"]
    if row["past"] is None and row["level"] == "objected":
        return ""
    if row["past"] is None:
        expected = words.number(row["expected_purchases"], 2)
        sentence = words.text(
            "Expected purchases in {horizon}: {count}. The input has no amounts.",
            horizon=words.span(explained.basis["horizon"]),
            count=expected,
        )
        return "\n".join((sentence, *_ranges(explained, words)))
    rows = [(_label(part, explained, words), words.money(part.amount)) for part in explained.parts]
    past = sum((part.amount or Decimal(0) for part in explained.parts if part.kind in {"booked", "cost"}), Decimal(0))
    if row["level"] == "objected":
        return "\n".join([words.text("Booked so far"), *_table([*rows, (words.text("Past"), words.money(past, currency))])])
    to_come, added = (
        sum((part.amount or Decimal(0) for part in explained.parts if part.kind == kind), Decimal(0)) for kind in ("expected", "added")
    )
    rows += [
        (words.text("Past"), words.money(past)),
        (words.text("Still to come (clv)"), words.money(to_come)),
    ]
    if added:
        rows += [
            (words.text("Added by the value definition"), words.money(added)),
            (words.text("Value"), words.money(past + to_come + added, currency)),
        ]
    else:
        rows.append((words.text("Value = past + still to come"), words.money(past + to_come, currency)))
    return "\n".join(
        [words.text("How the value comes about"), *_table(rows), *(("", *ranges) if (ranges := _ranges(explained, words)) else ())]
    )


def _beside(basis: CustomerBasis) -> str:
    """The few sentences that place the customer; the page has all of them."""
    said = [one for one in ordered(basis.explained.said) if one.component in _PLACED]
    lines = [line for one in said for line in _wrapped(basis.notice(one.sentence))]
    return "\n".join([basis.language.text("What else is known"), *lines]) if lines else ""


def _change(basis: CustomerBasis) -> str:
    change, words = basis.explained.change, basis.language
    if change is None:
        return ""
    rows = [(basis.notice(line.sentence), words.money(line.amount, sign=True)) for line in change.lines]
    rows.append((words.text("Change of the value"), words.money(change.after - change.before, basis.currency, sign=True)))
    return "\n".join([words.text("Why the value changed since {day}", day=change.as_of), *_table(rows)])


def _what_ifs(basis: CustomerBasis) -> str:
    lines = [line for sentence in what_if_sentences(basis, basis.explained.what_ifs) for line in _wrapped(sentence)]
    return "\n".join([basis.language.text("What would change the value"), *lines]) if lines else ""


def _wrapped(sentence: str) -> list[str]:
    return textwrap.wrap(sentence, _WIDTH, initial_indent="  ", subsequent_indent="    ", break_long_words=False, break_on_hyphens=False)


def _ranges(explained: Explained, words: Language) -> tuple[str, ...]:
    """From where to where the forecasts of this customer may go; nothing where the run knows no ranges, or nothing is uncertain."""
    row, basis, text = explained.row, explained.basis, words.text
    if row["level"] not in {"customer", "segment"}:
        return ()
    months, years = words.within(basis["horizon"]), words.within(basis["value_horizon"])
    purchases, revenue, clv = (_ends(explained, name, words) for name in ("expected_purchases", "expected_revenue", "clv"))
    return (
        *((text("Purchases {within}: {lower} to {upper} in 9 of 10 cases.", within=months, **purchases),) if purchases else ()),
        *((text("Revenue {within}: {lower} to {upper} in 9 of 10 cases.", within=months, **revenue),) if revenue else ()),
        *((text("Still to come {within}: {lower} to {upper} in 9 of 10 cases.", within=years, **clv),) if clv else ()),
    )


def _ends(explained: Explained, name: str, words: Language) -> dict[str, str]:
    """Both ends of a forecast in words; nothing where the run does not know them."""
    ends = [explained.row.get(f"{name}_{end}") for end in ("lower", "upper")]
    if None in ends or explained.row.get(name) is None:
        return {}
    currency, is_money = explained.basis["currency"], name != "expected_purchases"
    lower, upper = (words.money(end, currency) if is_money else words.number(end) for end in ends)
    return {"lower": lower, "upper": upper}


def _label(part: Part, explained: Explained, words: Language) -> str:
    if part.kind == "booked":
        return words.text("Booked revenue {year}", year=part.span)
    if part.kind == "added":
        return words.text(part.span)
    if part.kind == "cost":
        return words.text("less cost, booked or estimated")
    start, end = part.span.split("/")
    text = words.text(
        "Expected {start} to {end}: {count} purchases, discounted",
        start=words.date(start),
        end=words.date(end),
        count=words.number(part.purchases, 2),
    )
    return text


def _basis(explained: Explained, words: Language) -> str:
    basis, factors = explained.basis, explained.factors
    lines = [
        words.text(
            "As of {day}. Residual value over {span}, discounted at {rate} a year. Run {run}.",
            day=words.date(basis["as_of"]),
            span=words.span(basis["value_horizon"]),
            rate=words.percent(basis["discount_rate"]),
            run=basis["run"],
        )
    ]
    if basis["yardstick"] == "revenue":
        lines.append(words.text("All amounts are revenue, not margin: no cost is known."))
    lines += _per_purchase(explained, words)
    if factors["return_share"] and _expected(explained):
        lines.append(words.text("Expected amounts are less {share} for returns.", share=words.percent(factors["return_share"])))
    return "\n".join(lines)


def _expected(explained: Explained) -> list[Part]:
    return [part for part in explained.parts if part.kind == "expected"]


def _per_purchase(explained: Explained, words: Language) -> list[str]:
    """How expected purchases become money: what one counts, and what that leans on."""
    row, currency, parts = explained.row, explained.basis["currency"], _expected(explained)
    purchases = sum(part.purchases or 0.0 for part in parts)
    if not purchases:
        return []
    each = words.money(float(sum(part.amount or Decimal(0) for part in parts)) / purchases, currency)
    if row["monetary_value"] is None:
        return [words.text("One expected purchase counts {each}.", each=each)]
    own = words.money(row["monetary_value"], currency)
    return [words.text("One expected purchase counts {each}; a repeat purchase so far had an amount of {own}.", each=each, own=own)]


def _table(rows: Sequence[tuple[str, ...]]) -> list[str]:
    if not rows:
        return []
    widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))]
    last = len(widths) - 1
    return [
        "  "
        + "  ".join(
            cell.rjust(width) if place == last else cell.ljust(width) for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    ]


PLUGIN = explanation

"""How customers buy: their rhythm, the season, recency and frequency, and how long contracts run."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from kundenwert import registry
from kundenwert.records.components import Band, Quarters, RfmCells, Survival, Tried
from kundenwert.reports._basis import Basis, exact, number
from kundenwert.reports._page import Block, Cell, Column, Facts, Row, Section, Table, Text
from kundenwert.reports._pictures import PAIR, picture

_ROOM = "reports.charts"
# Fewer groups than this are no picture.
_LEAST_BANDS = 3


def sections(basis: Basis) -> tuple[Section, ...]:
    """Those of which something is known."""
    return (*_rhythm(basis), *_season(basis), *_rfm(basis), *_retention(basis), *_contracts(basis))


# ---------- rhythm ----------


def _rhythm(basis: Basis) -> tuple[Section, ...]:
    facts = basis.figures.components.get("rhythm")
    if not facts or not facts["bought_in_year"]:
        return ()
    text, years = basis.language.text, {row["span"]: row for row in facts["years"]}
    blocks: list[Block] = [each for each in (_usual(basis), _year_table(basis, years)) if each]
    due = basis.language.plural(
        "{n} customer should buy within 30 days, if still a customer.",
        "{n} customers should buy within 30 days, if still customers.",
        facts["due_in_30_days"],
    )
    note = text("In the middle: half of the customers have more, half have less.")
    return (
        Section(
            "rhythm",
            _rhythm_message(basis, facts, years),
            text("How often, how much, for how long"),
            text("as of {day}, first of all the customer in the middle", day=basis.day),
            (*blocks, Text(due)) if facts["due_in_30_days"] else tuple(blocks),
            note=note,
            columns=6,
        ),
    )


def _rhythm_message(basis: Basis, facts: Mapping[str, Any], years: Mapping[str, Mapping[str, Any]]) -> str:
    text, language = basis.language.text, basis.language
    if {"last", "before"} <= years.keys():
        now, then = (number(years[span]["per_customer"]) for span in ("last", "before"))
        values = {"now": language.number(now, 1), "then": language.number(then, 1)}
        if abs(now - then) < 0.05:
            return text("Those who bought did so {now} times in twelve months, as often as the year before", **values)
        return text("Those who bought did so {now} times in twelve months, {then} times the year before", **values)
    if facts["median_gap"] is None:
        return text("Hardly anyone has bought three times yet")
    return text("Between two purchases lie {days} days for the customer in the middle", days=language.number(facts["median_gap"], 0))


def _usual(basis: Basis) -> Facts | None:
    """The customer in the middle (R05): orders a year, amount of an order, years behind and ahead."""
    facts, text = basis.figures.components.get("loyalty"), basis.language.text
    if not facts:
        return None
    middle, language = facts["median"], basis.language
    shown = (
        (text("Orders a year"), None if middle["orders_a_year"] is None else language.number(middle["orders_a_year"], 1), ""),
        (text("Amount of an order"), None if middle["order_value"] is None else basis.short(middle["order_value"]), text("revenue")),
        (text("Customer for"), _years(basis, middle["tenure_years"]), text("since the first purchase in the data")),
        (text("Years to come"), _years(basis, middle["expected_years"]), text("of the {span} the value looks ahead", span=basis.years)),
    )
    known = tuple((term, value, below) for term, value, below in shown if value is not None)
    return Facts(known) if known else None


def _years(basis: Basis, years: float | None) -> str | None:
    return None if years is None else basis.language.text("{years:.1f} years", years=years)


def _year_table(basis: Basis, years: Mapping[str, Mapping[str, Any]]) -> Table | None:
    if not {"last", "before"} <= years.keys():
        return None
    text, language, now, then = basis.language.text, basis.language, years["last"], years["before"]
    lines = [
        (text("Customers who bought"), now["customers"], then["customers"], 0),
        (text("Purchases"), now["purchases"], then["purchases"], 0),
        (text("Purchases per customer"), now["per_customer"], then["per_customer"], 1),
    ]
    if basis.in_money:
        lines += [
            (basis.with_unit(text("Revenue")), exact(now["revenue"]), exact(then["revenue"]), 0),
            (basis.with_unit(text("Revenue per purchase")), exact(now["basket"]), exact(then["basket"]), 0),
        ]
    columns = (Column("", "text"), Column(text("Year before")), Column(text("Last 12 months")), Column(text("Change")))
    rows = tuple(
        Row(
            (
                Cell(name),
                Cell(language.number(before, digits)),
                Cell(language.number(today, digits)),
                Cell(language.percent(number(today) / number(before) - 1, 1, sign=True) if number(before) > 0 else ""),
            )
        )
        for name, today, before, digits in lines
    )
    return Table(text("Purchases of the last twelve months and of those before"), columns, rows)


# ---------- season ----------


def _quarters(basis: Basis) -> Quarters | None:
    facts = (basis.figures.components.get("rhythm") or {}).get("quarters") or {}
    return Quarters(tuple(facts["share"]), tuple(facts["even"]), facts["p"]) if facts.get("p") is not None else None


def _season(basis: Basis) -> tuple[Section, ...]:
    found = _quarters(basis)
    if found is None:
        return ()
    text, facts = basis.language.text, basis.figures.components["rhythm"]
    draw = registry.load(_ROOM, "season_quarters")
    message = draw(found, basis.language.code)["usermeta"]["message"]
    own = basis.language.plural(
        "{n} of {tested} customers with enough purchases has a season of their own.",
        "{n} of {tested} customers with enough purchases have a season of their own.",
        facts["with_season"],
        tested=facts["tested_for_season"],
    )
    note = text("Line: an even year, by the days of each quarter between the first and the last purchase of each customer.") + " " + own
    blocks = picture(draw, found, basis.language, widths=PAIR)
    unit = text("share of the purchases, up to {day}", day=basis.day)
    return (Section("season", message, text("Season"), unit, blocks, note=note, columns=6),)


# ---------- recency, frequency, money ----------


def _rfm(basis: Basis) -> tuple[Section, ...]:
    facts = basis.figures.components.get("rfm")
    if not facts or not facts["cells"]:
        return ()
    text, cells = basis.language.text, facts["cells"]
    whole = sum(number(one["clv"]) for one in cells)
    found = RfmCells(
        tuple((one["recency"], one["frequency"], one["customers"], number(one["clv"]) / whole if whole > 0 else None) for one in cells)
    )
    draw = registry.load(_ROOM, "rfm_cells")
    message = draw(found, basis.language.code)["usermeta"]["message"]
    shown = text("In each cell: customers and their share of the expected value. ") if whole > 0 else text("In each cell: customers. ")
    compared = text("Scores compare customers with each other; equal customers have the same one, so the fifths need not be equally large.")
    note = shown + compared
    blocks = picture(draw, found, basis.language, widths=PAIR)
    unit = text("scores from 1 to 5, as of {day}", day=basis.day)
    return (Section("rfm", message, text("Recency and frequency (RFM)"), unit, blocks, note=note, columns=6),)


# ---------- who stays ----------


def _retention(basis: Basis) -> tuple[Section, ...]:
    """How many should buy again, and how such chances did when they were told on an earlier day."""
    facts = basis.figures.components.get("retention")
    if not facts or not facts["told"]:
        return ()
    text, language = basis.language.text, basis.language
    message = language.plural(
        "{expected} of {n} customer should buy again {within}",
        "{expected} of {n} customers should buy again {within}",
        facts["told"],
        expected=language.number(facts["expected_to_buy"], 0),
        within=basis.within_months,
    )
    tried, subject, unit = facts["tried"], text("Who buys again"), text("from {day}", day=basis.day)
    staying = (
        text(
            "{expected} should still be customers at the end of that time; nobody sees when a relation ends, so that cannot be tried.",
            expected=language.number(facts["expected_to_stay"], 0),
        )
        if facts["stays_told"]
        else ""
    )
    if not tried:
        untried = text("How good these chances are cannot be tried: too few customers or too short a log.")
        return (Section("retention", message, subject, unit, (Text(f"{untried} {staying}".strip()),), columns=6),)
    found = Tried(date.fromisoformat(tried["day"]), tuple(_band(one) for one in tried["bands"]))
    draw = registry.load(_ROOM, "staying")
    words = text(
        "Told on {day} {share} should have bought within {days} days; {came} did.",
        day=found.day,
        share=language.percent(tried["predicted"], 0),
        days=tried["days"],
        came=language.percent(tried["share"], 0),
    )
    if len(found.bands) < _LEAST_BANDS:
        return (Section("retention", message, subject, unit, (Text(f"{words} {staying}".strip()),), columns=6),)
    held = draw(found, language.code)["usermeta"]["message"]
    note = f"{held}. {staying}".strip()
    blocks = picture(draw, found, language, widths=PAIR)
    return (Section("retention", message, subject, unit, (Text(words), *blocks), note=note, columns=6),)


def _band(one: Mapping[str, Any]) -> Band:
    low, high = one["interval"]
    return Band(one["customers"], one["predicted"], one["share"], low, high, holds=one["holds"])


# ---------- contracts ----------


def _contracts(basis: Basis) -> tuple[Section, ...]:
    facts = basis.figures.components.get("contracts")
    if not facts or not (facts["tariffs"] or facts["free"]["contracts"]):
        return ()
    text, told = basis.language.text, [one for one in facts["tariffs"] if one["is_own"]]
    subject, unit = text("Contracts"), text("by tariff, as of {day}", day=basis.day)
    table = (_tariffs(basis, facts["tariffs"]),) if facts["tariffs"] else ()
    free = _free_users(basis, facts["free"])
    if not told:
        message = text("How long contracts run cannot be told from so few")
        return (Section("contracts", message, subject, unit, (*table, *free), columns=6),)
    found = Survival(tuple((one["name"], _points(one["survival"])) for one in sorted(told, key=lambda one: -one["running"])))
    draw = registry.load(_ROOM, "contract_survival")
    message = draw(found, basis.language.code)["usermeta"]["message"]
    margin = basis.language.percent(facts["margin"], 0)
    worth = (
        text("Worth of a contract: its fees, {margin} of them left (the margin of all goods, an assumption).", margin=margin)
        if facts["is_margin_assumed"]
        else text("Worth of a contract: its fees, {margin} of them left.", margin=margin)
    )
    drawn = picture(draw, found, basis.language, widths=PAIR)
    note = text("Counted month by month; where too few contracts are that old, the mean of all ages goes on.") + " " + worth
    return (Section("contracts", message, subject, unit, (*drawn, *table, *free), note=note, columns=6),)


def _points(survival: Mapping[str, float]) -> tuple[tuple[int, float], ...]:
    return tuple(sorted((int(months), share) for months, share in survival.items()))


def _tariffs(basis: Basis, tariffs: list[Mapping[str, Any]]) -> Table:
    text, language = basis.language.text, basis.language
    columns = (
        Column(text("Tariff"), "text"),
        Column(text("Running")),
        Column(text("Ended")),
        Column(text("End a month")),
        Column(text("Run after a year")),
    )
    rows = tuple(
        Row(
            (
                Cell(one["name"], below="" if one["is_own"] else text("too few: taken with all others")),
                Cell(basis.amount(one["running"])),
                Cell(basis.amount(one["ended"])),
                Cell(language.percent(one["churn"], 2)),
                Cell(language.percent(one["survival"].get("12"), 0)),
            )
        )
        for one in tariffs
    )
    return Table(text("Contracts by tariff"), columns, rows)


def _free_users(basis: Basis, free: Mapping[str, Any]) -> tuple[Text, ...]:
    """What users who pay nothing are worth, where it can be counted."""
    if not free["contracts"]:
        return ()
    text = basis.language.text
    if free["value"] is None:
        return (Text(text("What users who pay nothing are worth cannot be told: too few of them, or none who pays.")),)
    sentence = text(
        "Of {n} contracts without a fee {conversion} a month become paying ones; such a user is worth {value} on average.",
        n=free["contracts"],
        conversion=basis.language.percent(free["conversion"], 1),
        value=basis.language.money(free["value"], basis.figures.currency),
    )
    return (Text(sentence),)

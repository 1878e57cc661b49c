"""Who comes back and who recommends, what a complaint does, and what customers' words and ideas may be worth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from kundenwert.reports._bars import scale
from kundenwert.reports._basis import Basis, exact, number
from kundenwert.reports._page import Block, Cell, Column, Row, Section, Table, Text
from kundenwert.reports.language import HARD_SPACE


def sections(basis: Basis) -> tuple[Section, ...]:
    """Those of which something is known."""
    return (*_cohorts(basis), *_complaints(basis), *_words(basis))


def interval(basis: Basis, bounds: Sequence[float] | None) -> str:
    """From where to where a share may go; nothing where nobody knows."""
    if not bounds:
        return ""
    return f"{basis.language.percent(bounds[0], 0)}{HARD_SPACE}– {basis.language.percent(bounds[1], 0)}"


def _rate(basis: Basis, rate: Mapping[str, Any] | None) -> Cell:
    if not rate or rate["share"] is None:
        return Cell(basis.language.percent(None))
    return Cell(basis.language.percent(rate["share"], 0), below=interval(basis, rate["interval"]))


# ---------- cohorts ----------


def _cohorts(basis: Basis) -> tuple[Section, ...]:
    """The three rates of each group of customers that came at the same time."""
    facts = basis.figures.components.get("recommendation")
    message = _cohort_message(basis, facts["year"]) if facts else ""
    if not facts or not message:
        return ()
    text, names = basis.language.text, ("repurchase", "recommendation", "by_recommendation")
    rows = [one for one in facts["cohorts"] if any(_known(one.get(name)) for name in names)]
    told = [name for name in names if any(_known(one.get(name)) for one in rows)]
    heads = {
        "repurchase": text("Bought again"),
        "recommendation": text("Recommended others"),
        "by_recommendation": text("Came by recommendation"),
    }
    columns = (
        Column(text("Customer since"), "text", term="cohort"),
        Column(text("Customers"), wide=True),
        *(Column(heads[name]) for name in told),
    )
    body = tuple(
        Row(
            (
                Cell(_cohort(basis, one["cohort"]), narrow=basis.language.plural("{n} customer", "{n} customers", one["customers"])),
                Cell(basis.amount(one["customers"])),
                *(_rate(basis, one.get(name)) for name in told),
            )
        )
        for one in rows
    )
    blocks: tuple[Block, ...] = (Table(text("Customers by when they came"), columns, body),) if rows and told else ()
    note = text(
        "Bought again: a second purchase within {days} days, only of customers whose time is over. In small print: the range that holds in "
        "9 of 10 cases. A dash: fewer than 10 customers.",
        days=facts["repurchase_days"],
    )
    unit = text("customers by when they came, as of {day}", day=basis.day)
    return (Section("cohorts", message, text("Who came back, who recommends"), unit, blocks, note=note if blocks else "", columns=6),)


def _known(rate: Mapping[str, Any] | None) -> bool:
    return bool(rate) and rate["share"] is not None  # type: ignore[index]


def _cohort_message(basis: Basis, year: Mapping[str, Any]) -> str:
    """What the last year tells, as far as it does."""
    text, language = basis.language.text, basis.language
    again, new = year.get("repurchase"), year.get("new_by_recommendation")
    shares = {
        "again": language.percent(again["share"], 0) if _known(again) and again else "",
        "new": language.percent(new["share"], 0) if _known(new) and new else "",
    }
    if shares["again"] and shares["new"]:
        return text("{again} of the customers of the year before bought again; {new} of the new ones came by recommendation", **shares)
    if shares["again"]:
        return text("{again} of the customers of the year before bought again in the last twelve months", **shares)
    if shares["new"]:
        return text("{new} of the new customers of the last twelve months came by recommendation", **shares)
    return ""


def _cohort(basis: Basis, name: str) -> str:
    """2024-Q1 as people say it; who came before the log begins."""
    text = basis.language.text
    if name == "earlier":
        return text("before the data begin")
    year, _, quarter = name.partition("-Q")
    return text("quarter {quarter} of {year}", quarter=quarter, year=year) if quarter else year


# ---------- complaints ----------


def _told_complaints(basis: Basis) -> Mapping[str, Any] | None:
    found = (basis.figures.components.get("recommendation") or {}).get("complaints")
    known = found and any(_known(found[name]) for name in ("settled", "not_settled", "well", "badly"))
    return found if known else None


def _complaints(basis: Basis) -> tuple[Section, ...]:
    facts = _told_complaints(basis)
    if not facts:
        return ()
    text, language, lengths = basis.language.text, basis.language, scale([1.0])
    lines = [("well", text("handled well")), ("badly", text("handled badly"))]
    if facts["settled"] != facts["well"] or facts["not_settled"] != facts["badly"]:
        lines = [
            ("settled", text("settled within {days} days", days=facts["settled_days"])),
            ("not_settled", text("not settled by then")),
            *lines,
        ]
    rows = tuple(
        Row(
            (
                Cell(words),
                Cell(basis.amount(facts[name]["of"])),
                Cell(basis.amount(facts[name]["count"])),
                _rate(basis, facts[name]),
                Cell(marks=(lengths.axis(), lengths.bar("ac", 0, number(facts[name]["share"])))),
            )
        )
        for name, words in lines
        if facts[name]["of"]
    )
    columns = (
        Column(text("Complaint"), "text"),
        Column(text("Customers"), wide=True),
        Column(text("Bought again"), wide=True),
        Column(text("Share")),
        Column(text("Bar"), "bars"),
    )
    less = facts["well_less_badly"]
    message = text("What a complaint does to the next purchase cannot be told from so few")
    if less and less["interval"][0] > 0:
        message = text(
            "After a complaint that was handled well {well} bought again, after one handled badly {badly}",
            well=language.percent(facts["well"]["share"], 0),
            badly=language.percent(facts["badly"]["share"], 0),
        )
    elif less:
        message = text("Whether complaints are handled well or badly makes no difference that these data show")
    between = (
        text("The difference lies between {low} and {high} in 9 of 10 cases.", low=language.percent(less["interval"][0], 0),
             high=language.percent(less["interval"][1], 0))
        if less
        else ""
    )  # fmt: skip
    limits = text("Purchases within {days} days after. Who complains badly served may differ in other ways too.", days=facts["days"])
    unit = text("customers by how their first such complaint was handled")
    note = f"{between} {limits}".strip()
    table = Table(text("Purchases after a complaint"), columns, rows)
    return (Section("complaints", message, text("Purchases after a complaint"), unit, (table,), note=note, columns=6),)


# ---------- word of mouth, ideas, joint projects ----------


def _words(basis: Basis) -> tuple[Section, ...]:
    """What customers tell others, suggest and build with us: counted, and worth something only by stated assumptions."""
    told = [*_reference(basis), *_ideas(basis), *_projects(basis)]
    if not told:
        return ()
    text = basis.language.text
    in_money = any(amount is not None for _, _, _, amount, _ in told)
    columns = (
        Column(text("What"), "text"),
        Column(text("Customers")),
        Column(text("Number")),
        *((Column(basis.with_unit(text("Worth"))),) if in_money else ()),
    )
    rows = tuple(
        Row(
            (
                Cell(name, below=below),
                Cell(basis.amount(customers)),
                Cell(basis.amount(count)),
                *((Cell(basis.amount(exact(amount))),) if in_money else ()),
            )
        )
        for name, customers, count, amount, below in told
    )
    note = text("Potentials and assumptions: they stand beside the value and are in no sum unless the value definition adds them.")
    blocks: tuple[Block, ...] = (Table(text("What customers say, suggest and build with us"), columns, rows), *_missing(basis))
    message = _words_message(basis)
    unit = text("as of {day}", day=basis.day)
    return (Section("words", message, text("What customers say, suggest and build with us"), unit, blocks, note=note, columns=6),)


def _words_message(basis: Basis) -> str:
    text = basis.language.text
    reference = basis.figures.components.get("reference") or {}
    information = basis.figures.components.get("information") or {}
    if reference.get("value") is not None and reference.get("customers"):
        return text("What customers tell others may bring {amount} a year", amount=basis.short(exact(reference["value"])))
    if information.get("ideas"):
        ideas, plural = round(number(information["ideas"])), basis.language.plural
        if information.get("value") is None:
            return plural(
                "Customers gave {n} idea, nobody knows yet what it is worth",
                "Customers gave {n} ideas, nobody knows yet what they are worth",
                ideas,
            )
        amount = basis.short(exact(information["value"]))
        return plural("Customers gave {n} idea, worth {amount}", "Customers gave {n} ideas, worth {amount}", ideas, amount=amount)
    projects = basis.figures.components.get("cooperation") or {}
    if projects.get("projects") and not reference.get("customers"):
        return basis.language.plural("{n} joint project is running", "{n} joint projects are running", projects["projects"])
    return basis.language.plural(
        "{n} customer has the ear of others; in money this cannot be told",
        "{n} customers have the ear of others; in money this cannot be told",
        reference.get("customers", 0),
    )


_Told = tuple[str, int, float | None, Any, str]


def _reference(basis: Basis) -> list[_Told]:
    facts = basis.figures.components.get("reference")
    if not facts or not facts["customers"]:
        return []
    text, bad = basis.language.text, facts["detractors"]
    good_value = None if facts["value"] is None else number(facts["value"]) - number(facts["detractors_value"])
    rows: list[_Told] = [
        (text("Good word, a year"), facts["customers"] - bad, None, good_value, text("contacts who listen times those who come")),
    ]
    if bad:
        rows.append((text("Bad word, a year"), bad, None, facts["detractors_value"], text("of customers who are dissatisfied")))
    return rows


def _ideas(basis: Basis) -> list[_Told]:
    facts = basis.figures.components.get("information")
    if not facts or not facts["ideas"]:
        return []
    text = basis.language.text
    below = text("from points people gave") if facts["rated"] else ""
    return [(text("Ideas and suggestions"), facts["customers"], facts["ideas"], facts["value"], below)]


def _projects(basis: Basis) -> list[_Told]:
    facts = basis.figures.components.get("cooperation")
    if not facts or not facts["projects"]:
        return []
    text, silent = basis.language.text, facts["unsourced"] + facts["stale"] + facts["without_effort"]
    below = text("without worth: {n}, for lack of a source or of the effort", n=silent) if silent else ""
    return [(text("Joint projects"), facts["customers"], facts["projects"], facts["value"], below)]


def _missing(basis: Basis) -> tuple[Text, ...]:
    """What is missing to tell word of mouth in money."""
    facts, text = basis.figures.components.get("reference") or {}, basis.language.text
    if not facts.get("customers") or not facts.get("missing"):
        return ()
    names = {
        "contacts": text("how many contacts customers have"),
        "rate": text("which share of those who listen come"),
        "volume": text("what such a customer is worth"),
    }
    what = basis.language.listed([names.get(name, name) for name in facts["missing"]])
    return (Text(text("A value in money would need to know {what}: note it in the data or under [components.reference].", what=what)),)

"""The sheet of a key account: value, result, potential, contacts and people of a customer and its group, on one page of A4."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from kundenwert.records.account import Account
from kundenwert.reports._page import Block, Cell, Column, Facts, Page, Points, Row, Section, Table
from kundenwert.reports.language import Language

# What fits the page beside everything else.
_MEMBERS, _LINES, _LONGEST = 6, 4, 34


def render(account: Account, lang: str = "de") -> bytes:
    """The sheet as PDF; the same run gives the same bytes."""
    from kundenwert.reports._pdf import pages

    of = Language(lang).text("Page {page} of {pages}", page="{page}", pages="{pages}")
    return pages(page(account, lang), created=datetime.fromisoformat(account.manifest["created"]), of=of)


def page(account: Account, lang: str = "de") -> Page:
    """The sheet as records."""
    words = Language(lang)
    text, told = words.text, account.manifest
    sections = [
        _value(account, words),
        _result(account, words),
        _members(account, words),
        _points(account, words),
        _contacts(account, words),
        _open_matters(account, words),
    ]
    made = datetime.fromisoformat(told["created"])
    return Page(
        title=f"{text('Key account')}, {_called(account)}, {words.date(account.as_of)}",
        company=str(told["title"]),
        language=lang,
        message=_message(account, words),
        lead=_lead(account, words),
        basis=((text("As of"), words.date(account.as_of)), (text("Customer"), account.asked), (text("Run"), str(told["run"]))),
        sections=tuple(section for section in sections if section is not None),
        foot=text("Run {run} of {created}, kundenwert {version}", run=told["run"], created=made, version=told["version"]),
        words={"skip": "", "basis": text("Basis of the figures"), "warned": "", "report": text("Key account"), "scrolls": ""},
    )


def _called(account: Account) -> str:
    return str(account.record.get("name") or account.asked)


def _message(account: Account, words: Language) -> str:
    """Who, and what they are worth."""
    amount, name = account.together["value"], _called(account)
    if amount is None:
        return name
    value = words.short(amount, account.manifest["currency"])
    if account.is_group:
        return words.text("{name} and its group are worth {value}", name=name, value=value)
    return words.text("{name} is worth {value}", name=name, value=value)


def _lead(account: Account, words: Language) -> str:
    record = account.record
    parts = [str(record[name]) for name in ("industry", "segment", "region") if record.get(name)]
    if record.get("acquired_on"):
        parts.append(words.text("customer since {day}", day=record["acquired_on"]))
    team = [str(one["person"]) for one in account.team if one["customers"]]
    if team:
        parts.append(words.text("looked after by {names}", names=team))
    return "; ".join(parts)


def _money(account: Account, words: Language, value: Any) -> str:
    return words.money(value, account.manifest["currency"], 0)


def _value(account: Account, words: Language) -> Section | None:
    """Past, still to come with its interval, potential."""
    text, found = words.text, account.together
    if found["value"] is None:
        return None
    facts = [
        (text("Customer value"), _money(account, words, found["value"]), ""),
        (text("Past"), _money(account, words, found["past"]), ""),
        (text("Still to come (clv)"), _money(account, words, found["clv"]), ""),
    ]
    if found["clv_lower"] is not None:
        low, high = (_money(account, words, found[name]) for name in ("clv_lower", "clv_upper"))
        facts.append((text("in 90 of 100 cases"), text("{low} to {high}", low=low, high=high), ""))
    note = ""
    if account.is_group and found["clv_lower"] is not None:
        note = text("The range of a group is the sum of the ranges of its customers; the true one is usually narrower.")
    subject = text("Customer value")
    unit = text("in {currency}, {n} customers", currency=account.manifest["currency"], n=len(account.members))
    blocks: tuple[Block, ...] = (Facts(tuple(facts)), *_potential(account, words))
    return Section("value", text("What the account is worth"), subject, unit, blocks, note=note, columns=6)


def _potential(account: Account, words: Language) -> Iterator[Block]:
    text, found = words.text, account.together
    if found["potential_revenue"] is None:
        return
    facts = [(text("Revenue of the last 12 months"), _money(account, words, found["revenue_year"]), "")]
    if {one.get("potential_source") for one in account.members} <= {None, "peers"}:
        # What comparable customers buy is no demand: nobody can tell what part of it is ours.
        yield Facts((*facts, (text("Comparable customers buy"), _money(account, words, found["potential_revenue"]), text("in a year"))))
        return
    share = float(found["revenue_year"] / found["potential_revenue"]) if found["revenue_year"] and found["potential_revenue"] > 0 else None
    facts += [
        (text("Potential a year"), _money(account, words, found["potential_revenue"]), ""),
        (text("Our share"), words.percent(share, 0), ""),
        (text("Gap"), _money(account, words, found["gap_revenue"]), ""),
    ]
    yield Facts(tuple(facts))


def _result(account: Account, words: Language) -> Section | None:
    """The steps of the customer result, year beside year."""
    if not account.years:
        return None
    text, years = words.text, list(reversed(account.years))
    names = {
        "revenue": text("Revenue"),
        "db1": text("Contribution I"),
        "db2": text("Contribution II"),
        "db3": text("Contribution III"),
        "db4": text("Contribution IV"),
    }
    known = [name for name in names if any(year[name] is not None for year in years)]
    rows = [
        Row((Cell(names[name]), *(Cell(words.number(year[name], 0)) for year in years)), "sum" if name == known[-1] else "")
        for name in known
    ]
    columns = (Column(text("Step"), "text"), *(Column(str(year["year"])) for year in years))
    table = Table(text("Customer result by year"), columns, tuple(rows))
    last = known[-1]
    amount = words.money(years[-1][last], account.manifest["currency"], 0)
    message = text("{step} {year}: {amount}", step=names[last], year=str(years[-1]["year"]), amount=amount)
    return Section(
        "result", message, text("Customer result"), text("in {currency}", currency=account.manifest["currency"]), (table,), columns=6
    )


def _members(account: Account, words: Language) -> Section | None:
    """The customers of the group, the most valuable first, indented by their place below the head."""
    if not account.is_group:
        return None
    text = words.text
    shown = account.members[:_MEMBERS]
    rows = [
        Row(
            (
                Cell(_indented(one), below=_short(one["city"])),
                Cell(str(one["class"] or "–")),
                Cell(words.number(one["past"], 0)),
                Cell(words.number(one["clv"], 0)),
                Cell(words.number(one["value"], 0)),
            )
        )
        for one in shown
    ]
    heads = (text("Customer"), text("Class"), text("Past"), text("Still to come"), text("Value"))
    columns = (Column(heads[0], "text"), Column(heads[1], "text"), *(Column(head) for head in heads[2:]))
    notes = []
    if len(account.members) > len(shown):
        notes.append(
            words.plural("{n} more customer is counted above.", "{n} more customers are counted above.", len(account.members) - len(shown))
        )
    if account.left_out:
        notes.append(words.plural("{n} customer objected and is left out.", "{n} customers objected and are left out.", account.left_out))
    message = text("The group has {n} customers", n=len(account.members))
    unit = text("in {currency}", currency=account.manifest["currency"])
    return Section("members", message, text("Group"), unit, (Table(message, columns, tuple(rows)),), note=" ".join(notes), columns=6)


def _indented(member: Mapping[str, Any]) -> str:
    return "\u2003" * min(int(member["depth"]), 3) + _short(member["name"] or member["customer_id"])


def _short(value: Any) -> str:
    words = str(value or "")
    return words if len(words) <= _LONGEST else words[: _LONGEST - 1] + "…"


def _points(account: Account, words: Language) -> Section | None:
    """What was given on the criteria, the best first: strengths on the left of a discussion, weaknesses at its end."""
    if not account.points:
        return None
    text = words.text
    ordered = sorted(account.points, key=lambda one: -(one.points or 0.0))
    sources = {"data": text("From data"), "rating": text("Rated"), "both": text("Both")}
    rows = [
        Row(
            (
                Cell(one.criterion if words.code == "de" else one.english),
                Cell(words.number(one.points, 1)),
                Cell(sources[one.provenance]),
            )
        )
        for one in ordered
    ]
    columns = (Column(text("Criterion"), "text"), Column(text("Points")), Column(text("Source"), "text"))
    score = account.row["score"]
    message = text("Score {score:.1f} of 10", score=score) if score is not None else text("Points without a score")
    unit = text("0 to 10, {customer}", customer=account.asked)
    return Section("points", message, text("Points"), unit, (Table(message, columns, tuple(rows)),), columns=6)


def _contacts(account: Account, words: Language) -> Section:
    text = words.text
    message = words.plural("{n} contact in the last 12 months", "{n} contacts in the last 12 months", account.counts["contacts"])
    lines = [
        _line((words.date(one["date"]), one["channel"], one["purpose"], one["outcome"], one["person"], _of(account, one)))
        for one in account.contacts[:_LINES]
    ]
    team = [text("{person} ({n} contacts)", person=str(one["person"]), n=one["contacts"]) for one in account.team if one["contacts"]]
    blocks: tuple[Block, ...] = (Points(tuple(lines or [text("No contact is known.")])),)
    return Section("contacts", message, text("Contacts and team"), ", ".join(team), blocks, columns=6)


def _open_matters(account: Account, words: Language) -> Section:
    """Complaints and measures."""
    text, counts = words.text, account.counts
    told = text("{open} open", open=counts["open_complaints"])
    head = words.plural("{n} complaint in the last 12 months", "{n} complaints in the last 12 months", counts["complaints"])
    complaints = [
        _line((words.date(one["date"]), one["category"], _solved(one, words), one["outcome"], _of(account, one)))
        for one in account.complaints[:_LINES]
    ]
    measures = [
        _line((words.date(one["date"]), one["kind"], one["measure_id"], _of(account, one))) for one in _treated(account.measures)[:_LINES]
    ]
    lines = [*complaints, *(text("Measure: {line}", line=line) for line in measures)]
    blocks: tuple[Block, ...] = (Points(tuple(lines or [text("None is known.")])),)
    return Section("matters", f"{head} ({told})", text("Complaints and measures"), text("the newest"), blocks, columns=6)


def _treated(measures: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Who was held out of a measure got none."""
    return [one for one in measures if one["treated"] is not False]


def _solved(complaint: Mapping[str, Any], words: Language) -> str:
    day = complaint["resolved_on"]
    return words.text("settled on {day}", day=day) if day else words.text("open")


def _of(account: Account, record: Mapping[str, Any]) -> str:
    return str(record["customer_id"]) if account.is_group else ""


def _line(parts: Sequence[Any]) -> str:
    return ", ".join(_short(part) for part in parts if part)


PLUGIN = render

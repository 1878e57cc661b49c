"""The screen of one customer, as plain data for a template: the finding, how the value comes about, the course, points, what happened."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kundenwert import registry
from kundenwert.errors import DataError, Problem
from kundenwert.flows.accounts import account
from kundenwert.flows.customer_quick import Glance, Rest, find, glance, rest
from kundenwert.flows.register import catalogue_in
from kundenwert.flows.sections import plain
from kundenwert.register.book import Register

if TYPE_CHECKING:
    from kundenwert.records import Part
    from kundenwert.reports._customer_basis import CustomerBasis
    from kundenwert.reports.language import Language

# Documents shown on the page; all stand behind the link to the invoice lines.
DOCUMENTS = 8
_COURSE, _ALIVE = 640, 420


@dataclass(frozen=True)
class ValueRow:
    """A line of the explanation. kind: booked, cost, expected, added, past or value; the last two are sums. year: of booked revenue."""

    kind: str
    label: str
    amount: Decimal | None
    origin: str = ""
    ground: str = ""
    year: int | None = None

    @property
    def is_sum(self) -> bool:
        """Whether it is the sum of those above."""
        return self.kind in {"past", "value"}


def first_picture(project: Path, customer_id: str, language: Language, *, managers: frozenset[str] | None = None) -> dict[str, Any]:
    """What stands on the page at once. Raises UnknownName for an unknown customer and for another one's alike."""
    from kundenwert.reports import _customer_judged, _customer_value, _pictures
    from kundenwert.reports._customer_basis import CustomerBasis

    seen = glance(project, customer_id, managers=managers)
    basis = CustomerBasis(seen.explained, language)
    with _pictures.undrawn():
        sections = {one.key: one for one in _customer_value.sections(basis)}
        judged = {one.key: one for one in _customer_judged.sections(basis)} if basis.is_valued else {}
    value = sections.get("value")
    rows = list(_rows(basis)) if basis.in_money and value is not None else []
    return {
        "id": basis.row["customer_id"],
        "name": seen.explained.data.address.get("name", ""),
        "who": _who(basis),
        "level": basis.row["level"],
        "is_valued": basis.is_valued,
        "is_at_risk": bool(basis.row.get("alert")),
        "message": _message(basis),
        "lead": _lead(basis),
        "facts": list(_facts(basis)),
        "value": plain([value])[0] if value else None,
        "rows": rows,
        "check": _check(rows),
        "currency": basis.currency,
        "course": _course(basis),
        "alive": _alive_chart(seen, language),
        "beside": plain(judged[key] for key in ("beside",) if key in judged),
        "documents": seen.explained.history[:DOCUMENTS],
        "more_documents": max(len(seen.explained.history) - DOCUMENTS, 0),
        "record": list(_record(seen, basis)),
    }


def the_rest(project: Path, customer_id: str, language: Language, *, managers: frozenset[str] | None = None) -> dict[str, Any]:
    """What comes after the first picture: result, why the value changed, what would change it, points, contacts, complaints, group."""
    from kundenwert.reports import _customer_judged, _customer_value, _pictures
    from kundenwert.reports._customer_basis import CustomerBasis

    found = rest(project, customer_id, managers=managers)
    basis = CustomerBasis(found.explained, language)
    with _pictures.undrawn():
        sections = {one.key: one for one in _customer_value.sections(basis) if one.key == "result"}
        judged = {one.key: one for one in _customer_judged.sections(basis)} if basis.is_valued else {}
    return {
        "id": basis.row["customer_id"],
        "is_valued": basis.is_valued,
        "sections": {one["key"]: one for one in plain(sections.values())},
        "reasons": plain(judged[key] for key in ("change", "what-if") if key in judged),
        "points": list(_points(basis)),
        "points_message": judged["points"].message if "points" in judged else "",
        "points_note": judged["points"].note if "points" in judged else "",
        "fresh": ratings_since(project, basis.row["customer_id"], found.explained),
        "contacts": found.contacts,
        "complaints": found.complaints,
        "open_complaints": sum(1 for one in found.complaints if one["resolved_on"] is None),
        "measures": found.measures,
        "kin": _kin(found),
    }


def criteria_of(project: Path, language: Language) -> list[tuple[str, str]]:
    """What can be rated: the name that is stored, and the one the reader knows."""
    return [(one.name, one.name if language.code == "de" else one.english or one.name) for one in catalogue_in(project).criteria]


def ratings_since(project: Path, customer: str, explained: Any) -> list[dict[str, Any]]:
    """What was rated after the run was made: it counts from the next one on."""
    register = Register(project)
    if not register.exists:
        return []
    rows = [row for row in register.rows("ratings") if row.content["customer_id"] == customer and row.at > explained.basis["created"]]
    return [
        {"at": row.at, "by": row.by, **{name: row.content[name] for name in ("criterion", "points", "reason")}} for row in reversed(rows)
    ]


def sheet(project: Path, customer_id: str, language: Language, *, managers: frozenset[str] | None = None) -> bytes:
    """The sheet of the account as PDF. Who sees some customers only gets it where the whole group is his.

    Raises UnknownName as the page does, DataError for who objected and for a group with customers of others.
    """
    found = account(project, find(project, customer_id, managers=managers))
    if managers is not None and any((one["account_manager"] or "").strip() not in managers for one in found.members):
        came = "The group of this customer has customers of other account managers, and the sheet counts all of them."
        raise DataError(Problem(came, "a group whose customers are all yours.", "ask a colleague who sees the whole group for the sheet."))
    made: bytes = registry.load("reports", "account_sheet")(found, language.code)
    return made


# ---- the first picture ------------------------------------------------------------------------------------------------


def _who(basis: CustomerBasis) -> str:
    name = basis.explained.data.address.get("name", "")
    return name or basis.language.text("Customer {id}", id=basis.row["customer_id"])


def _message(basis: CustomerBasis) -> str:
    text, row, who = basis.language.text, basis.row, _who(basis)
    if row["level"] == "objected":
        return text("{who} objected to being valued", who=who)
    if not basis.is_valued:
        return text("{who}: no forecast is made", who=who)
    if not basis.in_money:
        within = basis.language.within(basis.explained.basis["horizon"])
        return text(
            "{who}: {count} purchases are expected {within}",
            who=who,
            count=basis.language.number(row["expected_purchases"], 1),
            within=within,
        )
    values = {"name": who, "who": who, "amount": basis.money(row["value"], 2)}
    if row.get("alert"):
        return text("{name} is worth {amount} and may be leaving", **values)
    if row["value"] < 0:
        return text("{who} costs more than is earned: {amount}", **values)
    return text("{name} is worth {amount}", **values)


def _lead(basis: CustomerBasis) -> str:
    text, row = basis.language.text, basis.row
    if row["level"] == "objected":
        return text("What was booked is shown; no forecast is made, and the number stands in no list. Totals count the mean of others.")
    if row["level"] == "none":
        return text("No purchase is left, or many people stand behind this number: no forecast is made.")
    alert = next((basis.notice(one.sentence) for one in basis.explained.said if one.component == "alert"), "")
    bought = basis.language.plural("{n} purchase so far.", "{n} purchases so far.", row["frequency"] + 1)
    return " ".join(part for part in (alert, bought) if part)


def _facts(basis: CustomerBasis) -> Iterator[dict[str, str]]:
    """Terms with their values: term, figure, sub; look and stage for marks."""
    text, row, language = basis.language.text, basis.row, basis.language
    if basis.is_valued and basis.in_money:
        yield {"term": text("Customer value"), "figure": basis.money(row["value"], 2), "sub": _range(basis), "look": "strong"}
    if basis.is_valued and (row.get("class") or row.get("stage")):
        yield _standing(basis)
    if basis.is_valued and row["p_alive"] is not None:
        sub = _place(basis)
        yield {"term": text("Still a customer"), "figure": language.percent(row["p_alive"], 0), "sub": sub}
    if row.get("last_purchase"):
        yield {"term": text("Last purchase"), "figure": language.date(row["last_purchase"]), "sub": _days_ago(basis)}
    if row.get("db4_year") is not None and basis.is_valued:
        bad = "bad" if row["db4_year"] < 0 else ""
        yield {"term": text("Contribution IV"), "figure": basis.money(row["db4_year"], 2), "sub": text("last 12 months"), "look": bad}
    if basis.is_valued and row.get("score") is not None:
        coverage = text("{share} of the weights known", share=language.percent(row["coverage"], 0))
        yield {"term": text("Score"), "figure": text("{score} of 10", score=language.number(row["score"], 1)), "sub": coverage}


def _standing(basis: CustomerBasis) -> dict[str, str]:
    from kundenwert.reports.language.names import stage_names

    text, row = basis.language.text, basis.row
    stage = str(row.get("stage") or "")
    at_risk = bool(row.get("alert"))
    words = text("at risk") if at_risk else stage_names(basis.language).get(stage, stage)
    since = text("since {day}", day=basis.language.date(row["stage_since"])) if row.get("stage_since") and not at_risk else ""
    return {
        "term": text("Class and phase"),
        "figure": "",
        "sub": since,
        "class": str(row.get("class") or ""),
        "stage": words,
        "stage_look": "risk" if at_risk else stage,
    }


def _range(basis: CustomerBasis) -> str:
    row, lower, upper = basis.row, basis.row.get("clv_lower"), basis.row.get("clv_upper")
    if lower is None or upper is None or lower == upper:
        return ""
    shift = row["value"] - row["clv"]
    return basis.language.text("90%: {lower} to {upper}", lower=basis.money(shift + lower), upper=basis.money(shift + upper))


def _place(basis: CustomerBasis) -> str:
    place, text = basis.explained.place, basis.language.text
    if place is None:
        return ""
    return text("place {place} of {customers}", place=place[0] + 1, customers=place[1])


def _days_ago(basis: CustomerBasis) -> str:
    last, as_of = basis.row["last_purchase"], basis.explained.basis["as_of"]
    first, until = (date.fromisoformat(str(one)[:10]) for one in (last, as_of))
    days = (until - first).days
    return basis.language.plural("{n} day before the as-of day", "{n} days before the as-of day", days)


def _rows(basis: CustomerBasis) -> Iterator[ValueRow]:
    """The explanation, with the sums in their places."""
    from kundenwert.records import Part
    from kundenwert.reports._customer_value import label

    text = basis.language.text
    parts = [*basis.parts("booked", "cost"), Part("past", "", basis.row["past"])]
    if basis.is_valued:
        parts += [*basis.parts("expected", "added"), Part("value", "", basis.row["value"])]
    origin = {"booked": text("booked"), "cost": text("booked or estimated"), "expected": text("model"), "added": text("component")}
    for part in parts:
        year = int(part.span) if part.kind == "booked" else None
        yield ValueRow(part.kind, label(basis, part), part.amount, origin.get(part.kind, ""), _ground(basis, part), year)


def _ground(basis: CustomerBasis, part: Part) -> str:
    language = basis.language
    if part.kind == "booked":
        return language.plural("{n} day with a sale", "{n} days with a sale", int(part.purchases or 0))
    if part.kind == "expected":
        return language.text("{n} purchases, discounted", n=language.number(part.purchases, 1))
    return ""


def _check(rows: Sequence[ValueRow]) -> Decimal | None:
    """What is left between the lines and the value; 0.00, or something is wrong."""
    total = next((one.amount for one in rows if one.kind == "value"), None)
    lines = sum((one.amount or Decimal(0) for one in rows if not one.is_sum), Decimal(0))
    return None if total is None else (total - lines).quantize(Decimal("0.01"))


def _course(basis: CustomerBasis) -> dict[str, Any] | None:
    course = basis.explained.course
    if course is None:
        return None
    if not basis.is_valued:
        course = replace(course, expected=None, lower=None, upper=None)
    spec: dict[str, Any] = registry.load("reports.charts", "customer_quarters")(course, basis.language.code, width=_COURSE)
    return spec


def _alive_chart(seen: Glance, language: Language) -> dict[str, Any] | None:
    if seen.alive is None:
        return None
    spec: dict[str, Any] = registry.load("reports.charts", "p_alive_path")(seen.alive, language.code, width=_ALIVE)
    return spec


def _record(seen: Glance, basis: CustomerBasis) -> Iterator[tuple[str, str]]:
    """Who the customer is: term and words."""
    text, record, data = basis.language.text, seen.record, seen.explained.data
    yield text("Customer number"), str(basis.row["customer_id"])
    street, town = data.address.get("street", ""), " ".join(data.address[name] for name in ("postcode", "city") if name in data.address)
    if street or town:
        yield text("Address"), ", ".join(part for part in (street, town) if part)
    names = {"account_manager": text("Account manager"), "industry": text("Industry"), "region": text("Region"), "segment": text("Segment")}
    for name, term in names.items():
        if record.get(name):
            yield term, str(record[name])
    if record.get("acquired_on"):
        way = f", {record['channel']}" if record.get("channel") else ""
        yield text("Customer since"), basis.language.date(record["acquired_on"]) + way
    called = {"yes": text("allowed"), "no": text("not allowed"), "withdrawn": text("withdrawn")}
    for channel, answer, day in data.consents:
        yield text("Advertising by {channel}", channel=channel), f"{called[answer]}, {basis.language.date(day)}"
    if data.objected:
        yield text("Valuation"), text("objection of {day}", day=basis.language.date(data.objected))
    else:
        is_flagged = basis.row["level"] == "objected"
        yield text("Valuation"), text("objection in the customer records") if is_flagged else text("no objection")


# ---- the rest ---------------------------------------------------------------------------------------------------------


def _points(basis: CustomerBasis) -> Iterator[dict[str, Any]]:
    from kundenwert.reports._customer_basis import provenance_names

    called, language = provenance_names(basis.language), basis.language
    for one in basis.explained.points:
        reasons = [(reason.reason, reason.by, language.date(reason.at)) for reason in one.reasons if reason.reason]
        yield {
            "criterion": basis.criterion(one),
            "name": one.criterion,
            "points": one.points,
            "weight": one.weight,
            "provenance": called[one.provenance],
            "ground": basis.notice(one.basis) if one.points is not None else "",
            "reasons": reasons,
        }


def _kin(found: Rest) -> dict[str, list[Mapping[str, Any]]]:
    return {place: [one for one in found.kin if one["place"] == place] for place in ("above", "below", "beside")}


__all__ = ["criteria_of", "first_picture", "ratings_since", "sheet", "the_rest"]

"""One customer on one page: how the value comes about, what was bought, what was left, how the customer is judged, what would change it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from kundenwert.records import Explained
from kundenwert.reports import _customer_data, _customer_judged, _customer_value
from kundenwert.reports._customer_basis import CustomerBasis
from kundenwert.reports._page import Facts, Page, Section
from kundenwert.reports.language import Language
from kundenwert.reports.language.names import stage_names

# The share of customers that counts as top may be set otherwise; then the sentence of the component says it.
_TENTH = 0.1


def page(explained: Explained, lang: str = "de", *, paper: bool = False) -> Page:
    """The page as records. paper: for A4, where nothing can be opened."""
    basis = CustomerBasis(explained, Language(lang), paper)
    judged = _customer_judged.sections(basis) if basis.is_valued else ()
    value = _customer_value.sections(basis)
    return Page(
        title=f"{basis.who}, {explained.basis['title']}, {basis.day}",
        company=explained.basis["title"],
        language=lang,
        message=_message(basis),
        lead=_lead(basis),
        basis=line(basis),
        sections=(*_facts(basis), *value, *judged, _customer_data.section(basis)),
        foot=foot(basis),
        words=words(basis, basis.language.text("Customer value explained")),
    )


def render(explained: Explained, lang: str = "de", *, paper: bool = False) -> bytes:
    """The page as HTML that needs nothing else, or as A4."""
    found = page(explained, lang, paper=paper)
    return drawn(found, explained, lang) if paper else on_screen(found)


def on_screen(found: Page) -> bytes:
    """A page as HTML."""
    from kundenwert.reports._html import html

    return html(found).encode()


def drawn(found: Page, explained: Explained, lang: str, *, dense: bool = True) -> bytes:
    """A page as PDF; the same run gives the same bytes."""
    from kundenwert.reports._pdf import pages

    created = explained.basis.get("created")
    moment = datetime.fromisoformat(created) if created else datetime.combine(explained.basis["as_of"], datetime.min.time(), tzinfo=UTC)
    of = Language(lang).text("Page {page} of {pages}", page="{page}", pages="{pages}")
    return pages(found, created=moment, of=of, dense=dense)


def _message(basis: CustomerBasis) -> str:
    text, row = basis.language.text, basis.row
    if row["level"] == "objected":
        return text("{who} objected to being valued", who=basis.who)
    if not basis.is_valued:
        return text("{who}: no forecast is made", who=basis.who)
    if not basis.in_money:
        count = basis.language.number(row["expected_purchases"], 1)
        return text("{who}: {count} purchases are expected {within}", who=basis.who, count=count, within=_within(basis))
    values: dict[str, Any] = {"who": basis.who, "amount": basis.money(row["value"])}
    if row.get("alert"):
        return text("{who} is worth {amount} and overdue", **values)
    if row["value"] < 0:
        return text("{who} costs more than is earned: {amount}", **values)
    return text("{who} is worth {amount}", **values)


def _within(basis: CustomerBasis) -> str:
    return basis.language.within(basis.explained.basis["horizon"])


def _lead(basis: CustomerBasis) -> str:
    text, row, language = basis.language.text, basis.row, basis.language
    if row["level"] == "objected":
        return text("What was booked is shown; no forecast is made, and the number stands in no list. Totals count the mean of others.")
    if row["level"] == "none":
        return text("No purchase is left, or many people stand behind this number: no forecast is made.")
    bought = language.plural("{n} purchase so far.", "{n} purchases so far.", row["frequency"] + 1)
    days = text("First purchase {first}, last purchase {last}.", first=row["first_purchase"], last=row["last_purchase"])
    alert = next((basis.notice(one.sentence) for one in basis.explained.said if one.component == "alert"), "")
    return " ".join(part for part in (alert, days, bought) if part)


def _facts(basis: CustomerBasis) -> tuple[Section, ...]:
    if not basis.is_valued:
        return ()
    text, row, language = basis.language.text, basis.row, basis.language
    found: list[tuple[str, str, str]] = []
    if basis.in_money:
        found.append((text("Value"), basis.money(row["value"]), _range(basis)))
    if row.get("class"):
        tier = text("value tier {name}", name=row["tier"]) if row.get("tier") else ""
        found.append((text("Class"), row["class"], tier))
    if row.get("top_tenth_chance") is not None and basis.explained.basis.get("top_share") == _TENTH:
        found.append(
            (text("Chance to be in the top tenth"), language.percent(row["top_tenth_chance"], 0), text("by what is still to come"))
        )
    if row.get("stage"):
        since = text("since {day}", day=row["stage_since"]) if row.get("stage_since") else ""
        found.append((text("Phase"), stage_names(language).get(row["stage"], row["stage"]), since))
    if row["p_alive"] is not None:
        last = text("last purchase {day}", day=row["last_purchase"])
        found.append((text("Still a customer"), language.percent(row["p_alive"], 0), last))
    if row.get("score") is not None:
        coverage = text("{share} of the weights known", share=language.percent(row["coverage"], 0))
        found.append((text("Score"), text("{score} of 10", score=language.number(row["score"], 1)), coverage))
    return (Section("facts", _place(basis), text("At a glance"), basis.day, (Facts(tuple(found)),)),) if found else ()


def _place(basis: CustomerBasis) -> str:
    text, place = basis.language.text, basis.explained.place
    if place is None:
        return text("At a glance")
    if not basis.in_money:
        # Without amounts nobody is worth anything: customers are ranked by what they are expected to buy.
        count = basis.language.number(place[0])
        return text("More purchases are expected of {count} of {customers} customers", count=count, customers=place[1])
    if not place[0]:
        return text("None of {customers} customers is worth more", customers=place[1])
    return basis.language.plural(
        "{n} of {customers} customers is worth more", "{n} of {customers} customers are worth more", place[0], customers=place[1]
    )


def _range(basis: CustomerBasis) -> str:
    """From where to where the value may go; nothing where it is certain or no range is known."""
    row = basis.row
    lower, upper = row.get("clv_lower"), row.get("clv_upper")
    if lower is None or upper is None or lower == upper:
        return ""
    shift = row["value"] - row["clv"]
    return basis.language.text("90%: {lower} to {upper}", lower=basis.money(shift + lower), upper=basis.money(shift + upper))


def line(basis: CustomerBasis) -> tuple[tuple[str, str], ...]:
    """The basis of every figure: a value without it is not shown."""
    text, language, content = basis.language.text, basis.language, basis.explained.basis
    yardstick = {"revenue": text("revenue, not margin"), "purchases": text("purchases"), "contribution": text("contribution")}
    money = (
        (text("Value horizon"), language.span(content["value_horizon"])),
        (text("Rate"), text("{rate} a year", rate=language.percent(content["discount_rate"]))),
    )
    return (
        (text("As of"), basis.day),
        (text("Horizon"), language.span(content["horizon"])),
        *(money if basis.in_money else ()),
        (text("Yardstick"), yardstick[content["yardstick"]]),
        (text("Run"), content["run"]),
    )


def foot(basis: CustomerBasis) -> str:
    """Which run, made when, by which version."""
    content = basis.explained.basis
    if not content.get("created"):
        return basis.language.text("Run {run}", run=content["run"])
    created = datetime.fromisoformat(content["created"])
    return basis.language.text(
        "Run {run} of {created}, kundenwert {version}", run=content["run"], created=created, version=content["version"]
    )


def words(basis: CustomerBasis, report: str) -> dict[str, str]:
    """The few words the page itself needs."""
    text = basis.language.text
    return {
        "skip": text("Skip to the content"),
        "basis": text("Basis of the figures"),
        "warned": "",
        "report": report,
        "scrolls": text("Table, can be moved sideways"),
    }


PLUGIN = render

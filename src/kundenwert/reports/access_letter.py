"""The letter that answers a customer who asks what is known and reckoned of them (Art. 15 GDPR; CJEU C-203/22)."""

from __future__ import annotations

from kundenwert.records import Explained
from kundenwert.reports import _customer_data, _customer_judged, _customer_value
from kundenwert.reports._customer_basis import CustomerBasis
from kundenwert.reports._page import Block, Page, Points, Section, Text
from kundenwert.reports.customer_page import drawn, foot, line, on_screen, words
from kundenwert.reports.language import Language

# What the person can change, or lives through; costs of the company's own making are none of it.
_OF_THE_PERSON = frozenset({"bought", "stays_away", "pays_on_time"})


def page(explained: Explained, lang: str = "de", *, paper: bool = False) -> Page:
    """The letter as records."""
    basis = CustomerBasis(explained, Language(lang), paper)
    text = basis.language.text
    return Page(
        title=f"{text('Information on the customer value')}, {basis.row['customer_id']}, {basis.day}",
        company=explained.data.privacy.controller or explained.basis["title"],
        language=lang,
        message=text("Information on the customer value"),
        lead=text(
            "Here you find what was reckoned of you as of {day}, from which data, by which rules, and what would change it (Art. 15 GDPR).",
            day=basis.day,
        ),
        basis=((text("Customer number"), basis.row["customer_id"]), *line(basis)),
        sections=(
            _address(basis),
            _purpose(basis),
            *_value(basis),
            _rules(basis),
            *_judged(basis),
            *_changes(basis),
            _data(basis),
            _rights(basis),
        ),
        foot=foot(basis),
        words=words(basis, text("Information under Art. 15 GDPR")),
    )


def render(explained: Explained, lang: str = "de", *, paper: bool = False) -> bytes:
    """The letter as HTML that needs nothing else, or as A4."""
    found = page(explained, lang, paper=paper)
    return drawn(found, explained, lang, dense=False) if paper else on_screen(found)


def open_points(explained: Explained) -> tuple[str, ...]:
    """Names of what must be recorded under [privacy] before a letter says all it has to."""
    privacy = explained.data.privacy
    return tuple(
        name for name in ("controller", "contact", "purpose", "legal_basis", "recipients", "decisions") if not getattr(privacy, name)
    )


def _section(basis: CustomerBasis, key: str, message: str, subject: str, *blocks: Block) -> Section:
    return Section(key, message, subject, basis.day, blocks)


def _address(basis: CustomerBasis) -> Section:
    text, found = basis.language.text, basis.explained.data.address
    town = " ".join(found[name] for name in ("postcode", "city") if found.get(name))
    lines = [line for line in (found.get("name", ""), found.get("street", ""), town) if line]
    to = ", ".join(lines) or text("Customer {id}", id=basis.row["customer_id"])
    greeting = text("Dear Sir or Madam, you asked which data we process of you. This is the answer as far as the customer value goes.")
    return _section(basis, "to", to, text("Addressed to"), Text(greeting))


def _purpose(basis: CustomerBasis) -> Section:
    text, privacy = basis.language.text, basis.explained.data.privacy
    said = (
        (text("Responsible"), privacy.controller),
        (text("Data protection contact"), privacy.contact),
        (text("Purpose"), privacy.purpose),
        (text("Legal basis"), privacy.legal_basis),
    )
    return _section(basis, "purpose", text("Who processes the data, and what for"), text("Responsibility"), _told(basis, said))


def _told(basis: CustomerBasis, said: tuple[tuple[str, str], ...]) -> Points:
    """Each with what is recorded; where nothing is, the letter says so."""
    missing = basis.language.text("not recorded")
    return Points(tuple(f"{name}: {value or missing}" for name, value in said))


def _value(basis: CustomerBasis) -> tuple[Section, ...]:
    text = basis.language.text
    if not basis.in_money:
        return tuple(one for one in _customer_value.sections(basis) if one.key == "value")
    message = (
        text("Your customer value is {amount}", amount=basis.money(basis.row["value"], 2))
        if basis.is_valued
        else text("No value is forecast for you; {amount} came so far", amount=basis.money(basis.row["past"], 2))
    )
    why = text(
        "The customer value is what was left of your purchases so far, and what purchases still to come are expected to leave. It is an "
        "estimate for the company's own planning, no judgement of your person."
    )
    blocks = (Text(why), _customer_value.table(basis), *_customer_value.ranges(basis))
    return (_section(basis, "value", message, text("How the value comes about"), *blocks),)


def _rules(basis: CustomerBasis) -> Section:
    text, place = basis.language.text, basis.explained.place
    found = list(_customer_data.principles(basis))
    if place:
        found.append(
            text("You are compared with {n} customers of this company; {above} of them are worth more.", n=place[1], above=place[0])
        )
    return _section(basis, "rules", text("By which rules it is reckoned"), text("Rules as applied"), Points(tuple(found)))


def _judged(basis: CustomerBasis) -> tuple[Section, ...]:
    text = basis.language.text
    if not basis.is_valued:
        return ()
    said = tuple(basis.notice(one.sentence) for one in _customer_judged.ordered(basis.explained.said))
    blocks: list[Block] = [Points(said)] if said else []
    if any(one.points is not None for one in basis.explained.points):
        blocks.append(Text(text("Points go from 0 to 10; 10 is always favourable for you."), "small"))
        # Who of the staff rated is personal data of another.
        blocks.append(_customer_judged.points_table(basis, names=False))
    message = text("What else was derived from the data")
    return (_section(basis, "judged", message, text("Classes, stages and points"), *blocks),) if blocks else ()


def _changes(basis: CustomerBasis) -> tuple[Section, ...]:
    text = basis.language.text
    found = [one for one in basis.explained.what_ifs if one.kind in _OF_THE_PERSON]
    if not found:
        return ()
    block = Points(_customer_judged.what_if_sentences(basis, found))
    return (_section(basis, "changes", text("What would change the result"), text("One thing changed, all else as it is"), block),)


def _data(basis: CustomerBasis) -> Section:
    text = basis.language.text
    blocks = (
        _customer_data.columns_table(basis, retention=True),
        Points((_customer_data.unused(basis), *_customer_data.decided(basis), *_customer_data.not_judged(basis))),
    )
    return _section(basis, "data", text("Which data went in, and which did not"), text("Data and how long they are kept"), *blocks)


def _rights(basis: CustomerBasis) -> Section:
    text, privacy = basis.language.text, basis.explained.data.privacy
    said = (
        (text("Recipients"), basis.language.listed(privacy.recipients)),
        (text("How long the data are kept"), privacy.retention or text("as the table above says, from the end of the year")),
        (text("Decisions that rest on the value"), privacy.decisions),
    )
    rights = text(
        "You may ask for correction (Art. 16), erasure (Art. 17) or restriction (Art. 18), and object to being valued (Art. 21); objecting "
        "to advertising needs no reasons. You may complain to a data protection authority (Art. 77)."
    )
    blocks = (_told(basis, said), Text(rights), *((Text(privacy.rights),) if privacy.rights else ()))
    return _section(basis, "rights", text("Who receives it, and your rights"), text("Recipients and rights"), *blocks)


PLUGIN = render

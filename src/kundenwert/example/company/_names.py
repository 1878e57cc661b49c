"""Invented names, addresses and numbers of customers, as Arrow text columns; and how a clerk enters the same firm twice.

Mail addresses end in `.example`, which never exists (RFC 2606); phone numbers come from the ranges that the German regulator keeps
free for films and books.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from kundenwert.example.company._chance import Chance, Ints
from kundenwert.example.company._people import CITIES, FIRM, PRIVATE, SOLE_TRADER, Customers, Role

_SURNAMES = (  # noqa: SIM905 - one word after the other reads better
    "Ackerl Ahrends Albers Angerer Bachler Barthold Baumeister Behrends Bergner Biedermann Bogner Brandner Brockhaus Bruckner Buchholz "
    "Burkart Carstens Clasen Dahlke Dallmann Degner Dietz Dörfler Drechsler Ebner Eckardt Ehlers Eichler Engels Ertl Fährmann Falkner "
    "Feldner Fiedler Förster Frerichs Friesen Gäbler Gebauer Gerlach Gräf Grünwald Haberl Hagedorn Harms Hässler Heidkamp Hellwig "
    "Hinrichs Höfer Holtkamp Hübner Ihde Jäger Jansen Jürgens Kaltofen Kästner Kersten Kirchner Klöckner Knauer Köhnke Kranz Krüger "
    "Kühnel Lachner Lammers Lindner Löffler Lüders Mahnke Maurer Möbius Münch Nägele Neuhaus Nölting Oehler Ostermann Paulsen Petri "
    "Pfleger Pröll Quandt Rademacher Rehberg Reuter Rieger Röder Sander Schäfer Schlüter Schönfeld Seidl Stöver Strobl Thiele Tönnies "
    "Ulbrich Vogtländer Wächter Wagenknecht Weidner Wübben Zähringer Zimmerer"
).split()
_FIRST = (  # noqa: SIM905 - one word after the other reads better
    "Anja Bernd Birgit Carsten Claudia Dirk Elke Frank Gabriele Gerd Heike Holger Ines Jörg Jürgen Karin Klaus Lars Manuela Markus "
    "Mehmet Monika Nadine Olaf Petra Rainer Sabine Stefan Svetlana Thomas Ursula Uwe Vera Wolfgang Yasmin Zoran"
).split()
_TRADES = (
    ("Hochbau", "Bauunternehmung", "Maurermeister"),
    ("Malerbetrieb", "Farbe und Raum", "Stuckateur"),
    ("Dachdeckerei", "Zimmerei", "Holzbau"),
    ("Gartenbau", "Landschaftsbau", "Baumschule"),
    ("Trockenbau", "Montagebau", "Innenausbau"),
    ("Baustoffhandel", "Hausmeisterdienst", "Messebau"),
)
_LEGAL = ("GmbH", "GmbH & Co. KG", "e.K.", "KG", "AG")
_STREETS = (  # noqa: SIM905 - one word after the other reads better
    "Am Sägewerk|Amselweg|An der Ziegelei|Bahnhofstraße|Birkenallee|Dorfstraße|Eichenstraße|Feldstraße|Gewerbepark|Hafenstraße|"
    "Handwerkerhof|Industriestraße|Kirchweg|Lindenstraße|Marktplatz|Mühlenweg|Ringstraße|Schmiedegasse|Schulstraße|Werkstraße"
).split("|")


def identity(customers: Customers) -> Ints:
    """The place by which a customer's name is drawn: a duplicate has that of its original."""
    return np.where(customers.twin >= 0, customers.twin, customers.place)


def taken(words: Any, places: Ints) -> Any:
    """Words by place."""
    return pa.array(words, pa.string()).take(pa.array(places))


def joined(*parts: Any, by: str = "") -> Any:
    """Text columns and words put together, element by element."""
    return pc.binary_join_element_wise(*[pa.scalar(part) if isinstance(part, str) else part for part in parts], by)


def _drawn(chance: Chance, purpose: str, places: Ints, count: int) -> Ints:
    return np.minimum((chance.uniform(purpose, places) * count).astype(np.int64), count - 1)


def names(chance: Chance, customers: Customers) -> Any:
    """What stands as name: firm with legal form, sole trader with first and last name, private person."""
    who = identity(customers)
    surname = taken(_SURNAMES, _drawn(chance, "surname", who, len(_SURNAMES)))
    first = taken(_FIRST, _drawn(chance, "first", who, len(_FIRST)))
    flat = [trade for trades in _TRADES for trade in trades]
    trade = taken(flat, customers.industry * 3 + _drawn(chance, "trade", who, 3))
    legal = taken(_LEGAL, _drawn(chance, "legal", who, len(_LEGAL)))
    city = taken([entry[0] for entry in CITIES], customers.city)
    group = taken(_SURNAMES, _drawn(chance, "surname", np.maximum(customers.head, 0), len(_SURNAMES)))
    firm = joined(trade, surname, legal, by=" ")
    branch = joined(group, "Gruppe", city, "GmbH", by=" ")
    person = joined(first, surname, by=" ")
    name = pc.if_else(pa.array(customers.kind == SOLE_TRADER), joined(trade, person, by=" "), firm)
    name = pc.if_else(pa.array(customers.kind == PRIVATE), person, name)
    return pc.if_else(pa.array(customers.head >= 0), branch, name)


def entered_again(customers: Customers, name: Any) -> Any:
    """Names with duplicates as another clerk typed them: other legal form, no umlauts, in capitals, with a slip."""
    turn = pa.array(np.where(customers.has(Role.DUPLICATE), customers.place % 4, -1))
    ways = (
        _without_umlauts(name),
        pc.utf8_upper(name),
        joined(name, " Filiale"),
        pc.replace_substring(name, "er", "re", max_replacements=1),
    )
    for place, way in enumerate(ways):
        # Where a way changes nothing (no umlaut to lose), the clerk adds the branch.
        changed = pc.if_else(pc.equal(way, name), joined(name, " Filiale"), way)
        name = pc.if_else(pc.equal(turn, place), changed, name)
    return name


def _without_umlauts(text: Any) -> Any:
    for letter, plain in (("ä", "ae"), ("ö", "oe"), ("ü", "ue"), ("Ä", "Ae"), ("Ö", "Oe"), ("Ü", "Ue"), ("ß", "ss"), ("GmbH", "Gmbh")):
        text = pc.replace_substring(text, letter, plain)
    return text


def addresses(chance: Chance, customers: Customers) -> dict[str, Any]:
    """Postcode, city, street, mail and phone."""
    who = identity(customers)
    street = joined(
        taken(_STREETS, _drawn(chance, "street", who, len(_STREETS))), pa.array(1 + _drawn(chance, "house", who, 90)).cast("string"), by=" "
    )
    is_double = pa.array(customers.has(Role.DUPLICATE) & (customers.place % 2 == 0))
    street = pc.if_else(is_double, pc.replace_substring(street, "straße", "str."), street)
    postcode = np.array([entry[2] for entry in CITIES])[customers.city] + _drawn(chance, "postcode", who, 6)
    width = np.where(customers.city >= len(CITIES) - 2, 4, 5)
    text = pa.array(postcode).cast("string")
    return {
        "postcode": pc.if_else(pa.array(width == 5), pc.utf8_lpad(text, 5, "0"), text),
        "city": taken([entry[0] for entry in CITIES], customers.city),
        "street": street,
        "email": _mails(chance, customers),
        "phone": _phones(customers),
    }


def _mails(chance: Chance, customers: Customers) -> Any:
    who = identity(customers)
    surname = _without_umlauts(pc.utf8_lower(taken(_SURNAMES, _drawn(chance, "surname", who, len(_SURNAMES)))))
    first = _without_umlauts(pc.utf8_lower(taken(_FIRST, _drawn(chance, "first", who, len(_FIRST)))))
    box = pc.if_else(pa.array(customers.kind == FIRM), "info", first)
    # Every second duplicate was entered with another mail address, every third customer's is not known.
    number = np.where(customers.has(Role.DUPLICATE) & (customers.place % 2 == 0), customers.place, who)
    mail = joined(box, "@", surname, pa.array(number).cast("string"), ".example")
    return pc.if_else(pa.array(chance.uniform("mail", customers.place) < 0.78), mail, pa.scalar(None, pa.string()))


def _phones(customers: Customers) -> Any:
    who = identity(customers)
    # The first places stand behind each other in a city's free range; beyond a thousand the extension tells them apart.
    number = joined(pc.utf8_lpad(pa.array(who * 7 % 1000).cast("string"), 3, "0"))
    extension = pc.if_else(pa.array(who < 1000), "", joined("-", pa.array(who // 1000).cast("string")))
    start = taken([entry[3] for entry in CITIES], customers.city)
    has = np.array([bool(entry[3]) for entry in CITIES])[customers.city] & ~(customers.has(Role.DUPLICATE) & (customers.place % 4 == 1))
    return pc.if_else(pa.array(has), joined(start, " ", number, extension), pa.scalar(None, pa.string()))

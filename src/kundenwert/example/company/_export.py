"""The company's records as its systems write them: German CSV files with all the small faults that real exports have.

Which faults are planted, and in how many rows, is told row by row in `Dirt`, so a reader can be held to it.
"""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from kundenwert.example.company import _calendar as calendar
from kundenwert.example.company._chance import Flags, Ints
from kundenwert.example.company._columns import decimals
from kundenwert.example.company._people import Role
from kundenwert.example.company._story import Story
from kundenwert.example.company._tables import TABLES

if TYPE_CHECKING:
    from kundenwert.example.company import Company


@dataclass(frozen=True)
class Dirt:
    """Faults of one kind in one file. rejected: the rows cannot be booked; else only a cell is wrong, or the row is a repetition.

    what: date | amount | customer (a malformed number) | no_customer | sum_line | repeated | overlap | unknown_link | cell.
    amount: money of these rows as it should be, for invoices.
    """

    file: str
    what: str
    rejected: bool
    rows: int
    amount: Decimal


@dataclass(frozen=True)
class _Fault:
    """One column in which some cells are spoilt: each text spoils one row of each file."""

    column: str
    what: str
    texts: tuple[str, ...]
    rejected: bool = True


@dataclass(frozen=True)
class _Sheet:
    """How a table is written. columns: heading -> (column of the table, how its cells are written)."""

    file: str
    columns: Mapping[str, tuple[str, Callable[[Any], Any]]]
    faults: tuple[_Fault, ...] = ()
    repeated: int = 0
    sum_of: str = ""
    encoding: str = "cp1252"
    preamble: tuple[str, ...] = field(default=())


# Cells


def _plain(column: Any) -> Any:
    return pc.fill_null(column.cast(pa.string()), "")


def _day(column: Any) -> Any:
    return pc.fill_null(pc.strftime(column.cast(pa.timestamp("s")), format="%d.%m.%Y"), "")


def _units(column: Any) -> Ints:
    """Decimals with six places as whole millionths; missing ones as 0."""
    chunk = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    return np.frombuffer(chunk.buffers()[1], dtype=np.int64)[0::2][chunk.offset : chunk.offset + len(chunk)]


def _german(column: Any, places: int, *, trailing_minus: bool = False) -> Any:
    """1.234,56 with so many decimals."""
    units = _units(column)
    cents = np.abs(units) // 10 ** (6 - places)
    whole, rest = cents // 10**places, cents % 10**places
    text = _grouped(whole)
    if places:
        text = pc.binary_join_element_wise(text, pc.utf8_lpad(pa.array(rest).cast(pa.string()), places, "0"), ",")
    signed = pc.binary_join_element_wise(*((text, "-") if trailing_minus else ("-", text)), "")
    return pc.if_else(pc.is_null(_flat(column)), "", pc.if_else(pa.array(units < 0), signed, text))


def _grouped(whole: Ints) -> Any:
    """Whole numbers with a point after each three digits."""
    text: Any = pa.array([""] * len(whole), pa.string())
    for place in (9, 6, 3, 0):
        group = pa.array(whole // 10**place % 1000).cast(pa.string())
        piece = pc.if_else(pa.array(whole >= 10 ** (place + 3)), pc.utf8_lpad(group, 3, "0"), group)
        piece = pc.binary_join_element_wise(piece, "" if place == 0 else ".", "")
        text = pc.binary_join_element_wise(text, pc.if_else(pa.array((whole >= 10**place) | (place == 0)), piece, ""), "")
    return text


def _flat(column: Any) -> Any:
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column


def _money(column: Any) -> Any:
    return _german(column, 2)


def _sap_money(column: Any) -> Any:
    return _german(column, 2, trailing_minus=True)


def _pieces(column: Any) -> Any:
    return _german(column, 0)


def _sap_pieces(column: Any) -> Any:
    return _german(column, 0, trailing_minus=True)


def _rate(column: Any) -> Any:
    return _german(column, 4)


def _flag(column: Any) -> Any:
    return pc.if_else(column, "Ja", "Nein")


def _turned_flag(column: Any) -> Any:
    return pc.if_else(column, "Nein", "Ja")


def _index(column: Any) -> Any:
    return pc.fill_null(column.cast(pa.int64()).cast(pa.string()), "")


def _worded(german: Mapping[str, str]) -> Callable[[Any], Any]:
    def written(column: Any) -> Any:
        flat = _flat(column)
        known = pa.array(list(german), pa.string())
        return pc.fill_null(pa.array(list(german.values()), pa.string()).take(pc.index_in(flat, known)), "")

    return written


_KIND = _worded({"sale": "Rechnung", "return": "Gutschrift", "cancellation": "Storno"})
_DRIVER = _worded({
    "visits": "Besuch", "calls": "Anruf", "orders": "Auftrag", "mailings": "Mailing", "deliveries": "Lieferung", "returns": "Retoure",
    "complaints": "Reklamation", "service_hours": "Servicestunde",
})  # fmt: skip
_STAGE = _worded({"marketing": "Marketing", "sales": "Vertrieb", "service": "Service", "logistics": "Logistik"})

# Files


def _invoice_columns(money: Callable[[Any], Any], pieces: Callable[[Any], Any]) -> dict[str, tuple[str, Callable[[Any], Any]]]:
    return {
        "Belegnummer": ("document_id", _plain), "Belegart": ("kind", _KIND), "Rechnungsdatum": ("date", _day),
        "Kundennummer": ("customer_id", _plain), "Artikelnummer": ("product_id", _plain), "Warengruppe": ("product_group", _plain),
        "Menge": ("quantity", pieces), "Listenbetrag": ("list_amount", money), "Rabattbetrag": ("discount", money),
        "Nettobetrag": ("amount", money), "Wareneinsatz": ("cost", money), "Währung": ("currency", _plain),
        "Aktionsware": ("promotion", _flag),
    }  # fmt: skip


_INVOICES = _Sheet(
    "rechnungen", _invoice_columns(_money, _pieces),
    faults=(
        _Fault("Rechnungsdatum", "date", ("00.00.0000", "31.02.2025", "offen", "")),
        _Fault("Nettobetrag", "amount", ("1.2O4,00", "k. A.", "12,34,56")),
        _Fault("Kundennummer", "customer", ("1,0E+04", "1,1E+04")),
        # Without a customer a line is booked, but to nobody.
        _Fault("Kundennummer", "no_customer", ("",) * 5, rejected=False),
    ),
    repeated=3, sum_of="Nettobetrag",
)  # fmt: skip
_FOREIGN = _Sheet("rechnungen_fremdwaehrung", _invoice_columns(_sap_money, _sap_pieces), encoding="utf-8-sig")

_SHEETS: Mapping[str, _Sheet] = {
    "customers": _Sheet(
        "kunden",
        {
            "Kundennummer": ("customer_id", _plain), "Name1": ("name", _plain), "Konzern": ("parent_id", _plain),
            "Regulierer": ("payer_id", _plain), "Kundenart": ("kind", _worded({"b2b": "Geschäftskunde", "b2c": "Privatkunde"})),
            "Rechtsform": ("legal_form", _plain), "Branche": ("industry", _plain), "Vertriebsgebiet": ("region", _plain),
            "PLZ": ("postcode", _plain), "Ort": ("city", _plain), "Strasse": ("street", _plain), "E-Mail": ("email", _plain),
            "Telefon": ("phone", _plain), "Anlagedatum": ("acquired_on", _day), "Akquisekanal": ("channel", _plain),
            "Akquisekosten": ("acquisition_cost", _money), "Aussendienst": ("account_manager", _plain),
            "Kundengruppe": ("segment", _plain), "Mitarbeiterzahl": ("employees", _plain),
            "Netzwerkkontakte": ("network", _plain), "Potenzial": ("potential", _money), "Potenzialquelle": ("potential_source", _plain),
            "Potenzialdatum": ("potential_date", _day), "Bonitätsindex": ("external_rating", _index),
            "Werbesperre": ("do_not_contact", _flag), "Widerspruch": ("objection", _flag),
        },
        faults=(
            _Fault("Anlagedatum", "cell", ("00.00.0000", "unbekannt"), rejected=False),
            _Fault("PLZ", "cell", ("1234", "D-20095", ""), rejected=False),
            _Fault("E-Mail", "cell", ("info(at)beispiel.example", "keine"), rejected=False),
        ),
        repeated=1,
    ),
    "contacts": _Sheet(
        "kontakte",
        {
            "Kontaktnr": ("contact_id", _plain), "Kundennummer": ("customer_id", _plain), "Kontaktdatum": ("date", _day),
            "Kontaktart": ("channel", _worded({"visit": "Besuch", "call": "Telefon", "mailing": "Mailing"})), "Anlass": ("purpose", _plain),
            "Richtung": ("direction", _worded({"out": "ausgehend", "in": "eingehend"})), "Dauer (Min)": ("duration_minutes", _plain),
            "Ergebnis": ("outcome", _worded({"delivered": "zugestellt", "returned": "unzustellbar"})),
            "Mitarbeiter": ("person", _plain),
        },
        faults=(
            _Fault("Kontaktdatum", "date", ("00.00.0000", "30.02.2024", "KW 17")),
            _Fault("Kundennummer", "customer", ("", "")),
        ),
        preamble=("Kontaktbericht Außendienst und Innendienst", "Muster & Beispiel Baubedarf GmbH (erfunden)", ""),
    ),
    "complaints": _Sheet(
        "reklamationen",
        {
            "Reklamationsnr": ("complaint_id", _plain), "Kundennummer": ("customer_id", _plain), "Reklamationsdatum": ("date", _day),
            "Belegnummer": ("document_id", _plain), "Reklamationsgrund": ("category", _plain), "Reklamationskosten": ("cost", _money),
            "Erledigt am": ("resolved_on", _day), "Zufriedenheit": ("satisfaction", _plain), "Ergebnis": ("outcome", _plain),
        },
        faults=(
            _Fault("Reklamationsdatum", "date", ("00.00.0000",)),
            _Fault("Kundennummer", "unknown_link", ("99998", "99999"), rejected=False),
            _Fault("Erledigt am", "cell", ("01.01.2001",), rejected=False),
        ),
    ),
    "payments": _Sheet(
        "zahlungen",
        {
            "Belegnummer": ("document_id", _plain), "Kundennummer": ("customer_id", _plain), "Rechnungsdatum": ("invoice_date", _day),
            "Fällig am": ("due_date", _day), "Bezahlt am": ("paid_on", _day), "Betrag": ("amount", _money),
            "Gezahlt": ("paid_amount", _money), "Skonto": ("cash_discount", _money),
            "Mahnstufe": ("dunning_level", _plain), "Strittig": ("disputed", _flag),
            "Währung": ("currency", _plain),
        },
        faults=(
            _Fault("Betrag", "amount", ("k. A.", "1.2O4,00")),
            _Fault("Belegnummer", "unknown_link", ("199999998", "199999999"), rejected=False),
            _Fault("Bezahlt am", "cell", ("in Klärung", "00.00.0000", "??"), rejected=False),
        ),
        sum_of="Betrag",
    ),
    "contracts": _Sheet(
        "vertraege",
        {
            "Vertragsnr": ("contract_id", _plain), "Kundennummer": ("customer_id", _plain), "Produkt": ("product", _plain),
            "Vertragsbeginn": ("start", _day), "Vertragsende": ("end", _day), "Monatsbetrag": ("amount", _money),
            "Periode": ("period", _worded({"month": "Monat"})),
            "Vertragsstatus": ("status", _worded({"active": "aktiv", "cancelled": "gekündigt", "ended": "beendet"})),
            "Gekündigt am": ("cancelled_on", _day), "Tarif": ("tariff", _plain),
        },
    ),
    "referrals": _Sheet(
        "empfehlungen",
        {
            "Empfehlungsnr": ("referral_id", _plain), "Empfehler": ("recommender_id", _plain), "Empfohlener": ("customer_id", _plain),
            "Empfehlungsdatum": ("date", _day), "Empfehlungsart": ("kind", _plain),
        },
    ),
    "ratings": _Sheet(
        "bewertungen",
        {
            "Kundennummer": ("customer_id", _plain), "Kriterium": ("criterion", _plain), "Punkte": ("points", _plain),
            "Bewertet am": ("date", _day), "Bewerter": ("person", _plain), "Begründung": ("reason", _plain),
        },
    ),
    "activities": _Sheet(
        "taetigkeiten",
        {
            "Kundennummer": ("customer_id", _plain), "Tätigkeit": ("driver", _DRIVER), "Datum": ("date", _day),
            "Anzahl": ("count", _pieces),
        },
        faults=(_Fault("Anzahl", "amount", ("viele", "?")),),
    ),
    "activity_rates": _Sheet(
        "kostensaetze",
        {"Tätigkeit": ("driver", _DRIVER), "Kostensatz": ("rate", _money), "Stufe": ("stage", _STAGE), "Gültig ab": ("valid_from", _day)},
    ),
    "offers": _Sheet(
        "angebote",
        {
            "Angebotsnr": ("offer_id", _plain), "Kundennummer": ("customer_id", _plain), "Angebotsdatum": ("date", _day),
            "Angebotssumme": ("amount", _money), "Phase": ("stage", _plain), "Entschieden am": ("decided_on", _day),
            "Ergebnis": ("outcome", _worded({"won": "gewonnen", "lost": "verloren", "open": "offen"})), "Absagegrund": ("reason", _plain),
        },
    ),
    "leads": _Sheet(
        "interessenten",
        {
            "Interessentennr": ("lead_id", _plain), "Firma": ("name", _plain), "Quelle": ("source", _plain), "Anfragedatum": ("date", _day),
            "Branche": ("industry", _plain), "Gebiet": ("region", _plain), "Leadstatus": ("stage", _plain),
            "Kundennummer": ("customer_id", _plain),
        },
    ),
    "measures": _Sheet(
        "massnahmen",
        {
            "Maßnahme": ("measure_id", _plain), "Kundennummer": ("customer_id", _plain), "Aktionsdatum": ("date", _day),
            "Aktionsart": ("kind", _worded({"mailing": "Mailing"})), "Kontrollgruppe": ("treated", _turned_flag),
            "Kosten": ("cost", _money),
        },
    ),
    "budgets": _Sheet(
        "budgets",
        {
            "Budget": ("name", _plain), "Zeitraum": ("period", _plain),
            "Ressource": ("resource", _worded({"visits": "Besuche", "calls": "Anrufe", "EUR": "EUR"})), "Budgetbetrag": ("amount", _money),
        },
    ),
    "projects": _Sheet(
        "projekte",
        {
            "Projektnr": ("project_id", _plain), "Kundennummer": ("customer_id", _plain), "Projektname": ("name", _plain),
            "Projektbeginn": ("start", _day), "Projektende": ("end", _day), "Projektstatus": ("status", _plain),
            "Erfolgschance (%)": ("chance", _pieces), "Projektnutzen": ("benefit", _money), "Projektaufwand": ("effort", _money),
            "Projektquelle": ("source", _plain), "Projektstand": ("stated_on", _day),
        },
    ),
    "rates": _Sheet("kurse", {"Kursdatum": ("date", _day), "Währung": ("currency", _plain), "Kurs": ("rate", _rate)}),
}  # fmt: skip


@dataclass(frozen=True)
class File:
    """One file, ready to be written. name: without folder. dirt: what is wrong in it."""

    name: str
    content: bytes
    dirt: tuple[Dirt, ...]


def files(company: Company, day: int, *, dirty: bool) -> Iterator[File]:
    """Every file as known at the end of a day."""
    story = Story(company, day)
    yield from _invoice_files(story, dirty=dirty)
    for name, sheet in _SHEETS.items():
        table = TABLES[name](story)
        yield _file(story, sheet, sheet.file, table, np.ones(len(table), dtype=bool), dirty=dirty)


def export(company: Company, folder: Path, day: int, *, dirty: bool, packed: bool) -> tuple[Path, ...]:
    """Writes every file into a folder, which is made if it is not there."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for file in files(company, day, dirty=dirty):
        path = folder / (f"{file.name}.gz" if packed else file.name)
        path.write_bytes(gzip.compress(file.content, 9, mtime=0) if packed else file.content)
        written.append(path)
    return tuple(written)


def _invoice_files(story: Story, *, dirty: bool) -> Iterator[File]:
    """One file a year, and one for invoices in other currencies. Each year's file holds the December before too, once more."""
    table, lines = TABLES["transactions"](story), story.lines
    abroad = story.people.currency[lines.customer] > 0
    # Faults stand in sales of ordinary customers that were not cancelled, and not where two files overlap.
    cancelled = story.invoices.document[story.invoices.cancelled > 0]
    may = story.people.has(Role.ORDINARY)[lines.customer] & (lines.kind == 0) & (lines.cost > 0) & ~np.isin(lines.document, cancelled)
    may &= (lines.listed > lines.discount) & (calendar.months_of(lines.day)[1] < 12)
    for year in range(calendar.START.year, calendar.day_of(story.day).year + 1):
        begin = calendar.on(year - 1, 12, 1)
        end = calendar.on(year, 12, 31)
        here = np.flatnonzero(~abroad & (lines.day >= begin) & (lines.day <= end))
        file = _file(story, _INVOICES, f"rechnungen_{year}", table.take(pa.array(here)), may[here], dirty=dirty)
        again = lines.day[here] < calendar.on(year, 1, 1)
        money = int((lines.listed - lines.discount)[here][again].sum())
        overlap = (Dirt(file.name, "overlap", rejected=False, rows=int(again.sum()), amount=Decimal(money) / 100),) if again.any() else ()
        yield File(file.name, file.content, (*file.dirt, *overlap))
    here = np.flatnonzero(abroad)
    yield _file(story, _FOREIGN, _FOREIGN.file, table.take(pa.array(here)), may[here], dirty=dirty)


def _file(story: Story, sheet: _Sheet, name: str, table: Any, may: Flags, *, dirty: bool) -> File:
    cells = {heading: written(table.column(column)) for heading, (column, written) in sheet.columns.items()}
    columns = {heading: np.array(_flat(column).to_pylist(), dtype=object) for heading, column in cells.items()}
    dirt: list[Dirt] = []
    repeats = np.zeros(0, dtype=np.int64)
    if dirty:
        repeats = _spoil(story, sheet, name, table, columns, may, dirt)
    rows = [";".join(row) for row in zip(*columns.values(), strict=True)]
    for place in sorted(repeats.tolist(), reverse=True):
        rows.insert(place + 1, rows[place])
    if dirty and sheet.sum_of:
        rows.append(_sum_line(sheet, table))
        dirt.append(Dirt(f"{name}.csv", "sum_line", rejected=True, rows=1, amount=Decimal(0)))
    head = [*(sheet.preamble if dirty else ()), ";".join(sheet.columns)]
    text = "\r\n".join([*head, *rows, ""])
    return File(f"{name}.csv", text.encode(sheet.encoding), tuple(dirt))


def _spoil(story: Story, sheet: _Sheet, name: str, table: Any, columns: dict[str, Any], may: Flags, dirt: list[Dirt]) -> Ints:
    """Spoils cells of rows drawn by chance, notes them, and gives the rows that stand twice."""
    places = np.flatnonzero(may)
    places = places[story.chance.order(f"dirt {name}", places)]
    money = _units(table.column("amount")) if name.startswith("rechnungen") else np.zeros(len(table), dtype=np.int64)
    used = 0
    for fault in sheet.faults:
        rows = places[used : used + len(fault.texts)]
        used += len(rows)
        columns[fault.column][rows] = fault.texts[: len(rows)]
        amount = Decimal(int(money[rows].sum())) / 1_000_000
        dirt.append(Dirt(f"{name}.csv", fault.what, fault.rejected, len(rows), amount))
    repeats = places[used : used + sheet.repeated]
    if sheet.repeated:
        amount = Decimal(int(money[repeats].sum())) / 1_000_000
        dirt.append(Dirt(f"{name}.csv", "repeated", rejected=False, rows=len(repeats), amount=amount))
    return repeats


def _sum_line(sheet: _Sheet, table: Any) -> str:
    total = decimals(_units(table.column(sheet.columns[sheet.sum_of][0])).sum(keepdims=True))
    cells = dict.fromkeys(sheet.columns, "")
    cells[next(iter(cells))] = "Summe"
    cells[sheet.sum_of] = _money(total)[0].as_py()
    return ";".join(cells.values())

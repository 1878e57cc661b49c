"""The table `rates`: exchange rates; one unit of a currency in the reporting currency, day by day."""

from __future__ import annotations

from kundenwert.tables.company._shape import CompanyTable, Limits, role

PLUGIN = CompanyTable(
    name="rates",
    about="One row a day and currency: reporting currency for one unit.",
    adds="Sales in other currencies: they are converted at the day's rate.",
    roles=(
        role("date", "day", "The day of the rate.", "kursdatum kurstag ratedate stichtag", "datum date tag day gueltigab "
             "validfrom", needed=True),
        role("currency", "id", "The other currency, as its code.", "waehrung waehrungscode fremdwaehrung waehrg currency "
             "currencycode fromcurrency waers wkz", needed=True),
        role("rate", "rate", "Reporting currency for one unit.", "kurs umrechnungskurs wechselkurs devisenkurs tageskurs rate "
             "exchangerate ukurs",
             needed=True),
    ),
    key=("date", "currency"),
    newest="date",
    limits={"rate": Limits(low=1e-12)},
    words=("kurs", "waehrung", "rates", "exchange", "currency", "devisen"),
)  # fmt: skip

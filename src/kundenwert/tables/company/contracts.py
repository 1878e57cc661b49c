"""The table `contracts`: one row a contract or subscription, or one of its positions."""

from __future__ import annotations

from kundenwert.tables.company._shape import CompanyTable, customer, role

PLUGIN = CompanyTable(
    name="contracts",
    about="One row a contract: start, end, amount a month or year, tariff.",
    adds="Value of running contracts, when they end, and customers who pay an old tariff.",
    roles=(
        role("contract_id", "id", "Number of the contract.", "vertragsnr vertrag vertragsid vertragskonto contractid contractnr "
             "abonr aboid subscriptionid wartungsvertragnr vertragsschluessel", "id", needed=True),
        customer(),
        role("product", "text", "What it is about.", "produkt artikel leistung vertragsart product plan subscriptionplan "
             "vertragstyp leistungsart artikelnr"),
        role("start", "day", "First day.", "vertragsbeginn beginn beginndatum startdatum laufzeitbeginn start startdate startutc "
             "gueltigab abschlussdatum vertragsstart von laufzeitvon", needed=True),
        role("end", "day", "Last day.", "vertragsende ende endedatum enddatum laufzeitende end enddate endedatutc gueltigbis bis "
             "laufzeitbis"),
        role("amount", "money", "Money of a period, net.", "monatsbetrag monatsrate monatsentgelt jahresbetrag vertragswert "
             "vertragssumme betrag amount rate entgelt gebuehr monatspreis grundpreis contractamount mrr"),
        role("period", "period", "month or year: what the amount is for.", "periode abrechnungszeitraum intervall interval "
             "abrechnung turnus zahlweise period billingperiod zahlungsrhythmus"),
        role("status", "text", "State of the contract.", "status vertragsstatus contractstatus zustand state"),
        role("cancelled_on", "day", "When it was cancelled.", "gekuendigtam kuendigung kuendigungsdatum kuendigungzum cancelledon "
             "canceledatutc cancelledat kuendigungam"),
        role("tariff", "text", "Tariff.", "tarif tarifname tariff preismodell pricelist"),
    ),
    key=("contract_id",),
    one_a_key=False,
    newest="start",
    money="amount",
    not_before={"end": "start"},
    words=("vertrag", "vertraege", "contract", "abo", "subscription", "wartung"),
    least=20,
    least_days=180,
)  # fmt: skip

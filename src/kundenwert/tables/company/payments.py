"""The table `payments`: one row an open or paid item."""

from __future__ import annotations

from kundenwert.tables.company._shape import CompanyTable, customer, role

PLUGIN = CompanyTable(
    name="payments",
    about="One row an invoice with its due day and its payment.",
    adds="Days beyond terms, cash discount taken too late, reminders: what late payers cost.",
    roles=(
        role("document_id", "id", "Number of the invoice.", "belegnr rechnungsnr rechnung rechnungsid rgnr renr fakturanr invoicenr "
             "invoiceid invoice documentid documentnr docnr vouchernr op opnr belegfeld1", "vbeln belnr xblnr zuonr", needed=True),
        customer(needed=False),
        role("invoice_date", "day", "The day of the invoice.", "rechnungsdatum redatum fakturadatum invoicedate billingdate fkdat",
             "belegdatum bldat documentdate voucherdate", "datum date"),
        role("due_date", "day", "When it is due.", "faelligam faellig faelligkeit faelligkeitsdatum faelligkeitstag zahlbarbis "
             "nettofaelligkeit duedate dueat dueon zfbdt"),
        role("paid_on", "day", "When it was paid.", "bezahltam zahldatum zahlungsdatum zahlungseingang zahlungseingangam "
             "gezahltam ausgleich ausgleichsdatum augdt paidon paidat paymentdate paiddate valuta"),
        role("amount", "money", "What was to be paid.", "rechnungsbetrag betrag forderung forderungsbetrag offenerbetrag amount "
             "invoiceamount totalamount wrbtr dmbtr bruttobetrag", "total summe umsatz"),
        role("paid_amount", "money", "What was paid.", "gezahlt bezahlt zahlbetrag zahlungsbetrag gezahlterbetrag bezahlterbetrag "
             "paidamount amountpaid paid"),
        role("cash_discount", "money", "Cash discount taken.", "skonto skontobetrag skontoabzug cashdiscount wskto sknto"),
        role("dunning_level", "whole", "How often it was reminded of.", "mahnstufe mahnlevel mahnung mahnungen mansp dunninglevel "
             "reminders"),
        role("disputed", "flag", "The customer disputes it.", "strittig streitig klaerfall disputed dispute reklamiert"),
    ),
    key=("document_id", "customer_id"),
    one_a_key=False,
    newest="invoice_date",
    money="amount",
    words=("zahlung", "payment", "offene", "posten", "opliste", "debitoren", "mahn"),
    least=100,
    least_days=180,
)  # fmt: skip

"""The table `transactions`: one row an invoice line, or an order where there are no lines.

A role is what a column means to us, whatever its owner calls it. `ROLES` is the one list of them: what each is, whether it is
needed, and under which German and English names exports carry it. The names of a role stand in ranks: a column of an earlier
rank is preferred, and two columns of one rank are an ambiguity that a person settles.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

_CURRENCY_NOTE = re.compile(r"[(\[]\s*(?:[A-Z]{3}|[€$£])\s*[)\]]|\s+in\s+(?:[A-Z]{3}|[€$£])\s*$|\s(?:EUR|USD|CHF|GBP|[€$£])\s*$")
_NUMBER_WORD = re.compile(r"(?<=[a-z]{2})(?:nummer|number|num|nr|no)$")
_FOLDED = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})


@dataclass(frozen=True)
class Role:
    """One meaning that a column can have.

    name: public name of the role. type: type of the column in the table. needed: nothing works without it. about: one
    sentence. ranks: known names, normalised, best first.
    """

    name: str
    type: str
    about: str
    ranks: tuple[tuple[str, ...], ...]
    needed: bool = False

    def rank(self, column: str) -> int | None:
        """How good a column name fits: 0 is best, None is not at all.

        >>> role("customer_id").rank("Kunden-Nr.")
        0
        >>> role("customer_id").rank("Preis") is None
        True
        """
        name = normalised(column)
        return next((rank for rank, known in enumerate(self.ranks) if name in known), None)


@lru_cache(maxsize=4096)
def normalised(column: str) -> str:
    """A column name in lower case without blanks, punctuation, umlauts and currency; each word for "number" is "nr".

    >>> normalised("Kunden-Nr."), normalised("KUNDENNUMMER"), normalised("Währung"), normalised("Betrag (EUR)")
    ('kundennr', 'kundennr', 'waehrung', 'betrag')
    """
    plain = _CURRENCY_NOTE.sub("", unicodedata.normalize("NFC", column)).lower().translate(_FOLDED)
    letters = unicodedata.normalize("NFKD", plain)
    return _NUMBER_WORD.sub("nr", "".join(sign for sign in letters if sign.isalnum()))


def _ranks(*ranks: str) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(rank.split()) for rank in ranks)


_MONEY = "DECIMAL(18,6)"

# May be net or gross: stands in both roles, so that it is asked for unless a clearer column is there.
_NET_OR_GROSS = (
    "total gesamt summe gesamtbetrag gesamtsumme totalamount rechnungsbetrag rechnungssumme invoicetotal ordertotal grandtotal "
    "umsatzohnesollhabenkz"
)

ROLES: tuple[Role, ...] = (
    Role(
        "customer_id", "VARCHAR", "Who bought.", needed=True,
        ranks=_ranks(
            "kundennr kundenid kdnr kdid knr debitor debitornr debitorennr debitorenkonto kunag kunnr auftraggeber auftraggebernr "
            "customerid customernr customercode customerkey custid custnr clientid clientnr soldto soldtoparty soldtonr "
            "kundenkonto kundencode kundenschluessel",
            "kunde kunden customer cust client debtor buyer",
            "accountid contactid partnerid userid memberid buyerid haushalt household householdid mitgliedsnr",
            "email emailadresse customeremail kundenemail emailaddress",
            "id",
        ),
    ),
    Role(
        "date", "INTEGER", "The day of the sale.", needed=True,
        ranks=_ranks(
            "rechnungsdatum rechnungsdat redatum fakturadatum fkdat invoicedate invoicedatetime invoicingdate billingdate",
            "belegdatum belegdat bldat documentdate docdate voucherdate bondatum receiptdate",
            "bestelldatum auftragsdatum kaufdatum verkaufsdatum transaktionsdatum orderdate orderdatetime dateorder purchasedate "
            "saledate salesdate transactiondate closedate einkaufsdatum",
            "buchungsdatum budat postingdate bookingdate",
            "datum date tag day umsatzdatum",
            "createdat created createddate createddateutc createdutc datetime timestamp zeitpunkt zeitstempel erdat",
        ),
    ),
    Role(
        "amount", _MONEY, "Money of the line, net of tax.",
        ranks=_ranks(
            "netto nettobetrag nettowert nettoumsatz nettosumme nettoerloes nettogesamt netwr umsatznetto betragnetto wertnetto "
            "gesamtnetto summenetto positionsnetto erloesnetto net netamount netvalue netsales netrevenue nettotal netsum linenet "
            "amountnet amountuntaxed totalnet pricesubtotal",
            "umsatz betrag erloes wert amount revenue sales turnover spend dollarvalue pricetotal totalprice linetotal lineamount "
            "salesamount umsatzbetrag positionswert positionsbetrag zeilenbetrag gesamtpreis value subtotal",
            _NET_OR_GROSS,
        ),
    ),
    Role(
        "gross_amount", _MONEY, "Money of the line with tax; taken where no net amount is there.",
        ranks=_ranks(
            "brutto bruttobetrag bruttowert bruttoumsatz bruttosumme umsatzbrutto betragbrutto gesamtbrutto gross grossamount "
            "grossvalue grosssales grossrevenue grosstotal amountgross amounttotal totalgross totalincltax totalinclvat "
            "amountincltax amountinclvat",
            _NET_OR_GROSS,
        ),
    ),
    Role(
        "tax", _MONEY, "Tax within the gross amount, as money.",
        ranks=_ranks(
            "steuerbetrag mwstbetrag ustbetrag umsatzsteuerbetrag mehrwertsteuerbetrag taxamount vatamount amounttax mwsbk mwsbp",
            "steuer mwst ust umsatzsteuer mehrwertsteuer tax taxes vat salestax",
        ),
    ),
    Role(
        "quantity", _MONEY, "Pieces sold; negative if taken back.",
        ranks=_ranks(
            "menge anzahl stueck stk stueckzahl fkimg fakturiertemenge absatz absatzmenge quantity qty orderqty productuomqty "
            "lineitemquantity itemssold numberofcds pieces units anz",
        ),
    ),
    Role(
        "price", _MONEY, "Price of one piece, net of tax.",
        ranks=_ranks(
            "einzelpreis stueckpreis einzelpreisnetto nettoeinzelpreis nettopreis stueckpreisnetto epreis vkpreis unitprice "
            "priceunit netprice priceperunit lineitemprice",
            "preis price verkaufspreis salesprice",
        ),
    ),
    Role(
        "document_id", "VARCHAR", "Number of the invoice or order; lines of one document belong together.",
        ranks=_ranks(
            "rechnungsnr rechnung rechnungsid rgnr renr fakturanr faktura vbeln invoice invoicenr invoiceid billingdocument",
            "belegnr beleg belegid bonnr bon belegfeld1 belnr document documentnr documentid docnr docid vouchernr "
            "receiptnr receiptid receipt",
            "auftragsnr bestellnr auftrag bestellung ordernr orderid order orderreference transactionid transaktionsnr transactionnr",
        ),
    ),
    Role(
        "product_id", "VARCHAR", "What was sold.",
        ranks=_ranks(
            "artikelnr artnr artikelid materialnr matnr produktnr produktid stockcode sku productid productnr productcode itemid itemnr "
            "itemcode articlenr articleid lineitemsku ean gtin",
            "artikel material produkt product item article",
        ),
    ),
    Role(
        "product_group", "VARCHAR", "The group of the product.",
        ranks=_ranks(
            "warengruppe warengrp wgr produktgruppe artikelgruppe materialgruppe matkl productgroup itemgroup materialgroup",
            "hauptwarengruppe kategorie produktkategorie category productcategory",
        ),
    ),
    Role(
        "cost", _MONEY, "Cost of the goods of the line.",
        ranks=_ranks(
            "wareneinsatz einstandskosten einstandswert ekgesamt ekwert wavwr cogs costofgoodssold totalcost costamount herstellkosten "
            "selbstkosten",
            "kosten cost costs",
        ),
    ),
    Role(
        "list_amount", _MONEY, "What the line would cost at list price.",
        ranks=_ranks("listenbetrag listenwert listenpreisgesamt bruttolistenwert listamount listvalue"),
    ),
    Role(
        "discount", _MONEY, "Money taken off the list price.",
        ranks=_ranks("rabattbetrag nachlassbetrag discountamount", "rabatt nachlass discount"),
    ),
    Role(
        "currency", "VARCHAR", "Currency of the money of the line.",
        ranks=_ranks(
            "waehrung waehrg waehrungscode belegwaehrung waerk waers wkz wkzumsatz currency currencycode currencyisocode currencyid",
        ),
    ),
    Role(
        "kind", "VARCHAR", "Kind of the document: sale, return, cancellation.",
        ranks=_ranks(
            "belegart vorgangsart fkart fakturaart rechnungsart transaktionsart documenttype doctype invoicetype transactiontype "
            "vouchertype movetype vbtyp",
            "art typ type kind vorgang buchungsart",
        ),
    ),
    Role(
        "promotion", "BOOLEAN", "Sold on promotion; anything but an empty cell or a no says so.",
        ranks=_ranks(
            "aktionsware aktionskennzeichen aktionsartikel aktionsverkauf werbeware sonderangebot ispromotion ispromo promotionflag "
            "promoflag onpromotion onpromo promotion promo",
            "aktion promotionid promotioncode promoid promocode",
        ),
    ),
)  # fmt: skip

NAMES: tuple[str, ...] = tuple(role.name for role in ROLES)
_KNOWN = frozenset(name for role in ROLES for rank in role.ranks for name in rank)
NEEDED: tuple[str, ...] = tuple(role.name for role in ROLES if role.needed)
NUMBERS: tuple[str, ...] = tuple(role.name for role in ROLES if role.type == _MONEY)


def role(name: str) -> Role:
    """The role of that name.

    >>> role("date").needed
    True
    """
    return next(role for role in ROLES if role.name == name)


def is_known(column: str) -> bool:
    """Whether a column name is known for any role.

    >>> is_known("Rechnungsdatum"), is_known("Lieblingsfarbe")
    (True, False)
    """
    return normalised(column) in _KNOWN


def is_clearly_net(column: str) -> bool:
    """Whether the name itself says that an amount is net of tax.

    >>> is_clearly_net("Nettobetrag"), is_clearly_net("Betrag")
    (True, False)
    """
    return role("amount").rank(column) == 0

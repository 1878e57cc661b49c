"""The table `customers`: one row a customer, as master data have it."""

from __future__ import annotations

from kundenwert.tables.company._shape import CompanyTable, Limits, customer, role

PLUGIN = CompanyTable(
    name="customers",
    about="One row a customer: name, address, group, payer, kind, region.",
    adds="Names on every list, groups and payers, values by region and industry, duplicates, and objections that are heeded.",
    roles=(
        customer("The customer.", "id recordid nr"),
        role("name", "text", "Name of the customer.",
             "name name1 kundenname firma firmenname firmenbezeichnung companyname customername accountname bezeichnung "
             "defaultaddresscompany kurzbezeichnung suchname",
             "company unternehmen matchcode"),
        role("parent_id", "id", "The customer above this one: group, head office.",
             "konzern konzernnr mutterkunde mutterkundennr mutter muttergesellschaft hauptkunde hauptkundennr uebergeordneterkunde "
             "parentid parentaccountid parentcustomerid parentaccount parent konzernid verbandnr verband zentrale zentralennr "
             "gruppenkopf"),
        role("payer_id", "id", "Who pays the invoices.",
             "regulierer reguliererkundennr regulierernr rechnungsempfaenger rechnungsempfaengernr kunrg payerid payer zahler zahlernr "
             "billtoparty billto zentralregulierer"),
        role("kind", "business", "b2b or b2c.", "kundenart kundentyp kundengruppeart customertype accounttype kind",
             "art typ type"),
        role("legal_form", "text", "Legal form: GmbH, sole trader, private person.",
             "rechtsform gesellschaftsform unternehmensform legalform "
             "companytype legalentitytype"),
        role("industry", "text", "Industry.", "branche branchenschluessel brsch industry wirtschaftszweig industrie branchencode"),
        role("region", "text", "Region.", "region bundesland gebiet verkaufsgebiet vertriebsgebiet regio state province provincecode "
             "defaultaddressprovincecode bezirk"),
        role("postcode", "text", "Postal code.", "plz postleitzahl pstlz postcode postalcode zip zipcode billingpostalcode "
             "defaultaddresszip kundenplz"),
        role("city", "text", "City.", "ort ort01 stadt city town wohnort defaultaddresscity"),
        role("street", "text", "Street and number.", "strasse stras strassehausnr strasseundhausnr anschrift street address address1 "
             "billingstreet defaultaddressaddress1 streetaddress", "adresse"),
        role("email", "text", "E-mail address.", "email emailadresse mail mailadresse kundenemail customeremail emailaddress smtpaddr"),
        role("phone", "text", "Telephone.", "telefon telefonnr telf1 tel telnr phone phonenr rufnr defaultaddressphone billingphone "
             "telefon1", "mobil mobiltelefon mobile handy"),
        role("acquired_on", "day", "When the customer was won.",
             "anlagedatum angelegtam kundeseit erfasstam erstanlage neukundeseit acquiredon customersince signup createdate created "
             "createdat erdat createddate"),
        role("channel", "text", "How the customer was won.",
             "akquisekanal akquisitionskanal kanal gewinnungskanal herkunft channel acquisitionchannel leadsource werbeweg quelle"),
        role("acquisition_cost", "money", "What winning the customer has cost.",
             "akquisekosten akquisitionskosten gewinnungskosten acquisitioncost cac"),
        role("account_manager", "text", "Who looks after the customer.",
             "aussendienst aussendienstmitarbeiter adm betreuer kundenbetreuer vertreter verkaeufer vertriebsbeauftragter "
             "accountmanager accountowner companyowner ownerid salesrep salesperson vertreternr"),
        role("segment", "text", "The segment the company itself uses.", "segment kundengruppe kdgrp kundensegment kundenklasse "
             "abcklasse abckennzeichen customergroup customersegment"),
        role("requirements", "text", "What the customer's site or equipment asks of each delivery: tail lift, cooling, with commas.",
             "lieferanforderung lieferanforderungen anlieferanforderung anlieferanforderungen lieferbesonderheit lieferbesonderheiten "
             "logistikmerkmal logistikmerkmale technischemerkmale deliveryrequirement deliveryrequirements logisticsfeatures"),
        role("employees", "whole", "How many people work there: its size beside what it buys.",
             "mitarbeiterzahl mitarbeiteranzahl anzahlmitarbeiter anzahlmitarbeitende beschaeftigte beschaeftigtenzahl "
             "anzahlbeschaeftigte employees employeecount numberofemployees noofemployees headcount"),
        role("network", "whole", "With how many others the customer talks about suppliers: members, partners, followers.",
             "netzwerkgroesse anzahlnetzwerkkontakte netzwerkkontakte referenzkontakte anzahlreferenzkontakte anzahlfollower "
             "networksize networkcontacts referencecontacts followers followercount"),
        role("potential", "money", "What the customer buys in a year of what we sell, from us and from others, net of tax.",
             "potenzial potential umsatzpotenzial umsatzpotential kundenpotenzial kundenpotential jahrespotenzial jahrespotential "
             "jahresbedarf einkaufspotenzial einkaufspotential salespotential revenuepotential customerpotential annualdemand "
             "walletsize",
             "bedarf marktvolumen einkaufsvolumen beschaffungsvolumen marketvolume purchasingvolume"),
        role("potential_source", "text", "Where the estimate of the potential comes from.",
             "potenzialquelle potentialquelle quellepotenzial quellepotential quelledespotenzials herkunftpotenzial potentialsource "
             "sourceofpotential"),
        role("potential_date", "day", "The day of the estimate of the potential.",
             "potenzialdatum potentialdatum potenzialstand potentialstand potenzialvom potentialvom standpotenzial datumpotenzial "
             "potentialdate"),
        role("nps", "number", "How likely the customer is to recommend us, as asked, from 0 to 10.",
             "nps npswert npsnote npsantwort weiterempfehlungsbereitschaft empfehlungsbereitschaft weiterempfehlungswahrscheinlichkeit "
             "likelihoodtorecommend npsscore npsrating"),
        role("nps_date", "day", "The day of that answer.", "npsdatum npsstand befragungsdatum befragtam npsdate npssurveydate surveydate"),
        role("external_rating", "number", "Credit rating index of a company.", "bonitaet bonitaetsindex bonitaetsnr creditrating "
             "creditreform rating externalrating scorewert"),
        role("do_not_contact", "objection", "No advertising wanted.", "werbesperre werbeverbot keinewerbung kontaktsperre donotcontact "
             "optout mailsperre"),
        role("objection", "objection", "Objection to profiling.", "widerspruch werbewiderspruch profilingwiderspruch objection "
             "widerspruchprofiling dsgvowiderspruch"),
    ),
    key=("customer_id",),
    money="",
    limits={
        "acquisition_cost": Limits(low=0), "employees": Limits(low=0), "network": Limits(low=0), "potential": Limits(low=0),
        "nps": Limits(0, 10),
    },
    words=("kunden", "customer", "stammdaten", "kundenstamm", "debitor", "account", "adress"),
    least=20,
)  # fmt: skip

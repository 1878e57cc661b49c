"""The table `referrals`: who recommended us to whom."""

from __future__ import annotations

from kundenwert.tables.company._shape import CompanyTable, customer, role

PLUGIN = CompanyTable(
    name="referrals",
    about="One row a recommendation: who recommended, who came.",
    adds="What recommenders bring beyond their own purchases.",
    roles=(
        role("referral_id", "id", "Number of the recommendation.", "empfehlungsnr empfehlungsid empfehlung referralid referralnr"),
        role("recommender_id", "id", "Who recommended.", "empfehler empfehlernr empfehlerid empfehlerkundennr empfehlenderkunde "
             "empfehlender geworbendurch werber werbernr recommenderid recommender referrer referrerid referredby", needed=True),
        customer("Who came.", "empfohlener empfohlenernr empfohlenerkunde empfohlenerkundennr neukunde neukundennr geworbener "
             "geworbenernr referred referredid referredcustomerid"),
        role("date", "day", "The day of the recommendation.", "empfehlungsdatum empfohlenam geworbenam referraldate", "datum date "
             "tag day"),
        role("kind", "text", "How.", "empfehlungsart praemie praemienart referraltype", "art typ kind type"),
    ),
    key=("recommender_id", "customer_id"),
    newest="date",
    words=("empfehlung", "referral", "werber", "kundenwerben"),
    least=10,
)  # fmt: skip

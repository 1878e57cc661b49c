"""Names of the criteria that ship, in the reader's language; criteria of a project's own stay as they are written."""

from __future__ import annotations

from kundenwert.reports.language import Language


def criterion_name(name: str, language: Language) -> str:
    """The catalogue keeps German names; other languages have a name of their own for those that ship."""
    text = language.text
    # What the axes of the portfolio rest on has English names in the data; of the catalogue, the German ones are kept.
    axes = {
        "contribution": text("contribution"),
        "growth": text("growth"),
        "potential": text("potential"),
        "referral": text("recommendations"),
        "share_of_wallet": text("share of the demand"),
        "regularity": text("regular orders"),
        "breadth": text("breadth of the range"),
        "tenure": text("years as a customer"),
        "complaints": text("complaints"),
    }
    if name in axes:
        return axes[name]
    if language.code == "de":
        return name
    names = {
        "Kaufhistorie": text("Purchase history"),
        "Deckungsbeitrag": text("Contribution margin"),
        "Imagefaktor": text("Image"),
        "Empfehlungswert": text("Recommendation"),
        "Zukunftsperspektive": text("Outlook"),
        "Preissensibilität": text("Price sensitivity"),
        "Schnäppchenfaktor": text("Bargain hunting"),
        "Zahlungsmentalität": text("Payment behaviour"),
        "Bonität": text("Creditworthiness"),
        "Betreuungsaufwand": text("Care effort"),
        "Sympathiefaktor": text("Likeability"),
        "Reklamationsbereitschaft": text("Complaints"),
        "Strategische Bedeutung": text("Strategic importance"),
        "Vorreiterkunde": text("Lead customer"),
        "Informationswert": text("Information"),
    }
    return names.get(name, name)

"""Names of the criteria that ship, in the reader's language; criteria of a project's own stay as they are written."""

from __future__ import annotations

from kundenwert.reports.language import Language


def criterion_name(name: str, language: Language) -> str:
    """The catalogue keeps German names; other languages have a name of their own for those that ship."""
    if language.code == "de":
        return name
    text = language.text
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

"""The report of a run: what it says, what it must not say, and that it needs nothing else."""

from __future__ import annotations

import base64
import hashlib
import html as entities
import itertools
import re
import subprocess
import sys
from dataclasses import replace
from functools import cache
from html.parser import HTMLParser

import pytest
import report_samples as sample

from kundenwert import registry
from kundenwert.records import ClassTotal, InputFile, Notice
from kundenwert.reports._html import html
from kundenwert.reports._page import Fold, Page, Section, Table
from kundenwert.reports.customer_base import page, render
from kundenwert.reports.language import LANGUAGES

EVERY = [(scene, lang) for scene in sample.SCENES for lang in LANGUAGES]
VOID = {"meta", "img", "br", "link", "input"}


@cache
def report(scene: str, lang: str) -> str:
    return html(structure(scene, lang))


@cache
def structure(scene: str, lang: str) -> Page:
    return page(sample.SCENES[scene](), lang)


class Outline(HTMLParser):
    """Tags in order, headings with their level, texts outside the style block; complains about what is never closed."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.words: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).replace("\u00a0", " ").split())


@cache
def outline(scene: str, lang: str) -> Outline:
    return Outline(report(scene, lang))


def words(scene: str, lang: str) -> str:
    return outline(scene, lang).text


# ---------- one file, closed in itself ----------


@pytest.mark.parametrize(("scene", "lang"), EVERY)
def test_a_report_is_well_formed_and_self_contained(scene: str, lang: str) -> None:
    text = report(scene, lang)
    found = outline(scene, lang)
    assert found.open == []
    names = {tag for tag, _ in found.tags}
    assert not names & {"script", "link", "iframe", "img", "object", "form"}
    assert not re.search(r"https?:|//[a-z]|url\((?!\"data:font/woff2;base64,|#hatch\))", re.sub(r"base64,[^\"]*", "base64,", text))
    for _, attributes in found.tags:
        assert not [name for name in attributes if name.startswith("on") or name in {"style", "src", "srcdoc"}]
        assert attributes.get("href", "#") is not None
        assert (attributes.get("href") or "#").startswith("#")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_policy_allows_this_style_block_and_nothing_else(lang: str) -> None:
    text = report("revenue", lang)
    style = re.search(r"<style>(.*?)</style>", text, re.DOTALL)[1]  # type: ignore[index]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = entities.unescape(re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', text)[1])  # type: ignore[index]
    assert policy == f"default-src 'none'; style-src 'sha256-{digest}'; font-src data:; base-uri 'none'; form-action 'none'"


def test_the_same_figures_give_the_same_page() -> None:
    assert render(sample.figures(), "de") == report("revenue", "de")


def test_the_report_is_found_by_its_name() -> None:
    assert "customer_base" in registry.names("reports")
    assert registry.load("reports", "customer_base") is render


def test_importing_the_reports_loads_nothing_heavy() -> None:
    heavy = ("vl_convert", "jinja2", "babel", "numpy", "duckdb", "pandas")
    code = f"import sys, kundenwert.reports.customer_base; print([name for name in {heavy} if name in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"


# ---------- accessible ----------


@pytest.mark.parametrize(("scene", "lang"), EVERY)
def test_headings_come_in_order_and_every_part_has_a_name(scene: str, lang: str) -> None:
    tags = outline(scene, lang).tags
    levels = [int(tag[1]) for tag, _ in tags if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(deeper - before <= 1 for before, deeper in itertools.pairwise(levels))
    names = [tag for tag, _ in tags]
    assert names.count("caption") == names.count("table")
    assert all(attributes.get("aria-label") for tag, attributes in tags if attributes.get("role") in {"img", "region"})
    assert all("scope" in attributes for tag, attributes in tags if tag == "th")


@pytest.mark.parametrize(("scene", "lang"), EVERY)
def test_every_link_has_a_target_and_every_name_is_there_once(scene: str, lang: str) -> None:
    tags = outline(scene, lang).tags
    ids = [attributes["id"] for _, attributes in tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    assert {(attributes["href"] or "")[1:] for _, attributes in tags if "href" in attributes} <= set(ids)


# ---------- what it says ----------


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("scene", ["revenue", "contribution", "tiny", "negative", "huge"])
def test_the_basis_stands_on_top(scene: str, lang: str) -> None:
    line = structure(scene, lang).basis
    values = " ".join(f"{term} {value}" for term, value in line).replace("\u00a0", " ")
    expected = {
        "de": ("30.09.2026", "12 Monate", "5 Jahre", "10,0 % im Jahr", "Restwert", "4f2a"),
        "en": ("30 Sep 2026", "12 months", "5 years", "10.0% a year", "residual", "4f2a"),
    }
    assert all(part in values for part in expected[lang])
    text = words(scene, lang)
    assert text.index(line[0][1].replace("\u00a0", " ")) < text.index(structure(scene, lang).message.replace("\u00a0", " "), 60)


@pytest.mark.parametrize("scene", [scene for scene in sample.SCENES if scene != "contribution"])
def test_where_only_revenue_or_purchases_are_known_nobody_reads_of_contribution(scene: str) -> None:
    assert "contribution" not in report(scene, "en").lower()
    assert "deckungsbeitrag" not in report(scene, "de").lower()


def test_revenue_is_named_in_the_title_and_said_to_be_no_margin() -> None:
    assert "<title>Bericht zum Kundenstamm in Umsatz, nicht Marge, Musterhandel GmbH, 30.09.2026</title>" in report("revenue", "de")
    assert "This is revenue, not margin" in words("revenue", "en")


def test_contribution_is_called_so() -> None:
    assert structure("contribution", "de").message.replace("\u00a0", " ") == "Der Kundenstamm ist 998 Tsd. € wert"
    assert "Deckungsbeitrag" in words("contribution", "de")


def test_a_log_without_amounts_counts_purchases_and_shows_no_money() -> None:
    text = words("purchases", "de")
    assert "Der Kundenstamm kauft in den nächsten 12 Monaten voraussichtlich 5.123-mal" in text
    assert "Umsatz" not in text
    assert "€" not in text
    assert "Betrag" not in text.replace("Beträge; deshalb", "")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_without_a_currency_no_sign_is_invented(lang: str) -> None:
    assert not re.search(r"[€£$¥]", words("tiny", lang))


def test_missing_intervals_are_said_honestly() -> None:
    assert "Wie weit er danebenliegen kann, wurde nicht gerechnet" in words("empty", "de")
    assert "How far it may be off was not reckoned" in words("empty", "en")


def test_levels_are_counted_in_words() -> None:
    text = words("revenue", "de")
    assert "500 Kunden haben mehr als einmal gekauft" in text
    assert "17 haben keinen Kauf mehr oder sind Sammelkonten" in text
    assert "3 haben der Bewertung widersprochen" in text


def test_the_classes_tie_to_the_files() -> None:
    text = words("revenue", "de")
    assert "9.188 von 10.000 Zeilen sind Kunden zugeordnet, 812 blieben außen vor" in text
    assert "Kunden zugeordnet 9.188 91,9 % 601.745,42" in text
    assert "Alle Klassen 10.000 100,0 % 623.055,92 In den Dateien 10.000 100,0 % 623.055,92 Differenz 0 0,00" in text


def test_a_difference_is_the_message_of_its_section() -> None:
    assert "The classes miss the files by €12.34: do not use these figures" in words("negative", "en")


def test_the_months_of_the_bridge_add_up() -> None:
    table = next(table for table in tables(structure("revenue", "en")) if table.caption == "Lines and amounts by month and currency")
    assert [cell.text for cell in table.rows[-1].cells] == ["All months", "8,988", "812", "612,345.67", "21,310.50", "633,656.17"]
    assert [row.cells[0].text for row in table.rows] == ["Aug\u00a02026", "Sep\u00a02026", "no month", "All months"]


def test_months_of_several_currencies_are_not_added() -> None:
    known = sample.reconciliation()
    mixed = replace(known, months=(*known.months, ClassTotal("kept", 5, sample.money(7), "2026-08", "CHF")))
    table = next(
        table
        for table in tables(page(sample.figures(reconciliation=mixed), "en"))
        if table.caption == "Lines and amounts by month and currency"
    )
    assert {row.cells[1].text for row in table.rows} == {"EUR", "CHF"}


def test_an_unknown_class_of_line_is_still_counted() -> None:
    known = sample.reconciliation()
    odd = replace(known, lines=10_005, classes=(*known.classes, ClassTotal("novel", 5, sample.money(0))))
    table = next(table for table in tables(page(sample.figures(reconciliation=odd), "en")) if table.caption == "Lines by class")
    assert [row.cells[1].text for row in table.rows if row.cells[0].text in {"novel", "All classes", "Difference"}] == ["5", "10,005", "0"]


def test_many_files_are_counted_not_listed() -> None:
    files = tuple(InputFile(f"month_{place}.csv", 1000, "0" * 64, 1) for place in range(45))
    text = Outline(render(sample.figures(files=files), "de")).text
    assert "5 weitere Dateien stehen in manifest.json." in text


def test_only_customers_without_objection_are_listed() -> None:
    top = (sample.customer(1), sample.customer(2, customer_id="OBJECTED", level="objected"))
    assert "OBJECTED" not in render(sample.figures(top=top, at_risk=(sample.risky(3, customer_id="OBJECTED", level="objected"),)), "en")


def test_at_risk_says_how_long_and_what_would_be_usual() -> None:
    text = words("revenue", "de")
    assert "37 wertvolle Kunden kaufen seltener als gewohnt; es geht um 112 Tsd. €" in text
    assert "120 Tage, üblich sind höchstens 45" in text
    assert "32 weitere stehen nicht in der Liste." in text


def test_a_chance_is_never_shown_as_certain() -> None:
    top = (sample.customer(1, p_alive=0.9996), sample.customer(2, p_alive=0.001), sample.customer(3, p_alive=1.0))
    text = Outline(render(sample.figures(top=top), "de")).text
    assert "> 99 %" in text
    assert "< 1 %" in text
    assert "100 %" in text


def test_no_customer_at_risk_is_good_news_not_an_empty_table() -> None:
    assert "Kein wertvoller Kunde ist gefährdet" in words("tiny", "de")


def test_shares_of_a_negative_total_are_not_shown() -> None:
    text = words("negative", "en")
    assert "There is no positive value to share out" in text
    assert "Lorenz" not in text


def test_parameters_have_standard_errors_or_the_word_that_there_is_none() -> None:
    text = words("revenue", "de")
    assert "Käufe: BG/NBD, in Wochen" in text
    assert "a 0,001700 nicht bestimmt" in text
    assert "Die besten Parameter wurden gefunden." in text


def test_warnings_are_linked_from_the_top() -> None:
    text = report("revenue", "en")
    assert '<a href="#warnings">1 warning</a>' in text
    assert "Only 797 customers have a purchase; 35% of them bought once." in words("revenue", "en")
    assert 'id="warnings"' not in report("tiny", "en")


def test_revenue_stays_revenue_in_the_warnings_too() -> None:
    notice = Notice(
        "no_margin", "Neither costs nor a margin are known, so all values are revenue. Give costs with the lines, or the setting margin."
    )
    for lang in LANGUAGES:
        text = render(sample.figures(notices=(notice,)), lang).lower()
        assert "contribution" not in text
        assert "deckungsbeitrag" not in text


def test_documents_are_shown_by_their_letters() -> None:
    assert "Belege, die mit C beginnen" in words("revenue", "de")


def test_a_notice_that_is_known_is_translated() -> None:
    notice = Notice("optimum", "The optimum was found.", {})
    assert "Die besten Parameter wurden gefunden." in Outline(render(sample.figures(notices=(notice,), models=()), "de")).text


# ---------- names that bite ----------


def test_names_of_customers_stay_text() -> None:
    text = report("hostile", "de")
    assert "<script" not in text
    assert "<img" not in text
    assert "<b>Firma" not in text
    assert "<i>b" not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
    assert "{{ 7*7 }}" in text
    assert "=1+1" in text


def test_long_names_are_cut_and_whole_on_pointing() -> None:
    text = report("hostile", "de")
    assert f'title="{"x" * 300}">{"x" * 31}…</bdi>' in text
    assert "x" * 301 not in text


def test_control_characters_and_writing_directions_are_replaced() -> None:
    text = report("hostile", "de")
    assert not re.search("[\x00-\x08\x0b-\x1f\u202e]", text)
    assert "a\ufffdb\ufffd[31m" in text


# ---------- structure ----------


def tables(shown: Page) -> list[Table]:
    """Every table of a page, folded ones too."""
    found: list[Table] = []

    def look(blocks: tuple[object, ...]) -> None:
        for block in blocks:
            if isinstance(block, Table):
                found.append(block)
            if isinstance(block, Fold):
                look(block.blocks)

    for section in shown.sections:
        look(section.blocks)
    return found


@pytest.mark.parametrize(("scene", "lang"), EVERY)
def test_every_row_has_a_cell_for_each_column(scene: str, lang: str) -> None:
    for table in tables(structure(scene, lang)):
        assert all(len(row.cells) == len(table.columns) for row in table.rows), table.caption


_CHECKED = "forecast origins levels tracking tracking_cumulative calibration pit comparison money width unknown"
STRUCTURE = {
    "revenue": f"worth parts lines marks spread lorenz whale_curve top risk months {_CHECKED} warnings method glossary",
    "contribution": f"worth parts lines marks spread lorenz whale_curve top risk months {_CHECKED} warnings method glossary",
    "purchases": (
        "worth lines marks spread lorenz whale_curve top risk months "
        "forecast origins levels calibration pit comparison width unknown warnings method glossary"
    ),
    "tiny": "worth parts lines marks spread lorenz whale_curve top risk months forecast width unknown method glossary",
    "negative": "worth parts lines marks spread top risk months forecast warnings method glossary",
    "huge": "worth parts lines marks spread lorenz whale_curve top risk months forecast warnings method glossary",
    "hostile": "worth parts lines marks spread lorenz whale_curve top risk months forecast warnings method glossary",
    "empty": "worth parts lines marks spread top risk months forecast warnings method glossary",
}


@pytest.mark.parametrize("scene", STRUCTURE)
def test_sections_come_in_the_order_readers_need(scene: str) -> None:
    assert " ".join(section.key for section in structure(scene, "de").sections) == STRUCTURE[scene]


def test_every_section_begins_with_a_finding() -> None:
    messages = {section.key: plain(section) for section in structure("revenue", "de").sections}
    assert messages == {
        "worth": "Ein Kunde bringt im Mittel noch 1.248 € Umsatz",
        "parts": "62 % des Kundenwerts liegen in der Zukunft",
        "lines": "9.188 von 10.000 Zeilen sind Kunden zugeordnet, 812 blieben außen vor",
        "marks": "Einige gebuchte Zeilen sind einen Blick wert",
        "spread": "120 Kunden tragen 80 % des Kundenwerts",
        "lorenz": "Die kleinere Hälfte der Kunden hält 6,0 % des Kundenwerts",
        "whale_curve": "Die besten 75 % der Kunden bringen 101,0 %; die übrigen nehmen 1,0 % wieder weg",
        "top": "Die 12 wertvollsten Kunden haben 48,1 % des erwarteten Umsatzes",
        "risk": "37 wertvolle Kunden kaufen seltener als gewohnt; es geht um 112 Tsd. €",
        "months": "In den letzten zwölf Monaten wurde 2,3 % seltener gekauft als in den zwölf davor",
        "forecast": "An 4 früheren Prüftagen lag die Vorhersage der Käufe im Mittel um 7 % daneben; "
        "4 von 4 Summen lagen in ihrer Bandbreite",
        "origins": "Alle 4 Summen lagen in ihrer Bandbreite",
        "levels": "Von den Bandbreiten einzelner Kunden für 90 % hielten 94 %",
        "tracking": "Nach dem 30.09.2025 gab es 872 Wiederkäufe; erwartet waren 785",
        "tracking_cumulative": "Nach 26 Wochen lag die Vorhersage 10 % zu niedrig",
        "calibration": "Das Zehntel mit den höchsten Vorhersagen kaufte im Mittel 12,0-mal; vorhergesagt waren 8,8",
        "pit": "Die Vorhersage weiß, wie unsicher sie ist: Die Ergebnisse verteilen sich gleichmäßig",
        "comparison": "BG/NBD ist sicher besser als „eigene Häufigkeit fortgesetzt“; danach kommt nichts Besseres",
        "money": "Das als bestes vorhergesagte Zehntel brachte 71 % dessen, was das beste Zehntel bringen konnte",
        "width": "94 % der Breite kommen vom Niveau: Alle zusammen kaufen vielleicht mehr oder weniger als bisher",
        "unknown": "In den nächsten 5 Jahren können es 709 Tsd. € werden, aber auch 1,42 Mio. €",
        "warnings": "Ein Hinweis, bevor Sie sich auf die Zahlen verlassen",
        "method": "Aus den bisherigen Käufen folgt, was zu erwarten ist",
        "glossary": "Was die Wörter bedeuten",
    }


def plain(section: Section) -> str:
    return section.message.replace("\u00a0", " ")

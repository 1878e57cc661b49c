"""The words that are explained, and the ways that lead to them."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client

from kundenwert import register
from kundenwert.reports.language import Language
from kundenwert.reports.language.terms import groups, keys
from kundenwert.web.sections import table
from kundenwert.web.templatetags.terms import to_term
from kundenwert.web.templatetags.words import table_words


def test_each_word_has_one_key_and_is_explained_in_both_languages() -> None:
    found = {language: groups(Language(language)) for language in ("de", "en")}
    listed = [key for _, terms in found["en"] for key, _, _ in terms]
    assert len(listed) == len(set(listed)) == len(keys())
    meant = {key: meaning for _, terms in found["de"] for key, _, meaning in terms}
    assert not [key for _, terms in found["en"] for key, _, meaning in terms if meaning == meant[key]]


def test_a_word_leads_to_its_explanation_and_an_unknown_one_stays_plain() -> None:
    assert to_term("pit", "<PIT>") == '<a class="term" href="/terms/#pit">&lt;PIT&gt;</a>'
    assert to_term("nothing-like-it", "<b>") == "&lt;b&gt;"


def test_headings_of_tables_of_reports_lead_to_their_words() -> None:
    column = {"heading": "RMSE", "kind": "num", "wide": False, "term": "rmse", "shown": False}
    block = {"caption": "Forecasts", "visible_caption": False, "scrolls": False, "columns": [column], "rows": []}
    assert 'href="/terms/#rmse">RMSE</a>' in table(block)


@pytest.mark.django_db
@pytest.mark.parametrize("role", ["reader", "field"])
def test_every_page_leads_to_the_words_and_each_link_finds_its_word(role: str, room: Path, signed_in: Callable[..., Client]) -> None:
    client = signed_in(role, managers="A. Okafor" if role == "field" else "")
    page = client.get("/terms/").content.decode()
    explained = set(re.findall(r'<div id="([a-z0-9]+)">', page))
    assert explained == keys()
    for path in ("/portfolio/", "/customers/"):
        linked = re.findall(r'href="/terms/(?:#([a-z0-9]+))?"', client.get(path).content.decode())
        assert "" in linked, path
        assert {"asof", "value"} <= set(linked) - {""} <= explained, path


def test_what_the_law_says_of_keeping_records_is_told_in_german() -> None:
    rules = tomllib.loads((Path(register.__file__).parent / "retention.toml").read_text(encoding="utf-8"))["rules"]
    told = {rule["name"]: Language("de").text(rule["basis"]) for rule in rules}
    assert len(told) > 5
    assert not {name: basis for name, basis in told.items() if "GDPR" in basis or " years" in basis or "eight" in basis}
    assert table_words("no-such-table") == "no-such-table"

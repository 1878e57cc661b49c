"""Every sentence of the pages has German words, and no sentence has two."""

from __future__ import annotations

import re
from importlib import resources
from pathlib import Path
from types import SimpleNamespace

import pytest
import report_messages as messages
from babel.messages.pofile import read_po
from django.template import Context, Template

from kundenwert.reports.language import _catalog, catalogs
from kundenwert.web import language
from kundenwert.web.accounts.models import ROLE_NAMES
from kundenwert.web.frame import MENU

WEB = Path(str(resources.files("kundenwert.web")))
_TEXT = re.compile(r"""\{%\s*text\s+(?P<quote>["'])(?P<text>.*?)(?P=quote)""", re.DOTALL)
_PLURAL = re.compile(r"""\{%\s*plural\s+"(?P<one>[^"]*)"\s+"(?P<many>[^"]*)\"""")


def _used() -> set[str | tuple[str, str]]:
    pages = [file.read_text(encoding="utf-8") for file in WEB.rglob("*.html")]
    words = {found["text"] for page in pages for found in _TEXT.finditer(page)}
    words |= {word for heading, entries in MENU for word in (heading, *(entry for _, entry in entries))} | {word for _, word in ROLE_NAMES}
    return words | {(found["one"], found["many"]) for page in pages for found in _PLURAL.finditer(page)} | messages.used_in(WEB)


def test_every_sentence_of_the_pages_has_german_words() -> None:
    assert sorted((word for word in _used() if word not in _catalog("de")), key=str) == []


@pytest.mark.parametrize("code", ["de"])
def test_no_sentence_is_translated_in_two_ways(code: str) -> None:
    known: dict[object, object] = {}
    for file in catalogs(code):
        with file.open("rb") as stream:
            for message in read_po(stream):
                if message.id:
                    assert known.setdefault(message.id, message.string) == message.string, f"{file.name}: {message.id}"


@pytest.mark.parametrize(("currency", "alone", "behind"), [("EUR", "€", "Wert, €"), ("", "Betrag", "Wert")])
def test_headings_of_columns_name_the_currency_where_the_run_knows_one(currency: str, alone: str, behind: str) -> None:
    language.use("de")
    context = Context({"request": SimpleNamespace(room=SimpleNamespace(currency=currency))})
    assert Template("{% load words %}{% unit %}").render(context) == alone
    assert Template("{% load words %}Wert{% in_unit %}").render(context) == behind

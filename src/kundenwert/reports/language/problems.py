"""Problems in the reader's words: what came, what was expected and what to do, as flows write them, told in the reader's language.

Flows finish their English sentences themselves, since the command line shows them as they are. For pages the sentence is found again: the
catalogue `problems.po` holds each as a msgid with {places}; what stands at the places is carried over. Where a sentence names options of
the command line, its German text and its entry in the English catalogue say what to do on the page instead.
"""

from __future__ import annotations

import re
import string
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property
from importlib import resources
from typing import final

from kundenwert.reports.language import Language

_FILE = "problems.po"
# At these places stand phrases of ours, which are told again. Names, files, columns and what people typed stay as they are.
_PHRASES = {"what", "why", "place", "expected", "kind", "sentence", "resource", "axis", "mark", "heading", "attribute"}
_NUMBERS = {"n", "a", "b", "most", "least", "count", "rows", "bad", "lines", "share", "limit", "amount", "number", "days", "level"}
# What stands in a file of settings is shown as it stands there.
_TYPED = {"given"}
# Without the quotes around them: the German sentences set their own.
_BARE = {"column", "name", "cell"}
# Where somebody may not know his way about the server, its folders are told by their names alone.
_FOLDERS = {"project", "folder"}
# Names of fields are one word, keys of settings stand before their value: so no rule is taken for another sentence.
_FORMS = {"role": r"[\w.]+?", "key": r"[^={:,]+?", "day": r"[^\s,]+?"}
_GROUPED = re.compile(r"-?(?:0|[1-9]\d{0,2}(?:,\d{3})*|[1-9]\d*)")
_DECIMAL = re.compile(r"(-?(?:0|[1-9]\d{0,2}(?:,\d{3})*|[1-9]\d*))\.(\d+)")
_PERCENT = re.compile(r"(-?\d+(?:\.(\d+))?) ?%")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_WORD = re.compile(r"\S+\s")
Label = Callable[[str, str], str | None]


def _no_label(name: str, value: str) -> str | None:
    return None


@final
@dataclass(frozen=True)
class _Sentence:
    """A sentence with places; `literals` are the words between them."""

    message: str

    @cached_property
    def parts(self) -> tuple[tuple[str, str], ...]:
        """Words and the name of the place behind them ("" behind the last)."""
        return tuple((words, name or "") for words, name, _, _ in string.Formatter().parse(self.message))

    @cached_property
    def size(self) -> int:
        """How many letters are sure."""
        return sum(len(words) for words, _ in self.parts)

    @cached_property
    def anchor(self) -> str:
        """The first word of a sentence that begins with one."""
        found = _WORD.match(self.parts[0][0])
        return found[0].strip() if found else ""

    def fits(self, text: str) -> bool:
        """Whether all its words stand in a text, in their order. What it lets through has a quick match, however long the text."""
        (first, _), *middle, (last, _) = self.parts if len(self.parts) > 1 and not self.parts[-1][1] else (*self.parts, ("", ""))
        at, end = len(first), len(text) - len(last)
        if not (text.startswith(first) and text.endswith(last)):
            return False
        for words, _ in middle:
            found = text.find(words, at)
            if found < 0:
                return False
            at = found + len(words)
        return at <= end

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        seen: set[str] = set()
        found = []
        for words, name in self.parts:
            found.append(re.escape(words))
            if name:
                found.append(f"(?P={name})" if name in seen else f"(?P<{name}>{_FORMS.get(name, '.*?')})")
                seen.add(name)
        return re.compile("".join(found), re.DOTALL)


@final
class Sentences:
    """Sentences with places, and which of them a finished text is."""

    def __init__(self, messages: Iterable[str]) -> None:
        self._whole: dict[str, str] = {}
        self._by_word: dict[str, list[_Sentence]] = {}
        for message in messages:
            one = _Sentence(message)
            if any(name for _, name in one.parts):
                self._by_word.setdefault(one.anchor, []).append(one)
            else:
                self._whole["".join(words for words, _ in one.parts)] = message
        for found in self._by_word.values():
            # Of two sentences that fit, the one that says more is meant.
            found.sort(key=lambda each: -each.size)

    def find(self, text: str) -> tuple[str, dict[str, str]] | None:
        """The sentence of a text and what stands at its places; None if it is none of these."""
        if text in self._whole:
            return self._whole[text], {}
        first = _WORD.match(text)
        for one in (*self._by_word.get(first[0].strip() if first else "", ()), *self._by_word.get("", ())):
            if one.fits(text) and (found := one.pattern.fullmatch(text)):
                return one.message, found.groupdict()
        return None


@cache
def _entries(code: str) -> dict[str, str]:
    """The catalogue of problems of one language alone."""
    from babel.messages.pofile import read_po

    file = resources.files("kundenwert.reports.language") / "locale" / code / "LC_MESSAGES" / _FILE
    with file.open("rb") as stream:
        return {str(one.id): str(one.string) for one in read_po(stream) if one.id and one.string}


@cache
def known() -> Sentences:
    """Every problem that has words for people."""
    return Sentences(_entries("de"))


def told(language: Language, text: str, label: Label = _no_label) -> str:
    """A text of a flow in the reader's words; one that nobody has translated stays as it is.

    label: words for what stands at a place, by its name and value; None leaves them to the catalogue.
    """
    text = text.strip()
    found = known().find(text)
    if found is None:
        return _rules(language, text, label) or as_known(language, text)
    message, places = found
    words = _entries("en").get(message, message) if language.code == "en" else message
    return language.text(words, **{name: value_of(language, name, value, label) for name, value in places.items()})


def _rules(language: Language, text: str, label: Label) -> str:
    """Several rules in a row, as they stand behind a rejected record; "" if one of them is none."""
    parts = text.removesuffix(".").split("; ")
    if not text.endswith(".") or not all(known().find(one) for one in parts):
        return ""
    return "; ".join(told(language, one, label) for one in parts) + "."


def as_known(language: Language, text: str) -> str:
    """A text that is a message of a page or a report in this language; any other as it is."""
    return language.text(text) if language.code != "en" and "{" not in text and language.knows(text) else text


def value_of(language: Language, name: str, value: str, label: Label = _no_label) -> str:
    """What stands at a place: numbers and days as the reader writes them, phrases told again, everything else as it is."""
    kind = name.rstrip("_0123456789")
    if (words := label(kind, value)) is not None:
        return words
    if kind == "roles":
        return ", ".join(label("role", each) or each for each in value.split(", "))
    if kind in _PHRASES:
        return told(language, value, label)
    if kind in _TYPED:
        return value
    if kind in _FOLDERS:
        return value.rstrip("/\\").replace("\\", "/").rpartition("/")[2]
    if kind in _BARE and language.code == "de":
        return value.strip("'")
    if len(value) > 1 and value[0] == value[-1] == "'":
        return f"„{value[1:-1]}“" if language.code == "de" else f"“{value[1:-1]}”"
    return _number(language, value) if kind in _NUMBERS else value if not _DAY.fullmatch(value) else _day(language, value)


def _number(language: Language, value: str) -> str:
    if _GROUPED.fullmatch(value):
        return language.number(int(value.replace(",", "")))
    if found := _DECIMAL.fullmatch(value):
        return language.number(float(value.replace(",", "")), len(found[2]))
    if found := _PERCENT.fullmatch(value):
        return language.percent(float(found[1]) / 100, len(found[2] or ""))
    return value


def _day(language: Language, value: str) -> str:
    try:
        return language.date(date.fromisoformat(value))
    except ValueError:
        return value

"""Who was erased: known by keyed hashes only, and recognised again wherever the number or the name turns up."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any

from kundenwert.errors import Problem, StorageError
from kundenwert.register import files
from kundenwert.register.book import Register
from kundenwert.register.keys import Key

# What stands in the place of a number, and the row that holds the money.
ERASED = "erased"
# Shorter words, and numbers of few digits, stand for many things in a running text; there they must fill a whole cell.
_SURE_LENGTH = 4
_SURE_DIGITS = 6
# What parts the cells of a raw record.
_CELLS = re.compile(r'[;,\t|"]')
# A name is known in any order of its words, with and without form of address, with umlauts typed or written out. macros.sql does the same.
_TOKENS = re.compile(r"[0-9a-z@+]+")
_FOLDED = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "é": "e", "è": "e", "á": "a", "à": "a"})
_ADDRESSES = frozenset({"herr", "herrn", "frau", "dr", "prof", "mr", "mrs", "ms", "firma", "familie"})
_EITHER_WAY = {"ä": "(?:ä|ae)", "ö": "(?:ö|oe)", "ü": "(?:ü|ue)", "ß": "(?:ß|ss)"}


@dataclass(frozen=True)
class Erased:
    """Erased persons; rows: how many rows of the register tell of them.

    ids, words: keyed hashes of their customer numbers, and of names, addresses and the like in small letters. plain_ids, plain_words: what
    is known in the clear while an erasure goes on, or while a file with these persons is read.
    """

    key: Key
    ids: frozenset[str]
    words: frozenset[str]
    rows: int = 0
    plain_ids: tuple[str, ...] = ()
    plain_words: tuple[str, ...] = ()

    def knowing(self, ids: Iterable[str], words: Iterable[str] = ()) -> Erased:
        """The same, with numbers and names that are known in the clear too."""
        more = tuple(word for word in words if self._is_word(word))
        plain_ids, plain_words = (*self.plain_ids, *ids), (*self.plain_words, *more)
        return replace(self, plain_ids=tuple(dict.fromkeys(plain_ids)), plain_words=tuple(dict.fromkeys(plain_words)))

    def is_id(self, text: str) -> bool:
        """Whether a text is the number of an erased person."""
        return text in self.plain_ids or self.key.of(text) in self.ids

    def is_cell(self, text: str) -> bool:
        """Whether a text is a number or a name of an erased person and nothing else."""
        return self.is_id(text.strip()) or self._is_word(text)

    def _is_word(self, text: str) -> bool:
        return not self.words.isdisjoint(self.key.of(form) for form in _forms(text))

    def is_in(self, text: str) -> bool:
        """Whether a text holds the number or a name of an erased person, as a whole cell or, where that is sure, as whole words."""
        if self.pattern and re.search(self.pattern, text):
            return True
        cells = _CELLS.split(text)
        # Family name and first name may stand in two cells.
        pairs = {f"{one} {other}" for one, other in pairwise(cells)}
        return any(self.is_cell(cell) for cell in {text, *cells, *pairs} if cell.strip())

    @cached_property
    def pattern(self) -> str:
        """A pattern of what can be told from other words in a running text; "" if nothing can. Understood by Python and by the engine."""
        sure = [
            variants(one) for one in (*self.plain_ids, *self.plain_words) if len(one) >= (_SURE_DIGITS if one.isdigit() else _SURE_LENGTH)
        ]
        return rf"(?i)(?:^|[^0-9A-Za-zÄÖÜäöüß])(?:{'|'.join(sure)})(?:$|[^0-9A-Za-zÄÖÜäöüß])" if sure else ""


def variants(word: str) -> str:
    """A pattern for a number or name as people write it: with blanks, commas or points between its words, with the family name first, with
    umlauts written out.

    >>> bool(re.fullmatch(variants("Jörg Müller"), "MUELLER, Joerg", re.IGNORECASE))
    True
    """
    # An address of mail or a number stays in its order.
    if not re.fullmatch(r"[^\W\d_]+(?:[\s.,-]+[^\W\d_]+)+\.?", word.strip()):
        return _spelled(word.strip())
    parts = [part for part in re.split(r"[\s.,-]+", word.strip()) if part]
    kept = [part for part in parts if part.lower() not in _ADDRESSES] or parts
    orders = [[*kept[place:], *kept[:place]] for place in range(len(kept))]
    return "|".join(r"[\s.,_-]+".join(map(_spelled, order)) for order in orders)


def _spelled(word: str) -> str:
    spelled = word.lower()
    for umlaut, written in (("ae", "ä"), ("oe", "ö"), ("ue", "ü"), ("ss", "ß")):
        spelled = spelled.replace(umlaut, written) if word.isalpha() else spelled
    return "".join(_EITHER_WAY.get(sign, re.escape(sign)) for sign in spelled)


def canonical_name(text: str) -> str:
    """A name in a form that does not depend on how it is written.

    >>> canonical_name("Frau MÜLLER,  Jörg") == canonical_name("Joerg Mueller")
    True
    """
    return " ".join(sorted(token for token in _TOKENS.findall(text.lower().translate(_FOLDED)) if token not in _ADDRESSES))


def _forms(text: str) -> tuple[str, ...]:
    name = canonical_name(text)
    return (_word(text), "name:" + name) if name else (_word(text),)


def _word(text: str) -> str:
    return "word:" + text.strip().lower()


def hashes(key: Key, customer: str, words: Iterable[str]) -> dict[str, Any]:
    """The row of table `erased`: nothing in it can be read without the key."""
    return {"id": key.of(customer), "words": sorted({key.of(form) for word in words if word.strip() for form in _forms(word)})}


@contextlib.contextmanager
def steady(project: Path, known: Erased | None, *, objections: int | None = None) -> Iterator[None]:
    """Holds the register while a result is given its name. Raises StorageError if somebody was erased since `known` was read, or has
    objected since there were so many `objections`: the result may hold that person.
    """
    register = Register(project)
    if not register.exists:
        yield
        return
    with files.held(register.folder):
        if len(files.lines(register.table_file("erased"))) != (known.rows if known else 0):
            raise _overtaken("A person was erased while this was reckoned, and may still be in it. It was thrown away.", project)
        if objections is not None and count_objections(project) != objections:
            raise _overtaken("Somebody objected while this was reckoned, and may still be in its lists. It was thrown away.", project)
        yield


def _overtaken(came: str, project: Path) -> StorageError:
    return StorageError(Problem(came, "a register that stays as it is for so long.", "make the run again.", file=str(project)))


def count_objections(project: Path) -> int:
    """How many objections and withdrawals stand in the register."""
    return len(files.lines(Register(project).table_file("objections")))


def erased(project: Path) -> Erased | None:
    """All erased persons of a project; None if there are none."""
    register = Register(project)
    rows = register.rows("erased") if register.exists else []
    if not rows:
        return None
    words = frozenset(word for row in rows for word in row.content["words"])
    return Erased(register.key(), frozenset(row.content["id"] for row in rows), words, len(rows))

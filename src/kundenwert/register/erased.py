"""Who was erased: known by keyed hashes only, and recognised again wherever the number or the name turns up."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

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
        more = tuple(word for word in words if self.key.of(_word(word)) in self.words)
        plain_ids, plain_words = (*self.plain_ids, *ids), (*self.plain_words, *more)
        return replace(self, plain_ids=tuple(dict.fromkeys(plain_ids)), plain_words=tuple(dict.fromkeys(plain_words)))

    def is_id(self, text: str) -> bool:
        """Whether a text is the number of an erased person."""
        return text in self.plain_ids or self.key.of(text) in self.ids

    def is_cell(self, text: str) -> bool:
        """Whether a text is a number or a name of an erased person and nothing else."""
        return self.is_id(text.strip()) or self.key.of(_word(text)) in self.words

    def is_in(self, text: str) -> bool:
        """Whether a text holds the number or a name of an erased person, as a whole cell or, where that is sure, as whole words."""
        if self.pattern and re.search(self.pattern, text):
            return True
        return any(self.is_cell(cell) for cell in {text, *_CELLS.split(text)} if cell.strip())

    @cached_property
    def pattern(self) -> str:
        """A pattern of what can be told from other words in a running text; "" if nothing can. Understood by Python and by the engine."""
        sure = [
            re.escape(one) for one in (*self.plain_ids, *self.plain_words) if len(one) >= (_SURE_DIGITS if one.isdigit() else _SURE_LENGTH)
        ]
        return rf"(?i)(?:^|[^0-9A-Za-zÄÖÜäöüß])(?:{'|'.join(sure)})(?:$|[^0-9A-Za-zÄÖÜäöüß])" if sure else ""


def _word(text: str) -> str:
    return "word:" + text.strip().lower()


def hashes(key: Key, customer: str, words: Iterable[str]) -> dict[str, object]:
    """The row of table `erased`: nothing in it can be read without the key."""
    return {"id": key.of(customer), "words": sorted({key.of(_word(word)) for word in words if word.strip()})}


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

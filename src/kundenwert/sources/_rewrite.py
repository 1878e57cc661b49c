"""Writes a text file anew into the scratch folder, where the engine cannot read it as it is: block by block, as UTF-8."""

from __future__ import annotations

import codecs
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path

from kundenwert.sources._bytes import blocks

_INDENT = re.compile(r"(?m)^[ \t]+|[ \t]+$")
_BLANKS = re.compile(r"[ \t]+")


def rewritten(path: Path, scratch: Path, *, encoding: str, packed: bool, blanks: bool) -> Path:
    """A UTF-8 copy with one kind of line end. blanks: runs of blanks between cells become one tab, those at the ends go."""
    with tempfile.NamedTemporaryFile(prefix="input-", suffix=".txt", dir=scratch, delete=False) as file:
        for text in _whole_lines(path, encoding, packed=packed):
            file.write((_one_tab(text) if blanks else text).encode("utf-8"))
    return Path(file.name)


def _one_tab(text: str) -> str:
    return _BLANKS.sub("\t", _INDENT.sub("", text))


def _whole_lines(path: Path, encoding: str, *, packed: bool) -> Iterator[str]:
    rest = ""
    for text in _decoded(path, encoding, packed=packed):
        cut = text.rfind("\n") + 1
        yield rest + text[:cut]
        rest = text[cut:]
    yield rest


def _decoded(path: Path, encoding: str, *, packed: bool) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder(encoding)()
    held = ""
    for block in blocks(path, packed=packed):
        text = held + decoder.decode(block)
        # A carriage return at the end waits: its line feed may come with the next block.
        held = "\r" if text.endswith("\r") else ""
        yield _one_end(text[: len(text) - len(held)])
    yield _one_end(held + decoder.decode(b"", final=True))


def _one_end(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text

"""CSV, TSV and other delimited text, packed with gzip or not."""

from __future__ import annotations

import shutil
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, final

from kundenwert.engines._engine import Delimited as Cut
from kundenwert.errors import Problem, UnreadableInput
from kundenwert.records import InputFile
from kundenwert.sources._bytes import BLOCK, Survey, blocks, survey
from kundenwert.sources._layout import BLANKS, Layout, layout, sum_line, tell
from kundenwert.sources._records import Column, Fact, Looked, Table, Wanted, short
from kundenwert.sources._rewrite import rewritten

if TYPE_CHECKING:
    from kundenwert.engines._engine import Engine


@final
class Delimited:
    """Text with one record a line and cells between delimiters."""

    kinds = ("text", "gzip")

    def look(self, engine: Engine, source: Any, wanted: Wanted, scratch: Path, *, kind: str, hashed: bool) -> Looked:
        path = Path(source)
        seen = survey(path, wanted=wanted.encoding, packed=kind == "gzip", hashed=hashed)
        plan = layout(seen.head, wanted, whole=seen.whole)
        _check(path, plan, wanted)
        readable = _readable(path, scratch, seen, plan)
        cut = Cut("\t" if plan.delimiter == BLANKS else plan.delimiter, plan.width, plan.skip, '"' if plan.quoted else "")
        table = Table(
            columns=tuple(Column(name, f"c{place}", "VARCHAR") for place, name in enumerate(_names(plan))),
            open=partial(_open, path=readable, cut=cut),
            unreadable=partial(_unreadable, path=readable, cut=cut),
            facts=(*_facts(seen), *plan.facts, *_endings(seen)),
            delimiter=cut.delimiter,
        )
        return Looked(table, InputFile(path.name, path.stat().st_size, seen.sha256, 0))


def _open(engine: Engine, view: str, *, path: Path, cut: Cut) -> None:
    engine.open_delimited(view, path, cut)


def _unreadable(engine: Engine, table: str, *, path: Path, cut: Cut) -> int:
    return engine.unreadable(table, path, cut)


def _names(plan: Layout) -> tuple[str, ...]:
    names = plan.names or ()
    return (*names, *("" for _ in range(plan.width - len(names))))


def _readable(path: Path, scratch: Path, seen: Survey, plan: Layout) -> Path:
    """The file itself where the engine can read it, else a copy in the scratch folder."""
    blanks = plan.delimiter == BLANKS
    if blanks or seen.mixed_ends or seen.encoding not in {"utf-8", "utf-8-sig"}:
        return rewritten(path, scratch, encoding=seen.encoding, packed=seen.packed, blanks=blanks)
    if seen.packed != (path.suffix.lower() == ".gz"):
        # The engine goes by the name: what is packed must be called so, and nothing else may be.
        return _unpacked(path, scratch, packed=seen.packed)
    return path


def _unpacked(path: Path, scratch: Path, *, packed: bool) -> Path:
    copy = scratch / f"unpacked-{len(list(scratch.iterdir()))}.txt"
    if not packed:
        shutil.copyfile(path, copy)
        return copy
    with copy.open("wb", buffering=BLOCK) as file:
        for block in blocks(path, packed=True):
            file.write(block)
    return copy


def _facts(seen: Survey) -> tuple[Fact, ...]:
    facts = [Fact("encoding", seen.encoding, seen.reason)]
    if seen.packed:
        facts.append(Fact("packed", "gzip", "its first bytes say so"))
    if seen.mojibake:
        facts.append(
            Fact("letters", "damaged", "signs such as Ã¼ for ü: the text was converted wrongly before it was exported", warning=True)
        )
    return tuple(facts)


def _endings(seen: Survey) -> tuple[Fact, ...]:
    line = sum_line(seen.tail)
    if line is None:
        return ()
    return (
        Fact("sums", short(line), "a line of sums stands at the end; without customer and date it is rejected, not counted", warning=True),
    )


def _check(path: Path, plan: Layout, wanted: Wanted) -> None:
    if plan.width < 2:
        raise UnreadableInput(
            Problem(
                f"Every line is one cell, such as {short(plan.rows[0][0] if plan.rows and plan.rows[0] else (plan.names or ('',))[0])!r}.",
                "at least a column for the customer and one for the date, divided by ; , tab, | or blanks.",
                "name the delimiter with --delimiter, or export the columns customer and date too.",
                file=path.name,
            )
        )
    if not plan.rows and not (plan.names is None and wanted.columns):
        raise UnreadableInput(
            Problem("There is a header, but no line of data.", "at least one line of data.", "export the sales lines too.", file=path.name)
        )
    if plan.names is not None and all(len(row) != plan.width for row in plan.rows):
        raise UnreadableInput(_uneven(path, plan))


def _uneven(path: Path, plan: Layout) -> Problem:
    cells, mark = len(plan.rows[0]), tell(plan.delimiter)
    return Problem(
        f"The header has {plan.width:,} cells, but no line of data has as many (the first has {cells:,}; delimiter: {mark}).",
        "as many cells in each line as the header has.",
        "put cells that hold the delimiter (12,50) into quotes, export with another delimiter, or name it with --delimiter.",
        file=path.name,
    )


PLUGIN = Delimited

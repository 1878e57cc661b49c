"""Options that several commands share: how to read files, and every setting of the settings table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kundenwert.settings import SETTINGS

if TYPE_CHECKING:
    from kundenwert.flows.reading import Input
    from kundenwert.sources import Wanted

_READING: tuple[tuple[str, dict[str, Any]], ...] = (
    (
        "--map",
        {"multiple": True, "metavar": "ROLE=COLUMN", "help": "Which column plays a role, such as customer_id=KdNr. May be repeated."},
    ),
    ("--columns", {"metavar": "A,B,C", "help": "The input's columns, in order, for a file without header."}),
    ("--encoding", {"help": "Encoding of text files, such as cp1252."}),
    ("--delimiter", {"help": "What separates the columns of text files."}),
    ("--decimal-mark", {"type": click.Choice([",", "."]), "help": "The decimal mark of amounts."}),
    ("--thousands-mark", {"help": "The thousands mark of amounts."}),
    ("--date-format", {"metavar": "FORMAT", "help": "How dates are written: dd.mm.yyyy, dd/mm/yyyy, mm/dd/yyyy, yyyymmdd, iso ..."}),
    ("--sheet", {"help": "The sheet of a workbook."}),
    ("--tax-rate", {"type": float, "help": "Tax in gross amounts, such as 0.19."}),
    ("--net/--gross", {"default": None, "help": "Whether amounts are net of tax or gross."}),
)
READING_NAMES = ("map", "columns", "encoding", "delimiter", "decimal_mark", "thousands_mark", "date_format", "sheet", "tax_rate", "net")


def reading(command: Callable[..., Any]) -> Callable[..., Any]:
    """Adds the options that say how a file is read."""
    for flag, how in reversed(_READING):
        command = click.option(flag, **how)(command)
    return command


def settings(*, without: Sequence[str] = ()) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Adds an option for each setting."""

    def add(command: Callable[..., Any]) -> Callable[..., Any]:
        for setting in reversed(SETTINGS):
            if setting.name not in without:
                default = "" if setting.default in (None, "", ()) else f" Default: {_shown(setting.default)}."
                command = click.option(f"--{setting.name.replace('_', '-')}", setting.name, help=setting.sentence + default)(command)
        return command

    return add


def _shown(value: Any) -> str:
    return ", ".join(str(item) for item in value) if isinstance(value, tuple) else str(value)


quiet = click.option("--quiet", is_flag=True, help="Say nothing but results and problems.")
project = click.argument("folder", metavar="[DIR]", type=click.Path(path_type=Path), default=Path())


@dataclass(frozen=True)
class Chosen:
    """What the options of a call say: how to read, and settings (None: not given)."""

    wanted: Wanted
    flags: dict[str, Any]

    def inputs(self, files: Sequence[Path]) -> list[Input]:
        """The files with the same way of reading."""
        from kundenwert.flows.reading import Input

        return [Input(file, self.wanted) for file in files]


def chosen(options: dict[str, Any]) -> Chosen:
    """Splits the options of a call; raises a usage error for a --map that is no ROLE=COLUMN."""
    from kundenwert.sources import Wanted

    given = {name: options.pop(name) for name in READING_NAMES if name in options}
    mapping = {}
    for pair in given.pop("map", ()):
        role, sign, column = pair.partition("=")
        if not sign or not role.strip():
            raise click.BadParameter(f"{pair!r} is not ROLE=COLUMN, such as customer_id=KdNr.", param_hint="--map")
        mapping[role.strip()] = column.strip()
    columns = tuple(name.strip() for name in (given.pop("columns", None) or "").split(",") if name.strip())
    return Chosen(Wanted(mapping=mapping, columns=columns, **given), options)


def now() -> datetime:
    """The clock of this call."""
    return datetime.now(UTC)

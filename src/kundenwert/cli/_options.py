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
        {
            "multiple": True,
            "metavar": "ROLE=COLUMN",
            "help": "Which column plays a role, such as customer_id=KdNr or customers.name=Firma. May be repeated.",
        },
    ),
    ("--columns", {"metavar": "A,B,C", "help": "The input's columns, in order, for a file without header."}),
    ("--encoding", {"metavar": "NAME", "help": "Encoding of text files, such as cp1252."}),
    ("--delimiter", {"metavar": "SIGN", "help": "What separates the columns of text files."}),
    ("--decimal-mark", {"type": click.Choice([",", "."]), "help": "The decimal mark of amounts."}),
    ("--thousands-mark", {"metavar": "SIGN", "help": "The thousands mark of amounts."}),
    ("--date-format", {"metavar": "FORMAT", "help": "How dates are written: dd.mm.yyyy, dd/mm/yyyy, mm/dd/yyyy, yyyymmdd, iso ..."}),
    ("--sheet", {"metavar": "NAME", "help": "The sheet of a workbook."}),
    ("--tax-rate", {"type": click.FloatRange(0, 1), "metavar": "SHARE", "help": "Tax in gross amounts, such as 0.19 for 19 %."}),
    ("--net/--gross", {"default": None, "help": "Whether amounts are net of tax or gross."}),
)
# What a setting's flag takes, where it is not any text.
_METAVARS = {
    "as_of": "DAY",
    "horizon": "SPAN",
    "value_horizon": "SPAN",
    "discount_rate": "SHARE",
    "model": "NAME",
    "unit": "days|weeks|months|years",
    "interval_levels": "A,B",
    "level_error": "NUMBER",
    "level_error_weight": "NUMBER",
    "margin": "SHARE",
    "currency": "CODE",
    "language": "de|en",
    "class_limits": "A,B",
    "reject_limit": "SHARE",
    "memory": "SIZE",
    "spill": "DIR",
    "threads": "NUMBER",
}
NUMBERS = "Number format in CSV: de is 1234,56 between semicolons, en is 1234.56 between commas."
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
                metavar = _METAVARS.get(setting.name, "A,B,C" if isinstance(setting.default, tuple) else "TEXT")
                flag = f"--{setting.name.replace('_', '-')}"
                command = click.option(flag, setting.name, metavar=metavar, help=setting.sentence + default)(command)
        return command

    return add


def _shown(value: Any) -> str:
    return ", ".join(str(item) for item in value) if isinstance(value, tuple) else str(value)


quiet = click.option("--quiet", is_flag=True, help="No progress, no explanation: only results and problems.")
tables = click.option(
    "--table",
    "tables",
    multiple=True,
    metavar="TABLE=FILE",
    help="Which table a file holds, such as customers=kunden.csv, or transactions=FILE for sales lines. May be repeated.",
)
project = click.argument("folder", metavar="[DIR]", type=click.Path(path_type=Path), default=Path())

project_option = click.option(
    "--project", "folder", type=click.Path(path_type=Path), default=Path(), help="The project folder; without it this one."
)


def _user() -> str:
    import getpass

    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return ""


by = click.option("--by", metavar="NAME", default=_user, help="Who decides; without it the name you are signed in with.")


@dataclass(frozen=True)
class Chosen:
    """What the options of a call say: how to read, and settings (None: not given)."""

    wanted: Wanted
    flags: dict[str, Any]

    def inputs(self, files: Sequence[Path]) -> list[Input]:
        """The files with the same way of reading."""
        from kundenwert.flows.reading import Input

        return [Input(file, self.wanted) for file in files]

    def refuse_reading(self, where: str) -> None:
        """A project says in its own file how its sources are read; a flag that is not heeded must not be taken in silence."""
        from kundenwert.sources import Wanted

        if self.wanted != Wanted():
            raise click.UsageError(f"{where} reads as kundenwert.toml says. Put the mapping and the format there, under [[sources]].")


def chosen(options: dict[str, Any]) -> Chosen:
    """Splits the options of a call; raises a usage error for a --map that is no ROLE=COLUMN."""
    from kundenwert.sources import Wanted

    given = {name: options.pop(name) for name in READING_NAMES if name in options}
    mapping: dict[str, str] = {}
    for pair in given.pop("map", ()):
        role, sign, column = pair.partition("=")
        if not sign or not role.strip():
            raise click.BadParameter(f"{pair!r} is not ROLE=COLUMN, such as customer_id=KdNr.", param_hint="--map")
        if role.strip() in mapping:
            raise click.BadParameter(f"{role.strip()} is named twice: {mapping[role.strip()]!r}, {column.strip()!r}.", param_hint="--map")
        mapping[role.strip()] = column.strip()
    columns = tuple(name.strip() for name in (given.pop("columns", None) or "").split(",") if name.strip())
    return Chosen(Wanted(mapping=mapping, columns=columns, **given), options)


def now() -> datetime:
    """The clock of this call."""
    return datetime.now(UTC)

"""Every exception of the product.

KundenwertError
├── DataError (ValueError)        the data or the settings are wrong     exit code 1
│   ├── UnreadableInput           a file cannot be opened or read
│   ├── AmbiguousInput            several readings are possible; a person must choose
│   ├── MissingColumn             a needed column was not found
│   ├── NothingToValue            readable, but no purchase is left to value
│   ├── SettingsError             kundenwert.toml, environment or flags are wrong
│   └── StorageError (OSError)    a result could not be written or read back
├── FitError (ArithmeticError)    a model could not be fitted            exit code 1
├── CallError (ValueError)        the call is wrong                      exit code 2
│   └── UnknownName (LookupError) no plug-in, run or customer of that name
└── Bug (RuntimeError)            we are wrong: please report            exit code 3
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong: what came, what was expected, what to do, and where."""

    came: str
    expected: str
    remedy: str
    file: str = ""
    line: int | None = None

    def __str__(self) -> str:
        where = self.file + (f", line {self.line:,}" if self.line is not None else "")
        return f"{where + ': ' if where else ''}{self.came} Expected: {self.expected} To do: {self.remedy}"


class KundenwertError(Exception):
    """The root of all exceptions that this package raises on purpose."""

    exit_code = 1


class DataError(KundenwertError, ValueError):
    """The data are wrong. Carries every problem that was found, not only the first."""

    def __init__(self, *problems: Problem) -> None:
        self.problems = problems
        super().__init__("\n".join(str(problem) for problem in problems))


class UnreadableInput(DataError):
    """A file cannot be opened, decoded or split into records."""


class AmbiguousInput(DataError):
    """Several readings are possible and would give different numbers; a person must choose."""


class MissingColumn(DataError):
    """A needed column was not found under any known name."""


class NothingToValue(DataError):
    """The input can be read, but it holds no purchase that could be valued."""


class SettingsError(DataError):
    """A setting in kundenwert.toml, the environment or a flag is wrong."""


class StorageError(DataError, OSError):
    """A result could not be written or read back; earlier results are untouched."""


class FitError(KundenwertError, ArithmeticError):
    """A model could not be fitted; the text is the sentence of its outcome."""


class CallError(KundenwertError, ValueError):
    """The call is wrong; the text says what is possible."""

    exit_code = 2


class UnknownName(CallError, LookupError):
    """Nothing of that name exists; the text lists what does."""

    def __init__(self, name: str, place: str, available: Iterable[str]) -> None:
        names = sorted(available)
        near = difflib.get_close_matches(name, names, n=1)
        hint = f" Did you mean {near[0]!r}?" if near else ""
        super().__init__(f"No {name!r} in {place}.{hint} Available: {', '.join(names) or 'nothing yet'}.")


class Bug(KundenwertError, RuntimeError):
    """Something that cannot happen has happened. The text says what to report."""

    exit_code = 3

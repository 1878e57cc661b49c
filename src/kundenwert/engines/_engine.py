"""What an engine promises. Rooms above name tables and steps; they never see a driver.

A step is a `.sql` file of this package that holds one select, named by its path below the package ("base/customers.sql").
Values travel as bound parameters ($as_of). A view takes no values: it is read later, when they would be forgotten.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from kundenwert.errors import Bug

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_NAME = re.compile(r"[a-z_][a-z0-9_]*\Z")


@dataclass(frozen=True)
class Delimited:
    """How a delimited text file is split into records and cells. The file is UTF-8; `columns` is how many cells a record has.

    quote is "" where nothing is quoted; skip counts the physical lines before the first record, the header among them.
    """

    delimiter: str
    columns: int
    skip: int
    quote: str = '"'


@dataclass(frozen=True)
class Reading:
    """One column of a projection: `how` is a reading macro (see tables/readings.sql) or "" for the cell as it is.

    columns: the source columns it reads. arguments: constants such as the decimal mark. type: what the result is cast to.
    """

    columns: tuple[str, ...] = ()
    how: str = ""
    arguments: tuple[str | int | float | None, ...] = ()
    type: str = ""


def step_text(step: str) -> str:
    """The SQL of a step, without the closing semicolon."""
    return resources.files("kundenwert").joinpath(step).read_text(encoding="utf-8").strip().rstrip(";")


def checked_name(name: str) -> str:
    """A table name that may stand in SQL as it is; anything else is our own mistake."""
    if not _NAME.match(name):
        raise Bug(f"{name!r} is no table name of ours. Please report this.")
    return name


class Engine(ABC):
    """Runs steps over named tables and views; reads and writes files."""

    @abstractmethod
    def script(self, path: str) -> None:
        """Runs a `.sql` file of definitions (macros) that returns nothing."""

    @abstractmethod
    def remember(self, name: str, value: Any) -> None:
        """Keeps a small value (number, text, list of texts) that views read with getvariable('name')."""

    @abstractmethod
    def table(self, name: str, step: str, *, in_any_order: bool = False, **values: Any) -> int:
        """Runs a step and keeps its rows as table `name`, in their order unless any will do; returns how many rows."""

    @abstractmethod
    def view(self, name: str, step: str) -> None:
        """Gives a step without values a name; it is computed whenever it is read."""

    @abstractmethod
    def rows(self, step: str, **values: Any) -> list[dict[str, Any]]:
        """Runs a step and returns its rows: for few rows, never for customers or lines."""

    @abstractmethod
    def arrays(self, step: str, **values: Any) -> dict[str, NDArray[Any]]:
        """Runs a step and returns one numpy array a column; nulls of numbers become a masked array's mask."""

    @abstractmethod
    def arrow(self, step: str, **values: Any) -> Any:
        """Runs a step and returns its rows as a pyarrow table."""

    @abstractmethod
    def parts(self, step: str, rows: int, **values: Any) -> Any:
        """Runs a step and returns its rows as a pyarrow reader of parts of at most so many rows, in their order.

        Nothing else may be asked of the engine before the last part is read.
        """

    @abstractmethod
    def load(self, name: str, columns: Mapping[str, NDArray[np.generic] | Sequence[Any]]) -> None:
        """Keeps columns of equal length as table `name`."""

    @abstractmethod
    def columns(self, name: str) -> dict[str, str]:
        """The columns of a table or view with their types, in order."""

    @abstractmethod
    def open_delimited(self, name: str, path: Path, how: Delimited) -> None:
        """Opens a text file as view `name` with text columns c0, c1 ... and `record`, counted from 1 in file order.

        Records that cannot be split are left out here and listed by `unreadable`.
        """

    @abstractmethod
    def unreadable(self, name: str, path: Path, how: Delimited) -> int:
        """Reads a delimited file once and keeps its unreadable records as table `name`: line, reason, raw. Returns how many."""

    @abstractmethod
    def open_parquet(self, name: str, paths: Sequence[Path], *, numbered: bool = True) -> None:
        """Opens Parquet files of one shape as view `name`, numbered: with `record`, counted from 1 in each file."""

    @abstractmethod
    def open_frame(self, name: str, frame: Any) -> None:
        """Opens an in-memory Arrow table as view `name`; it is never changed."""

    @abstractmethod
    def project(self, name: str, source: str, readings: Mapping[str, Reading]) -> None:
        """View `name` over `source` with exactly the columns of `readings`, in that order."""

    @abstractmethod
    def union(self, name: str, sources: Sequence[str]) -> None:
        """View `name`: all rows of views with the same columns, one after the other."""

    @abstractmethod
    def beside(self, name: str, main: str, others: Sequence[str], key: str) -> None:
        """View `name`: the rows of `main` and, to their right, the other columns of the row with the same `key` of each other table.

        `key` tells rows apart in each. Tables that hold the same keys in the same order are laid side by side without looking for keys,
        so none of them may be replaced as long as the view is read.
        """

    @abstractmethod
    def write(self, path: Path, step: str, *, compact: bool = False, about: Mapping[str, str] | None = None, **values: Any) -> int:
        """Runs a step and writes its rows as one Parquet file, in their order; returns how many rows.

        compact: packed small for what is kept for long, else fast. about: texts for the file's own header, such as the yardstick.
        """

    @abstractmethod
    def write_csv(self, path: Path, step: str, *, delimiter: str = ",", **values: Any) -> int:
        """Runs a step and writes its rows as UTF-8 CSV with a header; returns how many rows."""

    @abstractmethod
    def rename(self, name: str, new_name: str) -> None:
        """Gives a table or view another name."""

    @abstractmethod
    def drop(self, name: str) -> None:
        """Forgets a table or view and frees its memory."""

    @abstractmethod
    def close(self) -> None:
        """Ends the engine; its tables are gone."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

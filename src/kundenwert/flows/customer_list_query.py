"""What is asked of the customer list: filters, order and place in it. All problems of a question are told together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from kundenwert.errors import CallError, DataError, Problem
from kundenwert.flows.customer_list_columns import BY_NAME, UNKNOWN_CENTS, ListColumn

# More rows are no page any more, and a longer text is no name.
MOST_ROWS, _LONGEST_SEARCH, _MOST_WORDS = 200, 200, 8
_LARGEST_CENTS = -UNKNOWN_CENTS - 1
_LARGEST_COUNT = 2**31 - 2

Bound = Decimal | float | int | date | None


@dataclass(frozen=True)
class Filters:
    """Which customers are shown: those that fit all of it. Made by `filters`, which checks it.

    search: words that number, name or city hold. among: the words that a column may have, "" for none. between: least and most of a
    column, both included; a customer of whom it is not known fits no bound. flags: what must hold.
    """

    search: str = ""
    among: tuple[tuple[str, tuple[str, ...]], ...] = ()
    between: tuple[tuple[str, Bound, Bound], ...] = ()
    flags: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether every customer fits."""
        return self == Filters()


@dataclass(frozen=True)
class Key:
    """A place in the order: the value by which it is sorted (as whole number, number or text; None if unknown) and the customer."""

    value: int | float | str | None
    customer_id: str


@dataclass(frozen=True)
class Query:
    """A page of the list. sort: a column. after, before: the last or first row of the page from which one goes on or back."""

    filters: Filters = field(default_factory=Filters)
    sort: str = "value"
    descending: bool = True
    after: Key | None = None
    before: Key | None = None
    size: int = 50

    def __post_init__(self) -> None:
        column = BY_NAME.get(self.sort)
        if column is None or column.kind == "flag":
            known = ", ".join(name for name, one in BY_NAME.items() if one.kind != "flag")
            raise CallError(f"The list cannot be sorted by {self.sort!r}. Available: {known}.")
        if not 1 <= self.size <= MOST_ROWS:
            raise CallError(f"A page holds 1 to {MOST_ROWS} rows, not {self.size}.")
        if self.after is not None and self.before is not None:
            raise CallError("A page lies after a row or before one, not both.")


def filters(
    search: str = "",
    among: Mapping[str, Iterable[str]] | None = None,
    between: Mapping[str, tuple[Any, Any]] | None = None,
    flags: Iterable[str] = (),
) -> Filters:
    """Filters that are checked and in one form: the same question is the same value. Bounds may be texts as 1284.50 or 2026-09-30.

    Raises DataError with all problems at once.
    """
    problems: list[Problem] = []
    words = " ".join(search.split())
    if len(words) > _LONGEST_SEARCH or len(words.split()) > _MOST_WORDS:
        came = f"The text to search for has {len(words)} signs."
        problems.append(Problem(came, f"at most {_MOST_WORDS} words and {_LONGEST_SEARCH} signs.", "shorten it."))
    chosen = _among(among or {}, problems)
    bounds = _between(between or {}, problems)
    wanted = tuple(sorted({name for name in flags if _column(name, lambda one: one.kind == "flag", problems)}))
    if problems:
        raise DataError(*problems)
    return Filters(words, chosen, bounds, wanted)


def _column(name: str, fits: Any, problems: list[Problem]) -> ListColumn | None:
    column = BY_NAME.get(name)
    if column is not None and fits(column):
        return column
    known = ", ".join(other for other, one in BY_NAME.items() if fits(one))
    problems.append(Problem(f"There is no such filter {name!r}.", f"one of {known}.", "choose one of them."))
    return None


def _among(among: Mapping[str, Iterable[str]], problems: list[Problem]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    found = []
    for name, words in sorted(among.items()):
        given = tuple(sorted(set(words)))
        if given and _column(name, lambda one: one.kind == "word", problems):
            found.append((name, given))
    return tuple(found)


def _between(between: Mapping[str, tuple[Any, Any]], problems: list[Problem]) -> tuple[tuple[str, Bound, Bound], ...]:
    found: list[tuple[str, Bound, Bound]] = []
    for name, ends in sorted(between.items()):
        column = _column(name, lambda one: one.is_ranged, problems) if any(end not in (None, "") for end in ends) else None
        if column is not None:
            low, high = (_bound(column, end, problems) for end in ends)
            if low is not None and high is not None and low > high:  # type: ignore[operator]  # both are of the column's kind
                came = f"{column.heading}: at least {low} and at most {high}."
                problems.append(Problem(came, "a lower bound that is not above the upper one.", "swap them or correct one."))
            found.append((name, low, high))
    return tuple(found)


_EXPECTED = {
    "money": "an amount such as 1284.50.",
    "share": "a share from 0 to 1 such as 0.85.",
    "number": "a number such as 4.5.",
    "count": "a whole number.",
    "date": "a day such as 2026-09-30.",
}


def _bound(column: ListColumn, given: Any, problems: list[Problem]) -> Bound:
    if given in (None, ""):
        return None
    try:
        bound: Bound = _READ[column.kind](given)
    except (ValueError, InvalidOperation, TypeError, ArithmeticError):
        problems.append(Problem(f"{column.heading}: {str(given)[:40]!r} is no bound.", _EXPECTED[column.kind], "correct it."))
        return None
    return bound


def _money(given: Any) -> Decimal:
    amount = Decimal(str(given))
    if not amount.is_finite() or abs(amount) * 100 > _LARGEST_CENTS:
        raise ValueError(given)
    return amount


def _number(given: Any) -> float:
    number = float(given)
    if not abs(number) < float("inf"):
        raise ValueError(given)
    return number


def _share(given: Any) -> float:
    number = _number(given)
    if not 0 <= number <= 1:
        raise ValueError(given)
    return number


def _count(given: Any) -> int:
    number = int(str(given))
    if abs(number) > _LARGEST_COUNT:
        raise ValueError(given)
    return number


def _day(given: Any) -> date:
    return given if isinstance(given, date) else date.fromisoformat(str(given))


_READ: Mapping[str, Any] = {"money": _money, "share": _share, "number": _number, "count": _count, "date": _day}


def words_of(search: str) -> Sequence[str]:
    """The words of a search as they are looked for: small, umlauts written out, without accents."""
    return tuple(dict.fromkeys(folded(word) for word in search.split() if folded(word)))


def folded(text: str) -> str:
    """A text as names are looked for and sorted.

    >>> folded("Jörg Weiß & René")
    'joerg weiss & rene'
    """
    import unicodedata

    plain = text.lower()
    for letter, written in (("ä", "ae"), ("ö", "oe"), ("ü", "ue"), ("ß", "ss"), ("ı", "i")):
        plain = plain.replace(letter, written)
    return "".join(sign for sign in unicodedata.normalize("NFD", plain) if not unicodedata.combining(sign))

"""What the address of the customer list asks for: search, filters, order, place, columns. One form reads and writes it.

Parameters are called as the columns are: `stage=retention`, `region=` (none), `value_min=1000`, `last_purchase_max=2026-09-30`,
`at_risk=1`, `sort=-value`. Shares are in percent. So any screen can lead to a list, and a list can be sent as a link.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict

from kundenwert.errors import DataError, KundenwertError
from kundenwert.flows.customer_list_columns import BY_NAME, COLUMNS
from kundenwert.flows.customer_list_query import Filters, Key, Query, filters
from kundenwert.flows.customer_list_words import COURSE
from kundenwert.web.language import current

LEAST, MOST = "_min", "_max"
WORDS = tuple(column.name for column in COLUMNS if column.kind == "word")
RANGES = tuple(column.name for column in COLUMNS if column.is_ranged)
FLAGS = tuple(column.name for column in COLUMNS if column.kind == "flag")
NONE = "-"
PAGE = 50
DEFAULT = (
    "name", "city", "class", "stage", "value", "change", "p_alive", "contribution_year", COURSE, "last_purchase", "account_manager",
)  # fmt: skip
_SHOWN = tuple(column.name for column in COLUMNS if column.name not in {"name", "level"})
_COURSE_PLACE = _SHOWN.index("contribution_year") + 1
SHOWABLE = (*_SHOWN[:_COURSE_PLACE], COURSE, *_SHOWN[_COURSE_PLACE:])


@dataclass(frozen=True)
class Asked:
    """A list that somebody asks for. fields: parameters of the filters as they were given, sort and columns apart."""

    fields: tuple[tuple[str, str], ...] = ()
    sort: str = "value"
    descending: bool = True
    after: Key | None = None
    before: Key | None = None
    columns: tuple[str, ...] = DEFAULT

    @cached_property
    def filters(self) -> Filters:
        """The filters. Raises DataError with every problem at once."""
        among: dict[str, list[str]] = {}
        for name, value in self.fields:
            if name in WORDS:
                among.setdefault(name, []).append("" if value == NONE else value)
        given = dict(self.fields)
        between = {name: (_end(given, name, LEAST), _end(given, name, MOST)) for name in RANGES}
        return filters(given.get("q", ""), among, between, (name for name in FLAGS if given.get(name)))

    @property
    def query(self) -> Query:
        """The page that is asked for."""
        return Query(self.filters, self.sort, self.descending, self.after, self.before, PAGE)

    @property
    def is_filtered(self) -> bool:
        """Whether anything is left out on purpose."""
        return bool(self.fields)

    def fitted_to(self, known: Iterable[str]) -> Asked:
        """The same for a run that knows these columns: sorted by one of them; the usual columns are no choice of somebody's own."""
        names = {*known, COURSE}
        is_usual = set(self.columns) & names == set(DEFAULT) & names
        found = replace(self, columns=DEFAULT) if is_usual else self
        if self.sort in names:
            return found
        other = next((name for name in ("value", "expected_purchases") if name in names), "customer_id")
        return replace(found, sort=other, descending=other != "customer_id", after=None, before=None)

    def without(self, name: str) -> Asked:
        """The same without one filter; a range goes with both ends."""
        gone = {name, f"{name}{LEAST}", f"{name}{MOST}"}
        return Asked(tuple(one for one in self.fields if one[0] not in gone), self.sort, self.descending, columns=self.columns)

    def address(self, *, after: Key | None = None, before: Key | None = None, with_columns: bool = True) -> str:
        """What stands behind the question mark; from the first page on unless a key says otherwise."""
        parts = [*self.fields]
        if (self.sort, self.descending) != ("value", True):
            parts.append(("sort", f"{'-' if self.descending else ''}{self.sort}"))
        if with_columns and self.columns != DEFAULT:
            parts += [("column", name) for name in self.columns]
        parts += [(name, _told(key)) for name, key in (("after", after), ("before", before)) if key is not None]
        return urlencode(parts)


def asked_of(given: QueryDict | Mapping[str, Any], columns: Iterable[str] = DEFAULT) -> Asked:
    """Reads an address. What it does not know it leaves out: an old link still shows a list. columns: where it names none."""
    lists = given if isinstance(given, QueryDict) else _as_query(given)
    sort = lists.get("by") or lists.get("sort") or "-value"
    name = sort.removeprefix("-")
    known = BY_NAME.get(name)
    if known is None or known.kind == "flag":
        name, sort = "value", "-value"
    moves = "by" not in lists
    chosen = tuple(dict.fromkeys(one for one in lists.getlist("column") if one in SHOWABLE or one == "name"))
    return Asked(
        fields=tuple(_fields(lists)),
        sort=name,
        descending=sort.startswith("-"),
        after=_key(lists.get("after")) if moves else None,
        before=_key(lists.get("before")) if moves and not lists.get("after") else None,
        columns=_with_name(chosen) if chosen else tuple(columns),
    )


def _with_name(columns: tuple[str, ...]) -> tuple[str, ...]:
    """In the order of the list, the name first: a row without one says nothing."""
    return ("name", *(name for name in SHOWABLE if name in columns))


def _as_query(given: Mapping[str, Any]) -> QueryDict:
    found = QueryDict(mutable=True)
    for name, value in given.items():
        found.setlist(name, [str(one) for one in (value if isinstance(value, list | tuple) else [value])])
    return found


def _fields(given: QueryDict) -> Iterator[tuple[str, str]]:
    if words := " ".join(str(given.get("q", "")).split()):
        yield "q", words
    for name in WORDS:
        yield from ((name, value) for value in dict.fromkeys(given.getlist(name)) if value)
    for name in (f"{name}{end}" for name in RANGES for end in (LEAST, MOST)):
        if value := str(given.get(name, "")).strip():
            yield name, value
    yield from ((name, "1") for name in FLAGS if given.get(name))


def _end(given: Mapping[str, str], name: str, end: str) -> Any:
    """One end of a range as the filters take it: percent are told as shares."""
    value, kind = given.get(f"{name}{end}", ""), BY_NAME[name].kind
    if not value or kind == "date":
        return value
    plain = plain_number(value)
    if kind != "share":
        return plain
    try:
        # A share as text, so that 85 % is 0.85 and not a little less.
        return f"{float(plain) / 100:.10g}"
    except ValueError:
        return plain


def plain_number(text: str) -> str:
    """A number as people write it (1.284,50 or 1,284.50, by the reader's customs) as programs do (1284.50); other texts as they are.

    A link that a program wrote means the same for every reader: it parts no thousands.
    """
    bare = re.sub(r"[\s\u00a0\u202f%€]", "", text).replace("−", "-")
    thousands, mark = (".", ",") if current().figures == "de" else (",", ".")
    if re.fullmatch(rf"-?\d{{1,3}}(\{thousands}\d{{3}})+(\{mark}\d*)?", bare):
        bare = bare.replace(thousands, "")
    return bare.replace(",", ".") if bare.count(",") == 1 and "." not in bare else bare


def _told(key: Key) -> str:
    return json.dumps([key.value, key.customer_id], ensure_ascii=False, separators=(",", ":"))


def _key(text: str | None) -> Key | None:
    """A place that somebody may have made up: what is none is the first page."""
    if not text or len(text) > 1000:
        return None
    try:
        value, customer = json.loads(text)
    except (ValueError, TypeError, RecursionError):
        return None
    is_key = isinstance(customer, str) and (value is None or (isinstance(value, int | float | str) and not isinstance(value, bool)))
    # Not a number differs from itself.
    return Key(value, customer) if is_key and value == value else None


def problems_of_filters(asked: Asked) -> KundenwertError | None:
    """What is wrong with the filters, None if nothing is."""
    try:
        asked.filters  # noqa: B018 (asked for its problems)
    except DataError as err:
        return err
    return None


def wrong_fields(asked: Asked) -> dict[str, str]:
    """Which fields cannot be read: parameter -> what is wrong with it, "text", "bound" or "order" (from above to)."""
    given, found = dict(asked.fields), dict[str, str]()
    for name in RANGES:
        ends = {end: f"{name}{end}" for end in (LEAST, MOST) if given.get(f"{name}{end}")}
        wrong = {field: "bound" for field in ends.values() if problems_of_filters(Asked(((field, given[field]),)))}
        if not wrong and len(ends) == len((LEAST, MOST)):
            both = tuple((field, given[field]) for field in ends.values())
            wrong = {ends[LEAST]: "order"} if problems_of_filters(Asked(both)) else {}
        found.update(wrong)
    if "q" in given and problems_of_filters(Asked((("q", given["q"]),))):
        found["q"] = "text"
    return found

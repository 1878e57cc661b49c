"""What the customer list shows: headings, cells, sums, chips and the sentence above it, as plain data for the templates."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.safestring import SafeString

from kundenwert.flows.customer_list import CustomerList, Page
from kundenwert.flows.customer_list_columns import BY_NAME, ListColumn
from kundenwert.flows.customer_list_query import Query
from kundenwert.flows.customer_list_words import COURSE, heading, words
from kundenwert.reports.language import UNKNOWN, Language
from kundenwert.web.customers.asked import FLAGS, LEAST, MOST, NONE, RANGES, SHOWABLE, WORDS, Asked, plain_number, wrong_fields
from kundenwert.web.customers.list_marks import course, value_bar
from kundenwert.web.marks import Scale, as_float, scale_of

# What each stage looks like (app.css).
_STAGES = {"acquisition": "neu", "development": "aufbau", "retention": "stamm", "win_back": "ruhend"}
# Below these chances of being active a cell is marked: the exception, not the rule.
_LOW, _MIDDLE, _SURE = 0.5, 0.85, 0.99
# Columns that rest on screens of the size of a desk, and on phones.
_XL = frozenset({"city", "account_manager", "region", "industry", "segment"})
_WIDE = frozenset({"stage", "tier", "portfolio", "portfolio_nine", "level"})
_BAR = "value_bar"
# Beyond this nothing is an amount.
_LARGEST = 1e15
# A smaller share of the three largest says nothing: the base is large.
_WORTH_TELLING = 0.01
# Filters that stand in the open; all others behind a button.
FIRST = ("class", "stage")


@dataclass(frozen=True)
class Head:
    """The heading of a column. by: what its button asks for, "" without one. order: aria-sort, "" unless it is the one."""

    name: str
    text: str
    style: str
    by: str = ""
    order: str = ""


@dataclass(frozen=True)
class Cell:
    """A cell. look: a class of what it holds, "" for plain text. link: where it leads."""

    text: str | SafeString
    style: str = ""
    look: str = ""
    link: str = ""
    below: str = ""


def heads(opened: CustomerList, asked: Asked, language: Language, currency: str) -> list[Head]:
    """The headings of the columns that are shown, with what a click on each asks for."""
    found = []
    for name in shown_columns(opened, asked):
        if name == COURSE:
            found.append(Head(name, language.text("Revenue, 8 quarters"), ""))
            continue
        if name == _BAR:
            found.append(Head(name, language.text("with 90% interval"), "bars"))
            continue
        column = BY_NAME[name]
        is_sort = name == asked.sort
        down = not asked.descending if is_sort else column.kind not in {"text", "word"}
        text = _short_heading(opened, column, language, currency)
        order = ("descending" if asked.descending else "ascending") if is_sort else ""
        by = "" if column.kind == "flag" else f"{'-' if down else ''}{name}"
        found.append(Head(name, text, _style(column), by, order))
    return found


def shown_columns(opened: CustomerList, asked: Asked) -> list[str]:
    """The chosen columns that this run knows, the bar beside the value; the number stands for the name where there is none."""
    found: list[str] = []
    for name in asked.columns:
        if name == COURSE or opened.has(name):
            found.append(name)
            if name == "value":
                found.append(_BAR)
    if "name" not in found:
        found = ["customer_id", *(name for name in found if name != "customer_id")]
    return found


def _short_heading(opened: CustomerList, column: ListColumn, language: Language, currency: str) -> str:
    text = language.text
    if column.name == "change":
        return language.with_unit(text("Δ to {day}", day=language.date(opened.content["earlier_as_of"])), currency)
    if column.name == "class":
        return text("Cl.")
    if column.name == "p_alive":
        return text("P(active)")
    if column.name == "contribution_year":
        served = (opened.manifest.get("contribution") or {}).get("is_served")
        level = (
            text("Contr. IV {year}", year=str(opened.content["year"]))
            if served
            else text("Contr. I {year}", year=str(opened.content["year"]))
        )
        return language.with_unit(level, currency)
    return heading(column, language, year=opened.content["year"], currency=currency)


def _style(column: ListColumn) -> str:
    if column.name in {"name", "customer_id"}:
        return "key" if column.name == "name" else ""
    number = "num" if column.kind in {"money", "share", "number", "count", "date"} else ""
    rests = "xl" if column.name in _XL else "wide" if column.name in _WIDE else ""
    return " ".join(part for part in (number, rests) if part)


# ---- rows -------------------------------------------------------------------------------------------------------------


def rows(opened: CustomerList, asked: Asked, page: Page, language: Language, links: Mapping[str, str]) -> list[list[Cell]]:
    """The cells of the page, the customer first. links: the address of each customer's page."""
    columns = shown_columns(opened, asked)
    labels = words(language)
    scale = scale_of(row.get(name) for row in page.rows for name in ("value", "value_lower", "value_upper"))
    return [[_cell(name, row, language, labels, scale, links) for name in columns] for row in page.rows]


def _cell(
    name: str, row: Mapping[str, Any], language: Language, labels: Mapping[str, Mapping[str, str]], scale: Scale, links: Mapping[str, str]
) -> Cell:
    number = row["customer_id"]
    if name == "name":
        return Cell(row["name"] or number, "key", "customer", links[number], _below(row, labels, language))
    if name == _BAR:
        return Cell(value_bar(row.get("value"), row.get("value_lower"), row.get("value_upper"), scale), "bars", "mark")
    if name == COURSE:
        return Cell(course(row[COURSE]), "", "mark")
    if name == "customer_id":
        return Cell(number, "" if "name" in row else "key", "customer" if "name" not in row else "", links[number])
    column, value = BY_NAME[name], row[name]
    text = _text(column, value, language, labels)
    if name == "stage" and value and row.get("alert"):
        return Cell(language.text("{stage}, overdue", stage=text), _style(column), "stage risiko")
    return Cell(text, f"{_style(column)} {_heat(column, value)}".strip(), _look(column, value))


def _below(row: Mapping[str, Any], labels: Mapping[str, Mapping[str, str]], language: Language) -> str:
    """What stands under the name on phones, where its columns rest."""
    stage = labels["stage"].get(row.get("stage") or "", "")
    if stage and row.get("alert"):
        stage = language.text("{stage}, overdue", stage=stage)
    return ", ".join(part for part in (stage, row.get("city") or "") if part)


def _text(column: ListColumn, value: Any, language: Language, labels: Mapping[str, Mapping[str, str]]) -> str:
    if column.kind == "flag":
        return language.text("yes") if value else ""
    if value is None:
        return UNKNOWN
    if column.kind == "money":
        return language.number(value, 0, sign=column.name == "change")
    if column.kind == "share":
        # Nobody is sure to buy again, or never: a chance that rounds to certainty would say so.
        if value > _SURE:
            return f"> {language.percent(_SURE, 0)}"
        return f"< {language.percent(1 - _SURE, 0)}" if value < 1 - _SURE else language.percent(value, 0)
    if column.kind == "date":
        return language.date(value)
    if column.kind in {"count", "number"}:
        return language.number(value, 0 if column.kind == "count" else 1)
    return labels.get(column.name, {}).get(value, str(value))


def _look(column: ListColumn, value: Any) -> str:
    if column.name == "class" and value in {"A", "B", "C"}:
        return f"class {value.lower()}"
    if column.name == "stage" and value:
        return f"stage {_STAGES.get(value, '')}".strip()
    if column.name == "change" and value:
        return "good" if value > 0 else "bad"
    return "value" if column.name == "value" else ""


def _heat(column: ListColumn, value: Any) -> str:
    if column.name == "p_alive":
        return "heat hlow" if value is not None and value < _LOW else "heat hmid" if value is not None and value < _MIDDLE else "heat"
    return "hneg" if column.name == "contribution_year" and value is not None and value < 0 else ""


def sums(opened: CustomerList, asked: Asked, page: Page, language: Language) -> list[Cell]:
    """The row of the sums, of all who fit; the first cell says of how many."""
    found = []
    for place, name in enumerate(shown_columns(opened, asked)):
        if place == 0:
            text = language.plural("Sum of {n} customer", "Sum of {n} customers", page.totals.count)
            found.append(Cell(text, "key"))
        elif name in {COURSE, _BAR}:
            found.append(Cell("", "bars" if name == _BAR else ""))
        else:
            column, total = BY_NAME[name], page.totals.sums.get(name)
            look = ("good" if total > 0 else "bad") if name == "change" and total else ""
            found.append(Cell("" if total is None else _text(column, total, language, {}), _style(column), look))
    return found


# ---- the sentence above ------------------------------------------------------------------------------------------------


def finding(opened: CustomerList, asked: Asked, page: Page, managers: frozenset[str] | None, language: Language, currency: str) -> str:
    """What the list shows, in a sentence: how many, and what they are worth."""
    count, worth = page.totals.count, page.totals.sums.get("value")
    if not count:
        return language.text("No customer fits these filters") if asked.is_filtered else language.text("No customers yet")
    own = managers is not None
    if worth is None:
        expected = language.number(page.totals.sums.get("expected_purchases"), 0)
        return language.plural(
            "{n} customer, {expected} purchases expected", "{n} customers, {expected} purchases expected", count, expected=expected
        )
    amount = language.short(worth, currency)
    if own and not asked.is_filtered:
        return language.plural("Your {n} customer is worth {amount}", "Your {n} customers are worth {amount}", count, amount=amount)
    return language.plural("{n} customer is worth {amount}", "{n} customers are worth {amount}", count, amount=amount)


def lead(opened: CustomerList, asked: Asked, page: Page, managers: frozenset[str] | None, language: Language, currency: str) -> list[str]:
    """Up to three sentences: what is booked and what is to come, how much hangs on the largest three, who lost most since before."""
    found, total = [], page.totals.sums.get("value")
    past, ahead = page.totals.sums.get("past"), page.totals.sums.get("clv")
    if page.totals.count and past is not None and ahead is not None:
        amounts = {"past": language.short(past, currency), "ahead": language.short(ahead, currency)}
        found.append(language.text("So far {past}, still to come {ahead}.", **amounts))
    if page.totals.count > 3 and total and total > 0:
        top = opened.page(Query(asked.filters, "value", size=3), managers=managers).rows
        share = sum(row["value"] or 0 for row in top) / total
        if share >= _WORTH_TELLING:
            found.append(language.text("The three largest carry {share} of the value.", share=language.percent(share, 0)))
    if opened.has("change") and page.totals.count > 1:
        (worst,) = opened.page(Query(asked.filters, "change", descending=False, size=1), managers=managers).rows
        if worst["change"] is not None and worst["change"] < 0:
            message = "{who} lost most since {day}: {amount}."
            amount = language.money(worst["change"], currency, 0)
            day = language.date(opened.content["earlier_as_of"])
            found.append(language.text(message, who=worst.get("name") or worst["customer_id"], day=day, amount=amount))
    return found


# ---- filters ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Choice:
    """A filter by words. options: parameter, words, how many, whether it is chosen."""

    name: str
    label: str
    options: tuple[tuple[str, str, int, bool], ...]


@dataclass(frozen=True)
class Range:
    """A filter by bounds: its two fields as they were given."""

    name: str
    label: str
    kind: str
    low: str
    high: str
    low_is_wrong: bool = False
    high_is_wrong: bool = False

    @property
    def low_name(self) -> str:
        """The parameter of the lower end."""
        return f"{self.name}{LEAST}"

    @property
    def high_name(self) -> str:
        """The parameter of the upper end."""
        return f"{self.name}{MOST}"


_OFFERED_WORDS = ("class", "stage", "portfolio", "portfolio_nine", "tier", "region", "industry", "segment", "account_manager")
_OFFERED_RANGES = ("value", "change", "p_alive", "contribution_year", "revenue_year", "purchases", "first_purchase", "last_purchase")


def choices(opened: CustomerList, asked: Asked, managers: frozenset[str] | None, language: Language) -> list[Choice]:
    """The filters by words, with what this reader's customers have."""
    labels, found = words(language), []
    given = set(asked.fields)
    for name, counted in opened.choices(managers=managers).items():
        is_set = any(field == name for field, _ in asked.fields)
        if is_set or (len(counted) > 1 and name in _OFFERED_WORDS):
            options = tuple(
                (
                    value or NONE,
                    labels.get(name, {}).get(value, value) or language.text("none given"),
                    count,
                    (name, value or NONE) in given,
                )
                for value, count in counted
            )
            found.append(Choice(name, _label(opened, name, language), options))
    order = {name: place for place, name in enumerate((*FIRST, *WORDS))}
    return sorted(found, key=lambda one: order[one.name])


def ranges(opened: CustomerList, asked: Asked, language: Language) -> list[Range]:
    """The filters by bounds that are offered, and those that a link brought."""
    given, wrong = dict(asked.fields), wrong_fields(asked)
    found = []
    for name in RANGES:
        low, high = given.get(f"{name}{LEAST}", ""), given.get(f"{name}{MOST}", "")
        if (name in _OFFERED_RANGES or low or high) and (opened.has(name) or low or high):
            faults = (f"{name}{LEAST}" in wrong, f"{name}{MOST}" in wrong)
            found.append(Range(name, _label(opened, name, language), BY_NAME[name].kind, low, high, *faults))
    return found


def problems(opened: CustomerList, asked: Asked, language: Language) -> list[dict[str, str]]:
    """What is wrong with the filters, in the reader's words."""
    text, given, found = language.text, dict(asked.fields), []
    amount, share = language.number(1284.5, 2), language.number(85, 0)
    expected = {
        "money": (text("is no amount"), text("an amount such as {example}", example=amount)),
        "share": (text("is no percentage"), text("a number from 0 to 100 such as {example}", example=share)),
        "date": (text("is no day"), text("a day with its year")),
    }
    for field, fault in wrong_fields(asked).items():
        if fault == "text":
            came, wanted, remedy = text("The text to search for is too long."), text("at most 8 words"), text("Shorten it.")
        else:
            name = field.removesuffix(LEAST).removesuffix(MOST)
            what, wanted = expected.get(BY_NAME[name].kind, (text("is no number"), text("a whole number")))
            came = f"{_label(opened, name, language)}: {text('“{given}” {what}.', given=given[field][:40], what=what)}"
            remedy = text("Correct it or empty the field.")
            if fault == "order":
                ends = {"low": given[field], "high": given[f"{name}{MOST}"]}
                came = f"{_label(opened, name, language)}: {text('nothing lies between {low} and {high}.', **ends)}"
                wanted, remedy = text("a lower bound that is not above the upper one"), text("Swap them or empty one.")
        found.append({"came": came, "expected": wanted, "remedy": remedy, "place": ""})
    return found


def flags(opened: CustomerList, asked: Asked, language: Language) -> list[tuple[str, str, bool]]:
    """The filters that hold or not: parameter, words, whether it is set."""
    given = dict(asked.fields)
    return [(name, language.text(BY_NAME[name].heading), name in given) for name in FLAGS if opened.has(name) or name in given]


def chips(opened: CustomerList, asked: Asked, language: Language, currency: str) -> list[tuple[str, str, str]]:
    """The filters that are set: words, what removes it, and the address without it."""
    labels, found = words(language), dict[str, str]()
    texts: dict[str, list[str]] = {}
    for name, value in asked.fields:
        if name == "q":
            found["q"] = language.text("Search: {words}", words=value)
        elif name in FLAGS:
            found[name] = language.text(BY_NAME[name].heading)
        elif name in WORDS:
            plain = "" if value == NONE else value
            texts.setdefault(name, []).append(labels.get(name, {}).get(plain, plain) or language.text("none given"))
            found[name] = f"{_label(opened, name, language)}: {', '.join(texts[name])}"
    given = dict(asked.fields)
    for name in RANGES:
        if bounds := _bounds(name, given.get(f"{name}{LEAST}", ""), given.get(f"{name}{MOST}", ""), language, currency):
            found[name] = f"{_label(opened, name, language)}: {bounds}"
    return [(text, name, asked.without(name).address()) for name, text in found.items()]


def _bounds(name: str, low: str, high: str, language: Language, currency: str) -> str:
    first, last = (_bound(name, end, language, currency) for end in (low, high))
    if low and high:
        return language.text("{low} to {high}", low=first, high=last)
    return language.text("from {low}", low=first) if low else language.text("up to {high}", high=last) if high else ""


def _bound(name: str, value: str, language: Language, currency: str) -> str:
    """A bound as it reads; what cannot be read stands as it was given."""
    kind = BY_NAME[name].kind
    if kind == "date":
        with contextlib.suppress(ValueError):
            return language.date(date.fromisoformat(value))
    elif (plain := as_float(plain_number(value))) is not None and abs(plain) < _LARGEST:
        whole = plain.is_integer()
        if kind == "money":
            return language.money(plain, currency, 0 if whole else 2)
        return language.percent(plain / 100, 0 if whole else 1) if kind == "share" else language.number(plain, 0 if whole else 2)
    return value


def _label(opened: CustomerList, name: str, language: Language) -> str:
    return heading(BY_NAME[name], language, year=opened.content["year"])


def told(found: Sequence[tuple[str, str, str]], language: Language) -> str:
    """The filters in a line, for the head of a sheet."""
    return "; ".join(text for text, _, _ in found) or language.text("All customers")


def column_choices(opened: CustomerList, asked: Asked, language: Language) -> list[tuple[str, str, bool]]:
    """The columns that may be shown: parameter, words, whether it is."""
    found = []
    for name in SHOWABLE:
        if name == COURSE:
            found.append((name, language.text("Revenue, 8 quarters"), name in asked.columns))
        elif opened.has(name):
            found.append((name, _label(opened, name, language), name in asked.columns))
    return found

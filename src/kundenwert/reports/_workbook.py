"""What the sheets of a workbook share: what is known of the basis, the formats, the columns, sums and texts that a cell can hold."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kundenwert.reports.charts._theme import colour
from kundenwert.reports.language import Language

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

Columns = Mapping[str, Any]
_LONGEST_CELL, _LONGEST_TITLE = 32_767, 120
# Signs that XML cannot hold at all; xlsxwriter takes care of the other control characters.
_UNSHOWABLE = re.compile("[\ud800-\udfff\ufffe\uffff]")
_NUMBERS = {"text": "@", "count": "#,##0", "money": "#,##0.00", "number": "#,##0.00", "share": "0.0%"}
_DATES = {"de": "dd.mm.yyyy", "en": "d mmm yyyy"}
_A4 = 9


@dataclass(frozen=True)
class Column:
    """A column of the sheet: its name in other exports, heading, kind of figure, and one sentence on what it means."""

    name: str
    heading: str
    kind: str
    meaning: str = ""


@dataclass(frozen=True)
class Told:
    """What is known of the basis, in one language. Without a manifest nearly nothing is."""

    words: Language
    manifest: Mapping[str, Any]

    def get(self, name: str) -> str:
        """A fact of the manifest, or nothing."""
        return str(self.manifest.get(name) or "")

    @property
    def in_money(self) -> bool:
        return self.get("yardstick") != "purchases"

    @property
    def unit(self) -> str:
        return self.words.symbol(self.get("currency"))

    @property
    def day(self) -> str:
        return self.words.date(self.get("as_of")) if self.get("as_of") else ""

    @property
    def rate(self) -> float | None:
        rate = self.manifest.get("settings", {}).get("discount_rate")
        return None if rate is None else float(rate)

    @property
    def company(self) -> str:
        return cell_text(self.get("title"))[:_LONGEST_TITLE]

    @property
    def title(self) -> str:
        """What the figures are counted in: revenue is never taken for margin."""
        text = self.words.text
        names = {
            "revenue": text("Customer values in revenue, not margin"),
            "contribution": text("Customer values in contribution"),
            "purchases": text("Customers in expected purchases"),
        }
        return names.get(self.get("yardstick"), text("Customer values"))

    @property
    def heading(self) -> str:
        """Company and title."""
        return ": ".join(part for part in (self.company, self.title) if part)

    @property
    def basis(self) -> str:
        """The line under the title: as of when, how far ahead, in which unit."""
        text, words = self.words.text, self.words
        parts = [text("As of {day}", day=self.day)] if self.day else []
        if horizon := self.get("horizon"):
            parts.append(text("expected: {span} ahead", span=words.span(horizon)))
        if (horizon := self.get("value_horizon")) and self.in_money and self.rate is not None:
            rate = words.percent(self.rate)
            parts.append(text("clv: residual, {span} ahead, discounted at {rate} a year", span=words.span(horizon), rate=rate))
        parts += [text("amounts in {currency}", currency=self.get("currency"))] if self.get("currency") else []
        parts += [text("of run {run}", run=self.get("run"))] if self.get("run") else []
        return "; ".join(parts)

    def with_unit(self, heading: str) -> str:
        """A heading of amounts with its unit, if one is known."""
        return f"{heading}, {self.unit}" if self.unit else heading

    def levels(self) -> dict[str, str]:
        """Where a forecast comes from, by the value of column `level`."""
        text = self.words.text
        return {
            "customer": text("own purchases"),
            "segment": text("customers alike"),
            "none": text("none"),
            "objected": text("none (objection)"),
        }


class Formats:
    """The formats of a workbook, made once each."""

    def __init__(self, book: Workbook, lang: str) -> None:
        codes = {**_NUMBERS, "date": _DATES[lang]}
        base = {"font_name": "Calibri", "font_size": 11, "font_color": colour("text"), "valign": "top"}
        head = {**base, "bold": True, "text_wrap": True, "bottom": 1, "bottom_color": colour("axis"), "valign": "bottom"}
        self.title = book.add_format({**base, "bold": True, "font_size": 14})
        self.bold = book.add_format({**base, "bold": True})
        self.quiet = book.add_format({**base, "font_color": colour("text-2")})
        self.unseen = book.add_format({"num_format": ";;;"})
        self.cells = {kind: book.add_format({**base, "num_format": code}) for kind, code in codes.items()}
        # Facts stand beside their label; text to the right of figures keeps its distance from them.
        self.facts = {kind: book.add_format({**base, "num_format": code, "align": "left"}) for kind, code in codes.items()}
        self.sums = {kind: book.add_format({**base, "bold": True, "num_format": code}) for kind, code in codes.items()}
        self.beside = book.add_format({**base, "align": "left", "indent": 1})
        self._left = book.add_format({**head, "align": "left"})
        self._beside = book.add_format({**head, "align": "left", "indent": 1})
        self._right = book.add_format({**head, "align": "right"})

    def head(self, kind: str = "text", *, beside: bool = False) -> Format:
        """Headings stand over their figures: right over numbers, left over text."""
        return self._beside if beside else self._left if kind == "text" else self._right


def cell_text(value: str) -> str:
    """A text that a cell can hold."""
    return _UNSHOWABLE.sub("\ufffd", value)[:_LONGEST_CELL]


def missing(values: Any) -> Any:
    """Where a column has no value: masked, not a number, None, no day."""
    import numpy as np

    mask, plain = np.ma.getmaskarray(values), np.ma.getdata(values)
    if plain.dtype.kind == "f":
        return mask | ~np.isfinite(plain)
    if plain.dtype.kind == "O":
        return mask | np.array([value is None for value in plain], dtype=bool)
    return mask | np.isnat(plain) if plain.dtype.kind == "M" else mask


def total(values: Any) -> float:
    """The sum of a column; amounts are added in cents, so that it is the ledger's to the last digit."""
    import numpy as np

    known = np.ma.getdata(values)[~missing(values)].astype(float)
    cents = np.rint(known * 100)
    return float(cents.sum() / 100) if np.array_equal(known, cents / 100) else float(known.sum())


def printed(sheet: Worksheet, told: Told, *, pages: int = 0) -> None:
    """A landscape A4 page as wide as the sheet; `pages` 0 is as many as needed."""
    sheet.hide_gridlines(2)
    sheet.set_landscape()
    sheet.set_paper(_A4)
    sheet.fit_to_pages(1, pages)
    sheet.set_footer(f"&L&9{told.company.replace('&', '&&')[:100]}&R&9&P / &N")

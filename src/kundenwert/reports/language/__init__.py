"""Words, numbers, money and days as a reader of one language expects them.

The English sentence is the msgid; `locale/de/LC_MESSAGES/kundenwert.po` holds the German one and is read as it stands, so there is
no compiled copy that could grow stale. Numbers follow the reader's customs: 1.284,50 with a comma in German, a true minus, hard spaces.
"""

from __future__ import annotations

import math
import re
import string
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any, final

from kundenwert.errors import UnknownName

if TYPE_CHECKING:
    from babel import Locale

    from kundenwert.records import Notice

# Plain "en" abbreviates September as Sep; the order of day and month is set below.
_TERRITORY = {"de": "de_DE", "en": "en"}
LANGUAGES = tuple(_TERRITORY)
UNKNOWN = "–"
HARD_SPACE = "\u00a0"
_SCALES = ((1e9, "{number}bn"), (1e6, "{number}m"), (1e3, "{number}k"))
# A currency sign at the end, {amount:,.2f¤}: money, in the currency that the value "currency" names.
_SPEC = re.compile(r"(?P<sign>\+)?,?(?:\.(?P<digits>\d+))?(?P<kind>[%fd]?)(?P<money>¤)?")
_MONEY = "¤}"
_SPAN = re.compile(r"(?P<number>\d+)(?P<unit>[dwmy])")
_UNITS = {
    "d": ("{n} day", "{n} days"),
    "w": ("{n} week", "{n} weeks"),
    "m": ("{n} month", "{n} months"),
    "y": ("{n} year", "{n} years"),
}
_WITHIN = {
    "d": ("in the next {n} day", "in the next {n} days"),
    "w": ("in the next {n} week", "in the next {n} weeks"),
    "m": ("in the next {n} month", "in the next {n} months"),
    "y": ("in the next {n} year", "in the next {n} years"),
}


@final
@dataclass(frozen=True)
class Language:
    """One language of the product: `Language("de").money(Decimal("1284.50"), "EUR")` is 1.284,50 with the euro sign.

    numbers: the language whose numbers and days are written, if the reader wants others than those of the words.
    """

    code: str = "en"
    numbers: str = ""

    def __post_init__(self) -> None:
        for code in (self.code, self.numbers or self.code):
            if code not in _TERRITORY:
                raise UnknownName(code, "languages", LANGUAGES)

    @property
    def figures(self) -> str:
        """The language that numbers and days are written in."""
        return self.numbers or self.code

    # ---- words ----

    def text(self, message: str, /, **values: Any) -> str:
        """The sentence in this language; {places} are filled with the values, written as this language writes them."""
        return self._fill(str(_catalog(self.code).get(message) or message), values)

    def plural(self, one: str, many: str, number: float, /, **values: Any) -> str:
        """`one` if the number is exactly 1, else `many`; {n} is the number itself."""
        forms = _catalog(self.code).get((one, many)) or (one, many)
        return self._fill(forms[0] if number == 1 else forms[1], {"n": number, **values})

    def notice(self, notice: Notice) -> str:
        """A notice in this language, in English if nobody has translated it yet. It never fails: a warning must be seen."""
        try:
            return self.text(notice.text, **notice.values)
        except (KeyError, IndexError, ValueError, TypeError):
            return notice.text

    def listed(self, words: Sequence[str]) -> str:
        """Words in a row: a, b and c."""
        if len(words) < 2:
            return "".join(words)
        return self.text("{most} and {last}", most=", ".join(words[:-1]), last=words[-1])

    def knows(self, message: str) -> bool:
        """Whether this language has its own wording for the message; English always has."""
        return self.code == "en" or message in _catalog(self.code)

    # ---- numbers ----

    def number(self, value: Any, digits: int | None = 0, *, sign: bool = False) -> str:
        """A number with grouped thousands; `digits` None shows up to three places. Unknown is a dash."""
        if _unknown(value):
            return UNKNOWN
        from babel.numbers import format_decimal

        pattern = "#,##0.###" if digits is None else "#,##0." + "0" * digits if digits else "#,##0"
        shown = format_decimal(_exact(value), format=pattern, locale=_locale(self.figures))
        return _signed(shown, value, sign=sign)

    def percent(self, share: Any, digits: int = 1, *, sign: bool = False) -> str:
        """A share as percent: 0.127 is 12,7 % in German."""
        if _unknown(share):
            return UNKNOWN
        return self.number(_exact(share) * 100, digits, sign=sign) + (HARD_SPACE if self.figures == "de" else "") + "%"

    def money(self, value: Any, currency: str = "", digits: int = 2, *, sign: bool = False) -> str:
        """An amount with the sign of its currency where this language puts it; no currency known, no sign."""
        if _unknown(value):
            return UNKNOWN
        return self._with_symbol(self.number(abs(_exact(value)), digits), currency, value, sign=sign)

    def short(self, value: Any, currency: str = "", *, sign: bool = False) -> str:
        """Three digits are enough for a sentence: 18,4 Mio. instead of 18.420.112."""
        if _unknown(value):
            return UNKNOWN
        size = abs(float(value))
        # 999,950 reads as "1,000 thousand" otherwise: the step up happens where rounding would reach it.
        scale, words = next(((s, w) for s, w in _SCALES if size >= s * 0.9995 and size >= 9_999.5), (1.0, "{number}"))
        shown = size / scale
        rounded = float(f"{shown:.3g}")  # 9.9996 has two places before the point once it is rounded
        digits = 0 if scale == 1 else max(0, 2 - int(math.log10(max(rounded, 1))))
        return self._with_symbol(self.text(words, number=self.number(shown, digits)), currency, value, sign=sign)

    def symbol(self, currency: str) -> str:
        """The sign of a currency, its code where it has none, nothing where none is known."""
        if not currency:
            return ""
        from babel.numbers import get_currency_symbol

        return get_currency_symbol(currency, locale=_locale(self.figures))

    def with_unit(self, heading: str, currency: str) -> str:
        """A column heading with the sign of the currency, if one is known."""
        symbol = self.symbol(currency)
        return f"{heading},{HARD_SPACE}{symbol}" if symbol else heading

    def significant(self, value: Any, digits: int = 4) -> str:
        """A model parameter: as many places as `digits` significant digits need."""
        if _unknown(value):
            return UNKNOWN
        size = abs(float(value))
        places = digits - 1 - math.floor(math.log10(size)) if size else 0
        if places > 9:
            return self.text(
                "{number} × 10^{power}",
                number=self.number(float(value) * 10 ** (places - digits + 1), 2),
                power=str(digits - 1 - places).replace("-", "−"),
            )
        return self.number(value, min(max(places, 0), 9))

    # ---- time ----

    def date(self, day: date | str | None) -> str:
        """30.09.2026 or 30 Sep 2026; also takes ISO text."""
        if day is None or day != day:  # NaT is the value that differs from itself
            return UNKNOWN
        from babel.dates import format_date

        value = date.fromisoformat(day[:10]) if isinstance(day, str) else day
        return format_date(value, "dd.MM.yyyy" if self.figures == "de" else "d MMM yyyy", locale=_locale(self.figures))

    def moment(self, when: datetime) -> str:
        """A day with its clock time, as given (no zone is changed)."""
        return f"{self.date(when.date())}, {when:%H:%M}"

    def month(self, month: str, *, year: bool = True, full: bool = False) -> str:
        """A month written YYYY-MM: "Sep 2026", without year "Sep", in full "September 2026"; unknown months say so."""
        from babel.dates import format_date

        try:
            first = date.fromisoformat(f"{month}-01")
        except ValueError:
            return self.text("no month")
        pattern = ("LLLL" if full else "LLL") + (" yyyy" if year else "")
        return format_date(first, pattern, locale=_locale(self.figures)).replace(" ", HARD_SPACE)

    def span(self, horizon: str) -> str:
        """A horizon such as 39w, 12m, 5y or 374d in words."""
        found = _SPAN.fullmatch(horizon)
        if not found:
            return horizon
        return self.plural(*_UNITS[found["unit"]], int(found["number"]))

    def within(self, horizon: str) -> str:
        """The same as part of a sentence: in the next 12 months. German needs another ending here."""
        found = _SPAN.fullmatch(horizon)
        if not found:
            return horizon
        return self.plural(*_WITHIN[found["unit"]], int(found["number"]))

    # ---- inside ----

    def _fill(self, message: str, values: Mapping[str, Any]) -> str:
        # The stop of an abbreviation at the end of a sentence is the stop of the sentence.
        return re.sub(r"\b(Mio|Mrd|Tsd)\.\.(?!\.)", r"\1.", _Filled(self, str(values.get("currency") or "")).vformat(message, (), values))

    def _with_symbol(self, number: str, currency: str, value: Any, *, sign: bool) -> str:
        symbol = self.symbol(currency)
        if not symbol:
            return _signed(number, value, sign=sign, absolute=True)
        gap = HARD_SPACE if self.figures == "de" or symbol[-1].isalpha() else ""
        shown = f"{number}{gap}{symbol}" if self.figures == "de" else f"{symbol}{gap}{number}"
        return _signed(shown, value, sign=sign, absolute=True)

    def _shown(self, value: Any, spec: str, currency: str = "") -> str:
        """A value inside a sentence."""
        if isinstance(value, str):
            return value
        if isinstance(value, bool):
            return self.text("yes") if value else self.text("no")
        if isinstance(value, datetime):
            return self.moment(value)
        if isinstance(value, date):
            return self.date(value)
        if isinstance(value, list | tuple | set | frozenset):
            return self.listed([self._shown(each, spec) for each in value])
        if value is None or not hasattr(value, "__float__"):
            return UNKNOWN if value is None else str(value)
        return self._number(value, spec, currency)

    def _number(self, value: Any, spec: str, currency: str) -> str:
        found = _SPEC.fullmatch(spec)
        if not found:
            return format(value, spec)
        digits = int(found["digits"]) if found["digits"] else None
        if found["money"]:
            return self.money(value, currency, 2 if digits is None else digits, sign=bool(found["sign"]))
        if found["kind"] == "%":
            return self.percent(value, digits or 0, sign=bool(found["sign"]))
        if digits is None and (found["kind"] == "d" or float(value).is_integer()):
            digits = 0
        return self.number(value, digits, sign=bool(found["sign"]))


class _Filled(string.Formatter):
    """str.format whose numbers and days follow a language. No attribute or item of a value can be reached from a message."""

    def __init__(self, language: Language, currency: str) -> None:
        self.language, self.currency = language, currency

    def get_field(self, field_name: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        return kwargs[field_name], field_name

    def format_field(self, value: Any, format_spec: str) -> str:
        return self.language._shown(value, format_spec, self.currency)


def _unknown(value: Any) -> bool:
    return value is None or not math.isfinite(value)


def _exact(value: Any) -> Decimal:
    """repr gives the shortest decimal of a float, so 0.285 is not printed as 0.28499999."""
    return value if isinstance(value, Decimal) else Decimal(int(value)) if isinstance(value, int) else Decimal(repr(float(value)))


def _signed(shown: str, value: Any, *, sign: bool, absolute: bool = False) -> str:
    """The true minus; none before a figure that was rounded to zero. A plus where asked for."""
    if not re.search(r"[1-9]", shown):
        return shown.replace("-", "")
    if value < 0:
        return "−" + shown if absolute else shown.replace("-", "−", 1)
    return "+" + shown if sign else shown


@cache
def _locale(code: str) -> Locale:
    from babel import Locale

    return Locale.parse(_TERRITORY[code])


def catalogs(code: str) -> list[Any]:
    """The catalogues of a language: one of the product's own words, one for each screen of the web app."""
    folder = resources.files(__name__) / "locale" / code / "LC_MESSAGES"
    return [file for file in folder.iterdir() if file.name.endswith(".po")]


@cache
def _catalog(code: str) -> dict[Any, Any]:
    """msgid -> text; (one, many) -> (text, text). English needs none: its msgids are the text."""
    if code == "en":
        return {}
    from babel.messages.pofile import read_po

    found: dict[Any, Any] = {}
    for file in sorted(catalogs(code), key=lambda each: each.name):
        with file.open("rb") as stream:
            found |= {message.id: message.string for message in read_po(stream) if message.id and message.string and not message.fuzzy}
    # Plans and runs that were kept before money carried its sign say the same without it.
    unsigned = [(said, string) for said, string in found.items() if isinstance(said, str) and _MONEY in said]
    return {**{said.replace(_MONEY, "}"): string.replace(_MONEY, "}") for said, string in unsigned}, **found}

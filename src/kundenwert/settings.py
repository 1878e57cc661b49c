"""One table of settings: name, kind, default, one sentence. File, then environment (KUNDENWERT_NAME), then flags; the last wins."""

from __future__ import annotations

import math
import os
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from kundenwert.errors import Problem, SettingsError


@dataclass(frozen=True)
class Setting:
    """One setting. `read` turns what a file, the environment or a flag gives into the value; it raises ValueError with the expectation."""

    name: str
    default: Any
    sentence: str
    read: Callable[[Any], Any]


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError("a text")
    return value.strip()


def _one_of(*choices: str) -> Callable[[Any], str]:
    def read(value: Any) -> str:
        if value not in choices:
            raise ValueError("one of " + ", ".join(choices))
        return str(value)

    return read


def _number(low: float, high: float) -> Callable[[Any], float]:
    def read(value: Any) -> float:
        try:
            number = float(value)
        except (TypeError, ValueError):
            number = float("nan")
        if isinstance(value, bool) or not low <= number <= high:
            raise ValueError(f"a number from {low:g} to {high:g}")
        return number

    return read


def _whole(low: int, high: int) -> Callable[[Any], int]:
    def read(value: Any) -> int:
        number = _number(low, high)(value)
        if number != int(number):
            raise ValueError(f"a whole number from {low} to {high}")
        return int(number)

    return read


def _day(value: Any) -> date:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        raise ValueError("a day as 2026-11-30") from None


@dataclass(frozen=True)
class Duration:
    """A calendar-aware span such as 39w, 12m, 5y or 374d. Months and years end on the same day of the month, or its last."""

    count: int
    unit: str

    @classmethod
    def parse(cls, text: str) -> Duration:
        """Reads "39w", "12m", "5y" or "374d"; raises ValueError with what was expected."""
        match = re.fullmatch(r"\s*(\d{1,5})\s*([dwmy])\s*", text, re.IGNORECASE)
        if not match or int(match[1]) == 0:
            raise ValueError("a whole number and a unit, such as 39w, 12m, 5y or 374d")
        return cls(int(match[1]), match[2].lower())

    def after(self, day: date, times: float = 1) -> date:
        """The day this span, taken `times` times (1, 1.5, -1 ...), lies after `day`."""
        if self.unit in "dw":
            return day + timedelta(days=round(self.count * times * (7 if self.unit == "w" else 1)))
        months = self.count * times * (12 if self.unit == "y" else 1)
        whole = math.floor(months)
        year, month = divmod(day.year * 12 + day.month - 1 + whole, 12)
        last = (date(year + month // 11, (month + 1) % 12 + 1, 1) - timedelta(days=1)).day
        return date(year, month + 1, min(day.day, last)) + timedelta(days=round((months - whole) * 30.4375))

    def days(self, day: date) -> int:
        """How many days the span has when it starts on `day`."""
        return (self.after(day) - day).days

    def __str__(self) -> str:
        return f"{self.count}{self.unit}"


_LONGEST_YEARS = 100


def _duration(value: Any) -> str:
    span = Duration.parse(str(value))
    if span.count > _LONGEST_YEARS * {"d": 366, "w": 53, "m": 12, "y": 1}[span.unit]:
        raise ValueError(f"at most {_LONGEST_YEARS} years")
    return str(span)


def _size(value: Any) -> str:
    if not isinstance(value, str) or not re.fullmatch(r"\s*\d+(\.\d+)?\s*([KMGT]i?)?B\s*", value, re.IGNORECASE):
        raise ValueError("a size such as 4GB or 800MB")
    return value.strip()


def _texts(value: Any) -> tuple[str, ...]:
    items = [item for item in value.split(",") if item.strip()] if isinstance(value, str) else value
    if not isinstance(items, list | tuple) or not all(isinstance(item, str) for item in items):
        raise ValueError('a list of texts, such as ["POST", "D"]')
    return tuple(item.strip() for item in items)


def _limits(value: Any) -> tuple[float, float]:
    items = value.split(",") if isinstance(value, str) else value
    try:
        a, b = (float(item) for item in items)
    except (TypeError, ValueError):
        a = b = 0.0
    if not 0 < a < b < 1:
        raise ValueError("two rising shares between 0 and 1, such as [0.8, 0.95]")
    return a, b


def _levels(value: Any) -> tuple[float, ...]:
    items = value.split(",") if isinstance(value, str) else value
    try:
        levels = tuple(float(item) for item in items)
    except (TypeError, ValueError):
        levels = (0.0,)
    if not all(0.01 <= level <= 0.99 for level in levels):
        raise ValueError("a list of shares from 0.01 to 0.99, such as [0.5, 0.8]")
    return tuple(dict.fromkeys(levels))


# Of the setting `model`: not named, but chosen by evidence.
AUTOMATIC = "auto"

SETTINGS: tuple[Setting, ...] = (
    Setting("title", "", "The name of the company or data, shown on every report.", _text),
    Setting("as_of", None, "The day everything is valued at; without it the last plausible document day.", _day),
    Setting("horizon", "12m", "How far ahead purchases and revenue are forecast.", _duration),
    Setting("value_horizon", "5y", "How far ahead the residual customer value (clv) looks; what lies beyond is shown apart.", _duration),
    Setting("discount_rate", 0.10, "Interest a year, effective, at which future amounts are discounted (0.1 is 10 %).", _number(0.0, 1.0)),
    Setting("model", AUTOMATIC, "The purchase model; auto: a run takes the one that forecast earlier days best, value mbg_nbd.", _text),
    Setting("unit", "weeks", "The unit of time in which model parameters are shown.", _one_of("days", "weeks", "months", "years")),
    Setting(
        "interval_levels",
        (0.9,),
        "Levels of the customers' intervals; 0.9 is always there, each other adds columns such as clv_lower_50.",
        _levels,
    ),
    Setting(
        "level_error",
        0.25,
        "How far totals are expected to miss, before any are seen: the standard deviation of their logarithm.",
        _number(0.0, 3.0),
    ),
    Setting("level_error_weight", 5.0, "As how many earlier totals that expectation counts.", _number(1.0, 1000.0)),
    Setting("margin", None, "Contribution margin as share of net revenue, where no cost is known (0.3 is 30 %).", _number(-1.0, 1.0)),
    Setting("currency", "", "The reporting currency; without it the only one found in the data.", _text),
    Setting("language", "de", "The language of reports.", _one_of("de", "en")),
    Setting("class_limits", (0.8, 0.95), "Shares of value before a customer up to which the customer is in class A, then B.", _limits),
    Setting("non_products", (), "Product ids of lines that are no products: postage, fees, discounts.", _texts),
    Setting("collective", (), "Customer ids behind which many people stand: cash sale, guest, marketplace.", _texts),
    Setting("not_collective", (), "Customer ids that look like collective customers but are not.", _texts),
    Setting("cancellation_prefixes", (), "Document numbers that start so and go on with a digit are cancellations.", _texts),
    Setting(
        "cancellation_words", ("cancellation", "storno", "stornorechnung", "reversal"), "Kinds of line that mean cancellation.", _texts
    ),
    Setting(
        "return_words",
        ("return", "credit", "credit note", "refund", "gutschrift", "retoure", "rückgabe", "out_refund"),
        "Kinds of line that mean return or credit note.",
        _texts,
    ),
    Setting("reject_limit", 0.5, "Share of rejected and unreadable lines above which an input is refused as misread.", _number(0.0, 1.0)),
    Setting("memory", "", "Most memory the engine may use, such as 4GB; without it four fifths of the machine's.", _size),
    Setting("spill", "", "Folder for intermediate results that do not fit in memory; without it the system's temporary folder.", _text),
    Setting("threads", 0, "How many threads the engine works with; 0 is two for each core.", _whole(0, 1024)),
)

_BY_NAME = {setting.name: setting for setting in SETTINGS}
# What only says how a machine works: two runs that differ in these alone give the same results.
MACHINE_SETTINGS = frozenset({"memory", "spill", "threads"})


@dataclass(frozen=True)
class Settings:
    """All settings with their values; `settings.horizon` or `settings["horizon"]`."""

    values: Mapping[str, Any]

    def __getattr__(self, name: str) -> Any:
        try:
            return self.values[name]
        except KeyError:
            raise AttributeError(name) from None

    def with_values(self, **values: Any) -> Settings:
        """The same with some other values."""
        return Settings({**self.values, **values})

    def of_results(self) -> dict[str, Any]:
        """The settings that results depend on, ready for JSON."""
        return {name: _plain(value) for name, value in self.values.items() if name not in MACHINE_SETTINGS}


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value


def read_project_file(path: Path) -> dict[str, Any]:
    """The content of kundenwert.toml. Raises SettingsError with the line if it is no TOML."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise SettingsError(
            Problem(
                f"{path.parent} holds no {path.name}.",
                "a project folder.",
                "make one with `kundenwert init DIR --from FILE`, or name the right folder.",
            )
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as err:
        raise SettingsError(
            Problem(f"The file is not valid TOML: {err}.", "name = value lines.", "mend this place.", file=path.name)
        ) from err
    except OSError as err:
        raise SettingsError(Problem(f"{err.strerror}.", "a readable file.", "check path and rights.", file=path.name)) from err


def gather(file: Mapping[str, Any], flags: Mapping[str, Any], environment: Mapping[str, str] | None = None) -> Settings:
    """Settings from a project file, the environment and flags (None: not given). All wrong ones are reported together."""
    environment = os.environ if environment is None else environment
    problems = [
        Problem(f"{name!r} is no setting.", "one of " + ", ".join(_BY_NAME) + ".", "correct or remove it.", file="kundenwert.toml")
        for name in file
        if name not in _BY_NAME
    ]
    values: dict[str, Any] = {}
    for setting in SETTINGS:
        given, where = _given(setting.name, file, flags, environment)
        try:
            values[setting.name] = setting.default if where == "default" else setting.read(given)
        except ValueError as err:
            problems.append(Problem(f"{setting.name} = {given!r}.", f"{err}.", "correct it.", file=where))
    if problems:
        raise SettingsError(*problems)
    return Settings(values)


def read_options(given: Any, options: tuple[Setting, ...], where: str) -> dict[str, Any]:
    """The options of one section such as [components.portfolio], defaults where nothing is given. All wrong ones are reported together."""
    if not isinstance(given, Mapping):
        raise SettingsError(Problem(f"{where} = {given!r}.", f"a section [{where}].", "correct it.", file="kundenwert.toml"))
    known = {option.name: option for option in options}
    problems = [
        Problem(f"{name!r} under [{where}].", f"one of {', '.join(known)}." if known else "nothing.", "remove it.", file="kundenwert.toml")
        for name in sorted(set(given) - set(known))
    ]
    values: dict[str, Any] = {}
    for name, option in known.items():
        try:
            values[name] = option.read(given[name]) if name in given else option.default
        except ValueError as err:
            problems.append(Problem(f"{name} = {given[name]!r} under [{where}].", f"{err}.", "correct it.", file="kundenwert.toml"))
    if problems:
        raise SettingsError(*problems)
    return values


def _given(name: str, file: Mapping[str, Any], flags: Mapping[str, Any], environment: Mapping[str, str]) -> tuple[Any, str]:
    variable = f"KUNDENWERT_{name.upper()}"
    if flags.get(name) is not None:
        return flags[name], f"--{name.replace('_', '-')}"
    if environment.get(variable):
        return environment[variable], variable
    if name in file:
        return file[name], "kundenwert.toml"
    return None, "default"

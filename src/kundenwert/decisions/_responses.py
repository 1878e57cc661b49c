"""How spending on a purpose works: what somebody measured or assumes, with the people and the worth it is about."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final, final

import numpy as np

from kundenwert.decisions._spent import AIMS
from kundenwert.errors import Problem
from kundenwert.stats.spending import rate_of_point

if TYPE_CHECKING:
    from kundenwert.records.arrays import Floats
    from kundenwert.records.plans import Texts

_NUMBERS: Final = ("ceiling", "at", "share", "low", "high", "customers", "value", "least", "most")
_TEXTS: Final = ("source", "by", "on")
_SOURCES: Final = ("experiment", "assumption")
# A share seen must leave room below the ceiling for a curve.
_BELOW: Final = 0.999
DRAWS: Final = 2_000


def read_responses(value: Any) -> dict[str, dict[str, Any]]:
    """Reads [plans.NAME.options.responses.PURPOSE]; raises ValueError with all that is wrong."""
    if not isinstance(value, Mapping):
        raise ValueError(_EXPECTED)
    wrong = [f"{name} is no purpose ({', '.join(AIMS)})" for name in value if name not in AIMS]
    found = {}
    for name, entry in value.items():
        if not isinstance(entry, Mapping):
            wrong.append(f"{name} needs {_EXPECTED}")
            continue
        wrong += [f"{name}: {problem}" for problem in _wrong_entry(entry)]
        found[str(name)] = {key: _plain(one) for key, one in entry.items()}
    if wrong:
        raise ValueError(_EXPECTED + "; " + "; ".join(wrong))
    return found


_EXPECTED: Final = 'for each purpose {ceiling = 0.4, at = 5.0, share = 0.2, source = "assumption", by = "name", on = 2026-01-31}'


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date | datetime) else value


def _wrong_entry(entry: Mapping[str, Any]) -> list[str]:
    wrong = [f"{key} is not known" for key in entry if key not in (*_NUMBERS, *_TEXTS)]
    wrong += [f"{key} is missing" for key in ("ceiling", "at", "share", "source") if key not in entry]
    wrong += [f"{key} = {entry[key]!r} is no number of 0 or more" for key in _NUMBERS if key in entry and not _is_number(entry[key])]
    if wrong:
        return wrong
    if not 0 < entry["ceiling"] <= 1:
        wrong.append(f"ceiling = {entry['ceiling']} is no share above 0")
    if not 0 < entry["share"] < entry["ceiling"]:
        wrong.append(f"share = {entry['share']} does not lie between 0 and the ceiling")
    if not entry["at"] > 0:
        wrong.append("at, the money spent on each, is not above 0")
    if not entry.get("low", entry["share"]) <= entry["share"] <= entry.get("high", entry["share"]) < entry["ceiling"]:
        wrong.append("low, share and high do not rise, or reach the ceiling")
    if entry.get("least", 0) > entry.get("most", math.inf):
        wrong.append("least is above most")
    return wrong + _wrong_source(entry)


def _wrong_source(entry: Mapping[str, Any]) -> list[str]:
    if entry["source"] not in _SOURCES:
        return [f"source = {entry['source']!r} is none of {', '.join(_SOURCES)}"]
    if entry["source"] == "assumption" and not (entry.get("by") and entry.get("on")):
        return ["an assumption needs who made it (by) and when (on)"]
    return []


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < math.inf


@final
@dataclass(frozen=True)
class Responses:
    """Purposes, arrays (p,), in the order of AIMS. known: whether anybody says how spending works. people: N. worth: V of one reached.

    ceiling, rate: c and k of c (1 - exp(-k x)), x money for one; at, share: the point it goes through; low, high: 90 % of the share there.
    least, most: money. today: what was spent in the last span, not a number where unknown.
    """

    names: Texts
    known: Any
    people: Floats
    worth: Floats
    ceiling: Floats
    rate: Floats
    at: Floats
    share: Floats
    low: Floats
    high: Floats
    least: Floats
    most: Floats
    today: Floats

    @classmethod
    def of(
        cls, given: Mapping[str, Mapping[str, Any]], counted: Mapping[str, tuple[float, float]], today: Mapping[str, float]
    ) -> Responses:
        """given: as `read_responses` gives them; customers and value there go before those counted in the data (name -> N, V)."""

        def column(key: str, otherwise: float) -> Floats:
            return np.array([float(given.get(name, {}).get(key, otherwise)) for name in AIMS])

        share, ceiling, at = column("share", 0.0), column("ceiling", 0.0), column("at", 1.0)
        low, high = (np.array([float(given.get(name, {}).get(key, share[n])) for n, name in enumerate(AIMS)]) for key in ("low", "high"))
        people, worth = (
            np.array([float(given.get(name, {}).get(key, counted.get(name, (np.nan, np.nan))[place])) for name in AIMS])
            for place, key in enumerate(("customers", "value"))
        )
        known = np.array([name in given for name in AIMS])
        rate = np.zeros(len(AIMS))
        rate[known] = rate_of_point(ceiling[known], at[known], share[known])
        return cls(
            names=np.array(AIMS, dtype=np.str_),
            known=known & np.isfinite(people) & np.isfinite(worth),
            people=people,
            worth=worth,
            ceiling=ceiling,
            rate=rate,
            at=at,
            share=share,
            low=low,
            high=high,
            least=np.where(known & np.isfinite(people) & np.isfinite(worth), column("least", 0.0), 0.0),
            most=column("most", math.inf),
            today=np.array([today.get(name, np.nan) for name in AIMS]),
        )

    def usable(self) -> tuple[Floats, Floats, Floats, Floats]:
        """N, V, c, k for `stats.spending`: nobody where nothing is known."""
        return (
            np.where(self.known, np.nan_to_num(self.people), 0.0),
            np.where(self.known, np.nan_to_num(self.worth), 0.0),
            self.ceiling,
            self.rate,
        )

    def drawn(self, seed: int) -> Floats | None:
        """Draws of k, (d, p), from the share that was seen, normal with other sides below and above; None where nobody says low or high."""
        if not np.any((self.low < self.share) | (self.high > self.share)):
            return None
        bell = np.random.default_rng(seed).standard_normal((DRAWS, len(self.names)))
        side = np.where(bell < 0, self.share - self.low, self.high - self.share) / 1.645
        ceiling = np.where(self.known, self.ceiling, 1.0)
        seen = np.clip(self.share + bell * side, 1e-9, _BELOW * ceiling)
        return np.asarray(np.where(self.known, rate_of_point(ceiling, self.at, seen), 0.0), dtype=np.float64)


def wrong_limits(responses: Mapping[str, Mapping[str, Any]], budget: float) -> list[Problem]:
    """A minimum that is more than there is."""
    least = {name: float(entry.get("least", 0.0)) for name, entry in responses.items() if entry.get("least")}
    if sum(least.values()) <= budget:
        return []
    named = ", ".join(f"{name} {amount:,.2f}" for name, amount in least.items())
    came = f"The least of {named} is {sum(least.values()):,.2f} together, and the limit of money is {budget:,.2f}."
    return [Problem(came, "minimums within the limit.", "lower least, or raise the limit.")]

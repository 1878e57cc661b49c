"""Earlier days of a log from which is forecast, and the way through them: what was known on each, and what came."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from kundenwert.base import customer_base
from kundenwert.base.as_of import day_number, day_of
from kundenwert.errors import CallError
from kundenwert.flows.known_log import is_plain, log_facts
from kundenwert.records import Calendar
from kundenwert.settings import Duration

if TYPE_CHECKING:
    from kundenwert.engines._engine import Engine
    from kundenwert.flows.load import Loaded
    from kundenwert.flows.progress import Progress
    from kundenwert.models.baselines import AbstractBaseline, Spread
    from kundenwert.models.evidence.known import Known, Paid
    from kundenwert.settings import Settings

# An origin needs so much log before it, in horizons, and so many customers (definitions.md, Origins).
CALIBRATION = 1.5
CUSTOMERS = 100
# Below this many days ahead a backtest says nothing about a horizon.
LEAST_DAYS = 7
# An origin that a person names: with one customer there is nobody to learn from.
NAMED_CUSTOMERS = 2
# Above this many customers a sample of as many serves the choice (definitions.md).
SAMPLE = 200_000
# Above this many customers of an origin an even choice of about as many is scored in money.
_PAID = 50_000
# Of a log at least this many times as large the sample is drawn from a part somewhat larger than it, so that nobody counts them all.
_LARGE = 2
_LARGER = 1.2
_MILLION = 1_000_000
_WEEK = 7
# Tables that only this flow reads.
_OWN_TABLES = ("backtest_arrivals", "backtest_customers", "backtest_ids", "backtest_origin", "known_days")


@dataclass(frozen=True)
class Window:
    """Day numbers: what is known at `origin` forecasts what comes until `until`."""

    origin: int
    until: int

    @property
    def days(self) -> int:
        """How far the forecast looks ahead."""
        return self.until - self.origin

    @property
    def table(self) -> str:
        """Where its customers wait until the window ends."""
        return f"backtest_origin_{self.origin}_{self.days}"


@dataclass(frozen=True)
class Log:
    """The log of sales to customers: its customers, its first day, and from which day on there are enough of them; day numbers. Of a large
    log those of a part drawn by chance.
    """

    customers: int
    first: int | None
    enough: int | None


@dataclass(frozen=True)
class SeenOrigin:
    """A window with what was known at its origin, what came, and how naive forecasts spread before; weeks: of `Tracking`."""

    window: Window
    known: Known
    spreads: dict[str, Spread]
    weeks: tuple[tuple[int, int], ...] = ()


@dataclass
class _Going:
    """What is carried from one day to the next."""

    spreads: dict[Window, dict[str, Spread]] = field(default_factory=dict)
    calendars: dict[int, Calendar] = field(default_factory=dict)
    seen: list[SeenOrigin] = field(default_factory=list)


def log_of(engine: Engine, as_of: date, sample: int | None, *, plain: bool) -> Log:
    """Leaves table `backtest_arrivals`: the customers with a sale until then, or more than `sample` of them in a log of many more.

    plain: whether `customer_base.plain_days` stands.
    """
    last = day_number(as_of)
    count = "base/backtest/size_plain.sql" if plain else "base/backtest/size.sql"
    (size,) = engine.rows(count, as_of=last) if sample is not None else ({"customers": 0},)
    part = _LARGER * sample / size["customers"] if sample is not None and size["customers"] > _LARGE * sample else 1.0
    values = {"as_of": last, "millionths": round(part * _MILLION)}
    arrivals = "base/backtest/arrivals_plain.sql" if plain else "base/backtest/arrivals.sql"
    engine.table("backtest_arrivals", arrivals, in_any_order=True, **values)
    (found,) = engine.rows("base/backtest/log.sql", enough=CUSTOMERS)
    return Log(found["customers"], found["first_day"], found["enough_day"])


def horizon_days(settings: Settings, as_of: date) -> int:
    """The days of the horizon that ends on the as-of day."""
    return (as_of - Duration.parse(settings.horizon).after(as_of, -1)).days


def by_rule(settings: Settings, as_of: date, log: Log, most: int | None = None) -> tuple[int, list[Window]]:
    """How far to look ahead and the windows, latest first: from as-of minus h, 1.5 h, 2 h ... (definitions.md, Origins).

    most: at most so many, the latest.
    """
    last, days = day_number(as_of), horizon_days(settings, as_of)
    if log.first is None or log.enough is None:
        return days, []
    longest = int(min((last - log.first) / (1 + CALIBRATION), last - log.enough))
    days = min(days, longest)
    if days < LEAST_DAYS:
        return days, []
    steps = range(2, 2 + 2 * (last - log.first) // days)
    found = [last - round(days * step / 2) for step in steps]
    usable = [origin for origin in found if origin - log.first >= CALIBRATION * days and origin >= log.enough]
    return days, [Window(origin, origin + days) for origin in usable[:most]]


def by_name(origins: Sequence[date], settings: Settings, as_of: date, log: Log) -> tuple[int, list[Window]]:
    """The windows of days that a person names, latest first; all look equally far ahead. Raises CallError if what came cannot be seen."""
    last = day_number(as_of)
    spans = [(origin, Duration.parse(settings.horizon).days(origin)) for origin in sorted(set(origins), reverse=True)]
    days = min(span for _, span in spans)
    for origin, _ in spans:
        if log.first is None or not log.first < day_number(origin) <= last - days:
            usable = "no day" if log.first is None else f"a day after {day_of(log.first)} and not after {day_of(last - days)}"
            came = f"Origin {origin} with a horizon of {settings.horizon}, as of {day_of(last)}."
            raise CallError(f"{came} Expected: {usable}, so that what came can be seen.")
    return days, [Window(day_number(origin), day_number(origin) + days) for origin, _ in spans]


def impossible(log: Log) -> str:
    """Why there is no origin, as a sentence."""
    if log.enough is None:
        return f"No backtest is possible: the log has fewer than {CUSTOMERS} customers with a purchase."
    return (
        f"No backtest is possible: the log has {CUSTOMERS} customers only from {day_of(log.enough)} on, "
        f"too late to forecast at least {LEAST_DAYS} days from a calibration of {CALIBRATION:g} times that length."
    )


class Walk:
    """Goes through the days on which a window begins or ends, in order; each is known by what was known on it.

    sampled: how many customers were drawn from a large base, None if all take part.
    """

    def __init__(self, engine: Engine, loaded: Loaded, settings: Settings, log: Log, *, as_of: date, progress: Progress) -> None:
        self._engine, self._loaded, self._settings, self._log, self._progress = engine, loaded, settings, log, progress
        self._as_of = day_number(as_of)
        self._facts = log_facts(loaded, as_of)
        self._is_plain = is_plain(loaded, settings, as_of)
        # Those set apart are named by their ids.
        self._is_numbered = self._is_plain and not loaded.sets_apart
        self._returns: list[tuple[Window, tuple[float, float, float]]] = []
        self.sampled: int | None = None

    def through(
        self, windows: Sequence[Window], baselines: Sequence[AbstractBaseline], *, least: int, sample: int | None = SAMPLE
    ) -> list[SeenOrigin]:
        """The windows with at least so many customers, latest first. sample: above so many customers as many are drawn; None: never."""
        before = {window: self._spread_window(window) for window in windows}
        every = sorted({*before.values(), *windows}, key=lambda one: (one.until, one.days))
        days = sorted({day for window in every for day in (window.origin, window.until)})
        going = _Going()
        with self._own_lines(sample):
            for day in days:
                begins, ends = [one for one in every if one.origin == day], [one for one in every if one.until == day]
                self._know(day, begins, going, is_last=day == days[-1])
                for window in ends:
                    self._end(window, before, baselines, going, least=least, is_last=day == days[-1])
        return sorted(going.seen, key=lambda one: -one.window.origin)

    def _spread_window(self, window: Window) -> Window:
        """Where the spread of the naive forecasts is measured: one horizon earlier, so that its outcomes are known at the origin; in a log
        too short for that a window as long as a calibration of 1.5 of its lengths leaves.
        """
        room = window.origin - (self._log.first or 0)
        return Window(window.origin - max(1, min(window.days, int(room / (1 + CALIBRATION)))), window.origin)

    @contextmanager
    def _own_lines(self, sample: int | None) -> Iterator[None]:
        """`booked`, or `plain_days`, holds what the backtest's customers did while this lasts, narrow and in memory."""
        engine = self._engine
        with self._progress.phase("Laying out the log") as phase:
            if sample is None or self._log.customers <= sample:
                engine.table("backtest_customers", "base/backtest/everybody.sql", in_any_order=True)
            else:
                self.sampled = sample
                engine.table("backtest_customers", "base/backtest/sample.sql", in_any_order=True, customers=sample)
            name, step = ("plain_days", "base/backtest/lines_plain.sql") if self._is_plain else ("booked", "base/backtest/lines.sql")
            step = "base/backtest/lines_numbered.sql" if self._is_numbered else step
            phase.rows = engine.table("backtest_lines", step, in_any_order=True, as_of=self._as_of)
            if self._is_numbered:
                engine.rename("backtest_customers", "backtest_ids")
                engine.table("backtest_customers", "base/backtest/numbers.sql", in_any_order=True)
            engine.rename(name, f"{name}_of_all")
            engine.rename("backtest_lines", name)
        try:
            yield
        finally:
            engine.drop(name)
            engine.rename(f"{name}_of_all", name)
            for table in _OWN_TABLES:
                engine.drop(table)

    def _know(self, day: int, begins: Sequence[Window], going: _Going, *, is_last: bool) -> None:
        """Builds what was known on a day. On the last day it is asked for collective customers, as before a valuation."""
        engine = self._engine
        with self._progress.phase(f"Going back to {day_of(day)}") as phase:
            # Where nothing is ever taken back, only an origin needs the base of its day.
            if begins or is_last or not self._is_plain:
                phase.rows = self._build(day, is_last=is_last)
            if self._is_plain:
                engine.view("known_days", "base/backtest/known_days_plain.sql")
            else:
                engine.drop("known_days")
                engine.table("known_days", "base/backtest/known_days.sql", in_any_order=True)
            if begins:
                going.calendars[day] = self._calendar(day)
            for window in begins:
                engine.table(window.table, "base/backtest/origin.sql", in_any_order=True, origin=day, days=window.days)

    def _build(self, day: int, *, is_last: bool) -> int:
        settings = self._settings
        apart = self._loaded.sets_apart
        summary, _ = customer_base.build(
            self._engine, self._facts, as_of=day, collective=bool(settings.collective), apart=apart, has_days=self._is_plain
        )
        if is_last:
            known = (*settings.collective, *settings.not_collective)
            step = "base/backtest/collective_numbered.sql" if self._is_numbered else "base/collective.sql"
            customer_base.refuse_unknown_collective(self._engine, self._facts, summary, as_of=day, known=known, step=step)
        return summary.customers

    def return_share(self, day: int | None = None) -> float | None:
        """What reversals take of the money of purchases, by all windows that had ended by a day (all at the end); None without amounts.

        In a window it is the money of its purchases, as known when it ended, less all that was booked in it: what reversals of later days
        will take from these purchases is about what those of the window took from earlier ones.
        """
        import numpy as np

        from kundenwert.models.returns import return_shares

        if not self._loaded.has_amounts:
            return None
        seen = [found for window, found in self._returns if day is None or window.until <= day]
        made = np.array(seen, dtype=np.float64).reshape(-1, 3).sum(axis=0)
        return float(return_shares(*made[:, None])[0])

    def _measure_returns(self, window: Window) -> None:
        if not self._is_plain and self._loaded.has_amounts:
            (money,) = self._engine.rows("base/money_since.sql", since=window.origin, as_of=window.until)
            self._returns.append((window, (float(money["made"]), money["purchases"], money["purchases"] - money["revenue"])))

    def _calendar(self, day: int) -> Calendar:
        import numpy as np

        first = self._log.first or day
        months = months_between(first, day)
        step = "base/backtest/repeat_months_plain.sql" if self._is_numbered else "base/backtest/repeat_months.sql"
        found = self._engine.arrays(step, origin=day)
        purchases = np.zeros(len(months) - 1, dtype=np.int64)
        purchases[np.searchsorted(months, found["month"])] = found["purchases"]
        return Calendar(day, first, np.array(months, dtype=np.int64), purchases)

    def _end(
        self,
        window: Window,
        before: dict[Window, Window],
        baselines: Sequence[AbstractBaseline],
        going: _Going,
        *,
        least: int,
        is_last: bool,
    ) -> None:
        from kundenwert.models.baselines import spread_of

        engine = self._engine
        engine.drop("backtest_origin")
        engine.rename(window.table, "backtest_origin")
        known = self._known(window, going)
        self._measure_returns(window)
        if window in before.values():
            spreads = {}
            for rule in baselines:
                spreads[rule.name] = spread_of(rule.point(known.seen)[known.row], known.actual, known.count)
            going.spreads[window] = spreads
        if window in before and known.customers >= least:
            spreads = {name: one.over(window.days / before[window].days) for name, one in going.spreads[before[window]].items()}
            weeks: tuple[tuple[int, int], ...] = ()
            if is_last:
                rows = engine.rows("base/backtest/weeks.sql", origin=window.origin, until=window.until)
                weeks = tuple((row["week"], row["purchases"]) for row in rows)
            going.seen.append(SeenOrigin(window, known, spreads, weeks))

    def _known(self, window: Window, going: _Going) -> Known:
        import numpy as np

        from kundenwert.models.evidence.known import GROUPS, Known

        found = self._engine.arrays("base/backtest/outcomes.sql", origin=window.origin, until=window.until)
        # In the order of the ids, whatever order the engine gives.
        order = np.argsort(found["number"])
        columns = {name: column[order] for name, column in found.items()}
        columns["group"] = columns["number"] % GROUPS
        share = self.return_share(window.origin)
        paid = None if share is None else _paid(columns, share)
        return Known.of(columns, float(window.days), going.calendars[window.origin], paid)


def _paid(columns: dict[str, Any], return_share: float) -> Paid:
    import numpy as np

    from kundenwert.models.evidence.known import Paid

    n = len(columns["number"])
    who = np.arange(0, n, max(1, n // _PAID))
    return Paid(
        who=who,
        spend_days=columns["spend_days"][who].astype(np.int64),
        spend=columns["spend"][who],
        first_amount=columns["first_amount"][who],
        later_days=columns["later_days"][who].astype(np.int64),
        later_spend=columns["later_spend"][who],
        revenue=columns["revenue"][who],
        return_share=return_share,
    )


def months_between(first: int, last: int) -> list[int]:
    """The first days of the calendar months from that of `first` to that of `last`, and the first day after; day numbers."""
    start, end = day_of(first), day_of(last)
    whole = range(start.year * 12 + start.month - 1, end.year * 12 + end.month + 1)
    return [day_number(date(month // 12, month % 12 + 1, 1)) for month in whole]


def weeks_until(origin: int, first: int, until: int) -> list[int]:
    """The last days of whole weeks counted from the origin: from the one that holds `first` to the last one not after `until`."""
    return list(range(origin - (origin - first) // _WEEK * _WEEK, until + 1, _WEEK))

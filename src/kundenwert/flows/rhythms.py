"""How customers buy, as known on the as-of day and on two earlier days: what components ask of rhythm, silence and stages.

Tables it leaves in the engine, for each `day` of "now" (as-of), "year" (12 months before) and "look_back" (before the part of the log on
which an alert is tried):
- `rhythm_<day>`: one row a customer with a purchase until that day that models see (neither objectors nor collective customers):
  number (joins `purchases_<day>`), customer_id, first_day, last_day, frequency, recency, t, p_alive, usual_gap (days within which 9 of 10
  buy again, from the last purchase), next_gap (days from that day within which half buy again, if still customers), expected_purchases
  (on the look-back day, until the as-of day), lost_after (days of silence from which on P(alive) is below 20 %), mean_amount,
  buys_again and stays (chance of a purchase, and to be a customer at the end, within the horizon; on the look-back day until the as-of
  day), buys_spread and stays_spread (their standard deviations, on the as-of day); what no model says is null;
- `purchases_<day>`, not for "look_back": their purchases: number of the customer, day, the n-th, the gap before it, and after how long
  a gap the customer counted as lost then.
Days are numbers since 1970-01-01.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from kundenwert import registry
from kundenwert.base import customer_base
from kundenwert.base.as_of import day_number, day_of
from kundenwert.engines._engine import Reading
from kundenwert.flows import origins
from kundenwert.flows.forecasts import recent_histories, unit_days_of
from kundenwert.flows.known_log import is_plain, log_facts
from kundenwert.records import Horizons
from kundenwert.settings import Duration

if TYPE_CHECKING:
    from kundenwert.engines._engine import Engine
    from kundenwert.flows.load import Loaded
    from kundenwert.flows.valuation import Valued
    from kundenwert.settings import Settings

RHYTHMS: Final = ("rhythm_now", "purchases_now", "rhythm_year", "purchases_year", "rhythm_look_back", "rhythm_days")
"""The tables above; those of an earlier day may be missing."""
# Shorter silences are no return of a lost customer.
_LEAST_SILENCE = 30
# Of a larger base so many customers serve the fit that tells who is lost.
_SAMPLE = 50_000
# So many customers an earlier day needs to tell anything.
_LEAST_CUSTOMERS = 2
# The purchase days of a log with reversals; see `_settled`.
_PURCHASE_DAYS = "base/rhythms/purchase_days.sql"
# Tables of the base of a day; an earlier day is built in their place, then they are put back.
_OF_THE_DAY = ("customers", "cancelled")


@dataclass(frozen=True)
class Days:
    """The as-of day and the two earlier ones, as numbers. window: days of the log on which an alert is tried; 0 if it is too short.

    horizon: days in which a customer may buy again, from the as-of day on.
    """

    now: int
    year: int
    look_back: int
    horizon: float

    @property
    def window(self) -> int:
        """The days from the look-back day to the as-of day."""
        return self.now - self.look_back


def load_rhythms(engine: Engine, loaded: Loaded, valued: Valued, settings: Settings) -> set[str]:
    """Makes the tables above; gives which days there are, as "rhythm.now", "rhythm.year", "rhythm.look_back".

    An earlier day is left out if nobody, or only one customer, had bought until then. The base of the as-of day stands after it.
    """
    days = _days(engine, valued, settings)
    fit = None if valued.is_recent else valued.fits[0]
    known = _Known(engine, loaded, settings, days)
    given = {"rhythm.now"}
    with customer_base.plain_days(engine, as_of=days.now, wanted=known.is_plain), _settled(engine, wanted=not known.is_plain):
        with _contested(engine, wanted=not known.is_plain):
            known.make("now", fit, is_plain=known.is_plain)
        if known.make_earlier("year"):
            given.add("rhythm.year")
        if days.look_back == days.year and "rhythm.year" in given:
            engine.project("rhythm_look_back", "rhythm_year", {name: Reading((name,)) for name in engine.columns("rhythm_year")})
            given.add("rhythm.look_back")
        elif days.window >= origins.LEAST_DAYS and known.make_earlier("look_back"):
            given.add("rhythm.look_back")
    engine.load("rhythm_days", {"name": ["now", "year", "look_back"], "day": [days.now, days.year, days.look_back]})
    return given


@contextmanager
def _settled(engine: Engine, *, wanted: bool) -> Iterator[None]:
    """While this lasts, the lines of `booked` stand in two tables, since several days are built from them.

    `settled_days`: the days of the lines that no reversal can touch, summed. `contested`: the other lines, a few per cent of all.
    """
    if not wanted:
        yield
        return
    engine.table("settled_days", "base/rhythms/settled_days.sql", in_any_order=True)
    engine.table("contested", "base/rhythms/contested.sql", in_any_order=True)
    engine.view("purchase_days", _PURCHASE_DAYS)
    try:
        yield
    finally:
        engine.view("purchase_days", "base/purchase_days.sql")
        for table in ("settled_days", "contested"):
            engine.drop(table)


@contextmanager
def _contested(engine: Engine, *, wanted: bool) -> Iterator[None]:
    """While this lasts, `booked` shows the contested lines alone: reversals are matched among them; `purchase_days` adds all others."""
    if not wanted:
        yield
        return
    engine.rename("booked", "booked_of_all")
    engine.rename("contested", "booked")
    try:
        yield
    finally:
        engine.rename("booked", "contested")
        engine.rename("booked_of_all", "booked")


def _days(engine: Engine, valued: Valued, settings: Settings) -> Days:
    """The look-back is the horizon, or as much of the log as leaves one and a half times as much before it."""
    now = day_number(valued.as_of)
    (log,) = engine.rows("base/rhythms/log.sql")
    longest = int((now - log["first_day"]) / (1 + origins.CALIBRATION))
    year = day_number(Duration(12, "m").after(valued.as_of, -1))
    look_back = now - min(origins.horizon_days(settings, valued.as_of), longest)
    return Days(now, year, look_back, valued.horizons.horizon_days)


@dataclass(frozen=True)
class _Known:
    """Makes the tables of each day from the log as known then."""

    engine: Engine
    loaded: Loaded
    settings: Settings
    days: Days

    @property
    def is_plain(self) -> bool:
        """Whether the whole log up to the as-of day is plain; `plain_days` then stands."""
        return is_plain(self.loaded, self.settings, day_of(self.days.now))

    def make_earlier(self, name: str) -> bool:
        """The tables of an earlier day; false if too few had bought."""
        day: int = getattr(self.days, name)
        facts = log_facts(self.loaded, day_of(day))
        if not facts.lines:
            return False
        plain, collective = is_plain(self.loaded, self.settings, day_of(day)), bool(self.settings.collective)
        kept = _OF_THE_DAY[:1] if self.is_plain else _OF_THE_DAY
        for table in kept:
            self.engine.rename(table, f"{table}_of_now")
        try:
            with (
                customer_base.plain_days(self.engine, as_of=day, wanted=plain and not self.is_plain),
                _contested(self.engine, wanted=not plain),
            ):
                summary, _ = customer_base.build(
                    self.engine,
                    facts,
                    as_of=day,
                    collective=collective,
                    apart=self.loaded.sets_apart,
                    has_days=plain,
                    days_step=_PURCHASE_DAYS,
                )
                enough = summary.modelled >= _LEAST_CUSTOMERS
                if enough:
                    self.make(name, None, is_plain=plain)
        finally:
            for table in kept:
                self.engine.drop(table)
                self.engine.rename(f"{table}_of_now", table)
        return enough

    def make(self, name: str, fit: Any, *, is_plain: bool) -> None:
        """The tables of a day from its base, table `customers` of the engine; fit: of the run."""
        self.engine.table("numbered_customers", "base/rhythms/numbered.sql", in_any_order=True)
        step = "base/rhythms/purchases_plain.sql" if is_plain else "base/rhythms/purchases.sql"
        if name != "look_back":
            self.engine.table("known_purchases", step, as_of=getattr(self.days, name))
        else:
            self.engine.view("known_purchases", "base/rhythms/no_purchases.sql")
        window = self.days.window if getattr(self.days, name) == self.days.look_back else 0
        ahead = self.days.horizon if name == "now" else float(window)
        rhythms, silences = _of_histories(self.engine, window, self.settings, fit, ahead=ahead, is_now=name == "now")
        if name == "now":
            rhythms["usual_gap"] = _of_run(self.engine, rhythms)
        self.engine.load("history_rhythms", rhythms)
        self.engine.load("silence_limits", silences)
        self.engine.table(f"rhythm_{name}", "base/rhythms/rhythms.sql", in_any_order=True)
        if name != "look_back":
            self.engine.table(f"purchases_{name}", "base/rhythms/returns.sql", in_any_order=True, least=_LEAST_SILENCE)
        for table in ("numbered_customers", "known_purchases", "history_rhythms", "silence_limits"):
            self.engine.drop(table)


def _of_run(engine: Engine, rhythms: Mapping[str, Any]) -> Any:
    """The usual gaps under the model of the run, which may be another than that of leaving; where it says none, that one's."""
    import numpy as np

    # Either side may be of a base too small for a model, where histories are told apart by more.
    if "recent" in engine.columns("forecasts") or (rhythms["recent"] >= 0).any():
        return rhythms["usual_gap"]
    told = np.ma.filled(engine.arrays("base/rhythms/usual_gaps.sql")["usual_gap"].astype(np.float64), np.nan)
    return np.where(np.isnan(told), rhythms["usual_gap"], told)


def _of_histories(
    engine: Engine, window: int, settings: Settings, fit: Any, *, ahead: float, is_now: bool
) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the model of leaving says of each history, and after which silences somebody is lost; without one the recent rate alone.

    window: days in which purchases are expected; 0: nobody asks. ahead: days in which somebody may buy again, 0: nobody asks; how sure
    that is, is told of the as-of day.
    """
    import numpy as np

    from kundenwert.models import silence
    from kundenwert.models.small_base import is_small

    histories = customer_base.histories(engine)
    if is_small(histories):
        return _of_recent(engine, window, settings, ahead=ahead)
    few = histories if histories.customers <= _SAMPLE else registry.load("models.purchases", "mbg_nbd")().sample(histories, _SAMPLE)
    fit = silence.leaving_fit(fit, few, unit_days_of(settings))
    if not fit.outcome.is_usable:
        return _of_recent(engine, window, settings, ahead=ahead)
    p, model, x = fit.parameters_in_days, fit.model, histories.frequency
    rhythms = {
        "frequency": x,
        "recency": histories.recency,
        "t": histories.T,
        "recent": np.full(len(x), -1),
        "p_alive": model.p_alive(p, x, histories.recency, histories.T),
        "usual_gap": model.usual_gap(p, x, histories.recency),
        "next_gap": silence.next_gap(fit, x, histories.T),
        "expected_purchases": model.expected_purchases(p, histories, float(window)) if window else np.zeros(len(x)),
        **_staying(fit, histories, ahead, is_now=is_now),
    }
    states = engine.arrays("base/rhythms/silences.sql", least=_LEAST_SILENCE)
    frequency, recency = states["frequency"].astype(np.int64), states["recency"].astype(np.float64)
    return rhythms, {"frequency": frequency, "recency": recency, "lost_after": silence.lost_after(fit, frequency, recency)}


def _staying(fit: Any, histories: Any, ahead: float, *, is_now: bool) -> dict[str, Any]:
    """The chance of a purchase in the days ahead and to be a customer at their end, and how sure both are."""
    import numpy as np

    from kundenwert.models import staying

    nothing = np.full(len(histories), np.nan)
    if not ahead:
        return dict.fromkeys(("buys_again", "stays", "buys_spread", "stays_spread"), nothing)
    buys, stays = staying.spreads(fit, histories, ahead) if is_now else (nothing, nothing)
    return {
        "buys_again": staying.buys_again(fit, histories, ahead),
        "stays": staying.stays(fit, histories, ahead),
        "buys_spread": buys,
        "stays_spread": stays,
    }


def _of_recent(engine: Engine, window: int, settings: Settings, *, ahead: float) -> tuple[dict[str, Any], dict[str, Any]]:
    """Of a base too small for a model of leaving: the rate of the last 12 months says when the next purchase comes, not who has left.

    That rate falls while somebody is silent, so the usual gap is that of the whole history until the last purchase: of Gamma(r + x,
    alpha + t), as models of histories have it.
    """
    import numpy as np

    from kundenwert.models.silence import next_gap
    from kundenwert.models.staying import buys_again

    recent, keys = recent_histories(engine)
    fit = registry.load("models.purchases", "recent_rate")().fit(recent, unit_days=unit_days_of(settings))
    forecast = fit.forecast_histories(recent, Horizons(float(window), float(window), 0.0))
    nobody = np.full(recent.purchases.shape, np.nan)
    rhythms = {
        **keys,
        "p_alive": nobody,
        "usual_gap": next_gap(fit, keys["frequency"], keys["recency"], 0.9),
        "next_gap": next_gap(fit, recent.purchases, recent.exposure_days),
        "expected_purchases": forecast.expected_purchases,
        "buys_again": buys_again(fit, recent, ahead) if ahead else nobody,
        **dict.fromkeys(("stays", "buys_spread", "stays_spread"), nobody),
    }
    none = np.empty(0)
    return rhythms, {"frequency": none, "recency": none, "lost_after": none}

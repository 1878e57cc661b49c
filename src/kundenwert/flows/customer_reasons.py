"""Why the value of a customer changed since an earlier run, and what would change it: reckoned with the runs' own fits."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kundenwert.records import ChangeLine, Horizons, Notice, PointsOf, ResultTotals, ValueChange, WhatIf
from kundenwert.runs import store
from kundenwert.value.components.score import weighted
from kundenwert.value.criteria.payment import points_of as payment_points

if TYPE_CHECKING:
    from kundenwert.engines._engine import Engine
    from kundenwert.records import PurchaseForecast

_CENT = Decimal("0.01")
# How long a customer is thought to stay away, in days.
AWAY = 90
# Without a purchase left, or where no constant rate keeps the history, nothing can be thought through.
_VALUED = frozenset({"customer", "segment"})
# Changes of a chance below this, and of money below a unit, are not worth a sentence.
_LEAST_CHANCE, _LEAST_MONEY = 0.005, 1.0


@dataclass(frozen=True)
class Fit:
    """The purchase fit of a run, asked for one history at a time. is_plain: its forecast depends on no calendar."""

    source: store.Run
    fitted: Any
    is_plain: bool

    @property
    def is_rate(self) -> bool:
        """Whether customers are valued by a constant rate, of which the value table keeps no history."""
        return bool(self.fitted.model.name == "recent_rate")

    def of(self, frequency: int, recency: float, age: float, *, days: float | None = None) -> PurchaseForecast:
        """The forecast of one history, in days; days: another horizon than the run's."""
        import numpy as np

        from kundenwert.records import Histories

        content, one = self.source.manifest, np.ones(1, dtype=np.int64)
        near = float(content["horizon_days"]) if days is None else days
        horizons = Horizons(near, float(content["value_horizon_days"]), float(content["settings"]["discount_rate"]))
        found: PurchaseForecast = self.fitted.forecast_histories(
            Histories(one * frequency, np.array([float(recency)]), np.array([float(age)]), one), horizons
        )
        return found


def fit_of(source: store.Run) -> Fit:
    """The purchase fit that a run kept."""
    from kundenwert.models._fitted import Fitted
    from kundenwert.models.remedies import read_fit

    name = source.manifest["models"][0]["name"]
    fitted = read_fit((source.folder / "models" / f"{name}.json").read_text(encoding="utf-8"))
    return Fit(source, fitted, isinstance(fitted, Fitted))


# ---- why it changed ---------------------------------------------------------------------------------------------------


def last_before(project: Path, source: store.Run) -> store.Run | None:
    """The last run of an earlier day that values by the same yardstick in the same currency."""
    runs = [store.read(project, name) for name in store.names(project)]
    earlier = [run for run in runs if run.as_of < source.as_of and run.name != source.name]
    last = max(earlier, key=lambda run: (run.as_of, run.name), default=None)
    same = last is not None and all(last.manifest.get(name) == source.manifest.get(name) for name in ("yardstick", "currency"))
    return last if same else None


def change_of(engine: Engine, project: Path, source: store.Run, row: Mapping[str, Any]) -> ValueChange | None:
    """Why the value is another than at the last run of an earlier day; None without money, without such a run or where the customer
    was not valued then.
    """
    earlier = last_before(project, source)
    if earlier is None or row["value"] is None:
        return None
    engine.open_parquet("earlier_customers", [earlier.customers], numbered=False)
    return change_since(earlier, engine.rows("value/one_earlier.sql", customer=row["customer_id"]), source, row)


def change_since(earlier: store.Run, found: Sequence[Mapping[str, Any]], source: store.Run, row: Mapping[str, Any]) -> ValueChange | None:
    """The same, with what the earlier run said of the customer: its row, or none."""
    if not found or found[0]["value"] is None or found[0]["level"] not in {*_VALUED, "none"}:
        return None
    before = found[0]
    lines = _lines(Two(earlier, source, before, row))
    return ValueChange(earlier.name, earlier.as_of, before["value"], row["value"], lines)


@dataclass(frozen=True)
class Two:
    """One customer in two runs."""

    earlier: store.Run
    later: store.Run
    before: Mapping[str, Any]
    after: Mapping[str, Any]

    @property
    def bought(self) -> int:
        """Purchases that the later run knows and the earlier one did not."""
        return _purchases(self.after) - _purchases(self.before)

    @property
    def days(self) -> int:
        """From one as-of day to the other."""
        return (self.later.as_of - self.earlier.as_of).days


def _purchases(row: Mapping[str, Any]) -> int:
    return 0 if row["frequency"] is None else int(row["frequency"]) + 1


def _lines(two: Two) -> tuple[ChangeLine, ...]:
    """Purchases, forecast, amounts, and what the value definition adds; the last of the first three takes the cents that are left."""
    before, after = two.before, two.after
    old, new = before["clv"] or Decimal(0), after["clv"] or Decimal(0)
    history, model, expected = _ahead(two, float(old), float(new))
    each = _each(before["past"], _purchases(before)) or _each(after["past"], _purchases(after))
    purchases = _cents(history) + _cents(two.bought * each)
    forecast = _cents(model)
    added = (after["value"] - after["past"] - new) - (before["value"] - before["past"] - old)
    amounts = after["value"] - before["value"] - added - purchases - forecast
    lines = [
        ChangeLine("purchases", purchases, _told(two, expected)),
        ChangeLine("forecast", forecast, Notice("change_forecast", "Forecast reckoned anew from all customers.")),
        ChangeLine("amounts", amounts, Notice("change_amounts", "Price, cost and size of purchases, corrections.")),
    ]
    if added:
        lines.append(ChangeLine("added", added, Notice("change_added", "What the value definition adds to past and clv.")))
    return tuple(lines)


def _told(two: Two, expected: float | None) -> Notice:
    """What was bought between the two days, and what was expected then."""
    values = {"bought": two.bought, "expected": expected, "day": two.earlier.as_of}
    if expected is None:
        return Notice("change_bought", "Purchases since {day}: {bought}.", values)
    return Notice("change_purchases", "Purchases since {day}: {bought}; expected were {expected:.1f}.", values)


def _ahead(two: Two, old: float, new: float) -> tuple[float, float, float | None]:
    """What history and model changed in clv at the money of the earlier run, and how many purchases it expected since then."""
    earlier, later = fit_of(two.earlier), fit_of(two.later)
    if two.before["frequency"] is None or two.after["frequency"] is None:
        return new - old, 0.0, None
    if earlier.is_rate or later.is_rate:
        return _by_rates(two, old)
    was, now = _history(two.before), _history(two.after)
    first = float(earlier.of(*was).discounted_purchases[0])
    same_model = float(earlier.of(*now).discounted_purchases[0])
    last = float(later.of(*now).discounted_purchases[0])
    expected = float(earlier.of(*was, days=float(two.days)).expected_purchases[0])
    money = old / first if first else new / last if last else 0.0
    return (same_model - first) * money, (last - same_model) * money, expected


def _by_rates(two: Two, old: float) -> tuple[float, float, float | None]:
    """A constant rate forecasts by the purchases of a year alone: all its change comes from them."""
    was, now = float(two.before["expected_purchases"] or 0), float(two.after["expected_purchases"] or 0)
    near = float(two.earlier.manifest["horizon_days"])
    return (now / was - 1) * old if was else 0.0, 0.0, was * two.days / near


def _history(row: Mapping[str, Any]) -> tuple[int, float, float]:
    return int(row["frequency"]), float(row["recency"]), float(row["T"])


def _each(money: Decimal | None, count: int) -> float:
    return float(money) / count if money is not None and count else 0.0


def _cents(amount: float) -> Decimal:
    return Decimal(amount).quantize(_CENT, rounding=ROUND_HALF_EVEN) if math.isfinite(amount) else Decimal(0)


# ---- what would change it ---------------------------------------------------------------------------------------------


def what_ifs(
    source: store.Run, row: Mapping[str, Any], points: Sequence[PointsOf], result: ResultTotals | None, drivers: Mapping[str, Any] | None
) -> tuple[WhatIf, ...]:
    """Each is reckoned with one thing changed and all else as it is. drivers: what was counted in the year of `result`."""
    return (*_purchase(source, row), *_payment(row, points), *_cost(result, drivers or {}))


def _purchase(source: store.Run, row: Mapping[str, Any]) -> list[WhatIf]:
    """A purchase on the as-of day, and none for long after it."""
    if row["level"] not in _VALUED or row["frequency"] is None:
        return []
    fit = fit_of(source)
    if fit.is_rate:
        return []
    frequency, recency, age = _history(row)
    today = fit.of(frequency, recency, age)
    found = []
    # All purchases of a day count as one.
    if recency < age:
        found.append(_compared("bought", row, today, fit.of(frequency + 1, age, age)))
    # A fit with a calendar knows the days of purchases by the as-of day, which must not move.
    if fit.is_plain:
        found.append(_compared("stays_away", row, today, fit.of(frequency, recency, age + AWAY)))
    return [one for one in found if one is not None]


_CHANCE = {
    "bought": Notice("bought", "A purchase now would raise the chance to be still a customer from {now:.1%} to {then:.1%}."),
    "stays_away": Notice(
        "stays_away", "Without a purchase for {days} days the chance to be still a customer would fall from {now:.1%} to {then:.1%}."
    ),
}
_CHANCE_AND_MONEY = {
    "bought": Notice(
        "bought_money",
        "A purchase now would raise the chance to be still a customer from {now:.1%} to {then:.1%}, "
        "and change what is still to come by {change:+,.0f¤}.",
    ),
    "stays_away": Notice(
        "stays_away_money",
        "Without a purchase for {days} days the chance to be still a customer would fall from {now:.1%} to {then:.1%}, "
        "and what is still to come would change by {change:+,.0f¤}.",
    ),
}


def _compared(kind: str, row: Mapping[str, Any], today: PurchaseForecast, then: PurchaseForecast) -> WhatIf | None:
    """A forecast of another history against that of today; money moves with the discounted purchases."""
    if row["p_alive"] is None or then.p_alive is None:
        return None
    first = float(today.discounted_purchases[0])
    change = float(row["clv"]) * (float(then.discounted_purchases[0]) / first - 1) if row["clv"] is not None and first else None
    now, later = float(row["p_alive"]), float(then.p_alive[0])
    if abs(later - now) < _LEAST_CHANCE and abs(change or 0.0) < _LEAST_MONEY:
        return None
    notice = (_CHANCE if change is None else _CHANCE_AND_MONEY)[kind]
    return WhatIf(kind, Notice(notice.key, notice.text, {"days": AWAY, "now": now, "then": later, "change": change}))


def _payment(row: Mapping[str, Any], points: Sequence[PointsOf]) -> list[WhatIf]:
    """Points and score if every invoice were paid by its due day."""
    own = next((one for one in points if one.basis.text and "fact_1" in one.basis.values and _is_payment(one)), None)
    if own is None or own.points is None or row.get("score") is None or own.provenance != "data":
        return []
    then = float(payment_points(0.0, own.basis.values.get("fact_2", 0.0)))
    given, weights = [one.points for one in points], [one.weight for one in points]
    changed = [then if one is own else one.points for one in points]
    (now, _), (better, _) = weighted(given, weights), weighted(changed, weights)
    if now is None or better is None or then - own.points < 0.05:
        return []
    text = "Paying by the due day would give {points:.1f} points for {criterion} instead of {own:.1f}, and {gain:+.2f} of the score."
    values = {"points": then, "own": own.points, "criterion": own.criterion, "english": own.english, "gain": better - now}
    return [WhatIf("pays_on_time", Notice("pays_on_time", text, values))]


def _is_payment(one: PointsOf) -> bool:
    from kundenwert.value.criteria.payment import PLUGIN

    return one.basis.text == PLUGIN.basis.text


def _cost(result: ResultTotals | None, drivers: Mapping[str, Any]) -> list[WhatIf]:
    """What one visit, return or complaint less, and a percentage point of discount, would have left in the year."""
    if result is None or result.year is None:
        return []
    found, year = [], str(result.year)
    amounts = {step.name: step.customers or Decimal(0) for step in result.steps}
    point = amounts["gross"] / 100
    if amounts["discount"] >= point > 1:
        text = "One percentage point of discount less would have left {amount:,.0f¤} more in {year}."
        found.append(WhatIf("discount", Notice("discount", text, {"amount": float(point), "year": year})))
    # Written out, since each text is looked up in the dictionary as it stands.
    sentences = {
        "visit": ("visits", "visit_cost", Notice("visit", "One visit less would have left {amount:,.0f¤} more in {year}.")),
        "returns": ("returns", "return_cost", Notice("returns", "One return less would have left {amount:,.0f¤} more in {year}.")),
        "complaints": (
            "complaints",
            "complaint_cost",
            Notice("complaints", "One complaint less would have left {amount:,.0f¤} more in {year}."),
        ),
    }
    for kind, (count, cost, notice) in sentences.items():
        number, money = float(drivers.get(count) or 0), float(drivers.get(cost) or 0)
        if number >= 1 and money / number > _LEAST_MONEY:
            found.append(WhatIf(kind, Notice(notice.key, notice.text, {"amount": money / number, "year": year})))
    return found

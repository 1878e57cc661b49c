"""What the data cannot tell, in plain words: why a total may be further off than statistics say, and which data would settle it."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from kundenwert.models.course import expected_course
from kundenwert.models.remedies._arrivals import Arrivals
from kundenwert.records import Calendar, Histories, Notice, SpendHistories

Floats = NDArray[np.float64]

_YEAR: Final = 365
# The last months of a log are compared with its last year: as many as make up so many days.
_END_DAYS: Final = 45
# So far above or below the year is called a season, if it is also beyond chance.
_PEAK: Final = 1.25
_BEYOND_CHANCE: Final = 4.0
# Shares of all repeat purchases from which on few customers are said to dominate: of the ten biggest, and of the top 1 %.
_FEW: Final = 10
_SHARE_OF_FEW: Final = 0.10
_SHARE_OF_TOP: Final = 0.30
# The share of all money from which on one customer with one or two purchase days stands out, in bases of at least so many buyers.
_GIANT: Final = 0.05
_BUYERS: Final = 50


def identify(
    histories: Histories,
    calendar: Calendar,
    fit: Any,
    *,
    log_days: int | None = None,
    spend: SpendHistories | None = None,
    spend_fit: Any = None,
) -> tuple[Notice, ...]:
    """All that a reader should know of what these data leave open, most far-reaching first.

    fit: the purchase fit, plain or remedied; what a remedy takes care of is not told again. log_days: days the log covers, if not those
    from its start to the as-of day. spend, spend_fit: spend histories and their fit, where there is money.
    """
    days = log_days or calendar.as_of - calendar.log_start + 1
    found = [
        _two_seasons(days),
        _end_in_season(histories, calendar, fit, days),
        _old_customers(histories, calendar, fit),
        _few_buyers(histories),
        _few_spenders(spend),
        _giant_order(spend),
        _no_mean(spend_fit),
        _flat(fit),
        _always_alive(histories, fit),
    ]
    return tuple(one for one in found if one is not None)


def _two_seasons(days: int) -> Notice | None:
    if days >= 2 * _YEAR:
        return None
    text = (
        "The log covers {days:,} days, less than two whole years: whether a month is strong every year or was so once cannot be told. "
        "Earlier lines, back to two whole years, would settle it."
    )
    return Notice("short_of_two_seasons", text, {"days": int(days)})


def _end_in_season(histories: Histories, calendar: Calendar, fit: Any, days: int) -> Notice | None:
    """The last weeks against the last year, both as multiples of what the fit expected of them."""
    if days < _YEAR or not calendar.repeat_purchases.any():
        return None
    counts, expected = calendar.repeat_purchases.astype(np.float64), _expected(histories, calendar, fit)
    last = calendar.months[1:] > calendar.months[-1] - _YEAR
    end = np.arange(len(counts)) >= np.searchsorted(calendar.months, calendar.months[-1] - _END_DAYS, side="right") - 1
    if not expected[end].sum() > 0 or not counts[last].sum() > 0:
        return None
    usual = counts[last].sum() / expected[last].sum() * expected[end].sum()
    ratio = counts[end].sum() / usual
    chance = np.sqrt(1 / usual + 1 / counts[last].sum())
    if abs(ratio - 1) < _BEYOND_CHANCE * chance or 1 / _PEAK < ratio < _PEAK:
        return None
    values = {"days": int(calendar.months[-1] - calendar.months[:-1][end][0]), "share": float(abs(ratio - 1))}
    if ratio > 1:
        text = (
            "The log ends in a peak: its last {days} days hold {share:.0%} more repeat purchases than usual over the year, and a model "
            "takes such weeks for the rule. A log that ends a year later at the same time, or a season known from earlier years, would "
            "settle it."
        )
        return Notice("ends_in_peak", text, values)
    text = (
        "The log ends in a low: its last {days} days hold {share:.0%} fewer repeat purchases than usual over the year, and a model takes "
        "those who buy later for gone. A log that ends a year later at the same time, or a season known from earlier years, would "
        "settle it."
    )
    return Notice("ends_in_low", text, values)


def _expected(histories: Histories, calendar: Calendar, fit: Any) -> Floats:
    """Repeat purchases in each month as the fit expects them; by its days where the fit cannot say."""
    if fit.model.needs != "histories" or not fit.outcome.is_usable:
        return np.diff(calendar.months).astype(np.float64)
    ends = calendar.months.astype(np.float64) - 1 - calendar.as_of
    return np.diff(expected_course(fit, histories, ends))


def _old_customers(histories: Histories, calendar: Calendar, fit: Any) -> Notice | None:
    seen = Arrivals.of(histories, calendar)
    if seen.is_short or seen.is_cohort or not seen.is_crowded or any("+old_customers" in name for name in _names(fit)):
        return None
    text = (
        "{early:,} of {customers:,} customers have their first purchase within the first {days:.0f} days of the log; the later flow of new "
        "customers would bring {expected:,.0f}. Most of the others bought before the log began and are taken for new. Earlier lines, or "
        "the day on which each became a customer, would settle it."
    )
    values = {"early": seen.early, "customers": seen.customers, "days": round(seen.early_days), "expected": round(seen.expected)}
    return Notice("old_customers_taken_for_new", text, values)


def _few_buyers(histories: Histories) -> Notice | None:
    """Purchases of the ten biggest and of the top 1 %, as shares of all repeat purchases."""
    customers = histories.customers
    made = histories.frequency.astype(np.float64)
    ten, top = (_share_of_top(made, histories.count, number) for number in (_FEW, max(customers // 100, 1)))
    if customers >= 100 and ten >= _SHARE_OF_FEW:
        text = (
            "The {few} customers who buy most make {share:.0%} of all repeat purchases: what these few do decides the total, and no "
            "statistic knows it. Ask them, and plan them one by one."
        )
        return Notice("few_buyers", text, {"few": _FEW, "share": ten})
    if customers < 100 * _FEW or top < _SHARE_OF_TOP:
        return None
    text = (
        "One customer in a hundred makes {share:.0%} of all repeat purchases together: the total hangs on few. A second group in the "
        "data, such as trade and private customers, would settle how far they go on alike."
    )
    return Notice("top_buyers", text, {"share": top})


def _few_spenders(spend: SpendHistories | None) -> Notice | None:
    if spend is None or spend.customers < 100:
        return None
    share = _share_of_top(spend.spend_days * spend.mean, spend.count, _FEW)
    if share < _SHARE_OF_FEW:
        return None
    text = (
        "The {few} customers who spend most bring {share:.0%} of the money of all repeat purchases: whether they stay decides the total, "
        "and no statistic knows it. Ask them, and plan them one by one."
    )
    return Notice("few_spenders", text, {"few": _FEW, "share": share})


def _share_of_top(made: Floats, count: NDArray[np.int64], customers: int) -> float:
    """What so many customers with the most made, as a share of what all made; made: by one customer of each row."""
    order = np.argsort(-made, kind="stable")
    taken = np.clip(customers - (np.cumsum(count[order]) - count[order]), 0, count[order])
    return float(made[order] @ taken / max(float(made @ count), 1e-300))


def _giant_order(spend: SpendHistories | None) -> Notice | None:
    if spend is None or spend.customers < _BUYERS:
        return None
    money = spend.spend_days * spend.mean
    share = money / max(float(money @ spend.count), 1e-300)
    big = int(np.argmax(np.where(spend.spend_days <= 2, share, 0.0)))
    if share[big] < _GIANT or spend.spend_days[big] > 2:
        return None
    text = (
        "A single customer brought {share:.0%} of the money of all repeat purchases with one or two orders. Whether such an order comes "
        "again cannot be learned from the log. Ask the customer, or book it apart."
    )
    return Notice("giant_order", text, {"share": float(share[big])})


def _no_mean(spend_fit: Any) -> Notice | None:
    if spend_fit is None or spend_fit.outcome.name != "MEAN_NOT_FINITE":
        return None
    text = (
        "Customers differ so widely in what they spend that their mean is not finite by the model (q = {q:.2f}, at most 1): single large "
        "orders decide. The median takes its place. More customers of the large kind, or a group that tells them apart, would settle it."
    )
    return Notice("mean_not_finite", text, {"q": float(spend_fit.parameters["q"])})


def _flat(fit: Any) -> Notice | None:
    """A direction in which the likelihood is flat: the combination that is known, or the parameters of which nothing is."""
    names = [name for name, error in fit.standard_errors.items() if error is None and name in fit.parameters]
    ridges = [one for one in getattr(fit.model, "ridges", ()) if {one.first, one.second} == set(names)]
    if fit.outcome.name == "FLAT_DIRECTION" and ridges:
        text = (
            "The data tell {combination} = {value:.6f} but not {first} and {second} one by one. Forecasts over a time like that of the log "
            "are hardly touched by it, those far beyond it are. A longer log would settle it."
        )
        ridge = ridges[0]
        value = ridge.value(fit.parameters[ridge.first], fit.parameters[ridge.second])
        values = {"combination": ridge.combination, "value": float(value), "first": ridge.first, "second": ridge.second}
        return Notice("flat_direction", text, values)
    if fit.outcome.name != "AT_LIMIT":
        return None
    text = (
        "The data show no trace of what {names} stand for in the model {model}: a simpler model would say the same. Forecasts over a time "
        "like that of the log can be used. A longer log, in which customers can be seen to stay away, would settle it."
    )
    return Notice("no_trace", text, {"names": ", ".join(names), "model": fit.model.name})


def _always_alive(histories: Histories, fit: Any) -> Notice | None:
    once = int(histories.count[histories.frequency == 0].sum())
    if not once or not any(name.startswith("bg_nbd") for name in _names(fit)):
        return None
    text = (
        "The model BG/NBD takes every customer with a single purchase for active: here {customers:,}, {share:.0%} of all. Whether they "
        "have left is not asked. MBG/NBD and Pareto/NBD do ask."
    )
    return Notice("single_buyers_always_active", text, {"customers": once, "share": once / histories.customers})


def _names(fit: Any) -> list[str]:
    """The name of the model, or of each member of a mixture."""
    return [one.model.name for one in getattr(fit, "members", (fit,))]

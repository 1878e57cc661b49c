"""Running contracts: how long they last by tariff, what they are worth, and what users who pay nothing are worth (R15, R30, R31)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any

from kundenwert.records import Notice
from kundenwert.settings import Setting
from kundenwert.value.components._component import Basis, Built, Component
from kundenwert.value.components._options import number, whole

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from kundenwert.engines._engine import Engine

_DAYS = 30.4375


def survival(ended: ArrayLike, running: ArrayLike, months: int, *, least: int = 1) -> Any:
    """S(0 .. months): the share of contracts that still run after so many months, after Kaplan and Meier (1958, JASA 53).

    ended, running: (n,) contracts that ended, or run today, at an age of 0, 1 ... months. Where fewer than `least` were under
    observation, the mean share that ended a month over all ages goes on. S(0) is 1, S never rises. Returns (months + 1,).

    >>> [round(float(share), 4) for share in survival([2, 1, 0], [0, 2, 5], 3)]
    [1.0, 0.8, 0.7, 0.7]
    """
    import numpy as np

    gone, stay = np.asarray(ended, dtype=float), np.asarray(running, dtype=float)
    at_risk = np.cumsum((gone + stay)[::-1])[::-1]
    mean = float(gone.sum() / at_risk.sum()) if at_risk.sum() else 0.0
    known = int(np.count_nonzero(at_risk >= max(least, 1)))
    hazard = np.full(months, mean)
    shown = min(known, months)
    hazard[:shown] = gone[:shown] / at_risk[:shown]
    return np.concatenate([[1.0], np.cumprod(1 - hazard)])


def to_come(shares: ArrayLike, ages: int, months: int, rate: float) -> tuple[Any, Any, Any]:
    """Of contracts of each age 0 .. ages - 1: expected fees within so many months, the same discounted, chance to run in 12 months.

    shares: S from `survival`, at least ages + max(months, 12) long. rate: interest a month; each fee falls due at the end of its month.

    >>> months, worth, stays = to_come([1.0] * 14, 1, 2, 0.0)
    >>> float(months[0]), float(worth[0]), float(stays[0])
    (2.0, 2.0, 1.0)
    """
    import numpy as np

    left = np.asarray(shares, dtype=float)
    start = np.where(left[:ages] > 0, left[:ages], np.inf)
    windows = np.lib.stride_tricks.sliding_window_view(left[1:], months)[:ages]
    discount = np.power(1 + rate, -np.arange(1.0, months + 1))
    return windows.sum(axis=1) / start, windows @ discount / start, left[12 : 12 + ages] / start


def _build(engine: Engine, basis: Basis) -> Built:
    options = basis.options
    months = max(round(basis.value_horizon_days / _DAYS), 1)
    rate = (1 + basis.discount_rate) ** (1 / 12) - 1
    margin = next(one for one in (options["margin"], basis.margin, 1.0) if one is not None)
    engine.table("contracts_known", "value/components/contracts_known.sql", as_of=basis.as_of, months=months)
    engine.table("contracts_free", "value/components/contracts_free.sql", as_of=basis.as_of)
    tariffs = _load(engine, engine.rows("value/components/contracts_ages.sql"), months, rate, options["least"])
    free = _free(engine.rows("value/components/contracts_free_facts.sql")[0], tariffs, rate, options)
    engine.table("component_contracts", "value/components/contracts.sql", margin=margin, free_value=free["value"])
    paying = {"fee": _fee(engine), "margin": margin}
    if free["is_known"] and paying["fee"] and tariffs[-1]["is_own"]:
        free = _free_value(free, paying, rate, options)
        engine.drop("component_contracts")
        engine.table("component_contracts", "value/components/contracts.sql", margin=margin, free_value=free["value"])
    for table in ("contracts_known", "contracts_free", "contracts_worth", "contracts_annuities"):
        engine.drop(table)
    facts = {"months": months, "margin": margin, "is_margin_assumed": options["margin"] is None}
    return Built({**facts, "tariffs": [one for one in tariffs if one["name"] is not None], "free": free}, tuple(_notices(tariffs, free)))


def _load(engine: Engine, rows: Sequence[Mapping[str, Any]], months: int, rate: float, least: int) -> list[dict[str, Any]]:
    """Makes `contracts_worth` (tariff, age, months, factor, stays) and `contracts_annuities`; gives what the manifest keeps.

    The last entry, without a name, is all tariffs together.
    """
    import numpy as np

    ages = max((row["age"] for row in rows), default=0) + 1
    found = [(name, _by_age(of_tariff, ages)) for name, of_tariff in groupby(rows, key=lambda row: row["tariff"])]
    together = sum((counted for _, counted in found), start=np.zeros((2, ages)))
    told, worth = [], []
    for name, counted in [*found, (None, together)]:
        is_own = counted.sum() >= least
        used = counted if is_own else together
        shares = survival(used[0], used[1], ages + max(months, 12), least=min(least, int(used.sum())) if used.sum() else 1)
        # Of fewer contracts than that in all nothing can be counted.
        worth.append((name, *(to_come(shares, ages, months, rate) if used.sum() >= least else np.full((3, ages), np.nan))))
        told.append(_told(name, counted, shares, is_own=bool(is_own)))
    names = [name for name, *_ in worth[:-1]] or [""]
    parts = [part for _, *part in worth[:-1]] or [list(worth[-1][1:])]
    columns = {key: np.concatenate([part[place] for part in parts]) for place, key in enumerate(("months", "factor", "stays"))}
    engine.load("contracts_worth", {"tariff": np.repeat(names, ages).tolist(), "age": np.tile(np.arange(ages), len(names)), **columns})
    paid = np.concatenate([[0.0], np.cumsum(np.power(1 + rate, -np.arange(1.0, months + 1)))])
    engine.load("contracts_annuities", {"months": np.arange(months + 1), "factor": paid})
    return told


def _by_age(rows: Iterator[Mapping[str, Any]], ages: int) -> Any:
    import numpy as np

    counted = np.zeros((2, ages))
    for row in rows:
        counted[:, row["age"]] = row["ended"], row["running"]
    return counted


def _told(name: str | None, counted: Any, shares: Any, *, is_own: bool) -> dict[str, Any]:
    ended, running = (int(count) for count in counted.sum(axis=1))
    at_risk = float((counted.sum(axis=0) * range(1, counted.shape[1] + 1)).sum())
    churn = ended / at_risk if at_risk else None
    after = {str(month): round(float(shares[month]), 4) for month in (0, 6, 12, 24, 36, 60) if month < len(shares)}
    return {"name": name, "ended": ended, "running": running, "is_own": is_own, "churn": churn, "survival": after}


def _fee(engine: Engine) -> float | None:
    (found,) = engine.rows("value/components/contracts_fee.sql")
    return None if found["fee"] is None else float(found["fee"])


def _free(counted: Mapping[str, Any], tariffs: Sequence[Mapping[str, Any]], rate: float, options: Mapping[str, Any]) -> dict[str, Any]:
    """What is counted of users without a fee: shares a month that turn into paying ones and that leave."""
    months = counted["days"] / _DAYS
    is_known = counted["contracts"] >= options["least"] and months > 0
    shares = {name: counted[key] / months if is_known else None for name, key in (("conversion", "converted"), ("churn", "ended"))}
    return {**counted, **shares, "paying_churn": tariffs[-1]["churn"], "is_known": is_known, "value": None}


def _free_value(free: dict[str, Any], paying: Mapping[str, Any], rate: float, options: Mapping[str, Any]) -> dict[str, Any]:
    """A user without a fee by conversion and churn counted, and the value of a paying user."""
    from kundenwert.value.parametric.freemium import free_value, paying_value

    churn = free["paying_churn"]
    if churn is None or churn + rate <= 0 or free["conversion"] + free["churn"] + rate <= 0 or free["conversion"] + free["churn"] > 1:
        return free
    worth = float(paying_value(paying["fee"] * paying["margin"], churn, rate))
    value = float(free_value(options["free_cost"], free["conversion"], free["churn"], rate, paying=worth))
    return {**free, "paying_value": round(worth, 2), "value": round(value, 2)}


def _notices(tariffs: Sequence[Mapping[str, Any]], free: Mapping[str, Any]) -> Iterator[Notice]:
    few = [one["name"] for one in tariffs[:-1] if not one["is_own"]]
    if few and not tariffs[-1]["is_own"]:
        text = "Too few contracts to count how long they last: {count}. Their value is not told."
        yield Notice("contracts_too_few", text, {"count": tariffs[-1]["ended"] + tariffs[-1]["running"]})
    elif few:
        text = "Tariffs with too few contracts to count how long they last, taken with all others: {count}."
        yield Notice("contracts_few", text, {"count": len(few)})
    if free["contracts"] and free["value"] is None:
        text = "Too few contracts without a fee, or none that pays, to say what a free user is worth: {count}."
        yield Notice("contracts_free_few", text, {"count": free["contracts"]})


def _line(row: Mapping[str, Any]) -> Notice | None:
    if row["contract_value"] is not None:
        text = (
            "Contracts of {fee:,.2f¤} a month, running in a year with a chance of {stays:.0%}: worth {value:,.2f¤} within the value "
            "horizon."
        )
        values = {"fee": row["contract_fee"], "stays": row["contract_stays"], "value": row["contract_value"]}
        return Notice("contracts", text, values)
    if row["free_user_value"] is not None:
        text = "Pays nothing so far; such users are worth {value:,.2f¤} on average, since some of them become paying ones."
        return Notice("contracts_free", text, {"value": row["free_user_value"]})
    return None


PLUGIN = Component(
    title="Contracts and free users",
    formula="fee x margin x sum over months of the value horizon of S(age + t) / S(age) / (1 + i)^t; free users by conversion and churn",
    source="Kaplan and Meier 1958 by tariff; Gupta, Mela and Vidal-Sanz on the value of free customers",
    columns={
        "contract_fee": "Fees of the running contracts a month, in the reporting currency.",
        "contract_stays": "Chance that such a contract runs in 12 months, the mean over the contracts; an estimate by tariff and age.",
        "contract_months": "Expected months with a fee within the value horizon, the mean over the contracts; an estimate.",
        "contract_value": "Expected fees within the value horizon, discounted, times the margin; an estimate.",
        "free_user_value": "What a user who pays nothing is worth by turning into a paying one; the same for all of them; an estimate.",
    },
    build=_build,
    needs=(("contracts.amount",), ("contracts.start",)),
    options=(
        Setting("margin", None, "Share of a fee that is left; without it the margin of the base, or all of it.", number(0, 1)),
        Setting("free_cost", 0.0, "Cost of a user without a fee a month.", number(0, 1e6)),
        Setting("least", 20, "How many contracts a tariff must have; smaller ones are taken with all others.", whole(5, 100_000)),
    ),
    line=_line,
)

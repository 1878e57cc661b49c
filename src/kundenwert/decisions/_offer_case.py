"""What winning a customer may cost by a few parameters, without data: margin a month, churn, a first term, and cost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, final

import numpy as np

from kundenwert.stats.payback import forever, margins, payback

# Months at which the margins so far are told, and the longest payback that is looked for.
TOLD = (12, 24, 36, 48, 60)
LONGEST = 1_200


@final
@dataclass(frozen=True)
class OfferCase:
    """One scenario. nominal, discounted: margins so far after `months`. payback, payback_discounted: month, None: never. ceiling: all
    discounted margins without end, the most that winning a customer may cost; of it within_term and after_term. ceiling_within: of the
    value horizon. All money for one customer who was won.
    """

    margin: float
    churn: float
    term: int
    cost: float
    months: tuple[int, ...]
    nominal: tuple[float, ...]
    discounted: tuple[float, ...]
    payback: int | None
    payback_discounted: int | None
    ceiling: float
    within_term: float
    after_term: float
    ceiling_within: float
    horizon_months: int
    discount_rate: float

    @property
    def is_after_term(self) -> bool:
        """Whether the cost is back only after the first term, so that the case rests on who leaves then."""
        return bool(self.term) and (self.payback is None or self.payback > self.term)


def offer_case(*, margin: float, churn: float, term: int, cost: float, discount_rate: float, horizon_months: int) -> OfferCase:
    """Margin m a month, due at its end; nobody leaves within the first `term` months, then the share `churn` a month.

    discount_rate: a year, effective. horizon_months: of the value horizon. churn and rate must not both be 0.

    >>> found = offer_case(margin=9.5, churn=0.018, term=24, cost=285, discount_rate=0.08, horizon_months=60)
    >>> found.payback, found.payback_discounted, round(found.ceiling, 2), found.is_after_term
    (31, 35, 537.98, True)
    """
    rate = (1 + discount_rate) ** (1 / 12) - 1
    nominal, discounted = margins(margin, 1 - churn, rate, LONGEST, term=term)
    so_far = nominal.cumsum(), discounted.cumsum()
    ceiling = forever(margin, 1 - churn, rate, term=term)
    within = float(so_far[1][term - 1]) if term else 0.0
    return OfferCase(
        margin=margin,
        churn=churn,
        term=term,
        cost=cost,
        months=TOLD,
        nominal=tuple(float(so_far[0][month - 1]) for month in TOLD),
        discounted=tuple(float(so_far[1][month - 1]) for month in TOLD),
        payback=payback(cost, nominal),
        payback_discounted=payback(cost, discounted),
        ceiling=ceiling,
        within_term=within,
        after_term=ceiling - within,
        ceiling_within=float(so_far[1][horizon_months - 1]),
        horizon_months=horizon_months,
        discount_rate=discount_rate,
    )


def scenarios(options: Mapping[str, Any], discount_rate: float, horizon_months: int) -> tuple[OfferCase, ...]:
    """The case of the options, and the same with `churn_step` more leaving a month; nothing without margin and churn."""
    margin, churn = options.get("monthly_margin"), options.get("monthly_churn")
    if margin is None or churn is None:
        return ()
    cost = float(np.sum(list((options.get("costs") or {}).values())))
    return tuple(
        offer_case(
            margin=margin,
            churn=leaving,
            term=options.get("minimum_term") or 0,
            cost=cost,
            discount_rate=discount_rate,
            horizon_months=horizon_months,
        )
        for leaving in (churn, min(churn + (options.get("churn_step") or 0.0), 1.0))
    )

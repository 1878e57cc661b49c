"""What a purchase is worth: its expected amount, the returns to come, the margin, and cents that add up to the ledger's totals."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from kundenwert import registry
from kundenwert.base import customer_base
from kundenwert.base.as_of import day_number
from kundenwert.base.customer_base import BaseSummary
from kundenwert.flows.known_log import is_plain
from kundenwert.records import Notice
from kundenwert.settings import Duration

if TYPE_CHECKING:
    from kundenwert.engines._engine import Engine
    from kundenwert.flows.load import Loaded
    from kundenwert.models.spending import AmountLaw
    from kundenwert.settings import Settings

# Without a spend model the own mean counts by its purchases, the mean of the base like two purchases.
_PLAIN_WEIGHT = 2.0
# A customer's own margin counts by its revenue, the margin of the base like four average purchases.
_MARGIN_PURCHASES = 4.0
_LARGEST_RETURN_SHARE = 0.95


@dataclass(frozen=True)
class Amounts:
    """How purchases become money: expected amount (weight mean + p spend) / (p days + weight), returns, margin."""

    p: float
    weight: float
    population_mean: float
    return_share: float
    margin: float
    margin_weight: float
    estimated_share: float | None
    yardstick: str

    def values(self) -> dict[str, Any]:
        """The values that value/customers.sql binds."""
        names = ("p", "weight", "population_mean", "return_share", "margin", "margin_weight", "yardstick")
        return {name: getattr(self, name) for name in names}


@dataclass(frozen=True)
class Spend:
    """The amount of a purchase. expected: p, weight and population mean of `Amounts`. law: how amounts spread; None without amounts.
    fit: the spend fit, if one was tried; is_model: whether amounts follow it. counts_first: whether first purchases tell of the next.
    """

    expected: tuple[float, float, float]
    law: AmountLaw | None
    fit: Any | None = None
    is_model: bool = False
    notices: tuple[Notice, ...] = ()
    counts_first: bool = False


NO_SPEND = Spend((1.0, 1.0, 0.0), None)


def spend_of(engine: Engine, summary: BaseSummary, way: str, *, small: bool) -> Spend:
    """The amount of a purchase in a way of records.SpendEvidence; "" is the paper's, which leaves the first purchase out."""
    from kundenwert.models.spending import AmountLaw

    first = way.endswith("+first") and not small
    histories = customer_base.spend_histories(engine, summary.spenders, first_counted=first)
    days = float((histories.spend_days * histories.count).sum())
    total = float((histories.spend_days * histories.mean * histories.count).sum())
    mean = total / days if days else float(summary.revenue) / max(summary.purchases, 1)
    plain = Spend((1.0, _PLAIN_WEIGHT, mean), AmountLaw.plain(histories, _PLAIN_WEIGHT))
    if small or way == "plain":
        return plain
    fit = registry.load("models.spend", "gamma_gamma")().fit(histories)
    if not fit.outcome.is_usable:
        text = "The spend model could not be used: {sentence} Amounts are the customers' means, drawn to the mean of the base."
        return replace(plain, fit=fit, notices=(Notice("spend_unusable", text, {"sentence": fit.sentence}),), counts_first=first)
    found = fit.coefficients()
    expected = (found["p"], found["weight"], found["population_mean"])
    return Spend(expected, AmountLaw.of(fit), fit, is_model=True, counts_first=first)


def amounts_of(
    engine: Engine, loaded: Loaded, settings: Settings, summary: BaseSummary, as_of: date, spend: Spend, share: float | None
) -> tuple[Amounts, list[Notice]]:
    if not loaded.has_amounts:
        engine.view("sorted_customers", _plain_order(engine))
        text = "The input has no amounts: customers are valued in purchases, not in money."
        return Amounts(1.0, 1.0, 0.0, 0.0, 1.0, 0.0, None, "purchases"), [Notice("no_amounts", text)]
    notices = []
    margin, estimated = _margin(engine, loaded, settings, as_of)
    _round(engine, contribution=margin is not None)
    share = _return_share(engine, loaded, settings, as_of) if share is None else min(share, _LARGEST_RETURN_SHARE)
    weight = _MARGIN_PURCHASES * float(summary.revenue) / max(summary.purchases, 1)
    if margin is None:
        text = "Neither costs nor a margin are known, so all values are revenue. Give costs with the lines, or the setting margin."
        notices.append(Notice("no_margin", text))
    elif estimated:
        text = "{share:.0%} of the contribution margin is estimated from the margins of other lines or from the setting margin."
        notices.append(Notice("estimated_margin", text, {"share": estimated}))
    yardstick = "revenue" if margin is None else "contribution"
    return Amounts(*spend.expected, share, 1.0 if margin is None else margin, weight, estimated, yardstick), notices


def _margin(engine: Engine, loaded: Loaded, settings: Settings, as_of: date) -> tuple[float | None, float | None]:
    """The margin of the base and the share of contribution that is estimated; None where no margin is known."""
    engine.script("value/contribution/macros.sql")
    if loaded.has_cost and engine.rows("value/has_cost.sql", as_of=day_number(as_of))[0]["found"]:
        engine.table("contributions", "value/contributions.sql", as_of=day_number(as_of), margin=settings.margin)
    elif settings.margin is not None:
        engine.table("contributions", "value/contributions_settled.sql", margin=float(settings.margin))
    else:
        return None, None
    (found,) = engine.rows("value/overall_margin.sql")
    return found["margin"], found["estimated_share"]


def _round(engine: Engine, *, contribution: bool) -> None:
    """Gives view `sorted_customers` revenue and contribution in cents that add up to the ledger's totals rounded once."""
    uneven = _hand_out_cents(engine, "cents", "value/unrounded_revenue.sql")
    if contribution:
        _hand_out_cents(engine, "cents_of_past", "value/unrounded_past.sql")
    else:
        engine.table("cents_of_past", "value/no_cents.sql")
        engine.table("contributions", "value/no_contributions.sql")
    engine.view("sorted_customers", "value/sorted.sql" if uneven or contribution else _plain_order(engine))


def _plain_order(engine: Engine) -> str:
    """The step that sorts by id; ids that are whole numbers stand in the same order as their texts would, but faster."""
    if engine.columns("customers")["customer_id"] != "BIGINT" or engine.rows("value/smallest_id.sql")[0]["smallest"] < 0:
        return "value/sorted_plain.sql"
    engine.script("tables/place_among_texts.sql")
    return "value/sorted_numbers.sql"


def _hand_out_cents(engine: Engine, table: str, unrounded: str) -> bool:
    """Keeps the ids that get one more cent as `table`; returns whether any amount was not whole cents."""
    engine.view("unrounded", unrounded)
    (parts,) = engine.rows("value/has_parts_of_cents.sql")
    engine.table(table, "value/cents.sql" if parts["found"] else "value/no_cents.sql")
    return bool(parts["found"])


def _return_share(engine: Engine, loaded: Loaded, settings: Settings, as_of: date) -> float:
    """The share of purchase money that reversals take beyond those already matched: measured over the last horizon of the log."""
    if is_plain(loaded, settings, as_of):
        return 0.0
    since = Duration.parse(settings.horizon).after(as_of, -1)
    (money,) = engine.rows("base/money_since.sql", since=day_number(since), as_of=day_number(as_of))
    if money["purchases"] <= 0:
        return 0.0
    return float(min(max(1 - money["revenue"] / money["purchases"], 0.0), _LARGEST_RETURN_SHARE))

"""For the Python library: how good forecasts of some models would have been at earlier days of a customer base."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from kundenwert.errors import CallError
from kundenwert.flows.backtest import backtest
from kundenwert.flows.progress import Progress

if TYPE_CHECKING:
    from kundenwert.flows.customer_base import CustomerBase
    from kundenwert.records import Scored

_SCORES = ("log_score", "crps", "expected_purchases", "bias", "rmse", "mae", "spearman", "gini", "top_decile_value")
# Columns of money and the scores they hold.
_MONEY = {
    "expected_revenue": "expected_revenue",
    "revenue": "revenue",
    "revenue_bias": "bias",
    "revenue_rmse": "rmse",
    "revenue_gini": "gini",
    "revenue_top_decile_value": "top_decile_value",
}


def compare(
    models: Sequence[Any], base: CustomerBase, *, horizon: str = "12m", origins: Sequence[date | str] = (), naive: bool = True
) -> Any:
    """How good the forecasts of some purchase models would have been; one row a forecast, as the kind of frame the base was made of.

    models: such as [kw.BgNbd(), kw.ParetoNbd()]. horizon: how far to look ahead. origins: days to forecast from; without them those of
    the rule (docs/method/backtest.md). naive: whether naive rules take part. Columns: forecast, kind, is_chosen; the scores of purchases
    over all origins; held, expected and pit at 50, 80 and 90 %; expected_revenue, revenue and scores in money, null without amounts.
    The base stays as it is. Raises CallError for a model whose distribution of purchases is not known, or where no backtest is possible.
    """
    import pyarrow

    from kundenwert.models.evidence.candidates import Candidates, baselines

    _check(models)
    days = [date.fromisoformat(day) if isinstance(day, str) else day for day in origins]
    candidates = Candidates(tuple(baselines()), tuple(sorted(models, key=lambda one: (len(one.parameters), one.name))))
    with base.apart(horizon=horizon) as (engine, loaded, settings):
        found = backtest(engine, loaded, settings, clock=base.as_of, progress=Progress(), origins=days, candidates=candidates)
    if not found.origins:
        raise CallError(f"{found.verdict} Expected: a longer log, or a shorter horizon than {horizon}.")
    chosen = found.chosen if naive else found.best_model
    return base.as_given(pyarrow.Table.from_pylist([_row(one, chosen) for one in found.pooled if naive or one.kind != "baseline"]))


def _check(models: Sequence[Any]) -> None:
    from kundenwert.models.future import is_known

    if not models:
        raise CallError("No model was given. Expected: purchase models, such as [kw.BgNbd(), kw.ParetoNbd()].")
    for model in models:
        if getattr(model, "family", "") != "purchases" or not is_known(model):
            came = f"{getattr(model, 'name', model)!r} cannot be compared."
            raise CallError(f"{came} Expected: a purchase model of whole histories, such as kw.BgNbd().")


def _row(one: Scored, chosen: str | None) -> dict[str, Any]:
    row: dict[str, Any] = {"forecast": one.name, "kind": one.kind, "is_chosen": one.name == chosen}
    row |= {name: getattr(one, name) for name in _SCORES}
    for level in one.levels:
        share = f"{100 * level.level:.0f}"
        row |= {f"held_{share}": level.held, f"expected_{share}": level.expected, f"pit_{share}": level.pit}
    return row | {column: getattr(one.money, name) if one.money else None for column, name in _MONEY.items()}

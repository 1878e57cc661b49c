"""The screen of the models: which forecast was chosen and why, how good it was on earlier days, what to know before trusting it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from kundenwert.flows.from_manifest import figures_of
from kundenwert.flows.index import kept
from kundenwert.flows.sections import plain
from kundenwert.runs import store

if TYPE_CHECKING:
    from kundenwert.records import Backtest, Origin, Scored
    from kundenwert.reports.language import Language


def models_page(project: Path, run: str, language: Language) -> dict[str, Any]:
    """The page in the reader's language.

    verdict: why this model; used_scored: how good it was, see `_scored`; is_naive: no model beats the naive rules; finding: how far off,
    as a heading. sections: as flows.sections gives them, in their order. origins: each day looked back from, with every forecast (see
    `_origin`). has_backtest: False where nothing could be looked back at; then the verdict says why.
    """
    name = f"models.2-{language.code}-{language.figures}"
    return kept(project, run, name, lambda: _made(project, run, language))


def _made(project: Path, run: str, language: Language) -> dict[str, Any]:
    from kundenwert.reports import _forecast, _method, _pictures, _unknown, _verdict
    from kundenwert.reports._basis import Basis

    figures = figures_of(store.read(project, run))
    basis, tested = Basis(figures, language), figures.backtest
    used = _verdict.used_name(basis)
    with _pictures.undrawn():
        sections = plain((*_forecast.sections(basis), *_unknown.sections(basis), *_method.warnings(basis), _method.method(basis)))
    chosen = next((one for one in tested.pooled if one.name == (tested.chosen or used)), None) if tested else None
    return {
        "verdict": _verdict.verdict(basis),
        "finding": sections[0]["message"],
        "used": used,
        "used_scored": next((_scored(one) for one in tested.pooled if one.name == used), None) if tested else None,
        "chosen": chosen.name if chosen else "",
        "is_naive": chosen is not None and chosen.kind == "baseline",
        "has_backtest": bool(tested and tested.origins),
        "sections": sections,
        "origins": [_origin(one) for one in tested.origins] if tested else [],
        "best_naive": _of_best(tested, "baseline"),
        "best_model": _of_best(tested, "model", "remedy"),
    }


def _of_best(tested: Backtest | None, *kinds: str) -> dict[str, Any] | None:
    """The best forecast of these kinds by its log score, over all days."""
    found = [one for one in tested.pooled if one.kind in kinds] if tested else []
    return _scored(max(found, key=lambda one: one.log_score)) if found else None


def _origin(origin: Origin) -> dict[str, Any]:
    """A day looked back from: until when, customers, what they bought, and each forecast with its errors."""
    about = {"origin": origin.origin.isoformat(), "until": origin.until.isoformat(), "days": origin.days, "customers": origin.customers}
    forecasts = sorted((_scored(one) for one in origin.forecasts), key=lambda one: -one["log_score"])
    return {**about, "purchases": origin.purchases, "forecasts": forecasts}


def _scored(one: Scored) -> dict[str, Any]:
    """bias: forecast total against actual, a share; error: mean miss of a customer in purchases, money_error in money; hit: what the
    tenth forecast to be best brought of what the best tenth did; order: rank correlation; held: of the 90 % intervals.
    """
    held = next((level.held for level in one.levels if abs(level.level - 0.9) < 1e-9), None)
    money = one.money
    return {
        "name": one.name,
        "kind": one.kind,
        "log_score": one.log_score,
        "bias": one.bias,
        "error": one.mae,
        "hit": one.top_decile_value,
        "order": one.spearman,
        "held": held,
        "money_bias": money.bias if money else None,
        "money_error": money.mae if money else None,
        "money_hit": money.top_decile_value if money else None,
    }

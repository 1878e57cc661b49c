"""The verdict of a backtest in words: which forecast is used, and whether it beats a rule that anybody could apply."""

from __future__ import annotations

import re

from kundenwert.records import Backtest
from kundenwert.reports._basis import Basis
from kundenwert.reports.charts._words import MIXTURES, forecast_name

# The flow's own sentences on why there is no backtest; their figures are kept.
_TOO_SMALL = re.compile(r"the log has fewer than (?P<n>\d+) customers")
_TOO_LATE = re.compile(r"the log has (?P<n>\d+) customers only from (?P<day>\d{4}-\d\d-\d\d) on")
_TOO_FEW = re.compile(r"at no origin had (?P<n>\d+) customers")


def used_name(basis: Basis) -> str:
    """The forecast behind the figures: the chosen one, or the best model where a naive rule was chosen, as a value needs a model."""
    tested = basis.figures.backtest
    if tested is None or not tested.pooled:
        return ""
    kinds = {one.name: one.kind for one in tested.pooled}
    if tested.chosen is not None and kinds.get(tested.chosen) != "baseline":
        return tested.chosen
    if tested.best_model in kinds:
        return str(tested.best_model)
    cards = [name for name in purchase_models(basis) if name in kinds]
    models = [one for one in tested.pooled if one.kind != "baseline"]
    best = max(models, key=lambda one: one.log_score, default=tested.pooled[0])
    return cards[0] if cards else best.name


def verdict(basis: Basis) -> str:
    """The verdict in the reader's language."""
    tested = basis.figures.backtest
    if tested is None:
        return basis.language.text("This run did not look back from any earlier day. So nothing is known of how well its forecast holds.")
    if not tested.origins or tested.chosen is None:
        return f"{_impossible(basis, tested)} {_by_default(basis)}".strip()
    kinds = {one.name: one.kind for one in tested.pooled}
    return _naive(basis, tested, tested.chosen) if kinds.get(tested.chosen) == "baseline" else _model(basis, tested, tested.chosen)


def purchase_models(basis: Basis) -> list[str]:
    """Names of the purchase models of the run."""
    return [card.name for card in basis.figures.models if card.family.rsplit(".", 1)[-1] == "purchases"]


def _by_default(basis: Basis) -> str:
    """Which model was taken where nothing could be held against anything."""
    names = purchase_models(basis)
    if not names:
        return ""
    return basis.language.text("So the model was not chosen by evidence: {name}.", name=forecast_name(names[0], basis.language))


def _impossible(basis: Basis, tested: Backtest) -> str:
    """Why no earlier day could serve."""
    text, given = basis.language.text, tested.verdict
    if found := _TOO_LATE.search(given):
        return text(
            "The data are too short: only from {day} on they hold {n} customers, too late to forecast from there and wait for what comes. "
            "Older data would settle it.",
            day=basis.language.date(found["day"]),
            n=int(found["n"]),
        )
    if found := _TOO_SMALL.search(given) or _TOO_FEW.search(given):
        return text("There are too few customers: it takes {n} with a purchase on an earlier day to look back from it.", n=int(found["n"]))
    return text(given) if basis.language.knows(given) else text("The data are too short to look back from an earlier day.")


def _rule(basis: Basis, name: str) -> str:
    return basis.language.text("“{name}”", name=forecast_name(name, basis.language))


def _model(basis: Basis, tested: Backtest, chosen: str) -> str:
    text, language = basis.language.text, basis.language
    name, rules = forecast_name(chosen, language), [one for one in tested.pooled if one.kind == "baseline"]
    if not rules:
        return text("{name} makes this forecast.", name=name)
    best = max(rules, key=lambda one: one.log_score)
    first = text(
        "{name} makes this forecast. Looking back, it did better than the naive rules, such as {rule}, by more than chance explains.",
        name=name,
        rule=_rule(basis, best.name),
    )
    more = [one for one in tested.pooled if one.kind != "baseline" and one.name != chosen]
    rest = text("None of the other models was surely better.") if more else ""
    return " ".join(part for part in (first, _mixed(basis, tested, chosen), rest) if part)


def _mixed(basis: Basis, tested: Backtest, chosen: str) -> str:
    """What a mixture is made of."""
    language = basis.language
    parts = [f"{forecast_name(name, language)} ({language.percent(share, 0)})" for name, share in tested.weights.items() if share > 0]
    if chosen not in MIXTURES or not parts:
        return ""
    return language.text("The mixture is made of {parts}.", parts=language.listed(parts))


def _naive(basis: Basis, tested: Backtest, chosen: str) -> str:
    text, language = basis.language.text, basis.language
    is_simplest = bool(tested.pooled) and tested.pooled[0].name == chosen
    known = {"rule": _rule(basis, chosen)}
    first = (
        text("No model beats the simplest naive rule, {rule}: what it adds could be chance.", **known)
        if is_simplest
        else text("No model beats the naive rule {rule}: what it adds could be chance.", **known)
    )
    used = used_name(basis)
    if not used or used == chosen:
        return first
    values = text(
        "The values here come from {name} all the same, as a value needs more than a number of purchases. They deserve no more trust than "
        "that rule.",
        name=forecast_name(used, language),
    )
    return f"{first} {values}"

"""The choice by evidence: from the simplest forecast on, the next one takes the place only if it is better (definitions.md, "better")."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from kundenwert.models.evidence.known import Known
from kundenwert.models.evidence.made import Made
from kundenwert.records import Comparison
from kundenwert.stats.scores import Bootstrap

SEED = 20_050_501


@dataclass(frozen=True)
class Evidence:
    """An origin with its forecasts by name. origin, until: day numbers."""

    origin: int
    until: int
    known: Known
    made: dict[str, Made]


@dataclass(frozen=True)
class Choice:
    """Comparisons in the order in which they were made, the forecast chosen, the verdict, and the best forecast that is no naive rule
    (None if there is none).
    """

    comparisons: tuple[Comparison, ...]
    chosen: str
    verdict: str
    best_model: str | None


def everywhere(evidence: Sequence[Evidence]) -> list[str]:
    """The forecasts that were made at every origin, in their order."""
    return [name for name in evidence[0].made if all(name in one.made for one in evidence)]


def mean_log_score(evidence: Sequence[Evidence], name: str) -> float:
    """Over all customers of all origins."""
    return sum(float(one.made[name].sums.sum()) for one in evidence) / sum(one.known.customers for one in evidence)


def draws_of(evidence: Sequence[Evidence], seed: int = SEED) -> Bootstrap:
    """Draws of groups of customers, the same for every comparison."""
    return Bootstrap.of(np.stack([one.known.group_sizes for one in evidence]), rng=np.random.default_rng(seed))


def choose(evidence: Sequence[Evidence], names: Sequence[str], kinds: Mapping[str, str], draws: Bootstrap) -> Choice:
    """names: from the simplest on, those made at every origin. kinds: "baseline", "model" or "remedy" by name."""
    judge = _Judge(evidence, draws)
    found: list[Comparison] = []
    chosen = baseline = names[0]
    for name in names[1:]:
        found.append(judge.compared(name, chosen))
        if found[-1].is_better:
            chosen = name
            baseline = name if kinds[name] == "baseline" else baseline
    models = [name for name in names if kinds[name] != "baseline"]
    if kinds[chosen] != "baseline":
        naive = [name for name in names if kinds[name] == "baseline"]
        return Choice(tuple(found), chosen, _praise(judge.compared(chosen, baseline) if naive else None, chosen), chosen)
    best = max(models, key=lambda name: mean_log_score(evidence, name), default=None)
    doubt = _doubt(chosen, is_simplest=chosen == names[0], best=judge.compared(best, chosen) if best else None)
    return Choice(tuple(found), chosen, doubt, _chosen_model(judge, models))


def _chosen_model(judge: _Judge, models: Sequence[str]) -> str | None:
    """The model that the rule chooses where naive rules are left out."""
    if not models:
        return None
    chosen = models[0]
    for name in models[1:]:
        if judge.compared(name, chosen).is_better:
            chosen = name
    return chosen


class _Judge:
    def __init__(self, evidence: Sequence[Evidence], draws: Bootstrap) -> None:
        self.evidence = evidence
        self.draws = draws.among(np.stack([one.known.group_sizes for one in evidence]))

    def compared(self, name: str, against: str) -> Comparison:
        first, second = (np.stack([one.made[key].sums for one in self.evidence]) for key in (name, against))
        it = self.draws.difference(first, second)
        return Comparison(name, against, it.mean, it.lower, it.upper, it.agreeing, it.origins, it.is_better)


def _praise(found: Comparison | None, chosen: str) -> str:
    if found is None or found.name == found.against:
        return f"{chosen} is chosen: no simpler forecast takes part, and nothing more complex is better."
    return (
        f"{found.name} is chosen: its mean log score is {_apart(found)} that of the best naive forecast, {found.against}; "
        "nothing more complex is better still."
    )


def _doubt(chosen: str, *, is_simplest: bool, best: Comparison | None) -> str:
    which = f"the simplest baseline, {chosen}" if is_simplest else f"the naive forecast {chosen}"
    if best is None:
        return f"{chosen} is chosen: no model could be fitted at every origin."
    return f"No model beats {which}: the mean log score of the best of them, {best.name}, is {_apart(best)} it."


def _apart(found: Comparison) -> str:
    agreeing = f"same sign at {found.agreeing_origins} of {found.origins} origins" if found.origins > 1 else "one origin"
    side = "above" if found.difference >= 0 else "below"
    return f"{abs(found.difference):.4f} ({found.lower:+.4f} to {found.upper:+.4f} with 95 %, {agreeing}) {side}"

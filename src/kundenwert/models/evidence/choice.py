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
# A remedy that could not be used at every origin must have been at so many.
_LEAST_ORIGINS = 2


@dataclass(frozen=True)
class Evidence:
    """An origin with its forecasts by name. origin, until: day numbers."""

    origin: int
    until: int
    known: Known
    made: dict[str, Made]


@dataclass(frozen=True)
class Choice:
    """Comparisons in the order in which they were made, the forecast chosen, the verdict, and the one that values may rest on: no naive
    rule, and customers leave in it (None if there is none).
    """

    comparisons: tuple[Comparison, ...]
    chosen: str
    verdict: str
    best_model: str | None


def everywhere(evidence: Sequence[Evidence]) -> list[str]:
    """The forecasts that were made at every origin, in their order."""
    return [name for name in evidence[0].made if all(name in one.made for one in evidence)]


def compared_at(evidence: Sequence[Evidence]) -> list[str]:
    """The forecasts that are compared, in their order: those made at every origin, and remedies that can be used today and could be at two
    origins at least; these are compared over the origins where they were made.
    """
    names = list(dict.fromkeys(name for one in evidence for name in one.made))
    return [name for name in names if _is_compared(name, evidence)]


def _is_compared(name: str, evidence: Sequence[Evidence]) -> bool:
    made = [one.made[name] for one in evidence if name in one.made]
    if len(made) == len(evidence):
        return True
    return name in evidence[0].made and made[0].kind == "remedy" and len(made) >= _LEAST_ORIGINS


def mean_log_score(evidence: Sequence[Evidence], name: str) -> float:
    """Over all customers of all origins."""
    return sum(float(one.made[name].sums.sum()) for one in evidence) / sum(one.known.customers for one in evidence)


def draws_of(evidence: Sequence[Evidence], seed: int = SEED) -> Bootstrap:
    """Draws of groups of customers, the same for every comparison."""
    return Bootstrap.of(np.stack([one.known.group_sizes for one in evidence]), rng=np.random.default_rng(seed))


def choose(evidence: Sequence[Evidence], names: Sequence[str], kinds: Mapping[str, str], draws: Bootstrap) -> Choice:
    """The choice among `names`, from the simplest on; the first was made at every origin, and any two are compared where both were.

    kinds: "baseline", "model" or "remedy" by name.
    """
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
        praise = _praise(judge.compared(chosen, baseline) if naive else None, chosen)
        return Choice(tuple(found), chosen, praise, _chosen_model(judge, models) if _never_leaves(chosen) else chosen)
    best = max((judge.compared(name, chosen) for name in models), key=lambda one: one.difference, default=None)
    doubt = _doubt(chosen, is_simplest=chosen == names[0], best=best)
    return Choice(tuple(found), chosen, doubt, _chosen_model(judge, models))


def _never_leaves(name: str) -> bool:
    """A reference only: where nobody leaves, a value over years has no end and nobody can be at risk."""
    return name.partition("+")[0] == "nbd"


def _chosen_model(judge: _Judge, models: Sequence[str]) -> str | None:
    """The model that the rule chooses where naive rules are left out, and models in which nobody leaves if there are others."""
    leaving = [name for name in models if not _never_leaves(name)] or list(models)
    if not leaving:
        return None
    chosen = leaving[0]
    for name in leaving[1:]:
        if judge.compared(name, chosen).is_better:
            chosen = name
    return chosen


class _Judge:
    """Compares two forecasts over the origins where both were made."""

    def __init__(self, evidence: Sequence[Evidence], draws: Bootstrap) -> None:
        self.evidence = evidence
        self.draws = draws

    def compared(self, name: str, against: str) -> Comparison:
        both = [one for one in self.evidence if name in one.made and against in one.made]
        first, second = (np.stack([one.made[key].sums for one in both]) for key in (name, against))
        it = self.draws.among(np.stack([one.known.group_sizes for one in both])).difference(first, second)
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

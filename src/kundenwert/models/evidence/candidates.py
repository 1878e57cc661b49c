"""What takes part in a backtest: naive rules, purchase models, and remedies for what plain models get wrong."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from kundenwert import registry
from kundenwert.models.baselines import AbstractBaseline
from kundenwert.models.future import is_known

_FIRST = "mbg_nbd"


@dataclass(frozen=True)
class Candidates:
    """Each from the simplest on. remedies: of models/remedies, tried on the best plain model that lets customers leave.

    stacking: whether a mixture of the best takes part where there are origins enough to learn its weights from.
    """

    baselines: tuple[AbstractBaseline, ...]
    models: tuple[Any, ...]
    remedies: tuple[Any, ...] = ()
    stacking: bool = False

    @staticmethod
    def all() -> Candidates:
        """All that the rooms hold."""
        return Candidates(tuple(baselines()), tuple(models()), tuple(remedies()), stacking=True)


def baselines() -> list[AbstractBaseline]:
    """The naive rules, the simplest first."""
    found = [registry.load("models.baselines", name)() for name in registry.names("models.baselines")]
    return sorted(found, key=lambda one: (one.facts, one.name))


def models() -> list[Any]:
    """The purchase models whose distribution of counts is known, the simplest first.

    Of equals in size the one that needs no excuse comes first: for BG/NBD every customer with one purchase is active.
    """
    found = [registry.load("models.purchases", name)() for name in registry.names("models.purchases")]
    return sorted((one for one in found if is_known(one)), key=lambda one: (len(one.parameters), one.name != _FIRST, one.name))


def lets_leave(model: Any) -> bool:
    """Whether customers of a purchase model may leave: it has more parameters than a rate that differs between customers."""
    return len(model.parameters) > 2


def remedies() -> list[Any]:
    """The remedies there are, by name."""
    return [registry.load("models.remedies", name)() for name in registry.names("models.remedies")]

"""What people gave customers on criteria, as table `rated` of the engine: for components that turn points into something else."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kundenwert.engines._engine import Engine
    from kundenwert.value.components._component import Basis


def load_rated(engine: Engine, basis: Basis, criteria: Sequence[str], days: int | None = None) -> None:
    """Makes table `rated`: customer_id, points (0 to 10): mean over the criteria of the mean of the newest rating of each person; rated_on:
    the newest of their days.

    criteria: names as people write them; each stands for all names the catalogue has for it. days: how old a rating may be on the as-of
    day, None: however old.
    """
    named = [(word.strip().lower(), basis.scoring.catalogue.called(word)) for word in criteria]
    pairs = dict.fromkeys((name.lower(), one.name.lower()) for _, one in named if one for name in one.names)
    pairs |= dict.fromkeys((word, word) for word, one in named if one is None)
    engine.load("rated_words", {"word": [word for word, _ in pairs] or [""], "criterion": [name for _, name in pairs] or [""]})
    engine.table("rated", "value/components/rated.sql", in_any_order=True, as_of=basis.as_of, until=basis.scoring.until, days=days)
    engine.drop("rated_words")

"""What a model states of itself: its parameters, those that are known only together, and how a fit of it can end."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum

from kundenwert.stats.limits import Limit

Values = Mapping[str, float]


@dataclass(frozen=True)
class Parameter:
    """A parameter of a model: its name, the values it may take, where the search starts, and its unit.

    time, money: the power of the unit of time or money it carries; the start is in units of the data's typical time or amount.
    """

    name: str
    limit: Limit
    start: float
    time: int = 0
    money: int = 0


@dataclass(frozen=True)
class Ridge:
    """Two parameters that may be known only together: what is known, as text and as a function of the two."""

    first: str
    second: str
    combination: str
    value: Callable[[float, float], float]


class Outcome(Enum):
    """How a fit ended. The sentence is for people; {places} are filled by `Fitted.sentence`."""

    CONVERGED = "The optimum was found."
    FLAT_DIRECTION = (
        "The data determine {combination} = {value:.4g} but not {names} separately: forecasts can be used, "
        "these parameters and their standard errors cannot."
    )
    AT_LIMIT = (
        "The likelihood keeps rising towards a limit of {names}: the data show no trace of what it stands for. "
        "Forecasts can be used; standard errors of {names} are not defined."
    )
    MEAN_NOT_FINITE = (
        "The spread of spend between customers is so wide that its mean is not finite (q = {q:.4g}, at most 1): "
        "the median takes its place, and customers are shrunk towards it."
    )
    TOO_LITTLE_DATA = "There are too few observations for this model: {reason} Use a simpler rule, or more data."
    OUT_OF_STEPS = "The optimiser used all its steps; raise `max_steps` or use a coarser grain of purchases."

    @property
    def is_usable(self) -> bool:
        """May forecasts be made from such a fit?"""
        return self not in (Outcome.TOO_LITTLE_DATA, Outcome.OUT_OF_STEPS)

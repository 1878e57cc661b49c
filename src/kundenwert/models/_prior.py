"""What is believed of parameters before the data: weak, proper, in coordinates people can judge, and relative to the data's own scale.

A belief is a normal distribution of one coordinate, and a coordinate is a sum of logarithms: of a rate r/alpha, of a concentration a + b.
A prior has as many coordinates as the model has parameters. Its density is that of the logarithms of the parameters (where the search
and all draws walk), the determinant of the change of coordinates included, so it is proper; for the beliefs of `WEAK` that
determinant is 1 everywhere.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import numpy as np
from numpy.typing import NDArray

from kundenwert.errors import CallError

if TYPE_CHECKING:
    from kundenwert.models._statement import Parameter

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Belief:
    """A normal distribution of one coordinate: ln of a quantity that is made of parameters.

    over, under: groups of parameters; the quantity is the product of the sums of the groups `over`, divided by that of the groups
    `under`: (("r",),) and (("alpha",),) stand for r/alpha, (("a", "b"),) for a + b. centre: of ln of the quantity, measured in powers
    `time` and `money` of the data's typical time and amount. sd: its standard deviation.
    """

    what: str
    over: tuple[tuple[str, ...], ...]
    under: tuple[tuple[str, ...], ...]
    centre: float
    sd: float
    time: int = 0
    money: int = 0

    @property
    def is_shape(self) -> bool:
        """A pure number that says how much customers differ: as it grows without end they become alike, and it stops to matter."""
        return not self.under and self.time == self.money == 0

    @property
    def names(self) -> frozenset[str]:
        """The parameters that make the quantity."""
        return frozenset(name for group in (*self.over, *self.under) for name in group)


# Two standard deviations are a factor of 55 for rates and of 20 for shapes: far more than differs from one trade to another.
WEAK: Final = (
    Belief("purchases of a customer in the typical time observed", (("r",),), (("alpha",),), centre=0.0, sd=2.0, time=-1),
    Belief("shape of the purchase rate", (("r",),), (), centre=math.log(0.7), sd=1.5),
    Belief("odds to leave after a purchase", (("a",),), (("b",),), centre=math.log(0.25), sd=1.5),
    Belief("concentration of the chance to leave", (("a", "b"),), (), centre=math.log(3.0), sd=1.5),
    Belief("leavings of a customer in the typical time observed", (("s",),), (("beta",),), centre=0.0, sd=2.0, time=-1),
    Belief("shape of the rate to leave", (("s",),), (), centre=math.log(0.7), sd=1.5),
    Belief("shape of a customer's amounts", (("p",),), (), centre=math.log(4.0), sd=1.5),
    Belief("shape of the differences between customers", (("q",),), (), centre=math.log(3.0), sd=1.5),
    Belief("mean amount p v / q against the typical amount", (("p",), ("v",)), (("q",),), centre=0.0, sd=1.5, money=1),
)
# A parameter that no belief above speaks of: a factor of 55 around where the search starts.
_OTHER: Final = 2.0


@dataclass(frozen=True)
class Prior:
    """Independent beliefs, one for each parameter of a model: `Prior((Belief(...), ...))`."""

    beliefs: tuple[Belief, ...]

    def density(self, p: Mapping[str, Floats], time: float, money: float) -> tuple[Floats, Floats]:
        """The log density of the logarithms of the parameters, (n,), and its gradient in these logarithms, (n, parameters).

        p: each parameter at n points. time, money: the data's typical time (in the unit of p) and amount.
        """
        at, change, bend = self.coordinates(p)
        sd = np.array([one.sd for one in self.beliefs])
        scale = np.array([one.time * math.log(time) + one.money * math.log(money) for one in self.beliefs])
        away = (at - np.array([one.centre for one in self.beliefs]) - scale) / sd
        total = -0.5 * (away**2).sum(axis=1) - np.log(sd).sum() - 0.5 * len(sd) * math.log(2 * math.pi) + np.linalg.slogdet(change)[1]
        # The derivative of ln |det| is the trace of the inverse times the derivative.
        slope = -np.einsum("nj,njm->nm", away / sd, change) + np.einsum("nij,njim->nm", np.linalg.inv(change), bend)
        return total, slope

    def coordinates(self, p: Mapping[str, Floats]) -> tuple[Floats, Floats, Floats]:
        """Each belief's ln of its quantity, (n, beliefs), with first and second derivatives in the logarithms of the parameters."""
        values, place = np.stack(list(p.values()), axis=1), {name: i for i, name in enumerate(p)}
        (n, k), beliefs = values.shape, len(self.beliefs)
        at, change, bend = np.zeros((n, beliefs)), np.zeros((n, beliefs, k)), np.zeros((n, beliefs, k, k))
        for row, belief in enumerate(self.beliefs):
            for sign, groups in ((1.0, belief.over), (-1.0, belief.under)):
                for group in groups:
                    chosen = [place[name] for name in group]
                    share = np.zeros((n, k))
                    share[:, chosen] = values[:, chosen] / values[:, chosen].sum(axis=1, keepdims=True)
                    at[:, row] += sign * np.log(values[:, chosen].sum(axis=1))
                    change[:, row] += sign * share
                    bend[:, row] += sign * share[:, :, None] * (np.eye(k) - share[:, None, :])
        return at, change, bend


Chosen = Literal["weak"] | Prior | None


def weak(parameters: Sequence[Parameter]) -> Prior:
    """The beliefs of `WEAK` that speak of these parameters only; parameters without any get a wide one around their start."""
    names = {one.name for one in parameters}
    beliefs = [one for one in WEAK if one.names <= names]
    told = frozenset[str]().union(*(one.names for one in beliefs))
    rest = [one for one in parameters if one.name not in told]
    beliefs += [Belief(one.name, ((one.name,),), (), math.log(one.start), _OTHER, one.time, one.money) for one in rest]
    return Prior(tuple(beliefs))


def chosen(prior: Chosen, parameters: Sequence[Parameter]) -> Prior | None:
    """The prior meant; raises CallError if it does not speak of each parameter of the model once."""
    if prior is None:
        return None
    if prior == "weak":
        return weak(parameters)
    if not isinstance(prior, Prior):
        raise CallError(f'prior is {prior!r}. Expected: None, "weak" or a Prior.')
    names = [one.name for one in parameters]
    told = frozenset[str]().union(*(one.names for one in prior.beliefs))
    if len(prior.beliefs) != len(names) or told != set(names) or not _is_regular(prior, names):
        came = f"The prior has {len(prior.beliefs)} beliefs, of {', '.join(sorted(told)) or 'no parameter'}."
        raise CallError(f"{came} Expected: {len(names)} independent ones that together determine {', '.join(names)}.")
    return prior


def _is_regular(prior: Prior, names: Sequence[str]) -> bool:
    if any(not one.sd > 0 for one in prior.beliefs):
        return False
    # Values without any special ratio: coordinates that depend on each other here do so everywhere.
    change = prior.coordinates({name: np.array([1 + 0.37 * i]) for i, name in enumerate(names)})[1][0]
    return bool(np.linalg.matrix_rank(change) == len(names))

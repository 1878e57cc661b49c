"""What a look for proxies found: which inputs tell an attribute that nobody may be valued by."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ProxyInput:
    """How well one input, or all together, tells the attribute.

    rate: of two customers who differ in the attribute, how often the input tells them apart the right way round; 0.5 is chance, 1 always.
    lower, upper: its 90 % interval. chance: how often some input stands out as much although none tells anything.
    verdict: "proxy", "weak" (more than chance, but little) or "none".
    """

    name: str
    rate: float
    lower: float
    upper: float
    chance: float
    verdict: str


@dataclass(frozen=True)
class ProxyCheck:
    """The check of one column that tells an attribute.

    attribute, basis: as in the block list. table, column: where it stands. customers: how many customers were looked at. classes: what they
    were parted into, with how many each. untested: why nothing was tested, "" if it was; then there are no inputs.
    """

    attribute: str
    basis: str
    table: str
    column: str
    customers: int = 0
    classes: tuple[tuple[str, int], ...] = ()
    inputs: tuple[ProxyInput, ...] = ()
    together: ProxyInput | None = None
    untested: str = ""

    @property
    def proxies(self) -> tuple[ProxyInput, ...]:
        """The inputs that stand in for the attribute, the surest first."""
        return tuple(sorted((one for one in self.inputs if one.verdict == "proxy"), key=lambda one: (-one.rate, one.name)))

    @property
    def tells(self) -> bool:
        """Whether an input, or all of them together, stands in for the attribute."""
        return bool(self.proxies) or (self.together is not None and self.together.verdict == "proxy")

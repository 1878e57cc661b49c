"""Where the net amount of a line comes from: a net column, gross less tax, quantity times price. Unclear is asked, not guessed."""

from __future__ import annotations

from dataclasses import dataclass

from kundenwert.engines._engine import Reading
from kundenwert.errors import AmbiguousInput, Problem
from kundenwert.sources._records import Trouble, Wanted, short
from kundenwert.sources._roles import Assigned
from kundenwert.tables import transactions

_MONEY = "DECIMAL(18,6)"


@dataclass(frozen=True)
class Money:
    """base: roles the amount is reckoned from. conversion: "", "tax" or "rate". reason: a sentence. texts: role whose text is told."""

    base: tuple[str, ...] = ()
    conversion: str = ""
    rate: float | None = None
    reason: str = ""
    troubles: tuple[Trouble, ...] = ()

    @property
    def text_role(self) -> str:
        """The role whose cell is quoted when the amount cannot be read."""
        return self.base[0] if len(self.base) == 1 else ""

    def reading(self) -> Reading:
        """How the amount follows from the numbers already read."""
        if not self.base:
            return Reading(type=_MONEY)
        product = len(self.base) == 2
        if self.conversion == "tax":
            return Reading((*self.base, "tax"), "product_net_by_tax" if product else "net_by_tax")
        if self.conversion == "rate":
            return Reading(self.base, "product_net_by_rate" if product else "net_by_rate", (self.rate,))
        return Reading(self.base, "net_by_product") if product else Reading(self.base)


def money(assigned: Assigned, wanted: Wanted, file: str) -> Money:
    """How this input's net amount is found."""
    base = _base(assigned, wanted)
    doubtful = _both_ways(assigned, wanted)
    if doubtful:
        return Money(base, troubles=(_net_or_gross(doubtful, file),))
    if not base:
        return Money()
    is_gross = base[0] == "gross_amount" if wanted.net is None else not wanted.net
    if is_gross:
        return _converted(base, assigned, wanted, file)
    if base == ("amount",) and wanted.net is None and wanted.tax_rate is not None and not _clearly_net(assigned):
        return Money(base, troubles=(_net_or_gross(assigned.columns["amount"].name, file, rate=True),))
    return Money(base, reason=_reason(base, assigned, wanted))


def _base(assigned: Assigned, wanted: Wanted) -> tuple[str, ...]:
    order = ("gross_amount", "amount") if wanted.net is False else ("amount", "gross_amount")
    for role in order:
        if role in assigned.columns:
            return (role,)
    if "price" in assigned.columns:
        return ("quantity", "price") if "quantity" in assigned.columns else ("price",)
    return ()


def _both_ways(assigned: Assigned, wanted: Wanted) -> str:
    """The name of a column that may be net or gross by its name, where nothing clearer is there and nobody said which."""
    net, gross = assigned.of("amount"), assigned.of("gross_amount")
    both = net is not None and gross is not None and net.key == gross.key
    return net.name if both and net and wanted.net is None else ""


def _clearly_net(assigned: Assigned) -> bool:
    return assigned.reasons["amount"] == "named in the mapping" or transactions.is_clearly_net(assigned.columns["amount"].name)


def _converted(base: tuple[str, ...], assigned: Assigned, wanted: Wanted, file: str) -> Money:
    if "tax" in assigned.columns:
        return Money(base, "tax", reason=f"gross less the tax in {short(assigned.columns['tax'].name)!r}")
    if wanted.tax_rate is not None:
        return Money(base, "rate", wanted.tax_rate, f"gross divided by {1 + wanted.tax_rate:g} (tax rate {wanted.tax_rate:.4g})")
    names = " x ".join(repr(short(assigned.columns[role].name)) for role in base)
    problem = Problem(
        f"The amounts ({names}) hold tax, and neither a column with the tax nor a rate is known.",
        "net amounts, or a way to take the tax off.",
        "give --tax-rate 0.19, or --map tax=COLUMN, or --net if they are net (also under [[sources]] in kundenwert.toml).",
        file=file,
    )
    return Money(base, troubles=(Trouble(AmbiguousInput, problem),))


def _net_or_gross(name: str, file: str, *, rate: bool = False) -> Trouble:
    came = (
        f"A tax rate was given, but {short(name)!r} is not said to be gross."
        if rate
        else f"The column {short(name)!r} may be net or gross."
    )
    problem = Problem(
        came,
        "amounts that are known to be net, or gross with a tax column or rate.",
        "say --net, or --gross with --tax-rate 0.19 or --map tax=COLUMN (also under [[sources]] in kundenwert.toml).",
        file=file,
    )
    return Trouble(AmbiguousInput, problem)


def _reason(base: tuple[str, ...], assigned: Assigned, wanted: Wanted) -> str:
    names = [repr(short(assigned.columns[role].name)) for role in base]
    if wanted.net:
        return f"{' x '.join(names)}, said to be net"
    if base == ("quantity", "price"):
        return f"quantity x price ({names[0]} x {names[1]}), taken as net: no column says otherwise (--gross if they hold tax)"
    if base == ("price",):
        return f"{names[0]} of one piece a line (no quantity), taken as net (--gross if it holds tax)"
    if _clearly_net(assigned):
        return f"{names[0]} is net of tax"
    return f"{names[0]} is taken as net: its name does not say (--gross if it holds tax)"

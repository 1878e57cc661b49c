"""Returns as a rate of their own: the part of the money of purchases that reversals take, measured where it could be seen, by group.

Of a group with little money the share says little by itself. Shares are beta distributed over groups, and money counts like trials: as many
as purchases were made. A group's share is drawn to that of all by a beta-binomial (Griffiths 1973, Biometrics 29(4), 637-648; moments as in
Kleinman 1973, JASA 68(341), 46-54).
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

# A share above this is no rate of returns but a log whose sales are missing.
LARGEST: Final = 0.95
# A common share counts like at least so many purchases of a group, and at most like so many.
_CONCENTRATION: Final = (5.0, 1e6)


def return_shares(purchases: Floats, money: Floats, taken: Floats) -> Floats:
    """The expected share of each group, between 0 and 0.95; shape (groups,).

    purchases: made by the group. money: paid for them. taken: of that money by reversals; shapes (groups,), at least 0 but for `taken`,
    which may be below 0 by rounding. Groups without money get the common share.

    >>> return_shares(np.array([1e6, 10.0]), np.array([1e8, 1e3]), np.array([1e7, 5e2])).round(2).tolist()
    [0.1, 0.37]
    """
    total = float(money.sum())
    if total <= 0:
        return np.zeros(len(money))
    common = float(np.clip(taken.sum() / total, 0.0, LARGEST))
    seen = money > 0
    own = np.where(seen, np.clip(taken / np.where(seen, money, 1.0), 0.0, LARGEST), common)
    weight = np.where(seen, purchases, 0.0)
    draw = concentration(weight[seen], own[seen], common)
    result: Floats = (weight * own + draw * common) / (weight + draw)
    return result


def concentration(trials: Floats, share: Floats, common: float) -> float:
    """As how many trials the common share counts: from how much more the groups' shares differ than chance lets them; by moments.

    trials, share: of each group, shape (groups,). With one group, or none that differ more than by chance, the most there is.
    """
    total, spread = float(trials.sum()), common * (1 - common)
    if len(trials) < 2 or spread <= 0 or total <= 0:
        return _CONCENTRATION[1]
    # E of this sum is spread * ((groups - 1) + rho * (total - sum(n^2) / total - (groups - 1))), rho = 1 / (1 + concentration).
    found = float(trials @ (share - common) ** 2)
    groups = len(trials) - 1
    room = total - float(trials @ trials) / total - groups
    rho = (found / spread - groups) / room if room > 0 else 0.0
    return float(np.clip(1 / rho - 1, *_CONCENTRATION)) if rho > 0 else _CONCENTRATION[1]

"""What the company sells: 120 products in 10 groups, with list price, cost and how often each is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from kundenwert.example.company._calendar import WINDOW_GROUPS
from kundenwert.example.company._chance import Chance, Flags, Floats, Ints

# Name, cost as share of the list price, typical list price of one piece, typical pieces a line.
GROUPS: tuple[tuple[str, float, float, float], ...] = (
    ("Befestigung", 0.62, 14.0, 12.0),
    ("Dichtstoffe und Kleber", 0.64, 8.5, 18.0),
    ("Farben und Putze", 0.68, 46.0, 4.0),
    ("Trockenbau", 0.73, 11.5, 22.0),
    ("Dämmung", 0.74, 32.0, 9.0),
    ("Dach und Holz", 0.72, 24.0, 9.0),
    ("Garten- und Landschaftsbau", 0.69, 19.0, 11.0),
    ("Handwerkzeug", 0.63, 29.0, 3.0),
    ("Elektrowerkzeug", 0.72, 168.0, 1.0),
    ("Arbeitsschutz", 0.61, 17.0, 8.0),
)
PRODUCTS_A_GROUP = 12
PRODUCTS = PRODUCTS_A_GROUP * len(GROUPS)

# Industries with the weight of each group in what they buy.
INDUSTRIES: tuple[tuple[str, tuple[float, ...]], ...] = (
    ("Hochbau", (3, 2, 1, 4, 4, 2, 0.5, 1, 1, 2)),
    ("Malerhandwerk", (1, 3, 7, 2, 2, 0.2, 0.2, 1, 0.6, 1.5)),
    ("Dach und Holzbau", (4, 2, 0.5, 0.5, 3, 7, 0.3, 1, 1, 1.5)),
    ("Garten- und Landschaftsbau", (2, 1, 0.3, 0.2, 0.3, 2, 8, 1.5, 1, 1.5)),
    ("Ausbau und Montage", (5, 3, 1, 5, 2, 1, 0.2, 2, 1.5, 1)),
    ("Handel und Sonstige", (3, 2, 2, 1, 1, 1, 2, 3, 1.5, 2)),
)

# Lines that are no products, and the service contract.
FREIGHT, BONUS, SERVICE = "FRACHT", "BONUS", "SERVICE"
NON_PRODUCTS = (FREIGHT, BONUS, SERVICE)
NON_PRODUCT_GROUP = "Nebenleistung"
SERVICE_GROUP = "Service"

PRICE_STEP = 0.03
"""List prices and cost rise by 3 % each first of January."""


@dataclass(frozen=True)
class Assortment:
    """price, cost: EUR a piece in the first year. pieces: typical pieces a line. group: its group. All (120,).

    mixes: distribution functions over the products, one after the other, each shifted by its number: first one for each industry,
    then one for each of the ten turns of promotion (what is on promotion only).
    """

    price: Floats
    cost: Floats
    pieces: Floats
    group: Ints
    weights: Floats
    mixes: Floats

    def drawn(self, mix: Ints, even: Floats) -> Ints:
        """A product for each mix and even draw."""
        return np.asarray(np.minimum(np.searchsorted(self.mixes, mix + even, side="right") - mix * PRODUCTS, PRODUCTS - 1))


def on_promotion(window: Ints, group: Ints) -> Flags:
    """Whether a group is on promotion in a window (-1: none is)."""
    return np.asarray((window >= 0) & ((group - WINDOW_GROUPS * window) % len(GROUPS) < WINDOW_GROUPS))


def promotion_mix(window: Ints) -> Ints:
    """The mix of what is on promotion in a window."""
    return len(INDUSTRIES) + window % len(GROUPS)


@lru_cache(maxsize=8)
def assortment(seed: int) -> Assortment:
    """The products of a seed."""
    chance = Chance(seed)
    products = np.arange(PRODUCTS)
    group = products // PRODUCTS_A_GROUP
    share, price, pieces = (np.array([entry[place] for entry in GROUPS])[group] for place in (1, 2, 3))
    price = np.round(price * np.exp(0.55 * chance.bell("price", products)), 2)
    cost = np.round(price * (share + 0.03 * chance.bell("cost", products)), 4)
    # Within a group few products are asked for often (Zipf).
    within = 1.0 / (1.0 + products % PRODUCTS_A_GROUP) ** 0.8
    industries = np.array([entry[1] for entry in INDUSTRIES])[:, group] * within
    turns = np.arange(len(GROUPS))
    promoted = on_promotion(turns[:, None], group[None, :]) * within
    weights = np.concatenate([industries, promoted])
    weights = weights / weights.sum(axis=1, keepdims=True)
    reached = np.cumsum(weights, axis=1)
    reached[:, -1] = 1.0
    mixes = np.asarray(reached + np.arange(len(weights), dtype=np.float64)[:, None], dtype=np.float64).ravel()
    pieces = pieces * np.exp(0.3 * chance.bell("pieces", products))
    return Assortment(price=price, cost=cost, pieces=pieces, group=np.asarray(group, dtype=np.int64), weights=weights, mixes=mixes)

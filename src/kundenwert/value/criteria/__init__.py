"""Rules that turn data into points from 0 to 10, one file a rule; 10 is always favourable.

A rule is a step `<name>.sql` over the views that components read, and `criterion_features`: the features of the customers, empty where a
run does not know one. It gives, for the customers it can judge:
- `customer_id`;
- `points`: from 0 to 10, or null where customers are compared with each other;
- `measures`: then up to three numbers that are compared, each the larger the better, as a list;
- `facts`: up to three numbers for the sentence that says what the points rest on;
- `is_weak`: true where a person's rating goes before it.
"""

from __future__ import annotations

from kundenwert import registry
from kundenwert.value.criteria._rule import Rule

ROOM = "value.criteria"


def rules() -> dict[str, Rule]:
    """All rules by name."""
    return {name: registry.load(ROOM, name) for name in registry.names(ROOM)}

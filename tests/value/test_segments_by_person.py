"""What customers are worth by account manager is told where it is released, and nowhere else."""

from __future__ import annotations

from collections.abc import Iterator

import company_records as company
import pytest

from kundenwert import registry
from kundenwert.engines import open_engine
from kundenwert.engines._engine import Engine
from kundenwert.flows.release import GIVEN
from kundenwert.settings import read_options
from kundenwert.value import components as room
from kundenwert.value.components._component import Basis, Built

RECORDS = [{"customer_id": name, "account_manager": person} for name, person in (("a", "Eva"), ("b", "Eva "), ("c", "Udo"))]


@pytest.fixture
def engine() -> Iterator[Engine]:
    with open_engine(threads=1) as engine:
        yield engine


def built(engine: Engine, *given: str) -> Built:
    company.load(engine, {"a": {}, "b": {}, "c": {}}, customers=RECORDS)
    plugin = registry.load(room.ROOM, "segments")
    options = read_options({"by": ["account_manager", "industry"]}, plugin.options, "components.segments")
    known = frozenset({"value.money", "customers.account_manager", "customers.industry", *given})
    found: Built = plugin.build(engine, Basis(company.AS_OF, 365.0, 1826.0, 0.1, "revenue", "EUR", known, options=options))
    return found


def test_without_a_release_nothing_is_told_by_person_and_it_is_said_why(engine: Engine) -> None:
    found = built(engine)
    assert found.facts["by"] == ["industry"]
    assert "Eva" not in str(found.facts)
    assert [notice.key for notice in found.notices] == ["segments_by_person"]


def test_with_a_release_each_person_is_a_segment(engine: Engine) -> None:
    found = built(engine, GIVEN)
    assert found.facts["by"] == ["account_manager", "industry"]
    people = {row["name"]: row["customers"] for row in found.facts["segments"] if row["grouping"] == "account_manager"}
    assert people == {"Eva": 2, "Udo": 1}
    assert found.notices == ()

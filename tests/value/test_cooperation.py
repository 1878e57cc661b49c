"""What joint projects with customers are worth."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import company_records as company
import pytest

from kundenwert import registry
from kundenwert.engines import open_engine
from kundenwert.engines._engine import Engine
from kundenwert.settings import read_options
from kundenwert.value import components as room
from kundenwert.value.components._component import Basis, Built
from kundenwert.value.components.cooperation import cooperation_value

PLUGIN = registry.load(room.ROOM, "cooperation")


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with open_engine(threads=1) as engine:
        yield engine


def build(engine: Engine, projects: Sequence[Mapping[str, Any]], **options: Any) -> tuple[dict[str, dict[str, Any]], Built]:
    company.load(engine, {"a": {}, "b": {}, "o": {"level": "objected"}}, projects=projects)
    chosen = read_options(options, PLUGIN.options, "components.cooperation")
    basis = Basis(company.AS_OF, 365.0, 1826.0, 0.1, "contribution", "EUR", frozenset(), options=chosen)
    built: Built = PLUGIN.build(engine, basis)
    return company.rows(engine, "cooperation"), built


def project(customer: str, chance: float, benefit: float, effort: float | None, **more: Any) -> dict[str, Any]:
    base = {
        "chance": chance,
        "benefit": benefit,
        "effort": effort,
        "source": "Antrag",
        "stated_on": date(2025, 1, 2),
    }
    return {"customer_id": customer, **base, **more}


TWO = [project("a", 60, 40_000, 12_000), project("a", 25, 9_500, 0)]


def test_the_worked_example_comes_out(engine: Engine) -> None:
    """60 % of 40,000 less 12,000, and 25 % of 9,500: 14,375."""
    found, built = build(engine, TWO)
    assert float(cooperation_value([0.6, 0.25], [40_000, 9_500], [12_000, 0]).sum()) == 14_375.0
    assert found == {"a": {"joint_projects": 2, "cooperation_value": Decimal("14375.00"), "cooperation_basis": "stated"}}
    assert (built.facts["projects"], built.facts["value"], built.notices) == (2, "14375.00", ())


def test_chances_up_to_one_are_parts_where_no_project_has_more(engine: Engine) -> None:
    parts = [{**one, "chance": one["chance"] / 100} for one in TWO]
    assert build(engine, parts)[0] == build(engine, TWO)[0]


def test_a_project_whose_effort_is_more_than_it_may_bring_costs_value(engine: Engine) -> None:
    assert build(engine, [project("a", 10, 5_000, 2_000)])[0]["a"]["cooperation_value"] == Decimal("-1500.00")


def test_what_nobody_vouches_for_is_counted_and_not_valued(engine: Engine) -> None:
    left_out = [project("b", 90, 1e6, 0, source=" "), project("b", 90, 1e6, None), project("b", 90, 1e6, 0, stated_on=date(2020, 1, 1))]
    found, built = build(engine, [*TWO, project("a", 90, 1e6, 0, source=None), *left_out])
    assert found["a"] == {"joint_projects": 3, "cooperation_value": Decimal("14375.00"), "cooperation_basis": "partly"}
    assert found["b"] == {"joint_projects": 3, "cooperation_value": None, "cooperation_basis": "not_told"}
    (notice,) = built.notices
    assert notice.values == {"unsourced": 2, "stale": 1, "without_effort": 1, "projects": 6}
    assert "where their worth comes from" in str(PLUGIN.line(found["b"]))


def test_projects_that_are_over_or_not_known_yet_and_those_of_objectors_are_left_out(engine: Engine) -> None:
    over = [project("a", 50, 1e6, 0, status="Abgeschlossen"), project("a", 50, 1e6, 0, end=date(2025, 6, 30))]
    later = project("a", 50, 1e6, 0, stated_on=date(2025, 7, 1))
    found, built = build(engine, [*over, later, project("o", 50, 1e6, 0)])
    assert found == {}
    assert (built.facts["projects"], built.facts["value"]) == (0, None)


def test_money_times_ten_is_value_times_ten(engine: Engine) -> None:
    tenfold = [{**one, "benefit": one["benefit"] * 10, "effort": one["effort"] * 10} for one in TWO]
    assert build(engine, tenfold)[0]["a"]["cooperation_value"] == 10 * build(engine, TWO)[0]["a"]["cooperation_value"]

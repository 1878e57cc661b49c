"""How customers bought as known on earlier days; the base of the as-of day stands unchanged after it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import exports
import pytest

from kundenwert.engines import open_engine
from kundenwert.engines._engine import Engine, Reading
from kundenwert.flows.ledger import open_ledger
from kundenwert.flows.progress import Progress
from kundenwert.flows.project import read
from kundenwert.flows.rhythms import load_rhythms
from kundenwert.flows.valuation import value

CLOCK = date(2025, 6, 1)


@pytest.fixture
def engine() -> Iterator[Engine]:
    with open_engine(threads=1) as engine:
        yield engine


def rows(engine: Engine, name: str) -> list[tuple[Any, ...]]:
    engine.project(
        "exported_rows", name, {"customer_id": Reading(arguments=("",)), **{f"c_{one}": Reading((one,)) for one in engine.columns(name)}}
    )
    engine.drop("exported")
    engine.rename("exported_rows", "exported")
    return sorted((tuple(row.values())[1:] for row in engine.rows("value/exported.sql")), key=str)


def valued(engine: Engine, folder: Path, lines: Any, settings: str) -> set[str]:
    folder.mkdir()
    project = read(exports.project(folder, lines, settings), {"threads": "1", "model": "mbg_nbd"})
    (folder / "scratch").mkdir()
    _, loaded = open_ledger(engine, project.folder, project.inputs, project.settings, scratch=folder / "scratch", progress=Progress())
    found = value(engine, loaded, project.settings, clock=CLOCK, progress=Progress())
    before = {name: rows(engine, name) for name in ("customers", *(("cancelled",) if found.matched else ()))}
    given = load_rhythms(engine, loaded, found, project.settings)
    assert {name: rows(engine, name) for name in before} == before
    return given


STATE = ("customer_id", "first_day", "last_day", "frequency", "recency", "t")


def state(engine: Engine, name: str) -> list[tuple[Any, ...]]:
    places = [list(engine.columns(f"rhythm_{name}")).index(column) for column in STATE]
    return sorted(tuple(row[place] for place in places) for row in rows(engine, f"rhythm_{name}"))


def purchases(engine: Engine, name: str) -> list[tuple[Any, ...]]:
    """Customer, day, n-th, gap."""
    names = list(engine.columns(f"rhythm_{name}"))
    customers = {row[names.index("number")]: row[names.index("customer_id")] for row in rows(engine, f"rhythm_{name}")}
    return sorted(
        ((customers[number], day, n, gap) for number, day, n, gap, _ in rows(engine, f"purchases_{name}")), key=lambda row: row[:3]
    )


@pytest.mark.parametrize("returns", [0, 0.15])
def test_a_year_ago_is_seen_as_the_log_cut_then_shows_it(engine: Engine, tmp_path: Path, returns: float) -> None:
    lines = exports.shop(7, returns=returns)
    as_of, before = date(2024, 10, 15), date(2023, 10, 15)
    settings = 'currency = "EUR"\nhorizon = "6m"\n'
    assert valued(engine, tmp_path / "full", lines, f"{settings}as_of = {as_of}\n") == {"rhythm.now", "rhythm.year", "rhythm.look_back"}
    full, bought = state(engine, "year"), purchases(engine, "year")
    cut = [line for line in lines if line[1] <= before]
    assert 0 < len(cut) < len(lines)
    valued(engine, tmp_path / "cut", cut, f"{settings}as_of = {before}\n")
    assert state(engine, "now") == full
    assert purchases(engine, "now") == bought


def test_the_rhythm_agrees_with_the_base(engine: Engine, tmp_path: Path) -> None:
    valued(engine, tmp_path / "shop", exports.shop(7, returns=0.15), 'currency = "EUR"\nhorizon = "6m"\n')
    base = {row["customer_id"]: row for row in engine.rows("base/known_customers.sql")}
    bought: dict[str, list[int]] = {}
    for customer, day, n, gap in purchases(engine, "now"):
        days = bought.setdefault(customer, [])
        assert n == len(days) + 1
        assert gap == (day - days[-1] if days else None)
        days.append(day)
    assert {one: len(days) - 1 for one, days in bought.items()} == {one: row["frequency"] for one, row in base.items()}
    assert {one: days[-1] - days[0] for one, days in bought.items()} == {one: row["recency"] for one, row in base.items()}
    names = list(engine.columns("rhythm_now"))
    for row in rows(engine, "rhythm_now"):
        told = dict(zip(names, row, strict=True))
        silence = told["t"] - told["recency"]
        assert (told["p_alive"] < 0.2) == (told["lost_after"] is not None and silence >= told["lost_after"])
        assert told["usual_gap"] > 0
        assert told["next_gap"] > 0


def test_a_small_base_knows_rhythms_but_nobody_who_left(engine: Engine, tmp_path: Path) -> None:
    lines = [line for line in exports.shop(5) if line[0] <= "K0030"]
    assert "rhythm.now" in valued(engine, tmp_path / "small", lines, 'currency = "EUR"\nhorizon = "6m"\n')
    names = list(engine.columns("rhythm_now"))
    told = [dict(zip(names, row, strict=True)) for row in rows(engine, "rhythm_now")]
    assert 10 < len(told) <= 31
    assert {row["p_alive"] for row in told} == {None}
    assert {row["lost_after"] for row in told} == {None}
    assert all(row["usual_gap"] > 0 and row["next_gap"] > 0 for row in told)
    # Silence since the last purchase does not stretch the usual gap: it is that of the history until then.
    alike = [(row["frequency"], row["recency"], round(row["usual_gap"], 9)) for row in told]
    assert len({one[:2] for one in alike}) == len(set(alike))


def test_a_log_too_short_for_a_year_has_no_day_a_year_ago(engine: Engine, tmp_path: Path) -> None:
    lines = [line for line in exports.shop(5) if line[1] <= date(2023, 6, 30)]
    given = valued(engine, tmp_path / "short", lines, 'currency = "EUR"\n')
    assert given == {"rhythm.now", "rhythm.look_back"}


def test_where_the_model_of_leaving_cannot_be_used_the_recent_rate_tells_the_rhythm(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Useless:
        class outcome:
            is_usable = False

    monkeypatch.setattr("kundenwert.models.silence.leaving_fit", lambda *_: Useless)
    assert "rhythm.now" in valued(engine, tmp_path / "shop", exports.shop(7), 'currency = "EUR"\nhorizon = "6m"\n')
    names = list(engine.columns("rhythm_now"))
    told = [dict(zip(names, row, strict=True)) for row in rows(engine, "rhythm_now")]
    assert len(told) > 100
    assert {(row["p_alive"], row["lost_after"]) for row in told} == {(None, None)}
    assert all(row["usual_gap"] > 0 for row in told)

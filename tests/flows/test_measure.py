"""What a plan or a campaign has brought, told by those who were held out; and what the next plan knows of the action."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import plain_runs
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from kundenwert.errors import CallError, DataError, UnknownName
from kundenwert.flows.actions import effects_measured
from kundenwert.flows.measure import measure
from kundenwert.flows.measured_effects import evidence, measurements
from kundenwert.flows.objection import objection
from kundenwert.flows.progress import Progress
from kundenwert.runs import store

CLOCK = datetime(2026, 1, 5, tzinfo=UTC)
START, END = date(2025, 6, 30), date(2025, 12, 31)
CUSTOMERS = [f"K{number:03}" for number in range(400)]
TREATED = {customer for place, customer in enumerate(CUSTOMERS) if place % 2}
UPLIFT = 0.5
PROJECT = """currency = "EUR"
model = "mbg_nbd"
language = "en"
margin = 0.4
[[sources]]
files = ["lines.csv"]
[tables.customers]
files = ["customers.csv"]
[tables.measures]
files = ["measures.csv"]
[actions.letter]
changes = "orders"
channel = "post"
costs = {money = 2.0}
effect = {low = 0.0, likely = 0.1, high = 0.2, source = "assumption", by = "Sales", on = 2025-06-01}
"""


def lines() -> str:
    """Orders at each customer's own pace; the treated order half as often again from July on."""
    rng = np.random.default_rng(6)
    days = [date(2024, 1, 1) + timedelta(days=number) for number in range((END - date(2024, 1, 1)).days + 1)]
    after = np.array([day > START for day in days])
    rows = ["customer_id;date;document_id;amount;cost"]
    for customer in CUSTOMERS:
        chance = rng.gamma(4.0, 1.5) / 365 * np.where(after & (customer in TREATED), 1 + UPLIFT, 1.0)
        bought = np.flatnonzero(rng.random(len(days)) < chance)
        for place in bought.tolist() or [0]:
            amount = int(rng.integers(40, 200))
            rows.append(f"{customer};{days[place]};R{customer}-{place};{amount}.00;{0.6 * amount:.2f}")
    return "\n".join(rows) + "\n"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two runs: on the day before the letters, and half a year later."""
    folder = tmp_path_factory.mktemp("letters")
    kinds = ["north", "south"]
    owners = [f"{customer};Firma {customer};b2b;{kinds[place // 2 % 2]}" for place, customer in enumerate(CUSTOMERS)]
    sent = [f"L1;{customer};{START};Brief;{'ja' if customer in TREATED else 'nein'};2.00" for customer in CUSTOMERS]
    tables = {
        "lines.csv": lines(),
        "customers.csv": "\n".join(["customer_id;name;kind;region", *owners]) + "\n",
        "measures.csv": "\n".join(["measure_id;customer_id;date;kind;treated;cost", *sent]) + "\n",
        "kundenwert.toml": PROJECT,
    }
    for name, text in tables.items():
        (folder / name).write_text(text, encoding="utf-8")
    for day in (START, END):
        plain_runs.value(folder, clock=CLOCK, as_of=day.isoformat(), components=("score",))
    plan(folder)
    return folder


def plan(folder: Path) -> None:
    """A plan as it stands on disk: letters to the treated, the others held out by chance."""
    place = folder / "plans" / "2025-06-30T0900Z-aaaa"
    place.mkdir(parents=True)
    held = [customer for customer in CUSTOMERS if customer not in TREATED]
    for name, ids, compared in (("lines", sorted(TREATED), True), ("drawn", sorted(TREATED), False), ("held_out", held, False)):
        columns = {"customer_id": ids, "action": ["letter"] * len(ids), "count": [1] * len(ids)}
        columns |= {"gain": [18.0] * len(ids), "cost": [2.0] * len(ids)}
        columns |= {"compared": [True] * len(ids)} if compared else {}
        pq.write_table(pa.table(columns), place / f"{name}.parquet")
    (first,) = [name for name in store.names(folder) if store.read(folder, name).as_of == START]
    action = {"name": "letter", "channel": "post", "counts_as": []}
    content = {
        "as_of": START.isoformat(),
        "run": first,
        "actions": [action],
        "settings": {"segment": ""},
        "held_out": {"customers": len(held)},
    }
    (place / "plan.json").write_text(json.dumps(content), encoding="utf-8")


def test_the_planted_uplift_lies_in_the_interval_of_the_campaign(project: Path) -> None:
    found = measure(project, campaign="L1", action="letter", clock=CLOCK, progress=Progress())
    assert (found.treated, found.held, found.gone) == (200, 200, 0)
    (learned,) = found.learned
    assert abs(learned.measured - UPLIFT) < 1.645 * learned.error
    assert learned.error < 0.12
    orders = next(one for one in found.outcomes if one.name == "orders")
    assert orders.lower > 0
    assert orders.upper - orders.lower < orders.plain_upper - orders.plain_lower
    assert found.cost == 400.0
    assert found.earned == pytest.approx(found.outcomes[0].difference * 200 - 400, abs=0.01)


def test_money_is_contribution_by_the_cost_of_each_line(project: Path) -> None:
    found = measure(project, campaign="L1", clock=CLOCK, progress=Progress())
    assert found.outcomes[0].name == "contribution"
    money = dict.fromkeys(CUSTOMERS, 0.0)
    for line in (project / "lines.csv").read_text(encoding="utf-8").splitlines()[1:]:
        customer, day, _, amount, cost = line.split(";")
        money[customer] += (float(amount) - float(cost)) * (START < date.fromisoformat(day) <= END)
    assert found.outcomes[0].treated == pytest.approx(np.mean([money[customer] for customer in TREATED]))
    assert found.outcomes[0].held == pytest.approx(np.mean([money[customer] for customer in set(CUSTOMERS) - TREATED]))


def test_what_is_believed_of_the_action_moves_towards_what_was_measured(project: Path) -> None:
    found = measure(project, campaign="L1", action="letter", clock=CLOCK, progress=Progress())
    (learned,) = found.learned
    assert learned.before.likely < learned.after.likely < learned.measured
    known = effects_measured(project)["letter"]
    assert known.effect is not None
    assert known.effect.source == "experiment"
    assert known.effect.likely == pytest.approx(learned.after.likely)


def test_measuring_again_counts_once_and_leaves_each_measurement(project: Path) -> None:
    first = measure(project, campaign="L1", action="letter", clock=CLOCK, progress=Progress())
    again = measure(project, campaign="L1", action="letter", clock=CLOCK, progress=Progress())
    assert again.learned[0].after == first.learned[0].after
    assert len([name for name, _, _ in evidence(project, "letter") if name == "L1"]) == 1
    assert len(list((project / "plans" / "campaigns").glob("*.json"))) >= 2


def test_a_plan_is_measured_with_the_forecast_of_its_run(project: Path) -> None:
    found = measure(project, "2025-06", clock=CLOCK, progress=Progress())
    assert found.is_plan
    assert found.foreseen == "plan"
    assert found.expected == pytest.approx(18.0 * 200)
    assert (found.reached, found.reached_held) == (1.0, 0.0)
    (learned,) = found.learned
    assert abs(learned.measured - UPLIFT) < 2 * learned.error
    assert (project / "plans" / found.name / "measured-1.json").is_file()
    assert {entry["name"] for entry in measurements(project)} >= {found.name}


def test_who_was_drawn_from_and_got_nothing_counts_with_the_treated(project: Path, tmp_path: Path) -> None:
    shutil.copytree(project, tmp_path / "fewer")
    lines = tmp_path / "fewer" / "plans" / "2025-06-30T0900Z-aaaa" / "lines.parquet"
    pq.write_table(pq.read_table(lines).slice(0, 150), lines)
    found = measure(tmp_path / "fewer", clock=CLOCK, progress=Progress())
    assert (found.treated, found.held, found.cost) == (200, 200, 300.0)
    whole = measure(project, clock=CLOCK, progress=Progress())
    assert found.outcomes == whole.outcomes
    # A letter to three in four changes three quarters of what one to each would.
    (fewer,), (each,) = found.learned, whole.learned
    assert fewer.measured == pytest.approx(each.measured / 0.75)


def test_segments_tell_apart_what_the_data_know(project: Path) -> None:
    found = measure(project, campaign="L1", segment="region", clock=CLOCK, progress=Progress())
    assert [(one.name, one.treated, one.held) for one in found.segments] == [("north", 100, 100), ("south", 100, 100)]
    drawn = [one.shrunk for one in found.segments]
    plain = [one.difference for one in found.segments]
    assert max(drawn) - min(drawn) <= max(plain) - min(plain)


def test_who_has_objected_since_is_left_out_of_both_groups(project: Path, tmp_path: Path) -> None:
    import shutil

    folder = tmp_path / "copy"
    shutil.copytree(project, folder)
    objection(folder, "K001", by="Data protection", reason="letter", clock=CLOCK)
    found = measure(folder, campaign="L1", clock=CLOCK, progress=Progress())
    assert (found.treated, found.held, found.gone) == (199, 200, 1)
    assert any(notice.key == "measured_gone" for notice in found.notices)


def test_a_day_that_nobody_knows_yet_is_refused(project: Path) -> None:
    with pytest.raises(DataError, match="knows nothing after 2025-12-31"):
        measure(project, campaign="L1", until=date(2026, 3, 1), clock=CLOCK, progress=Progress())
    early = next(name for name in store.names(project) if store.read(project, name).as_of == START)
    with pytest.raises(DataError, match="nothing has happened yet"):
        measure(project, campaign="L1", run=early, clock=CLOCK, progress=Progress())


def test_unknown_names_are_answered_with_those_there_are(project: Path) -> None:
    with pytest.raises(UnknownName, match="L1"):
        measure(project, campaign="L2", clock=CLOCK, progress=Progress())
    with pytest.raises(UnknownName, match="region"):
        measure(project, campaign="L1", segment="regoin", clock=CLOCK, progress=Progress())
    with pytest.raises(CallError, match="level"):
        measure(project, campaign="L1", level=1.0, clock=CLOCK, progress=Progress())


def test_a_measurement_names_no_customer(project: Path) -> None:
    measure(project, campaign="L1", clock=CLOCK, progress=Progress())
    for path in (project / "plans" / "campaigns").glob("*.json"):
        text = path.read_text(encoding="utf-8")
        assert not any(customer in text for customer in CUSTOMERS)

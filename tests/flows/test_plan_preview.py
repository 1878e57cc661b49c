"""The planner's flows: what a plan would bring while sliders move, starting actions, and the way to approval by two people."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import plan_shop as shop
import pytest
from plan_shop import NOW, OBJECTOR, add, number, planned

from kundenwert.decisions import _allocation_preview as arrays
from kundenwert.decisions._allocation_others import evenly, practice
from kundenwert.decisions._allocation_wrong import example
from kundenwert.decisions._limits import bounds
from kundenwert.decisions._menu import solvable
from kundenwert.errors import DataError, SettingsError, UnknownName
from kundenwert.flows import index, kept_plans, plan_actions, plan_preview, plan_settings, plan_submission, plan_top, prepared
from kundenwert.flows.erasure import erase
from kundenwert.flows.objection import objection
from kundenwert.flows.plan_actions import Described
from kundenwert.flows.plan_preview import Wishes
from kundenwert.flows.progress import Progress
from kundenwert.records.plans import MONEY, Action, Case, Curve, Effect, Limit
from kundenwert.register.book import Register
from kundenwert.stats.choice import choose

_EFFECT = 'effect = {low = 0.01, likely = 0.05, high = 0.1, source = "assumption", by = "Sales", on = 2025-01-15}'
VISITS = f'[actions.visit]\nchannel = "visit"\nchanges = "orders"\n{_EFFECT}\ncosts = {{money = 2, visits = 1, hours = 1.5}}\nmost = 2\n'
CALLS = f'[actions.call]\nchannel = "phone"\nadvertising = false\nchanges = "orders"\n{_EFFECT}\ncosts = {{money = 1}}\n'
ONE, TWO = "AD 1", "AD 2"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = shop.made(tmp_path_factory.mktemp("preview"))
    add(folder, VISITS + CALLS)
    return folder


@pytest.fixture
def project(made: Path, tmp_path: Path) -> Path:
    """A copy of the shop with visits and calls."""
    shutil.copytree(made, tmp_path / "shop")
    return tmp_path / "shop"


@pytest.fixture(autouse=True)
def _forgotten() -> Iterator[None]:
    plan_preview.forget()
    yield
    plan_preview.forget()


def found(project: Path, **wishes: object) -> arrays.Preview:
    answer = plan_preview.answer(project, None, Wishes(**wishes))  # type: ignore[arg-type]
    assert answer is not None
    return answer.found


# ---- the preview is the plan ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("hold_out", [0.0, 0.2])
def test_of_few_customers_the_preview_is_the_plan_that_is_made_then(project: Path, hold_out: float) -> None:
    limits = {"money": 30.0, "visits": 8.0}
    seen = found(project, limits=limits, hold_out=hold_out)
    made = planned(project, "allocation", limits=limits, hold_out=hold_out).content
    assert seen.is_exact
    assert (seen.gain, seen.cost, seen.customers) == (pytest.approx(made["gain"]), made["cost"], made["planned"])
    assert seen.held == made["held_out"]["customers"]
    for name in ("even", "biggest"):
        of_plan = next(one for one in made["compared"] if one["name"] == name)
        if not hold_out:
            assert next(one for one in seen.compared if one.name == name).gain == pytest.approx(of_plan["gain"])


def test_the_published_three_customers_get_five_three_and_two_visits() -> None:
    visit = Action("visit", "spend", Effect(1, 1, 1, "experiment"), {MONEY: 60, "visits": 1}, most=10, curve=Curve("exponential"))
    columns = {"at_stake": np.array([1000.0, 600.0, 400.0]), "response_rate": np.array([0.25, 0.5, 0.3])}
    case = Case(np.array(["A", "B", "C"]), columns, date(2025, 1, 1), actions=(visit,))
    ready = arrays.ready(case)
    assert ready is not None
    seen = arrays.preview(ready, (Limit("visits", 10.0),))
    assert seen.gain == pytest.approx(760.09, abs=0.01)
    counts = dict(zip(seen.lines["customer_id"].tolist(), seen.lines["count"].tolist(), strict=True))
    assert counts == {"A": 5, "B": 3, "C": 2}


def test_ten_visits_are_ten_visits(project: Path) -> None:
    seen = found(project, limits={"visits": 10.0}, actions=("visit",))
    assert seen.uses == {"visit": 10}
    assert seen.taken["visits"] == 10
    made = planned(project, "allocation", limits={"visits": 10.0}, actions=["visit"])
    # Two visits may go to one customer.
    assert seen.reached == {"visit": made.content["lines"]}
    assert 5 <= seen.reached["visit"] < 10


def test_the_curve_rises_through_the_chosen_point_and_lies_within_its_band(project: Path) -> None:
    seen = found(project, limits={"money": 25.0})
    curve = seen.curve
    at = int(np.argmin(np.abs(curve["budget"] - 25.0)))
    assert curve["gain"][at] == pytest.approx(seen.gain, abs=0.01)
    assert (np.diff(curve["budget"]) > 0).all()
    assert (np.diff(curve["gain"]) >= 0).all()
    assert (curve["lower"] <= curve["gain"]).all()
    assert (curve["gain"] <= curve["upper"]).all()
    assert curve["upper"][at] > curve["gain"][at] > curve["lower"][at]


def test_what_is_kept_of_other_positions_of_a_slider_changes_no_answer(project: Path) -> None:
    for money in (90.0, 240.0, 150.0):
        found(project, limits={"money": money})
    warm = found(project, limits={"money": 150.0})
    plan_preview.forget()
    cold = found(project, limits={"money": 150.0})
    assert 150.0 in cold.curve["budget"]
    for name, values in cold.curve.items():
        assert warm.curve[name].tolist() == values.tolist()
    assert (warm.gain, warm.cost, warm.lower, warm.upper) == (cold.gain, cold.cost, cold.lower, cold.upper)


def test_more_positions_than_are_kept_get_the_same_answers_again(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(arrays, "_KEPT", 2)
    ways = [60.0, 90.0, 120.0, 150.0]
    assert [found(project, limits={"money": one}).gain for one in ways] == [found(project, limits={"money": one}).gain for one in ways]
    assert found(project, limits={"money": 150.0}) is found(project, limits={"money": 150.0})


def test_beyond_the_budget_that_pays_more_money_changes_nothing(project: Path) -> None:
    seen = found(project, limits={"money": 1e6})
    more = found(project, limits={"money": 2e6})
    assert seen.gain == more.gain
    assert seen.cost == pytest.approx(seen.worthwhile)


def test_many_customers_are_previewed_within_the_limits_and_near_the_best() -> None:
    case = replace(example(np.random.default_rng(5), arrays.SMALL + 1_000), at_least={})
    limits = tuple(replace(one, amount=one.amount * 0.3) for one in case.limits)
    ready = arrays.ready(case)
    assert ready is not None
    seen = arrays.preview(ready, limits)
    own = bounds(replace(ready.case, limits=limits))
    best = choose(ready.menu.gain, *solvable(ready.menu, ready.response, own), thorough=False)
    assert not seen.is_exact
    assert seen.gain == pytest.approx(best.bound, rel=0.005)
    assert seen.cost <= limits[0].amount + 0.01
    held = arrays.preview(ready, limits, hold_out=0.2)
    assert 0.1 * seen.customers < held.held < 0.3 * seen.customers
    assert held.gain < seen.gain
    even = practice("even", ready.response, evenly(ready.response, own, ready.least, ready.most))
    assert next(one for one in seen.compared if one.name == "even").gain == pytest.approx(even.gain, rel=0.05)


def test_what_is_fixed_and_does_not_fit_into_the_limits_is_told(project: Path) -> None:
    add(project, f'[plans.spring]\ndecision = "allocation"\nfixed = {{"{number(12)}" = {{visit = 2}}}}\n')
    with pytest.raises(DataError, match="What is fixed"):
        found(project, name="spring", limits={"visits": 1.0})
    assert found(project, name="spring", limits={"visits": 2.0}).uses["visit"] == 2


# ---- whose customers ----------------------------------------------------------------------------------------------------


def test_who_plans_for_own_customers_sees_nobody_elses(project: Path) -> None:
    own = frozenset({ONE})
    board = plan_preview.board(project, None, Wishes(managers=own))
    everybody = plan_preview.board(project, None, Wishes())
    lines = found(project, managers=own).lines
    assert set(lines["person"].tolist()) == {ONE}
    assert 0 < board.customers < everybody.customers
    assert board.left_out == {}
    assert dict(everybody.left_out)["objected"] == 1


def test_a_plan_remembers_whose_customers_it_is_for(project: Path) -> None:
    made = planned(project, "allocation", only=[ONE], actions=["visit"], limits={"visits": 4.0})
    assert made.content["settings"]["only"] == [ONE]
    assert made.content["uses"] == {"visit": 4}
    assert set(kept_plans.kept(project, made.name).lines["account_manager"].tolist()) == {ONE}


def test_nobody_is_planned_for_by_somebody_whom_the_records_do_not_name(project: Path) -> None:
    with pytest.raises(DataError, match="nobody to plan for"):
        found(project, managers=frozenset({"Somebody"}))


def test_another_span_moves_the_end_and_the_practice_of_today_it_is_held_against(project: Path) -> None:
    def done(span: str) -> tuple[date, int]:
        wishes = Wishes(span=span)
        answer = plan_preview.answer(project, None, wishes)
        assert answer is not None
        today = answer.practice("today")
        return plan_preview.board(project, None, wishes).until, 0 if today is None else today.customers

    # K0010 was visited 20 and 40 days ago, K0011 called 10 days ago.
    assert done("2w") == (date(2025, 6, 13), 1)
    assert done("2m") == (date(2025, 7, 30), 2)
    assert done("") == (date(2026, 5, 30), 2)
    assert plan_preview.board(project, None, Wishes()).span == "12m"


@pytest.mark.parametrize("span", ["0d", "soon", "11y", "99999y"])
def test_a_span_that_is_none_or_too_long_is_refused(project: Path, span: str) -> None:
    with pytest.raises(SettingsError, match="span"):
        plan_preview.answer(project, None, Wishes(span=span))


def test_who_objects_is_gone_from_the_next_preview(project: Path) -> None:
    first = found(project, limits={"money": 1e6}).lines["customer_id"].tolist()
    assert OBJECTOR not in first
    objection(project, first[0], reason="asked", by="Desk", clock=NOW)
    assert first[0] not in found(project, limits={"money": 1e6}).lines["customer_id"].tolist()


def test_names_that_were_shown_are_forgotten_with_an_erased_person(project: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(project, tmp_path / "erased"))
    before = plan_preview.answer(folder, None, Wishes())
    assert before is not None
    gone = before.top[0]
    assert gone.customer
    erase(folder, gone.customer_id, by="Desk", clock=NOW)
    after = plan_preview.answer(folder, None, Wishes())
    assert after is not None
    assert gone.customer not in [one.customer for one in after.top]
    assert not any(gone.customer in kept for names in plan_top._NAMES.values() for kept in names.values())


def test_what_is_kept_lies_in_the_index_that_an_erasure_removes(project: Path) -> None:
    seen = found(project)
    run = (project / "runs" / "current").read_text(encoding="utf-8").strip()
    kept = list(index.folder_of(project, run).glob("plan-*/case.npz"))
    assert len(kept) == 1
    plan_preview.forget()
    assert found(project).gain == seen.gain
    index.forget(project)
    assert not kept[0].exists()


def test_after_a_run_the_plan_that_the_planner_opens_with_is_ready(project: Path) -> None:
    shop.add(project, '[plans.visits]\ndecision = "allocation"\nactions = ["visit"]\nlimits = {visits = 5}\n')
    run = (project / "runs" / "current").read_text(encoding="utf-8").strip()
    assert plan_preview.sections(project)[0] == "visits"
    prepared.prepare(project, run, progress=Progress())
    kept = {one.name for one in index.folder_of(project, run).glob("plan-*")}
    assert len(kept) == 1
    plan_preview.answer(project, run, Wishes("visits"))
    assert {one.name for one in index.folder_of(project, run).glob("plan-*")} == kept


def test_what_is_kept_and_damaged_is_made_again(project: Path) -> None:
    seen = found(project)
    run = (project / "runs" / "current").read_text(encoding="utf-8").strip()
    next(index.folder_of(project, run).glob("plan-*/case.npz")).write_bytes(b"nothing")
    plan_preview.forget()
    assert found(project).gain == seen.gain


# ---- starting actions ----------------------------------------------------------------------------------------------------

LETTER = Described("letter", 2.5, 5, 0.1, 0.4, 0.9, most=2)


def test_an_action_is_written_to_the_end_of_the_file_and_into_the_log(project: Path) -> None:
    before = (project / "kundenwert.toml").read_text(encoding="utf-8")
    plan_actions.describe(project, [LETTER], by='J. "Jo" Brandt', clock=NOW)
    after = (project / "kundenwert.toml").read_text(encoding="utf-8")
    assert after.startswith(before.rstrip())
    letter = plan_settings.of_folder(project).actions["letter"].action
    assert (letter.channel, letter.most, letter.costs[MONEY]) == ("post", 2, 2.5)
    assert letter.costs["hours"] == pytest.approx(5 / 60, abs=1e-4)
    assert (letter.effect.likely, letter.effect.by, letter.effect.on) == (0.004, 'J. "Jo" Brandt', NOW.date())
    assert Register(project).log()[-1]["action"] == plan_actions.ACTION


def test_all_that_is_wrong_with_an_action_is_told_and_nothing_is_written(project: Path) -> None:
    before = (project / "kundenwert.toml").read_bytes()
    wrong = [Described("visit", -1.0), Described("pigeon", 1.0), Described("letter", 1.0, low=3.0, likely=1.0, high=2.0)]
    with pytest.raises(DataError) as caught:
        plan_actions.describe(project, wrong, by=" ", clock=NOW)
    told = " ".join(one.came for one in caught.value.problems)
    for part in ("not said who", "visit: a cost of -1", "pigeon", "3, 1 and 2"):
        assert part in told
    assert (project / "kundenwert.toml").read_bytes() == before


def test_an_action_that_is_there_changes_in_its_own_lines_alone(project: Path) -> None:
    file = project / "kundenwert.toml"
    before = file.read_text(encoding="utf-8")
    visit = plan_actions.as_described(plan_settings.of_folder(project).actions["visit"])
    assert (visit.money, visit.minutes, visit.low, visit.likely, visit.high, visit.most) == (2.0, 90.0, 1.0, 5.0, 10.0, 2)
    plan_actions.describe(project, [replace(visit, most=1)], by="J. Brandt", clock=NOW)
    assert file.read_text(encoding="utf-8") == before.replace("most = 2", "most = 1")
    once = found(project, limits={"visits": 10.0}, actions=("visit",))
    assert (once.uses["visit"], once.reached["visit"]) == (10, 10)
    plan_actions.describe(
        project, [replace(visit, most=1, money=3.5, minutes=0.0, low=0.5, likely=2.0, high=4.0)], by="J. Brandt", clock=NOW
    )
    action = plan_settings.of_folder(project).actions["visit"].action
    assert action.costs == {"money": 3.5, "visits": 1.0}
    assert (action.effect.likely, action.effect.by, action.effect.on) == (0.02, "J. Brandt", NOW.date())
    assert Register(project).log()[-1]["details"] == {"actions": [], "known": [], "changed": ["visit"]}


def test_nobody_knows_the_effect_of_an_action_any_more_when_it_is_taken_out(project: Path) -> None:
    call = plan_actions.as_described(plan_settings.of_folder(project).actions["call"])
    plan_actions.describe(project, [replace(call, low=None, likely=None, high=None, most=4), LETTER], by="Jo", clock=NOW)
    actions = plan_settings.of_folder(project).actions
    assert (actions["call"].action.effect.source, actions["call"].action.most) == ("none", 4)
    assert actions["letter"].action.most == 2
    assert actions["visit"].action.effect.by == "Sales"


@pytest.mark.parametrize(
    "text",
    [
        'actions.visit = {channel = "visit", changes = "orders", costs = {money = 2}}',
        '[actions.visit]\nchannel = "visit"\nchanges = "orders"\ncosts.money = 2',
        '[ actions . visit ] # what a visit costs\nchanges = "orders"\nchannel = "visit"\n"costs" = {money = 2}',
    ],
)
def test_what_is_written_in_another_way_is_left_alone_and_said_so(made: Path, tmp_path: Path, text: str) -> None:
    shutil.copytree(made, tmp_path / "odd")
    file = tmp_path / "odd" / "kundenwert.toml"
    rest = file.read_text(encoding="utf-8").replace(VISITS, "").replace(CALLS, "")
    file.write_text(f"{text}\n{rest}" if text.startswith("actions") else f"{rest}\n{text}\n", encoding="utf-8")
    before = file.read_bytes()
    visit = plan_actions.as_described(plan_settings.of_folder(tmp_path / "odd").actions["visit"])
    with pytest.raises(DataError, match="cannot be changed"):
        plan_actions.describe(tmp_path / "odd", [replace(visit, money=9.0)], by="Jo", clock=NOW)
    assert file.read_bytes() == before


def test_what_is_not_changed_is_not_written(project: Path) -> None:
    visit = plan_actions.as_described(plan_settings.of_folder(project).actions["visit"])
    with pytest.raises(DataError, match="No action is described"):
        plan_actions.describe(project, [visit], by="Jo", clock=NOW)
    with pytest.raises(DataError, match="51 times"):
        plan_actions.describe(project, [replace(visit, most=51)], by="Jo", clock=NOW)


def test_an_action_without_an_effect_gives_out_no_money(made: Path, tmp_path: Path) -> None:
    folder = tmp_path / "plain"
    shutil.copytree(made, folder)
    text = (folder / "kundenwert.toml").read_text(encoding="utf-8").replace(VISITS, "").replace(CALLS, "")
    (folder / "kundenwert.toml").write_text(text, encoding="utf-8")
    assert not plan_preview.has_actions(folder)
    plan_actions.describe(folder, [Described("visit", 60.0, 90)], by="Sales", clock=NOW)
    assert plan_preview.answer(folder, None, Wishes()) is None
    assert plan_preview.board(folder, None, Wishes()).known == ()


# ---- submit and approve --------------------------------------------------------------------------------------------------


def test_a_plan_is_approved_by_a_second_person_alone(project: Path) -> None:
    name = planned(project, "allocation").name
    with pytest.raises(DataError, match="not submitted"):
        plan_submission.approve(project, name, by="b@firma.example", clock=NOW)
    plan_submission.submit(project, name, by="a@firma.example", clock=NOW)
    with pytest.raises(DataError, match="submitted this plan"):
        plan_submission.approve(project, name, by=" A@Firma.example ", clock=NOW)
    plan_submission.approve(project, name, by="b@firma.example", clock=NOW)
    now = plan_submission.standing(project, kept_plans.find(project, name))
    assert (now.state, now.submitted_by, now.decided_by) == (plan_submission.APPROVED, "a@firma.example", "b@firma.example")
    assert [one["action"] for one in Register(project).log()][-2:] == ["submit plan", "approve plan"]
    with pytest.raises(DataError, match="approved already"):
        plan_submission.submit(project, name, by="a@firma.example", clock=NOW)


def test_a_plan_that_comes_back_can_be_submitted_again_and_says_why(project: Path) -> None:
    name = planned(project, "allocation").name
    plan_submission.submit(project, name, by="a@firma.example", clock=NOW)
    with pytest.raises(DataError, match="not said why"):
        plan_submission.give_back(project, name, reason=" ", by="b@firma.example", clock=NOW)
    plan_submission.give_back(project, name, reason="Too dear", by="b@firma.example", clock=NOW)
    now = plan_submission.standing(project, kept_plans.find(project, name))
    assert (now.state, now.reason, now.decided_by) == (plan_submission.RETURNED, "Too dear", "b@firma.example")
    plan_submission.submit(project, name, by="a@firma.example", clock=NOW)
    assert plan_submission.standing(project, kept_plans.find(project, name)).state == plan_submission.SUBMITTED


def test_field_sales_see_plans_for_their_customers_and_of_approved_ones_their_own_lines(project: Path) -> None:
    own, other, whole = (planned(project, "allocation", only=only).name for only in ([ONE], [TWO], None))
    mine = frozenset({ONE})
    assert [one.name for one in plan_submission.listed(project, managers=mine)] == [own]
    for unseen in (other, whole):
        with pytest.raises(UnknownName):
            plan_submission.seen(project, unseen, managers=mine)
    plan_submission.submit(project, whole, by="a@firma.example", clock=NOW)
    plan_submission.approve(project, whole, by="b@firma.example", clock=NOW)
    assert {one.name for one in plan_submission.listed(project, managers=mine)} == {own, whole}
    found, entry = plan_submission.seen(project, whole, managers=mine)
    assert entry.is_own_part
    assert not plan_submission.may_export(entry)
    assert set(found.lines["account_manager"].tolist()) == {ONE}
    assert found.content["gain"] == pytest.approx(found.lines["gain"].sum(), abs=0.01)
    # Nothing tells of the others.
    assert not {"compared", "used", "customers", "curve", "bound", "left_out"} & set(found.content)
    assert {one.name for one in plan_submission.listed(project, managers=None)} == {own, other, whole}
    assert plan_submission.listed(project, managers=frozenset()) == []


@pytest.mark.parametrize(("amount", "end"), [(0.0, 10.0), (103.0, 120.0), (1_870.0, 2_000.0), (64_000.0, 80_000.0), (10_000.0, 10_000.0)])
def test_sliders_end_on_round_numbers(amount: float, end: float) -> None:
    assert plan_preview._round_up(amount) == end


def test_a_board_has_a_slider_for_each_means_long_enough_for_all_that_pays(project: Path) -> None:
    board = plan_preview.board(project, None, Wishes())
    assert board.sliders[0].resource == MONEY
    assert {one.resource for one in board.sliders} == {MONEY, "visits", "hours"}
    assert all(one.end >= one.needed > 0 for one in board.sliders)
    assert dict(board.managers).keys() == {ONE, TWO}

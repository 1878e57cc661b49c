"""Plans of a project: what goes in, who is left out, what is kept for good, and who is struck from it later."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import plan_shop as shop
import pyarrow.parquet as pq
import pytest
from plan_shop import NOW, add, number, planned, tiny_decision

from kundenwert.errors import Bug, CallError, DataError, SettingsError, StorageError, UnknownName
from kundenwert.flows import audit, kept_plans, plan_settings
from kundenwert.flows import plans as making
from kundenwert.flows.actions import Measured, keep_effect
from kundenwert.flows.erasure import erase
from kundenwert.flows.objection import objection
from kundenwert.flows.plan_tables import Basis
from kundenwert.flows.register import consent
from kundenwert.records.plans import Case, Effect
from kundenwert.register.book import Decision, Register
from kundenwert.reports.plan_text import text
from kundenwert.runs import plans_store

Rows = list[dict[str, Any]]
Two = tuple[Path, making.Planned, making.Planned]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return shop.made(tmp_path_factory.mktemp("shop"))


@pytest.fixture
def project(made: Path, tmp_path: Path) -> Path:
    """A copy of the shop with an action: visits."""
    shutil.copytree(made, tmp_path / "shop")
    add(tmp_path / "shop", shop.VISIT)
    return tmp_path / "shop"


@pytest.fixture(scope="module")
def two(made: Path, tmp_path_factory: pytest.TempPathFactory) -> Two:
    """The shop with two plans, of 50 and of 100 in money, that nothing is done with but reading."""
    folder = tmp_path_factory.mktemp("two") / "shop"
    shutil.copytree(made, folder)
    add(folder, shop.VISIT)
    with tiny_decision():
        return folder, planned(folder, limits={"money": 50.0}), planned(folder, limits={"money": 100.0})


@pytest.fixture(autouse=True)
def tiny() -> Iterator[None]:
    with tiny_decision():
        yield


def rows(path: Path) -> Rows:
    found: Rows = pq.read_table(path).to_pylist()
    return found


def listed(made: making.Planned) -> list[str]:
    return [row["customer_id"] for row in rows(made.folder / "lines.parquet")]


def seen_by(folder: Path, monkeypatch: pytest.MonkeyPatch, **flags: Any) -> Case:
    """The case that a decision is given."""
    cases: list[Case] = []

    def decide(case: Case) -> Any:
        cases.append(case)
        return shop.decide(case)

    with tiny_decision(decide=decide):
        planned(folder, **flags)
    return cases[0]


# ---- what a plan is ----------------------------------------------------------------------------------------------------


def test_a_plan_keeps_its_lines_what_they_rest_on_and_what_they_bring(two: Two) -> None:
    project, found, _ = two
    content = found.content
    assert found.folder.parent == project / "plans"
    assert (content["decision"], content["lines"], content["cost"], content["yardstick"]) == ("tiny", 10, 50.0, "contribution")
    assert content["gain"] == pytest.approx(sum(row["gain"] for row in rows(found.folder / "lines.parquet")))
    assert content["actions"][0]["effect"] == {
        "low": 0.01, "likely": 0.2, "high": 0.3, "source": "assumption", "by": "Sales", "on": "2025-01-15",
    }  # fmt: skip
    assert (content["as_of"], content["until"]) == ("2025-05-30", "2026-05-30")
    assert content["run"] == (project / "runs" / "current").read_text(encoding="utf-8").strip()


def test_the_same_run_settings_and_seed_give_the_same_plan(project: Path) -> None:
    first, again, other = (planned(project, hold_out=0.3, seed=seed) for seed in (1, 1, 2))
    assert first.name != again.name
    assert first.content["content"] == again.content["content"] != other.content["content"]
    assert rows(first.folder / "lines.parquet") == rows(again.folder / "lines.parquet") != rows(other.folder / "lines.parquet")


def test_an_unknown_plan_is_answered_with_those_there_are(project: Path) -> None:
    add(project, '[plans.spring]\ndecision = "tiny"\n')
    with pytest.raises(UnknownName, match=r"No 'sprung' in the plans of kundenwert.toml and the decisions\. Did you mean 'spring'"):
        planned(project, "sprung")


def test_flags_win_over_the_section_and_the_section_over_limits_of_the_project(project: Path) -> None:
    add(project, '[limits]\nmoney = 100\nvisits = 7\n[plans.spring]\ndecision = "tiny"\nlimits = {money = 60}\nspan = "3m"\n')
    found = plan_settings.of_folder(project)
    assert plan_settings.chosen(found, "spring", {}).limits == {"money": 60.0, "visits": 7.0}
    assert plan_settings.chosen(found, "tiny", {}).limits == {"money": 100.0, "visits": 7.0}
    flagged = plan_settings.chosen(found, "spring", {"limits": {"money": 10.0}, "span": "1m", "hold_out": 0.2, "seed": 4})
    assert flagged.limits == {"money": 10.0, "visits": 7.0}
    assert (flagged.span, flagged.hold_out, flagged.seed) == ("1m", 0.2, 4)


def test_all_that_is_wrong_with_actions_limits_and_plans_is_told_at_once(project: Path) -> None:
    add(
        project,
        "[actions.offer]\n"
        '[actions.letter]\nchannel = "pigeon"\nchanges = "mood"\ncosts = {money = -1}\nmost = 0\ncolour = "red"\n'
        'curve = {kind = "table", shares = [0.2, 0.9]}\neffect = {low = 0.3, likely = 0.2, high = 3, source = "assumption"}\n'
        "[limits]\nmoney = -5\nhours = 3\n"
        '[plans.list]\ndecision = "guess"\nactions = []\nspan = "soon"\nhold_out = 1\nseed = 0.5\nbudget = 3\n'
        '[plans.spring]\ndecision = "tiny"\nactions = ["visit", "vist"]\nlimits = {money = -20}\nat_least = {visit = -1}\n'
        'at_most = {call = 1}\nfixed = {"K1" = {visit = 1.5}}\npersons = 3\n',
    )
    with pytest.raises(SettingsError) as told:
        planned(project, "spring")
    came = "\n".join(problem.came for problem in told.value.problems)
    for part in (
        "[actions.offer] does not say what it costs.",
        "[actions.offer] does not say changes.",
        "[actions.offer] does not say how it reaches the customer",
        "channel = 'pigeon' under [actions.letter].",
        "changes = 'mood' under [actions.letter].",
        "money = -1 under costs of [actions.letter].",
        "most = 0 under [actions.letter].",
        "colour under [actions.letter].",
        "shares = [0.2, 0.9] under curve of [actions.letter].",
        "effect under [actions.letter] is an assumption, and it is not said whose and from when.",
        "effect under [actions.letter]: low 0.3, likely 0.2, high 3.",
        "money = -5 under [limits].",
        "[plans.list]: list is a word of the command line.",
        "decision = 'guess' under [plans.list].",
        "span = 'soon' under [plans.list].",
        "hold_out = 1 under [plans.list].",
        "seed = 0.5 under [plans.list].",
        "budget under [plans.list].",
        "[plans.spring] names the action 'vist'.",
        "money = -20 under limits of [plans.spring].",
        "visit = -1 under at_least of [plans.spring].",
        "call under at_most of [plans.spring].",
        "visit = 1.5 for K1 under fixed of [plans.spring].",
        "persons = 3 under [plans.spring].",
    ):
        assert part in came
    assert not plans_store.names(project)


def test_a_resource_that_no_action_takes_is_refused_in_file_and_flags(project: Path) -> None:
    with pytest.raises(SettingsError, match=r"hours under --limit: no action takes any of it\. Expected: one of money, visits"):
        planned(project, limits={"hours": 3.0})
    add(project, "[limits]\nhours = 3\n")
    with pytest.raises(SettingsError, match=r"hours under \[limits\]: no action takes any of it"):
        planned(project)


def test_a_decision_that_plans_actions_needs_some(made: Path, tmp_path: Path) -> None:
    shutil.copytree(made, tmp_path / "bare")
    with pytest.raises(SettingsError, match="tiny plans actions, and the project has none"):
        planned(tmp_path / "bare")


def test_what_a_decision_finds_wrong_is_told_with_what_only_the_ledger_knows(project: Path) -> None:
    add(
        project,
        '[plans.spring]\ndecision = "tiny"\nsegment = "colour"\npersons = {"AD 9" = {visits = 3}}\n'
        f"fixed = {{nobody = {{visit = 1}}, {shop.OBJECTOR} = {{visit = 1}}, {shop.REFUSES} = {{visit = 1}}, K0020 = {{visit = 1}}}}\n",
    )
    with pytest.raises(DataError) as told:
        planned(project, "spring")
    assert [problem.came for problem in told.value.problems] == [
        "segment = 'colour': nothing in the data has a column of that name.",
        "Nobody called 'AD 9' looks after customers.",
        "K0003 is fixed and has objected to being valued.",
        "K0004 is fixed for visit, and consent, an objection to advertising or a missing address forbids it.",
        "nobody is fixed and unknown.",
    ]


def test_nobody_is_grouped_by_an_attribute_that_is_blocked(project: Path) -> None:
    add(project, '[plans.spring]\ndecision = "tiny"\nsegment = "gender"\n')
    with pytest.raises(DataError, match="gender"):
        planned(project, "spring")


def test_a_run_without_the_columns_of_a_decision_is_refused(project: Path) -> None:
    with tiny_decision(columns=("clv", "moon")), pytest.raises(DataError, match="The run does not tell moon, which tiny needs"):
        planned(project)


# ---- who is left out ---------------------------------------------------------------------------------------------------


def test_objectors_of_records_and_register_are_in_no_line_and_counted(project: Path) -> None:
    objection(project, number(39), reason="letter", by="Eva", clock=NOW)
    found = planned(project)
    assert {shop.OBJECTOR, number(39), shop.REFUSES}.isdisjoint(listed(found))
    assert found.content["left_out"] == {"objected": 2}
    assert found.content["not_allowed"] == {"visit": {"refused": 1}}
    assert found.content["lines"] == 40 - 3


def test_an_objection_counts_for_a_number_that_the_run_writes_otherwise(project: Path) -> None:
    content = {"customer_id": "k0030", "status": "objected", "reason": "letter"}
    Register(project).record([Decision("object", "objections", content, subject="k0030")], at=NOW, by="Eva")
    assert number(30) not in listed(planned(project))


def test_who_objects_in_newer_records_is_in_no_plan_of_an_earlier_run(project: Path) -> None:
    current = (project / "runs" / "current").read_text(encoding="utf-8").strip()
    newer = project / "runs" / "2025-06-02T0000Z-new"
    shutil.copytree(project / "runs" / current, newer)
    content = json.loads((newer / "manifest.json").read_text(encoding="utf-8"))
    shutil.copytree(project / "ledger" / content["ledger"], project / "ledger" / "newer")
    (newer / "manifest.json").write_text(json.dumps({**content, "run": newer.name, "ledger": "newer"}), encoding="utf-8")
    (project / "runs" / "current").write_text(newer.name, encoding="utf-8")
    path = project / "ledger" / "newer" / "customers.parquet"
    records = pq.read_table(path)
    objects = [who == number(39) for who in records["customer_id"].to_pylist()]
    place = records.column_names.index("objection")
    pq.write_table(records.set_column(place, records.schema.field(place), [objects]), path)
    assert number(39) not in listed(planned(project, run=current))


def test_mail_goes_only_to_those_who_agreed(project: Path) -> None:
    add(project, shop.MAIL + '[plans.news]\ndecision = "tiny"\nactions = ["mail"]\n')
    for who, status in ((number(20), "yes"), (number(21), "no"), (number(22), "yes")):
        consent(project, who, "email", status, source="form", by="Eva", clock=NOW)
    consent(project, number(22), "email", "withdrawn", source="call", by="Eva", clock=NOW)
    found = planned(project, "news")
    assert listed(found) == [number(20)]
    assert found.content["not_allowed"]["mail"] == {"refused": 3, "no_consent": 35}


def test_a_stated_ground_of_law_admits_who_is_silent_but_nobody_who_refused(project: Path) -> None:
    add(project, shop.MAIL + 'consent_basis = "Section 7 (3) UWG: own goods, address from the sale"\n')
    add(project, '[plans.news]\ndecision = "tiny"\nactions = ["mail"]\n')
    consent(project, number(21), "email", "no", source="form", by="Eva", clock=NOW)
    found = planned(project, "news")
    assert {number(21), shop.REFUSES, shop.OBJECTOR} == {number(place) for place in range(40)} - set(listed(found))
    assert [one["key"] for one in found.content["assumes"]] == ["consent_basis"]


def test_companies_may_be_presumed_to_accept_a_call_private_persons_are_asked(project: Path) -> None:
    add(project, shop.CALL + '[plans.calls]\ndecision = "tiny"\nactions = ["call"]\n')
    found = planned(project, "calls")
    assert found.content["not_allowed"] == {"call": {"refused": 1, "no_consent": 2}}
    assert set(shop.PRIVATE).isdisjoint(listed(found))


def test_what_is_no_advertising_reaches_also_those_who_want_none(project: Path) -> None:
    add(project, shop.CALL.replace("[actions.call]", "[actions.service]\nadvertising = false") + '[plans.care]\ndecision = "tiny"\n')
    add(project, 'actions = ["service"]\n')
    found = planned(project, "care")
    assert {shop.REFUSES, *shop.PRIVATE} <= set(listed(found))
    assert shop.OBJECTOR not in listed(found)


def test_somebody_who_objects_while_the_plan_is_made_undoes_it(project: Path) -> None:
    def decide(case: Case) -> Any:
        objection(project, number(30), reason="now", by="Eva", clock=NOW)
        return shop.decide(case)

    with tiny_decision(decide=decide), pytest.raises(StorageError, match="Somebody objected while this was reckoned"):
        planned(project)
    assert not plans_store.names(project)
    assert not list((project / "plans").glob(".building-*"))


# ---- what a decision is given --------------------------------------------------------------------------------------------


def test_today_is_counted_over_a_span_as_long_as_the_plan(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    add(project, shop.CALL)
    quarter, year = (seen_by(project, monkeypatch, span=span) for span in ("3m", "1y"))
    place = int(np.flatnonzero(quarter.ids == "K0010")[0])
    assert (quarter.today["visit"][place], year.today["visit"][place]) == (2, 3)
    # The call of K0010 came from the customer.
    assert [quarter.ids[at] for at in np.flatnonzero(quarter.today["call"])] == ["K0011"]
    assert int(quarter.today["visit"].sum()) == 2


def test_a_decision_is_told_whether_practice_is_unknown(made: Path, tmp_path: Path) -> None:
    shutil.copytree(made, tmp_path / "shop")
    add(tmp_path / "shop", shop.MAIL)
    keys = [one["key"] for one in planned(tmp_path / "shop").content["notices"]]
    assert keys == ["plan_without_practice"]


def test_limits_of_persons_hold_for_each_and_nobody_else_gets_their_time(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    add(project, '[plans.tours]\ndecision = "tiny"\nper_person = {visits = 4}\npersons = {"AD 2" = {visits = 9}}\n')
    cases: list[Case] = []

    def decide(case: Case) -> Any:
        cases.append(case)
        return shop.decide(case)

    with tiny_decision(decide=decide):
        found = planned(project, "tours")
    assert [(one.resource, one.person, one.amount) for one in cases[0].limits] == [("visits", "AD 1", 4.0), ("visits", "AD 2", 9.0)]
    assert shop.ALONE not in listed(found)
    assert found.content["left_out"]["without_person"] == 1
    # What single persons have used is told together.
    shown = text(kept_plans.kept(project, most=0), "en")
    assert "visits, 2 persons" in shown
    assert "AD 1" not in shown


def test_a_minimum_holds_by_class_and_only_where_it_is_allowed(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    add(project, '[plans.spring]\ndecision = "tiny"\nat_least = {visit = {A = 1}}\nat_most = {visit = 3}\n')
    cases: list[Case] = []

    def decide(case: Case) -> Any:
        cases.append(case)
        return shop.decide(case)

    with tiny_decision(decide=decide):
        planned(project, "spring")
    (case,) = cases
    expected = (case.columns["class"] == "A") & case.allowed["visit"]
    assert expected.any()
    np.testing.assert_array_equal(case.at_least["visit"], expected.astype(int))
    assert (case.at_most["visit"] == 3).all()


def test_columns_come_from_value_table_features_and_records_as_numbers_days_and_texts(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = seen_by(project, monkeypatch)
    assert {name: values.dtype.kind for name, values in case.columns.items()} == {
        "clv": "f", "last_purchase": "M", "contacts": "f", "region": "U", "class": "U", "account_manager": "U",
    }  # fmt: skip
    assert case.columns["contacts"][np.flatnonzero(case.ids == "K0010")[0]] == 4
    assert list(case.ids) == sorted(case.ids)


def test_a_decision_reads_further_columns_by_its_own_steps(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def tables(_: Any, basis: Basis) -> dict[str, dict[str, Any]]:
        ids = np.array([number(30), "K0010", "somebody else"], dtype=object)
        silent = np.ma.array([1.0, 2.0, 3.0], mask=[True, False, False])
        return {"customers": {"customer_id": ids, "silent": silent, "why": ids}, "totals": {"days": np.array([basis.span_days])}}

    monkeypatch.setattr("kundenwert.flows.plan_case.tables_of", lambda name: tables if name == "tiny" else None)
    case = seen_by(project, monkeypatch)
    known = {str(who): value for who, value in zip(case.ids, case.columns["silent"], strict=True) if value == value}
    assert known == {"K0010": 2.0}
    assert set(case.columns["why"].tolist()) == {"", number(30), "K0010"}
    assert case.tables["totals"]["days"].tolist() == [365]


def test_a_measured_effect_takes_the_place_of_the_assumption(project: Path) -> None:
    keep_effect(project, "visit", Measured(Effect(0.02, 0.05, 0.08, "experiment"), {"Bau": Effect(0.0, 0.1, 0.2, "experiment")}, "P1"))
    keep_effect(project, "visit", Measured(None, {"Holz": Effect(0.0, 0.3, 0.4, "experiment")}, "P2"))
    (action,) = planned(project).content["actions"]
    assert (action["effect"]["likely"], action["effect"]["source"]) == (0.05, "experiment")
    assert {name: one["likely"] for name, one in action["groups"].items()} == {"Bau": 0.1, "Holz": 0.3}


def test_lines_without_a_written_reason_are_a_mistake_of_ours(project: Path) -> None:
    def decide(case: Case) -> Any:
        return replace(shop.decide(case), reasons={})

    with tiny_decision(decide=decide), pytest.raises(Bug, match="names reasons without a sentence"):
        planned(project)


# ---- the control group -------------------------------------------------------------------------------------------------


def test_who_is_held_out_is_in_no_line_and_others_get_the_money(project: Path) -> None:
    whole, found = planned(project, limits={"money": 100.0}), planned(project, limits={"money": 100.0}, hold_out=0.25)
    held = rows(found.folder / "held_out.parquet")
    assert found.content["held_out"] == {"share": 0.25, "drawn_from": 20, "customers": 5}
    assert {row["customer_id"] for row in held} <= set(listed(whole))
    assert {row["customer_id"] for row in held}.isdisjoint(listed(found))
    assert (whole.content["cost"], found.content["cost"]) == (100.0, 100.0)
    told = {row["customer_id"]: row["compared"] for row in rows(found.folder / "lines.parquet")}
    assert {who for who, compared in told.items() if compared} == set(listed(whole)) - {row["customer_id"] for row in held}
    would_get = {row["customer_id"]: row["gain"] for row in rows(whole.folder / "lines.parquet")}
    assert all(row["gain"] == would_get[row["customer_id"]] for row in held)
    drawn = rows(found.folder / "drawn.parquet")
    assert {row["customer_id"] for row in [*drawn, *held]} == set(listed(whole))
    assert len(drawn) + len(held) == 20


def test_who_was_drawn_from_stays_in_the_comparison_though_the_plan_does_nothing_for_them_in_the_end(project: Path) -> None:
    def decide(case: Case) -> Any:
        # Once somebody is held out, the first five get something and nobody else.
        found = shop.decide(case)
        kept = slice(None) if len(case.ids) == sizes[0] else slice(5)
        return replace(found, lines={name: values[kept] for name, values in found.lines.items()})

    sizes = [planned(project).content["customers"]]
    with tiny_decision(decide=decide):
        found = planned(project, limits={"money": 100.0}, hold_out=0.25)
    assert len(rows(found.folder / "lines.parquet")) == 5
    assert (len(rows(found.folder / "drawn.parquet")), len(rows(found.folder / "held_out.parquet"))) == (15, 5)


def test_who_is_fixed_is_not_held_out(project: Path) -> None:
    best = [number(place) for place in range(20, 40)]
    fixed = ", ".join(f"{who} = {{visit = 1}}" for who in best)
    add(project, f'[plans.spring]\ndecision = "tiny"\nhold_out = 0.9\nfixed = {{{fixed}}}\n')
    assert set(best) <= set(listed(planned(project, "spring")))


def test_a_plan_that_is_not_made_of_customers_has_nobody_to_hold_out(project: Path) -> None:
    def decide(case: Case) -> Any:
        found = shop.decide(case)
        return replace(found, lines={**found.lines, "customer_id": np.char.add("channel ", found.lines["customer_id"])})

    with tiny_decision(decide=decide), pytest.raises(DataError, match="does not plan for single customers"):
        planned(project, hold_out=0.1)


# ---- what lies on disk ---------------------------------------------------------------------------------------------------


def test_a_changed_plan_is_refused(two: Two, tmp_path: Path) -> None:
    project, one, other = two
    shutil.copytree(project / "plans", tmp_path / "plans")
    shutil.copyfile(other.folder / "lines.parquet", tmp_path / "plans" / one.name / "lines.parquet")
    with pytest.raises(StorageError, match=r"lines.parquet of plan .* is not what was written"):
        kept_plans.kept(tmp_path, one.name)


def test_a_failed_write_leaves_no_plan(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("kundenwert.runs.storage.os.fsync", full)
    with pytest.raises(StorageError, match="No space left on device"):
        planned(project)
    assert not plans_store.names(project)
    assert list((project / "plans").iterdir()) == []


def test_an_empty_plan_can_be_read_back(project: Path) -> None:
    found = planned(project, limits={"money": 1.0})
    kept = kept_plans.kept(project, found.name)
    assert (found.content["lines"], kept.length) == (0, 0)
    assert "Nothing pays: the plan is empty." in text(kept, "en")


def test_an_erased_person_is_in_no_file_of_a_plan(project: Path) -> None:
    who = number(30)
    add(project, f'[plans.spring]\ndecision = "tiny"\nhold_out = 0.5\nfixed = {{{who} = {{visit = 1}}}}\n')
    first, second = planned(project, "spring"), planned(project, hold_out=0.9)
    assert any(
        who in json.dumps(rows(made.folder / name))
        for made in (first, second)
        for name in ("lines.parquet", "drawn.parquet", "held_out.parquet")
    )
    for path in [path for path in (project / "runs").rglob("*.parquet") if path.name != "customers.parquet"]:
        path.unlink()  # what an erasure does to tables of runs is tested with the register
    certificate = erase(project, who, by="DPO", clock=NOW)
    assert certificate.remaining == ("kundenwert.toml",)
    for path in sorted((project / "plans").rglob("*")):
        if path.is_file():
            assert who not in (json.dumps(rows(path)) if path.suffix == ".parquet" else path.read_text(encoding="utf-8")), path.name
    kept = kept_plans.kept(project, first.name)
    assert who not in kept.lines["customer_id"]
    assert [list(one) for one in kept.content["erasures"]] == [["at", "tables_before"]]


def test_the_newest_plan_of_all_or_of_a_section_is_the_one_made_last_also_within_a_minute(tmp_path: Path) -> None:
    for signs, second in (("ffff", 1), ("0000", 20), ("aaaa", 5)):
        folder = tmp_path / "plans" / f"2025-06-01T0930Z-{signs}"
        folder.mkdir(parents=True)
        about = {"created": f"2025-06-01T09:30:{second:02}Z", "name": "keep" if signs == "0000" else "spring"}
        (folder / "plan.json").write_text(json.dumps(about), encoding="utf-8")
    assert kept_plans.find(tmp_path).name == "2025-06-01T0930Z-0000"
    assert kept_plans.find(tmp_path, "spring").name == "2025-06-01T0930Z-aaaa"
    assert [one.name[-4:] for one in kept_plans.plans(tmp_path)] == ["ffff", "aaaa", "0000"]


def test_what_is_only_watched_goes_to_no_mailing_tool(project: Path) -> None:
    def decide(case: Case) -> Any:
        found = shop.decide(case)
        counts = found.lines["count"] * (np.arange(len(found.lines["count"])) < 3)
        return replace(found, lines={**found.lines, "count": counts})

    with tiny_decision(decide=decide):
        found = planned(project)
    assert found.content["lines"] > 3
    assert found.content["planned"] == 3
    assert kept_plans.export(project, found.name, project / "mailing.csv").lines == 3


def test_names_and_beginnings_of_names_find_a_plan(two: Two, tmp_path: Path) -> None:
    project, *made = two
    names = sorted(one.name for one in made)
    with pytest.raises(StorageError, match="holds no plan"):
        kept_plans.find(tmp_path)
    beginning = names[0][:-3] if names[0][:-3] != names[1][:-3] else names[0]
    assert kept_plans.find(project, beginning).name == names[0]
    assert kept_plans.find(project).name == names[1]
    assert [one.name for one in kept_plans.plans(project)] == names
    with pytest.raises(UnknownName):
        kept_plans.find(project, "2025")


# ---- afterwards ----------------------------------------------------------------------------------------------------------


def test_who_objects_or_refuses_after_the_plan_is_struck_when_it_is_read(project: Path) -> None:
    before = planned(project)
    objection(project, number(39), reason="letter", by="Eva", clock=NOW)
    consent(project, number(38), "visit", "no", source="letter", by="Eva", clock=NOW)
    kept = kept_plans.kept(project)
    assert kept.struck == {"objected": 1, "refused": 1}
    assert set(listed(before)) - set(kept.lines["customer_id"].tolist()) == {number(39), number(38)}
    assert "Since the plan was made, customers of 1 lines have objected; these lines are left out." in text(kept, "en")


def test_a_list_for_mailing_tools_holds_addresses_and_no_word_about_value(project: Path, tmp_path: Path) -> None:
    add(project, shop.MAIL + '[plans.news]\ndecision = "tiny"\nactions = ["mail"]\n')
    for place in (20, 21, 8):
        consent(project, number(place), "email", "yes", source="form", by="Eva", clock=NOW)
    planned(project, "news")
    consent(project, number(21), "email", "withdrawn", source="form", by="Eva", clock=NOW)
    found = kept_plans.export(project, None, tmp_path / "news.csv", numbers="en")
    with (tmp_path / "news.csv").open(encoding="utf-8-sig", newline="") as file:
        told = list(csv.DictReader(file))
    assert (found.lines, found.struck) == (2, {"refused": 1})
    assert [(row["customer_id"], row["email"], row["street"]) for row in told] == [
        (number(20), "k20@muster.example", ""),
        (number(8), "k8@muster.example", ""),
    ]
    assert told[1]["name"] == "'=HYPERLINK(1)"
    assert {"gain", "clv", "cost", "reason", "compared"}.isdisjoint(told[0])
    assert told[0]["purpose"]


def test_an_ending_that_does_not_exist_is_answered_with_those_that_do(two: Two, tmp_path: Path) -> None:
    with pytest.raises(CallError, match=r"'plan.docx' has no known ending. Available: .csv"):
        kept_plans.export(two[0], None, tmp_path / "plan.docx")


def test_two_plans_are_compared_by_settings_actions_and_customers(two: Two) -> None:
    project, one, other = two
    found = kept_plans.compare(project, one.name, other.name)
    assert found.settings == (("limits", {"money": 50.0}, {"money": 100.0}),)
    assert found.actions == {"visit": (10, 20, 50.0, 100.0)}
    assert {name: count for name, (count, _, _) in found.customers.items()} == {"both": 10, "only_first": 0, "only_second": 10}
    gained = found.customers["both"][2] + found.customers["only_second"][2]
    assert gained == pytest.approx(other.content["gain"])


def test_a_register_older_than_a_plan_is_found_out(project: Path, tmp_path: Path) -> None:
    shutil.copytree(project / "register", tmp_path / "earlier")
    consent(project, number(38), "visit", "no", source="letter", by="Eva", clock=NOW)
    name = planned(project).name
    assert audit.check(project) == 2
    shutil.rmtree(project / "register")
    shutil.copytree(tmp_path / "earlier", project / "register")
    with pytest.raises(DataError, match=f"plan {name}"):
        audit.check(project)


def test_a_plan_is_approved_once_and_by_somebody(project: Path) -> None:
    name = planned(project).name
    with pytest.raises(DataError, match="It is not said who approves"):
        kept_plans.approve(project, name, by=" ", clock=NOW)
    assert kept_plans.approval(project, kept_plans.find(project)) is None
    kept_plans.approve(project, name, by="Eva", clock=NOW)
    approval = kept_plans.approval(project, kept_plans.find(project))
    assert approval is not None
    assert approval.by == "Eva"
    with pytest.raises(DataError, match="was approved by Eva on 2025-06-01"):
        kept_plans.approve(project, name, by="Tom", clock=NOW)


@pytest.mark.parametrize(("lang", "parts"), [
    ("en", ("more contribution is expected", "nothing at all", "1  K0039", "Expected to bring ", "assumed by Sales")),
    ("de", ("Deckungsbeitrag werden zusätzlich erwartet", "gar nichts", "1  K0039", "Kunde 39 Müller", "am 15.01.2025 angenommen")),
])  # fmt: skip
def test_a_plan_is_told_in_words(two: Two, lang: str, parts: tuple[str, ...]) -> None:
    shown = text(kept_plans.kept(two[0], two[1].name, most=2), lang)
    for part in parts:
        assert part in shown
    assert "nan" not in shown

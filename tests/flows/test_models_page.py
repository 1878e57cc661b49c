"""The screen of the models: records read back from a manifest say what the run said, warnings in the reader's language."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import exports
import numpy as np
import plain_runs
import pytest

from kundenwert.flows import kept_notices
from kundenwert.flows.from_manifest import figures_of
from kundenwert.flows.models_page import models_page
from kundenwert.flows.run import Ran
from kundenwert.records import Notice
from kundenwert.reports.language import Language
from kundenwert.runs import storage, store

CLOCK = datetime(2025, 6, 1, 9, 30, tzinfo=UTC)


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    folder = exports.project(tmp_path_factory.mktemp("models"), exports.shop(customers=170, days=600), 'currency = "EUR"\n')
    return plain_runs.value(folder, clock=CLOCK, model="auto", as_of="2024-06-30", components=("score",))


@pytest.fixture(scope="module")
def project(ran: Ran) -> Path:
    return ran.folder.parent.parent


def test_a_manifest_gives_back_the_evidence_of_its_run(ran: Ran, project: Path) -> None:
    found = figures_of(store.read(project))
    assert found.backtest == ran.figures.backtest
    assert found.intervals == ran.figures.intervals
    assert found.models == ran.figures.models
    assert found.totals == ran.figures.totals
    assert found.readiness == ran.figures.readiness
    assert [one.name for one in found.concentration.classes] == ["A", "B", "C"]


def test_warnings_are_told_in_the_language_of_the_reader(ran: Ran, project: Path) -> None:
    found = figures_of(store.read(project))
    assert {notice.key for notice in found.notices} == {notice.key for notice in ran.figures.notices}
    german, english = (Language(code).notice(found.notices[0]) for code in ("de", "en"))
    assert german != english


def test_the_page_says_which_model_and_why(ran: Ran, project: Path) -> None:
    page = models_page(project, ran.folder.name, Language("en"))
    tested = ran.figures.backtest
    assert tested is not None
    assert page["has_backtest"]
    assert page["chosen"] == tested.chosen
    assert page["is_naive"] == (next(one.kind for one in tested.pooled if one.name == tested.chosen) == "baseline")
    assert page["verdict"]
    assert len(page["origins"]) == len(tested.origins)
    kinds = {one["kind"] for one in page["origins"][0]["forecasts"]}
    assert {"baseline", "model"} <= kinds


def test_forecasts_of_a_day_stand_by_their_score(ran: Ran, project: Path) -> None:
    for origin in models_page(project, ran.folder.name, Language("en"))["origins"]:
        scores = [one["log_score"] for one in origin["forecasts"]]
        assert scores == sorted(scores, reverse=True)


def test_the_page_has_what_a_data_scientist_asks_for(ran: Ran, project: Path) -> None:
    sections = {one["key"]: one for one in models_page(project, ran.folder.name, Language("de"))["sections"]}
    assert {"forecast", "origins", "levels", "calibration", "comparison", "money", "warnings", "method"} <= set(sections)
    (fold,) = [block for block in sections["method"]["blocks"] if block["kind"] == "fold"]
    headings = [column["heading"] for column in fold["blocks"][0]["columns"]]
    assert headings == ["Parameter", "Wert", "Standardfehler"]


def test_no_model_beats_naive_is_a_verdict(ran: Ran, project: Path, tmp_path: Path) -> None:
    import shutil

    copy = tmp_path / "copy"
    shutil.copytree(project, copy)
    source = store.read(copy)
    manifest = source.manifest
    manifest["backtest"]["chosen"] = "last_period"
    storage.write_json(source.folder / "manifest.json", manifest)
    page = models_page(copy, source.name, Language("en"))
    assert page["is_naive"]
    assert page["verdict"].startswith("No model beats the ")


def test_a_run_without_backtest_says_why(ran: Ran, project: Path, tmp_path: Path) -> None:
    import shutil

    copy = tmp_path / "copy"
    shutil.copytree(project, copy)
    source = store.read(copy)
    empty = {**source.manifest["backtest"], "origins": [], "pooled": [], "chosen": None, "comparisons": [], "totals": []}
    storage.write_json(source.folder / "manifest.json", {**source.manifest, "backtest": empty})
    page = models_page(copy, source.name, Language("en"))
    assert not page["has_backtest"]
    assert page["origins"] == []
    assert page["verdict"]


def test_kept_notices_come_back_as_they_were() -> None:
    values = {"n": 3, "share": 0.25, "day": date(2024, 2, 1), "amount": Decimal("1.50"), "names": ["a", "b"], "count": np.int64(4)}
    notice = Notice("key", "{n} {share:.0%} {day} {amount:.2f} {names} {count}", values)
    told = kept_notices.as_json(notice)
    found = kept_notices.from_json(told)
    assert found.text == notice.text
    assert found.values["day"] == date(2024, 2, 1)
    assert Language("de").notice(found) == Language("de").notice(replace(notice, values={**values, "amount": 1.5, "count": 4}))


def test_a_number_that_may_be_a_customer_stays_in_the_sentence_alone() -> None:
    told = kept_notices.as_json(Notice("key", "Unknown: {ids}.", {"ids": "99998"}))
    assert told == {"key": "key", "text": "Unknown: 99998."}
    assert Language("de").notice(kept_notices.from_json({"key": "k", "text": "a {b} c"})) == "a {b} c"

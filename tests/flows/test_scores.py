"""Points of a run: written beside the values, on a scale that is kept, explained customer by customer."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import plain_runs
import pyarrow.parquet as pq
import pytest

from kundenwert.errors import DataError, UnknownName
from kundenwert.flows.erasure import erase
from kundenwert.flows.objection import objection
from kundenwert.flows.register import rate
from kundenwert.flows.scores import points_of
from kundenwert.register.book import Register

NOW = datetime(2025, 6, 1, 9, 30, tzinfo=UTC)
SETTINGS = 'title = "Laden"\ncurrency = "EUR"\nmargin = 0.3\n'
CRITERIA = '[criteria]\nscale = "2025"\n[criteria.weights]\nKaufhistorie = 0.4\nDeckungsbeitrag = 0.3\nImagefaktor = 0.3\n'


def write(folder: Path, *, criteria: str = CRITERIA, customers: int = 30) -> None:
    """Customers with four purchases each, too few for a model, so that a run takes no time."""
    lines = ["customer_id,date,amount"]
    for who in range(customers):
        lines += [f"K{who:04},{date(2021, 1, 5) + timedelta(days=who + 400 * turn)},{10 + who}.00" for turn in range(4)]
    (folder / "sales.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (folder / "kundenwert.toml").write_text(f'{SETTINGS}[[sources]]\nfiles = ["sales.csv"]\n{criteria}', encoding="utf-8")


def valued(folder: Path, clock: datetime = NOW) -> Path:
    return plain_runs.value(folder, clock=clock, components=("score", "ideational")).folder


def customers(run: Path) -> dict[str, dict[str, Any]]:
    return {row["customer_id"]: row for row in pq.read_table(run / "customers.parquet").to_pylist()}


def scores(run: Path) -> list[dict[str, Any]]:
    return pq.read_table(run / "scores.parquet").to_pylist()


def manifest(run: Path) -> Mapping[str, Any]:
    content: dict[str, Any] = json.loads((run / "manifest.json").read_text(encoding="utf-8"))
    return content


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("scored")
    write(folder)
    valued(folder)
    rate(folder, "K0003", "image", "8", reason="Referenzkunde, Logo schriftlich erlaubt am 3. Mai", by="Eva", clock=NOW)
    rate(folder, "K0003", "Imagefaktor", "6", reason="Logo erlaubt, aber kleiner Name", by="Jan", clock=NOW)
    valued(folder)
    return folder


@pytest.fixture
def project(made: Path, tmp_path: Path) -> Path:
    shutil.copytree(made, tmp_path / "p")
    return tmp_path / "p"


def newest(folder: Path) -> Path:
    return folder / "runs" / (folder / "runs" / "current").read_text(encoding="utf-8").strip()


def test_scores_stand_beside_the_customers_one_row_a_customer_and_criterion(made: Path) -> None:
    rows = scores(newest(made))
    assert list(rows[0]) == ["customer_id", "criterion", "points", "provenance", "weight", "basis", "fact_1", "fact_2", "fact_3"]
    assert len(rows) == 30 * 3
    assert [row["criterion"] for row in rows] == ["Kaufhistorie"] * 30 + ["Deckungsbeitrag"] * 30 + ["Imagefaktor"] * 30
    assert [row["customer_id"] for row in rows[:30]] == sorted(row["customer_id"] for row in rows[:30])
    assert {row["provenance"] for row in rows} == {"data", "rating", "missing"}
    assert "scores.parquet" in manifest(newest(made))["tables"]


def test_the_score_is_the_weighted_mean_of_the_rows(made: Path) -> None:
    for who in ("K0003", "K0029"):
        rows = [row for row in scores(newest(made)) if row["customer_id"] == who and row["points"] is not None]
        row = customers(newest(made))[who]
        present = sum(one["weight"] for one in rows)
        assert row["score"] == pytest.approx(sum(one["weight"] * one["points"] for one in rows) / present)
        assert row["coverage"] == pytest.approx(present)


def test_the_pool_comes_out_to_the_cent_and_does_not_enter_the_value(made: Path) -> None:
    rows = customers(newest(made)).values()
    assert sum(row["score_money"] for row in rows) == sum(max(row["clv"], 0) for row in rows)
    assert all(row["value"] == row["past"] + row["clv"] for row in rows)


def test_points_of_a_customer_come_with_weight_basis_and_the_words_of_people(made: Path) -> None:
    history, margin, image = points_of(made, None, "K0003")
    assert (history.criterion, history.english, history.provenance, history.reasons) == ("Kaufhistorie", "Purchase history", "data", ())
    assert "purchases: 4" in str(history.basis)
    assert margin.weight == pytest.approx(0.3)
    assert (image.points, image.provenance) == (7.0, "rating")
    assert str(image.basis) == "Rated by people (2): the mean of what they gave."
    assert [(one.by, float(one.points), one.reason) for one in image.reasons] == [
        ("Eva", 8.0, "Referenzkunde, Logo schriftlich erlaubt am 3. Mai"),
        ("Jan", 6.0, "Logo erlaubt, aber kleiner Name"),
    ]


def test_an_unknown_customer_is_named_and_an_objector_has_no_points(project: Path) -> None:
    with pytest.raises(UnknownName, match="K00033"):
        points_of(project, None, "K00033")
    assert points_of(project, None, "K0005")
    objection(project, "K0005", reason="no profiling", by="Eva", clock=NOW)
    assert points_of(project, None, "K0005") == ()
    again = valued(project)
    assert "K0005" not in {row["customer_id"] for row in scores(again)}
    assert customers(again)["K0005"]["score"] is None


def test_an_erased_person_is_gone_from_the_points_too(project: Path) -> None:
    erase(project, "K0003", by="Eva", clock=NOW)
    assert all("K0003" not in {row["customer_id"] for row in scores(run)} for run in (project / "runs").glob("2*"))


def test_the_scale_is_kept_and_renewed_under_another_name_only(project: Path) -> None:
    before = {row["customer_id"]: row["points"] for row in scores(newest(project)) if row["criterion"] == "Kaufhistorie"}
    write(project, customers=60)
    kept = {row["customer_id"]: row["points"] for row in scores(valued(project)) if row["criterion"] == "Kaufhistorie"}
    # Days as a customer count from the new last day; purchases and money have their old places: nobody climbs by others coming.
    assert manifest(newest(project))["criteria"]["breaks"] == manifest(min((project / "runs").glob("2*")))["criteria"]["breaks"]
    write(project, criteria=CRITERIA.replace('"2025"', '"2026"'), customers=60)
    renewed = {row["customer_id"]: row["points"] for row in scores(valued(project)) if row["criterion"] == "Kaufhistorie"}
    assert kept["K0029"] > renewed["K0029"]
    assert before["K0029"] > renewed["K0029"]


def test_the_same_run_again_is_the_same_and_adds_no_definition(made: Path, tmp_path: Path) -> None:
    folder = tmp_path / "p"
    shutil.copytree(made, folder)
    definitions = Register(folder).rows("definitions")
    first, second = newest(folder), valued(folder, NOW + timedelta(minutes=5))
    assert manifest(first)["tables"] == manifest(second)["tables"]
    assert Register(folder).rows("definitions") == definitions
    kept = definitions[-1].content["criteria"]
    assert kept["version"] == manifest(second)["criteria"]["version"] == manifest(second)["components"]["facts"]["score"]["version"]
    assert set(kept["breaks"]) == {"history", "margin"}


def test_a_changed_weight_is_a_new_version_that_changes_the_score_and_nothing_of_the_value(project: Path) -> None:
    before = newest(project)
    write(project, criteria=CRITERIA.replace("Imagefaktor = 0.3", "Imagefaktor = 0.6"))
    after = valued(project)
    assert manifest(before)["criteria"]["version"] != manifest(after)["criteria"]["version"]
    assert len(Register(project).rows("definitions")) == 2
    old, new = customers(before), customers(after)
    changed = {name for who in old for name in old[who] if old[who][name] != new[who][name]}
    assert changed == {"score", "coverage", "score_money"}
    strip = [{name: value for name, value in row.items() if name != "weight"} for row in scores(before)]
    assert strip == [{name: value for name, value in row.items() if name != "weight"} for row in scores(after)]


@pytest.mark.slow
def test_an_earlier_definition_can_be_run_again_on_its_own_scale(project: Path) -> None:
    first = newest(project)
    write(project, criteria=CRITERIA.replace('"2025"', '"2026"'))
    valued(project)
    write(project)
    assert manifest(valued(project, NOW + timedelta(minutes=9)))["tables"] == manifest(first)["tables"]


def test_a_criterion_that_counts_for_nothing_changes_no_customer(project: Path) -> None:
    before = customers(newest(project))
    write(project, criteria=CRITERIA + "Innovationsfreude = 0\n")
    assert customers(valued(project)) == before


def test_money_by_tariff_enters_the_value_where_the_definition_says_so(project: Path) -> None:
    before = customers(newest(project))["K0003"]
    tariff = CRITERIA.replace("[criteria]\n", '[criteria]\nmoney = "tariff"\n') + "[criteria.tariff]\nImagefaktor = 10\n"
    write(project, criteria=tariff + '[definition]\nadds = ["ideational"]\n')
    after = customers(valued(project))
    found = after["K0003"]
    assert float(found["ideational_value"]) == pytest.approx(7 * 10 * 3.79, rel=0.001)
    assert found["value"] == before["value"] + found["ideational_value"]
    assert after["K0004"]["value"] == after["K0004"]["past"] + after["K0004"]["clv"]


def test_thirty_customers_cannot_be_calibrated_and_the_run_says_so(project: Path) -> None:
    write(project, criteria=CRITERIA.replace("[criteria]\n", '[criteria]\nmoney = "calibrated"\n'))
    found = valued(project)
    assert all(row["score_money"] is None for row in customers(found).values())
    assert any(warning["key"].startswith("calibration_") for warning in manifest(found)["warnings"])


def test_strategic_importance_is_rated_with_a_reason_or_not_at_all(project: Path) -> None:
    with pytest.raises(DataError, match="The reason is missing"):
        rate(project, "K0003", "Strategische Bedeutung", "9", reason=" ", by="Eva", clock=NOW)
    rate(project, "K0003", "strategic importance", "9", reason="opens Austria", by="Eva", clock=NOW)
    write(project, criteria=CRITERIA + '"Strategische Bedeutung" = 0.2\n')
    valued(project)
    (found,) = (one for one in points_of(project, None, "K0003") if one.criterion == "Strategische Bedeutung")
    assert (found.points, found.reasons[0].by, found.reasons[0].reason) == (9.0, "Eva", "opens Austria")


def test_a_history_without_money_is_told_without_a_place_left_open(tmp_path: Path) -> None:
    write(tmp_path)
    rows = [line.rsplit(",", 1)[0] for line in (tmp_path / "sales.csv").read_text(encoding="utf-8").splitlines()]
    (tmp_path / "sales.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    valued(tmp_path)
    said = [str(one.basis) for one in points_of(tmp_path, None, "K0003") if one.basis.text.startswith("Days")]
    assert len(said) == 1
    assert "{" not in said[0]

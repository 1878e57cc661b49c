"""What people decide acts: ratings are checked, who objects is not valued, and totals still hold."""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import exports
import openpyxl
import pyarrow.parquet as pq
import pytest

from kundenwert import registry
from kundenwert.errors import DataError
from kundenwert.flows import run as running
from kundenwert.flows.backtest import backtest_project
from kundenwert.flows.customer import customer
from kundenwert.flows.export import export
from kundenwert.flows.look import manifest
from kundenwert.flows.objection import objection, objectors
from kundenwert.flows.progress import Progress
from kundenwert.flows.register import consent, rate, record_definition
from kundenwert.flows.run import Ran, run
from kundenwert.register.book import Register
from kundenwert.register.criteria import criteria
from kundenwert.register.verify import verify
from kundenwert.settings import gather, read_project_file

NOW = datetime(2025, 6, 1, 9, 30, tzinfo=UTC)
SETTINGS = 'title = "Laden"\ncurrency = "EUR"\nmargin = 0.3\nhorizon = "6m"\nmodel = "mbg_nbd"\n'
FORECAST = ("p_alive", "expected_purchases", "expected_revenue", "clv", "clv_beyond")


def lines(**how: float) -> list[tuple[Any, ...]]:
    """A shop that gets its hundredth customer too late for a look back, which would take longer than all the rest."""
    day = exports.FIRST_DAY + timedelta(days=698)
    late = [(f"N{number:04}", day, f"N{number}", "A", 1, f"{20 + number}.00", "") for number in range(12)]
    return [*exports.shop(customers=98, **how), *late]


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project valued once, with nobody's objection."""
    folder = exports.project(tmp_path_factory.mktemp("shop"), lines(), SETTINGS)
    valued(folder)
    return folder


@pytest.fixture
def project(shop: Path, tmp_path: Path) -> Path:
    import shutil

    shutil.copytree(shop, tmp_path / "shop")
    return tmp_path / "shop"


def valued(folder: Path, **flags: Any) -> Ran:
    with pytest.MonkeyPatch.context() as patch:
        # Drawing takes longer than all the rest.
        patch.setattr(running, "_write_reports", lambda building, *_: (building / "report.html").write_text("<html/>\n", encoding="utf-8"))
        return run(folder, {"threads": "1", **flags}, clock=NOW, progress=Progress())


def rows(ran: Ran) -> dict[str, dict[str, Any]]:
    return {row["customer_id"]: row for row in pq.read_table(ran.folder / "customers.parquet").to_pylist()}


def current(folder: Path) -> dict[str, dict[str, Any]]:
    name = (folder / "runs" / "current").read_text(encoding="utf-8").strip()
    return {row["customer_id"]: row for row in pq.read_table(folder / "runs" / name / "customers.parquet").to_pylist()}


def best(folder: Path) -> str:
    return max(current(folder).values(), key=lambda row: row["clv"])["customer_id"]


def object_(folder: Path, *customers: str) -> None:
    for one in customers:
        objection(folder, one, reason="no profiling", by="Eva", clock=NOW)


# ---- ratings and consents ---------------------------------------------------------------------------------------------


def test_a_rating_stands_in_the_register_with_reason_and_person(project: Path) -> None:
    written = rate(project, "K0007", "image", "7,5", reason="Referenzkunde, Logo erlaubt", by="Eva", clock=NOW)
    (row,) = Register(project).rows("ratings")
    assert row.content == written.content
    assert row.content == {
        "customer_id": "K0007",
        "criterion": "Imagefaktor",
        "points": "7.5",
        "reason": "Referenzkunde, Logo erlaubt",
    }
    assert (row.by, row.at) == ("Eva", "2025-06-01T09:30:00Z")
    assert verify(project) == []


def test_the_twelve_criteria_have_a_name_in_each_language_and_no_name_twice() -> None:
    names = [name for one in criteria() for name in (one.name, one.english)]
    assert len(criteria()) == 12
    assert len({name.casefold() for name in names}) == 24
    assert all(one.ten for one in criteria())


@pytest.mark.parametrize("preset", ["shop", "wholesale"])
def test_presets_name_no_criterion_that_does_not_ship(preset: str) -> None:
    from kundenwert.flows.presets import load

    assert set(load(preset).criteria) <= {one.name for one in criteria()}


def test_everything_wrong_with_a_rating_is_told_at_once_and_nothing_is_written(project: Path) -> None:
    before = Register(project).state()
    with pytest.raises(DataError, match="There is no customer 'K00071'") as caught:
        rate(project, "K00071", "Imagefactor", "11", reason=" ", by="", clock=NOW)
    told = [problem.came for problem in caught.value.problems]
    assert len(told) == 5
    assert "K0007" in told[0]
    assert any("Did you mean 'Imagefaktor'" in one for one in told)
    assert "'11' are no points." in told
    assert "The reason is missing." in told
    assert Register(project).state() == before


@pytest.mark.parametrize("points", ["-1", "10.01", "viel", "", "NaN", "Infinity"])
def test_points_outside_the_limits_are_refused(project: Path, points: str) -> None:
    with pytest.raises(DataError, match="are no points"):
        rate(project, "K0007", "Imagefaktor", points, reason="weil", by="Eva", clock=NOW)


def test_a_criterion_of_the_project_itself_can_be_rated(project: Path) -> None:
    with (project / "kundenwert.toml").open("a", encoding="utf-8") as file:
        file.write('[criteria]\nnames = ["Innovationsfreude"]\n')
    assert rate(project, "K0007", "innovationsfreude", "3", reason="weil", by="Eva", clock=NOW).content["criterion"] == "Innovationsfreude"


def test_a_consent_names_channel_answer_and_source(project: Path) -> None:
    consent(project, "K0007", "Telefon", "withdrawn", source="Anruf 3.5.2025", by="Eva", clock=NOW)
    (row,) = Register(project).rows("consents")
    assert (row.content["channel"], row.content["status"], row.content["source"]) == ("phone", "withdrawn", "Anruf 3.5.2025")
    with pytest.raises(DataError, match="'fax' is no channel") as caught:
        consent(project, "K7", "fax", "maybe", source="", by="Eva", clock=NOW)
    assert len(caught.value.problems) == 4


@pytest.fixture(scope="module")
def with_records(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with customer records, one of a private person who objected there."""
    folder = exports.project(tmp_path_factory.mktemp("records"), lines(), SETTINGS, pattern="exports/sales-1.csv")
    records = [("K0001", "Erika", "privat", "ja"), ("K0002", "Fix GmbH", "Firma", "")]
    exports.write(folder / "exports" / "kunden.csv", records, ("customer_id", "name", "kind", "Widerspruch"))
    with (folder / "kundenwert.toml").open("a", encoding="utf-8") as file:
        file.write('[tables.customers]\nfiles = ["exports/kunden.csv"]\n')
    valued(folder)
    return folder


def test_private_persons_are_not_rated_on_what_is_judged_between_companies(with_records: Path) -> None:
    assert rate(with_records, "K0002", "Bonität", "9", reason="Index 150", by="Eva", clock=NOW).entry
    with pytest.raises(DataError, match="K0001 is a private person"):
        rate(with_records, "K0001", "likeability", "9", reason="nett", by="Eva", clock=NOW)


def test_the_objection_flag_of_the_customer_records_is_heeded(with_records: Path) -> None:
    assert [name for name, row in current(with_records).items() if row["level"] == "objected"] == ["K0001"]


# ---- objection --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Objected:
    """A project before and after five customers objected, among them one who was best and one who was at risk."""

    folder: Path
    who: tuple[str, ...]
    before: dict[str, dict[str, Any]]
    learned_from: int
    ran: Ran

    @property
    def after(self) -> dict[str, dict[str, Any]]:
        return rows(self.ran)


@pytest.fixture(scope="module")
def objected(tmp_path_factory: pytest.TempPathFactory) -> Objected:
    folder = exports.project(tmp_path_factory.mktemp("objected"), lines(), SETTINGS)
    first = valued(folder)
    listed = [row["customer_id"] for row in (*first.figures.top, *first.figures.at_risk)]
    who = (listed[0], listed[-1], "K0001", "K0002", "N0001")
    object_(folder, *who)
    learned_from = manifest(folder)["models"][0]["customers"]
    return Objected(folder, who, rows(first), learned_from, valued(folder))


def test_who_objects_has_no_forecast_and_what_is_booked_stays(objected: Objected) -> None:
    before, after = objected.before, objected.after
    assert set(after) == set(before)
    assert {name for name, row in after.items() if row["level"] == "objected"} == set(objected.who)
    forecast = [name for name in after["K0001"] if name.startswith(FORECAST)]
    assert len(forecast) == 11
    assert [(who, name) for who in objected.who for name in forecast if after[who][name] is not None] == []
    assert [who for who in objected.who if after[who]["value"] != after[who]["past"]] == []
    assert [name for name in after if any(after[name][part] != before[name][part] for part in ("revenue", "past"))] == []


def test_totals_hold_rows_and_the_group_average_of_who_objected(objected: Objected) -> None:
    found, totals, stated = objected.after, objected.ran.figures.totals, manifest(objected.folder)["objected"]
    forecast = [row for row in found.values() if row["level"] in ("customer", "segment")]
    mean = sum(row["clv"] for row in forecast) / len(forecast)
    assert stated["customers"] == totals.levels["objected"] == 5
    assert Decimal(stated["clv"]) == (5 * mean).quantize(Decimal("0.01"))
    assert totals.clv == sum(row["clv"] or 0 for row in found.values()) + Decimal(stated["clv"])
    assert totals.value == totals.past + totals.clv == sum(row["value"] for row in found.values()) + Decimal(stated["clv"])
    assert totals.past == sum(row["past"] for row in found.values()) == sum(row["past"] for row in objected.before.values())
    purchases = sum(row["expected_purchases"] or 0 for row in found.values())
    assert totals.expected_purchases == pytest.approx(purchases * (1 + 5 / len(forecast)), rel=1e-6)
    assert Decimal(manifest(objected.folder)["totals"]["value"]) == totals.value
    assert {entry["key"] for entry in manifest(objected.folder)["warnings"]} >= {"objected"}


def test_who_objected_stands_in_no_list_of_a_run(objected: Objected) -> None:
    figures = objected.ran.figures
    listed = {row["customer_id"] for row in (*figures.top, *figures.at_risk)}
    assert len(listed) > 15
    assert not listed & set(objected.who)
    classed = sum(entry.customers for entry in figures.concentration.classes)
    assert classed == sum(figures.totals.levels[level] for level in ("customer", "segment"))


def test_models_learn_nothing_from_who_objected(objected: Objected) -> None:
    assert manifest(objected.folder)["models"][0]["customers"] == objected.learned_from - 5


def test_a_workbook_shows_no_figure_expected_of_who_objected(objected: Objected, tmp_path: Path) -> None:
    who = objected.who[0]
    export(objected.folder, tmp_path / "out.xlsx", language="en")
    sheet = openpyxl.load_workbook(tmp_path / "out.xlsx").worksheets[0]
    line = next(row for row in sheet.iter_rows(values_only=True) if row[0] == who)
    assert "none (objection)" in line
    assert float(objected.before[who]["clv"]) not in [cell for cell in line if isinstance(cell, float)]


@pytest.mark.slow
def test_a_backtest_leaves_out_who_objected(project: Path) -> None:
    exports.write(project / "exports" / "sales-1.csv", exports.shop(customers=120))
    how: dict[str, Any] = {"clock": NOW, "progress": Progress(), "most_origins": 1}
    flags = {"threads": "1", "horizon": "3m"}
    before = backtest_project(project, flags, **how)
    object_(project, "K0001", "K0002", "K0003")
    after = backtest_project(project, flags, **how)
    assert 0 < before.origins[0].customers - after.origins[0].customers <= 3


def test_a_log_without_returns_and_costs_is_valued_the_same_way(tmp_path: Path) -> None:
    plain = [line[:6] for line in lines(returns=0.0)]
    exports.write(tmp_path / "exports" / "sales-1.csv", plain, exports.HEADER[:6])
    (tmp_path / "kundenwert.toml").write_text(f'{SETTINGS}\n[[sources]]\nfiles = ["exports/*.csv"]\n', encoding="utf-8")
    object_(tmp_path, "K0003")
    after = rows(valued(tmp_path))
    booked = sum(Decimal(line[5]) for line in plain if line[0] == "K0003")
    assert (after["K0003"]["level"], after["K0003"]["clv"], after["K0003"]["revenue"]) == ("objected", None, booked)
    assert [name for name, row in after.items() if row["level"] == "objected"] == ["K0003"]
    assert sum(row["revenue"] for row in after.values()) == sum(Decimal(line[5]) for line in plain)


@pytest.mark.slow
def test_who_takes_the_objection_back_is_valued_as_before(project: Path) -> None:
    before = current(project)
    object_(project, "K0005")
    assert objectors(project) == {"K0005"}
    objection(project, "K0005", reason="", by="Eva", clock=NOW, withdraw=True)
    assert objectors(project) == frozenset()
    assert rows(valued(project)) == before


def test_only_who_objected_can_take_it_back(project: Path) -> None:
    with pytest.raises(DataError, match="K0005 has not objected"):
        objection(project, "K0005", reason="", by="Eva", clock=NOW, withdraw=True)


def test_a_collective_account_stays_one_whoever_objects(project: Path) -> None:
    object_(project, "K0005", "K0006")
    after = rows(valued(project, collective="K0005"))
    assert (after["K0005"]["level"], after["K0006"]["level"]) == ("none", "objected")


def test_an_earlier_run_tells_nothing_expected_of_who_objects_now(project: Path, tmp_path: Path) -> None:
    who = best(project)
    object_(project, who)
    explained = customer(project, who)
    assert explained.row["level"] == "objected"
    assert {name for name, value in explained.row.items() if name.startswith(FORECAST) and value is not None} == set()
    assert {part.kind for part in explained.parts} == {"booked", "cost"}
    assert sum(part.amount for part in explained.parts) == explained.row["past"]
    for lang, words in (("de", "der Bewertung widersprochen"), ("en", "objected to being valued")):
        text = registry.load("reports", "explanation")(explained, lang)
        assert words in text
        assert "clv" not in text
    export(project, tmp_path / "out.csv", language="en")
    with (tmp_path / "out.csv").open(encoding="utf-8", newline="") as file:
        line = next(row for row in csv.DictReader(file) if row["customer_id"] == who)
    assert [name for name, cell in line.items() if name.startswith(FORECAST) and cell] == []
    assert (line["level"], Decimal(line["value"])) == ("objected", explained.row["past"])
    export(project, tmp_path / "out.parquet")
    written = pq.read_table(tmp_path / "out.parquet")
    assert written.schema.names == list(current(project)[who])
    assert written.schema.metadata[b"yardstick"] == b"contribution"
    assert next(row for row in written.to_pylist() if row["customer_id"] == who)["clv"] is None


# ---- what a run keeps -------------------------------------------------------------------------------------------------


def test_a_run_keeps_the_state_of_the_register_and_its_definition(objected: Objected) -> None:
    state = manifest(objected.folder)["register"]
    assert state == Register(objected.folder).state()
    assert state["entries"] == 1 + len(objected.who)
    kept = [json.loads(path.read_text(encoding="utf-8"))["register"] for path in (objected.folder / "runs").glob("*/manifest.json")]
    assert sorted(kept, key=bool) == [None, state]
    assert verify(objected.folder, {"run": state}) == []


def test_a_definition_is_kept_once_as_long_as_it_stays_the_same(project: Path) -> None:
    for rate_a_year in (0.1, 0.08, 0.08, 0.1):
        content = {**read_project_file(project / "kundenwert.toml"), "discount_rate": rate_a_year}
        settings = gather({name: value for name, value in content.items() if name != "sources"}, {"threads": "1"}, {})
        record_definition(project, settings, clock=NOW)
    kept = [row.content["settings"]["discount_rate"] for row in Register(project).rows("definitions")]
    assert kept == [0.1, 0.08, 0.1]

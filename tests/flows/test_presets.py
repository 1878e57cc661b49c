"""Presets: what an industry starts with, every rate an assumption until the project names its own."""

from __future__ import annotations

import shutil
from decimal import Decimal
from pathlib import Path

import pytest

from kundenwert.engines._engine import Engine
from kundenwert.errors import SettingsError, UnknownName
from kundenwert.flows import presets, project
from kundenwert.flows.check import check_project
from kundenwert.flows.init import init
from kundenwert.flows.progress import Progress
from kundenwert.sources import Wanted

EXPORTS = Path(__file__).parent.parent / "sources" / "exports"
SOURCE = '[[sources]]\nfiles = ["a.csv"]\n'


@pytest.mark.parametrize("name", presets.names())
def test_each_preset_is_whole(name: str) -> None:
    preset = presets.load(name)
    assert preset.about
    assert set(preset.lifecycle) == set(presets.LIFECYCLE)
    assert all(limit > 0 for limit in preset.lifecycle.values())
    assert len(set(preset.criteria)) == len(preset.criteria) >= 9
    words = [word for driver in preset.drivers for word in {driver.name, *driver.words}]
    assert len(set(words)) == len(words)
    for driver in preset.drivers:
        assert driver.rate > 0
        assert driver.stage in presets.STAGES
        assert driver.basis, driver.name
        assert driver.is_assumed
    assert {"sales", "logistics", "service", "marketing"} == {driver.stage for driver in preset.drivers}


def test_wholesale_and_shop_ship() -> None:
    assert {"wholesale", "shop"} <= set(presets.names())
    assert len(presets.load("wholesale").criteria) == 12


def test_activities_are_met_by_the_words_people_use() -> None:
    preset = presets.load("wholesale")
    assert {word: driver.name for word in ("Besuch", "visits", " AUFTRAG ") if (driver := preset.driver_of(word))} == {
        "Besuch": "visit",
        "visits": "visit",
        " AUFTRAG ": "order",
    }
    assert preset.driver_of("Kaffee") is None


@pytest.mark.parametrize("name", presets.names())
def test_a_project_made_with_a_preset_has_it_and_can_be_checked(name: str, tmp_path: Path) -> None:
    shutil.copy(EXPORTS / "transactions.csv", tmp_path)
    made = init(tmp_path / "p", [tmp_path / "transactions.csv"], Wanted(), {}, progress=Progress(), preset=name)
    found = project.read(tmp_path / "p")
    assert "# assumption: " in made.file.read_text(encoding="utf-8")
    assert found.preset == presets.load(name)
    assert check_project(tmp_path / "p", {}, progress=Progress()).file_lines == 2


def test_without_a_preset_there_is_none(tmp_path: Path) -> None:
    (tmp_path / "kundenwert.toml").write_text(SOURCE, encoding="utf-8")
    assert project.read(tmp_path).preset is None


def test_a_rate_of_the_project_is_no_assumption_and_the_others_stay_one(tmp_path: Path) -> None:
    text = 'preset = "wholesale"\n' + SOURCE + '[drivers.visit]\nrate = 280\n[drivers.tasting]\nrate = 12.5\nstage = "marketing"\n'
    text += "[lifecycle]\nsilent_days = 90\n"
    (tmp_path / "kundenwert.toml").write_text(text, encoding="utf-8")
    preset = project.read(tmp_path).preset
    assert preset is not None
    visit, order, tasting = (preset.driver_of(word) for word in ("besuch", "order", "tasting"))
    assert visit
    assert order
    assert tasting
    assert (visit.rate, visit.stage, visit.is_assumed) == (Decimal(280), "sales", False)
    assert (order.is_assumed, tasting.is_assumed) == (True, False)
    assert (preset.lifecycle["silent_days"], preset.lifecycle["development_days"]) == (90, 365)


def test_drivers_without_a_preset_are_the_projects_own(tmp_path: Path) -> None:
    (tmp_path / "kundenwert.toml").write_text(SOURCE + '[drivers.visit]\nrate = 280\nstage = "sales"\n', encoding="utf-8")
    preset = project.read(tmp_path).preset
    assert preset is not None
    assert [(driver.name, driver.is_assumed) for driver in preset.drivers] == [("visit", False)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('preset = "bakery"\n', "preset = 'bakery'"),
        ("[drivers.visit]\nrate = -1\n", r"rate = -1 under \[drivers.visit\]"),
        ('[drivers.visit]\nrate = 1\nstage = "joy"\n', "stage = 'joy'"),
        ("[drivers.tea]\nrate = 1\n", r"\[drivers.tea\] has no stage"),
        ("[drivers]\nvisit = 5\n", "visit = 5"),
        ("[lifecycle]\nsilent_days = 0\n", "silent_days = 0"),
        ("[lifecycle]\nhappy_days = 5\n", "happy_days"),
        ('[criteria]\nnames = "Image"\n', "names = 'Image'"),
        ('drivers = "x"\n', r"expected|drivers = 'x'"),
        ("[credit]\nleast = 100\n", r"\[credit\] has no bands"),
        ("[credit]\nbands = [[200, 0.1], [200, 0.2]]\n", r"bands = \[\[200, 0.1\], \[200, 0.2\]\]"),
        ("[credit]\nbands = [[200, 1.1]]\n", r"bands = \[\[200, 1.1\]\]"),
        ("[credit]\nbands = []\n", r"bands = \[\]"),
        ("[credit]\nleast = 300\nbands = [[200, 0.1]]\n", "ends at 200, the scale begins at 300"),
        ("[credit]\nscore = 1\n", "score = 1"),
        ('preset = "wholesale"\n[credit]\nnatural_persons = true\n', "natural_persons = True"),
        ('preset = "wholesale"\n[credit]\nnatural_persons = "yes"\n', "in words the purpose, the legal basis"),
    ],
)
def test_what_is_wrong_in_the_sections_is_named(text: str, expected: str, tmp_path: Path) -> None:
    first, found, rest = text.partition("\n") if text.startswith(("preset", "drivers")) else ("", "", text)
    first += found
    (tmp_path / "kundenwert.toml").write_text(first + SOURCE + rest, encoding="utf-8")
    with pytest.raises(SettingsError, match=expected):
        project.read(tmp_path)


def test_credit_bands_are_an_assumption_until_the_project_names_its_own(tmp_path: Path) -> None:
    text = 'preset = "wholesale"\n' + SOURCE + "[credit]\nleast = 1\nbands = [[4, 0.5], [10, 0.01]]\n"
    (tmp_path / "kundenwert.toml").write_text(text, encoding="utf-8")
    preset = project.read(tmp_path).preset
    assert preset
    assert preset.credit == presets.Credit(1.0, ((4.0, 0.5), (10.0, 0.01)))
    assumed = presets.load("wholesale").credit
    assert assumed
    assert "RatingMap" in assumed.basis
    assert not assumed.natural_persons
    # Private buyers are not judged by an index.
    assert presets.load("shop").credit is None


def test_the_index_of_natural_persons_needs_a_reason_in_words(tmp_path: Path) -> None:
    reason = "Credit limit of sole traders, Art. 6 (1) f GDPR, balanced on 2025-03-01 by the data protection officer"
    text = f'preset = "wholesale"\n{SOURCE}[credit]\nnatural_persons = "{reason}"\n'
    (tmp_path / "kundenwert.toml").write_text(text, encoding="utf-8")
    preset = project.read(tmp_path).preset
    assert preset
    assert preset.credit
    assert preset.credit.natural_persons == reason
    assert preset.credit.bands


def test_an_unknown_preset_is_named_with_those_there_are() -> None:
    with pytest.raises(UnknownName, match=r"Did you mean 'wholesale'\? Available: shop, wholesale"):
        presets.load("wholsale")


def test_the_engine_gets_a_rate_for_each_word(engine: Engine) -> None:
    presets.load_rates(engine, presets.load("wholesale"))
    query = "select rate, stage, is_assumed from preset_rates where word in ('besuch', 'visit')"
    rows = engine._connection.sql(query).fetchall()  # type: ignore[attr-defined]
    assert rows == [(Decimal("180.000000"), "sales", True)] * 2
    presets.load_rates(engine, None)
    assert engine._connection.sql("select * from preset_rates").fetchall() == []  # type: ignore[attr-defined]

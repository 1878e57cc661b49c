"""[criteria] of a project: what counts, what is refused, and what init writes."""

from __future__ import annotations

import shutil
import tomllib
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from kundenwert.errors import SettingsError
from kundenwert.flows import presets, project
from kundenwert.flows.catalogue import catalogue, lines, read
from kundenwert.flows.init import init
from kundenwert.flows.progress import Progress
from kundenwert.register.criteria import criteria, further
from kundenwert.sources import Wanted

EXPORTS = Path(__file__).parent.parent / "sources" / "exports"
SOURCE = '[[sources]]\nfiles = ["a.csv"]\n'


def counted(section: dict[str, Any], names: tuple[str, ...] = ()) -> dict[str, float]:
    return {one.name: float(one.weight) for one in read(section, names).criteria if one not in further()}


def test_the_twelve_that_ship_weigh_one_and_ten_points_are_said_of_each() -> None:
    assert len(criteria()) == 12
    assert sum(one.weight for one in criteria()) == Decimal(1)
    assert [float(one.weight) for one in criteria()] == [0.12, 0.2, 0.06, 0.1, 0.1, 0.08, 0.05, 0.08, 0.08, 0.07, 0.02, 0.04]
    assert {one.name for one in further()} == {"Strategische Bedeutung", "Vorreiterkunde", "Informationswert"}
    assert all(one.weight == 0 for one in further())


def test_names_list_what_counts_and_own_names_wait_for_a_weight() -> None:
    assert counted({"names": ["Imagefaktor", "outlook", "Innovationsfreude"]}) == {
        "Imagefaktor": 0.06,
        "Zukunftsperspektive": 0.1,
        "Innovationsfreude": 0.0,
    }
    both = {"names": ["Imagefaktor"], "weights": {"image": 0.5, "Innovationsfreude": 0.5}}
    assert counted(both) == {"Imagefaktor": 0.5, "Innovationsfreude": 0.5}


def test_weights_alone_are_the_whole_list() -> None:
    assert counted({"weights": {"Bonität": 2}}) == {"Bonität": 2.0}
    found = read({"weights": {"Bonität": 2, "Strategic importance": 1}})
    assert [(one.name, found.share(one)) for one in found.criteria if one.weight] == [
        ("Bonität", pytest.approx(2 / 3)),
        ("Strategische Bedeutung", pytest.approx(1 / 3)),
    ]


def test_a_preset_lists_its_own_and_an_empty_section_changes_nothing() -> None:
    assert read({}) == catalogue()
    shop = presets.load("shop")
    assert len(shop.criteria) == 9
    assert "Sympathiefaktor" not in shop.criteria


@pytest.mark.parametrize(
    ("section", "expected"),
    [
        ({"weights": {"Imagefaktor": -1}}, r"Imagefaktor = -1 under \[criteria.weights\]"),
        ({"weights": {"Imagefaktor": True}}, "Imagefaktor = True"),
        ({"weights": {"Imagefaktor": "viel"}}, "Imagefaktor = 'viel'"),
        ({"weights": 3}, "weights = 3"),
        ({"weight": {}}, "weight = {}"),
        ({"money": "euro"}, "one of pool, calibrated, tariff"),
        ({"pool": -1}, "pool = -1"),
        ({"scale": 2026}, "scale = 2026"),
        ({"names": []}, r"names = \[\]"),
        ({"own": {"Imagefaktor": {}}}, "describes a criterion that ships"),
        ({"own": {"x": {"best": "high"}}}, "says what is best of no column"),
        ({"own": {"x": {"colour": "red"}}}, "colour = 'red'"),
        ({"own": {"x": 5}}, "x = 5"),
        ({"rename": {"Imago": "Ruf"}}, "'Imago' under .criteria.rename. is no criterion"),
        ({"rename": {"Imagefaktor": "Bonität"}}, "Two criteria are called 'bonität'"),
        ({"money": "tariff"}, "without any tariff"),
        ({"tariff": {"Imagefaktor": 5}}, 'beside money = "pool"'),
        ({"money": "tariff", "tariff": {"Imagefaktor": 5}, "pool": 5}, 'pool = 5 beside money = "tariff"'),
        ({"money": "tariff", "tariff": {"Imago": 5}}, "'Imago' under .criteria.tariff. is no criterion"),
        ({"money": "tariff", "tariff": {"Imagefaktor": "5"}}, "an amount of money a point and year"),
        ({"weights": {"Kaufhistorie": 0.94, "Sympathiefaktor": 0.06}}, "Sympathiefaktor has 6.0% of all weights. Expected: at most 5%"),
        ({"names": ["Sympathiefaktor"]}, "Sympathiefaktor has 100.0%"),
    ],
)
def test_what_is_wrong_is_named(section: dict[str, Any], expected: str) -> None:
    with pytest.raises(SettingsError, match=expected):
        read(section)


@pytest.mark.parametrize(
    "name", ["Kaufhistorie", "Deckungsbeitrag", "Preissensibilität", "care effort", "Zahlungsmentalität", "Empfehlungswert"]
)
def test_a_tariff_on_what_is_money_already_or_belongs_to_others_is_refused(name: str) -> None:
    with pytest.raises(
        SettingsError, match=r"every euro has one owner.*Imagefaktor, Zukunftsperspektive, Sympathiefaktor, Informationswert"
    ):
        read({"money": "tariff", "tariff": {name: 5}})


def test_likeability_may_weigh_just_five_percent() -> None:
    assert counted({"weights": {"Kaufhistorie": 0.95, "Sympathiefaktor": 0.05}})["Sympathiefaktor"] == 0.05


def test_all_that_is_wrong_is_told_at_once() -> None:
    with pytest.raises(SettingsError) as caught:
        read({"money": "euro", "pool": "viel", "weights": {"a": -1, "b": -2}})
    assert len(caught.value.problems) == 4


def test_the_lines_that_init_writes_are_read_back_to_the_same() -> None:
    text = "\n".join(lines(catalogue()))
    assert read(tomllib.loads(text)["criteria"]) == catalogue()
    assert text.count("# 10: ") == 12


def test_init_writes_the_twelve_criteria_with_their_weights(tmp_path: Path) -> None:
    shutil.copy(EXPORTS / "transactions.csv", tmp_path)
    made = init(tmp_path / "p", [tmp_path / "transactions.csv"], Wanted(), {}, progress=Progress())
    text = made.file.read_text(encoding="utf-8")
    assert '"Kaufhistorie"             = 0.12 # 10: buys for long, often and much' in text
    assert project.read(tmp_path / "p").definition.criteria == catalogue()


def test_criteria_of_a_project_are_part_of_its_value_definition(tmp_path: Path) -> None:
    (tmp_path / "kundenwert.toml").write_text(
        SOURCE + '[criteria]\nscale = "2026"\n[criteria.weights]\nImagefaktor = 1\n', encoding="utf-8"
    )
    found = project.read(tmp_path).definition
    assert found.as_json()["criteria"]["scale"] == "2026"
    assert found.criteria.names[0] == "Imagefaktor"


def test_points_may_be_added_to_the_value_by_tariff_only(tmp_path: Path) -> None:
    adds = '[definition]\nadds = ["ideational"]\n'
    (tmp_path / "kundenwert.toml").write_text(SOURCE + adds, encoding="utf-8")
    with pytest.raises(SettingsError, match=r"'ideational' under .definition. needs points with a tariff"):
        project.read(tmp_path)
    tariff = '[criteria]\nmoney = "tariff"\n[criteria.tariff]\nImagefaktor = 25\n'
    (tmp_path / "kundenwert.toml").write_text(SOURCE + adds + tariff, encoding="utf-8")
    assert project.read(tmp_path).definition.adds == ("ideational",)


def test_score_itself_is_never_added(tmp_path: Path) -> None:
    (tmp_path / "kundenwert.toml").write_text(SOURCE + '[definition]\nadds = ["score"]\n', encoding="utf-8")
    with pytest.raises(SettingsError, match="every euro has one owner"):
        project.read(tmp_path)

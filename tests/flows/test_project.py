"""kundenwert.toml: sources with patterns and mappings, and every problem told at once."""

from __future__ import annotations

from pathlib import Path

import exports
import pytest

from kundenwert.errors import SettingsError
from kundenwert.flows import project
from kundenwert.sources import Wanted


def written(folder: Path, text: str) -> Path:
    (folder / "kundenwert.toml").write_text(text, encoding="utf-8")
    return folder


def test_a_pattern_stands_for_all_files_that_fit_in_order_of_their_names(tmp_path: Path) -> None:
    for name in ("b.csv", "a.csv", "c.txt"):
        exports.write(tmp_path / "exports" / name, [])
    found = project.read(written(tmp_path, '[[sources]]\nfiles = ["exports/*.csv"]\n'))
    assert [item.name for item in found.inputs] == ["a.csv", "b.csv"]


def test_several_sources_keep_their_own_way_of_reading(tmp_path: Path) -> None:
    text = (
        '[[sources]]\nfiles = ["a.csv"]\ndecimal_mark = ","\n[sources.columns]\ncustomer_id = "KdNr"\n'
        '[[sources]]\nfiles = ["b.csv"]\nheader = ["id", "day"]\n'
    )
    first, second = project.read(written(tmp_path, text)).inputs
    assert first.wanted == Wanted(mapping={"customer_id": "KdNr"}, decimal_mark=",")
    assert second.wanted == Wanted(columns=("id", "day"))
    assert second.source == tmp_path / "b.csv"


def test_flags_win_over_the_file(tmp_path: Path) -> None:
    folder = written(tmp_path, 'horizon = "6m"\nmodel = "bg_nbd"\n[[sources]]\nfiles = ["a.csv"]\n')
    assert project.read(folder).settings.horizon == "6m"
    assert project.read(folder, {"horizon": "2y", "model": None}).settings.horizon == "2y"


def test_all_problems_of_settings_and_sources_are_told_at_once(tmp_path: Path) -> None:
    text = 'horizon = "soon"\ncolour = "red"\n[[sources]]\nfile = "a.csv"\n[[sources]]\nfiles = ["no-*.csv"]\n'
    with pytest.raises(SettingsError, match="A source has no list of files") as caught:
        project.read(written(tmp_path, text))
    told = "\n".join(str(problem) for problem in caught.value.problems)
    assert len(caught.value.problems) == 4
    for part in ("No file fits 'no-*.csv'", "'colour' is no setting", "horizon = 'soon'"):
        assert part in told


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "No source is named"),
        ('[[sources]]\nfiles = ["a.csv"]\nkolumns = 1\n', "kolumns under"),
        ('[[sources]]\nfiles = ["a.csv"]\ncolumns = {customer_id = 3}\n', "columns or header"),
        ("horizon = \n", r"not valid TOML: .*line 1"),
    ],
)
def test_a_wrong_project_file_is_told_with_a_remedy(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        project.read(written(tmp_path, text))


def test_a_folder_without_a_project_file_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"holds no kundenwert\.toml.*kundenwert init"):
        project.read(tmp_path)


def test_a_written_project_file_is_read_back(tmp_path: Path) -> None:
    exports.write(tmp_path / "exports" / 'a "b".csv', [])
    wanted = Wanted(decimal_mark=",", date_format="dd.mm.yyyy", net=True)
    project.write(
        tmp_path,
        files=['exports/a "b".csv'],
        wanted=wanted,
        chosen={"title": 'Müller "& Söhne"', "cancellation_prefixes": ["C"]},
        roles={"customer_id": ("Kunden\tNr\\", "named\nso"), "date": ("Datum", "known name")},
    )
    found = project.read(tmp_path)
    assert found.settings.title == 'Müller "& Söhne"'
    assert found.settings.cancellation_prefixes == ("C",)
    (item,) = found.inputs
    assert item.wanted == Wanted(
        mapping={"customer_id": "Kunden\tNr\\", "date": "Datum"}, decimal_mark=",", date_format="dd.mm.yyyy", net=True
    )

"""Files are whole or not there, and folders belong to a living process."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from kundenwert.errors import StorageError
from kundenwert.runs import storage


def hidden(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.name.startswith("."))


def test_text_is_written_whole_with_plain_line_ends(tmp_path: Path) -> None:
    storage.write_text(tmp_path / "new" / "page.html", "Größe\n")
    assert (tmp_path / "new" / "page.html").read_bytes() == "Größe\n".encode()
    storage.write_text(tmp_path / "new" / "page.html", "other\n")
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["page.html"]


def test_a_failed_write_leaves_the_old_file_and_no_trace(tmp_path: Path) -> None:
    storage.write_text(tmp_path / "current", "old\n")
    with pytest.raises(UnicodeEncodeError, match="surrogates"):
        storage.write_text(tmp_path / "current", "\udc80")
    assert (tmp_path / "current").read_text() == "old\n"
    assert hidden(tmp_path) == []


def test_json_is_readable_by_people_and_refuses_what_is_no_json(tmp_path: Path) -> None:
    storage.write_json(tmp_path / "a.json", {"größe": [1, None]})
    assert (tmp_path / "a.json").read_text(encoding="utf-8") == '{\n  "größe": [\n    1,\n    null\n  ]\n}\n'
    assert storage.read_json(tmp_path / "a.json") == {"größe": [1, None]}
    with pytest.raises(ValueError, match="not JSON compliant"):
        storage.write_json(tmp_path / "a.json", {"x": float("nan")})


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe\x00"])
def test_damaged_json_is_named(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "manifest.json").write_bytes(content)
    with pytest.raises(StorageError, match=r"manifest.json cannot be read"):
        storage.read_json(tmp_path / "manifest.json")


def test_a_folder_that_is_built_is_gone_unless_it_was_renamed(tmp_path: Path) -> None:
    with storage.building(tmp_path, "run") as folder:
        (folder / "half").write_text("x")
        assert len(hidden(tmp_path)) == 2
    assert hidden(tmp_path) == []
    with storage.building(tmp_path, "run") as folder:
        (folder / "whole").write_text("x")
        storage.rename(folder, tmp_path / "done")
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["done", "whole"]


def test_a_failure_while_building_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError, match="division"), storage.building(tmp_path, "run") as folder:
        (folder / "half").write_text(str(1 / 0))
    assert list(tmp_path.iterdir()) == []


DEAD = """
import os, sys
from pathlib import Path
from kundenwert.runs import storage
with storage.building(Path(sys.argv[1]), "run") as folder:
    (folder / "half").write_text("x")
    os._exit(9)
"""


def test_leftovers_of_dead_processes_are_removed_and_those_of_living_ones_stay(tmp_path: Path) -> None:
    with storage.building(tmp_path, "run") as mine:
        died = subprocess.run([sys.executable, "-c", DEAD, str(tmp_path)], check=False)
        assert died.returncode == 9
        assert len(hidden(tmp_path)) == 4
        with storage.building(tmp_path, "run"):
            assert len(hidden(tmp_path)) == 4
        assert mine.is_dir()
        assert len(hidden(tmp_path)) == 2


def test_folders_are_listed_down_to_a_depth_and_one_that_is_gone_has_none(tmp_path: Path) -> None:
    for folder in ("ledger/read/deep", "runs/.building-run-1", "register"):
        (tmp_path / folder).mkdir(parents=True)
    found = [path.relative_to(tmp_path).as_posix() for path in storage.folders_of(tmp_path, depth=2)]
    assert found == ["ledger", "ledger/read", "register", "runs"]
    assert list(storage.folders_of(tmp_path / "gone", depth=2)) == []
    storage.remove_leftovers(tmp_path / "gone")


def test_a_folder_moves_into_one_that_is_there_without_touching_what_it_holds(tmp_path: Path) -> None:
    for name, files in {"new": ("a", "b"), "old": ("b", "c")}.items():
        (tmp_path / name).mkdir()
        for file in files:
            (tmp_path / name / file).write_text(name)
    storage.move_into(tmp_path / "new", tmp_path / "old")
    assert {path.name: path.read_text() for path in (tmp_path / "old").iterdir()} == {"a": "new", "b": "old", "c": "old"}


def test_a_file_where_a_folder_should_be_is_a_problem_with_a_remedy(tmp_path: Path) -> None:
    (tmp_path / "runs").write_text("")
    with (
        pytest.raises(
            StorageError, match=r"Expected: a folder with rights to write and free space\. To do: .* Earlier results are untouched"
        ),
        storage.building(tmp_path / "runs", "run"),
    ):
        pass

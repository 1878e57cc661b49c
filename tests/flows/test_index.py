"""Pages that are kept of a run: read again while they count, made anew when they do not."""

from __future__ import annotations

import functools
import shutil
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import exports
import plain_runs
import pytest

from kundenwert.errors import Bug
from kundenwert.flows import index
from kundenwert.flows.erasure import erase
from kundenwert.flows.objection import objection
from kundenwert.runs import storage, store

NOW = datetime(2025, 6, 1, 9, 30, tzinfo=UTC)


@pytest.fixture(scope="module")
def valued(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("shop")
    exports.write(folder / "sales.csv", exports.shop(customers=30))
    (folder / "kundenwert.toml").write_text('currency = "EUR"\nmargin = 0.3\n[[sources]]\nfiles = ["sales.csv"]\n', encoding="utf-8")
    plain_runs.value(folder, clock=NOW, components=["score"])
    return folder


@pytest.fixture
def project(valued: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(valued, tmp_path / "shop"))


class Maker:
    """Makes a page and counts how often."""

    def __init__(self) -> None:
        self.made = 0

    def __call__(self) -> dict[str, Any]:
        self.made += 1
        return {"made": self.made, "names": ("a", "b")}


def page_file(project: Path) -> Path:
    (found,) = index.folder_of(project, str(store.current(project))).rglob("overview*.json")
    return found


def test_a_page_is_made_once_and_looks_the_same_when_it_is_read_again(project: Path) -> None:
    make = Maker()
    first, second = (index.kept(project, None, "overview", make) for _ in range(2))
    assert first == second == {"made": 1, "names": ["a", "b"]}
    assert make.made == 1


def test_a_page_of_a_named_run_is_that_of_the_current_run_where_it_is_this_one(project: Path) -> None:
    make = Maker()
    index.kept(project, None, "overview", make)
    assert index.kept(project, store.current(project), "overview", make)["made"] == 1


def change_manifest(project: Path) -> None:
    path = store.read(project).folder / "manifest.json"
    storage.write_json(path, {**storage.read_json(path), "tables": {"customers.parquet": "another"}})


def object_to_it(project: Path) -> None:
    objection(project, "K0004", reason="", by="J. Brandt", clock=NOW)


def erase_somebody(project: Path) -> None:
    erase(project, "K0004", by="J. Brandt", clock=NOW)


def damage(project: Path) -> None:
    page_file(project).write_text('{"stamp": ', encoding="utf-8")


@pytest.mark.parametrize("happen", [change_manifest, object_to_it, erase_somebody, damage])
def test_a_page_is_made_anew_when_what_it_was_made_of_changed(project: Path, happen: Callable[[Path], None]) -> None:
    make = Maker()
    index.kept(project, None, "overview", make)
    happen(project)
    assert index.kept(project, None, "overview", make)["made"] == 2


def test_a_page_is_made_anew_by_another_version_of_the_program(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make = Maker()
    index.kept(project, None, "overview", make)
    monkeypatch.setattr(index, "__version__", "99.0")
    assert index.kept(project, None, "overview", make)["made"] == 2


def test_pages_of_people_with_other_customers_are_kept_apart(project: Path) -> None:
    scopes = (None, frozenset({"Okafor"}), frozenset({"Brandt"}), frozenset({"Brandt", "Okafor"}), frozenset[str]())
    for place, scope in enumerate(scopes):
        make: Callable[[], dict[str, Any]] = functools.partial(dict, place=place)
        index.kept(project, None, "overview", make, managers=scope)
    again = [index.kept(project, None, "overview", Maker(), managers=scope)["place"] for scope in scopes]
    assert again == [0, 1, 2, 3, 4]


def test_what_is_made_while_somebody_objects_is_not_kept(project: Path) -> None:
    def make() -> dict[str, Any]:
        object_to_it(project)
        return {"K0004": "is valuable"}

    index.kept(project, None, "overview", make)
    assert index.kept(project, None, "overview", lambda: {"K0004": None}) == {"K0004": None}


def test_two_who_ask_at_once_have_it_made_once(project: Path) -> None:
    make, begun, found = Maker(), threading.Event(), []

    def slow() -> dict[str, Any]:
        begun.wait(5)
        return make()

    threads = [threading.Thread(target=lambda: found.append(index.kept(project, None, "overview", slow))) for _ in range(4)]
    for thread in threads:
        thread.start()
    begun.set()
    for thread in threads:
        thread.join()
    assert [page["made"] for page in found] == [1] * 4


def test_where_nothing_can_be_kept_the_page_is_made_each_time(project: Path) -> None:
    (project / "index").write_text("a file where the folder should be", encoding="utf-8")
    make = Maker()
    assert [index.kept(project, None, "overview", make)["made"] for _ in range(2)] == [1, 2]


def test_a_name_that_leads_elsewhere_is_refused(project: Path) -> None:
    for name in ("../x", "a/b", "", ".hidden"):
        with pytest.raises(Bug):
            index.kept(project, None, name, Maker())


def test_an_erasure_leaves_nothing_kept_of_the_person(project: Path) -> None:
    index.kept(project, None, "overview", lambda: {"most valuable": "K0004"})
    certificate = erase(project, "K0004", by="J. Brandt", clock=NOW)
    assert not (project / "index").exists()
    assert not certificate.remaining

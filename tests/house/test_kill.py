"""The measurement that kills runs sees what is broken, and finds nothing where nothing is."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from bench import kill, report

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return kill.make_project(tmp_path_factory.mktemp("kill") / "project")


@pytest.mark.slow
def test_a_killed_run_leaves_no_fault(project: Path) -> None:
    assert kill.broken(project) == []
    found = kill.kill(project, 0.4, grow=True)
    assert found.faults == ()
    assert not found.had_ended


@pytest.mark.slow
def test_damage_is_seen(project: Path) -> None:
    (folder,) = (entry for entry in (project / "runs").iterdir() if entry.is_dir())
    table, page = folder / "customers.parquet", folder / "report.html"
    whole = table.read_bytes(), page.read_bytes()
    table.write_bytes(whole[0][:-1] + b"x")
    page.unlink()
    (project / "runs" / ".half").write_text("")
    told = kill.broken(project)
    assert any("customers.parquet is not what the manifest says" in fault for fault in told)
    assert any("report.html is missing" in fault for fault in told)
    assert kill.hidden(project) == ["runs/.half"]
    table.write_bytes(whole[0])
    page.write_bytes(whole[1])
    (project / "runs" / ".half").unlink()


def test_a_section_of_the_results_is_replaced_and_others_stay() -> None:
    page = "# Page\n\n## One\n\nold\n\n## Two\n\nstays\n"
    changed = report.with_section(page, "One", "new")
    assert changed == "# Page\n\n## One\n\nnew\n\n## Two\n\nstays\n"
    assert report.with_section(page, "Three", "more").endswith("## Two\n\nstays\n\n## Three\n\nmore\n")
    assert report.carried_over(page, "# Page\n\n## One\n\nnewest\n") == "# Page\n\n## One\n\nnewest\n\n## Two\n\nstays\n"

"""`kundenwert demo --company`: the invented company valued once, and what is planted in it found in the run."""

from __future__ import annotations

import contextlib
import io
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from kundenwert.cli import main
from kundenwert.example.company import Company, first_two_years


@dataclass(frozen=True)
class Shown:
    """What the command said, and the project it wrote."""

    out: str
    project: Path

    @property
    def run(self) -> Path:
        (folder,) = self.project.glob("runs/2*")
        return folder

    @property
    def manifest(self) -> dict[str, Any]:
        content: dict[str, Any] = json.loads((self.run / "manifest.json").read_text(encoding="utf-8"))
        return content


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Shown:
    folder, said = tmp_path_factory.mktemp("company"), io.StringIO()
    with contextlib.chdir(folder), contextlib.redirect_stdout(said), pytest.raises(SystemExit) as ended:
        main(["demo", "--company"])
    assert ended.value.code == 0
    return Shown(said.getvalue(), folder / "kundenwert-company-demo")


@pytest.fixture(scope="module")
def company() -> Company:
    return first_two_years()


def test_it_says_that_the_company_is_invented_and_what_was_written(shown: Shown) -> None:
    assert "The company is invented" in shown.out
    assert "Written: kundenwert-company-demo, with 17 exports" in shown.out
    assert (shown.run / "report.html").is_file()


def test_the_title_of_the_report_says_that_it_is_an_invented_example(shown: Shown) -> None:
    assert shown.manifest["title"].endswith("(erfundenes Beispiel)")
    assert "(erfundenes Beispiel)" in (shown.run / "report.html").read_text(encoding="utf-8").partition("</title>")[0]


def test_its_lines_tie_to_the_files_and_to_what_the_company_sold(shown: Shown, company: Company) -> None:
    bridge = shown.manifest["reconciliation"]
    assert bridge["difference"] == "0.00"
    rejected = sum(dirt.rows for dirt in company.truth().dirt if dirt.rejected and dirt.file.startswith("rechnungen"))
    overlap = sum(dirt.rows for dirt in company.truth().dirt if dirt.what == "overlap")
    assert next(entry["lines"] for entry in bridge["classes"] if entry["line_class"] == "rejected") == rejected + overlap

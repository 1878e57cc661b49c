"""The pages say what the code does, and lead somewhere."""

from __future__ import annotations

import ast
import inspect
import re
import subprocess
import sys
from pathlib import Path

import pytest
from markdown.extensions.toc import slugify

from kundenwert import errors

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
LINK = re.compile(r"\]\(([^)\s]+)\)")
CLASSES = [name for name, value in vars(errors).items() if inspect.isclass(value) and issubclass(value, errors.KundenwertError)]


def without_code(text: str) -> str:
    """The page without its fenced blocks and code spans, which may hold brackets that are no links."""
    return re.sub(r"`[^`\n]*`", "", re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL))


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings."""
    text = re.sub(r"^```.*?^```$", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    return {slugify(heading.replace("`", ""), "-") for heading in re.findall(r"^#+ (.+)$", text, re.MULTILINE)}


def section(heading: str) -> str:
    """The text below one heading of docs/errors.md."""
    text = (ROOT / "docs" / "errors.md").read_text(encoding="utf-8")
    return text.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]


def broken(page: Path, target: str) -> bool:
    """Whether a link of a page leads nowhere. Addresses of the net are not asked."""
    if "://" in target or target.startswith("mailto:"):
        return False
    name, _, anchor = target.partition("#")
    path = (page.parent / name).resolve() if name else page
    return not path.exists() or bool(anchor and path.suffix == ".md" and anchor not in anchors(path))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page: Path) -> None:
    targets = LINK.findall(without_code(page.read_text(encoding="utf-8")))
    assert [target for target in targets if broken(page, target)] == []


@pytest.mark.parametrize("name", CLASSES)
def test_each_error_has_a_failing_and_a_mended_example(name: str) -> None:
    text = section(name)
    failing, mended = text.find("\nFails:"), text.find("\nMended:")
    assert -1 < failing < mended, f"docs/errors.md needs a heading {name} with Fails: and Mended:"
    assert "```" in text[failing:mended]
    assert "```" in text[mended:]


def test_errors_page_names_no_class_that_is_gone() -> None:
    headings = re.findall(r"^## (\w+)$", (ROOT / "docs" / "errors.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(headings) == sorted(CLASSES)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_python_examples_can_be_read(page: Path) -> None:
    for block in re.findall(r"^```python\n(.*?)^```$", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL):
        if "reference" not in page.parts:
            ast.parse(block)


def test_pages_in_the_menu_exist() -> None:
    menu = re.findall(r": ([\w/-]+\.md)$", (ROOT / "mkdocs.yml").read_text(encoding="utf-8"), re.MULTILINE)
    assert menu
    assert [name for name in menu if not (ROOT / "docs" / name).is_file()] == []


def test_each_decision_is_in_the_list() -> None:
    folder = ROOT / "docs" / "decisions"
    listed = set(re.findall(r"\((\d{4}-[\w-]+\.md)\)", (folder / "README.md").read_text(encoding="utf-8")))
    assert listed == {path.name for path in folder.glob("[0-9]*.md")}


def test_reference_is_what_the_code_says() -> None:
    done = subprocess.run([sys.executable, str(ROOT / "scripts" / "reference.py"), "--check"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_requirements_name_files_and_tests_that_exist() -> None:
    rows = re.findall(r"^\| R\d+.*$", (ROOT / "docs" / "requirements.md").read_text(encoding="utf-8"), re.MULTILINE)
    names = [name.partition("::")[0] for row in rows for name in re.findall(r"`((?:src|tests)/[^`]+)`", row)]
    assert [name for name in names if not (ROOT / name).exists()] == []

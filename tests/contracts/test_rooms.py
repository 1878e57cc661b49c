"""What holds in every room: plug-ins load, steps say what they are, and SQL is written in files and run by engines only."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from kundenwert import registry
from kundenwert.errors import UnknownName

PACKAGE = Path(__file__).resolve().parents[2] / "src" / "kundenwert"
STEPS = sorted(path.relative_to(PACKAGE).as_posix() for path in PACKAGE.rglob("*.sql"))
MODULES = sorted(path.relative_to(PACKAGE).as_posix() for path in PACKAGE.rglob("*.py"))
# A room whose plug-ins are found by their file name.
ROOMS = (
    "engines",
    "sources",
    "models.purchases",
    "models.spend",
    "models.baselines",
    "models.remedies",
    "models.diagnostics",
    "reports",
    "reports.charts",
    "cli",
)
PLUGINS = [(room, name) for room in ROOMS for name in registry.names(room) if (PACKAGE / room.replace(".", "/") / f"{name}.py").is_file()]
# Strings of code that begin so and go on with a name are SQL.
SQL = re.compile(r"\s*(select|insert|update|delete|create|copy|alter|drop|with|set variable|attach|pragma)\s", re.IGNORECASE)


@pytest.mark.parametrize(("room", "name"), PLUGINS, ids=[f"{room}.{name}" for room, name in PLUGINS])
def test_each_plug_in_loads_and_stands_under_its_file_name(room: str, name: str) -> None:
    plugin = registry.load(room, name)
    assert plugin is sys.modules[f"kundenwert.{room}.{name}"].PLUGIN
    assert callable(plugin)


def test_every_room_of_plug_ins_has_some() -> None:
    assert {room for room, _ in PLUGINS} == set(ROOMS)


@pytest.mark.parametrize("room", ROOMS)
def test_an_unknown_plug_in_is_answered_with_those_there_are(room: str) -> None:
    with pytest.raises(UnknownName, match=rf"No 'nobody' in {room}\..* Available: .*{registry.names(room)[0]}"):
        registry.load(room, "nobody")


def test_a_near_miss_is_answered_with_the_right_name() -> None:
    with pytest.raises(UnknownName, match="Did you mean 'bg_nbd'"):
        registry.load("models.purchases", "bg_ndb")


def test_each_step_begins_with_its_own_path_and_a_sentence() -> None:
    assert STEPS
    assert [step for step in STEPS if not _says_what_it_is(step)] == []


def _says_what_it_is(step: str) -> bool:
    first = (PACKAGE / step).read_text(encoding="utf-8").splitlines()[0]
    path, _, sentence = first.removeprefix("-- ").partition(": ")
    return first.startswith("-- ") and path == step and len(sentence.split()) >= 4


def test_each_step_is_one_statement_without_a_tail() -> None:
    assert [step for step in STEPS if not _is_one_statement((PACKAGE / step).read_text(encoding="utf-8"))] == []


def _is_one_statement(text: str) -> bool:
    code = "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("--"))
    is_script = re.match(r"\s*create or replace macro", code) is not None
    return (is_script or ";" not in re.sub(r"'[^']*'", "", code)) and "\t" not in text and text.endswith("\n")


def test_every_step_is_run_by_somebody() -> None:
    named = "\n".join((PACKAGE / module).read_text(encoding="utf-8") for module in MODULES)
    assert [step for step in STEPS if f'"{step}"' not in named] == []


def test_every_step_that_is_named_exists() -> None:
    named = {
        node.value
        for module in MODULES
        for node in ast.walk(tree(module))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and re.fullmatch(r"[a-z_/]+\.sql", node.value)
    }
    assert sorted(named - set(STEPS)) == []


@cache
def tree(module: str) -> ast.Module:
    return ast.parse((PACKAGE / module).read_text(encoding="utf-8"))


def outside_engines() -> Iterator[str]:
    return (module for module in MODULES if not module.startswith("engines/"))


def test_only_engines_run_sql() -> None:
    calls = [
        f"{module}:{node.lineno}"
        for module in outside_engines()
        for node in ast.walk(tree(module))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in {"execute", "executemany", "sql"}
    ]
    assert calls == []


def test_no_sql_is_glued_together_outside_engines() -> None:
    glued = [
        f"{module}:{node.lineno}"
        for module in outside_engines()
        for node in ast.walk(tree(module))
        if isinstance(node, ast.JoinedStr) and SQL.match(ast.unparse(node)[2:]) and "from" in ast.unparse(node)
    ]
    assert glued == []


def test_names_that_stand_in_sql_of_engines_are_checked_names_steps_or_constants() -> None:
    """An f-string of SQL in engines/ holds only checked_name(...), step_text(...) and what was made of these."""
    allowed = {"checked_name", "step_text", "_kind", "_literal"}
    found = []
    for module in MODULES:
        if not module.startswith("engines/"):
            continue
        for node in ast.walk(tree(module)):
            if isinstance(node, ast.JoinedStr) and SQL.match(ast.unparse(node)[2:]):
                calls = [part.value for part in node.values if isinstance(part, ast.FormattedValue)]
                found += [ast.unparse(call) for call in calls if not (isinstance(call, ast.Call) and _name(call) in allowed)]
    # What the driver takes as no parameter: our separator of columns and our way of packing; and the union of checked names.
    assert set(found) <= {"delimiter", "text", "options", "packing"}


def _name(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def test_no_module_imports_relatively() -> None:
    relative = [
        f"{module}:{node.lineno}"
        for module in MODULES
        for node in ast.walk(tree(module))
        if isinstance(node, ast.ImportFrom) and node.level
    ]
    assert relative == []


def test_clock_and_chance_are_arguments_below_the_doors() -> None:
    # The doors: commands, pages, and the functions that `import kundenwert` opens.
    doors = ("cli/", "web/", "flows/customer_base.py", "flows/allocate.py")
    asked = [
        f"{module}:{node.lineno}"
        for module in MODULES
        if not module.startswith(doors)
        for node in ast.walk(tree(module))
        if isinstance(node, ast.Call)
        and ast.unparse(node.func) in {"date.today", "datetime.now", "datetime.utcnow", "np.random.seed", "random.random"}
    ]
    assert asked == []


def test_importing_the_package_imports_nothing_heavy() -> None:
    code = "import sys, kundenwert; print(*sorted({'duckdb', 'numpy', 'pandas', 'pyarrow', 'scipy'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""

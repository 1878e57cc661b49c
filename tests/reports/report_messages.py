"""Finds the English sentences in the code of the reports."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from importlib import resources
from pathlib import Path

from kundenwert.reports import language


def _strings(node: ast.AST) -> list[str]:
    return [each.value for each in ast.walk(node) if isinstance(each, ast.Constant) and isinstance(each.value, str)]


def _calls(tree: ast.AST) -> Iterator[str | tuple[str, str]]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        called = node.func.attr if isinstance(node.func, ast.Attribute) else node.func.id if isinstance(node.func, ast.Name) else ""
        if called in {"text", "later"} and not isinstance(node.args[0], ast.Name | ast.Attribute):
            yield from _strings(node.args[0])
        if called == "plural" and len(node.args) >= 2 and isinstance(node.args[0], ast.Constant):
            yield (node.args[0].value, *_strings(node.args[1])[:1])


def _tables(tree: ast.AST) -> Iterator[tuple[str, str]]:
    """Pairs of singular and plural that wait in a table."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Tuple) and isinstance(node.ctx, ast.Load):
            words = [
                each.value for each in node.elts if isinstance(each, ast.Constant) and isinstance(each.value, str) and "{n}" in each.value
            ]
            if len(words) == 2:
                yield words[0], words[1]


def used() -> set[str | tuple[str, str]]:
    """Every message the reports may show, apart from those that come with the figures."""
    return {word for _, word in language._SCALES} | used_in(Path(str(resources.files("kundenwert.reports"))))


def used_in(folder: Path) -> set[str | tuple[str, str]]:
    """Every message that the Python files of a folder may show."""
    trees = [ast.parse(file.read_text(encoding="utf-8")) for file in folder.rglob("*.py")]
    return {message for tree in trees for message in _calls(tree)} | {pair for tree in trees for pair in _tables(tree)}


def notices() -> set[str]:
    """The texts of all notices the other rooms may send: given directly, or by a name that was given words in the same function."""
    folder = Path(str(resources.files("kundenwert")))
    trees = [ast.parse(file.read_text(encoding="utf-8")) for file in folder.rglob("*.py")]
    functions = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    return {text for function in functions for text in _notices(function)}


def _notices(function: ast.FunctionDef) -> Iterator[str]:
    named = {
        (target.id, text)
        for node in ast.walk(function)
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
        for text in _strings(node.value)
    }
    for node in ast.walk(function):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Notice" and len(node.args) > 1:
            given = node.args[1]
            yield from (text for name, text in named if isinstance(given, ast.Name) and name == given.id and " " in text)
            yield from (text for text in _strings(given) if " " in text)

"""Finds, in the source, every text that a problem or an error may carry: literals as they stand, the rest as places.

A text that is given by a name is followed to where the name got its words: in the same function, in the callers of the function, in the
module. What cannot be followed becomes a place; a text that is nothing but a place is told apart, since nobody can translate it.
"""

from __future__ import annotations

import ast
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from importlib import resources
from pathlib import Path

ROOT = Path(str(resources.files("kundenwert")))
# Private signs around the name of a place: they stand in no sentence, so braces of the text stay braces.
OPEN, CLOSE = "\ue000", "\ue001"
ERRORS = {
    "KundenwertError",
    "DataError",
    "UnreadableInput",
    "AmbiguousInput",
    "MissingColumn",
    "NothingToValue",
    "SettingsError",
    "StorageError",
    "FitError",
    "CallError",
    "NoSuchPlot",
}
PARTS = ("came", "expected", "remedy")
# Readers of settings say what they expect by a ValueError, without the stop; the problem is made of it.
_OPTIONS = ("settings.py", "value/components/", "decisions/", "flows/plan_settings.py")
# Methods of a text that leave its words as they are.
_SAME = {"replace", "strip", "removesuffix", "rstrip"}
_DEPTH, _MOST = 6, 60
_Function = ast.FunctionDef | ast.Lambda


@dataclass(frozen=True)
class Text:
    """One text: where it is given, what part of a problem it is, its words with places."""

    module: str
    line: int
    part: str
    words: str

    @property
    def is_place(self) -> bool:
        """Whether no word of it is known."""
        return _is_place(self.words)


def pieces(words: str) -> Iterator[tuple[str, bool]]:
    """Words and names of places in turn."""
    for number, part in enumerate(words.split(OPEN)):
        if not number:
            yield part, False
            continue
        name, _, rest = part.partition(CLOSE)
        yield name, True
        yield rest, False


def _is_place(words: str) -> bool:
    return bool(words) and not "".join(piece for piece, is_place in pieces(words) if not is_place).strip(" .:,;'\"“”()")


def shown(words: str) -> str:
    """The text with its places in braces."""
    return words.replace(OPEN, "{").replace(CLOSE, "}")


def _place(name: str) -> str:
    return f"{OPEN}{name}{CLOSE}"


class Module:
    """The syntax of one file: its calls and functions, in which function each part stands, and what names are given there.

    imported: the names it has from other files. errors: those of them that are our errors; other rooms have a Problem of their own.
    """

    def __init__(self, path: Path) -> None:
        self.name = path.relative_to(ROOT).as_posix()
        self.tree = ast.parse(path.read_text(encoding="utf-8"))
        self.inside: dict[ast.AST, ast.FunctionDef] = {}
        self.calls: list[ast.Call] = []
        self.functions: dict[str, list[ast.FunctionDef]] = {}
        self.given: dict[ast.FunctionDef, dict[str, list[ast.expr]]] = {}
        self.imported: set[str] = set()
        self.errors: set[str] = set()
        self._look(self.tree, ())

    def _look(self, node: ast.AST, around: tuple[ast.FunctionDef, ...]) -> None:
        if isinstance(node, ast.FunctionDef):
            self.functions.setdefault(node.name, []).append(node)
            self.given[node] = {}
            around = (*around, node)
        elif isinstance(node, ast.Call):
            self.calls.append(node)
        elif isinstance(node, ast.ImportFrom):
            names = {each.name for each in node.names}
            self.imported |= names
            self.errors |= names if node.module == "kundenwert.errors" else set()
        if around:
            self.inside[node] = around[-1]
            for name, value in _assigned(node):
                for function in around:
                    self.given[function].setdefault(name, []).append(value)
        for child in ast.iter_child_nodes(node):
            self._look(child, around)

    @cached_property
    def constants(self) -> dict[str, ast.expr]:
        found = {}
        for node in self.tree.body:
            for target in node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []:
                if isinstance(target, ast.Name) and node.value is not None:
                    found[target.id] = node.value
        return found


@cache
def modules() -> tuple[Module, ...]:
    """All files of the product."""
    return tuple(Module(path) for path in sorted(ROOT.rglob("*.py")))


@cache
def _callers(home: Module, name: str, *, is_method: bool) -> tuple[tuple[Module, ast.Call], ...]:
    """The calls of a function: in its own file, and in files that import it or its file; those of a method in its own file."""
    stem = Path(home.name).stem
    others = () if is_method else (each for each in modules() if each is not home and {name, stem} & each.imported)
    knowing = [home, *others]
    return tuple((module, call) for module in knowing for call in module.calls if _called(call) == name)


def _called(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else call.func.id if isinstance(call.func, ast.Name) else ""


def found(left_out: Sequence[str] = ()) -> list[Text]:
    """Every text of every problem and error, apart from files whose names begin with one of those left out."""
    texts: dict[tuple[str, str, str], Text] = {}
    for module in modules():
        if module.name.startswith(tuple(left_out)):
            continue
        for call in module.calls:
            for part, node in _given(module, call):
                for words in _resolve(module, node, module.inside.get(call), _DEPTH):
                    texts.setdefault((module.name, part, words), Text(module.name, node.lineno, part, words))
    return list(texts.values())


def _given(module: Module, call: ast.Call) -> Iterator[tuple[str, ast.expr]]:
    """The texts that a call gives to a problem or an error."""
    name = _called(call)
    if name == "Problem" and "Problem" in module.errors:
        named = {keyword.arg: keyword.value for keyword in call.keywords}
        for part, node in itertools.zip_longest(PARTS, call.args[:3]):
            if (given := node or named.get(part)) is not None:
                yield part, given
    elif name == "UnknownName" and len(call.args) > 1:
        yield "place", call.args[1]
    elif name == "load" and isinstance(call.func, ast.Attribute) and ast.unparse(call.func.value) == "registry":
        yield "place", call.args[0]
    elif name == "ValueError" and module.name.startswith(_OPTIONS) and call.args:
        yield "expected", ast.JoinedStr([ast.FormattedValue(call.args[0], -1), ast.Constant(".")], lineno=call.lineno)
    elif name == "Finding" and len(call.args) > 2:
        yield "what", call.args[2]
    elif name in ERRORS and call.args and not _is_problem(module, call.args[0]):
        yield "text", call.args[0]


def _is_problem(module: Module, node: ast.expr) -> bool:
    """Whether an error is given problems, which are looked at where they are made."""
    if isinstance(node, ast.Starred) or (isinstance(node, ast.Name) and "problem" in node.id):
        return True
    if not isinstance(node, ast.Call):
        return False
    makers = [function for function in module.functions.get(_called(node), ()) if function.returns is not None]
    return _called(node) == "Problem" or any("Problem" in ast.unparse(each.returns) for each in makers if each.returns)


def _resolve(module: Module, node: ast.expr, function: ast.FunctionDef | None, depth: int) -> set[str]:
    """All texts that an expression may be."""
    if isinstance(node, ast.Constant):
        return {node.value} if isinstance(node.value, str) else {_place("n")}
    if isinstance(node, ast.JoinedStr):
        return _product([_resolve(module, part, function, depth) for part in node.values])
    if isinstance(node, ast.FormattedValue):
        return _formatted(module, node, function, depth)
    if isinstance(node, ast.IfExp):
        return _resolve(module, node.body, function, depth) | _resolve(module, node.orelse, function, depth)
    if isinstance(node, ast.BoolOp):
        return set().union(*(_resolve(module, each, function, depth) for each in node.values))
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return _product([_resolve(module, node.left, function, depth), _resolve(module, node.right, function, depth)])
    if depth:
        if isinstance(node, ast.Name):
            return _of_name(module, node.id, function, depth - 1)
        if isinstance(node, ast.Call):
            return _of_call(module, node, depth - 1)
        if isinstance(node, ast.Subscript):
            return _of_table(module, node.value, function, depth - 1) or {_place(_name(node))}
    return {_place(_name(node))}


def _formatted(module: Module, node: ast.FormattedValue, function: ast.FunctionDef | None, depth: int) -> set[str]:
    """A place; it is filled in where it is one of several literals."""
    if node.conversion == -1 and node.format_spec is None and depth:
        words = _resolve(module, node.value, function, depth)
        if not any(_is_place(each) for each in words) and any(" " in each for each in words):
            return words
        # A hint that may be there or not, and has places of its own.
        if "" in words and len(words) < 4:
            return words
    return {_place(_name(node.value))}


def _product(parts: list[set[str]]) -> set[str]:
    return {"".join(each) for each in itertools.islice(itertools.product(*(sorted(part) for part in parts)), _MOST)}


def _of_name(module: Module, name: str, function: ast.FunctionDef | None, depth: int) -> set[str]:
    found: set[str] = set()
    if function is not None:
        for value in module.given[function].get(name, ()):
            found |= _resolve(module, value, function, depth)
        if found:
            return found
        if name in (parameters := [each.arg for each in (*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs)]):
            return _of_callers(module, function, parameters, name, depth) or {_place(name)}
    if name in module.constants:
        return _resolve(module, module.constants[name], None, depth)
    return {_place(name)}


def _assigned(node: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    """Names that a statement or a loop gives words to, with what it gives."""
    pairs: list[tuple[ast.expr, ast.expr]] = []
    if isinstance(node, ast.Assign):
        pairs = [(target, node.value) for target in node.targets]
    elif isinstance(node, ast.AnnAssign | ast.NamedExpr | ast.AugAssign) and node.value is not None:
        pairs = [(node.target, node.value)]
    elif isinstance(node, ast.For | ast.comprehension):
        values = node.iter.elts if isinstance(node.iter, ast.Tuple | ast.List | ast.Set) else []
        pairs = [(node.target, value) for value in values]
    for target, value in pairs:
        if isinstance(target, ast.Name):
            yield target.id, value
        if isinstance(target, ast.Tuple):
            for number, each in enumerate(target.elts):
                if isinstance(each, ast.Name):
                    yield from ((each.id, part) for part in _parts(value, number))


def _parts(value: ast.expr, number: int) -> Iterator[ast.expr]:
    if isinstance(value, ast.Tuple | ast.List) and number < len(value.elts):
        yield value.elts[number]
    if isinstance(value, ast.IfExp):
        yield from _parts(value.body, number)
        yield from _parts(value.orelse, number)


def _of_callers(home: Module, function: ast.FunctionDef, parameters: list[str], name: str, depth: int) -> set[str]:
    """What the callers of a function give for one of its parameters."""
    found: set[str] = set()
    is_method = parameters[0] in {"self", "cls"}
    place = parameters.index(name) - is_method
    for module, call in _callers(home, function.name, is_method=is_method):
        given = [keyword.value for keyword in call.keywords if keyword.arg == name]
        if not given and 0 <= place < len(call.args) and not any(isinstance(each, ast.Starred) for each in call.args[: place + 1]):
            given = [call.args[place]]
        for value in given:
            found |= _resolve(module, value, module.inside.get(call), depth)
        if not given and any(isinstance(each, ast.Starred) for each in call.args):
            found.add(_place(name))
    return found


def _of_call(module: Module, node: ast.Call, depth: int) -> set[str]:
    """What a function of the same file gives back."""
    if isinstance(node.func, ast.Attribute) and node.func.attr == "get" and len(node.args) == 2:
        words = _of_table(module, node.func.value, module.inside.get(node), depth)
        return words | _resolve(module, node.args[1], module.inside.get(node), depth) if words else {_place(_name(node))}
    if isinstance(node.func, ast.Attribute) and node.func.attr in _SAME:
        return _resolve(module, node.func.value, module.inside.get(node), depth)
    found: set[str] = set()
    if isinstance(node.func, ast.Name | ast.Attribute):
        for function in module.functions.get(_called(node), ()):
            for each in ast.walk(function):
                if isinstance(each, ast.Return) and each.value is not None and module.inside.get(each) is function:
                    found |= _resolve(module, each.value, function, depth)
    return found or {_place(_name(node))}


def _of_table(module: Module, node: ast.expr, function: ast.FunctionDef | None, depth: int) -> set[str]:
    """The texts of a table that stands in the file."""
    if isinstance(node, ast.Name) and node.id in module.constants:
        node = module.constants[node.id]
    if isinstance(node, ast.Dict):
        words: set[str] = set()
        for value in node.values:
            words |= _resolve(module, value, function, depth)
        return words
    return set()


def _name(node: ast.AST) -> str:
    """A short name for a place."""
    if isinstance(node, ast.Name):
        return node.id.strip("_").lower()
    if isinstance(node, ast.Attribute):
        return node.attr.strip("_").lower()
    if isinstance(node, ast.Call):
        called = _called(node)
        if called in {"len", "sum"}:
            return "n"
        if called == "join" and node.args:
            return "names"
        return _name(node.args[0]) if called in {"str", "repr", "sorted", "shown"} and node.args else called.strip("_") or "x"
    if isinstance(node, ast.Subscript):
        return _name(node.value)
    return "x"

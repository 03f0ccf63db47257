"""Reads the program's code: who calls what, and with what."""

from __future__ import annotations

import ast
from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
FOLDERS = ("models", "tasks", "web")


@dataclass(frozen=True)
class Call:
    """A call of a function, and the function that it stands in."""

    module: str
    within: ast.FunctionDef | None
    call: ast.Call


@cache
def modules() -> dict[str, ast.Module]:
    """Every module of the program, by its path."""
    files = (file for folder in FOLDERS for file in sorted((ROOT / folder).rglob("*.py")))
    return {str(file.relative_to(ROOT)): ast.parse(file.read_text(encoding="utf-8")) for file in files}


@cache
def calls() -> dict[str, list[Call]]:
    """Every call, by the name of what is called."""
    found: dict[str, list[Call]] = defaultdict(list)

    def look(module: str, node: ast.AST, within: ast.FunctionDef | None) -> None:
        within = node if isinstance(node, ast.FunctionDef) else within
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            found[node.func.id].append(Call(module, within, node))
        for inner in ast.iter_child_nodes(node):
            look(module, inner, within)

    for module, tree in modules().items():
        look(module, tree, None)
    return found


@cache
def functions(module: str) -> dict[str, ast.FunctionDef]:
    """The functions of a module, by their names."""
    return {node.name: node for node in modules()[module].body if isinstance(node, ast.FunctionDef)}


def given(call: ast.Call, name: str, place: int | None) -> ast.expr | None:
    """The argument of this name, or at this place."""
    named = [one.value for one in call.keywords if one.arg == name]
    if named:
        return named[0]
    return call.args[place] if place is not None and place < len(call.args) else None


def parameters_of(function: ast.FunctionDef) -> dict[str, int | None]:
    """Each parameter with its place, if it has one."""
    places: dict[str, int | None] = {one.arg: place for place, one in enumerate(function.args.args)}
    return places | dict.fromkeys((one.arg for one in function.args.kwonlyargs), None)


def default_of(function: ast.FunctionDef, name: str) -> ast.expr | None:
    """What a named parameter is if nobody gives it."""
    named = [one.arg for one in function.args.kwonlyargs]
    return function.args.kw_defaults[named.index(name)] if name in named else None

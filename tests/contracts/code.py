"""Reads the package's own source once, for the contracts that speak about code."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "pinboard"


@dataclass(frozen=True, eq=False)
class Module:
    """One source file of the package; what a contract asks of its tree is worked out once for all of them."""

    name: str
    path: str
    text: str
    tree: ast.Module

    @cached_property
    def nodes(self) -> list[ast.AST]:
        return list(ast.walk(self.tree))

    @cached_property
    def functions(self) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
        return [node for node in self.nodes if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]

    @cached_property
    def imports(self) -> list[Import]:
        return list(_imports(self))

    @property
    def unit(self) -> str:
        """Give the first part below the package: the file or folder that has a rank."""
        return self.name.split(".")[1] if "." in self.name else ""


@dataclass(frozen=True)
class Import:
    """One thing a module imports, and where."""

    module: str
    line: int
    is_local: bool
    is_relative: bool = False
    package: str = ""
    """Where `from package import name` takes the name."""

    @property
    def unit(self) -> str:
        """Give the part of our package that is meant, or nothing for the bare package."""
        part = [*self.module.split("."), ""][1]
        return "" if part == "__version__" else part

    @property
    def is_ours(self) -> bool:
        return self.module.split(".")[0] == "pinboard"


def module(name: str, text: str, path: str = "") -> Module:
    return Module(name=name, path=path, text=text, tree=ast.parse(text))


@cache
def modules() -> list[Module]:
    """Parse every file of the package but the migrations, which are history and stay as they were written."""
    found = []
    for path in sorted(PACKAGE.rglob("*.py")):
        relative = path.relative_to(ROOT)
        if "versions" in relative.parts:
            continue
        parts = relative.with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        found.append(module(name, path.read_text(encoding="utf-8"), relative.as_posix()))
    return found


def imports(one: Module) -> list[Import]:
    """List every import, those inside functions too."""
    return one.imports


def _imports(one: Module) -> Iterator[Import]:
    local = _inner(one)
    for node in one.nodes:
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Import(alias.name, node.lineno, id(node) in local)
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                name = f"{node.module}.{alias.name}"
                where = node.module or ""
                yield Import(name, node.lineno, id(node) in local, is_relative=node.level > 0, package=where)


def _inner(one: Module) -> set[int]:
    """Name the imports that stand inside functions."""
    kinds = (ast.Import, ast.ImportFrom)
    if sum(isinstance(node, kinds) for node in one.tree.body) == sum(isinstance(node, kinds) for node in one.nodes):
        return set()
    return {id(node) for function in functions(one) for node in ast.walk(function) if isinstance(node, kinds)}


def functions(one: Module) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    return one.functions


def length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Count the lines from `def` to the end, without the docstring."""
    first = function.body[0]
    is_docstring = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    docstring = first.end_lineno - first.lineno + 1 if is_docstring else 0
    return function.end_lineno - function.lineno + 1 - docstring

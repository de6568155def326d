"""Every mutant of the core: where it is, what is changed, and its code."""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import controller.core

from .operators import changes

CORE = Path(controller.core.__file__).parent
SKIPPED = (ast.Assert, ast.JoinedStr, ast.Raise, ast.arguments)
"""What says something to a developer or a reader, and decides nothing."""

ORDERS = (ast.Lt, ast.LtE, ast.Gt, ast.GtE)

Way = tuple[tuple[str, int | None], ...]
"""From a node down to one of its descendants: fields and, in lists, places."""
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Place:
    """A function, a method or a constant of a module."""

    file: str
    """Under `controller/core`."""
    name: str
    way: Way
    """Of its node in the module."""
    text: str
    """Its source: what a result holds for."""


@dataclass(frozen=True)
class Mutant:
    place: Place
    code: str
    """What is changed, on one line."""
    change: str
    nth: int
    """Of those in this place of which all this is the same."""
    way: Way
    """From the place's node to the changed one."""
    which: int
    """Of the changes of that node."""
    lines: tuple[int, int]
    """The first and last line of the statement that the change is in."""

    @property
    def key(self) -> tuple[str, str, str, str, int]:
        """Stays the same while lines move."""
        return self.place.file, self.place.name, self.code, self.change, self.nth


def modules() -> list[Path]:
    return sorted(path for path in CORE.rglob("*.py") if path.name != "__init__.py")


def mutants_of(path: Path) -> Iterator[Mutant]:
    """All mutants of a module, in the order of its text."""
    source = path.read_text(encoding="utf-8")
    tree = ast.parse(source)
    for name, way, node in _places(tree):
        text = ast.get_source_segment(source, node) or ""
        place = Place(str(path.relative_to(CORE)), name, way, text)
        yield from _in(place, node)


def _places(tree: ast.Module) -> Iterator[tuple[str, Way, ast.stmt]]:
    for index, node in enumerate(tree.body):
        way: Way = (("body", index),)
        if isinstance(node, ast.ClassDef):
            for inner, method in enumerate(node.body):
                if isinstance(method, Function):
                    yield f"{node.name}.{method.name}", (*way, ("body", inner)), method
        elif isinstance(node, Function):
            yield node.name, way, node
        elif isinstance(node, ast.Assign | ast.AnnAssign) and (name := _constant(node)):
            yield name, way, node


def _constant(node: ast.Assign | ast.AnnAssign) -> str | None:
    target = node.targets[0] if isinstance(node, ast.Assign) else node.target
    named = isinstance(target, ast.Name) and target.id.isupper() and node.value is not None
    return target.id if named and isinstance(target, ast.Name) else None


def _in(place: Place, node: ast.stmt) -> Iterator[Mutant]:
    seen: dict[tuple[str, str], int] = {}
    for way, found, lines in _walk(node, (), (node.lineno, node.end_lineno or node.lineno)):
        for which, (_, change) in enumerate(changes(found)):
            code = _line(found)
            nth = seen[code, change] = seen.get((code, change), -1) + 1
            yield Mutant(place, code, change, nth, way, which, lines)


def _line(node: ast.AST) -> str:
    """The node as it is read, without a body that it may have."""
    if isinstance(node, ast.If | ast.While):
        node = node.test
    return " ".join(ast.unparse(node).split())


def _walk(
    node: ast.AST, way: Way, lines: tuple[int, int]
) -> Iterator[tuple[Way, ast.AST, tuple[int, int]]]:
    """Every node below that is run when the place is, with the lines of its statement."""
    for field, value in ast.iter_fields(node):
        if field in {"annotation", "returns", "decorator_list", "type_comment"}:
            continue
        children = value if isinstance(value, list) else [value]
        for index, child in enumerate(children):
            if not isinstance(child, ast.AST) or isinstance(child, SKIPPED):
                continue
            own = _head(child) if isinstance(child, ast.stmt) else lines
            below = (*way, (field, index if isinstance(value, list) else None))
            if not _negated_anyway(node, field, child):
                yield below, child, own
            yield from _walk(child, below, own)


def _negated_anyway(node: ast.AST, field: str, child: ast.AST) -> bool:
    """A condition is already tried as never and as always true: to turn it round adds nothing."""
    if field != "test" or not isinstance(node, ast.If | ast.IfExp):
        return False
    if isinstance(child, ast.UnaryOp):
        return isinstance(child.op, ast.Not)
    return isinstance(child, ast.Compare) and not any(isinstance(one, ORDERS) for one in child.ops)


def _head(node: ast.stmt) -> tuple[int, int]:
    """The lines of a statement without the body that it may have."""
    body = getattr(node, "body", None)
    last = body[0].lineno - 1 if isinstance(body, list) and body else node.end_lineno
    return node.lineno, max(node.lineno, last or node.lineno)


def mutated(mutant: Mutant) -> ast.Module:
    """The module with this one change."""
    tree = ast.parse((CORE / mutant.place.file).read_text(encoding="utf-8"))
    way = mutant.place.way + mutant.way
    holder = copy.deepcopy(_at(tree, way[:-1]))
    changed = list(changes(_at(holder, way[-1:])))[mutant.which][0]
    return ast.fix_missing_locations(_put(tree, way, changed))


def _at(node: ast.AST, way: Way) -> ast.AST:
    for field, index in way:
        value = getattr(node, field)
        node = value if index is None else value[index]
    return node


def _put(tree: ast.Module, way: Way, changed: ast.AST) -> ast.Module:
    holder = _at(tree, way[:-1])
    field, index = way[-1]
    if index is None:
        setattr(holder, field, changed)
    else:
        getattr(holder, field)[index] = changed
    return tree

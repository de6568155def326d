"""What is changed in the code: one small thing at a time, as a person might get it wrong.

Each operator takes a node and yields changed copies of it, with a word on what was done. Mutants
that only a type checker or the first call would find are not made: they say nothing of the tests.
After the sets of Offutt et al., "An Experimental Determination of Sufficient Mutant Operators"
(1996): relational, logical, arithmetic and statement deletion, with what Python has beside them.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import TypeVar

N = TypeVar("N", bound=ast.AST)

Changed = tuple[ast.AST, str]
"""Another node in its place, and what was done."""

BOUNDARY: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Add,
    ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
}
SWAPPED = {"min": "max", "max": "min", "any": "all", "all": "any", "sorted": "list"}
LEFT_OUT = frozenset({"min", "max", "sorted", "replace", "with_"})
"""Calls whose keywords can each be forgotten without anybody noticing but a test."""


def changes(node: ast.AST) -> Iterator[Changed]:
    """All changes of this node alone; its children have their own."""
    if type(node) in _OPERATORS:
        yield from _OPERATORS[type(node)](node)


def _with(node: N, **fields: object) -> N:
    changed = copy.copy(node)
    for name, value in fields.items():
        setattr(changed, name, value)
    return changed


def _compare(node: ast.AST) -> Iterator[Changed]:
    assert isinstance(node, ast.Compare)
    for which, operator in enumerate(node.ops):
        other = BOUNDARY[type(operator)]
        ops = [*node.ops[:which], other(), *node.ops[which + 1 :]]
        yield _with(node, ops=ops), f"{type(operator).__name__} is {other.__name__}"


def _arithmetic(node: ast.AST) -> Iterator[Changed]:
    assert isinstance(node, ast.BinOp | ast.AugAssign)
    other = ARITHMETIC.get(type(node.op))
    if other is not None:
        yield _with(node, op=other()), f"{type(node.op).__name__} is {other.__name__}"
    if isinstance(node, ast.AugAssign):
        yield from _deleted(node)


def _logical(node: ast.AST) -> Iterator[Changed]:
    assert isinstance(node, ast.BoolOp)
    for which, value in enumerate(node.values):
        left = [*node.values[:which], *node.values[which + 1 :]]
        changed = left[0] if len(left) == 1 else _with(node, values=left)
        yield changed, f"without {ast.unparse(value)}"


def _unary(node: ast.AST) -> Iterator[Changed]:
    assert isinstance(node, ast.UnaryOp)
    if isinstance(node.op, ast.Not | ast.USub):
        yield node.operand, f"{type(node.op).__name__} is left out"


def _constant(node: ast.AST) -> Iterator[Changed]:
    assert isinstance(node, ast.Constant)
    if isinstance(node.value, bool):
        yield _with(node, value=not node.value), f"{node.value} is {not node.value}"
    elif isinstance(node.value, int):
        yield _with(node, value=node.value + 1), f"{node.value} is {node.value + 1}"


def _condition(node: ast.AST) -> Iterator[Changed]:
    assert isinstance(node, ast.If | ast.While | ast.IfExp)
    never = _with(node, test=ast.copy_location(ast.Constant(False), node.test))
    yield never, f"never {ast.unparse(node.test)}"
    if not isinstance(node, ast.While):
        always = _with(node, test=ast.copy_location(ast.Constant(True), node.test))
        yield always, f"always {ast.unparse(node.test)}"


def _filter(node: ast.AST) -> Iterator[Changed]:
    assert isinstance(node, ast.comprehension)
    for which, test in enumerate(node.ifs):
        left = [*node.ifs[:which], *node.ifs[which + 1 :]]
        yield _with(node, ifs=left), f"without if {ast.unparse(test)}"


def _call(node: ast.AST) -> Iterator[Changed]:
    assert isinstance(node, ast.Call)
    if not isinstance(node.func, ast.Name):
        return
    name = node.func.id
    if name in SWAPPED and not (name == "sorted" and node.keywords):
        other = ast.copy_location(ast.Name(SWAPPED[name], ast.Load()), node.func)
        yield _with(node, func=other), f"{name} is {SWAPPED[name]}"
    if name == "Decimal":
        yield from _decimal(node)
    if name in LEFT_OUT:
        for which, keyword in enumerate(node.keywords):
            left = [*node.keywords[:which], *node.keywords[which + 1 :]]
            if keyword.arg is not None:
                yield _with(node, keywords=left), f"without {keyword.arg}="


def _decimal(node: ast.Call) -> Iterator[Changed]:
    argument = node.args[0]
    if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
        more = str(Decimal(argument.value) + 1)
        other = ast.copy_location(ast.Constant(more), argument)
        yield _with(node, args=[other]), f"Decimal {argument.value} is {more}"


def _deleted(node: ast.AST) -> Iterator[Changed]:
    yield ast.copy_location(ast.Pass(), node), "left out"


def _expression(node: ast.AST) -> Iterator[Changed]:
    assert isinstance(node, ast.Expr)
    if isinstance(node.value, ast.Call | ast.Yield | ast.YieldFrom):
        yield from _deleted(node)


def _assigned(node: ast.AST) -> Iterator[Changed]:
    """Into something that there is already; without a name's first value nothing would run."""
    assert isinstance(node, ast.Assign)
    if all(isinstance(one, ast.Subscript | ast.Attribute) for one in node.targets):
        yield from _deleted(node)


def _leaving(node: ast.AST) -> Iterator[Changed]:
    assert isinstance(node, ast.Break | ast.Continue)
    other = ast.Continue if isinstance(node, ast.Break) else ast.Break
    yield ast.copy_location(other(), node), f"{type(node).__name__} is {other.__name__}"


_OPERATORS: dict[type[ast.AST], Callable[[ast.AST], Iterator[Changed]]] = {
    ast.Compare: _compare,
    ast.BinOp: _arithmetic,
    ast.AugAssign: _arithmetic,
    ast.BoolOp: _logical,
    ast.UnaryOp: _unary,
    ast.Constant: _constant,
    ast.If: _condition,
    ast.While: _condition,
    ast.IfExp: _condition,
    ast.comprehension: _filter,
    ast.Call: _call,
    ast.Expr: _expression,
    ast.Assign: _assigned,
    ast.Break: _leaving,
    ast.Continue: _leaving,
}

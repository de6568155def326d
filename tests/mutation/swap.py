"""A mutant put into the running process: the code of its function is exchanged, so that whoever
has imported it runs the mutant; a constant is replaced wherever it was imported."""

from __future__ import annotations

import ast
import functools
import importlib
import sys
import types
from collections.abc import Iterator
from typing import Any

from .mutants import CORE, Mutant, mutated


class NotPossibleError(Exception):
    """This mutant cannot be put into a running process."""


def put_in(mutant: Mutant) -> None:
    """Make this process run the mutant.

    Raises:
        NotPossibleError: its function has other free variables than the original.
    """
    module = importlib.import_module(_dotted(mutant.place.file))
    _forget()
    changed = mutated(mutant)
    if mutant.place.name.isupper():
        _put_constant(module, mutant.place.name, changed)
        return
    function = _function(module, mutant.place.name)
    code = _code(compile(changed, str(CORE / mutant.place.file), "exec"), mutant.place.name)
    try:
        function.__code__ = code
    except ValueError as error:
        raise NotPossibleError(str(error)) from error


def _dotted(file: str) -> str:
    return "controller.core." + file.removesuffix(".py").replace("/", ".")


def _forget() -> None:
    """What was worked out before the mutant was there."""
    for one in _cached():
        one.cache_clear()


def _cached() -> Iterator[Any]:
    for name, module in list(sys.modules.items()):
        if name.startswith("controller."):
            for value in list(vars(module).values()):
                if isinstance(value, functools._lru_cache_wrapper):
                    yield value


def _function(module: types.ModuleType, name: str) -> types.FunctionType:
    owner, _, attribute = name.rpartition(".")
    space = vars(getattr(module, owner)) if owner else vars(module)
    found = _unwrapped(space[attribute])
    assert isinstance(found, types.FunctionType), name
    return found


def _unwrapped(found: Any) -> Any:
    if isinstance(found, property):
        return found.fget
    if isinstance(found, functools.cached_property):
        return found.func
    if isinstance(found, staticmethod | classmethod):
        return found.__func__
    while hasattr(found, "__wrapped__"):
        found = found.__wrapped__
    return found


def _code(code: types.CodeType, name: str) -> types.CodeType:
    for part in name.split("."):
        within = (one for one in code.co_consts if isinstance(one, types.CodeType))
        code = next(one for one in within if one.co_name == part)
    return code


def _put_constant(module: types.ModuleType, name: str, changed: ast.Module) -> None:
    before = getattr(module, name)
    space: dict[str, Any] = dict(vars(module))
    exec(compile(_assignment(changed, name), module.__name__, "exec"), space)
    for other in list(sys.modules.values()):
        if _ours(other) and getattr(other, name, None) is before:
            setattr(other, name, space[name])


def _ours(module: types.ModuleType) -> bool:
    return getattr(module, "__name__", "").startswith(("controller", "tests"))


def _assignment(changed: ast.Module, name: str) -> ast.Module:
    def assigns(node: ast.stmt) -> bool:
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        return any(isinstance(one, ast.Name) and one.id == name for one in targets)

    return ast.Module([node for node in changed.body if assigns(node)], type_ignores=[])

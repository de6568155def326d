"""The mutants of the core, and the list of those that may survive."""

from __future__ import annotations

import ast
from collections import Counter

from .mutants import modules, mutants_of, mutated
from .survivors import listed

ALL = [mutant for path in modules() for mutant in mutants_of(path)]


def test_each_has_a_name_of_its_own() -> None:
    assert [key for key, count in Counter(one.key for one in ALL).items() if count > 1] == []


def test_each_changes_its_module() -> None:
    for mutant in ALL[::50]:
        assert ast.unparse(mutated(mutant)) != ast.unparse(ast.parse(text_of(mutant.place.file)))


def text_of(file: str) -> str:
    return next(path for path in modules() if str(path).endswith(file)).read_text(encoding="utf-8")


def test_every_module_with_a_function_has_some() -> None:
    assert len({one.place.file for one in ALL}) > 70


def test_only_mutants_are_listed_as_survivors_each_once() -> None:
    """Code that has changed has other mutants: strike the row, and see what becomes of them."""
    keys = [one.key for one in listed()]
    assert sorted(set(keys) - {one.key for one in ALL}) == []
    assert len(set(keys)) == len(keys)


def test_each_is_listed_with_the_reason_why_it_is_harmless() -> None:
    assert [one.key for one in listed() if len(one.why) < 20] == []

"""What counts as one small mistake."""

from __future__ import annotations

import ast

import pytest

from .operators import changes


def mutants(source: str) -> set[str]:
    """What every node of a line can be changed to, as text, by itself."""
    tree = ast.parse(source)
    found = set()
    for node in ast.walk(tree):
        for changed, _ in changes(node):
            found.add(ast.unparse(ast.fix_missing_locations(changed)))
    return found


@pytest.mark.parametrize(
    ("source", "wanted"),
    [
        ("a < b", {"a <= b"}),
        ("a >= b", {"a > b"}),
        ("a == b", {"a != b"}),
        ("a in b", {"a not in b"}),
        ("a is None", {"a is not None"}),
        ("a + b", {"a - b"}),
        ("a // b", {"a * b"}),
        ("a and b and c", {"b and c", "a and c", "a and b"}),
        ("not a", {"a"}),
        ("-a", {"a"}),
        ("7", {"8"}),
        ("True", {"False"}),
        ("'text'", set()),
        ("a if b else c", {"a if False else c", "a if True else c"}),
        ("[a for a in b if c]", {" for a in b"}),
        ("x = min(a, key=b)", {"max(a, key=b)", "min(a)"}),
        ("x = sorted(a)", {"list(a)"}),
        ("x = sorted(a, key=b)", {"sorted(a)"}),
        ("x = replace(a, b=c)", {"replace(a)"}),
        ("x = Decimal('0.5')", {"Decimal('1.5')"}),
        ("f(a)", {"pass"}),
        ("a.b = c", {"pass"}),
        ("a = c", set()),
        ("a += b", {"a -= b", "pass"}),
        ("while a:\n    break", {"while False:\n    break", "continue"}),
        ("if a:\n    b", {"if False:\n    b", "if True:\n    b"}),
    ],
)
def test_each_place_has_its_mistakes(source: str, wanted: set[str]) -> None:
    assert mutants(source) == wanted

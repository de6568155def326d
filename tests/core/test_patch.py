"""Merge patches: the examples of RFC 7396 and what must hold for any two values."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from controller.core.recorded.patch import apply, diff
from controller.model.base import encode

KEYS = st.text(max_size=3) | st.sampled_from("abc")
SCALARS = (
    st.booleans()
    | st.integers(-(2**60), 2**60)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=5)
)
PLAIN = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=20,
)
# Small and alike, so that two of them often share keys and values.
ALIKE = st.recursive(
    st.sampled_from([0, 1, True, False, 0.0, -0.0, 1.0, "", "x"]),
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from("ab"), inner, max_size=2)
    ),
    max_leaves=8,
)


@given(PLAIN | ALIKE, PLAIN | ALIKE)
def test_the_difference_leads_from_the_old_to_the_new(old: Any, new: Any) -> None:
    assert encode(apply(old, diff(old, new))) == encode(new)


@given(ALIKE, ALIKE)
def test_it_leads_there_when_they_are_alike(old: Any, new: Any) -> None:
    assert encode(apply(old, diff(old, new))) == encode(new)


@given(PLAIN, PLAIN)
def test_nothing_is_changed_in_place(old: Any, new: Any) -> None:
    before = deepcopy((old, new))
    apply(old, diff(old, new))
    assert encode((old, new)) == encode(before)


@given(st.dictionaries(KEYS, PLAIN, max_size=4))
def test_equal_objects_have_no_difference(value: dict[str, Any]) -> None:
    assert diff(value, deepcopy(value)) == {}


@given(PLAIN)
def test_a_keyframe_is_the_value_itself(value: Any) -> None:
    assert encode(apply(None, diff(None, value))) == encode(value)


def test_only_what_differs_is_in_it() -> None:
    old = {"same": {"x": [1, 2]}, "part": {"x": 1, "y": 2}, "gone": 1, "list": [1]}
    new = {"same": {"x": [1, 2]}, "part": {"x": 1, "y": 3}, "list": [1, 2], "more": {}}
    assert diff(old, new) == {"part": {"y": 3}, "gone": None, "list": [1, 2], "more": {}}


@pytest.mark.parametrize(
    ("old", "new", "patch"),
    [
        ({"x": 1, "y": 2}, {"x": 1}, {"y": None}),
        ({"x": 1}, {"x": 1, "y": 2}, {"y": 2}),
        ({}, [], []),
        ([], {}, {}),
        ([1], [True], [True]),
        (1, 1.0, 1.0),
    ],
)
def test_it_is_seen_within_an_object_too(old: Any, new: Any, patch: Any) -> None:
    found = diff({"one": old, "same": 0}, {"one": new, "same": 0})
    assert encode(found) == encode({"one": patch})


def test_what_did_not_change_is_the_same_object() -> None:
    old = {"a": {"x": [1]}, "b": 1}
    assert apply(old, {"b": 2})["a"] is old["a"]


@pytest.mark.parametrize(
    ("old", "patch", "new"),
    [
        ({"a": "b"}, {"a": "c"}, {"a": "c"}),
        ({"a": "b"}, {"b": "c"}, {"a": "b", "b": "c"}),
        ({"a": "b"}, {"a": None}, {}),
        ({"a": "b", "b": "c"}, {"a": None}, {"b": "c"}),
        ({"a": ["b"]}, {"a": "c"}, {"a": "c"}),
        ({"a": "c"}, {"a": ["b"]}, {"a": ["b"]}),
        ({"a": {"b": "c"}}, {"a": {"b": "d", "c": None}}, {"a": {"b": "d"}}),
        ({"a": [{"b": "c"}]}, {"a": [1]}, {"a": [1]}),
        (["a", "b"], ["c", "d"], ["c", "d"]),
        ({"a": "b"}, ["c"], ["c"]),
        ({"a": "foo"}, "bar", "bar"),
        ([1, 2], {"a": "b", "c": None}, {"a": "b"}),
        ({}, {"a": {"bb": {"ccc": None}}}, {"a": {"bb": {}}}),
    ],
)
def test_the_examples_of_rfc_7396(old: Any, patch: Any, new: Any) -> None:
    assert apply(old, patch) == new

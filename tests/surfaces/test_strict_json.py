"""A body can be read in one way only, or not at all."""

from __future__ import annotations

import pytest

from controller.surfaces.strict_json import MalformedBodyError, parse_object


def test_an_object_comes_out_as_it_was_sent() -> None:
    sent = b'{"id": "e\\u00e9", "kw": 40.5, "n": 9007199254740993, "deep": {"a": [null, true]}}'
    assert parse_object(sent) == {
        "id": "eé",
        "kw": 40.5,
        "n": 9007199254740993,
        "deep": {"a": [None, True]},
    }


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (b"", "not valid JSON"),
        (b"{", "not valid JSON"),
        (b'{"a": 1} {"a": 2}', "not valid JSON"),
        (b"[1, 2]", "must be a JSON object"),
        (b'"text"', "must be a JSON object"),
        (b"null", "must be a JSON object"),
        (b'{"kw": NaN}', "not valid JSON"),
        (b'{"kw": Infinity}', "not valid JSON"),
        (b'{"kw": 1e999}', "not valid JSON"),
        (b'{"kw": ' + b"9" * 5000 + b"}", "not valid JSON"),
        (b'{"id": "\\ud800"}', "not valid JSON"),
        (b'{"id": "\xff"}', "not valid JSON"),
        (b'{"kw": 40, "kw": 400}', "given twice: kw"),
        (b'{"target": {"kw": 40, "kw": 400}}', "given twice: kw"),
        (b"[" * 60_000, "nested too deeply"),
        (b'{"a":' * 10_000, "nested too deeply"),
    ],
)
def test_everything_else_is_refused_with_a_sentence(body: bytes, problem: str) -> None:
    with pytest.raises(MalformedBodyError, match=problem):
        parse_object(body)

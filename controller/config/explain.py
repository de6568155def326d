"""From pydantic's errors to problems that name the place, the key and what to do."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from controller.config.problems import Key
from controller.config.schema import Node, known_keys

TAGS = ("adapter", "driver", "kind")
"""The keys whose value chooses between models; pydantic puts that value into its locations."""


def explained(
    error: ValidationError, data: Mapping[str, Any], schema: Node
) -> Iterable[tuple[Key, str]]:
    """Key and reason of each error of validating `data`."""
    for detail in error.errors(include_url=False, include_input=False):
        key = real_key(detail["loc"], data)
        yield _with_tag(detail, key), _reason(detail, schema)


def real_key(loc: Key, data: Any) -> Key:
    """`loc` without what pydantic adds to it: the chosen tag, and its mark of a bad key."""
    key: list[str | int] = []
    for part in loc:
        if part == "[key]" or _is_tag(part, data):
            continue
        key.append(part)
        data = _inside(data, part)
    return tuple(key)


def _is_tag(part: str | int, data: Any) -> bool:
    return (
        isinstance(data, Mapping)
        and part not in data
        and any(data.get(tag) == part for tag in TAGS)
    )


def _inside(data: Any, part: str | int) -> Any:
    if isinstance(data, Mapping):
        return data.get(part)
    if isinstance(data, list) and isinstance(part, int) and part < len(data):
        return data[part]
    return None


def _with_tag(detail: ErrorDetails, key: Key) -> Key:
    """An unknown or absent adapter is reported at its own key, not at what it would open."""
    if detail["type"] in {"union_tag_invalid", "union_tag_not_found"}:
        return (*key, detail.get("ctx", {})["discriminator"].strip("'"))
    return key


_FIXED = {
    "missing": "is missing",
    "union_tag_not_found": "is missing: it chooses what the other keys mean",
    "int_parsing": "must be a whole number",
    "int_from_float": "must be a whole number",
    **dict.fromkeys(
        ("int_type", "float_type", "decimal_type", "float_parsing", "decimal_parsing"),
        "must be a number",
    ),
}


def _reason(detail: ErrorDetails, schema: Node) -> str:
    context, kind = detail.get("ctx", {}), detail["type"]
    if kind == "extra_forbidden":
        *outer, key = detail["loc"]
        return "unknown key" + hint(str(key), known_keys(tuple(outer), schema))
    if kind == "union_tag_invalid":
        known = re.findall(r"'([^']+)'", context["expected_tags"])
        return f"must be one of {', '.join(known)}" + hint(str(context["tag"]), known)
    if kind == "string_pattern_mismatch":
        return f"must match {context['pattern']}"
    return _FIXED.get(kind) or _plain(detail["msg"])


def _plain(message: str) -> str:
    message = message.removeprefix("Value error, ").removeprefix("Assertion failed, ")
    message = re.sub(
        r"^(Input|Value|String|List|Dictionary|Set|Tuple|Decimal input) should ", "must ", message
    )
    return re.sub(r"^must be a valid dictionary or .*", "must be a mapping of keys", message)


def hint(word: str, known: Iterable[str]) -> str:
    """`; did you mean import_limit_kw?`, where one of `known` is close to `word`."""
    close = difflib.get_close_matches(word, list(known), n=1, cutoff=0.7)
    return f"; did you mean {close[0]}?" if close else ""

"""A JSON document with its numbers as they were written."""

from __future__ import annotations

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from controller.signals.reading.json_paths import find

NOTHING: Mapping[str, str] = MappingProxyType({})


def parsed(body: bytes, expect: Mapping[str, str] = NOTHING) -> Any:
    """The document; numbers stay as they were written.

    Raises:
        ValueError: it is no JSON, or something else stands where `expect` says what has to.
    """
    try:
        document = json.loads(body, parse_float=str, parse_int=str, parse_constant=str)
    except (ValueError, RecursionError) as error:
        raise ValueError("is not JSON") from error
    for path, wanted in expect.items():
        stands = find(path, document, document)
        if stands != wanted:
            raise ValueError(f"{path} is not {wanted!r}, as expect says: check what it means")
    return document

"""The configuration's JSON Schema, for editors, and the way through it."""

from __future__ import annotations

import json
from typing import Any

from pydantic import BaseModel

from controller.config.problems import Key

Node = dict[str, Any]
DIALECT = "https://json-schema.org/draft/2020-12/schema"


def json_schema(model: type[BaseModel]) -> Node:
    """The schema of a configuration file."""
    return {"$schema": DIALECT, **model.model_json_schema(), "title": "curtaild configuration"}


def schema_text(model: type[BaseModel]) -> str:
    """As it stands in configs/curtaild.schema.json."""
    return json.dumps(json_schema(model), indent=2, ensure_ascii=False) + "\n"


def resolved(node: Node, schema: Node) -> Node:
    """`node` without the reference or the "or null" around it."""
    while True:
        if "$ref" in node:
            beside = {key: value for key, value in node.items() if key != "$ref"}
            node = {**schema["$defs"][node["$ref"].rsplit("/", 1)[-1]], **beside}
        elif "anyOf" in node and (inner := _or_null(node)):
            beside = {key: value for key, value in node.items() if key != "anyOf"}
            node = {**inner, **beside}
        else:
            return node


def _or_null(node: Node) -> Node | None:
    inner = [option for option in node["anyOf"] if option.get("type") != "null"]
    return inner[0] if len(inner) == 1 else None


def known_keys(loc: Key, schema: Node) -> list[str]:
    """The keys that may stand in the mapping at `loc`, a location as pydantic gives it."""
    node = resolved(schema, schema)
    for part in loc:
        node = resolved(_below(node, part), schema)
    return list(node.get("properties", {}))


def _below(node: Node, part: str | int) -> Node:
    if "discriminator" in node:
        reference = node["discriminator"]["mapping"].get(part)
        return {"$ref": reference} if reference else {}
    if isinstance(part, int):
        return _node(node.get("items"))
    patterns = iter(node.get("patternProperties", {}).values())
    return _node(node.get("properties", {}).get(part) or next(patterns, None))


def _node(found: Any) -> Node:
    return found if isinstance(found, dict) else {}

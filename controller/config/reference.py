"""Every key of the configuration as Markdown, from its schema: part of docs/configuration.md."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel

from controller.config.schema import Node, json_schema, resolved

_NOUNS = {
    "integer": "whole number",
    "string": "text",
    "boolean": "`true`, `false`",
    "object": "mapping",
}
_BOUNDS = {
    "minimum": "≥ {}",
    "exclusiveMinimum": "> {}",
    "maximum": "≤ {}",
    "exclusiveMaximum": "< {}",
    "pattern": "`{}`",
}


def reference(model: type[BaseModel]) -> str:
    """A table of keys for each section of the file."""
    schema = json_schema(model)
    required = schema.get("required", [])
    lines = [*_table("", schema, schema)]
    for name, node in schema["properties"].items():
        inner = resolved(node, schema)
        if _children(inner):
            needed = "" if name in required else " (may be left out)"
            lines += [f"### `{name}`{needed}", "", *_prose(inner), *_part(name, inner, schema)]
    return "\n".join(lines).rstrip() + "\n"


def _prose(node: Node) -> list[str]:
    text = " ".join(str(node.get("description", "")).split())
    return [text, ""] if text else []


def _part(path: str, node: Node, schema: Node) -> Iterator[str]:
    """The table of a mapping, and after it those of the mappings inside."""
    if "discriminator" in node:
        tag = node["discriminator"]["propertyName"]
        for name, reference_ in node["discriminator"]["mapping"].items():
            option = resolved({"$ref": reference_}, schema)
            yield from (f"`{path}` with `{tag}: {name}`", "", *_prose(option))
            yield from _part(path, option, schema)
    elif inner := _named(node, schema):
        yield from _part(f"{path}.NAME", inner, schema)
    else:
        yield from _table(f"{path}.", node, schema)
        yield from _inner_parts(path, node, schema)


def _inner_parts(path: str, node: Node, schema: Node) -> Iterator[str]:
    for name, child in node.get("properties", {}).items():
        inner = resolved(child, schema)
        if inner.get("type") == "array":
            yield from _inner_part(f"{path}.{name}[]", resolved(inner["items"], schema), schema)
        else:
            yield from _inner_part(f"{path}.{name}", inner, schema)


def _inner_part(path: str, node: Node, schema: Node) -> Iterator[str]:
    if _children(node):
        if "discriminator" not in node:
            yield from (f"`{path}`", "")
        yield from _part(path, node, schema)


def _children(node: Node) -> bool:
    """Whether it is a mapping of keys or of names, and not a plain value."""
    named = _values(node)
    return (
        "properties" in node
        or "discriminator" in node
        or bool(named and not {"type", "anyOf"} & named.keys())
    )


def _values(node: Node) -> Node:
    """What stands at each name, where the keys are names."""
    found = next(iter(node.get("patternProperties", {}).values()), None)
    found = found or node.get("additionalProperties")
    return found if isinstance(found, dict) else {}


def _named(node: Node, schema: Node) -> Node | None:
    found = _values(node)
    return resolved(found, schema) if found else None


def _table(prefix: str, node: Node, schema: Node) -> Iterator[str]:
    """The rows of the keys that hold values; mappings follow in tables of their own."""
    required = node.get("required", [])
    rows = []
    for name, child in node.get("properties", {}).items():
        inner = resolved(child, schema)
        if not _children(inner):
            default = "required" if name in required else _default(inner.get("default"))
            text = " ".join(str(inner.get("description", "")).split())
            rows.append(f"| `{prefix}{name}` | {_kind(inner, schema)} | {default} | {text} |")
    if rows:
        yield from ("| key | value | default | meaning |", "| --- | --- | --- | --- |")
        yield from rows
        yield ""


def _default(value: Any) -> str:
    if value in (None, "", [], {}):
        return ""
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def _kind(node: Node, schema: Node) -> str:
    if "const" in node:
        return f"`{node['const']}`"
    if "enum" in node:
        return ", ".join(f"`{each}`" for each in node["enum"])
    if "anyOf" in node:
        return _kind(resolved(node["anyOf"][0], schema), schema)
    if node.get("type") == "array":
        return f"list of {_kind(resolved(node.get('items', {}), schema), schema)}"
    if named := _values(node):
        keys = " or ".join(node.get("propertyNames", {}).get("enum", ["NAME"]))
        return f"{keys}: {_kind(resolved(named, schema), schema)}"
    bounds = [form.format(_bound(node[key])) for key, form in _BOUNDS.items() if key in node]
    return ", ".join([_noun(node), *bounds])


def _bound(value: Any) -> str:
    if isinstance(value, str):
        return value
    return f"{value:,.0f}" if value == int(value) else f"{value:g}"


def _noun(node: Node) -> str:
    if "format" in node:
        return {"date-time": "time with zone"}.get(node["format"], str(node["format"]))
    return _NOUNS.get(str(node.get("type")), str(node.get("type", "any")))

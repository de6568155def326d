"""A YAML document with the line of every key, and no key twice."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from controller.config.problems import (
    ConfigurationError,
    Key,
    Place,
    Problem,
    dotted,
    whole_file,
)
from controller.config.yaml12 import Loader

MERGE = "tag:yaml.org,2002:merge"


@dataclass
class Document:
    """What a file says, and on which line it says it. `problems` are those of its form."""

    path: Path
    data: dict[str, Any] = field(default_factory=dict)
    lines: dict[Key, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def place(self, key: Key) -> Place:
        """The line of `key`, or of the nearest thing around it that the file holds."""
        for end in range(len(key), -1, -1):
            if key[:end] in self.lines:
                return Place(file=str(self.path), line=self.lines[key[:end]])
        return Place(file=str(self.path), line=1)

    def refuse(self, key: Key, line: int, reason: str) -> None:
        place = Place(file=str(self.path), line=line)
        self.problems.append(Problem(place, dotted(key), reason))


def read_document(path: Path) -> Document:
    """The document in the file at `path`.

    Raises:
        ConfigurationError: there is no such file, or it is not YAML, or holds no mapping.
    """
    text = _read_text(path)
    try:
        loader = Loader(text)
        root = loader.get_single_node()
    except yaml.YAMLError as error:
        raise _not_yaml(path, error) from error
    document = Document(path)
    if not isinstance(root, yaml.MappingNode):
        raise whole_file(path, "must be a mapping of keys, such as `site:` and `groups:`")
    try:
        document.data = _Walk(document, loader).value(root, ())
    except yaml.YAMLError as error:
        raise _not_yaml(path, error) from error
    return document


def _read_text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise whole_file(path, "no such file: name one with --config FILE") from error
    except (OSError, UnicodeDecodeError) as error:
        raise whole_file(path, f"cannot be read: {error}") from error


def _not_yaml(path: Path, error: yaml.YAMLError) -> ConfigurationError:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    what = getattr(error, "problem", None) or getattr(error, "reason", None) or "cannot be parsed"
    line = mark.line + 1 if mark else 0
    return ConfigurationError([Problem(Place(file=str(path), line=line), "", f"not YAML: {what}")])


class _Walk:
    """From nodes to values, noting lines on the way."""

    def __init__(self, document: Document, loader: Loader) -> None:
        self._document = document
        self._loader = loader
        self._open: list[yaml.Node] = []

    def value(self, node: yaml.Node, key: Key) -> Any:
        line = node.start_mark.line + 1
        self._document.lines.setdefault(key, line)
        if any(node is outer for outer in self._open):
            self._document.refuse(key, line, "an alias may not contain itself")
            return None
        self._open.append(node)
        try:
            return self._inner(node, key)
        finally:
            self._open.pop()

    def _inner(self, node: yaml.Node, key: Key) -> Any:
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, key)
        if isinstance(node, yaml.SequenceNode):
            return [self.value(item, (*key, index)) for index, item in enumerate(node.value)]
        return self._loader.construct_object(node)

    def _mapping(self, node: yaml.MappingNode, key: Key) -> dict[str, Any]:
        """Of the mapping's own keys none may stand twice; merged ones (`<<`) give way to them."""
        own = [pair for pair in node.value if pair[0].tag != MERGE]
        self._refuse_repeated(own, key)
        self._loader.flatten_mapping(node)
        inner: dict[str, Any] = {}
        for name_node, value_node in node.value:
            name = str(getattr(name_node, "value", "?"))
            self._document.lines[(*key, name)] = name_node.start_mark.line + 1
            inner[name] = self.value(value_node, (*key, name))
        return inner

    def _refuse_repeated(self, pairs: list[tuple[yaml.Node, yaml.Node]], key: Key) -> None:
        seen: dict[str, int] = {}
        for name_node, _ in pairs:
            name, line = str(name_node.value), name_node.start_mark.line + 1
            if name in seen:
                self._document.refuse((*key, name), line, f"stands on line {seen[name]} already")
            seen.setdefault(name, line)

"""Paths in a configuration: relative to its file, or in the folder systemd gives for secrets."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel

from controller.config.problems import Key

CREDENTIALS = "CREDENTIALS_DIRECTORY"
"""Set by systemd for a unit with LoadCredential= (systemd.exec(5))."""

M = TypeVar("M", bound=BaseModel)


def anchored(settings: M, folder: Path, environ: Mapping[str, str]) -> M:
    """`settings` with every path in it absolute."""

    def absolute(path: Path) -> Path:
        text = str(path)
        if CREDENTIALS in environ:
            text = text.replace("${" + CREDENTIALS + "}", environ[CREDENTIALS])
        return (folder / Path(text).expanduser()).resolve()

    return _each_path(settings, absolute)


def named_only(settings: M) -> M:
    """`settings` with every path in it cut down to the name of the file."""
    return _each_path(settings, lambda path: Path(path.name))


def _each_path(settings: M, change: Callable[[Path], Path]) -> M:
    changed: M = _mapped(settings, change)
    return changed


def _mapped(value: Any, change: Callable[[Path], Path]) -> Any:
    if isinstance(value, Path):
        return change(value)
    if isinstance(value, BaseModel):
        inner = {name: _mapped(getattr(value, name), change) for name in value.model_fields_set}
        return value.model_copy(update=inner)
    if isinstance(value, dict):
        return {name: _mapped(inner, change) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(_mapped(inner, change) for inner in value)
    return value


def paths_in(value: Any, key: Key = ()) -> Iterator[tuple[Key, Path]]:
    """Every path that was given, with its key."""
    if isinstance(value, Path):
        yield key, value
    elif isinstance(value, BaseModel):
        for name in value.model_fields_set:
            yield from paths_in(getattr(value, name), (*key, name))
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield from paths_in(inner, (*key, name))
    elif isinstance(value, list | tuple):
        for index, inner in enumerate(value):
            yield from paths_in(inner, (*key, index))

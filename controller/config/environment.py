"""The environment over the file: `CURTAILD_HTTP__PORT=9000` is `http.port`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, EnvSettingsSource

from controller.config.explain import hint
from controller.config.problems import Key, Place, Problem

PREFIX = "CURTAILD_"
NESTING = "__"


class Overlay(EnvSettingsSource):
    """What the environment says, shaped like the file.

    A value that ought to be JSON and is not stays a string: the model then says what it wants.
    """

    def __init__(self, model: type[BaseSettings], environ: Mapping[str, str]) -> None:
        self._environ = environ
        super().__init__(
            model, case_sensitive=False, env_prefix=PREFIX, env_nested_delimiter=NESTING
        )

    def _load_env_vars(self) -> Mapping[str, str | None]:
        return {name.lower(): value for name, value in self._environ.items()}

    def decode_complex_value(self, field_name: str, field: FieldInfo, value: Any) -> Any:
        try:
            return super().decode_complex_value(field_name, field, value)
        except ValueError:
            return value


def overlaid(data: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """`data` with `over` laid on it, key by key.

    A name in the environment holds no dash and no capital: `HALL_A` finds the file's `hall-a`.
    """
    merged = dict(data)
    for name, value in over.items():
        key = _known_as(name, data)
        below = merged.get(key)
        if isinstance(value, Mapping) and isinstance(below, Mapping):
            merged[key] = overlaid(below, value)
        else:
            merged[key] = value
    return merged


def _known_as(name: str, data: Mapping[str, Any]) -> str:
    if name in data:
        return name
    return next((key for key in data if _spelt(key) == name), name)


def _spelt(part: str | int) -> str:
    return str(part).lower().replace("-", "_")


def variable_of(key: Key, environ: Mapping[str, str]) -> str:
    """The variable that gave the value at `key`, or gave JSON around it; empty if none did."""
    names = {name.upper(): name for name in environ}
    for end in range(len(key), 0, -1):
        wanted = PREFIX + NESTING.join(_spelt(part) for part in key[:end]).upper()
        if wanted in names:
            return names[wanted]
    return ""


def strangers(model: type[BaseSettings], environ: Mapping[str, str]) -> list[Problem]:
    """The variables that begin like ours and name no section: refused, as in the file."""
    sections = {_spelt(name) for name in model.model_fields}
    problems = []
    for name in environ:
        if name.upper().startswith(PREFIX):
            section = _spelt(name[len(PREFIX) :]).split(NESTING, maxsplit=1)[0]
            if section not in sections:
                reason = "unknown key" + hint(section, sections)
                problems.append(Problem(Place(variable=name), section, reason))
    return problems

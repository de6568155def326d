"""From a file and the environment to settings, or to everything that is wrong with them."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError, create_model
from pydantic_settings import BaseSettings

from controller.config.address_files import with_address_files
from controller.config.checks import CHECKS
from controller.config.compose import Settings
from controller.config.document import Document, read_document
from controller.config.environment import Overlay, overlaid, strangers, variable_of
from controller.config.explain import explained
from controller.config.paths import anchored
from controller.config.problems import ConfigurationError, Key, Place, Problem, dotted
from controller.config.schema import json_schema


def load(path: Path, model: type[Settings], environ: Mapping[str, str] | None = None) -> Settings:
    """The settings in the file at `path`, with the environment over it.

    Raises:
        ConfigurationError: with the place, key and reason of every error there is.
    """
    environ = os.environ if environ is None else environ
    source = _Source(read_document(path), model, environ)
    settings, faults = _validated(source.data, model)
    bad = {str(key[0]) for key, _ in faults if key}
    settings = anchored(settings, path.parent, environ)
    if "groups" not in bad:
        settings, unusable = with_address_files(settings)
        faults.extend(unusable)
        bad |= {"groups"} if unusable else set()
    for check in CHECKS:
        if not check.needs & bad:
            faults.extend(check.run(settings))
    problems = [*source.problems, *source.placed(faults)]
    if problems:
        raise ConfigurationError(problems)
    return settings


class _Source:
    """Where each value came from."""

    def __init__(
        self, document: Document, model: type[Settings], environ: Mapping[str, str]
    ) -> None:
        self._document = document
        self._environ = environ
        shell = _environment_model(model)
        self.data = overlaid(document.data, Overlay(shell, environ)())
        self.problems = [*document.problems, *strangers(shell, environ)]

    def placed(self, faults: Iterable[tuple[Key, str]]) -> Iterable[Problem]:
        for key, reason in faults:
            yield Problem(self.place(key), dotted(key), reason)

    def place(self, key: Key) -> Place:
        variable = variable_of(key, self._environ)
        return Place(variable=variable) if variable else self._document.place(key)


def _environment_model(model: type[Settings]) -> type[BaseSettings]:
    """The same fields as a model that pydantic-settings reads variables for."""
    fields: dict[str, Any] = {n: (f.annotation, f) for n, f in model.model_fields.items()}
    return create_model("Environment", __base__=BaseSettings, **fields)


def _validated(
    data: Mapping[str, Any], model: type[Settings]
) -> tuple[Settings, list[tuple[Key, str]]]:
    """Settings and faults. Where a section has a fault, the settings hold None in its place."""
    try:
        return model.model_validate(data), []
    except ValidationError as error:
        faults = list(explained(error, data, json_schema(model)))
    bad = {str(key[0]) for key, _ in faults if key}
    return _without(model, bad).model_validate(
        {name: value for name, value in data.items() if name not in bad}
    ), faults


def _without(model: type[Settings], bad: Iterable[str]) -> type[Settings]:
    blanks: dict[str, Any] = {name: (Any, None) for name in bad if name in model.model_fields}
    rest: type[Settings] = create_model("Partial", __base__=model, **blanks)
    return rest

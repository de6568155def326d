"""A configuration without fault, to be spoilt one place at a time."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from controller.config.compose import Settings
from controller.config.load import load
from controller.config.problems import ConfigurationError
from controller.wiring import SETTINGS
from tests.config.sound import provide, spoilt

Spoil = Callable[..., Path]
Complaints = Callable[..., list[str]]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Holds the files that the configuration names."""
    return provide(tmp_path)


@pytest.fixture
def spoil(folder: Path) -> Spoil:
    """Writes the sound file with each `old` replaced by `new`."""
    return partial(spoilt, folder)


@pytest.fixture
def complaints(spoil: Spoil) -> Complaints:
    """What is said of a spoilt file, its folder left out: `site.yaml:5: key: reason`."""

    def say(*changes: str, environ: dict[str, str] | None = None) -> list[str]:
        path = spoil(*changes)
        with pytest.raises(ConfigurationError) as caught:
            load(path, SETTINGS, environ or {})
        return [str(problem).replace(f"{path.parent}/", "") for problem in caught.value.problems]

    return say


@pytest.fixture
def settings(spoil: Spoil) -> Settings:
    return load(spoil(), SETTINGS, {})

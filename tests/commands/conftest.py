"""The command line as a process of its own, in the folder of a sound configuration."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from controller.__main__ import main
from tests.config.sound import provide, spoilt

ROOT = Path(__file__).parents[2]
Cli = Callable[..., subprocess.CompletedProcess[str]]


def environment(**more: str) -> dict[str, str]:
    """Ours, with the package on the path and without settings of whoever runs the tests."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("CURTAILD_")}
    return {**own, "PYTHONPATH": str(ROOT), **more}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Holds `site.yaml` and the files that it names."""
    spoilt(provide(tmp_path))
    return tmp_path


@pytest.fixture
def cli(folder: Path) -> Cli:
    """`cli("check", "--config", "site.yaml", VARIABLE="value")`."""

    def call(*args: str, **more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "controller", *args],
            cwd=folder,
            env=environment(**more),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    return call


@dataclass(frozen=True)
class Said:
    code: int
    out: str
    error: str


Told = Callable[..., Said]


@pytest.fixture
def told(folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Told:
    """The command line in this process, in the folder of the configuration."""
    monkeypatch.chdir(folder)

    def call(*args: str) -> Said:
        code = main(args)
        return Said(code, *capsys.readouterr())

    return call

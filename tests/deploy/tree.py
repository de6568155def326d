"""A tree with a real systemd in which curtaild is installed as docs/installing.md says."""

from __future__ import annotations

import shutil
import sys
import tomllib
from hashlib import sha256
from pathlib import Path

from tests.deploy.layers import Layers, finished, kept
from tests.e2e.processes import ROOT

SUITE = "bookworm"
PACKAGES = "systemd,systemd-sysv,dbus,python3,python3-venv,ca-certificates,iproute2,procps"
PYTHON = (3, 11)
"""The one in the suite."""
WHEELS = "/srv/wheels"
NEEDED = ("debootstrap", "systemd-nspawn", "setpriv", "unshare", "nsenter")
SOURCES = ("controller", "pyproject.toml", "README.md", "LICENSE")


def bare() -> Path:
    """Debian with systemd; made once, in about a minute."""

    def make(folder: Path) -> None:
        finished(
            ["debootstrap", "--variant=minbase", f"--include={PACKAGES}", SUITE, str(folder)],
        )

    return kept(f"{SUITE}-{_digest(PACKAGES)}", make)


def installed(folder: Path) -> Layers:
    """That, and curtaild in /opt/curtaild, from its wheel, with dependencies from a folder."""
    layers = Layers(folder, [bare()])
    wheels = layers.upper / WHEELS.lstrip("/")
    shutil.copytree(dependencies(), wheels)
    _pip_wheel(wheels, "--no-deps", str(sources(folder / "sources")))
    layers.do("python3", "-m", "venv", "/opt/curtaild")
    pip = "/opt/curtaild/bin/pip"
    layers.do(pip, "install", "--quiet", "--no-index", "--find-links", WHEELS, "curtaild")
    return layers


def dependencies() -> Path:
    """The wheels of everything that curtaild needs to be built and to run; fetched once."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    constraints = ROOT / "constraints.txt"
    needed = sorted([*project["project"]["dependencies"], *project["build-system"]["requires"]])

    def make(folder: Path) -> None:
        _pip_wheel(folder, "--constraint", str(constraints), *needed)

    return kept(f"wheels-{_digest(*needed, constraints.read_text())}", make)


def sources(folder: Path, *more: str) -> Path:
    """A copy of what a wheel is made of: building leaves its traces beside the sources."""
    folder.mkdir(parents=True)
    for name in (*SOURCES, *more):
        path = ROOT / name
        if path.is_dir():
            shutil.copytree(path, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(path, folder / name)
    return folder


def _pip_wheel(folder: Path, *what: str) -> None:
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--wheel-dir", str(folder), *what]
    finished(command, cwd=ROOT)


def _digest(*parts: str) -> str:
    return sha256("\n".join(parts).encode()).hexdigest()[:12]

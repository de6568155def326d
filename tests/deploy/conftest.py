from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.deploy import tree
from tests.deploy.layers import Layers
from tests.deploy.machine import Machine
from tests.deploy.station import Station
from tests.e2e.conftest import sites_in
from tests.e2e.site import Site

NewMachine = Callable[..., Machine]


@pytest.fixture(scope="session")
def bare() -> list[Path]:
    """The one layer of a tree with a systemd and without curtaild."""
    for program in tree.NEEDED:
        if shutil.which(program) is None:
            pytest.skip(f"{program} is not installed")
    if os.geteuid() != 0:
        pytest.skip("booting a tree needs root")
    if sys.version_info[:2] != tree.PYTHON:
        pytest.skip("Python 3.11, the tree's own, is not installed here to make wheels with")
    return [tree.bare()]


@pytest.fixture(scope="session")
def with_curtaild(bare: list[Path], tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """The layers of a tree in which curtaild is installed and nothing else was done."""
    layers = tree.installed(tmp_path_factory.mktemp("tree"))
    return [layers.upper, *layers.lower]


@pytest.fixture
def new_machine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[NewMachine]:
    machines: list[Machine] = []

    def make(*, lower: str = "with_curtaild", alone: bool = False) -> Machine:
        layers = Layers(tmp_path / f"machine-{len(machines)}", request.getfixturevalue(lower))
        machines.append(Machine(layers, alone=alone))
        return machines[-1]

    try:
        yield make
    finally:
        for machine in machines:
            sys.stderr.write(machine.logs())
            machine.cut_power()


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """Twelve miners in two groups on cheap power, a site minute in a second."""
    with sites_in(tmp_path) as make:
        yield make(groups={"hall-a": 8, "hall-b": 4})


@pytest.fixture
def station(site: Site, new_machine: NewMachine) -> Station:
    return Station(site, new_machine())

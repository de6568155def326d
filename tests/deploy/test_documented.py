"""docs/installing.md, typed as it stands into a machine without curtaild."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.deploy import tree
from tests.deploy.conftest import NewMachine
from tests.deploy.layers import finished
from tests.deploy.machine import Machine
from tests.deploy.station import CONFIG, CREDENTIALS, as_service
from tests.e2e.processes import ROOT
from tests.e2e.site import Site
from tests.e2e.waiting import until
from tests.e2e.web import Answer, ask

CHECKOUT = "/usr/local/src/curtaild"
PAGE = (ROOT / "docs" / "installing.md").read_text()
OFFLINE = ("PIP_NO_INDEX=1", f"PIP_FIND_LINKS={tree.WHEELS}", "PIP_ROOT_USER_ACTION=ignore")


def typed(heading: str) -> Iterator[str]:
    """What somebody types, in order, under a heading."""
    section = PAGE.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    yield from re.findall(r"^```sh\n(.*?)^```", section, re.MULTILINE | re.DOTALL)


def with_sources(machine: Machine) -> Machine:
    """As somebody has it who has fetched the sources, and the packages that they name."""
    upper = machine.layers.upper
    tree.sources(upper / CHECKOUT.lstrip("/"), "constraints.txt", "deploy")
    shutil.copytree(tree.dependencies(), upper / tree.WHEELS.lstrip("/"))
    return machine


def type_in(machine: Machine, block: str) -> str:
    return machine.do("env", f"--chdir={CHECKOUT}", *OFFLINE, "sh", "-ec", block, within_s=120)


def dispatch(site: Site, machine: Machine, name: str, kw: float) -> Answer:
    token = machine.do("cat", f"{CREDENTIALS}/grid-operator").strip()
    return ask(f"{site.url}/api/v1/dispatches", site.dispatch(name, kw), token=token)


@pytest.mark.long
@pytest.mark.timeout(600)
def test_as_a_service(site: Site, new_machine: NewMachine) -> None:
    machine = with_sources(new_machine(lower="bare"))
    machine.boot()
    site.farm()
    install, secrets, check, shadow, books, control, upgrade = typed("As a service")
    type_in(machine, install)
    type_in(machine, secrets)
    machine.file(CONFIG, json.dumps(as_service(site.plain)))
    machine.file("/etc/curtaild/prices.csv", (site.folder / "prices.csv").read_text())
    type_in(machine, check)
    assert "kW" in type_in(machine, shadow)
    assert site.state()["shadow"]
    assert dispatch(site, machine, "in-shadow", 0.6).json["received"]
    until(lambda: site.state()["shadow_commands"] > 0, "what it would have done")
    assert "in-shadow" in type_in(machine, books)
    assert site.true_kw() > 20
    type_in(machine, control)
    assert not site.state()["shadow"]
    assert dispatch(site, machine, "in-earnest", 0.6).json["received"]
    until(lambda: site.true_kw() <= 0.6, "the curtailment")
    type_in(machine, upgrade)
    assert [one["id"] for one in site.state()["dispatches"] if one["in_force"]] == ["in-earnest"]
    assert site.true_kw() <= 0.6


def test_the_first_hour_up_to_the_check(tmp_path: Path) -> None:
    ours = f"{shlex.quote(sys.executable)} -m controller"
    example, prices, check = typed("The first hour")
    asked = f"{ours} feeds test price --config ~/site/site.yaml"
    for block in (example.replace("make setup\n", ""), prices, check, asked):
        command = block.replace(".venv/bin/curtaild", ours)
        said = finished(["sh", "-ec", command], env={**os.environ, "HOME": str(tmp_path)}, cwd=ROOT)
    assert "45" in said

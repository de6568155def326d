"""A site whose controller is a service of a machine; its miners live outside, and live on."""

from __future__ import annotations

import json
from collections.abc import Sequence
from copy import deepcopy
from typing import Any

from tests.deploy.machine import Machine
from tests.e2e.configuration import TOKEN
from tests.e2e.processes import ROOT
from tests.e2e.site import Site

CONFIG = "/etc/curtaild/site.yaml"
CREDENTIALS = "/etc/curtaild/credentials"
PROGRAM = "/opt/curtaild/bin/curtaild"
UNIT = ROOT / "deploy" / "curtaild.service"
OPERATORS_TOKEN = "a-token-of-the-control-room-0123456789"


class Station:
    """Installs the unit and the secrets of `site` on `machine`, before its first boot."""

    def __init__(self, site: Site, machine: Machine) -> None:
        self.site = site
        self.machine = machine
        self.plain = as_service(site.plain)
        machine.file("/etc/systemd/system/curtaild.service", UNIT.read_text())
        machine.file(f"{CREDENTIALS}/grid-operator", TOKEN, 0o600)
        machine.file(f"{CREDENTIALS}/control-room", OPERATORS_TOKEN, 0o600)
        (machine.layers.upper / CREDENTIALS.lstrip("/")).chmod(0o700)

    def drop_in(self, *lines: str) -> None:
        """Lines that go over those of the unit."""
        text = "\n".join(["[Service]", *lines, ""])
        self.machine.file("/etc/systemd/system/curtaild.service.d/test.conf", text)

    def begin(self) -> None:
        """Start the farm, boot, and start the service for now and for every boot."""
        self.site.farm()
        self.plain["clock"] = self.site.plain["clock"]
        self.configure()
        prices = (self.site.folder / "prices.csv").read_text()
        self.machine.file("/etc/curtaild/prices.csv", prices)
        self.machine.boot()
        self.machine.do("systemctl", "enable", "--now", "curtaild")

    def configure(self) -> None:
        """Write the configuration as `plain` has it now."""
        self.machine.file(CONFIG, json.dumps(self.plain))

    def curtaild(self, *command: str) -> str:
        """What a command of curtaild prints that root runs beside the service and that succeeds."""
        secrets = f"CREDENTIALS_DIRECTORY={CREDENTIALS}"
        return self.machine.do("env", secrets, PROGRAM, *command, "--config", CONFIG)

    def in_force(self) -> Sequence[str]:
        return [one["id"] for one in self.site.state()["dispatches"] if one["in_force"]]


def as_service(plain: Any) -> Any:
    """The configuration with the paths of a service."""
    changed = deepcopy(plain)
    changed["state_dir"] = "/var/lib/curtaild"
    changed["feeds"]["price"]["path"] = "/etc/curtaild/prices.csv"
    changed["http"]["tokens"] = {
        name: f"${{CREDENTIALS_DIRECTORY}}/{name}" for name in ("grid-operator", "control-room")
    }
    changed["http"]["operators"] = ["control-room"]
    return changed

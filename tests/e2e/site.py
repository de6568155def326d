"""A site of a test's own: farm and daemon as processes, and the ways to look at them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.e2e.configuration import CHEAP, EPOCH, TOKEN, Block, configuration, write
from tests.e2e.processes import Processes
from tests.e2e.waiting import until
from tests.e2e.web import Answer, ask

Process = subprocess.Popen[bytes]


class Site:
    """Starts and looks. `plain` is its configuration, to be changed before the first start."""

    def __init__(
        self, folder: Path, *, groups: Mapping[str, int] | None = None, rate: float = 60
    ) -> None:
        self.folder = folder
        self.block = Block.free()
        self.rate = rate
        self.groups = dict(groups or {"hall-a": 12, "hall-b": 8})
        self.plain = configuration(folder, self.block, self.groups, rate)
        self.prices: Sequence[str] = [CHEAP] * 400
        self.processes = Processes(folder)
        self.path = folder / "site.yaml"
        self.url = f"http://{self.block.host}:{self.block.http}"
        self.control = f"http://{self.block.host}:{self.block.control}"

    def write(self) -> Path:
        """Write the configuration; site time begins now."""
        self.plain["clock"]["anchor"] = datetime.now(UTC).isoformat()
        return write(self.folder, self.plain, self.prices)

    def farm(self) -> Process:
        """Start the farm; returns when it can be asked."""
        self.write()
        farm = self.processes.curtaild("simulate", "--config", self.path)
        until(lambda: farm.poll() is not None or self._answers(self.control), "the farm")
        assert farm.poll() is None, self.processes.log("simulate")
        return farm

    def daemon(self, *flags: str, **how: Any) -> Process:
        """Start the daemon; returns when it has heard every miner."""
        daemon = self.processes.curtaild("run", "--config", self.path, *flags, **how)
        until(lambda: daemon.poll() is not None or self.ready(), "the daemon")
        assert daemon.poll() is None, self.processes.log("run")
        return daemon

    def command(self, *args: str) -> tuple[int, str, str]:
        """Exit code, output and errors of a command that ends by itself."""
        name = "-".join(["command", *args[:2]]).replace("/", "_")
        started = self.processes.curtaild(*args, "--config", self.path, name=name)
        code = started.wait(60)
        return code, self.processes.log(name), ""

    def ready(self) -> bool:
        return self._answers(self.url + "/readyz")

    def _answers(self, url: str) -> bool:
        try:
            return ask(url).status == 200 if url.endswith("/readyz") else bool(ask(url + "/power"))
        except OSError:
            return False

    def state(self) -> Any:
        return self.get("/api/v1/state").json

    def get(self, path: str) -> Answer:
        return ask(self.url + path)

    def truth(self) -> Any:
        """True power, as the simulator knows it."""
        return ask(self.control + "/power").json

    def true_kw(self) -> float:
        return float(self.truth()["site_w"]) / 1000

    def fault(self, target: str, kind: str, **more: Any) -> None:
        answer = ask(self.control + "/faults", {"target": target, "kind": kind, **more})
        assert answer.status == 200, answer.text

    def miners(self) -> list[str]:
        return [self.block.miner(number + 1) for number in range(sum(self.groups.values()))]

    def now(self) -> datetime:
        """Site time."""
        anchor = datetime.fromisoformat(self.plain["clock"]["anchor"])
        return EPOCH + (datetime.now(UTC) - anchor) * self.rate

    def dispatch(self, name: str, kw: float, *, lasts_s: float | None = 3600, **more: Any) -> Any:
        """The body of a dispatch `reduce to` so many kW from now on, of site seconds."""
        now = self.now()
        body = {
            "id": name,
            "version": 1,
            "program": "ers",
            "issued_at": now.isoformat(),
            "target": {"kind": "reduce_to_kw", "kw": kw},
        }
        if lasts_s is not None:
            body["end"] = (now + timedelta(seconds=lasts_s)).isoformat()
        return body | more

    def send(self, body: object) -> Answer:
        return ask(self.url + "/api/v1/dispatches", body, token=TOKEN)

    def export(self, part: str) -> list[dict[str, Any]]:
        """A part of the ledger, line by line."""
        code, out, _ = self.command("ledger", "export", part, "--json")
        assert code == 0, out
        return [json.loads(line) for line in out.splitlines()]

    def signal_group(self, process: Process, number: signal.Signals) -> None:
        """As a terminal does on Ctrl-C: to the whole process group."""
        os.killpg(process.pid, number)

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

from tests.e2e.configuration import CHEAP, EPOCH, TOKEN, Block, Row, configuration, write
from tests.e2e.processes import Processes
from tests.e2e.waiting import until
from tests.e2e.web import Answer, answers, ask

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
        self.prices: Sequence[Row] = [(minute, CHEAP) for minute in range(0, 6000, 15)]
        self.processes = Processes(folder)
        self.path = folder / "site.yaml"
        self.url = f"http://{self.block.host}:{self.block.http}"
        self.control = f"http://{self.block.host}:{self.block.control}"

    def write(self) -> None:
        """Write the configuration; site time begins now."""
        self.plain["clock"]["anchor"] = datetime.now(UTC).isoformat()
        self.rewrite()

    def rewrite(self) -> None:
        """Write the configuration again; site time goes on."""
        write(self.path, self.plain, self.prices)

    def price_every(self, minutes: int, *prices: str) -> None:
        """These prices from the epoch on, the last one for hours; books of the same intervals."""
        self.plain["feeds"]["price"]["interval_minutes"] = minutes
        self.plain["interval_minutes"] = minutes
        lasting = [*prices, *[prices[-1]] * 100]
        self.prices = [(minutes * place, price) for place, price in enumerate(lasting)]

    def farm(self) -> Process:
        """Start the farm; returns when it can be asked. Site time begins now."""
        self.write()
        farm = self.processes.curtaild("simulate", "--config", self.path)
        until(lambda: farm.poll() is not None or answers(self.control + "/power"), "the farm")
        assert farm.poll() is None, "the farm ended"
        return farm

    def daemon(self, *flags: str, **how: Any) -> Process:
        """Start the daemon; returns when it has heard every miner."""
        daemon = self.processes.curtaild("run", "--config", self.path, *flags, **how)
        until(lambda: daemon.poll() is not None or self.ready(), "the daemon")
        assert daemon.poll() is None, "the daemon ended"
        return daemon

    def command(self, *args: str) -> tuple[int, str]:
        """Exit code, and what it said, of a command that ends by itself."""
        return self.processes.finished(*args, "--config", str(self.path))

    def ready(self) -> bool:
        """It controls the site and keeps its books."""
        return answers(self.url + "/readyz")

    def known(self) -> bool:
        """It has heard every miner, or given it time to be heard."""
        return answers(self.url + "/api/v1/state") and self.state()["mode"] != "starting"

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

    def in_flight(self) -> int:
        """Miners that were told something and have not yet shown that they did it."""
        stages = self.state()["motions"]["by_stage"]
        return int(stages["intended"] + stages["sent"])

    def assert_books_are_whole(self) -> None:
        """The ledger agrees with itself, and every plan comes out again."""
        for command in (["ledger", "verify"], ["replay"]):
            code, out = self.command(*command)
            assert code == 0, out

    def export(self, part: str) -> list[dict[str, Any]]:
        """A part of the ledger, line by line."""
        code, out = self.command("ledger", "export", part, "--json")
        assert code == 0, out
        return [json.loads(line) for line in out.splitlines()]

    def interrupt(self, process: Process) -> None:
        """As a terminal does on Ctrl-C: the whole process group is told."""
        os.killpg(process.pid, signal.SIGINT)

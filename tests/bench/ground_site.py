"""A large site for benchmarks: farm and daemon in processes of their own, in real time."""

from __future__ import annotations

import json
import secrets
import socket
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.e2e.processes import Processes
from tests.e2e.waiting import until
from tests.e2e.web import Answer, answers, ask

TOKEN = "a-token-of-the-grid-operator-0123456789"
KW_A_MINER = 3.2
STARTUP_S = 60


def _free_block() -> str:
    """The first two octets of addresses that nobody listens on."""
    while True:
        block = f"127.{130 + secrets.randbelow(110)}"
        with socket.socket() as probe:
            try:
                probe.bind((f"{block}.0.1", 8470))
            except OSError:
                continue
        return block


@dataclass(frozen=True)
class Ground:
    """A site of `miners` in groups of equal size; `more` goes over its configuration."""

    folder: Path
    processes: Processes
    block: str
    miners: int
    groups: int

    @property
    def path(self) -> Path:
        return self.folder / "site.yaml"

    @property
    def control(self) -> str:
        """Where the farm is told to be faulty."""
        return f"http://{self.block}.0.1:15000"

    @property
    def url(self) -> str:
        return f"http://{self.block}.0.1:8470"

    def addresses(self) -> list[str]:
        """Of every miner."""
        each = self.miners // self.groups
        return [f"{self.block}.{g}.{m}" for g in range(1, self.groups + 1) for m in range(each)]

    def farm(self) -> subprocess.Popen[bytes]:
        """Start the farm; returns when it listens."""
        farm = self.processes.curtaild("simulate", "--config", self.path)
        until(lambda: answers(self.control + "/miners"), "the farm", STARTUP_S)
        return farm

    def daemon(self) -> subprocess.Popen[bytes]:
        """Start the daemon; returns when it has heard every miner."""
        daemon = self.processes.curtaild("run", "--config", self.path)
        until(self._ready, "the daemon", STARTUP_S)
        return daemon

    def _ready(self) -> bool:
        return answers(self.url + "/readyz") and self.state()["mode"] == "normal"

    def state(self) -> Any:
        return ask(self.url + "/api/v1/state").json

    def late(self, seconds: float) -> None:
        """Let every miner answer so many real seconds late."""
        for address in self.addresses():
            body = {"target": address, "kind": "slow", "seconds": seconds}
            answer = ask(self.control + "/faults", body)
            assert answer.status == 200, answer.text

    def dispatch(self, kw: float) -> Answer:
        """Send a dispatch `reduce to` so many kW from now on."""
        now = datetime.now(UTC)
        body = {
            "id": "bench-1",
            "version": 1,
            "program": "ers",
            "issued_at": now.isoformat(),
            "end": (now + timedelta(hours=1)).isoformat(),
            "target": {"kind": "reduce_to_kw", "kw": kw},
        }
        return ask(self.url + "/api/v1/dispatches", body, token=TOKEN)


@contextmanager
def ground(miners: int, groups: int, **more: Any) -> Iterator[Ground]:
    """A site that is ready to be started; all its processes end with the block.

    `more` are sections of the configuration, over those that every benchmark has.
    """
    with TemporaryDirectory() as name:
        site = Ground(Path(name), Processes(Path(name)), _free_block(), miners, groups)
        try:
            _write(site, more)
            yield site
        except BaseException:
            print(site.processes.logs())  # noqa: T201 - a benchmark reports to a terminal
            raise
        finally:
            site.processes.end()


def _write(site: Ground, more: Mapping[str, Any]) -> None:
    token = site.folder / "token"
    token.write_text(TOKEN)
    token.chmod(0o600)
    start = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    hours = (start + timedelta(hours=hour) for hour in range(6))
    rows = [f"{hour.isoformat()},25.00" for hour in hours]
    (site.folder / "prices.csv").write_text("\n".join(["start,price", *rows, ""]))
    site.path.write_text(json.dumps({**_configuration(site), **more}, indent=1))


def _configuration(site: Ground) -> dict[str, Any]:
    each = site.miners // site.groups
    places = {f"hall-{g}": f"{site.block}.{g}" for g in range(1, site.groups + 1)}
    host = f"{site.block}.0.1"
    meter = {"address": host, "port": 15020}
    return {
        "site": {
            "id": "bench",
            "currency": "USD",
            "zone": "UTC",
            "import_limit_kw": site.miners * KW_A_MINER,
        },
        "groups": {
            name: {
                "miners": {
                    "driver": "luxos",
                    "addresses": [f"{place}.0-{place}.{each - 1}"],
                    "levels": ["default"],
                }
            }
            for name, place in places.items()
        },
        "programs": {"ers": {"authority": "grid", "allowed": ["reduce_to_kw"]}},
        "feeds": {
            "price": {
                "adapter": "price_file",
                "path": str(site.folder / "prices.csv"),
                "time_column": "start",
                "price_column": "price",
                "interval_minutes": 60,
            },
            "hashprice": {
                "adapter": "hashprice_fixed",
                "per_ph_day": 56.67,
                "origin": "a figure for a benchmark",
            },
            "site-meter": {
                "adapter": "meter_modbus",
                "scope": "site",
                "host": host,
                "port": meter["port"],
                "poll_s": 1,
            },
        },
        "ledger": {"adapter": "sqlite"},
        "http": {"host": host, "port": 8470, "tokens": {"grid": str(site.folder / "token")}},
        "state_dir": str(site.folder / "state"),
        "simulation": {
            "site_meter": meter,
            "control": {"address": host, "port": 15000},
            "groups": [
                {"id": name, "miners": each, "address": f"{place}.0"}
                for name, place in places.items()
            ],
            "physics": {"stop_s": 2},
        },
        "log": {"level": "info", "format": "json"},
    }

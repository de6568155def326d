"""A large site for benchmarks: farm and daemon in processes of their own, in real time."""

from __future__ import annotations

import json
import secrets
import socket
import subprocess
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.e2e.processes import Processes
from tests.e2e.waiting import until
from tests.e2e.web import Answer, answers, ask

TOKEN = "a-token-of-the-grid-operator-0123456789"
KW_A_MINER = 4
STARTUP_S = 120
HOUR = timedelta(hours=1)
LUXOS, STOCK = "luxos", "antminer"
PORTS = {LUXOS: 4028, STOCK: 80}
"""As real ones: at another port pyasic reads nothing of a stock Antminer. Port 80 needs root."""


GROUPS: dict[str, dict[str, Any]] = {LUXOS: {}, STOCK: {"stop_within_s": 60}}
"""A stock Antminer takes up to 20 s for a write and 15 s to fall, and its meter has to show it."""


@dataclass(frozen=True)
class Hall:
    """Miners of one make on addresses in a row, with settings for the farm beside."""

    make: str
    miners: int
    farm: Mapping[str, Any] = field(default_factory=dict)


def halls(make: str, miners: int, each: int, **farm: Any) -> list[Hall]:
    """As many halls as so many miners fill, `each` in one."""
    return [Hall(make, each, farm)] * (miners // each)


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
    """A site of halls, each a group with a meter of its own."""

    folder: Path
    processes: Processes
    block: str
    halls: Sequence[Hall]

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

    @property
    def miners(self) -> int:
        return sum(hall.miners for hall in self.halls)

    def addresses(self, make: str = LUXOS) -> list[str]:
        """Of every miner of a make."""
        numbered = enumerate(self.halls, 1)
        mine = [(number, hall) for number, hall in numbered if hall.make == make]
        return [
            f"{self.block}.{number}.{one}" for number, hall in mine for one in range(hall.miners)
        ]

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

    def break_(self, addresses: Iterable[str], kind: str) -> None:
        """Let these miners be faulty from now on."""
        for address in addresses:
            answer = ask(self.control + "/faults", {"target": address, "kind": kind})
            assert answer.status == 200, answer.text

    def dispatch(self, kw: float, *, lasts: timedelta = HOUR, number: int = 1) -> Answer:
        """Send a dispatch `reduce to` so many kW from now on."""
        now = datetime.now(UTC)
        body = {
            "id": f"bench-{number}",
            "version": 1,
            "program": "ers",
            "issued_at": now.isoformat(),
            "end": (now + lasts).isoformat(),
            "target": {"kind": "reduce_to_kw", "kw": kw},
        }
        return ask(self.url + "/api/v1/dispatches", body, token=TOKEN)


@contextmanager
def ground(halls: Sequence[Hall], **more: Any) -> Iterator[Ground]:
    """A site that is ready to be started; all its processes end with the block.

    `more` are sections of the configuration, or parts of them, beside those of every benchmark.
    """
    with TemporaryDirectory() as name:
        site = Ground(Path(name), Processes(Path(name)), _free_block(), halls)
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
    whole = _configuration(site)
    for section, settings in more.items():
        whole[section] = {**whole.get(section, {}), **settings}
    site.path.write_text(json.dumps(whole, indent=1))


def _configuration(site: Ground) -> dict[str, Any]:
    host = f"{site.block}.0.1"
    meters = {"site": 15020, **{_name(n): 15100 + n for n, _ in enumerate(site.halls, 1)}}
    return {
        "site": {
            "id": "bench",
            "currency": "USD",
            "zone": "UTC",
            "import_limit_kw": site.miners * KW_A_MINER,
        },
        "groups": {
            _name(n): {"miners": _miners(site, n), **GROUPS[hall.make]}
            for n, hall in enumerate(site.halls, 1)
        },
        "programs": {
            "ers": {"authority": "grid", "allowed": ["reduce_to_kw"]},
        },
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
            **{f"meter-{scope}": _meter(host, scope, port) for scope, port in meters.items()},
        },
        "ledger": {"adapter": "sqlite"},
        "http": {"host": host, "port": 8470, "tokens": {"grid": str(site.folder / "token")}},
        "state_dir": str(site.folder / "state"),
        "simulation": {
            "site_meter": {"address": host, "port": meters["site"]},
            "control": {"address": host, "port": 15000},
            "groups": [
                {
                    "id": _name(number),
                    "make": hall.make,
                    "miners": hall.miners,
                    "address": f"{site.block}.{number}.0",
                    "port": PORTS[hall.make],
                    "meter": {"address": host, "port": meters[_name(number)]},
                    **hall.farm,
                }
                for number, hall in enumerate(site.halls, 1)
            ],
            "physics": {"stop_s": 2},
        },
        "log": {"level": "info", "format": "json"},
    }


def _name(number: int) -> str:
    return f"hall-{number}"


def _meter(host: str, scope: str, port: int) -> dict[str, Any]:
    return {"adapter": "meter_modbus", "scope": scope, "host": host, "port": port, "poll_s": 1}


def _miners(site: Ground, number: int) -> dict[str, Any]:
    hall = site.halls[number - 1]
    place = f"{site.block}.{number}"
    by_make: dict[str, dict[str, Any]] = {
        LUXOS: {"levels": ["default"]},
        STOCK: {"nameplate_w": 3500, "port": PORTS[STOCK]},
    }
    return {
        "driver": hall.make,
        "addresses": [f"{place}.0-{place}.{hall.miners - 1}"],
        **by_make[hall.make],
    }

"""Configurations for tests: the demonstration's, on addresses of the test's own."""

from __future__ import annotations

import json
import secrets
import socket
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import yaml

from tests.e2e.processes import ROOT

DEMO = ROOT / "configs" / "demo.yaml"
EPOCH = datetime(2023, 9, 6, 18, 0, tzinfo=UTC)
TOKEN = "a-token-of-the-grid-operator-0123456789"
Row = tuple[int, str]
"""Minute after the epoch at which a price begins, and what is written for it."""
W_A_MINER = 2_801
"""The simulated model at its default profile."""
SIMULATED = "luxos 2025.4.8.220305-57b389c7"
"""Its firmware, as it is named where somebody vouches for it."""
CHEAP, DEAR = "25.00", "3000.00"
"""A MWh on either side of every break-even, which lie about 100."""


@dataclass(frozen=True)
class Block:
    """Addresses 127.a.b.* that nobody else uses."""

    prefix: str

    @classmethod
    def free(cls) -> Block:
        while True:
            block = cls(f"127.{128 + secrets.randbelow(64)}.{secrets.randbelow(256)}")
            with socket.socket() as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                try:
                    probe.bind((block.host, block.http))
                except OSError:
                    continue
            return block

    host = property(lambda self: f"{self.prefix}.250")
    http = 8470
    control = 15000
    meters = 15020

    def miner(self, number: int) -> str:
        """The address of a miner, counted from 1 through all groups."""
        return f"{self.prefix}.{number}"


def configuration(
    folder: Path, block: Block, groups: Mapping[str, int], rate: float
) -> dict[str, Any]:
    """The demonstration with these groups of so many miners; files are in `folder`."""
    plain: dict[str, Any] = yaml.safe_load(DEMO.read_text())
    total = sum(groups.values())
    plain["site"] |= {"import_limit_kw": total * 3, "safe_kw": total}
    plain["programs"]["ers"]["references"]["contracted"]["kw"] = round(total * 2.8, 1)
    plain["groups"], plain["simulation"] = {}, {"groups": []}
    plain["feeds"] = {"price": plain["feeds"]["price"], "hashprice": plain["feeds"]["hashprice"]}
    plain["feeds"]["price"]["path"] = str(folder / "prices.csv")
    _add_meter(plain, "site", block, 0)
    plain["simulation"]["site_meter"] = {"address": block.host, "port": block.meters}
    plain["simulation"]["control"] = {"address": block.host, "port": block.control}
    first = 1
    for number, (name, miners) in enumerate(groups.items(), 1):
        _add_group(plain, name, miners, block, first, number)
        first += miners
    plain["http"] = {
        "host": block.host,
        "port": block.http,
        "tokens": {"grid-operator": str(folder / "token")},
        "operators": ["grid-operator"],
    }
    plain["state_dir"] = str(folder / "state")
    plain["clock"] = {"epoch": EPOCH.isoformat(), "rate": rate}
    plain["log"] = {"level": "info", "format": "json"}
    return plain


def _add_group(
    plain: dict[str, Any], name: str, miners: int, block: Block, first: int, number: int
) -> None:
    start, end = block.miner(first), block.miner(first + miners - 1)
    plain["groups"][name] = {
        "limit_kw": round(miners * 3.2, 1),
        "miners": {
            "driver": "luxos",
            "addresses": [f"{start}-{end}"],
            "levels": ["265MHz", "415MHz", "default"],
        },
    }
    simulated = {"id": name, "miners": miners, "address": start}
    simulated["meter"] = {"address": block.host, "port": block.meters + number}
    plain["simulation"]["groups"].append(simulated)
    _add_meter(plain, name, block, number)


def _add_meter(plain: dict[str, Any], scope: str, block: Block, number: int) -> None:
    plain["feeds"][f"{scope}-meter"] = {
        "adapter": "meter_modbus",
        "scope": scope,
        "host": block.host,
        "port": block.meters + number,
        "poll_s": 15,
    }


def write(path: Path, plain: Mapping[str, Any], prices: Iterable[Row]) -> None:
    """The configuration's file, and beside it its token and its prices."""
    folder = path.parent
    (folder / "token").write_text(TOKEN)
    (folder / "token").chmod(0o600)
    starts = ((EPOCH + timedelta(minutes=minute), price) for minute, price in prices)
    rows = (f"{start.isoformat()},{price}" for start, price in starts)
    (folder / "prices.csv").write_text("\n".join(["interval_start_utc,HB_WEST", *rows, ""]))
    path.write_text(json.dumps(plain, indent=1))

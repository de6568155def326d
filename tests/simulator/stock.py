"""A client of simulated stock Antminers that does its own sums, and sites with such miners."""

from __future__ import annotations

import asyncio
import hashlib
import json
import re
from dataclasses import dataclass
from typing import Any

import aiohttp

from controller.simulator.antminer.miner import StockAntminer
from controller.simulator.farm import Farm
from controller.simulator.settings import SimulationSettings

from .help import HandClock, free_address, free_port, small_site, until

READ, WRITE = "get_miner_conf", "set_miner_conf"


def stock_site(**changes: Any) -> SimulationSettings:
    """Three stock Antminers and their meter where nobody else listens."""
    address = free_address()
    group = {
        "id": "shed",
        "make": "antminer",
        "miners": 3,
        "address": address,
        "port": free_port(address),
        "meter": {"address": address, "port": free_port(address)},
        **changes,
    }
    return small_site(groups=[group])


def stock_miner(farm: Farm, place: int = 0) -> StockAntminer:
    miner = list(farm.miners.values())[place].miner
    assert isinstance(miner, StockAntminer)
    return miner


@dataclass
class Answer:
    """What came back."""

    status: int
    text: str
    headers: Any

    @property
    def json(self) -> Any:
        return json.loads(self.text)


def md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


@dataclass
class StockClient:
    """Signs each request as RFC 7616 says; a test may spoil any part of the signature."""

    address: str
    port: int
    password: str = "root"

    async def send(
        self, script: str, body: Any = None, *, authorization: str | None = None
    ) -> Answer:
        url = f"http://{self.address}:{self.port}/cgi-bin/{script}.cgi"
        headers = {} if authorization is None else {"Authorization": authorization}
        data = body if isinstance(body, bytes) or body is None else json.dumps(body)
        method = "GET" if body is None else "POST"
        async with (
            aiohttp.ClientSession() as session,
            session.request(method, url, headers=headers, data=data) as reply,
        ):
            return Answer(reply.status, await reply.text(), reply.headers)

    async def challenge(self, script: str = READ) -> dict[str, str]:
        refused = await self.send(script)
        assert refused.status == 401
        return dict(re.findall(r'(\w+)="?([^",]+)', refused.headers["WWW-Authenticate"]))

    def sign(self, script: str, nonce: str, *, method: str = "GET", **spoiled: str) -> str:
        target = f"/cgi-bin/{script}.cgi"
        said = {
            "username": "root",
            "realm": "antMiner Configuration",
            "nonce": nonce,
            "uri": target,
            "nc": "00000001",
            "cnonce": "0a4f113b",
            "qop": "auth",
            **spoiled,
        }
        secret = md5(f"{said['username']}:{said['realm']}:{self.password}")
        asked = md5(f"{method}:{said['uri']}")
        said["response"] = md5(
            f"{secret}:{nonce}:{said['nc']}:{said['cnonce']}:{said['qop']}:{asked}"
        )
        return "Digest " + ", ".join(f'{key}="{value}"' for key, value in said.items())

    async def ask(self, script: str, body: Any = None) -> Answer:
        """With the right password and a nonce of its own."""
        nonce = (await self.challenge(script))["nonce"]
        method = "GET" if body is None else "POST"
        return await self.send(script, body, authorization=self.sign(script, nonce, method=method))

    async def read(self, script: str = READ) -> Any:
        return (await self.ask(script)).json

    async def write(self, clock: HandClock, body: Any) -> Any:
        """Post a configuration and let the miner finish it."""
        answering = asyncio.ensure_future(self.ask(WRITE, body))
        await until(lambda: answering.done() or clock.sleepers > 0, "the write to begin")
        clock.move(20)
        return (await asyncio.wait_for(answering, 10)).json

    async def change(self, clock: HandClock, **changes: Any) -> Any:
        """Read the configuration and write it back whole, with these changes."""
        return await self.write(clock, as_posted(await self.read()) | renamed(changes))


def renamed(changes: dict[str, Any]) -> dict[str, Any]:
    return {key.replace("_", "-"): value for key, value in changes.items()}


def as_posted(read: dict[str, Any]) -> dict[str, Any]:
    """What was read, under the names that a write honours."""
    return {
        "pools": read["pools"],
        "bitmain-fan-ctrl": read["bitmain-fan-ctrl"],
        "bitmain-fan-pwm": read["bitmain-fan-pwm"],
        "miner-mode": int(read["bitmain-work-mode"]),
        "freq-level": read["bitmain-freq-level"],
    }

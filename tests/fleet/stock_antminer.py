"""A stock Antminer as its CGI behaves, for the driver's tests: it takes a write whole, as the
firmware's own script does, and keeps every document that it was ever given.

Its replies are small extracts in the shape of recorded ones (Antminer S21, FR-1.12).
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from controller.fleet.antminer import ANTMINER, AntminerMiners
from controller.fleet.antminer.driver import AntminerDriver
from controller.fleet.driver import Toolbox
from controller.model.fleet import Identity
from tests.simulator.help import free_address

MAC = "02:55:97:22:30:72"
CONF = """{
"pools" : [
{
"url" : "stratum+tcp://pool.example:700",
"user" : "site.rack7",
"pass" : "x,d=65536"
},
{
"url" : "",
"user" : "",
"pass" : ""
}
]
,
"api-listen" : true,
"bitmain-fan-ctrl" : true,
"bitmain-fan-pwm" : "083",
"bitmain-voltage" : 14.10,
"bitmain-work-mode" : "0",
"bitmain-freq-level" : "70",
"x-nobody-knows" : {"a" : [1.0, null, "\\u00e9"]}
}
"""
"""As a miner prints it. Numbers and names are odd on purpose: they are to come back as they are."""

Answer = Callable[[web.Request], Awaitable[web.StreamResponse | None]]


@dataclass
class StockAntminer:
    """Reachable in `running`. A fault is a function from a request to another answer."""

    conf: str = CONF
    password: str = "root"
    mac: str = MAC
    lies: bool = False
    """Takes a write, and goes on hashing."""
    asked: list[str] = field(default_factory=list)
    written: list[str] = field(default_factory=list)
    attempts: int = 0
    """Requests with a name and a password."""
    faults: dict[str, Answer] = field(default_factory=dict)
    """By the command whose answer is another; None is no fault this time."""
    on_write: Callable[[dict[str, Any]], None] = lambda _: None
    """May change what is kept of a write."""
    nonce: str = "5f3c"
    _ran: bool = True

    @property
    def mode(self) -> str:
        return str(json.loads(self.conf)["bitmain-work-mode"])

    @property
    def hashes(self) -> bool:
        return self._ran if self.lies else self.mode != "1"

    def read_of(self, key: str) -> Any:
        return json.loads(self.conf)[key]

    async def serve(self, request: web.Request) -> web.StreamResponse:
        command = request.path.removeprefix("/cgi-bin/").removesuffix(".cgi")
        challenge = self._unknown(request)
        if challenge is not None:
            return challenge
        self.asked.append(command)
        fault = self.faults.get(command)
        other = None if fault is None else await fault(request)
        if other is not None:
            return other
        reply = await self._reply(command, request)
        return web.Response(text=reply, content_type="text/html")

    async def _reply(self, command: str, request: web.Request) -> str:
        match command:
            case "get_system_info":
                return json.dumps(
                    {
                        "minertype": "Antminer S21",
                        "macaddr": self.mac,
                        "system_filesystem_version": "FR-1.12(251009-S21)",
                    }
                )
            case "get_miner_conf":
                return self.conf
            case "summary":
                rate = 198_765.43 if self.hashes else 0.0
                row = {"rate_5s": rate, "rate_ideal": 200_100.4, "rate_unit": "GH/s"}
                return json.dumps({"STATUS": {"STATUS": "S"}, "SUMMARY": [row]})
            case "pools":
                return json.dumps({"POOLS": [{"accepted": 4057}, {"accepted": 3}]})
            case "set_miner_conf":
                return self._take(await request.text())
        raise web.HTTPNotFound

    def _take(self, body: str) -> str:
        self.written.append(body)
        # The firmware's script reads one line.
        line = body.split("\n", 1)[0]
        try:
            wanted = json.loads(line)
        except ValueError:
            return '{"stats":"error","code":"M001","msg":"Illegal request!"}'
        kept = {**json.loads(self.conf), "pools": wanted["pools"]}
        kept["bitmain-work-mode"] = str(wanted.get("miner-mode", kept["bitmain-work-mode"]))
        kept["bitmain-freq-level"] = wanted.get("freq-level", "100")
        self.on_write(kept)
        self.conf = json.dumps(kept)
        return '{"stats":"success","code":"M000","msg":"OK!"}'

    def _unknown(self, request: web.Request) -> web.Response | None:
        said = request.headers.get("Authorization")
        if said is not None:
            self.attempts += 1
            if self._proves(request.method, said):
                return None
        realm = f'Digest realm="antMiner Configuration", nonce="{self.nonce}", qop="auth"'
        return web.Response(status=401, headers={"WWW-Authenticate": realm})

    def _proves(self, method: str, said: str) -> bool:
        parts = dict(re.findall(r'(\w+)="?([^",]+)"?', said))
        first = _md5(f"root:antMiner Configuration:{self.password}")
        second = _md5(f"{method}:{parts['uri']}")
        mixed = f"{first}:{self.nonce}:{parts['nc']}:{parts['cnonce']}:auth:{second}"
        return (parts["nonce"], parts["response"]) == (self.nonce, _md5(mixed))


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


@asynccontextmanager
async def running(
    miner: StockAntminer, address: str = "", port: int = 0
) -> AsyncIterator[tuple[str, int]]:
    """Address and port."""
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", miner.serve)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1, handler_cancellation=True)
    await runner.setup()
    site = web.TCPSite(runner, address or free_address(), port)
    await site.start()
    host, port = runner.addresses[0][:2]
    try:
        yield host, port
    finally:
        await runner.cleanup()


def driver_of(toolbox: Toolbox, *miners: str, **settings: Any) -> AntminerDriver:
    """A driver that knows the watts of `m1`, or of `miners`."""
    driver = ANTMINER.build(toolbox)
    assert isinstance(driver, AntminerDriver)
    declared = AntminerMiners.model_validate(
        {"addresses": ["10.0.0.1"], "nameplate_w": 3500, **settings}
    )
    for miner in miners or ("m1",):
        driver.enrol(miner, declared)
    return driver


def known(address: str, port: int, own_level: str = "normal-70") -> Identity:
    """The identity of a `StockAntminer`, without asking it."""
    return Identity(
        miner="m1",
        address=address,
        port=port,
        firmware="antminer",
        model="Antminer S21",
        version="FR-1.12(251009-S21)",
        mac=MAC,
        own_level=own_level,
    )


def answering(text: str = "", *, status: int = 200, **headers: str) -> Answer:
    async def answer(_: web.Request) -> web.Response:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return web.Response(status=status, text=text, headers=named)

    return answer


async def silence(_: web.Request) -> None:
    await asyncio.Event().wait()

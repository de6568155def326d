"""A Bitcoin node's JSON-RPC interface for batches, and a server of a price beside it."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from aiohttp import web

from controller.signals.mining.bitcoind import HashpriceBitcoindSettings, HashpriceBitcoindSource
from controller.signals.polled.feed import PolledFeed
from tests.signals.mempool_service import NOW, UNIX
from tests.virtual_clock import VirtualClock

COOKIE = "__cookie__:0123abcd"


class Node:
    """Its chain ends at block 870,000 unless `tip` says otherwise."""

    def __init__(self, **tip: Any) -> None:
        self.tip = {
            "chain": "main",
            "blocks": 870_000,
            "initialblockdownload": False,
            "time": UNIX - 300,
            **tip,
        }
        self.stats: dict[str, Any] = {"subsidy": 312_500_000, "totalfee": 15_500_000}
        self.difficulty: Any = 101_650_000_000_000.12
        self.price: Any = {"last": "87235.00"}
        self.error: Any = None
        self.most = 1000
        """Of so many calls at once."""
        self.up = True
        self.asked_for_the_price: list[str] = []
        """With which authorisation."""

    async def answer(self, request: web.Request) -> web.Response:
        if not self.up:
            return web.Response(status=503)
        if request.path == "/price":
            self.asked_for_the_price.append(request.headers.get("Authorization", "none"))
            return web.json_response(self.price)
        wanted = f"Basic {base64.b64encode(COOKIE.encode()).decode()}"
        if request.headers.get("Authorization") != wanted:
            return web.Response(status=401)
        calls = await request.json()
        # a node may answer in any order
        return web.json_response([self._said(one) for one in reversed(calls[: self.most])])

    def _said(self, call: dict[str, Any]) -> dict[str, Any]:
        match call["method"]:
            case "getblockchaininfo":
                result = self.tip
            case "getdifficulty":
                result = self.difficulty
            case _:
                result = {"height": call["params"][0], **self.stats}
        return {"id": call["id"], "result": result, "error": self.error}


@asynccontextmanager
async def running(node: Node) -> AsyncIterator[str]:
    app = web.Application()
    app.router.add_route("*", "/{tail:.*}", node.answer)
    runner = web.AppRunner(app, shutdown_timeout=0)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


def bitcoind(url: str, folder: Path, clock: VirtualClock | None = None, **more: Any) -> PolledFeed:
    """A feed that asks it about ten blocks; at NOW, unless a clock says another time."""
    cookie = folder / ".cookie"
    if not cookie.exists():
        cookie.write_text(COOKIE)
        cookie.chmod(0o600)
    price = {"bitcoin_price_url": f"{url}/price", "bitcoin_price_path": "last"}
    said = {"url": url, "basic_file": cookie, "blocks": 10, **price, **more}
    settings = HashpriceBitcoindSettings(adapter="hashprice_bitcoind", **said)
    source = HashpriceBitcoindSource(settings)
    return PolledFeed("hashprice", settings, clock or VirtualClock(NOW), folder, source)

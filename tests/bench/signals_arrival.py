"""From the arrival of a signed webhook, of a dispatch by MQTT and of a value of an MQTT feed until
the plan that follows it is in the ledger, beside bare handlers that commit a row as long as that.

Both are looked at in the same way, from a process of their own, in turn. The site has 100 miners,
and is paid for what is asked: limits above what it draws, so that nothing has to move. A dispatch
is over when the next one comes, and the site has settled before.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import random
import selectors
import sqlite3
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory

import aiohttp
import aiomqtt

from tests.bench.figures import Figure
from tests.bench.ground_site import KW_A_MINER, LUXOS, Ground, ground, halls
from tests.bench.signals_bare import HOST, TOPIC
from tests.e2e.waiting import until
from tests.mqtt.broker import Broker, listens
from tests.simulator.help import free_port

MINERS, MESSAGES = 100, 200
LIMIT = 3.0
SECRET = "a-secret-of-the-aggregator-0123456789"
GIVE_UP_S, LOOK_EVERY_S, PACE_S, SETTLED_S = 10.0, 0.0002, 0.2, 20
LASTS = timedelta(seconds=PACE_S * 0.75)
GRID_TOPIC, FEED_TOPIC = "curtaild/bench/dispatch/grid", "bench/hertz"
_FOUND = "SELECT 1 FROM journal WHERE seq > ? AND kind = 'cycle' AND instr(body, ?) LIMIT 1"
_LENGTHS = "SELECT length(body) FROM journal WHERE kind = 'cycle' ORDER BY seq DESC LIMIT 20"
_LAST = "SELECT coalesce(max(seq), 0) FROM journal"

Send = Callable[[str], Awaitable[None]]
"""Sends a message that carries this word."""


@dataclass(frozen=True)
class Side:
    """A way in, and the database in which what follows is to be found."""

    send: Send
    database: Path
    written: Callable[[str], str] = lambda word: f'"{word}"'
    """How the word stands in it."""


def figures() -> list[Figure]:
    with TemporaryDirectory() as name, ExitStack() as whole:
        folder = Path(name)
        broker = Broker(folder)
        broker.start()
        whole.callback(broker.kill)
        site = whole.enter_context(_site(broker, folder))
        length = _length_of_a_plan(_ledger(site))
        web = whole.enter_context(_bare("web", free_port(HOST), folder / "web.sqlite", length))
        letters = whole.enter_context(_bare("mqtt", broker.port, folder / "mqtt.sqlite", length))
        with asyncio.Runner(loop_factory=_loop) as runner:
            return runner.run(_race(site, broker, web, letters))


def _loop() -> asyncio.AbstractEventLoop:
    """`epoll` sleeps whole milliseconds; `select` looks as often as it is told to."""
    return asyncio.SelectorEventLoop(selectors.SelectSelector())


async def _race(
    site: Ground, broker: Broker, web: tuple[int, Path], letters: tuple[int, Path]
) -> list[Figure]:
    ledger = _ledger(site)
    async with aiohttp.ClientSession() as http, _client(broker) as mqtt:
        bare_web = Side(partial(_post, http, f"http://{HOST}:{web[0]}/"), web[1])
        bare_mqtt = Side(partial(_publish, mqtt, TOPIC, _dispatch), letters[1])
        hook = Side(partial(_post, http, f"{site.url}/api/v1/webhooks/aggregator"), ledger)
        dispatch = Side(partial(_publish, mqtt, GRID_TOPIC, _dispatch), ledger)
        hertz = Side(partial(_publish, mqtt, FEED_TOPIC, _hertz), ledger, _as_hertz)
        return [
            await _figure("webhook", hook, bare_web),
            await _figure("mqtt_dispatch", dispatch, bare_mqtt),
            await _figure("mqtt_signal", hertz, bare_mqtt),
        ]


async def _figure(name: str, ours: Side, bare: Side) -> Figure:
    took: dict[Side, list[float]] = {ours: [], bare: []}
    pace = random.Random(7)
    for number in range(MESSAGES):
        for side, found in took.items():
            await asyncio.sleep(PACE_S * (0.5 + pace.random()))
            found.append(await _recorded_s(side, f"{name}-{number}"))
    ratio = _p95(took[ours]) / _p95(took[bare])
    return Figure(f"{name}_to_recorded_plan_p95_over_bare", ratio, "ratio", LIMIT)


def _p95(found: list[float]) -> float:
    return quantiles(found, n=20)[-1]


async def _recorded_s(side: Side, word: str) -> float:
    with closing(sqlite3.connect(f"{side.database.as_uri()}?mode=ro", uri=True)) as books:
        last = books.execute(_LAST).fetchone()[0]
        began = time.monotonic()
        sent = asyncio.ensure_future(side.send(word))
        while not books.execute(_FOUND, (last, side.written(word))).fetchone():
            assert time.monotonic() < began + GIVE_UP_S, f"{word} is in no plan"
            await asyncio.sleep(LOOK_EVERY_S)
        took = time.monotonic() - began
        await sent
        return took


def _as_hertz(word: str) -> str:
    """Near 60 Hz, and no other's."""
    return f"60.0000{word.rpartition('-')[2]:0>3}1"


def _dispatch(word: str) -> bytes:
    now = datetime.now(UTC)
    body = {
        "id": word,
        "version": 1,
        "program": "ers",
        "issued_at": now.isoformat(),
        "end": (now + LASTS).isoformat(),
        "target": {"kind": "reduce_to_kw", "kw": MINERS * KW_A_MINER},
    }
    return json.dumps(body).encode()


def _hertz(word: str) -> bytes:
    return json.dumps({"hz": float(_as_hertz(word)), "at": datetime.now(UTC).isoformat()}).encode()


async def _post(http: aiohttp.ClientSession, url: str, word: str) -> None:
    """Signed, whoever looks at it."""
    raw, stamp = _dispatch(word), str(int(time.time()))
    digest = hmac.new(SECRET.encode(), stamp.encode() + b"." + raw, hashlib.sha256)
    headers = {"X-Timestamp": stamp, "X-Signature": digest.hexdigest()}
    async with http.post(url, data=raw, headers=headers) as answer:
        assert answer.status == 201, await answer.text()


async def _publish(
    mqtt: aiomqtt.Client, topic: str, body: Callable[[str], bytes], word: str
) -> None:
    await mqtt.publish(topic, body(word), qos=1)


def _ledger(site: Ground) -> Path:
    return site.folder / "state" / "ledger.sqlite"


def _length_of_a_plan(ledger: Path) -> int:
    """The median of those that were recorded last."""
    with closing(sqlite3.connect(f"{ledger.as_uri()}?mode=ro", uri=True)) as books:
        return int(median(length for (length,) in books.execute(_LENGTHS)))


async def _first_hertz(broker: Broker) -> None:
    """A site that has never heard it does not begin."""
    async with _client(broker) as mqtt:
        await mqtt.publish(FEED_TOPIC, _hertz("mqtt_signal-999"), qos=1, retain=True)


def _client(broker: Broker) -> aiomqtt.Client:
    return aiomqtt.Client(HOST, broker.port, protocol=aiomqtt.ProtocolVersion.V5)


@contextmanager
def _bare(way: str, port: int, database: Path, length: int) -> Iterator[tuple[int, Path]]:
    what = [way, str(port), str(database), str(length)]
    process = subprocess.Popen([sys.executable, "-m", "tests.bench.signals_bare", *what])
    try:
        until(lambda: database.exists() and listens(port), "the bare handler")
        yield port, database
    finally:
        process.kill()
        process.wait()


@contextmanager
def _site(broker: Broker, folder: Path) -> Iterator[Ground]:
    secret = folder / "secret"
    secret.write_text(SECRET)
    secret.chmod(0o600)
    said = {"host": HOST, "port": broker.port, "tls": False}
    hertz = {"adapter": "signal_mqtt", "signal": "hertz", "broker": said, "topic": FEED_TOPIC}
    rule = {"scope": "site", "signal": "hertz", "kind": "frequency", "clear_by": 0.3}
    safe = {"safe_kw": MINERS * KW_A_MINER, "silent_after_s": 60}
    below = {"below": [{"value": 59.3, "limit_kw": 0}]}
    with ground(
        halls(LUXOS, MINERS, MINERS),
        http={"webhooks": {"aggregator": {"authority": "grid", "secret_file": str(secret)}}},
        mqtt={"broker": said, "authorities": ["grid"]},
        feeds={
            "hertz": {**hertz, "value": "hz", "at": "at", "max_age_s": 600, "least": 45, "most": 65}
        },
        rules={"response": {**rule, **safe, **below}},
    ) as site:
        site.farm()
        asyncio.run(_first_hertz(broker))
        site.daemon()
        time.sleep(SETTLED_S)
        yield site

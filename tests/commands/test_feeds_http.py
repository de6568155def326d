"""`curtaild feeds test` asks the source itself, not what the daemon remembers of it."""

from __future__ import annotations

import asyncio
import json
import subprocess
from pathlib import Path
from typing import Any

from tests.commands.conftest import Cli
from tests.config.sound import spoilt
from tests.signals.price_sources import document, first, price_feed, serving

FEED = "{adapter: price_file, path: prices.csv, time_column: t, price_column: p}"
WHERE = "rows: rows, start: from, price: value, interval_minutes: 15"
CLOCK = "state_dir: state\nclock: {epoch: 2023-09-06T17:05:00Z}"


def configured(folder: Path, url: str) -> None:
    new = f"{{adapter: price_http, url: '{url}', {WHERE}}}"
    spoilt(folder, FEED, new, "state_dir: state", CLOCK)


async def tested(cli: Cli) -> tuple[subprocess.CompletedProcess[str], dict[str, Any]]:
    told = ("feeds", "test", "--config", "site.yaml", "price", "--json")
    done = await asyncio.to_thread(cli, *told)
    return done, json.loads(done.stdout)[0]


async def test_what_it_says_now(cli: Cli, folder: Path) -> None:
    async with serving(body=document(48.2)) as source:
        configured(folder, source.url)
        done, said = await tested(cli)
    assert done.returncode == 0, done.stderr
    assert json.loads(said["sample"])["price_per_mwh"] == "48.2"
    assert not (folder / "state").exists()


async def test_what_is_remembered_does_not_stand_in_for_it(cli: Cli, folder: Path) -> None:
    async with serving(body=document(48.2)) as source:
        configured(folder, source.url)
        await first(price_feed(source.url, folder / "state"))
        source.status = 403
        done, said = await tested(cli)
    assert done.returncode == 1
    assert not said["ok"]
    assert "403, the key may not read this" in said["problem"]

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


async def test_all_of_an_answer_is_understood_and_judged(cli: Cli, folder: Path) -> None:
    """Four prices, of which one is beyond belief: the one that holds now is shown."""
    async with serving(body=document(48.2, 26_000, 51, 52)) as source:
        configured(folder, source.url)
        done, said = await tested(cli)
        plain = await asyncio.to_thread(cli, "feeds", "test", "--config", "site.yaml", "price")
    assert done.returncode == 0, done.stderr
    assert (said["ok"], said["samples"], said["refused"]) == (True, 4, {"out_of_range": 1})
    assert json.loads(said["sample"])["price_per_mwh"] == "48.2"
    assert "1 × out_of_range: the value lies outside" in plain.stdout


async def test_what_was_never_seen_of_a_format_is_said(cli: Cli, folder: Path) -> None:
    body = {"unix_seconds": [1_694_019_600, 1_694_023_200], "price": [90.8, 91], "unit": "EUR/MWh"}
    async with serving(body=json.dumps(body).encode()) as source:
        base = source.url.removesuffix("/prices")
        new = (
            f"{{adapter: price_energy_charts, bidding_zone: DE-LU, base_url: '{base}', factor: 1}}"
        )
        spoilt(folder, FEED, new, "state_dir: state", CLOCK)
        done, said = await tested(cli)
        plain = await asyncio.to_thread(cli, "feeds", "test", "--config", "site.yaml", "price")
    assert (done.returncode, said["samples"]) == (0, 2), said
    assert json.loads(said["sample"])["price_per_mwh"] == "90.8"
    assert said["unverified"] == "intervals of 15 minutes, and prices that are null"
    assert f"unverified: {said['unverified']}" in plain.stdout
